"""A stream as lines, of which none is held in memory beyond a limit."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO, Final

_SKIPPED: Final = 1 << 20
"""Bytes of an overlong line that are read at once, and forgotten."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A line with its end."""

    content: bytes | None
    """None if it is longer than the limit"""
    offset: int
    """its first byte in the stream"""
    length: int
    """bytes, its end included"""


def read_lines(file: BinaryIO, limit: int) -> Iterator[Line]:
    r"""Yield the lines of a stream; a line ends with `\n`, or with the stream.

    >>> import io
    >>> [(line.content, line.offset, line.length) for line in read_lines(io.BytesIO(b"ab\nabc\nx"), 2)]
    [(b'ab\n', 0, 3), (None, 3, 4), (b'x', 7, 1)]
    """
    offset = 0
    while line := file.readline(limit + 2):
        length = len(line)
        content: bytes | None = line
        if length > limit:
            if length == limit + 2 and not line.endswith(b"\n"):
                content = None
                while more := file.readline(_SKIPPED):
                    length += len(more)
                    if more.endswith(b"\n"):
                        break
            elif len(line.rstrip(b"\r\n")) > limit:
                content = None
        yield Line(content=content, offset=offset, length=length)
        offset += length
