"""A part: what a task found, in one file that is named by its own SHA-256.

    rows      Arrow stream of `SCHEMA` with `EXTRA`, ordered by `key`: the order of the dataset
    keys      Arrow stream of `KEYS`, a line for each row in the same order: what merging must know before it reads rows
    rejects   Arrow stream of `REJECTS_SCHEMA` with `EXTRA`, ordered by `key`: the order of the ledger
    about     JSON: which files the part is of, and where the streams lie; its length, and a mark

A part whose bytes have not the digest that its name says is damaged, and is as if it were not there.
"""

from __future__ import annotations

import hashlib
import json
import os
import secrets
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any, Final, Literal

import pyarrow as pa
import pyarrow.compute as pc

from newsds.build.publish import Sink, output_errors
from newsds.canonical import encode_row, row_digest
from newsds.layout import Input
from newsds.schema import REJECTS_SCHEMA, SCHEMA

SUFFIX: Final = ".part"
INSIDE: Final = "!/"
"""Stands between the name of an archive and that of what is in it."""
UNFINISHED: Final = ".tmp"
"""Suffix of a part that is being written."""
_MARK: Final = b"newsds part 1\n"
BATCH_BYTES: Final = 1 << 19
"""Bytes of rows, in canonical form, that merging has in memory of a part at a time; a longer row counts as one."""
BATCH_ROWS: Final = 256
_FIRST: Final = 2**63
"""Added to a number so that bytes of it, the highest first, have its order."""

EXTRA: Final = (
    pa.field("key", pa.binary()),
    pa.field("entry", pa.int32()),
    pa.field("row_digest", pa.binary(32)),
    pa.field("row_bytes", pa.int64()),
)
"""Of each row and reject: its place in the dataset, number of its entry, digest and length in canonical form."""
PLACE: Final = ("source", "record", "offset", "length", "url", "page_digest")
"""Columns that rows share with the ledger."""
KEYS: Final = pa.schema(
    [
        *(SCHEMA.field(name) for name in PLACE),
        ("id", pa.string()),
        ("content_key", pa.binary(32)),
        ("entry", pa.int32()),
        ("page_hash", pa.uint64()),
        ("id_hash", pa.uint64()),
        ("content_hash", pa.uint64()),
    ]
)
"""Of each row: its place in the input, and what a duplicate shares with it, whole and as 64 bits."""
SCHEMAS: Final = {
    "rows": pa.schema([*SCHEMA, *EXTRA]),
    "keys": KEYS,
    "rejects": pa.schema([*REJECTS_SCHEMA, *EXTRA]),
}
Section = Literal["rows", "keys", "rejects"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """An input file in a part, or a stretch of one."""

    source: str
    start: int = 0
    """pages and rejections of the file before it"""
    stop: int | None = None
    """pages and rejections of the file up to its end; None if it goes to the end of the file"""
    sha256: str | None = None
    """of the file, in hex; None where it is not known"""
    bytes: int | None = None
    """length of the file; None where it is not known"""
    pages: int = 0
    """pages of the whole file, where the entry goes to its end"""
    skipped: Mapping[str, int] = field(default_factory=dict)
    rows: int = 0
    """rows of the entry in the part"""
    identity: tuple[int, ...] | None = None
    """what the file system said of the file while it was read (`newsds.build.cache.identity_of`); None if it has no
    such thing, or changed meanwhile"""
    lasting: bool = True
    """whether the same file gives the same again: not if it could not be read"""

    @property
    def input(self) -> Input:
        """The file, for the manifest."""
        return Input(
            source=self.source, bytes=self.bytes, sha256=self.sha256, pages=self.pages, skipped=dict(self.skipped)
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """A part on the disk."""

    path: Path
    bytes: int
    entries: tuple[Entry, ...]
    rows: int
    rejects: int
    sections: Mapping[str, tuple[int, int]]
    """offset and length of each stream"""

    def read(self, section: Section) -> Iterator[pa.Table]:
        """Yield what a stream holds, a batch at a time."""
        offset, length = self.sections[section]
        with pa.OSFile(str(self.path)) as file, pa.ipc.open_stream(file.get_stream(offset, length)) as reader:
            for batch in reader:
                yield pa.Table.from_batches([batch])

    def is_sound(self) -> bool:
        """Read all of it, and say whether it is what was written."""
        try:
            with self.path.open("rb") as file:
                return hashlib.file_digest(file, "sha256").hexdigest() == self.path.stem
        except OSError:
            return False


def write_part(
    folder: Path, entries: Sequence[Entry], articles: Sequence[pa.RecordBatch], rejects: pa.RecordBatch
) -> Part:
    """Write a part into a folder: whole, or not at all under its name.

    Args:
        folder: of the parts.
        entries: files it is of; several only if `INSIDE` is in none of their names.
        articles: batches of `SCHEMA`, the pages of all entries in the order they were read.
        rejects: of `REJECTS_SCHEMA`, the same.

    Raises:
        OutputError: it cannot be written.
    """
    number = {entry.source: i for i, entry in enumerate(entries)}
    columns = [_row_columns(batch, number) for batch in articles]
    rows = pa.Table.from_batches([rows for rows, _ in columns], SCHEMAS["rows"])
    keys = pa.Table.from_batches([keys for _, keys in columns], KEYS)
    ledger = pa.Table.from_batches([_reject_columns(rejects, number)], SCHEMAS["rejects"])
    found = Counter(rows["entry"].to_pylist())
    entries = tuple(replace(entry, rows=found[i]) for i, entry in enumerate(entries))
    order = pc.sort_indices(rows, sort_keys=[("key", "ascending")])
    unfinished = folder / f"{secrets.token_hex(8)}{UNFINISHED}"
    sections: dict[str, tuple[int, int]] = {}
    try:
        with output_errors(folder), Sink(unfinished) as sink:
            for name, table, at in (
                ("rows", rows, order),
                ("keys", keys, order),
                ("rejects", ledger, pc.sort_indices(ledger, sort_keys=[("key", "ascending")])),
            ):
                begin = sink.length
                with pa.ipc.new_stream(sink, table.schema, options=_OPTIONS) as writer:
                    sizes = table["row_bytes"].take(at).to_pylist() if name != "keys" else [0] * len(at)
                    for first, stop in bounded(sizes):
                        writer.write_table(table.take(at[first:stop]).combine_chunks())
                sections[name] = begin, sink.length - begin
            about = {
                "entries": [asdict(entry) for entry in entries],
                "rows": rows.num_rows,
                "rejects": ledger.num_rows,
                "sections": sections,
            }
            text = json.dumps(about, separators=(",", ":")).encode()
            sink.write(text + len(text).to_bytes(8, "big") + _MARK)
        path = folder / f"{sink.file('').sha256}{SUFFIX}"
        with output_errors(path):
            unfinished.replace(path)
    except BaseException:
        with suppress(OSError):
            unfinished.unlink(missing_ok=True)
        raise
    return Part(
        path=path,
        bytes=sink.length,
        entries=entries,
        rows=rows.num_rows,
        rejects=ledger.num_rows,
        sections=sections,
    )


_OPTIONS: Final = pa.ipc.IpcWriteOptions(compression="zstd")


def open_part(path: Path) -> Part | None:
    """Return a part without reading its rows; None if it is none, or damaged where it says what it holds."""
    tail = 8 + len(_MARK)
    try:
        with path.open("rb") as file:
            size = os.fstat(file.fileno()).st_size
            file.seek(max(0, size - tail))
            end = file.read(tail)
            length = int.from_bytes(end[:8], "big")
            if len(end) != tail or end[8:] != _MARK or length > size - tail:
                return None
            file.seek(size - tail - length)
            about = json.loads(file.read(length))
        entries = tuple(_entry(one) for one in about["entries"])
        return Part(
            path=path,
            bytes=size,
            entries=entries,
            rows=about["rows"],
            rejects=about["rejects"],
            sections={name: (offset, length) for name, (offset, length) in about["sections"].items()},
        )
    except (OSError, ValueError, KeyError, TypeError, RecursionError):
        return None


def _entry(values: dict[str, Any]) -> Entry:
    identity = values.pop("identity")
    return Entry(identity=None if identity is None else tuple(identity), **values)


def bounded(sizes: Sequence[int]) -> Iterator[tuple[int, int]]:
    """Yield the first row, and one past the last, of pieces that may be in memory, of rows of some sizes in bytes."""
    first = size = 0
    for i, one in enumerate(sizes):
        if i > first and (size + one > BATCH_BYTES or i - first >= BATCH_ROWS):
            yield first, i
            first, size = i, 0
        size += one
    if first < len(sizes):
        yield first, len(sizes)


def _entry_of(source: str | None, number: Mapping[str, int]) -> int:
    return 0 if len(number) == 1 else number[(source or "").partition(INSIDE)[0]]


def _row_columns(batch: pa.RecordBatch, number: Mapping[str, int]) -> tuple[pa.RecordBatch, pa.RecordBatch]:
    rows = batch.to_pylist()
    encoded = [encode_row(row) for row in rows]
    published = batch.column("published").cast(pa.int64()).to_pylist()
    entries = pa.array([_entry_of(row["source"], number) for row in rows], pa.int32())
    contents = [_content_key(row["title"], row["text"]) for row in rows]
    extra = {
        # by place and time: what is added later lies together, where hashes would strew it over all files
        "key": [_row_key(row["site"], time, row["id"]) for row, time in zip(rows, published, strict=True)],
        "entry": entries,
        "row_digest": [row_digest(one) for one in encoded],
        "row_bytes": [len(one) for one in encoded],
    }
    keys = {
        **{name: batch.column(name) for name in (*PLACE, "id")},
        "content_key": contents,
        "entry": entries,
        "page_hash": pa.array([int(row["page_digest"][:16], 16) for row in rows], pa.uint64()),
        "id_hash": pa.array([int(row["id"][:16], 16) for row in rows], pa.uint64()),
        "content_hash": pa.array([int.from_bytes(one[:8], "big") for one in contents], pa.uint64()),
    }
    return _extended(batch, extra, "rows"), pa.RecordBatch.from_pydict(keys, schema=KEYS)


def _reject_columns(batch: pa.RecordBatch, number: Mapping[str, int]) -> pa.RecordBatch:
    entries = [_entry_of(source, number) for source in batch.column("source").to_pylist()]
    return with_extra(batch, entries)


def with_extra(rejects: pa.RecordBatch, entries: Sequence[int]) -> pa.RecordBatch:
    """Return rejects with `EXTRA`."""
    rows = rejects.to_pylist()
    encoded = [encode_row(row) for row in rows]
    digests = [row_digest(one) for one in encoded]
    extra = {
        "key": [_reject_key(row, digest) for row, digest in zip(rows, digests, strict=True)],
        "entry": entries,
        "row_digest": digests,
        "row_bytes": [len(one) for one in encoded],
    }
    return _extended(rejects, extra, "rejects")


def _extended(batch: pa.RecordBatch, extra: Mapping[str, Any], section: Section) -> pa.RecordBatch:
    schema = SCHEMAS[section]
    columns = [pa.array(extra[one.name], one.type) for one in EXTRA]
    return pa.RecordBatch.from_arrays([*batch.columns, *columns], schema=schema)


def _row_key(site: str | None, published: int | None, id_: str) -> bytes:
    time = 0 if published is None else published + _FIRST
    return b"%b\0%b%b" % ((site or "").encode(), time.to_bytes(8, "big"), id_.encode())


def _reject_key(row: Mapping[str, Any], digest: bytes) -> bytes:
    record, offset = (-1 if row[name] is None else row[name] for name in ("record", "offset"))
    return b"%b\0%b%b\0%b%b" % (
        (row["source"] or "").encode(),
        (record + _FIRST).to_bytes(8, "big"),
        row["reason"].encode(),
        (offset + _FIRST).to_bytes(8, "big"),
        digest,  # so that the order is one of values alone
    )


def _content_key(title: str | None, text: str) -> bytes:
    """Digest of title and text, in which white space does not count."""
    joined = "\n".join(" ".join(part.split()) for part in (title or "", text))
    return hashlib.sha256(joined.encode()).digest()
