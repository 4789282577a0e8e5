"""lexicon: words that head lists and mark lines."""

from __future__ import annotations

import json
from importlib.resources import files
from typing import get_args

import pytest

from newsds.segment import lexicon
from newsds.segment.lexicon import Category, categories, key, opens_list, split_marker

DATA = json.loads(files("newsds.segment").joinpath("lexicon.json").read_text(encoding="utf-8"))


def test_file_holds_the_categories_of_the_code() -> None:
    assert set(DATA) - {"about"} == set(get_args(Category))


def test_file_is_sorted_and_in_many_languages() -> None:
    for category in get_args(Category):
        assert list(DATA[category]) == sorted(DATA[category]), category
    for category in ("tags", "previous", "next", "related", "comments", "byline"):
        assert len(DATA[category]) >= 25, category


def test_every_entry_is_found_in_its_category() -> None:
    lost = [
        (category, word)
        for category in get_args(Category)
        for words in DATA[category].values()
        for word in words
        if key(word) and category not in categories(word)
    ]
    assert lost == []


def test_previous_and_next_share_no_word() -> None:
    words = {c: {key(w) for ws in DATA[c].values() for w in ws} for c in ("previous", "next")}
    assert words["previous"] & words["next"] == set()


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


def test_no_word_is_empty() -> None:
    assert "" not in lexicon._by_word()
