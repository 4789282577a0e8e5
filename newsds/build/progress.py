"""How far a build is: a line on a terminal, and lines of JSON for machines.

The only place of a build that looks at a clock; nothing of it gets into a version.
"""

from __future__ import annotations

import json
import os
import sys
import time
import warnings
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import asdict, dataclass, field
from io import RawIOBase
from pathlib import Path
from typing import Final, Literal

from newsds.build.publish import output_errors

State = Literal["planning", "reading", "writing", "done", "failed"]
_WINDOW: Final = 30.0
"""Seconds that a rate is of: long enough to be steady, short enough to tell that a build has become slower."""
_LINE_SECONDS: Final = 1.0
"""Least time between two lines of JSON of the same state."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Snapshot:
    """How far a build is."""

    state: State
    seconds: float
    """since it began"""
    files: int
    """read, or found done already"""
    files_total: int
    bytes: int
    """of those files, as they are stored"""
    bytes_total: int
    """of all files; what is far away counts nothing"""
    pages: int
    """taken apart, rejected ones among them"""
    rejects: int
    """without duplicates, which are found at the end"""
    pages_per_second: float
    """over the last 30 seconds, as the next"""
    bytes_per_second: float
    eta_seconds: float | None
    """until all files are read; None if that cannot be told"""
    outcome: Mapping[str, str | bool] = field(default_factory=dict)
    """at the end: what was made, or the error"""

    def line(self) -> str:
        """Return it in words.

        >>> values = {"files": 3, "files_total": 4, "bytes": 2_000_000, "bytes_total": 3_000_000, "pages": 1200}
        >>> rates = {"pages_per_second": 812.4, "bytes_per_second": 1_300_000.0, "eta_seconds": 61.0}
        >>> Snapshot(state="reading", seconds=1.0, rejects=2, **values, **rates).line()
        '3/4 files, 1,200 pages, 2 rejects, 812 pages/s, 1.3 MB/s, 1:01 left'
        """
        parts = [f"{self.files:,}/{self.files_total:,} files", f"{self.pages:,} pages", f"{self.rejects:,} rejects"]
        if self.state == "writing":
            return ", ".join([*parts, "writing"])
        parts += [f"{self.pages_per_second:,.0f} pages/s", f"{self.bytes_per_second / 1e6:,.1f} MB/s"]
        if self.eta_seconds is not None:
            minutes, seconds = divmod(round(self.eta_seconds), 60)
            hours, minutes = divmod(minutes, 60)
            parts.append(f"{hours}:{minutes:02}:{seconds:02} left" if hours else f"{minutes}:{seconds:02} left")
        return ", ".join(parts)


class Progress:
    """Adds up what a build tells, and passes it on.

    Args:
        listeners: are given every snapshot.
        clock: seconds, of which only differences count.
    """

    def __init__(self, *listeners: Callable[[Snapshot], None], clock: Callable[[], float] = time.monotonic) -> None:
        self._listeners = listeners
        self._clock = clock
        self._start = clock()
        self._state: State = "planning"
        self._total = (0, 0)
        self._files = self._bytes = self._pages = self._rejects = 0
        self._outcome: Mapping[str, str | bool] = {}
        self._done: deque[tuple[float, int, int, int]] = deque()  # when, files, bytes, pages

    def plan(self, *, files: int, bytes: int) -> None:
        """Tell what there is to read."""
        self._total = (files, bytes)
        self._enter("reading")

    def add(self, *, files: int, bytes: int, pages: int, rejects: int, reused: bool = False) -> None:
        """Tell what was done; with `reused` it was done by an earlier build and says nothing of the speed."""
        self._files += files
        self._bytes += bytes
        self._pages += pages
        self._rejects += rejects
        if not reused:
            self._done.append((self._clock(), files, bytes, pages))
        self._tell()

    def write(self) -> None:
        """Tell that all is read."""
        self._enter("writing")

    def end(self, state: Literal["done", "failed"], outcome: Mapping[str, str | bool]) -> None:
        """Tell how it ended."""
        self._outcome = outcome
        self._enter(state)

    def snapshot(self) -> Snapshot:
        """Return how far it is."""
        now = self._clock()
        while self._done and self._done[0][0] < now - _WINDOW:
            self._done.popleft()
        window = min(_WINDOW, now - self._start)
        files, size, pages = (sum(one[i] for one in self._done) / window if window > 0 else 0.0 for i in (1, 2, 3))
        eta: float | None = None
        if self._state == "reading":
            files_left, bytes_left = self._total[0] - self._files, self._total[1] - self._bytes
            if size and bytes_left > 0:
                eta = bytes_left / size
            elif files and not self._total[1]:  # all is far away
                eta = files_left / files
        return Snapshot(
            state=self._state,
            seconds=round(now - self._start, 3),
            files=self._files,
            files_total=self._total[0],
            bytes=self._bytes,
            bytes_total=self._total[1],
            pages=self._pages,
            rejects=self._rejects,
            pages_per_second=round(pages, 1),
            bytes_per_second=round(size, 1),
            eta_seconds=None if eta is None else round(eta, 1),
            outcome=self._outcome,
        )

    def _enter(self, state: State) -> None:
        self._state = state
        self._tell()

    def _tell(self) -> None:
        if self._listeners:
            snapshot = self.snapshot()
            for listener in self._listeners:
                listener(snapshot)


@contextmanager
def reporting(*, show: bool, file: str | os.PathLike[str] | None = None) -> Iterator[Progress]:
    """Give what a build tells how far it is, and in the end that it is done; a block that raises ends it as `failed`.

    Args:
        show: draw a bar on standard error.
        file: append lines of JSON to this file.

    Raises:
        OutputError: the file cannot be opened. What goes wrong with it later is a warning, and stops only the lines.
    """
    with ExitStack() as stack:
        listeners: list[Callable[[Snapshot], None]] = []
        if file is not None:
            with output_errors(file):
                lines = stack.enter_context(Path(file).open("ab", buffering=0))  # a line is written whole
            listeners.append(_Lines(lines, os.fspath(file)))
        if show:
            listeners.append(stack.enter_context(_bar()))
        progress = Progress(*listeners)
        try:
            yield progress
        except BaseException as error:
            progress.end("failed", {"error": type(error).__name__, "message": str(error)})
            raise


class _Lines:
    """Writes snapshots to a file, not too many."""

    def __init__(self, file: RawIOBase, name: str) -> None:
        self._file: RawIOBase | None = file
        self._name = name
        self._last: Snapshot | None = None

    def __call__(self, snapshot: Snapshot) -> None:
        last = self._last
        if last and last.state == snapshot.state and snapshot.seconds - last.seconds < _LINE_SECONDS:
            return
        self._last = snapshot
        values = asdict(snapshot)
        values |= values.pop("outcome")
        if self._file is None:
            return
        try:
            self._file.write(json.dumps(values).encode() + b"\n")
        except OSError as error:
            self._file = None
            warnings.warn(f"no more progress is written to {self._name}: {error.strerror or error}", stacklevel=2)


@contextmanager
def _bar() -> Iterator[Callable[[Snapshot], None]]:
    from tqdm import tqdm

    form = "{percentage:3.0f}% |{bar:20}| {desc}"
    with tqdm(total=1, bar_format=form, file=sys.stderr, leave=False, dynamic_ncols=True, delay=1e-9) as bar:
        state: State = "planning"

        def draw(snapshot: Snapshot) -> None:
            nonlocal state
            by_bytes = snapshot.bytes_total > 0
            bar.total = max(1, snapshot.bytes_total if by_bytes else snapshot.files_total)
            bar.set_description_str(snapshot.line(), refresh=False)
            bar.update(min(bar.total, snapshot.bytes if by_bytes else snapshot.files) - bar.n)
            if snapshot.state != state:
                state = snapshot.state
                bar.refresh()

        yield draw
