"""One long file among several tasks: the bytes are those of one, whatever the file and whoever dies."""

from __future__ import annotations

import gzip
import hashlib
import os
import random
import tempfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from newsds.build import build, plan, run, worker
from newsds.build.plan import Care, Task, Treatment, share_out
from newsds.build.watch import Death, Place, Watch
from newsds.build.worker import TaskResult, run_task
from newsds.model import Reason
from newsds.read import InputFile
from tests.read.containers import warc

from .conftest import page

PAGES = {f"{n:03d}.txt": page(n % 53).encode() for n in range(60)}
FILES = {
    "records.warc": warc(PAGES),
    "records.warc.gz": warc(PAGES, gzip.compress),
    "whole.warc.gz": gzip.compress(warc(PAGES)),
}


@pytest.fixture(autouse=True)
def short_turns(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(plan, "TASK_BYTES", 1000)
    monkeypatch.setattr(plan, "SHARES", 9)
    monkeypatch.setattr(worker, "STRETCH_PAGES", 7)
    monkeypatch.setattr(worker, "BATCH_PAGES", 3)
    monkeypatch.setattr(os, "fsync", lambda _: None)


def tree(folder: Path) -> dict[str, str]:
    found = (p for p in sorted(folder.rglob("*")) if p.is_file() and not {".cache", ".lock"} & {*p.parts})
    return {p.relative_to(folder).as_posix(): hashlib.sha256(p.read_bytes()).hexdigest() for p in found}


Alter = Callable[[Task], Task]


def shared_build(
    source: Path, out: Path, shares: int, seed: int = 0, stop: int | None = None, alter: Alter = lambda task: task
) -> int:
    """Build as so many workers would, whose results come in any order; after some, be killed. Return the tasks."""
    count = 0

    def run_some(_: object, tasks: Sequence[Task], **__: object) -> Iterator[TaskResult]:
        nonlocal count
        count += len(tasks)
        chance = random.Random(seed)
        running = [run_task(alter(task), Watch()) for task in tasks]
        given = 0
        while running:
            one = chance.choice(running)
            result = next(one, None)
            if result is None:
                running.remove(one)
                continue
            if given == stop:
                raise KeyboardInterrupt
            given += 1
            yield result

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(run, "run_tasks", run_some)
        build(source, out, workers=shares)
    return count


def damaged(content: bytes, at: Sequence[tuple[int, int]]) -> bytes:
    for place, kind in at:
        where = place % max(1, len(content))
        if kind == 0:
            content = content[:where]
        elif kind == 1:
            content = content[:where] + bytes(40) + content[where + 40 :]
        else:
            content = content[:where] + content[where + 97 :]
    return content


@given(
    name=st.sampled_from(sorted(FILES)),
    damage=st.lists(st.tuples(st.integers(0, 10**6), st.integers(0, 2)), max_size=3),
    shares=st.sampled_from([2, 5]),
    other=st.sampled_from([0, 2, 5]),
    stop=st.integers(0, 8),
)
@settings(max_examples=8, deadline=None)
def test_same_bytes(name: str, damage: list[tuple[int, int]], shares: int, other: int, stop: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        (root / name).write_bytes(content := damaged(FILES[name], damage))
        build(root / name, root / "one")
        assert shared_build(root / name, root / "several", shares, seed=stop) == (shares if len(content) > 1000 else 1)
        assert tree(root / "several") == tree(root / "one")
        try:
            shared_build(root / name, root / "killed", shares, seed=stop, stop=stop)
        except KeyboardInterrupt:
            shared_build(root / name, root / "killed", other, seed=stop)
        assert tree(root / "killed") == tree(root / "one")


DEATH = Death(reason=Reason.CRASHED, message="died of a test")


@pytest.mark.parametrize("at", [0, 7, 20, 60])
@pytest.mark.parametrize("who", [None, 0, 2])
def test_a_reader_that_dies(tmp_path: Path, at: int, who: int | None) -> None:
    """Of all tasks, or of one alone: then another has read on, and what it found there may stay."""
    (tmp_path / "a.warc").write_bytes(FILES["records.warc"])
    stop = (Treatment(place=Place(0, at), care=Care.STOP, death=DEATH),)

    def dies(task: Task) -> Task:
        return replace(task, treatments=stop) if who is None or (task.shares > 1 and task.share == who) else task

    shared_build(tmp_path / "a.warc", tmp_path / "died", 0, alter=lambda task: replace(task, treatments=stop))
    build(tmp_path / "a.warc", tmp_path / "lived")
    shared_build(tmp_path / "a.warc", tmp_path / "several", 3, alter=dies)
    found = tree(tmp_path / "several")
    died, lived = tree(tmp_path / "died"), tree(tmp_path / "lived")
    assert found == died if who is None else found in (died, lived)


def test_what_is_shared(tmp_path: Path) -> None:
    for name, size in (("a", 9000), ("b", 500), ("c", 9000), ("d", 900)):
        (tmp_path / f"{name}.txt").write_bytes(b"x" * size)
    (tmp_path / "slow.xz").write_bytes(b"\xfd7zXZ\0" + bytes(9000))
    tasks = plan.make_tasks([InputFile(source=p.name, path=str(p)) for p in sorted(tmp_path.iterdir())], tmp_path)
    assert share_out(tasks, 0) == share_out(tasks, 1) == share_out(tasks, 2) == tasks
    assert [task.shares for task in share_out(tasks, 6)] == [2, 2, 1, 2, 2, 1, 1]
    assert share_out(tasks[:1], 1) == tasks[:1]
    assert [task.share for task in share_out(tasks[:1], 3)] == [0, 1, 2]
