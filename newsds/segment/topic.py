"""What a line shares with the running text of its page: headlines and tags name what the text is about, menus do not.

Words are compared by how they begin, so that most of their endings do not count; scripts without blanks by pairs of
characters.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from typing import Final

import numpy as np

from newsds.segment.arrays import Bools, Ints

_IDEOGRAPHS: Final = "\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff"
_WORD: Final = re.compile(rf"[{_IDEOGRAPHS}]+|[^\W\d_]{{4,}}")
"""Shorter words are in every text."""
_STEM: Final = 6
"""Characters by which words are compared."""
_LINE: Final = 300
"""Characters of a line that is looked at."""
_PHRASE: Final = 50
"""Characters of a line that may stand in the text as it is."""
_TEXT: Final = 1 << 18
"""Characters of running text that are looked at."""
_WORK: Final = 1 << 28
"""Characters of a page that are searched for its lines: a thousand lines in all of them, so that time stays linear."""
_NEAR: Final = 3
"""Lines either way in which a line may stand whole."""
_WHOLE: Final = 12
"""Characters of a line that is not in another by chance."""


class Topic:
    """Columns of what lines share with the text of their page, one row a block."""

    def __init__(self, texts: Sequence[str], prose: Bools, offsets: Ints) -> None:
        rows = len(texts)
        self.shared: Ints = np.zeros(rows, np.int64)
        """words of the line that running text elsewhere on the page has, of 255"""
        self.words: Ints = np.zeros(rows, np.int64)
        """how many those are"""
        self.times: Ints = np.zeros(rows, np.int64)
        """how often the running text holds the whole line"""
        self.inside: Ints = np.zeros(rows, np.int64)
        """1: a line near it stands in it, whole; 2: it stands in one; 3: both"""
        is_prose = prose.tolist()
        for a, b in zip(offsets[:-1].tolist(), offsets[1:].tolist(), strict=True):
            self._page(texts[a:b], is_prose[a:b], a)

    def _page(self, texts: Sequence[str], prose: Sequence[bool], start: int) -> None:
        lines = [text.casefold() if len(text) <= _LINE else "" for text in texts]
        self._nested(lines, start)
        told = "\n".join([text for text, is_prose in zip(texts, prose, strict=True) if is_prose])[:_TEXT].casefold()
        if not told:
            return
        counts = Counter(_stems(told))
        known: dict[str, tuple[int, int, int]] = {}
        work = _WORK
        for i, (line, is_prose) in enumerate(zip(lines, prose, strict=True), start):
            if not line:
                continue
            if is_prose:
                own = Counter(_stems(line))
                shared = sum(n for stem, n in own.items() if counts[stem] > n)
                self.words[i] = shared
                self.shared[i] = 255 * shared // max(own.total(), 1)
                continue
            found = known.get(line)
            if found is None:
                stems = _stems(line)
                shared = sum(stem in counts for stem in stems)
                times = 0
                if len(line) <= _PHRASE and work > 0 and (shared or not stems):
                    times = told.count(line)
                    work -= len(told)
                found = known[line] = (255 * shared // max(len(stems), 1), shared, times)
            self.shared[i], self.words[i], self.times[i] = found

    def _nested(self, lines: Sequence[str], start: int) -> None:
        for by in range(1, _NEAR + 1):
            for i, (one, other) in enumerate(zip(lines, lines[by:], strict=False), start):
                if len(one) > len(other) >= _WHOLE and other in one:
                    self.inside[i] |= 1
                    self.inside[i + by] |= 2
                elif len(other) > len(one) >= _WHOLE and one in other:
                    self.inside[i] |= 2
                    self.inside[i + by] |= 1


def _stems(text: str) -> list[str]:
    """Return what words are compared by, text in small letters.

    >>> _stems("die größten brücken"), _stems("港口大桥")
    (['größte', 'brücke'], ['港口', '口大', '大桥'])
    """
    out: list[str] = []
    for word in _WORD.findall(text):
        if "\u3040" <= word[0] <= "\u9fff" or word[0] >= "\uf900":
            out += [word[i : i + 2] for i in range(len(word) - 1)]
        else:
            out.append(word[:_STEM])
    return out
