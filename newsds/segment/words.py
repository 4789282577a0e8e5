"""What the characters of each block show, counted for all blocks of a batch in a few passes."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from typing import Final

import numpy as np

from newsds.segment.arrays import Bools, Bytes, Ints
from newsds.segment.charclass import KINDS, Kind, table

_PROSE: Final = 9
"""Words of a sentence that reads as running text."""
_LONG: Final = 22
"""Words of a block that does without a mark at its end."""
_LINKED: Final = 0.7
_CJK: Final = 0x2E7F
"""Scripts beyond it set no blank behind a full stop."""
_ELLIPSIS: Final = 0x2026
_DOT: Final = ord(".")


class Words:
    """Columns of characters and words, one row a block."""

    def __init__(self, texts: Sequence[str]) -> None:
        n = len(texts)
        self.chars: Ints = np.fromiter(map(len, texts), np.int64, n)
        self.joined = joined = np.frombuffer("\n".join(texts).encode("utf-32-le", "surrogatepass"), dtype="<u4")
        """code points of all blocks, a line break between two"""
        start = np.zeros(n, np.int64)
        np.cumsum(self.chars[:-1] + 1, out=start[1:])
        last = start + self.chars - 1
        self.kind = kind = table()[joined]
        """kind of each code point"""
        self.block = block = np.repeat(np.arange(n, dtype=np.int32), self.chars + 1)[: len(joined)]
        """block of each code point"""
        self._counts = np.bincount(block * np.int32(KINDS) + kind, minlength=n * KINDS).reshape(n, KINDS)
        blank = kind == Kind.SPACE
        before = np.ones(len(joined), np.bool_)
        before[1:] = blank[:-1]
        opens = np.flatnonzero(before & ~blank)  # first character of each token
        opening, token = kind[opens], block[opens]
        word = (opening >= Kind.LOWER) & (opening <= Kind.DIGIT)
        spaced = word & (opening != Kind.IDEOGRAPH) & (opening != Kind.SPACELESS)
        self.tokens: Ints = np.bincount(token, minlength=n)
        self.capitals: Ints = np.bincount(token[opening == Kind.UPPER], minlength=n)
        # tenths, so that sums are exact: a word is two ideographs, or five letters of a script without blanks
        self.tenths: Ints = (
            10 * np.bincount(token[spaced], minlength=n)
            + 5 * self.count(Kind.IDEOGRAPH)
            + 2 * self.count(Kind.SPACELESS)
        )
        stops = np.flatnonzero(kind == Kind.STOP)
        closed = np.ones(len(stops), np.bool_)
        inner = stops + 1 < len(joined)
        closed[inner] = blank[stops[inner] + 1]
        self.sentences: Ints = np.bincount(block[stops[closed | (joined[stops] > _CJK)]], minlength=n)
        self.first: Bytes = kind[start]
        self.last: Bytes = kind[last]
        second, third = kind[np.maximum(last - 1, start)], kind[np.maximum(last - 2, start)]
        self.terminal: Bytes = np.where(_closes(self.last), np.where(_closes(second), third, second), self.last).astype(
            np.uint8
        )
        """the last character but for quotes and brackets behind it"""
        dots = (joined[last] == _DOT) & (joined[np.maximum(last - 1, start)] == _DOT) & (self.chars > 2)
        self.cut: Bools = (self.terminal == Kind.ELLIPSIS) | dots
        self.ends: Bools = (self.terminal == Kind.STOP) | (self.terminal == Kind.ELLIPSIS)

    def count(self, *kinds: Kind) -> Ints:
        """Return how many characters of some kinds each block holds."""
        return np.asarray(sum(self._counts[:, kind] for kind in kinds))

    @cached_property
    def letters(self) -> Ints:
        """Letters and vowel signs."""
        return self.count(Kind.LOWER, Kind.UPPER, Kind.LETTER, Kind.IDEOGRAPH, Kind.SPACELESS, Kind.MARK)

    def prose(self, linked: Ints) -> Bools:
        """Return which blocks read as running text; `linked` are characters of link text."""
        text = ~self.cut & (linked < _LINKED * self.chars)
        sentence = (self.tenths >= 10 * _PROSE) & self.ends
        return text & (sentence | ((self.tenths >= 10 * _LONG) & (2 * linked < self.chars)))


def _closes(kind: Bytes) -> Bools:
    return np.asarray((kind == Kind.QUOTE) | (kind == Kind.CLOSING) | (kind == Kind.GUILLEMET))
