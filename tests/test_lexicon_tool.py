"""tools/lexicon.py: what it takes from translations, and which of two categories a word goes to."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Mapping

import pytest

from tools.lexicon import LEXICON, SOURCES, Words, clean, language_of, merge, read_own, render, resolve


def words(given: Mapping[str, Mapping[str, Mapping[str, str]]]) -> Words:
    """Category, language, word, sources."""
    out: Words = defaultdict(lambda: defaultdict(lambda: defaultdict(set)))
    for category, languages in given.items():
        for language, entries in languages.items():
            for word, sources in entries.items():
                out[category][language][word] |= set(sources.split())
    return out


@pytest.mark.parametrize(
    ("text", "category", "word"),
    [
        ("Schlagwörter: ", "tags", "schlagwörter"),
        ("Von: %s", "byline", "von"),
        ("Par {authors}", "byline", "par"),
        ("<strong>Auteur&nbsp;:</strong> %s", "byline", "auteur"),
        ("Précédent : ${itemtitle}", "previous", "précédent"),
        ("&laquo; Vorherige Seite", "previous", "vorherige seite"),
        ("{{ n }} Kommentare", "comments", "kommentare"),
        ("(Weiterlesen…)", "more", "weiterlesen"),
        ("前", "previous", "前"),
        ("%s tarafından", "byline", None),
        ("von %s am %s", "byline", None),
        ("Yes", "chrome", "yes"),
        ("By", "byline", None),
        ("Page 3", "next", None),
        ("Not found. Try a search.", "error", None),
        ("A sentence that is far too long for a marker", "chrome", None),
        ("Tag(s)", "tags", None),
        ("", "tags", None),
        (" » ", "next", None),
    ],
)
def test_clean(text: str, category: str, word: str | None) -> None:
    assert clean(text, category) == word


@pytest.mark.parametrize(
    ("code", "language"),
    [("de_DE", "de"), ("zh-Hant", "zh"), ("sr@latin", "sr"), ("nb", "no"), ("cz", "cs"), ("context", None)],
)
def test_language_of(code: str, language: str | None) -> None:
    assert language_of(code) == language


def test_merge_leaves_english_out_of_other_languages() -> None:
    sourced = words({"tags": {"en": {"tags": "wp"}, "sv": {"tags": "wp", "etiketter": "wp"}, "xh": {"tags": "wp"}}})
    own = words({"tags": {"de": {"tags": "own"}}})
    merged = merge(sourced, own)
    assert {language: set(entries) for language, entries in merged["tags"].items()} == {
        "en": {"tags"},
        "sv": {"etiketter"},
        "de": {"tags"},
    }


def test_resolve_prefers_own_words_then_support() -> None:
    given = words(
        {
            "previous": {"ko": {"a": "own", "b": "du", "e": "own"}},
            "next": {"ko": {"a": "du wp", "b": "wp pl", "e": "own"}},
            "related": {"fr": {"c": "zi"}},
            "inline_related": {"fr": {"c": "zi"}},
        }
    )
    dropped = resolve(given)
    assert dropped == ["a: not next (ko) but previous", "b: not previous (ko) but next"]
    assert set(given["previous"]["ko"]) == {"a", "e"}
    assert set(given["next"]["ko"]) == {"b", "e"}  # what is written for newsds is not touched
    assert set(given["related"]["fr"]) == set(given["inline_related"]["fr"]) == {"c"}


def test_render_is_the_form_of_the_file() -> None:
    data = json.loads(render(words({"tags": {"de": {"tags": "own", "b": "wp pl", "a": "pl wp"}}})))
    assert data["entries"] == {"tags": {"de": {"own": "tags", "pl wp": "a|b"}}}
    assert set(data["sources"]) == {"own", *SOURCES}
    assert LEXICON.read_text(encoding="utf-8").startswith(render(words({})).partition(' "entries"')[0])


def test_own_words_are_read_back() -> None:
    own = read_own()
    assert own["tags"]["de"]["schlagwörter"] == {"own"}
    assert "kategorien" in own["tags"]["de"]
    assert "afrikaans" not in own
