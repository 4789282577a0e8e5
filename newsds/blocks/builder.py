"""Tokens in, blocks out: what both HTML parsers feed.

Elements nest the simple way: an end tag closes the nearest open element of its name and all inside it, or is ignored
if there is none. What the HTML standard adds to that, `p`, `li` and their like that end where the next begins, is added
here and so the same for both parsers (`tags.py`). Of text the source range is read, and character references are
decoded here, so offsets and text cannot differ either.

A page is some thousand tokens, nearly all of them alike, so the loop keeps its state in local variables, an open
element in a plain list, and does what is rare elsewhere. `newsds/native/blocks.c` is the same loop in C, for html.py.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import Any, Final

from newsds.blocks.head import HeadReader
from newsds.blocks.tags import (
    BARE,
    IMPLIED,
    PLAIN,
    RAW,
    ROOT,
    SKIPPED,
    VOID_TAGS,
    Attributes,
    Kind,
    Token,
    read_end,
    read_start,
)
from newsds.chars import collapse, is_blank, unescape, visible_range
from newsds.limits import PAGE_BLOCKS
from newsds.model import Blocks, Flag, Links, Nodes

_MARKUP: Final = re.compile("<[A-Za-z/!?]")
"""Begins a tag, comment or declaration; text holds none."""
_NO_TAG: Final = "</>"
"""Is nothing at all (HTML standard, 13.2.5.7)."""
_LONE_RETURN: Final = re.compile(r"\r(?!\n)")
_BLANKS: Final = " \n\t\r\f\u00a0\u3000\u2003\u2002\u2009"
"""The usual white space. Not all of it: some, written as a reference, is no character."""

_Element = list[Any]
"""An open element; a list, since a page makes hundreds and nothing is made faster. Its columns:"""
_PARENT, _START, _KIND, _UNSEEN, _PRE, _LINK, _ROW, _BLOCK = range(8)
"""parent, start tag, its kind, its text's part in the page, preformatted, link around its content (an element), row
in `Nodes` or -1, tag of the blocks in it"""
_Linked = tuple[int, int, _Element]
"""First and last character of a link's text in its block, and the link."""
_FAR: Final = 12
"""Inline elements left open between a tag and what it ends unsaid; more is no page but an attack."""


def read_blocks(page: str, tokens: Iterator[Token], *, limit: int) -> Blocks:
    """Cut a page into blocks.

    Args:
        page: the decoded page.
        tokens: its tokens in order; what stands behind a text says where the text ends.
        limit: blocks at most; what follows belongs to the last.
    """
    columns = _Columns(page, limit)
    add = columns.add
    known = BARE.copy()  # tags by their source
    end_of_page = _Token("", None, (), len(page))
    # Lines are found when they are asked for: the last one's number, and where it starts. A lone carriage return ends
    # a line too.
    find = (_LONE_RETURN.sub("\n", page) if "\r" in page else page).find
    number, line_start = 1, 0
    # the elements that are open
    top: _Element = [None, ROOT, ROOT.kind, 0, 0, None, 0, ""]
    stack = [top]
    count: dict[str, int] = defaultdict(int)  # by name
    # the block that is being read
    pieces: list[str] = []
    chars = first = until = breaks = 0
    holder = top
    links: list[_Linked] = []
    glue = ""
    apart = False  # an element that stands apart has just been closed

    for token in tokens:
        source = token.source
        if source is None:
            apart = False
            unseen = top[_UNSEEN]
            if unseen == SKIPPED:
                continue
            data = token.data or ""
            core = data.strip(_BLANKS)
            if not core and not unseen:
                glue = glue or " "
                continue
            line = token.line
            while line > number:
                line_start = find("\n", line_start) + 1
                number += 1
            start = line_start + token.col if line else token.col
            token = next(tokens, end_of_page)
            source = token.source or ""
            line = token.line
            while line > number:
                line_start = find("\n", line_start) + 1
                number += 1
            end = line_start + token.col if line else token.col
            if unseen:
                columns.head.unseen(unseen, page[start:end])
            else:
                pre = top[_PRE]
                if (
                    len(data) == end - start
                    and core.isprintable()
                    and not pre
                    and "  " not in core
                    and "&" not in core
                    and "<" not in core
                ):  # nothing to decode, and to drop but blanks at the edges
                    text = data
                    if len(core) != len(data):
                        start += len(data) - len(data.lstrip(_BLANKS))
                        end = start + len(core)
                else:
                    text, core, start, end = read_text(page, start, end, pre)
                if core:
                    link = top[_LINK] if top[_START].href is None else top
                    if pieces:
                        beside = link is not None and links and links[-1][1] == chars and links[-1][2] is not link
                        if beside and glue == "\n":
                            pieces, links, chars = add(pieces, links, holder, first, until)
                        elif glue or beside or text[0].isspace():
                            pieces.append(glue or ("\n" if pre and text[0] == "\n" else " "))
                            chars += 1
                    if not pieces:
                        first = start
                        holder = top
                    pieces.append(core)
                    if link is not None:
                        if links and links[-1][2] is link:
                            links[-1] = (links[-1][0], chars + len(core), link)
                        else:
                            links.append((chars, chars + len(core), link))
                    chars += len(core)
                    until = end
                    breaks = 0
                    glue = "" if not text[-1].isspace() else "\n" if pre and text[-1] == "\n" else " "
                elif text:
                    glue = glue or " "

        tag = known.get(source)
        if tag is None:
            name = token.tag
            if not name:
                continue
            if source[1] == "/":
                tag = known[source] = read_end(name)
            else:
                tag = PLAIN.get(name)
                if tag is None:
                    tag = known[source] = read_start(name, token)

        if isinstance(tag, str):
            if count[tag]:
                while True:
                    kind = stack.pop()[_KIND]
                    count[kind.tag] -= 1
                    if kind.breaks:
                        if pieces:
                            pieces, links, chars = add(pieces, links, holder, first, until)
                        glue = ""
                        breaks = 0
                    if kind.tag == tag:
                        break
                apart = kind.apart
                top = stack[-1]
                continue
            if tag not in IMPLIED:
                continue
            tag = IMPLIED[tag]

        kind = tag.kind
        parent = top
        if kind.breaks:
            if pieces:
                pieces, links, chars = add(pieces, links, holder, first, until)
            glue = ""
            breaks = 0
            above = top[_KIND]
            if not above.breaks or above.tag in kind.ends:
                parent = _logical_parent(kind.ends, top)
        elif apart and kind.beside and not glue:
            glue = " "
        apart = False
        if kind.rare:
            if kind.head:
                columns.head.read(tag)
            elif kind.tag == "br":
                breaks += 1
                glue = "\n"
                if breaks > 1:  # one is a line break, two are the end of a paragraph
                    if pieces:
                        pieces, links, chars = add(pieces, links, holder, first, until)
                    glue = ""
                    breaks = 0
            if kind.void:
                continue
        top = [
            parent,
            tag,
            kind,
            tag.unseen | top[_UNSEEN] & SKIPPED,
            kind.pre or parent[_PRE],
            parent[_LINK] if parent[_START].href is None else parent,
            -1,
            kind.tag if kind.breaks else parent[_BLOCK],
        ]
        stack.append(top)
        count[kind.tag] += 1
        if tag.when is not None:
            columns.times.append((columns.row(top), tag.when))
    if pieces:
        add(pieces, links, holder, first, until)
    return columns.blocks()


def read_text(page: str, start: int, end: int, pre: int) -> tuple[str, str, int, int]:
    """Return the decoded text of `page[start:end]`, its clean form, empty if nothing shows, and the range of that."""
    raw = page[start:end]
    if end == len(page):  # what the end of the page cuts off is no text
        cut = _MARKUP.search(raw, raw.rfind(">") + 1)
        raw = raw[: cut.start()] if cut else raw
        end = start + len(raw)
    text = raw
    if "<" in raw and pre != RAW:
        text = raw.replace(_NO_TAG, "")
    if "&" in raw:
        text = unescape(text)
    core = collapse(text)
    if is_blank(core):
        return text, "", start, end
    if len(core) < len(raw):
        start, end = visible_range(page, start, end)
    if pre:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
        core = "\n".join(x.rstrip() for x in text.split("\n")).strip("\n")
    return text, core, start, end


class _Columns:
    """What is known of a page so far."""

    def __init__(self, page: str, limit: int) -> None:
        self._page = page
        self._limit = limit
        self._blocks: list[tuple[str, int, int, str, int]] = []
        self._links: list[tuple[int, int, int, str, int]] = []
        self._merged = False
        # the elements
        self._parents, self._names, self._labels, self._hidden = [-1], [""], [""], [False]
        self.head = HeadReader()
        self.times: list[tuple[int, str]] = []

    def add(
        self, pieces: list[str], links: list[_Linked], holder: _Element, start: int, end: int
    ) -> tuple[list[str], list[_Linked], int]:
        """Add a block; returns pieces, links and characters of the next one: none."""
        i = len(self._blocks)
        if i == self._limit:
            last = self._blocks[-1]
            self._blocks[-1] = (*last[:2], end, *last[3:])
            self._merged = True
            return [], [], 0
        text = pieces[0] if len(pieces) == 1 else "".join(pieces)
        node = holder[_ROW]
        self._blocks.append((text, start, end, holder[_BLOCK], node if node >= 0 else self.row(holder)))
        for a, b, link in links:
            at = link[_ROW] if link[_ROW] >= 0 else self.row(link)
            self._links.append((i, a, b, link[_START].href, at))
        return [], [], 0

    def row(self, element: _Element) -> int:
        """Return the row of `element` in `Nodes`; elements that hold nothing never get one."""
        chain = []
        while element[_ROW] < 0:
            chain.append(element)
            element = element[_PARENT]
        at: int = element[_ROW]
        for x in reversed(chain):
            tag = x[_START]
            label = tag.label
            self._labels.append(tag.read_label() if label is None else label)
            self._hidden.append(tag.hides or self._hidden[at])
            self._parents.append(at)
            at = x[_ROW] = len(self._names)
            self._names.append(tag.kind.tag)
        return at

    def blocks(self) -> Blocks:
        """Return all of it."""
        n = len(self._blocks)
        text, first, last, tag, at = map(list, zip(*self._blocks, strict=True)) if n else ([], [], [], [], [])
        block, start, end, href, node = (
            map(list, zip(*self._links, strict=True)) if self._links else ([], [], [], [], [])
        )
        return Blocks(
            kind="html",
            page=self._page,
            text=text,
            start=first,
            end=last,
            gap=[-1] * n,
            indent=[-1] * n,
            tag=tag,
            node=at,
            links=Links(block=block, start=start, end=end, href=href, node=node),
            nodes=Nodes(parent=self._parents, tag=self._names, label=self._labels, hidden=self._hidden),
            head=self.head.head(self.times),
            flags=(Flag.BLOCKS_MERGED,) if self._merged else (),
        )


def _logical_parent(ends: frozenset[str], parent: _Element) -> _Element:
    """The element that a tag opens in, once those are ended that it ends unsaid."""
    found = element = parent
    for _ in range(_FAR):
        if element[_PARENT] is None:
            break
        kind: Kind = element[_KIND]
        if kind.tag in ends:
            found = element[_PARENT]
        elif kind.breaks:
            break
        element = element[_PARENT]
    return found


class _Token:
    """A token of any parser."""

    __slots__ = ("attrs", "col", "data", "line", "source", "tag")

    def __init__(self, source: str | None, tag: str | None, attrs: Attributes, col: int) -> None:
        self.source = source
        self.tag = tag
        self.attrs = attrs
        self.col = col
        self.line = 0
        self.data = ""

    def attr(self, name: str, default: str | None = None, /) -> str | None:
        """Return the value of an attribute."""
        return dict(self.attrs).get(name, default)


class BlockBuilder:
    """Collects the tokens of a page from a parser that has a tree: every element is closed, the last first."""

    def __init__(self, page: str, *, limit: int = PAGE_BLOCKS.value) -> None:
        self._page = page
        self._limit = limit
        self._tokens: list[_Token] = []
        self._opened: list[str] = []

    def open(self, tag: str, attrs: Iterable[tuple[str, str | None]]) -> None:
        """Open an element; of a repeated attribute the first counts."""
        found = list(dict(reversed(list(attrs))).items())[::-1]
        self._opened.append(tag)
        self._tokens.append(_Token(f"<{tag} {found!r}>", tag, found, 0))

    def close(self) -> None:
        """Close the element opened last."""
        tag = self._opened.pop()
        if tag not in VOID_TAGS:
            self._tokens.append(_Token(f"</{tag}>", tag, (), 0))

    def text(self, start: int, end: int) -> None:
        """Read the text `page[start:end]` of the source."""
        text, behind = _Token(None, None, (), start), _Token("", None, (), end)
        text.data = self._page[start:end]
        self._tokens += (text, behind)

    def finish(self) -> Blocks:
        """Close the page and return its blocks."""
        return read_blocks(self._page, iter(self._tokens), limit=self._limit)
