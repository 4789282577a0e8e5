"""tar archives: ustar, pax and GNU, read once from front to back."""

from __future__ import annotations

import re
import tarfile
from collections.abc import Iterator
from typing import BinaryIO, Final

from newsds.model import Reason, Rejection
from newsds.read.archive import CHUNK, Member, MemberStream, Other, Window
from newsds.read.fields import Place, printable, rejection

_BLOCK: Final = 512
_HEADER_BYTES: Final = 1 << 20
"""Bytes of an extended header; more is no name."""
_ZERO: Final = bytes(_BLOCK)
_PAX: Final = re.compile(rb"(\d{1,20}) ([^=]+)=")
_CHECKSUM: Final = re.compile(rb"[ \0]*[0-7]{1,8}[ \0]?")
_KINDS: Final = {
    tarfile.DIRTYPE: "folder",
    tarfile.SYMTYPE: "link",
    tarfile.LNKTYPE: "link",
    tarfile.CHRTYPE: "device",
    tarfile.BLKTYPE: "device",
    tarfile.FIFOTYPE: "device",
}
_EXTENDED: Final = (tarfile.XHDTYPE, tarfile.XGLTYPE, tarfile.SOLARIS_XHDTYPE)
_LONG: Final = (tarfile.GNUTYPE_LONGNAME, tarfile.GNUTYPE_LONGLINK)


def is_header(block: bytes) -> bool:
    """Say whether a block of 512 bytes is the header of a member: its checksum is right.

    >>> is_header(tarfile.TarInfo("a.txt").tobuf()), is_header(bytes(512))
    (True, False)
    """
    return _parse(block) is not None


def _parse(block: bytes) -> tarfile.TarInfo | None:
    if not _CHECKSUM.match(block, 148):
        return None
    try:
        info = tarfile.TarInfo.frombuf(block, "utf-8", "surrogateescape")
    except (tarfile.HeaderError, ValueError, OverflowError):
        return None
    return info if info.size >= 0 else None


class _Content(MemberStream):
    def __init__(self, window: Window, size: int) -> None:
        super().__init__()
        self._window = window
        self._size = self.left = size

    def some(self, size: int) -> bytes:
        data = self._window.some(min(size, self.left))
        self.left -= len(data)
        if not data and self.left and size:
            self.fault = f"the archive ends after {self._size - self.left} of its {self._size} bytes"
            self.left = 0
        return data

    def finish(self) -> None:
        """Read what is left, and the blanks up to the next block."""
        while self.left and self.some(CHUNK):
            pass
        self._window.read(-self._size % _BLOCK)


def tar_members(file: BinaryIO, source: str) -> Iterator[Member | Other | Rejection]:
    """Yield the members of an archive in order; each must be read before the next is asked for.

    Where a header is damaged, reading goes on at the next sound one, and the range between is a rejection.

    Args:
        file: the archive, without compression.
        source: its name.
    """
    window = Window(file)
    record = 0
    damaged: int | None = None
    entry: int | None = None
    pax: dict[str, str] = {}
    long_name: str | None = None
    while len(block := window.read(_BLOCK)) == _BLOCK:
        start = window.position - _BLOCK
        info = _parse(block) if block != _ZERO else None
        if info is None:
            if block != _ZERO and damaged is None:
                damaged = start
            continue
        if damaged is not None:
            yield _damaged(source, record, damaged, start)
            record += 1
            damaged, entry, pax, long_name = None, None, {}, None
        entry = start if entry is None else entry
        if info.type in _EXTENDED or info.type in _LONG:
            content = _Content(window, info.size)
            data = _read(content)
            if info.type in _LONG:
                long_name = (
                    data.rstrip(b"\0").decode("utf-8", "surrogateescape")
                    if info.type == tarfile.GNUTYPE_LONGNAME
                    else long_name
                )
            elif info.type != tarfile.XGLTYPE:
                pax = _pax(data)
            continue
        name = pax.get("path") or long_name or info.name
        size = int(pax["size"]) if pax.get("size", "").isdecimal() else info.size
        sparse = info.type == tarfile.GNUTYPE_SPARSE or any(key.startswith("GNU.sparse.") for key in pax)
        header = window.position - entry
        kind = _KINDS.get(info.type)
        if kind is not None or name.endswith("/"):
            yield Other(kind=kind or "folder")
        else:
            content = _Content(window, size)
            if sparse:
                place = Place(source=f"{source}!/{printable(name)}", record=record, offset=entry, length=header + size)
                yield rejection(place, Reason.UNKNOWN_FORMAT, "a sparse member")
            else:
                yield Member(name=name, stream=content, record=record, offset=entry, length=header + size)
            content.finish()
        record += 1
        entry, pax, long_name = None, {}, None
    if block:
        damaged = window.position - len(block) if damaged is None else damaged
    if damaged is not None:
        yield _damaged(source, record, damaged, window.position)


def _read(content: _Content) -> bytes:
    """Return an extended header, as far as it is one."""
    parts: list[bytes] = []
    size = 0
    while part := content.some(CHUNK):
        size += len(part)
        if size <= _HEADER_BYTES:
            parts.append(part)
    content.finish()
    return b"".join(parts)


def _pax(data: bytes) -> dict[str, str]:
    """Return the records of a pax header: `length key=value`, a line each."""
    found: dict[str, str] = {}
    pos = 0
    while match := _PAX.match(data, pos):
        end = pos + int(match[1])
        if end <= match.end() or end > len(data):
            break
        value = data[match.end() : end - 1]
        found[match[2].decode("utf-8", "surrogateescape")] = value.decode("utf-8", "surrogateescape")
        pos = end
    return found


def _damaged(source: str, record: int, start: int, end: int) -> Rejection:
    place = Place(source=source, record=record, offset=start, length=end - start)
    return rejection(place, Reason.DAMAGED, f"{end - start} bytes that are no header of a member")
