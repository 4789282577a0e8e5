"""The roles of a page, change by change: every step can be taken back, and is the same when it is taken again."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsds.model import Role
from newsds.view.history import History

ROLES = st.lists(st.sampled_from(Role), min_size=1, max_size=6)


@st.composite
def histories(draw: st.DrawFn) -> History:
    history = History.begin(draw(ROLES))
    blocks = st.integers(0, len(history.first) - 1)
    for step in draw(st.lists(st.sampled_from(["change", "change", "undo", "redo", "finish"]), max_size=12)):
        if step == "change":
            history = history.change(draw(st.dictionaries(blocks, st.sampled_from(Role), min_size=1)))
        else:
            history = getattr(history, step)()
    return history


@given(histories(), st.data())
def test_undo_takes_a_change_back_and_redo_makes_it_again(history: History, data: st.DataObject) -> None:
    block = data.draw(st.integers(0, len(history.first) - 1))
    changed = history.change({block: data.draw(st.sampled_from(Role))})
    assert changed.undo().roles == history.roles
    assert changed.undo().redo().roles == changed.roles
    assert not changed.can_redo


@given(histories())
def test_all_can_be_taken_back_and_made_again(history: History) -> None:
    back = history
    while back.can_undo:
        back = back.undo()
    assert back.roles == back.first
    again = back
    while again.can_redo:
        again = again.redo()
    while again.done > history.done:
        again = again.undo()
    assert again.roles == history.roles


@given(histories())
def test_a_page_is_done_until_it_is_changed(history: History) -> None:
    done = history.finish()
    assert done.finished
    assert done.roles == history.roles
    assert not done.change({0: Role.TAG}).finished
    assert done.undo().finished is (not done.can_undo)


def test_blocks_that_are_not_there_are_refused() -> None:
    page = History.begin([Role.BODY])
    for wrong in ({1: Role.TAG}, {-1: Role.TAG}, {}):
        with pytest.raises(ValueError, match="no such blocks"):
            page.change(wrong)
