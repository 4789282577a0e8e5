"""`newsds explain --html`: the file of the API, on standard output or whole under its name."""

from __future__ import annotations

from pathlib import Path

import pytest

from newsds.report import explain_html, page_view

from .conftest import Invoke, assert_failed


def test_the_file_is_that_of_the_api(invoke: Invoke, page: Path, tmp_path: Path) -> None:
    expected = explain_html(page_view(page.read_bytes()), name="page.txt")
    result = invoke("explain", page, "--html")
    assert (result.exit_code, result.stdout, result.stderr) == (0, expected, "")
    out = tmp_path / "out.html"
    out.write_text("old")
    assert invoke("explain", page, "--html", "--out", out).exit_code == 0
    assert out.read_bytes() == expected.encode()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["out.html", "page.txt"]


def test_standard_input_has_no_name(invoke: Invoke, page: Path) -> None:
    result = invoke("explain", "-", "--html", stdin=page.read_bytes())
    assert result.stdout == explain_html(page_view(page.read_bytes()))


def test_out_is_for_html(invoke: Invoke, page: Path) -> None:
    result = invoke("explain", page, "--out", "x.html")
    assert result.exit_code == 2
    assert "--html" in result.stderr


def test_what_cannot_be_written_is_an_error(invoke: Invoke, page: Path, tmp_path: Path) -> None:
    assert_failed(invoke("explain", page, "--html", "--out", tmp_path / "no" / "x.html"), 4, "cannot write")
    assert_failed(invoke("explain", page, "--html", "--out", tmp_path), 4, "cannot write")


@pytest.mark.parametrize("fault", ["fsync", "replace"])
def test_a_full_disk_leaves_what_was_there(
    invoke: Invoke, page: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, fault: str
) -> None:
    def full(*args: object) -> None:
        raise OSError(28, "No space left on device")

    out = tmp_path / "out.html"
    out.write_text("old")
    monkeypatch.setattr("os.fsync" if fault == "fsync" else "pathlib.Path.replace", full)
    assert_failed(invoke("explain", page, "--html", "--out", out), 4, "No space left")
    assert out.read_text() == "old"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["out.html", "page.txt"]
