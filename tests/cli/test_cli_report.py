"""`newsds report`: the file of the API, under the name of the version or the one that is given."""

from __future__ import annotations

from pathlib import Path

import pytest

import newsds

from .conftest import Invoke, assert_failed


@pytest.fixture
def dataset(tmp_path: Path, page: Path) -> Path:
    return newsds.build(page, tmp_path / "dist", config=newsds.BuildConfig(name="harbour")).path


def test_the_file_is_that_of_the_api(
    invoke: Invoke, dataset: Path, page: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    result = invoke("report", dataset.parent, "--sources", page)
    assert (result.exit_code, result.stdout) == (0, "")
    assert "wrote harbour-1.0.0.html" in result.stderr
    assert (tmp_path / "harbour-1.0.0.html").read_text() == newsds.report(dataset, sources=[page])
    result = invoke("report", dataset, "--out", "-")
    assert (result.exit_code, result.stdout, result.stderr) == (0, newsds.report(dataset), "")
    result = invoke("report", "--compare", dataset, dataset, "--out", "-")
    assert (result.exit_code, result.stdout) == (0, newsds.report(dataset, compare=dataset))


def test_what_is_not_there_is_an_error(invoke: Invoke, dataset: Path, tmp_path: Path) -> None:
    assert_failed(invoke("report", tmp_path / "no"), 6, "does not exist")
    assert_failed(invoke("report", dataset, "--version", "2.0.0"), 6, "2.0.0")
    assert_failed(invoke("report", dataset, "--sources", tmp_path / "no", "--out", "-"), 3, "no such file")
    assert_failed(invoke("report", dataset, "--out", tmp_path / "no" / "x.html"), 4, "cannot write")
