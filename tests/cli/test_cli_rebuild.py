"""`rebuild`."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from .conftest import HOSTILE, PAGE, Invoke, assert_failed


@pytest.fixture
def made(invoke: Invoke, tmp_path: Path) -> Path:
    (tmp_path / "pages").mkdir()
    (tmp_path / "pages/a\x1b[31m.txt").write_text(PAGE)
    assert invoke("build", tmp_path / "pages", "--out", tmp_path / "dist", "--workers", "0").exit_code == 0
    return tmp_path / "dist/pages/1.0.0"


def test_the_same(invoke: Invoke, made: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    result = invoke("rebuild", made / "manifest.json", "--sources", tmp_path / "pages", "--workers", "0")
    assert (result.exit_code, result.stdout) == (0, "pages 1.0.0: the same, byte for byte\n")
    monkeypatch.chdir(tmp_path / "pages")
    result = invoke("rebuild", made, "--workers", "0", "--json", "--out", tmp_path / "again")
    assert result.exit_code == 0
    found = json.loads(result.stdout)
    assert (found["same"], found["path"]) == (True, str(tmp_path / "again/pages/1.0.0"))


def test_not_the_same(invoke: Invoke, made: Path, tmp_path: Path) -> None:
    result = invoke("rebuild", made, "--sources", tmp_path / "dist", "--workers", "0")
    assert result.exit_code == 11
    assert not HOSTILE.search(result.stdout)
    assert "missing: a\\x1b[31m.txt" in result.stdout
    assert_failed(invoke("rebuild", tmp_path / "no.json"), 6)
    assert_failed(invoke("rebuild"), 2)
