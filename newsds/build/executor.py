"""Runs tasks, in this process or in workers that may die: of a signal, of time, of memory.

A worker is watched from outside, by the numbers it leaves in shared memory and by its resident memory, and killed past
a limit: signals do not reach a loop inside C, and a limit on address space counts what libraries reserve and never
use. What is to be done about the place it died at, the task itself says (`Resumable`).
"""

from __future__ import annotations

import ctypes
import gc
import multiprocessing
import os
import signal
import sys
import threading
import time
import traceback
from collections import deque
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess
from typing import Any, Final, Generic, Protocol, Self, TypeVar

import psutil

from newsds.build.watch import NUMBERS, Death, Phase, Trace, Watch
from newsds.errors import UsageError
from newsds.limits import PAGE_SECONDS, READ_SECONDS, WORKER_BYTES
from newsds.model import Reason

_TICK: Final = 0.1
"""Seconds between two looks at the workers. In one, a process can touch some 300 MB more than it may."""
_DEATH_SIGNAL: Final = 1
"""PR_SET_PDEATHSIG of Linux: the signal that a process gets when the thread that started it has ended."""
_STARTS: Final = 3
"""Workers that may end in a row before they have begun."""


class Resumable(Protocol):
    """A task that can be taken up where a worker left it."""

    def after(self, result: Any) -> Self | None:
        """Return what is left to do after a result; None if it was the last."""
        ...

    def mended(self, trace: Trace, death: Death) -> Self:
        """Return the task as the next worker is to do it, where one died at a place."""
        ...


T = TypeVar("T", bound=Resumable)
R = TypeVar("R")


@dataclass(frozen=True, slots=True, kw_only=True)
class Bounds:
    """What a worker may use."""

    page_seconds: float = PAGE_SECONDS.value
    read_seconds: float = READ_SECONDS.value
    worker_bytes: int = WORKER_BYTES.value


def run_tasks(
    function: Callable[[T, Watch], Iterator[R]], tasks: Sequence[T], *, workers: int, bounds: Bounds | None = None
) -> Generator[R, None, None]:
    """Yield the results of `function(task, watch)` for each task, in any order.

    Args:
        function: pure, and importable by name if there are workers. It tells `watch` where it is, and ends with a
            result after which nothing is left of its task.
        tasks: what to run.
        workers: processes; with 0 all happens in this one, and what kills it kills the run.
        bounds: what a worker may use before it is killed and replaced.

    Raises:
        UsageError: worker processes cannot start, or `workers` is negative.
        OutputError: what a task says that cannot be done at all.
    """
    if workers < 0:
        raise UsageError(f"workers is {workers}", "give 0 or more")
    if workers == 0:
        watch = Watch()
        for task in tasks:
            yield from function(task, watch)
        return
    if multiprocessing.current_process().daemon:
        raise UsageError("this process may have no worker processes: it is a daemonic one", "use workers=0")
    with closing(Crew(function, workers, bounds or Bounds())) as crew:
        yield from crew.run(tasks)


class _Worker(Generic[T]):
    """A process, and what it is at."""

    def __init__(self, function: Callable[[T, Watch], Iterator[Any]]) -> None:
        # fork copies locks that other threads hold, and is not there on every system
        context = multiprocessing.get_context("spawn")
        numbers = context.RawArray(ctypes.c_int64, NUMBERS)
        self.watch = Watch(numbers)  # type: ignore[arg-type]
        self.pipe, theirs = context.Pipe()
        self.process: BaseProcess = context.Process(target=_serve, args=(function, theirs, numbers), daemon=True)
        with _interrupts_ignored():  # what a worker inherits until it ignores them itself
            self.process.start()
        theirs.close()
        self.ready = False
        self.task: T | None = None
        self._beats = -1
        self._seconds = 0.0

    def give(self, task: T) -> None:
        self.task = task
        self.watch.starting()
        self._seconds = 0.0
        with suppress(OSError):  # it has died, as the end of the pipe will tell
            self.pipe.send(task)

    def excess(self, bounds: Bounds, seconds: float) -> Death | None:
        """Return what it has used too much of, after so many seconds more; None if nothing."""
        beats = self.watch.beats
        if beats != self._beats:
            self._beats, self._seconds = beats, 0.0
        else:
            self._seconds += seconds
        reading = self.watch.trace().phase is not Phase.PAGES
        name, limit = ("read_seconds", bounds.read_seconds) if reading else ("page_seconds", bounds.page_seconds)
        if self._seconds > limit:
            return Death(reason=Reason.TIMEOUT, message=f"ran longer than the limit {name}, {limit:g} seconds")
        with suppress(psutil.Error):  # it may have gone
            if psutil.Process(self.process.pid).memory_info().rss > bounds.worker_bytes:
                return Death(
                    reason=Reason.CRASHED,
                    message=f"needed more memory than the limit worker_bytes, {bounds.worker_bytes} bytes",
                )
        return None

    def kill(self) -> None:
        self.process.kill()
        self.process.join()
        self.pipe.close()

    def cause(self) -> Death:
        """Wait for its end, which the pipe's end told, and return how it came."""
        self.process.join(_TICK)
        self.kill()
        code = self.process.exitcode
        how = f"died of {_signal_name(-code)}" if code is not None and code < 0 else f"ended with exit code {code}"
        return Death(reason=Reason.CRASHED, message=how)


def _signal_name(number: int) -> str:
    try:
        return signal.Signals(number).name
    except ValueError:
        return f"signal {number}"


class Crew(Generic[T, R]):
    """Worker processes that are kept from one list of tasks to the next.

    Args:
        function: what they run, as for `run_tasks`.
        workers: how many there are at most.
        bounds: what each may use before it is killed and replaced.
    """

    def __init__(self, function: Callable[[T, Watch], Iterator[R]], workers: int, bounds: Bounds) -> None:
        self.function = function
        self.tasks: deque[T] = deque()
        self.size = workers
        self.bounds = bounds
        self.workers: list[_Worker[T]] = []
        self.failed = 0

    def run(self, tasks: Iterable[T]) -> Iterator[R]:
        """Yield the results of tasks, in any order; whoever stops before the last closes the crew.

        Raises:
            UsageError: worker processes do not start.
            OutputError: what a task says that cannot be done at all.
        """
        self.tasks.extend(tasks)
        last = time.monotonic()
        while self.tasks or any(w.task is not None for w in self.workers):
            self._hand_out()
            wait([w.pipe for w in self.workers], timeout=_TICK)
            # a parent that slept, or was busy with a result, must not blame its workers for it
            now = time.monotonic()
            seconds, last = min(now - last, 2 * _TICK), now
            for worker in list(self.workers):
                yield from self._listen(worker, seconds)

    def close(self) -> None:
        """End the workers, whatever they are at."""
        for worker in self.workers:
            worker.kill()
        self.workers.clear()

    def _hand_out(self) -> None:
        idle = [w for w in self.workers if w.ready and w.task is None]
        for worker in idle[: len(self.tasks)]:
            worker.give(self.tasks.popleft())
        starting = sum(not w.ready for w in self.workers)
        for _ in range(min(len(self.tasks) - starting, self.size - len(self.workers))):
            self.workers.append(_Worker(self.function))

    def _listen(self, worker: _Worker[T], seconds: float) -> Iterator[R]:
        yield from self._messages(worker)
        if worker not in self.workers or worker.task is None:
            return
        death = worker.excess(self.bounds, seconds)
        if death is not None:
            worker.process.kill()
            worker.process.join()
            yield from self._messages(worker, death)

    def _messages(self, worker: _Worker[T], death: Death | None = None) -> Iterator[R]:
        """Yield the results that lie in a worker's pipe; bury it at the end of them if it has died."""
        try:
            while worker.pipe.poll():
                kind, value = worker.pipe.recv()
                if kind == "error":
                    raise value
                if kind == "ready":
                    worker.ready, self.failed = True, 0
                elif worker.task is not None:
                    worker.task = worker.task.after(value)
                    yield value
        except (EOFError, ConnectionError):
            self._bury(worker, death or worker.cause())

    def _bury(self, worker: _Worker[T], death: Death) -> None:
        self.workers.remove(worker)
        worker.kill()
        if not worker.ready:
            self.failed += 1
            if self.failed == _STARTS:
                raise UsageError(
                    f"worker processes do not start: the last one {death.message}",
                    'call build() below `if __name__ == "__main__":` in a script, or use workers=0',
                )
        elif worker.task is not None:
            self.tasks.appendleft(worker.task.mended(worker.watch.trace(), death))


@contextmanager
def _interrupts_ignored() -> Iterator[None]:
    if threading.current_thread() is not threading.main_thread():
        yield  # only the main thread may set signals, and only it gets them
        return
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


def _serve(function: Callable[[Any, Watch], Iterator[Any]], pipe: Connection[Any, Any], numbers: Any) -> None:
    """Be a worker: take tasks from the pipe and put results into it."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent handles it, and ends the workers
    # a parent that was killed ends nobody, and its workers would finish their tasks for nobody
    threading.Thread(target=_die_with_parent, daemon=True).start()
    if sys.platform == "linux":  # which does it for a worker whose threads wait for a loop inside C, too
        with suppress(OSError, AttributeError):
            ctypes.CDLL(None).prctl(_DEATH_SIGNAL, int(signal.SIGKILL))
    gc.freeze()  # what was imported stays: looking through it again and again takes a thirtieth of the time of pages
    watch = Watch(numbers)
    pipe.send(("ready", None))
    with suppress(EOFError, OSError):  # the parent has gone
        while True:
            task = pipe.recv()
            try:
                for result in function(task, watch):
                    pipe.send(("result", result))
            except Exception as error:  # noqa: BLE001 - the parent raises it
                _send_error(pipe, error)


def _send_error(pipe: Connection[Any, Any], error: Exception) -> None:
    trace = traceback.format_exc()
    error.add_note(f"in a worker process:\n{trace}")
    try:
        pipe.send(("error", error))
    except OSError:
        raise
    except Exception:  # noqa: BLE001 - what does not pickle raises anything
        pipe.send(("error", RuntimeError(f"in a worker process:\n{trace}")))


def _die_with_parent() -> None:
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)
