"""MHTML and EML: saved pages and mails, of which the main HTML part is the page."""

from __future__ import annotations

import binascii
import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime
from email.errors import MessageError
from email.message import Message
from email.parser import BytesHeaderParser
from email.utils import parsedate_to_datetime
from typing import BinaryIO, Final

from newsds.model import Flag, Page, Reason, Rejection
from newsds.read.fields import Place, moment, rejection
from newsds.read.settings import ReadSettings

_PIECE: Final = 1 << 16
"""Bytes of a line read at once; only what begins a line can be a boundary."""
_HEADER_BYTES: Final = 1 << 20
_DEPTH: Final = 100
"""Multiparts inside each other; of deeper ones the parts are not looked at."""
_PARTS: Final = ("text/html", "application/xhtml+xml", "text/plain")
"""What a page can be, the best first."""
_NOT_BASE64: Final = re.compile(rb"[^A-Za-z0-9+/]")


@dataclass(slots=True)
class _Part:
    """A part that may be the page."""

    header: Message
    media_type: str
    body: list[bytes] = field(default_factory=list)
    size: int = 0
    """bytes as they are coded; more than fits is counted, and not kept"""
    closed: bool = False
    """whether its end was found"""


def read_mime(file: BinaryIO, source: str, settings: ReadSettings) -> Iterator[Page | Rejection]:
    r"""Yield the page of an MHTML file or a mail: the first HTML part that is no attachment, else the first of text.

    Parts are read as a stream; only those that may be the page are kept.

    Args:
        file: the message, without compression.
        source: its name.
        settings: the limit of a page.

    >>> import io
    >>> mail = b"MIME-Version: 1.0\nContent-Type: text/html; charset=utf-8\n"
    >>> mail += b"Content-Transfer-Encoding: quoted-printable\n\n<h1>Caf=C3=A9</h1>"
    >>> next(read_mime(io.BytesIO(mail), "a.eml", ReadSettings())).content.decode()
    '<h1>Café</h1>'
    """
    counted = _Counted(file)
    top = _header(counted)
    best: dict[str, _Part] = {}
    for part in _parts(counted, top, settings):
        best.setdefault(part.media_type, part)
    place = Place(source=source, record=0, offset=0, length=counted.position)
    part_found = next((best[kind] for kind in _PARTS if kind in best), None)
    if part_found is None:
        yield rejection(place, Reason.NO_TEXT, "no part of the message is HTML or text")
        return
    yield _page(part_found, top, place, settings)


class _Counted:
    """Lines of a stream, and how far they reach."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self.position = 0
        self.starts = True
        """whether the next piece begins a line"""

    def line(self) -> tuple[bytes, bool]:
        """Return a piece of a line, nothing at the end; and whether it begins one."""
        starts = self.starts
        piece = self._file.readline(_PIECE)
        self.position += len(piece)
        self.starts = piece.endswith(b"\n")
        return piece, starts


def _header(file: _Counted) -> Message:
    lines: list[bytes] = []
    size = 0
    while True:
        piece, starts = file.line()
        if not piece or (starts and not piece.strip(b"\r\n")):
            break
        size += len(piece)
        if size <= _HEADER_BYTES:
            lines.append(piece)
    return BytesHeaderParser().parsebytes(b"".join(lines))


def _parts(file: _Counted, top: Message, settings: ReadSettings) -> Iterator[_Part]:
    """Yield the leaves that may be the page, each when its end is found."""
    open_boundaries: list[bytes] = []
    header: Message | None = top
    part: _Part | None = None
    limit = 4 * settings.page_bytes  # quoted-printable takes up to three bytes for one, and line ends
    while True:
        if header is not None:
            kind, boundary = header.get_content_type(), _boundary(header)
            if header.get_content_maintype() == "multipart" and boundary and len(open_boundaries) < _DEPTH:
                open_boundaries.append(boundary)
            elif kind in _PARTS and header.get_content_disposition() != "attachment":
                part = _Part(header, kind)
            header = None
        piece, starts = file.line()
        if not piece:
            break
        ended = _ends(piece, open_boundaries) if starts and piece.startswith(b"--") else None
        if ended is None:
            if part is not None:
                part.size += len(piece)
                if part.size <= limit:
                    part.body.append(piece)
            continue
        if part is not None:
            part.closed = True
            yield part
            part = None
        level, last = ended
        del open_boundaries[level + (not last) :]
        if not last:
            header = _header(file)
    if part is not None:
        part.closed = not open_boundaries
        yield part


def _boundary(header: Message) -> bytes:
    try:
        return (header.get_boundary() or "").encode("utf-8", "surrogateescape")
    except (MessageError, ValueError):
        return b""


def _ends(line: bytes, boundaries: list[bytes]) -> tuple[int, bool] | None:
    """Return the level whose boundary a line is, and whether it is the last of it."""
    text = line[2:].rstrip()
    for level in range(len(boundaries) - 1, -1, -1):
        if text == boundaries[level]:
            return level, False
        if text == boundaries[level] + b"--":
            return level, True
    return None


def _page(part: _Part, top: Message, place: Place, settings: ReadSettings) -> Page | Rejection:
    url = _text(part.header, "Content-Location") or _text(top, "Snapshot-Content-Location")
    url = url if url and re.match(r"https?://", url, re.IGNORECASE) else None
    body = b"".join(part.body)
    whole = part.size == len(body)
    if part is not None and part.closed and top.is_multipart() is False and top.get_content_maintype() == "multipart":
        body = re.sub(rb"\r?\n\Z", b"", body)  # the line end before a boundary belongs to the boundary
    content, sound = _decoded(body, (_text(part.header, "Content-Transfer-Encoding") or "").lower())
    if not whole or len(content) > settings.page_bytes:
        message = f"the part of {part.size} bytes is longer than the limit page_bytes, {settings.page_bytes}"
        return rejection(place, Reason.TOO_LARGE, message, url=url)
    flags = () if part.closed and sound else (Flag.TRUNCATED,)
    page = Page(
        content=content,
        source=place.source,
        record=place.record,
        offset=place.offset,
        length=place.length,
        url=url,
        media_type=part.media_type,
        charset=_charset(part.header),
        flags=flags,
    )
    # of a saved page the date is that of saving it, of a mail that of sending
    saved = top.get_content_type() == "multipart/related"
    return replace(page, captured_at=_moment(_text(top, "Date"))) if saved else page


def _decoded(body: bytes, coding: str) -> tuple[bytes, bool]:
    """Return a body without its transfer coding, and whether all of it could be read."""
    if coding == "quoted-printable":
        return binascii.a2b_qp(body), True
    if coding != "base64":
        return body, True
    letters = _NOT_BASE64.sub(b"", body)
    whole = len(letters) % 4 != 1
    letters = letters if whole else letters[:-1]
    return binascii.a2b_base64(letters + b"=" * (-len(letters) % 4)), whole


def _text(header: Message, name: str) -> str | None:
    value = header.get(name)
    text = " ".join(str(value).split()) if value is not None else ""
    return text.encode("utf-8", "replace").decode() or None


def _charset(header: Message) -> str | None:
    try:
        return header.get_content_charset()
    except (LookupError, ValueError):
        return None


def _moment(value: str | None) -> datetime | None:
    try:
        return moment(parsedate_to_datetime(value or ""))
    except (ValueError, TypeError, OverflowError, IndexError):
        return None
