"""lexicon: words that head lists and mark lines."""

from __future__ import annotations

import json
import re
import unicodedata
from importlib.resources import files
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsds.segment.lexicon import (
    COUNT,
    SEPARATOR,
    Category,
    categories,
    key,
    load,
    opens_list,
    split_marker,
    split_phrase,
)

DATA = json.loads(files("newsds.segment").joinpath("lexicon.json").read_text(encoding="utf-8"))


MAIN: tuple[Category, ...] = ("tags", "previous", "next", "related", "comments", "byline", "date", "chrome")


def words_of(category: Category) -> list[str]:
    return [w for groups in DATA["entries"][category].values() for joined in groups.values() for w in joined.split("|")]


def test_file_holds_the_categories_of_the_code() -> None:
    assert set(DATA) == {"about", "sources", "broader", "entries"}
    assert set(DATA["entries"]) == set(get_args(Category))


def test_file_is_sorted() -> None:
    for category in get_args(Category):
        languages = DATA["entries"][category]
        assert list(languages) == sorted(languages), category
        for groups in languages.values():
            assert list(groups) == sorted(groups), category
            assert all(joined.split("|") == sorted(joined.split("|")) for joined in groups.values()), category


@pytest.mark.parametrize("category", MAIN)
def test_main_categories_are_in_many_languages(category: Category) -> None:
    assert len(DATA["entries"][category]) >= 50


def test_every_entry_has_a_known_source() -> None:
    named = {
        source
        for languages in DATA["entries"].values()
        for groups in languages.values()
        for sources in groups
        for source in sources.split()
    }
    assert named == set(DATA["sources"])
    assert all(DATA["sources"].values())


def test_every_entry_is_folded_and_found_in_its_category() -> None:
    words = [(category, word) for category in get_args(Category) for word in words_of(category)]
    assert [(c, w) for c, w in words if not w or key(w) != w] == []
    assert [(c, w) for c, w in words if c not in categories(w)] == []


def test_no_language_names_a_word_twice_in_a_category() -> None:
    for category, languages in DATA["entries"].items():
        for language, groups in languages.items():
            words = [w for joined in groups.values() for w in joined.split("|")]
            assert len(words) == len(set(words)), (category, language)


def test_broader_categories_hold_the_words_of_narrower_ones() -> None:
    tables = load()
    for narrow, broad in DATA["broader"].items():
        assert tables.words[narrow] < tables.words[broad]
    assert categories("Share") == {"share", "chrome"}


@pytest.mark.parametrize(
    ("one", "other"),
    [("previous", "next"), ("comments", "related"), ("comments", "chrome"), ("byline", "date"), ("date", "tags")],
)
def test_opposite_categories_share_no_word(one: Category, other: Category) -> None:
    assert load().words[one] & load().words[other] == set()


def test_load_leaves_languages_out() -> None:
    whole, part = load(), load(frozenset({"de", "fi"}))
    assert "schlagwörter" in whole.words["tags"]
    assert "schlagwörter" not in part.words["tags"]
    assert "schlagwörter" not in part.categories
    assert "avainsanat" not in part.words["tags"]
    assert "tags" in part.words["tags"]


def test_load_without_any_language() -> None:
    empty = load(frozenset(language for languages in DATA["entries"].values() for language in languages))
    assert not empty.categories
    assert empty.longest == 0


@pytest.mark.parametrize(
    ("text", "form"),
    [
        ("  » Related Stories: ", "related stories"),
        ("ＴＡＧＳ", "tags"),
        ("STRASSE", "strasse"),
        ("Straße", "strasse"),
        ("[上一篇]", "上一篇"),
        ("टैग:", "टैग"),
        ("a \u00a0 b", "a b"),
        ("", ""),
        (">>> !", ""),
        ("!" * 10_000, ""),
    ],
)
def test_key(text: str, form: str) -> None:
    assert key(text) == form
    assert key(form) == form


@pytest.mark.parametrize(
    ("line", "category"),
    [
        ("Tags:", "tags"),
        ("# Tags #", "tags"),
        ("Schlagwörter", "tags"),
        ("标签", "tags"),
        ("Метки:", "tags"),
        ("Previous article", "previous"),
        ("← Previous Post", "previous"),
        ("上一篇：", "previous"),
        ("Next »", "next"),
        ("次の記事", "next"),
        ("Related articles (5)", "related"),
        ("Читайте также:", "related"),
        ("Comments (12)", "comments"),
        ("12 Comments", "comments"),
        ("A line of text", None),
        ("x" * 10_000, None),
        ("", None),
    ],
)
def test_categories(line: str, category: Category | None) -> None:
    found = categories(line)
    assert category in found if category else not found


@pytest.mark.parametrize(
    ("line", "opens"),
    [
        ("Related articles", True),
        ("Mehr zum Thema Wetter", True),
        ("More from Harbour News", True),
        ("相关文章", True),
        ("More than a hundred people came to the harbour on Sunday", False),
        ("More from Harbour News.", False),
        ("Tea", False),
        ("", False),
    ],
)
def test_opens_list(line: str, opens: bool) -> None:
    assert opens_list(line) is opens


@pytest.mark.parametrize(
    ("line", "category", "rest"),
    [
        ("Tags: rust, planes", "tags", "rust, planes"),
        ("标签：茶、海港", "tags", "茶、海港"),
        ("Next article - The show", "next", "The show"),
        ("Next article – The show: part two", "next", "The show: part two"),
        ("Read also: Why a battery lasts", "inline_related", "Why a battery lasts"),
        ("By: Ann Lee", "byline", "Ann Lee"),
        ("Tags:", "tags", None),
        ("Rust: planes", "tags", None),
        ("Tags", "tags", None),
        ("a: " * 10_000, "tags", None),
    ],
)
def test_split_marker(line: str, category: Category, rest: str | None) -> None:
    start = split_marker(line, category)
    assert (None if start is None else line[start:]) == rest


PIECES = st.one_of(
    st.sampled_from(sorted(load().categories)).flatmap(lambda w: st.sampled_from((w, w.upper(), w.title()))),
    st.sampled_from(
        (" ", " ", ": ", " - ", "-", "：", "|", "» ", "(12)", "7", " 12 ", "\u0301", "é", "ß", "Ａ", "_", "?")
    ),
    st.text(max_size=3),
)
LINES = st.lists(PIECES, max_size=6).map("".join)


def _folded(text: str) -> str:
    folded = unicodedata.normalize("NFKC", text).casefold()
    letters = [i for i, char in enumerate(folded) if unicodedata.category(char)[0] not in "PSZC"]
    return " ".join(folded[letters[0] : letters[-1] + 1].split()) if letters else ""


@given(LINES)
def test_shortcuts_of_plain_text_change_nothing(line: str) -> None:
    assert key(line) == _folded(line)
    tables = load()
    head = line[: tables.longest + 16]
    bare = COUNT.sub("", key(line))
    if len(line) <= len(head):
        expected = tables.categories.get(key(line), tables.categories.get(key(bare), frozenset()))
        assert categories(line) == expected
    separator = SEPARATOR.search(head)
    ends = [m.end() for m in re.finditer(r"\S+\s+", head)][:4]
    for category in get_args(Category):
        words = tables.words[category]
        marker = separator is not None and separator.end() < len(line) and key(line[: separator.start()]) in words
        assert split_marker(line, category) == (separator.end() if separator and marker else None)
        end = next((end for end in reversed(ends) if key(line[:end]) in words), None)
        assert split_phrase(line, category) == (end if end is not None and end < len(line) else None)
