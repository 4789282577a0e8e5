"""Records that follow each other by their stated lengths, as in WARC and ARC files, sound or damaged.

The chain is sound where a record ends with the mark of its format and another begins, or the file ends. Where it is
not, the end of the record is looked for by what is known of it: its digest, the compressed member that holds it, the
length that the HTTP message states, the next header that reads like one. What belongs to no record is a gap. Records
and gaps together cover the file.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final, NamedTuple, Protocol

from newsds.model import Reason
from newsds.read.http import stated_body_length
from newsds.read.window import Window

_CHUNK: Final = 1 << 18
_TRIES: Final = 8
"""Headers behind a damaged record that are tried as its end by its digest: each costs a digest over the record."""
_OVERLAP: Final = 1 << 12
"""Bytes searched again with what is read next, since a header may begin in them."""
_NEWLINES: Final = b"\r\n"


class Head(NamedTuple):
    """The header of a record."""

    kind: str
    """as stated, in lower case; empty if it is not"""
    length: int | None
    """bytes of the block behind the header, as stated; None if it is not, or is no number"""
    size: int
    """bytes of the header"""
    fields: dict[bytes, bytes]


class Format(Protocol):
    """What a format of records is told by."""

    magic: re.Pattern[bytes]
    """first bytes of a header"""
    sought: re.Pattern[bytes]
    """the same in the midst of other bytes"""
    terminator: bytes
    """what stands behind a block"""
    header_end: re.Pattern[bytes]
    """last bytes of a header"""
    remains: re.Pattern[bytes]
    """what is left of a header that was damaged"""

    def parse(self, buffer: bytes, at: int, *, lenient: bool = False) -> Head | None:
        """Read the header at `at`; None if there is none, or not all of it.

        Args:
            buffer: what the file holds there.
            at: where in it; `magic` matches there.
            lenient: `magic` need not match: a header is expected here, so let one with a damaged first line pass.
        """
        ...

    def is_complete(self, head: Head) -> bool:
        """Whether a header has all that the format demands."""
        ...

    def has_digest(self, head: Head) -> bool:
        """Whether the header states a digest of the block."""
        ...

    def is_intact(self, head: Head, block: bytes) -> bool:
        """Whether a block has the digest that its header states, which states one."""
        ...


class Record(NamedTuple):
    """A record."""

    number: int
    head: Head
    buffer: bytes
    """holds the block"""
    start: int
    """of the block in `buffer`"""
    end: int
    offset: int
    length: int
    """with the header, and what separates it from the next"""
    resynced: bool = False
    """the chain broke before it"""
    truncated: bool = False
    """the file, or what could be unpacked of it, ends inside it"""
    stated: bool = True
    """it has the length that its header states"""
    unsound: bool = False
    """the checksum of the compressed member is wrong"""

    @property
    def block(self) -> bytes:
        """What stands behind the header."""
        return self.buffer[self.start : self.end]


class Gap(NamedTuple):
    """Bytes that hold no record, or one that is too long to keep."""

    number: int
    message: str
    offset: int
    length: int
    reason: Reason = Reason.DAMAGED
    head: Head | None = None
    """of the record that is too long"""


class _End(NamedTuple):
    """Where a record ends, in bytes from the position."""

    block: int
    """end of its block"""
    behind: int
    """where the next record begins"""
    truncated: bool = False
    searched: bool = False
    """the next record was searched for"""


class Records:
    """The records of a file.

    Args:
        window: the bytes of the file.
        form: the format.
        block_bytes: longest block to keep.
        header_bytes: longest header.
    """

    def __init__(self, window: Window, form: Format, *, block_bytes: int, header_bytes: int) -> None:
        self._window = window
        self._form = form
        self._block_bytes = block_bytes
        self._header_bytes = header_bytes
        self._limit = block_bytes + 2 * header_bytes + _CHUNK
        """bytes in the buffer at most, but for what a read brings more"""
        self._number = 0
        self._resynced = False
        self._digested = 0
        """bytes that digests were taken of"""
        self._by_member = False
        """records are compressed one by one"""

    def __iter__(self) -> Iterator[Record | Gap]:
        window = self._window
        parse = self._form.parse
        terminator = self._form.terminator
        width = len(terminator)
        matches = self._form.magic.match
        begins = False  # a record was seen to begin here
        while True:
            pos = window.pos
            if pos == len(window.buf) and window.fill(1):
                pos = window.pos
            head = parse(window.buf, pos) if begins or matches(window.buf, pos) else None
            if head is not None and (length := head.length) is not None and length <= self._block_bytes:
                # the common case: a whole record in the buffer, and behind it the next one or the end of its member
                size = head.size + length
                end = size + width
                if len(window.buf) - pos >= end or window.fill(end):
                    pos, buf = window.pos, window.buf
                    if buf.startswith(terminator, pos + size):
                        at_end = window.ends_member(end)
                        begins = not at_end and matches(buf, pos + end) is not None
                        if at_end or begins:
                            self._by_member = self._by_member or (at_end and window.starts_member())
                            yield self._record(head, size, end)
                            continue
            begins = False
            found = self._next()
            if found is None:
                return
            yield from found

    def _record(self, head: Head, size: int, end: int, *, truncated: bool = False, stated: bool = True) -> Record:
        """Take the record whose block ends at `size`, and go to the next one, at `end`."""
        window = self._window
        pos, buffer = window.pos, window.buf
        offset, length, unsound = window.take(end, by_member=self._by_member)
        record = Record(
            self._number,
            head,
            buffer,
            pos + head.size,
            pos + size,
            offset,
            length,
            self._resynced,
            truncated,
            stated,
            unsound,
        )
        self._number += 1
        self._resynced = False
        return record

    def _gap(self, start: int, message: str, reason: Reason = Reason.DAMAGED, head: Head | None = None) -> Gap:
        """Return what lies between an offset and the position, behind which the chain begins anew."""
        offset, length = self._window.located(start, self._window.offset, by_member=self._by_member)
        self._number += 1
        self._resynced = True
        return Gap(self._number - 1, message, offset, length, reason, head)

    def _next(self) -> list[Record | Gap] | None:
        """Return what comes next where it takes more than a look; None at the end of the file."""
        window = self._window
        if not window.fill(1):
            return self._next_segment()
        if not self._number and window.starts_member():
            member = window.member_end(self._limit)
            self._by_member = member is not None and self._begins(member) and window.ahead > member
        start = window.offset
        head = self._head(0, lenient=True)
        if head is None:
            if self._skip_newlines():
                return []
            self._seek_header(0)
            return [self._gap(start, "no header of a record")]
        if not self._form.magic.match(window.buf, window.pos):
            self._resynced = True  # the header had to be mended
        end = self._end(head)
        if end is None:
            self._seek_header(head.size)
            length = window.offset - start - head.size
            message = f"the record is longer than the limit page_bytes: {length} bytes"
            gap = self._gap(start, message, Reason.TOO_LARGE, head)
            self._resynced = head.length is None or not 0 <= length - head.length <= len(self._form.terminator)
            return [gap]
        stated = head.length == end.block - head.size
        record = self._record(head, end.block, end.behind, truncated=end.truncated, stated=stated)
        self._resynced = end.searched
        return [record]

    def _next_segment(self) -> list[Record | Gap] | None:
        fault = self._window.fault
        if fault is None:
            return None
        self._window.resume()
        self._resynced = True
        if fault.resume <= fault.offset:
            return []
        self._number += 1
        return [Gap(self._number - 1, fault.message, fault.offset, fault.resume - fault.offset, fault.reason)]

    def _skip_newlines(self) -> bool:
        """Pass blank lines before a header or the end; False if there are none, or something else follows."""
        window = self._window
        window.fill(64)
        rest = window.buf[window.pos : window.pos + 64].lstrip(_NEWLINES)
        skipped = min(window.ahead, 64) - len(rest)
        if not skipped or (rest and self._head(skipped) is None):
            return False
        window.pos += skipped
        return True

    def _head(self, at: int, *, lenient: bool = False) -> Head | None:
        """Read the header `at` bytes from the position."""
        window, form = self._window, self._form
        window.fill(at + _OVERLAP)
        if not lenient and not form.magic.match(window.buf, window.pos + at):
            return None
        size = _OVERLAP
        while not form.header_end.search(window.buf, window.pos + at):
            size *= 4
            if size > 2 * self._header_bytes or not window.fill(at + size):
                break
        head = form.parse(window.buf, window.pos + at, lenient=lenient)
        return head if head is not None and head.size <= self._header_bytes else None

    def _end(self, head: Head) -> _End | None:
        """Find where a record ends whose chain is broken; None if it is longer than what is kept."""
        window, form = self._window, self._form
        stated: int | None = None if head.length is None else head.size + head.length
        known = None  # the stated end, where the buffer holds it
        if stated is not None and stated - head.size <= self._block_bytes and window.fill(stated):
            known = stated
            behind = self._behind(known)
            if self._begins(behind) or self._is_intact(head, known):
                return _End(known, behind)
            behind = known + len(form.terminator)
            if window.ahead > behind and self._begins(behind):  # only the terminator is damaged
                return _End(known, behind)
        if window.starts_member():
            end = window.member_end(self._limit)
            # of a file that is one member, the end says nothing
            if end is not None and end >= head.size and self._begins(end) and (self._by_member or window.ahead > end):
                cut = window.ahead == end and window.fault is not None
                if cut and known is not None:  # what follows is what the fault made of the member's rest
                    return _End(known, end)
                return _End(self._trimmed(head.size, end), end, truncated=cut)
        found = self._next_header(head)
        if known is not None and (found is None or known <= found) and self._holds(head, known, found):
            return _End(known, self._behind(known))
        if found is not None and stated is not None and 0 <= found - stated <= len(form.terminator):
            return _End(stated, found)
        if found is not None:
            return _End(self._trimmed(head.size, found), found, searched=True)
        if window.ended and window.ahead - head.size <= self._block_bytes + len(form.terminator):
            end = window.ahead
            complete = window.buf.endswith(form.terminator) or stated is None or stated <= end
            cut = window.fault is not None or not complete
            return _End(end if cut else self._trimmed(head.size, end), end, truncated=cut)
        return None if known is None else _End(known, self._behind(known))

    def _holds(self, head: Head, stated: int, found: int | None) -> bool:
        """Whether the stated length is to be believed although no header stands behind it."""
        window = self._window
        own = stated_body_length(self._block(head, stated))
        if own == stated - head.size:
            return True
        end = window.ahead if found is None else found
        if own is not None and (own < 0 or own == self._trimmed(head.size, end) - head.size):
            return False
        rest = window.buf[window.pos + stated : window.pos + end]
        return rest.startswith(self._form.terminator) or self._form.remains.search(rest[:_CHUNK]) is not None

    def _next_header(self, head: Head) -> int | None:
        """Return how far from the position the next record begins: where the digest fits, else the first header."""
        first = None
        by_digest = self._form.has_digest(head)
        for tries, at in enumerate(self._headers(head.size, self._limit)):
            first = at if first is None else first
            if not by_digest or tries >= _TRIES:
                break
            if self._is_intact(head, self._trimmed(head.size, at)):
                return at
        return first

    def _seek_header(self, at: int) -> None:
        """Go to the next header at least one byte behind `at`, or the end of the segment."""
        window = self._window
        at += 1
        while True:
            found = next(self._headers(at, _CHUNK), None)
            if found is not None:
                window.pos += found
                return
            if window.ended:
                window.pos = len(window.buf)
                return
            passed = max(window.ahead - _OVERLAP, 0)
            window.pos += passed
            at = max(at - passed, 0)
            window.fill(window.ahead + _CHUNK)

    def _headers(self, at: int, limit: int) -> Iterator[int]:
        """Yield how far from the position headers stand that read like one of a record, `limit` bytes or more."""
        window = self._window
        while True:
            found = self._form.sought.search(window.buf, window.pos + at)
            if found:
                at = found.start() - window.pos
                if self._is_header(at):
                    yield at
                at += 1
                continue
            if window.ended or window.ahead >= limit:
                return
            at = max(at, window.ahead - _OVERLAP)
            window.fill(window.ahead + _CHUNK)

    def _is_header(self, at: int) -> bool:
        """Whether what looks like a header is one, and no part of a page that shows one."""
        window, form = self._window, self._form
        start = window.pos + at
        another = form.sought.search(window.buf, start + 1)
        if another and not form.header_end.search(window.buf, start, another.start() + 2):
            return False  # looked at first, for a header without an end is searched through for each of many
        head = self._head(at)
        if head is None or head.length is None:
            return False
        end = at + head.size + head.length
        if head.kind and head.length <= self._block_bytes and window.fill(end) and self._begins(self._behind(end)):
            return True
        before = window.buf[max(window.pos + at - 4, 0) : window.pos + at]
        return form.is_complete(head) and (before.endswith((b"\n\n", b"\n\r\n")) or window.starts_member(at))

    def _is_intact(self, head: Head, end: int) -> bool:
        """Whether the block up to `end` has the digest that the header states."""
        window = self._window
        # many headers may claim the same bytes: what is digested stays in proportion to what is read
        if not self._form.has_digest(head) or self._digested > 8 * (window.base + len(window.buf)):
            return False
        self._digested += end - head.size
        return self._form.is_intact(head, self._block(head, end))

    def _begins(self, at: int) -> bool:
        """Whether a record begins `at` bytes from the position, or the segment ends."""
        window = self._window
        window.fill(at + 32)
        return window.ahead == at or self._form.magic.match(window.buf, window.pos + at) is not None

    def _behind(self, at: int) -> int:
        """Return where the next record begins behind a block end, blank lines passed."""
        window = self._window
        window.fill(at + 64)
        rest = window.buf[window.pos + at : window.pos + at + 64]
        blank = len(rest) - len(rest.lstrip(_NEWLINES))
        terminator = self._form.terminator
        if blank <= len(terminator) or self._begins(at + blank):
            return at + blank
        return at + len(terminator)

    def _block(self, head: Head, end: int) -> bytes:
        return self._window.buf[self._window.pos + head.size : self._window.pos + end]

    def _trimmed(self, start: int, end: int) -> int:
        """Return where a block ends behind which the next record begins at `end`."""
        block = self._window.buf[self._window.pos + max(start, end - 4) : self._window.pos + end]
        for terminator in (self._form.terminator, b"\n\n", b"\r\n", b"\n"):
            if block.endswith(terminator):
                return end - len(terminator)
        return end
