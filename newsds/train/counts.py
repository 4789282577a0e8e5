"""What was found of what was wanted, counted: words, items, single things."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

_WORD: Final = re.compile(r"\w+")
_NO_BLANKS: Final = re.compile("[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af\u0e00-\u0e7f]")
"""Kana, Han, Hangul, Thai: a run of letters is no word there (Hangul for the sake of WCXB's figures)."""
_PREFIX: Final = 12
"""Characters from which one text beginning with the other is the same item: cut-off headlines."""
_WITHIN: Final = 20
"""Characters from which one text lying inside the other is the same item."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Counts:
    """What was given, what was wanted, and how much of the one is the other.

    >>> Counts(matched=2, given=2, wanted=4).f1
    0.6666666666666666
    >>> Counts(matched=0, given=0, wanted=0).precision  # there was nothing to find
    1.0
    """

    matched: int
    given: int
    wanted: int

    @property
    def precision(self) -> float:
        """Share of what was given that is right."""
        return self.matched / self.given if self.given else float(not self.wanted)

    @property
    def recall(self) -> float:
        """Share of what was wanted that was given."""
        return self.matched / self.wanted if self.wanted else float(not self.given)

    @property
    def f1(self) -> float:
        """Harmonic mean of the two."""
        both = self.precision + self.recall
        return 2 * self.precision * self.recall / both if both else 0.0

    @property
    def right(self) -> bool:
        """Everything was found, and nothing else."""
        return self.matched == self.given == self.wanted


def count_one(found: bool, *, given: bool, wanted: bool) -> Counts:
    """Return the counts of a field that holds one thing at most.

    >>> count_one(False, given=True, wanted=False)
    Counts(matched=0, given=1, wanted=0)
    """
    return Counts(matched=int(found), given=int(given), wanted=int(wanted))


def fold(text: str | None) -> str:
    """Return the form in which texts are compared: words alone, case folded, compatibility characters replaced.

    >>> fold("#Ｋites & “Wind”!"), fold(None)
    ('kites wind', '')
    """
    return " ".join(_WORD.findall(unicodedata.normalize("NFKC", text or "").casefold().lstrip("#")))


def words(text: str) -> list[str]:
    """Return the words of a text, in lower case; of scripts written without blanks, the characters.

    >>> words("Rain, again: 雨天")
    ['rain', 'again', '雨', '天']
    """
    found = _WORD.findall(text.lower())
    if text.isascii():
        return found
    return [piece for word in found for piece in (word if _NO_BLANKS.search(word) else (word,))]


def count_words(given: str, wanted: str) -> Counts:
    """Compare the words of two texts, as bags.

    >>> count_words("rain and rain", "Rain!").f1
    0.5
    """
    one, other = Counter(words(given)), Counter(words(wanted))
    return Counts(matched=(one & other).total(), given=one.total(), wanted=other.total())


def match_items(given: Iterable[str], wanted: Iterable[str], *, loose: bool = False) -> Counts:
    """Pair items off, each with one at most; repeated items count once.

    Args:
        given: the items found.
        wanted: the items labelled.
        loose: long items match as well if one begins with the other, longer ones if one lies inside the other.

    >>> match_items(["#Kites", "kites", "Wind"], ["Kites"])
    Counts(matched=1, given=2, wanted=1)
    >>> match_items(["The lost pubs of Qu…"], ["The lost pubs of Quay Street"], loose=True).matched
    1
    """
    ours, theirs = distinct(given), distinct(wanted)
    left = dict.fromkeys(ours)
    matched = 0
    for item in theirs:
        partner = item if item in left else None
        if partner is None and loose:
            partner = next((x for x in left if _much_alike(x, item)), None)
        if partner is not None:
            del left[partner]
            matched += 1
    return Counts(matched=matched, given=len(ours), wanted=len(theirs))


def sum_counts(counts: Iterable[Counts]) -> Counts:
    """Add counts up.

    >>> sum_counts([Counts(matched=1, given=1, wanted=1), Counts(matched=0, given=2, wanted=0)])
    Counts(matched=1, given=3, wanted=1)
    """
    counts = list(counts)
    return Counts(
        matched=sum(c.matched for c in counts),
        given=sum(c.given for c in counts),
        wanted=sum(c.wanted for c in counts),
    )


def distinct(items: Iterable[str]) -> list[str]:
    """Return items folded, each once, without empty ones."""
    return [x for x in dict.fromkeys(map(fold, items)) if x]


def _much_alike(one: str, other: str) -> bool:
    short, long = sorted((one, other), key=len)
    if len(short) < _PREFIX:
        return False
    return long.startswith(short) or (len(other) >= _WITHIN and short in long)
