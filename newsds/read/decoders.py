"""Decompressors of the four compressions, in one manner: what they take, what they raise, how their files begin."""

from __future__ import annotations

import lzma
import re
import sys
import zlib
from bz2 import BZ2Decompressor
from typing import Final, Literal, Protocol, cast

if sys.version_info >= (3, 14):
    from compression import zstd as zstd
else:
    from backports import zstd as zstd

try:  # twice as fast; there is no wheel of it for every machine
    from isal.isal_zlib import decompressobj as quick_decompressobj
    from isal.isal_zlib import error as quick_error
except ImportError:
    from zlib import decompressobj as quick_decompressobj  # type: ignore[assignment]
    from zlib import error as quick_error  # type: ignore[assignment]

Compression = Literal["gzip", "zstd", "bz2", "xz"]

FEED: Final = 1 << 16
"""Bytes given to a decompressor at once: where it fails, what it made of them must be made again in smaller steps."""
_XZ_MEMORY: Final = 1 << 27
"""Bytes an xz decompressor may take; files made with `xz -9` need half."""
MAGIC: Final[dict[Compression, re.Pattern[bytes]]] = {
    "gzip": re.compile(rb"\x1f\x8b\x08[\x00-\x1f]"),
    "zstd": re.compile(rb"\x28\xb5\x2f\xfd"),
    "bz2": re.compile(rb"BZh[1-9](?:1AY&SY|\x17rE8P\x90)"),
    "xz": re.compile(rb"\xfd7zXZ\x00"),
}
SKIPPABLE: Final = re.compile(rb"[\x50-\x5f]\x2a\x4d\x18")
MAGIC_BYTES: Final = 10


def compression_of(prefix: bytes) -> Compression | None:
    """Return what a file is compressed with, told from its first 10 bytes; None if it is not.

    >>> import gzip
    >>> compression_of(gzip.compress(b"a")), compression_of(b"WARC/1.0")
    ('gzip', None)
    """
    for name, magic in MAGIC.items():
        if magic.match(prefix):
            return name
    return "zstd" if SKIPPABLE.match(prefix) else None


class Decoder(Protocol):
    """What the decompressors of the standard library have in common."""

    @property
    def eof(self) -> bool:
        """Whether the member has ended."""
        ...

    @property
    def needs_input(self) -> bool:
        """Whether there is nothing to give without more input."""
        ...

    @property
    def unused_data(self) -> bytes:
        """Input behind the end of the member."""
        ...

    def decompress(self, data: bytes | memoryview, /, max_length: int = -1) -> bytes:
        """Return some of what the input so far unpacks to."""
        ...


class Gzip:
    """A gzip member (RFC 1952) in the manner of the other decompressors; a wrong checksum does not cost its content."""

    __slots__ = ("_crc", "_full", "_head", "_inflate", "_length", "_tail", "_trailer", "eof", "sound", "unused_data")

    def __init__(self) -> None:
        self._head: bytes | None = b""
        self._inflate = zlib.decompressobj(-zlib.MAX_WBITS)
        self._tail: bytes = b""
        self._full = False
        self._trailer: bytes | None = None
        self._crc = 0
        self._length = 0
        self.eof = False
        self.sound = True
        self.unused_data = b""

    @property
    def needs_input(self) -> bool:
        """Whether there is nothing to give without more input."""
        return not self._full

    def copy(self) -> Gzip:
        """Return a decompressor in the same state."""
        other = Gzip()
        for name in self.__slots__:
            setattr(other, name, getattr(self, name))
        other._inflate = self._inflate.copy()
        return other

    def decompress(self, data: bytes | memoryview, /, max_length: int = -1) -> bytes:
        """Return some of what the input so far unpacks to."""
        if self._head is not None:
            head = self._head + bytes(data[:FEED])
            size = _gzip_header(head)
            if size is None:
                if len(head) > FEED:
                    raise zlib.error("the header of the gzip member does not end")
                self._head = head
                return b""
            data = memoryview(head)[size:] if self._head else data[size:]
            self._head = None
        if self._trailer is not None:
            self._finish(bytes(data))
            return b""
        if self._tail:
            data, self._tail = self._tail + bytes(data), b""
        out = self._inflate.decompress(data, max(max_length, 0))
        self._crc = zlib.crc32(out, self._crc)
        self._length += len(out)
        self._tail = self._inflate.unconsumed_tail
        self._full = 0 < max_length <= len(out)
        if self._inflate.eof:
            self._trailer, self._tail, self._full = b"", b"", False
            self._finish(self._inflate.unused_data)
        return out

    def _finish(self, data: bytes) -> None:
        trailer = (self._trailer or b"") + data
        self._trailer = trailer[:8]
        if len(trailer) >= 8:
            self.eof = True
            self.unused_data = trailer[8:]
            expected = self._crc.to_bytes(4, "little") + (self._length & 0xFFFFFFFF).to_bytes(4, "little")
            self.sound = self._trailer == expected


def _gzip_header(head: bytes) -> int | None:
    """Return the length of a gzip header; None if it is longer than `head`."""
    if len(head) < 10:
        return None
    if not MAGIC["gzip"].match(head):
        raise zlib.error("no header of a gzip member")
    flags = head[3]
    if not flags:
        return 10
    at = 10
    if flags & 4:  # FEXTRA
        if len(head) < at + 2:
            return None
        at += 2 + int.from_bytes(head[at : at + 2], "little")
    for bit in (8, 16):  # FNAME, FCOMMENT
        if flags & bit:
            at = head.find(b"\0", at) + 1
            if not at:
                return None
    at += 2 if flags & 2 else 0  # FHCRC
    return at if at <= len(head) else None


ERRORS: Final[tuple[type[Exception], ...]] = (
    zlib.error,
    cast(type[Exception], quick_error),
    zstd.ZstdError,
    lzma.LZMAError,
    OSError,
    ValueError,
    EOFError,
    MemoryError,
)
"""What decompressors raise on content."""


def whole_gzip_member(data: bytes | memoryview, limit: int) -> tuple[bytes, int] | None:
    """Unpack a sound gzip member with the quickest decompressor there is.

    What a damaged member gives may differ between decompressors, so that it is left to the one of Python.

    Args:
        data: begins with it.
        limit: bytes it may unpack to.

    Returns:
        Its content, and how many bytes of `data` are behind it; None if it is not sound, or not whole.

    >>> import gzip
    >>> whole_gzip_member(gzip.compress(b"Tea") + b"?", 100)
    (b'Tea', 1)
    """
    decoder = quick_decompressobj(16 + zlib.MAX_WBITS)
    try:
        out = decoder.decompress(data, limit)
    except ERRORS:
        return None
    return (out, len(decoder.unused_data)) if decoder.eof else None


def new_decoder(compression: Compression, dictionary: zstd.ZstdDict | None = None) -> Decoder:
    """Return a decompressor for one member."""
    match compression:
        case "gzip":
            return Gzip()
        case "bz2":
            return BZ2Decompressor()
        case "xz":
            return lzma.LZMADecompressor(lzma.FORMAT_XZ, memlimit=_XZ_MEMORY)
        case "zstd":
            return zstd.ZstdDecompressor(dictionary)


def read_dictionary(content: bytes, limit: int) -> zstd.ZstdDict:
    """Return the dictionary in a skippable zstd frame, where it may be compressed itself.

    Raises:
        ValueError: it is none.
    """
    try:
        if MAGIC["zstd"].match(content):
            content = zstd.ZstdDecompressor().decompress(content, limit)
        dictionary = zstd.ZstdDict(content)
        zstd.ZstdDecompressor(dictionary)  # raises where its content is damaged
        return dictionary
    except zstd.ZstdError as error:
        raise ValueError(str(error)) from error
