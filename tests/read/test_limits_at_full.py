"""limits of the readers at the values that hold: what is just allowed is read, one more is not."""

from __future__ import annotations

import gzip
import io
import tarfile
import zipfile
from collections.abc import Iterator
from itertools import chain, repeat
from pathlib import Path
from typing import BinaryIO, cast

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from newsds.limits import (
    BUFFERED_BYTES,
    EXPANDED_BYTES,
    EXPANSION_RATIO,
    HEADER_BYTES,
    LINE_BYTES,
    MEMBERS,
    NESTING,
    PAGE_BYTES,
)
from newsds.model import Page, Reason, Rejection
from newsds.read import InputFile, ReadSettings, dispatch, members, read_input
from newsds.read.archive import Other
from newsds.read.members import Fault, Members

pytestmark = pytest.mark.slow
PAGE = b"Boats wait\n\nThe boats wait for the tide.\n"


def _read(path: Path) -> list[Page | Reason]:
    found = read_input(InputFile(source=path.name, path=str(path)))
    return [one if isinstance(one, Page) else one.reason for one in found]


def _contents(path: Path) -> list[bytes | Reason]:
    return [one.content if isinstance(one, Page) else one for one in _read(path)]


@pytest.mark.parametrize("more", [0, 1])
def test_line_bytes(more: int, tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    first, last = b'{"text": "Boats wait", "note": "', b'"}'
    filler = b"a" * (LINE_BYTES.value + more - len(first) - len(last))
    path.write_bytes(first + filler + last + b'\n{"text": "Another"}\n')
    assert _contents(path) == [Reason.MALFORMED if more else b"Boats wait", b"Another"]


@pytest.mark.parametrize("more", [0, 1])
def test_header_bytes(more: int, tmp_path: Path) -> None:
    path = tmp_path / "a.warc"

    def record(size: int, name: str) -> bytes:
        lines = b"WARC/1.0\r\nWARC-Type: resource\r\nWARC-Record-ID: <urn:x>\r\nWARC-Date: 2024-02-03T04:05:06Z\r\n"
        lines += f"WARC-Target-URI: https://a.example/{name}\r\n".encode()
        lines += f"Content-Type: text/plain\r\nContent-Length: {len(PAGE)}\r\n".encode()
        filler = size - len(lines) - len(b"X: \r\n\r\n")
        return lines + b"X: " + b"a" * max(filler, 0) + b"\r\n\r\n" + PAGE + b"\r\n\r\n"

    path.write_bytes(record(0, "1") + record(HEADER_BYTES.value + more, "2") + record(0, "3"))
    found = _read(path)
    pages = [one.url for one in found if isinstance(one, Page)]
    assert pages == [f"https://a.example/{n}" for n in ((1, 3) if more else (1, 2, 3))]
    assert [one for one in found if isinstance(one, Reason)] == ([Reason.DAMAGED] if more else [])


@pytest.mark.parametrize(("more", "held"), [(0, True), (1, False)])
def test_nesting(more: int, held: bool, tmp_path: Path) -> None:
    content, name = PAGE, "page.txt"
    for level in range(NESTING.value + more):
        out = io.BytesIO()
        if level % 2:
            with zipfile.ZipFile(out, "w") as archive:
                archive.writestr(name, content)
        else:
            with tarfile.open(fileobj=out, mode="w") as archive_:
                info = tarfile.TarInfo(name)
                info.size = len(content)
                archive_.addfile(info, io.BytesIO(content))
        content, name = out.getvalue(), f"{level}.{'zip' if level % 2 else 'tar'}"
    (tmp_path / name).write_bytes(content)
    assert _contents(tmp_path / name) == [PAGE if held else Reason.TOO_DEEP]


def test_expansion_ratio(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl.gz"
    lines = b'{"text": "Boats wait"}\n' + b'{"text": "Another"}\n'
    # zeros: a thousand bytes a stored byte, five times what is allowed
    path.write_bytes(gzip.compress(lines + bytes(66 * 2**20) + b"\n", mtime=0))
    assert _contents(path) == [b"Boats wait", b"Another", EXPANSION_RATIO.code]
    path.write_bytes(gzip.compress(lines + b" " * (62 * 2**20) + b"\n" + lines, mtime=0))
    assert EXPANSION_RATIO.code not in _contents(path), "below 64 MiB anything goes"


@pytest.mark.parametrize("more", [0, 1])
def test_buffered_bytes(more: int, tmp_path: Path) -> None:
    def parquet(filler: int) -> bytes:
        out = io.BytesIO()
        table = pa.table({"text": [PAGE.decode()], "note": [bytes(filler)]})
        pq.write_table(table, out, compression="none", use_dictionary=False, write_statistics=False)
        return out.getvalue()

    size = BUFFERED_BYTES.value + more
    content = parquet(2 * size - 4096 - len(parquet(size - 4096)))
    assert len(content) == size
    path = tmp_path / "a.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("a.parquet", content)
    assert _contents(path) == [Reason.TOO_LARGE if more else PAGE]


@pytest.mark.parametrize("more", [0, 1])
def test_members(more: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of a stand-in for the reader of zip files, since that takes a minute for as many members."""
    folder = Other(kind="folder")
    monkeypatch.setattr(dispatch, "zip_members", lambda file, source: repeat(folder, MEMBERS.value + more))
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("a/", b"")
    out.seek(0)
    reading = dispatch.Reading(ReadSettings())
    found = list(reading.pages(out, "a.zip"))
    assert [one.reason for one in found if isinstance(one, Rejection)] == [MEMBERS.code] * more
    assert reading.skipped == {"folder": MEMBERS.value}


class _Repeated:
    """A decompressor that gives the same mebibyte again and again, and no more of it than is allowed for its input."""

    unused_data = b""
    data = bytes(2**20)

    def __init__(self, size: int) -> None:
        self.left = size
        self._given = 0

    @property
    def eof(self) -> bool:
        return not self.left

    @property
    def needs_input(self) -> bool:
        return not self._given % 8  # of 64 KiB

    def decompress(self, data: bytes | memoryview, max_length: int = -1) -> bytes:
        out = self.data[: self.left]
        self.left -= len(out)
        self._given += 1
        return out


@pytest.mark.parametrize("more", [0, 1])
def test_expanded_bytes_of_a_compressed_file(more: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """With a stand-in for the decompressor: real ones write some gigabytes a second, and would take minutes."""
    decoder = _Repeated(EXPANDED_BYTES.value + more)
    chunks = chain([b"\x28\xb5\x2f\xfd" + bytes(2**16 - 4)], repeat(bytes(2**16), EXPANDED_BYTES.value // 2**23))

    class File:
        def read(self, size: int) -> bytes:
            return next(chunks, b"") if decoder.left else b""

    monkeypatch.setattr(members, "new_decoder", lambda compression, dictionary: decoder)
    size = 0
    reasons: list[Reason] = []
    for piece in Members(cast(BinaryIO, File()), "zstd").pieces():
        if isinstance(piece, Fault):
            reasons.append(piece.reason)
        else:
            size += len(piece.data)
    assert reasons == [EXPANDED_BYTES.code] * more
    assert size == EXPANDED_BYTES.value + more


@pytest.mark.parametrize("more", [0, 1])
def test_expanded_bytes_of_columns(more: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of a stand-in for Parquet: one value, in as many rows as it takes."""
    page = Page(content=bytes(PAGE_BYTES.value))
    count = EXPANDED_BYTES.value // PAGE_BYTES.value

    def read(file: BinaryIO, source: str, settings: ReadSettings) -> Iterator[Page]:
        yield from repeat(page, count + more)

    monkeypatch.setattr(dispatch, "_columnar", lambda form: read)
    found = list(dispatch.Reading(ReadSettings()).pages(io.BytesIO(b"PAR1" + bytes(60) + b"PAR1"), "a.parquet"))
    assert found.count(page) == count
    assert [one.reason for one in found if isinstance(one, Rejection)] == [EXPANDED_BYTES.code] * more
