"""Many patterns found in one pass over a text: automata made of them beforehand, by `tools/automata.py`.

An automaton finds what its patterns find. Without the kernels, and of the few texts that it is not made for, the
patterns themselves are asked.
"""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from newsds.native import kernels
from newsds.segment.arrays import Ints

ASKED: Final = -1
"""Instead of the bits of a text: its patterns are to be asked."""
UNREAD: Final = 255
"""Instead of the class of a character: a text with one is not read."""
WORD: Final = 64
"""Characters between two blanks, at most, where to be repeated as often is the same as to be without end."""


class Automaton:
    """Patterns in ASCII texts.

    Args:
        classes: class of each character, 0 for a blank, or `UNREAD`.
        table: the next state of each state and class.
        found: bits of the patterns found when a state is reached.
        last: bits of those found when the text ends in it.
        start: the states before a text; each goes its own way.
        doubtful: bits of the patterns that are the same only in words of `WORD` characters.
    """

    def __init__(
        self,
        classes: npt.NDArray[np.uint8],
        table: npt.NDArray[np.uint16],
        found: npt.NDArray[np.uint64],
        last: npt.NDArray[np.uint64],
        start: npt.NDArray[np.uint16],
        doubtful: npt.NDArray[np.uint64],
    ) -> None:
        self._columns = classes, table.reshape(-1), found, last, start
        self._doubtful = int(doubtful)

    def find(self, texts: list[str], *, longest: int = -1) -> Ints:
        """Return for each text the patterns found in it, as bits, or `ASKED`.

        Args:
            texts: list of them.
            longest: characters that are looked at; all if it is negative.
        """
        bits = np.full(len(texts), ASKED, np.int64)
        if kernels is not None:
            kernels.find_patterns(texts, longest, WORD, self._doubtful, self._columns, bits)
        return bits


@cache
def automaton(name: str) -> Automaton:
    """Return an automaton of `automata.npz`."""
    parts: dict[str, Any] = {}
    with files("newsds.segment").joinpath("automata.npz").open("rb") as file, np.load(file) as data:
        for part in ("classes", "table", "found", "last", "start", "doubtful"):
            parts[part] = data[f"{name}_{part}"]
    return Automaton(**parts)
