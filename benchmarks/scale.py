"""What a build of very many pages takes: constants, a model of cost, a simulation of machines that are slow or lost.

    python benchmarks/scale.py             # the tables of docs/scale.md, the same on every machine
    python benchmarks/scale.py --measure   # the constants of the model, on this machine

The model is multiplication. The simulation plays 10,000 tasks on machines of which some are slow and some are lost, one
event after another, with a seed; what it assumes is in `Fleet`.
"""

from __future__ import annotations

import argparse
import heapq
import itertools
import math
import random
import sys
import tempfile
import time
from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
from benchmarks.warc import page
from newsds.build import build_shard, cache_info, merge_shards
from newsds.build.executor import run_tasks
from newsds.build.merge import FAN_IN
from newsds.build.plan import TASK_BYTES
from newsds.build.watch import Death, Trace, Watch
from tests.read.damage import response, url_of, warc_record

Row = Sequence[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Constants:
    """What one core and one page take; `--measure` prints them."""

    page_seconds: float
    """of a core: reading, taking apart and checking a page"""
    merge_seconds: float
    """of the one process that merges and writes, a row"""
    input_bytes: int
    """a page, as it is stored"""
    part_bytes: int
    """a row in a part"""
    dataset_bytes: int
    """a row in the dataset"""
    task_seconds: float
    """of the process that hands out tasks, a task"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fleet:
    """Machines and tasks of a simulation."""

    tasks: int = 10_000
    task_seconds: float = 60.0
    """median of a task on a machine as it should be"""
    spread: float = 0.3
    """of the logarithm of that: pages differ"""
    workers: int = 256
    slow_share: float = 0.0
    """workers that are slow, from the beginning to the end"""
    slow_factor: float = 5.0
    losses: float = 0.0
    """of a worker, an hour: it is gone with what it was at"""
    away_seconds: float = 300.0
    """until another stands in for it"""
    hand_out_seconds: float = 0.02
    """of the one process that hands out tasks and keeps their parts; far more than a pool needs"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """How a simulation ended; times in seconds."""

    seconds: float
    """until the last task was done"""
    ideal: float
    """work over workers, had none been slow, lost or idle"""
    lost: int
    """times that a task had to be done again"""
    wasted: float
    """work of workers that were lost with it"""
    tail: float
    """from the first worker without a task to the end"""


def simulate(fleet: Fleet, seed: int = 0) -> Outcome:
    """Play a fleet.

    >>> outcome = simulate(Fleet(tasks=100, workers=10, spread=0.0, hand_out_seconds=0.0))
    >>> outcome.seconds == outcome.ideal == 600.0
    True
    """
    chance = random.Random(seed)
    work = [fleet.task_seconds * math.exp(fleet.spread * chance.gauss(0, 1)) for _ in range(fleet.tasks)]
    slow = [chance.random() < fleet.slow_share for _ in range(fleet.workers)]
    rate = fleet.losses / 3600
    dies = [chance.expovariate(rate) if rate else math.inf for _ in range(fleet.workers)]
    numbers = itertools.count()
    # (time, order of events of one time, worker, task done or lost or None, whether the worker is lost)
    events: list[tuple[float, int, int, int | None, bool]] = [
        (0.0, next(numbers), worker, None, False) for worker in range(fleet.workers)
    ]
    waiting, idle = deque(range(fleet.tasks)), list[int]()
    now = free = wasted = 0.0
    lost = done = 0
    first_idle: float | None = None
    while done < fleet.tasks:
        now, _, worker, task, died = heapq.heappop(events)
        if died:
            if task is not None:
                waiting.appendleft(task)
                lost += 1
            dies[worker] = now + fleet.away_seconds + chance.expovariate(rate)
            heapq.heappush(events, (now + fleet.away_seconds, next(numbers), worker, None, False))
        else:
            done += task is not None
            idle.append(worker)
        while waiting and idle:
            worker, task = idle.pop(), waiting.popleft()
            free = max(free, now) + fleet.hand_out_seconds  # one process hands out
            end = free + work[task] * (fleet.slow_factor if slow[worker] else 1.0)
            if dies[worker] < end:
                wasted += max(0.0, dies[worker] - free)
                heapq.heappush(events, (max(dies[worker], now), next(numbers), worker, task, True))
            else:
                heapq.heappush(events, (end, next(numbers), worker, task, False))
        if idle and not waiting and first_idle is None and done < fleet.tasks:
            first_idle = now
    return Outcome(
        seconds=now,
        ideal=sum(work) / fleet.workers,
        lost=lost,
        wasted=wasted,
        tail=now - (now if first_idle is None else first_idle),
    )


CALM = Fleet()
ROUGH = replace(CALM, slow_share=0.02, losses=0.5)
SCENARIOS = {
    "nothing goes wrong": CALM,
    "2 % of the workers five times slower": replace(CALM, slow_share=0.02),
    "every worker lost every two hours": replace(CALM, losses=0.5),
    "both": ROUGH,
    "both, tasks a quarter as long": replace(ROUGH, tasks=40_000, task_seconds=15.0),
    "both, tasks of one second": replace(ROUGH, tasks=600_000, task_seconds=1.0),
    "both, tasks sixteen times as long": replace(ROUGH, tasks=625, task_seconds=960.0),
}


def simulation_rows() -> Iterator[Row]:
    """Yield the table of the simulation."""
    yield ("10,000 minutes of work on 256 workers", "time", "of the ideal", "done again", "work lost", "tail")
    for name, fleet in SCENARIOS.items():
        found = simulate(fleet)
        wasted = found.wasted / (found.ideal * fleet.workers)
        yield (
            name,
            f"{found.seconds / 60:.1f} min",
            f"{found.seconds / found.ideal:.2f} ×",
            f"{found.lost}",
            f"{wasted:.1%}",
            f"{found.tail / 60:.1f} min",
        )


# --- the model --------------------------------------------------------------------------------------------------------

MEASURED = Constants(
    page_seconds=0.0066,
    merge_seconds=0.00036,
    input_bytes=18_970,
    part_bytes=5_971,
    dataset_bytes=4_429,
    task_seconds=0.000061,
)
"""What `--measure` printed on two cores of a virtual machine of 2026; put your own in its place."""
CUT = 100
"""Datasets that a billion pages are cut into, by site: each is merged by one process, all at once."""
SIZES = (10**6, 10**7, 10**9)


def model_rows(constants: Constants = MEASURED) -> Iterator[Row]:
    """Yield the table of the model: a line a quantity, a column for each number of pages."""
    one = constants
    tasks = [max(1, size * one.input_bytes // TASK_BYTES) for size in SIZES]
    cuts = [CUT if size > 10**8 else 1 for size in SIZES]
    yield ("pages", *(f"{size:,}" for size in SIZES))
    yield ("input", *(_bytes(size * one.input_bytes) for size in SIZES))
    yield ("tasks of 16 MiB", *(f"{number:,}" for number in tasks))
    yield ("core hours to take pages apart", *(f"{size * one.page_seconds / 3600:,.1f}" for size in SIZES))
    yield ("parts", *(_bytes(size * one.part_bytes) for size in SIZES))
    yield ("dataset", *(_bytes(size * one.dataset_bytes) for size in SIZES))
    yield ("datasets it is cut into", *(f"{cut}" for cut in cuts))
    per_cut = list(zip(SIZES, tasks, cuts, strict=True))
    yield ("of each: levels of merging", *(f"{levels(t // cut)}" for _, t, cut in per_cut))
    yield ("of each: minutes to hand out tasks", *(f"{t / cut * one.task_seconds / 60:,.1f}" for _, t, cut in per_cut))
    yield (
        "of each: hours to merge and write",
        *(f"{n / cut * one.merge_seconds / 3600:,.2f}" for n, _, cut in per_cut),
    )


def levels(parts: int) -> int:
    """Return how often a row is read and written by merging.

    >>> [levels(parts) for parts in (1, 64, 65, 4096, 4097)]
    [1, 1, 2, 2, 3]
    """
    count, reach = 1, FAN_IN
    while reach < parts:
        count, reach = count + 1, reach * FAN_IN
    return count


def _bytes(number: float) -> str:
    units = ["B", "kB", "MB", "GB", "TB"]
    power = min(len(units) - 1, int(math.log10(max(number, 1)) // 3))
    return f"{number / 1000**power:,.1f} {units[power]}"


# --- the constants ----------------------------------------------------------------------------------------------------


def measure(pages: int, folder: Path) -> Constants:
    """Return the constants, from a build of so many generated pages in one process; times are of the processor."""
    source = folder / "pages"
    source.mkdir()
    size = 0
    for first in range(0, pages, 500):
        with (source / f"{first:07}.warc").open("wb") as file:
            for number in range(first, min(first + 500, pages)):
                # text that is of this page alone, or it is a duplicate
                body = page(number).replace(b"Report", f"Report {number} on the harbour of Port {number}".encode())
                size += len(body)
                file.write(warc_record("response", response(body, f"Content-Length: {len(body)}"), url=url_of(number)))
    out = folder / "out"
    start = time.process_time()
    parts = build_shard(source, out, "1/1")
    reading, start = time.process_time() - start, time.process_time()
    built = merge_shards(source, out)
    writing = time.process_time() - start
    rows = built.counts.rows
    if rows < 0.9 * pages:
        raise SystemExit(f"{rows} rows of {pages} pages: such pages are no measure")
    results = run_tasks(answer, [Nothing()] * 2000, workers=1)
    next(results)  # the worker has started
    start = time.perf_counter()
    done = sum(results)
    return Constants(
        page_seconds=round(reading / pages, 6),
        merge_seconds=round(writing / rows, 6),
        input_bytes=size // pages,
        part_bytes=cache_info(parts.folder).bytes // rows,
        dataset_bytes=built.bytes // rows,
        task_seconds=round((time.perf_counter() - start) / done, 6),
    )


@dataclass(frozen=True)
class Nothing:
    """A task that is done as soon as it is begun."""

    def after(self, result: object) -> None:
        """Return that nothing is left."""

    def mended(self, trace: Trace, death: Death) -> Nothing:
        """Return itself."""
        return self


def answer(task: Nothing, watch: Watch) -> Iterator[int]:
    """Do it."""
    yield 1


def main() -> None:
    """Print the tables, or the constants."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--measure", action="store_true", help="print the constants of this machine")
    parser.add_argument("--pages", type=int, default=3000, help="pages that are built to measure")
    options = parser.parse_args()
    if options.measure:
        with tempfile.TemporaryDirectory() as folder:
            print(measure(options.pages, Path(folder)))
        return
    print(tables())


def tables() -> str:
    """Return both tables as they stand in docs/scale.md."""
    return "\n\n".join(map(markdown, (model_rows(), simulation_rows())))


def markdown(rows: Iterator[Row]) -> str:
    """Return a table in Markdown."""
    head, *lines = rows
    return "\n".join(f"| {' | '.join(row)} |" for row in (head, ["---"] * len(head), *lines))


if __name__ == "__main__":
    main()
