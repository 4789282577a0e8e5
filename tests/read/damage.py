"""Damaged archives: one record of many, damaged in one of the ways that archives are found damaged.

An operator changes a record before it is compressed (`RECORD`), or the stored bytes of it (`STORED`).
"""

from __future__ import annotations

import base64
import gzip
import hashlib
import random
import re
import zlib
from collections.abc import Callable, Sequence
from typing import Final, Literal

from newsds.read.decoders import zstd

Packing = Literal["plain", "gzip", "zstd"]
PACKINGS: Final[tuple[Packing, ...]] = ("plain", "gzip", "zstd")
Operator = Callable[[bytes, random.Random], bytes]
PARAGRAPHS: Final = 12


def page(number: int) -> bytes:
    """An HTML page of its own; every fifth shows what a WARC header looks like."""
    rng = random.Random(number)
    marks = [
        f"<p>Paragraph {n} of page {number}: "
        + " ".join(rng.choice(("tea", "boat", "rain", "über", "茶", str(rng.random()))) for _ in range(30))
        + "</p>"
        for n in range(PARAGRAPHS)
    ]
    shown = "<pre>\r\n\r\nWARC/1.0\r\nWARC-Type: response\r\n\r\n\r\n\r\nWARC/1.0\r\n</pre>" if number % 5 == 3 else ""
    body = "\n".join([*marks[:6], shown, *marks[6:]])
    return f"<!DOCTYPE html><html><head><title>Page {number}</title></head><body>\n{body}\n</body></html>\n".encode()


def url_of(number: int) -> str:
    return f"https://news.example/{number}"


def sha1(data: bytes) -> str:
    return "sha1:" + base64.b32encode(hashlib.sha1(data, usedforsecurity=False).digest()).decode()


def response(body: bytes, *fields: str, status: str = "200 OK") -> bytes:
    head = [f"HTTP/1.1 {status}", "Content-Type: text/html; charset=utf-8", *fields]
    return "\r\n".join([*head, "", ""]).encode() + body


def warc_record(
    kind: str,
    block: bytes,
    *fields: str,
    url: str | None = None,
    content_type: str = "application/http; msgtype=response",
) -> bytes:
    head = [
        "WARC/1.0",
        f"WARC-Type: {kind}",
        f"WARC-Record-ID: <urn:uuid:00000000-0000-0000-0000-{zlib.crc32(block):012d}>",
        "WARC-Date: 2024-02-03T04:05:06Z",
        *([f"WARC-Target-URI: {url}"] if url else []),
        *fields,
        f"Content-Type: {content_type}",
        f"Content-Length: {len(block)}",
    ]
    return "\r\n".join([*head, "", ""]).encode() + block + b"\r\n\r\n"


def record(number: int) -> bytes:
    """A response; digest and HTTP length are stated by some, as in archives of different makers."""
    body = page(number)
    block = response(body, *([f"Content-Length: {len(body)}"] if number % 2 else []))
    digest = [f"WARC-Block-Digest: {sha1(block)}"] if number % 4 < 2 else []
    return warc_record("response", block, *digest, url=url_of(number))


def pack(stored: bytes, packing: Packing) -> bytes:
    if packing == "gzip":
        return gzip.compress(stored, mtime=0)
    # without a checksum nothing tells a changed letter from another
    options: dict[int, int] = {zstd.CompressionParameter.checksum_flag: 1}
    return zstd.compress(stored, options=options) if packing == "zstd" else stored


# --- a record before it is compressed --------------------------------------------------------------------------------


def _length(value: Callable[[int], str]) -> Operator:
    def change(data: bytes, rng: random.Random) -> bytes:
        return re.sub(rb"(?<=\nContent-Length: )(\d+)", lambda m: value(int(m[1])).encode(), data, count=1)

    return change


def _head_end(data: bytes) -> int:
    return data.index(b"\r\n\r\n") + 4


def _drop(pattern: bytes) -> Operator:
    return lambda data, rng: re.sub(pattern, b"", data, count=1)


def _swap(pattern: bytes, by: bytes) -> Operator:
    return lambda data, rng: re.sub(pattern, lambda m: by, data, count=1)


def _ends_at_http_header(data: bytes, rng: random.Random) -> bytes:
    start = _head_end(data)
    return _length(lambda n: str(data.index(b"\r\n\r\n", start) - start))(data, rng)


def _body_cut(data: bytes, rng: random.Random) -> bytes:
    at = (_head_end(data) + len(data)) // 2
    return data[:at] + data[at + 300 :]


def _body_inserted(data: bytes, rng: random.Random) -> bytes:
    at = (_head_end(data) + len(data)) // 2
    return data[:at] + rng.randbytes(200) + data[at:]


def _garbage(size: int, make: Callable[[random.Random, int], bytes]) -> Operator:
    return lambda data, rng: make(rng, size) + data


RECORD: Final[dict[str, Operator]] = {
    "length too big": _length(lambda n: str(n + 1000)),
    "length far too big": _length(lambda n: str(n + 10**5)),
    "length of terabytes": _length(lambda n: "9" * 13),
    "length of fifty digits": _length(lambda n: "9" * 50),
    "length one too big": _length(lambda n: str(n + 1)),
    "length one too small": _length(lambda n: str(n - 1)),
    "length too small": _length(lambda n: str(n // 2)),
    "length zero": _length(lambda n: "0"),
    "length ends at the HTTP header": _ends_at_http_header,
    "length not a number": _length(lambda n: "many"),
    "length negative": _length(lambda n: f"-{n}"),
    "length empty": _length(lambda n: ""),
    "length missing": _drop(rb"Content-Length: \d+\r\n(?=\r\n)"),
    "length field misspelt": _swap(rb"Content-Length: (?=\d+\r\n\r\n)", b"Cont\xefnt-Length: "),
    "type missing": _drop(rb"WARC-Type: \w+\r\n"),
    "type unknown": _swap(rb"WARC-Type: \w+", b"WARC-Type: respXnse"),
    "version garbled": _swap(rb"^WARC/1.0", b"WAQC/1,0"),
    "version missing": _drop(rb"^WARC/1.0\r\n"),
    "version of the future": _swap(rb"^WARC/1.0", b"WARC/9.7"),
    "header of 2 MB": _swap(rb"WARC-Date:", b"X-Long: " + b"long " * (2 * 2**20 // 5) + b"\r\nWARC-Date:"),
    "header with binary": _swap(rb"WARC-Date:", b"X-\xff\x00\xfe: \x01\x02\r\nWARC-Date:"),
    "header folded": _swap(rb"WARC-Date: ", b"WARC-Date:\r\n "),
    "header with LF only": lambda data, rng: data[: _head_end(data)].replace(b"\r\n", b"\n") + data[_head_end(data) :],
    "LF only": lambda data, rng: data.replace(b"\r\n", b"\n"),
    "header without its end": lambda data, rng: data.replace(b"\r\n\r\n", b"\r\n", 1),
    "header zeroed": lambda data, rng: bytes(_head_end(data)) + data[_head_end(data) :],
    "header half gone": lambda data, rng: data[_head_end(data) // 2 :],
    "HTTP header gone": lambda data, rng: (
        data[: _head_end(data)] + data[data.index(b"\r\n\r\n", _head_end(data)) + 4 :]
    ),
    "terminator missing": lambda data, rng: data[:-4],
    "terminator halved": lambda data, rng: data[:-2],
    "terminator doubled": lambda data, rng: data + b"\r\n\r\n",
    "body cut": _body_cut,
    "body inserted": _body_inserted,
    "tail missing": lambda data, rng: data[: len(data) * 2 // 3],
    "garbage before": _garbage(500, lambda rng, n: rng.randbytes(n)),
    "text before": _garbage(1, lambda rng, n: b"wget: warning: cannot read, trying again\n"),
    "zeros before": _garbage(4096, lambda rng, n: bytes(n)),
    "much garbage before": _garbage(700_000, lambda rng, n: rng.randbytes(n)),
    "first half twice": lambda data, rng: data[: len(data) // 2] + data,
}

# --- its stored bytes ------------------------------------------------------------------------------------------------


def _flip(share: float) -> Operator:
    def change(data: bytes, rng: random.Random) -> bytes:
        at = min(int(len(data) * share), len(data) - 1)
        return data[:at] + bytes([data[at] ^ (1 << rng.randrange(8))]) + data[at + 1 :]

    return change


def _burst(share: float, size: int, *, zero: bool = True) -> Operator:
    def change(data: bytes, rng: random.Random) -> bytes:
        at = int(len(data) * share)
        size_ = min(size, len(data) - at)
        return data[:at] + (bytes(size_) if zero else rng.randbytes(size_)) + data[at + size_ :]

    return change


STORED: Final[dict[str, Operator]] = {
    **{f"bit flipped at {share}": _flip(share) for share in (0.0, 0.002, 0.01, 0.1, 0.3, 0.5, 0.8, 0.99, 1.0)},
    **{f"zeros at {share}": _burst(share, 64) for share in (0.0, 0.2, 0.5, 0.9)},
    **{f"noise at {share}": _burst(share, 64, zero=False) for share in (0.0, 0.2, 0.5, 0.9)},
    "all zeros": _burst(0, 1 << 30),
    "stored tail missing": lambda data, rng: data[: len(data) // 2],
    "last byte missing": lambda data, rng: data[:-1],
    "first bytes missing": lambda data, rng: data[4:],
    "stored first half missing": lambda data, rng: data[len(data) // 2 :],
    "middle missing": lambda data, rng: data[: len(data) // 3] + data[len(data) // 3 + 64 :],
    "bytes inserted": lambda data, rng: data[: len(data) // 3] + rng.randbytes(64) + data[len(data) // 3 :],
    "noise before": lambda data, rng: rng.randbytes(333) + data,
    "line feeds translated": lambda data, rng: data.replace(b"\n", b"\r\n"),
    "high bits lost": lambda data, rng: bytes(b & 0x7F for b in data),
    "stored first half twice": lambda data, rng: data[: len(data) // 2] + data,
}


def damaged(records: Sequence[bytes], packed: Sequence[bytes], position: int, operator: str, packing: Packing) -> bytes:
    """The archive of records in which the one at `position` is damaged."""
    rng = random.Random(f"{operator} {position} {packing}")
    if operator in RECORD:
        bad = pack(RECORD[operator](records[position], rng), packing)
    else:
        bad = STORED[operator](packed[position], rng)
    return b"".join([*packed[:position], bad, *packed[position + 1 :]])
