"""Features of the articles before and after this one, which pages name as a pair: marked, and both in the same way."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import numpy as np

from newsds.segment.arrays import Bools, Ints
from newsds.segment.columns import Column, Columns, Feature, rows_of
from newsds.segment.marks import ARROWS

_SIDES: Final = ("previous", "next")
_ARROWS: Final = {"previous": ("<<", "left"), "next": (">>", "right", "right_end")}
_NEAR: Final = 6
"""Blocks within which the two stand."""
_SHORTEST: Final = 15
_LONGEST: Final = 400
"""Tenths of words of a headline."""
_WAYS: Final = ("below a mark", "behind an arrow", "behind a marker word", "in an element named for it")


def pairs() -> Iterator[Feature]:
    """Yield what speaks for a previous or a next article."""
    said = "; ".join(f"{way}: {meaning}" for way, meaning in enumerate(_WAYS, 1))
    for side in _SIDES:
        yield from rows_of(
            {
                f"pair_{side}": (
                    f"a headline marked as the {side} article ({said}); +8 the other is near, +8 marked the same way",
                    lambda c, side=side: _paired(c, side),  # type: ignore[misc]
                ),
                f"pair_mark_{side}": (
                    f"a mark of the {side} article alone; 2: without a headline, and one of the other is near",
                    lambda c, side=side: _mark(c, side),  # type: ignore[misc]
                ),
            }
        )


def _arrow(c: Columns, side: str) -> Bools:
    return np.isin(c["arrow_edge"], [ARROWS.index(arrow) + 1 for arrow in _ARROWS[side]])


def _is_mark(c: Columns, side: str) -> Bools:
    """A line that is nothing but a mark."""

    def make() -> Bools:
        alone = _arrow(c, side) & (c.table.words.tenths == 0)
        return np.asarray((c[f"whole_{side}"] > 0) | alone)

    found: Bools = c.kept(f"mark of {side}", make)
    return found


def _way(c: Columns, side: str) -> Ints:
    """Which of `_WAYS` each block is marked in, from 1; 0 if it is not."""

    def make() -> Ints:
        other = _SIDES[1 - _SIDES.index(side)]
        tenths = c.table.words.tenths
        mark, other_mark = _is_mark(c, side), _is_mark(c, other)
        dated = (c["sign_date"] | c["sign_ago"]) > 0
        headline = (tenths >= _SHORTEST) & (tenths <= _LONGEST) & ~mark & ~other_mark & ~dated
        shifted = c.table.pages.shifted
        below = shifted(mark, -1) | (shifted(mark, -2) & shifted(dated, -1))
        named = (c[f"near_{side}"] | c[f"link_label_{side}"]) > 0
        marked = ((c[f"marker_{side}"] | c[f"phrase_{side}"]) > 0) & (tenths >= 2 * _SHORTEST)
        way = np.zeros(len(tenths), np.int64)
        for number, found in enumerate((below, _arrow(c, side), marked, named), 1):
            way[found & headline] = number
        return way

    found: Ints = c.kept(f"way of {side}", make)
    return found


def _near(c: Columns, marked: Bools) -> Bools:
    pages = c.table.pages
    return np.asarray(np.minimum(pages.since(marked), pages.until(marked)) <= _NEAR)


def _paired(c: Columns, side: str) -> Column:
    other = _SIDES[1 - _SIDES.index(side)]
    way, others = _way(c, side), _way(c, other)
    out = way.copy()
    out[(way > 0) & _near(c, others > 0)] += 8
    for number in range(1, len(_WAYS) + 1):
        out[(way == number) & _near(c, others == number)] += 8
    return out


def _mark(c: Columns, side: str) -> Column:
    other = _SIDES[1 - _SIDES.index(side)]
    mark = _is_mark(c, side)
    bare = ~_near(c, _way(c, side) > 0) & _near(c, _is_mark(c, other))
    return np.where(mark, 1 + bare, 0)
