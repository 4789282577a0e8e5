"""Compressed files as streams: gzip, zstd, bz2 and xz, of any number of members, sound or damaged."""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import IO, BinaryIO, cast

from newsds.limits import EXPANDED_BYTES, EXPANSION_RATIO
from newsds.model import Reason
from newsds.read.decoders import MAGIC_BYTES, Compression, compression_of
from newsds.read.members import CHUNK, Fault, Members

__all__ = ["Compression", "Prefixed", "Unpacked", "compression_of", "read_up_to"]


class Unpacked(io.BufferedIOBase):
    """What a compressed file unpacks to, as a readable stream.

    Reads on over concatenated members. At the first fault it ends, and `fault` says why; what was readable before
    was given.

    Args:
        file: the stored bytes; not compressed ones are given as they are.
        compression: None looks at the first bytes.
        expanded_bytes: limit for the file.
        expansion_ratio: limit for a member.

    >>> import gzip
    >>> stream = Unpacked(io.BytesIO(gzip.compress(b"one ") + gzip.compress(b"two")[:-9]))
    >>> stream.read(), stream.fault
    (b'one two', 'the file ends in a member (byte 38 of the stored file)')
    """

    def __init__(
        self,
        file: BinaryIO,
        compression: Compression | None = None,
        *,
        expanded_bytes: int = EXPANDED_BYTES.value,
        expansion_ratio: int = EXPANSION_RATIO.value,
    ) -> None:
        prefix = b""
        if compression is None:
            prefix = read_up_to(file, MAGIC_BYTES)
            compression = compression_of(prefix)
        whole = cast(BinaryIO, Prefixed(prefix, file)) if prefix else file
        self._chunks = self._read_chunks(whole, compression, expanded_bytes, expansion_ratio)
        self._buffer = b""
        self._pos = 0
        self.fault: str | None = None
        """what ended the stream before its end, and where in the stored file"""
        self.reason: Reason | None = None
        """of the fault"""
        self.fault_offset: int | None = None
        """byte of the stored file"""

    def _read_chunks(
        self, file: BinaryIO, compression: Compression | None, expanded_bytes: int, expansion_ratio: int
    ) -> Iterator[bytes]:
        if compression is None:
            while chunk := file.read(CHUNK):
                yield chunk
            return
        members = Members(file, compression, expanded_bytes=expanded_bytes, expansion_ratio=expansion_ratio)
        for piece in members.pieces():
            if isinstance(piece, Fault):
                self.fault = f"{piece.message} (byte {piece.offset} of the stored file)"
                self.reason = piece.reason
                self.fault_offset = piece.offset
                return
            if piece.data:
                yield piece.data
            if not piece.sound:
                self.fault = f"the checksum of a member is wrong (byte {piece.member} of the stored file)"
                self.reason = Reason.DAMAGED
                self.fault_offset = piece.member
                return

    def _fill(self) -> bool:
        if self._pos < len(self._buffer):
            return True
        self._buffer, self._pos = next(self._chunks, b""), 0
        return bool(self._buffer)

    def readable(self) -> bool:
        """Say yes."""
        return True

    def read(self, size: int | None = -1, /) -> bytes:
        """Return `size` bytes, all if negative; fewer only at the end."""
        parts: list[bytes] = []
        left = -1 if size is None else size
        while left and self._fill():
            part = self._buffer[self._pos :] if left < 0 else self._buffer[self._pos : self._pos + left]
            self._pos += len(part)
            left -= len(part) if left > 0 else 0
            parts.append(part)
        return b"".join(parts) if len(parts) != 1 else parts[0]

    def read1(self, size: int = -1, /) -> bytes:
        """Return what is there, `size` bytes at most; nothing only at the end."""
        return (
            self.read(min(size, len(self._buffer) - self._pos) if size >= 0 else len(self._buffer) - self._pos)
            if (self._fill())
            else b""
        )


def read_up_to(file: IO[bytes], size: int) -> bytes:
    """Return `size` bytes of a stream that may give fewer at once; fewer only at its end."""
    parts: list[bytes] = []
    while size > 0 and (part := file.read(size)):
        parts.append(part)
        size -= len(part)
    return b"".join(parts)


class Prefixed(io.BufferedIOBase):
    """A stream of which the first bytes were read already."""

    def __init__(self, prefix: bytes, file: BinaryIO) -> None:
        self._prefix = prefix
        self._file = file

    def readable(self) -> bool:
        """Say yes."""
        return True

    def read(self, size: int | None = -1, /) -> bytes:
        """Return up to `size` bytes, all if negative; nothing only at the end."""
        if not self._prefix:
            return self._file.read(-1 if size is None else size)
        if size is None or size < 0:
            size = len(self._prefix)
            out, self._prefix = self._prefix, b""
            return out + self._file.read()
        out, self._prefix = self._prefix[:size], self._prefix[size:]
        return out
