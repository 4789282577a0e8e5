"""What the laws are tried on: texts, pages, articles, from the harmless to the hostile."""

from __future__ import annotations

import random
import re
import textwrap
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from hypothesis import strategies as st
from hypothesis.strategies import DrawFn, SearchStrategy

from newsds.model import Article, Confidence, Flag, Link, Page, Paragraph, Recommendation, Role, Span

# --- text ------------------------------------------------------------------------------------------------------------

NEWLINES = ("\n", "\r\n", "\r", "\v", "\f", "\x1c", "\x1d", "\x1e", "\x85", "\u2028", "\u2029")
BLANKS = (" ", "\t", "\u00a0", "\u3000", "\u2009", "\u200b", "\u200d", "\u200f", "\ufeff", "\u00ad", "\u2060", "\u180e")
ODD = (
    "…",
    "—",
    "«",
    ">>:",
    "<<:",
    "#",
    "\u0301",
    "\U0001f469\u200d\U0001f4bb",
    "\ufffd",
    "\x00",
    "\x7f",
    "\x9f",
    "\x1b[0m",
)

any_text: SearchStrategy[str] = st.text(st.characters(exclude_categories=["Cs"]), max_size=60)
any_str: SearchStrategy[str] = st.text(max_size=60)
"""lone surrogates among it"""

LETTERS = "abcdefghijklmnopqrstuvwxyzäöéñşабвгдежзиклмнопрстуαβγδεζηθ"
words: SearchStrategy[str] = st.text(LETTERS, min_size=2, max_size=12)
cjk: SearchStrategy[str] = st.text("的一是了我不在人有他这中大来上国个到说们、，", min_size=2, max_size=30)


@st.composite
def sentences(draw: DrawFn, least: int = 3, most: int = 24) -> str:
    """A capital letter, words, a full stop."""
    line = " ".join(draw(st.lists(words, min_size=least, max_size=most)))
    return line[0].upper() + line[1:] + draw(st.sampled_from(".....!?"))


def paragraphs(least: int = 1, most: int = 8) -> SearchStrategy[str]:
    """Sentences in a row."""
    return st.lists(sentences(), min_size=least, max_size=most).map(" ".join)


pieces: SearchStrategy[str] = st.one_of(
    st.sampled_from(NEWLINES),
    st.sampled_from(NEWLINES),
    st.sampled_from(BLANKS),
    st.sampled_from(ODD),
    words,
    any_text,
    cjk,
)
dirty_pages: SearchStrategy[str] = st.lists(pieces, max_size=40).map("".join)
"""text with every kind of line break and blank, anywhere"""

_SHORT_LINES = (
    "Tags", "Tags: tea, harbours", "#tea #harbours", "标签： 茶 海港", "TikTok", "<<:  The one before it is here",
    ">>:  The one after it is here", "Previous article", "Next article", "Related articles",
    "Read also: Why a battery lasts", "Comments (12)", "By Ann Lee", "3 May 2024", "2024-05-03", "Photo: Ann Lee",
    "Share", "© 2024 Harrow Vale Courier", "7", "• an item", "A headline of several words",
    "A headline of several words", "A teaser that is cut off here and now...", "相关文章", "上一篇：海港的茶",
    "Читайте также",
    "— dash", "More from Harbour News",
)  # fmt: skip


@st.composite
def dumps(draw: DrawFn) -> str:
    """A text dump: headline, paragraphs, the usual lines, in any order."""
    line = st.one_of(paragraphs(most=4), sentences(most=9), st.sampled_from(_SHORT_LINES), dirty_pages)
    lines = draw(st.lists(line, max_size=25))
    breaks = st.sampled_from(("\n", "\n", "\n\n", "\n\n", "\r\n", "\r\n\r\n", "\n\u00a0\n", "\n\u200b\n", "\n\n\n\n"))
    return "".join(part for one in lines for part in (one, draw(breaks)))


@st.composite
def wrapped(draw: DrawFn) -> tuple[list[str], str]:
    """Paragraphs, and a page on which they are hard-wrapped at a column."""
    pool = draw(st.lists(words, min_size=5, max_size=30))
    dice = random.Random(draw(st.integers(0, 2**32)))
    # one paragraph of six full lines at least: with fewer, nothing tells a column from chance
    lengths = [400, *draw(st.lists(st.integers(3, 150), max_size=6))]
    dice.shuffle(lengths)
    texts = [" ".join(dice.choices(pool, k=n)).capitalize() + "." for n in lengths]
    column = draw(st.integers(60, 130))
    newline = draw(st.sampled_from(("\n", "\r\n", "\r")))
    indent = " " * draw(st.sampled_from((0, 0, 2)))
    lines = [
        textwrap.wrap(
            t, column, initial_indent=indent, subsequent_indent=indent, break_long_words=False, break_on_hyphens=False
        )
        for t in texts
    ]
    return texts, (newline * draw(st.integers(2, 3))).join(newline.join(x) for x in lines)


# --- HTML ------------------------------------------------------------------------------------------------------------

BLOCK_TAGS = tuple(
    "p div section article ul ol li h1 h2 h3 table thead tbody tr td th blockquote pre nav dl dt dd figure figcaption"
    " form button main aside header footer center address details summary body html head".split()
)
INLINE_TAGS = tuple("b i em strong span a u small sub sup code time cite q font label mark abbr s ruby x-card".split())
VOID_TAGS = tuple("br br br hr img input wbr meta link col area".split())
SKIPPED_TAGS = tuple("svg math video object canvas rt select template".split())
RAW_TAGS = ("script", "style")
RCDATA_TAGS = ("title", "textarea", "iframe", "noembed", "noframes", "xmp")

_REFERENCES = (
    "&amp;", "&lt;p&gt;", "&nbsp;", "&copy", "&eacute;", "&#8217;", "&#x41;", "&#X1F600;", "&notit;", "&ampx",
    "&bogus;", "&", "& ", "&&", "&;", "&#", "&#;", "&#x;", "&#x", "&#0;", "&#xD800;", "&#1114112;", "&#99999999999;",
    "&#150;", "&#12a", "&#x12g", "&am", "&shy;", "&#8203;", "&zwj;", "&#10;", "&Tab;", "&NewLine;",
)  # fmt: skip
_HTML_BLANKS = (" ", " ", "\n", "\r\n", "\r", "\t", "\u00a0", "\u200b", "\n\n", "\f", "\v", "\x85", "\u2028", "\x1c")
_LITERALS = ("< ", "<3", "<", "<=", ">", "a>b", "]]>", "-->", "'", '"', "=", "/", "{}", "\ufffd", "#")


@st.composite
def html_text(draw: DrawFn) -> str:
    """Text as source: words, blanks, character references, signs."""
    part = st.one_of(
        words,
        words,
        st.sampled_from(_HTML_BLANKS),
        st.sampled_from(_HTML_BLANKS),
        st.sampled_from(_REFERENCES),
        st.sampled_from(_LITERALS),
        cjk,
    )
    source = "".join(draw(st.lists(part, max_size=8)))
    return re.sub("<(?=[A-Za-z/!?])", "< ", source)  # it is text only before what no tag starts with


_NAMES = (
    "class",
    "id",
    "href",
    "href",
    "HREF",
    "hidden",
    "style",
    "lang",
    "rel",
    "role",
    "data-x",
    "datetime",
    "content",
    "name",
    "property",
    "aria-hidden",
    "x:y",
)
_VALUES = (  # no "&copy=": see the known differences in soup.py
    "", "a", "nav menu", "display:none", "visibility : HIDDEN", "/a/b?c=d&amp;e=f", "https://news.example/x?a&b=c",
    "javascript:void(0)", "canonical", "true", "2024-05-03", "og:title", "a > b", "<p>", "é", "a\nb", "&quot;",
    "&eacute;&amp;", "&#0;", "article:published_time", "next", "a\r\nb",
)  # fmt: skip


@st.composite
def attributes(draw: DrawFn) -> str:
    """Attributes as source: quoted in both ways, unquoted, without value, twice."""
    out = []
    for _ in range(draw(st.integers(0, 3))):
        name, value = draw(st.sampled_from(_NAMES)), draw(st.sampled_from(_VALUES))
        bare = not value or any(c in " \n\r\"'<>=`" for c in value)
        form = draw(
            st.sampled_from(("double", "double", "single", "spaced", "valueless", "double" if bare else "bare"))
        )
        out.append(
            {
                "double": f'{name}="{value}"',
                "single": f"{name}='{value}'",
                "spaced": f'{name} = "{value}"',
                "valueless": name,
                "bare": f"{name}={value}",
            }[form]
        )
    gap = draw(st.sampled_from((" ", " ", "\n", "\t", "  ", "\r\n")))
    return "".join(gap + a for a in out) + draw(st.sampled_from(("", "", "", " ", "\n")))


def _case(name: str) -> SearchStrategy[str]:
    return st.sampled_from((name, name, name, name.upper(), name.title()))


@st.composite
def start_tag(draw: DrawFn, name: str) -> str:
    """A start tag, now and then with the slash of XML."""
    slash = draw(st.sampled_from(("", "", "", "", "/", " /")))
    attrs = draw(attributes())
    if slash == "/" and attrs and not attrs.endswith(('"', "'", " ", "\n")):
        slash = " /"  # behind an unquoted value the slash belongs to the value
    return f"<{draw(_case(name))}{attrs}{slash}>"


@st.composite
def end_tag(draw: DrawFn, name: str) -> str:
    """An end tag, now and then with a blank."""
    return f"</{draw(_case(name))}{draw(st.sampled_from(('', '', '', ' ', chr(10))))}>"


_COMMENTS = (
    "<!-- a -->", "<!---->", "<!-- <p>b</p> -->", "<!-- a\r\nb\n -->", "<!-- a > b -->",
    "<!--[if IE]><p>x</p><![endif]-->", "<!DOCTYPE html>",
    '<!doctype HTML PUBLIC "-//W3C//DTD HTML 4.01//EN" "http://www.w3.org/TR/html4/strict.dtd">', "<![CDATA[x]]>",
    "<?php echo ?>", "<?xml version='1.0'?>", "<!-- a -- b -->", "<!-- a -- > b -->", "<!-->", "<!--->",
    "<!-- a --!>", "<![if IE]>", "<![endif]>", "<![CDATA[a>b]]>", "<![]>", "<!ELEMENT x>", "</ >", "</3>",
    "<!-- & &amp; -->",
)  # fmt: skip
_SCRIPTS = (
    "", "var a = '<p>x</p>' && 1 < 2;", "<!-- if (a < b) -->", "/* </div> */",
    '{"@type": "NewsArticle", "headline": "Tea &amp; <b>more</b>"}', "a\r\nb", "document.write('<scr' + 'ipt>')",
    "p > a { color: red }",
)  # fmt: skip


@st.composite
def raw_element(draw: DrawFn) -> str:
    """An element whose content is no markup."""
    if draw(st.booleans()):
        name = draw(st.sampled_from(RAW_TAGS))
        kind = draw(st.sampled_from(("", ' type="application/ld+json"', " async")))
        return f"<{name}{kind}>{draw(st.sampled_from(_SCRIPTS))}</{draw(_case(name))}>"
    name = draw(st.sampled_from(RCDATA_TAGS))
    content = draw(html_text()).replace("<", "")
    return f"<{name}>{content}</{name}>"


def _element(children: SearchStrategy[str]) -> SearchStrategy[str]:
    @st.composite
    def build(draw: DrawFn) -> str:
        name = draw(st.one_of(st.sampled_from(BLOCK_TAGS), st.sampled_from(INLINE_TAGS), st.sampled_from(SKIPPED_TAGS)))
        content = "".join(draw(st.lists(children, max_size=4)))
        end = "" if draw(st.integers(0, 5)) == 0 else draw(end_tag(name))
        return draw(start_tag(name)) + content + end

    return build()


@st.composite
def _stray(draw: DrawFn) -> str:
    name = draw(st.sampled_from(BLOCK_TAGS + INLINE_TAGS + VOID_TAGS + SKIPPED_TAGS))
    return draw(end_tag(name) if draw(st.booleans()) else start_tag(name))


_voids: SearchStrategy[str] = st.sampled_from(VOID_TAGS).flatmap(start_tag)
_leaves: SearchStrategy[str] = st.one_of(
    html_text(),
    html_text(),
    html_text(),
    _voids,
    st.sampled_from(_COMMENTS),
    raw_element(),
    _stray(),
    st.sampled_from(("<br><br>", "<br>\n<br />")),
)
html_pages: SearchStrategy[str] = st.lists(st.recursive(_leaves, _element, max_leaves=12), max_size=6).map("".join)
"""HTML as people and machines write it: nested, unclosed, misnested, with everything in it"""


def _sound(children: SearchStrategy[str]) -> SearchStrategy[str]:
    @st.composite
    def build(draw: DrawFn) -> str:
        name = draw(
            st.sampled_from(("p", "div", "section", "h2", "ul", "li", "b", "span", "a", "blockquote", "td", "pre"))
        )
        return f"<{name}{draw(attributes())}>" + "".join(draw(st.lists(children, max_size=4))) + f"</{name}>"

    return build()


sound_html_pages: SearchStrategy[str] = st.lists(
    st.recursive(
        st.one_of(
            html_text().map(lambda t: t.replace("<", "")),
            st.sampled_from(("<br>", "<br/>", "<hr>", "<!-- <i>a</i> -->")),
        ),
        _sound,
        max_leaves=15,
    ),
    max_size=5,
).map("".join)
"""HTML in which every element is closed and every `<` starts a tag: what a simple expression can take apart"""

soup: SearchStrategy[str] = st.text("<>/!-?&#;=\"' \n\r\tapbx[]%\u00a0\ud800\x00", max_size=80)
"""the signs of HTML in any order"""

# --- values ----------------------------------------------------------------------------------------------------------

visible: SearchStrategy[str] = st.one_of(sentences(), words, cjk, any_text.map(lambda t: "x" + t))
_urls = st.sampled_from((None, "https://news.example/a", "https://news.example/é?x=1", "/b"))
_times = st.one_of(
    st.none(),
    st.integers(-(70 * 365 * 86_400_000), 130 * 365 * 86_400_000).map(
        lambda ms: datetime(1970, 1, 1, tzinfo=UTC) + timedelta(milliseconds=ms)
    ),
)
_links: SearchStrategy[Link | None] = st.one_of(st.none(), st.builds(Link, title=visible, url=_urls))
_texts = st.one_of(st.none(), visible)
_tuples: SearchStrategy[tuple[str, ...]] = st.lists(visible, max_size=4).map(tuple)
_counts = st.one_of(st.none(), st.integers(0, 2**62))


def _tuple_of(make: Callable[..., object], **parts: SearchStrategy[object]) -> SearchStrategy[tuple[object, ...]]:
    return st.lists(st.builds(make, **parts), max_size=4).map(tuple)


_offset = st.integers(0, 2**31 - 1)
_shares = st.floats(0, 1)
articles: SearchStrategy[Article] = st.builds(
    Article,
    id=st.text("0123456789abcdef", min_size=32, max_size=32),
    url=_urls,
    site=st.sampled_from((None, "news.example")),
    title=_texts,
    subtitle=_texts,
    authors=_tuples,
    published=_times,
    modified=_times,
    language=st.sampled_from((None, "en", "zh")),
    text=st.one_of(st.just(""), visible),
    paragraphs=_tuple_of(
        Paragraph, kind=st.sampled_from(("p", "h2", "li", "quote", "pre", "table")), start=_offset, end=_offset
    ),
    captions=_tuples,
    tags=_tuples,
    keywords=_tuples,
    previous=_links,
    next=_links,
    recommendations=_tuple_of(Recommendation, title=visible, snippet=_texts, url=_urls),
    comments=_tuples,
    spans=_tuple_of(Span, role=st.sampled_from(list(Role)), start=_offset, end=_offset),
    flags=st.sets(st.sampled_from(list(Flag))).map(sorted).map(tuple),
    confidence=st.builds(
        Confidence, page=_shares, title=_shares, body=_shares, tags=_shares, neighbours=_shares, recommendations=_shares
    ),
    kind=st.sampled_from(("text", "html")),
    page_chars=_offset,
    charset=st.sampled_from(("utf-8", "windows-1252")),
    charset_source=st.sampled_from(("str", "bom", "utf-8", "transport", "meta", "detector", "default")),
    replaced_chars=_offset,
    captured_at=_times,
    source=_texts,
    record=_counts,
    offset=_counts,
    length=_counts,
    page_digest=st.text("0123456789abcdef", min_size=64, max_size=64),
)
"""any article that the types allow, whether or not it makes sense"""

any_page: SearchStrategy[str] = st.one_of(
    dumps(), dirty_pages, html_pages, soup, any_str, wrapped().map(lambda x: x[1])
)
contents: SearchStrategy[bytes] = st.one_of(
    st.binary(max_size=200),
    any_page.map(lambda t: t.encode("utf-8", "surrogatepass")),
    any_page.map(lambda t: t.encode("utf-16", "surrogatepass")),
    any_page.map(lambda t: t.encode("windows-1252", "replace")),
    any_page.map(lambda t: t.encode("shift_jis", "replace")),
)
"""bytes of any kind"""
pages: SearchStrategy[Page] = st.builds(
    Page,
    content=contents,
    source=st.sampled_from((None, "a.txt", "b/c.html")),
    record=st.sampled_from((None, 0, 7)),
    url=st.sampled_from((None, "https://www.news.example/a", "not an address", "http://[::bad")),
    captured_at=_times,
    media_type=st.sampled_from((None, "text/plain", "text/html", "application/pdf")),
    charset=st.sampled_from((None, "utf-8", "latin1", "shift_jis", "klingon", "idna", "base64", "", "é")),
)
