"""Headers in C and in Python."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsds.native import kernels
from newsds.read import header as module
from newsds.read.header import read_header, read_response
from tests.corpus import RAW

pytestmark = pytest.mark.skipif(kernels is None, reason="the kernels were not built")
NAMES = (b"content-type", b"a", b"warc-type", b"b-c", b"")
PIECES = st.sampled_from(
    [
        *(b"\n \r \r\n \n\n \r\n\r\n \n\r \t : :: \0 \x0b \x0c \x85 \xa0 \xff Tea".split(b" ")),
        *(
            b" ",
            b"  ",
            b"\n ",
            b"\r\n\t \n x",
            b"A",
            b"a: 1",
            b"B-c :2",
            b"Content-Type:text/html",
            b"CONTENT-TYPE",
            b"[B-C]:",
        ),
        *(
            b"WARC/1.0",
            b"WARC-Type: response\r\n",
            b"HTTP/1.1 200 OK\r\n",
            b"HTTP/",
            b"1.",
            b"2\t ",
            b"404",
            b"@a:",
            b"`a:",
        ),
    ]
)
BUFFERS = st.lists(PIECES | st.binary(max_size=5), max_size=40).map(b"".join)
PLACES = st.integers(0, 200)


def both(buffer: bytes, at: int, end: int, names: tuple[bytes, ...] = NAMES) -> None:
    in_c = (read_header(buffer, at, end, names), read_response(buffer, at, end, names))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(module, "kernels", None)
        assert in_c == (read_header(buffer, at, end, names), read_response(buffer, at, end, names))


@given(buffer=BUFFERS, at=PLACES, end=PLACES, whole=st.booleans())
def test_headers_are_the_same(buffer: bytes, at: int, end: int, whole: bool) -> None:
    both(buffer, *((0, len(buffer)) if whole else (at, end)))


@given(rest=BUFFERS, status=st.binary(max_size=4))
def test_responses_are_the_same(rest: bytes, status: bytes) -> None:
    for beginning in (b"HTTP/1.1 20" + status, b"HTTP/1" + status, b"HTTP/1.0 200 OK\r\n", b"HTTP/2 301\n"):
        both(beginning + rest, 0, len(beginning + rest))


def test_every_page_of_the_corpus() -> None:
    """Read as a header, cut anywhere: none is one, many have lines with a colon, and blank lines."""
    for path in sorted(RAW.rglob("page.*")):
        buffer = path.read_bytes()
        names = (*NAMES, b"http", b"warc-date", b"subject", b"datum")
        for at in range(0, min(len(buffer), 4000), 97):
            both(buffer, at, len(buffer), names)
            both(buffer, at, at + 300, names)


@pytest.mark.parametrize(
    "header", [b"\n\n", b"\r\n\r\n", b"A: 1\n\n", b"A:\n 1\n\t2\r\n  \n\n", b"A: " + b"\n " * 70_000 + b"1\n\n"]
)
def test_what_is_short_or_long(header: bytes) -> None:
    both(header, 0, len(header))
    for end in range(len(header) - 5, len(header) + 5):
        both(header, 0, max(end, 0))


def test_an_end_far_behind_the_buffer() -> None:
    both(b"A: 1\n\nB", 0, 2**62)
    both(b"A: 1\n\nB", 2**62, 2**62)
    both(b"", 0, 0)


@pytest.mark.parametrize("function", ["read_header", "read_response"])
@pytest.mark.parametrize(
    "arguments",
    [
        (),
        (b"", 0, 0),
        (b"", 0, 0, (), 0),
        ("", 0, 0, ()),
        (bytearray(b"a"), 0, 1, ()),
        (None, 0, 1, ()),
        (b"", "0", 0, ()),
        (b"", 0, None, ()),
        (b"", 0.5, 1, ()),
        (b"", -1, 0, ()),
        (b"abc", 0, -1, ()),
        (b"", 0, 0, [b"a"]),
        (b"", 0, 0, ("a",)),
        (b"", 0, 0, None),
    ],
)
def test_what_does_not_fit_is_an_error(function: str, arguments: tuple[Any, ...]) -> None:
    with pytest.raises((TypeError, ValueError)):
        getattr(kernels, function)(*arguments)
