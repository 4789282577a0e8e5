"""Lists of other articles: headlines, with or without snippets, dates, sections and numbers."""

from __future__ import annotations

from typing import Final, Literal

from newsds.model import Role
from newsds.train.content import Teaser
from newsds.train.heads import write_date
from newsds.train.pen import Pen

Part = Literal["title", "snippet", "date", "author", "category", "number", "more", "figures"]

_PATTERNS: Final[tuple[tuple[int, tuple[Part, ...]], ...]] = (
    (28, ("title",)),
    (28, ("title", "snippet")),
    (6, ("title", "date")),
    (5, ("date", "title")),
    (5, ("title", "snippet", "date")),
    (4, ("title", "date", "snippet")),
    (5, ("category", "title")),
    (3, ("category", "title", "date")),
    (3, ("category", "title", "snippet")),
    (5, ("title", "snippet", "more")),
    (3, ("title", "more")),
    (3, ("title", "author", "snippet")),
    (3, ("title", "author")),
    (4, ("number", "title")),
    (2, ("date", "title", "snippet", "more")),
    (2, ("title", "figures")),
    (1, ("category", "title", "author", "date", "snippet", "more")),
)
"""What an item of a list holds, line by line, and how common that is."""
_ENDINGS: Final = ("...", "...", "...", "…", "…", " ...", " …", "[…]", " [...]", "", "……", "..")
_BEFORE: Final = ("1. ", "1) ", "1 ", "• ", "- ", "* ", "> ", "» ", "· ", "■ ", "01. ", "[1] ", "▶ ")
_SIZES: Final = (2, 3, 3, 4, 4, 5, 5, 6, 6, 8, 10, 10, 12, 15)


def write_lists(pen: Pen) -> None:
    """Write one list of other articles, or several under headings of their own."""
    for _ in range(pen.choice((1, 1, 1, 1, 2, 3)) if pen.frame != "bare" else 1):
        write_list(pen, size=pen.choice(_SIZES))
        pen.section()


def write_list(pen: Pen, *, size: int, headed: float = 0.88) -> None:
    """Write a list of other articles.

    Args:
        pen: what to write with.
        size: articles.
        headed: chance of a heading.
    """
    if pen.chance(headed):
        write_list_heading(pen)
        if pen.chance(0.4):
            pen.gap(pen.style.paragraph_gap)
    pattern = pen.rng.choices([p for _, p in _PATTERNS], weights=[w for w, _ in _PATTERNS])[0]
    cut = _draw_cut(pen)
    before = pen.choice(_BEFORE) if len(pattern) < 3 and "number" not in pattern and pen.chance(0.18) else ""
    inner = pen.choice((0, pen.style.item_gap, pen.style.item_gap))
    between = max(inner, pen.choice((pen.style.item_gap, pen.style.paragraph_gap, pen.style.paragraph_gap)))
    missing = pen.choice((0.0, 0.0, 0.0, 0.1, 0.3))
    indent = pen.style.list_indent
    more = pen.words.phrase("more")
    for number in range(1, size + 1):
        teaser = pen.content.teaser()
        pen.gap(between)
        if pen.chance(0.01):
            pen.add(pen.words.phrase("notice"), Role.BOILERPLATE)
            pen.gap(between)
        for part in pattern:
            if part == "snippet" and missing and pen.chance(missing):
                continue
            text, role = _part(pen, part, teaser, number, cut, more)
            if part == "title" and before:
                text = before.replace("1", str(number)) + text
            pen.add(text, role, indent=indent)
            pen.gap(inner)
    if pen.chance(0.06):
        pen.gap(between)
        pen.add(pen.words.marker("chrome") if pen.chance(0.5) else pen.words.phrase("more"), Role.BOILERPLATE)


def write_list_heading(pen: Pen) -> None:
    """Write what heads a list of other articles."""
    if pen.chance(0.15):
        text = pen.words.phrase("list_of", x=pen.content.site if pen.chance(0.4) else pen.content.section())
    else:
        text = pen.words.marker("related")
    if pen.chance(0.12):
        text += pen.choice((":", ":", " »", " >", "…", "："))
    elif pen.chance(0.05):
        text = pen.choice(("▌", "■ ", "» ", "// ", "| ", "# ")) + text
    pen.add(text, Role.REC_HEADING)
    pen.gap(pen.style.item_gap)


class _Cut:
    """How the snippets of one list are cut."""

    __slots__ = ("ending", "exact", "how", "length", "repeats")

    def __init__(self, how: str, ending: str, length: int, *, exact: bool, repeats: bool) -> None:
        self.how = how
        self.ending = ending
        self.length = length
        self.exact = exact
        self.repeats = repeats


def _draw_cut(pen: Pen) -> _Cut:
    how = pen.rng.choices(("chars", "words", "sentence"), weights=(55, 28, 17))[0]
    length = pen.rng.randint(40, 70) if pen.chance(0.4) else pen.rng.randint(40, 220)
    if pen.content.wide:
        length = max(18, length // 2)
    return _Cut(how, pen.choice(_ENDINGS), length, exact=pen.chance(0.7), repeats=pen.chance(0.1))


def _part(pen: Pen, part: Part, teaser: Teaser, number: int, cut: _Cut, more: str) -> tuple[str, Role]:
    if part == "title":
        return teaser.title, Role.REC_TITLE
    if part == "snippet":
        length = cut.length if cut.exact else pen.rng.randint(cut.length // 2, cut.length + 20)
        if cut.repeats and pen.chance(0.4):
            teaser = Teaser(title=teaser.title, text=f"{teaser.title} {teaser.text}")
        return pen.content.snippet(teaser, length=length, how=cut.how, ending=cut.ending), Role.REC_SNIPPET
    text = more
    if part == "date":
        text = write_date(pen)
    elif part == "author":
        by = "By " if pen.words.language == "en" and pen.chance(0.5) else ""
        text = by + pen.content.name()
        if pen.chance(0.5):
            text += pen.choice((" | ", " - ", ", ", " · ")) + write_date(pen)
    elif part == "category":
        text = pen.content.section()
    elif part == "number":
        text = str(number)
    elif part == "figures":
        text = pen.words.phrase("figures")
    return text, Role.BOILERPLATE
