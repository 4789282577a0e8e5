"""What a tag does to the text around it: one place for each rule of HTML that blocks depend on.

A tag is read once for each way it is written on a page (`<li class="item">`), into a `Start` or, for an end tag, its
name; `builder.py` then looks it up by its source. What only the elements that hold text need is read later still.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final, Protocol

Attributes = Sequence[tuple[str, str | None]]
"""Names and values as in the source; a name stands there once."""

VOID_TAGS: Final = frozenset(
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
_PRE: Final = frozenset(("pre", "listing", "xmp", "plaintext"))
"""Elements whose lines stay as they are."""
_RAW_TEXT: Final = frozenset(("xmp", "plaintext"))
"""Those of them in which nothing but the end tag is a tag."""
TEXT_ONLY: Final = frozenset("iframe noembed noframes noscript script style textarea title xmp".split())
"""All elements of that kind that have an end; turbohtml knows them, too."""
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
ATTRIBUTES: Final = {
    **dict.fromkeys(("class", "id", "role", "itemprop", "rel", "data-testid"), "label"),
    "hidden": "hidden",
    "style": "style",
    "aria-hidden": "aria-hidden",
}
"""Attributes that name an element or hide it."""
_HIDDEN_STYLE: Final = re.compile(r"(?:display\s*:\s*none|visibility\s*:\s*hidden)", re.IGNORECASE)
NEVER_HIDDEN: Final = frozenset(("html", "body", "main", "article"))
"""Hidden in the source only until a script shows them: nothing else is on the page."""

_HEAD: Final = frozenset(("html", "link", "meta"))
"""Tags that say something of the page."""

SHOWN, SKIPPED, TITLE, LINKED_DATA = 0, 1, 2, 4
"""What becomes of an element's own text, as bits; `SKIPPED` holds for all inside it."""
AS_IS, RAW = 1, 2
"""Lines of an element stay as they are; and nothing in it but its end tag is a tag. Holds for all inside it."""


class Token(Protocol):
    """What the builder reads of a token, by turbohtml's names."""

    @property
    def source(self) -> str | None:
        """The tag as written, with its line breaks normalised; None for text."""

    @property
    def data(self) -> str | None:
        """Text, its references decoded."""

    @property
    def tag(self) -> str | None:
        """Name of the element in lower case."""

    @property
    def attrs(self) -> Attributes | None:
        """Attributes of the tag."""

    def attr(self, name: str, default: str | None = None, /) -> str | None:
        """Value of an attribute."""

    @property
    def line(self) -> int:
        """Line it begins in, from 1; 0 if `col` counts from the start of the page."""

    @property
    def col(self) -> int:
        """Code points before it in its line."""


class Kind:
    """What all tags of a name have in common."""

    __slots__ = ("apart", "beside", "breaks", "ends", "head", "pre", "rare", "tag", "unseen", "void")

    def __init__(self, tag: str, *, void: bool = False) -> None:
        self.tag = tag
        self.breaks = tag in _BREAKS
        self.ends = _SIBLINGS.get(tag, frozenset()) | {"p"} if self.breaks else frozenset()
        """open elements it ends unsaid"""
        self.void = void or tag in VOID_TAGS
        self.head = tag in _HEAD
        self.rare = self.void or self.head
        self.apart = tag in _APART
        self.beside = tag in _BESIDE
        self.unseen = SKIPPED if tag in _SKIPPED else TITLE if tag == "title" else SHOWN
        self.pre = RAW if tag in _RAW_TEXT else AS_IS if tag in _PRE else 0


class Start:
    """A start tag."""

    __slots__ = ("_token", "hides", "href", "kind", "label", "unseen", "when")

    def __init__(self, kind: Kind, token: Token | None) -> None:
        self._token = token
        self.kind = kind
        self.href: str | None = None
        """target of an `a`"""
        self.when: str | None = None
        """`datetime` of a `time`"""
        self.unseen = kind.unseen
        self.label: str | None = "" if token is None else None
        """what names the element; None until `read_label` has read it"""
        self.hides = False
        """the tag says that its element is not shown; not before `read_label` has read it"""

    @property
    def attrs(self) -> Attributes:
        """Names and values of the attributes."""
        return (self._token.attrs or ()) if self._token else ()

    def get(self, name: str) -> str:
        """Return the value of an attribute, empty if there is none."""
        return (self._token.attr(name) or "") if self._token else ""

    def meta(self) -> tuple[list[str], str]:
        """Return the names that a `meta` gives its content, and that content."""
        found = dict(self.attrs)
        names = (found.get(key) for key in ("name", "property", "itemprop", "http-equiv"))
        return [name.strip().lower() for name in names if name], (found.get("content") or "").strip()

    def read_label(self) -> str:
        """Read what names the element, and whether it is shown: what only those need that hold text."""
        if self.kind.tag == "script":
            self.label = "ld+json" if self.unseen & LINKED_DATA else ""
            return self.label
        label = ""
        hides = aria = False
        for name, value in self.attrs:
            kind = ATTRIBUTES.get(name)
            if kind is None:
                continue
            if kind == "label":
                if value:
                    label = f"{value} {label}"
            elif kind == "hidden":
                hides = True
            elif kind == "style":
                hides = hides or (value is not None and _HIDDEN_STYLE.search(value) is not None)
            else:
                aria = value == "true"
        if aria:
            label += " aria-hidden"
        self.hides = hides and self.kind.tag not in NEVER_HIDDEN
        self.label = " ".join(label.lower().split())
        return self.label


_USUAL: Final = (
    "abbr b bdi bdo big br circle clippath code defs del dfn ellipse em fecolormatrix feoffset filter font g i ins kbd"
    " line lineargradient map mark mask nobr path picture polygon polyline q radialgradient rect ruby s samp slot stop"
    " strike strong sub sup symbol text tspan tt u use var"
).split()
"""Other tags that pages are made of, so that they need not be made anew for each page."""
KINDS: Final = {tag: Kind(tag) for tag in sorted(_BREAKS | VOID_TAGS | _SKIPPED | _BESIDE | _HEAD | {"title", *_USUAL})}
PLAIN: Final = {tag: Start(KINDS[tag], None) for tag in VOID_TAGS - _HEAD}
"""Start tags of which no attribute counts."""
BARE: Final[dict[str, Start | str]] = {
    **{f"<{tag}>": PLAIN.get(tag) or Start(kind, None) for tag, kind in KINDS.items()},
    **{f"</{tag}>": tag for tag in KINDS},
}
"""Tags as they are written most often, by their source."""
IMPLIED: Final = {tag: Start(Kind(tag, void=True), None) for tag in ("br", "p")}
"""Elements that an end tag alone makes, with nothing in them (HTML standard, 13.2.6.4.7)."""
ROOT: Final = Start(Kind(""), None)
"""Stands for the document."""


def read_start(tag: str, token: Token) -> Start:
    """Read a start tag."""
    start = Start(KINDS.get(tag) or Kind(tag), token)
    if tag == "a":
        target = token.attr("href")
        start.href = target.strip() if target else None
    elif tag == "time":
        when = token.attr("datetime")
        start.when = when.strip() if when else None
    elif tag == "script" and "ld+json" in (token.attr("type") or ""):
        start.unseen |= LINKED_DATA
    return start


def read_end(tag: str) -> str:
    """Read an end tag: the one string that names the element, which is faster to compare."""
    return KINDS[tag].tag if tag in KINDS else tag
