"""What a line shares with the running text of its page: headlines and tags name what the text is about, menus do not.

Words are compared by how they begin, so that most of their endings do not count; scripts without blanks by pairs of
characters. A word is a number here, so that all words of a batch are counted in a few passes.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np
import numpy.typing as npt

from newsds.native import kernels
from newsds.segment.arrays import Bools, Ints, Runs
from newsds.segment.charclass import Kind, small, table
from newsds.segment.words import Words

_SHORTEST: Final = 4
"""Letters of a word that counts: shorter ones are in every text."""
_STEM: Final = 6
"""Letters by which words are compared."""
_LINE: Final = 300
"""Characters of a line that may hold another, or stand in one."""
_PHRASE: Final = 50
"""Characters of a line that may stand in the text as it is."""
_WORK: Final = 1 << 28
"""Characters of a page's text that are searched for its lines, all together, so that time stays linear."""
_NEAR: Final = 3
"""Lines either way in which a line may stand whole."""
_WHOLE: Final = 12
"""Characters of a line that is not in another by chance."""
_ODD: Final = np.uint64(0x9E3779B97F4A7C15)
_MIX: Final = np.uint64(0xD6E8FEB86659FD93)

_Hashes = npt.NDArray[np.uint64]


class Topic:
    """Columns of what lines share with the text of their page, one row a block."""

    def __init__(self, texts: list[str], words: Words, prose: Bools, pages: Runs) -> None:
        self.words: Ints = np.zeros(pages.rows, np.int64)
        """words of the line that running text elsewhere on the page has"""
        of_line: Ints = np.zeros(pages.rows, np.int64)
        if kernels is None:
            _tell(words, prose, pages, of_line, self.words)
        else:
            kernels.told_words(texts, pages.offsets, prose, table(), small(), of_line, self.words)
        self.shared: Ints = 255 * self.words // np.maximum(of_line, 1)
        """their share of the line's words, of 255"""
        self.best: Ints = _of_best(np.where(prose, 0, self.words * self.shared), pages)
        """words shared times their share, of the highest of all lines of the page, of 255; running text is left out"""
        self.times: Ints = np.zeros(pages.rows, np.int64)
        """how often running text holds the whole line"""
        self.inside: Ints = np.zeros(pages.rows, np.int64)
        """a line near it stands in it, whole: 1 if that is most of it, 4 if not; 2 and 8: it stands in such a line"""
        short = (words.chars <= _PHRASE) & (self.words > 0) & ~prose
        if kernels is None:
            counted = np.arange(len(pages.sizes))
            for a, b in zip(pages.offsets[:-1].tolist(), pages.offsets[1:].tolist(), strict=True):
                self._nest(texts[a:b], a)
        else:
            told = pages.total(np.where(prose, 2 * words.chars + 1, 0))  # a small letter may be two characters
            crowded = short & (pages.total(short) * told > _WORK)
            kernels.hold_lines(texts, pages.offsets, short & ~crowded, prose, self.times, self.inside)
            counted = np.unique(pages.page[crowded])
        for a, b in zip(pages.offsets[counted].tolist(), pages.offsets[counted + 1].tolist(), strict=True):
            self._count(texts, a + np.flatnonzero(short[a:b]), a + np.flatnonzero(prose[a:b]))

    def _count(self, texts: Sequence[str], lines: Ints, told: Ints) -> None:
        if not len(lines) or not len(told):
            return
        text = "\n".join([texts[i] for i in told.tolist()]).lower()
        known: dict[str, int] = {}
        for i in lines.tolist():
            line = texts[i].lower()
            if line not in known:
                if len(known) * len(text) > _WORK:
                    break
                known[line] = text.count(line)
            self.times[i] = known[line]

    def _nest(self, texts: Sequence[str], start: int) -> None:
        lines = [(i, text.lower()) for i, text in enumerate(texts, start) if _WHOLE <= len(text) <= _LINE]
        for by in range(1, _NEAR + 1):
            for (i, one), (j, other) in zip(lines, lines[by:], strict=False):
                if j - i <= _NEAR and len(one) != len(other):
                    long, short = (i, j) if len(one) > len(other) else (j, i)
                    if (other in one) if long == i else (one in other):
                        most = 2 * min(len(one), len(other)) >= max(len(one), len(other))
                        self.inside[long] |= 1 if most else 4
                        self.inside[short] |= 2 if most else 8


def _of_best(x: Ints, pages: Runs) -> Ints:
    highest = np.zeros(len(pages.sizes), np.int64)
    full = np.flatnonzero(pages.sizes)
    highest[full] = np.maximum.reduceat(x, pages.offsets[full]) if len(full) else 0
    return np.asarray(255 * x // np.maximum(highest[pages.page], 1))


def _tell(words: Words, prose: Bools, pages: Runs, of_line: Ints, told: Ints) -> None:
    """Fill in the words of each line, and those of them that running text elsewhere on the page has."""
    block, stem = _stems(words)
    stem = _mixed(stem, pages.page[block].astype(np.uint64))
    of_prose = prose[block]
    known, count = np.unique(stem[of_prose], return_counts=True)
    at = np.minimum(np.searchsorted(known, stem), max(len(known) - 1, 0))
    times = np.where(known[at] == stem, count[at], 0) if len(known) else np.zeros(len(stem), np.int64)
    times[of_prose] -= _within(_mixed(stem[of_prose], block[of_prose].astype(np.uint64)))  # not in the block itself
    of_line[:] = np.bincount(block, minlength=pages.rows)
    told[:] = np.bincount(block[times > 0], minlength=pages.rows)


def _stems(words: Words) -> tuple[npt.NDArray[np.int32], _Hashes]:
    """Return what the words of all blocks are compared by, and the block of each, in no order that means anything."""
    kind, joined, block = words.characters.kind, words.characters.joined, words.characters.block
    letter = (kind == Kind.LOWER) | (kind == Kind.UPPER) | (kind == Kind.LETTER) | (kind == Kind.MARK)
    edges = np.flatnonzero(np.diff(letter, prepend=False, append=False))
    starts, ends = edges[::2], edges[1::2]
    long = ends - starts >= _SHORTEST
    starts, ends = starts[long], ends[long]
    letters = small()
    stem = np.zeros(len(starts), np.uint64)
    for i in range(_STEM):
        code = letters[joined[np.minimum(starts + i, len(joined) - 1)]].astype(np.uint64)
        stem = np.where(starts + i < ends, _mixed(stem, code), stem)
    dense = (kind == Kind.IDEOGRAPH) | (kind == Kind.SPACELESS)
    pairs = np.flatnonzero(dense[:-1] & dense[1:])
    pair = _mixed(joined[pairs].astype(np.uint64) * _ODD, joined[pairs + 1].astype(np.uint64))
    return np.concatenate([block[starts], block[pairs]]), np.concatenate([stem, pair])


def _mixed(x: _Hashes, y: _Hashes) -> _Hashes:
    """Return a number for each pair of numbers; two pairs are the same but for chance."""
    found = (x ^ (y + _ODD)) * _MIX
    return np.asarray(found ^ (found >> np.uint64(32)))


def _within(x: _Hashes) -> Ints:
    """Return for each value how often it is there."""
    _, inverse, count = np.unique(x, return_inverse=True, return_counts=True)
    return np.asarray(count[inverse])
