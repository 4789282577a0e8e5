"""Rows in order → Parquet files, cut where the content says so.

Where a row group or file ends depends on the id of the row after it, not on how many rows came before: rows that are
added or removed move the cuts near them and no others, so the Hub's store, which keeps a chunk of bytes once, gets
little more than what changed.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from newsds.build.merge import Merged
from newsds.build.publish import Sink
from newsds.build.worker import remove_part
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


CUTS: Final = Cuts()
BUCKETS: Final = 128
BUCKET_BYTES: Final = 48 * 2**20
"""Rows are brought into order a bucket at a time, which must fit in memory; so many are open at once at most."""
_PARQUET: Final = {
    "compression": "zstd",
    "compression_level": 3,  # level 9: 4 % less on 1,200 pages, in 2.5 times the time of the one process that writes
    "use_content_defined_chunking": True,
    "write_page_index": True,
    "write_page_checksum": True,
}

Group = tuple[int, int]
"""First row, and one past the last."""


def plan_files(ids: Sequence[str], sizes: Sequence[int], cuts: Cuts = CUTS) -> list[list[Group]]:
    """Cut rows into files of row groups; there is at least one file, and without rows it has no group.

    >>> plan_files(["0" * 32] * 3, [10, 10, 10], Cuts(group_least=1))
    [[(0, 1), (1, 2), (2, 3)]]
    """
    files: list[list[Group]] = [[]]
    first = group_size = file_size = 0

    def end_group(stop: int) -> None:
        nonlocal first, group_size, file_size
        if files[-1] and (
            (file_size >= cuts.file_least and int(ids[first][8:16], 16) % cuts.file_groups == 0)
            or file_size + group_size > cuts.file_most
        ):
            files.append([])
            file_size = 0
        files[-1].append((first, stop))
        file_size += group_size
        first, group_size = stop, 0

    for i, (one, size) in enumerate(zip(ids, sizes, strict=True)):
        rows = i - first
        if rows and (
            (rows >= cuts.group_least and int(one[:8], 16) % cuts.group_rows == 0)
            or rows >= cuts.group_most
            or group_size + size > cuts.group_bytes
        ):
            end_group(i)
        group_size += size
    if ids:
        end_group(len(ids))
    return files


def write_articles(folder: Path, merged: Merged, parts: Path, cuts: Cuts = CUTS) -> list[File]:
    """Write the articles into the folder of a version; removes the parts on the way.

    Args:
        folder: of the version.
        merged: what to write.
        parts: folder for what is only needed meanwhile.
        cuts: where files and row groups end.
    """
    (folder / ARTICLES).mkdir(parents=True)
    files = plan_files(merged.ids, merged.row_bytes, cuts)
    tables = _groups(merged, [group for file in files for group in file], parts)
    written = []
    for number, groups in enumerate(files):
        name = f"{ARTICLES}/{shard_name(number, len(files))}"
        written.append(_write(folder, name, SCHEMA, (next(tables) for _ in groups)))
    return written


def write_rejects(folder: Path, rejects: pa.Table) -> list[File]:
    """Write the rejects into the folder of a version."""
    (folder / REJECTS).mkdir(parents=True)
    groups = (rejects.slice(first, CUTS.group_most) for first in range(0, rejects.num_rows, CUTS.group_most))
    return [_write(folder, f"{REJECTS}/{shard_name(0, 1)}", REJECTS_SCHEMA, groups)]


def _write(folder: Path, name: str, schema: pa.Schema, groups: Iterator[pa.Table]) -> File:
    with Sink(folder / name) as sink:
        with pq.ParquetWriter(sink, schema, **_PARQUET) as writer:
            for table in groups:
                # in one piece: the bytes depend on how a column is chunked
                writer.write_table(table.combine_chunks(), row_group_size=max(1, table.num_rows))
        sink.close()
    return sink.file(name)


def _groups(merged: Merged, groups: Sequence[Group], parts: Path) -> Iterator[pa.Table]:
    """Yield the rows of each group.

    Rows lie in the parts in the order of the input. Each part is read once and strewn over buckets, stretches of the
    dataset that fit in memory; then each bucket is read once and put in order.
    """
    buckets = _buckets(groups, merged.row_bytes)
    _fill_buckets(merged, [bucket[0][0] for bucket in buckets], parts)
    for number, bucket in enumerate(buckets):
        path = parts / f"bucket-{number:04d}"
        with path.open("rb") as file, pa.ipc.open_stream(file) as reader:
            table = reader.read_all()
        path.unlink()
        order = np.argsort(table["position"].to_numpy())
        table = table.drop_columns("position").take(order)
        start = bucket[0][0]
        for first, stop in bucket:
            yield table.slice(first - start, stop - first)


def _buckets(groups: Sequence[Group], sizes: Sequence[int]) -> list[list[Group]]:
    limit = max(BUCKET_BYTES, sum(sizes) // BUCKETS + 1)
    buckets: list[list[Group]] = []
    size = limit
    for first, stop in groups:
        if size >= limit:
            buckets.append([])
            size = 0
        buckets[-1].append((first, stop))
        size += sum(sizes[first:stop])
    return buckets


def _fill_buckets(merged: Merged, starts: Sequence[int], folder: Path) -> None:
    schema = SCHEMA.append(pa.field("position", pa.int64()))
    sinks = [(folder / f"bucket-{number:04d}").open("xb") for number in range(len(starts))]
    try:
        writers = [pa.ipc.new_stream(sink, schema) for sink in sinks]
        by_part = np.argsort(merged.part, kind="stable")
        bounds = np.searchsorted(merged.part[by_part], np.arange(len(merged.parts) + 1))
        for number, part in enumerate(merged.parts):
            positions = by_part[bounds[number] : bounds[number + 1]]
            with pa.memory_map(part) as file, pa.ipc.open_file(file) as reader:
                table = reader.read_all()
                bucket_of = np.searchsorted(starts, positions, side="right") - 1
                for bucket in np.unique(bucket_of).tolist():
                    here = positions[bucket_of == bucket]
                    rows = table.take(merged.row[here]).append_column("position", pa.array(here))
                    writers[bucket].write_table(rows)
                del table
            remove_part(part)
        for writer in writers:
            writer.close()
    finally:
        for sink in sinks:
            sink.close()
