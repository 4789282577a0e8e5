"""extract: never raises, loses nothing, says the same each time."""

from __future__ import annotations

import pickle
from typing import Literal

from hypothesis import given
from hypothesis import strategies as st

from newsds.chars import VISIBLE, is_blank
from newsds.decode import decode
from newsds.model import Page, Role
from newsds.pipeline import explain, extract, extract_batch, extract_pages, rejection_of
from newsds.schema import articles_to_batch
from newsds.validate import check
from tests.property import strategies as some

Kind = Literal["auto", "text", "html"]
raws = st.one_of(some.any_page, some.contents)
kinds: st.SearchStrategy[Kind] = st.sampled_from(("auto", "text", "html"))
urls = st.sampled_from(
    (None, "https://www.news.example/a", "not an address", "http://[::bad", "https://münchen.example/ä")
)


@given(raws, kinds, urls)
def test_spans_part_the_page(raw: bytes | str, kind: Kind, url: str | None) -> None:
    article = extract(raw, kind=kind, url=url)
    page = decode(raw).text
    assert article.page_chars == len(page)
    left, at = [], 0
    for span in article.spans:
        assert at <= span.start < span.end
        left.append(page[at : span.start])
        at = span.end
    assert at <= len(page)
    if article.kind == "text":
        assert not any(VISIBLE.search(piece) for piece in [*left, page[at:]])


@given(raws, kinds)
def test_paragraphs_are_the_text_and_the_text_is_the_body(raw: bytes | str, kind: Kind) -> None:
    article = extract(raw, kind=kind)
    assert "\n\n".join(article.text[p.start : p.end] for p in article.paragraphs) == article.text
    assert all(VISIBLE.search(article.text, p.start, p.end) for p in article.paragraphs)
    blocks, labels = explain(raw, kind=kind)
    body = [t for t, role in zip(blocks.text, labels.roles, strict=True) if labels.article and role is Role.BODY]
    assert article.text.split() == "\n\n".join(body).split()


@given(raws, kinds, urls)
def test_rows_keep_every_rule(raw: bytes | str, kind: Kind, url: str | None) -> None:
    article = extract(raw, kind=kind, url=url)
    broken = [b for b in check(articles_to_batch([article])).broken if b.rule != "text_visible"]
    assert broken == []
    if is_blank(article.text):
        assert rejection_of(article) is not None


@given(raws, kinds, urls)
def test_extract_says_the_same_each_time(raw: bytes | str, kind: Kind, url: str | None) -> None:
    article = extract(raw, kind=kind, url=url)
    assert extract(raw, kind=kind, url=url) == article
    assert pickle.loads(pickle.dumps(article)) == article


@given(st.lists(some.pages, max_size=5))
def test_a_batch_is_its_pages_one_by_one(pages: list[Page]) -> None:
    single = [article for page in pages for article in extract_pages([page])]
    assert extract_pages(pages) == single
    assert extract_pages(pages[::-1]) == single[::-1]
    assert extract_batch(pages).equals(articles_to_batch(single))
