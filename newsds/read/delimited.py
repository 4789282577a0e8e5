"""CSV and TSV: a record a row, the names of its fields in the first."""

from __future__ import annotations

import codecs
import re
from collections import deque
from collections.abc import Iterator
from typing import BinaryIO, Final

from newsds.model import Page, Reason, Rejection
from newsds.read.fields import Place, page_of, rejection
from newsds.read.lines import Line, read_lines
from newsds.read.settings import ReadSettings

_CLOSED: Final = re.compile(rb'[^"]*+(?:""[^"]*+)*+"')
"""The rest of a quoted field: a quote ends it, two are one."""
_DELIMITERS: Final = (b",", b";", b"\t", b"|")


class _Row:
    """A row that is put together from lines, as a quoted field may hold line ends (RFC 4180)."""

    __slots__ = ("_delimiter", "_open", "fields")

    def __init__(self, delimiter: bytes) -> None:
        self._delimiter = delimiter
        self._open: list[bytes] | None = None
        """pieces of a quoted field that is not closed yet"""
        self.fields: list[bytes] = []

    def add(self, line: bytes) -> bool:
        """Take in a line, its end included; say whether the row is complete."""
        start = 0
        while True:
            if self._open is None and line[start : start + 1] == b'"':
                self._open = []
                start += 1
            if self._open is not None:
                closed = _CLOSED.match(line, start)
                if not closed:
                    self._open.append(line[start:])
                    return False
                self._open.append(line[start : closed.end() - 1])
                field = b"".join(self._open).replace(b'""', b'"')
                start = closed.end()
                self._open = None
            else:
                field = b""
            end = line.find(self._delimiter, start)
            rest = line[start:] if end < 0 else line[start:end]
            self.fields.append(field + (rest.rstrip(b"\r\n") if end < 0 else rest))
            if end < 0:
                return True
            start = end + 1


def read_delimited(file: BinaryIO, source: str, settings: ReadSettings) -> Iterator[Page | Rejection]:
    r"""Yield the page of each row. A bad row is one rejection; a blank line is no row.

    The delimiter is a tab in a file named `.tsv`, else what is most frequent in the first row of comma, semicolon, tab
    and bar. Fields are bytes, so that pages in any encoding stay what they are; UTF-16 with a byte-order mark becomes
    UTF-8.

    Args:
        file: the rows, without compression.
        source: its name.
        settings: names of fields, and limits.

    >>> import io
    >>> rows = b'url,text\nhttps://a.example,"One, two\nand ""3"" more"\n'
    >>> [(page.content, page.offset, page.length) for page in read_delimited(io.BytesIO(rows), "a.csv", ReadSettings())]
    [(b'One, two\nand "3" more', 9, 44)]
    """
    lines = deque[Line]()
    stream = _lines(file, settings)
    header: list[str] | None = None
    delimiter = b"\t"
    record = -1
    while (first := lines.popleft() if lines else next(stream, None)) is not None:
        if first.content is not None and not first.content.strip():
            continue
        record += header is not None
        place = Place(source=source, record=max(record, 0), offset=first.offset, length=first.length)
        if first.content is None:
            message = f"a line of {first.length} bytes is longer than the limit line_bytes, {settings.line_bytes}"
            yield rejection(place, Reason.MALFORMED, message)
            if header is None:
                return
            continue
        if header is None and not source.casefold().endswith(".tsv"):
            delimiter = max(_DELIMITERS, key=first.content.count)
        row = _Row(delimiter)
        used = _complete(row, first, lines, stream, settings.line_bytes)
        if used is None:
            # the lines after it are rows of their own again
            yield rejection(place, Reason.MALFORMED, "a quoted field that is opened here is never closed")
            if header is None:
                return
            continue
        length = sum(one.length for one in used)
        place = Place(source=source, record=max(record, 0), offset=first.offset, length=length)
        if header is None:
            header = [name.decode("utf-8", "replace").strip() for name in row.fields]
        elif len(row.fields) > len(header):
            message = f"{len(row.fields)} fields, where the first row names {len(header)}"
            yield rejection(place, Reason.MALFORMED, message)
        else:
            yield page_of(dict(zip(header, row.fields, strict=False)), place, settings)


def _complete(row: _Row, first: Line, lines: deque[Line], stream: Iterator[Line], limit: int) -> list[Line] | None:
    """Add lines until the row is complete, and return them; None, with all but the first put back, if it never is."""
    used = [first]
    size = first.length
    done = row.add(first.content or b"")
    while not done:
        line = lines.popleft() if lines else next(stream, None)
        if line is not None:
            used.append(line)
            size += line.length
        if line is None or line.content is None or size > limit:
            lines.extendleft(reversed(used[1:]))
            return None
        done = row.add(line.content)
    return used


def _lines(file: BinaryIO, settings: ReadSettings) -> Iterator[Line]:
    """Yield the lines in UTF-8 or what else has ASCII's line ends."""
    mark = file.read(3)
    for name, bom in (("utf-16-le", codecs.BOM_UTF16_LE), ("utf-16-be", codecs.BOM_UTF16_BE)):
        if mark.startswith(bom):
            yield from read_lines(_Recoded(file, mark[2:], name), settings.line_bytes)  # type: ignore[arg-type]
            return
    start = b"" if mark == codecs.BOM_UTF8 else mark
    skipped = len(mark) - len(start)
    stream = _Recoded(file, start, None)
    for line in read_lines(stream, settings.line_bytes):  # type: ignore[arg-type]
        yield Line(content=line.content, offset=line.offset + skipped, length=line.length)


class _Recoded:
    """A stream of which the first bytes were read, in UTF-8 whatever it was in."""

    def __init__(self, file: BinaryIO, start: bytes, encoding: str | None) -> None:
        self._file = file
        self._decoder = codecs.getincrementaldecoder(encoding)("replace") if encoding else None
        self._buffer = self._recode(start)

    def _recode(self, data: bytes, final: bool = False) -> bytes:
        if self._decoder is None:
            return data
        return self._decoder.decode(data, final).encode("utf-8", "surrogatepass")

    def readline(self, size: int) -> bytes:
        """Return a line, or `size` bytes of it."""
        if self._decoder is None and not self._buffer:
            return self._file.readline(size)
        if self._decoder is None:
            out, self._buffer = self._buffer, b""
            end = out.find(b"\n") + 1
            if end:
                out, self._buffer = out[:end], out[end:]
                return out
            return out + self._file.readline(size - len(out))
        pieces = [self._buffer]
        total = len(self._buffer)
        while b"\n" not in pieces[-1] and total < size:
            data = self._file.read(1 << 16)
            pieces.append(self._recode(data, final=not data))
            total += len(pieces[-1])
            if not data:
                break
        whole = b"".join(pieces)
        end = min(whole.find(b"\n") + 1 or len(whole), size)
        self._buffer = whole[end:]
        return whole[:end]
