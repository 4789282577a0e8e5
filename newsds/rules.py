"""The contract of a row: a table of named rules, each checked for a whole batch at once.

`RULES` at the end is the table. A check gets a batch of the articles' schema and gives the rows that break its rule,
with what is wrong in each. A null breaks `not_null` only; the other rules look at what is there.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final, get_args, get_type_hints
from urllib.parse import urlsplit

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from newsds.model import Article, Decoded, Flag, Paragraph, Role
from newsds.schema import CONFIDENCES

Found = Iterable[tuple[int, str]]
"""Rows that break a rule, and how; a row once."""
_Rows = npt.NDArray[np.int64]

EARLIEST: Final = datetime(1900, 1, 1, tzinfo=UTC)
LATEST: Final = datetime(2100, 1, 1, tzinfo=UTC)
"""Dates outside are misread numbers: there are no web pages from before, and planned dates lie within years."""

_VISIBLE: Final = (
    r"[^\t-\r\x1c-\x20\x{85}\x{a0}\x{1680}\x{2000}-\x{200a}\x{2028}\x{2029}\x{202f}\x{205f}\x{3000}"
    r"\x{ad}\x{61c}\x{180e}\x{200b}-\x{200f}\x{202a}-\x{202e}\x{2060}-\x{2069}\x{feff}]"
)
"""`newsds.chars.VISIBLE` in the syntax of RE2, whose `\\s` is ASCII; a test holds the two together."""
_SPACE: Final = re.compile(r"[\s\x00-\x20\x7f-\x9f]")
_URL_CHARS: Final = r"[!-Z\\^_`a-z{|}~]"
"""Printable ASCII but `[` and `]`, which only literal IPv6 addresses may hold: nothing in it fails to parse."""
_PLAIN_URL: Final = rf"^(?i:https?)://[A-Za-z0-9][A-Za-z0-9.-]*(?::[0-9]{{1,4}})?(?:[/?#]{_URL_CHARS}*)?$"
_PLAIN_LINK: Final = rf"^{_URL_CHARS}+$"


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """A rule that each row keeps."""

    name: str
    meaning: str
    """what holds, in a line"""
    check: Callable[[pa.RecordBatch], Found]


def visible(array: pa.Array) -> pa.BooleanArray:
    """Say of each string whether a character of it shows; null stays null.

    >>> visible(pa.array(["a", " \\u00a0\\u200b", "", None])).to_pylist()
    [True, False, False, None]
    """
    return pc.match_substring_regex(array, _VISIBLE)


def host_of(url: str) -> str | None:
    """Return the host of a URL in lower case, without `www.`; None if it has none.

    >>> host_of("https://www.Example.org:8080/a"), host_of("//["), host_of("/a")
    ('example.org', None, None)
    """
    try:
        host = urlsplit(url).hostname
    except ValueError:
        return None
    return host.removeprefix("www.") if host else None


def _show(value: object) -> str:
    text = repr(value)
    return text if len(text) <= 64 else text[:60] + "…" + text[-1]


def _where(mask: pa.Array | npt.NDArray[np.bool_]) -> _Rows:
    if isinstance(mask, pa.Array):
        mask = pc.fill_null(mask, False).to_numpy(zero_copy_only=False)
    return np.flatnonzero(mask)


def _flat(array: pa.ListArray) -> tuple[pa.Array, _Rows]:
    """Return the elements of a list column and the row of each."""
    lengths = pc.fill_null(pc.list_value_length(array), 0).to_numpy(zero_copy_only=False)
    return array.flatten(), np.repeat(np.arange(len(array)), lengths)


def _numbers(array: pa.Array, null: int = -1) -> _Rows:
    numbers: _Rows = pc.fill_null(array, null).to_numpy(zero_copy_only=False).astype(np.int64)
    return numbers


def _naming(what: str, array: pa.Array) -> Callable[[int], str]:
    return lambda i: f"{what} {_show(array[i].as_py())}"


def _first(rows: _Rows, at: _Rows, show: Callable[[int], str]) -> Found:
    """Yield each row once: `rows` are those of the elements, `at` the bad elements."""
    owners, firsts = np.unique(rows[at], return_index=True)
    for row, i in zip(owners.tolist(), at[firsts].tolist(), strict=True):
        yield row, show(i)


# --- nulls, patterns and sets ---------------------------------------------------------------------------------------


def _not_null(batch: pa.RecordBatch) -> Found:
    seen: dict[int, str] = {}
    for field, array in zip(batch.schema, batch.columns, strict=True):
        for path, rows in _nulls(field, array, field.name, np.arange(len(array))):
            for row in rows.tolist():
                seen.setdefault(row, f"{path} is null")
    return sorted(seen.items())


def _nulls(field: pa.Field, array: pa.Array, path: str, rows: _Rows) -> Iterator[tuple[str, _Rows]]:
    if array.null_count:
        if not field.nullable:
            yield path, rows[_where(array.is_null())]
        array, rows = array.drop_null(), rows[_where(array.is_valid())]
    if pa.types.is_list(field.type):
        values, parent = _flat(array)
        yield from _nulls(field.type.value_field, values, f"{path}[]", rows[parent])
    elif pa.types.is_struct(field.type):
        for i, child in enumerate(field.type):
            yield from _nulls(child, array.field(i), f"{path}.{child.name}", rows)


def _pattern(column: str, pattern: str) -> Callable[[pa.RecordBatch], Found]:
    def check(batch: pa.RecordBatch) -> Found:
        array = batch.column(column)
        for row in _where(pc.invert(pc.match_substring_regex(array, pattern))).tolist():
            yield row, f"{column} is {_show(array[row].as_py())}"

    return check


def _one_of(column: str, values: Iterable[str], child: str | None = None) -> Callable[[pa.RecordBatch], Found]:
    known = pa.array(sorted(values))

    def check(batch: pa.RecordBatch) -> Found:
        array = batch.column(column)
        rows = np.arange(len(array))
        if pa.types.is_list(array.type):
            array, rows = _flat(array)
        if child is not None:
            array = pc.struct_field(array, child)
        bad = _where(pc.and_(pc.invert(pc.is_in(array, known)), array.is_valid()))
        return _first(rows, bad, _naming(f"{column} has", array))

    return check


def _at_least_zero(*columns: str) -> Callable[[pa.RecordBatch], Found]:
    def check(batch: pa.RecordBatch) -> Found:
        for column in columns:
            for row in _where(pc.less(batch.column(column), 0)).tolist():
                yield row, f"{column} is {batch.column(column)[row].as_py()}"

    return check


def _confidence_range(batch: pa.RecordBatch) -> Found:
    for column in CONFIDENCES:
        array = batch.column(column)
        inside = pc.and_(pc.greater_equal(array, 0), pc.less_equal(array, 1))  # no number is not inside either
        for row in _where(pc.invert(inside)).tolist():
            yield row, f"{column} is {array[row].as_py()}"


def _time_range(batch: pa.RecordBatch) -> Found:
    for column in ("published", "modified", "captured_at"):
        array = batch.column(column)
        bounds = [pa.scalar(t, array.type) for t in (EARLIEST, LATEST)]
        bad = pc.or_(pc.less(array, bounds[0]), pc.greater_equal(array, bounds[1]))
        for row in _where(bad).tolist():
            yield row, f"{column} is {array[row].value} milliseconds from 1970"


# --- strings ---------------------------------------------------------------------------------------------------------


def _visible(*columns: str) -> Callable[[pa.RecordBatch], Found]:
    """`column`, or `column.child` of a struct or a list of structs, or a list's elements."""

    def check(batch: pa.RecordBatch) -> Found:
        for path in columns:
            column, _, child = path.partition(".")
            array = batch.column(column)
            rows = np.arange(len(array))
            if pa.types.is_list(array.type):
                array, rows = _flat(array)
            if child:
                array = pc.struct_field(array, child)
            yield from _first(rows, _where(pc.invert(visible(array))), _naming(f"{path} has", array))

    return check


def _no_repeats(column: str) -> Callable[[pa.RecordBatch], Found]:
    def check(batch: pa.RecordBatch) -> Found:
        values, rows = _flat(batch.column(column))
        codes = _numbers(values.dictionary_encode().indices)
        pairs = rows * (len(values) + 1) + codes
        _, firsts = np.unique(pairs, return_index=True)
        again = np.setdiff1d(np.arange(len(values)), firsts)
        return _first(rows, again, lambda i: f"{column} has {_show(values[i].as_py())} again")

    return check


def _flags_sorted(batch: pa.RecordBatch) -> Found:
    for row, flags in enumerate(batch.column("flags").to_pylist()):
        known = [f for f in flags or () if f is not None]
        if known != sorted(set(known)):
            yield row, f"flags are {_show(known)}"


# --- offsets ---------------------------------------------------------------------------------------------------------


def _pieces(batch: pa.RecordBatch, column: str) -> tuple[_Rows, _Rows, _Rows]:
    values, rows = _flat(batch.column(column))
    return _numbers(pc.struct_field(values, "start")), _numbers(pc.struct_field(values, "end")), rows


def _ordered(column: str, length: Callable[[pa.RecordBatch], pa.Array]) -> Callable[[pa.RecordBatch], Found]:
    def check(batch: pa.RecordBatch) -> Found:
        start, end, rows = _pieces(batch, column)
        limit = _numbers(length(batch))
        bad = (start < 0) | (end <= start) | (end > limit[rows])
        bad[1:] |= (rows[1:] == rows[:-1]) & (start[1:] < end[:-1])

        def show(i: int) -> str:
            number = i - int(np.searchsorted(rows, rows[i]))
            return f"{column}[{number}] is {start[i]} to {end[i]} of {limit[rows[i]]}"

        return _first(rows, np.flatnonzero(bad), show)

    return check


def _paragraphs_cover(batch: pa.RecordBatch) -> Found:
    start, end, rows = _pieces(batch, "paragraphs")
    bounds = np.searchsorted(rows, np.arange(batch.num_rows + 1))
    texts = batch.column("text").to_pylist()
    for row, text in enumerate(texts):
        if text is None:
            continue
        piece = slice(int(bounds[row]), int(bounds[row + 1]))
        starts, ends = start[piece].tolist(), end[piece].tolist()
        if "\n\n".join(text[a:b] for a, b in zip(starts, ends, strict=True)) != text:
            yield row, f"{len(starts)} paragraphs do not make up the text of {len(text)} characters"


# --- addresses -------------------------------------------------------------------------------------------------------


def _is_link(url: str) -> bool:
    if not url or _SPACE.search(url):
        return False
    try:
        urlsplit(url)
    except ValueError:
        return False
    return True


def _is_web(url: str) -> bool:
    if not _is_link(url):
        return False
    parts = urlsplit(url)
    try:
        # reading the port raises for one that is no number, or too large
        return parts.scheme in ("http", "https") and bool(parts.hostname) and (parts.port is None or parts.port >= 0)
    except ValueError:
        return False


def _url_form(batch: pa.RecordBatch) -> Found:
    array = batch.column("url")
    for row in _where(pc.invert(pc.match_substring_regex(array, _PLAIN_URL))).tolist():
        url = array[row].as_py()
        if not _is_web(url):
            yield row, f"url is {_show(url)}"


def _link_form(batch: pa.RecordBatch) -> Found:
    for column in ("previous", "next", "recommendations"):
        array = batch.column(column)
        rows = np.arange(len(array))
        if pa.types.is_list(array.type):
            array, rows = _flat(array)
        urls = pc.struct_field(array, "url")
        rare = _where(pc.invert(pc.match_substring_regex(urls, _PLAIN_LINK)))
        bad = np.array([i for i in rare.tolist() if not _is_link(urls[i].as_py())], dtype=np.int64)
        yield from _first(rows, bad, _naming(f"{column}.url is", urls))


def _site_of_url(batch: pa.RecordBatch) -> Found:
    pairs = zip(batch.column("url").to_pylist(), batch.column("site").to_pylist(), strict=True)
    for row, (url, site) in enumerate(pairs):
        if url is None and site is None:
            continue
        host = None if url is None else host_of(url)
        if host != site:
            yield row, f"site is {_show(site)}, the host of url {_show(host)}"


# --- the table -------------------------------------------------------------------------------------------------------


def _values(cls: type, name: str) -> tuple[str, ...]:
    """Return the values of a field that the model declares as `Literal`."""
    return get_args(get_type_hints(cls)[name])


def _chars(column: str) -> Callable[[pa.RecordBatch], pa.Array]:
    def length(batch: pa.RecordBatch) -> Any:
        return pc.utf8_length(batch.column(column))

    return length


def _rule(name: str, meaning: str, check: Callable[[pa.RecordBatch], Found]) -> Rule:
    return Rule(name=name, meaning=meaning, check=check)


RULES: Final = (
    _rule("not_null", "what the schema says is never null is not, inside lists and structs too", _not_null),
    _rule("id_form", "`id` is 32 hex digits", _pattern("id", "^[0-9a-f]{32}$")),
    _rule("page_digest_form", "`page_digest` is 64 hex digits", _pattern("page_digest", "^[0-9a-f]{64}$")),
    _rule("text_visible", "`text` has a character that shows", _visible("text")),
    _rule("title_visible", "`title` and `subtitle`, where given, have one", _visible("title", "subtitle")),
    _rule("authors_visible", "each of `authors` has one", _visible("authors")),
    _rule("authors_once", "no name is in `authors` twice", _no_repeats("authors")),
    _rule("tags_visible", "each of `tags` has one", _visible("tags")),
    _rule("tags_once", "no tag is in `tags` twice", _no_repeats("tags")),
    _rule("keywords_visible", "each of `keywords` has one", _visible("keywords")),
    _rule("keywords_once", "no keyword is in `keywords` twice", _no_repeats("keywords")),
    _rule("lines_visible", "each of `captions` and `comments` has one", _visible("captions", "comments")),
    _rule(
        "link_visible",
        "titles and snippets of other articles have one",
        _visible("previous.title", "next.title", "recommendations.title", "recommendations.snippet"),
    ),
    _rule("paragraph_kind", "kinds of paragraphs are known", _one_of("paragraphs", _values(Paragraph, "kind"), "kind")),
    _rule(
        "paragraph_order",
        "`paragraphs` lie inside `text`, are not empty, in order and disjoint",
        _ordered("paragraphs", _chars("text")),
    ),
    _rule("paragraph_cover", "`paragraphs`, joined by a blank line, are `text`", _paragraphs_cover),
    _rule("span_role", "roles of spans are known", _one_of("spans", [r.value for r in Role], "role")),
    _rule(
        "span_order",
        "`spans` lie inside the page, are not empty, in order and disjoint",
        _ordered("spans", lambda batch: batch.column("page_chars")),
    ),
    _rule("url_form", "`url` is absolute, http or https, with a host and without blanks", _url_form),
    _rule("link_form", "addresses of other articles can be parsed and hold no blanks", _link_form),
    _rule("site_of_url", "`site` is the host of `url`, and null without one", _site_of_url),
    _rule("time_range", "times are between 1900 and 2100", _time_range),
    _rule(
        "language_form",
        "`language` is a BCP 47 tag",
        _pattern("language", "^[a-z]{2,3}(?:-[A-Za-z0-9]{2,8})*$"),
    ),
    _rule("flag_known", "flags are known", _one_of("flags", [f.value for f in Flag])),
    _rule("flags_sorted", "`flags` are sorted, each once", _flags_sorted),
    _rule("confidence_range", "confidences are between 0 and 1", _confidence_range),
    _rule("kind_known", "`kind` is known", _one_of("kind", _values(Article, "kind"))),
    _rule(
        "charset_form",
        "`charset` is the lower-case name of an encoding",
        _pattern("charset", "^[a-z0-9][a-z0-9._:-]*$"),
    ),
    _rule(
        "charset_source_known",
        "`charset_source` is known",
        _one_of("charset_source", _values(Decoded, "charset_source")),
    ),
    _rule("counts", "counts are not negative", _at_least_zero("page_chars", "replaced_chars")),
    _rule("place", "`record`, `offset` and `length` are not negative", _at_least_zero("record", "offset", "length")),
)
"""Every rule of a row, in the order of the columns they are about."""
