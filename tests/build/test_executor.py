"""Tasks in one process and in several; a process that dies costs one file."""

from __future__ import annotations

import importlib
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest

from newsds.build import build, executor, run
from newsds.build.executor import run_tasks
from newsds.build.plan import Task
from newsds.build.worker import lost_task, run_task
from newsds.errors import OutputError, UsageError

MODULE = """
import os, sys

class Numbers(tuple):
    def split(self):
        middle = len(self) // 2
        return [Numbers(self[:middle]), Numbers(self[middle:])] if middle else []

def double(task):
    return [2 * n for n in task]

def die_of_five(task):
    if 5 in task:
        os._exit(1)
    return list(task)

def fail(task):
    from newsds.errors import OutputError
    raise OutputError("full", "free some space")

def wait_for_ever(task):
    import threading
    print("ready", flush=True)
    threading.Event().wait()

def lost(task):
    return [-n for n in task]
"""


@pytest.fixture
def work(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[ModuleType]:
    """A module that worker processes can import."""
    (tmp_path / "work_of_a_test.py").write_text(MODULE)
    monkeypatch.syspath_prepend(str(tmp_path))
    yield importlib.import_module("work_of_a_test")
    del sys.modules["work_of_a_test"]


def test_in_this_process(work: ModuleType) -> None:
    tasks = [work.Numbers([1, 2]), work.Numbers([3])]
    assert list(run_tasks(work.double, tasks, workers=1, lost=work.lost)) == [[2, 4], [6]]
    assert list(run_tasks(work.double, [], workers=4, lost=work.lost)) == []


def test_a_worker_that_dies_costs_one_file(work: ModuleType) -> None:
    tasks = [work.Numbers([1, 2]), work.Numbers([3, 5]), *(work.Numbers([n]) for n in range(6, 12))]
    results = list(run_tasks(work.die_of_five, tasks, workers=2, lost=work.lost))
    assert sorted(n for result in results for n in result) == [-5, 1, 2, 3, 6, 7, 8, 9, 10, 11]


def test_errors_come_back_as_they_are(work: ModuleType) -> None:
    tasks = [work.Numbers([n]) for n in range(3)]
    with pytest.raises(OutputError, match="full") as error:
        list(run_tasks(work.fail, tasks, workers=2, lost=work.lost))
    assert error.value.remedy == "free some space"


def test_workers_that_do_not_start(work: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(executor, "_nothing", os.abort)
    with pytest.raises(UsageError, match="worker processes do not start") as error:
        list(run_tasks(work.double, [work.Numbers([1])] * 2, workers=2, lost=work.lost))
    assert "__main__" in error.value.remedy


def test_workers_end_with_a_parent_that_was_killed(work: ModuleType, tmp_path: Path) -> None:
    script = tmp_path / "script.py"
    script.write_text(
        "import work_of_a_test as w\n"
        "from newsds.build.executor import run_tasks\n"
        "if __name__ == '__main__':\n"
        "    list(run_tasks(w.wait_for_ever, [w.Numbers([1])] * 2, workers=2, lost=w.lost))\n"
    )
    paths = os.pathsep.join([str(Path(__file__).parents[2]), *filter(None, [os.environ.get("PYTHONPATH")])])
    with subprocess.Popen(
        [sys.executable, str(script)], stdout=subprocess.PIPE, env={**os.environ, "PYTHONPATH": paths}
    ) as parent:
        assert parent.stdout
        assert parent.stdout.readline() == b"ready\n"
        parent.kill()
        # the workers hold the other end of the pipe, which is at its end when the last of them has gone
        assert set(parent.communicate(timeout=60)[0].split()) <= {b"ready"}


def test_a_page_that_kills_its_worker_is_rejected(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, make_pages: object
) -> None:
    def run_all(function: object, tasks: list[Task], **_: object) -> Iterator[object]:
        (task,) = tasks
        one, other = task.split()
        yield run_task(one)
        for half in other.split():
            yield lost_task(half)

    monkeypatch.setattr(run, "run_tasks", run_all)
    result = build(make_pages(4), tmp_path / "out")  # type: ignore[operator]
    assert (result.counts.rows, result.reasons) == (2, {"crashed": 2})
