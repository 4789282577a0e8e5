"""deltas: what the store does not have is counted, and inputs that stay the same are left as they are."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from benchmarks import deltas


def test_only_new_bytes_are_counted(tmp_path: Path) -> None:
    pytest.importorskip("hf_xet")
    path = tmp_path / "a.bin"
    path.write_bytes(random.Random(1).randbytes(1 << 20))
    sent, size = deltas.upload([path], tmp_path / "store")
    assert 1 << 20 == size <= sent
    again, _ = deltas.upload([path], tmp_path / "store")
    assert again < size // 100
    path.write_bytes(path.read_bytes()[: 1 << 19] + b"boats" + path.read_bytes()[1 << 19 :])
    changed, _ = deltas.upload([path], tmp_path / "store")
    assert 1 << 10 < changed < size // 2


def test_files_without_a_change_are_left_alone(tmp_path: Path) -> None:
    pages = [(number, number % 2, 10 * number) for number in range(20)]
    deltas.write_pages(tmp_path, pages)
    before = {path: path.stat().st_mtime_ns for path in tmp_path.rglob("*.jsonl")}
    deltas.write_pages(tmp_path, [*pages, (20, 1, 0)])
    after = {path: path.stat().st_mtime_ns for path in tmp_path.rglob("*.jsonl")}
    assert after.keys() == before.keys()
    assert [path.relative_to(tmp_path).as_posix() for path in after if after[path] != before[path]] == [
        "site-01/000.jsonl"
    ]
    deltas.write_pages(tmp_path, pages[::2])
    assert {path.parent.name for path in tmp_path.rglob("*.jsonl")} == {"site-00"}
