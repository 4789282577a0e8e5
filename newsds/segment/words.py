"""What the characters of each block show, counted for all blocks of a batch in a few passes, or in one in C."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from typing import Final

import numpy as np
import numpy.typing as npt

from newsds.native import kernels
from newsds.segment.arrays import Bools, Bytes, Ints
from newsds.segment.charclass import KINDS, Kind, table

_PROSE: Final = 9
"""Words of a sentence that reads as running text."""
_LONG: Final = 22
"""Words of a block that does without a mark at its end."""
_LINKED: Final = 0.7
_CJK: Final = 0x2E7F
"""Scripts beyond it set no blank behind a full stop."""
_DOT: Final = ord(".")


class Words:
    """Columns of characters and words, one row a block.

    Args:
        texts: the blocks; none is empty.
    """

    def __init__(self, texts: list[str]) -> None:
        n = len(texts)
        self._texts = texts
        self._counts: Ints = np.empty((KINDS, n), np.int64)
        numbers = np.empty((5, n), np.int64)
        edges = np.empty((5, n), np.uint8)
        if kernels is None:
            self._count(numbers, edges)
        else:
            kernels.count_words(texts, table(), self._counts, numbers, edges)
        self.chars: Ints
        self.tokens: Ints
        self.capitals: Ints
        self.sentences: Ints
        self.chars, self.tokens, self.capitals, spaced, self.sentences = numbers
        # tenths, so that sums are exact: a word is two ideographs, or five letters of a script without blanks
        self.tenths: Ints = 10 * spaced + 5 * self.count(Kind.IDEOGRAPH) + 2 * self.count(Kind.SPACELESS)
        self.first: Bytes
        self.last: Bytes
        self.first, self.last, second, third, dots = edges
        self.terminal: Bytes = np.where(_closes(self.last), np.where(_closes(second), third, second), self.last)
        """the last character but for quotes and brackets behind it"""
        self.cut: Bools = (self.terminal == Kind.ELLIPSIS) | ((dots == 2) & (self.chars > 2))
        self.ends: Bools = (self.terminal == Kind.STOP) | (self.terminal == Kind.ELLIPSIS)

    def _count(self, numbers: Ints, edges: Bytes) -> None:
        """Fill in how many characters each block has of each kind, and what else there is to count.

        Args:
            numbers: characters, tokens, those that begin with a capital, those that begin as words do, sentences.
            edges: kinds of the first, last, last but one, last but two character; how many of the last two are dots.
        """
        n = len(self._texts)
        chars = np.fromiter(map(len, self._texts), np.int64, n)
        joined, kind, block = self.characters.joined, self.characters.kind, self.characters.block
        self._counts[:] = np.bincount(block * np.int32(KINDS) + kind, minlength=n * KINDS).reshape(n, KINDS).T
        self._counts[Kind.SPACE, :-1] -= 1  # between two blocks
        blank = kind == Kind.SPACE
        before = np.ones(len(joined), np.bool_)
        before[1:] = blank[:-1]
        opens = np.flatnonzero(before & ~blank)  # first character of each token
        opening, token = kind[opens], block[opens]
        word = (opening >= Kind.LOWER) & (opening <= Kind.DIGIT)
        spaced = word & (opening != Kind.IDEOGRAPH) & (opening != Kind.SPACELESS)
        stops = np.flatnonzero(kind == Kind.STOP)
        closed = np.ones(len(stops), np.bool_)
        inner = stops + 1 < len(joined)
        closed[inner] = blank[stops[inner] + 1]
        numbers[0] = chars
        numbers[1] = np.bincount(token, minlength=n)
        numbers[2] = np.bincount(token[opening == Kind.UPPER], minlength=n)
        numbers[3] = np.bincount(token[spaced], minlength=n)
        numbers[4] = np.bincount(block[stops[closed | (joined[stops] > _CJK)]], minlength=n)
        start = np.cumsum(chars + 1) - chars - 1
        last = start + chars - 1
        second, third = np.maximum(last - 1, start), np.maximum(last - 2, start)
        edges[:4] = kind[start], kind[last], kind[second], kind[third]
        edges[4] = (joined[last] == _DOT).astype(np.uint8) + (joined[second] == _DOT)

    @cached_property
    def characters(self) -> Characters:
        """All characters of all blocks."""
        return Characters(self._texts)

    def count(self, *kinds: Kind) -> Ints:
        """Return how many characters of some kinds each block holds."""
        return np.asarray(sum(self._counts[kind] for kind in kinds))

    @cached_property
    def letters(self) -> Ints:
        """Letters and vowel signs."""
        return self.count(Kind.LOWER, Kind.UPPER, Kind.LETTER, Kind.IDEOGRAPH, Kind.SPACELESS, Kind.MARK)

    def prose(self, linked: Ints) -> Bools:
        """Return which blocks read as running text; `linked` are characters of link text."""
        text = ~self.cut & (linked < _LINKED * self.chars)
        sentence = (self.tenths >= 10 * _PROSE) & self.ends
        return text & (sentence | ((self.tenths >= 10 * _LONG) & (2 * linked < self.chars)))


class Characters:
    """Columns of code points, one row each, a line break between two blocks."""

    def __init__(self, texts: Sequence[str]) -> None:
        self.joined = np.frombuffer("\n".join(texts).encode("utf-32-le", "surrogatepass"), dtype="<u4")
        self.kind = table()[self.joined]
        sizes = np.fromiter(map(len, texts), np.int64, len(texts)) + 1
        self.block: npt.NDArray[np.int32] = np.repeat(np.arange(len(texts), dtype=np.int32), sizes)[: len(self.joined)]
        """its block; of a line break, the one above"""


def _closes(kind: Bytes) -> Bools:
    return np.asarray((kind == Kind.QUOTE) | (kind == Kind.CLOSING) | (kind == Kind.GUILLEMET))
