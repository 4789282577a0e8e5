"""Features of a block by itself: its characters, its words, and what the page's head says of it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import numpy as np

from newsds.segment.arrays import capped, logged, share
from newsds.segment.charclass import Kind
from newsds.segment.columns import Column, Columns, Feature, rows_of
from newsds.segment.marks import CATEGORIES, SIGNS, bit, sign

_KINDS: Final = {
    "comma": Kind.COMMA,
    "colon": Kind.COLON,
    "quote": Kind.QUOTE,
    "bracket": Kind.OPENING,
    "dash": Kind.DASH,
    "bar": Kind.BAR,
    "arrow": Kind.ARROW,
    "guillemet": Kind.GUILLEMET,
    "hash": Kind.HASH,
    "at": Kind.AT,
    "copyright": Kind.COPYRIGHT,
    "amount": Kind.AMOUNT,
    "ellipsis": Kind.ELLIPSIS,
    "symbol": Kind.SYMBOL,
}


def characters() -> Iterator[Feature]:
    """Yield what characters and words show."""
    yield from rows_of(
        {
            "html": ("1 on an HTML page", lambda c: c.table.places.is_html),
            "chars": ("characters (logarithm)", lambda c: logged(c.table.words.chars)),
            "words": ("words (twice, logarithm)", lambda c: logged(c.table.words.tenths // 5)),
            "tokens": ("pieces between blanks (logarithm)", lambda c: logged(c.table.words.tokens)),
            "capitals": ("words that begin with a capital (logarithm)", lambda c: logged(c.table.words.capitals)),
            "sentences": ("ends of sentences (logarithm)", lambda c: logged(c.table.words.sentences)),
            "word_length": (
                "characters a word, times 8",
                lambda c: capped(8 * c.table.words.chars // np.maximum(c.table.words.tokens, 1)),
            ),
            "lower_share": ("small letters", lambda c: share(c.table.words.count(Kind.LOWER), c.table.words.chars)),
            "upper_share": ("capitals", lambda c: share(c.table.words.count(Kind.UPPER), c.table.words.chars)),
            "other_share": (
                "letters of scripts without case",
                lambda c: share(c.table.words.count(Kind.LETTER), c.table.words.chars),
            ),
            "ideograph_share": (
                "Chinese and Japanese characters",
                lambda c: share(c.table.words.count(Kind.IDEOGRAPH), c.table.words.chars),
            ),
            "digit_share": ("digits", lambda c: share(c.table.words.count(Kind.DIGIT), c.table.words.chars)),
            "letter_share": ("letters", lambda c: share(c.table.words.letters, c.table.words.chars)),
            "capital_share": (
                "words that begin with a capital, of all words",
                lambda c: share(c.table.words.capitals, c.table.words.tokens),
            ),
            "first": ("kind of the first character", lambda c: c.table.words.first),
            "last": ("kind of the last character", lambda c: c.table.words.last),
            "terminal": ("kind of the last character but for quotes and brackets", lambda c: c.table.words.terminal),
            "cut": ("cut off: … at its end", lambda c: c.table.words.cut),
            "ends": ("ends like a sentence", lambda c: c.table.words.ends),
            "prose": ("reads as running text", lambda c: c.table.prose),
            "gap": ("text: blank lines above it, and 1", lambda c: _of_lines(c, "gap")),
            "indent": ("text: columns it is set in, and 1", lambda c: _of_lines(c, "indent")),
            "arrow_edge": ("arrow at its edge: << >> left right, right at its end", lambda c: c.table.marks.arrow),
        }
    )
    for name, kind in _KINDS.items():
        yield Feature(
            name=f"{name}_count",
            meaning=f"characters of the kind {kind.name.lower()}",
            column=lambda c, kind=kind: capped(c.table.words.count(kind)),  # type: ignore[misc]
        )


def _of_lines(c: Columns, name: str) -> Column:
    return capped(np.concatenate([np.asarray(getattr(b, name), np.int64) for b in c.table.batch]) + 1)


def said() -> Iterator[Feature]:
    """Yield what heading and marker words, dates and other signs say."""
    for category in CATEGORIES:
        for part, meaning in (
            ("whole", "is a heading or marker word"),
            ("marker", "begins with such a word and a separator"),
            ("phrase", "begins with such a word"),
        ):
            yield Feature(
                name=f"{part}_{category}",
                meaning=f"the line {meaning}: {category}",
                column=lambda c, part=part, category=category: bit(getattr(c.table.marks, part), category),  # type: ignore[misc]
            )
    for name in SIGNS:
        yield Feature(
            name=f"sign_{name}",
            meaning=f"a pattern finds: {name}",
            column=lambda c, name=name: sign(c.table.marks.signs, name),  # type: ignore[misc]
        )


def evidence() -> Iterator[Feature]:
    """Yield repeats on the page, and what its head declares."""
    for name, meaning, make in (
        ("same", "blocks of the page with this text", capped),
        ("before", "of those, above it", capped),
        ("openings", "blocks of the page that begin alike", capped),
        ("openings_before", "of those, above it", capped),
        ("title", "held against the declared titles (text: the first lines): 3 equal, 2 inside", capped),
        ("title_words", "share of words in common with the declared title", capped),
        ("keyword", "a declared keyword", capped),
        ("section", "the declared section", capped),
        ("author", "names a declared author", capped),
        ("description", "begins as the declared description", capped),
        ("body", "2: in the declared body; 1: there is one, without it", capped),
    ):
        yield Feature(
            name=name if name.startswith(("same", "before", "open")) else f"declared_{name}",
            meaning=meaning,
            column=lambda c, name=name, make=make: make(getattr(c.table.evidence, name)),  # type: ignore[misc]
        )


def topic() -> Iterator[Feature]:
    """Yield what a line shares with the running text of its page."""
    yield from rows_of(
        {
            "told_share": ("words that running text elsewhere on the page has", lambda c: c.table.topic.shared),
            "told_words": ("how many those are", lambda c: capped(c.table.topic.words)),
            "told_times": ("how often running text holds the whole line", lambda c: capped(c.table.topic.times)),
            "told_best": ("words shared times their share, of the highest of the page", lambda c: c.table.topic.best),
            "nested": (
                "a line near it stands in it, whole: 1 if that is most of it, 4 if not; 2 and 8: it stands in such",
                lambda c: c.table.topic.inside,
            ),
            "nested_holds": ("the first bit of that", lambda c: c.table.topic.inside & 1),
            "nested_held": ("the second", lambda c: (c.table.topic.inside & 2) > 0),
        }
    )
