"""What alignment compares: labels as words, where each may stand, and which labels a piece of text is of."""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import Any, Final

from newsds.chars import collapse
from newsds.model import Role
from newsds.train.labels import LabelledPage

_ASCII_WORD: Final = re.compile(r"[a-z0-9_]+")
_WIDE: Final = "\u0e00-\u0e7f\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff"
"""Scripts written without blanks: a character is a word."""
_WORD: Final = re.compile(
    rf"[{_WIDE}]|[^\W{_WIDE}]+(?:[\u0300-\u036f\u0591-\u05c7\u064b-\u065f\u0900-\u0963\u0966-\u0dff]+[^\W{_WIDE}]*)*"
)
"""A word, with the vowel signs in it."""
_CHOICES: Final = 16
"""Labels that begin alike, or hold the same two words, which are looked at."""
_RUN: Final = 3
"""Words of a piece of a label at least, …"""
_RUN_LETTERS: Final = 10
"""… or letters and digits: fewer are found in any text."""
OUTSIDE: Final = 2.0
"""Cost of a place that the order of the labels speaks against; costs of other places are below 1."""
_SLACK: Final = 5
"""Blocks beyond those that the labels before or after ask for, at which a place costs 1/2."""


@dataclass(frozen=True, slots=True)
class Words:
    """A text as it is compared: without case, punctuation and blanks."""

    words: Sequence[str]
    key: str
    """the words, joined; the text itself if it has none"""


def read_words(text: str) -> Words:
    """Return the words of a text.

    >>> read_words("#Old  Pier!").words, read_words("Old-Pier").key, read_words(" » ").key
    (['old', 'pier'], 'oldpier', '»')
    """
    if text.isascii():
        words = _ASCII_WORD.findall(text.lower())
    else:
        words = _WORD.findall(unicodedata.normalize("NFKC", text).casefold())
    return Words(words, "".join(words) or collapse(text))


@dataclass(frozen=True, slots=True)
class Item:
    """A label: a text and its role."""

    role: Role
    track: int
    """number of the list it is from; a list is in page order"""
    words: Words


def list_items(page: LabelledPage) -> list[Item]:
    """Return the labels of a page, list by list.

    >>> [(str(item.role), item.track) for item in list_items(LabelledPage(id="a", title="A", tags=("B", "C")))]
    [('title', 0), ('tag', 6), ('tag', 6)]
    """
    recommended = [
        (role, text)
        for rec in page.recommendations
        for role, text in ((Role.REC_TITLE, rec.title), (Role.REC_SNIPPET, rec.snippet))
    ]
    tracks: list[list[tuple[Role, str | None]]] = [
        [(Role.TITLE, page.title)],
        [(Role.SUBTITLE, page.subtitle)],
        [(Role.BYLINE, page.byline)],
        [(Role.DATE, page.date)],
        [(Role.BODY, text) for text in page.body],
        [(Role.CAPTION, text) for text in page.captions],
        [(Role.TAG, text) for text in page.tags],
        [(Role.PREVIOUS, page.previous)],
        [(Role.NEXT, page.next)],
        recommended,
        [(Role.COMMENT, text) for text in page.comments],
        [(Role.BOILERPLATE, text) for text in page.boilerplate],
    ]
    return [
        Item(role, track, words)
        for track, labels in enumerate(tracks)
        for role, text in labels
        if text and (words := read_words(text)).key
    ]


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """Where a label may stand: between the blocks of the labels of its list before and after it."""

    low: int
    """the block of the one before, -1 if none is known"""
    first: int | None
    """the block it is if only the labels between them stand between that one and it"""
    last: int | None
    high: int
    """the block of the one after, the number of blocks if none is known"""

    @property
    def open(self) -> bool:
        """Whether nothing is known."""
        return self.first is None and self.last is None

    def cost(self, block: int) -> float:
        """Return how much speaks against a block: 0 next to a neighbour, below 1 in the window, 2 outside of it.

        >>> window = Window(low=3, first=4, last=7, high=8)
        >>> window.cost(4), window.cost(6) < 1, window.cost(9)
        (0.0, True, 2.0)
        """
        if self.open:
            return 0.5
        if not self.low < block < self.high:
            return OUTSIDE
        after = block - self.first if self.first is not None else block
        before = self.last - block if self.last is not None else after
        slack = max(0, min(after if self.first is not None else before, before))
        return slack / (slack + _SLACK)

    def tight(self, block: int) -> bool:
        """Say whether a block is about where a neighbour in the list tells."""
        return not self.open and self.cost(block) <= 0.5


class Windows:
    """Where each label may stand, given the blocks of some."""

    def __init__(self, items: Sequence[Item], place: Mapping[int, int], blocks: int) -> None:
        """Look at what is known.

        Args:
            items: the labels, list by list.
            place: label → its block, where that is known. Labels out of order are not relied on.
            blocks: blocks of the page.
        """
        self._items = items
        self._place = place
        self._blocks = blocks
        self._known = _in_order(items, place)
        self._windows: dict[int, Window] = {}

    def __getitem__(self, k: int) -> Window:
        if k not in self._windows:
            self._windows[k] = self._find(k)
        return self._windows[k]

    def _find(self, k: int) -> Window:
        known = self._known.get(self._items[k].track, ())
        at = bisect_left(known, k)
        before = known[at - 1] if at else None
        at += at < len(known) and known[at] == k
        after = known[at] if at < len(known) else None
        low = -1 if before is None else self._place[before]
        high = self._blocks if after is None else self._place[after]
        return Window(
            low=low,
            first=None if before is None else low + k - before,
            last=None if after is None else high - (after - k),
            high=high,
        )


def _in_order(items: Sequence[Item], place: Mapping[int, int]) -> dict[int, list[int]]:
    """Return the most labels of each list whose blocks follow each other."""
    tracks: dict[int, list[int]] = defaultdict(list)
    for k in sorted(place):
        tracks[items[k].track].append(k)
    return {track: [labels[i] for i in longest_rise([place[k] for k in labels])] for track, labels in tracks.items()}


def longest_rise(values: Sequence[int]) -> list[int]:
    """Return the indices of a longest strictly rising subsequence.

    >>> longest_rise([0, 8, 1, 2, 9, 3])
    [0, 2, 3, 5]
    """
    ends: list[int] = []  # smallest end of a rise of each length
    at: list[int] = []
    before: list[int] = []
    for i, value in enumerate(values):
        length = bisect_left(ends, value)
        before.append(at[length - 1] if length else -1)
        if length == len(ends):
            ends.append(value)
            at.append(i)
        else:
            ends[length] = value
            at[length] = i
    out = []
    i = at[-1] if at else -1
    while i >= 0:
        out.append(i)
        i = before[i]
    return out[::-1]


class Pieces:
    """Finds the labels that hold a piece of text."""

    def __init__(self, labels: Sequence[int], items: Sequence[Item]) -> None:
        """Look at some labels out of all."""
        self._labels = labels
        self._found: dict[str, list[int]] = {}
        self._lines = [f" {' '.join(items[k].words.words)} " for k in labels]
        self._text = "\n".join(items[k].words.key for k in labels)
        self._offsets = list(accumulate((len(items[k].words.key) + 1 for k in labels), initial=0))

    def holding(self, words: Words, *, limit: int, parts: bool) -> Iterator[int]:
        """Yield labels that hold a text, in their order.

        Args:
            words: the text.
            limit: labels at most.
            parts: whether words of the text may be parts of the label's words, as where a label joins two words.

        >>> items = list_items(LabelledPage(id="a", body=("nextThe rain, again", "Rains")))
        >>> pieces = Pieces([0, 1], items)
        >>> list(pieces.holding(read_words("rain"), limit=9, parts=False))
        [0]
        >>> list(pieces.holding(read_words("the rain"), limit=9, parts=True))
        [0]
        """
        line = f" {' '.join(words.words)} "
        for row in self._rows(words.key, limit):
            if parts or line in self._lines[row]:
                yield self._labels[row]

    def _rows(self, key: str, limit: int) -> Sequence[int]:
        """Return which labels hold a run of letters; of words that come again, looked for once."""
        found = self._found.get(key)
        if found is None:
            self._found[key] = found = []
            at = self._text.find(key)
            while at >= 0 and len(found) < limit:
                found.append(bisect_right(self._offsets, at) - 1)
                at = self._text.find(key, self._offsets[found[-1] + 1])
        return found


class Wording:
    """Tells of which labels a text is made."""

    def __init__(self, labels: Iterable[int], items: Sequence[Item], *, whole: Collection[int] = ()) -> None:
        """Look at some labels out of all.

        Args:
            labels: those looked at.
            items: all labels.
            whole: those of which no runs count.
        """
        self._items = items
        self._starts: dict[str, list[int]] = defaultdict(list)
        self._pairs: dict[tuple[str, str], list[tuple[int, int]]] = defaultdict(list)
        for k in labels:
            words = items[k].words.words
            if words and len(starts := self._starts[words[0]]) < _CHOICES:
                starts.append(k)
            if k in whole:
                continue
            for i, pair in enumerate(zip(words, words[1:], strict=False)):
                if len(places := self._pairs[pair]) < _CHOICES:
                    places.append((k, i))

    def tile(self, words: Sequence[str], *, choose: Callable[[int, int], Any]) -> Iterator[tuple[int, int]]:
        """Yield the labels that a text is made of, from left to right: the longest first that fits.

        Args:
            words: the text.
            choose: ranks a label of which some letters and digits (a number) of the text may be, the best lowest;
                None if it cannot be.

        Yields:
            A label, and the letters and digits of the text that are of it: the whole label, or a long run of it.

        >>> items = list_items(LabelledPage(id="a", tags=("Old Pier", "Crafts")))
        >>> list(Wording([0, 1], items).tile(["in", "old", "pier", "crafts"], choose=lambda k, n: k))
        [(0, 7), (1, 6)]
        """
        at = 0
        while at < len(words):
            found = self._whole(words, at, choose)
            size = found[0] if found else 0
            run = self._run(words, at, 2 * size, choose)
            found = run or found
            if found:
                yield found[1], sum(map(len, words[at : at + found[0]]))
            at += found[0] if found else 1

    def _whole(self, words: Sequence[str], at: int, choose: Callable[[int, int], Any]) -> tuple[int, int] | None:
        """Return the words and the label of the longest label that the text goes on with."""
        found = []
        for k in self._starts.get(words[at], ()):
            label = self._items[k].words
            size = len(label.words)
            if words[at : at + size] == label.words and (rank := choose(k, len(label.key))) is not None:
                found.append((-size, rank, k))
        return (-(best := min(found))[0], best[2]) if found else None

    def _run(
        self, words: Sequence[str], at: int, least: int, choose: Callable[[int, int], Any]
    ) -> tuple[int, int] | None:
        """Return the words and the label of the longest run of a label that the text goes on with."""
        if at + 1 == len(words):
            return None
        found = []
        for k, start in self._pairs.get((words[at], words[at + 1]), ()):
            size = _common(words, at, self._items[k].words.words, start)
            letters = sum(map(len, words[at : at + size]))
            if size > least and (size >= _RUN or letters >= _RUN_LETTERS):
                rank = choose(k, letters)
                if rank is not None:
                    found.append((-size, rank, k))
        return (-(best := min(found))[0], best[2]) if found else None


def _common(a: Sequence[str], i: int, b: Sequence[str], j: int) -> int:
    """Return how many words two texts share from here on."""
    most = min(len(a) - i, len(b) - j)
    for n in range(most):
        if a[i + n] != b[j + n]:
            return n
    return most
