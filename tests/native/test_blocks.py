"""Blocks of HTML in C and in Python."""

from __future__ import annotations

import gc
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from html.entities import html5
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from turbohtml import tokenize

from newsds.blocks import html
from newsds.blocks.builder import read_blocks, read_text
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


@dataclass
class _Token:
    """A token of no page, with all that turbohtml's have."""

    type: int = 0
    tag: str | None = None
    source: str | None = None
    data: str | None = None
    attrs: list[tuple[str, str | None]] | None = field(default_factory=list)
    line: int = 0
    col: int = 0

    def attr(self, name: str, default: str | None = None, /) -> str | None:
        return dict(self.attrs or ()).get(name, default)


_PAGE = "a &amp; b\n  c </> d \u00a0"
_names = st.sampled_from((*"abp", "x", "li", "td", "br", "time", "script", "title", "pre", "meta", "svg", "html"))
_places = st.integers(0, len(_PAGE))


@st.composite
def _tokens(draw: st.DrawFn) -> _Token:
    kind = draw(st.integers(0, 3))
    if kind == 0:
        data = st.one_of(st.none(), st.text(" a\n&", max_size=9))
        return _Token(data=draw(data), col=draw(_places), line=draw(st.integers(0, 1)))
    if kind == 3:
        return _Token(kind, source="<!---->", col=draw(_places))
    name = draw(_names)
    if kind == 2:
        return _Token(kind, name, f"</{name}>", col=draw(_places))
    found = draw(st.lists(st.tuples(st.sampled_from(("class", "href", "type", "x")), _values), max_size=2))
    return _Token(1, name, f"<{name}{found or ''}>", attrs=list(dict(found).items()), col=draw(_places))


@given(st.lists(_tokens(), max_size=20), limits)
def test_blocks_of_any_tokens_are_the_same(tokens: list[_Token], limit: int) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(html, "tokenize", lambda *_, **__: iter(tokens))
        assert html.html_blocks(_PAGE, limit=limit) == read_blocks(_PAGE, iter(tokens), limit=limit)


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
        "tokens": None,
        "limit": 9,
        "types": (0, 1, 2),
        "names": {"": 0, "p": 1},
        "kinds": memoryview(bytes(40)).cast("I"),
        "shown": {"class": 0},
        "references": {"amp;": "&"},
        "read_text": lambda *_: ("a", "a", 0, 1),
        "read_label": lambda _: ("a", False),
    }
    arguments = good | changed
    if arguments["tokens"] is None:
        arguments["tokens"] = tokenize(str(arguments["page"]), capture_source=True)
    return list(arguments.values())


def _text(**changed: Any) -> Iterator[object]:
    return iter([_Token(type=1, tag="p", source="<p x>"), _Token(data="a", **changed), _Token(type=3)])


class _Wrong:
    type = 1
    tag = "p"
    source = "<p >"

    def __init__(self, **changed: Any) -> None:
        vars(self).update(changed)


@pytest.mark.parametrize(
    "changed",
    [
        {"page": b""},
        {"tokens": []},
        {"tokens": iter([1])},
        {"tokens": iter([_Wrong(tag=1)])},
        {"tokens": iter([_Wrong(source=1), _Token(data="a", col=1)])},
        {"tokens": iter([_Wrong(source=""), _Token(data="a", col=1)])},
        {"tokens": iter([_Wrong(source="")] * 2000)},
        {"tokens": iter([_Wrong(type="a")])},
        {"tokens": iter([_Wrong(type=2**70)])},
        {"tokens": (1 // 0 for _ in "a")},
        {"tokens": _text(col=-1)},
        {"tokens": _text(col=2**62)},
        {"tokens": _text(line=-1)},
        {"tokens": _text(line=2)},
        {"tokens": _text(line=2**62)},
        {"tokens": iter([_Wrong(), _Token(data="a")])},
        {"tokens": iter([_Wrong(attrs=1), _Token(data="a", col=1)])},
        {"tokens": iter([_Wrong(attrs=[1]), _Token(data="a", col=1)])},
        {"tokens": iter([_Wrong(attrs=[("class", 1)]), _Token(data="a", col=1)])},
        {"tokens": iter([_Wrong(attrs=[([], "a")]), _Token(data="a", col=1)])},
        {"limit": 0},
        {"types": (0, 1)},
        {"types": "abc"},
        {"names": {}},
        {"names": {"": 0, "p": 2}},
        {"names": {"": 0, "p": "a"}},
        {"names": {"": 0, 1: 1}},
        {"names": [("", 0)]},
        {"kinds": bytes(40)},
        {"kinds": memoryview(bytes(36)).cast("I")},
        {"shown": None},
        {"shown": {"class": "a"}},
        {"references": None},
        {"references": {"amp;": 1}, "page": "<p>a &amp; b</p>"},
        {"read_text": None},
        {"read_text": lambda *_: None},
        {"read_text": lambda *_: ("a", "a", 0)},
        {"read_text": lambda *_: (b"a", "a", 0, 1)},
        {"read_text": lambda *_: 1 // 0},
        {"read_label": None},
        {"read_label": lambda _: "ab"},
        {"read_label": lambda _: (1, False)},
        {"read_label": lambda _: 1 // 0},
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
    shared = [page, read_text, html._read_label, *KINDS, *ATTRIBUTES]
    gc.collect()
    before = [sys.getrefcount(x) for x in shared]
    for _ in range(50):
        html.html_blocks(page)
        with pytest.raises(ZeroDivisionError):
            kernels.read_blocks(*_arguments(read_label=lambda _: 1 // 0))
    gc.collect()
    assert max(map(int.__sub__, map(sys.getrefcount, shared), before)) < 25  # others hold some of them, too


def test_what_the_kernel_is_told_of_tags() -> None:
    assert list(html._NAMES.values()) == list(range(len(html._NAMES)))
    assert set(html._NAMES) == {"", *KINDS} >= VOID_TAGS
    assert len(html._ENDED) <= 32
    assert html._TABLE.itemsize == 4
