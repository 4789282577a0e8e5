"""Every feature of a block, by name, with its meaning: adding one is adding one row in one of the modules named here.

A feature is one byte a block. Those that only HTML has are 0 in text dumps and the other way round, so one model reads
both. The weights name the features they use; no others are computed.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Final

from newsds.segment import around_features, block_features, pair_features, place_features
from newsds.segment.columns import Columns, Feature
from newsds.segment.table import Table

_ROWS: Final = (
    block_features.characters,
    block_features.said,
    block_features.evidence,
    block_features.topic,
    place_features.links,
    place_features.elements,
    place_features.main,
    place_features.alike,
    around_features.page,
    around_features.around,
    pair_features.pairs,
)


@cache
def features() -> Mapping[str, Feature]:
    """Return all features by name.

    >>> features()["words"].meaning
    'words (twice, logarithm)'
    """
    return {f.name: f for rows in _ROWS for f in rows()}


def columns_of(table: Table) -> Columns:
    """Return the features of a batch, each computed when it is first asked for."""
    return Columns(table, features())
