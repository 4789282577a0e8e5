"""The canonical form is what the standard library's JSON writes, and so what any language can."""

from __future__ import annotations

import json
import math
from datetime import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsds.canonical import encode_row, encode_rows
from newsds.model import Article
from newsds.schema import articles_to_batch
from tests.property import strategies as some


def plain(row: dict[str, object]) -> bytes:
    def other(value: object) -> str:
        assert isinstance(value, datetime)
        return value.strftime("%Y-%m-%dT%H:%M:%S.") + f"{value.microsecond // 1000:03d}Z"

    rounded = {key: round(value, 3) if isinstance(value, float) else value for key, value in row.items()}
    text = json.dumps(rounded, sort_keys=True, ensure_ascii=False, separators=(",", ":"), default=other)
    return text.encode()


@given(st.lists(some.articles, min_size=1, max_size=4))
def test_articles_are_written_as_json(articles: list[Article]) -> None:
    batch = articles_to_batch(articles)
    assert list(encode_rows(batch)) == [plain(row) for row in batch.to_pylist()]


@given(
    st.dictionaries(
        st.text(st.characters(exclude_categories=["Cs"]), max_size=4),
        st.none()
        | st.booleans()
        | st.integers(-(2**63), 2**63 - 1)
        | st.floats(0, 1)
        | st.text(st.characters(exclude_categories=["Cs"])),
    )
)
def test_any_characters_and_numbers(row: dict[str, object]) -> None:
    assert encode_row(row) == plain(row)


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf, "\ud800", {1, 2}])
def test_what_has_no_form_is_an_error(value: object) -> None:
    with pytest.raises((ValueError, TypeError)):
        encode_row({"a": value})
