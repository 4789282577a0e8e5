"""labelling: blocks of a batch in, labels out, whatever the weights."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from newsds.metadata import read_metadata
from newsds.model import Blocks, Head, Role
from newsds.segment import segment
from newsds.segment.decode import ONCE
from tests.segment.strategies import pages


@given(st.lists(pages, max_size=4))
def test_every_block_has_one_role_and_every_page_obeys(batch: list[Blocks]) -> None:
    found = segment(batch)
    assert [len(labels.roles) for labels in found] == [len(page) for page in batch]
    for labels in found:
        assert all(isinstance(role, Role) for role in labels.roles)
        assert all(list(labels.roles).count(role) <= 1 for role in ONCE)
        assert not labels.article or Role.BODY in labels.roles


@given(st.lists(pages, max_size=4))
def test_a_page_is_labelled_alike_in_any_batch_and_any_order(batch: list[Blocks]) -> None:
    found = segment(batch)
    assert found == [segment([page])[0] for page in batch]
    assert found == segment(batch[::-1])[::-1]


@given(st.lists(pages, max_size=3))
def test_what_the_caller_has_read_already_is_what_is_read(batch: list[Blocks]) -> None:
    assert segment(batch, [read_metadata(b.head or Head()) for b in batch]) == segment(batch)
