"""The features of a batch as they are computed: each when it is first asked for, and what several share once."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from newsds.segment.arrays import Bytes, Ints, numbered, summed
from newsds.segment.table import Table

Column = npt.NDArray[Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Feature:
    """A feature and what it means."""

    name: str
    meaning: str
    column: Callable[[Columns], Column]
    """how it is computed: numbers from 0 to 255, one a block"""


class Columns:
    """The features of a batch."""

    def __init__(self, table: Table, rows: Mapping[str, Feature]) -> None:
        self.table = table
        self._rows = rows
        self._done: dict[str, Bytes] = {}
        self._kept: dict[str, Any] = {}

    def __getitem__(self, name: str) -> Bytes:
        found = self._done.get(name)
        if found is None:
            found = self._done[name] = self._rows[name].column(self).astype(np.uint8)
        return found

    def kept(self, name: str, make: Callable[[], Any]) -> Any:
        """Return what several features share, computed once."""
        if name not in self._kept:
            self._kept[name] = make()
        return self._kept[name]

    def between(self, name: str, a: Ints, b: Ints) -> Ints:
        """Return for each block the sum over the blocks `a` to `b` of a measure named in `MEASURES`."""
        sums: Ints = self.kept("sums of " + name, lambda: summed(MEASURES[name](self)))
        return sums[b] - sums[a]

    def total_running(self) -> Ints:
        """Return for each block the running text of its page, in tenths of words."""
        found: Ints = self.kept("total running", lambda: self.table.pages.total(self.table.running))
        return found

    def groups(self, name: str) -> tuple[Ints, Ints]:
        """Return a number for each block, the same for blocks of one page in elements of the same path; and its rank.

        Args:
            name: `path` (names and labels count) or `tags` (names alone).
        """

        def make() -> tuple[Ints, Ints]:
            places = self.table.places
            return numbered((places.path if name == "path" else places.tag_path)[places.node], self.table.pages)

        found: tuple[Ints, Ints] = self.kept("groups by " + name, make)
        return found


MEASURES: Final[Mapping[str, Callable[[Columns], Column]]] = {
    "running": lambda c: c.table.running,
    "prose": lambda c: c.table.prose,
    "words": lambda c: np.minimum(c.table.words.tenths, 2000),
    "chars": lambda c: c.table.words.chars,
    "linked": lambda c: c.table.links.chars,
    "short": lambda c: c.table.words.tenths <= 30,
    "cut": lambda c: c.table.words.cut,
    "ends": lambda c: c.table.words.ends,
    "dated": lambda c: (c["sign_ago"] | c["sign_date"] | c["sign_date_near"]) > 0,
    "link": lambda c: 5 * c.table.links.chars > 4 * c.table.words.chars,
    "headline": lambda c: (c.table.words.tenths >= 40) & (c.table.words.tenths <= 200) & ~c.table.words.ends,
}
"""What windows and elements are measured by."""


def rows_of(rows: Mapping[str, tuple[str, Callable[[Columns], Column]]]) -> Iterator[Feature]:
    """Yield a feature for each name, meaning and column."""
    for name, (meaning, column) in rows.items():
        yield Feature(name=name, meaning=meaning, column=column)
