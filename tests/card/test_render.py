from __future__ import annotations

from typing import Any

import datasets
import pyarrow as pa
import pytest
import yaml

from newsds.card import Card, Facts, features_yaml, parse_card, render_card
from newsds.card.render import size_category
from newsds.layout import Counts
from newsds.schema import ARTICLES, REJECTS_SCHEMA, SCHEMA

FACTS = Facts(
    name="pages",
    version="1.2.0",
    counts=Counts(inputs=7, pages=10, rows=6, rejected=3, duplicates=1),
    reasons={"empty": 1, "no_article": 2},
    row_bytes={"articles": 12_000, "rejects": 400},
    content_digest="c" * 64,
    rejects_digest="e" * 64,
    schema_digest="d" * 64,
)
CARD = Card(
    name="pages",
    meta={"license": "cc0-1.0", "language": ["de", "no"], "pretty_name": "Seiten: 'ä' #1", "x": [{"y": None}]},
    text="# Pages\n\nText with --- and `code`.\n",
)


def front_matter(text: str) -> dict[str, Any]:
    _, meta, _ = text.split("---\n", 2)
    values: dict[str, Any] = yaml.safe_load(meta)
    return values


def test_human_parts_are_kept() -> None:
    text = render_card(CARD, FACTS)
    assert CARD.text.strip() in text
    meta = front_matter(text)
    assert {key: meta[key] for key in CARD.meta} == CARD.meta
    assert list(meta) == [*CARD.meta, "newsds_name", "size_categories", "configs", "dataset_info"]
    assert "Seiten: 'ä' #1" in text.replace("''", "'")


def test_front_matter_is_the_hubs() -> None:
    meta = front_matter(render_card(CARD, FACTS))
    assert meta["size_categories"] == ["n<1K"]
    assert meta["configs"] == [
        {
            "config_name": "articles",
            "default": True,
            "description": f"SHA-256 of the rows: {'c' * 64}",
            "data_files": [{"split": "train", "path": "data/articles/train-*.parquet"}],
        },
        {
            "config_name": "rejects",
            "description": f"SHA-256 of the rows: {'e' * 64}",
            "data_files": [{"split": "train", "path": "data/rejects/train-*.parquet"}],
        },
    ]
    infos = [datasets.DatasetInfo._from_yaml_dict(info) for info in meta["dataset_info"]]
    assert [info.features.arrow_schema.names for info in infos] == [SCHEMA.names, REJECTS_SCHEMA.names]
    assert [info.splits["train"].num_examples for info in infos] == [6, 4]


@pytest.mark.parametrize(
    "schema",
    [
        SCHEMA,
        REJECTS_SCHEMA,
        pa.schema([("a", pa.list_(pa.list_(pa.struct([("b", pa.list_(pa.int16()))]))))]),
        pa.schema([("a", pa.bool_()), ("b", pa.struct([("c", pa.struct([("d", pa.int8())]))]))]),
    ],
)
def test_features_are_those_of_datasets(schema: pa.Schema) -> None:
    assert features_yaml(schema) == datasets.Features.from_arrow_schema(schema)._to_yaml_list()


def test_facts() -> None:
    text = render_card(CARD, FACTS)
    facts = text[text.index("<!-- newsds:begin facts -->") : text.index("<!-- newsds:end facts -->")]
    for line in (
        "| version | 1.2.0 |",
        "| rows | 6 |",
        "| pages read | 10 in 7 files |",
        "| rejected | 3 |",
        "| duplicates | 1 |",
        "| `empty` | 1 | the input holds no visible character |",
    ):
        assert f"\n{line}\n" in facts
    for column in ARTICLES:
        assert f"| `{column.name}` |" in facts


def test_a_card_is_a_source_of_itself() -> None:
    text = render_card(CARD, FACTS)
    card = parse_card(text)
    assert (card.name, card.meta) == (CARD.name, CARD.meta)
    assert render_card(card, FACTS) == text


def test_without_a_source() -> None:
    text = render_card(Card(), FACTS)
    assert "\n# pages\n" in text
    assert parse_card(text).name == "pages"


@pytest.mark.parametrize(
    ("rows", "name"),
    [(0, "n<1K"), (999, "n<1K"), (1000, "1K<n<10K"), (99_999, "10K<n<100K"), (10**9, "1B<n<10B"), (10**13, "n>1T")],
)
def test_size_categories(rows: int, name: str) -> None:
    assert size_category(rows) == name
