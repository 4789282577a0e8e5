"""What stands right below the text: tags, and the articles before and after."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Final

from newsds.model import Role
from newsds.train.heads import write_date
from newsds.train.pen import Pen

_TAG_JOINTS: Final = (", ", ", ", ", ", "; ", " / ", " | ", " · ", " ", "，", "、", "  ", " • ", ",")
_COUNT: Final = (1, 1, 1, 2, 2, 3, 3, 3, 4, 5, 6, 8, 12)
_ARROWS: Final = (
    ("<<: ", ">>: "), ("<<:  ", ">>:  "), ("<< ", ">> "), ("« ", "» "), ("‹ ", "› "), ("← ", "→ "), ("◀ ", "▶ "),
    ("<: ", ">: "), ("< ", "> "), ("<- ", "-> "), ("❮ ", "❯ "), ("◄ ", "► "), ("⟵ ", "⟶ "),
)  # fmt: skip
"""Signs of the article before and the one after."""
_COLONS: Final = (": ", ": ", ": ", ":", " - ", " » ", " ", " | ", ":  ", " → ")
_WIDE_COLONS: Final = ("：", "：", "：", ":", " ", "： ", "|")

_SIGNS: Final = " <>«»‹›←→:◀▶❮❯|"
_MARKED: Final = re.compile(r"prev|next|older|newer", re.IGNORECASE)

_Mark = Callable[[Role, str], list[tuple[str, Role]]]
"""Lines that name a neighbour, of its role and headline."""


def write_tags(pen: Pen) -> None:
    """Write the labels of the article, in one of the ways there are."""
    tags = pen.content.tags(pen.choice(_COUNT))
    if not tags:
        return
    if pen.chance(0.04):
        tags = [tag.lower() for tag in tags]
    heading = pen.words.marker("tags")
    how = pen.rng.random()
    if how < (0.45 if pen.frame == "bare" else 0.22):
        _write_tag_lines(pen, tags)
    elif how < 0.65:
        pen.item(heading + pen.choice(("", "", ":", "：" if pen.content.wide else " :")), Role.BOILERPLATE)
        if pen.chance(0.2):
            pen.gap(pen.style.paragraph_gap)
        if pen.chance(0.25):
            pen.add(pen.choice(_TAG_JOINTS).join(tags), Role.TAG)
        else:
            _write_tag_lines(pen, tags)
    elif how < 0.85:
        lead = heading + pen.choice((": ", ": ", ":", " ", "：", " | ", " – ", " » "))
        joint = pen.choice(_TAG_JOINTS)
        pen.add(lead + joint.join(_dressed(pen, tags)), Role.TAG)
    elif how < 0.95:
        joint = pen.choice((" ", " ", ", ", "  "))
        pen.add(joint.join("#" + tag.replace(" ", "") for tag in tags), Role.TAG)
    else:
        joint = pen.choice(_TAG_JOINTS)
        pen.add(joint.join(tags), Role.TAG)


def _write_tag_lines(pen: Pen, tags: list[str]) -> None:
    bullet = pen.choice(("• ", "* ", "- ", "# ", "#", "› ")) if pen.chance(0.12) else ""
    for tag in _dressed(pen, tags):
        pen.item(bullet + tag, Role.TAG)


def _dressed(pen: Pen, tags: list[str]) -> list[str]:
    """Return tags with the numbers of articles they lead to, on some pages."""
    if not pen.chance(0.04):
        return tags
    return [f"{tag} ({pen.rng.randint(1, 400)})" for tag in tags]


def write_neighbours(pen: Pen) -> None:
    """Write the headlines of the article before, the one after, or both."""
    which = [Role.PREVIOUS, Role.NEXT]
    how = pen.rng.random()
    if how < 0.1:
        which = [Role.PREVIOUS]
    elif how < 0.2:
        which = [Role.NEXT]
    elif how < 0.33:
        which.reverse()
    if pen.chance(0.06):
        pen.add("Post navigation" if pen.words.language == "en" else pen.words.marker("chrome"), Role.BOILERPLATE)
        pen.gap(pen.style.item_gap)
    mark = _draw_mark(pen)
    between = pen.choice((pen.style.item_gap, pen.style.paragraph_gap, pen.style.paragraph_gap))
    inner = pen.choice((0, between, between))
    dated = pen.chance(0.06)
    for role in which:
        title = _headline(pen, pen.page.previous if role is Role.PREVIOUS else pen.page.next)
        if not title or pen.chance(0.5):
            title = pen.content.teaser().title
        for n, (text, line_role) in enumerate(mark(role, title)):
            pen.gap(inner if n else between)
            pen.add(text, line_role)
        if dated:
            pen.gap(inner)
            pen.add(write_date(pen), Role.BOILERPLATE)


def _headline(pen: Pen, label: str | None) -> str:
    """Return what a neighbour's label says without its mark; nothing where it is a mark alone."""
    text = (label or "").strip(_SIGNS)
    if _MARKED.match(text):
        return ""
    words = (pen.words.markers[side].values() for side in ("previous", "next"))
    return "" if any(text.casefold() in entries for side in words for entries in side) else text


def _draw_mark(pen: Pen) -> _Mark:
    """Draw how both neighbours of a page are marked."""
    words = {Role.PREVIOUS: pen.words.marker("previous"), Role.NEXT: pen.words.marker("next")}
    pair = pen.choice(_ARROWS[:3] if pen.frame == "bare" and pen.chance(0.5) else _ARROWS)
    arrows = {Role.PREVIOUS: pair[0], Role.NEXT: pair[1]}
    colon = pen.choice(_WIDE_COLONS if pen.words.language in ("zh", "ja") else _COLONS)
    trailing = pen.chance(0.5)

    def arrow(role: Role, title: str) -> list[tuple[str, Role]]:
        if trailing and role is Role.NEXT and ":" not in pair[1]:
            return [(f"{title} {arrows[role].strip()}", role)]
        return [(arrows[role] + title, role)]

    def word(role: Role, title: str) -> list[tuple[str, Role]]:
        return [(words[role] + colon + title, role)]

    def both(role: Role, title: str) -> list[tuple[str, Role]]:
        if trailing and role is Role.NEXT:
            return [(f"{words[role]}{colon}{title} {arrows[role].strip(' :')}", role)]
        return [(arrows[role].replace(":", "") + words[role] + colon + title, role)]

    def above(role: Role, title: str) -> list[tuple[str, Role]]:
        sign = arrows[role].strip(" :")
        text = words[role]
        if trailing:
            text = f"{sign} {text}" if role is Role.PREVIOUS else f"{text} {sign}"
        return [(text, Role.BOILERPLATE), (title, role)]

    def sign_above(role: Role, title: str) -> list[tuple[str, Role]]:
        return [(arrows[role].strip(" :"), Role.BOILERPLATE), (title, role)]

    def glued(role: Role, title: str) -> list[tuple[str, Role]]:
        return [(words[role] + title, role)]

    marks: tuple[_Mark, ...] = (arrow, word, both, above, sign_above, glued)
    return pen.rng.choices(marks, weights=(35, 28, 8, 24, 3, 2))[0]
