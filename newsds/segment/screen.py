"""Which patterns may be found in texts: a look for pieces of three letters spares most texts the patterns themselves.

A pattern can be found only where one of its pieces stands, so that what a screen says of a text is no more than which
patterns are worth the search. Without the kernels every pattern is: the search itself is what decides.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

import numpy as np

from newsds.native import kernels
from newsds.segment.arrays import Ints

_BITS: Final = 21
"""Of a character in a piece."""
_SLOTS: Final = 1 << 15
_SHIFT: Final = 5


class Screen:
    """The pieces of some patterns.

    Args:
        pieces: name of each pattern → pieces, separated by `|`, in small letters without `ı`: three characters each, or
            a single one that is not ASCII. Of every text that the pattern is found in, in any case, it holds one.
    """

    def __init__(self, pieces: Mapping[str, str]) -> None:
        self.names: Final = tuple(pieces)
        bits: dict[int, int] = {}
        slots = np.zeros(_SLOTS, np.bool_)
        for i, of in enumerate(pieces.values()):
            for piece in of.split("|"):
                number = slot = 0
                for c in map(ord, piece):
                    number, slot = number << _BITS | c, slot << _SHIFT ^ c
                bits[number] = bits.get(number, 0) | 1 << i
                slots[slot % _SLOTS] = True
        self._pieces = np.array(sorted(bits), np.uint64)
        self._bits = np.array([bits[number] for number in sorted(bits)], np.uint64)
        self._filter = slots.view(np.uint8)

    def worth(self, texts: Sequence[str], *, longest: int = -1, from_end: bool = False) -> Ints:
        """Return for each text the patterns that are worth the search, as bits.

        Args:
            texts: list of them.
            longest: characters that are looked at; all if it is negative.
            from_end: the last ones of a longer text, not the first.
        """
        everything = (1 << len(self.names)) - 1
        if kernels is None:
            return np.full(len(texts), everything, np.int64)
        found = np.empty(len(texts), np.uint64)
        kernels.screen(texts, self._filter, self._pieces, self._bits, longest, from_end, found)
        return found.astype(np.int64) & everything
