"""features: every feature is one byte a block, and of its page alone."""

from __future__ import annotations

import re

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsds.blocks import html_blocks, text_blocks
from newsds.model import Blocks
from newsds.segment.arrays import Bytes
from newsds.segment.context import names as context_names
from newsds.segment.features import columns_of, features
from newsds.segment.table import Table
from newsds.segment.weights import weights
from tests.segment.strategies import full_pages, text_pages

HTML = (
    "<title>Rain over the hills – Courier</title><nav class=menu><a href=/>Home</a> <a href=/w>World</a></nav><article>"
    "<h1>Rain over the hills</h1><p class=byline>By Ann Lee, 3 May 2024</p>"
    + "<p>It rained over the hills of Harrow Vale on Monday, and then it rained over the river again.</p>"
    * 3
    + "<ul class=tags><li><a rel=tag href=/tag/tea>tea</a></ul></article><h2>Related articles</h2>"
    "<div class=related><a href=https://x.example/2024/05/snow-is-next>Snow is next</a></div><footer>© 2024</footer>"
)
TEXT = "Rain over the hills\n\nIt rained, and then it rained again.\n\n    Tags: tea\n>>: Snow is next"
OF_ELEMENTS = re.compile(
    r"(?:html|hidden|block_element|links"
    r"|(?:element|element_1|element_2|depth|link_share|held_blocks_1|path_count|in_li|target_(?:hyphens|depth|tag))(?:[+-]\d)?"
    r"|(?:in|near|any|target|link_label|path|tags)_\w+|held_\w+_\d|main\d\d_\w+|same_(?:path|parent|node)[+-]\d"
    r"|declared_(?:keyword|section|author|description|body))"
)
"""Families of features that only HTML has."""
OF_LINES = {"gap", "indent", "gap-2", "gap-1", "gap+1", "gap+2"}


def _all(batch: list[Blocks]) -> dict[str, Bytes]:
    columns = columns_of(Table(batch))
    return {name: columns[name] for name in features()}


def test_every_feature_has_a_name_and_says_what_it_means() -> None:
    assert all(f.name == name and f.meaning.strip() for name, f in features().items())
    assert not set(features()) & set(context_names())
    assert not any(" " in name or not name.isascii() for name in features())


@pytest.mark.parametrize("name", features())
def test_a_feature_is_a_byte_a_block_and_fits_it(name: str) -> None:
    table = Table([html_blocks(HTML), text_blocks(TEXT), html_blocks("<p>x"), text_blocks("x")])
    raw = np.asarray(features()[name].column(columns_of(table)))
    assert raw.shape == (table.pages.rows,)
    assert columns_of(table)[name].dtype == np.uint8
    assert np.array_equal(raw, columns_of(table)[name])


@given(st.lists(full_pages, min_size=1, max_size=3))
def test_no_feature_is_cut_to_fit_a_byte(batch: list[Blocks]) -> None:
    columns = columns_of(Table(batch))
    for name, feature in features().items():
        assert np.array_equal(feature.column(columns), columns[name]), name


@given(st.lists(full_pages, min_size=2, max_size=4))
def test_the_features_of_a_page_do_not_depend_on_its_batch(batch: list[Blocks]) -> None:
    together = _all(batch)
    alone = [_all([page]) for page in batch]
    for name, column in together.items():
        assert np.array_equal(column, np.concatenate([x[name] for x in alone])), name


@given(st.lists(text_pages, min_size=1, max_size=2))
def test_features_of_elements_are_0_in_text(batch: list[Blocks]) -> None:
    columns = _all([*batch, html_blocks(HTML)])
    rows = slice(0, sum(map(len, batch)))
    for name, column in columns.items():
        if OF_ELEMENTS.fullmatch(name):
            assert not column[rows].any(), name


@given(full_pages.filter(lambda b: b.kind == "html"))
def test_features_of_lines_are_0_in_html(page: Blocks) -> None:
    columns = columns_of(Table([page]))
    assert not any(columns[name].any() for name in OF_LINES)


def test_the_families_of_elements_name_features_of_elements_alone() -> None:
    found = {name for name in features() if OF_ELEMENTS.fullmatch(name)}
    for family in ("in_p", "near_tag", "any_tag", "held_words_0", "main80_inside", "path_rank", "target_tag", "links"):
        assert family in found
    for other in (
        "words",
        "chars",
        "declared_title",
        "since_h1",
        "cut+1",
        "same",
        "same+1",
        "whole_tags-1",
        "longer+1",
    ):
        assert other in features()
        assert other not in found


def test_features_are_computed_when_they_are_asked_for() -> None:
    columns = columns_of(Table([text_blocks(TEXT)]))
    assert columns["words"] is columns["words"]
    with pytest.raises(KeyError):
        columns["no such feature"]


def test_the_weights_use_features_that_there_are() -> None:
    for fitted in weights(None).kinds.values():
        assert set(fitted.first.features) <= features().keys()
        assert set(fitted.second.features) <= features().keys() | set(context_names())
