"""WARC files, 0.17 to 1.1, with WET: plain, or compressed by record or as a whole with gzip, zstd, bz2 or xz.

https://iipc.github.io/warc-specifications/specifications/warc-format/warc-1.1/
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import re
from collections import Counter
from collections.abc import Iterator
from typing import BinaryIO, Final

from newsds.limits import HEADER_BYTES
from newsds.model import Flag, Page, Reason, Rejection
from newsds.read.captures import page_of, records_of, rejection_of
from newsds.read.fields import moment
from newsds.read.header import BLANK_LINE, read_header
from newsds.read.http import dechunk
from newsds.read.records import Gap, Head, Record
from newsds.read.settings import ReadSettings

_PAGE_KINDS: Final = frozenset({"response", "resource", "conversion"})
_OTHER_KINDS: Final = frozenset({"warcinfo", "request", "metadata", "dns"})
_MANDATORY: Final = (b"warc-type", b"warc-record-id", b"warc-date", b"content-length")
_NAMES: Final = (
    *_MANDATORY,
    b"warc-target-uri",
    b"content-type",
    b"warc-block-digest",
    b"warc-payload-digest",
    b"warc-truncated",
    b"warc-identified-content-language",
    b"warc-refers-to",
)
_ALGORITHMS: Final = {b"sha1": "sha1", b"sha-1": "sha1", b"sha256": "sha256", b"sha-256": "sha256", b"md5": "md5"} | {
    name: name.decode() for name in (b"sha512", b"sha384", b"sha224")
}
_BASE32: Final = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567abcdefghijklmnopqrstuvwxyz"
_BASE32_DIGITS: Final = bytes.maketrans(_BASE32, b"0123456789abcdefghijklmnopqrstuv0123456789abcdefghijklmnop")
_TYPE: Final = re.compile(rb"^WARC-Type:", re.IGNORECASE | re.MULTILINE)


class WarcFormat:
    """What a record of a WARC file is told by."""

    magic = re.compile(rb"WARC/\d\.\d{1,2}[ \t]*\r?\n")
    sought = magic
    terminator = b"\r\n\r\n"
    header_end = BLANK_LINE
    remains = re.compile(rb"\nWARC-[A-Z][^\n]{0,999}\n(?:[^\n]{0,999}\n){0,2}WARC-[A-Z]")

    def parse(self, buffer: bytes, at: int, *, lenient: bool = False) -> Head | None:
        """Read the header at `at`, where `magic` matches; None if there is none, or not all of it."""
        header = read_header(buffer, at, at + HEADER_BYTES.value + 4, _NAMES)
        if header is None:
            return None
        fields, end = header
        if lenient and not self.magic.match(buffer, at) and not self._is_repairable(buffer, at, end):
            return None
        length = fields.get(b"content-length", b"")
        return Head(
            fields.get(b"warc-type", b"").lower().decode("latin-1"),
            int(length) if length.isdigit() and len(length) < 16 else None,
            end - at,
            fields,
        )

    def _is_repairable(self, buffer: bytes, at: int, end: int) -> bool:
        """Whether what stands before a blank line is a header without its first line, or with a damaged one."""
        first = buffer.find(b"\n", at, at + 64) + 1
        return (
            bool(first)
            and self.magic.search(buffer, at, end) is None
            and (buffer.startswith(b"WARC-", at) or buffer.startswith(b"WARC-", first))
            and _TYPE.search(buffer, at, end) is not None
        )

    def is_complete(self, head: Head) -> bool:
        """Whether a header has all that the format demands."""
        return all(name in head.fields for name in _MANDATORY)

    def has_digest(self, head: Head) -> bool:
        """Whether the header states a digest of the block."""
        return b"warc-block-digest" in head.fields or b"warc-payload-digest" in head.fields

    def is_intact(self, head: Head, block: bytes) -> bool:
        """Whether a block has the digest that its header states."""
        return digest_fits(head, block) is True


WARC: Final = WarcFormat()


def digest_fits(head: Head, block: bytes) -> bool | None:
    """Say whether a block has the digest that its header states; None if it states none that can be checked."""
    value = head.fields.get(b"warc-block-digest")
    if value is not None:
        return _has_digest(block, value)
    value = head.fields.get(b"warc-payload-digest")
    if value is None or head.kind == "revisit":
        return None
    payload = block
    if block.startswith(b"HTTP/"):
        blank = WarcFormat.header_end.search(block)
        payload = block[blank.end() :] if blank else b""
    fits = _has_digest(payload, value)
    # some tools take it without the transfer coding
    return fits or _has_digest(dechunk(payload, set()), value) if fits is False else fits


def _has_digest(data: bytes, value: bytes) -> bool | None:
    algorithm, _, digest = value.partition(b":")
    name = _ALGORITHMS.get(algorithm.strip().lower())
    if name is None:
        return None
    found = hashlib.new(name, data, usedforsecurity=False).digest()
    digest = digest.strip()
    try:
        return found == (
            bytes.fromhex(digest.decode("ascii")) if len(digest) == 2 * len(found) else _from_base32(digest)
        )
    except (ValueError, binascii.Error):
        return None


def _from_base32(digest: bytes) -> bytes:
    """Return what `base64.b32decode` returns of a digest, padded where it is not: that takes ten times as long."""
    if not digest or len(digest) % 8 or digest.translate(None, _BASE32):
        return base64.b32decode(digest.upper() + b"=" * (-len(digest) % 8))
    return int(digest.translate(_BASE32_DIGITS), 32).to_bytes(len(digest) * 5 // 8, "big")


def read_warc(
    file: BinaryIO, source: str, settings: ReadSettings, skipped: Counter[str] | None = None
) -> Iterator[Page | Rejection]:
    r"""Yield the pages of a WARC file, and a rejection for each record and byte range that is none.

    Args:
        file: the stored bytes, compressed or not, from their beginning.
        source: name of the file.
        settings: the limits.
        skipped: counts the records that are no pages by their kind, by type.

    Yields:
        Pages of `response`, `resource` and `conversion` records. What claims to be a page and is not used is a
        rejection; so is every byte range that holds no record, as `damaged`.

    >>> import io
    >>> head = b"WARC/1.0\r\nWARC-Type: conversion\r\nWARC-Target-URI: https://a.example/\r\nContent-Length: 3\r\n\r\n"
    >>> [p.content for p in read_warc(io.BytesIO(head + b"Tea\r\n\r\n"), "a.wet", ReadSettings())]
    [b'Tea']
    """
    for record in records_of(file, WARC, settings):
        if isinstance(record, Gap):
            if record.head is not None and record.head.kind in _OTHER_KINDS:
                _count(skipped, record.head.kind)
                continue
            url = _url(record.head) if record.head else None
            yield rejection_of(record, source, record.reason, record.message, url)
            continue
        kind = _kind(record)
        if kind in _OTHER_KINDS:
            _count(skipped, kind)
            continue
        yield _page(record, kind, source, settings)


def _count(skipped: Counter[str] | None, kind: str) -> None:
    if skipped is not None:
        skipped[kind] += 1


def _kind(record: Record) -> str:
    """The record's type, or what it must be where the header says nothing known."""
    kind = record.head.kind
    if kind in _PAGE_KINDS or kind in _OTHER_KINDS or kind in ("revisit", "continuation"):
        if record.head.fields.get(b"content-type", b"").lower().startswith(b"text/dns"):
            return "dns"
        if kind == "resource" and record.head.fields.get(b"warc-target-uri", b"").startswith(
            (b"metadata:", b"<metadata:")
        ):
            return "metadata"  # what wget logs of itself
        return kind
    fields = record.head.fields
    declared = fields.get(b"content-type", b"").lower()
    if b"msgtype=request" in declared or b"application/warc-fields" in declared:
        return "request" if b"request" in declared else "warcinfo"
    if record.buffer.startswith(b"HTTP/", record.start, record.end):
        return "response"
    if not kind and b"warc-refers-to" in fields:
        return "conversion"
    return kind


def _url(head: Head) -> str | None:
    value = head.fields.get(b"warc-target-uri", b"")
    return value.decode("utf-8", "replace").strip("<> ") or None


def _page(record: Record, kind: str, source: str, settings: ReadSettings) -> Page | Rejection:
    fields = record.head.fields
    url = _url(record.head)
    if kind == "revisit":
        return rejection_of(record, source, Reason.REVISIT, "the page was the same as in an earlier capture", url)
    if kind not in _PAGE_KINDS:
        named = kind[:40] or "missing"
        message = f"the record's type is {named}; newsds reads response, resource and conversion"
        return rejection_of(record, source, Reason.UNKNOWN_FORMAT, message, url)
    flags: tuple[Flag, ...] = ()
    fits = digest_fits(record.head, record.block) if WARC.has_digest(record.head) else None
    if fits is False or (fits is None and not record.stated and not record.truncated):
        flags += (Flag.DIGEST_MISMATCH,)
    if b"warc-truncated" in fields:
        flags += (Flag.TRUNCATED,)
    declared = fields.get(b"content-type")
    language = fields.get(b"warc-identified-content-language")
    return page_of(
        record,
        source,
        settings,
        http=kind == "response" or (declared or b"").lower().startswith(b"application/http"),
        url=url,
        captured_at=moment(fields.get(b"warc-date", b"").decode("latin-1")),
        declared=declared,
        language=language.decode("latin-1").partition(",")[0].strip()[:40] or None if language else None,
        flags=flags,
    )
