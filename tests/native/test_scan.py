"""Tokens of HTML: blocks of what the kernel scans, and of turbohtml's tokens."""

from __future__ import annotations

import random
import time

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from turbohtml import tokenize

from newsds.blocks import html
from newsds.blocks.tags import KINDS, TEXT_ONLY
from newsds.decode import decode
from newsds.model import Blocks
from newsds.native import kernels
from tests.corpus import Case, cases

pytestmark = pytest.mark.skipif(kernels is None, reason="the kernels were not built")


def _in_python(page: str) -> Blocks:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(html, "kernels", None)
        return html.html_blocks(page)


_names = st.sampled_from(
    (
        *("a", "A", "b", "p", "td", "time", "div", "meta", "html", "link", "pre", "blockquote", "p\0", "\u00e4", "svg"),
        *TEXT_ONLY,
        "SCRIPT",
        "plaintext",
    )
)
_attributes = st.sampled_from(
    (
        "class",
        "CLASS",
        "id",
        "href",
        "type",
        "datetime",
        "hidden",
        "style",
        "aria-hidden",
        "rel",
        "x",
        "=",
        "i\0d",
        "lang",
    )
)
_values = st.sampled_from(
    (
        *(
            "",
            "a",
            "b c",
            " d ",
            "&amp;",
            "&",
            "&nbsp;x",
            "a&b=c",
            "a&copy=b",
            "&#65;",
            "&#x41;",
            "&lt;p&gt;",
            "'",
            "1'",
        ),
        *("true", "none", "display:none", "ld+json", "canonical", "\u00c4", "\r\n", "\r", "\0", "\x1ce\x85", "\u00a0z"),
    )
)
_spaces = st.sampled_from((" ", "  ", "/", "\n", "\r", "\t", "\f", ""))
_signs = st.sampled_from(
    (
        *(
            "<",
            ">",
            "</",
            "</>",
            "</ ",
            "<!",
            "<!--",
            "<!-->",
            "<!--->",
            "--",
            "-->",
            "--!>",
            "->",
            "<?",
            "<![CDATA[",
            "]]>",
        ),
        *("<!doctype", "/", '"', "'", "=", "-", "!", "<script", "</script", "</title", "</TITLE ", "<title>", "</xmp>"),
        *(" ", "\n", "\r", "\r\n", "\0", "\f", "\t", "\u00a0", "\u200b", "\u3c00", "\u3e3c", "\U0001f600", "\ud800"),
        *(
            "&",
            "&amp;",
            "&nbsp;",
            "&nbsp",
            "&nbspa",
            "&#32;",
            "&#160",
            "&#xa0;",
            "&#X3000",
            "&Tab;",
            "&emsp;",
            "&ensp",
            "&#;",
        ),
        *(
            "&#13;",
            "&#0;",
            "&#12288;",
            "&#x",
            "&#00000000000000000032;",
            "&#4294967328;",
            "&#8203;",
            "&thinsp;&#9",
            "a",
            "b",
        ),
    )
)


@st.composite
def _tag(draw: st.DrawFn) -> str:
    tag = draw(st.sampled_from(("<", "<", "</"))) + draw(_names)
    for name in draw(st.lists(_attributes, max_size=4)):
        tag += draw(_spaces) + name
        if draw(st.booleans()):
            quote = draw(st.sampled_from(("", '"', "'")))
            tag += draw(st.sampled_from(("=", " = "))) + quote + draw(_values) + quote
    return tag + draw(st.sampled_from((">", ">", "/>", " >", "")))


@given(st.lists(st.one_of(_tag(), _signs), max_size=20).map("".join))
@example("a</></>b</><i>c</>")
@example("</></>a<b>&nbsp; </>&#32;<b x='>'")
@example("a<p class=b x='>'")
@example("<script><!--<script></script>--></script>a")
@example("<script><!--><script></script>a")
@example("<script><!--<script <!--</script></script >a</script>b")
@example("<a href='&amp;b&#99;' href=c>a</a><a href='&b'>b<a href=\r>c")
@example("<a class=b class=&amp;>a</a>")
def test_tokens_of_any_markup_are_the_same(page: str) -> None:
    assert html.html_blocks(page) == _in_python(page)


@pytest.mark.parametrize("tag", sorted(KINDS))
def test_text_only_is_where_turbohtml_says(tag: str) -> None:
    tokens = [token.tag for token in tokenize(f"<{tag}><x></{tag}><y>")]
    assert ("x" in tokens) == (tag not in TEXT_ONLY | {"plaintext"})
    assert ("y" in tokens) == (tag != "plaintext")


@pytest.mark.parametrize("case", [c for c in cases() if c.page.suffix == ".html"], ids=lambda c: c.name)
def test_damaged_pages_are_the_same(case: Case) -> None:
    page = decode(case.page.read_bytes()).text
    rng = random.Random(page)
    for _ in range(3):
        cut = page[: rng.randrange(len(page))]
        signs = list(page)
        for _ in range(20):
            signs[rng.randrange(len(signs))] = rng.choice("<>/\"'=!-&\0")
        for damaged in (cut, "".join(signs), page.replace("\n", rng.choice(("\r", "\r\n", "\n\r")))):
            assert html.html_blocks(damaged) == _in_python(damaged)


@pytest.mark.parametrize("case", [c for c in cases() if c.page.suffix == ".html"], ids=lambda c: c.name)
def test_a_tag_alone_says_what_it_says_on_its_page(case: Case) -> None:
    page = decode(case.page.read_bytes()).text
    for token in tokenize(page, capture_source=True):
        if token.type.name == "START_TAG":
            (alone,) = tokenize(token.source or "")
            assert (alone.tag, alone.attrs) == (token.tag, token.attrs)


_CHARS = 5_000_000


@pytest.mark.parametrize(
    ("before", "repeated"),
    [
        ("", "<"),
        ("", "</"),
        ("", "</>"),
        ("", "<!"),
        ("", "<!--"),
        ("<!--", "--!"),
        ("", "<a "),
        ("", "<a b='"),
        ("<a ", "b=c "),
        ("<a ", "class=d "),
        ("<a href='", "&amp;"),
        ("<a href='", "&a"),
        ("", "<?"),
        ("<title>", "</title"),
        ("<title>", "</titl>"),
        ("<script>", "<!--"),
        ("<script>", "<!--<script>"),
        ("<script><!--", "<script></script "),
        ("<script>", "</script"),
        ("<plaintext>", "<"),
        ("", "&nbsp;"),
        ("", "&"),
        ("", "&#"),
        ("<b>", "</>&nbsp;"),
        ("", "<a b=\u3c00>\u3c00"),
        ("<" + "a" * 4_000_000 + ">", "</a>"),
    ],
)
def test_hostile_pages_take_no_time(before: str, repeated: str) -> None:
    _is_soon_read(before + repeated * (_CHARS // len(repeated)))


def test_tags_that_are_all_different_take_no_time() -> None:
    _is_soon_read("".join(f"<a href={i}>a</a><p class={i}>" for i in range(150_000)))


def _is_soon_read(page: str) -> None:
    start = time.process_time()
    html.html_blocks(page)
    assert time.process_time() - start < 3  # an eighth of it, on a machine that does nothing else
