"""A page, and the record made of it, side by side: which blocks each value of the record is from."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final, Literal

from newsds.dates import possible_days
from newsds.model import Article, Blocks, Labels, Link, Page, Role, Span
from newsds.pipeline import explain_page
from newsds.schema import CONFIDENCES

_SAME_DAY: Final = timedelta(days=1)
"""Days apart that time zones alone can put one moment."""
_DECLARED: Final = ("title", "authors", "published", "modified", "keywords", "language", "url", "site")
"""Fields that an HTML page may declare out of sight."""
_PLAIN: Final = (
    *("url", "site", "language", "kind", "page_chars", "charset", "charset_source", "replaced_chars"),
    *("captured_at", "source", "record", "offset", "length", "id", "page_digest"),
)
"""Fields of a record that no block of the page is the source of."""
UNSEEN: Final = "declared by the page out of sight"


@dataclass(frozen=True, slots=True, kw_only=True)
class BlockView:
    """A block of a page, and why it has its role."""

    role: Role
    start: int
    """first character in the decoded page"""
    end: int
    """one past the last"""
    margin: float | None = None
    """how far the next best role is behind, in natural logarithms of odds; None where the page is not there"""
    reason: str = ""
    """the next best role and the features that decided, as `newsds.explain` gives them"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Value:
    """A value of a field."""

    text: str
    blocks: tuple[int, ...] = ()
    """numbers of the blocks it is from, in order; empty where no block is its source"""
    label: str = ""
    """what it is to its field: the kind of a paragraph, `snippet`"""
    url: str | None = None
    """address that belongs to it"""


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldView:
    """A field of the record: a column, or the columns `confidence…` as one."""

    name: str
    values: tuple[Value, ...] = ()
    note: str = ""
    """where the values are from, if not from blocks"""


@dataclass(frozen=True, slots=True, kw_only=True)
class PageView:
    """A page and its record."""

    article: Article
    page: str | None
    """the decoded page that the offsets point into; None where only the record is known"""
    blocks: tuple[BlockView, ...]
    """in page order, disjoint"""
    fields: tuple[FieldView, ...]


def page_view(
    raw: Page | bytes | str, *, kind: Literal["auto", "text", "html"] = "auto", weights: str | None = None
) -> PageView:
    """Return a page with its record and the sources of each value.

    Args:
        raw: the page; a string or bytes as for `extract`. A `Page` keeps address, encoding and place.
        kind: what it is written in; `auto` looks.
        weights: a file that `newsds train` wrote, to be used instead of the weights of newsds.

    >>> view = page_view("Title of the page\\n\\n<<:  The one before")
    >>> [(f.name, v.text, v.blocks) for f in view.fields for v in f.values if f.name == "previous"]
    [('previous', 'The one before', (1,))]
    """
    if not isinstance(raw, Page):
        raw = Page(content=raw.encode("utf-8", "surrogatepass") if isinstance(raw, str) else raw)
    return labels_view(*explain_page(raw, kind=kind, weights=weights))


def labels_view(blocks: Blocks, labels: Labels, article: Article) -> PageView:
    """Return the view of a page that is taken apart already.

    Args:
        blocks: of the page.
        labels: of the blocks, with reasons and margins.
        article: assembled of both.

    >>> view = labels_view(*explain_page(Page(content=b"Title of the page")))
    >>> view.page, len(view.blocks)
    ('Title of the page', 1)
    """
    return PageView(
        article=article,
        page=blocks.page,
        blocks=_block_views(blocks, labels),
        fields=tuple(_fields(article, _Sources(labels.roles, blocks.text))),
    )


def row_view(article: Article) -> PageView:
    """Return a record alone, whose page is not there: what its spans tell of the sources.

    >>> article = page_view("Title of the page\\n\\n<<:  The one before").article
    >>> view = row_view(article)
    >>> view.page, [str(b.role) for b in view.blocks][1]
    (None, 'previous')
    """
    spans: Sequence[Span] = tuple(article.spans)
    return PageView(
        article=article,
        page=None,
        blocks=tuple(BlockView(role=s.role, start=s.start, end=s.end) for s in spans),
        fields=tuple(_fields(article, _Sources([s.role for s in spans], None))),
    )


def _block_views(blocks: Blocks, labels: Labels) -> tuple[BlockView, ...]:
    columns = zip(labels.roles, blocks.start, blocks.end, labels.margins, labels.reasons, strict=True)
    return tuple(BlockView(role=r, start=s, end=e, margin=m, reason=w) for r, s, e, m, w in columns)


class _Sources:
    """Tells which blocks a value is from.

    Args:
        roles: of the blocks.
        texts: of the blocks; None where they are not known, and then a value is from all blocks of its role.
    """

    def __init__(self, roles: Sequence[Role], texts: Sequence[str] | None) -> None:
        self.texts = texts
        self._by_role: dict[Role, list[int]] = {role: [] for role in Role}
        for i, role in enumerate(roles):
            self._by_role[role].append(i)
        self._folded = {i: _folded(texts[i]) for i in self.of(*Role) if _is_short(roles[i])} if texts else {}

    def of(self, *roles: Role) -> tuple[int, ...]:
        """Return the blocks of some roles."""
        return tuple(sorted(i for role in roles for i in self._by_role[role]))

    def holding(self, text: str, *roles: Role) -> tuple[int, ...]:
        """Return the blocks of some roles that hold a text, whatever its case and punctuation."""
        found = self.of(*roles)
        if self.texts is None:
            return found
        key = _folded(text)
        return tuple(i for i in found if key and key in self._folded[i])

    def holding_else_all(self, text: str, *roles: Role) -> tuple[int, ...]:
        """Return the blocks that hold a text, else all of those roles."""
        return self.holding(text, *roles) or self.of(*roles)

    def one_each(self, count: int, role: Role) -> Iterator[tuple[int, ...]]:
        """Yield the source of each of the values of a field that has one for each block of a role."""
        found = self.of(role)
        for k in range(count):
            yield (found[k],) if len(found) == count else found

    def dated(self, day: date, language: str | None) -> tuple[int, ...]:
        """Return the blocks that name a day."""
        found = self.of(Role.DATE, Role.BYLINE)
        if self.texts is None:
            return self.of(Role.DATE)
        texts = self.texts
        return tuple(
            i for i in found if any(abs(one - day) <= _SAME_DAY for one in possible_days(texts[i], language=language))
        )

    def paragraphs(self, paragraphs: Sequence[str]) -> list[tuple[int, ...]]:
        """Return the source of each paragraph of the text; a block that repeats one above is a source of that."""
        body = self.of(Role.BODY)
        if self.texts is None:
            return [(body[k],) if len(body) == len(paragraphs) else body for k in range(len(paragraphs))]
        found: list[list[int]] = [[] for _ in paragraphs]
        known: dict[str, int] = {}
        k, rest = 0, paragraphs[0] if paragraphs else ""
        for i in body:
            text = self.texts[i]
            if text and (rest == text or rest.startswith(f"{text} ")):
                found[k].append(i)
                known.setdefault(text, k)
                rest = rest[len(text) :].removeprefix(" ")
                if not rest:
                    k += 1
                    rest = paragraphs[k] if k < len(paragraphs) else ""
            elif text in known:
                found[known[text]].append(i)
        return [tuple(one) for one in found]

    def recommendations(self, titles: Sequence[str]) -> list[tuple[tuple[int, ...], tuple[int, ...]]]:
        """Return the sources of title and snippet of each recommendation."""
        heads, snippets = self.of(Role.REC_TITLE), self.of(Role.REC_SNIPPET)
        if self.texts is None:
            return [((heads[k],) if len(heads) == len(titles) else heads, snippets) for k in range(len(titles))]
        found = []
        at = 0
        for title in titles:
            key = _folded(title)
            k = next((k for k in range(at, len(heads)) if key in self._folded[heads[k]]), None)
            if k is None:
                found.append((heads, snippets))
                continue
            after = heads[k + 1] if k + 1 < len(heads) else len(self.texts)
            found.append(((heads[k],), tuple(i for i in snippets if heads[k] < i < after)))
            at = k
        return found


def _is_short(role: Role) -> bool:
    return role not in (Role.BODY, Role.COMMENT, Role.BOILERPLATE)


def _folded(text: str) -> str:
    return "".join(filter(str.isalnum, unicodedata.normalize("NFKC", text).casefold()))


def _fields(article: Article, sources: _Sources) -> Iterator[FieldView]:
    """Yield the fields of a record that hold something, those that come from blocks first."""
    declared = article.kind == "html"
    for name, values in _sourced(article, sources):
        if values:
            unseen = declared and name in _DECLARED and not any(v.blocks for v in values)
            yield FieldView(name=name, values=tuple(values), note=UNSEEN if unseen else "")
    if article.keywords:
        yield FieldView(name="keywords", values=tuple(Value(text=k) for k in article.keywords), note=UNSEEN)
    if article.flags:
        yield FieldView(name="flags", values=tuple(Value(text=f.value, label=f.meaning) for f in article.flags))
    confidence = tuple(
        Value(text=f"{getattr(article.confidence, part):.3f}", label=part) for part in CONFIDENCES.values()
    )
    yield FieldView(name="confidence", values=confidence)
    for name in _PLAIN:
        value = getattr(article, name)
        if value is not None:
            text = _moment(value) if isinstance(value, datetime) else str(value)
            yield FieldView(name=name, values=(Value(text=text, url=value if name == "url" else None),))


def _sourced(article: Article, sources: _Sources) -> Iterator[tuple[str, list[Value]]]:
    if article.title is not None:
        yield "title", [Value(text=article.title, blocks=sources.holding(article.title, Role.TITLE))]
    if article.subtitle is not None:
        whole = sources.of(Role.SUBTITLE) or sources.of(Role.TITLE)  # a standfirst below the headline, in its block
        yield "subtitle", [Value(text=article.subtitle, blocks=whole)]
    yield (
        "authors",
        [Value(text=one, blocks=sources.holding(one, Role.BYLINE, Role.DATE)) for one in article.authors],
    )
    for name, moment in (("published", article.published), ("modified", article.modified)):
        if moment is not None:
            blocks = sources.dated(moment.date(), article.language)
            yield name, [Value(text=_moment(moment), blocks=blocks)]
    texts = [article.text[p.start : p.end] for p in article.paragraphs]
    yield (
        "text",
        [
            Value(text=text, blocks=blocks, label=p.kind)
            for p, text, blocks in zip(article.paragraphs, texts, sources.paragraphs(texts), strict=True)
        ],
    )
    captions = sources.one_each(len(article.captions), Role.CAPTION)
    yield "captions", [Value(text=t, blocks=b) for t, b in zip(article.captions, captions, strict=True)]
    yield "tags", [Value(text=t, blocks=sources.holding_else_all(t, Role.TAG)) for t in article.tags]
    for name, link, role in (("previous", article.previous, Role.PREVIOUS), ("next", article.next, Role.NEXT)):
        if link is not None:
            yield name, [_neighbour(link, role, sources)]
    found = sources.recommendations([r.title for r in article.recommendations])
    values = []
    for one, (heads, snippets) in zip(article.recommendations, found, strict=True):
        values.append(Value(text=one.title, blocks=heads, url=one.url))
        if one.snippet is not None:
            values.append(Value(text=one.snippet, blocks=snippets, label="snippet"))
    yield "recommendations", values
    comments = sources.one_each(len(article.comments), Role.COMMENT)
    yield "comments", [Value(text=t, blocks=b) for t, b in zip(article.comments, comments, strict=True)]


def _neighbour(link: Link, role: Role, sources: _Sources) -> Value:
    # one block may hold both neighbours, and then has the role of one of them
    blocks = sources.holding(link.title, role) or sources.holding(link.title, Role.PREVIOUS, Role.NEXT)
    return Value(text=link.title, url=link.url, blocks=blocks or sources.of(role))


def _moment(time: datetime) -> str:
    """Return a time in ISO 8601; of midnight, which often stands for a day alone, too."""
    return time.isoformat().replace("+00:00", "Z")
