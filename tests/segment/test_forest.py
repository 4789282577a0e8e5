"""forest: scores are what a walk down each tree adds up to."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from newsds.segment.forest import Forest
from tests.segment.strategies import forests


def _walk(forest: Forest, block: list[int]) -> list[int]:
    scores: list[int] = forest.bias.tolist()
    for tree in range(len(forest.feature)):
        leaf = 0
        for level, (feature, border) in enumerate(zip(forest.feature[tree], forest.border[tree], strict=True)):
            leaf += (block[feature] > border) << level
        scores = [s + int(x) for s, x in zip(scores, forest.leaves[tree, leaf], strict=True)]
    return scores


def _constant(value: int, trees: int, roles: int = 14, bias: int = 0) -> Forest:
    return Forest(
        features=("f",),
        feature=np.zeros((trees, 1), np.int64),
        border=np.zeros((trees, 1), np.uint8),
        leaves=np.full((trees, 2, roles), value, np.int8),
        bias=np.full(roles, bias, np.int32),
    )


@given(st.data())
def test_scores_are_those_of_a_walk_down_each_tree(data: st.DataObject) -> None:
    forest = data.draw(forests())
    blocks = data.draw(st.integers(0, 6))
    table: npt.NDArray[Any] = data.draw(arrays(np.uint8, (len(forest.features), blocks)))
    found = forest.scores(table)
    assert found.shape == (blocks, len(forest.bias))
    assert found.tolist() == [_walk(forest, table[:, i].tolist()) for i in range(blocks)]


@pytest.mark.parametrize("trees", [0, 1, 3000, 8192])
@pytest.mark.parametrize("value", [-127, -128, 0, 127])
def test_sums_do_not_overflow_into_each_other(value: int, trees: int) -> None:
    scores = _constant(value, trees, bias=-7).scores(np.array([[0, 255]], np.uint8))
    assert (scores == trees * value - 7).all()


def test_extremes_side_by_side_keep_to_themselves() -> None:
    forest = _constant(0, 3000)
    forest.leaves[:, :, ::2] = 127
    forest.leaves[:, :, 1::2] = -127
    scores = forest.scores(np.zeros((1, 1), np.uint8))
    assert scores.tolist() == [[3000 * 127, 3000 * -127] * 7]


def test_a_block_scores_the_same_among_many() -> None:
    draw = np.random.default_rng(7)
    forest = Forest(
        features=("a", "b"),
        feature=draw.integers(0, 2, (5, 6)),
        border=draw.integers(0, 256, (5, 6)).astype(np.uint8),
        leaves=draw.integers(-127, 128, (5, 64, 4)).astype(np.int8),
        bias=np.zeros(4, np.int32),
    )
    table = draw.integers(0, 256, (2, 9000)).astype(np.uint8)  # more than are taken at a time
    scores = forest.scores(table)
    for i in (0, 4095, 4096, 8191, 8192, 8999):
        assert scores[i].tolist() == _walk(forest, table[:, i].tolist())


def test_border_255_is_a_question_that_all_answer_with_no() -> None:
    forest = _constant(1, 1)
    forest.border[:] = 255
    forest.leaves[:, 1] = 100
    assert (forest.scores(np.array([[0, 255]], np.uint8)) == 1).all()
