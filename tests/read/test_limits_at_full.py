"""limits of the readers at the values that hold: what is just allowed is read, one more is not."""

from __future__ import annotations

import gzip
import io
import tarfile
import zipfile
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from newsds.limits import BUFFERED_BYTES, EXPANSION_RATIO, HEADER_BYTES, LINE_BYTES, NESTING
from newsds.model import Page, Reason
from newsds.read import InputFile, read_input

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
