"""context: what the first look says of the page around a block."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsds.model import Blocks, Role
from newsds.segment.arrays import NONE, logged
from newsds.segment.context import ROLES, UNIT, Context, context_features, names, probabilities
from newsds.segment.features import columns_of
from newsds.segment.forest import Scores
from newsds.segment.table import Table
from tests.segment.strategies import full_pages, pages, scored, scores

Looked = tuple[list[Blocks], Scores]
looked = st.lists(pages, min_size=1, max_size=3).flatmap(lambda b: st.tuples(st.just(b), scores(sum(map(len, b)))))
full = st.lists(full_pages, min_size=1, max_size=3).flatmap(lambda b: st.tuples(st.just(b), scores(sum(map(len, b)))))


def _context(batch: list[Blocks], of: Scores) -> Context:
    return Context(columns_of(Table(batch)), of)


@given(scored())
def test_probabilities_are_whole_numbers_that_sum_to_about_one(drawn: tuple[object, Scores]) -> None:
    found = probabilities(drawn[1])
    assert found.dtype == np.int64
    assert ((found >= 0) & (found <= 1 << 16)).all()
    sums = found.sum(axis=1)
    assert ((sums <= 1 << 16) & (sums > (1 << 16) - len(ROLES))).all()


@given(st.lists(st.integers(-900, 900), min_size=2, max_size=5))
def test_probabilities_are_those_of_softmax(x: list[int]) -> None:
    found = probabilities(np.array([x], np.int32))[0] / (1 << 16)
    weights = [math.exp((n - max(x)) / UNIT) for n in x]
    assert found.tolist() == pytest.approx([w / sum(weights) for w in weights], abs=1e-4)


def test_scores_far_apart_are_no_error() -> None:
    rare, sure = probabilities(np.array([[-(2**21), 2**21]], np.int32))[0].tolist()
    assert (rare, sure) == (0, (1 << 16) - 1)


def _mean(values: list[int]) -> int:
    return sum(values) // max(len(values), 1)


@given(full)
def test_features_are_those_of_plain_python(drawn: Looked) -> None:
    batch, of = drawn
    context = _context(batch, of)
    role = ROLES.index(Role.BODY)
    found = {name: context[f"{name} of body"].tolist() for name in context_features()}
    chances = np.minimum(probabilities(of)[:, role] >> 8, 255).tolist()
    row = 0
    for page in batch:
        p = chances[row : row + len(page)]
        for i in range(len(p)):
            at = {name: column[row + i] for name, column in found.items()}
            assert at["chance"] == p[i]
            for by in (-3, -2, -1, 1, 2, 3):
                assert at[f"chance{by:+d}"] == (p[i + by] if 0 <= i + by < len(p) else 0)
            for width in (5, 15):
                assert at[f"above_{width}"] == _mean(p[max(0, i - width) : i])
                assert at[f"below_{width}"] == _mean(p[i + 1 : i + 1 + width])
            assert at["of_best"] == 255 * p[i] // max(*p, 1)
            assert at["on_page"] == logged(np.array([sum(p) // 32]))[0]
            assert at["so_far"] == 255 * sum(p[:i]) // max(sum(p), 1)
            assert at["since"] == min((i - k for k in range(i + 1) if p[k] > 127), default=NONE)
            assert at["until"] == min((k - i for k in range(i, len(p)) if p[k] > 127), default=NONE)
            if page.kind == "text":
                assert [at[f"held_{level}"] for level in (1, 2, 3)] == [_mean(p[max(0, i - 3) : i + 4])] * 3
        row += len(p)


@given(full)
def test_blocks_in_elements_of_the_same_names_and_labels_share_their_mean(drawn: Looked) -> None:
    batch, of = drawn
    context = _context(batch, of)
    chance, alike = context["chance of tag"].tolist(), context["alike of tag"].tolist()
    groups = context.columns.groups("path")[0].tolist()
    html = context.columns.table.places.is_html.tolist()
    for i in range(len(chance)):
        if html[i]:
            assert alike[i] == _mean([chance[k] for k in range(len(chance)) if groups[k] == groups[i]])


@given(full)
def test_columns_of_the_second_look_do_not_depend_on_the_batch(drawn: Looked) -> None:
    batch, of = drawn
    together = _context(batch, of)
    offsets = together.pages.offsets.tolist()
    alone = [_context([page], of[a:b]) for page, a, b in zip(batch, offsets, offsets[1:], strict=False)]
    for name in names():
        assert np.array_equal(together[name], np.concatenate([c[name] for c in alone])), name


@given(looked)
def test_columns_of_the_second_look_fit_a_byte(drawn: Looked) -> None:
    context = _context(*drawn)
    for name, feature in context_features().items():
        raw = np.asarray(feature.column(context))
        assert raw.shape == (context.pages.rows, len(ROLES)), name
        assert ((raw >= 0) & (raw <= 255)).all(), name


def test_every_column_has_a_meaning_and_a_name_of_its_own() -> None:
    assert len(set(names())) == len(names()) == len(ROLES) * len(context_features())
    assert all(f.name == name and f.meaning.strip() for name, f in context_features().items())
