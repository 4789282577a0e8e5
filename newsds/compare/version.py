"""A version on disk, or a Parquet file of one, read a batch at a time."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.parquet as pq

from newsds.errors import DataError
from newsds.layout import CONFIGS, MANIFEST, Manifest, read_manifest, unreadable

Positions = npt.NDArray[np.int64]
"""Numbers of rows, from 0."""
_BATCH: Final = 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """The Parquet files of a table, in the order of its rows."""

    files: tuple[Path, ...]
    schema: pa.Schema
    """of the first; no column if there is no file"""

    def batches(self, columns: Sequence[str]) -> Iterator[tuple[int, pa.RecordBatch]]:
        """Yield batches of some columns, with the number of their first row.

        Raises:
            DataError: a file is damaged, or has not these columns.
        """
        first = 0
        for path in self.files:
            with _reading(path), pq.ParquetFile(path, page_checksum_verification=True) as file:
                for name in columns:
                    if name not in file.schema_arrow.names or file.schema_arrow.field(name) != self.schema.field(name):
                        raise ValueError(f"the column {name} is not that of {self.files[0].name}")
                for batch in file.iter_batches(batch_size=_BATCH, columns=list(columns)):
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
        for path in self.files:
            with _reading(path), pq.ParquetFile(path) as file:
                for number in range(file.metadata.num_row_groups):
                    stop = first + file.metadata.row_group(number).num_rows
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
    """Leave out the files that both tables have, byte for byte; return the rows in these, too.

    A row of such a file is the same as itself and as no other, as its id is there once: nothing is lost by not looking.

    Raises:
        DataError: a file cannot be read.
    """
    lengths = [{path: _length(path) for path in table.files} for table in (old, new)]
    both = set(lengths[0].values()) & set(lengths[1].values())
    digests = [{path: _digest(path) for path, length in side.items() if length in both} for side in lengths]
    shared = set(digests[0].values()) & set(digests[1].values())
    # a damaged dataset may hold a file twice: then it is compared
    if any(len(set(side.values())) < len(side) for side in digests):
        return old, new, 0
    rows = 0
    for path, digest in digests[0].items():
        if digest in shared:
            with _reading(path):
                rows += pq.read_metadata(path).num_rows
    one, other = (
        replace(table, files=tuple(path for path in table.files if found.get(path) not in shared))
        for table, found in zip((old, new), digests, strict=True)
    )
    return one, other, rows


def _length(path: Path) -> int:
    with _reading(path):
        return path.stat().st_size


def _digest(path: Path) -> bytes:
    with _reading(path), path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").digest()


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
        none = Table(files=(), schema=pa.schema([]))
        return VersionFiles(path=path, manifest=None, articles=_table([path]), rejects=none)
    tables = {name: _table(sorted((path / folder).glob("*.parquet"))) for name, folder in CONFIGS.items()}
    if not tables["articles"].files:
        raise DataError(f"{path} holds no articles", f"see what is wrong: newsds validate {path}")
    manifest = read_manifest(path) if (path / MANIFEST).is_file() else None
    return VersionFiles(path=path, manifest=manifest, **tables)


def _table(files: Sequence[Path]) -> Table:
    schema = pa.schema([])
    for path in files[:1]:
        with _reading(path):
            schema = pq.read_schema(path).remove_metadata()
    return Table(files=tuple(files), schema=schema)


@contextmanager
def _reading(path: Path) -> Iterator[None]:
    try:
        yield
    except (pa.ArrowException, OSError, ValueError) as error:
        raise unreadable(path, error) from error
