"""What stands above the text: headlines, breadcrumbs, bylines, dates."""

from __future__ import annotations

import random
from typing import Final

from newsds.model import Role
from newsds.train.pen import Pen

_JOINTS: Final = (" | ", " • ", " - ", ", ", " · ", " / ", "  ", " — ", " – ", " ", "| ", " // ")
_SUFFIXES: Final = (" | ", " - ", " – ", " — ", " :: ", " » ", " · ", " • ", "_", " : ")
_CRUMBS: Final = (" > ", " » ", " / ", " › ", " → ", "  ", " | ", ">")
_DAYS: Final = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_SPANISH_LIKE: Final = frozenset({"es", "pt"})
_EAST_ASIAN: Final = frozenset({"zh", "ja", "ko"})


def write_document_title(pen: Pen) -> None:
    """Write the headline as the browser's tab shows it, with or without the site."""
    title = pen.page.title
    if not title:
        return
    joint = pen.choice(_SUFFIXES)
    how = pen.rng.random()
    if how < 0.45:
        text = title
    elif how < 0.85:
        text = title + joint + pen.content.site
    elif how < 0.93:
        text = joint.join((title, pen.content.section(), pen.content.site))
    else:
        text = pen.content.site + joint + title
    pen.add(text, Role.TITLE)
    pen.section()


def write_breadcrumb(pen: Pen, *, names_category: bool) -> None:
    """Write the way from the home page to the article.

    Args:
        pen: what to write with.
        names_category: nothing else on the page names its category, so the last crumb is its tag.
    """
    rng = pen.rng
    crumbs = [pen.choice(pen.words.phrases("sections")) for _ in range(rng.randint(1, 2))]
    home = "Home" if pen.chance(0.6) else pen.words.marker("chrome")
    if pen.chance(0.7):
        path = [home, *crumbs]
        if pen.page.title and pen.chance(0.3):
            path.append(pen.page.title if pen.chance(0.6) else pen.page.title[:30] + "...")
        lead = pen.choice(("", "", "", "You are here: ", "» ", "/ ")) if pen.words.language == "en" else ""
        if pen.words.language == "zh" and pen.chance(0.5):
            lead = "当前位置："
        pen.add(lead + pen.choice(_CRUMBS).join(path), Role.BOILERPLATE)
    else:
        sign = pen.choice(("", "", ">", "/", "›", "»"))
        for crumb in [home, *crumbs]:
            last = crumb is crumbs[-1]
            pen.item(crumb, Role.TAG if last and names_category else Role.BOILERPLATE)
            if sign and not last:
                pen.item(sign, Role.BOILERPLATE)
    pen.section()


def write_headline(pen: Pen, *, lines_above: bool) -> None:
    """Write the headline with the lines around it.

    Args:
        pen: what to write with.
        lines_above: byline and date stand above it.
    """
    rng = pen.rng
    if pen.chance(0.12):
        tags = pen.content.tags(1)
        for tag in tags:
            pen.add(tag, Role.TAG)
            pen.gap(pen.style.item_gap)
    if lines_above:
        write_dateline(pen)
    if pen.page.title:
        title = pen.page.title
        pen.add(title.upper() if pen.chance(0.01) else title, Role.TITLE)
        pen.gap(pen.style.paragraph_gap)
        if pen.chance(0.03):
            pen.add(pen.choice(("=", "-", "—", "*")) * rng.randint(3, 60), Role.BOILERPLATE)
            pen.gap(pen.style.paragraph_gap)
    if lines_above:
        _write_subtitle(pen)
    elif pen.chance(0.7):
        _write_subtitle(pen)
        write_dateline(pen)
    else:
        write_dateline(pen)
        _write_subtitle(pen)
    pen.gap(max(pen.style.paragraph_gap, pen.style.section_gap if pen.chance(0.3) else 0))


def _write_subtitle(pen: Pen) -> None:
    if pen.page.subtitle:
        pen.add(pen.page.subtitle, Role.SUBTITLE)
        pen.gap(pen.style.paragraph_gap)


def write_dateline(pen: Pen) -> None:
    """Write byline, date and figures, on one line or several."""
    rng, words = pen.rng, pen.words
    pieces: list[tuple[str, Role]] = []
    if pen.chance(0.6):
        pieces.append((_byline(pen), Role.BYLINE))
    if pen.chance(0.75):
        own = pen.page.date is not None and pen.chance(0.4)
        date = pen.page.date if own and pen.page.date else write_date(pen)
        lead = words.marker("date") + pen.choice((": ", " ", ":", "：")) if not own and pen.chance(0.4) else ""
        pieces.append((lead + date, Role.DATE))
        if pen.chance(0.1):
            pieces.append((f"{words.marker('date')}: {write_date(pen)}", Role.DATE))
    if pen.chance(0.25):
        pieces.insert(rng.randint(0, len(pieces)), (words.phrase("figures"), Role.BOILERPLATE))
    if pieces and pen.chance(0.12):
        pieces.append((pen.content.section(), Role.BOILERPLATE))
    if pen.chance(0.35):
        pieces.reverse()
    joint = pen.choice(_JOINTS)
    while pieces:
        take = len(pieces) if pen.chance(0.55) else 1
        line, pieces = pieces[:take], pieces[take:]
        roles = [role for _, role in line]
        role = next((r for r in (Role.BYLINE, Role.DATE) if r in roles), Role.BOILERPLATE)
        pen.add(joint.join(text for text, _ in line), role)
        pen.gap(pen.style.item_gap if pen.chance(0.7) else pen.style.paragraph_gap)


def _byline(pen: Pen) -> str:
    rng, words = pen.rng, pen.words
    if pen.page.byline and pen.chance(0.4):
        return pen.page.byline
    name = pen.content.name()
    if pen.chance(0.08):
        name += pen.choice((" and ", ", ", " & ", " / ")) + pen.content.name()
    if pen.chance(0.05):
        name = name.upper()
    how = rng.random()
    if how < 0.25:
        return name
    mark = words.marker("byline")
    if words.language in _EAST_ASIAN:
        return mark + pen.choice(("：", ":", "/", " ", "｜")) + name
    if how < 0.65 and words.language == "en":
        return f"{pen.choice(('By', 'by', 'BY', 'Posted by', 'Written by'))} {name}"
    return mark + (" " if how < 0.8 else ": ") + name


def write_date(pen: Pen) -> str:
    """Return a date as the page writes dates."""
    rng, language = pen.rng, pen.words.language
    form = random.Random(pen.date_form) if pen.chance(0.85) else rng
    y, m, d = rng.randint(2004, 2026), rng.randint(1, 12), rng.randint(1, 28)
    if form.random() < 0.08 and rng.random() < 0.8:
        return pen.words.phrase("ago")
    if language in _EAST_ASIAN and form.random() < 0.5:
        date = f"{y}년 {m}월 {d}일" if language == "ko" else f"{y}年{m}月{d}日"
    elif form.random() < 0.5:
        forms = (
            f"{y}-{m:02}-{d:02}",
            f"{d:02}.{m:02}.{y}",
            f"{d:02}/{m:02}/{y}",
            f"{m}/{d}/{y}",
            f"{y}/{m:02}/{d:02}",
            f"{d}.{m}.{y}",
            f"{d:02}-{m:02}-{y}",
            f"{y}.{m:02}.{d:02}",
        )
        date = form.choice(forms)
    else:
        date = _named_date(form, language, y, pen.words.phrases("months")[m - 1], d)
    return date + (_clock(pen, form) if form.random() < 0.4 else "")


def _named_date(form: random.Random, language: str, y: int, month: str, d: int) -> str:
    if form.random() < 0.3 and len(month) > 4:
        month = month[:3] + ("." if form.random() < 0.4 else "")
    if language in _SPANISH_LIKE:
        return f"{d} de {month} de {y}"
    if language == "de" or language == "no":
        return f"{d}. {month} {y}"
    if language == "en" and form.random() < 0.6:
        date = f"{month} {d}{form.choice(('', '', 'th'))}, {y}"
        return f"{_DAYS[d % 7]}, {date}" if form.random() < 0.15 else date
    return f"{d} {month} {y}"


def _clock(pen: Pen, form: random.Random) -> str:
    """Return a time of day as it follows a date."""
    hour, minute = pen.rng.randint(0, 23), pen.rng.randint(0, 59)
    half = "am" if hour < 12 else "pm"
    times = (f"{hour:02}:{minute:02}", f"{hour:02}:{minute:02}", f"{(hour - 1) % 12 + 1}:{minute:02} {half}")
    joint = form.choice((" ", " ", ", ", " at " if pen.words.language == "en" else " ", " - ", " | "))
    clock = joint + form.choice((*times, f"{hour:02}:{minute:02}:{minute:02}"))
    if pen.words.language == "de" and form.random() < 0.6:
        return clock + " Uhr"
    return clock + (form.choice((" GMT", " UTC", " EST", " +0200")) if form.random() < 0.15 else "")
