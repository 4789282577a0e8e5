"""Runs tasks, in this process or several. A worker process that dies is replaced, and the file it died of found."""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading
from collections.abc import Callable, Generator, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from typing import Protocol, Self, TypeVar

from newsds.errors import UsageError


class Splittable(Protocol):
    """A task that can be cut in halves, down to what cannot be cut."""

    def split(self) -> Sequence[Self]:
        """Return the halves; nothing if it cannot be cut."""
        ...


T = TypeVar("T", bound=Splittable)
R = TypeVar("R")


def run_tasks(
    function: Callable[[T], R], tasks: Sequence[T], *, workers: int, lost: Callable[[T], R]
) -> Generator[R, None, None]:
    """Yield `function(task)` for each task, in any order; one for each piece of a task that had to be cut.

    Args:
        function: pure, and importable by name if there are several workers.
        tasks: what to run.
        workers: processes; with 1 all happens in this one.
        lost: gives the result of a task that cannot be cut and kills its worker.

    Raises:
        UsageError: worker processes cannot start, or `workers` is less than 1.
    """
    if workers < 1:
        raise UsageError(f"workers is {workers}", "give 1 or more")
    if workers == 1 or len(tasks) < 2:
        for task in tasks:
            yield function(task)
        return
    todo = list(tasks)
    while todo:
        unfinished: list[T] = []
        yield from _pool(function, todo, workers, unfinished)
        # the pool hands out tasks in order, at most one a worker and a few ahead: what killed it is among the first
        suspects, todo = unfinished[: 2 * workers + 1], unfinished[2 * workers + 1 :]
        yield from _one_by_one(function, suspects, lost)


def _one_by_one(function: Callable[[T], R], tasks: Sequence[T], lost: Callable[[T], R]) -> Iterator[R]:
    """Run tasks in one worker at a time, so that the first without result is the one it died of."""
    todo = list(tasks)
    while todo:
        unfinished: list[T] = []
        yield from _pool(function, todo, 1, unfinished)
        if not unfinished:
            return
        culprit, *rest = unfinished
        halves = culprit.split()
        if not halves:
            yield lost(culprit)
        todo = [*halves, *rest]


def _pool(function: Callable[[T], R], tasks: Sequence[T], workers: int, unfinished: list[T]) -> Iterator[R]:
    """Run tasks in a pool; if it breaks, `unfinished` gets the tasks without result, in their order."""
    # fork copies locks that other threads hold, and is not there on every system
    context = multiprocessing.get_context("spawn")
    pool = ProcessPoolExecutor(min(workers, len(tasks)), mp_context=context, initializer=_start_worker)
    try:
        try:
            with _interrupts_ignored():  # what a worker inherits until it ignores them itself
                alive = pool.submit(_nothing)
            alive.result()
        except BrokenProcessPool as error:
            raise UsageError(
                "worker processes do not start",
                'call build() below `if __name__ == "__main__":` in a script, or use workers=1',
            ) from error
        number_of: dict[Future[R], int] = {}
        broken = set(range(len(tasks)))
        try:
            for number, task in enumerate(tasks):
                number_of[pool.submit(function, task)] = number
        except BrokenProcessPool:
            pass  # what was not handed in stays unfinished
        pending = set(number_of)
        while pending:
            done, pending = wait(pending, return_when=FIRST_COMPLETED)
            for future in sorted(done, key=number_of.__getitem__):
                try:
                    result = future.result()
                except BrokenProcessPool:
                    continue
                broken.discard(number_of[future])
                del number_of[future]
                yield result
        unfinished += [tasks[number] for number in sorted(broken)]
    finally:
        pool.shutdown(wait=True, cancel_futures=True)


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


def _nothing() -> None:
    """Ask a worker whether it lives."""


def _start_worker() -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent handles it, and ends the workers
    # a parent that was killed ends nobody, and its workers would wait for tasks for ever
    threading.Thread(target=_die_with_parent, daemon=True).start()


def _die_with_parent() -> None:
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)
