"""The same pages in every container that newsds reads."""

from __future__ import annotations

import bz2
import csv
import gzip
import hashlib
import io
import json
import lzma
import tarfile
import zipfile
from collections.abc import Callable, Mapping, Sequence
from email import encoders
from email.mime.base import MIMEBase
from email.mime.multipart import MIMEMultipart
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from newsds.read import InputFile, ReadSettings, read_input
from newsds.read.decoders import zstd

Pages = Mapping[str, bytes]
"""Name of a page, with its suffix → its bytes."""


def page(number: int) -> tuple[str, bytes]:
    """A page that is an article: of text if the number is even, else of HTML."""
    sentence = f"The harbour of town number {number} was opened on a quiet morning, said the people who live “there”."
    paragraphs = [f"{sentence} Paragraph {p} says more, and more, about it. {sentence}" for p in range(4)]
    title = f"Town {number} opens its harbour"
    if number % 2:
        body = "".join(f"<p>{one}</p>\n" for one in paragraphs)
        text = f'<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><title>{title}</title></head>\n'
        return f"page-{number:03d}.html", f"{text}<body><h1>{title}</h1>\n{body}</body></html>\n".encode()
    return f"page-{number:03d}.txt", (f"{title}\n\n" + "\n\n".join(paragraphs) + "\n").encode()


def pages(count: int = 20) -> Pages:
    """Return so many pages."""
    return dict(map(page, range(count)))


def jsonl(found: Pages, name: str = "text") -> bytes:
    """JSON Lines."""
    return b"".join(json.dumps({"id": n, name: content.decode()}).encode() + b"\n" for n, content in found.items())


def table(found: Pages, name: str = "text") -> pa.Table:
    """A table of them."""
    return pa.table({"id": list(found), name: pa.array([x.decode() for x in found.values()], pa.string())})


def parquet(found: Pages, rows: int = 7) -> bytes:
    """Parquet of several row groups."""
    out = io.BytesIO()
    pq.write_table(table(found), out, row_group_size=rows)
    return out.getvalue()


def arrow(found: Pages, *, stream: bool = False) -> bytes:
    """Arrow IPC of several batches."""
    out = io.BytesIO()
    rows = table(found)
    with (pa.ipc.new_stream if stream else pa.ipc.new_file)(out, rows.schema) as writer:
        writer.write_table(rows, max_chunksize=7)
    return out.getvalue()


def delimited(found: Pages, delimiter: str = ",") -> bytes:
    """CSV or TSV."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, delimiter=delimiter)
    writer.writerow(["id", "text"])
    writer.writerows([name, content.decode()] for name, content in found.items())
    return out.getvalue().encode()


def _part(name: str, content: bytes) -> MIMEBase:
    part = MIMEBase("text", "html" if name.endswith(".html") else "plain")
    part.set_payload(content)
    encoders.encode_base64(part)
    return part


def mhtml(name: str, content: bytes) -> bytes:
    """A saved page, with a picture."""
    whole = MIMEMultipart("related")
    whole["Subject"] = name
    whole.attach(_part(name, content))
    picture = MIMEBase("image", "png")
    picture.set_payload(bytes(range(256)) * 8)
    encoders.encode_base64(picture)
    whole.attach(picture)
    return whole.as_bytes()


def eml(name: str, content: bytes) -> bytes:
    """A mail."""
    return _part(name, content).as_bytes()


def tar(found: Pages, form: int = tarfile.PAX_FORMAT) -> bytes:
    """A tar archive, with a folder and a link."""
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w", format=form) as archive:
        folder = tarfile.TarInfo("pages")
        folder.type = tarfile.DIRTYPE
        archive.addfile(folder)
        for name, content in found.items():
            info = tarfile.TarInfo(f"pages/{name}")
            info.size = len(content)
            archive.addfile(info, io.BytesIO(content))
        link = tarfile.TarInfo("pages/link.html")
        link.type, link.linkname = tarfile.SYMTYPE, "/etc/passwd"
        archive.addfile(link)
    return out.getvalue()


def zipped(found: Pages, method: int = zipfile.ZIP_DEFLATED) -> bytes:
    """A zip archive."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as archive:
        for name, content in found.items():
            archive.writestr(zipfile.ZipInfo(f"pages/{name}"), content, method)
    return out.getvalue()


def wacz(found: Pages) -> bytes:
    """A web archive in a zip archive, with its index."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr(zipfile.ZipInfo("datapackage.json"), b"{}")
        archive.writestr(zipfile.ZipInfo("pages/pages.jsonl"), b'{"text": "not again"}')
        archive.writestr(zipfile.ZipInfo("archive/data.warc.gz"), warc(found, gzip.compress))
    return out.getvalue()


def streamed_zip(found: Pages, method: int = zipfile.ZIP_DEFLATED) -> bytes:
    """A zip archive written to a pipe: lengths follow the members."""

    class Pipe(io.RawIOBase):
        def __init__(self) -> None:
            self.parts: list[bytes] = []

        def writable(self) -> bool:
            return True

        def write(self, data: Any) -> int:
            self.parts.append(bytes(data))
            return len(data)

    pipe = Pipe()
    with zipfile.ZipFile(pipe, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in found.items():
            info = zipfile.ZipInfo(f"pages/{name}")
            info.compress_type = method
            with archive.open(info, "w") as member:
                member.write(content)
    return b"".join(pipe.parts)


def warc(found: Pages, pack: Callable[[bytes], bytes] = bytes) -> bytes:
    """A web archive, compressed record by record, with requests between the pages."""
    out = [pack(_record("warcinfo", "", b"software: a test\r\n", "application/warc-fields"))]
    for name, content in found.items():
        kind = "text/html" if name.endswith(".html") else "text/plain"
        head = f"HTTP/1.1 200 OK\r\nContent-Type: {kind}\r\nContent-Length: {len(content)}\r\n\r\n".encode()
        url = f"https://a.example/{name}"
        out.append(pack(_record("request", url, b"GET / HTTP/1.1\r\n\r\n", "application/http; msgtype=request")))
        out.append(pack(_record("response", url, head + content, "application/http; msgtype=response")))
    return b"".join(out)


def arc(found: Pages, pack: Callable[[bytes], bytes] = bytes) -> bytes:
    """An ARC file, the format before WARC, compressed record by record."""
    version = b"1 0 a test\nURL IP-address Archive-date Content-type Archive-length\n"
    out = [pack(f"filedesc://a.arc 0.0.0.0 20200201000000 text/plain {len(version)}\n".encode() + version + b"\n")]
    for name, content in found.items():
        kind = "text/html" if name.endswith(".html") else "text/plain"
        block = f"HTTP/1.1 200 OK\r\nContent-Type: {kind}\r\n\r\n".encode() + content
        head = f"https://a.example/{name} 192.0.2.1 20200201000000 {kind} {len(block)}\n".encode()
        out.append(pack(head + block + b"\n"))
    return b"".join(out)


def _record(kind: str, url: str, block: bytes, media_type: str) -> bytes:
    digest = hashlib.sha1(block, usedforsecurity=False).hexdigest()
    lines = [
        "WARC/1.0",
        f"WARC-Type: {kind}",
        f"WARC-Record-ID: <urn:uuid:{digest[:8]}-0000-4000-8000-{digest[8:20]}>",
        "WARC-Date: 2020-02-01T00:00:00Z",
        *([f"WARC-Target-URI: {url}"] if url else []),
        f"Content-Type: {media_type}",
        f"Content-Length: {len(block)}",
    ]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + block + b"\r\n\r\n"


COMPRESSIONS: Mapping[str, Callable[[bytes], bytes]] = {
    ".gz": gzip.compress,
    ".bz2": bz2.compress,
    ".xz": lzma.compress,
    ".zst": zstd.compress,
}


def containers(found: Pages) -> dict[str, dict[str, bytes]]:
    """Return, by a name of the case, the files that hold the pages."""
    lines = jsonl(found)
    out = {
        "files": dict(found),
        "jsonl": {"a.jsonl": lines},
        "html-field": {"a.ndjson": jsonl(found, "raw_html")},
        "parquet": {"a.parquet": parquet(found)},
        "arrow": {"a.arrow": arrow(found)},
        "arrow-stream": {"a.arrows": arrow(found, stream=True)},
        "csv": {"a.csv": delimited(found)},
        "semicolons": {"a.csv": delimited(found, ";")},
        "tsv": {"a.tsv": delimited(found, "\t")},
        "mhtml": {f"{name}.mhtml": mhtml(name, content) for name, content in found.items()},
        "eml": {f"{name}.eml": eml(name, content) for name, content in found.items()},
        "tar": {"a.tar": tar(found)},
        "tar-gnu": {"a.tar": tar(found, tarfile.GNU_FORMAT)},
        "tgz": {"a.tgz": gzip.compress(tar(found))},
        "zip": {"a.zip": zipped(found)},
        "zip-stored": {"a.zip": zipped(found, zipfile.ZIP_STORED)},
        "zip-bzip2": {"a.zip": zipped(found, zipfile.ZIP_BZIP2)},
        "zip-streamed": {"a.zip": streamed_zip(found)},
        "zip-in-tar-gz": {"a.tar.gz": gzip.compress(tar({"in.zip": zipped(found)}))},
        "tar-in-zip": {"a.zip": zipped({"in.tar.xz": lzma.compress(tar(found))})},
        "parquet-in-zip": {"a.zip": zipped({"in.parquet": parquet(found)})},
        "jsonl-in-tar": {"a.tar": tar({"in.jsonl.zst": zstd.compress(lines)})},
        "warc": {"a.warc": warc(found)},
        "warc.gz": {"a.warc.gz": warc(found, gzip.compress)},
        "warc.zst": {"a.warc.zst": warc(found, zstd.compress)},
        "arc": {"a.arc": arc(found)},
        "arc.gz": {"a.arc.gz": arc(found, gzip.compress)},
        "warc-gz-whole": {"crawl": gzip.compress(warc(found))},
        "wacz": {"a.wacz": wacz(found)},
        "warc-in-tar": {"a.tar": tar({"a.warc.gz": warc(found, gzip.compress)})},
        "without-suffix": {"dump": gzip.compress(tar(found))},
    }
    for suffix, compress in COMPRESSIONS.items():
        out[f"jsonl{suffix}"] = {f"a.jsonl{suffix}": compress(lines)}
        out[f"files{suffix}"] = {f"{name}{suffix}": compress(content) for name, content in found.items()}
    return out


def read_bytes(content: bytes, name: str, folder: Any, **limits: Any) -> list[Any]:
    """Read bytes as a file of this name."""
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    return list(read_input(InputFile(source=name, path=str(path)), ReadSettings(**limits)))


def contents(found: Sequence[Any]) -> list[bytes]:
    """Return the bytes of those that are pages."""
    return [one.content for one in found if hasattr(one, "content")]
