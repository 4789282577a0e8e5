"""Card and facts → README.md: front matter that `datasets` and the Hub accept, the human text, the facts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import pyarrow as pa
import yaml

from newsds.card.source import BEGIN, END, NAME_KEY, Card
from newsds.layout import CONFIGS, SPLIT, Counts
from newsds.model import Reason
from newsds.schema import ARTICLES, REJECTS_SCHEMA, SCHEMA, type_name

_SIZES: Final = ("1K", "10K", "100K", "1M", "10M", "100M", "1B", "10B", "100B", "1T")
"""Bounds of the Hub's size categories, from a thousand, each ten times the one before."""
_WIDTH: Final = 1 << 20
"""YAML is never wrapped: where a line breaks would depend on its length in a way no diff likes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What a build knows of a version. No page text is among it: cards are shown on web pages."""

    name: str
    version: str
    counts: Counts
    reasons: Mapping[str, int]
    """rejected pages by reason code, without duplicates"""
    row_bytes: Mapping[str, int]
    """bytes of the rows in canonical form, by table"""
    content_digest: str
    rejects_digest: str
    schema_digest: str


def render_card(card: Card, facts: Facts) -> str:
    """Return README.md of a version.

    >>> counts = Counts(inputs=1, pages=1, rows=1, rejected=0, duplicates=0)
    >>> facts = Facts(name="pages", version="1.0.0", counts=counts, reasons={}, content_digest="0" * 64,
    ...               row_bytes={"articles": 900, "rejects": 0}, rejects_digest="0" * 64, schema_digest="0" * 64)
    >>> print(render_card(Card(), facts).split("configs")[0], end="")
    ---
    newsds_name: pages
    size_categories:
    - n<1K
    """
    text = card.text.strip("\n") or f"# {facts.name}"
    meta = yaml.safe_dump(
        _meta(card, facts), sort_keys=False, allow_unicode=True, default_flow_style=False, width=_WIDTH
    )
    return f"---\n{meta}---\n\n{text}\n\n{BEGIN}\n{_facts(facts)}\n{END}\n"


def _meta(card: Card, facts: Facts) -> dict[str, Any]:
    rows = {"articles": facts.counts.rows, "rejects": facts.counts.rejected + facts.counts.duplicates}
    schemas = {"articles": SCHEMA, "rejects": REJECTS_SCHEMA}
    digests = {"articles": facts.content_digest, "rejects": facts.rejects_digest}
    configs, infos = [], []
    for number, (config, folder) in enumerate(CONFIGS.items()):
        configs.append(
            {
                "config_name": config,
                **({"default": True} if number == 0 else {}),
                # `datasets` caches what it loads from a folder under the folder's name and a hash of this front matter:
                # without the digest, two datasets of one version number and size would pass for each other
                "description": f"SHA-256 of the rows: {digests[config]}",
                "data_files": [{"split": SPLIT, "path": f"{folder}/{SPLIT}-*.parquet"}],
            }
        )
        infos.append(
            {
                "config_name": config,
                "features": features_yaml(schemas[config]),
                # `datasets` refuses to load another number of rows: a damaged copy does not pass for a small dataset
                "splits": [{"name": SPLIT, "num_bytes": facts.row_bytes[config], "num_examples": rows[config]}],
            }
        )
    return {
        **card.meta,
        NAME_KEY: facts.name,
        "size_categories": [size_category(facts.counts.rows)],
        "configs": configs,
        "dataset_info": infos,
    }


def size_category(rows: int) -> str:
    """Return the Hub's name for a number of rows.

    >>> size_category(0), size_category(1000), size_category(2_500_000)
    ('n<1K', '1K<n<10K', '1M<n<10M')
    """
    low = None
    for number, high in enumerate(_SIZES):
        if rows < 10 ** (number + 3):
            return f"{low}<n<{high}" if low else f"n<{high}"
        low = high
    return f"n>{low}"


def features_yaml(schema: pa.Schema) -> list[dict[str, Any]]:
    """Return `Features` of a schema as the Hub writes them in YAML, without importing `datasets`, which takes a second.

    >>> features_yaml(pa.schema([("tags", pa.list_(pa.string()))]))
    [{'name': 'tags', 'list': 'string'}]
    """
    return [{"name": f.name, **_feature(f.type)} for f in schema]


def _feature(kind: pa.DataType) -> dict[str, Any]:
    if pa.types.is_struct(kind):
        return {"struct": [{"name": f.name, **_feature(f.type)} for f in kind]}
    if pa.types.is_list(kind):
        inner = _feature(kind.value_type)
        return {"list": next(iter(inner.values())) if inner.keys() <= {"dtype", "struct"} else inner}
    return {"dtype": type_name(kind)}


def _facts(facts: Facts) -> str:
    counts = facts.counts
    lines = [
        "## Facts",
        "",
        "| | |",
        "|---|---|",
        f"| version | {facts.version} |",
        f"| rows | {counts.rows} |",
        f"| pages read | {counts.pages} in {counts.inputs} files |",
        f"| rejected | {counts.rejected} |",
        f"| duplicates | {counts.duplicates} |",
        f"| content digest | `{facts.content_digest}` |",
        f"| schema digest | `{facts.schema_digest}` |",
        "",
        "Every page read is a row of `articles` or a line of `rejects`, with the reason and its place in the input.",
        "",
    ]
    if facts.reasons:
        meanings = {reason.value: reason.meaning for reason in Reason}
        lines += ["| rejected because | pages | meaning |", "|---|---|---|"]
        lines += [f"| `{x}` | {n} | {meanings[x]} |" for x, n in sorted(facts.reasons.items())]
        lines.append("")
    lines += ["### Fields", "", "| column | type | null | meaning |", "|---|---|---|---|"]
    for column in ARTICLES:
        null = "yes" if column.nullable else "no"
        lines.append(f"| `{column.name}` | `{type_name(column.type)}` | {null} | {column.meaning} |")
    lines += [
        "",
        "### Loading",
        "",
        "In the folder that holds this card:",
        "",
        "```python",
        "import datasets",
        "",
        f'articles = datasets.load_dataset(".", split="{SPLIT}")',
        f'rejects = datasets.load_dataset(".", "rejects", split="{SPLIT}")',
        "```",
    ]
    return "\n".join(lines)
