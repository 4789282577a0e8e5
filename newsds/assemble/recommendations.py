"""Blocks of recommended headlines and teasers → recommendations."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Final

from newsds import metadata
from newsds.assemble.neighbours import strip_arrows
from newsds.chars import collapse
from newsds.dates import find_date
from newsds.model import Blocks, Recommendation, Role
from newsds.segment import lexicon

_RANK: Final = re.compile(r"^(?:\d{1,2}(?:[.):]\s+|[위位]\s*)|[*•‣▪▸►»›·–-]+\s+)")
_LEADING_NUMBER: Final = re.compile(r"^(\d{1,2})\s+(?=\S)")
_NUMBERED: Final = re.compile(r"(?:(?<=\s)|^)#(\d{1,2})\s+(?=\S)")
_COUNT: Final = re.compile(r"\s*[(–—|·-]?\s*\d{1,5}\s+([^\W\d]+)\)?$")
"""A number of comments behind a headline."""
_COUNT_LENGTH: Final = 40
"""Characters of it at most."""
_DIGIT: Final = re.compile(r"\d")
_CLOCK: Final = 8
"""Characters of a time of day behind a date."""
_DATE_END: Final = re.compile(rf"\d.{{0,{_CLOCK}}}$", re.DOTALL)
_HEADLINE: Final = 15
"""Characters of a link that can be a headline."""
_LABEL: Final = 30
"""Characters of a link beside a headline that names its section or author."""
_MAIN: Final = 0.5
"""Share of a block's characters from which its longest link is the headline, and the others stand beside it."""


def recommendations_of(
    blocks: Blocks, indices: Sequence[int], roles: Sequence[Role], base: str | None
) -> tuple[Recommendation, ...]:
    """Return the recommendations of a page, in page order.

    Args:
        blocks: of the page.
        indices: the blocks that hold headlines and teasers.
        roles: of all blocks.
        base: the page's address.
    """
    if not indices:
        return ()
    return _without_ranks(list(_recommendations(blocks, indices, roles, base)))


def _recommendations(
    blocks: Blocks, indices: Sequence[int], roles: Sequence[Role], base: str | None
) -> Iterable[Recommendation]:
    title: str | None = None
    url: str | None = None
    snippet: list[str] = []
    for i in indices:
        if roles[i] is Role.REC_SNIPPET:
            if title is not None:
                snippet.append(collapse(blocks.text[i]))
                if not url and blocks.links.block:
                    url = _first_url(blocks, blocks.links.of(i), base)
            continue
        if title is not None:
            yield Recommendation(title=title, snippet=" ".join(snippet) or None, url=url)
        title, snippet, url = None, [], None
        for title_, url_ in _titles(blocks, i, base):
            if not title_:
                continue
            if title is not None:
                yield Recommendation(title=title, snippet=None, url=url)
            title, url = title_, url_
    if title is not None:
        yield Recommendation(title=title, snippet=" ".join(snippet) or None, url=url)


def _without_ranks(found: list[Recommendation]) -> tuple[Recommendation, ...]:
    """Three headlines in a row that begin with 1, 2, 3 are ranked; one that begins with a number is not."""
    numbers = [int(m[1]) if r.title[:1].isdigit() and (m := _LEADING_NUMBER.match(r.title)) else 0 for r in found]
    start = 0
    while start < len(found):
        end = start
        while end < len(found) and numbers[end] == end - start + 1:
            end += 1
        if end - start >= 3:
            for i in range(start, end):
                found[i] = replace(found[i], title=_LEADING_NUMBER.sub("", found[i].title))
        start = max(end, start + 1)
    return tuple(found)


def _titles(blocks: Blocks, i: int, base: str | None) -> list[tuple[str, str | None]]:
    """Headlines in one block: its links if it is a run of several, else the block itself, or the link in it."""
    links, text = blocks.links, blocks.text[i]
    if not links.block:
        return [(clean_title(part), None) for part in _numbered(text) or (text,)]
    rows = links.of(i)
    long = [k for k in rows if links.end[k] - links.start[k] >= _HEADLINE]
    if long and len(rows) > 1:
        main = max(long, key=lambda k: links.end[k] - links.start[k])
        start, end = links.start[main], links.end[main]
        if end - start >= _MAIN * len(text):
            beside = [k for k in rows if k != main and links.end[k] > links.start[k]]
            if beside and all(_is_label(links.end[k] - links.start[k], end - start) for k in beside):
                around = len(text) - sum(links.end[k] - links.start[k] for k in (main, *beside))
                if around <= len(beside) + _HEADLINE:
                    return [(clean_title(text[start:end]), metadata.link_url(links.href[main], base))]
        if len(long) > 1:
            return [
                (clean_title(text[links.start[k] : links.end[k]]), metadata.link_url(links.href[k], base)) for k in long
            ]
    return [(clean_title(text), _first_url(blocks, (*long, *rows), base))]


def _is_label(length: int, main: int) -> bool:
    return length <= _LABEL and 2 * length <= main


def _numbered(text: str) -> list[str]:
    """A line of headlines, each behind its rank: `#1 One #2 Two #3 Three`."""
    if not text.startswith("#1 "):
        return []
    marks = list(_NUMBERED.finditer(text))
    if len(marks) < 3 or [int(m[1]) for m in marks] != list(range(1, len(marks) + 1)):
        return []
    ends = [m.start() for m in marks[1:]] + [len(text)]
    return [text[m.end() : end] for m, end in zip(marks, ends, strict=True)]


def clean_title(text: str) -> str:
    """Return a recommended headline without rank, bullet and lead-in.

    >>> clean_title("3. Bin collections to move"), clean_title("Read more: Divers find a hole")
    ('Bin collections to move', 'Divers find a hole')
    """
    text = collapse(text)
    if not text[:1].isalpha():
        text = _RANK.sub("", text)
    start = lexicon.split_marker(text, "inline_related")
    text = text[start or 0 :]
    if _DIGIT.search(text, max(0, len(text) - _COUNT_LENGTH)):
        text = _without_count(_without_date(text))
    return strip_arrows(text)


def _without_date(text: str) -> str:
    """A headline without the date of a card, in the same link, behind it."""
    if _DATE_END.search(text, max(0, len(text) - _CLOCK - 2)):
        date = find_date(text)
        if date and date[0] >= len(text) // 2 and len(text) - date[1] <= _CLOCK:
            return text[: date[0]]
    return text


def _without_count(text: str) -> str:
    """A headline without the number of comments behind it."""
    tail = max(0, len(text) - _COUNT_LENGTH)
    count = _COUNT.search(text, tail) if _DIGIT.search(text, tail) else None
    return text[: count.start()] if count and "comments" in lexicon.categories(count[1]) else text


def _first_url(blocks: Blocks, rows: Iterable[int], base: str | None) -> str | None:
    """The address of the first link that leads anywhere."""
    for k in rows:
        url = metadata.link_url(blocks.links.href[k], base)
        if url:
            return url
    return None
