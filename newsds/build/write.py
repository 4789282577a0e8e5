"""Rows in order → Parquet files, cut where the content says so.

Where a row group or file ends depends on the id of the row after it, not on how many rows came before: rows that are
added or removed move the cuts near them and no others, so the Hub's store, which keeps a chunk of bytes once, gets
little more than what changed.
"""

from __future__ import annotations

import hashlib
from collections import Counter, deque
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any, Final

import pyarrow as pa
import pyarrow.parquet as pq

from newsds.build.publish import Sink
from newsds.layout import ARTICLES, REJECTS, File, shard_name
from newsds.schema import REJECTS_SCHEMA, SCHEMA


@dataclass(frozen=True, slots=True, kw_only=True)
class Cuts:
    """Where row groups and files end; bytes are those of the rows in canonical form."""

    group_rows: int = 1024
    """rows of a group on average: some megabytes, which is what a viewer or a random access reads at once"""
    group_least: int = 128
    """a group is not ended before: tiny groups compress badly"""
    group_most: int = 4096
    group_bytes: int = 32 * 2**20
    """a group is ended before it is longer, unless it is one row"""
    file_groups: int = 16
    """groups of a file on average, past its least length"""
    file_least: int = 256 * 2**20
    file_most: int = 1024 * 2**20
    """a quarter of it after compression: the Hub advises files of some hundred megabytes"""
    file_cap: int = 240 * 10**6
    """a file is ended before a group that could make it longer than this as it is stored, unless the group is alone"""


CUTS: Final = Cuts()
_PARQUET: Final = {
    "compression": "zstd",
    "compression_level": 3,  # level 9: 4 % less on 1,200 pages, in 2.5 times the time of the one process that writes
    "use_content_defined_chunking": True,
    "write_page_index": True,
    "write_page_checksum": True,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """A table on the disk."""

    files: tuple[File, ...]
    digest: str
    """of the rows: `newsds.canonical`"""
    row_bytes: int
    """of the rows in canonical form"""
    rows: int


class FileCuts:
    """Where files end; to be asked once before each group, in order."""

    def __init__(self, cuts: Cuts) -> None:
        self._cuts = cuts
        self._size = self._groups = 0

    def ends_before(self, id_: str, size: int, stored: int) -> bool:
        """Say whether the file ends before a group.

        Args:
            id_: of the group's first row.
            size: bytes of the group in canonical form.
            stored: length of the file so far.
        """
        cuts = self._cuts
        ends = self._groups > 0 and (
            (self._size >= cuts.file_least and int(id_[8:16], 16) % cuts.file_groups == 0)
            or self._size + size > cuts.file_most
            or stored + size > cuts.file_cap
        )
        if ends:
            self._size = self._groups = 0
        self._size += size
        self._groups += 1
        return ends


def plan_groups(rows: Iterable[tuple[str, int]], cuts: Cuts = CUTS) -> Iterator[int]:
    """Yield how many rows each row group has.

    Args:
        rows: id and bytes in canonical form of each row, in order.
        cuts: where groups end.

    >>> list(plan_groups([("0" * 32, 10)] * 3, Cuts(group_least=1)))
    [1, 1, 1]
    """
    count = group_size = 0
    for one, size in rows:
        if count and (
            (count >= cuts.group_least and int(one[:8], 16) % cuts.group_rows == 0)
            or count >= cuts.group_most
            or group_size + size > cuts.group_bytes
        ):
            yield count
            count = group_size = 0
        count += 1
        group_size += size
    if count:
        yield count


def write_articles(folder: Path, tables: Iterable[pa.Table], cuts: Cuts = CUTS) -> Written:
    """Write the articles into the folder of a version.

    Args:
        folder: of the version.
        tables: rows of `SCHEMA` with `newsds.build.part.EXTRA`, in order.
        cuts: where files and row groups end.
    """
    target = folder / ARTICLES
    target.mkdir(parents=True)
    counted = _Counted(tables)
    files: list[_Parquet] = [_Parquet(target / "0", SCHEMA)]
    ends = FileCuts(cuts)
    try:
        for table in _grouped(counted, cuts):
            size = sum(table["row_bytes"].to_pylist())
            if ends.ends_before(table["id"][0].as_py(), size, files[-1].sink.length):
                files[-1].close()
                files.append(_Parquet(target / str(len(files)), SCHEMA))
            files[-1].write(table.select(SCHEMA.names))
        files[-1].close()
    except BaseException:
        files[-1].abandon()
        raise
    names = [f"{ARTICLES}/{shard_name(number, len(files))}" for number in range(len(files))]
    for one, name in zip(files, names, strict=True):
        one.path.rename(folder / name)
    pa.default_memory_pool().release_unused()  # some 70 MB, which what comes next would have beside its own
    return counted.written([one.sink.file(name) for one, name in zip(files, names, strict=True)])


@dataclass(frozen=True, slots=True, kw_only=True)
class Ledger:
    """The rejects on the disk."""

    written: Written
    reasons: Mapping[str, int]
    """reason code → rejects, duplicates among them; by name"""
    first: Mapping[str, Mapping[str, Any]]
    """reason code → the first of its rejects"""


def write_rejects(folder: Path, tables: Iterable[pa.Table]) -> Ledger:
    """Write the rejects into the folder of a version.

    Args:
        folder: of the version.
        tables: rejects of `REJECTS_SCHEMA` with `newsds.build.part.EXTRA`, in order.
    """
    name = f"{REJECTS}/{shard_name(0, 1)}"
    (folder / REJECTS).mkdir(parents=True)
    counted = _Counted(tables)
    reasons = Counter[str]()
    first: dict[str, Mapping[str, Any]] = {}
    file = _Parquet(folder / name, REJECTS_SCHEMA)
    try:
        for table in _in_pieces(counted, lambda rows: _every(rows, CUTS.group_most)):
            reasons.update(table["reason"].to_pylist())
            for reason in reasons.keys() - first.keys():
                (first[reason],) = table.slice(table["reason"].index(reason).as_py(), 1).to_pylist()
            file.write(table.select(REJECTS_SCHEMA.names))
        file.close()
    except BaseException:
        file.abandon()
        raise
    return Ledger(written=counted.written([file.sink.file(name)]), reasons=dict(sorted(reasons.items())), first=first)


class _Parquet:
    """A Parquet file that is being written."""

    def __init__(self, path: Path, schema: pa.Schema) -> None:
        self.path = path
        self.sink = Sink(path)
        self._writer = pq.ParquetWriter(self.sink, schema, **_PARQUET)

    def write(self, table: pa.Table) -> None:
        # in one piece: the bytes depend on how a column is chunked
        self._writer.write_table(table.combine_chunks(), row_group_size=max(1, table.num_rows))

    def close(self) -> None:
        self._writer.close()
        self.sink.close()

    def abandon(self) -> None:
        """Let go of a file that will be removed."""
        with suppress(Exception):
            self._writer.close()
        with suppress(OSError):
            self.sink.close()


class _Counted:
    """Tables that pass, and what is to be said of all of them."""

    def __init__(self, tables: Iterable[pa.Table]) -> None:
        self._tables = tables
        self._digest = hashlib.sha256()
        self._rows = self._bytes = 0

    def __iter__(self) -> Iterator[pa.Table]:
        for table in self._tables:
            for digest in table["row_digest"].to_pylist():
                self._digest.update(digest)
            self._rows += table.num_rows
            self._bytes += sum(table["row_bytes"].to_pylist())
            yield table

    def written(self, files: Iterable[File]) -> Written:
        return Written(files=tuple(files), digest=self._digest.hexdigest(), row_bytes=self._bytes, rows=self._rows)


def _every(rows: Iterator[object], most: int) -> Iterator[int]:
    while count := sum(1 for _ in islice(rows, most)):
        yield count


def _grouped(tables: Iterable[pa.Table], cuts: Cuts) -> Iterator[pa.Table]:
    return _in_pieces(tables, lambda rows: plan_groups(rows, cuts))


def _in_pieces(
    tables: Iterable[pa.Table], plan: Callable[[Iterator[tuple[str, int]]], Iterator[int]]
) -> Iterator[pa.Table]:
    """Yield what passes in pieces of as many rows as `plan` says, which sees id and bytes of each."""
    waiting: deque[pa.Table] = deque()

    def rows() -> Iterator[tuple[str, int]]:
        for table in tables:
            waiting.append(table)
            ids = table["id"] if "id" in table.column_names else table["key"]
            yield from zip(ids.to_pylist(), table["row_bytes"].to_pylist(), strict=True)

    for count in plan(rows()):
        pieces = []
        while count:
            table = waiting.popleft()
            pieces.append(table.slice(0, count))
            if table.num_rows > count:
                waiting.appendleft(table.slice(count))
            count -= pieces[-1].num_rows
        yield pa.concat_tables(pieces)
