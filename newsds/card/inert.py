"""Text of pages in cards and plots: it shows, and does nothing.

A card is a web page on the Hub. Whatever a page calls its site, its language or its tags must not become a link, a
mention, markup, a marker of newsds or an end of what it stands in.
"""

from __future__ import annotations

import re
from typing import Final
from xml.sax.saxutils import escape

_STEERING: Final = (
    "\x00-\x1f\x7f-\x9f"  # controls, line ends among them
    "\u00ad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb"  # invisible, direction
    "\U000e0000-\U000e007f"  # tags: text that does not show
    "\ud800-\udfff\ufffe\uffff"  # no characters; XML forbids them
)
_IN_XML: Final = re.compile(f"[{_STEERING}]")
_IN_CODE: Final = re.compile(rf"[{_STEERING}`|\\<>]")
"""In a code span nothing is markup but its own end, and in a table the bar; `<` would begin a marker of newsds."""


def code(text: str | None) -> str:
    r"""Return text as a Markdown code span, in a table too: there is no other place where nothing is made a link.

    >>> print(code("a|b`c"), code("<!-- newsds:end figures -->"), code(None))
    `a\x7cb\x60c` `\x3c!-- newsds:end figures --\x3e` –
    """
    if text is None:
        return "–"
    shown = _IN_CODE.sub(_escaped, text)
    return f"`{shown}`" if shown.strip(" ") else "` `"


def xml(text: str) -> str:
    r"""Return text for an SVG.

    >>> xml("<b>\x1b"), xml("é")
    ('&lt;b&gt;\\x1b', 'é')
    """
    return escape(visible(text), {'"': "&quot;"})


def visible(text: str) -> str:
    r"""Return text with what does not show as escapes.

    >>> print(visible("a\tb"))
    a\x09b
    """
    return _IN_XML.sub(_escaped, text)


def line(text: str) -> str:
    """Return text of a card's source on one line, for fields that hold one.

    >>> line("one\\n two")
    'one two'
    """
    return " ".join(_IN_XML.sub(" ", text).split())


def _escaped(found: re.Match[str]) -> str:
    number = ord(found[0])
    return f"\\x{number:02x}" if number < 256 else f"\\u{number:04x}" if number < 65536 else f"\\U{number:08x}"


def number(n: int) -> str:
    """Return a whole number with its thousands set apart.

    >>> number(1234567)
    '1,234,567'
    """
    return f"{n:,}"


def share(part: int, whole: int) -> str:
    """Return a share in percent, with one decimal, half rounded up; computed in whole numbers.

    >>> share(1, 3), share(1, 2000), share(0, 0)
    ('33.3 %', '0.1 %', '–')
    """
    if not whole:
        return "–"
    thousandths = (2000 * part + whole) // (2 * whole)
    return f"{thousandths // 10}.{thousandths % 10} %"
