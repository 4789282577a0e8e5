"""topic: what lines share with the running text of their page."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsds.blocks import text_blocks
from newsds.segment.table import Table
from newsds.segment.topic import Topic
from tests.segment.strategies import full_pages

P1 = "The mayor of Harrow Vale said on Monday that the bridge over the river will stay shut until the late autumn."
P2 = "Steel for the bridge came late, and the mayor had to tell people in Harrow Vale to take the ferry again."


def _topic(*lines: str) -> Topic:
    return Table([text_blocks("\n\n".join(lines))]).topic


def test_a_headline_shares_words_with_the_text_and_a_menu_does_not() -> None:
    found = _topic("Sport results", "Mayor: bridge stays shut until autumn", P1, P2, "Cookie settings")
    assert found.words.tolist()[:2] == [0, 5]
    assert found.shared.tolist()[1] > 200 > found.shared.tolist()[0] == found.shared.tolist()[4] == 0


def test_endings_do_not_count() -> None:
    assert _topic("Autumnal bridges", P1).words.tolist()[0] == 2


@pytest.mark.parametrize(
    ("line", "times"), [("Harrow Vale", 2), ("harrow vale", 2), ("Ferry", 1), ("Lisbon", 0), ("Lisbon in autumn", 0)]
)
def test_how_often_the_text_holds_a_line(line: str, times: int) -> None:
    assert _topic(P1, P2, line).times.tolist()[2] == times


def test_scripts_without_blanks_are_compared_by_pairs_of_characters() -> None:
    told = "市长周一表示，跨河大桥将一直关闭到深秋，居民只能改乘渡轮。市长说，钢材来得太晚了，工程因此推迟。"
    found = _topic("跨河大桥关闭到秋天", told, "体育新闻", "市长")
    assert found.shared.tolist()[0] > 127
    assert found.shared.tolist()[2] == 0
    assert found.times.tolist()[3] == 2


def test_running_text_is_not_held_against_itself() -> None:
    assert _topic("A title", P1).shared.tolist()[1] == 0
    assert _topic("A title", P1, P2).shared.tolist()[1] > 0


def test_a_line_inside_one_near_it() -> None:
    found = _topic("Home > News > Bridge stays shut", "Bridge stays shut", "Share", P1, "News", "Bridge stays shut")
    assert found.inside.tolist() == [1, 2, 0, 0, 0, 0]
    assert _topic("Bridge stays shut", "Bridge stays shut until the end of October").inside.tolist() == [8, 4]


def test_the_line_that_shares_most_is_the_best() -> None:
    assert _topic("Autumn sale", "The mayor and the bridge over the river", P1, "").best.tolist() == [31, 255, 0]


@given(st.lists(full_pages, max_size=3))
def test_a_page_is_read_alike_in_any_batch(batch: list[object]) -> None:
    together = Table(batch).topic  # type: ignore[arg-type]
    alone = [Table([page]).topic for page in batch]  # type: ignore[list-item]
    for name in ("shared", "words", "best", "times", "inside"):
        assert getattr(together, name).tolist() == [x for one in alone for x in getattr(one, name).tolist()]


def test_work_is_bounded_on_a_page_of_many_lines_and_much_text() -> None:
    lines = [f"bridge {i}" for i in range(20_000)] + [P1] * 3_000
    table = Table([text_blocks("\n".join(lines))])
    assert table.prose.any()
    start = time.process_time()
    assert table.topic.times.max() == 0
    assert time.process_time() - start < 10
