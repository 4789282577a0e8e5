"""Builds on Ray: the same bytes as here, whatever dies. Most need Ray itself: `pytest -m ray`."""

from __future__ import annotations

import importlib
import os
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import psutil
import pytest

from newsds.build import BuildResult, build, ray_engine, run
from newsds.build.executor import Bounds
from newsds.build.manifest import toolchain
from newsds.build.plan import Task, make_tasks, stored_bytes
from newsds.build.ray_engine import run_on_ray
from newsds.build.watch import Watch
from newsds.build.worker import run_task
from newsds.errors import OutputError, SourceError, UsageError
from newsds.read import find_files

from .conftest import page

Make = Callable[..., Path]
COUNT = 600

MODULE = """
import os, time
from pathlib import Path
from newsds import pipeline
from newsds.blocks import soup
from newsds.build.worker import run_task

def run_and_wait(task, watch):
    "Waits until a node was killed."
    marks = Path({folder!r})
    name = Path(task.files[0].path).stem
    (marks / f"{{name}}.{{os.getpid()}}.started").touch()
    until = time.monotonic() + 180
    while not (marks / "killed").exists() and time.monotonic() < until:
        time.sleep(0.05)
    yield from run_task(task, watch)

def run_trapped(task, watch):
    from newsds.build import worker
    fast, slow = pipeline.html_blocks, soup.soup_blocks
    def parse(page, **options):
        if "kill-both" in page or "kill-fast" in page:
            os.abort()
        return fast(page, **options)
    def parse_slowly(page, **options):
        if "kill-both" in page:
            os.abort()
        return slow(page, **options)
    worker.html_blocks = pipeline.html_blocks = parse
    worker._rows.__kwdefaults__["html"] = parse
    pipeline.extract_pages.__kwdefaults__["html"] = pipeline.page_blocks.__kwdefaults__["html"] = parse
    soup.soup_blocks = parse_slowly
    yield from run_task(task, watch)
    worker.html_blocks = pipeline.html_blocks = fast
    worker._rows.__kwdefaults__["html"] = fast
    pipeline.extract_pages.__kwdefaults__["html"] = pipeline.page_blocks.__kwdefaults__["html"] = fast
    soup.soup_blocks = slow

def lose(task, watch):
    "Ends the Ray worker, not the process that it keeps."
    os.kill(os.getppid(), 9)
    time.sleep(60)
    yield
"""


def files(result: BuildResult) -> dict[str, bytes]:
    return {str(p.relative_to(result.path)): p.read_bytes() for p in result.path.rglob("*") if p.is_file()}


@pytest.fixture
def one_task(make_pages: Make, tmp_path: Path) -> Task:
    (task,) = make_tasks(find_files([make_pages(3)]), tmp_path)
    return task


def work(task: Task, lengths: list[int | None] | None = None, tools: dict[str, str] | None = None) -> Any:
    lengths = [stored_bytes(file.path) for file in task.files] if lengths is None else lengths
    return ray_engine._work(run_task, task, lengths, Bounds(), tools or toolchain())


def test_a_worker_gives_back_results_and_parts(one_task: Task, tmp_path: Path) -> None:
    ((result, content),), left = work(one_task)
    assert (left, result.next, result.part.rows) == (None, None, 3)
    assert not list(tmp_path.glob("*.part"))  # it is the build that writes it
    kept = ray_engine._keep(result.part, content, tmp_path)
    (here,) = run_task(one_task, Watch())
    assert (kept, kept.is_sound()) == (here.part, True)
    assert [path.name for path in tmp_path.iterdir() if path.is_file()] == [kept.path.name]


def test_a_long_task_is_given_back_in_pieces(make_pages: Make, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import json

    lines = "\n".join(json.dumps({"text": page(n)}) for n in range(1100))
    folder = make_pages(0, all_dot_jsonl=lines)
    (task,) = make_tasks(find_files([folder]), tmp_path)
    monkeypatch.setattr(ray_engine, "RETURN_BYTES", 1)
    rows, left, rounds = [], task, 0
    while left is not None:
        found, left = work(left)
        assert len(found) == 1
        kept = ray_engine._keep(found[0][0].part, found[0][1], tmp_path)
        rows += [number for table in kept.read("keys") for number in table["record"].to_pylist()]
        rounds += 1
    assert sorted(rows) == list(range(1100))
    assert rounds == 3


def test_a_worker_that_would_make_other_rows_refuses(one_task: Task) -> None:
    with pytest.raises(SourceError, match=r"does not see .*page-000.txt as it is here") as unseen:
        work(one_task, [1, 2, 3])
    assert "all machines share" in unseen.value.remedy
    with pytest.raises(UsageError, match=r"has pyarrow \S+, not 0\.1"):
        work(one_task, tools={**toolchain(), "pyarrow": "0.1"})


def test_ray_is_not_installed(make_pages: Make, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "ray", None)
    with pytest.raises(UsageError, match="Ray is not installed") as error:
        build(make_pages(1), tmp_path / "out", engine="ray")
    assert error.value.remedy == 'pip install "newsds[ray]"'


def test_wrong_engines(make_pages: Make, tmp_path: Path) -> None:
    folder = make_pages(1)
    with pytest.raises(UsageError, match="there is no engine 'dask'"):
        build(folder, tmp_path / "out", engine="dask")  # type: ignore[arg-type]
    with pytest.raises(UsageError, match="ray_address is auto, and the engine local"):
        build(folder, tmp_path / "out", ray_address="auto")
    with pytest.raises(UsageError, match="workers is -1"):
        list(run_on_ray(run_task, [], workers=-1))
    assert not (tmp_path / "out").exists()


# --- on a cluster -----------------------------------------------------------------------------------------------------

RAY = [
    pytest.mark.ray,
    pytest.mark.filterwarnings("default"),  # Ray's own
    pytest.mark.skipif(importlib.util.find_spec("ray") is None, reason='Ray is not here: pip install "newsds[ray]"'),
]


def on_ray(function: Callable[..., Any]) -> Any:
    for mark in RAY:
        function = mark(function)
    return function


@pytest.fixture
def cluster(helpers: ModuleType, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """A cluster of two workers, on machines of their own as far as Ray knows."""
    monkeypatch.setenv("RAY_USAGE_STATS_ENABLED", "0")
    from ray.cluster_utils import Cluster

    cluster = Cluster(initialize_head=True, head_node_args={"num_cpus": 0, "include_dashboard": False})
    cluster.victim = [cluster.add_node(num_cpus=1) for _ in range(2)][1]
    cluster.wait_for_nodes()
    yield cluster
    cluster.shutdown()


@pytest.fixture
def helpers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[ModuleType]:
    """A module that workers can import."""
    folder = tmp_path / "marks"
    folder.mkdir()
    (tmp_path / "work_on_ray.py").write_text(MODULE.format(folder=str(folder)))
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join([str(tmp_path), str(Path(__file__).parents[2])]))
    yield importlib.import_module("work_on_ray")
    del sys.modules["work_on_ray"]


@on_ray
def test_a_cluster_that_loses_a_worker_gives_the_same_bytes(
    cluster: Any, helpers: ModuleType, make_pages: Make, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder, marks = make_pages(COUNT), tmp_path / "marks"
    expected = files(build(folder, tmp_path / "here"))
    seen: list[int] = []

    def kill() -> None:
        until = time.monotonic() + 110
        while len(seen) < 2 and time.monotonic() < until:
            seen[:] = [1 for _ in marks.glob("*.started")]
            time.sleep(0.05)
        at_work = [int(mark.name.split(".")[1]) for mark in marks.glob("*.started")]
        cluster.remove_node(cluster.victim, allow_graceful=False)
        # a worker outlives its node for a moment, in which it could give back what it has
        while all(map(psutil.pid_exists, at_work)) and time.monotonic() < until + 60:
            time.sleep(0.05)
        (marks / "killed").touch()

    monkeypatch.setattr(run, "run_task", helpers.run_and_wait)
    killer = threading.Thread(target=kill)
    killer.start()
    made = build(folder, tmp_path / "there", engine="ray", ray_address=cluster.address)
    killer.join()
    started = [mark.name.split(".")[0] for mark in marks.glob("*.started")]
    assert len(seen) == 2, "both workers were at work when one was killed"
    assert len(set(started)) == len(make_tasks(find_files([folder]), tmp_path))
    assert len(started) > len(set(started)), "what the lost worker was at was done again"
    assert files(made) == expected


@on_ray
def test_a_page_that_kills_a_worker_ends_as_in_the_pool(
    helpers: ModuleType, make_pages: Make, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pages = {
        f"{n}-{how}_dot_html": f"<html lang=en><title>Town {n}</title><!-- {how} --><h1>Town {n} is here</h1>"
        + "".join(f"<p>On day {d} of year {n} the mayor said that the bridge would stay shut.</p>" for d in range(8))
        for n, how in enumerate(["good", "kill-fast", "good", "kill-both", "good"])
    }
    folder = make_pages(0, **pages)
    monkeypatch.setattr(run, "run_task", helpers.run_trapped)
    monkeypatch.delenv("RAY_ADDRESS", raising=False)
    pool = build(folder, tmp_path / "pool", workers=1)
    made = build(folder, tmp_path / "ray", workers=2, engine="ray")  # a cluster of its own, on this machine
    assert (made.counts.rows, dict(made.reasons)) == (4, {"crashed": 1})
    assert files(made) == files(pool)


@on_ray
def test_a_worker_that_is_lost_again_and_again(
    helpers: ModuleType, make_pages: Make, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(run, "run_task", helpers.lose)
    with pytest.raises(OutputError, match="Ray lost the worker of a task 4 times"):
        build(make_pages(2), tmp_path / "out", workers=1, engine="ray")
    assert not list((tmp_path / "out").rglob("*.parquet"))


@on_ray
def test_there_is_no_cluster(make_pages: Make, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no Ray cluster at localhost:1") as error:
        build(make_pages(1), tmp_path / "out", engine="ray", ray_address="localhost:1")
    assert "ray start --head" in error.value.remedy
