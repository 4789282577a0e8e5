"""The members of a compressed file, sound or damaged.

A *member* is what one run of a compressor wrote: a gzip member, a zstd frame, a bz2 or xz stream. Archives compress
each record as a member of its own, so a damaged member costs itself alone: reading goes on at the next one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, BinaryIO, Final, NamedTuple

from newsds.limits import EXPANDED_BYTES, EXPANSION_RATIO
from newsds.model import Reason
from newsds.read.decoders import (
    ERRORS,
    FEED,
    MAGIC,
    MAGIC_BYTES,
    SKIPPABLE,
    Compression,
    Decoder,
    Gzip,
    compression_of,
    new_decoder,
    read_dictionary,
    whole_gzip_member,
)

if TYPE_CHECKING:
    from newsds.read.decoders import zstd

CHUNK: Final = 1 << 18
"""Bytes read at once, and kept behind the reading position to look for the next member in."""
_SMALL: Final = 1 << 14
"""Bytes looked at for a whole gzip member, at least."""
_OUTPUT: Final = 1 << 20
"""Bytes taken from a decompressor at once, so that little input cannot fill the memory."""
_PADDING: Final = 1 << 16
"""Zeros that may fill up the last block; more of them are what was never written, or is lost."""
_BLOCK: Final = 512
"""Bytes of the blocks that tapes and discs are written in."""
_GRACE: Final = 1 << 26
"""Bytes that a member may unpack to whatever the ratio: a page of blanks is no attack."""
_DICTIONARY: Final = b"\x5d\x2a\x4d\x18"
"""First bytes of the skippable zstd frame that holds the dictionary of the frames behind it
(https://iipc.github.io/warc-specifications/specifications/warc-zstd/)."""
_DICTIONARY_BYTES: Final = 1 << 25


class Piece(NamedTuple):
    """Unpacked bytes of a member, in order."""

    data: bytes
    member: int
    """first byte of the member in the stored file"""
    end: int | None
    """one past the member's last byte in the stored file where these are its last bytes"""
    sound: bool = True
    """False with the last bytes of a member whose checksum is not that of its content"""


class Fault(NamedTuple):
    """Stored bytes that cannot be unpacked."""

    message: str
    offset: int
    """first of them in the stored file"""
    resume: int
    """where reading goes on: the next member, or the end of the file"""
    truncated: bool = False
    """the file ends inside a member"""
    reason: Reason = Reason.DAMAGED


class Stored:
    """The stored bytes of a file, and a position in them; some of those passed are kept."""

    __slots__ = ("_base", "_file", "buffer", "ended", "pos")

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self._base = 0
        self.buffer = b""
        self.pos = 0
        """in `buffer`"""
        self.ended = False

    @property
    def offset(self) -> int:
        """The position in the file."""
        return self._base + self.pos

    def seek(self, offset: int) -> None:
        """Go to an offset in the buffer, or the first one that is still there."""
        self.pos = max(0, offset - self._base)

    def more(self, keep: int) -> bool:
        """Read on; False at the end of the file. Bytes from offset `keep` on are kept, but no more than `CHUNK`."""
        chunk = b"" if self.ended else self._file.read(CHUNK)
        if not chunk:
            self.ended = True
            return False
        drop = max(min(keep - self._base, self.pos), self.pos - CHUNK, 0)
        self.buffer = self.buffer[drop:] + chunk
        self._base += drop
        self.pos -= drop
        return True

    def ahead(self, size: int, keep: int) -> bytes:
        """Return the next `size` bytes without going on, fewer at the end."""
        while len(self.buffer) - self.pos < size and self.more(keep):
            pass
        return self.buffer[self.pos : self.pos + size]


class Members:
    """The members of a compressed file: `pieces` yields what they unpack to, and what cannot be unpacked.

    Args:
        file: the stored bytes, from their beginning.
        compression: of its members.
        plausible: says of the first bytes of a member whether it may be one; asked after a fault, where bytes that
            look like the header of a member may be none. Any content will do without it.
        expanded_bytes: limit for the file.
        expansion_ratio: limit for a member.
    """

    def __init__(
        self,
        file: BinaryIO,
        compression: Compression,
        *,
        plausible: Callable[[bytes], bool] | None = None,
        expanded_bytes: int = EXPANDED_BYTES.value,
        expansion_ratio: int = EXPANSION_RATIO.value,
    ) -> None:
        self._stored = Stored(file)
        self._compression = compression
        self._plausible = plausible or bool
        self._expanded_bytes = expanded_bytes
        self._expansion_ratio = expansion_ratio
        self._expanded = 0
        self._small = _SMALL
        self._dictionary: zstd.ZstdDict | None = None

    def pieces(self) -> Iterator[Piece | Fault]:
        """Yield the content of the file, and its faults, in order."""
        stored = self._stored
        while True:
            start = stored.offset
            prefix = stored.ahead(MAGIC_BYTES, start)
            if not prefix:
                return
            if prefix[0] == 0:  # padding
                if self._skip_zeros():
                    continue
                yield self._fault("bytes that belong to no member", start)
            elif MAGIC[self._compression].match(prefix):
                piece = self._small_member(start) if self._compression == "gzip" else None
                if piece is not None:
                    yield piece
                else:
                    yield from self._member(start)
            elif self._compression == "zstd" and SKIPPABLE.match(prefix):
                fault = self._skip_frame(start)
                if fault:
                    yield fault
            else:
                yield self._fault("bytes that belong to no member", start)
            if self._expanded > self._expanded_bytes:
                message = f"the file unpacks to more than the limit expanded_bytes, {self._expanded_bytes}"
                passed = stored.offset
                while stored.more(stored.offset):
                    stored.pos = len(stored.buffer)
                stored.pos = len(stored.buffer)
                yield Fault(message, passed, stored.offset, reason=Reason.EXPANDED)
                return

    def _skip_zeros(self) -> bool:
        """Pass the padding behind an xz stream, or at the end; stay where zeros may be what a fault left."""
        stored = self._stored
        start = stored.offset
        zeros = stored.ahead(_PADDING + 1, start)
        size = len(zeros) - len(zeros.lstrip(b"\0"))
        at_end = size == len(zeros) and (start + size) % _BLOCK == 0
        if size > _PADDING or not (at_end or self._compression == "xz"):
            return False
        stored.pos += size
        if at_end or not stored.ahead(1, start) or compression_of(stored.ahead(MAGIC_BYTES, start)) == "xz":
            return True
        stored.seek(start)
        return False

    def _skip_frame(self, start: int) -> Fault | None:
        """Pass a skippable zstd frame; the first one may hold a dictionary."""
        stored = self._stored
        head = stored.ahead(8, start)
        size = int.from_bytes(head[4:], "little")
        if len(head) == 8 and head.startswith(_DICTIONARY) and size <= _DICTIONARY_BYTES:
            content = stored.ahead(8 + size, start)[8:]
            try:
                self._dictionary = read_dictionary(content, _DICTIONARY_BYTES)
            except ValueError as error:
                stored.pos += 4
                return self._fault(f"the zstd dictionary cannot be read: {error}", start)
        left = 8 + size
        while left > 0:
            step = min(left, len(stored.buffer) - stored.pos)
            stored.pos += step
            left -= step
            if left and not stored.more(stored.offset):
                return Fault("the file ends in a skippable frame", start, stored.offset, truncated=True)
        return None

    def _small_member(self, start: int) -> Piece | None:
        """Unpack a gzip member that is sound and small, as those of archives are; None if it is not."""
        stored = self._stored
        size = self._small
        if len(stored.buffer) - stored.pos < size:
            stored.more(start)
        found = whole_gzip_member(memoryview(stored.buffer)[stored.pos : stored.pos + size], _OUTPUT)
        if found is None:
            self._small = min(4 * size, CHUNK)  # too little for the next one too
            return None
        data, unused = found
        used = min(size, len(stored.buffer) - stored.pos) - unused
        self._expect(used)
        stored.pos += used
        self._expanded += len(data)
        return Piece(data, start, stored.offset)

    def _expect(self, used: int) -> None:
        """Set how much is looked at first: little more than members take, since what is behind them is copied."""
        if used * 4 > self._small or used * 16 < self._small:
            self._small = min(max(used * 4, _SMALL), CHUNK)

    def _member(self, start: int) -> Iterator[Piece | Fault]:
        stored = self._stored
        decoder = new_decoder(self._compression, self._dictionary)
        expanded = 0
        given = self._expanded
        while True:
            data: bytes | memoryview = b""
            if decoder.needs_input:
                if stored.pos == len(stored.buffer) and not stored.more(start):
                    at = stored.offset if expanded else start  # what gave nothing is lost as a whole
                    yield Fault("the file ends in a member", at, stored.offset, truncated=True)
                    return
                size = FEED if stored.offset != start else min(self._small, FEED)
                data = memoryview(stored.buffer)[stored.pos : stored.pos + size]
            before = decoder.copy() if isinstance(decoder, Gzip) and stored.offset != start else None
            try:
                out = decoder.decompress(data, _OUTPUT)
            except ERRORS as error:
                if stored.offset == start or before is not None:
                    yield from self._salvage(
                        before or new_decoder(self._compression, self._dictionary), bytes(data), start
                    )
                at = stored.offset if self._expanded > given else start
                yield self._fault(f"{self._compression}: {error}", at, start + 1)
                return
            stored.pos += len(data)
            expanded += len(out)
            self._expanded += len(out)
            if decoder.eof:
                stored.pos -= len(decoder.unused_data)
                self._expect(stored.offset - start)
                sound = not isinstance(decoder, Gzip) or decoder.sound
                if not sound:
                    # the end may be the wrong one: of a later member, or none at all
                    end = stored.offset
                    fault = self._fault("gzip: the checksum is wrong", end, start + 1)
                    if fault.resume != end:
                        yield Piece(out, start, None)
                        yield fault
                        return
                    stored.seek(end)
                yield Piece(out, start, stored.offset, sound)
                return
            if out:
                yield Piece(out, start, None)
            if self._expanded > self._expanded_bytes:
                return
            read = stored.offset - start
            if expanded > _GRACE and expanded > self._expansion_ratio * read:
                message = f"{read} bytes unpack to {expanded} and more: the limit expansion_ratio is "
                yield self._fault(f"{message}{self._expansion_ratio}", stored.offset, start + 1, reason=Reason.EXPANDED)
                return

    def _salvage(self, decoder: Decoder, data: bytes, start: int) -> Iterator[Piece]:
        """Unpack input that has a fault, byte by byte where it is near, and go there."""
        sound = 0
        for step in (1 << 8, 1):  # a decompressor that failed is of no use: each try begins anew
            last = decoder.copy() if isinstance(decoder, Gzip) else new_decoder(self._compression, self._dictionary)
            got: list[bytes] = []
            try:
                self._feed(last, data[:sound], got)
                while sound < len(data):
                    self._feed(last, data[sound : sound + step], got)
                    sound += step
            except ERRORS:
                continue
        self._stored.pos += min(sound, len(data))
        joined = b"".join(got)
        self._expanded += len(joined)
        if joined and self._compression != "bz2":  # which gives nonsense rather than a part
            yield Piece(joined, start, None)

    @staticmethod
    def _feed(decoder: Decoder, data: bytes, out: list[bytes]) -> None:
        out.append(decoder.decompress(data, _OUTPUT))
        while not decoder.needs_input and not decoder.eof:
            out.append(decoder.decompress(b"", _OUTPUT))

    def _fault(self, message: str, offset: int, search: int | None = None, *, reason: Reason = Reason.DAMAGED) -> Fault:
        """Go to the next member after offset `search`, and say what lies before."""
        stored = self._stored
        stored.seek(offset + 1 if search is None else search)
        found = self._next_member()
        return Fault(message, min(offset, found), found, reason=reason)

    def _next_member(self) -> int:
        stored = self._stored
        magic = MAGIC[self._compression]
        while True:
            found = magic.search(stored.buffer, stored.pos)
            if found:
                stored.pos = found.start()
                if self._is_member(stored.ahead(FEED, stored.offset)):
                    return stored.offset
                stored.pos += 1
                continue
            stored.pos = max(stored.pos, len(stored.buffer) - MAGIC_BYTES + 1)
            if not stored.more(stored.offset):
                stored.pos = len(stored.buffer)
                return stored.offset

    def _is_member(self, data: bytes) -> bool:
        return _begins(new_decoder(self._compression, self._dictionary), data, self._plausible)


def _begins(decoder: Decoder, data: bytes, plausible: Callable[[bytes], bool]) -> bool:
    try:
        return plausible(decoder.decompress(data, 1 << 10))
    except ERRORS:
        return False


def compression_within(prefix: bytes, plausible: Callable[[bytes], bool]) -> Compression | None:
    """Return the compression of the first member within a file whose first member is damaged; None if there is none.

    Args:
        prefix: first bytes of the file.
        plausible: says of the first bytes of a member whether it may be one.
    """
    starts: list[tuple[int, Compression]] = []
    for name, magic in MAGIC.items():
        for found in magic.finditer(prefix):
            if _begins(new_decoder(name), prefix[found.start() : found.start() + FEED], plausible):
                starts.append((found.start(), name))
                break
    return min(starts)[1] if starts else None
