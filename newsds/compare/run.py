"""Two versions on disk → what differs."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from newsds.compare.cells import Numbers, cell_digests, row_digests
from newsds.compare.difference import Difference, Example, Rows, SchemaChange, Side
from newsds.compare.examples import changed_examples, examples_of
from newsds.compare.match import Pairs, match_ids, match_places
from newsds.compare.version import Positions, Table, VersionFiles, open_version, without_shared
from newsds.errors import DataError, UsageError
from newsds.layout import Manifest
from newsds.schema import type_name


def compare(old: Path, new: Path, *, examples: int = 5) -> Difference:
    """Return what differs between two versions on disk.

    Args:
        old: the folder of a version, or a Parquet file of articles.
        new: another.
        examples: rows of each kind to show, at most: the first of the dataset.

    Raises:
        UsageError: `examples` is negative.
        DataError: a file cannot be read.
    """
    if examples < 0:
        raise UsageError(f"examples is {examples}", "give 0 or more")
    one, other = open_version(old), open_version(new)
    found = _match(one.articles, other.articles)
    rejects = _compare_rejects(one.rejects, other.rejects)
    schema = _compare_schemas(one, other)
    differs = bool(schema or rejects or found.rows.differ)
    return Difference(
        old=_side(one.manifest, found.old_rows),
        new=_side(other.manifest, found.new_rows),
        schema=schema,
        rows=found.rows,
        rejects=rejects,
        card=not differs and _values(one.manifest, "card_digest") != _values(other.manifest, "card_digest"),
        examples=_examples(found, examples),
        **_causes(one.manifest, other.manifest),
    )


def count_rows(old: Path, new: Path) -> Rows:
    """Return how many articles of two versions on disk differ, and in what.

    Args:
        old: the folder of a version, or a Parquet file of articles.
        new: another.

    Raises:
        DataError: a file cannot be read.
    """
    return _match(open_version(old).articles, open_version(new).articles).rows


@dataclass(frozen=True, slots=True, kw_only=True)
class _Match:
    """Rows by their numbers."""

    old_rows: int
    new_rows: int
    rows: Rows
    added: Positions
    removed: Positions
    changed: Pairs
    columns: Sequence[str]
    """that were compared"""
    old: Table
    """what the numbers are of: the row groups that the versions do not share"""
    new: Table


def _match(old: Table, new: Table) -> _Match:
    columns = _common(old.schema, new.schema)
    if "id" not in columns:
        raise DataError(
            f"{old.path} has no column id of the other's type", "give two versions of a dataset, or their articles"
        )
    old, new, shared = without_shared(old, new)
    old_ids, old_digests = _read(old, columns)
    new_ids, new_digests = _read(new, columns)
    pairs = match_ids(old_ids, new_ids)
    removed, added = (
        np.setdiff1d(np.arange(len(ids)), matched, assume_unique=True)
        for ids, matched in zip((old_ids, new_ids), pairs, strict=True)
    )
    moved = match_places(old, new, removed, added)
    removed, added = (np.setdiff1d(all_, some) for all_, some in zip((removed, added), moved, strict=True))
    differs = old_digests[pairs[0]] != new_digests[pairs[1]]
    by_new = np.concatenate([pairs[1][differs], moved[1]])
    order = np.argsort(by_new, kind="stable")
    changed = (np.concatenate([pairs[0][differs], moved[0]])[order], by_new[order])
    counts = _count_columns(old, new, changed, columns)
    rows = Rows(
        added=len(added),
        removed=len(removed),
        changed=len(changed[0]),
        same=shared + len(pairs[0]) + len(moved[0]) - len(changed[0]),
        columns=counts,
    )
    return _Match(
        old_rows=shared + len(old_ids),
        new_rows=shared + len(new_ids),
        rows=rows,
        added=added,
        removed=removed,
        changed=changed,
        columns=columns,
        old=old,
        new=new,
    )


def _common(old: pa.Schema, new: pa.Schema) -> list[str]:
    """Columns that both have, of the same type."""
    return [f.name for f in old if f.name in new.names and f.type == new.field(f.name).type]


def _read(table: Table, columns: Sequence[str]) -> tuple[pa.ChunkedArray, Numbers]:
    """Return the ids of all rows, and a number for each row."""
    ids: list[Any] = []
    digests: list[Numbers] = [np.zeros(0, dtype=np.uint64)]
    for _, batch in table.batches(columns):
        ids.append(batch.column("id"))
        digests.append(row_digests(batch))
    return pa.chunked_array(ids, table.schema.field("id").type), np.concatenate(digests)


def _count_columns(old: Table, new: Table, pairs: Pairs, columns: Sequence[str]) -> dict[str, int]:
    """Return in how many of the pairs each column differs; those that differ in none are left out."""
    before = np.zeros((len(pairs[0]), len(columns)), dtype=np.uint64)
    order = np.argsort(pairs[0], kind="stable")
    rising = pairs[0][order]
    for numbers, batch in old.at(rising, columns):
        before[order[np.searchsorted(rising, numbers)]] = cell_digests(batch)
    counts = np.zeros(len(columns), dtype=np.int64)
    for numbers, batch in new.at(pairs[1], columns):
        counts += (before[np.searchsorted(pairs[1], numbers)] != cell_digests(batch)).sum(axis=0)
    return {name: n for name, n in zip(columns, counts.tolist(), strict=True) if n}


def _compare_rejects(old: Table, new: Table) -> dict[str, tuple[int, int]]:
    columns = _common(old.schema, new.schema)
    if "reason" not in columns:
        return {}
    old, new, _ = without_shared(old, new)
    lines, others = _lines(old, columns), _lines(new, columns)
    added, removed = Counter[str](), Counter[str]()
    for (reason, _), n in (others - lines).items():
        added[reason] += n
    for (reason, _), n in (lines - others).items():
        removed[reason] += n
    return {reason: (added[reason], removed[reason]) for reason in sorted({*added, *removed})}


def _lines(table: Table, columns: Sequence[str]) -> Counter[tuple[str, int]]:
    """Lines of the ledger, as reason code and digest."""
    lines = Counter[tuple[str, int]]()
    for _, batch in table.batches(columns):
        reasons = (str(reason or "") for reason in batch.column("reason").to_pylist())
        lines.update(zip(reasons, row_digests(batch).tolist(), strict=True))
    return lines


def _compare_schemas(old: VersionFiles, new: VersionFiles) -> list[SchemaChange]:
    changes = []
    for table in ("articles", "rejects"):
        one, other = getattr(old, table).schema, getattr(new, table).schema
        if not one.names or not other.names:  # one of them is a file of articles alone
            continue
        for name in dict.fromkeys([*one.names, *other.names]):
            before, after = _type(one, name), _type(other, name)
            if before != after:
                changes.append(SchemaChange(table=table, column=name, old=before, new=after))
        if one.names != other.names and sorted(one.names) == sorted(other.names):
            names = [", ".join(schema.names) for schema in (one, other)]
            changes.append(SchemaChange(table=table, column="", old=names[0], new=names[1]))
    return changes


def _type(schema: pa.Schema, name: str) -> str | None:
    if name not in schema.names:
        return None
    found = schema.field(name)
    return type_name(found.type) + (" or null" if found.nullable else "")


def _examples(found: _Match, most: int) -> list[Example]:
    if not most:
        return []
    changed = (found.changed[0][:most], found.changed[1][:most])
    return [
        *examples_of("added", found.new, found.added[:most]),
        *examples_of("removed", found.old, found.removed[:most]),
        *changed_examples(found.old, found.new, changed, found.columns),
    ]


def _side(manifest: Manifest | None, rows: int) -> Side:
    return Side(name=_values(manifest, "name"), version=_values(manifest, "version"), rows=rows)


def _values(manifest: Manifest | None, name: str) -> Any:
    return None if manifest is None else getattr(manifest, name)


def _causes(old: Manifest | None, new: Manifest | None) -> dict[str, Any]:
    """Why the rows may differ, as far as manifests tell."""
    if old is None or new is None:
        return {"inputs": (0, 0, 0), "settings": (), "toolchain": {}}
    before, after = ({one.source: (one.sha256, one.bytes) for one in side.inputs} for side in (old, new))
    both = before.keys() & after.keys()
    return {
        "inputs": (
            len(after) - len(both),
            len(before) - len(both),
            sum(before[source] != after[source] for source in both),
        ),
        "settings": tuple(name for name in differing(old.config, new.config) if name != "digest"),
        "toolchain": differing(old.toolchain, new.toolchain),
    }


def differing(old: Mapping[str, Any], new: Mapping[str, Any]) -> dict[str, tuple[Any, Any]]:
    """Return the old and the new value of each key where they differ, in the order of the keys; None for none."""
    return {key: (old.get(key), new.get(key)) for key in sorted({*old, *new}) if old.get(key) != new.get(key)}
