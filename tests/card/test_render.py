from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import datasets
import pyarrow as pa
import pytest
import yaml
from datasets.utils.metadata import MetadataConfigs
from huggingface_hub import DatasetCard, DatasetCardData
from hypothesis import given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from markdown_it.token import Token

from newsds.card import Card, card_digest, card_files, features_yaml, parse_card, render_card
from newsds.card.front import size_category
from newsds.card.source import BLOCKS, PLACE
from newsds.errors import CardError
from newsds.schema import ARTICLES, REJECTS, REJECTS_SCHEMA, SCHEMA

from .facts import CARD, FACTS, HOSTILE, facts_of


def front_matter(text: str) -> dict[str, Any]:
    _, meta, _ = text.split("---\n", 2)
    values: dict[str, Any] = yaml.safe_load(meta)
    return values


def test_human_parts_are_kept() -> None:
    text = render_card(CARD, FACTS)
    for line in CARD.text.split("\n"):
        assert f"{line}\n" in text
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


def block(text: str, part: str) -> str:
    found = re.search(rf"<!-- newsds:begin {part} -->\n(.*?)\n<!-- newsds:end {part} -->\n", text, re.DOTALL)
    assert found, part
    return found[1]


def test_parts_are_there_in_their_order() -> None:
    text = render_card(CARD, FACTS)
    assert re.findall(r"<!-- newsds:begin (\w+) -->", text) == list(BLOCKS)
    assert re.findall(r"^## (.*)", text, re.MULTILINE) == [
        "Dataset structure",
        "Figures",
        "Dataset creation",
        "Personal and sensitive information",
        "Biases",
        "Limitations",
        "Licensing",
        "Citation",
        "Versions",
    ]
    assert text.index("# Pages\n") < text.index("begin summary") < text.index("Text with")
    assert "**6 articles** from 10 pages in 7 files. Version 1.2.0." in block(text, "summary")
    assert "| `empty` | 1 | the input holds no visible character |" in block(text, "creation")
    assert "| `duplicate` | 1 |" in block(text, "creation")
    assert "| 1.2.0 | 6 | 1 added |\n| 1.1.0 | 5 | the first that is known here |" in block(text, "versions")
    for column in (*ARTICLES, *REJECTS):
        assert f"| `{column.name}` |" in block(text, "structure")
    for path in card_files(CARD, FACTS):
        if path.endswith(".svg"):
            assert f"]({path})" in block(text, "figures")


def test_a_card_is_a_source_of_itself() -> None:
    text = render_card(CARD, FACTS)
    card = parse_card(text)
    assert (card.name, card.meta) == (CARD.name, CARD.meta)
    assert render_card(card, FACTS) == text


TEXTS = st.lists(
    st.sampled_from(
        ["# Title", "## Licence", "## Bias and limits", "text", "", " ", "```", "- a", "---", "| a |", "<b>"]
    ),
    max_size=12,
).map("\n".join)


@settings(max_examples=30)
@given(text=TEXTS, places=st.lists(st.sampled_from(BLOCKS), unique=True, max_size=3))
def test_people_s_text_is_kept_word_for_word(text: str, places: Sequence[str]) -> None:
    lines = "\n".join(f"<!-- newsds:place {part} -->\nAfter {part}." for part in places)
    source = f"{text}\n{lines}".strip("\n") or "# x"
    rendered = render_card(Card(text=source), FACTS)
    again = parse_card(rendered)
    assert again.text.strip("\n") == source
    assert render_card(again, FACTS) == rendered
    for found in PLACE.finditer(rendered):
        assert rendered[found.end() :].startswith(f"<!-- newsds:begin {found[1]} -->\n")


def test_parts_with_a_heading_of_their_own_are_left_to_people() -> None:
    text = "# Pages\n\n## Bias, Risks, and Limitations\n\n### Licence\n\n```\n# citation\n```\n"
    found = render_card(Card(text=text), FACTS)
    assert set(BLOCKS) - set(re.findall(r"<!-- newsds:begin (\w+) -->", found)) == {
        "biases",
        "limitations",
        "licensing",
    }
    found = render_card(Card(text=f"{text}\n<!-- newsds:place biases -->\n"), FACTS)
    assert set(BLOCKS) - set(re.findall(r"<!-- newsds:begin (\w+) -->", found)) == {"limitations", "licensing"}


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("<!-- newsds:place nothing -->", "no part 'nothing'"),
        ("<!-- newsds:place figures -->\n<!-- newsds:place figures -->", "placed twice"),
        ("text <!-- newsds:place figures -->", "stands alone"),
        ("<!-- newsds:begin figures -->", "stands alone"),
        ("<!-- newsds:end figures -->", "stands alone"),
    ],
)
def test_wrong_places(text: str, message: str) -> None:
    with pytest.raises(CardError, match=message):
        parse_card(text)


def test_without_a_source() -> None:
    facts = facts_of(["pt-BR", "en", "x-odd", "en"])
    text = render_card(Card(), facts)
    assert "\n# pages\n" in text
    card = parse_card(text)
    assert (card.name, card.meta) == ("pages", {})
    assert render_card(card, facts) == text
    meta = front_matter(text)
    assert (meta["pretty_name"], meta["license"], meta["tags"]) == ("pages", "unknown", ["news", "newsds"])
    assert meta["language"] == ["en", "pt"]


def test_what_people_say_wins() -> None:
    meta = front_matter(render_card(Card(meta={"license": "mit", "language": "fr"}), facts_of(["de"])))
    assert (meta["license"], meta["language"], meta["newsds_filled"]) == ("mit", "fr", ["pretty_name", "tags"])


def test_figures_do_not_make_a_version() -> None:
    assert card_digest(CARD, FACTS) == card_digest(CARD, replace(facts_of(["a"]), counts=FACTS.counts, version="9.0.0"))
    assert card_digest(CARD, FACTS) != card_digest(replace(CARD, text="# Other\n"), FACTS)


# --- the Hub's own classes -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("card", [Card(), CARD])
def test_the_hub_reads_the_card(card: Card) -> None:
    text = render_card(card, facts_of(["de", "en", "", "`|"]))
    read = DatasetCard(text)
    assert isinstance(read.data, DatasetCardData)
    assert read.text.strip() == text.split("---\n", 2)[2].strip()
    values = getattr(read.data, "to_dict")()
    assert {"pretty_name", "license", "language", "tags", "size_categories", "configs", "dataset_info"} <= set(values)
    assert getattr(DatasetCard(str(read)).data, "to_dict")() == values  # nothing is lost on the way through
    configs = MetadataConfigs.from_dataset_card_data(read.data)
    assert (list(configs), configs.get_default_config_name()) == (["articles", "rejects"], "articles")
    infos = datasets.info.DatasetInfosDict.from_dataset_card_data(read.data)
    assert infos["articles"].features == datasets.Features.from_arrow_schema(SCHEMA)


# --- text of pages ---------------------------------------------------------------------------------------------------


def shape(tokens: Sequence[Token]) -> list[str]:
    """What Markdown makes of a card, without the words in it."""
    out: list[str] = []
    for token in tokens:
        out.append(f"{token.type}<{token.tag}>{sorted(token.attrs)}")
        out += shape(token.children or [])
    return out


@pytest.mark.parametrize("value", HOSTILE, ids=range(len(HOSTILE)))
def test_text_of_pages_is_no_markup(value: str) -> None:
    """The card with a hostile site, language and tag has the form of one with a harmless word, and the same YAML."""
    markdown = MarkdownIt("gfm-like", {"html": True})
    texts = [render_card(Card(), facts_of([one])) for one in ("harmless", value)]
    harmless, hostile = (front_matter(text) for text in texts)
    assert (harmless.pop("language", []), hostile.pop("language", [])) == ([], [])
    assert harmless == hostile
    if value != "":  # no language: one fewer in the summary, none in the biases
        one, other = (shape(markdown.parse(text.split("---\n", 2)[2])) for text in texts)
        assert one == other
    parsed = parse_card(texts[1])
    assert render_card(parsed, facts_of([value])) == texts[1]
    assert not re.search("[\x00-\x09\x0b-\x1f\x7f-\x9f\u200b\u2028-\u202e\u2066-\u2069\ufeff]", texts[1])


@pytest.mark.parametrize(
    ("rows", "name"),
    [(0, "n<1K"), (999, "n<1K"), (1000, "1K<n<10K"), (99_999, "10K<n<100K"), (10**9, "1B<n<10B"), (10**13, "n>1T")],
)
def test_size_categories(rows: int, name: str) -> None:
    assert size_category(rows) == name
