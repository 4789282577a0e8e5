"""The values that stages hand to each other: frozen, slotted, keyword-only, without input or output.

Page ──▶ Blocks ──▶ Labels ──▶ Article, or a Rejection: what became of an input that is not a row
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Final, Literal

from newsds.codes import Code as Code
from newsds.codes import Flag as Flag
from newsds.codes import Reason as Reason

Kind = Literal["text", "html"]
"""What a page is written in."""


class Role(StrEnum):
    """What a block is to the page: one role a block."""

    TITLE = "title"
    SUBTITLE = "subtitle"
    BYLINE = "byline"
    DATE = "date"
    BODY = "body"
    CAPTION = "caption"
    TAG = "tag"
    PREVIOUS = "previous"
    NEXT = "next"
    REC_HEADING = "rec_heading"
    REC_TITLE = "rec_title"
    REC_SNIPPET = "rec_snippet"
    COMMENT = "comment"
    BOILERPLATE = "boilerplate"


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """One page as it was found: bytes, and where they are from.

    >>> Page(content=b"Title").source is None
    True
    """

    content: bytes
    """the page's own bytes, after the container's compression and transfer coding"""
    source: str | None = None
    """the file or archive it is from, relative to the source that was given, with `/`"""
    record: int | None = None
    """number of the record in its container, from 0"""
    offset: int | None = None
    """first byte of the record in its container"""
    length: int | None = None
    """bytes of the record in its container"""
    url: str | None = None
    """address it was fetched from"""
    captured_at: datetime | None = None
    """when it was fetched, in UTC"""
    media_type: str | None = None
    """as declared, without parameters: `text/html`"""
    charset: str | None = None
    """as declared by the transport, not by the page"""
    language: str | None = None
    """as declared by the container: `eng`, `de`; the page's own declaration comes first"""
    flags: tuple[Flag, ...] = ()
    """what the reader did to the page, or found wrong with its container; they become flags of the article"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Decoded:
    """A page's text, and the evidence for how it was decoded."""

    text: str
    """every offset of newsds counts code points of this string"""
    charset: str
    """WHATWG name in lower case: `utf-8`, `windows-1252`"""
    charset_source: Literal["str", "bom", "utf-8", "transport", "meta", "detector", "default"]
    """what named it"""
    replaced_chars: int
    """characters that became U+FFFD"""
    flags: tuple[Flag, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Anchor:
    """A link inside a block."""

    start: int
    """first character of the link text, in the block's text"""
    end: int
    """one past the last"""
    href: str
    """the target as written, references decoded"""
    node: int
    """the `a` element, a row of `Nodes`"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Links:
    """The links of a page as columns, in order of block and start (an `Anchor` is a row without its block)."""

    block: Sequence[int] = ()
    """row of the block it is in"""
    start: Sequence[int] = ()
    """first character of the link text, in the block's text"""
    end: Sequence[int] = ()
    """one past the last"""
    href: Sequence[str] = ()
    """the target as written, references decoded, without blanks around it"""
    node: Sequence[int] = ()
    """the `a` element, a row of `Nodes`"""

    def of(self, block: int) -> range:
        """Return the rows of a block's links.

        >>> links = Links(block=[2, 2, 7], start=[0, 5, 0], end=[4, 9, 3], href=["/a", "/b", "/c"], node=[1, 2, 3])
        >>> links.of(2), len(links.of(3))
        (range(0, 2), 0)
        """
        first = bisect_left(self.block, block)
        return range(first, bisect_right(self.block, block, first))


@dataclass(frozen=True, slots=True, kw_only=True)
class Nodes:
    """The elements that hold the blocks of an HTML page, as columns; row 0 is the document."""

    parent: Sequence[int]
    """row of the parent, -1 for row 0; a parent stands before its children"""
    tag: Sequence[str]
    """lower-case name"""
    label: Sequence[str]
    """class, id, role, itemprop, rel and data-testid, in lower case, separated by blanks"""
    hidden: Sequence[bool]
    """the element, or one that holds it, is not shown"""

    def ancestors(self, node: int) -> Iterator[int]:
        """Yield `node` and what holds it, up to and without the document.

        >>> list(Nodes(parent=[-1, 0, 1], tag=["", "ul", "li"], label=[""] * 3, hidden=[False] * 3).ancestors(2))
        [2, 1]
        """
        while node > 0:
            yield node
            node = self.parent[node]


@dataclass(frozen=True, slots=True, kw_only=True)
class Head:
    """What an HTML page says of itself out of sight."""

    title: str | None = None
    """text of the `title` element"""
    language: str | None = None
    """`lang` of the `html` element"""
    canonical: str | None = None
    """`link rel=canonical`"""
    meta: dict[str, str] = field(default_factory=dict)
    """`name`, `property`, `itemprop` or `http-equiv` in lower case → content; the first of each name"""
    linked_data: tuple[str, ...] = ()
    """the JSON-LD scripts, unparsed"""
    times: tuple[tuple[int, str], ...] = ()
    """`(node, datetime)` of the `time` elements"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """A row of `Blocks`: the smallest piece of a page that has one role."""

    text: str
    """as read: references decoded, runs of white space made one blank, zero-width characters dropped"""
    start: int
    """first character in the decoded page"""
    end: int
    """one past the last"""
    gap: int
    """blank lines before it (text), -1 in HTML"""
    indent: int
    """columns before its first character (text), -1 in HTML"""
    tag: str
    """the innermost block element: `p h2 li td …`; empty in text"""
    node: int
    """the element that holds its first character, a row of `Nodes`; -1 in text"""
    anchors: tuple[Anchor, ...]
    """links inside it; empty in text"""


class Anchors(Sequence[tuple[Anchor, ...]]):
    """The links of each block, made of the columns when they are asked for."""

    __slots__ = ("_blocks", "_links")

    def __init__(self, links: Links, blocks: int) -> None:
        self._links = links
        self._blocks = blocks

    def __len__(self) -> int:
        return self._blocks

    def __getitem__(self, i: int) -> tuple[Anchor, ...]:  # type: ignore[override]
        if not -self._blocks <= i < self._blocks:
            raise IndexError(i)
        x = self._links
        return tuple(
            Anchor(start=x.start[k], end=x.end[k], href=x.href[k], node=x.node[k]) for k in x.of(i % self._blocks)
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Blocks(Sequence[Block]):
    """The blocks of one page in page order, stored as columns (their meanings: `Block`)."""

    kind: Kind
    page: str
    """the decoded page that all offsets point into"""
    text: Sequence[str]
    start: Sequence[int]
    end: Sequence[int]
    gap: Sequence[int]
    indent: Sequence[int]
    tag: Sequence[str]
    node: Sequence[int]
    links: Links = Links()
    """HTML only"""
    nodes: Nodes | None = None
    """HTML only"""
    head: Head | None = None
    """HTML only"""
    flags: tuple[Flag, ...] = ()

    def __len__(self) -> int:
        return len(self.text)

    @property
    def anchors(self) -> Sequence[tuple[Anchor, ...]]:
        """The links of each block, as rows; `links` holds them all as columns."""
        return Anchors(self.links, len(self.text))

    def __getitem__(self, i: int) -> Block:  # type: ignore[override]
        return Block(
            text=self.text[i],
            start=self.start[i],
            end=self.end[i],
            gap=self.gap[i],
            indent=self.indent[i],
            tag=self.tag[i],
            node=self.node[i],
            anchors=self.anchors[i],
        )


CONFIDENCE_DECIMALS: Final = 3
"""Finer differences are noise of the platform, and would make the same rows differ between machines."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Confidence:
    """How sure the segmenter is of what it says of a page: probabilities, 0 to 1, rounded to three decimals.

    Where a group of fields is empty, its value says how sure it is that the page has none of it.

    >>> Confidence(tags=0.98765).tags
    0.988
    """

    page: float = 1.0
    """that the page holds an article"""
    title: float = 1.0
    """that the title is the right one"""
    body: float = 1.0
    """that the text is the whole article and nothing else"""
    tags: float = 1.0
    """that the tags are those of the page"""
    neighbours: float = 1.0
    """that previous and next are"""
    recommendations: float = 1.0
    """that the recommendations are"""

    def __post_init__(self) -> None:
        for name in self.__slots__:
            object.__setattr__(self, name, round(float(getattr(self, name)), CONFIDENCE_DECIMALS) + 0.0)  # no -0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Labels:
    """What a segmenter says of a page and its blocks: one role a block."""

    roles: Sequence[Role]
    reasons: Sequence[str] = ()
    """a short phrase a block: what decided; like `margins` only where it was asked for"""
    margins: Sequence[float] = ()
    """how far the next best role is behind, in natural logarithms of odds"""
    article: bool = True
    """whether the page holds an article; if not (a listing, an error page, a stub), its blocks may still have roles"""
    confidence: Confidence = Confidence()
    """how sure the segmenter is; 1 throughout from one that does not measure it"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """A piece of the decoded page and its role."""

    role: Role
    start: int
    end: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Paragraph:
    """A paragraph of `Article.text`."""

    kind: Literal["p", "h2", "li", "quote", "pre", "table"]
    start: int
    """first character in `Article.text`"""
    end: int
    """one past the last"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """A neighbouring article: its headline, and its address where the page gives one."""

    title: str
    url: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Recommendation:
    """Another article offered to the reader."""

    title: str
    snippet: str | None = None
    """the teaser below the title, as cut off as on the page"""
    url: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Article:
    """One page, taken apart: a row of the dataset. Column by column: docs/schema.md."""

    id: str
    url: str | None = None
    site: str | None = None
    title: str | None = None
    subtitle: str | None = None
    authors: tuple[str, ...] = ()
    published: datetime | None = None
    modified: datetime | None = None
    language: str | None = None
    text: str = ""
    paragraphs: Sequence[Paragraph] = ()
    captions: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    keywords: tuple[str, ...] = ()
    previous: Link | None = None
    next: Link | None = None
    recommendations: tuple[Recommendation, ...] = ()
    comments: tuple[str, ...] = ()
    spans: Sequence[Span] = ()
    flags: tuple[Flag, ...] = ()
    confidence: Confidence = Confidence()
    kind: Kind
    page_chars: int
    charset: str
    charset_source: str
    replaced_chars: int = 0
    captured_at: datetime | None = None
    source: str | None = None
    record: int | None = None
    offset: int | None = None
    length: int | None = None
    page_digest: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Rejection:
    """An input that is not a row, and why: a line of the ledger."""

    reason: Reason
    message: str
    source: str | None = None
    record: int | None = None
    offset: int | None = None
    length: int | None = None
    url: str | None = None
    page_digest: str | None = None
    """SHA-256 of the page's bytes, in hex, where they could be read"""
    duplicate_of: str | None = None
    """id of the row that was kept"""
