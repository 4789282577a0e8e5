"""Blocks of HTML in C and in Python."""

from __future__ import annotations

import gc
import sys
from html.entities import html5
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from newsds.blocks import html
from newsds.blocks.builder import read_text
from newsds.blocks.tags import ATTRIBUTES, KINDS, VOID_TAGS
from newsds.decode import decode
from newsds.model import Blocks
from newsds.native import kernels
from tests.corpus import Case, cases
from tests.property import strategies as some

pytestmark = pytest.mark.skipif(kernels is None, reason="the kernels were not built")

limits = st.one_of(st.just(100_000), st.integers(1, 4))


def _in_python(page: str, limit: int = 100_000) -> Blocks:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(html, "kernels", None)
        return html.html_blocks(page, limit=limit)


@given(some.html_pages, limits)
@example("<a href=' /b '>a</a><a href=''>b</a><a>c</a>\r\r\n<time datetime=' 1 '>d", 9)
@example("<title>a<b></title><svg><title>b</title></svg><script type=ld+json>{}</script><plaintext><p>c</p>", 9)
@example("a<!--" + "\r" * 200 + "\n" * 200 + "\r\n" * 200 + "-->b<p>\r", 9)
def test_blocks_of_pages_are_the_same(page: str, limit: int) -> None:
    assert html.html_blocks(page, limit=limit) == _in_python(page, limit)


@given(some.soup, limits)
def test_blocks_of_any_signs_are_the_same(page: str, limit: int) -> None:
    page = decode(page).text
    assert html.html_blocks(page, limit=limit) == _in_python(page, limit)


_CHARS = " ab&<>;\n\t\r\f\v\x00\x1c\x7f\x85\u00a0\u00ad\u00e4\u200b\u2003\u2028\u3000\u6f22\ud800\ufeff\U0001f600"


_parts = st.one_of(
    st.text(_CHARS, max_size=9),
    st.sampled_from(("<b>", "</b>", "<br>", "<pre>", "<x>a &amp; b</x>", " &nbsp;", "&amp;lt;", "& b</b>", "Q&A")),
    st.sampled_from(
        ("&lt;", "&#8217;", "&#160;", "&#x41;", "&#128;", "&#55296;", "&notin;", "&notit;", "&NotEqualTilde;")
    ),
    st.integers(0, 0x11FFFF).map(lambda n: f"&#{n};"),
    st.sampled_from(sorted(html5)).map(lambda name: f"&{name}"),
)


@given(st.lists(_parts, max_size=9))
@example(["<p>", "\u00a0&nbsp; a &lt;b&gt; &#39;c&#39; & d &nbsp;\n", "</p>"])
@example(["<p>", "a&;b", "</p>"])
@example(["<p>", "a &amp", "</p>"])
@example(["<p>", "&" + "a" * 40 + ";", "</p>"])
@example(["<p>", "\r&amp;", "</p>"])
@example(["<p>", "a &amp; </>b", "</p>"])
def test_texts_are_the_same(parts: list[str]) -> None:
    page = decode("".join(parts)).text
    assert html.html_blocks(page) == _in_python(page)


_values = st.one_of(
    st.text(" aB\n\t\x1c\x85\u00a0\u00c4\u0130", max_size=9),
    st.sampled_from(("true", "DISPLAY : none", "visibility:hidden", "nonE", "d\u0131splay:none", "a" * 300)),
)
_attributes = st.lists(st.tuples(st.sampled_from((*ATTRIBUTES, "title")), _values), max_size=12)


@given(st.lists(st.tuples(st.sampled_from(("p", "main", "script", "x")), _attributes), max_size=4))
def test_labels_are_the_same(tags: list[tuple[str, list[tuple[str, str]]]]) -> None:
    written = ((tag, "".join(f" {name}='{value}'" for name, value in found)) for tag, found in tags)
    page = "".join(f"<{tag}{found}>a</{tag}>" for tag, found in written)
    assert html.html_blocks(page) == _in_python(page)


@pytest.mark.parametrize("case", [c for c in cases() if c.page.suffix == ".html"], ids=lambda c: c.name)
def test_blocks_of_the_corpus_are_the_same(case: Case) -> None:
    page = decode(case.page.read_bytes()).text
    for source in (page, page[: len(page) // 2], page.replace("\n", "\r"), f"{page}\U0001f600"):
        assert html.html_blocks(source) == _in_python(source)


@pytest.mark.parametrize(
    "page",
    [
        "<b>a" * 3000,
        "<p>a" * 3000,
        "<a href=x>a" * 3000,
        "<x>" * 5000 + "a" + "</x>" * 5000,
        "".join(f"<x{i} y>" for i in range(3000)),
        "<p>a" + "\r" * 100_000 + "<p>b",
    ],
)
def test_pages_without_end_are_the_same(page: str) -> None:
    assert html.html_blocks(page) == _in_python(page)


def _arguments(**changed: Any) -> list[Any]:
    good: dict[str, Any] = {
        "page": "<p class=\u00e4>a &ouml; b",
        "limit": 9,
        "names": {"": 0, "p": 1},
        "kinds": memoryview(bytes(40)).cast("I"),
        "shown": {"class": 0},
        "references": {"amp;": "&"},
        "read_text": lambda *_: ("a", "a", 0, 1),
        "read_tag": lambda _: (None, None, 0, "a", False),
    }
    return list((good | changed).values())


@pytest.mark.parametrize(
    "changed",
    [
        {"page": b""},
        {"limit": 0},
        {"names": {}},
        {"names": {"": 0, "p": 2}},
        {"names": {"": 0, "p": "a"}},
        {"names": {"": 0, 1: 1}},
        {"names": [("", 0)]},
        {"kinds": bytes(40)},
        {"kinds": memoryview(bytes(36)).cast("I")},
        {"shown": None},
        {"shown": {"class": "a"}},
        {"shown": {1: 0}},
        {"shown": {"\u00e4": 0}},
        {"shown": {"a" * 33: 0}},
        {"shown": {"a" * n: 0 for n in range(33)}},
        {"references": None},
        {"references": {"amp;": 1}, "page": "<p>a &amp; b</p>"},
        {"read_text": None},
        {"read_text": lambda *_: None},
        {"read_text": lambda *_: ("a", "a", 0)},
        {"read_text": lambda *_: (b"a", "a", 0, 1)},
        {"read_text": lambda *_: 1 // 0},
        {"read_tag": None},
        {"read_tag": lambda _: "abcde"},
        {"read_tag": lambda _: (None, None, 0, 1, False)},
        {"read_tag": lambda _: (1, None, 0, "a", False)},
        {"read_tag": lambda _: (None, b"", 0, "a", False)},
        {"read_tag": lambda _: (None, None, "", "a", False)},
        {"read_tag": lambda _: 1 // 0},
    ],
)
def test_what_does_not_fit_is_an_error(changed: dict[str, Any]) -> None:
    assert kernels is not None
    kernels.read_blocks(*_arguments())
    with pytest.raises((ValueError, TypeError, AttributeError, OverflowError, ZeroDivisionError)):
        kernels.read_blocks(*_arguments(**changed))


def test_nothing_is_kept_of_a_page() -> None:
    page = "<html lang=x><a href=' /b '>a &amp; b</a><p class=\u00e4>c<p class=d hidden>e<meta name=f><script type=g>"
    html.html_blocks(page)
    shared = [page, read_text, html._read_tag, *KINDS, *ATTRIBUTES]
    gc.collect()
    before = [sys.getrefcount(x) for x in shared]
    for _ in range(50):
        html.html_blocks(page)
        with pytest.raises(ZeroDivisionError):
            kernels.read_blocks(*_arguments(read_tag=lambda _: 1 // 0))
    gc.collect()
    assert max(map(int.__sub__, map(sys.getrefcount, shared), before)) < 25  # others hold some of them, too


def test_what_the_kernel_is_told_of_tags() -> None:
    assert list(html._NAMES.values()) == list(range(len(html._NAMES)))
    assert set(html._NAMES) == {"", *KINDS} >= VOID_TAGS
    assert len(html._ENDED) <= 32
    assert html._TABLE.itemsize == 4
