"""Training pages: the labelled content of a page, laid out as some dump maker might have written it.

Labelled pages are few, and tags, neighbours and lists of cut-off snippets are rare in them. So their content is written
again, in a layout drawn at random: which parts there are, in which order, how they are marked, spaced and wrapped.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Final, Literal

from newsds.model import Role
from newsds.train.body import write_body, write_letter_box, write_share
from newsds.train.canvas import Canvas, Line, draw_style, join
from newsds.train.content import gather
from newsds.train.furniture import write_after_text, write_author_box, write_bottom, write_comments, write_top
from newsds.train.heads import write_breadcrumb, write_dateline, write_document_title, write_headline
from newsds.train.labels import LabelledPage
from newsds.train.lists import write_list, write_lists
from newsds.train.pen import Frame, Pen
from newsds.train.strays import write_stray
from newsds.train.tails import write_neighbours, write_tags
from newsds.train.words import WIDE, Vocabulary, draw_words, marker_words

__all__ = ["Line", "lay_out", "render"]

TITLE_AT: Final[Literal["first", "last"]] = "last"
"""Which of the headlines above the text is the title; the others are boilerplate."""
_STRAYS: Final = 0.065
"""Share of pages that are no articles."""
_FRAMES: Final[Sequence[Frame]] = ("bare", "light", "heavy")
_FRAME_WEIGHTS: Final = (30, 40, 30)
_SHUFFLE: Final = 0.75
"""How far the parts below the text stray from their usual order, in places."""

_Part = Callable[[Pen], None]


def render(
    page: LabelledPage,
    pool: Sequence[LabelledPage],
    *,
    seed: int,
    title_at: Literal["first", "last"] = TITLE_AT,
    markers: Vocabulary | None = None,
) -> tuple[str, list[tuple[int, int, Role]]]:
    """Write a page's content in a layout drawn at random.

    Args:
        page: whose content.
        pool: pages that lend what `page` lacks: headlines, snippets, tags, boilerplate. It may be among them.
        seed: the layout; the same seed, page and pool give the same text.
        title_at: which of the headlines above the text is the title.
        markers: heading and marker words; those of the segmenter unless given.

    Returns:
        The text, and spans `(start, end, role)` that cover its visible characters once, in order.

    >>> page = LabelledPage(id="a", title="Rain", body=("It rained all day.", "Then it stopped."))
    >>> text, spans = render(page, [page], seed=1)
    >>> " ".join(text[start:end] for start, end, _ in spans).split() == text.split()
    True
    """
    lines, newline = _write(page, pool, seed, title_at, markers)
    return join(lines, newline)


def lay_out(
    page: LabelledPage,
    pool: Sequence[LabelledPage],
    *,
    seed: int,
    title_at: Literal["first", "last"] = TITLE_AT,
    markers: Vocabulary | None = None,
) -> list[Line]:
    """Return the lines of what `render` writes."""
    return _write(page, pool, seed, title_at, markers)[0]


def _write(
    page: LabelledPage,
    pool: Sequence[LabelledPage],
    seed: int,
    title_at: Literal["first", "last"],
    markers: Vocabulary | None,
) -> tuple[list[Line], str]:
    rng = random.Random(f"{seed} {page.id}")
    words = draw_words(rng, page.language, markers if markers is not None else marker_words())
    style = draw_style(rng, wide=page.language in WIDE)
    pen = Pen(
        rng=rng,
        words=words,
        content=gather(page, pool, words, rng),
        canvas=Canvas(style=style, rng=rng),
        frame=rng.choices(_FRAMES, weights=_FRAME_WEIGHTS)[0],
        date_form=rng.getrandbits(32),
    )
    if rng.random() < _STRAYS or not page.body:
        write_stray(pen)
    else:
        _write_article(pen)
    return _one_title(pen.canvas.lines, title_at), style.newline


def _write_article(pen: Pen) -> None:
    tagged = pen.chance(0.55 if pen.frame != "bare" else 0.75)
    document_titles = pen.rng.choices((0, 1, 2), weights=(40, 48, 12))[0]
    for _ in range(document_titles):
        write_document_title(pen)
    write_top(pen)
    if pen.frame != "bare" and pen.chance(0.1):
        write_list(pen, size=pen.rng.randint(2, 8))
        pen.section()
    if pen.chance({"bare": 0.05, "light": 0.25, "heavy": 0.4}[pen.frame]):
        write_breadcrumb(pen, names_category=not tagged)
    if pen.chance(0.02):
        write_neighbours(pen)
        pen.section()
    if document_titles and pen.chance(0.06):
        write_dateline(pen)
    else:
        write_headline(pen, lines_above=pen.chance(0.12))
    if pen.frame != "bare" and pen.chance(0.3):
        write_share(pen)
        pen.section()
    if tagged and pen.chance(0.1):
        write_tags(pen)
        pen.section()
        tagged = pen.chance(0.1)
    write_body(pen)
    for part in _parts_below(pen, tagged=tagged):
        pen.section()
        part(pen)
    pen.section()
    write_bottom(pen)


def _parts_below(pen: Pen, *, tagged: bool) -> list[_Part]:
    """Return the parts below the text, mostly in their usual order."""
    bare, heavy = pen.frame == "bare", pen.frame == "heavy"
    likely: list[tuple[float, float, _Part]] = [
        (0.3, 0.05 if bare else 0.45, write_after_text),
        (1.0, float(tagged), write_tags),
        (1.4, 0.02 if bare else 0.2, write_author_box),
        (2.0, 0.75 if bare else 0.4, write_neighbours),
        (2.5, 0.02 if bare else 0.2, write_letter_box),
        (3.0, 0.8, write_lists),
        (3.6, 0.0 if not heavy else 0.3, write_lists),
        (3.5, 0.05 if bare else 0.25, write_comments),
    ]
    placed = [(place + pen.rng.gauss(0, _SHUFFLE), part) for place, chance, part in likely if pen.chance(chance)]
    placed.sort(key=lambda item: item[0])
    return [part for _, part in placed]


def _one_title(lines: list[Line], title_at: Literal["first", "last"]) -> list[Line]:
    """Leave one of the headlines above the text the title; the others become boilerplate."""
    titles = [i for i, line in enumerate(lines) if line.role is Role.TITLE]
    for i in titles[1:] if title_at == "first" else titles[:-1]:
        lines[i] = replace(lines[i], role=Role.BOILERPLATE)
    return lines
