"""explaining: why each block has its role."""

from __future__ import annotations

import re

from hypothesis import given

from newsds.blocks import html_blocks, text_blocks
from newsds.model import Blocks, Role
from newsds.segment import explain, segment
from newsds.segment.context import names
from newsds.segment.features import features
from tests.segment.strategies import full_pages

_REASON = re.compile(r"([^;=]+) = (\d+) \([+-]\d+\.\d\)")


@given(full_pages)
def test_each_block_has_a_margin_and_three_reasons(page: Blocks) -> None:
    labels = explain(page)
    assert len(labels.roles) == len(labels.margins) == len(labels.reasons) == len(page)
    known = {*features(), *names()}
    for role, reason in zip(labels.roles, labels.reasons, strict=True):
        other, _, said = reason.removeprefix("not ").partition(": ")
        assert Role(other) is not role
        parts = [_REASON.fullmatch(part) for part in said.split("; ")]
        assert len(parts) == 3
        for part in parts:
            assert part is not None
            assert part[1] in known
            assert 0 <= int(part[2]) <= 255


@given(full_pages)
def test_explaining_changes_nothing_of_what_is_said(page: Blocks) -> None:
    explained, said = explain(page), segment([page])[0]
    assert list(explained.roles) == list(said.roles)
    assert (explained.article, explained.confidence) == (said.article, said.confidence)
    assert not said.reasons
    assert not said.margins


def test_nothing_needs_no_reason() -> None:
    for page in (text_blocks(""), html_blocks("")):
        labels = explain(page)
        assert (list(labels.roles), list(labels.reasons), list(labels.margins)) == ([], [], [])
        assert not labels.article
