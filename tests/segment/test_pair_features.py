"""pair features: the articles before and after, by their marks."""

from __future__ import annotations

import pytest

from newsds.blocks import html_blocks, text_blocks
from newsds.segment.features import columns_of
from newsds.segment.table import Table

P = "The mayor said on Monday that the bridge over the river will stay shut until the late autumn of this year."
BEFORE, AFTER = "Tea fair opens in the harbour", "New ferry line starts in June"


def _pair(*lines: str) -> list[tuple[int, int]]:
    columns = columns_of(Table([text_blocks("\n\n".join(lines))]))
    return list(zip(columns["pair_previous"].tolist(), columns["pair_next"].tolist(), strict=True))


@pytest.mark.parametrize(
    ("lines", "way"),
    [
        (("Previous article", BEFORE, "Next article", AFTER), 1),
        (("Vorheriger Beitrag", "3 May 2024", BEFORE, "Nächster Beitrag", "5 May 2024", AFTER), 1),
        ((f"« {BEFORE}", f"{AFTER} »"), 2),
        ((f"Previous article: {BEFORE}", f"Next article: {AFTER}"), 3),
    ],
)
def test_two_marked_the_same_way(lines: tuple[str, ...], way: int) -> None:
    found = dict(zip(lines, _pair(P, *lines)[1:], strict=True))
    before, after = (next(x for x in lines if title in x) for title in (BEFORE, AFTER))
    assert found[before] == (16 + way, 0)
    assert found[after] == (0, 16 + way)
    assert all(pair == (0, 0) for line, pair in found.items() if line not in (before, after))


def test_one_alone_and_two_in_different_ways() -> None:
    assert _pair(P, f"« {BEFORE}")[1] == (2, 0)
    assert _pair(P, f"« {BEFORE}", f"Next article: {AFTER}")[1:] == [(10, 0), (0, 11)]
    assert _pair(f"« {BEFORE}", *["Share"] * 8, f"{AFTER} »")[0] == (2, 0)


def test_elements_named_for_them() -> None:
    page = f"<p>{P}</p><div class=nav-previous><a href=/1>{BEFORE}</a></div><div class=nav-next><a>{AFTER}</a></div>"
    columns = columns_of(Table([html_blocks(page)]))
    assert columns["pair_previous"].tolist() == [0, 20, 0]
    assert columns["pair_next"].tolist() == [0, 0, 20]


def test_marks_without_headlines_and_with() -> None:
    marks = columns_of(Table([text_blocks(f"{P}\n\nPrevious article\n\nNext article")]))
    assert (marks["pair_mark_previous"].tolist(), marks["pair_mark_next"].tolist()) == ([0, 2, 0], [0, 0, 2])
    full = columns_of(Table([text_blocks(f"{P}\n\nPrevious article\n\n{BEFORE}\n\nNext article\n\n{AFTER}")]))
    assert full["pair_mark_previous"].tolist() == [0, 1, 0, 0, 0]
