"""Scores → roles, under what a page obeys: the best sequence of roles, for all pages at once.

A title, a previous and a next article stand on a page once, so only the page's best block may be one, and the title
stands above the body. A teaser's snippet follows its headline, with at most what belongs to neither (date, section)
in between: the states of the sequence are the roles and *boilerplate behind a headline*, and only from a headline, a
snippet or that state does one come to a snippet.

Most blocks are beyond doubt. The sequence is cut there, but for the boilerplate right below a headline, and the
stretches between are decoded side by side: as many steps as the longest has blocks, each for all stretches of the batch
(A. Viterbi, 1967).
"""

from __future__ import annotations

from typing import Final

import numpy as np
import numpy.typing as npt

from newsds.model import Role
from newsds.native import kernels
from newsds.segment.arrays import Bools, Ints, Runs
from newsds.segment.context import ROLES, probabilities
from newsds.segment.forest import Scores

ONCE: Final = (Role.TITLE, Role.PREVIOUS, Role.NEXT)
_LEAST: Final = {Role.TITLE: 0.02, Role.PREVIOUS: 0.3, Role.NEXT: 0.3}
"""Probability from which the page's best block is one, though another role may be likelier for it."""
_WITHOUT_BODY: Final = 0.5
"""The same for the title of a page of which no block is likeliest body."""
_BESIDE: Final = {Role.PREVIOUS: Role.NEXT, Role.NEXT: Role.PREVIOUS}
_LEAST_BESIDE: Final = 0.08
_NEAR: Final = 5
"""Blocks within which a previous and a next article stand together: beside one, less will do for the other."""
_BULK: Final = 0.5
"""Share of the body above which the title stands."""
_SURE: Final = 0.97
_BETWEEN: Final = 4
"""Blocks below a headline that are not cut off from it, though they are boilerplate beyond doubt."""
_STEPS: Final = 64
"""Blocks of a stretch at most, so that time stays linear on a page of nothing but doubt."""
_FAR: Final = 1 << 12
"""Below the lowest score: 64 in natural logarithms, beyond all doubt."""
_NEVER: Final = -(1 << 28)
_SNIPPET: Final = ROLES.index(Role.REC_SNIPPET)
_OTHER: Final = ROLES.index(Role.BOILERPLATE)
_BEHIND: Final = len(ROLES)
"""State: boilerplate behind a recommended headline or snippet."""
_STATES: Final = len(ROLES) + 1


def _transitions() -> npt.NDArray[np.int64]:
    """Shape (states, states), from row to column: 0 where a page may go, `_NEVER` where not."""
    table = np.zeros((_STATES, _STATES), np.int64)
    listed = [ROLES.index(Role.REC_TITLE), _SNIPPET, _BEHIND]
    table[:, [_SNIPPET, _BEHIND]] = _NEVER
    for state in listed:
        table[state, [_SNIPPET, _BEHIND]] = 0
        table[state, _OTHER] = _NEVER  # it is `_BEHIND` there
    return table


_TRANSITIONS: Final = _transitions()
_RULES: Final = np.array(
    [ROLES.index(role) for role in (*ONCE, Role.BODY, Role.REC_TITLE, Role.REC_SNIPPET, Role.BOILERPLATE)]
    + [round(least * (1 << 16)) for least in (_LEAST[Role.TITLE], _WITHOUT_BODY, _LEAST[Role.PREVIOUS])]
    + [round(least * (1 << 16)) for least in (_LEAST[Role.NEXT], _LEAST_BESIDE, _SURE)]
    + [_NEAR, _BETWEEN, _STEPS, _NEVER]
)
"""All of that in numbers, for the kernel."""


def decode(scores: Scores, pages: Runs, never: Bools | None = None) -> Ints:
    """Return the best roles, as columns of `ROLES`.

    Args:
        scores: shape (blocks, roles).
        pages: which blocks are of which page.
        never: shape (blocks, roles): roles that a block cannot have; boilerplate it always can.
    """
    if not pages.rows:
        return np.zeros(0, np.int64)
    if never is not None:
        scores = np.where(never, scores.min() - _FAR, scores)
    chances = probabilities(scores)
    if kernels is not None:
        roles = np.empty(pages.rows, np.int64)
        scores = np.ascontiguousarray(scores, np.int32)
        kernels.decode_pages(scores, chances, pages.offsets, _RULES, _BULK, _TRANSITIONS, roles)
        return roles
    adjusted = scores.astype(np.int64)
    fixed = _once(adjusted, chances, pages)
    best = np.where(fixed >= 0, fixed, adjusted.argmax(axis=1))
    listed = np.isin(best, (_SNIPPET, ROLES.index(Role.REC_TITLE)))
    doubtful = (chances.max(axis=1) < round(_SURE * (1 << 16))) | listed
    doubtful |= (best == _OTHER) & (pages.since(listed) <= _BETWEEN)
    doubtful &= fixed < 0
    return _along(adjusted, best, doubtful, pages)


def _once(adjusted: Ints, chances: Ints, pages: Runs) -> Ints:
    """Fix the blocks of roles that a page has once, rule them out elsewhere; return the fixed roles, -1 for none."""
    fixed = np.full(pages.rows, -1, np.int64)
    body = np.cumsum(chances[:, ROLES.index(Role.BODY)])
    before = np.where(pages.first > 0, body[pages.first - 1], 0)
    total = body[pages.end - 1] - before
    above = (body - before) <= np.maximum(_BULK * total, 1 << 16)
    has_body = (
        np.bincount(pages.page[adjusted.argmax(axis=1) == ROLES.index(Role.BODY)], minlength=len(pages.sizes)) > 0
    )
    for role in ONCE:
        chance = chances[:, ROLES.index(role)]
        if role is Role.TITLE:
            least = np.where(has_body, 0, round(_WITHOUT_BODY * (1 << 16)))[pages.page]
            chance = np.where(above & (chance >= least), chance, 0)
        _fix(fixed, role, chance, _LEAST[role], pages)
    for role, other in _BESIDE.items():
        found = fixed == ROLES.index(other)
        near = np.minimum(pages.since(found), pages.until(found)) <= _NEAR
        _fix(fixed, role, np.where(near, chances[:, ROLES.index(role)], 0), _LEAST_BESIDE, pages)
    for role in ONCE:
        adjusted[:, ROLES.index(role)] = _NEVER
    return fixed


def _fix(fixed: Ints, role: Role, chance: Ints, least: float, pages: Runs) -> None:
    """Give a role to the best free block of each page that has none of it yet, if its chance is enough."""
    column = ROLES.index(role)
    has = np.bincount(pages.page[fixed == column], minlength=len(pages.sizes)) > 0
    chance = np.where((fixed < 0) & ~has[pages.page], chance, 0)
    full = np.flatnonzero(pages.sizes)
    highest = np.zeros(len(pages.sizes), np.int64)
    highest[full] = np.maximum.reduceat(chance, pages.offsets[full])
    rows = np.flatnonzero((chance == highest[pages.page]) & (chance >= round(least * (1 << 16))))
    _, first = np.unique(pages.page[rows], return_index=True)
    fixed[rows[first]] = column


def _along(adjusted: Ints, best: Ints, doubtful: Bools, pages: Runs) -> Ints:
    """Return the best roles, decoding the stretches of doubtful blocks and taking the best of each block elsewhere."""
    roles = best.copy()
    rows = np.flatnonzero(doubtful)
    if not len(rows):
        return roles
    opens = np.ones(len(rows), np.bool_)
    opens[1:] = (np.diff(rows) > 1) | (pages.page[rows[1:]] != pages.page[rows[:-1]])
    within = np.arange(len(rows)) - np.maximum.accumulate(np.where(opens, np.arange(len(rows)), 0))
    opens |= within % _STEPS == 0
    first = rows[opens]
    length = np.diff(np.append(np.flatnonzero(opens), len(rows)))
    order = np.argsort(-length, kind="stable")  # the longest first, so that those still going on are the first ones
    first, length = first[order], length[order]
    start = _TRANSITIONS[_state_before(best, doubtful, first, pages)]
    steps = int(length[0])
    back = np.zeros((steps, len(first), _STATES), np.int8)
    score = start + _emitted(adjusted, first)
    ends = [score]
    for step in range(1, steps):
        going = int(np.searchsorted(-length, -step, side="left"))
        reached = ends[-1][:going, :, None] + _TRANSITIONS
        back[step, :going] = reached.argmax(axis=1)
        ends.append(reached.max(axis=1) + _emitted(adjusted, first[:going] + step))
    state = np.zeros(len(first), np.int64)
    for step in range(steps - 1, -1, -1):
        going = len(ends[step])
        last = np.flatnonzero(length[:going] == step + 1)
        state[last] = ends[step][last].argmax(axis=1)
        roles[first[:going] + step] = np.where(state[:going] == _BEHIND, _OTHER, state[:going])
        state[:going] = back[step, np.arange(going), state[:going]]
    return roles


def _emitted(adjusted: Ints, rows: Ints) -> Ints:
    return np.concatenate([adjusted[rows], adjusted[rows, _OTHER, None]], axis=1)


def _state_before(best: Ints, doubtful: Bools, rows: Ints, pages: Runs) -> Ints:
    """State of the block above each row; boilerplate above the first of a page."""
    before = np.maximum(rows - 1, 0)
    inside = rows > pages.first[rows]
    return np.where(inside & ~doubtful[before], best[before], _OTHER)
