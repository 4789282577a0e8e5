"""A version on disk, or a Parquet file of one, read a batch at a time."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from itertools import groupby
from pathlib import Path
from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.parquet as pq

from newsds.errors import DataError
from newsds.layout import CONFIGS, MANIFEST, Manifest, read_manifest, unreadable

Positions = npt.NDArray[np.int64]
"""Numbers of rows, from 0."""
_BATCH: Final = 1024


class Group(NamedTuple):
    """A row group of a file."""

    path: Path
    number: int
    """in the file, from 0"""
    rows: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """Row groups of a table's Parquet files, in the order of its rows."""

    path: Path | None
    """the first file, None if there is none"""
    schema: pa.Schema
    """its columns"""
    groups: tuple[Group, ...]

    def batches(self, columns: Sequence[str]) -> Iterator[tuple[int, pa.RecordBatch]]:
        """Yield batches of some columns, with the number of their first row.

        Raises:
            DataError: a file is damaged, or has not these columns.
        """
        first = 0
        for path, groups in groupby(self.groups, key=lambda one: one.path):
            with _reading(path), pq.ParquetFile(path, page_checksum_verification=True) as file:
                for name in columns:
                    if name not in file.schema_arrow.names or file.schema_arrow.field(name) != self.schema.field(name):
                        raise ValueError(f"the column {name} is not that of {self.path}")
                numbers = [one.number for one in groups]
                for batch in file.iter_batches(batch_size=_BATCH, row_groups=numbers, columns=list(columns)):
                    yield first, batch.select(columns)
                    first += batch.num_rows

    def at(self, positions: Positions, columns: Sequence[str]) -> Iterator[tuple[Positions, pa.RecordBatch]]:
        """Yield some rows, with their numbers; row groups without any are not read.

        Args:
            positions: numbers of the rows, in rising order.
            columns: to read.

        Raises:
            DataError: a file is damaged.
        """
        first = 0
        for path, groups in groupby(self.groups, key=lambda one: one.path):
            with _reading(path), pq.ParquetFile(path) as file:
                for _, number, rows in groups:
                    stop = first + rows
                    here = positions[slice(*np.searchsorted(positions, (first, stop)).tolist())]
                    if len(here):
                        start = first
                        for batch in file.iter_batches(batch_size=_BATCH, row_groups=[number], columns=list(columns)):
                            end = start + batch.num_rows
                            some = here[slice(*np.searchsorted(here, (start, end)).tolist())]
                            if len(some):
                                yield some, batch.select(columns).take(pa.array(some - start))
                            start = end
                    first = stop


def without_shared(old: Table, new: Table) -> tuple[Table, Table, int]:
    """Leave out the row groups that both tables have, byte for byte; return the rows in these, too.

    A row of such a group is the same as itself and as no other, as its id is there once: nothing is lost by not
    looking. newsds cuts groups where the content says so, so that most of them outlast a change.

    Raises:
        DataError: a file cannot be read.
    """
    looks = [dict(zip(table.groups, _looks(table.groups), strict=True)) for table in (old, new)]
    both = set(looks[0].values()) & set(looks[1].values())
    digests = [_digests([group for group, look in side.items() if look in both]) for side in looks]
    shared = set(digests[0].values()) & set(digests[1].values())
    # a damaged dataset may hold a group twice: then it is compared
    if any(len(set(side.values())) < len(side) for side in digests):
        return old, new, 0
    one, other = (
        replace(table, groups=tuple(group for group in table.groups if found.get(group) not in shared))
        for table, found in zip((old, new), digests, strict=True)
    )
    return one, other, sum(group.rows for group, digest in digests[0].items() if digest in shared)


_Look = tuple[object, ...]
"""What the footer of a file says of a row group, but for its place."""


def _looks(groups: Iterable[Group]) -> Iterator[_Look]:
    for path, of_file in groupby(groups, key=lambda one: one.path):
        with _reading(path):
            footer = pq.read_metadata(path)
            columns = str(footer.schema.to_arrow_schema().remove_metadata())
            yield from ((columns, *_chunks(footer.row_group(one.number))) for one in of_file)


def _chunks(group: pq.RowGroupMetaData) -> Iterator[tuple[object, ...]]:
    start, _ = _range(group)
    for one in map(group.column, range(group.num_columns)):
        place = one.data_page_offset - start, one.total_compressed_size
        yield one.path_in_schema, one.physical_type, one.compression, one.encodings, one.num_values, *place


def _range(group: pq.RowGroupMetaData) -> tuple[int, int]:
    """First byte of a row group in its file, and one past the last."""
    columns = [group.column(i) for i in range(group.num_columns)]
    starts = [one.dictionary_page_offset or one.data_page_offset for one in columns]
    ends = [start + one.total_compressed_size for start, one in zip(starts, columns, strict=True)]
    return min(starts, default=0), max(ends, default=0)


def _digests(groups: Iterable[Group]) -> dict[Group, bytes]:
    found: dict[Group, bytes] = {}
    for path, of_file in groupby(groups, key=lambda one: one.path):
        with _reading(path), path.open("rb") as file:
            footer = pq.read_metadata(path)
            for group in of_file:
                start, end = _range(footer.row_group(group.number))
                file.seek(start)
                found[group] = hashlib.sha256(file.read(end - start)).digest()
    return found


@dataclass(frozen=True, slots=True, kw_only=True)
class VersionFiles:
    """What there is of a version."""

    path: Path
    manifest: Manifest | None
    """None where there is none, as beside a single Parquet file"""
    articles: Table
    rejects: Table


def open_version(path: Path) -> VersionFiles:
    """Return the files of a version, or of a table's Parquet file alone.

    Args:
        path: the folder of a version, or a Parquet file of articles.

    Raises:
        DataError: a file cannot be read, or there is none.
    """
    if path.is_file():
        none = _table([])
        return VersionFiles(path=path, manifest=None, articles=_table([path]), rejects=none)
    tables = {name: _table(sorted((path / folder).glob("*.parquet"))) for name, folder in CONFIGS.items()}
    if tables["articles"].path is None:
        raise DataError(f"{path} holds no articles", f"see what is wrong: newsds validate {path}")
    manifest = read_manifest(path) if (path / MANIFEST).is_file() else None
    return VersionFiles(path=path, manifest=manifest, **tables)


def _table(files: Sequence[Path]) -> Table:
    schema = pa.schema([])
    groups: list[Group] = []
    for path in files:
        with _reading(path):
            footer = pq.read_metadata(path)
            groups += [Group(path, i, footer.row_group(i).num_rows) for i in range(footer.num_row_groups)]
            if path == files[0]:
                schema = footer.schema.to_arrow_schema().remove_metadata()
    return Table(path=files[0] if files else None, schema=schema, groups=tuple(groups))


@contextmanager
def _reading(path: Path) -> Iterator[None]:
    try:
        yield
    except (pa.ArrowException, OSError, ValueError) as error:
        raise unreadable(path, error) from error
