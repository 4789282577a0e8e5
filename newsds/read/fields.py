"""Records with fields → pages: which field is what, in JSON Lines, Parquet, Arrow and CSV alike."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from types import MappingProxyType
from typing import Any, Final

from newsds.model import Page, Reason, Rejection
from newsds.read.settings import ReadSettings

NAMES: Final[Mapping[str, tuple[str, ...]]] = MappingProxyType(
    {
        # the page as it was served comes before a text that another tool made of it
        "text": (
            "html",
            "raw_html",
            "text",
            "content",
            "raw_content",
            "page",
            "document",
            "article",
            "maintext",
            "body",
        ),
        "url": ("url", "uri", "warc_headers.warc-target-uri", "metadata.url", "meta.url", "source_url", "link"),
        "date": (
            "timestamp",
            "captured_at",
            "crawl_date",
            "fetched_at",
            "warc_headers.warc-date",
            "metadata.warc_date",
            "date_download",
            "added",
        ),
        "language": (
            "language",
            "lang",
            "metadata.language",
            "metadata.identification.label",
            "warc_headers.warc-identified-content-language",
        ),
    }
)
"""Names that public corpora use (C4, mC4, FineWeb and datatrove, dolma, OSCAR, CulturaX, RedPajama, news-please), in
the order in which they are looked for; `a.b` is the field `b` of the field `a`."""
_DUMPS: Final = ("", "metadata.")
"""Where FineWeb has `date` beside `dump`: there it is the day of the crawl, elsewhere mostly that of the article."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where a record is."""

    source: str
    record: int
    offset: int | None = None
    length: int | None = None


def names_of(what: str, settings: ReadSettings) -> tuple[str, ...]:
    """Return the names under which a field is looked for.

    >>> names_of("text", ReadSettings(fields=(("text", "page.html"),)))
    ('page.html',)
    """
    given = settings.named(what)
    return (given,) if given else NAMES[what]


def lookup(record: Mapping[str, Any], name: str) -> Any:
    """Return the value of a field, None if there is none; a name with a dot in it may be a path.

    >>> lookup({"meta": {"url": "https://a.example"}, "a.b": 1}, "meta.url"), lookup({"a.b": 1}, "a.b")
    ('https://a.example', 1)
    """
    if name in record:
        return record[name]
    head, dot, rest = name.partition(".")
    inner = record.get(head) if dot else None
    return lookup(inner, rest) if isinstance(inner, Mapping) else None


def page_of(record: Mapping[str, Any], place: Place, settings: ReadSettings) -> Page | Rejection:
    """Return the page in a record; a rejection if it has no text, or too much.

    Args:
        record: its fields; strings, or bytes as a page's own bytes.
        place: where it is.
        settings: names of fields, and the limit of a page.

    >>> place = Place(source="a.jsonl", record=0)
    >>> page_of({"text": "A title", "url": "https://a.example/1"}, place, ReadSettings()).url
    'https://a.example/1'
    """
    content = _content(record, settings)
    url = _string(record, names_of("url", settings))
    if isinstance(content, str):
        return rejection(place, Reason.NO_TEXT, content, url=url)
    if len(content) > settings.page_bytes:
        message = f"{len(content)} bytes of text are more than the limit page_bytes, {settings.page_bytes}"
        return rejection(place, Reason.TOO_LARGE, message, url=url)
    return Page(
        content=content,
        source=place.source,
        record=place.record,
        offset=place.offset,
        length=place.length,
        url=url,
        captured_at=_captured_at(record, settings),
        language=_string(record, names_of("language", settings)),
    )


def rejection(place: Place, reason: Reason, message: str, *, url: str | None = None) -> Rejection:
    """Return the rejection of what is at a place."""
    return Rejection(
        reason=reason,
        message=printable(message),
        source=place.source,
        record=place.record,
        offset=place.offset,
        length=place.length,
        url=url,
    )


def printable(text: str) -> str:
    r"""Return a string that Parquet and terminals can hold: what is not UTF-8 in it, and controls, as `\xNN`.

    >>> printable("caf\udce9\n")
    'caf\\xe9\\x0a'
    """
    out = text.encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")
    return "".join(c if c >= " " and c != "\x7f" else f"\\x{ord(c):02x}" for c in out) if not out.isprintable() else out


def to_bytes(text: str, *, escaped: bool = False) -> bytes:
    """Return the bytes of a text; with `escaped`, of one that was decoded with `surrogateescape`.

    A lone surrogate stays, as three bytes that are no UTF-8: it is replaced and flagged where the page is decoded.
    """
    try:
        return text.encode("utf-8", "surrogateescape" if escaped else "surrogatepass")
    except UnicodeEncodeError:
        return text.encode("utf-8", "surrogatepass")


def _content(record: Mapping[str, Any], settings: ReadSettings) -> bytes | str:
    """Return the page's bytes, or why there are none."""
    names = names_of("text", settings)
    found: bytes | None = None
    other = ""
    for name in names:
        value = lookup(record, name)
        if isinstance(value, str):
            value = to_bytes(value, escaped=True)
        if isinstance(value, bytes):
            if value.strip():
                return value
            found = value if found is None else found
        elif not other and (value is not None or _has(record, name)):
            other = f"the field {name} is {_kind(value)}, not a string"
    if found is not None:
        return found
    if other:
        return other
    there = ", ".join(str(key)[:40] for key in list(record)[:12]) or "none"
    if settings.named("text"):
        return f"there is no field {names[0]}; fields there: {there}"
    return f"no field is known to hold a page; fields there: {there}; name it: --field text=NAME"


def _has(record: Mapping[str, Any], name: str) -> bool:
    head, dot, rest = name.partition(".")
    inner = record.get(head)
    return name in record or (bool(dot) and isinstance(inner, Mapping) and _has(inner, rest))


def _kind(value: object) -> str:
    if value is None:
        return "null"
    if isinstance(value, Mapping):
        return "an object"
    return "a list" if isinstance(value, list | tuple) else f"a {type(value).__name__}"


def _string(record: Mapping[str, Any], names: tuple[str, ...]) -> str | None:
    for name in names:
        value = lookup(record, name)
        if isinstance(value, bytes):
            value = value.decode("utf-8", "replace")
        if isinstance(value, str) and value.strip():
            return value.encode("utf-8", "replace").decode().strip()
    return None


def _captured_at(record: Mapping[str, Any], settings: ReadSettings) -> datetime | None:
    names = names_of("date", settings)
    if settings.named("date") is None:
        names += tuple(f"{where}date" for where in _DUMPS if _has(record, f"{where}dump"))
    for name in names:
        found = moment(lookup(record, name))
        if found:
            return found
    return None


def moment(value: object) -> datetime | None:
    """Return a time in UTC, None if it is none; one that names no zone is taken for UTC, as crawlers write it.

    >>> moment("2024-02-03T04:05:06Z").isoformat(), moment("yesterday")
    ('2024-02-03T04:05:06+00:00', None)
    """
    if isinstance(value, bytes):
        value = value.decode("ascii", "replace")
    if isinstance(value, str):
        try:
            value = datetime.fromisoformat(value.strip())
        except ValueError:
            return None
    if isinstance(value, date) and not isinstance(value, datetime):
        value = datetime.combine(value, time())
    if not isinstance(value, datetime):
        return None
    try:
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)
    except OverflowError:
        return None
