"""One task: files → rows, rejects and what merging must know of each row. A pure function of the files' bytes."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import count
from pathlib import Path
from typing import Final

import pyarrow as pa

from newsds.blocks import html_blocks
from newsds.build.plan import TASK_BYTES, Care, Task, stored_bytes
from newsds.build.publish import output_errors
from newsds.build.watch import START, Place, Watch
from newsds.canonical import encode_row, row_digest
from newsds.layout import Input
from newsds.model import Article, Blocks, Flag, Page, Reason, Rejection
from newsds.pipeline import extract_pages, reject, rejection_of
from newsds.read import InputFile, ReadSettings, read_input
from newsds.schema import SCHEMA, articles_to_batch, rejections_to_batch
from newsds.validate import Broken, check

BATCH_PAGES: Final = 64
BATCH_BYTES: Final = 4 * 2**20
"""Bounds of what is taken apart at once: enough to spread the cost of a call, little enough to stay in cache."""
STRETCH_PAGES: Final = 512
"""Pages after which a task gives a result, as it does after `TASK_BYTES`."""
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

_Placed = tuple[Place, Page]


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskResult:
    """What a task gives back, or a stretch of it; the rows are in the file `part`, in the order of `keys`."""

    part: str | None
    """path of an Arrow file; None if there is no row"""
    inputs: tuple[Input, ...]
    """files that were read to their end"""
    keys: pa.RecordBatch
    rejects: pa.RecordBatch
    next: Place | None = None
    """where the task goes on; None if it is done"""

    @property
    def pages(self) -> int:
        """Pages of `inputs`."""
        return sum(one.pages for one in self.inputs)


class _Stretch:
    """What a task has found since its last result."""

    def __init__(self, task: Task, start: Place) -> None:
        self.part = task.part if start == START else f"{task.part}-{start.file}-{start.item}"
        self.inputs: list[Input] = []
        self.rejected: list[Rejection] = []
        self.batches: list[pa.RecordBatch] = []
        self.keys: list[pa.RecordBatch] = []
        self.pages = self.bytes = 0

    @property
    def some(self) -> bool:
        return bool(self.pages or self.rejected or self.inputs)

    @property
    def full(self) -> bool:
        return self.pages + len(self.rejected) >= STRETCH_PAGES or self.bytes >= TASK_BYTES

    def result(self, next_: Place | None) -> TaskResult:
        """Write the rows to the part."""
        if self.batches:
            with (
                output_errors(self.part),
                Path(self.part).open("wb") as file,
                pa.ipc.new_file(file, SCHEMA) as writer,
            ):
                for batch in self.batches:
                    writer.write_batch(batch)
        return TaskResult(
            part=self.part if self.batches else None,
            inputs=tuple(self.inputs),
            keys=pa.concat_batches(self.keys) if self.keys else pa.RecordBatch.from_pylist([], schema=KEYS),
            rejects=rejections_to_batch(self.rejected),
            next=next_,
        )


def run_task(task: Task, watch: Watch) -> Iterator[TaskResult]:
    """Take the files of a task apart, and write their rows to its part.

    Yields:
        A result for every stretch of pages, so that a worker that dies costs no more than one; the last has no `next`.

    Raises:
        OutputError: the part cannot be written.
    """
    found = _Stretch(task, task.start)
    pending: list[_Placed] = []
    size = 0
    for place, one in _items(task, watch):
        length = len(one.content) if isinstance(one, Page) else 0
        full = len(pending) >= BATCH_PAGES or size + length > BATCH_BYTES or found.full
        if pending and (full or task.is_alone(place) or task.is_alone(pending[0][0])):
            _take_in(task, pending, found, watch)
            pending, size = [], 0
        if isinstance(one, Input):
            found.inputs.append(one)
            continue
        if not pending and (found.full or (found.some and task.is_trap(place))):
            watch.ending()
            yield found.result(place)
            found = _Stretch(task, place)
        if isinstance(one, Rejection):
            found.rejected.append(one)
        else:
            pending.append((place, one))
            size += length
    if pending:
        _take_in(task, pending, found, watch)
    watch.ending()
    yield found.result(None)


def _items(task: Task, watch: Watch) -> Iterator[tuple[Place, Page | Rejection | Input]]:
    """Yield what the readers of a task's files give, from where it starts; an input at the end of each file."""
    for number in range(task.start.file, len(task.files)):
        file = task.files[number]
        reader = _read(file, task.settings)
        record = 0
        for item in count():
            place = Place(number, item)
            watch.reading(place)
            stop = task.treatment(place, Care.STOP)
            try:
                one = next(reader) if stop is None else None
                fault = "" if stop is None else f"the process that read the input from here on {stop.death.message}"
            except Exception as error:  # noqa: BLE001 - readers do not raise; if one does, it costs one file
                one, fault = None, _described(error)
            if one is None:
                reason = Reason.CRASHED if stop is None else stop.death.reason
                yield place, Rejection(reason=reason, message=fault, source=file.source, record=record)
                one = Input(source=file.source, bytes=stored_bytes(file.path), sha256=None, pages=item + 1)
            if place >= task.start or isinstance(one, Input):
                yield place, one
            if isinstance(one, Input):
                break
            record = record if one.record is None else one.record + 1


def _read(file: InputFile, settings: ReadSettings) -> Iterator[Page | Rejection | Input]:
    """Yield what is in a file; at last, the file as an input."""
    reader = read_input(file, settings)
    yield from reader
    yield Input(
        source=file.source, bytes=reader.bytes, sha256=reader.sha256, pages=reader.pages, skipped=reader.skipped
    )


def _take_in(task: Task, pages: list[_Placed], found: _Stretch, watch: Watch) -> None:
    """Take pages apart, and add what they give."""
    batch, rejected = _take_apart(task, pages, watch)
    found.rejected += rejected
    if batch.num_rows:
        found.batches.append(batch)
        found.keys.append(_keys_of(batch))
    found.pages += len(pages)
    found.bytes += sum(len(page.content) for _, page in pages)


def _take_apart(task: Task, pages: list[_Placed], watch: Watch) -> tuple[pa.RecordBatch, list[Rejection]]:
    """Return the rows of pages that keep every rule, and why the other pages have none."""
    first, last = pages[0][0], pages[-1][0]
    fault = ""
    treatment = task.treatment(first, Care.REFERENCE, Care.REJECT)
    if treatment is not None and treatment.care is Care.REJECT:
        what = f"the process that took the page apart {treatment.death.message}"
        return articles_to_batch([]), [reject(pages[0][1], treatment.death.reason, what)]
    if treatment is None:
        watch.pages(first, last)
        try:
            return _rows((page for _, page in pages), task.weights, watch)
        except Exception as error:  # noqa: BLE001 - whatever it is, it must cost one page and not the build
            fault = _described(error)
    if len(pages) == 1:
        watch.pages(first, first)
        return _by_reference(pages[0][1], task.weights, watch, fault)
    batches, rejected = [], []
    for one in pages:
        batch, faults = _take_apart(task, [one], watch)
        batches.append(batch)
        rejected += faults
    return pa.concat_batches(batches), rejected


def _by_reference(page: Page, weights: str | None, watch: Watch, fault: str) -> tuple[pa.RecordBatch, list[Rejection]]:
    """Take apart a page that the fast parser failed on."""
    from newsds.blocks.soup import soup_blocks  # seldom needed

    try:
        return _rows([page], weights, watch, html=soup_blocks)
    except Exception as error:  # noqa: BLE001 - as above
        return articles_to_batch([]), [reject(page, Reason.CRASHED, fault or _described(error))]


def _described(error: Exception) -> str:
    # addresses in memory differ from run to run
    return _printable(_ADDRESS.sub("0x…", f"{type(error).__name__}: {error}")[:_MESSAGE_CHARS])


def _told(pages: Iterable[Page], watch: Watch) -> Iterator[Page]:
    """Tell the watch of each page when it is asked for."""
    for page in pages:
        watch.beat()
        yield page


def _rows(
    pages: Iterable[Page], weights: str | None, watch: Watch, *, html: Callable[[str], Blocks] = html_blocks
) -> tuple[pa.RecordBatch, list[Rejection]]:
    rejected: list[Rejection] = []
    articles: list[Article] = []
    for article in extract_pages(_told(pages, watch), weights=weights, html=html):
        if html is not html_blocks and article.kind == "html":
            article = replace(article, flags=tuple(sorted({*article.flags, Flag.REFERENCE_PARSER})))
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
