"""Which row of one version is which row of another.

A row is the same article as one with its id: the page's decoded text is the same. Of the others, as the one with its
address, if each version has one row with it; and then as the one from its place, source file and record, unless both
have an address, which then is another. What is left was added or removed.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable
from typing import Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from newsds.compare.version import Positions, Table

_PLACE: Final = ("url", "source", "record")
Pairs = tuple[Positions, Positions]
"""Numbers of the rows of either version that are the same article."""


def match_ids(old: pa.ChunkedArray, new: pa.ChunkedArray) -> Pairs:
    """Return the rows with the same id; of an id that comes twice, which no sound version has, the first.

    >>> old, new = pa.chunked_array([["a", "b", "c"]]), pa.chunked_array([["c", "x", "a"]])
    >>> [rows.tolist() for rows in match_ids(old, new)]
    [[2, 0], [0, 2]]
    """
    found = pc.index_in(new, value_set=old.combine_chunks(), skip_nulls=True)
    here = np.flatnonzero(found.is_valid().to_numpy()).astype(np.int64)
    there = found.drop_null().to_numpy().astype(np.int64)
    first = np.sort(np.unique(there, return_index=True)[1])
    return there[first], here[first]


def match_places(old: Table, new: Table, old_rows: Positions, new_rows: Positions) -> Pairs:
    """Return the same articles among rows whose ids differ.

    Args:
        old: articles of the one version.
        new: articles of the other.
        old_rows: its rows that are not matched yet, in rising order.
        new_rows: those of the other.
    """
    pairs: list[tuple[int, int]] = []
    columns = [name for name in _PLACE if name in old.schema.names and name in new.schema.names]
    if len(old_rows) and len(new_rows) and columns:
        left, right = _places(old, old_rows, columns), _places(new, new_rows, columns)
        for key in (_address, _file_and_record):
            found = _same(_only(left, key), _only(right, key), left, right)
            pairs += found
            for one, other in found:
                del left[one], right[other]
    pairs.sort(key=lambda pair: pair[1])
    array = np.array(pairs, dtype=np.int64).reshape(-1, 2)
    return array[:, 0], array[:, 1]


Place = tuple[str | None, str | None, int | None]
Places = dict[int, Place]


def _places(table: Table, rows: Positions, columns: Iterable[str]) -> Places:
    places: Places = {}
    for numbers, batch in table.at(rows, list(columns)):
        for number, row in zip(numbers.tolist(), batch.to_pylist(), strict=True):
            places[number] = (row.get("url"), row.get("source"), row.get("record"))
    return places


def _address(place: Place) -> Hashable:
    return place[0]


def _file_and_record(place: Place) -> Hashable:
    return None if place[1] is None else place[1:]


def _only(places: Places, key: Callable[[Place], Hashable]) -> dict[Hashable, int]:
    """Keys that one row alone has → that row."""
    rows: dict[Hashable, int] = {}
    twice = set()
    for number, place in places.items():
        value = key(place)
        if value in rows:
            twice.add(value)
        elif value is not None:
            rows[value] = number
    return {value: number for value, number in rows.items() if value not in twice}


def _same(old: dict[Hashable, int], new: dict[Hashable, int], left: Places, right: Places) -> list[tuple[int, int]]:
    found = []
    for value, number in new.items():
        other = old.get(value)
        if other is not None and not _differ(left[other][0], right[number][0]):
            found.append((other, number))
    return found


def _differ(one: str | None, other: str | None) -> bool:
    return one is not None and other is not None and one != other
