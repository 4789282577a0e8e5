"""`stats`."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from newsds.schema import ARTICLES

from .conftest import BODY, HOSTILE, Invoke, assert_failed

TAG = "Ta\x1b[31mg\u202e|`<b>"


@pytest.fixture
def dataset(invoke: Invoke, tmp_path: Path) -> Path:
    (tmp_path / "pages").mkdir()
    title = "A headline about nothing"
    html = "".join(f"<p>{p}</p>" for p in BODY.split("\n\n"))
    keyword = TAG.replace("<", "&lt;")
    head = f"<title>{title}</title><meta name=keywords content='{keyword}'>"
    html = f"<html lang=en>{head}<h1>{title}</h1>{html}"
    (tmp_path / "pages/a.html").write_text(html, encoding="utf-8")
    (tmp_path / "pages/b.txt").touch()
    assert invoke("build", tmp_path / "pages", "--out", tmp_path / "dist", "--workers", "1").exit_code == 0
    return tmp_path / "dist/pages"


def test_table(invoke: Invoke, dataset: Path) -> None:
    result = invoke("stats", dataset)
    assert result.exit_code == 0
    assert not HOSTILE.search(result.stdout)
    lines = result.stdout.splitlines()
    assert lines[0] == "1 articles, 1 rejects"
    for column in ARTICLES:
        assert any(line.startswith(f"{column.name} ") for line in lines)
    assert "rejects by reason" in lines
    assert "  empty  1" in lines
    assert any("\\u202e|`<b>  1" in line for line in lines)


def test_json_is_what_the_build_wrote(invoke: Invoke, dataset: Path) -> None:
    written = json.loads((dataset / "1.0.0/stats.json").read_text(encoding="utf-8"))
    result = invoke("stats", dataset / "1.0.0", "--json")
    assert not HOSTILE.search(result.stdout)
    assert json.loads(result.stdout) == json.loads(invoke("stats", dataset, "--version", "1.0.0", "--json").stdout)
    assert json.loads(result.stdout) == written


def test_markdown(invoke: Invoke, dataset: Path) -> None:
    result = invoke("stats", dataset, "--markdown")
    assert not HOSTILE.search(result.stdout)
    assert "| language | articles | share | characters of text |\n" in result.stdout
    assert "| `empty` | 1 | the input holds no visible character |\n" in result.stdout
    assert "<b>" not in result.stdout


def test_failures(invoke: Invoke, dataset: Path, tmp_path: Path) -> None:
    assert_failed(invoke("stats", tmp_path / "gone"), 6, "gone", "does not exist")
    assert_failed(invoke("stats", dataset, "--version", "2.0.0"), 6, "no version 2.0.0")
    assert_failed(invoke("stats", dataset, "--json", "--markdown"), 2, "exclude each other")
    file = next(dataset.glob("1.0.0/data/articles/*"))
    file.write_bytes(b"PAR1")
    assert_failed(invoke("stats", dataset), 6, "cannot read", "newsds validate")
