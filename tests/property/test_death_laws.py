"""Wherever workers die, the rest of a task comes out as if none had died."""

from __future__ import annotations

import json
import random
import tempfile
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from newsds.build import worker
from newsds.build.plan import Task
from newsds.build.watch import Death, Phase, Place, Watch
from newsds.build.worker import TaskResult, run_task
from newsds.errors import OutputError
from newsds.layout import Input
from newsds.model import Reason
from newsds.read import find_files
from newsds.schema import SCHEMA

DEATH = Death(reason=Reason.CRASHED, message="died of a test")


class Died(BaseException):
    """No Exception, as no death is one."""


class Mortal(Watch):
    """Dies of chance, and whenever a page at a place of `culprits` is taken apart."""

    def __init__(self, task: Task, rate: float, chance: random.Random, culprits: set[Place]) -> None:
        super().__init__()
        self.task, self.rate, self.chance, self.culprits = task, rate, chance, culprits

    def _at(self, phase: Phase, first: Place, last: Place) -> None:
        super()._at(phase, first, last)
        if phase is Phase.PAGES:
            if any(first <= place <= last for place in self.culprits):
                raise Died
            if self.task.is_alone(first):
                return  # a second death by chance would be taken for the page's doing
        treated = any(one.place == first for one in self.task.treatments)
        if not treated and self.chance.random() < self.rate and self.task.ends < 2:
            raise Died


@pytest.fixture(scope="module")
def task(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Task]:
    folder = tmp_path_factory.mktemp("deaths")
    for n in range(8):
        days = "".join(
            f"On day {day} in town {n} the mayor said that the bridge would stay shut.\n\n" for day in range(6)
        )
        (folder / f"{n}.txt").write_text(f"The bridge of town {n} stays shut\n\n{days}")
    (folder / "5.html").write_text("<p>nothing")
    (folder / "6.txt").write_text("")
    lines = [(folder / f"{n}.txt").read_text().replace("town", "village") for n in (0, 1, 2, 3, 4, 7)]
    records = [json.dumps({"text": text}) for text in lines]
    (folder / "4-records.jsonl").write_text("\n".join([*records[:2], "{", *records[2:], ""]))
    (folder / "8.odd").touch()
    with pytest.MonkeyPatch.context() as monkeypatch:
        monkeypatch.setattr(worker, "BATCH_PAGES", 3)
        monkeypatch.setattr(worker, "STRETCH_PAGES", 4)
        yield Task(files=tuple(find_files([folder])), parts="")


MALFORMED = Place(4, 2)
"""A line that is no record."""
Key = tuple[str, int]
Found = tuple[dict[Key, dict[str, Any]], dict[Key, tuple[str, str]], list[Input]]


def found(results: list[TaskResult]) -> Found:
    rows: dict[Key, dict[str, Any]] = {}
    parts = [result.part for result in results if result.part is not None]
    assert len(parts) == len(results)
    for part in parts:
        assert part.is_sound()
        for table in part.read("rows"):
            for row in table.select(SCHEMA.names).to_pylist():
                assert rows.setdefault((row["source"], row["record"]), row) is row, "a row twice"
    rejects = [row for part in parts for table in part.read("rejects") for row in table.to_pylist()]
    assert len({(row["source"], row["record"]) for row in rejects}) == len(rejects)
    assert sum(table.num_rows for part in parts for table in part.read("keys")) == len(rows)
    return (
        rows,
        {(row["source"], row["record"]): (row["reason"], row["message"]) for row in rejects},
        [one for result in results for one in result.inputs],
    )


def done(task: Task, chance: random.Random, rate: float, culprits: set[Place]) -> Found:
    with tempfile.TemporaryDirectory() as folder:
        object.__setattr__(task, "parts", folder)
        left = task
        results: list[TaskResult] = []
        for _ in range(1000):
            try:
                watch = Mortal(left, rate, chance, culprits)
                for result in run_task(left, watch):
                    results.append(result)
                    rest = left.after(result)
                    if rest is None:
                        return found(results)
                    left = rest
            except Died:
                left = left.mended(watch.trace(), DEATH)
    raise AssertionError("the task does not end")


@pytest.fixture(scope="module")
def whole(task: Task) -> Found:
    return done(task, random.Random(0), 0, set())


@given(
    st.randoms(use_true_random=False),
    st.sampled_from([0.0, 0.05, 0.3]),
    st.sets(st.integers(0, 15), max_size=4),
)
@settings(max_examples=12)
def test_deaths(task: Task, whole: Found, chance: random.Random, rate: float, numbers: set[int]) -> None:
    rows, rejects, inputs = whole
    assert (len(rows), len(rejects), len(inputs)) == (13, 4, 11)
    pages = [Place(n, item) for n, one in enumerate(inputs) for item in range(one.pages) if one.source != "8.odd"]
    culprits = {pages[n] for n in numbers} - {MALFORMED}
    left, reasons, read = done(task, chance, rate, culprits)
    names = {(task.files[place.file].source, place.item) for place in culprits}
    assert left == {key: row for key, row in rows.items() if key not in names}
    died = (Reason.CRASHED, "the process that took the page apart died of a test")
    assert reasons == rejects | dict.fromkeys(names, died)
    assert read == inputs


def test_workers_that_always_die_end_the_build(task: Task) -> None:
    watch = Watch()
    watch.ending()
    for _ in range(2):
        task = task.mended(watch.trace(), DEATH)
    with pytest.raises(OutputError, match="the last one died of a test"):
        task.mended(watch.trace(), DEATH)
