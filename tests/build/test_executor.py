"""Tasks in this process and in workers; a worker that dies, hangs or eats memory costs one page."""

from __future__ import annotations

import importlib
import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from types import ModuleType

import pyarrow.parquet as pq
import pytest

from newsds.build import build, executor, run
from newsds.build.executor import Bounds, run_tasks
from newsds.build.run import BuildResult
from newsds.errors import OutputError, UsageError
from newsds.limits import PAGE_SECONDS, READ_SECONDS, WORKER_BYTES

MODULE = """
import ctypes, os, re, signal, sys, time
from dataclasses import dataclass, replace
from newsds import pipeline
from newsds.blocks import soup
from newsds.build.watch import START
from newsds.build.worker import run_task

@dataclass(frozen=True)
class Numbers:
    numbers: tuple
    died: int = 0
    def after(self, result): return None
    def mended(self, trace, death): return replace(self, died=self.died + 1)

def double(task, watch):
    watch.pages(START, START)
    yield [2 * n for n in task.numbers]

def die_of_five(task, watch):
    if 5 in task.numbers and task.died < 2:
        os._exit(1)
    yield [task.died, *task.numbers]

def work_on(task, watch):
    seconds, megabytes = task.numbers
    watch.pages(START, START)
    kept = b"x" * (megabytes << 20) if not task.died else b""
    until = time.monotonic() + (0 if task.died else seconds)
    while time.monotonic() < until:
        pass
    yield task.died

def read_on(task, watch):
    watch.reading(START)
    until = time.monotonic() + (0 if task.died else task.numbers[0])
    while time.monotonic() < until:
        pass
    yield task.died

def go_on(task, watch):
    for _ in range(6):
        watch.pages(START, START)
        time.sleep(task.numbers[0] / 6)
    yield task.died

def fail(task, watch):
    from newsds.errors import OutputError
    raise OutputError("full", "free some space")
    yield

def fail_oddly(task, watch):
    raise type("Local", (Exception,), {})("odd")
    yield

def wait_for_ever(task, watch):
    import threading
    os.write(1, b"ready\\n")  # in one piece: two do it at once
    threading.Event().wait()
    yield

def stall(task, watch):
    os.write(1, b"ready\\n")
    backtrack()
    yield

def kill(): os.kill(os.getpid(), signal.SIGKILL)
def abort(): os.abort()
def overflow(): ctypes.string_at(0)
def loop():
    while True: pass
def backtrack(): re.match("(a*)*b", "a" * 100)  # holds the interpreter for ages
def allocate(): kept = bytearray(b"x") * 10 * 2**30
HOW = dict(kill=kill, abort=abort, overflow=overflow, loop=loop, backtrack=backtrack, allocate=allocate)

def _trapped(parser, name):
    def parse(page, **options):
        for how, effect in HOW.items():
            if f"{name}-{how}" in page or f"both-{how}" in page:
                effect()
        return parser(page, **options)
    return parse

fast, slow = pipeline.html_blocks, soup.soup_blocks

def run(task, watch):
    from newsds.build import worker
    trapped = _trapped(fast, "fast")
    worker.html_blocks = pipeline.html_blocks = trapped
    worker._rows.__kwdefaults__["html"] = trapped
    pipeline.extract_pages.__kwdefaults__["html"] = pipeline.page_blocks.__kwdefaults__["html"] = trapped
    soup.soup_blocks = _trapped(slow, "slow")
    yield from run_task(task, watch)

def die_reading(task, watch):
    from newsds.build import worker
    real = worker.read_input
    def read(file, settings):
        if "kill" in file.source:
            kill()
        if "raise" in file.source:
            raise ValueError("odd")
        return real(file, settings)
    worker.read_input = read
    yield from run_task(task, watch)
"""


@pytest.fixture
def work(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[ModuleType]:
    """A module that worker processes can import."""
    (tmp_path / "work_of_a_test.py").write_text(MODULE)
    monkeypatch.syspath_prepend(str(tmp_path))
    yield importlib.import_module("work_of_a_test")
    del sys.modules["work_of_a_test"]


def test_in_this_process(work: ModuleType) -> None:
    tasks = [work.Numbers((1, 2)), work.Numbers((3,))]
    assert list(run_tasks(work.double, tasks, workers=0)) == [[2, 4], [6]]
    assert list(run_tasks(work.double, [], workers=4)) == []
    with pytest.raises(UsageError, match="workers is -1"):
        list(run_tasks(work.double, tasks, workers=-1))


def test_a_worker_that_dies_is_replaced(work: ModuleType) -> None:
    tasks = [work.Numbers(n) for n in ((1, 2), (3, 5), (6,), (7,), (8,))]
    results = list(run_tasks(work.die_of_five, tasks, workers=2))
    assert sorted(results) == [[0, 1, 2], [0, 6], [0, 7], [0, 8], [2, 3, 5]]


Bounded = tuple[str, float, int, int]
UNDER: list[Bounded] = [("work_on", 0.5, 0, 0), ("read_on", 1.5, 0, 0), ("go_on", 2, 0, 0), ("work_on", 0.5, 50, 0)]
OVER: list[Bounded] = [("work_on", 60, 0, 1), ("read_on", 60, 0, 1), ("work_on", 60, 400, 1)]


@pytest.mark.parametrize("tasks", [UNDER[:1] + OVER[:1], pytest.param([*UNDER, *OVER], marks=pytest.mark.slow)])
def test_bounds(work: ModuleType, tasks: list[Bounded]) -> None:
    bounds = Bounds(page_seconds=1, read_seconds=3, worker_bytes=400 << 20)
    for function, seconds, megabytes, died in tasks:
        bounds = replace(bounds, page_seconds=30 if megabytes else 1)
        found = list(run_tasks(getattr(work, function), [work.Numbers((seconds, megabytes))], workers=1, bounds=bounds))
        assert found == [died], (function, seconds, megabytes)


def test_bounds_are_the_limits() -> None:
    assert Bounds() == Bounds(
        page_seconds=PAGE_SECONDS.value, read_seconds=READ_SECONDS.value, worker_bytes=WORKER_BYTES.value
    )


def test_errors_come_back_as_they_are(work: ModuleType) -> None:
    tasks = [work.Numbers((n,)) for n in range(3)]
    with pytest.raises(OutputError, match="full") as error:
        list(run_tasks(work.fail, tasks, workers=2))
    assert error.value.remedy == "free some space"
    assert "in a worker process" in error.value.__notes__[0]
    with pytest.raises(RuntimeError, match=r"(?s)fail_oddly.*Local: odd"):  # which does not pickle
        list(run_tasks(work.fail_oddly, tasks, workers=1))


def test_workers_that_do_not_start(work: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(executor, "_serve", os.abort)
    with pytest.raises(UsageError, match=r"worker processes do not start: the last one (ended|died)") as error:
        list(run_tasks(work.double, [work.Numbers((1,))] * 2, workers=2))
    assert "__main__" in error.value.remedy


@pytest.mark.parametrize(
    "function",
    ["wait_for_ever", pytest.param("stall", marks=pytest.mark.skipif(sys.platform != "linux", reason="Linux does it"))],
)
def test_workers_end_with_a_parent_that_was_killed(work: ModuleType, tmp_path: Path, function: str) -> None:
    script = tmp_path / "script.py"
    script.write_text(
        "import work_of_a_test as w\n"
        "from newsds.build.executor import run_tasks\n"
        "if __name__ == '__main__':\n"
        f"    list(run_tasks(w.{function}, [w.Numbers((1,))] * 2, workers=2))\n"
    )
    paths = os.pathsep.join([str(Path(__file__).parents[2]), *filter(None, [os.environ.get("PYTHONPATH")])])
    with subprocess.Popen(
        [sys.executable, str(script)], stdout=subprocess.PIPE, env={**os.environ, "PYTHONPATH": paths}
    ) as parent:
        assert parent.stdout
        line = parent.stdout.readline()
        parent.kill()
        assert line == b"ready\n"
        # the workers hold the other end of the pipe, which is at its end when the last of them has gone
        assert set(parent.communicate(timeout=60)[0].split()) <= {b"ready"}


# --- pages that kill ------------------------------------------------------------------------------------------------


def html(number: int, trap: str = "") -> str:
    paragraphs = "".join(
        f"<p>On day {n} of year {number} the mayor said that the bridge would stay shut until the autumn.</p>"
        for n in range(8)
    )
    return (
        f"<html lang=en><title>Town {number}</title><!-- {trap} --><h1>Town {number} shuts it</h1>{paragraphs}</html>"
    )


Trapped = Callable[..., BuildResult]


@pytest.fixture
def trapped(work: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Trapped:
    """Build pages, some of which kill the parser that reads them."""

    def build_with(
        traps: dict[int, str], *, count: int = 12, function: str = "run", workers: int = 1, **bounds: float
    ) -> BuildResult:
        def bounded(_: object, tasks: list[object], *, workers: int) -> Iterator[object]:
            return run_tasks(getattr(work, function), tasks, workers=workers, bounds=Bounds(**bounds))  # type: ignore[arg-type, type-var]

        folder = tmp_path / "pages"
        folder.mkdir(exist_ok=True)
        for n in range(count):
            (folder / f"{n:03d}.html").write_text(html(n, traps.get(n, "")))
        monkeypatch.setattr(run, "run_tasks", bounded)
        return build(folder, tmp_path / f"out-{function}-{len(traps)}-{workers}", workers=workers)

    return build_with


def tables(result: BuildResult) -> tuple[dict[str, dict[str, object]], dict[str, tuple[str, str]]]:
    rows = pq.read_table(result.path / "data/articles").to_pylist()
    rejects = pq.read_table(result.path / "data/rejects").to_pylist()
    assert result.counts.pages == len(rows) + len(rejects)
    return {r["source"]: r for r in rows}, {r["source"]: (r["reason"], r["message"]) for r in rejects}


def test_a_page_that_kills_its_worker_is_rejected_alone(trapped: Trapped) -> None:
    whole, _ = tables(trapped({}))
    rows, rejects = tables(trapped({1: "both-kill", 7: "fast-loop"}, page_seconds=1))
    assert rejects == {"001.html": ("crashed", "the process that took the page apart died of SIGKILL")}
    assert rows.pop("007.html")["flags"] == ["reference_parser"]
    assert rows == {source: row for source, row in whole.items() if source in rows}
    assert len(rows) == 10


@pytest.mark.slow
def test_every_way_to_kill_a_worker(trapped: Trapped) -> None:
    whole, _ = tables(trapped({}, count=70))
    traps = {1: "both-kill", 4: "fast-abort", 5: "both-overflow", 7: "both-loop", 8: "fast-backtrack"}
    traps |= {60: "both-allocate", 64: "fast-allocate", 69: "both-backtrack"}
    rows, rejects = tables(trapped(traps, count=70, page_seconds=2, worker_bytes=2**29))
    assert {k: v[0] for k, v in rejects.items()} == {
        "001.html": "crashed", "005.html": "crashed", "007.html": "timeout", "060.html": "crashed",
        "069.html": "timeout",
    }  # fmt: skip
    assert rejects["005.html"][1] == "the process that took the page apart died of SIGSEGV"
    assert "limit page_seconds, 2 seconds" in rejects["007.html"][1]
    assert "limit worker_bytes, 536870912 bytes" in rejects["060.html"][1]
    for source in ("004.html", "008.html", "064.html"):
        assert rows[source]["flags"] == ["reference_parser"]
        assert rows[source]["text"] == whole[source]["text"]
    for source in set(rows) - {"004.html", "008.html", "064.html"}:
        assert rows[source] == whole[source]
    assert len(rows) == 65


@pytest.mark.slow
def test_a_page_in_a_container_that_kills_its_worker(trapped: Trapped, tmp_path: Path) -> None:
    (tmp_path / "pages").mkdir()
    traps = {70: "both-kill", 130: "fast-abort", 190: "both-abort"}
    lines = [json.dumps({"text": html(n + 100, traps.get(n, ""))}) for n in range(200)]
    (tmp_path / "pages/all.jsonl").write_text("\n".join([*lines[:71], "{", *lines[71:]]))
    result = trapped({}, count=1)
    rows = pq.read_table(result.path / "data/articles").to_pylist()
    rejects = pq.read_table(result.path / "data/rejects").to_pylist()
    assert [(row["record"], row["reason"]) for row in rejects] == [(70, "crashed"), (71, "malformed"), (191, "crashed")]
    assert [row["record"] for row in rows if "reference_parser" in row["flags"]] == [131]
    assert len(rows) == 199


def test_a_file_that_kills_its_reader(trapped: Trapped, tmp_path: Path) -> None:
    (tmp_path / "pages").mkdir()
    (tmp_path / "pages/001-kill.html").write_text(html(100))
    (tmp_path / "pages/002-raise.html").write_text(html(101))
    rows, rejects = tables(trapped({}, count=4, function="die_reading"))
    assert len(rows) == 4
    assert rejects == {
        "001-kill.html": ("crashed", "the process that read the input from here on died of SIGKILL"),
        "002-raise.html": ("crashed", "ValueError: odd"),
    }
