"""confidence: how sure the segmenter is of a page."""

from __future__ import annotations

from dataclasses import fields

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from newsds.model import Confidence, Role
from newsds.segment.arrays import Runs
from newsds.segment.confidence import FIELDS, confidences, fit_curve, surprises
from newsds.segment.context import ROLES, probabilities
from newsds.segment.decode import decode
from newsds.segment.forest import Scores
from tests.segment.strategies import scored

NAMES = [f.name for f in fields(Confidence)]
answers = st.lists(st.tuples(st.floats(0, 1e6), st.booleans()), min_size=1, max_size=60)


def _surprises(drawn: tuple[Runs, Scores]) -> dict[str, list[float]]:
    of, scores = drawn
    words = np.full(of.rows, 100, np.int64)
    found = surprises(probabilities(scores), decode(scores, of), words, of)
    return {name: column.tolist() for name, column in found.items()}


@given(answers, st.booleans(), st.integers(1, 20))
def test_a_curve_is_monotone_and_never_quite_sure(drawn: list[tuple[float, bool]], rising: bool, bins: int) -> None:
    raw, right = (np.array(x) for x in zip(*drawn, strict=True))
    xs, ys = fit_curve(raw, right, rising=rising, bins=bins)
    assert len(xs) == len(ys) <= bins
    assert list(xs) == sorted(xs)
    assert list(ys) == sorted(ys, reverse=not rising)
    assert all(0 < y < 1 for y in ys)


@given(st.data(), answers, st.integers(1, 20))
def test_a_curve_does_not_depend_on_the_order_of_distinct_answers(
    data: st.DataObject, drawn: list[tuple[float, bool]], bins: int
) -> None:
    distinct = list(dict(drawn).items())
    turned = data.draw(st.permutations(distinct))
    one, other = (fit_curve(*(np.array(x) for x in zip(*d, strict=True)), bins=bins) for d in (distinct, turned))
    assert one == other


@given(scored())
def test_surprises_are_never_below_0_and_one_a_page(drawn: tuple[Runs, Scores]) -> None:
    found = _surprises(drawn)
    assert set(found) == set(NAMES) == {*FIELDS, "page"}
    for column in found.values():
        assert len(column) == len(drawn[0].sizes)
        assert all(x >= 0 for x in column)


@given(scored())
def test_the_surprise_of_a_page_does_not_depend_on_the_batch(drawn: tuple[Runs, Scores]) -> None:
    of, scores = drawn
    together = _surprises(drawn)
    alone = [_surprises((Runs([len(part)]), part)) for part in np.split(scores, of.offsets[1:-1]) if len(of.sizes)]
    for name in NAMES:
        assert together[name] == [x[name][0] for x in alone]


def test_a_block_that_is_sure_is_no_surprise_and_one_against_the_odds_is() -> None:
    scores = np.full((2, len(ROLES)), -(1 << 20), np.int32)
    scores[:, ROLES.index(Role.TAG)] = 0
    words, of = np.array([10, 10]), Runs([1, 1])
    roles = np.array([ROLES.index(Role.TAG), ROLES.index(Role.BOILERPLATE)])
    found = surprises(probabilities(scores), roles, words, of)
    assert abs(found["tags"][0]) < 1e-3
    assert found["tags"][1] > 5
    assert found["title"].tolist() == [0, 0]


@given(scored(), st.dictionaries(st.sampled_from(NAMES), answers))
def test_confidences_lie_between_0_and_1_in_every_field(
    drawn: tuple[Runs, Scores], curves: dict[str, list[tuple[float, bool]]]
) -> None:
    of, scores = drawn
    found = surprises(probabilities(scores), decode(scores, of), np.full(of.rows, 100, np.int64), of)
    fitted = {
        name: fit_curve(*(np.array(x) for x in zip(*x, strict=True)), rising=name == "page")
        for name, x in curves.items()
    }
    sure = confidences(found, fitted, len(of.sizes))
    assert len(sure) == len(of.sizes)
    for page in sure:
        for name in NAMES:
            value = getattr(page, name)
            assert 0 <= value <= 1
            assert name in fitted or value == 1
