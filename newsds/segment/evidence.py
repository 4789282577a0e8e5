"""What a page says of its article out of sight, held against each block: headline, description, keywords, authors.

It tells the segmenter which visible block is meant; it never stands in for one. A text dump has no head, but its first
lines play the part: the document's title is often among them, with the site's name behind it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Final, NamedTuple

import numpy as np

from newsds import metadata
from newsds.chars import collapse
from newsds.model import Blocks, Head
from newsds.native import kernels
from newsds.segment.arrays import Ints

_LINE: Final = 120
"""Characters of a line that are compared."""
_SHORTEST: Final = 6
"""Characters of a line that can be a headline."""
_WHOLE: Final = 12
"""Characters of a line that is not in a title by chance."""
_TOP: Final = 6
"""First lines of a text dump, among which the document's title is."""
_OPENING: Final = 16
"""Characters by which the repeat of a longer line is told."""
_TEASER: Final = 40
"""Characters of a description that a standfirst shares with it."""
_BODY: Final = 1 << 17
"""Characters of a declared body that are looked at."""
_WORK: Final = 1 << 29
"""Of them, times blocks: past it the declared body is not looked at, so that time stays linear."""
_TITLES: Final = ("og:title", "twitter:title")
_DESCRIPTIONS: Final = ("og:description", "description", "twitter:description")


class _Declared(NamedTuple):
    """What a page declares, in small letters."""

    titles: list[str]
    """the page's own first"""
    exact: list[str]
    """titles, and what is left of them without the name of the site"""
    keywords: list[str]
    sections: list[str]
    descriptions: list[str]
    """how they begin"""
    authors: list[str]
    body: str


class Evidence:
    """Columns of what speaks for a block, one row a block."""

    def __init__(
        self, batch: Sequence[Blocks], declared: Sequence[metadata.Metadata], texts: list[str], offsets: Ints
    ) -> None:
        columns: Ints = np.zeros((11, int(offsets[-1])), np.int64)
        self.same: Ints = columns[0]
        """blocks of the page with this text"""
        self.before: Ints = columns[1]
        """of those, above it"""
        self.openings: Ints = columns[2]
        """blocks of the page that begin alike"""
        self.openings_before: Ints = columns[3]
        self.title: Ints = columns[4]
        """3: a declared title; 2: in one; 1: in one, and short. Text: 2 in another of the first lines, +4 holds one"""
        self.title_words: Ints = columns[5]
        """words it shares with the declared title, of 255"""
        self.keyword: Ints = columns[6]
        self.section: Ints = columns[7]
        self.author: Ints = columns[8]
        """names a declared author"""
        self.description: Ints = columns[9]
        """begins as the description does"""
        self.body: Ints = columns[10]
        """2: in the declared body; 1: there is one, without it"""
        for blocks, of_page, a, b in zip(batch, declared, offsets[:-1].tolist(), offsets[1:].tolist(), strict=True):
            said = None if blocks.head is None else _declared(blocks.head, of_page, b - a)
            if kernels is None:
                self._fill(texts, a, b, said)
            else:
                kernels.page_evidence(texts, a, b, said, columns)

    def _fill(self, texts: Sequence[str], start: int, end: int, declared: _Declared | None) -> None:
        """Fill in the rows of a page."""
        keys = [t[:_LINE].casefold() for t in texts[start:end]]
        self._repeats(keys, start)
        if declared is None:
            self._top_lines(keys, start)
        else:
            self._hold(declared, keys, start)

    def _repeats(self, keys: Sequence[str], start: int) -> None:
        """Count lines that are alike, whole or in how they begin."""
        for whole, above, pieces in (
            (self.same, self.before, keys),
            (self.openings, self.openings_before, [k[:_OPENING] if len(k) >= _OPENING else "" for k in keys]),
        ):
            counts = Counter(pieces)
            del counts[""]
            whole[start : start + len(keys)] = [counts[x] for x in pieces]
            if len(counts) < len(keys):
                seen: dict[str, int] = {}
                for i, piece in enumerate(pieces, start):
                    if counts[piece] > 1:
                        above[i] = seen.get(piece, 0)
                        seen[piece] = seen.get(piece, 0) + 1

    def _top_lines(self, keys: Sequence[str], start: int) -> None:
        top = [k for k in keys[:_TOP] if len(k) >= _WHOLE]
        if not top:
            return
        joined = "\n".join(top)
        for i, key in enumerate(keys, start):
            if _SHORTEST <= len(key) < _LINE:
                if key in joined and any(key in other for other in top if other != key):
                    self.title[i] = 2
                for other in top:
                    if len(other) < len(key) and other in key:
                        self.title[i] += 4
                        break
        self._shared_words(keys, start, top[0])

    def _hold(self, declared: _Declared, keys: Sequence[str], start: int) -> None:
        exact, keywords = frozenset(declared.exact), frozenset(declared.keywords)
        sections, descriptions = frozenset(declared.sections), frozenset(declared.descriptions)
        authors, body = declared.authors, declared.body
        joined = "\n".join(declared.titles)
        for i, key in enumerate(keys, start):
            length = len(key)
            if length < _LINE:
                if length >= _SHORTEST:
                    if key in exact:
                        self.title[i] = 3
                    elif key in joined:
                        self.title[i] = 2 if length > _WHOLE else 1
                    for author in authors:
                        if author in key:
                            self.author[i] = 1
                if key in sections:
                    self.section[i] = 1
                if (key.strip("#") if key[:1] == "#" else key) in keywords:
                    self.keyword[i] = 1
            if length > _TEASER and key[:_TEASER] in descriptions:
                self.description[i] = 1
            if body and length > _OPENING:
                self.body[i] = 1 + (key[: _LINE // 2] in body)
        if declared.titles:
            self._shared_words(keys, start, declared.titles[0])

    def _shared_words(self, keys: Sequence[str], start: int, title: str) -> None:
        """Fill in the share of words in common with a title, of the longer of the two."""
        known = frozenset(title.split())
        for i, key in enumerate(keys, start):
            if 3 < len(key) < _LINE:
                words = key.split()
                shared = sum(map(known.__contains__, words))
                if shared:
                    self.title_words[i] = 255 * shared // max(len(words), len(known))


def _declared(head: Head, declared: metadata.Metadata, rows: int) -> _Declared:
    """Return what the head of a page of so many blocks declares."""
    titles = [collapse(t).casefold() for t in (declared.title, *map(head.meta.get, _TITLES), head.title) if t]
    body = collapse(declared.body).casefold()[:_BODY] if declared.body else ""
    return _Declared(
        titles=titles,
        exact=[form for title in dict.fromkeys(titles) for form in (title, metadata.strip_site(title))],
        keywords=[k.casefold() for k in declared.keywords],
        sections=[collapse(s).casefold() for s in declared.sections],
        descriptions=[
            collapse(d).casefold()[:_TEASER] for d in map(head.meta.get, _DESCRIPTIONS) if d and len(d) >= _TEASER
        ],
        authors=[a.casefold() for a in declared.authors],
        body=body if len(body) * rows <= _WORK else "",
    )
