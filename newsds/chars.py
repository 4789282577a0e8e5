"""Characters that do not show, and the clean form of a block's text."""

from __future__ import annotations

import html
import re
from typing import Final

_CONTROLS = "\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f"
CONTROL: Final = re.compile(f"[{_CONTROLS}]")
"""Control characters other than white space (Unicode category Cc); none belongs in a page's text."""

_INVISIBLE = "\u00ad\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff"
"""Zero-width and direction characters (Unicode default-ignorable, as far as pages hold them)."""

BLANK: Final = rf"[\s{_INVISIBLE}]"
"""Pattern of one blank character: white space (no-break spaces among it) or invisible."""
VISIBLE: Final = re.compile(rf"[^\s{_INVISIBLE}]")
"""One character that shows."""
BLANKS: Final = re.compile(rf"{BLANK}+")

_DROPPED: Final = re.compile("[\u00ad\u180e\u200b\u2060\ufeff]")
"""Dropped inside text. Joiners and direction marks stay: Persian, Indic scripts and emoji need them."""
EDGE: Final = (
    "\t\n\v\f\r\x1c\x1d\x1e\x1f \x85\u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a"
    "\u2028\u2029\u202f\u205f\u3000\u00ad\u061c\u180e\u200b\u200c\u200d\u200e\u200f\u202a\u202b\u202c\u202d\u202e"
    "\u2060\u2061\u2062\u2063\u2064\u2065\u2066\u2067\u2068\u2069\ufeff"
)
"""The blank characters one by one, for `str.strip`, which stays linear on long runs where a pattern does not."""
ENDLESS: Final = re.compile("&#[0-9]{100,};?")
"""References to characters there cannot be; Python refuses to read numbers of more than 4,300 digits."""


def unescape(text: str) -> str:
    """Return `text` with HTML's character references decoded, as the HTML standard says.

    >>> unescape("&lt;&#233;&notit;"), unescape("&#" + "9" * 5000 + ";")
    ('<é¬it;', '\ufffd')
    """
    if "&" not in text:
        return text
    return html.unescape(ENDLESS.sub("\ufffd", text) if "&#" in text else text)


def collapse(text: str) -> str:
    """Return `text` with runs of white space made one blank, trimmed, zero-width characters dropped.

    >>> collapse("\\u200b one\\u00a0 \\n two\\u00ad ")
    'one two'
    """
    text = text.strip()
    # printable: no white space but the blank, nothing invisible
    if text.isprintable() and "  " not in text:
        return text
    joined = " ".join(text.split())
    if joined.isascii() or joined.isprintable():
        return joined
    return " ".join(_DROPPED.sub("", text).strip(EDGE).split())


def is_blank(text: str) -> bool:
    """Say whether no character of `text` shows.

    >>> is_blank(" \\u00a0\\u200b\\ufeff"), is_blank("a")
    (True, False)
    """
    if text and text[0].isprintable() and text[0] != " ":
        return False
    return VISIBLE.search(text) is None


def visible_range(text: str, start: int, end: int) -> tuple[int, int]:
    """Return `text[start:end]` without the blank characters at its edges, as offsets; empty at `start` if all are.

    >>> visible_range("ab \\u00a0c \\n", 2, 7)
    (4, 5)
    """
    piece = text[start:end]
    lead = len(piece) - len(piece.lstrip(EDGE))
    if lead == len(piece):
        return start, start
    return start + lead, start + len(piece.rstrip(EDGE))
