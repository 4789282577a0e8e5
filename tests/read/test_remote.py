"""remote: addresses that fsspec knows, listed and read like files; nothing else is fetched."""

from __future__ import annotations

import hashlib
import sys
import threading
from collections.abc import Iterator
from functools import partial
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest

from newsds.build import build
from newsds.errors import SourceError, UsageError
from newsds.layout import read_manifest
from newsds.model import Page, Reason, Rejection
from newsds.read import InputFile, find_files, read, read_input
from tests.read import containers as make

fsspec = pytest.importorskip("fsspec")
PAGES = make.pages(4)


@pytest.fixture
def memory() -> Iterator[str]:
    system = fsspec.filesystem("memory")
    for name, content in {
        "z.jsonl.gz": make.COMPRESSIONS[".gz"](make.jsonl(PAGES)),
        "a/b.parquet": make.parquet(PAGES),
        "a/c.zip": make.zipped(PAGES),
        "a/d.txt": PAGES["page-000.txt"],
        "a/e.xyz": b"?",
    }.items():
        system.pipe_file(f"/dumps/{name}", content)
    yield "memory://dumps"
    system.rm("/dumps", recursive=True)


def test_a_remote_folder_is_listed_and_read_in_the_order_of_names(memory: str) -> None:
    assert [one.source for one in find_files([memory])] == [
        "a/b.parquet",
        "a/c.zip",
        "a/d.txt",
        "a/e.xyz",
        "z.jsonl.gz",
    ]
    assert [one.source for one in find_files([f"{memory}/"], include=["a/*"], exclude=["**/*.xyz"])] == [
        "a/b.parquet",
        "a/c.zip",
        "a/d.txt",
    ]
    assert [one.source for one in find_files([f"{memory}/*/*.zip"])] == ["a/c.zip"]
    assert [one.source for one in find_files([f"{memory}/a/d.txt"])] == ["d.txt"]
    found = list(read(memory))
    assert make.contents(found) == [*PAGES.values(), *PAGES.values(), PAGES["page-000.txt"], *PAGES.values()]
    assert [one.reason for one in found if isinstance(one, Rejection)] == [Reason.UNKNOWN_FORMAT]


def test_two_sources_are_told_apart(memory: str, tmp_path: Path) -> None:
    (tmp_path / "x.txt").write_text("x")
    names = [one.source for one in find_files([memory, tmp_path])]
    assert names[0] == "dumps/a/b.parquet"
    assert names[-1] == f"{tmp_path.name}/x.txt"


def test_a_build_from_afar_is_that_from_near(memory: str, tmp_path: Path) -> None:
    near = tmp_path / "dumps"
    for one in find_files([memory]):
        path = near / one.source
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(fsspec.filesystem("memory").cat_file(f"/dumps/{one.source}"))
    far, here = build(memory, tmp_path / "far"), build(near, tmp_path / "near")
    assert far.name == here.name == "dumps"
    assert (far.content_digest, far.counts) == (here.content_digest, here.counts)
    assert read_manifest(far.path).inputs == read_manifest(here.path).inputs


@pytest.mark.parametrize("address", ["memory://nowhere", "memory://nowhere/*.txt"])
def test_nothing_there(address: str) -> None:
    with pytest.raises(SourceError, match=r"no file at|no such"):
        find_files([address])


def test_a_file_that_went_away(memory: str) -> None:
    (file, *_) = find_files([f"{memory}/a/d.txt"])
    fsspec.filesystem("memory").rm("/dumps/a/d.txt")
    (found,) = read_input(file)
    assert isinstance(found, Rejection)
    assert found.reason is Reason.UNREADABLE


def test_schemes_that_are_none_or_not_installed(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(UsageError, match="no scheme that fsspec knows"):
        find_files(["klingon://bucket"])
    with pytest.raises(UsageError, match="chains file systems"):
        find_files(["zip://a.html::https://a.example/b.zip"])
    monkeypatch.setitem(sys.modules, "s3fs", None)
    with pytest.raises(UsageError, match="a package that s3:// needs") as caught:
        find_files(["s3://bucket/key"])
    assert "s3fs" in caught.value.remedy
    monkeypatch.setitem(sys.modules, "fsspec.core", None)
    with pytest.raises(UsageError, match="fsspec is needed") as caught:
        find_files(["https://user:secret@a.example/x?token=secret"])
    assert "newsds[remote]" in caught.value.remedy
    assert "secret" not in str(caught.value)


class _Handler(BaseHTTPRequestHandler):
    """Serves bytes by name, with ranges or without; notes what is asked for."""

    def __init__(self, files: dict[str, bytes], asked: list[str], *args: object) -> None:
        self.files, self.asked = files, asked
        super().__init__(*args)  # type: ignore[arg-type]

    def do_HEAD(self) -> None:
        self._answer(body=False)

    def do_GET(self) -> None:
        self._answer(body=True)

    def _answer(self, *, body: bool) -> None:
        self.asked.append(self.path)
        content = self.files.get(self.path)
        if content is None:
            self.send_error(404)
            return
        ranges = "plain" not in self.path
        asked = self.headers.get("Range") if ranges else None
        status, part = 200, content
        if asked:
            first, _, last = asked.removeprefix("bytes=").partition("-")
            part = content[int(first) : int(last) + 1 if last else None]
            status = 206
        self.send_response(status)
        if asked:
            self.send_header("Content-Range", f"bytes {first}-{int(first) + len(part) - 1}/{len(content)}")
        if ranges:
            self.send_header("Accept-Ranges", "bytes")
        self.send_header("Content-Length", str(len(part)))
        self.end_headers()
        if body:
            self.wfile.write(part)

    def log_message(self, *args: object) -> None:
        pass


@pytest.fixture
def server() -> Iterator[tuple[str, dict[str, bytes], list[str]]]:
    files: dict[str, bytes] = {}
    asked: list[str] = []
    with HTTPServer(("127.0.0.1", 0), partial(_Handler, files, asked)) as http:
        thread = threading.Thread(target=http.serve_forever, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{http.server_port}", files, asked
        http.shutdown()
        thread.join()


def test_one_file_over_http(server: tuple[str, dict[str, bytes], list[str]]) -> None:
    pytest.importorskip("aiohttp")
    address, files, asked = server
    files["/a.jsonl.gz"] = files["/plain.jsonl.gz"] = make.COMPRESSIONS[".gz"](make.jsonl(PAGES))
    files["/a.parquet"] = make.parquet(PAGES)
    for name in ("a.jsonl.gz", "plain.jsonl.gz", "a.parquet"):
        (file,) = find_files([f"{address}/{name}"])
        assert file == InputFile(source=name, path=f"{address}/{name}")
        reader = read_input(file)
        assert make.contents(list(reader)) == list(PAGES.values())
        assert reader.sha256 == hashlib.sha256(files[f"/{name}"]).hexdigest()
    assert set(asked) == set(files)


def test_no_link_is_followed(server: tuple[str, dict[str, bytes], list[str]]) -> None:
    pytest.importorskip("aiohttp")
    address, files, asked = server
    files["/"] = f'<!DOCTYPE html><a href="/b.html">b</a><a href="{address}/c.html">'.encode()
    (page,) = read(f"{address}/")
    assert isinstance(page, Page)
    assert set(asked) == {"/"}
    (missing,) = read(f"{address}/none.html")
    assert isinstance(missing, Rejection)
    assert missing.reason is Reason.UNREADABLE
