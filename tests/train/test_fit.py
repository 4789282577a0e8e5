"""fit: blocks with roles in, forests out."""

from __future__ import annotations

from dataclasses import replace
from io import BytesIO

import numpy as np
import pytest

from newsds.model import Role
from newsds.segment.context import ROLES
from newsds.segment.context import names as context_names
from newsds.segment.features import columns_of, features
from newsds.segment.forest import Forest
from newsds.segment.labelling import look
from newsds.segment.table import Table
from newsds.segment.weights import Weights, WeightsFile, dump
from newsds.train.fit import Example, Fitted, fit, grow_forest
from tests.train.made import TINY, examples

pytest.importorskip("catboost")


@pytest.fixture(scope="module")
def fitted() -> Fitted:
    return fit(examples(), TINY)


def _bytes(of: Fitted) -> bytes:
    file = BytesIO()
    kinds = {"html": Weights(first=of.first, second=of.second, curves={})}
    dump(WeightsFile(kinds=kinds, provenance={}), file)  # type: ignore[arg-type]
    return file.getvalue()


def _grow(table: np.ndarray[tuple[int, int], np.dtype[np.uint8]], role: list[int], depth: int = 2) -> Forest:
    weight, named = np.ones(len(role)), [f"f{i}" for i in range(table.shape[1])]
    return grow_forest(table, np.array(role), weight, named, replace(TINY, depth=depth), 8, 0.5)


def test_the_same_pages_give_the_same_bytes(fitted: Fitted) -> None:
    again = fit(examples(), TINY)
    assert _bytes(again) == _bytes(fitted)
    assert all(np.array_equal(a, b) for a, b in zip(again.scores, fitted.scores, strict=True))


def test_every_page_is_scored_by_forests_that_name_their_features(fitted: Fitted) -> None:
    assert [s.shape for s in fitted.scores] == [(len(x.blocks), len(ROLES)) for x in examples()]
    assert set(fitted.first.features) <= set(features())
    assert set(fitted.second.features) <= {*fitted.first.features, *context_names()}
    for forest, trees in ((fitted.first, TINY.first_trees), (fitted.second, TINY.second_trees)):
        assert forest.feature.shape == forest.border.shape == (trees, TINY.depth)
        assert forest.leaves.dtype == np.int8
        assert forest.leaves.min() >= -127


def test_forests_learn_what_is_plain_to_see(fitted: Fitted) -> None:
    pages = examples()
    seen = look([x.blocks for x in pages], Weights(first=fitted.first, second=fitted.second, curves={}))
    wanted = np.array([ROLES.index(r) for x in pages for r in x.roles if r is not None])
    assert (seen.second.argmax(axis=1) == wanted).mean() > 0.8
    unseen = np.concatenate(fitted.scores).argmax(axis=1)
    assert (unseen == wanted).mean() > 0.5


def test_what_a_page_is_scored_with_has_not_seen_its_fold(fitted: Fitted) -> None:
    wrong = [replace(x, roles=[Role.COMMENT] * len(x.roles)) if x.fold == 1 else x for x in examples()]
    scores = fit(wrong, TINY).scores
    for example, page in zip(wrong, scores, strict=True):
        found = page.argmax(axis=1) == ROLES.index(Role.COMMENT)
        assert found.all() == (example.fold == 0)  # what was fitted to fold 1 alone knows nothing else


def test_a_page_without_weight_is_scored_and_not_fitted_to(fitted: Fitted) -> None:
    noise = [replace(x, weight=0.0, roles=[Role.COMMENT] * len(x.roles)) for x in examples()]
    found = fit([*examples(), *noise], TINY)
    assert _bytes(found) == _bytes(fitted)
    assert len(found.scores) == 2 * len(fitted.scores)
    assert all(np.array_equal(a, b) for a, b in zip(found.scores, fitted.scores + fitted.scores, strict=True))


def test_unnamed_blocks_count_as_boilerplate() -> None:
    pages: list[Example] = [
        replace(x, roles=[None if r is Role.BOILERPLATE else r for r in x.roles]) for x in examples()
    ]
    found = fit(pages, replace(TINY, depth=4, first_trees=20, second_trees=20))
    best = np.concatenate(found.scores).argmax(axis=1)
    unnamed = np.array([r is None for x in pages for r in x.roles])
    assert (best[unnamed] == ROLES.index(Role.BOILERPLATE)).mean() > 0.5


def test_no_block_is_taken_for_what_there_are_no_examples_of(fitted: Fitted) -> None:
    missing = set(Role) - {r for x in examples() for r in x.roles}
    assert missing
    best = {ROLES[i] for i in np.concatenate(fitted.scores).argmax(axis=1)}
    assert not best & missing


def test_pages_of_one_role_are_fitted_to_like_any() -> None:
    pages = [replace(x, roles=[Role.COMMENT] * len(x.roles)) for x in examples()]
    found = fit(pages, TINY)
    assert {ROLES[i] for i in np.concatenate(found.scores).argmax(axis=1)} == {Role.COMMENT}
    assert _bytes(found)


def test_it_tells_what_it_does() -> None:
    said: list[str] = []
    fit(examples()[:4], replace(TINY, first_trees=1, second_trees=1), said.append)
    assert said[0].startswith("4 pages, ")
    assert len(said) == 1 + 2 * TINY.folds


@pytest.mark.parametrize("border", [0, 1, 127, 253, 254])
def test_a_grown_tree_asks_the_question_it_was_grown_with(border: int) -> None:
    values = np.tile(np.array([border, border + 1], np.uint8), 50)
    table = np.stack([np.zeros(100, np.uint8), values], axis=1)
    forest = _grow(table, [3 if v > border else 5 for v in values.tolist()])
    assert forest.features[-1] == "f1"
    rows = [["f0", "f1"].index(name) for name in forest.features]
    best = forest.scores(np.ascontiguousarray(table[:, rows].T)).argmax(axis=1)
    assert best.tolist() == [3 if v > border else 5 for v in values.tolist()]


def test_a_leaf_is_told_by_all_its_answers() -> None:
    a, b = np.meshgrid(np.arange(2), np.arange(2))
    table = np.tile(np.stack([a.ravel(), b.ravel()], axis=1).astype(np.uint8), (25, 1))
    role = (table[:, 0] + 2 * table[:, 1]).tolist()
    forest = _grow(table, role)
    assert forest.scores(np.ascontiguousarray(table.T)).argmax(axis=1).tolist() == role


def test_trees_shallower_than_asked_are_filled_up() -> None:
    table = np.tile(np.array([[0], [1]], np.uint8), (50, 1))
    forest = _grow(table, [0, 1] * 50, depth=4)
    assert forest.leaves.shape[1] == 16
    assert forest.scores(table.T.copy()).argmax(axis=1).tolist() == [0, 1] * 50


def test_the_first_look_reads_what_the_table_of_features_holds(fitted: Fitted) -> None:
    blocks = examples()[0].blocks
    seen = look([blocks], Weights(first=fitted.first, second=fitted.second, curves={}))
    columns = columns_of(Table([blocks]))
    table = np.stack([columns[name] for name in fitted.first.features])
    assert np.array_equal(seen.first, fitted.first.scores(table))
