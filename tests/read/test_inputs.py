"""inputs, files: standard input, globs, digests, what a file is."""

from __future__ import annotations

import gzip
import hashlib
import io
import subprocess
import sys
from pathlib import Path

import pytest

from newsds.build import build, resolve_config
from newsds.errors import ConfigError, SourceError
from newsds.layout import input_of, read_manifest
from newsds.limits import PAGE_BYTES
from newsds.model import Page, Reason, Rejection
from newsds.read import STDIN, InputFile, find_files, read, read_input
from newsds.read.sniff import Format, sniff
from newsds.validate import validate
from tests.read import containers as make

PAGES = make.pages(4)


def _pipe(monkeypatch: pytest.MonkeyPatch, content: bytes) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(content)))


@pytest.mark.parametrize("content", [b"Only text", b"<p>x", b'{"text": "Only text"}', gzip.compress(b"Only text")])
def test_standard_input_is_whatever_comes(content: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    _pipe(monkeypatch, content)
    (page,) = read(STDIN)
    assert isinstance(page, Page)
    assert (page.content, page.source) in ((b"Only text", "stdin"), (b"<p>x", "stdin"))


def test_a_build_from_standard_input(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    content = gzip.compress(make.jsonl(PAGES))
    _pipe(monkeypatch, content)
    result = build(STDIN, tmp_path, workers=2)
    assert (result.name, result.counts.rows) == ("dataset", 4)
    (one,) = read_manifest(result.path).inputs
    assert (one.source, one.sha256) == ("stdin", hashlib.sha256(content).hexdigest())
    assert validate(result.path).ok


def test_globs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("a/1.txt", "a/2.html", "b/1.txt", "b/c/1.txt", "[x].txt"):
        (tmp_path / name).parent.mkdir(exist_ok=True, parents=True)
        (tmp_path / name).write_text("x")
    monkeypatch.chdir(tmp_path)
    names = {
        "*/*.txt": ["a/1.txt", "b/1.txt"],
        "b*": ["b/1.txt", "b/c/1.txt"],
        "**/1.txt": ["a/1.txt", "b/1.txt", "b/c/1.txt"],
    }
    for pattern, expected in names.items():
        assert [one.source for one in find_files([pattern])] == expected
    assert [one.source for one in find_files(["a/*.txt", "a/*.html"])] == ["1.txt", "2.html"]
    assert [one.source for one in find_files(["[x].txt"])] == ["[x].txt"]
    with pytest.raises(SourceError, match="no file matches"):
        find_files(["*.pdf"])
    with pytest.raises(SourceError, match="no such folder"):
        find_files(["nowhere/*.pdf"])


def test_what_is_no_page_is_not_read_for_its_digest(tmp_path: Path) -> None:
    for name, size in (("a.mp4", 10), ("a.txt", PAGE_BYTES.value + 1)):
        path = tmp_path / name
        with path.open("wb") as file:
            file.truncate(size)
        reader = read_input(InputFile(source=name, path=str(path)))
        (found,) = reader
        assert isinstance(found, Rejection)
        assert (reader.bytes, reader.sha256, reader.pages) == (size, None, 1)


@pytest.mark.parametrize(
    ("prefix", "name", "found"),
    [
        (b"<!DOCTYPE html>", "index.php?id=3", Format.PAGE),
        (b"\xef\xbb\xbf\n<!-- x -->\n<HTML>", "a", Format.PAGE),
        (b"text", "a", Format.UNKNOWN),
        (b"text", "README.md", Format.UNKNOWN),
        (b"", "a.txt", Format.PAGE),
        (b"", "a.parquet", Format.PARQUET),
        (b'{"a": 1}', "a.txt", Format.JSONL),
        (b'{"a": 1', "a.txt", Format.PAGE),
        (b'{\n "a": 1}', "a.json", Format.UNKNOWN),
        (b"[1]", "a.json", Format.UNKNOWN),
        (b'{"a": 1}\n', "a.csv", Format.CSV),
        (b'{"a": "' + b"x" * 70_000, "a", Format.JSONL),
        (b"Subject: x\nMime-Version: 1.0\n\n", "a", Format.MIME),
        (b"Subject: x\n\nText", "a.eml", Format.MIME),
        (b"Subject: x\n\nText", "a.txt", Format.PAGE),
        (b"WARC/1.1\r\n", "a.html", Format.WARC),
        (gzip.compress(b"WARC/1.1\r\n"), "a", Format.WARC),
        (gzip.compress(b"text"), "a", Format.COMPRESSED),
        (b"%PDF-1.7", "a.pdf", Format.UNKNOWN),
    ],
)
def test_what_a_file_is(prefix: bytes, name: str, found: Format) -> None:
    assert sniff(prefix, name) is found


def test_an_empty_container(tmp_path: Path) -> None:
    for name, content in (
        ("a.jsonl", b""),
        ("a.zip", b""),
        ("a.warc.gz", gzip.compress(b"")),
        ("b.csv.gz", gzip.compress(b"")),
    ):
        found = make.read_bytes(content, name, tmp_path)
        assert all(isinstance(one, Rejection) for one in found)
        assert [one.reason for one in found] in ([Reason.EMPTY], [Reason.DAMAGED], [])


def test_fields_of_a_build(tmp_path: Path) -> None:
    folder = tmp_path / "pages"
    folder.mkdir()
    (folder / "a.jsonl").write_bytes(make.jsonl(PAGES, "story"))
    without = build(folder, tmp_path / "without")
    assert without.reasons == {"no_text": 4}
    (folder / "newsds.toml").write_text('name = "with"\n[fields]\ntext = "story"\n')
    result = build(folder, tmp_path / "with")
    assert result.counts.rows == 4
    manifest = read_manifest(result.path)
    assert manifest.config["fields"] == {"text": "story"}
    assert manifest.config["digest"] != read_manifest(without.path).config["digest"]
    for text in ('fields = "story"', '[fields]\ntitle = "x"', "[fields]\ntext = 1"):
        (folder / "newsds.toml").write_text(text)
        with pytest.raises(ConfigError):
            resolve_config([folder])


def test_workers_change_nothing(tmp_path: Path) -> None:
    folder = tmp_path / "pages"
    folder.mkdir()
    many = make.pages(150)
    (folder / "a.jsonl").write_bytes(make.jsonl(many) + b"broken\n")
    (folder / "b.tar").write_bytes(make.tar(make.pages(160)))
    (folder / "c!").mkdir()
    (folder / "c!" / "page.txt").write_bytes(make.page(500)[1])
    one, other = build(folder, tmp_path / "one"), build(folder, tmp_path / "other", workers=2)
    assert one.counts == other.counts
    assert (one.counts.rows, one.counts.rejected, one.counts.duplicates) == (161, 1, 150)
    manifests = [read_manifest(x.path) for x in (one, other)]
    assert manifests[0] == manifests[1]
    assert validate(one.path).ok


def test_the_input_of_a_source() -> None:
    inputs = {"a.zip", "c!/a.txt", "b!/c.tar"}
    assert input_of("a.zip!/x!/y.html", inputs) == "a.zip"
    assert input_of("c!/a.txt", inputs) == "c!/a.txt"
    assert input_of("b!/c.tar!/d", inputs) == "b!/c.tar"
    assert input_of("z!/y", inputs) == "z!/y"


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="the peak is read from /proc")
def test_memory_is_flat_over_long_files(tmp_path: Path) -> None:
    lines = make.jsonl(make.pages(100))
    script = (
        "import sys; from newsds.read import read\n"
        "n = sum(1 for _ in read(sys.argv[1]))\n"
        "print(n, next(x.split()[1] for x in open('/proc/self/status') if x.startswith('VmHWM')))"
    )
    peaks = []
    for times in (20, 1000):
        for name in ("a.jsonl.gz", "b.tar", "c.csv"):
            path = tmp_path / str(times) / name
            path.parent.mkdir(exist_ok=True)
            if name == "b.tar":
                path.write_bytes(b"".join(make.tar(make.pages(100))[:-10240] for _ in range(times // 4)))
            elif name == "c.csv":
                path.write_bytes(b"text\n" + make.delimited(make.pages(100)).split(b"\n", 1)[1] * times)
            else:
                with gzip.open(path, "wb", 1) as out:
                    for _ in range(times):
                        out.write(lines)
        done = subprocess.run(
            [sys.executable, "-c", script, str(path.parent)], capture_output=True, text=True, check=True
        )
        peaks.append(int(done.stdout.split()[1]))
    assert peaks[1] - peaks[0] < 8 * 1024
