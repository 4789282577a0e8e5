"""containers: the same pages come out of each, as the same rows."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from newsds.build import build
from newsds.layout import read_manifest
from newsds.model import Page
from newsds.pipeline import extract_pages
from newsds.read import InputFile, read_input
from newsds.schema import article_to_row
from newsds.validate import validate
from tests.read import containers as make

PAGES = make.pages()
CONTAINERS = make.containers(PAGES)
PLACE = {"source", "record", "offset", "length", "url", "site", "captured_at"}
"""What a container knows of a page that a file does not."""


def _row(page: Page) -> dict[str, Any]:
    (article,) = extract_pages([page])
    return {name: value for name, value in article_to_row(article).items() if name not in PLACE}


@pytest.fixture(scope="module")
def expected() -> list[dict[str, Any]]:
    types = {".html": "text/html", ".txt": "text/plain"}
    return [_row(Page(content=x, media_type=types[Path(name).suffix])) for name, x in PAGES.items()]


@pytest.mark.parametrize("name", sorted(CONTAINERS))
def test_every_container_gives_the_same_rows(name: str, tmp_path: Path, expected: list[dict[str, Any]]) -> None:
    rows = []
    for file, content in CONTAINERS[name].items():
        (tmp_path / file).write_bytes(content)
        reader = read_input(InputFile(source=file, path=str(tmp_path / file)))
        found = list(reader)
        assert all(isinstance(one, Page) for one in found), found
        assert reader.pages == len(found)
        assert (reader.bytes, reader.sha256) == (len(content), hashlib.sha256(content).hexdigest())
        assert len({(one.source, one.record) for one in found}) == len(found)
        if "warc" in name or name == "wacz":
            assert reader.skipped["warcinfo"] == 1
            assert reader.skipped["request"] == 20
            assert [one.url for one in found] == [f"https://a.example/{page}" for page in PAGES]
        rows += [_row(one) for one in found if isinstance(one, Page)]
    assert rows == expected


def test_a_build_over_every_container_has_each_article_once(tmp_path: Path) -> None:
    root = tmp_path / "pages"
    for name, files in CONTAINERS.items():
        for file, content in files.items():
            path = root / name / file
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
    result = build(root, tmp_path / "out")
    counts = result.counts
    assert (counts.rows, counts.rejected, counts.duplicates) == (20, 0, 20 * (len(CONTAINERS) - 1))
    assert counts.pages == 20 * len(CONTAINERS)
    assert counts.inputs == sum(map(len, CONTAINERS.values()))
    assert validate(result.path).ok
    inputs = {one.source: one for one in read_manifest(result.path).inputs}
    assert inputs["tar/a.tar"].skipped == {"folder": 1, "link": 1}
    assert inputs["jsonl/a.jsonl"].pages == 20
    rejects = pq.read_table(next((result.path / "data/rejects").glob("*.parquet"))).to_pylist()
    assert {one["reason"] for one in rejects} == {"duplicate"}
    assert {one["source"].split("/")[0] for one in rejects} == set(CONTAINERS) - {
        min(CONTAINERS, key=lambda name: f"{name}/")
    }


def test_place_of_a_page_in_archives(tmp_path: Path) -> None:
    (first, *_) = make.read_bytes(CONTAINERS["zip-in-tar-gz"]["a.tar.gz"], "a.tar.gz", tmp_path)
    assert (first.source, first.record) == ("a.tar.gz!/pages/in.zip!/pages/page-000.txt", 0)
    content = CONTAINERS["tar"]["a.tar"]
    for one in make.read_bytes(content, "a.tar", tmp_path):
        assert one.record >= 1  # the folder is number 0
        assert content[one.offset : one.offset + one.length].endswith(one.content)
    content = CONTAINERS["jsonl"]["a.jsonl"]
    for one in make.read_bytes(content, "a.jsonl", tmp_path):
        assert content[one.offset : one.offset + one.length].startswith(b'{"id"')
    content = CONTAINERS["zip-stored"]["a.zip"]
    for one in make.read_bytes(content, "a.zip", tmp_path):
        assert content[one.offset : one.offset + one.length].endswith(one.content)
