"""The one schema of the dataset: every column with its type and meaning, for articles and for rejects.

Everything else is derived from these two tables: the Arrow schemas, `datasets.Features`, docs/schema.md, and the
conversion between `Article` and row.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from functools import cache
from itertools import accumulate, chain
from typing import TYPE_CHECKING, Any, Final

import pyarrow as pa

from newsds.model import (
    Article,
    Confidence,
    Flag,
    Link,
    Paragraph,
    Reason,
    Recommendation,
    Rejection,
    Role,
    Span,
)
from newsds.rows import Rows

if TYPE_CHECKING:
    import datasets


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """A column of a table."""

    name: str
    type: pa.DataType
    nullable: bool
    meaning: str


def _column(name: str, kind: pa.DataType, meaning: str, *, nullable: bool = False) -> Column:
    return Column(name=name, type=kind, nullable=nullable, meaning=meaning)


_STRING: Final = pa.string()
_TIME: Final = pa.timestamp("ms", tz="UTC")
"""Parquet has no type for whole seconds: such a column would come back as another type than it was written."""


def _list(kind: pa.DataType) -> pa.DataType:
    return pa.list_(pa.field("element", kind, nullable=False))


def _struct(*required: tuple[str, pa.DataType], optional: tuple[tuple[str, pa.DataType], ...] = ()) -> pa.DataType:
    return pa.struct(
        [pa.field(n, t, nullable=False) for n, t in required] + [pa.field(n, t, nullable=True) for n, t in optional]
    )


_LINK: Final = _struct(("title", _STRING), optional=(("url", _STRING),))
_NEIGHBOUR: Final = "headline and, where the page gives one, address of the {} article, as the page names it"

ARTICLES: Final = (
    _column("id", _STRING, "first 32 hex digits of the SHA-256 of the page's decoded text in UTF-8; unique"),
    _column(
        "url", _STRING, "address of the page: where it was fetched from, else what it says of itself", nullable=True
    ),
    _column("site", _STRING, "host of `url` in lower case, without `www.`", nullable=True),
    _column("title", _STRING, "the headline as shown to the reader, without the name of the site", nullable=True),
    _column("subtitle", _STRING, "the line or lines under the headline that sum the article up", nullable=True),
    _column("authors", _list(_STRING), "names of those who wrote it, as on the page"),
    _column(
        "published", _TIME, "when the article first appeared; UTC, midnight if the page gives a day only", nullable=True
    ),
    _column("modified", _TIME, "when it was last changed, if the page says so; UTC", nullable=True),
    _column("language", _STRING, "BCP 47 tag of the body's language: `en`, `zh`, `pt`", nullable=True),
    _column("text", _STRING, "the article: its paragraphs, headings and list items, joined by a blank line"),
    _column(
        "paragraphs",
        _list(_struct(("kind", _STRING), ("start", pa.int32()), ("end", pa.int32()))),
        "the paragraphs of `text`: kind (`p h2 li quote pre table`), first character and one past the last",
    ),
    _column("captions", _list(_STRING), "lines under or over pictures, credits included"),
    _column(
        "tags", _list(_STRING), "topics attached to the article where the reader sees them, in page order, each once"
    ),
    _column(
        "keywords",
        _list(_STRING),
        "topics that the page declares out of sight (JSON-LD, `meta`), in that order, each once; "
        "the first 100, of at most 100 characters",
    ),
    _column("previous", _LINK, _NEIGHBOUR.format("previous"), nullable=True),
    _column("next", _LINK, _NEIGHBOUR.format("next"), nullable=True),
    _column(
        "recommendations",
        _list(_struct(("title", _STRING), optional=(("snippet", _STRING), ("url", _STRING)))),
        "other articles offered on the page, in page order: headline, teaser (cut off as on the page), address",
    ),
    _column("comments", _list(_STRING), "what readers wrote below the article, a paragraph each"),
    _column(
        "spans",
        _list(_struct(("role", _STRING), ("start", pa.int32()), ("end", pa.int32()))),
        "what each piece of the decoded page is: role, first character and one past the last; in order, disjoint",
    ),
    _column("flags", _list(_STRING), "what was done to the page, or is missing from it; sorted"),
    _column("confidence", pa.float32(), "probability, 0 to 1, that the page holds an article"),
    _column(
        "confidence_title",
        pa.float32(),
        "probability that `title` is right; for this and the following, "
        "where the column is empty, that the page has none",
    ),
    _column("confidence_body", pa.float32(), "probability that `text` is the article, all of it and nothing else"),
    _column("confidence_tags", pa.float32(), "probability that `tags` are right"),
    _column("confidence_neighbours", pa.float32(), "probability that `previous` and `next` are right"),
    _column("confidence_recommendations", pa.float32(), "probability that `recommendations` are right"),
    _column("kind", _STRING, "what the page is written in: `text` or `html`"),
    _column("page_chars", pa.int32(), "characters of the decoded page, which `spans` point into"),
    _column("charset", _STRING, "encoding the page was read in (WHATWG name, lower case)"),
    _column("charset_source", _STRING, "what named it: `str bom utf-8 transport meta detector default`"),
    _column("replaced_chars", pa.int32(), "characters that could not be read and became U+FFFD"),
    _column("captured_at", _TIME, "when the page was fetched, if its container says so; UTC", nullable=True),
    _column("source", _STRING, "file it is from, relative to the source that was given", nullable=True),
    _column("record", pa.int64(), "number of the record in that file, from 0", nullable=True),
    _column("offset", pa.int64(), "first byte of the record in that file", nullable=True),
    _column("length", pa.int64(), "bytes of the record in that file", nullable=True),
    _column("page_digest", _STRING, "SHA-256 of the page's bytes, in hex"),
)
REJECTS: Final = (
    _column("reason", _STRING, "reason code: " + " ".join(Reason)),
    _column("message", _STRING, "what is wrong, in a sentence"),
    _column("source", _STRING, "file it is from, relative to the source that was given", nullable=True),
    _column("record", pa.int64(), "number of the record in that file, from 0", nullable=True),
    _column("offset", pa.int64(), "first byte of the record in that file", nullable=True),
    _column("length", pa.int64(), "bytes of the record in that file", nullable=True),
    _column("url", _STRING, "address of the page", nullable=True),
    _column("page_digest", _STRING, "SHA-256 of the page's bytes, in hex, where they could be read", nullable=True),
    _column("duplicate_of", _STRING, "id of the row that was kept instead", nullable=True),
)


def _schema(columns: tuple[Column, ...]) -> pa.Schema:
    return pa.schema([pa.field(c.name, c.type, nullable=c.nullable) for c in columns])


SCHEMA: Final = _schema(ARTICLES)
"""Arrow schema of the articles."""
REJECTS_SCHEMA: Final = _schema(REJECTS)
"""Arrow schema of the rejects."""


def features() -> datasets.Features:
    """Return the articles' schema as `datasets.Features`; imports `datasets`.

    >>> features()["title"]
    Value('string')
    """
    import datasets

    return datasets.Features.from_arrow_schema(SCHEMA)


_ARTICLE_FIELDS: Final = tuple(f.name for f in fields(Article))
CONFIDENCES: Final = {"confidence" if f.name == "page" else f"confidence_{f.name}": f.name for f in fields(Confidence)}
"""Columns that `Article.confidence` is spread over → its fields."""
_ROLE_NAMES: Final = {role: role.value for role in Role}
"""Plain strings: Arrow takes long over members of enumerations."""
_STRING_LISTS: Final = ("authors", "captions", "tags", "keywords", "comments")
_REJECTION_FIELDS: Final = tuple(f.name for f in fields(Rejection))


def article_to_row(article: Article) -> dict[str, Any]:
    """Return an article as a row: a dict of the columns.

    >>> article = Article(id="0" * 32, kind="text", page_chars=0, charset="utf-8", charset_source="str",
    ...                   page_digest="0" * 64)
    >>> article_from_row(article_to_row(article)) == article
    True
    """
    row: dict[str, Any] = {}
    for name in _ARTICLE_FIELDS:
        if name == "confidence":
            row |= {column: getattr(article.confidence, x) for column, x in CONFIDENCES.items()}
        else:
            row[name] = getattr(article, name)
    row["paragraphs"] = [{"kind": p.kind, "start": p.start, "end": p.end} for p in article.paragraphs]
    row["spans"] = [{"role": s.role.value, "start": s.start, "end": s.end} for s in article.spans]
    row["recommendations"] = [{"title": r.title, "snippet": r.snippet, "url": r.url} for r in article.recommendations]
    row["flags"] = [f.value for f in article.flags]
    for name in ("previous", "next"):
        link = row[name]
        row[name] = None if link is None else {"title": link.title, "url": link.url}
    for name in _STRING_LISTS:
        row[name] = list(row[name])
    return row


def article_from_row(row: Mapping[str, Any]) -> Article:
    """Return the article of a row, as `article_to_row`, Arrow or `datasets` give it."""
    values = {name: row[name] for name in _ARTICLE_FIELDS}
    values["paragraphs"] = tuple(Paragraph(**p) for p in row["paragraphs"])
    values["spans"] = tuple(Span(role=Role(s["role"]), start=s["start"], end=s["end"]) for s in row["spans"])
    values["recommendations"] = tuple(Recommendation(**r) for r in row["recommendations"])
    values["flags"] = tuple(Flag(f) for f in row["flags"])
    for name in ("previous", "next"):
        values[name] = None if row[name] is None else Link(**row[name])
    for name in _STRING_LISTS:
        values[name] = tuple(row[name])
    values["confidence"] = Confidence(**{x: row[column] for column, x in CONFIDENCES.items()})
    return Article(**values)


def articles_to_batch(articles: Iterable[Article]) -> pa.RecordBatch:
    """Return articles as one record batch of `SCHEMA`."""
    articles = list(articles)
    columns = [_column_of(articles, field) for field in SCHEMA]
    return pa.RecordBatch.from_arrays(columns, schema=SCHEMA)


def _column_of(articles: Sequence[Article], field: pa.Field) -> pa.Array:
    name, kind = field.name, field.type
    if name in CONFIDENCES:
        return pa.array([getattr(a.confidence, CONFIDENCES[name]) for a in articles], kind)
    values = [getattr(a, name) for a in articles]
    if name in ("previous", "next"):
        return pa.array([None if v is None else {"title": v.title, "url": v.url} for v in values], kind)
    if name == "flags":
        return pa.array([[f.value for f in flags] for flags in values], kind)
    if not pa.types.is_list(kind) or not pa.types.is_struct(kind.value_type):
        return pa.array(values, kind)
    parts = [
        pa.array(list(chain.from_iterable(_part(rows, part.name) for rows in values)), part.type)
        for part in kind.value_type
    ]
    offsets = pa.array([0, *accumulate(map(len, values))], pa.int32())
    return pa.ListArray.from_arrays(offsets, pa.StructArray.from_arrays(parts, fields=list(kind.value_type)), type=kind)


def _part(rows: Sequence[Any], name: str) -> Iterable[Any]:
    """One field of each row."""
    column = rows.columns[name] if isinstance(rows, Rows) else [getattr(row, name) for row in rows]
    return map(_ROLE_NAMES.__getitem__, column) if name == "role" else column


def articles_from_batch(batch: pa.RecordBatch | pa.Table) -> Iterator[Article]:
    """Yield the articles of a record batch or table."""
    for row in batch.to_pylist():
        yield article_from_row(row)


def rejections_to_batch(rejections: Iterable[Rejection]) -> pa.RecordBatch:
    """Return rejections as one record batch of `REJECTS_SCHEMA`."""
    rows = [{n: getattr(r, n) for n in _REJECTION_FIELDS} | {"reason": r.reason.value} for r in rejections]
    return pa.RecordBatch.from_pylist(rows, schema=REJECTS_SCHEMA)


@cache
def schema_markdown() -> str:
    """Return the documentation of both tables: the content of docs/schema.md."""
    out = ["# Schema", "", "Made by `newsds schema --markdown`; do not edit. Source: `newsds/schema.py`.", ""]
    for title, columns in (("Articles", ARTICLES), ("Rejects", REJECTS)):
        out += [f"## {title}", "", "| column | type | null | meaning |", "|---|---|---|---|"]
        out += [
            f"| `{c.name}` | `{type_name(c.type)}` | {'yes' if c.nullable else 'no'} | {c.meaning} |" for c in columns
        ]
        out.append("")
    out += ["## Roles", "", " ".join(f"`{r.value}`" for r in Role), ""]
    for title, enum in (("Flags", Flag), ("Reason codes", Reason)):
        out += [f"## {title}", "", "| code | meaning |", "|---|---|"]
        out += [f"| `{code.value}` | {code.meaning} |" for code in enum]
        out.append("")
    return "\n".join(out)


def type_name(kind: pa.DataType) -> str:
    """Return the short name of a type: `list<struct<kind: string, start: int32>>`."""
    if pa.types.is_list(kind):
        return f"list<{type_name(kind.value_type)}>"
    if pa.types.is_struct(kind):
        return "struct<" + ", ".join(f"{f.name}: {type_name(f.type)}" for f in kind) + ">"
    return "float32" if pa.types.is_float32(kind) else str(kind)  # Arrow calls it `float`, which elsewhere is 64 bits
