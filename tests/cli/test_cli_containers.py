"""extract and build: containers, field names, standard input."""

from __future__ import annotations

import gzip
import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from newsds.cli import main
from tests.read import containers as make

PAGES = make.pages(3)


def _run(*args: str, **options: Any) -> Result:
    return CliRunner().invoke(main, list(args), **options)


def _rows(output: str) -> list[dict[str, Any]]:
    decoder, rows = json.JSONDecoder(), []
    while output.strip():
        row, end = decoder.raw_decode(output.lstrip())
        rows.append(row)
        output = output.lstrip()[end:]
    return rows


@pytest.mark.parametrize("name", ["a.jsonl.gz", "a.tar", "a.parquet", "a.warc.gz"])
def test_extract_gives_each_page_of_a_container(name: str, tmp_path: Path) -> None:
    content = {
        "a.jsonl.gz": gzip.compress(make.jsonl(PAGES)),
        "a.tar": make.tar(PAGES),
        "a.parquet": make.parquet(PAGES),
        "a.warc.gz": make.warc(PAGES, gzip.compress),
    }[name]
    (tmp_path / name).write_bytes(content)
    titles = [f"Town {n} opens its harbour" for n in range(3)]
    done = _run("extract", str(tmp_path / name))
    assert done.exit_code == 0, done.stderr
    assert [row["title"] for row in _rows(done.stdout)] == titles
    assert done.stderr == ""
    if name != "a.parquet":
        done = _run("extract", "-", input=content)
        assert [row["title"] for row in _rows(done.stdout)] == titles
    for form in ("table", "text"):
        done = _run("extract", str(tmp_path / name), "--format", form)
        assert all(title in done.stdout for title in titles)


def test_extract_says_what_is_no_page(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    path.write_bytes(make.jsonl(PAGES) + b"nonsense\n" + b'{"text": "Too short"}\n')
    done = _run("extract", str(path))
    assert done.exit_code == 0
    assert len(_rows(done.stdout)) == 4
    assert "newsds: note: `newsds build` rejects a.jsonl, record 3: malformed: line 4 is no JSON" in done.stderr
    assert "record 4: no_article" in done.stderr


def test_field_names(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    path.write_bytes(make.jsonl(PAGES, "story"))
    done = _run("extract", str(path))
    assert done.stdout == ""
    assert (
        "no_text: no field is known to hold a page; fields there: id, story; name it: --field text=NAME" in done.stderr
    )
    done = _run("extract", str(path), "--field", "text=story")
    assert len(_rows(done.stdout)) == 3
    done = _run("build", str(path), "--out", str(tmp_path / "out"), "--workers", "0", "--field", "text=story")
    assert done.exit_code == 0
    assert "  rows        3" in done.stdout
    for wrong in ("story", "title=x", "text="):
        done = _run("extract", str(path), "--field", wrong)
        assert done.exit_code == 2, wrong
        assert len(done.stderr.splitlines()) == 2


def test_build_from_standard_input_and_a_glob(tmp_path: Path) -> None:
    out = ["--out", str(tmp_path / "out"), "--workers", "0"]
    done = _run("build", "-", *out, "--name", "piped", input=make.jsonl(PAGES))
    assert done.exit_code == 0, done.stderr
    assert "  rows        3" in done.stdout
    for name, content in PAGES.items():
        (tmp_path / name).write_bytes(content)
    done = _run("build", str(tmp_path / "*.html"), *out, "--name", "globbed")
    assert "  rows        1" in done.stdout


def test_extract_of_a_compressed_page_and_of_an_address_that_is_none(tmp_path: Path) -> None:
    path = tmp_path / "page.html.gz"
    path.write_bytes(gzip.compress(PAGES["page-001.html"]))
    assert _rows(_run("extract", str(path)).stdout)[0]["title"] == "Town 1 opens its harbour"
    done = _run("extract", "klingon://a/b")
    assert done.exit_code == 2
    assert "no scheme that fsspec knows" in done.stderr
