from __future__ import annotations

import pickle
from dataclasses import replace
from datetime import UTC, datetime

import numpy as np
import pytest

from newsds.model import Article, Flag, Link, Recommendation
from newsds.train.calibration import expected_calibration_error, reliability, reliability_table
from newsds.train.counts import Counts, count_words, fold, match_items, words
from newsds.train.labels import LabelledPage, LabelledRecommendation
from newsds.train.score import FIELDS, Answer, PageScore, figures, score, score_answer, table

LABEL = LabelledPage(
    id="kites",
    language="en",
    title="Kite makers return",
    subtitle="After six quiet years",
    byline="By Orla Fenn and Tom Reed, Crafts editors",
    date="Published 4 May 2021, 9:00 am",
    body=("The first kite rose at nine.", "It fell at once."),
    captions=("A red kite above the old pier",),
    tags=("Crafts", "#Kites"),
    previous="Why the lighthouse is green",
    recommendations=(
        LabelledRecommendation(title="How to knot a tail", snippet="Three bows are enough for a small…"),
        LabelledRecommendation(title="Wind, explained"),
    ),
    comments=("Lovely to see them fly again.",),
)
ARTICLE = Article(
    id="0",
    title="KITE MAKERS  return!",
    subtitle="After six quiet years the workshops open",
    authors=("Orla Fenn", "Tom Reed"),
    published=datetime(2021, 5, 1, tzinfo=UTC),
    modified=datetime(2021, 5, 4, 23, 59, tzinfo=UTC),
    text="The first kite rose at nine.\n\nIt fell at once.",
    captions=("A red kite above the old pier. Photo: A. Brand",),
    tags=("kites", "crafts"),
    previous=Link(title="Why the lighthouse is green – The Pier Paper"),
    recommendations=(
        Recommendation(title="How to knot a tail", snippet="Three bows are enough for a small kite."),
        Recommendation(title="Wind, explained"),
    ),
    comments=("Lovely to see them fly again.",),
    kind="text",
    page_chars=1,
    charset="utf-8",
    charset_source="utf-8",
    page_digest="0",
)


def counts(field: str, **changes: object) -> Counts:
    """What a field of the article, changed, counts for."""
    found = getattr(score(replace(ARTICLE, **changes), LABEL), field)  # type: ignore[arg-type]
    assert isinstance(found, Counts)
    return found


def test_everything_found_is_right_in_every_field() -> None:
    found = dict(score(ARTICLE, LABEL).items())
    assert tuple(found) == FIELDS
    assert [name for name, c in found.items() if not c.right] == []


def test_nothing_found_is_right_only_where_nothing_is_labelled() -> None:
    nothing = Answer(no_article=True)
    empty = score_answer(nothing, LabelledPage(id="a"))
    assert all(c.right for _, c in empty.items())
    assert empty.date is None
    found = dict(score_answer(nothing, LABEL).items())
    assert [name for name, c in found.items() if c.right] == []
    assert {name for name, c in found.items() if c.f1 > 0} == set()


@pytest.mark.parametrize(
    ("field", "changes", "wanted"),
    [
        ("title", {"title": "Kite makers"}, (0, 1, 1)),
        ("title", {"title": None}, (0, 1, 1)),
        ("tags", {"tags": ("Kite", "crafts", "#crafts")}, (1, 2, 2)),
        ("recommendations", {"recommendations": (Recommendation(title="How to knot"),)}, (0, 1, 2)),
        ("recommendations", {"recommendations": (Recommendation(title="How to knot a"),)}, (1, 1, 2)),
        ("neighbours", {"previous": None, "next": ARTICLE.previous}, (0, 1, 1)),
        ("subtitle", {"subtitle": "six quiet years"}, (0, 1, 1)),
        ("byline", {"authors": ("Orla Fenn",)}, (1, 1, 1)),
        ("byline", {"authors": ("Orla Fenn", "Pier Paper")}, (0, 1, 1)),
        ("byline", {"authors": ()}, (0, 0, 1)),
        ("date", {"modified": None}, (0, 1, 1)),
        ("date", {"published": None, "modified": None}, (0, 0, 1)),
        ("captions", {"captions": ()}, (0, 0, 1)),
        ("comments", {"comments": ("Lovely",)}, (0, 1, 1)),
        ("no_article", {"flags": (Flag.NO_ARTICLE,)}, (0, 1, 0)),
    ],
)
def test_counts_of_a_field(field: str, changes: dict[str, object], wanted: tuple[int, int, int]) -> None:
    found = counts(field, **changes)
    assert (found.matched, found.given, found.wanted) == wanted


def test_pages_without_a_date_that_can_be_read_are_not_judged() -> None:
    assert score(ARTICLE, replace(LABEL, date=None)).date is None
    assert score(ARTICLE, replace(LABEL, date="Updated yesterday")).date is None


def test_what_nobody_labelled_is_not_judged() -> None:
    label = replace(LABEL, unlabelled=frozenset({"tags", "next", "recommendations"}))
    found = {name for name, _ in score(ARTICLE, label).items()}
    assert set(FIELDS) - found == {"tags", "neighbours", "recommendations", "snippets"}
    assert {name for name, _ in score(ARTICLE, replace(LABEL, unlabelled=frozenset({"body"}))).items()} == set(
        FIELDS
    ) - {"body", "no_article"}


def test_what_an_extractor_has_no_notion_of_is_not_judged() -> None:
    found = score_answer(Answer(text="x", judged=frozenset({"body"})), LABEL)
    assert [name for name, _ in found.items()] == ["body"]


def test_body_is_a_mean_over_pages_and_the_rest_is_over_items() -> None:
    long = Counts(matched=90, given=90, wanted=90)
    short = Counts(matched=0, given=10, wanted=10)
    found = figures([PageScore(body=long, tags=long), PageScore(body=short, tags=short)])
    assert found.body is not None
    assert found.tags is not None
    assert (found.body.f1, found.tags.f1) == (0.5, 0.9)
    assert (found.body.pages, found.body.items, found.body.right) == (2, 200, 0.5)


def test_figures_of_no_pages_are_none() -> None:
    assert list(figures([]).items()) == []


def test_table_has_a_line_for_every_set() -> None:
    found = figures([score(ARTICLE, LABEL)])
    lines = table({"one": found, "another": figures([])}).splitlines()
    assert len(lines) == 7
    assert len({len(line) for line in lines[:3]}) == 1
    assert lines[1].split()[:4] == ["one", "1", "1.000", "1.000/1.000"]
    assert set(lines[2].split()[2:]) == {"–"}


def test_scores_travel_between_processes() -> None:
    found = score(ARTICLE, LABEL)
    assert pickle.loads(pickle.dumps(found)) == found


@pytest.mark.parametrize(
    ("text", "wanted"),
    [("", []), ("A b, c!", ["a", "b", "c"]), ("ラーメン屋 open", [*"ラーメン屋", "open"]), ("Ünïcode", ["ünïcode"])],
)
def test_words(text: str, wanted: list[str]) -> None:
    assert words(text) == wanted


def test_word_counts_are_of_bags() -> None:
    assert count_words("a a b", "a b b") == Counts(matched=2, given=3, wanted=3)


def test_fold_forgets_case_width_marks_and_hash() -> None:
    assert fold("##Ｋites,  STRASSE!") == fold("kites straße")


def test_an_item_is_paired_off_once() -> None:
    long = "Nobody remembers when it closed"
    assert match_items([long], [long, f"{long} its doors"], loose=True) == Counts(matched=1, given=1, wanted=2)
    assert match_items([long, long.upper()], [long]) == Counts(matched=1, given=1, wanted=1)
    assert match_items(["remembers when it"], [long], loose=True).matched == 1
    assert match_items(["when it closed"], ["remembers when it closed"[10:] + "!"], loose=True).matched == 1


def test_perfect_and_worst_calibration() -> None:
    confidence = np.array([0.0, 0.0, 1.0, 1.0])
    assert expected_calibration_error(confidence, np.array([0, 0, 1, 1])) == 0.0
    assert expected_calibration_error(confidence, np.array([1, 1, 0, 0])) == 1.0
    assert expected_calibration_error(np.array([]), np.array([])) == 0.0


def test_bins_hold_every_answer_once() -> None:
    confidence = np.arange(101) / 100
    bins = reliability(confidence, confidence > 0.5, bins=10)
    assert [b.count for b in bins] == [10] * 9 + [11]
    assert all(b.low <= b.confidence <= b.high for b in bins)
    assert reliability_table(bins).count("\n") == 10


@pytest.mark.parametrize(
    ("confidence", "right"),
    [([0.5], [1, 0]), ([1.5], [1]), ([-0.1], [1]), ([float("nan")], [1]), ([[0.5]], [[1]])],
)
def test_calibration_of_what_is_no_confidence(confidence: list[float], right: list[int]) -> None:
    with pytest.raises(ValueError, match=r"confidence"):
        expected_calibration_error(np.array(confidence), np.array(right))
