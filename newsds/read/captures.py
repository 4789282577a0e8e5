"""What archives hold of pages → pages, or why they are none: the part that WARC and ARC share."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Any, BinaryIO, Final, cast

from newsds.limits import HEADER_BYTES
from newsds.model import Flag, Page, Reason, Rejection
from newsds.read.http import content_type, read_message
from newsds.read.records import Format, Gap, Record, Records
from newsds.read.settings import ReadSettings
from newsds.read.window import Window

_HTTP_HEADER_BYTES: Final = 1 << 16
"""What a record may hold beside the page: servers allow a quarter of it."""
_NO_PAGES: Final = frozenset(
    f"text/{name}"
    for name in "css javascript ecmascript csv tab-separated-values calendar vcard x-vcard x-component dns vtt".split()
)
_PAGES: Final = frozenset({"application/xhtml+xml", "application/vnd.wap.xhtml+xml"})
_MARKUP: Final = re.compile(rb"<(?:!doctype\s+html|html)\b", re.IGNORECASE)


class _Draft:
    """A page in the making: it has the slots of a page, and becomes one.

    Page is frozen and sets each of its fields by a call of `object.__setattr__`: all of them take a microsecond more.
    """

    __slots__ = Page.__slots__


def page_of(
    record: Record,
    source: str,
    settings: ReadSettings,
    *,
    http: bool,
    url: str | None = None,
    captured_at: datetime | None = None,
    declared: bytes | None = None,
    language: str | None = None,
    flags: tuple[Flag, ...] = (),
) -> Page | Rejection:
    """Return the page that a record holds, or why it is none.

    Args:
        record: whose block it is.
        source: name of the archive.
        settings: the limits.
        http: the block is an HTTP response.
        url: address of the page.
        captured_at: when it was fetched.
        declared: `Content-Type` of the page where the block is no response.
        language: as the archive declares it.
        flags: beside those that the record and the message give.
    """
    number, _, buffer, start, end, offset, length, resynced, truncated, _, unsound = record
    status = None
    if resynced or truncated or unsound:
        flags += _flags(record)
    if http:
        status, media_type, charset, body, more, too_large = read_message(buffer, settings.page_bytes, start, end)
        if more:
            flags += tuple(more)
        if status is None and not (declared or b"").startswith(b"application/http"):
            media_type, charset = content_type(declared)
    else:
        body = buffer[start:end]
        media_type, charset = content_type(declared)
        too_large = len(body) > settings.page_bytes
    if status is not None and not 200 <= status < 300:
        return rejection_of(record, source, Reason.HTTP_STATUS, f"the server answered with status {status}", url)
    if not is_page_type(media_type, body):
        return rejection_of(record, source, Reason.MEDIA_TYPE, f"the media type is {media_type}", url)
    if too_large:
        message_ = f"the page is longer than the limit page_bytes, {settings.page_bytes}"
        return rejection_of(record, source, Reason.TOO_LARGE, message_, url)
    page: Any = _Draft()
    page.content = body
    page.source = source
    page.record = number
    page.offset = offset
    page.length = length
    page.url = url
    page.captured_at = captured_at
    page.media_type = media_type
    page.charset = charset
    page.language = language
    page.flags = tuple(sorted(set(flags))) if flags else ()
    page.__class__ = Page
    return cast(Page, page)


def _flags(record: Record) -> tuple[Flag, ...]:
    flags = {Flag.RESYNCED: record.resynced, Flag.TRUNCATED: record.truncated, Flag.DIGEST_MISMATCH: record.unsound}
    return tuple(flag for flag, is_set in flags.items() if is_set)


def is_page_type(media_type: str | None, body: bytes) -> bool:
    """Say whether a media type is one of pages; one that says little leaves it to the first bytes.

    >>> is_page_type("text/html", b""), is_page_type("image/png", b""), is_page_type("application/xml", b"<html>")
    (True, False, True)
    """
    if media_type is None or media_type == "text/html" or media_type in _PAGES:
        return True
    if media_type.startswith("text/") and media_type not in ("text/xml", "text/rss+xml"):
        return media_type not in _NO_PAGES
    return media_type.endswith(("xml", "/octet-stream", "/unknown")) and _MARKUP.search(body, 0, 1024) is not None


def records_of(file: BinaryIO, form: Format, settings: ReadSettings) -> Records:
    """Return the records of an archive, and its gaps."""
    window = Window(
        file,
        lambda prefix: form.magic.match(prefix) is not None,
        expanded_bytes=settings.expanded_bytes,
        expansion_ratio=settings.expansion_ratio,
    )
    return Records(window, form, block_bytes=settings.page_bytes + _HTTP_HEADER_BYTES, header_bytes=HEADER_BYTES.value)


def rejection_of(record: Record | Gap, source: str, reason: Reason, message: str, url: str | None) -> Rejection:
    """Return the rejection of a record, or the ledger's line for bytes that hold none."""
    return Rejection(
        reason=reason,
        message=message,
        source=source,
        record=record.number,
        offset=record.offset,
        length=record.length,
        url=url,
    )
