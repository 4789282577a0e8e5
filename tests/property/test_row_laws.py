"""Article ↔ row ↔ Arrow ↔ Parquet: the same values all the way and back."""

from __future__ import annotations

import io
import pickle

import pyarrow as pa
import pyarrow.parquet as pq
from hypothesis import given
from hypothesis import strategies as st

from newsds.model import Article
from newsds.schema import SCHEMA, article_from_row, article_to_row, articles_from_batch, articles_to_batch
from tests.property import strategies as some


@given(some.articles)
def test_row(article: Article) -> None:
    assert article_from_row(article_to_row(article)) == article
    assert pickle.loads(pickle.dumps(article)) == article


@given(st.lists(some.articles, max_size=4))
def test_batch(articles: list[Article]) -> None:
    batch = articles_to_batch(articles)
    batch.validate(full=True)
    assert batch.schema == SCHEMA
    assert list(articles_from_batch(batch)) == articles


@given(st.lists(some.articles, max_size=4))
def test_parquet(articles: list[Article]) -> None:
    file = io.BytesIO()
    pq.write_table(pa.Table.from_batches([articles_to_batch(articles)], schema=SCHEMA), file)
    table = pq.read_table(file)
    assert table.schema.equals(SCHEMA)
    assert list(articles_from_batch(table)) == articles


@given(st.lists(some.articles, min_size=1, max_size=3))
def test_slices(articles: list[Article]) -> None:
    batch = articles_to_batch(articles)
    for i, article in enumerate(articles):
        assert list(articles_from_batch(batch.slice(i, 1))) == [article]
