"""Words in the language of a page: heading and marker words, and what stands around articles."""

from __future__ import annotations

import json
import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Final

from newsds.train.phrases import ANYWHERE, PHRASES

Vocabulary = Mapping[str, Mapping[str, Sequence[str]]]
"""Category → language → words, the usual ones first."""

_FALLBACK: Final = "en"
_USUAL: Final = 5
"""Words of a category that are drawn as often as all others together."""
WIDE: Final = frozenset({"zh", "ja"})
"""Languages that are written without blanks."""


@cache
def marker_words() -> Vocabulary:
    """Return the words that head lists and mark lines, as the segmenter knows them."""
    data = json.loads(files("newsds.segment").joinpath("lexicon.json").read_bytes())
    return {
        category: {
            language: tuple(dict.fromkeys("|".join(sources[k] for k in sorted(sources, key=_own_first)).split("|")))
            for language, sources in by_language.items()
        }
        for category, by_language in data["entries"].items()
    }


def _own_first(sources: str) -> tuple[bool, str]:
    return "own" not in sources.split(), sources


@cache
def phrases() -> Vocabulary:
    """Return what pages write around their articles."""
    return {
        category: {language: tuple(entries.split("|")) for language, entries in by_language.items()}
        for category, by_language in PHRASES.items()
    }


@cache
def anywhere(category: str) -> Sequence[str]:
    """Return words that are written alike in every language."""
    return tuple(ANYWHERE[category].split("|"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """Draws words in one language, written as one page writes them."""

    rng: random.Random
    language: str
    markers: Vocabulary
    case: str
    """how marker words are written: `first`, `title`, `upper` or `lower`"""

    def marker(self, category: str) -> str:
        """Draw a heading or marker word, such as `Tags` or `Previous post`."""
        by_language = self.markers[category]
        entries = by_language.get(self.language) or by_language[_FALLBACK]
        if len(entries) > _USUAL and self.rng.random() < 0.5:
            entries = entries[:_USUAL]
        return self._cased(self.rng.choice(entries))

    def phrase(self, category: str, *, x: str = "", y: int = 0) -> str:
        """Draw a phrase; `{x}` and `{y}` are filled in, `{n}` is a number."""
        text = self.rng.choice(self.phrases(category))
        if "{" not in text:
            return text
        small = "min" in text.lower()
        while "{n}" in text:
            text = text.replace(
                "{n}",
                str(self.rng.randint(1, 12) if small or self.rng.random() < 0.5 else self.rng.randint(13, 9000)),
                1,
            )
        return text.replace("{x}", x).replace("{y}", str(y))

    def phrases(self, category: str) -> Sequence[str]:
        """Return all phrases of a category."""
        by_language = phrases()[category]
        return by_language.get(self.language) or by_language[_FALLBACK]

    def anywhere(self, category: str) -> str:
        """Draw a word that is written alike in every language."""
        return self.rng.choice(anywhere(category))

    def _cased(self, word: str) -> str:
        if self.case == "title" or (self.case == "first" and self.language == "de"):
            return " ".join(part[:1].upper() + part[1:] for part in word.split(" "))
        if self.case == "upper":
            return word.upper()
        return word if self.case == "lower" else word[:1].upper() + word[1:]


def draw_words(rng: random.Random, language: str | None, markers: Vocabulary) -> Words:
    """Draw how a page words what stands around its article.

    Args:
        rng: what to draw from.
        language: of the article; now and then the site speaks another.
        markers: heading and marker words.
    """
    spoken = language or _FALLBACK
    if rng.random() < 0.08:
        spoken = rng.choice(sorted(phrases()["sections"]))
    case = rng.choice(("first", "first", "first", "title", "title", "upper", "lower"))
    return Words(rng=rng, language=spoken, markers=markers, case=case)
