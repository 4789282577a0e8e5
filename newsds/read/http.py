"""HTTP messages as archives hold them: status, type, and the body without its codings, whatever can be had of it."""

from __future__ import annotations

import io
import re
import zlib
from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Final, Literal, NamedTuple

import brotli

from newsds.model import Flag
from newsds.read.decoders import compression_of
from newsds.read.header import STATUS, read_header, read_response
from newsds.read.members import Fault, Members

_CHUNK: Final = re.compile(rb"[ \t]*([0-9a-fA-F]{1,15})[ \t]*(?:;[^\n]*)?\r?\n")
_CHARSET: Final = re.compile(r";\s*charset\s*=\s*[\"']?\s*([^\s;\"']+)", re.IGNORECASE)
_CONTROLS: Final = bytes(c for c in range(32) if c not in b"\t\n\f\r\x1b")
_STEP: Final = 1 << 16
_NAMES: Final = (b"content-type", b"transfer-encoding", b"content-encoding")
_NO_FLAGS: Final[frozenset[Flag]] = frozenset()


class Message(NamedTuple):
    """A response: what counts of its header, and its body."""

    status: int | None
    """None where the block has no status line"""
    media_type: str | None
    charset: str | None
    body: bytes
    """without transfer and content coding"""
    flags: frozenset[Flag] = _NO_FLAGS
    too_large: bool = False
    """the body without its codings is longer than the limit"""


@lru_cache(maxsize=1024)
def content_type(value: bytes | None) -> tuple[str | None, str | None]:
    """Return media type, in lower case and without parameters, and charset of a `Content-Type`.

    >>> content_type(b'Text/HTML; Charset="UTF-8"'), content_type(b""), content_type(None)
    (('text/html', 'UTF-8'), (None, None), (None, None))
    """
    if not value:
        return None, None
    text = value[:512].decode("latin-1")
    media_type = text.partition(";")[0].partition(",")[0].strip().lower()
    charset = _CHARSET.search(text)
    return media_type if "/" in media_type else None, charset[1][:40] if charset else None


def read_message(buffer: bytes, limit: int, start: int = 0, end: int | None = None) -> Message:
    r"""Read an HTTP response.

    Args:
        buffer: holds the message. Without a status line, all of it is body.
        limit: bytes of the body, without its codings.
        start: where it begins.
        end: where it ends.

    >>> message = read_message(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nTea\r\n0\r\n\r\n", 100)
    >>> message.status, message.body
    (200, b'Tea')
    """
    end = len(buffer) if end is None else end
    found = read_response(buffer, start, end, _NAMES)
    if found is None:
        return Message(None, None, None, buffer[start:end], too_large=end - start > limit)
    status, fields, head_end = found
    if fields is None:
        return Message(status, None, None, b"", frozenset([Flag.TRUNCATED]))
    body: bytes | None = buffer[head_end:end]
    media_type, charset = content_type(fields.get(b"content-type"))
    flags: set[Flag] = set()
    if b"transfer-encoding" in fields or b"content-encoding" in fields:
        body = _decode(buffer[head_end:end], fields, limit, flags)
    if status == 206:
        flags.add(Flag.TRUNCATED)
    too_large = body is None or len(body) > limit
    return Message(status, media_type, charset, body or b"", frozenset(flags) if flags else _NO_FLAGS, too_large)


def stated_body_length(block: bytes) -> int | None:
    """Return the length that a response states of its whole message, negative if its header does not end.

    None if it states none, or is no response.
    """
    if not block.startswith(b"HTTP/"):
        return None
    header = read_header(block, 0, len(block), (b"content-length",))
    if header is None:
        return -1
    if not STATUS.match(block):
        return None
    fields, end = header
    value = fields.get(b"content-length", b"")
    return end + int(value) if re.fullmatch(rb"\d{1,15}", value) else None


def _decode(body: bytes, fields: Mapping[bytes, bytes], limit: int, flags: set[Flag]) -> bytes | None:
    """Return the body without its codings; None if it is longer than the limit."""
    if b"chunked" in fields.get(b"transfer-encoding", b"").lower():
        body = dechunk(body, flags)
    codings = fields.get(b"transfer-encoding", b"") + b"," + fields.get(b"content-encoding", b"")
    for coding in reversed(codings.decode("latin-1").lower().split(",")):
        decoded = _without(body, coding.strip(), limit, flags)
        if decoded is None:
            return None
        body = decoded
    return body


def dechunk(body: bytes, flags: set[Flag]) -> bytes:
    r"""Return a chunked body in one piece; one that is no longer chunked, as archives keep them, as it is.

    >>> dechunk(b"4\r\nBoat\r\n2;x=1\r\ns!\r\n0\r\n\r\n", set()), dechunk(b"<html>", set())
    (b'Boats!', b'<html>')
    """
    parts: list[bytes] = []
    at = 0
    while True:
        size = _CHUNK.match(body, at)
        if size is None:
            if not parts and at == 0:
                return body
            flags.add(Flag.TRUNCATED)
            break
        length = int(size[1], 16)
        if not length:
            break
        part = body[size.end() : size.end() + length]
        end = size.end() + length
        if at == 0 and len(part) == length and end < len(body) and body[end] not in b"\r\n":
            return body  # text that begins like a size
        parts.append(part)
        if len(part) < length:
            flags.add(Flag.TRUNCATED)
            break
        at = end + (2 if body.startswith(b"\r\n", end) else 1 if body.startswith(b"\n", end) else 0)
        if at >= len(body):
            flags.add(Flag.TRUNCATED)
            break
    return b"".join(parts)


def _without(body: bytes, coding: str, limit: int, flags: set[Flag]) -> bytes | None:
    """Undo one coding; a body that is not in it, because it was undone before, stays as it is."""
    match coding:
        case "gzip" | "x-gzip":
            return _members(body, "gzip", limit, flags)
        case "zstd":
            return _members(body, "zstd", limit, flags)
        case "deflate":
            return _first_that_works(body, (_deflate(body, 15), _deflate(body, -15)), limit, flags)
        case "br":
            return _first_that_works(body, (_brotli(body),), limit, flags)
        case _:
            return body


def _members(body: bytes, kind: Literal["gzip", "zstd"], limit: int, flags: set[Flag]) -> bytes | None:
    if compression_of(body[:10]) != kind:
        return body
    parts: list[bytes] = []
    size = 0
    for piece in Members(io.BytesIO(body), kind).pieces():
        if isinstance(piece, Fault):
            flags.add(Flag.TRUNCATED)
            break
        if not piece.sound:
            flags.add(Flag.DIGEST_MISMATCH)
        parts.append(piece.data)
        size += len(piece.data)
        if size > limit:
            return None
    return b"".join(parts)


def _first_that_works(body: bytes, tries: tuple[Iterator[bytes], ...], limit: int, flags: set[Flag]) -> bytes | None:
    """Return what the first decoder gives that comes to the end, else what the first gives that gives anything.

    A body that no decoder comes to the end of and that reads as text was decoded before.
    """
    partial = b""
    for decoder in tries:
        parts: list[bytes] = []
        size = 0
        try:
            for part in decoder:
                parts.append(part)
                size += len(part)
                if size > limit:
                    return None
        except (zlib.error, brotli.error):
            partial = partial or b"".join(parts)
            continue
        return b"".join(parts)
    if not partial or _is_text(body[:1024]):
        return body
    flags.add(Flag.TRUNCATED)
    return partial


def _is_text(sample: bytes) -> bool:
    return sample.translate(None, _CONTROLS) == sample and (
        sample.isascii() or "\ufffd" not in sample.decode("utf-8", "replace")[:-4]
    )


def _deflate(body: bytes, bits: int) -> Iterator[bytes]:
    decoder = zlib.decompressobj(bits)
    for at in range(0, len(body), 512):  # small steps: what comes before a fault is kept
        data = body[at : at + 512]
        while data and not decoder.eof:
            yield decoder.decompress(data, _STEP)
            data = decoder.unconsumed_tail
    if not decoder.eof:
        yield decoder.flush(_STEP)
        raise zlib.error("the body ends too early")


def _brotli(body: bytes) -> Iterator[bytes]:
    decoder = brotli.Decompressor()
    for at in range(0, len(body), 512):
        yield decoder.process(body[at : at + 512], output_buffer_limit=_STEP)
        while not decoder.can_accept_more_data():
            yield decoder.process(b"", output_buffer_limit=_STEP)
    while not decoder.is_finished():
        part = decoder.process(b"", output_buffer_limit=_STEP)
        if not part and not decoder.is_finished():
            raise brotli.error("the body ends too early")
        yield part
