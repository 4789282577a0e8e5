"""HTTP messages: every coding, sound, cut, and undone before."""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Callable

import brotli
import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsds.model import Flag
from newsds.read.decoders import zstd
from newsds.read.header import read_header
from newsds.read.http import content_type, dechunk, read_message, stated_body_length

TEXT = ("The council met on Monday, and what it said was " + " ".join(str(n) for n in range(900))).encode()


def raw_deflate(data: bytes) -> bytes:
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    return packer.compress(data) + packer.flush()


CODINGS: dict[str, Callable[[bytes], bytes]] = {
    "gzip": gzip.compress,
    "x-gzip": gzip.compress,
    "deflate": zlib.compress,
    "Deflate": raw_deflate,
    "br": brotli.compress,
    "zstd": zstd.compress,
    "identity": lambda data: data,
}


def message(body: bytes, *fields: str, status: str = "HTTP/1.1 200 OK") -> bytes:
    return "\r\n".join([status, *fields, "", ""]).encode() + body


def chunked(body: bytes, size: int, extension: bytes = b"") -> bytes:
    parts = [body[n : n + size] for n in range(0, len(body), size)]
    return b"".join(b"%x%s\r\n%s\r\n" % (len(p), extension, p) for p in parts) + b"0\r\n\r\n"


@pytest.mark.parametrize("coding", CODINGS)
@given(body=st.binary(max_size=2000), size=st.integers(1, 700))
def test_codings_are_undone(coding: str, body: bytes, size: int) -> None:
    coded = CODINGS[coding](body)
    plain = read_message(message(coded, f"Content-Encoding: {coding}"), 10_000)
    assert (plain.body, plain.flags) == (body, frozenset())
    found = read_message(
        message(chunked(coded, size), f"content-encoding: {coding}", "Transfer-Encoding: chunked"), 9999
    )
    assert (found.body, found.flags) == (body, frozenset())


@pytest.mark.parametrize("coding", [c for c in CODINGS if c != "identity"])
def test_a_body_that_was_decoded_before_stays(coding: str) -> None:
    body = b"<!DOCTYPE html><html><body>Tea</body></html>"
    for fields in ([f"Content-Encoding: {coding}"], [f"Content-Encoding: {coding}", "Transfer-Encoding: chunked"]):
        found = read_message(message(body, *fields), 1000)
        assert found.body == body


@pytest.mark.parametrize("coding", [c for c in CODINGS if c != "identity"])
def test_of_a_cut_body_what_is_there_is_kept(coding: str) -> None:
    coded = CODINGS[coding](TEXT * 20)
    found = read_message(message(coded[: len(coded) * 3 // 4], f"Content-Encoding: {coding}"), 1 << 20)
    assert (TEXT * 20).startswith(found.body)
    assert found.flags == {Flag.TRUNCATED}
    if coding != "zstd":  # which gives whole blocks
        assert len(found.body) > 200


@pytest.mark.parametrize("coding", [c for c in CODINGS if c != "identity"])
def test_limit(coding: str) -> None:
    body = bytes(100_000)
    coded = message(CODINGS[coding](body), f"Content-Encoding: {coding}")
    assert read_message(coded, 100_000).body == body
    assert read_message(coded, 99_999).too_large
    assert not read_message(coded, 100_000).too_large


@given(body=st.binary(max_size=400))
def test_any_bytes_are_a_message(body: bytes) -> None:
    for coding in CODINGS:
        read_message(message(body, f"Content-Encoding: {coding}", "Transfer-Encoding: chunked"), 1000)
    read_message(b"HTTP/1.1 200" + body, 1000)
    dechunk(body, set())


def test_chunks_that_end_too_early() -> None:
    for text, expected in (
        (b"5\r\nHello\r\n5\r\nWor", b"HelloWor"),
        (b"5\r\nHello\r\n", b"Hello"),
        (b"5\r\nHello\r\nnonsense", b"Hello"),
    ):
        flags: set[Flag] = set()
        assert dechunk(text, flags) == expected
        assert flags == {Flag.TRUNCATED}
    assert dechunk(b"3 ;a=b\nTea\n0\n\n", set()) == b"Tea"
    assert dechunk(b"Beef and beans\r\n", set()) == b"Beef and beans\r\n"
    assert dechunk(b"2\r\ntea and more", set()) == b"2\r\ntea and more"


def test_status_and_type() -> None:
    found = read_message(message(b"x", 'Content-Type: Text/HTML; a=b; Charset="x-sjis"', status="HTTP/2 206"), 10)
    assert (found.status, found.media_type, found.charset, found.flags) == (
        206,
        "text/html",
        "x-sjis",
        frozenset([Flag.TRUNCATED]),
    )
    assert read_message(b"HTTP/1.1 200 OK\r\nA: b", 10).flags == {Flag.TRUNCATED}
    assert read_message(b"no message", 100) == (None, None, None, b"no message", frozenset(), False)
    assert read_message(b"HTTP/1.0 200 OK\nContent-Type: text/plain\n\nTea", 10).body == b"Tea"
    assert content_type(b"html") == (None, None)
    assert content_type(b"text/html; charset=") == ("text/html", None)


def test_lengths() -> None:
    assert stated_body_length(message(b"abc", "Content-Length: 3")) == len(message(b"abc", "Content-Length: 3"))
    assert stated_body_length(message(b"abc")) is None
    assert stated_body_length(b"abc") is None


def test_fields() -> None:
    header = b"A:1\r\nB : 2 \r\nnone\r\nC: 3\r\nA: \r\n\tfolded\r\n\r\n"
    assert read_header(header, 0, len(header), (b"a", b"b")) == ({b"a": b"folded", b"b": b"2"}, len(header))
    assert read_header(header, 0, len(header) - 1, (b"a", b"b")) is None
