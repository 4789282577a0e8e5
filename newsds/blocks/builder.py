"""Elements and text in, blocks out: what both HTML parsers feed.

A parser calls `open`, `close` and `text` in the order of the source, with elements nested the simple way: an end tag
closes the nearest open element of its name and all inside it, or is ignored if there is none. What the HTML standard
adds to that, the builder does itself and so the same for both: `p`, `li` and their like end where the next begins.
Text arrives as source ranges and character references are decoded here, so offsets and text cannot differ either.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

from newsds.chars import collapse, is_blank, unescape, visible_range
from newsds.limits import PAGE_BLOCKS
from newsds.model import Anchor, Blocks, Flag, Head, Nodes

VOID: Final = frozenset(
    "area base basefont bgsound br col command embed frame hr image img input isindex keygen link menuitem meta nextid"
    " param source spacer track wbr".split()
)
"""Elements without content (HTML standard, 13.1.2), the obsolete ones among them."""
_BREAKS: Final = frozenset(
    "address article aside blockquote body button caption center col colgroup dd details dialog dir div dl dt fieldset"
    " figcaption figure footer form frameset h1 h2 h3 h4 h5 h6 header hgroup hr html legend li listing main menu nav ol"
    " optgroup option p plaintext pre search section summary table tbody td tfoot th thead tr ul xmp".split()
)
"""Elements that stand on lines of their own: a block ends where one begins or ends."""
_SKIPPED: Final = frozenset(
    "applet audio canvas datalist iframe math noembed noframes noscript object rp rt rtc script select style svg"
    " template textarea video".split()
)
"""Elements whose text a reader does not see as part of the page. Ruby annotations repeat the word they stand over."""
_SECTIONS: Final = ("tbody", "thead", "tfoot")
_SIBLINGS: Final = {
    "li": frozenset(("li",)),
    "option": frozenset(("option",)),
    **dict.fromkeys(("dt", "dd"), frozenset(("dt", "dd"))),
    **dict.fromkeys(("td", "th"), frozenset(("td", "th"))),
    "tr": frozenset(("tr", "td", "th")),
    **dict.fromkeys(_SECTIONS, frozenset((*_SECTIONS, "tr", "td", "th"))),
}
"""What an opening tag ends, though no end tag says so (HTML standard, 13.1.2.4); `p` is ended by every break."""
_APART: Final = frozenset(("span", "time", "small", "label", "cite", "data"))
"""Inline elements without a meaning for the text: where one ends and the next begins, a page shows a space."""
_BESIDE: Final = _APART | {"a", "b", "em", "i", "strong"}
"""What may begin there."""
IMPLIES_START: Final = frozenset(("br", "p"))
"""Elements that an end tag alone makes, with nothing in them (HTML standard, 13.2.6.4.7)."""
_LABELS: Final = frozenset(("class", "id", "role", "itemprop", "rel", "data-testid"))
_HIDDEN_STYLE: Final = re.compile(r"(?:display\s*:\s*none|visibility\s*:\s*hidden)", re.IGNORECASE)
_NEVER_HIDDEN: Final = frozenset(("html", "body", "main", "article"))
"""Hidden in the source only until a script shows them: nothing else is on the page."""
_MARKUP: Final = re.compile("<[A-Za-z/!?]")
"""Begins a tag, comment or declaration; text holds none."""


class _Element:
    __slots__ = ("anchor", "block", "hidden", "href", "label", "parent", "pre", "row", "skipped", "tag")

    def __init__(self, tag: str, parent: _Element | None) -> None:
        self.tag = tag
        self.parent = parent
        self.block: str = tag if tag in _BREAKS or parent is None else parent.block
        self.label = ""
        self.href = ""
        self.row = -1
        self.anchor: _Element | None = parent.anchor if parent else None
        self.skipped: bool = parent.skipped if parent else False
        self.hidden: bool = parent.hidden if parent else False
        self.pre: bool = parent.pre if parent else False


class BlockBuilder:
    """Collects the blocks of one page."""

    def __init__(self, page: str, *, limit: int = PAGE_BLOCKS.value) -> None:
        self._page = page
        self._limit = limit
        root = _Element("", None)
        root.row = 0
        self._stack = [root]
        self._parent, self._tag, self._label, self._hidden = [-1], [""], [""], [False]
        # blocks
        self._text: list[str] = []
        self._start: list[int] = []
        self._end: list[int] = []
        self._block_tag: list[str] = []
        self._node: list[int] = []
        self._anchors: list[tuple[Anchor, ...]] = []
        self._merged = False
        # the block that is being read
        self._pieces: list[str] = []
        self._chars = 0
        self._from = self._to = 0
        self._holder = root
        self._links: list[tuple[int, int, _Element]] = []
        self._glue = ""
        self._breaks = 0
        self._closed_apart = False
        # the head
        self._head_title: str | None = None
        self._language: str | None = None
        self._canonical: str | None = None
        self._meta: dict[str, str] = {}
        self._linked_data: list[str] = []
        self._times: list[tuple[int, str]] = []

    def open(self, tag: str, attrs: Iterable[tuple[str, str | None]]) -> None:
        """Open an element; of a repeated attribute the first counts."""
        stack = self._stack
        parent = stack[-1]
        breaks = tag in _BREAKS
        if breaks:
            self._flush()
            parent = self._logical_parent(tag, parent)
        elif self._closed_apart and tag in _BESIDE and not self._glue:
            self._glue = " "
        self._closed_apart = False
        element = _Element(tag, parent)
        element.skipped = stack[-1].skipped or tag in _SKIPPED
        element.pre = parent.pre or tag in ("pre", "listing", "xmp", "plaintext")
        stack.append(element)
        if attrs:
            self._attributes(element, dict(reversed(list(attrs))))
        if tag == "br":
            self._break()

    def close(self) -> None:
        """Close the element opened last."""
        element = self._stack.pop()
        if element.tag in _BREAKS:
            self._flush()
        self._closed_apart = element.tag in _APART

    def text(self, start: int, end: int) -> None:
        """Read the text `page[start:end]` of the source."""
        holder = self._stack[-1]
        self._closed_apart = False
        raw = self._page[start:end]
        if holder.skipped or holder.tag == "title":
            self._unseen_text(holder, raw)
            return
        if end == len(self._page):  # what the end of the page cuts off is no text
            cut = _MARKUP.search(raw, raw.rfind(">") + 1)
            raw = raw[: cut.start()] if cut else raw
            end = start + len(raw)
        text = unescape(raw)
        core = collapse(text)
        if not core or is_blank(core):
            if text and not self._glue:
                self._glue = " "
            return
        if holder.pre:
            text = text.replace("\r\n", "\n").replace("\r", "\n")
            core = "\n".join(x.rstrip() for x in text.split("\n")).strip("\n")
        anchor = holder.anchor
        if self._pieces:
            other = self._links[-1][2] if self._links and self._links[-1][1] == self._chars else None
            linked = anchor is not None and other is not None and other is not anchor
            if linked and self._glue == "\n":
                self._flush()
            elif self._glue or text[0].isspace() or linked:
                self._pieces.append(self._glue or ("\n" if holder.pre and text[0] == "\n" else " "))
                self._chars += 1
        a, b = visible_range(self._page, start, end)
        if not self._pieces:
            self._from = a
            self._holder = holder
        if anchor is not None:
            if self._links and self._links[-1][2] is anchor:
                self._links[-1] = (self._links[-1][0], self._chars + len(core), anchor)
            else:
                self._links.append((self._chars, self._chars + len(core), anchor))
        self._pieces.append(core)
        self._chars += len(core)
        self._to = b
        self._glue = " " if text[-1].isspace() else ""
        if holder.pre and text.endswith("\n"):
            self._glue = "\n"
        self._breaks = 0

    def finish(self) -> Blocks:
        """Close the page and return its blocks."""
        self._flush()
        n = len(self._text)
        return Blocks(
            kind="html",
            page=self._page,
            text=self._text,
            start=self._start,
            end=self._end,
            gap=[-1] * n,
            indent=[-1] * n,
            tag=self._block_tag,
            node=self._node,
            anchors=self._anchors,
            nodes=Nodes(parent=self._parent, tag=self._tag, label=self._label, hidden=self._hidden),
            head=Head(
                title=self._head_title,
                language=self._language,
                canonical=self._canonical,
                meta=self._meta,
                linked_data=tuple(self._linked_data),
                times=tuple(self._times),
            ),
            flags=(Flag.BLOCKS_MERGED,) if self._merged else (),
        )

    @staticmethod
    def _logical_parent(tag: str, parent: _Element) -> _Element:
        """The element that `tag` opens in, once those are ended that it ends unsaid."""
        found = parent
        ended = _SIBLINGS.get(tag, frozenset())
        element: _Element | None = parent
        for _ in range(12):  # inline elements left open between the two; more is no page but an attack
            if element is None or element.parent is None:
                break
            if element.tag == "p" or element.tag in ended:
                found = element.parent
            elif element.tag in _BREAKS:
                break
            element = element.parent
        return found

    def _attributes(self, element: _Element, attrs: dict[str, str | None]) -> None:
        tag = element.tag
        if tag == "meta":
            self._read_meta(attrs)
            return
        if tag == "script":
            element.label = "ld+json" if "ld+json" in (attrs.get("type") or "") else ""
            return
        if tag == "a" and attrs.get("href"):
            element.anchor = element
            element.href = (attrs["href"] or "").strip()
        label = " ".join(v for k, v in attrs.items() if v and k in _LABELS)
        if attrs.get("aria-hidden") == "true":
            label += " aria-hidden"
        element.label = " ".join(label.lower().split())
        style = attrs.get("style")
        if tag not in _NEVER_HIDDEN and ("hidden" in attrs or (style and _HIDDEN_STYLE.search(style))):
            element.hidden = True
        if tag == "time" and attrs.get("datetime"):
            self._times.append((self._row(element), (attrs["datetime"] or "").strip()))
        elif tag == "html" and attrs.get("lang"):
            self._language = self._language or attrs["lang"]
        elif tag == "link" and "canonical" in (attrs.get("rel") or "").lower().split():
            self._canonical = self._canonical or (attrs.get("href") or "").strip() or None

    def _read_meta(self, attrs: dict[str, str | None]) -> None:
        content = (attrs.get("content") or "").strip()
        if content:
            for key in ("name", "property", "itemprop", "http-equiv"):
                name = attrs.get(key)
                if name:
                    self._meta.setdefault(name.strip().lower(), content)

    def _unseen_text(self, holder: _Element, raw: str) -> None:
        if holder.tag == "title" and not holder.skipped:
            self._head_title = self._head_title or collapse(unescape(raw)) or None
        elif holder.tag == "script" and holder.label == "ld+json":
            self._linked_data.append(raw)

    def _break(self) -> None:
        """One `br` is a line break, two are the end of a paragraph."""
        self._breaks += 1
        if self._breaks > 1:
            self._flush()
        else:
            self._glue = "\n"

    def _row(self, element: _Element) -> int:
        """Row of `element` in `Nodes`; elements that hold nothing never get one."""
        chain = []
        at: _Element | None = element
        while at is not None and at.row < 0:
            chain.append(at)
            at = at.parent
        for x in reversed(chain):
            x.row = len(self._tag)
            self._parent.append(x.parent.row if x.parent else 0)
            self._tag.append(x.tag)
            self._label.append(x.label)
            self._hidden.append(x.hidden)
        return element.row

    def _flush(self) -> None:
        self._glue = ""
        self._breaks = 0
        if not self._pieces:
            return
        pieces, links, holder = self._pieces, self._links, self._holder
        self._pieces, self._links, self._chars = [], [], 0
        if len(self._text) == self._limit:
            self._end[-1] = self._to
            self._merged = True
            return
        self._text.append("".join(pieces))
        self._start.append(self._from)
        self._end.append(self._to)
        self._block_tag.append(holder.block)
        self._node.append(self._row(holder))
        self._anchors.append(tuple(Anchor(start=a, end=b, href=x.href, node=self._row(x)) for a, b, x in links))
