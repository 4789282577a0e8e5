"""decode: the best sequence of roles under what a page obeys."""

from __future__ import annotations

import time
from collections.abc import Container, Sequence
from itertools import product

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given, settings

from newsds.model import Role
from newsds.segment.arrays import Runs
from newsds.segment.context import ROLES, UNIT, probabilities
from newsds.segment.decode import ONCE, decode
from newsds.segment.forest import Scores
from tests.segment.strategies import scored

R = Role
LISTED = (R.REC_TITLE, R.REC_SNIPPET)
_ONE = 1 << 16


def _pages(of: Runs, x: npt.NDArray[np.int64]) -> list[list[Role]]:
    return [[ROLES[i] for i in part.tolist()] for part in np.split(x, of.offsets[1:-1])] if len(of.sizes) else []


def _allowed(roles: Sequence[Role], cut: Container[int] = ()) -> bool:
    """Whether each snippet follows a headline or a snippet, with boilerplate alone between, and no block of `cut`."""
    open_ = False
    for i, role in enumerate(roles):
        if role is R.REC_SNIPPET and not open_:
            return False
        open_ = role in LISTED or (open_ and role is R.BOILERPLATE and i not in cut)
    return True


@given(scored(most=12))
def test_what_a_page_has_once_is_there_once(drawn: tuple[Runs, Scores]) -> None:
    of, scores = drawn
    for roles in _pages(of, decode(scores, of)):
        assert all(roles.count(role) <= 1 for role in ONCE)


@given(scored(most=12))
def test_a_snippet_follows_its_headline_with_boilerplate_alone_between(drawn: tuple[Runs, Scores]) -> None:
    of, scores = drawn
    assert all(map(_allowed, _pages(of, decode(scores, of))))


@given(scored())
def test_roles_do_not_depend_on_the_batch(drawn: tuple[Runs, Scores]) -> None:
    of, scores = drawn
    alone = [decode(part, Runs([len(part)])) for part in np.split(scores, of.offsets[1:-1])]
    assert decode(scores, of).tolist() == [i for part in alone for i in part.tolist()]


@given(scored())
def test_the_scores_stay_as_they_are(drawn: tuple[Runs, Scores]) -> None:
    of, scores = drawn
    before = scores.copy()
    decode(scores, of)
    assert np.array_equal(scores, before)


def _once(scores: Scores) -> dict[int, Role]:
    """The blocks of roles that a page has once: of each the likeliest, if it is likely enough and free."""
    chances = probabilities(scores).tolist()
    body = [row[ROLES.index(R.BODY)] for row in chances]
    fixed: dict[int, Role] = {}
    half = max(sum(body) / 2, _ONE)
    above = {i for i in range(len(body)) if sum(body[: i + 1]) <= half}

    def fix(role: Role, least: float, among: Container[int]) -> None:
        free = [i for i in range(len(body)) if i not in fixed and i in among]
        chance = {i: chances[i][ROLES.index(role)] for i in free}
        best = max(free, key=lambda i: (chance[i], -i), default=None)
        if role not in fixed.values() and best is not None and chance[best] >= round(least * _ONE):
            fixed[best] = role

    has_body = any(row.argmax() == ROLES.index(R.BODY) for row in scores)
    fix(R.TITLE, 0.02 if has_body else 0.5, above)
    fix(R.PREVIOUS, 0.3, range(len(body)))
    fix(R.NEXT, 0.3, range(len(body)))
    for role, other in ((R.PREVIOUS, R.NEXT), (R.NEXT, R.PREVIOUS)):
        at = [i for i, r in fixed.items() if r is other]
        fix(role, 0.08, {i for i in range(len(body)) for j in at if abs(i - j) <= 5})
    return fixed


@settings(max_examples=150)
@given(scored(most=5))
def test_the_roles_are_the_best_that_are_allowed(drawn: tuple[Runs, Scores]) -> None:
    of, scores = drawn
    for roles, part in zip(_pages(of, decode(scores, of)), np.split(scores, of.offsets[1:-1]), strict=False):
        if not len(part):
            continue
        worth = part.astype(np.int64)
        fixed = _once(part)
        assert {i: r for i, r in enumerate(roles) if r in ONCE} == fixed
        sure = probabilities(part).max(axis=1) >= round(0.97 * _ONE)
        free = [
            sorted(set(ROLES) - set(ONCE), key=lambda r: (-int(row[ROLES.index(r)]), ROLES.index(r))) for row in worth
        ]
        best = [fixed.get(i, of_block[0]) for i, of_block in enumerate(free)]
        choices: list[list[Role]] = []
        cut = set[int]()
        for i, role in enumerate(best):
            below = role is R.BOILERPLATE and any(r in LISTED for r in best[max(0, i - 4) : i])
            if i in fixed or (sure[i] and role not in LISTED and not below):
                choices.append([role])
                cut.add(i)
            else:  # of the other roles, the best stands for all
                choices.append([*LISTED, R.BOILERPLATE, next(r for r in free[i] if r not in (*LISTED, R.BOILERPLATE))])

        def total(found: Sequence[Role], worth: npt.NDArray[np.int64] = worth) -> int:
            return sum(int(worth[i, ROLES.index(r)]) for i, r in enumerate(found))

        assert total(roles) == max(total(found) for found in product(*choices) if _allowed(found, cut))


def _scores(*blocks: dict[Role, float]) -> Scores:
    """Scores of blocks with these chances; what is left goes to boilerplate, a little to all."""
    table = np.full((len(blocks), len(ROLES)), 1e-4)
    for i, chances in enumerate(blocks):
        table[i, ROLES.index(R.BOILERPLATE)] += max(0.0, 1 - sum(chances.values()))
        for role, chance in chances.items():
            table[i, ROLES.index(role)] += chance
    scores: Scores = np.round(UNIT * np.log(table)).astype(np.int32)
    return scores


def _decoded(*blocks: dict[Role, float]) -> list[Role]:
    return _pages(Runs([len(blocks)]), decode(_scores(*blocks), Runs([len(blocks)])))[0]


def test_the_best_of_several_titles_is_one_though_another_role_is_likelier() -> None:
    found = _decoded({R.TITLE: 0.1, R.BODY: 0.2}, {R.TITLE: 0.3, R.SUBTITLE: 0.6}, {R.TITLE: 0.05}, {R.BODY: 0.99})
    assert found == [R.BOILERPLATE, R.TITLE, R.BOILERPLATE, R.BODY]


def test_a_title_without_body_must_be_likelier_than_not() -> None:
    assert R.TITLE not in _decoded({R.TITLE: 0.4}, *[{R.BODY: 0.3}] * 9)
    assert _decoded({R.TITLE: 0.55}, {R.BODY: 0.4})[0] is R.TITLE
    assert _decoded({R.TITLE: 0.1}, {R.BODY: 0.6})[0] is R.TITLE


def test_a_title_below_the_body_is_none() -> None:
    assert R.TITLE not in _decoded(*[{R.BODY: 0.99}] * 5, {R.TITLE: 0.9})


@pytest.mark.parametrize("between", range(5))
def test_a_snippet_may_follow_beyond_boilerplate_that_is_beyond_doubt(between: int) -> None:
    found = _decoded({R.REC_TITLE: 0.99}, *[{}] * between, {R.REC_SNIPPET: 0.95})
    assert found == [R.REC_TITLE, *[R.BOILERPLATE] * between, R.REC_SNIPPET]


def test_a_title_is_no_headline_that_a_snippet_follows() -> None:
    found = _decoded({R.REC_TITLE: 0.85, R.TITLE: 0.1}, {R.REC_SNIPPET: 0.95}, {R.BODY: 0.99})
    assert found[0] is R.TITLE
    assert found[1] is not R.REC_SNIPPET


def test_a_likely_snippet_makes_a_headline_of_the_line_above() -> None:
    found = _decoded({R.REC_TITLE: 0.4, R.COMMENT: 0.6}, {R.REC_SNIPPET: 0.95})
    assert found == [R.REC_TITLE, R.REC_SNIPPET]


def test_stretches_are_cut_but_lists_go_on() -> None:
    found = _decoded(*[{R.REC_TITLE: 0.9}, {R.REC_SNIPPET: 0.9}] * 200)
    assert found == [R.REC_TITLE, R.REC_SNIPPET] * 200


def test_nothing_is_nothing() -> None:
    assert decode(np.zeros((0, len(ROLES)), np.int32), Runs([])).tolist() == []
    assert decode(np.zeros((0, len(ROLES)), np.int32), Runs([0, 0])).tolist() == []


@pytest.mark.parametrize("sizes", [[100_000], [1] * 10_000 + [9] * 10_000])
def test_a_hundred_thousand_doubtful_blocks_take_no_time(sizes: list[int]) -> None:
    scores = np.random.default_rng(7).integers(-20, 20, (sum(sizes), len(ROLES))).astype(np.int32)
    start = time.perf_counter()
    decode(scores, Runs(sizes))
    assert time.perf_counter() - start < 3
