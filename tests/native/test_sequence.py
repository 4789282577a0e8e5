"""Probabilities and sequences of roles in C and in NumPy."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from newsds.native import kernels
from newsds.segment.arrays import Runs
from newsds.segment.context import ROLES, probabilities
from newsds.segment.decode import _STEPS, decode
from newsds.segment.forest import Scores
from tests.segment.strategies import scored

pytestmark = pytest.mark.skipif(kernels is None, reason="the kernels were not built")


@pytest.fixture
def scores() -> Scores:
    draw = np.random.default_rng(5)
    return draw.integers(-900, 900, (3000, len(ROLES))).astype(np.int32)


def in_python(pages: Runs, scores: Scores) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("newsds.segment.context.kernels", None)
        patch.setattr("newsds.segment.decode.kernels", None)
        return probabilities(scores), decode(scores, pages)


def assert_same(pages: Runs, scores: Scores) -> None:
    chances, roles = in_python(pages, scores)
    assert np.array_equal(probabilities(scores), chances)
    assert np.array_equal(decode(scores, pages), roles)


@given(scored())
def test_what_is_drawn_gives_the_same(drawn: tuple[Runs, Scores]) -> None:
    assert_same(*drawn)


@given(
    seed=st.integers(0, 2**32 - 1),
    sizes=st.lists(st.sampled_from((0, 1, 2, 5, _STEPS - 1, _STEPS, _STEPS + 1, 3 * _STEPS)), max_size=5),
    span=st.sampled_from((0, 1, 3, 200, 2000)),
)
@example(seed=0, sizes=[], span=0)
def test_sequences_are_the_same(seed: int, sizes: list[int], span: int) -> None:
    pages = Runs(sizes)
    drawn = np.random.default_rng(seed).integers(-span, span + 1, (pages.rows, len(ROLES)))
    assert_same(pages, drawn.astype(np.int32))


def test_rows_may_lie_apart_in_memory(scores: Scores) -> None:
    assert np.array_equal(probabilities(scores[::2]), probabilities(scores)[::2])
    assert np.array_equal(probabilities(np.asfortranarray(scores)), probabilities(scores))


@pytest.mark.parametrize(
    "changed",
    [
        {"scores": np.zeros((2, 3), np.int64)},
        {"weights": np.zeros(4, np.int64)},
        {"weights": np.ones(0, np.int64)},
        {"weights": np.full(4, -1)},
        {"weights": np.full(4, 2**62)},
        {"out": np.zeros(5, np.int64)},
        {"out": bytes(48)},
        {"roles": 0},
        {"roles": 33},
        {"roles": 2**62},
    ],
)
def test_scores_that_do_not_fit_are_errors(changed: dict[str, Any]) -> None:
    good: dict[str, Any] = {
        "scores": np.zeros((2, 3), np.int32),
        "weights": np.ones(4, np.int64),
        "out": np.zeros((2, 3), np.int64),
        "roles": 3,
    }
    assert kernels is not None
    kernels.probabilities(*good.values())
    with pytest.raises((ValueError, TypeError, BufferError)):
        kernels.probabilities(*(good | changed).values())


def _rules(**changed: int) -> npt.NDArray[np.int64]:
    names = "title previous next body rec_title rec_snippet boilerplate least without_body least_previous least_next"
    rules = dict.fromkeys(f"{names} beside sure near between".split(), 3) | {"steps": 64, "never": -9}
    return np.array(list((rules | changed).values()))


@pytest.mark.parametrize(
    "changed",
    [
        {"scores": np.zeros((3, 4), np.int32)},
        {"scores": np.zeros((2, 4), np.int64)},
        {"chances": np.zeros((2, 3), np.int64)},
        {"chances": np.full((2, 4), -1)},
        {"chances": np.full((2, 4), 65537)},
        {"offsets": np.array([], np.int64)},
        {"offsets": np.array([0, 1])},
        {"offsets": np.array([1, 2])},
        {"offsets": np.array([0, 3, 2])},
        {"rules": _rules()[1:]},
        {"rules": np.append(_rules(), 1)},
        {"rules": _rules(title=-1)},
        {"rules": _rules(boilerplate=4)},
        {"rules": _rules(least=0)},
        {"rules": _rules(sure=2**60)},
        {"rules": _rules(near=2**60)},
        {"rules": _rules(steps=0)},
        {"rules": _rules(steps=65)},
        {"rules": _rules(never=-(2**60))},
        {"bulk": "much"},
        {"transitions": np.zeros((5, 4), np.int64)},
        {"transitions": np.zeros((4, 4), np.int64)},
        {"transitions": np.zeros((33, 33), np.int64)},
        {"transitions": np.full((5, 5), -(2**60))},
        {"roles": np.zeros(1, np.int64)},
        {"roles": bytes(16)},
    ],
)
def test_blocks_that_do_not_fit_are_errors(changed: dict[str, Any]) -> None:
    good: dict[str, Any] = {
        "scores": np.zeros((2, 4), np.int32),
        "chances": np.zeros((2, 4), np.int64),
        "offsets": np.array([0, 1, 1, 2]),
        "rules": _rules(title=0, previous=1, next=2),
        "bulk": 0.5,
        "transitions": np.zeros((5, 5), np.int64),
        "roles": np.zeros(2, np.int64),
    }
    assert kernels is not None
    kernels.decode_pages(*good.values())
    with pytest.raises((ValueError, TypeError, BufferError)):
        kernels.decode_pages(*(good | changed).values())


@given(seed=st.integers(0, 2**32 - 1))
def test_any_rules_are_followed_within_bounds(seed: int) -> None:
    draw = np.random.default_rng(seed)
    blocks, n = int(draw.integers(0, 90)), int(draw.integers(4, 9))
    names = "title previous next body rec_title rec_snippet boilerplate".split()
    rules = _rules(**{name: int(draw.integers(n)) for name in names}, steps=int(draw.integers(1, 65)))
    roles = np.full(blocks, -1)
    assert kernels is not None
    kernels.decode_pages(
        draw.integers(-99, 99, (blocks, n), np.int32),
        draw.integers(0, 65537, (blocks, n)),
        np.array([0, blocks // 2, blocks]),
        rules,
        0.5,
        draw.integers(-99, 99, (n + 1, n + 1)),
        roles,
    )
    assert all(0 <= role < n for role in roles.tolist())
