"""The rows of all tasks: which are duplicates of others, and in which order the rest comes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from newsds.build.worker import KEYS, TaskResult
from newsds.model import Reason, Rejection
from newsds.schema import REJECTS_SCHEMA, rejections_to_batch


@dataclass(frozen=True, slots=True, kw_only=True)
class Merged:
    """The dataset, before its rows are fetched from the parts."""

    parts: tuple[str, ...]
    """paths of the files with rows"""
    part: npt.NDArray[np.int64]
    """of each row, in the order of the dataset: number of its part"""
    row: npt.NDArray[np.int64]
    """its row in there"""
    ids: Sequence[str]
    row_digests: Sequence[bytes]
    row_bytes: Sequence[int]
    rejects: pa.Table
    """of `REJECTS_SCHEMA`, duplicates among them, in order"""


def merge(results: Sequence[TaskResult]) -> Merged:
    """Merge what tasks gave back; neither their order nor how files were cut into tasks matters."""
    with_rows = [r for r in results if r.part is not None]
    keys = pa.Table.from_batches([r.keys for r in with_rows], KEYS).combine_chunks()
    lengths = [r.keys.num_rows for r in with_rows]
    part = np.repeat(np.arange(len(with_rows)), lengths)
    row = np.concatenate([np.arange(n) for n in lengths]) if lengths else np.zeros(0, dtype=np.int64)
    kept, duplicates = deduplicate(keys)
    rows = keys.take(kept)
    # by place and time: what is added later lies together, where hashes would strew it over all files
    order = _sorted(rows, "site", "published", "id")
    kept, rows = kept[order], rows.take(order)
    return Merged(
        parts=tuple(r.part for r in with_rows if r.part is not None),
        part=part[kept],
        row=row[kept],
        ids=rows["id"].to_pylist(),
        row_digests=rows["row_digest"].to_pylist(),
        row_bytes=rows["row_bytes"].to_pylist(),
        rejects=_order_rejects([r.rejects for r in results], duplicates, keys, part, row, with_rows),
    )


def deduplicate(keys: pa.Table) -> tuple[npt.NDArray[np.int64], list[tuple[int, int, str]]]:
    """Return the rows to keep, and of the others: number, number of the row kept for it, and what they share.

    A row is a duplicate if a kept one has its page, its decoded page (the id), or its title and text. Of such rows the
    first by source and record is kept.
    """
    order = _sorted(keys, "source", "record")
    pages, ids, contents = (keys[name].to_pylist() for name in ("page_digest", "id", "content_key"))
    seen: dict[str | bytes, int] = {}
    kept: list[int] = []
    duplicates: list[tuple[int, int, str]] = []
    for i in order.tolist():
        # hex digits of two lengths, and bytes: no key of one kind is one of another
        for key, shared in ((pages[i], "page"), (ids[i], "decoded page"), (contents[i], "title and text")):
            first = seen.get(key)
            if first is not None:
                duplicates.append((i, first, shared))
                break
        else:
            kept.append(i)
            seen[pages[i]] = seen[ids[i]] = seen[contents[i]] = i
    return np.array(kept, dtype=np.int64), duplicates


def _sorted(table: pa.Table, *columns: str) -> npt.NDArray[np.int64]:
    order = pc.sort_indices(table, sort_keys=[(name, "ascending") for name in columns])
    numbers: npt.NDArray[np.int64] = order.to_numpy().astype(np.int64)
    return numbers


def _order_rejects(
    rejects: list[pa.RecordBatch],
    duplicates: list[tuple[int, int, str]],
    keys: pa.Table,
    part: npt.NDArray[np.int64],
    row: npt.NDArray[np.int64],
    results: list[TaskResult],
) -> pa.Table:
    batches = [*rejects, _duplicate_rejects(duplicates, keys, part, row, results)]
    table = pa.Table.from_batches(batches, REJECTS_SCHEMA).combine_chunks()
    filled = pa.table(
        {
            "source": pc.fill_null(table["source"], ""),
            "record": pc.fill_null(table["record"], -1),
            "reason": table["reason"],
        }
    )
    return table.take(_sorted(filled, "source", "record", "reason")).combine_chunks()


_PLACE = ("source", "record", "offset", "length", "url", "page_digest")


def _duplicate_rejects(
    duplicates: list[tuple[int, int, str]],
    keys: pa.Table,
    part: npt.NDArray[np.int64],
    row: npt.NDArray[np.int64],
    results: list[TaskResult],
) -> pa.RecordBatch:
    """The ledger's lines for duplicates; their places are read back from the parts, a part at a time."""
    by_part: dict[int, list[tuple[int, int, str]]] = {}
    for one in duplicates:
        by_part.setdefault(int(part[one[0]]), []).append(one)
    sources, ids = keys["source"].to_pylist(), keys["id"].to_pylist()
    rejections: list[Rejection] = []
    for number, found in sorted(by_part.items()):
        with pa.memory_map(results[number].part) as file, pa.ipc.open_file(file) as reader:
            places = reader.read_all().select(_PLACE).take([int(row[i]) for i, _, _ in found]).to_pylist()
        for place, (_, first, shared) in zip(places, found, strict=True):
            rejections.append(
                Rejection(
                    reason=Reason.DUPLICATE,
                    message=f"the same {shared} as {sources[first]}",
                    duplicate_of=ids[first],
                    **place,
                )
            )
    return rejections_to_batch(rejections)
