"""Roles that labels do not give, but the blocks around do: boilerplate that nobody labelled, headings of lists."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import MutableSequence, Sequence
from itertools import groupby
from typing import Final

from newsds.model import Role
from newsds.segment import lexicon

_GAP: Final = 8
"""Unknown lines in a row in the midst of boilerplate at most, …"""
_LINE: Final = 60
"""… their characters, …"""
_STOPS: Final = frozenset(".!?…。！？।؟")
"""… and what does not end them."""
_MARKUP: Final = re.compile(
    r"<!--|-->|\[(?:if|end ?if)\b[^\]]*\]|\(noscript\)|\bGoogle Tag Manager\b|</?[a-z][^<>]*(?:>|$)", re.IGNORECASE
)
"""What text dumps hold of comments and scripts."""
_END: Final = re.compile(r"(?:/|end(?: of)?\b)\s*", re.IGNORECASE)
"""Before the name of a part of the page, in the comment that closes it."""
_ABOVE: Final = 2
"""Lines from a heading to the first headline at most: a section or a date may stand between."""
_HEADING: Final = 80
"""Characters of such a heading at most."""
_FRAME: Final = (None, Role.BOILERPLATE)
_RECOMMENDED: Final = (Role.REC_TITLE, Role.REC_SNIPPET)


def mark_source(text: Sequence[str], roles: MutableSequence[Role | None]) -> None:
    """Mark as boilerplate what a text dump holds of the page's source: comments, and pieces of markup.

    >>> roles = [None, Role.BODY, None, None]
    >>> mark_source(["Sidebar", "It rained.", "End Sidebar", "It poured."], roles)
    >>> [role and str(role) for role in roles]
    ['boilerplate', 'body', 'boilerplate', None]
    """
    unknown = [i for i, role in enumerate(roles) if role is None]
    if not unknown:
        return
    names = {line.casefold() for line in text}
    ends = {i: line[m.end() :].casefold() for i, line in enumerate(text) if (m := _END.match(line))}
    closed = set(ends.values())
    for i in unknown:
        if ends.get(i) in names or text[i].casefold() in closed or _MARKUP.search(text[i]):
            roles[i] = Role.BOILERPLATE


def fill_gaps(text: Sequence[str], roles: MutableSequence[Role | None]) -> None:
    """Mark as boilerplate short unknown lines, a few in a row, that have boilerplate on both sides.

    >>> roles = [Role.BOILERPLATE, None, Role.BOILERPLATE, None, Role.BODY]
    >>> fill_gaps(["Home", "Fairs", "About", "Rain", "It rained."], roles)
    >>> [role and str(role) for role in roles]
    ['boilerplate', 'boilerplate', 'boilerplate', None, 'body']
    """
    runs = [(role, list(run)) for role, run in groupby(range(len(roles)), key=lambda i: roles[i])]
    for n, (role, run) in enumerate(runs):
        around = {runs[m][0] for m in (n - 1, n + 1) if 0 <= m < len(runs)}
        if role is None and len(run) <= _GAP and around == {Role.BOILERPLATE}:
            for i in run:
                if len(text[i]) <= _LINE and text[i][-1:] not in _STOPS:
                    roles[i] = Role.BOILERPLATE


def mark_headings(text: Sequence[str], roles: MutableSequence[Role | None]) -> None:
    """Mark what reads as a heading right above recommended headlines.

    >>> roles = [Role.BODY, Role.BOILERPLATE, None, Role.REC_TITLE]
    >>> mark_headings(["It rained.", "Related articles", "Weather", "Wind, explained"], roles)
    >>> [role and str(role) for role in roles]
    ['body', 'rec_heading', None, 'rec_title']
    """
    again = Counter(lexicon.key(text[i]) for i, role in enumerate(roles) if role in _FRAME and len(text[i]) < _HEADING)
    for start, role in enumerate(list(roles)):
        if role is not Role.REC_TITLE:
            continue
        for i in range(start - 1, max(-1, start - 1 - _ABOVE), -1):
            if roles[i] not in _FRAME:
                break
            if len(text[i]) >= _HEADING or not _opens_list(text[i]):
                continue
            follows = any(r in _RECOMMENDED for r in roles[max(0, i - _ABOVE) : i])
            if follows and again[lexicon.key(text[i])] > 1 and "more" in lexicon.categories(text[i]):
                continue  # `Read more` below each teaser
            roles[i] = Role.REC_HEADING
            break


def reads_as_tags(line: str) -> bool:
    """Say whether a line says that it lists tags.

    >>> reads_as_tags("Tagged rust, planes"), reads_as_tags("Rust, planes")
    (True, False)
    """
    return lexicon.split_marker(line, "tags") is not None or lexicon.split_phrase(line, "tags") is not None


def _opens_list(line: str) -> bool:
    return lexicon.opens_list(line) or "inline_related" in lexicon.categories(line)
