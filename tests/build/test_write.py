"""Where files and row groups end."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from newsds.build import build, merge, part, plan, write
from newsds.build.write import Cuts
from newsds.validate import validate
from tests.build.cutting import plan_files

SMALL = Cuts(group_rows=16, group_least=4, group_most=64, group_bytes=10_000, file_groups=4, file_least=5_000,
             file_most=40_000)  # fmt: skip


def ids(numbers: range | list[int]) -> list[str]:
    return [hashlib.sha256(str(n).encode()).hexdigest()[:32] for n in numbers]


def test_no_rows() -> None:
    assert plan_files([], [], Cuts()) == [[]]


def test_bounds() -> None:
    files = plan_files(ids(range(5000)), [100] * 5000, SMALL)
    groups = [group for file in files for group in file]
    assert [stop for _, stop in groups[:-1]] == [first for first, _ in groups[1:]]
    assert (groups[0][0], groups[-1][1]) == (0, 5000)
    sizes = [stop - first for first, stop in groups]
    assert all(4 <= size <= 64 for size in sizes[:-1])
    assert max(sizes) == 64
    assert all(100 * (file[-1][1] - file[0][0]) <= 40_000 for file in files)
    assert len(files) > 10
    assert all(files)


def test_bytes_are_bounded_unless_it_is_one_row() -> None:
    files = plan_files(ids(range(6)), [1, 9_999, 1, 50_000, 4_000, 7_000], SMALL)
    assert [group for file in files for group in file] == [(0, 2), (2, 3), (3, 4), (4, 5), (5, 6)]
    assert [len(file) for file in files] == [2, 1, 2]


def test_no_file_is_longer_than_it_may_be() -> None:
    cuts = replace(SMALL, file_cap=12_000)
    files = plan_files(ids(range(5000)), [100] * 5000, cuts, stored=1)
    assert max(100 * (file[-1][1] - file[0][0]) for file in files) <= 12_000
    assert len(files) > len(plan_files(ids(range(5000)), [100] * 5000, SMALL, stored=1))
    (one,), (other,) = plan_files(ids(range(2)), [20_000, 20_000], cuts, stored=1)
    assert (one, other) == ((0, 1), (1, 2))  # a group that is longer stands alone


def test_an_insertion_moves_cuts_near_it_only() -> None:
    before = ids(range(20_000))
    after = [*before[:7000], *ids([10**9]), *before[7000:]]

    def contents(rows: list[str]) -> set[tuple[str, ...]]:
        return {tuple(rows[a:b]) for file in plan_files(rows, [100] * len(rows), SMALL) for a, b in file}

    old = contents(before)
    assert len(contents(after) - old) <= 0.01 * len(old)


def test_many_files_and_buckets(
    make_pages: Callable[..., Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = make_pages(60)
    whole = build(folder, tmp_path / "out")
    one_file = pq.read_table(whole.path / "data/articles")
    cuts = Cuts(group_rows=4, group_least=2, group_most=8, file_groups=2, file_least=1)
    monkeypatch.setattr(write.write_articles, "__defaults__", (cuts,))
    monkeypatch.setattr(part, "BATCH_ROWS", 3)
    monkeypatch.setattr(merge, "FAN_IN", 3)
    monkeypatch.setattr(merge, "SHARED_KEYS", 40)
    monkeypatch.setattr(plan, "TASK_FILES", 2)
    cut = build(folder, tmp_path / "more")
    names = sorted(p.name for p in (cut.path / "data/articles").iterdir())
    assert len(names) > 3
    assert names == [f"train-{i:05d}-of-{len(names):05d}.parquet" for i in range(len(names))]
    assert pq.read_table(cut.path / "data/articles").equals(one_file)
    assert cut.content_digest == whole.content_digest
    assert validate(cut.path)
    for path in (cut.path / "data/articles").iterdir():
        metadata = pq.read_metadata(path)
        assert all(metadata.row_group(i).num_rows <= 8 for i in range(metadata.num_row_groups))
