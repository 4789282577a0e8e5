"""Blocks that lead to the previous and the next article → the two."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Final, Literal, get_args

from newsds import metadata
from newsds.chars import collapse
from newsds.model import Blocks, Link
from newsds.segment import lexicon

Side = Literal["previous", "next"]
_POINTERS = " \t\n<>«»‹›←→⟵⟶◀▶◄►❮❯⇐⇒↑↓＜＞|"
_BEFORE: Final = _POINTERS + ":：-"
_POINTS: Final = {"previous": re.compile(r"\s*[<«‹←⟵◀◄❮⇐＜]"), "next": re.compile(r".*[>»›→⟶▶►❯⇒＞]\s*$", re.DOTALL)}
"""How a line of each side begins or ends, where it has arrows."""
_HEADLINE: Final = 8
"""Characters of a link that can be a headline."""
_MOST_WORDS: Final = 8
"""Words of a line that may be two bare marks."""


def neighbours_of(
    blocks: Blocks, previous: Sequence[int], following: Sequence[int], base: str | None
) -> tuple[Link | None, Link | None]:
    """Return the previous and the next article.

    Args:
        blocks: of the page.
        previous: the blocks that lead to the one before.
        following: the blocks that lead to the one after.
        base: the page's address.
    """
    if not previous and not following:
        return None, None
    pieces: dict[Side, list[tuple[str, str | None]]] = {"previous": [], "next": []}
    for indices, side, other in ((previous, "previous", following), (following, "next", previous)):
        for i in indices:
            for to, text, href in _pieces(blocks, i, side, both=not other):  # type: ignore[arg-type]
                pieces[to].append((text, href))
    one, other_ = (_neighbour(pieces[side], side, base, html=blocks.kind == "html") for side in get_args(Side))
    return one, other_


def _pieces(blocks: Blocks, i: int, side: Side, *, both: bool) -> Iterator[tuple[Side, str, str | None]]:
    """What a block says of each side: side, text and the target of its link; two where it holds both."""
    links, text = blocks.links, blocks.text[i]
    rows = list(links.of(i)) if links.block else []
    linked = [k for k in rows if links.end[k] > links.start[k]]
    if len(linked) == 2:
        cut = links.end[linked[0]]
        around = (text[:cut], text[cut:])  # the mark may stand before the link
        sides = _sides(around, guess=both and len({links.href[k] for k in linked}) == 2)
        if sides:
            for to, part, k in zip(sides, around, linked, strict=True):
                yield to, part, links.href[k]
            return
    else:
        parts = _cut(text)
        if parts:
            hrefs = [links.href[k] for k in linked] if len(linked) == len(parts) else [None] * len(parts)
            for (to, part), href in zip(parts, hrefs, strict=True):
                yield to, part, href
            return
    yield side, text, links.href[rows[0]] if rows else None


def _sides(texts: Sequence[str], *, guess: bool) -> tuple[Side, Side] | None:
    """The sides of two links in a block, if they are two neighbours."""
    first, second = map(_side, texts)
    if first and second and first != second:
        return first, second
    if guess and first != "next" and second != "previous" and min(map(len, texts)) >= _HEADLINE:
        return None if any(map(lexicon.categories, texts)) else ("previous", "next")
    return None


def _side(text: str) -> Side | None:
    """The side that a line names or points to."""
    for side in get_args(Side):
        if _POINTS[side].match(text):
            return side  # type: ignore[no-any-return]
    for side in get_args(Side):
        if side in lexicon.categories(text) or _after_marker(text, side) is not None:
            return side  # type: ignore[no-any-return]
    return None


def _after_marker(text: str, side: Side) -> int | None:
    start = lexicon.split_marker(text, side)
    return lexicon.split_phrase(text, side) if start is None else start


def _cut(text: str) -> list[tuple[Side, str]]:
    """A text that names both sides, cut between them: at a line end, or between two marks."""
    lines = text.split("\n")
    if len(lines) == 2:
        first, second = map(_side, lines)
        if first and second and first != second:
            return [(first, lines[0]), (second, lines[1])]
    words = text.split()
    if len(words) <= _MOST_WORDS:  # nothing but marks
        for n in range(1, len(words)):
            one, other = " ".join(words[:n]), " ".join(words[n:])
            if "previous" in lexicon.categories(one) and "next" in lexicon.categories(other):
                return [("previous", one), ("next", other.lstrip("|· "))]
    for n in range(2, len(words) - 1):
        if words[n][-1] not in ":：" and words[n - 1][-1:] not in ":：":
            continue
        for side in get_args(Side):
            rest = " ".join(words[n - 1 :]) if words[n][-1] in ":：" else " ".join(words[n:])
            at = text.find(rest.split("\n")[0]) if lexicon.split_marker(rest, side) is not None else -1
            if at > 0 and _side(text[:at]) not in (None, side):
                first_side: Side = "next" if side == "previous" else "previous"
                return [(first_side, text[:at].strip()), (side, text[at:])]
    return []


def _neighbour(pieces: Sequence[tuple[str, str | None]], side: Side, base: str | None, *, html: bool) -> Link | None:
    titles, url = [], None
    for text, href in pieces:
        title = strip_marker(text, side)
        while html and (start := lexicon.split_phrase(title, side)):
            title = title[start:]  # the element names the side, so a first word that does is no part of the title
        if title:
            titles.append(title)
        if url is None and href is not None:
            url = metadata.link_url(href, base)
    if not titles:  # a mark alone: its address is what it is kept for
        titles = [collapse(text) for text, _ in pieces if lexicon.key(text)][:1]
    return Link(title=" ".join(titles), url=url) if titles else None


def strip_arrows(text: str) -> str:
    """Return a line without arrows, bars and blanks at its ends.

    >>> strip_arrows("» The one after: a story ›")
    'The one after: a story'
    """
    return text.lstrip(_BEFORE).rstrip(_POINTERS)


def strip_marker(line: str, side: Side) -> str:
    """Return a neighbour's title without arrows and marker words.

    >>> strip_marker("<<:  Breaking news!", "previous"), strip_marker("Next article: The show →", "next")
    ('Breaking news!', 'The show')
    """
    line = strip_arrows(collapse(line))
    start = lexicon.split_marker(line, side)
    if start is None:
        start = lexicon.split_phrase(line, side) if lexicon.key(line) else None
        words = line[: start or 0].split()
        if start is not None and len(words) < 2 and line[:start].strip().isascii() and "\n" not in line:
            start = None  # one common word is as likely the title's own: "Next stop: Mars"
    rest = strip_arrows(line[start or 0 :])
    return "" if side in lexicon.categories(rest) else rest
