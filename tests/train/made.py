"""Labelled pages of a dozen made-up publishers, small enough to fit to in a second."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from newsds.blocks import html_blocks, text_blocks
from newsds.model import Role
from newsds.train.fit import Example, Settings

TINY = Settings(
    depth=2, first_trees=5, first_rate=0.5, second_trees=5, second_rate=0.5, columns=1.0, folds=2, threads=1
)
_PLACES = (
    "harbour", "bridge", "market", "library", "station", "garden", "museum", "theatre", "bakery", "school", "mill",
    "lighthouse",
)  # fmt: skip
NAMES = tuple(f"{place}post" for place in _PLACES)


def _lines(n: int) -> list[tuple[Role, str]]:
    place = _PLACES[n % len(_PLACES)]
    body = [
        f"The {place} was full of people on Monday, and nobody there had thought that so many of them would come.",
        f"Those who live beside the {place} said that they had waited for {n + 2} years, and would wait for longer.",
        f"The council of the {place} meets again in {n + 3} weeks to hear what the builders and the neighbours say.",
    ]
    return [
        (Role.BOILERPLATE, "Home"),
        (Role.BOILERPLATE, "World"),
        (Role.TITLE, f"The {place} opens again after {n + 2} years"),
        (Role.BYLINE, "By Ann Lee"),
        (Role.DATE, f"{n + 3} May 2024"),
        *((Role.BODY, text) for text in body[: 2 + n % 2]),
        (Role.BOILERPLATE, "Related articles"),
        *((Role.REC_TITLE, f"What the {p} is for, and why it matters") for p in (_PLACES * 2)[n + 1 : n + 4]),
        (Role.BOILERPLATE, "Share"),
        (Role.BOILERPLATE, f"© 2024 {place.title()} Post"),
    ]


def html_page(n: int) -> str:
    """One page of a publisher."""
    tags = {Role.TITLE: "h1", Role.BODY: "p", Role.BYLINE: "p class=byline", Role.REC_TITLE: "a href=/x"}
    lines = "".join(
        f"<div><{tags.get(role, 'span')}>{text}</{tags.get(role, 'span').split()[0]}></div>" for role, text in _lines(n)
    )
    return f"<body><main>{lines}</main></body>"


def text_page(n: int) -> str:
    """The same as a text dump."""
    return "\n\n".join(text for _, text in _lines(n))


def roles(n: int) -> list[Role]:
    """The roles of its blocks."""
    return [role for role, _ in _lines(n)]


def label(n: int) -> dict[str, Any]:
    """The same as a line of a labels file."""
    of = {role: [text for r, text in _lines(n) if r is role] for role in Role}
    return {
        "id": NAMES[n % len(NAMES)],
        "title": of[Role.TITLE][0],
        "byline": of[Role.BYLINE][0],
        "date": of[Role.DATE][0],
        "body": of[Role.BODY],
        "recs": [{"title": text} for text in of[Role.REC_TITLE]],
        "boilerplate": of[Role.BOILERPLATE],
        "prev": None,
        "next": None,
        "comments": [],
    }


def examples(kind: str = "html") -> list[Example]:
    """A dozen pages in two folds."""
    return [
        Example(
            id=name,
            fold=n % 2,
            blocks=html_blocks(html_page(n)) if kind == "html" else text_blocks(text_page(n)),
            roles=roles(n),
        )
        for n, name in enumerate(NAMES)
    ]


def write(folder: Path) -> Path:
    """Write a dozen pages as HTML and as text, with their labels; return the labels file."""
    lines = [{**label(n), "html": html_page(n), "text": text_page(n)} for n in range(len(NAMES))]
    path = folder / "gold.jsonl"
    path.write_text("".join(json.dumps(line) + "\n" for line in lines), encoding="utf-8")
    return path
