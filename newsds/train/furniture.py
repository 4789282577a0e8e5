"""What stands around articles: menus, log-in lines, notices, author boxes, comments, footers."""

from __future__ import annotations

from typing import Final

from newsds.model import Role
from newsds.train.body import write_letter_box, write_share
from newsds.train.heads import write_date
from newsds.train.pen import Pen

_MENU_JOINTS: Final = (" | ", " | ", " / ", "  ", " · ", " • ", "\t", " - ", " ")


def write_top(pen: Pen) -> None:
    """Write what stands above the article: menus, search, log-in, today's date."""
    rng = pen.rng
    if pen.frame == "bare":
        if pen.chance(0.25):
            _write_few(pen)
        return
    parts = [_write_menu]
    if pen.chance(0.3):
        parts.append(_write_few)
    if pen.chance(0.12):
        parts.append(_write_tongues)
    if pen.chance(0.15):
        parts.append(_write_today)
    if pen.chance(0.12):
        parts.append(_write_cookies)
    if pen.chance(0.1):
        parts.append(_write_site)
    if pen.frame == "heavy":
        parts.extend([_write_borrowed_top] * rng.randint(1, 2))
        if pen.chance(0.4):
            parts.append(_write_menu)
    rng.shuffle(parts)
    for part in parts:
        part(pen)
        pen.section()


def write_bottom(pen: Pen) -> None:
    """Write what stands below everything: menus again, notices, copyright."""
    if pen.frame == "bare":
        if pen.chance(0.3):
            _write_copyright(pen)
        return
    parts = [_write_copyright]
    if pen.chance(0.6):
        parts.append(_write_few)
    if pen.chance(0.4 if pen.frame == "heavy" else 0.15):
        parts.append(_write_menu)
    if pen.chance(0.2):
        parts.append(write_share)
    if pen.chance(0.1):
        parts.append(_write_tongues)
    if pen.chance(0.15):
        parts.append(_write_cookies)
    if pen.frame == "heavy":
        parts.append(_write_borrowed_bottom)
    pen.rng.shuffle(parts)
    for part in parts:
        part(pen)
        pen.section()


def _write_menu(pen: Pen) -> None:
    words = pen.words
    sections = list(words.phrases("sections"))
    pen.rng.shuffle(sections)
    entries = sections[: pen.rng.randint(3, 12 if pen.frame == "light" else 30)]
    for _ in range(pen.rng.randint(0, 5)):
        entries.insert(pen.rng.randint(0, len(entries)), words.marker("chrome"))
    if pen.chance(0.2):
        entries.extend(pen.content.tags(pen.rng.randint(1, 6)))
    if pen.chance(0.25):
        entries.insert(0, pen.content.site)
    how = pen.rng.random()
    if how < 0.22:
        joint = pen.choice(_MENU_JOINTS)
        while entries:
            take = pen.rng.randint(4, 12)
            pen.add(joint.join(entries[:take]), Role.BOILERPLATE)
            pen.gap(pen.style.item_gap)
            entries = entries[take:]
        return
    lead = pen.choice(("* ", "- ", "• ", "+ ", "> ")) if how < 0.32 else ""
    deep = "  " if pen.chance(0.15) else ""
    for entry in entries:
        pen.gap(pen.style.item_gap)
        pen.add(lead + entry, Role.BOILERPLATE, indent=pen.style.list_indent + (deep if pen.chance(0.6) else ""))


def _write_few(pen: Pen) -> None:
    """A handful of service lines: search, log in, subscribe."""
    for word in dict.fromkeys(pen.words.marker("chrome") for _ in range(pen.rng.randint(1, 6))):
        pen.item(word, Role.BOILERPLATE)


def _write_tongues(pen: Pen) -> None:
    names = dict.fromkeys(pen.words.anywhere("tongues") for _ in range(pen.rng.randint(2, 7)))
    if pen.chance(0.5):
        pen.add(pen.choice(_MENU_JOINTS).join(names), Role.BOILERPLATE)
    else:
        for name in names:
            pen.item(name, Role.BOILERPLATE)


def _write_today(pen: Pen) -> None:
    text = write_date(pen)
    if pen.chance(0.3):
        text += f" | {pen.rng.randint(-9, 35)}°C"
    pen.add(text, Role.BOILERPLATE)


def _write_cookies(pen: Pen) -> None:
    for _ in range(pen.rng.randint(1, 3)):
        pen.item(pen.words.phrase("cookie"), Role.BOILERPLATE)


def _write_site(pen: Pen) -> None:
    pen.add(pen.content.site, Role.BOILERPLATE)
    if pen.chance(0.3):
        pen.item(pen.words.phrase("letter"), Role.BOILERPLATE)


def _write_borrowed_top(pen: Pen) -> None:
    for text in pen.content.furniture(end=False, most=70):
        pen.item(text, Role.BOILERPLATE)


def _write_borrowed_bottom(pen: Pen) -> None:
    for text in pen.content.furniture(end=True, most=60):
        pen.item(text, Role.BOILERPLATE)


def _write_copyright(pen: Pen) -> None:
    for _ in range(pen.choice((1, 1, 1, 2))):
        text = pen.words.phrase("copyright", x=pen.content.site, y=pen.rng.randint(2004, 2026))
        pen.item(text, Role.BOILERPLATE)


def write_author_box(pen: Pen) -> None:
    """Write who the author is."""
    name, year = pen.content.name(), pen.rng.randint(1990, 2024)
    if pen.chance(0.4):
        pen.item(name, Role.BOILERPLATE)
    for _ in range(pen.rng.randint(1, 3)):
        pen.item(pen.words.phrase("author_box", x=name, y=year), Role.BOILERPLATE)


def write_after_text(pen: Pen) -> None:
    """Write what stands between the text and its lists: share bars, notices, newsletter boxes."""
    how = pen.rng.random()
    if how < 0.4:
        write_share(pen)
    elif how < 0.6:
        write_letter_box(pen)
    elif how < 0.75:
        for text in pen.content.furniture(end=pen.chance(0.5), most=8):
            pen.item(text, Role.BOILERPLATE)
    elif how < 0.9:
        pen.add(pen.words.phrase("notice"), Role.BOILERPLATE)
    else:
        pen.add(pen.words.phrase("figures"), Role.BOILERPLATE)


def write_comments(pen: Pen) -> None:
    """Write what readers remarked, or only the form for it."""
    count = pen.choice((0, 0, 1, 2, 3, 5, 8))
    heading = pen.words.marker("comments")
    if count and pen.chance(0.4):
        heading = pen.choice(
            (f"{count} {heading}", f"{heading} ({count})", f"{heading}: {count}", f"{heading} {count}")
        )
    if pen.chance(0.06) and pen.page.title and pen.words.language == "en":
        heading = f"{count} thoughts on “{pen.page.title}”"
    if pen.chance(0.9):
        pen.add(heading, Role.BOILERPLATE)
        pen.gap(pen.style.item_gap)
    form_first = pen.chance(0.3)
    if form_first:
        _write_form(pen)
    inner = pen.choice((0, pen.style.item_gap))
    one_line, says, replies = pen.chance(0.25), pen.chance(0.2), pen.chance(0.7)
    for _ in range(count):
        pen.gap(pen.style.paragraph_gap)
        name, date = pen.content.name() + (" says:" if says else ""), write_date(pen)
        for text in [f"{name}{pen.choice((' ', ' | ', ', '))}{date}"] if one_line else [name, date]:
            pen.add(text, Role.BOILERPLATE)
            pen.gap(inner)
        for _ in range(pen.choice((1, 1, 1, 2))):
            pen.add(pen.content.comment(), Role.COMMENT)
            pen.gap(inner)
        if replies:
            pen.add(pen.words.phrase("reply"), Role.BOILERPLATE)
    if not form_first:
        pen.gap(pen.style.paragraph_gap)
        _write_form(pen)


def _write_form(pen: Pen) -> None:
    if pen.chance(0.5):
        pen.add(pen.words.marker("comments"), Role.BOILERPLATE)
    for _ in range(pen.rng.randint(0, 4)):
        pen.item(pen.words.phrase("form"), Role.BOILERPLATE)
