from __future__ import annotations

import gzip
import importlib.util
import os
from pathlib import Path

import pytest

from benchmarks import speed
from newsds import extract
from newsds.limits import PAGE_BLOCKS, PAGE_BYTES
from newsds.train.tables import align


def test_pages_are_found_in_folders_and_by_patterns(tmp_path: Path) -> None:
    (tmp_path / "b").mkdir()
    (tmp_path / "b/2.html.gz").write_bytes(gzip.compress(b"two"))
    (tmp_path / "1.html").write_bytes(b"one")
    (tmp_path / "3.txt").write_bytes(b"three")
    assert speed.read_pages(str(tmp_path), speed.PAGE_SUFFIXES) == [b"one", b"two"]
    assert speed.read_pages(str(tmp_path / "*.html"), speed.PAGE_SUFFIXES) == [b"one"]
    assert speed.read_pages(str(tmp_path / "**/*"), speed.DUMP_SUFFIXES) == [b"three"]


def test_tasks_take_turns(monkeypatch: pytest.MonkeyPatch) -> None:
    turns: list[str] = []
    speed.median_times({"a": lambda: turns.append("a"), "b": lambda: turns.append("b")}, repeats=2)
    assert "".join(turns) == "abbaab" or "".join(turns) == "baabba"
    clock = iter([0.0, 1.0, 10.0, 13.0, 20.0, 22.0])
    monkeypatch.setattr("time.process_time", lambda: next(clock))
    assert speed.median_times({"a": lambda: None}, repeats=3, warm=False) == {"a": 2.0}


@pytest.mark.parametrize("html", [True, False])
def test_long_page_is_one_article_of_its_size(html: bool) -> None:
    page = speed.long_page(30_000, html=html)
    assert 28_000 < len(page) <= 30_000
    assert len(extract(page).text) > 15_000
    assert speed.long_page(60_000, html=html).startswith(page)


def test_longest_page_is_within_the_limits() -> None:
    size = int(speed.LARGEST_TEXT * speed.MB)
    assert size < PAGE_BYTES.value
    assert speed.long_page(size, html=False).count(b"\n\n") < PAGE_BLOCKS.value


def test_rows_of_pages_with_peers_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    rows = list(speed.html_rows([b"<p>One.</p>"] * 3, 1))
    assert [row[0] for row in rows[1:3]] == ["newsds, batches", "newsds, single pages"]
    assert rows[1][-1] == "1.00"
    assert rows[3:] == [("resiliparse", "not installed"), ("trafilatura", "not installed")]
    assert "not installed" in align(rows)


def test_rows_of_dumps_and_ladders() -> None:
    assert len(list(speed.text_rows([b"One.", b"Two."], 1))) == 2
    rows = list(speed.linearity_rows("one page", 0.02, html=True, repeats=1))
    assert [row[-1] == "–" for row in rows[1:]] == [True] + [False] * speed.STEPS


def test_rows_of_the_start() -> None:
    assert [row[0] for row in speed.start_rows(1)][1] == "import newsds"


def test_rows_of_weights(tmp_path: Path) -> None:
    assert list(speed.weight_rows(tmp_path))[1] == ("none", "–")
    (tmp_path / "w.npz").write_bytes(b"0" * 1500)
    assert list(speed.weight_rows(tmp_path))[1] == ("w.npz", "1.5")


def test_where_nothing_is_to_measure(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "environ", dict(os.environ))
    with pytest.raises(SystemExit):
        speed.main(["--pages", str(tmp_path)])
