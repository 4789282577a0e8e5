"""A container's unpacked bytes as one stream with a buffer, and where they lie in the stored file."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import BinaryIO, Final, cast

from newsds.limits import EXPANDED_BYTES, EXPANSION_RATIO
from newsds.read.compression import Prefixed, compression_of, read_up_to
from newsds.read.members import CHUNK, Fault, Members, Piece, compression_within

_PLAIN_CHUNK: Final = 1 << 17
_MARKS: Final = 1 << 12


class Window:
    """Unpacked bytes from a position on; the stream comes in segments, each up to a fault of the compression.

    Offsets of the stream are those of the unpacked bytes that could be read.

    Args:
        file: the stored bytes, from their beginning.
        plausible: says of the first bytes of a compressed member whether it may be one.
    """

    __slots__ = ("_ends", "_member", "_pieces", "_starts", "_unsound", "base", "buf", "ended", "fault", "pos")

    def __init__(
        self,
        file: BinaryIO,
        plausible: Callable[[bytes], bool],
        *,
        expanded_bytes: int = EXPANDED_BYTES.value,
        expansion_ratio: int = EXPANSION_RATIO.value,
    ) -> None:
        self.buf = b""
        self.pos = 0
        """the position, in `buf`"""
        self.base = 0
        """offset of `buf` in the stream"""
        self.ended = False
        """the buffer holds the last bytes of the segment"""
        self.fault: Fault | None = None
        """what ended the segment; None at the end of the file"""
        self._member = -1
        self._starts: dict[int, int] = {}
        self._ends: dict[int, int] = {}
        self._unsound: list[int] = []
        self._pieces = self._read(file, plausible, expanded_bytes, expansion_ratio)

    @staticmethod
    def _read(
        file: BinaryIO, plausible: Callable[[bytes], bool], expanded_bytes: int, expansion_ratio: int
    ) -> Iterator[Piece | Fault]:
        prefix = read_up_to(file, CHUNK)
        compression = compression_of(prefix)
        if compression is None and not plausible(prefix):
            compression = compression_within(prefix, plausible)
        whole = cast(BinaryIO, Prefixed(prefix, file))
        if compression is not None:
            yield from Members(
                whole,
                compression,
                plausible=plausible,
                expanded_bytes=expanded_bytes,
                expansion_ratio=expansion_ratio,
            ).pieces()
            return
        while chunk := whole.read(_PLAIN_CHUNK):
            yield Piece(chunk, -1, None)

    @property
    def offset(self) -> int:
        """The position in the stream."""
        return self.base + self.pos

    @property
    def ahead(self) -> int:
        """Bytes in the buffer from the position on."""
        return len(self.buf) - self.pos

    def fill(self, size: int) -> bool:
        """Read until `size` bytes from the position on are in the buffer; False if the segment has fewer."""
        total = len(self.buf) - self.pos
        wanted = size
        if total >= size:
            return True
        if self.ended:
            return False
        parts = [self.buf[self.pos :]] if total else []
        if total > CHUNK:  # the more is moved, the more must come with it
            size += total // 4
        self.base += self.pos
        while total < size:
            piece = next(self._pieces, None)
            if not isinstance(piece, Piece):
                self.ended, self.fault = True, piece
                if piece is not None:
                    self._ends.setdefault(self.base + total, piece.offset)
                    if not piece.truncated:
                        self._unsound.append(self.base + total)
                break
            if piece.member != self._member:
                self._member = piece.member
                self._starts[self.base + total] = piece.member
            total += len(piece.data)
            parts.append(piece.data)
            if piece.end is not None:
                self._ends[self.base + total] = piece.end
                if not piece.sound:
                    self._unsound.append(self.base + total)
        self.buf, self.pos = b"".join(parts), 0
        if len(self._starts) > _MARKS:
            self._forget()
        return total >= wanted

    def _forget(self) -> None:
        first = max((at for at in self._starts if at <= self.base), default=0)
        self._starts = {at: x for at, x in self._starts.items() if at >= first}
        self._ends = {at: x for at, x in self._ends.items() if at >= self.base}
        self._unsound = [at for at in self._unsound if at >= self.base]

    def resume(self) -> None:
        """Go on behind the fault that ended the segment."""
        self.base += len(self.buf)
        self.buf, self.pos = b"", 0
        self.ended, self.fault = False, None
        self._member = -1

    def starts_member(self, at: int = 0) -> bool:
        """Whether a compressed member begins `at` bytes from the position."""
        return self.base + self.pos + at in self._starts

    def member_end(self, limit: int) -> int | None:
        """Return how far from the position its member ends, or the segment, within `limit` bytes."""
        while True:
            first = min((at for at in self._ends if at > self.offset), default=None)
            if first is not None:
                return first - self.offset
            if self.ended:
                return self.ahead
            if self.ahead >= limit:
                return None
            self.fill(self.ahead + 1)

    def ends_member(self, at: int) -> bool:
        """Whether a compressed member ends `at` bytes from the position."""
        return self.base + self.pos + at in self._ends

    def take(self, size: int, *, by_member: bool) -> tuple[int, int, bool]:
        """Go on by `size` bytes; return where they lie, as `located` says, and whether in a damaged member."""
        start = self.base + self.pos
        self.pos += size
        if not self._starts:  # not compressed
            return start, size, False
        end = start + size
        return *self.located(start, end, by_member=by_member), self.is_unsound(start, end)

    def is_unsound(self, start: int, end: int) -> bool:
        """Whether a stretch of the stream lies in a member that is damaged."""
        return bool(self._unsound) and any(start < at <= end for at in self._unsound)

    def located(self, start: int, end: int, *, by_member: bool) -> tuple[int, int]:
        """Return offset and length of a stretch of the stream.

        They are those of the stored members where it fills them, or where records are compressed one by one.
        """
        first, last = self._starts.get(start), self._ends.get(end)
        if by_member and first is None:
            first = max(((at, x) for at, x in self._starts.items() if at <= start), default=(0, None))[1]
        if by_member and last is None:
            last = min(((at, x) for at, x in self._ends.items() if at >= end), default=(0, None))[1]
        if first is None or last is None or last < first:
            return start, end - start
        return first, last - first
