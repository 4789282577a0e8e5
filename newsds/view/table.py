"""The rows of one table of a version: found a row group at a time, and read when they are shown.

Nothing is read before it is asked for, and a search ends when the page is full, so that the first page of a million
rows is there as soon as that of a hundred.
"""

from __future__ import annotations

import threading
from bisect import bisect_left, bisect_right
from collections import OrderedDict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import reduce
from pathlib import Path
from typing import Any, Final

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from newsds.errors import DataError

_CACHED_BYTES: Final = 1 << 30
"""Of columns that are kept: the text of some hundred thousand articles, so that the next search need not read it."""
_CACHED_QUERIES: Final = 32


@dataclass(frozen=True, slots=True, kw_only=True)
class Query:
    """What rows are looked for: those that all that is given holds of."""

    words: str = ""
    """text in one of the table's `searched` columns, in upper or lower case"""
    equal: tuple[tuple[str, str], ...] = ()
    """column, its value"""
    among: tuple[tuple[str, str], ...] = ()
    """column of lists, a value in them"""
    below: tuple[tuple[str, float], ...] = ()
    """column of numbers, which are less"""

    @property
    def every(self) -> bool:
        """Whether it is every row."""
        return self == Query()


@dataclass(frozen=True, slots=True)
class _Group:
    """A row group."""

    file: int
    number: int
    first: int
    rows: int


class _Hits:
    """The rows that a query finds, as far as somebody looked."""

    __slots__ = ("groups", "lock", "rows")

    def __init__(self) -> None:
        self.rows: list[int] = []
        self.groups = 0
        """row groups looked at"""
        self.lock = threading.Lock()


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """Some of the rows that a query finds."""

    rows: tuple[int, ...]
    """their numbers in the table"""
    first: int
    """how many come before"""
    total: int | None
    """how many there are in all, if that is known: a search stops where the page is full"""
    more: bool
    """whether there are rows behind them"""


class Table:
    """The articles or the rejects of a version.

    Args:
        files: its Parquet files in order.
        searched: columns of text that `Query.words` is looked for in.

    Raises:
        DataError: a file cannot be read.
    """

    def __init__(self, files: Iterable[Path], searched: Sequence[str]) -> None:
        self._files = tuple(files)
        self._searched = tuple(searched)
        self._groups: list[_Group] = []
        self._metadata = []
        for n, path in enumerate(self._files):
            try:
                metadata = pq.read_metadata(path)
            except (OSError, pa.ArrowException) as error:
                raise _unreadable(path, error) from error
            self._metadata.append(metadata)
            for k in range(metadata.num_row_groups):
                self._groups.append(_Group(n, k, self._end(), metadata.row_group(k).num_rows))
        self._firsts = [group.first for group in self._groups]
        self._columns = _Cache(_CACHED_BYTES)
        self._hits: OrderedDict[Query, _Hits] = OrderedDict()
        self._lock = threading.Lock()

    def __len__(self) -> int:
        return self._end()

    def _end(self) -> int:
        return self._groups[-1].first + self._groups[-1].rows if self._groups else 0

    def find(self, query: Query, first: int, count: int) -> Found:
        """Return `count` of the rows that a query finds, from the `first` on.

        Raises:
            DataError: a file cannot be read.
        """
        total = len(self)
        if query.every:
            rows = tuple(range(min(first, total), min(first + count, total)))
            return Found(rows=rows, first=first, total=total, more=first + count < total)
        hits = self._looked(query, lambda hits: len(hits.rows) > first + count)
        known = hits.groups == len(self._groups)
        return Found(
            rows=tuple(hits.rows[first : first + count]),
            first=first,
            total=len(hits.rows) if known else None,
            more=len(hits.rows) > first + count,
        )

    def beside(self, query: Query, row: int) -> tuple[int | None, int | None]:
        """Return the rows that a query finds right before and right after a row."""
        if query.every:
            return (row - 1 if row > 0 else None, row + 1 if row + 1 < len(self) else None)
        hits = self._looked(query, lambda hits: bool(hits.rows) and hits.rows[-1] > row).rows
        before, after = bisect_left(hits, row), bisect_right(hits, row)
        return (hits[before - 1] if before else None, hits[after] if after < len(hits) else None)

    def read(self, rows: Sequence[int], columns: Sequence[str]) -> list[dict[str, Any]]:
        """Return some columns of some rows.

        Raises:
            DataError: a file cannot be read.
        """
        out = []
        for row in rows:
            group = self._group_of(row)
            out.append({name: self._column(group, name)[row - group.first].as_py() for name in columns})
        return out

    def row(self, row: int) -> dict[str, Any]:
        """Return a row with all its columns.

        Raises:
            DataError: a file cannot be read.
        """
        group = self._group_of(row)
        table = self._read_group(group, None)
        whole: dict[str, Any] = table.slice(row - group.first, 1).to_pylist()[0]
        return whole

    def _looked(self, query: Query, enough: Callable[[_Hits], bool]) -> _Hits:
        with self._lock:
            hits = self._hits.setdefault(query, _Hits())
            self._hits.move_to_end(query)
            if len(self._hits) > _CACHED_QUERIES:
                self._hits.popitem(last=False)
        with hits.lock:
            while not enough(hits) and hits.groups < len(self._groups):
                group = self._groups[hits.groups]
                hits.rows += [group.first + i for i in self._matching(group, query)]
                hits.groups += 1
        return hits

    def _matching(self, group: _Group, query: Query) -> list[int]:
        """Rows of a group, counted from its first."""
        masks = [pc.equal(self._column(group, name), value) for name, value in query.equal]
        masks += [pc.less(self._column(group, name), value) for name, value in query.below]
        masks += [_holds(self._column(group, name), value) for name, value in query.among]
        mask = reduce(pc.and_, masks) if masks else None
        if query.words and (mask is None or pc.any(mask).as_py()):
            found = [
                pc.fill_null(pc.match_substring(self._column(group, name), query.words, ignore_case=True), False)
                for name in self._searched
            ]
            mask = reduce(pc.or_, found) if mask is None else pc.and_(mask, reduce(pc.or_, found))
        return list(pc.indices_nonzero(pc.fill_null(mask, False)).to_pylist())

    def _group_of(self, row: int) -> _Group:
        if not 0 <= row < len(self):
            raise IndexError(row)
        return self._groups[bisect_right(self._firsts, row) - 1]

    def _column(self, group: _Group, name: str) -> pa.Array:
        key = (group.file, group.number, name)
        column = self._columns.get(key)
        if column is None:
            column = self._read_group(group, [name])[name].combine_chunks()
            self._columns.put(key, column)
        return column

    def _read_group(self, group: _Group, columns: list[str] | None) -> pa.Table:
        path = self._files[group.file]
        try:
            with pq.ParquetFile(path, metadata=self._metadata[group.file], page_checksum_verification=True) as file:
                return file.read_row_group(group.number, columns=columns, use_threads=False)
        except (OSError, pa.ArrowException) as error:
            raise _unreadable(path, error) from error


def _unreadable(path: Path, error: Exception) -> DataError:
    return DataError(f"cannot read {path}: {error}", "check it: newsds validate, or build the version again")


def _holds(lists: pa.Array, value: str) -> pa.Array:
    """Which of some lists hold a value."""
    if isinstance(lists, pa.ChunkedArray):
        lists = lists.combine_chunks()
    rows = pc.list_parent_indices(lists).filter(pc.equal(pc.list_flatten(lists), value))
    return pc.is_in(pa.array(range(len(lists)), rows.type), value_set=rows)


class _Cache:
    """Columns, the least recently used of which are dropped when they take more bytes than they may."""

    __slots__ = ("_bytes", "_items", "_lock", "_most")

    def __init__(self, most: int) -> None:
        self._items: OrderedDict[tuple[int, int, str], pa.Array] = OrderedDict()
        self._bytes = 0
        self._most = most
        self._lock = threading.Lock()

    def get(self, key: tuple[int, int, str]) -> pa.Array | None:
        with self._lock:
            found = self._items.get(key)
            if found is not None:
                self._items.move_to_end(key)
            return found

    def put(self, key: tuple[int, int, str], column: pa.Array) -> None:
        with self._lock:
            if key in self._items:
                return
            self._items[key] = column
            self._bytes += column.nbytes
            while self._bytes > self._most and len(self._items) > 1:
                self._bytes -= self._items.popitem(last=False)[1].nbytes
