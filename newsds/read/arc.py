"""ARC files, version 1 and 2: the format of web archives before WARC.

https://archive.org/web/researcher/ArcFileFormat.php
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import BinaryIO, Final

from newsds.model import Flag, Page, Reason, Rejection
from newsds.read.captures import page_of, records_of, rejection_of
from newsds.read.records import Gap, Head, Record
from newsds.read.settings import ReadSettings

_LINE: Final = re.compile(
    rb"(?P<url>[a-zA-Z]{2,10}:[^\r\n]{1,8192}?) (?P<ip>[0-9a-fA-F.:]{1,45}|-) (?P<date>\d{8,14}) "
    rb"(?P<type>[^ \r\n]{1,256})(?P<more>(?: [^ \r\n]{1,1024}){0,6}) (?P<length>-?\d{1,15})[ \t]*\r?\n"
)
"""The line above a record: five fields in version 1, ten in version 2. Crawlers left blanks in addresses."""
_BEGINNING: Final = (
    rb"(?i:https?|ftps?|dns|filedesc|file|gopher|whois|news|nntp|warcinfo|metadata|urn|rtsp|mms):"
    rb"[^\s]{1,2048} (?:[0-9a-fA-F.:]{1,45}|-) \d{8,14} "
)
_LINE_BYTES: Final = 1 << 14
_OTHER_KINDS: Final = frozenset({"filedesc", "dns", "warcinfo", "metadata"})


class ArcFormat:
    """What a record of an ARC file is told by."""

    magic = re.compile(_BEGINNING)
    sought = magic
    terminator = b"\n"
    header_end = re.compile(rb"\n")
    remains = re.compile(rb"\n[^\s]+ \d+\.\d+\.\d+\.\d+ \d{8,14} ")

    def parse(self, buffer: bytes, at: int, *, lenient: bool = False) -> Head | None:
        """Read the header at `at`; None if there is none, or not all of it."""
        line = _LINE.match(buffer, at, at + _LINE_BYTES)
        if line is None:
            return None
        fields = {name.encode(): value for name, value in line.groupdict().items()}
        kind = line["url"].partition(b":")[0].lower().decode("latin-1")
        length = int(line["length"])
        return Head(kind, length if length >= 0 else None, line.end() - at, fields)

    def is_complete(self, head: Head) -> bool:
        """Whether a header has all that the format demands, which is what makes it one."""
        return True

    def has_digest(self, head: Head) -> bool:
        """Say no: the checksums of version 2 are of an unnamed kind."""
        return False

    def is_intact(self, head: Head, block: bytes) -> bool:
        """Say no: there is no digest."""
        return False


ARC: Final = ArcFormat()


def read_arc(
    file: BinaryIO, source: str, settings: ReadSettings, skipped: Counter[str] | None = None
) -> Iterator[Page | Rejection]:
    r"""Yield the pages of an ARC file, and a rejection for each record and byte range that is none.

    Args:
        file: the stored bytes, compressed or not, from their beginning.
        source: name of the file.
        settings: the limits.
        skipped: counts the records that are no pages by their kind, by type.

    >>> import io
    >>> arc = b"https://a.example/ 192.0.2.1 20240203040506 text/plain 3\nTea\n"
    >>> [(p.url, p.content) for p in read_arc(io.BytesIO(arc), "a.arc", ReadSettings())]
    [('https://a.example/', b'Tea')]
    """
    for record in records_of(file, ARC, settings):
        if isinstance(record, Gap):
            url = _url(record.head) if record.head else None
            yield rejection_of(record, source, record.reason, record.message, url)
        elif record.head.kind in _OTHER_KINDS:
            if skipped is not None:
                skipped[record.head.kind] += 1
        else:
            yield _page(record, source, settings)


def _url(head: Head) -> str:
    return head.fields[b"url"].decode("utf-8", "replace")


def _page(record: Record, source: str, settings: ReadSettings) -> Page | Rejection:
    head = record.head
    http = record.buffer.startswith(b"HTTP/", record.start, record.end)
    if record.start == record.end:
        return rejection_of(record, source, Reason.EMPTY, "the record is empty", _url(head))
    return page_of(
        record,
        source,
        settings,
        http=http,
        url=_url(head),
        captured_at=_date(head.fields[b"date"].decode("ascii")),
        declared=head.fields[b"type"] if head.fields[b"type"] != b"no-type" else None,
        flags=() if record.stated or record.truncated else (Flag.DIGEST_MISMATCH,),
    )


def _date(digits: str) -> datetime | None:
    """Read a time written as digits, from the year to as many parts as there are."""
    padded = digits + "00000101000000"[len(digits) :]
    try:
        return datetime.strptime(padded, "%Y%m%d%H%M%S").replace(tzinfo=UTC)
    except ValueError:
        return None
