"""Words that head lists and mark lines (`Tags`, `上一篇`, `Читайте также`, `By …`), by category, in all languages.

A page's language need not be known: the words of one category hardly ever mean another category elsewhere.
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Mapping, Set
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.resources import files
from itertools import islice
from typing import Final, Literal

Category = Literal[
    "tags",
    "previous",
    "next",
    "related",
    "inline_related",
    "more",
    "comments",
    "byline",
    "date",
    "caption",
    "chrome",
    "share",
    "subscribe",
    "ad",
    "error",
]

_NO_WORD: Final = "PSZC"
"""Unicode categories of what is no part of a word: punctuation, signs, separators, controls. Vowel signs are (M)."""
_NO_WORD_ASCII: Final = "".join(c for c in map(chr, range(128)) if not c.isalnum())
"""What of ASCII is none."""
COUNT: Final = re.compile(r"^\d{1,6}\s+|\s*\(?\d{1,6}\)?$")
"""A number before or behind a heading: `Comments (12)`."""
SEPARATORS: Final = ":：|｜—–>»→・"
SEPARATOR: Final = re.compile(rf"\s*[{SEPARATORS}]\s*|\s+-\s+")
"""Between a marker word and what it marks."""
_SEPARATING: Final = re.compile("[-:：|｜—–>»→・]")
"""One of its characters, which is found sooner."""
_TITLE_PARTS: Final = re.compile(r"\s*[|｜:»›]\s*|\s+[-–—·•]\s+")
_FOLLOWED_WORD: Final = re.compile(r"\S+\s+")
PHRASE: Final = 4
"""Words of a marker at most."""
_OPENING_WORDS: Final = 2
"""Entries of this many words may open a longer heading: `More from Harbour News`, `Mehr zum Thema Wetter`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tables:
    """The lexicon's words, folded."""

    words: Mapping[Category, Set[str]]
    """per category, those of a broader one with the words of its narrower ones"""
    categories: Mapping[str, frozenset[Category]]
    """the categories of each word"""
    longest: int
    """characters of the longest word"""
    openings: Mapping[Category, Set[str]]
    """per category, the first two characters of its words, as far as they are ASCII"""


def load(exclude: frozenset[str] = frozenset()) -> Tables:
    """Read the lexicon.

    Args:
        exclude: languages whose words are left out.

    >>> "schlagwörter" in load().words["tags"], "schlagwörter" in load(frozenset({"de"})).words["tags"]
    (True, False)
    """
    data = json.loads(files("newsds.segment").joinpath("lexicon.json").read_bytes())
    broader: Mapping[Category, Category] = data["broader"]
    words: dict[Category, set[str]] = {}
    categories: dict[str, frozenset[Category]] = {}
    for category, languages in data["entries"].items():
        groups = [group for language, of in languages.items() if language not in exclude for group in of.values()]
        words[category] = found = set("|".join(groups).split("|")) - {""}
        names: frozenset[Category] = frozenset((category, broader.get(category, category)))
        again = [(word, categories[word] | names) for word in found & categories.keys()]
        categories.update(dict.fromkeys(found, names))
        categories.update(again)
    for narrow, broad in broader.items():
        words[broad] |= words[narrow]
    openings = {category: {word[:2] for word in found if word[:2].isascii()} for category, found in words.items()}
    longest = max(map(len, categories), default=0)
    return Tables(words=words, categories=categories, longest=longest, openings=openings)


@cache
def tables() -> Tables:
    """Return the words of all languages."""
    return load()


@lru_cache(maxsize=1 << 14)
def key(text: str) -> str:
    """Return the form in which words are compared: folded, without what is no letter or digit at the ends.

    >>> key("  » Related Stories: "), key("ＴＡＧＳ")
    ('related stories', 'tags')
    """
    if text.isascii():
        return " ".join(text.lower().strip(_NO_WORD_ASCII).split())
    folded = unicodedata.normalize("NFKC", text).casefold()
    start, end = 0, len(folded)
    while start < end and unicodedata.category(folded[start])[0] in _NO_WORD:
        start += 1
    while start < end and unicodedata.category(folded[end - 1])[0] in _NO_WORD:
        end -= 1
    return " ".join(folded[start:end].split())


def categories(line: str) -> frozenset[Category]:
    """Return the categories of which a whole line is an entry, but for counts and punctuation at its ends.

    >>> sorted(categories("Comments (12)")), sorted(categories("A line of text"))
    (['comments'], [])
    """
    if len(line) > tables().longest + 16:
        return frozenset()
    word = key(line)
    found = tables().categories.get(word)
    if found is None:
        # a count has a digit at one of its ends
        bare = COUNT.sub("", word) if word[:1].isdecimal() or word[-1:].isdecimal() or word[-1:] == ")" else word
        found = tables().categories.get(key(bare), frozenset())
    return found


def opens_list(line: str) -> bool:
    """Say whether a line reads as the heading of a list of other articles: `More from Harbour News`.

    >>> opens_list("More from Harbour News"), opens_list("More than a hundred people came to the harbour on Sunday")
    (True, False)
    """
    if "related" in categories(line):
        return True
    if len(line) > 60 or (not line[-1:].isalnum() and line[-1:] not in ":：…»›>"):
        return False
    words = key(line).split()
    if not 2 < len(words) <= 7:
        return False
    related = tables().words["related"]
    return any(" ".join(words[:n]) in related for n in range(_OPENING_WORDS, min(5, len(words))))


def _may_open(line: str, category: Category) -> bool:
    """Say whether a line may begin with a marker word of `category`: by its first two letters, if they are plain."""
    start = line[:2]
    return not (start.isalnum() and line[:3].isascii()) or start.lower() in tables().openings[category]


def split_marker(line: str, category: Category) -> int | None:
    """Return where the text begins that follows a marker word of `category` and a separator; None if none does.

    >>> line = "Also read: Why a battery lasts"
    >>> line[split_marker(line, "inline_related"):]
    'Why a battery lasts'
    """
    head = line[: tables().longest + 16]
    separator = SEPARATOR.search(head) if _may_open(line, category) and _SEPARATING.search(head) else None
    if separator is None or separator.end() == len(line):
        return None
    return separator.end() if key(line[: separator.start()]) in tables().words[category] else None


def split_phrase(line: str, category: Category) -> int | None:
    """Return where the text begins that follows a marker word of `category` and a blank alone.

    >>> "Tagged rust, planes"[split_phrase("Tagged rust, planes", "tags"):]
    'rust, planes'
    """
    if not _may_open(line, category):
        return None
    entries = tables().words[category]
    best = None
    for word in islice(_FOLLOWED_WORD.finditer(line[: tables().longest + 16]), PHRASE):
        if key(line[: word.end()]) in entries:
            best = word.end()  # the longest marker wins: `Posted on` before `Posted`
    return best if best is not None and best < len(line) else None


def names_error(title: str) -> bool:
    """Say whether a title, or a part of it, is that of an error page.

    >>> names_error("Page not found | Harbour News"), names_error("Lost dog not found")
    (True, False)
    """
    errors = tables().words["error"]
    return any(key(part) in errors for part in (title, *_TITLE_PARTS.split(title))) or key(title).startswith("404 ")
