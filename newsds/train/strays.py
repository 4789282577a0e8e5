"""Pages that are no articles: listings, error pages, log-in and subscription walls."""

from __future__ import annotations

from newsds.model import Role
from newsds.train.body import write_share
from newsds.train.furniture import write_bottom, write_top
from newsds.train.lists import write_list
from newsds.train.pen import Pen


def write_stray(pen: Pen) -> None:
    """Write a page without an article: boilerplate and other articles' headlines alone."""
    how = pen.rng.random()
    if how < 0.55:
        _write_listing(pen)
    elif how < 0.75:
        _write_notice(pen, "lost", pen.words.marker("error"))
    else:
        _write_notice(pen, "wall", pen.words.phrase("wall"))


def _write_listing(pen: Pen) -> None:
    topic = pen.content.section()
    if pen.chance(0.6):
        pen.add(pen.choice((topic, f"{topic} | {pen.content.site}", pen.content.site)), Role.BOILERPLATE)
        pen.section()
    write_top(pen)
    for _ in range(pen.rng.randint(0, 2)):
        pen.add(pen.words.phrase("listing", x=topic, y=pen.rng.randint(2004, 2026)), Role.BOILERPLATE)
        pen.gap(pen.style.item_gap)
    pen.section()
    for _ in range(pen.choice((1, 1, 1, 2, 3))):
        write_list(pen, size=pen.rng.randint(5, 20), headed=0.35)
        pen.section()
    for _ in range(pen.rng.randint(0, 2)):
        pen.item(pen.words.phrase("listing", x=topic, y=2020), Role.BOILERPLATE)
    pen.section()
    write_bottom(pen)


def _write_notice(pen: Pen, category: str, title: str) -> None:
    if pen.chance(0.5):
        pen.add(f"{title} | {pen.content.site}" if pen.chance(0.6) else title, Role.BOILERPLATE)
        pen.section()
    write_top(pen)
    pen.add(title, Role.BOILERPLATE)
    for text in dict.fromkeys(pen.words.phrase(category) for _ in range(pen.rng.randint(1, 6))):
        pen.gap(pen.style.paragraph_gap)
        pen.add(text, Role.BOILERPLATE)
    pen.section()
    if pen.chance(0.3):
        write_list(pen, size=pen.rng.randint(3, 8))
        pen.section()
    if pen.chance(0.2):
        write_share(pen)
        pen.section()
    write_bottom(pen)
