"""One task: files → rows, rejects and what merging must know of each row. A pure function of the files' bytes."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import count
from pathlib import Path
from typing import Final

import pyarrow as pa

from newsds.blocks import html_blocks
from newsds.build.cache import digest_file, identity_of
from newsds.build.part import INSIDE, Entry, Part, write_part
from newsds.build.plan import TASK_BYTES, Care, Task, stored_bytes
from newsds.build.watch import Place, Watch
from newsds.layout import Input
from newsds.model import Article, Blocks, Flag, Page, Reason, Rejection
from newsds.pipeline import extract_pages, reject, rejection_of
from newsds.read import InputFile, ReadSettings, read_input
from newsds.schema import articles_to_batch, rejections_to_batch
from newsds.validate import Broken, check

BATCH_PAGES: Final = 64
BATCH_BYTES: Final = 4 * 2**20
"""Bounds of what is taken apart at once: enough to spread the cost of a call, little enough to stay in cache."""
STRETCH_PAGES: Final = 512
"""Pages after which a task gives a result, as it does after `TASK_BYTES`."""
TURN_BYTES: Final = 2 * 2**20
"""A turn of a file ends after so many bytes of pages, or `STRETCH_PAGES`. Tasks that share a file all read it from its
start, find the same turns, and take theirs apart."""
_ADDRESS: Final = re.compile(r"\b0x[0-9a-f]+\b", re.IGNORECASE)
_MESSAGE_CHARS: Final = 500
_Placed = tuple[Place, Page]


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskResult:
    """What a task gives back, or a stretch of it."""

    part: Part | None
    """what was found, on the disk; None if a task that shares a file has found nothing more of its own"""
    next: Place | None = None
    """where the task goes on; None if it is done"""

    @property
    def inputs(self) -> tuple[Input, ...]:
        """Files that were read to their end."""
        return tuple(entry.input for entry in (self.part.entries if self.part else ()) if entry.stop is None)


class _Stretch:
    """What a task has found since its last result."""

    def __init__(self, task: Task, start: Place) -> None:
        self.task = task
        self.start = start
        self.entries: list[Entry] = []
        self.rejected: list[Rejection] = []
        self.batches: list[pa.RecordBatch] = []
        self.pages = self.bytes = 0

    @property
    def some(self) -> bool:
        return bool(self.pages or self.rejected or self.entries)

    @property
    def full(self) -> bool:
        if self.task.shares > 1:  # turns are bounded, and one that is cut costs a part more
            return False
        return self.pages + len(self.rejected) >= STRETCH_PAGES or self.bytes >= TASK_BYTES

    def ended(self, file: int, entry: Entry) -> None:
        """Take down that a file was read to its end."""
        start = self.start.item if file == self.start.file else 0
        readable = not any(
            one.reason is Reason.UNREADABLE
            and (one.source or "").partition(INSIDE)[0] == entry.source.partition(INSIDE)[0]
            for one in self.rejected
        )
        self.entries.append(replace(entry, start=start, lasting=entry.lasting and readable))

    def result(self, next_: Place | None, digests: dict[int, str | None], watch: Watch) -> TaskResult:
        """Write what was found to a part.

        Args:
            next_: where the task goes on.
            digests: of files that take more than one stretch.
            watch: is told that a digest goes on.
        """
        entries = list(self.entries)
        if next_ is not None and next_.item:
            file = self.task.files[next_.file]
            if next_.file not in digests:
                known = identity_of(file.path) is not None
                digests[next_.file] = digest_file(file.path, watch.beat) if known else None
            start = self.start.item if next_.file == self.start.file else 0
            digest = digests[next_.file]
            entries.append(
                Entry(
                    source=file.source,
                    start=start,
                    stop=next_.item,
                    sha256=digest,
                    bytes=stored_bytes(file.path),
                    lasting=digest is not None,
                )
            )
        part = write_part(Path(self.task.parts), entries, self.batches, rejections_to_batch(self.rejected))
        return TaskResult(part=part, next=next_)


def run_task(task: Task, watch: Watch) -> Iterator[TaskResult]:
    """Take the files of a task apart, and write what they give to parts.

    Yields:
        A result for every stretch of pages, so that a worker that dies costs no more than one; the last has no `next`.

    Raises:
        OutputError: a part cannot be written.
    """
    found = _Stretch(task, task.start)
    digests: dict[int, str | None] = {}
    pending: list[_Placed] = []
    size = 0
    for place, one in _items(task, watch):
        length = len(one.content) if isinstance(one, Page) else 0
        full = len(pending) >= BATCH_PAGES or size + length > BATCH_BYTES or found.full or one is None
        if pending and (full or task.is_alone(place) or task.is_alone(pending[0][0])):
            _take_in(task, pending, found, watch)
            pending, size = [], 0
        if isinstance(one, Entry):
            found.ended(place.file, one)
            continue
        if not pending and (found.full or one is None or (found.some and task.is_trap(place))):
            watch.ending()
            yield found.result(place, digests, watch)
            found = _Stretch(task, place)
        if one is None:
            continue
        if not pending and not found.some and task.shares > 1:
            found.start = place  # what lies before it is others'
        if isinstance(one, Rejection):
            found.rejected.append(one)
        else:
            pending.append((place, one))
            size += length
    if pending:
        _take_in(task, pending, found, watch)
    watch.ending()
    yield found.result(None, digests, watch) if found.some or task.shares == 1 else TaskResult(part=None)


def _items(task: Task, watch: Watch) -> Iterator[tuple[Place, Page | Rejection | Entry | None]]:
    """Yield what the readers of a task's files give, from where it starts; an entry at the end of each file.

    Of a file that is shared, these are the task's own turns, with None after each; the entry belongs to the last turn.
    """
    for number in range(task.start.file, len(task.files)):
        file = task.files[number]
        before = identity_of(file.path)
        reader = _read(file, task.settings)
        record = turn = items = size = 0
        for item in count():
            place = Place(number, item)
            watch.reading(place)
            stop = task.treatment(place, Care.STOP)
            try:
                one = next(reader) if stop is None else None
                fault = "" if stop is None else f"the process that read the input from here on {stop.death.message}"
            except Exception as error:  # noqa: BLE001 - readers do not raise; if one does, it costs one file
                one, fault = None, _described(error)
            end: Entry | None = None
            if one is None:
                reason = Reason.CRASHED if stop is None else stop.death.reason
                one = Rejection(reason=reason, message=fault, source=file.source, record=record)
                end = Entry(source=file.source, bytes=stored_bytes(file.path), pages=item + 1)
            if isinstance(one, Entry):
                end = one
            else:
                if items == STRETCH_PAGES or size >= TURN_BYTES:
                    turn, items, size = turn + 1, 0, 0
                    if place > task.start and task.owns(turn - 1) and not task.owns(turn):
                        yield place, None
                if task.owns(turn) and (place >= task.start or end):
                    yield place, one
                items += 1
                size += len(one.content) if isinstance(one, Page) else 0
                record = record if one.record is None else one.record + 1
            if end is not None:
                if task.owns(turn):
                    same = before is not None and before == identity_of(file.path)
                    yield place, replace(end, identity=before if same else None, lasting=same)
                break


def _read(file: InputFile, settings: ReadSettings) -> Iterator[Page | Rejection | Entry]:
    """Yield what is in a file; at last, its entry."""
    reader = read_input(file, settings)
    yield from reader
    yield Entry(
        source=file.source, bytes=reader.bytes, sha256=reader.sha256, pages=reader.pages, skipped=reader.skipped
    )


def _take_in(task: Task, pages: list[_Placed], found: _Stretch, watch: Watch) -> None:
    """Take pages apart, and add what they give."""
    batch, rejected = _take_apart(task, pages, watch)
    found.rejected += rejected
    if batch.num_rows:
        found.batches.append(batch)
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
