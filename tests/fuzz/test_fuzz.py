"""Damaged inputs: no exception, no crash, no hang, and every one accounted for.

The seeds are fixed, so that what fails, fails again. Longer: `pytest tests/fuzz --fuzz-rounds 1000`.
"""

from __future__ import annotations

import random
import time
from collections.abc import Iterator
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from newsds.build import build, run
from newsds.build.executor import Bounds, run_tasks
from newsds.model import Reason
from newsds.pipeline import extract
from newsds.read import read
from newsds.validate import validate
from tests.fuzz.mutate import MUTATIONS, mutant
from tests.fuzz.seeds import seeds

PAGE_SECONDS = 20
"""Ten times what the worst mutant takes on a slow machine."""
DEFECTS = {Reason.CRASHED.value, Reason.TIMEOUT.value, Reason.INVALID.value}
"""No damage of a page may come to these."""


@pytest.fixture
def rounds(request: pytest.FixtureRequest) -> int:
    return int(request.config.getoption("--fuzz-rounds"))


def test_every_mutation_is_one_of_any_bytes() -> None:
    for mutation in MUTATIONS:
        for data in (b"", b"a", b"<p>1\n2</p>"):
            assert mutation(random.Random(1), data, b"") == mutation(random.Random(1), data, b"")


def test_damaged_pages(rounds: int) -> None:
    pages = [page for suffix in (".html", ".txt") for page in seeds()[suffix]]
    for number in range(60 * rounds):
        chance = random.Random(number)
        page = mutant(chance, pages)
        start = time.monotonic()
        article = extract(page, kind=chance.choice(("auto", "text", "html")))
        assert time.monotonic() - start < PAGE_SECONDS, number
        ends = [0, *(end for span in article.spans for end in (span.start, span.end)), article.page_chars]
        assert ends == sorted(ends), number


def test_damaged_inputs_of_a_build(rounds: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def bounded(function: object, tasks: list[object], *, workers: int) -> Iterator[object]:
        bounds = Bounds(page_seconds=PAGE_SECONDS, read_seconds=PAGE_SECONDS)
        return run_tasks(function, tasks, workers=workers, bounds=bounds)  # type: ignore[arg-type, type-var]

    monkeypatch.setattr(run, "run_tasks", bounded)
    for number in range(rounds):
        folder = tmp_path / f"inputs-{number}"
        folder.mkdir()
        for n, (suffix, found) in enumerate(sorted(seeds().items()) * 3):
            (folder / f"{n}{suffix}").write_bytes(mutant(random.Random(f"{number}-{n}"), found))
        result = build(folder, tmp_path / "out", workers=1, version=f"1.{number}.0")
        report = validate(result.path)
        assert report, report.lines()
        assert result.counts.balanced
        assert result.counts.inputs == len(list(folder.iterdir()))
        rejects = pq.read_table(result.path / "data/rejects").to_pylist()
        assert [row for row in rejects if row["reason"] in DEFECTS] == []
        assert result.counts.pages == sum(1 for _ in read(folder))
