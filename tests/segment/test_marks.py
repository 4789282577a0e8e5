"""marks: what the words of a line say."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsds.segment.lexicon import Category, tables
from newsds.segment.marks import ARROWS, CATEGORIES, SIGNS, Marks, bit, sign
from tests.property.strategies import any_str, dirty_pages, visible


def _said(line: str) -> dict[str, set[str]]:
    marks = Marks([line])
    found: dict[str, set[str]] = {
        part: {c for c in CATEGORIES if bit(getattr(marks, part), c)[0]} for part in ("whole", "marker", "phrase")
    }
    return {**found, "signs": {s for s in SIGNS if sign(marks.signs, s)[0]}}


@pytest.mark.parametrize(
    ("line", "part", "category"),
    [
        ("Related articles", "whole", "related"),
        ("Mehr zum Thema", "whole", "related"),
        ("Читайте также:", "whole", "related"),
        ("関連記事", "whole", "related"),
        ("اقرأ أيضا", "whole", "related"),
        ("COMMENTS (12)", "whole", "comments"),
        ("12 Comments", "whole", "comments"),
        ("» Next", "whole", "next"),
        ("이전 기사", "whole", "previous"),
        ("タグ", "whole", "tags"),
        ("Tags: tea, harbours", "marker", "tags"),
        ("标签： 茶 海港", "marker", "tags"),
        ("上一篇：海港的茶", "marker", "previous"),
        ("By Ann Lee", "phrase", "byline"),
        ("Next article", "phrase", "next"),
        ("上一篇海港的茶", "phrase", "previous"),
    ],
)
def test_heading_and_marker_words_of_many_languages(line: str, part: str, category: Category) -> None:
    assert category in _said(line)[part]


@pytest.mark.parametrize("category", CATEGORIES)
def test_every_category_is_reachable(category: Category) -> None:
    words = [w for w in sorted(tables().words[category]) if len(w) <= 20][:200]
    assert bit(Marks(words).whole, category).any()


@pytest.mark.parametrize(
    ("line", "signs"),
    [
        ("3 hours ago", {"ago"}),
        ("vor 5 Minuten", {"ago"}),
        ("3分钟前", {"ago"}),
        ("5 часов назад", {"ago"}),
        ("3 May 2024", {"date", "date_inside"}),
        ("2024年5月3日", {"date", "date_inside"}),
        ("3 мая 2024", {"date", "date_inside"}),
        ("Published on 3 May 2024 in the newsroom", {"date_near", "date_inside"}),
        (
            "A storm came on 3 May 2024 over the hills, and nobody had thought that it would be so strong",
            {"date_inside"},
        ),
        ("Photo: Ann Lee", {"credit"}),
        ("A ship. Foto: Ann Lee", {"credit"}),
        ("写真：共同", {"credit"}),
        ("▲ 항구의 배", {"credit"}),
        ("All rights reserved", {"notice"}),
        ("Все права защищены", {"notice"}),
        ("© 2024 Courier", {"notice"}),
        ("Sign up to our newsletter", {"promotion"}),
        ("Подпишитесь на рассылку", {"promotion"}),
        ("(12)", {"number"}),
        ("A line of text", set()),
    ],
)
def test_signs(line: str, signs: set[str]) -> None:
    assert _said(line)["signs"] == signs


def test_every_sign_is_reachable_by_one_of_the_lines_above() -> None:
    [parameters] = [m for m in test_signs.pytestmark if m.name == "parametrize"]  # type: ignore[attr-defined]
    assert set().union(*(signs for _, signs in parameters.args[1])) == set(SIGNS)


@pytest.mark.parametrize(
    ("line", "arrow"),
    [
        ("<<: The one before", "<<"),
        (">>: The one after", ">>"),
        ("« Older", "left"),
        ("< Older", "left"),
        ("→ Newer", "right"),
        ("Newer »", "right_end"),
        ("« a quote »", "left"),
        ("No arrow", None),
        (">", "right"),
    ],
)
def test_arrows_at_the_edge(line: str, arrow: str | None) -> None:
    assert Marks([line]).arrow.tolist() == [1 + ARROWS.index(arrow) if arrow else 0]


@given(st.lists(st.one_of(visible, any_str.filter(bool), dirty_pages.filter(bool)), max_size=5))
def test_a_line_says_the_same_whatever_stands_beside(lines: list[str]) -> None:
    together = Marks(lines)
    alone = [Marks([line]) for line in lines]
    for name in ("whole", "marker", "phrase", "signs", "arrow"):
        assert getattr(together, name).tolist() == [int(getattr(m, name)[0]) for m in alone]


def test_a_paragraph_is_no_heading() -> None:
    found = _said("Tags: " + "tea and harbours " * 30)
    assert found == {"whole": set(), "marker": set(), "phrase": set(), "signs": set()}


@pytest.mark.parametrize("piece", ["a", "1 ", "(", "©", "photo ", ".", "photo a.b.", "﷽", "\ud800", "–"])
def test_hostile_lines_take_no_time(piece: str) -> None:
    start = time.perf_counter()
    for length in (140, 220, 260, 300, 100_000):
        Marks([(piece * length)[:length]])
    assert time.perf_counter() - start < 1
