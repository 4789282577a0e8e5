"""The rows of all parts: which are duplicates of others, and in which order the rest comes. Memory stays bounded.

Parts are in order, so that merging reads each from its beginning to its end, a batch at a time. Of more parts than may
be open at once, some are merged into a run on the disk first, as often as it takes. Duplicates must be known before:
they are looked for among the keys, 64 bits each, of which as many are in memory at once as `SHARED_KEYS` says; what of
them occurs twice is then compared in full. So what grows with the dataset is a little memory for each duplicate, and
for each input file.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Final

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from newsds.build.cache import Selection
from newsds.build.part import PLACE, SCHEMAS, Section, bounded, with_extra
from newsds.model import Reason, Rejection
from newsds.schema import rejections_to_batch

FAN_IN: Final = 64
"""Parts that are merged at once, with a batch of each in memory: some 64 MB with what Arrow needs beside it."""
SHARED_KEYS: Final = 3 * 2**20
"""Keys that are compared at once, 16 bytes each and as much for sorting them: three for each row."""
_KINDS: Final = {"page_hash": 0, "id_hash": 0x9E3779B97F4A7C15, "content_hash": 0xC2B2AE3D27D4EB4F}
"""Column → what tells its values from those of the others: a page in UTF-8 may have its own digest as its id."""

Ints = npt.NDArray[np.int64]
Run = Callable[[], Iterator[pa.Table]]
"""Gives tables with a column `key`, ascending from the first row of the first to the last of the last."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Merged:
    """The dataset, before it is written."""

    selections: Sequence[Selection]
    dropped: Mapping[int, Ints]
    """number of a selection → numbers of its rows, in the part, that are duplicates"""
    duplicates: pa.Table
    """lines of the ledger for them, with `EXTRA`, by `key`"""
    folder: Path
    """for what is only needed meanwhile"""

    def articles(self) -> Iterator[pa.Table]:
        """Yield the rows, with `EXTRA`, in the order of the dataset."""
        return _merged([self._run(i, "rows") for i, one in enumerate(self.selections) if one.part.rows], self.folder)

    def rejects(self) -> Iterator[pa.Table]:
        """Yield the rejects, duplicates among them, with `EXTRA`, in order."""
        runs = [self._run(i, "rejects") for i, one in enumerate(self.selections) if one.part.rejects]
        return _merged([*runs, lambda: iter([self.duplicates] if self.duplicates.num_rows else [])], self.folder)

    def _run(self, number: int, section: Section) -> Run:
        selection = self.selections[number]
        dropped = self.dropped.get(number) if section == "rows" else None

        def read() -> Iterator[pa.Table]:
            first = 0
            for table in selection.part.read(section):
                kept = _chosen(selection, table)
                if dropped is not None:
                    kept &= ~np.isin(np.arange(first, first + table.num_rows), dropped)
                first += table.num_rows
                yield table if kept.all() else table.filter(pa.array(kept))

        return read


def merge(selections: Sequence[Selection], folder: Path) -> Merged:
    """Find the duplicates among the rows of parts; how files were cut into parts does not matter.

    Args:
        selections: entries that the dataset is made of, each of them once.
        folder: for what is only needed meanwhile.
    """
    shared = _shared_rows(selections, folder)
    keys, owner, row = _keys_of(selections, shared)
    _, duplicates = deduplicate(keys)
    dropped: dict[int, list[int]] = {}
    for i, _, _ in duplicates:
        dropped.setdefault(int(owner[i]), []).append(int(row[i]))
    return Merged(
        selections=selections,
        dropped={number: np.array(rows, dtype=np.int64) for number, rows in dropped.items()},
        duplicates=_duplicate_rejects(duplicates, keys),
        folder=folder,
    )


def deduplicate(keys: pa.Table) -> tuple[list[int], list[tuple[int, int, str]]]:
    """Return the rows to keep, and of the others: number, number of the row kept for it, and what they share.

    A row is a duplicate if a kept one has its page, its decoded page (the id), or its title and text. Of such rows the
    first by source and record is kept.
    """
    filled = pa.table({"source": pc.fill_null(keys["source"], ""), "record": pc.fill_null(keys["record"], -1)})
    order = pc.sort_indices(filled, sort_keys=[("source", "ascending"), ("record", "ascending")]).to_pylist()
    pages, ids, contents = (keys[name].to_pylist() for name in ("page_digest", "id", "content_key"))
    seen: dict[str | bytes, int] = {}
    kept: list[int] = []
    duplicates: list[tuple[int, int, str]] = []
    for i in order:
        # hex digits of two lengths, and bytes: no key of one kind is one of another
        for key, shared in ((pages[i], "page"), (ids[i], "decoded page"), (contents[i], "title and text")):
            first = seen.get(key)
            if first is not None:
                duplicates.append((i, first, shared))
                break
        else:
            kept.append(i)
            seen[pages[i]] = seen[ids[i]] = seen[contents[i]] = i
    return kept, duplicates


# --- rows that share a key with another -------------------------------------------------------------------------------


def _chosen(selection: Selection, table: pa.Table) -> npt.NDArray[np.bool_]:
    if selection.whole:
        return np.ones(table.num_rows, dtype=np.bool_)
    return np.isin(table["entry"].to_numpy(), sorted(selection.entries))


def _shared_rows(selections: Sequence[Selection], folder: Path) -> Ints:
    """Return the numbers of rows, counted over all parts, of which a key occurs again; perhaps some more."""
    buckets = -(-3 * sum(one.part.rows for one in selections) // SHARED_KEYS) or 1
    if buckets == 1:
        pieces = list(_hashes(selections))
        return np.unique(_repeated(np.concatenate(pieces))) if pieces else np.zeros(0, dtype=np.int64)
    paths = [folder / f"keys-{number}" for number in range(buckets)]
    with ExitStack() as stack:
        files = [stack.enter_context(path.open("xb")) for path in paths]
        for piece in _hashes(selections):
            of = (piece["hash"] % np.uint64(buckets)).astype(np.int64)
            for number in np.unique(of).tolist():
                files[number].write(piece[of == number].tobytes())
    found = []
    for path in paths:
        found.append(_repeated(np.fromfile(path, dtype=_HASHED)))
        path.unlink()
    return np.unique(np.concatenate(found))


_HASHED: Final = np.dtype([("hash", np.uint64), ("row", np.int64)])


def _hashes(selections: Sequence[Selection]) -> Iterator[npt.NDArray[np.void]]:
    first = 0
    for selection in selections:
        for table in selection.part.read("keys") if selection.part.rows else ():
            rows = np.flatnonzero(_chosen(selection, table))
            for column, salt in _KINDS.items():
                piece = np.empty(len(rows), dtype=_HASHED)
                piece["hash"] = table[column].to_numpy()[rows] ^ np.uint64(salt)
                piece["row"] = rows + first
                yield piece
            first += table.num_rows


def _repeated(hashed: npt.NDArray[np.void]) -> Ints:
    if not len(hashed):
        return np.zeros(0, dtype=np.int64)
    hashed = hashed[np.argsort(hashed["hash"], kind="stable")]
    same = hashed["hash"][1:] == hashed["hash"][:-1]
    rows: Ints = hashed["row"][np.append(same, False) | np.append(False, same)]
    return rows


def _keys_of(selections: Sequence[Selection], rows: Ints) -> tuple[pa.Table, Ints, Ints]:
    """Return the keys of rows that are counted over all parts; of each, number of its selection, and row in there."""
    tables = [SCHEMAS["keys"].empty_table()]
    owner: list[Ints] = [np.zeros(0, dtype=np.int64)]
    inside: list[Ints] = [np.zeros(0, dtype=np.int64)]
    first = 0
    for number, selection in enumerate(selections):
        here = rows[np.searchsorted(rows, first) : np.searchsorted(rows, first + selection.part.rows)] - first
        first += selection.part.rows
        start = 0
        for table in selection.part.read("keys") if len(here) else ():
            taken = here[(here >= start) & (here < start + table.num_rows)]
            if len(taken):
                tables.append(table.take(taken - start))
                owner.append(np.full(len(taken), number))
                inside.append(taken)
            start += table.num_rows
    return pa.concat_tables(tables).combine_chunks(), np.concatenate(owner), np.concatenate(inside)


def _duplicate_rejects(duplicates: Sequence[tuple[int, int, str]], keys: pa.Table) -> pa.Table:
    """Return the ledger's lines; some at a time become objects, which take ten times the room."""
    tables = [SCHEMAS["rejects"].empty_table()]
    for first in range(0, len(duplicates), _AT_ONCE):
        some = duplicates[first : first + _AT_ONCE]
        places = keys.select(PLACE).take([i for i, _, _ in some]).to_pylist()
        kept = keys.select(["source", "id"]).take([i for _, i, _ in some]).to_pylist()
        rejections = [
            Rejection(
                reason=Reason.DUPLICATE,
                message=f"the same {shared} as {one['source'] or ''}",
                duplicate_of=one["id"],
                **place,
            )
            for place, one, (_, _, shared) in zip(places, kept, some, strict=True)
        ]
        tables.append(pa.Table.from_batches([with_extra(rejections_to_batch(rejections), [0] * len(rejections))]))
    table = pa.concat_tables(tables)
    return table.take(pc.sort_indices(table, sort_keys=[("key", "ascending")])).combine_chunks()


_AT_ONCE: Final = 4096


# --- merging ----------------------------------------------------------------------------------------------------------


def _merged(runs: Sequence[Run], folder: Path) -> Iterator[pa.Table]:
    """Yield what runs hold, in one order."""
    numbers = count()
    spilled: list[Path] = []
    while len(runs) > FAN_IN:
        paths = []
        for first in range(0, len(runs), FAN_IN):
            path = folder / f"run-{next(numbers)}"
            _spill(_merge_few(runs[first : first + FAN_IN]), path)
            paths.append(path)
        for path in spilled:
            path.unlink()
        spilled, runs = paths, [_run_of(path) for path in paths]
    yield from _merge_few(runs)
    for path in spilled:
        path.unlink()


def _spill(tables: Iterator[pa.Table], path: Path) -> None:
    writer = None
    with path.open("xb") as file:
        for table in tables:
            writer = writer or pa.ipc.new_stream(file, table.schema)
            for first, stop in bounded(table["row_bytes"].to_pylist()):
                writer.write_table(table.slice(first, stop - first).combine_chunks())
        if writer is not None:
            writer.close()


def _run_of(path: Path) -> Run:
    def read() -> Iterator[pa.Table]:
        if path.stat().st_size:
            with pa.OSFile(str(path)) as file, pa.ipc.open_stream(file) as reader:
                for batch in reader:
                    yield pa.Table.from_batches([batch])

    return read


class _Head:
    """What of a run is in memory."""

    def __init__(self, tables: Iterator[pa.Table]) -> None:
        self._tables = tables
        self._table: pa.Table | None = None
        self._keys: list[bytes] = []
        self._at = 0

    def fill(self) -> bool:
        """Have rows; say whether there are any."""
        while self._at == len(self._keys):
            self._table = next(self._tables, None)
            if self._table is None:
                return False
            self._keys, self._at = self._table["key"].to_pylist(), 0
        return True

    @property
    def last(self) -> bytes:
        return self._keys[-1]

    def up_to(self, key: bytes) -> pa.Table | None:
        """Take the rows up to a key."""
        stop = bisect_right(self._keys, key, self._at)
        if stop == self._at or self._table is None:
            return None
        found = self._table.slice(self._at, stop - self._at)
        self._at = stop
        return found


def _merge_few(runs: Sequence[Run]) -> Iterator[pa.Table]:
    """Yield what runs hold, in one order: up to the least of the last keys in memory, all that is in memory."""
    heads = [_Head(run()) for run in runs]
    while heads := [head for head in heads if head.fill()]:
        bound = min(head.last for head in heads)
        pieces = [piece for head in heads if (piece := head.up_to(bound)) is not None]
        if len(pieces) == 1:
            yield pieces[0]
            continue
        table = pa.concat_tables(pieces)
        yield table.take(pc.sort_indices(table, sort_keys=[("key", "ascending")]))
