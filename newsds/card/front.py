"""The front matter: YAML that the Hub and `datasets` read."""

from __future__ import annotations

import re
from typing import Any, Final

import pyarrow as pa
import yaml

from newsds.card.facts import Facts
from newsds.card.source import FILLED_KEY, NAME_KEY, Card
from newsds.layout import CONFIGS, SPLIT
from newsds.schema import REJECTS_SCHEMA, SCHEMA, type_name

_SIZES: Final = ("1K", "10K", "100K", "1M", "10M", "100M", "1B", "10B", "100B", "1T")
"""Bounds of the Hub's size categories, from a thousand, each ten times the one before."""
_WIDTH: Final = 1 << 20
"""YAML is never wrapped: where a line breaks would depend on its length in a way no diff likes."""
_LANGUAGE: Final = re.compile(r"[a-z]{2,3}")
"""ISO 639 codes, which the Hub knows: the first part of a BCP 47 tag. What is none is left out, as pages name them."""


def front_matter(card: Card, facts: Facts) -> str:
    """Return the front matter of a version's card, without the lines of hyphens."""
    return dump_yaml(_meta(card, facts))


def dump_yaml(values: Any) -> str:
    """Return values as YAML, keys in their order, nothing wrapped."""
    text: str = yaml.safe_dump(values, sort_keys=False, allow_unicode=True, default_flow_style=False, width=_WIDTH)
    return text


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
    filled = {key: value for key, value in _defaults(facts).items() if key not in card.meta and value}
    return {
        **card.meta,
        **filled,
        NAME_KEY: facts.name,
        **({FILLED_KEY: list(filled)} if filled else {}),
        "size_categories": [size_category(facts.counts.rows)],
        "configs": configs,
        "dataset_info": infos,
    }


def _defaults(facts: Facts) -> dict[str, Any]:
    """What the card's author left out and the Hub asks for. No licence: that is not for newsds to say."""
    return {
        "pretty_name": facts.name,
        "language": languages(facts),
        "license": "unknown",
        "tags": ["news", "newsds"],
    }


def languages(facts: Facts) -> list[str]:
    """Return the languages of the rows as ISO 639 codes."""
    found = (tag.split("-")[0] for tag in facts.stats.language_chars)
    return sorted({code for code in found if _LANGUAGE.fullmatch(code)})


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
