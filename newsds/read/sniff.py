"""What a file is: by its first bytes, and where they do not tell, by its suffix."""

from __future__ import annotations

import io
import json
import re
from collections.abc import Mapping
from enum import StrEnum
from pathlib import PurePosixPath
from types import MappingProxyType
from typing import Final

from newsds.read import tar
from newsds.read.compression import Unpacked, compression_of

PREFIX_BYTES: Final = 1 << 16
"""First bytes of a file that are looked at."""
MEDIA_TYPES: Final[Mapping[str, str]] = MappingProxyType(
    {
        ".txt": "text/plain",
        ".text": "text/plain",
        ".html": "text/html",
        ".htm": "text/html",
        ".xhtml": "application/xhtml+xml",
        ".xht": "application/xhtml+xml",
    }
)
"""Suffix of a page, in lower case → its type."""


class Format(StrEnum):
    """How a file is read."""

    PAGE = "page"
    WARC = "warc"
    ARC = "arc"
    JSONL = "jsonl"
    CSV = "csv"
    PARQUET = "parquet"
    ARROW = "arrow"
    ARROW_STREAM = "arrow_stream"
    MIME = "mime"
    TAR = "tar"
    ZIP = "zip"
    COMPRESSED = "compressed"
    UNKNOWN = "unknown"


_WEB_ARCHIVES: Final = frozenset((Format.WARC, Format.ARC))
SUFFIXES: Final[Mapping[str, Format]] = MappingProxyType(
    dict.fromkeys((".warc", ".wet", ".wat"), Format.WARC)
    | {".arc": Format.ARC}
    | dict.fromkeys((".jsonl", ".ndjson", ".jsonlines"), Format.JSONL)
    | dict.fromkeys((".csv", ".tsv"), Format.CSV)
    | dict.fromkeys((".parquet", ".pq"), Format.PARQUET)
    | dict.fromkeys((".arrow", ".feather"), Format.ARROW)
    | {".arrows": Format.ARROW_STREAM, ".tar": Format.TAR, ".zip": Format.ZIP, ".wacz": Format.ZIP}
    | dict.fromkeys((".mhtml", ".mht", ".eml"), Format.MIME)
)
"""Suffix, in lower case → format."""
PACKED_SUFFIXES: Final[Mapping[str, str]] = MappingProxyType(
    dict.fromkeys((".gz", ".zst", ".bz2", ".xz"), "")
    | dict.fromkeys((".tgz", ".tbz", ".tbz2", ".txz", ".tzst"), ".tar")
)
"""Suffix of a compressed file → what the suffix of its content is instead."""
_MARKS: Final = (
    (re.compile(rb"\s*WARC/\d"), Format.WARC),
    (re.compile(rb"filedesc://"), Format.ARC),
    (re.compile(rb"PK(?:\x03\x04|\x05\x06|\x06\x06|00PK\x03\x04)"), Format.ZIP),
    (re.compile(rb"PAR1"), Format.PARQUET),
    (re.compile(rb"ARROW1\0\0"), Format.ARROW),
    (re.compile(rb"\xff\xff\xff\xff..\0\0", re.DOTALL), Format.ARROW_STREAM),
)
_DOCUMENT: Final = re.compile(rb"PK\x03\x04.{22}(?:\[Content_Types\]\.xml|mimetype|META-INF/|_rels/)", re.DOTALL)
"""Documents of offices, e-books and programs, which are zip archives but none of pages: their first member tells."""
_DOCUMENTS: Final = frozenset(".docx .xlsx .pptx .odt .ods .odp .epub .jar .apk .whl".split())
_HTML: Final = re.compile(
    rb"(?:\xef\xbb\xbf)?\s*(?:<\?xml[^>]{0,200}>\s*)?(?:<!--.{0,4000}?-->\s*)*<(?:!doctype\s+html|html|head|body)\b",
    re.IGNORECASE | re.DOTALL,
)
_HEADER: Final = re.compile(rb"(?:[!-9;-~]{1,76}:[^\n]*\n(?:[ \t]+[^\n]*\n)*)+\r?\n")
_MIME: Final = re.compile(rb"^mime-version:[ \t]*1", re.IGNORECASE | re.MULTILINE)
_OBJECT: Final = re.compile(rb'\s*\{\s*"(?:[^"\\\n]|\\.){1,200}"\s*:')


def sniff(prefix: bytes, name: str) -> Format:
    r"""Return what a file is.

    Args:
        prefix: its first `PREFIX_BYTES`, or all.
        name: its name, of which the suffix counts where the content does not tell.

    >>> sniff(b"WARC/1.0\r\n", "pages.txt"), sniff(b'{"text": "a"}\n', "c4.json"), sniff(b"Once", "story.txt")
    (<Format.WARC: 'warc'>, <Format.JSONL: 'jsonl'>, <Format.PAGE: 'page'>)
    """
    suffix = PurePosixPath(name).suffix.lower()
    for pattern, found in _MARKS:
        if pattern.match(prefix):
            document = found is Format.ZIP and (suffix in _DOCUMENTS or _DOCUMENT.match(prefix))
            return Format.UNKNOWN if document else found
    if compression_of(prefix[:16]):
        return _packed(prefix, name)
    if len(prefix) >= 512 and tar.is_header(prefix[:512]):
        return Format.TAR
    if suffix != ".csv" and suffix != ".tsv" and _is_object(prefix, suffix):
        return Format.JSONL
    header = _HEADER.match(prefix)
    if header and _MIME.search(header[0]):
        return Format.MIME
    if suffix in MEDIA_TYPES:
        return Format.PAGE
    found_by_name = SUFFIXES.get(suffix)
    if _HTML.match(prefix) and found_by_name in (None, Format.MIME):
        return Format.PAGE
    return found_by_name or Format.UNKNOWN


def media_type(name: str, prefix: bytes = b"") -> str | None:
    """Return the type of a page: by its suffix, else HTML if it begins as such.

    >>> media_type("a.HTM"), media_type("index.php", b"<html>"), media_type("a")
    ('text/html', 'text/html', None)
    """
    return MEDIA_TYPES.get(PurePosixPath(name).suffix.lower()) or ("text/html" if _HTML.match(prefix) else None)


def inner_name(name: str) -> str:
    """Return the name of what a compressed file holds.

    >>> inner_name("c4.json.gz"), inner_name("site.tgz"), inner_name("blob")
    ('c4.json', 'site.tar', 'blob')
    """
    suffix = PurePosixPath(name).suffix
    stands_for = PACKED_SUFFIXES.get(suffix.lower())
    return name if stands_for is None else name[: -len(suffix)] + stands_for


def _packed(prefix: bytes, name: str) -> Format:
    """Tell a compressed web archive, whose reader follows its members, from other compressed files."""
    inside = Unpacked(io.BytesIO(prefix)).read(64)
    for pattern, found in _MARKS:
        if found in _WEB_ARCHIVES and pattern.match(inside):
            return found
    by_name = SUFFIXES.get(PurePosixPath(inner_name(name)).suffix.lower())
    # by name alone where the first member is damaged, or holds something else than a record
    return by_name if by_name in _WEB_ARCHIVES else Format.COMPRESSED


def _is_object(prefix: bytes, suffix: str) -> bool:
    """Say whether the first line is a JSON object."""
    if not _OBJECT.match(prefix.removeprefix(b"\xef\xbb\xbf")):
        return False
    line, end, _ = prefix.removeprefix(b"\xef\xbb\xbf").lstrip().partition(b"\n")
    if not end and len(prefix) >= PREFIX_BYTES:
        return True  # longer than what is looked at
    try:
        return isinstance(json.loads(line.decode("utf-8", "surrogateescape")), dict)
    except (ValueError, RecursionError):
        return False
