"""metadata: what a page declares out of sight; names and addresses in clean form."""

from __future__ import annotations

import json

import pytest

from newsds.metadata import (
    MAX_KEYWORD,
    MAX_KEYWORDS,
    Metadata,
    clean_authors,
    clean_keywords,
    is_web_url,
    link_url,
    read_metadata,
    site_of,
    strip_site,
)
from newsds.model import Head


def _head(*scripts: object, title: str | None = None, canonical: str | None = None, **meta: str) -> Head:
    texts = tuple(s if isinstance(s, str) else json.dumps(s) for s in scripts)
    return Head(
        title=title, canonical=canonical, linked_data=texts, meta={k.replace("__", ":"): v for k, v in meta.items()}
    )


ARTICLE = {
    "@type": "NewsArticle",
    "headline": "Tea &amp; harbours",
    "author": {"@type": "Person", "name": "Ann Lee"},
    "datePublished": "2024-05-03T10:00:00Z",
    "dateModified": "2024-05-04",
}


@pytest.mark.parametrize(
    "script",
    [
        ARTICLE,
        [ARTICLE],
        {"@graph": [{"@type": "Organization", "name": "Courier"}, ARTICLE]},
        {"@type": "WebPage", "headline": "Not this", "mainEntity": ARTICLE},
        ARTICLE | {"@type": ["Thing", "NewsArticle"]} | {"@type": ["NewsArticle", "Thing"]},
        ARTICLE | {"headline": ["Tea & harbours", "Other"]},
        f"<!--{json.dumps(ARTICLE)}-->",
        json.dumps(ARTICLE | {"x": "a?b"}).replace("?", "\n"),
        ARTICLE | {"author": [{"name": "Ann Lee"}, {"name": 7}, None, 3]},
        ARTICLE | {"author": "Ann Lee"},
    ],
)
def test_linked_data(script: object) -> None:
    found = read_metadata(_head(script, og__title="Other", author="Other"))
    assert found == Metadata(
        title="Tea & harbours",
        headlines=("Tea & harbours", "Other"),
        authors=("Ann Lee",),
        published="2024-05-03T10:00:00Z",
        modified="2024-05-04",
        url=None,
    )


@pytest.mark.parametrize(
    "script",
    ["", "{", "null", "7", '"text"', "[]", "[[[[]]]]", "NaN",
     "{'a': 1}", '{"@type": 7}', '{"@type": []}', '{"@type": {"@type": "Article"}}', "[" * 100_000,
     '{"@graph": ' * 5_000, "\ud800", "1" * 5_000,
     '{"@type": "Article", "headline": {"@value": "x"}, "author": {"name": {"a": "b"}}, "datePublished": 7}'],
)  # fmt: skip
def test_broken_linked_data_is_passed_over(script: str) -> None:
    assert read_metadata(_head(script, ARTICLE)).title == "Tea & harbours"


def test_meta() -> None:
    found = read_metadata(
        _head(
            og__title="Tea",
            author="Ann Lee and Bo Ray",
            article__published_time="2024-05-03",
            article__modified_time="2024-05-04",
            og__url="https://a.example/b",
        )
    )
    assert found == Metadata(
        title="Tea",
        headlines=("Tea",),
        authors=("Ann Lee", "Bo Ray"),
        published="2024-05-03",
        modified="2024-05-04",
        url="https://a.example/b",
    )


def test_title_element_is_the_last_resort() -> None:
    assert read_metadata(_head(title="Tea | Courier")).title == "Tea | Courier"
    assert read_metadata(_head(title="Tea | Courier")).headlines == ()
    assert read_metadata(_head(title="Tea | Courier", twitter__title="Tea")).title == "Tea"


def test_canonical_before_og_url_and_only_if_well_formed() -> None:
    assert (
        read_metadata(_head(canonical="https://a.example/1", og__url="https://a.example/2")).url
        == "https://a.example/1"
    )
    assert read_metadata(_head(canonical="/1", og__url="https://a.example/2")).url == "https://a.example/2"
    assert read_metadata(_head(canonical="/1")).url is None


@pytest.mark.parametrize(
    ("declared", "keywords"),
    [
        ("tea, ships; Kuşadası，港、海；x،y؛z", ("tea", "ships", "Kuşadası", "港", "海", "x", "y", "z")),
        ("tea &amp; milk, ships", ("tea & milk", "ships")),
        (["tea, ships"], ("tea", "ships")),
        (["Paris, Texas", "ships"], ("Paris, Texas", "ships")),
        ([{"@type": "DefinedTerm", "name": "Paris, Texas"}, {"@id": "x"}, "ships"], ("Paris, Texas", "ships")),
        ({"@type": "DefinedTerm", "name": "tea"}, ("tea",)),
        (["Tea", "tea", "ＴＥＡ", "#tea", "green-tea", "Green tea", "green_tea"], ("Tea", "green-tea")),
        ([" tea\u00a0 and \n milk ", "", "-", " ", "\u200b"], ("tea and milk",)),
        (["tea\ud800", "a\x00b"], ("tea\ufffd", "a\ufffdb")),
        ([["tea"], 7, None, True, {"name": {"@value": "x"}}], ()),
        (7, ()),
        (None, ()),
    ],
)  # fmt: skip
def test_keywords_of_linked_data(declared: object, keywords: tuple[str, ...]) -> None:
    assert read_metadata(_head(ARTICLE | {"keywords": declared, "articleSection": "News"})).keywords == keywords


def test_keywords_of_linked_data_are_those_of_the_article() -> None:
    page = {"@type": "WebPage", "keywords": "home", "mainEntity": ARTICLE | {"keywords": "tea"}}
    assert read_metadata(_head(page)).keywords == ("tea",)
    assert read_metadata(_head({"@type": "Organization", "keywords": "home"})).keywords == ()


def test_keywords_of_meta() -> None:
    head = Head(
        meta={
            "keywords": "tea, ships",
            "news_keywords": "Ships; boats",
            "article:tag": "harbours, old and new",
            "parsely-tags": "quays",
            "sailthru.tags": "tea,fish",
            "article:section": "News",
            "og:title": "Tea",
        }
    )
    assert read_metadata(head).keywords == ("tea", "ships", "boats", "harbours", "old and new", "quays", "fish")


def test_meta_that_repeats_stands_on_lines() -> None:
    """Each `article:tag` is one tag where there are several; the other names hold lists."""
    head = Head(meta={"article:tag": "Paris, Texas\nships", "keywords": "tea, boats\nboats, fish"})
    assert read_metadata(head).keywords == ("tea", "boats", "fish", "Paris, Texas", "ships")


def test_keywords_have_limits() -> None:
    assert clean_keywords(["x" * MAX_KEYWORD, "x" * (MAX_KEYWORD + 1)]) == ("x" * MAX_KEYWORD,)
    assert clean_keywords(str(i) for i in range(10_000)) == tuple(map(str, range(MAX_KEYWORDS)))


def test_what_only_json_can_write_is_replaced() -> None:
    found = read_metadata(_head(ARTICLE | {"headline": "Tea\ud800", "author": "Ann\x00 Lee"}))
    assert (found.title, found.authors) == ("Tea\ufffd", ("Ann\ufffd Lee",))


def test_nothing() -> None:
    assert read_metadata(Head()) == Metadata()


@pytest.mark.parametrize(
    ("line", "names"),
    [
        ("Ann Lee", ["Ann Lee"]),
        ("Ann Lee, Bo Ray & Cy Doe", ["Ann Lee", "Bo Ray", "Cy Doe"]),
        ("Ann Lee und Bo Ray", ["Ann Lee", "Bo Ray"]),
        ("Анна Ли и Бо Рэй", ["Анна Ли", "Бо Рэй"]),
        ("王小明、李华", ["王小明", "李华"]),
        ("Ann Lee; Ann Lee", ["Ann Lee"]),
        ("https://a.example/ann", []),
        ("@annlee", []),
        ("admin", []),
        ("Ann Lee | 3 May 2024", ["Ann Lee"]),
        ("", []),
        ("A", []),
        ("x" * 61, []),
        ("Andersson", ["Andersson"]),
    ],
)
def test_clean_authors(line: str, names: list[str]) -> None:
    assert clean_authors(line) == names


@pytest.mark.parametrize(
    ("title", "headings", "headline"),
    [
        ("Ferry to stay shut | Courier", (), "Ferry to stay shut"),
        ("Ferry to stay shut - News - Courier", (), "Ferry to stay shut - News"),
        ("Ferry to stay shut - News - Courier", ("Ferry to stay shut",), "Ferry to stay shut"),
        (
            "Courier | Ferry to stay shut until autumn",
            ("FERRY TO STAY SHUT UNTIL AUTUMN",),
            "Ferry to stay shut until autumn",
        ),
        ("A - B", ("A - B",), "A - B"),
        ("Ferry to stay shut", (), "Ferry to stay shut"),
        ("Well-known ferry", (), "Well-known ferry"),
        ("渡轮停运_新闻网", (), "渡轮停运"),
        ("No | A rather long name of a site", (), "No | A rather long name of a site"),
        ("", (), ""),
        (" | ", (), " | "),
    ],
)
def test_strip_site(title: str, headings: tuple[str, ...], headline: str) -> None:
    assert strip_site(title, headings) == headline


@pytest.mark.parametrize(
    ("url", "good"),
    [
        ("https://a.example", True),
        ("http://a.example:8080/b?c#d", True),
        ("https://münchen.example/ä", True),
        ("http://[::1]/", True),
        ("ftp://a.example/", False),
        ("//a.example/", False),
        ("/a", False),
        ("https://", False),
        ("https:///a", False),
        ("https://a b/", False),
        ("https://a.example/\x00", False),
        ("https://a.example:99999/", False),
        ("https://a.example:x/", False),
        ("https://[::bad", False),
        ("https://a.example/{x}", False),
        ("", False),
    ],
)
def test_is_web_url(url: str, good: bool) -> None:
    assert is_web_url(url) is good


BASE = "https://news.example/x/a.html"


@pytest.mark.parametrize(
    ("href", "base", "url"),
    [
        ("b.html", BASE, "https://news.example/x/b.html"),
        ("/b", BASE, "https://news.example/b"),
        ("//cdn.example/b", BASE, "https://cdn.example/b"),
        ("https://o.example/b", BASE, "https://o.example/b"),
        ("?p=2", BASE, "https://news.example/x/a.html?p=2"),
        (" /a\nb ", BASE, "https://news.example/ab"),
        ("/a b", BASE, "https://news.example/a%20b"),
        ("/b", None, "/b"),
        ("b", None, "b"),
        ("#top", BASE, None),
        ("", BASE, None),
        ("  ", BASE, None),
        ("mailto:a@b.example", BASE, None),
        ("JavaScript:void(0)", BASE, None),
        ("data:text/html,x", None, None),
        ("http://[::bad", BASE, None),
        ("http://a.example:x/", None, None),
        ("/<b>", BASE, None),
        ("/a\x00", BASE, None),
    ],
)
def test_link_url(href: str, base: str | None, url: str | None) -> None:
    assert link_url(href, base) == url


@pytest.mark.parametrize(
    ("url", "site"),
    [
        ("https://www.A.example:80/b", "a.example"),
        ("http://[::1]/", "::1"),
        ("https://user@b.example/", "b.example"),
        ("/b", None),
    ],
)
def test_site_of(url: str, site: str | None) -> None:
    assert site_of(url) == site
