"""What is mutated: the pages of `raw/`, and containers of every kind that hold some of them."""

from __future__ import annotations

import base64
import bz2
import gzip
import io
import json
import lzma
import tarfile
import zipfile
from functools import cache
from pathlib import Path
from typing import Final

import pyarrow as pa
import pyarrow.parquet as pq

RAW: Final = Path(__file__).resolve().parents[2] / "raw"


@cache
def seeds() -> dict[str, tuple[bytes, ...]]:
    """Return seeds by the suffix of a file that holds them."""
    pages = {path: path.read_bytes() for path in sorted(RAW.glob("*/*/page.*"))}
    html = tuple(content for path, content in pages.items() if path.suffix == ".html")
    text = tuple(content for path, content in pages.items() if path.suffix == ".txt")
    found = {".html": html, ".txt": text, ".xhtml": html}
    articles = [content for path, content in pages.items() if path.match("text/original-layout*/*")]
    for first in range(0, 6, 3):
        for suffix, content in _containers(
            html[first : first + 3], (*articles[first : first + 2], text[first])
        ).items():
            found[suffix] = (*found.get(suffix, ()), content)
    return found


def _containers(html: tuple[bytes, ...], text: tuple[bytes, ...]) -> dict[str, bytes]:
    rows = [{"url": f"https://a.example/{n}", "text": t.decode("utf-8", "replace")} for n, t in enumerate(text + html)]
    lines = b"".join(json.dumps(row).encode() + b"\n" for row in rows)
    warc = b"".join(map(_record, html))
    members = b"".join(gzip.compress(_record(page), mtime=0) for page in html)
    made = {
        ".jsonl": lines,
        ".jsonl.gz": gzip.compress(lines, mtime=0),
        ".jsonl.bz2": bz2.compress(lines),
        ".jsonl.xz": lzma.compress(lines),
        ".csv": b"url,text\r\n" + b"".join(_cells(row, b",") for row in rows),
        ".tsv": b"url\ttext\r\n" + b"".join(_cells(row, b"\t") for row in rows),
        ".warc": warc,
        ".warc.gz": members,
        ".html.gz": gzip.compress(html[0], mtime=0),
        ".arc": b"".join(_arc_record(n, page) for n, page in enumerate(html)),
        ".eml": _mail(html[0], "message/rfc822"),
        ".mhtml": _mail(html[0], "multipart/related"),
    }
    table = pa.Table.from_pylist(rows)
    for suffix, write in ((".parquet", pq.write_table), (".arrow", _write_arrow)):
        sink = io.BytesIO()
        write(table, sink)
        made[suffix] = sink.getvalue()
    return made | _archives({f"folder/{n}.html": page for n, page in enumerate(html)} | {"a.warc.gz": members})


def _cells(row: dict[str, str], comma: bytes) -> bytes:
    return comma.join(b'"' + value.replace('"', '""').encode() + b'"' for value in row.values()) + b"\r\n"


def _record(page: bytes) -> bytes:
    body = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n" + page
    return (
        b"WARC/1.0\r\nWARC-Type: response\r\nWARC-Record-ID: <urn:uuid:0>\r\nWARC-Date: 2024-05-03T00:00:00Z\r\n"
        b"WARC-Target-URI: https://a.example/\r\nContent-Type: application/http; msgtype=response\r\n"
        b"Content-Length: %d\r\n\r\n%b\r\n\r\n" % (len(body), body)
    )


def _arc_record(number: int, page: bytes) -> bytes:
    body = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n" + page
    start = b"filedesc://a.arc 0.0.0.0 20240503000000 text/plain 2\r\n1 0 x\n\n" if number == 0 else b""
    return start + b"http://a.example/ 127.0.0.1 20240503000000 text/html %d\n%b\n" % (len(body), body)


def _mail(page: bytes, kind: str) -> bytes:
    part = b'Content-Type: text/html; charset="utf-8"\r\nContent-Transfer-Encoding: base64\r\n\r\n'
    part += base64.encodebytes(page).replace(b"\n", b"\r\n")
    head = b"From: a@a.example\r\nSubject: =?utf-8?q?a?=\r\nMIME-Version: 1.0\r\n"
    if kind == "message/rfc822":
        return head + part
    head += b"Snapshot-Content-Location: https://a.example/\r\n"
    head += b'Content-Type: multipart/related; type="text/html"; boundary="b"\r\n\r\n--b\r\n'
    return head + part + b"\r\n--b--\r\n"


def _write_arrow(table: pa.Table, sink: io.BytesIO) -> None:
    with pa.ipc.new_file(sink, table.schema) as writer:
        writer.write_table(table)


def _archives(members: dict[str, bytes]) -> dict[str, bytes]:
    zipped, taped = io.BytesIO(), io.BytesIO()
    with zipfile.ZipFile(zipped, "w", zipfile.ZIP_DEFLATED) as archive, tarfile.open(fileobj=taped, mode="w") as tape:
        for name, content in members.items():
            archive.writestr(zipfile.ZipInfo(name), content)
            info = tarfile.TarInfo(name)
            info.size = len(content)
            tape.addfile(info, io.BytesIO(content))
    return {".zip": zipped.getvalue(), ".tar": taped.getvalue(), ".tar.gz": gzip.compress(taped.getvalue(), mtime=0)}
