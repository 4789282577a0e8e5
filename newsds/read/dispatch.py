"""Any input → pages: what it is, is told by its content; archives and compressions are read through."""

from __future__ import annotations

import io
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import PurePosixPath
from typing import BinaryIO, Final, Protocol, cast

from newsds.model import Flag, Page, Reason, Rejection
from newsds.read.arc import read_arc
from newsds.read.archive import CHUNK, Allowance, LimitReachedError, Member, MemberStream, Other
from newsds.read.compression import Prefixed, Unpacked, read_up_to
from newsds.read.delimited import read_delimited
from newsds.read.fields import Place, printable, rejection
from newsds.read.jsonl import read_jsonl
from newsds.read.mime import read_mime
from newsds.read.settings import ReadSettings
from newsds.read.sniff import MEDIA_TYPES, PREFIX_BYTES, SUFFIXES, Format, inner_name, media_type, sniff
from newsds.read.tar import tar_members
from newsds.read.warc import read_warc
from newsds.read.zip import zip_members

Found = Page | Rejection
Reader = Callable[[BinaryIO, str, ReadSettings], Iterator[Found]]

BUFFER_BYTES: Final = 1 << 18


class _Faulty(Protocol):
    """A stream that ends early where it must, and says why."""

    fault: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Part:
    """A file, or a member of an archive, that is being read."""

    name: str
    """the suffix of which counts"""
    place: Place
    inside: bool = False
    """whether it is a member, whose place is in its archive"""
    depth: int = 0
    """archives and compressions around it"""
    streams: tuple[_Faulty, ...] = ()
    """what it is read through, up to its archive"""


class Reading:
    """Reads one input.

    Args:
        settings: names of fields, and limits.
        stored: bytes of the input, where that is known.
        any_page: whether what is of no known format is a page of text, as standard input is.
    """

    def __init__(self, settings: ReadSettings, *, stored: int | None = None, any_page: bool = False) -> None:
        self._settings = settings
        self._any_page = any_page
        self._allowance = Allowance(settings, stored)
        self._stored = stored
        self.skipped = Counter[str]()
        """records that are no pages, by type"""
        self.format = Format.UNKNOWN
        """of the input itself"""

    def pages(self, file: BinaryIO, source: str) -> Iterator[Found]:
        """Yield the pages of a stream, and what of it is none. It does not raise: a fault of the system is the last.

        Args:
            file: the input, from its first byte; sought in where a format needs it, if it can be.
            source: its name.
        """
        try:
            yield from self._part(file, _Part(name=source, place=Place(source=source, record=0, offset=0)))
        except LimitReachedError as error:
            yield Rejection(reason=error.reason, message=error.message, source=source)
        except OSError as error:
            yield Rejection(reason=Reason.UNREADABLE, message=_said(error), source=source)

    def _part(self, file: BinaryIO, part: _Part) -> Iterator[Found]:
        prefix = read_up_to(file, PREFIX_BYTES)
        found = sniff(prefix, part.name)
        if not part.depth:
            self.format = found
        if found is Format.UNKNOWN and self._any_page and not part.inside:
            found = Format.PAGE
        if found is Format.PAGE:
            yield self._page(prefix, file, part)
            return
        if file.seekable():
            file.seek(0)
        else:
            file = cast(BinaryIO, io.BufferedReader(cast(io.RawIOBase, Prefixed(prefix, file)), BUFFER_BYTES))
        if found is Format.UNKNOWN:
            yield _unknown(prefix, part)
        elif not prefix and not any(stream.fault for stream in part.streams):
            yield rejection(part.place, Reason.EMPTY, "the file is empty")
        elif found is Format.MIME:
            for one in read_mime(file, part.place.source, self._settings):
                yield self._whole(one, part)
        elif found is Format.COMPRESSED:
            yield from self._unpacked(file, part)
        elif found in (Format.TAR, Format.ZIP):
            yield from self._archive(file, part, found)
        else:
            yield from self._records(file, part, found)

    def _page(self, prefix: bytes, file: BinaryIO, part: _Part) -> Found:
        """Read a page to its end, or as far as it may be long."""
        limit = self._settings.page_bytes
        large = self._stored is not None and not part.depth and self._stored > limit
        content = prefix
        if not large and len(prefix) == PREFIX_BYTES:
            content += read_up_to(file, max(0, limit + 1 - len(prefix)))
        place = part.place
        if large or len(content) > limit:
            length = self._stored if large else None
            place = place if part.inside else replace(place, length=length)
            size = f"{length} bytes" if length is not None else "its bytes"
            return rejection(place, Reason.TOO_LARGE, f"{size} are more than the limit page_bytes, {limit}")
        page = Page(
            content=content,
            source=place.source,
            record=place.record,
            offset=place.offset,
            length=place.length if part.inside else len(content),
            media_type=media_type(part.name, prefix),
        )
        return self._whole(page, part)

    def _whole(self, found: Found, part: _Part) -> Found:
        """Give what is one page its place in the archive, and the faults of what it was read through."""
        if part.inside:
            place = part.place
            found = replace(found, record=place.record, offset=place.offset, length=place.length)
        faults = [stream for stream in part.streams if stream.fault]
        if not faults or isinstance(found, Rejection):
            return found
        if not found.content or any(getattr(one, "reason", None) is Reason.EXPANDED for one in faults):
            reason = getattr(faults[-1], "reason", None) or Reason.DAMAGED
            return rejection(part.place, reason, faults[-1].fault or "")
        flags = {getattr(stream, "flag", Flag.TRUNCATED) for stream in faults}
        return replace(found, flags=tuple(sorted({*found.flags, *flags})))

    def _records(self, file: BinaryIO, part: _Part, found: Format) -> Iterator[Found]:
        """Yield the pages of a container of records."""
        source, settings = part.place.source, self._settings
        if found in (Format.PARQUET, Format.ARROW, Format.ARROW_STREAM):
            if not file.seekable() and found is not Format.ARROW_STREAM:
                content = read_up_to(file, settings.buffered_bytes + 1)
                if len(content) > settings.buffered_bytes:
                    message = f"longer than the limit buffered_bytes, {settings.buffered_bytes}: unpack it"
                    yield rejection(part.place, Reason.TOO_LARGE, message)
                    return
                file = io.BytesIO(content)
            yield from self._counted(_columnar(found)(file, source, settings))
        elif found in (Format.WARC, Format.ARC):
            web = read_warc if found is Format.WARC else read_arc
            yield from web(file, source, settings, self.skipped)
        else:
            yield from (read_jsonl if found is Format.JSONL else read_delimited)(file, source, settings)
        yield from _faults(part)

    def _counted(self, pages: Iterator[Found]) -> Iterator[Found]:
        """Count what columns unpack to: a value of a dictionary may stand in every row."""
        for page in pages:
            if isinstance(page, Page):
                self._allowance.expand(len(page.content))
            yield page

    def _unpacked(self, file: BinaryIO, part: _Part) -> Iterator[Found]:
        if self._too_deep(part):
            yield self._deep(part)
            return
        settings = self._settings
        unpacked = Unpacked(file, expanded_bytes=settings.expanded_bytes, expansion_ratio=settings.expansion_ratio)
        inner = replace(
            part, name=inner_name(part.name), depth=part.depth + 1, streams=(*part.streams, cast(_Faulty, unpacked))
        )
        yield from self._part(_buffered(_Counted(unpacked, self._allowance)), inner)

    def _archive(self, file: BinaryIO, part: _Part, found: Format) -> Iterator[Found]:
        if self._too_deep(part):
            yield self._deep(part)
            return
        source = part.place.source
        members = zip_members(file, source) if found is Format.ZIP else tar_members(file, source)
        for member in members:
            if isinstance(member, Rejection):
                yield member
                continue
            self._allowance.member()
            if isinstance(member, Other):
                self.skipped[member.kind] += 1
                continue
            if found is Format.ZIP and part.name.lower().endswith(".wacz") and not member.name.startswith("archive/"):
                self.skipped["index"] += 1  # of the web archives in it: https://specs.webrecorder.net/wacz/1.1.1/
                continue
            yield from self._member(member, part, found)
        yield from _faults(part)

    def _member(self, member: Member, part: _Part, found: Format) -> Iterator[Found]:
        name = printable(member.name)
        place = Place(
            source=f"{part.place.source}!/{name}", record=member.record, offset=member.offset, length=member.length
        )
        inner = _Part(name=name, place=place, inside=True, depth=part.depth + 1, streams=(member.stream,))
        raw = _Counted(member.stream, self._allowance) if found is Format.ZIP else member.stream
        yield from self._part(io.BufferedReader(raw, CHUNK), inner)

    def _too_deep(self, part: _Part) -> bool:
        return part.depth >= self._settings.nesting

    def _deep(self, part: _Part) -> Rejection:
        message = f"it lies in {part.depth} archives and compressions, the limit nesting is {self._settings.nesting}"
        return rejection(part.place, Reason.TOO_DEEP, message)


class _Counted(io.RawIOBase):
    """A stream of unpacked bytes, counted against what the input may expand to."""

    def __init__(self, file: Unpacked | MemberStream, allowance: Allowance) -> None:
        super().__init__()
        self._file = file
        self._allowance = allowance

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: bytearray | memoryview) -> int:  # type: ignore[override]
        data = self._file.read1(len(buffer)) if isinstance(self._file, Unpacked) else self._file.some(len(buffer))
        self._allowance.expand(len(data))
        buffer[: len(data)] = data
        return len(data)


def _buffered(raw: io.RawIOBase) -> BinaryIO:
    return io.BufferedReader(raw, BUFFER_BYTES)


def _faults(part: _Part) -> Iterator[Rejection]:
    """Yield a line of the ledger for each stream that ended before its end."""
    for stream in part.streams:
        if stream.fault:
            place = replace(part.place, offset=getattr(stream, "fault_offset", None), length=None)
            yield rejection(place, getattr(stream, "reason", None) or Reason.DAMAGED, stream.fault)


def _columnar(found: Format) -> Reader:
    from newsds.read import columnar  # Arrow takes long to import, and pages do not need it

    readers: dict[Format, Reader] = {
        Format.PARQUET: columnar.read_parquet,
        Format.ARROW: columnar.read_arrow,
        Format.ARROW_STREAM: columnar.read_arrow_stream,
    }
    return readers[found]


def _unknown(prefix: bytes, part: _Part) -> Rejection:
    suffix = PurePosixPath(part.name).suffix
    pages, containers = " ".join(MEDIA_TYPES), " ".join(SUFFIXES)
    if suffix.lower() == ".json" and prefix.lstrip()[:1] in (b"[", b"{"):
        message = "JSON, but not JSON Lines: put one object on each line (jq -c '.[]')"
    else:
        message = f"neither content nor suffix tell what it is; suffixes of pages: {pages}; of others: {containers}"
    return rejection(part.place, Reason.UNKNOWN_FORMAT, message)


def _said(error: OSError) -> str:
    return printable(error.strerror or str(error) or "input/output error")
