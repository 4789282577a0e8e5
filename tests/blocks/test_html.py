"""html and soup: the same blocks from a fast parser and a safe one."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from newsds.blocks import html_blocks
from newsds.blocks.soup import soup_blocks
from newsds.model import Blocks

Parser = Callable[[str], Blocks]
both = pytest.mark.parametrize("parse", [html_blocks, soup_blocks])


@both
@pytest.mark.parametrize(
    ("page", "texts"),
    [
        ("", []),
        ("Tea", ["Tea"]),
        ("<p>Tea<p>ships", ["Tea", "ships"]),
        ("<p>Tea</p>ships<p>boats</p>", ["Tea", "ships", "boats"]),
        ("<ul><li>a<li>b<ul><li>c</ul><li>d</ul>", ["a", "b", "c", "d"]),
        ("<table><tr><td>a<td>b<tr><td>c</table>", ["a", "b", "c"]),
        ("<b>Tea <i>and</b> ships</i>", ["Tea and ships"]),
        ("<p>Tea<span>pot</span>", ["Teapot"]),
        ("<P CLASS=a>Tea</P\n>", ["Tea"]),
        ("<p/>Tea<br/>ships<div/>boats", ["Tea\nships", "boats"]),
        ("a</div></b></nothing>b", ["ab"]),
        ("<div>a</p>b</div>", ["a", "b"]),
        ("a</br>b", ["a\nb"]),
        ("a</>b<i> </> </i>c<p></></p>", ["ab c"]),
        ("a<!-- <p>b</p> -->c", ["ac"]),
        ("a<!-->b<!--->c<!-- --!>d<!-- -- > e -->f", ["abcdf"]),
        ("<![if IE]>a<![x]>b<![ ]>c<![CDATA[d>e]]>f", ["abce]]>f"]),
        ("a<!-- <p>b</p> --", ["a"]),
        ("<!doctype html><?php x ?><![CDATA[y]]>a", ["a"]),
        ("<script>'<p>a</p>'</script><style>p > a {}</style>b", ["b"]),
        ("<script/>a</script>b", ["b"]),
        ("<noscript><p>a</p></noscript><template>b</template><svg><text>c</text></svg>d", ["d"]),
        ("<title>a</title><textarea>b</textarea><iframe>c</iframe>d", ["d"]),
        ("a &lt;p&gt; &amp;amp; &copy &bogus; &#x41;&#66", ["a <p> &amp; © &bogus; AB"]),
        ("a&#12b", ["a b"]),
        ("<p>&#" + "9" * 5000 + ";a", ["\ufffda"]),
        ("<p title='&#" + "9" * 5000 + ";'>a", ["a"]),
        ("5 < 6 <3 a<", ["5 < 6 <3 a<"]),
        ("<p title='a > b'>c", ["c"]),
        ("<a href=/b>c</a", ["c"]),
        ("Tea and <a hre", ["Tea and"]),
        ("Tea and <!-- shi", ["Tea and"]),
        ("Tea <b>and</b> shi</", ["Tea and shi"]),
        ("a\r\n<p>b\r<p>c", ["a", "b", "c"]),
        ("<ruby>漢<rp>(</rp><rt>かん</rt><rp>)</rp>字</ruby>", ["漢字"]),
        ("<p>&nbsp;</p><p>\u200b</p>", []),
        ("a<wbr>b<img alt=c>d<hr>e", ["abd", "e"]),
        ("<x-card>a<p>b</x-card>c", ["a", "b", "c"]),
    ],
)
def test_blocks(parse: Parser, page: str, texts: list[str]) -> None:
    assert [b.text for b in parse(page)] == texts


@both
@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r", "\n\r", "\f", "\v", "\x85", "\u2028", "\x1c"])
def test_offsets_behind_every_line_break(parse: Parser, newline: str) -> None:
    page = "<!--\n--><p\nclass=a>\nTea\nand\n<b>ships</b>\n</p>\n<p>boats</p>\n".replace("\n", newline)
    assert [page[b.start : b.end].replace(newline, " ") for b in parse(page)] == ["Tea and <b>ships", "boats"]


@both
def test_offsets_count_code_points(parse: Parser) -> None:
    page = "<p>\U0001f469\u200d\U0001f4bbé</p><p>茶</p>"
    assert [page[b.start : b.end] for b in parse(page)] == ["\U0001f469\u200d\U0001f4bbé", "茶"]


@both
def test_of_a_repeated_attribute_the_first_counts(parse: Parser) -> None:
    assert parse("<a href=/1 href=/2>a</a>")[0].anchors[0].href == "/1"


@both
@pytest.mark.parametrize(
    ("source", "href"),
    [("'/b?c&amp;d'", "/b?c&d"), ('"/b\r\nc"', "/b\nc"), ("/b/", "/b/"), ("&#47;b", "/b"), ("' /b '", "/b")],
)
def test_targets(parse: Parser, source: str, href: str) -> None:
    assert parse(f"<a href={source}>a</a>")[0].anchors[0].href == href


def test_what_looks_like_a_reference_in_a_target_is_none() -> None:
    assert html_blocks("<a href='/b?c=1&copy=2&reg=3'>a</a>")[0].anchors[0].href == "/b?c=1&copy=2&reg=3"


@both
def test_what_they_give(parse: Parser) -> None:
    blocks = parse("<html lang=en><title>Tea</title><body><nav class=menu><a href=/>Home</a></nav><h1>Tea</h1>")
    assert (blocks.kind, blocks.flags) == ("html", ())
    assert [(b.tag, b.gap, b.indent) for b in blocks] == [("nav", -1, -1), ("h1", -1, -1)]
    assert blocks.head is not None
    assert (blocks.head.title, blocks.head.language) == ("Tea", "en")
    assert blocks.nodes is not None
    assert blocks.nodes.tag == ["", "html", "body", "nav", "a", "h1"]
    assert blocks.nodes.label[3] == "menu"
