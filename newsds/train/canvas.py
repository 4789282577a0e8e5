"""Lines of a page in the making, and how a dump maker spaces, indents and wraps them."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

from newsds.chars import collapse, visible_range
from newsds.model import Role

_UNIFORM: Final = (0, 0, 1, 1, 1, 1, 2, 3)
"""Blank lines between all lines of pages that are spaced alike throughout."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A line of the page, or a paragraph wrapped over several."""

    text: str
    role: Role | None
    """None: a blank line"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Style:
    """How one page is written, throughout."""

    paragraph_gap: int
    """blank lines between paragraphs"""
    item_gap: int
    """blank lines between the lines of menus and lists"""
    section_gap: int
    """blank lines between the parts of the page"""
    ragged: float
    """chance that a gap is another"""
    blank: str
    """what a blank line holds"""
    newline: str
    trailing: float
    """chance of blanks at the end of a line"""
    margin: str
    """before every line"""
    indent: str
    """before paragraphs"""
    list_indent: str
    """before the lines of menus and lists"""
    column: int | None
    """where lines are wrapped"""


def draw_style(rng: random.Random, *, wide: bool) -> Style:
    """Draw the style of a page.

    Args:
        rng: what to draw from.
        wide: the page is Chinese or Japanese.
    """
    if rng.random() < 0.55:
        paragraph = item = section = rng.choice(_UNIFORM)
        section += rng.random() < 0.2
    else:
        paragraph = rng.choice((0, 1, 1, 1, 2))
        item = rng.choice((0, 0, 0, 1))
        section = max(paragraph, rng.choice((1, 1, 1, 2, 3)))
    column = None
    if rng.random() < 0.12:
        column = rng.randint(70, 100) if rng.random() < 0.8 else rng.randint(60, 120)
        paragraph = max(1, paragraph)
    indent = ""
    if wide and rng.random() < 0.35:
        indent = "\u3000\u3000"
    elif rng.random() < 0.08:
        indent = rng.choice(("  ", "    ", "\t", "\u00a0\u00a0"))
    return Style(
        paragraph_gap=paragraph,
        item_gap=item,
        section_gap=section,
        ragged=rng.choice((0.0, 0.0, 0.02, 0.1)),
        blank=rng.choice(("", "", "", "", "", " ", "\u00a0", "\t", "  ")),
        newline="\r\n" if rng.random() < 0.08 else "\n",
        trailing=rng.choice((0.0, 0.0, 0.0, 0.05, 0.5)),
        margin=rng.choice((" ", "  ", "   ", "    ", "        ")) if rng.random() < 0.1 else "",
        indent=indent,
        list_indent=rng.choice(("  ", "    ", "\t", " ", "      ")) if rng.random() < 0.15 else "",
        column=column,
    )


@dataclass(slots=True, kw_only=True)
class Canvas:
    """What is written so far."""

    style: Style
    rng: random.Random
    lines: list[Line] = field(default_factory=list)
    pending: int = 0
    """blank lines wanted before the next line"""

    def gap(self, lines: int) -> None:
        """Ask for blank lines before the next line: as many as the most that anyone asks for."""
        self.pending = max(self.pending, lines)

    def section(self) -> None:
        """Ask for the gap between parts of the page."""
        self.gap(self.style.section_gap)

    def add(self, text: str, role: Role, *, indent: str = "") -> None:
        """Write a line; none where nothing of `text` shows."""
        text = collapse(text)
        if not text:
            return
        style, rng = self.style, self.rng
        blanks = self.pending if self.lines else 0
        if style.ragged and rng.random() < style.ragged:
            blanks = max(0, blanks + rng.choice((-1, 1, 1, 2)))
        self.lines.extend([Line(text=style.blank, role=None)] * blanks)
        self.pending = 0
        lead = style.margin + indent
        if style.column is not None:
            hanging = " " * len(lead) if role is not Role.BODY else style.margin
            text = ("\n" + hanging).join(wrap(text, style.column - len(lead)))
        if style.trailing and rng.random() < style.trailing:
            text += rng.choice((" ", "  ", "\u00a0"))
        self.lines.append(Line(text=lead + text, role=role))

    def item(self, text: str, role: Role) -> None:
        """Write a line of a menu or a list."""
        self.gap(self.style.item_gap)
        self.add(text, role, indent=self.style.list_indent)


def wrap(text: str, width: int) -> list[str]:
    """Break a text of one line at blanks, and where it has none, between characters of scripts that write none.

    >>> wrap("The quick brown fox", 10)
    ['The quick', 'brown fox']
    >>> wrap("狐狸跳过了狗", 6)
    ['狐狸跳', '过了狗']
    """
    if len(text) * 2 <= width:
        return [text]
    if not text.isascii() and text.count(" ") * 20 < len(text):
        half = max(1, width // 2)
        pieces = [text[i : i + half].strip() for i in range(0, len(text), half)]
        return [piece for piece in pieces if piece]
    out: list[str] = []
    line = ""
    for word in text.split(" "):
        if line and len(line) + 1 + len(word) > width:
            out.append(line)
            line = word
        else:
            line = f"{line} {word}" if line else word
    return [*out, line]


def join(lines: Sequence[Line], newline: str) -> tuple[str, list[tuple[int, int, Role]]]:
    """Join lines to a page; the spans `(start, end, role)` lie over its visible characters.

    >>> join([Line(text=" A", role=Role.TITLE), Line(text="", role=None), Line(text="B", role=Role.BODY)], "\\n")[1]
    [(1, 2, <Role.TITLE: 'title'>), (4, 5, <Role.BODY: 'body'>)]
    """
    parts: list[str] = []
    spans: list[tuple[int, int, Role]] = []
    at = 0
    for line in lines:
        text = line.text if newline == "\n" else line.text.replace("\n", newline)
        if line.role is not None:
            start, end = visible_range(text, 0, len(text))
            spans.append((at + start, at + end, line.role))
        parts.append(text)
        at += len(text) + len(newline)
    return newline.join(parts) + (newline if parts else ""), spans
