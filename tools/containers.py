"""Makes the cases in `raw/within/`: pages of the corpus in containers of every kind, sound and damaged.

    python -m tools.containers           # writes the cases that are missing
    python -m tests.corpus accept all    # then: what newsds makes of them, to be read and reviewed

The bytes are written once and kept: another release of a packer would write others.
"""

from __future__ import annotations

import gzip
import json
import random
import sys
import zlib
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Final

from newsds.read.decoders import zstd
from tests.read import containers as make
from tests.read import damage

RAW: Final = Path(__file__).resolve().parent.parent / "raw"
HELD: Final = ("html/tags-rel-tag", "html/newspaper-full-chrome", "text/original-layout")
"""Cases whose pages each container holds; where one is damaged, it is the second."""
_SITE: Final = "https://fixtures.example/"


def _gzip(data: bytes) -> bytes:
    return gzip.compress(data, 9, mtime=0)


def _zstd(data: bytes) -> bytes:
    options: dict[int, int] = {zstd.CompressionParameter.checksum_flag: 1}
    return zstd.compress(data, options=options)


def _pages() -> dict[str, bytes]:
    return {name + path.suffix: path.read_bytes() for name in HELD for path in (RAW / name).glob("page.*")}


def _records(pages: Mapping[str, bytes]) -> list[bytes]:
    out = []
    for name, page in pages.items():
        kind = "html" if name.startswith("html/") else "plain"
        head = f"HTTP/1.1 200 OK\r\nContent-Type: text/{kind}\r\nContent-Length: {len(page)}\r\n\r\n"
        block = head.encode() + page
        out.append(damage.warc_record("response", block, f"WARC-Block-Digest: {damage.sha1(block)}", url=_SITE + name))
    return out


def _wet(pages: Mapping[str, bytes]) -> bytes:
    return b"".join(
        damage.warc_record(
            "conversion",
            page,
            "WARC-Identified-Content-Language: eng",
            url=_SITE + name,
            content_type="text/plain",
        )
        for name, page in pages.items()
        if name.startswith("text/")
    )


def _revisit(pages: Mapping[str, bytes]) -> bytes:
    first, *_ = _records(pages)
    name = next(iter(pages))
    again = damage.warc_record("revisit", b"HTTP/1.1 200 OK\r\n\r\n", url=_SITE + name)
    return first + again


def _answers(pages: Mapping[str, bytes]) -> bytes:
    name, page = next(iter(pages.items()))
    out = []
    for status, kind, body in (
        ("404 Not Found", "text/html", page),
        ("200 OK", "image/png", b"\x89PNG\r\n\x1a\n"),
        ("200 OK", "text/html", page),
    ):
        coding, sent = (("\r\nContent-Encoding: gzip\r\nTransfer-Encoding: chunked"), _chunked(_gzip(body)))
        head = f"HTTP/1.1 {status}\r\nContent-Type: {kind}{coding}\r\n\r\n".encode()
        out.append(damage.warc_record("response", head + sent, url=_SITE + name))
    return b"".join(out)


def _chunked(data: bytes, size: int = 1000) -> bytes:
    parts = [data[i : i + size] for i in range(0, len(data), size)]
    return b"".join(b"%x\r\n%s\r\n" % (len(x), x) for x in parts) + b"0\r\n\r\n"


def _damaged(operator: str, pack: Callable[[bytes], bytes] = bytes) -> Callable[[Mapping[str, bytes]], bytes]:
    """Return what makes an archive whose second record is damaged."""

    def archive(pages: Mapping[str, bytes]) -> bytes:
        rng = random.Random(operator)
        first, second, *rest = _records(pages)
        if operator in damage.RECORD:
            bad = pack(damage.RECORD[operator](second, rng))
        else:
            bad = damage.STORED[operator](pack(second), rng)
        return b"".join([pack(first), bad, *map(pack, rest)])

    return archive


def _bad_line(pages: Mapping[str, bytes]) -> bytes:
    first, second, third = make.jsonl(pages).splitlines(keepends=True)
    return first + second[: len(second) // 2] + b"\n" + third


def _first(pages: Mapping[str, bytes]) -> tuple[str, bytes]:
    return next(iter(pages.items()))


def _last(pages: Mapping[str, bytes]) -> bytes:
    return list(pages.values())[-1]


def _crc_wrong(pages: Mapping[str, bytes]) -> bytes:
    """A zip archive whose second member has another checksum than stated."""
    whole = make.zipped(pages)
    wrong = zlib.crc32(list(pages.values())[1])
    return whole.replace(wrong.to_bytes(4, "little"), (wrong ^ 1).to_bytes(4, "little"))


CASES: Final[Mapping[str, tuple[str, str, Callable[[Mapping[str, bytes]], bytes]]]] = {
    # slug: suffix, why it is there, what makes it
    "arc": ("arc", "the format of web archives before WARC", make.arc),
    "arc-gzip-records": ("arc.gz", "ARC, each record a gzip member", lambda p: make.arc(p, _gzip)),
    "arrow-file": ("arrow", "a table as an Arrow file", make.arrow),
    "arrow-stream": ("arrows", "a table as an Arrow stream", lambda p: make.arrow(p, stream=True)),
    "csv": ("csv", "pages with line ends and quotes in cells", make.delimited),
    "csv-semicolons": ("csv", "cells separated by semicolons, as spreadsheets do", lambda p: make.delimited(p, ";")),
    "eml": ("eml", "a page sent by mail", lambda p: make.eml(*_first(p))),
    "gzip-text-truncated": ("txt.gz", "a compressed dump without its last third", lambda p: _gzip(_last(p))[:-600]),
    "html-gzip": ("html.gz", "one compressed page", lambda p: _gzip(_first(p)[1])),
    "jsonl": ("jsonl", "a page a line", make.jsonl),
    "jsonl-line-cut": ("jsonl", "the second line ends in its middle", _bad_line),
    "jsonl-xz": ("jsonl.xz", "JSON Lines, compressed with xz", lambda p: make.COMPRESSIONS[".xz"](make.jsonl(p))),
    "jsonl-zstd": ("jsonl.zst", "JSON Lines, compressed with zstd", lambda p: _zstd(make.jsonl(p))),
    "mhtml": ("mhtml", "a page saved by a browser, with a picture", lambda p: make.mhtml(*_first(p))),
    "parquet": ("parquet", "a table of several row groups", lambda p: make.parquet(p, rows=2)),
    "tar": ("tar", "with a folder, and a link to outside, which is never followed", make.tar),
    "tar-gzip-in-zip": (
        "zip",
        "a tar archive inside a zip archive",
        lambda p: make.zipped({"in.tgz": _gzip(make.tar(p))}),
    ),
    "tar-truncated": ("tar", "ends inside its second member", lambda p: make.tar(p)[: 512 * 20]),
    "wacz": ("wacz", "a WARC file with its index in a zip archive", make.wacz),
    "warc": ("warc", "plain, with requests between the pages", make.warc),
    "warc-answers": ("warc", "an error, a picture, and a page in HTTP chunks, compressed", _answers),
    "warc-bit-flipped": ("warc.gz", "one bit of a gzip member differs", _damaged("bit flipped at 0.5", _gzip)),
    "warc-body-cut": ("warc", "300 bytes of a page are missing, its length is as before", _damaged("body cut")),
    "warc-garbage-between": ("warc", "noise between two records", _damaged("garbage before")),
    "warc-gzip-member-cut": ("warc.gz", "half of a gzip member is missing", _damaged("stored tail missing", _gzip)),
    "warc-gzip-records": ("warc.gz", "each record a gzip member", lambda p: make.warc(p, _gzip)),
    "warc-gzip-whole": ("warc.gz", "the whole file one gzip member", lambda p: _gzip(make.warc(p))),
    "warc-header-zeroed": ("warc", "the header of a record is zeros", _damaged("header zeroed")),
    "warc-length-not-a-number": ("warc", "Content-Length: many", _damaged("length not a number")),
    "warc-length-too-big": ("warc", "Content-Length reaches into the next record", _damaged("length too big")),
    "warc-length-too-small": ("warc", "Content-Length ends inside the page", _damaged("length too small")),
    "warc-line-feeds-only": ("warc", "a record written with LF for CRLF", _damaged("LF only")),
    "warc-revisit": ("warc", "a page, and a note that it was the same later", _revisit),
    "warc-tail-missing": ("warc", "a third of a record is missing", _damaged("tail missing")),
    "warc-type-missing": ("warc", "a record without WARC-Type", _damaged("type missing")),
    "warc-zstd": ("warc.zst", "each record a zstd frame", lambda p: make.warc(p, _zstd)),
    "warc-zstd-noise": ("warc.zst", "64 bytes of a zstd frame are noise", _damaged("noise at 0.5", _zstd)),
    "wet": ("warc.wet", "text that an archive extracted, with its language", _wet),
    "zip": ("zip", "members in a folder", make.zipped),
    "zip-checksum-wrong": ("zip", "a member is not what its checksum says", _crc_wrong),
    "zip-streamed": ("zip", "written to a pipe: lengths follow the members", make.streamed_zip),
    "zip-without-directory": ("zip", "ends before its directory", lambda p: make.zipped(p)[:-300]),
}


def main() -> int:
    """Write the cases that are missing."""
    pages = _pages()
    for slug, (suffix, why, pack) in CASES.items():
        folder = RAW / "within" / slug
        if folder.exists():
            continue
        folder.mkdir(parents=True)
        (folder / f"page.{suffix}").write_bytes(pack(pages))
        meta = {
            "why": why,
            "origin": "written for newsds",
            "language": "und",
            "licence": "CC0-1.0",
            "reviewed": False,
            "holds": list(HELD),
        }
        (folder / "case.json").write_text(json.dumps(meta, indent=1) + "\n", encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
