"""The text of the article, and what interrupts it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from newsds.model import Role
from newsds.train.pen import Pen

_BULLETS: Final = ("- ", "• ", "* ", "– ", "· ", "1. ", "1) ", "○ ")
_SHORT: Final = 140
"""Characters of a paragraph that may be an item of a list."""
_HEADING: Final = 60
_ENDS: Final = '.!?:;,。！？：…"”»'
_MOST: Final = 90
"""Paragraphs after which most pages are cut: more of them teach nothing new."""
_LINE_MARKS: Final = ("> ", "» ", "→ ", "- ", "• ", "▶ ")


def write_body(pen: Pen) -> None:
    """Write the paragraphs of the article with captions, advertisements and links between them."""
    paragraphs = _portion(pen)
    if not paragraphs:
        return
    captions = list(pen.page.captions[:6])
    if not captions and pen.chance(0.25):
        lender = pen.content.other()
        captions = [pen.choice(lender.captions)] if lender.captions else []
    if captions and pen.chance(0.6):
        write_caption(pen, captions.pop(0))
    busy = {"bare": 0.01, "light": 0.04, "heavy": 0.08}[pen.frame] if pen.chance(0.7) else 0.0
    bullets = _bullets(pen, paragraphs)
    headings = pen.chance(0.08)
    for i, paragraph in enumerate(paragraphs):
        pen.gap(pen.style.paragraph_gap)
        if i and captions and pen.chance(0.2):
            write_caption(pen, captions.pop(0))
        elif i and pen.chance(busy):
            _interrupt(pen)
        elif i and headings and pen.chance(0.15):
            _write_heading(pen)
        bullet = bullets[i]
        if bullet:
            pen.gap(pen.style.item_gap)
            pen.add(bullet + paragraph, Role.BODY, indent=pen.style.list_indent)
        else:
            pen.add(paragraph, Role.BODY, indent=pen.style.indent)
    pen.gap(pen.style.paragraph_gap)


def _portion(pen: Pen) -> Sequence[str]:
    """Return the paragraphs, or some of them: short articles are rare among the labelled ones."""
    body = pen.page.body
    how = pen.rng.random()
    if how < 0.25 and len(body) > 4:
        size = pen.rng.randint(3, min(len(body), 14))
        start = pen.rng.randrange(len(body) - size + 1) if pen.chance(0.3) else 0
        return body[start : start + size]
    if len(body) > _MOST and pen.chance(0.9):
        return body[: pen.rng.randint(_MOST // 2, _MOST)]
    return body


def _bullets(pen: Pen, paragraphs: Sequence[str]) -> list[str]:
    """Return what stands before each paragraph: neighbouring short ones may be the items of a list."""
    out = [""] * len(paragraphs)
    if not pen.chance(0.3):
        return out
    start = 0
    for i in range(len(paragraphs) + 1):
        if i < len(paragraphs) and len(paragraphs[i]) < _SHORT:
            continue
        if i - start >= 3 and pen.chance(0.6):
            bullet = pen.choice(_BULLETS)
            for n, k in enumerate(range(start, i), 1):
                if paragraphs[k][0].isalnum():
                    out[k] = bullet.replace("1", str(n))
        start = i + 1
    return out


def _write_heading(pen: Pen) -> None:
    """Write a heading that another page of the same language has in its text."""
    if not pen.content.near:
        return
    lender = pen.choice(pen.content.near).body
    for text in pen.rng.sample(lender, min(6, len(lender))):
        if 4 < len(text) <= _HEADING and text[-1] not in _ENDS and text[0].isalpha():
            pen.add(text, Role.BODY)
            pen.gap(pen.style.paragraph_gap)
            return


def write_caption(pen: Pen, text: str) -> None:
    """Write the line below a picture, with or without its source."""
    how = pen.rng.random()
    if how < 0.25:
        text = pen.words.marker("caption") + pen.choice((": ", ": ", " ", " / ")) + text
    elif how < 0.4:
        credit = pen.words.marker("caption")
        name = pen.content.name()
        text += pen.choice((f" ({credit}: {name})", f" {credit}: {name}", f" © {name}", f" | {credit}: {name}"))
    elif how < 0.5:
        pen.add(text, Role.CAPTION)
        pen.gap(pen.style.item_gap)
        text = f"{pen.words.marker('caption')}: {pen.content.name()}"
    pen.add(text, Role.CAPTION)
    pen.gap(pen.style.paragraph_gap)


def _interrupt(pen: Pen) -> None:
    how = pen.rng.random()
    if how < 0.35:
        write_inline_link(pen)
    elif how < 0.65:
        for _ in range(pen.choice((1, 1, 2))):
            pen.add(pen.words.phrase("notice"), Role.BOILERPLATE)
            pen.gap(pen.style.item_gap)
    elif how < 0.8:
        write_letter_box(pen)
    elif how < 0.9:
        for text in pen.content.furniture(end=False, most=3):
            pen.add(text, Role.BOILERPLATE)
            pen.gap(pen.style.item_gap)
    else:
        write_share(pen)
    pen.gap(pen.style.paragraph_gap)


def write_inline_link(pen: Pen) -> None:
    """Write what sends the reader to another article from within the text."""
    how = pen.rng.random()
    marker = pen.words.marker("inline_related")
    if how < 0.6:
        mark = pen.choice((": ", ": ", " | ", " – ", " » ", "：", " > "))
        lead = pen.choice(_LINE_MARKS) if pen.chance(0.15) else ""
        pen.add(lead + marker + mark + pen.content.teaser().title, Role.REC_TITLE)
        return
    if how < 0.95:
        pen.add(marker + pen.choice(("", "", ":")), Role.REC_HEADING)
        pen.gap(pen.style.item_gap)
    lead = pen.choice(_LINE_MARKS) if pen.chance(0.3) else ""
    for _ in range(pen.choice((1, 1, 1, 2, 3))):
        pen.item(lead + pen.content.teaser().title, Role.REC_TITLE)


def write_letter_box(pen: Pen) -> None:
    """Write an invitation to a newsletter, an app or a channel."""
    for _ in range(pen.rng.randint(1, 3)):
        pen.add(pen.words.phrase("letter"), Role.BOILERPLATE)
        pen.gap(pen.style.item_gap)


def write_share(pen: Pen) -> None:
    """Write a bar of links to social networks."""
    if pen.chance(0.6):
        pen.item(pen.words.marker("chrome") + pen.choice(("", "", ":")), Role.BOILERPLATE)
    names = list(dict.fromkeys(pen.words.anywhere("social") for _ in range(pen.rng.randint(2, 7))))
    if pen.chance(0.25):
        pen.add(pen.choice((" ", " | ", " · ", ", ")).join(names), Role.BOILERPLATE)
    else:
        for name in names:
            pen.item(name, Role.BOILERPLATE)
    if pen.chance(0.1):
        pen.item(str(pen.rng.randint(0, 900)), Role.BOILERPLATE)
