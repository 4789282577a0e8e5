"""zip archives: by their directory where they have one and can be sought in, else member by member from the front."""

from __future__ import annotations

import io
import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO, Final, cast

from newsds.model import Flag, Reason, Rejection
from newsds.read.archive import CHUNK, Member, MemberStream, Other, Window
from newsds.read.compression import Compression, Unpacked
from newsds.read.fields import Place, printable, rejection

LOCAL: Final = b"PK\3\4"
_CENTRAL: Final = b"PK\1\2"
_END: Final = b"PK\5\6"
_END_64: Final = b"PK\6\6"
_LOCATOR_64: Final = b"PK\6\7"
_DESCRIPTOR: Final = b"PK\7\x08"
_LOCAL_FORMAT: Final = struct.Struct("<4x2xHHHHIIIHH")
_CENTRAL_FORMAT: Final = struct.Struct("<4x2x2xHHHHIIIHHHHHII")
_MASK_16: Final = 0xFFFF
_MASK_32: Final = 0xFFFFFFFF
_ENCRYPTED: Final = 1
_DESCRIBED: Final = 8
_UTF8: Final = 0x800
_STORED, _DEFLATED = 0, 8
_UNPACKED: Final[dict[int, Compression]] = {12: "bz2", 93: "zstd", 95: "xz"}
_UNIX: Final = 3
_LINK: Final = 0o120000
_TYPE: Final = 0o170000
_ENTRY_BYTES: Final = 46 + 3 * _MASK_16
"""The longest entry of a directory."""
_DIRECTORY_BYTES: Final = 1 << 19
"""Bytes of a directory that are read at once."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Entry:
    """What a header says of a member; a size is None where it follows the content."""

    name: str
    flags: int
    method: int
    crc: int
    packed: int | None
    size: int | None
    offset: int
    link: bool = False


class _Range(io.RawIOBase):
    """Bytes of a window, as many as a member has; all that are left if that is not known."""

    def __init__(self, window: Window, size: int | None) -> None:
        super().__init__()
        self._window = window
        self.left = size

    def readable(self) -> bool:
        return True

    def read(self, size: int = -1, /) -> bytes:
        size = CHUNK if size < 0 else size
        data = self._window.some(size if self.left is None else min(size, self.left))
        if self.left is not None:
            self.left -= len(data)
        return data

    def unread(self, data: bytes) -> None:
        self._window.unread(data)
        if self.left is not None:
            self.left += len(data)


class _Content(MemberStream):
    """A member unpacked; checks its length and CRC-32 at the end."""

    def __init__(self, window: Window, entry: _Entry) -> None:
        super().__init__()
        self._entry = entry
        self._packed = _Range(window, entry.packed)
        self._inflater = zlib.decompressobj(-zlib.MAX_WBITS) if entry.method == _DEFLATED else None
        kind = _UNPACKED.get(entry.method)
        self._unpacked = Unpacked(cast(BinaryIO, self._packed), kind) if kind else None
        self._tail = b""
        self._done = False
        self.crc = self.size = 0

    def some(self, size: int) -> bytes:
        if self._done or not size:
            return b""
        data = self._inflate(size) if self._inflater is not None else self._plain(size)
        self.crc = zlib.crc32(data, self.crc)
        self.size += len(data)
        if not data:
            self._done = True
            self._check()
        return data

    def _plain(self, size: int) -> bytes:
        if self._unpacked is None:
            return self._packed.read(size)
        data = self._unpacked.read(size)
        self.fault = self._unpacked.fault
        return data

    def _inflate(self, size: int) -> bytes:
        inflater = self._inflater
        assert inflater is not None
        while not inflater.eof:
            tail = self._tail or self._packed.read(CHUNK)
            try:
                data = inflater.decompress(tail, size)
            except zlib.error as error:
                self._packed.unread(tail)
                self.fault = f"its data is damaged after {self.size} bytes: {str(error).rpartition(': ')[2]}"
                return b""
            self._tail = inflater.unconsumed_tail
            if inflater.eof and inflater.unused_data:
                self._packed.unread(inflater.unused_data)
            if data:
                return data
            if not tail:
                self.fault = f"its data ends after {self.size} bytes"
                return b""
        return b""

    def _check(self) -> None:
        entry = self._entry
        if self.fault is None and self._packed.left and self._inflater is None and self._unpacked is None:
            self.fault = f"the archive ends after {self.size} bytes of it"
        if self.fault is None and entry.size is not None and (self.size, self.crc) != (entry.size, entry.crc):
            self.fault = "its length or checksum is not the one in the archive"
            self.flag = Flag.DIGEST_MISMATCH

    def finish(self) -> None:
        """Read what is left of it, packed: what it unpacks to is not wanted, unless it tells where the member ends."""
        if self._entry.packed is None:
            while self.some(CHUNK):
                pass
        while self._packed.left and self._packed.read(CHUNK):
            pass


def zip_members(file: BinaryIO, source: str) -> Iterator[Member | Other | Rejection]:
    """Yield the members of an archive in order; each must be read before the next is asked for.

    Without a sound directory (the archive is cut off, or is a stream) they are found by the headers before each; then a
    member that is damaged costs itself and, if its end is not known, what lies before the next header.

    Args:
        file: the archive.
        source: its name.
    """
    directory = _directory(file) if file.seekable() else None
    if directory is None:
        if file.seekable():
            file.seek(0)
        yield from _scan(Window(file), source)
        return
    for record, entry in enumerate(_entries(file, *directory)):
        if entry is None:
            place = Place(source=source, record=record)
            yield rejection(place, Reason.DAMAGED, "the archive's directory is damaged here: what follows is not read")
            return
        yield from _member(file, entry, source, record)


def _directory(file: BinaryIO) -> tuple[int, int, int] | None:
    """Return where the directory begins and ends, and how many bytes lie before the archive; None if there is none."""
    length = file.seek(0, io.SEEK_END)
    tail_start = max(0, length - (1 << 16) - 22 - 20)
    file.seek(tail_start)
    tail = file.read(length - tail_start)
    found = tail.rfind(_END)
    if found < 0 or len(tail) - found < 22:
        return None
    size, start = struct.unpack_from("<II", tail, found + 12)
    end = tail_start + found
    if found >= 20 and tail[found - 20 : found - 16] == _LOCATOR_64:
        (end_64,) = struct.unpack_from("<Q", tail, found - 12)
        if end_64 + 56 > length:
            return None
        file.seek(end_64)
        record = file.read(56)
        if record[:4] != _END_64:
            return None
        size, start = struct.unpack_from("<QQ", record, 40)
        end = end_64
    before = end - size - start
    if before < 0:
        return None
    file.seek(start + before)
    return (start + before, end, before) if size == 0 or file.read(4) == _CENTRAL else None


def _entries(file: BinaryIO, start: int, end: int, before: int) -> Iterator[_Entry | None]:
    """Yield the entries of the directory, a few in memory at a time; None where it is damaged."""
    data, pos, position = b"", 0, start
    while position < end or pos < len(data):
        if len(data) - pos < _ENTRY_BYTES and position < end:
            file.seek(position)
            more = file.read(min(_DIRECTORY_BYTES, end - position))
            if not more:
                yield None
                return
            data, pos = data[pos:] + more, 0
            position += len(more)
        entry, used = _central(data, pos, before)
        yield entry
        if entry is None:
            return
        pos += used


def _central(data: bytes, pos: int, before: int) -> tuple[_Entry | None, int]:
    if len(data) - pos < 46 or data[pos : pos + 4] != _CENTRAL:
        return None, 0
    flags, method, _, _, crc, packed, size, n, m, k, _, _, attributes, offset = _CENTRAL_FORMAT.unpack_from(data, pos)
    used = 46 + n + m + k
    if used > len(data) - pos:
        return None, 0
    name, extra = data[pos + 46 : pos + 46 + n], data[pos + 46 + n : pos + 46 + n + m]
    wide = _wide_numbers(extra, [size, packed, offset])
    if wide is None:
        return None, 0
    size, packed, offset = wide
    mode = attributes >> 16 if data[pos + 5] == _UNIX else 0
    return _Entry(
        name=_name(name, flags),
        flags=flags,
        method=method,
        crc=crc,
        packed=packed,
        size=size,
        offset=offset + before,
        link=mode & _TYPE == _LINK,
    ), used


def _wide_numbers(extra: bytes, numbers: list[int]) -> list[int] | None:
    """Return numbers, those of all ones replaced by what the zip64 field says."""
    fields = b""
    position = 0
    while position + 4 <= len(extra):
        kind, size = struct.unpack_from("<HH", extra, position)
        if kind == 1:
            fields = extra[position + 4 : position + 4 + size]
            break
        position += 4 + size
    out: list[int] = []
    for number in numbers:
        if number == _MASK_32:
            if len(fields) < 8:
                return None
            number, fields = int.from_bytes(fields[:8], "little"), fields[8:]
        out.append(number)
    return out


def _name(raw: bytes, flags: int) -> str:
    try:
        return raw.decode("utf-8")  # most tools write it so without saying so
    except UnicodeDecodeError:
        return raw.decode("utf-8", "surrogateescape") if flags & _UTF8 else raw.decode("cp437")


def _member(file: BinaryIO, entry: _Entry, source: str, record: int) -> Iterator[Member | Other | Rejection]:
    """Yield a member of the directory."""
    file.seek(entry.offset)
    header = file.read(30)
    if header[:4] != LOCAL or len(header) < 30:
        place = Place(source=_inside(source, entry), record=record, offset=entry.offset)
        yield rejection(place, Reason.DAMAGED, "the archive's directory names a place where no member is")
        return
    n, m = struct.unpack_from("<HH", header, 26)
    file.seek(entry.offset + 30 + n + m)
    yield from _opened(Window(file), entry, source, record, 30 + n + m)


def _inside(source: str, entry: _Entry) -> str:
    return f"{source}!/{printable(entry.name)}"


def _opened(
    window: Window, entry: _Entry, source: str, record: int, header: int
) -> Iterator[Member | Other | Rejection]:
    length = None if entry.packed is None else header + entry.packed
    place = Place(source=_inside(source, entry), record=record, offset=entry.offset, length=length)
    content = _Content(window, entry)
    if entry.link or entry.name.endswith("/"):
        yield Other(kind="link" if entry.link else "folder")
    elif entry.flags & _ENCRYPTED:
        yield rejection(place, Reason.ENCRYPTED, "the member is encrypted")
    elif entry.method not in (_STORED, _DEFLATED, *_UNPACKED):
        message = f"compression method {entry.method}: not one of stored, deflate, bzip2, Zstandard, xz"
        yield rejection(place, Reason.UNKNOWN_FORMAT, message)
    else:
        yield Member(name=entry.name, stream=content, record=record, offset=entry.offset, length=length)


def _scan(window: Window, source: str) -> Iterator[Member | Other | Rejection]:
    """Yield members by the headers before them."""
    record = 0
    while True:
        start = window.position
        mark = window.read(4)
        if mark in (_CENTRAL, _END, _END_64) or not mark:
            return
        window.unread(mark)
        if mark != LOCAL:
            found = window.skip_to(LOCAL)
            place = Place(source=source, record=record, offset=start, length=window.position - start)
            yield rejection(place, Reason.DAMAGED, f"{window.position - start} bytes that are no header of a member")
            record += 1
            if not found:
                return
            continue
        entry, header = _local(window, start)
        if entry is None:
            place = Place(source=source, record=record, offset=start, length=window.position - start)
            yield rejection(place, Reason.DAMAGED, "the archive ends in the header of a member")
            return
        if entry.packed is None and (entry.method not in (_DEFLATED, *_UNPACKED) or entry.flags & _ENCRYPTED):
            place = Place(source=_inside(source, entry), record=record, offset=start)
            yield rejection(
                place,
                Reason.ENCRYPTED if entry.flags & _ENCRYPTED else Reason.UNKNOWN_FORMAT,
                "its length is not known beforehand, so that it cannot be read from a stream",
            )
            record += 1
            if window.skip_to(_DESCRIPTOR):
                _skip_descriptor(window)
            continue
        for one in _opened(window, entry, source, record, header):
            yield one
            if isinstance(one, Member):
                content = cast(_Content, one.stream)
                content.finish()
            elif entry.packed is not None:
                _skip(window, entry.packed)
        record += 1
        if entry.packed is None:
            _skip_descriptor(window)


def _skip(window: Window, size: int) -> None:
    while size and (data := window.some(min(size, CHUNK))):
        size -= len(data)


def _local(window: Window, start: int) -> tuple[_Entry | None, int]:
    header = window.read(30)
    if len(header) < 30:
        return None, 0
    flags, method, _, _, crc, packed, size, n, m = _LOCAL_FORMAT.unpack(header)
    rest = window.read(n + m)
    if len(rest) < n + m:
        return None, 0
    described = bool(flags & _DESCRIBED)
    wide = _wide_numbers(rest[n:], [size, packed]) or [size, packed]
    return _Entry(
        name=_name(rest[:n], flags),
        flags=flags,
        method=method,
        crc=crc,
        packed=None if described and not packed else wide[1],
        size=None if described and not size else wide[0],
        offset=start,
    ), 30 + n + m


def _skip_descriptor(window: Window) -> None:
    """Read over what follows a member whose sizes were not known: CRC and sizes, of four or of eight bytes."""
    data = window.read(24)
    for size in (16, 24, 12, 20):
        after = data[size : size + 4]
        begins = data.startswith(_DESCRIPTOR) or size in (12, 20)
        if begins and (not after or after[:2] == b"PK" or size == len(data)):
            window.unread(data[size:])
            return
    window.unread(data)
