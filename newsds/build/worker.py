"""One task: files → rows, rejects and what merging must know of each row. A pure function of the files' bytes."""

from __future__ import annotations

import hashlib
import re
import stat
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import pyarrow as pa

from newsds.build.plan import Task
from newsds.build.publish import output_errors
from newsds.canonical import encode_row, row_digest
from newsds.layout import Input
from newsds.model import Article, Page, Reason, Rejection
from newsds.pipeline import extract_pages, reject, rejection_of
from newsds.read import InputFile, read_file
from newsds.schema import SCHEMA, articles_to_batch, rejections_to_batch
from newsds.validate import Broken, check

BATCH_PAGES: Final = 64
BATCH_BYTES: Final = 4 * 2**20
"""Bounds of what is taken apart at once: enough to spread the cost of a call, little enough to stay in cache."""
_ADDRESS: Final = re.compile(r"\b0x[0-9a-f]+\b", re.IGNORECASE)
_MESSAGE_CHARS: Final = 500
KEYS: Final = pa.schema(
    [
        ("source", pa.string()),
        ("record", pa.int64()),
        ("site", pa.string()),
        ("published", pa.int64()),
        ("id", pa.string()),
        ("page_digest", pa.string()),
        ("content_key", pa.binary(32)),
        ("row_digest", pa.binary(32)),
        ("row_bytes", pa.int64()),
    ]
)
"""Of each row: its place in the input, its place in the dataset, what a duplicate shares with it, its digest and
length in canonical form. Absent values are the smallest of their type."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskResult:
    """What a task gives back; the rows are in the file `part`, in the order of `keys`."""

    part: str | None
    """path of an Arrow file; None if there is no row"""
    inputs: tuple[Input, ...]
    keys: pa.RecordBatch
    rejects: pa.RecordBatch

    @property
    def pages(self) -> int:
        """Pages that were read."""
        return sum(one.pages for one in self.inputs)


def run_task(task: Task) -> TaskResult:
    """Take the files of a task apart, and write their rows to its part.

    Raises:
        OutputError: the part cannot be written.
    """
    inputs: list[Input] = []
    rejected: list[Rejection] = []
    batches: list[pa.RecordBatch] = []
    keys: list[pa.RecordBatch] = []
    for pages in _pages(task.files, inputs, rejected):
        batch, faults = _take_apart(pages, task.weights)
        rejected += faults
        if batch.num_rows:
            batches.append(batch)
            keys.append(_keys_of(batch))
    if batches:
        with output_errors(task.part), Path(task.part).open("wb") as file, pa.ipc.new_file(file, SCHEMA) as writer:
            for batch in batches:
                writer.write_batch(batch)
    return TaskResult(
        part=task.part if batches else None,
        inputs=tuple(inputs),
        keys=pa.concat_batches(keys) if keys else _no_keys(),
        rejects=rejections_to_batch(rejected),
    )


def lost_task(task: Task) -> TaskResult:
    """Return the result of a task of one file on which the worker died."""
    inputs: list[Input] = []
    rejected: list[Rejection] = []
    for pages in _pages(task.files, inputs, rejected):
        rejected += [reject(page, Reason.CRASHED, "the process that took the page apart died") for page in pages]
    return TaskResult(part=None, inputs=tuple(inputs), keys=_no_keys(), rejects=rejections_to_batch(rejected))


def _no_keys() -> pa.RecordBatch:
    return pa.RecordBatch.from_pylist([], schema=KEYS)


def _pages(files: Sequence[InputFile], inputs: list[Input], rejected: list[Rejection]) -> Iterator[list[Page]]:
    """Read files into batches of pages; notes every file in `inputs`, and what cannot be read in `rejected`."""
    pending: list[Page] = []
    size = 0
    for file in files:
        found = read_file(file)
        if isinstance(found, Rejection):
            inputs.append(Input(source=file.source, bytes=_length(file.path), sha256=None, pages=1))
            rejected.append(found)
            continue
        content = found.content
        inputs.append(
            Input(source=file.source, bytes=len(content), sha256=hashlib.sha256(content).hexdigest(), pages=1)
        )
        if pending and (len(pending) >= BATCH_PAGES or size + len(content) > BATCH_BYTES):
            yield pending
            pending, size = [], 0
        pending.append(found)
        size += len(content)
    if pending:
        yield pending


def _length(path: str) -> int | None:
    try:
        status = Path(path).stat()
    except OSError:
        return None
    return status.st_size if stat.S_ISREG(status.st_mode) else None


def _take_apart(pages: list[Page], weights: str | None) -> tuple[pa.RecordBatch, list[Rejection]]:
    """Return the rows of pages that keep every rule, and why the other pages have none."""
    try:
        return _rows(pages, weights)
    except Exception as error:  # noqa: BLE001 - whatever it is, it must cost one page and not the build
        if len(pages) == 1:
            # addresses in memory differ from run to run
            what = _ADDRESS.sub("0x…", f"{type(error).__name__}: {error}")[:_MESSAGE_CHARS]
            return articles_to_batch([]), [reject(pages[0], Reason.CRASHED, _printable(what))]
    batches, rejected = [], []
    for page in pages:
        batch, faults = _take_apart([page], weights)
        batches.append(batch)
        rejected += faults
    return pa.concat_batches(batches), rejected


def _rows(pages: list[Page], weights: str | None) -> tuple[pa.RecordBatch, list[Rejection]]:
    rejected: list[Rejection] = []
    articles: list[Article] = []
    for article in extract_pages(pages, weights=weights):
        fault = rejection_of(article)
        if fault is None:
            articles.append(article)
        else:
            rejected.append(fault)
    checked = check(articles_to_batch(articles))
    rules: dict[int, list[Broken]] = {}
    for broken in checked.broken:
        rules.setdefault(broken.row or 0, []).append(broken)
    for row, found in sorted(rules.items()):
        message = "; ".join(f"{one.rule}: {one.detail}" for one in found)
        rejected.append(reject(articles[row], Reason.INVALID, _printable(message)))
    return checked.good, rejected


def _printable(message: str) -> str:
    """Parquet holds no lone surrogates."""
    return message.encode("utf-8", "backslashreplace").decode()


def _keys_of(batch: pa.RecordBatch) -> pa.RecordBatch:
    rows = batch.to_pylist()
    encoded = [encode_row(row) for row in rows]
    first = -(2**63)
    published = batch.column("published").cast(pa.int64()).to_pylist()
    columns = {
        "source": [row["source"] or "" for row in rows],
        "record": [-1 if row["record"] is None else row["record"] for row in rows],
        "site": [row["site"] or "" for row in rows],
        "published": [first if time is None else time for time in published],
        "id": [row["id"] for row in rows],
        "page_digest": [row["page_digest"] for row in rows],
        "content_key": [_content_key(row["title"], row["text"]) for row in rows],
        "row_digest": [row_digest(one) for one in encoded],
        "row_bytes": [len(one) for one in encoded],
    }
    return pa.RecordBatch.from_pydict(columns, schema=KEYS)


def _content_key(title: str | None, text: str) -> bytes:
    """Digest of title and text, in which white space does not count."""
    joined = "\n".join(" ".join(part.split()) for part in (title or "", text))
    return hashlib.sha256(joined.encode()).digest()


def remove_part(path: str) -> None:
    """Remove a part that has been merged."""
    Path(path).unlink(missing_ok=True)
