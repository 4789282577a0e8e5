"""What a build tells of how far it is."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsds.build import build
from newsds.build.progress import Progress, Snapshot, reporting
from newsds.errors import OutputError, SourceError

Make = Callable[..., Path]
KEYS = {*Snapshot.__dataclass_fields__} - {"outcome"}


def lines(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


@pytest.mark.parametrize("workers", [0, 2])
def test_a_build_tells_how_far_it_is(make_pages: Make, tmp_path: Path, workers: int) -> None:
    folder = make_pages(5, empty_dot_txt="")
    built = build(folder, tmp_path / "out", workers=workers, progress_json=tmp_path / "progress.jsonl")
    found = lines(tmp_path / "progress.jsonl")
    assert [one["state"] for one in found if one["state"] != "reading"] == ["writing", "done"]
    assert found[0]["state"] == "reading"
    size = sum(path.stat().st_size for path in folder.iterdir())
    assert found[0] == found[0] | {"files": 0, "files_total": 6, "bytes": 0, "bytes_total": size, "pages": 0}
    last = found[-1]
    assert last == last | {"files": 6, "bytes": size, "pages": 6, "rejects": 1, "eta_seconds": None}
    assert (last["version"], last["folder"], last["unchanged"]) == ("1.0.0", str(built.path), False)
    assert [set(one) for one in found[:-1]] == [KEYS] * len(found[:-1])


def test_progress_changes_no_byte(make_pages: Make, tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    folder = make_pages(3)
    plain = build(folder, tmp_path / "plain").path
    told = build(folder, tmp_path / "told", progress=True, progress_json=tmp_path / "progress.jsonl").path
    assert {p.name: p.read_bytes() for p in plain.rglob("*") if p.is_file()} == {
        p.name: p.read_bytes() for p in told.rglob("*") if p.is_file()
    }
    drawn = capfd.readouterr().err
    assert "0/3 files" in drawn
    assert "3/3 files, 3 pages, 0 rejects, writing" in drawn


def test_a_build_that_fails_says_so(make_pages: Make, tmp_path: Path) -> None:
    path = tmp_path / "progress.jsonl"
    with pytest.raises(SourceError, match="nowhere"):
        build(tmp_path / "nowhere", tmp_path / "out", progress_json=path)
    (last,) = lines(path)
    assert (last["state"], last["error"]) == ("failed", "SourceError")
    assert "nowhere" in last["message"]
    build(make_pages(1), tmp_path / "out", progress_json=path)  # appends
    assert [one["state"] for one in lines(path)] == ["failed", "reading", "writing", "done"]


def test_a_file_that_cannot_be_written(make_pages: Make, tmp_path: Path) -> None:
    folder = make_pages(1)
    with pytest.raises(OutputError, match=r"cannot write .*nowhere"):
        build(folder, tmp_path / "out", progress_json=tmp_path / "nowhere/progress.jsonl")
    assert not (tmp_path / "out").exists()
    if not Path("/dev/full").exists():
        return
    with pytest.warns(UserWarning, match="no more progress is written to /dev/full: No space left"):
        made = build(folder, tmp_path / "out", progress_json="/dev/full")
    assert made.version == "1.0.0"


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


def test_rates_are_of_the_last_half_minute() -> None:
    clock = Clock()
    progress = Progress(clock=clock)
    progress.plan(files=100, bytes=10_000)
    progress.add(files=40, bytes=4000, pages=40, rejects=0, reused=True)
    clock.now = 10.0
    assert progress.snapshot().eta_seconds is None
    progress.add(files=10, bytes=1000, pages=20, rejects=1)
    found = progress.snapshot()
    assert (found.files, found.pages_per_second, found.bytes_per_second, found.eta_seconds) == (50, 2.0, 100.0, 50.0)
    clock.now = 45.0
    progress.add(files=30, bytes=3000, pages=30, rejects=0)
    found = progress.snapshot()
    assert (found.pages_per_second, found.bytes_per_second, found.eta_seconds) == (1.0, 100.0, 20.0)
    progress.write()
    assert progress.snapshot().eta_seconds is None


def test_what_is_far_away_has_no_length() -> None:
    clock = Clock()
    progress = Progress(clock=clock)
    progress.plan(files=4, bytes=0)
    clock.now = 8.0
    progress.add(files=1, bytes=500, pages=9, rejects=0)
    assert progress.snapshot().eta_seconds == 24.0


@given(st.lists(st.tuples(st.floats(0, 100), st.integers(0, 9), st.integers(0, 10**6), st.integers(0, 99)), max_size=9))
def test_sums_are_sums(told: list[tuple[float, int, int, int]]) -> None:
    clock = Clock()
    seen: list[Snapshot] = []
    progress = Progress(seen.append, clock=clock)
    progress.plan(files=99, bytes=10**7)
    for seconds, files, size, pages in told:
        clock.now += seconds
        progress.add(files=files, bytes=size, pages=pages, rejects=pages // 2)
    last = seen[-1]
    assert len(seen) == len(told) + 1
    assert (last.files, last.bytes, last.pages) == tuple(sum(one[i] for one in told) for i in (1, 2, 3))
    assert all(one.eta_seconds is None or one.eta_seconds >= 0 for one in seen)
    assert last.line()


def test_few_lines_are_written(tmp_path: Path) -> None:
    path = tmp_path / "progress.jsonl"
    with reporting(show=False, file=path) as progress:
        progress.plan(files=1000, bytes=1000)
        for _ in range(1000):
            progress.add(files=1, bytes=1, pages=1, rejects=0)
        progress.end("done", {})
    found = lines(path)
    assert len(found) < 20
    assert (found[-1]["state"], found[-1]["files"]) == ("done", 1000)
