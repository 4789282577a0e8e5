"""assemble: blocks whose roles are given → the fields of the record."""

from __future__ import annotations

import hashlib
import json
from datetime import UTC, datetime

import pytest

from newsds.assemble import assemble
from newsds.assemble.neighbours import strip_marker
from newsds.assemble.recommendations import clean_title
from newsds.assemble.tags import split_tags
from newsds.blocks import html_blocks, text_blocks
from newsds.decode import decode
from newsds.metadata import Metadata
from newsds.model import Article, Confidence, Flag, Labels, Link, Page, Recommendation, Role

R = Role


def _article(
    source: str,
    roles: list[Role],
    *,
    html: bool = False,
    page: Page | None = None,
    confidence: Confidence = Confidence(),
    found: bool = True,
) -> Article:
    decoded = decode(source)
    blocks = html_blocks(decoded.text) if html else text_blocks(decoded.text)
    assert len(blocks) == len(roles), list(blocks.text)
    labels = Labels(roles=roles, reasons=[""] * len(roles), article=found, confidence=confidence)
    return assemble(page or Page(content=source.encode()), decoded, blocks, labels)


def test_every_role_of_a_text_goes_to_its_field() -> None:
    lines = {
        "Harbour opens\u00a0again": R.TITLE,
        "After two years": R.SUBTITLE,
        "By Ann Lee and Bo Ray": R.BYLINE,
        "3 May 2024": R.DATE,
        "The harbour is open.": R.BODY,
        "Photo: Ann Lee": R.CAPTION,
        "Ships come in.": R.BODY,
        "Tags: tea, ships": R.TAG,
        "<<:  The one before": R.PREVIOUS,
        ">>:  The one after": R.NEXT,
        "Related": R.REC_HEADING,
        "Another headline": R.REC_TITLE,
        "A teaser...": R.REC_SNIPPET,
        "I agree.": R.COMMENT,
        "Share": R.BOILERPLATE,
    }
    source = "\n\n".join(lines)
    article = _article(source, list(lines.values()))
    assert article.title == "Harbour opens again"
    assert article.subtitle == "After two years"
    assert article.authors == ("Ann Lee", "Bo Ray")
    assert article.published == datetime(2024, 5, 3, tzinfo=UTC)
    assert article.text == "The harbour is open.\n\nShips come in."
    assert [article.text[p.start : p.end] for p in article.paragraphs] == ["The harbour is open.", "Ships come in."]
    assert article.captions == ("Photo: Ann Lee",)
    assert article.tags == ("tea", "ships")
    assert article.previous == Link(title="The one before")
    assert article.next == Link(title="The one after")
    assert article.recommendations == (Recommendation(title="Another headline", snippet="A teaser..."),)
    assert article.comments == ("I agree.",)
    assert [(s.role, source[s.start : s.end]) for s in article.spans] == [(r, t) for t, r in lines.items()]
    assert article.flags == (Flag.TIMEZONE_ASSUMED,)


def test_identity_is_of_the_decoded_text_and_digest_of_the_bytes() -> None:
    roles = [R.BODY]
    one = _article("Tea é", roles, page=Page(content=b"1"))
    other = _article("Tea é", roles, page=Page(content=b"2"))
    assert one.id == other.id
    assert len(one.id) == 32
    assert one.page_digest != other.page_digest
    assert one.id != _article("Tea e", roles).id


def test_place_of_the_page_is_kept() -> None:
    at = datetime(2024, 5, 3, 1, 2, 3, tzinfo=UTC)
    page = Page(content=b"Tea", source="a/b.txt", record=3, offset=4, length=5, captured_at=at)
    article = _article("Tea", [R.BODY], page=page)
    assert (article.source, article.record, article.offset, article.length, article.captured_at) == (
        "a/b.txt",
        3,
        4,
        5,
        at,
    )


@pytest.mark.parametrize(
    ("roles", "flags"),
    [
        ([R.BOILERPLATE], {Flag.NO_TITLE, Flag.NO_ARTICLE}),
        ([R.TITLE], {Flag.NO_ARTICLE}),
        ([R.BODY], {Flag.NO_TITLE}),
    ],
)
def test_what_is_missing_is_flagged(roles: list[Role], flags: set[Flag]) -> None:
    assert set(_article("Tea", roles).flags) == flags


def test_flags_of_decoding_and_blocks_are_handed_on() -> None:
    decoded = decode("Tea\x00\n\nHarbour\n\nShips")
    blocks = text_blocks(decoded.text, limit=2)
    article = assemble(Page(content=b""), decoded, blocks, Labels(roles=[R.TITLE, R.BODY], reasons=["", ""]))
    assert {Flag.CONTROL_CHARACTERS, Flag.BLOCKS_MERGED} <= set(article.flags)
    assert list(article.flags) == sorted(article.flags)


def test_title_element_stands_in_for_a_headline_above_a_body_only() -> None:
    page = "<title>Harbour opens again | Courier</title><p>The harbour is open.</p>"
    assert _article(page, [R.BODY], html=True).title == "Harbour opens again"
    assert _article(page, [R.BOILERPLATE], html=True).title is None


def test_declared_metadata_before_what_is_seen() -> None:
    page = (
        '<html lang=de><meta name=author content="Cy Doe">'
        '<meta property="article:published_time" content="2024-05-03T10:00:00+02:00">'
        '<meta property="article:modified_time" content="2024-05-04T10:00:00Z"><link rel=canonical href="https://www.a.example/b">'
        "<p>By Ann Lee</p><p>1 May 2024</p><p>Tea.</p>"
    )
    article = _article(page, [R.BYLINE, R.DATE, R.BODY], html=True)
    assert article.authors == ("Cy Doe",)
    assert article.published == datetime(2024, 5, 3, 8, tzinfo=UTC)
    assert article.tags == ()
    assert article.modified == datetime(2024, 5, 4, 10, tzinfo=UTC)
    assert (article.url, article.site, article.language) == ("https://www.a.example/b", "a.example", "de")
    assert article.flags == (Flag.NO_TITLE,)


def _declaring(headline: str | None = None, published: str | None = None, modified: str | None = None) -> str:
    data = {"@type": "Article", "headline": headline, "datePublished": published, "dateModified": modified}
    return f'<script type="application/ld+json">{json.dumps(data)}</script>'


def test_keywords_are_declared_and_tags_are_seen() -> None:
    page = '<meta name=keywords content="tea, ships"><p>Tea.</p><p>Tags: harbours</p>'
    article = _article(page, [R.BODY, R.TAG], html=True)
    assert (article.tags, article.keywords) == (("harbours",), ("tea", "ships"))
    assert _article("Tea.", [R.BODY]).keywords == ()


@pytest.mark.parametrize(
    ("shown", "declared", "og", "conflict"),
    [
        ("Harbour opens again", "Harbour opens again", None, False),
        ("Harbour opens again", "HARBOUR – opens, again!", None, False),
        ("Harbour opens again", "Harbour opens again | Courier", None, False),
        ("Harbour opens again after two years", "Harbour opens again | Courier", None, False),
        ("Harbour opens again after two years", "Harbour opens again aft…", None, False),
        ("Harbour opens again", "What you need to know of the harbour", None, True),
        ("Harbour opens again", "What you need to know of the harbour", "Harbour opens again", False),
        ("Harbour opens again", "What you need to know of the harbour", "What harbours are", True),
        ("Harbour opens again", None, "What harbours are", True),
        ("Harbour opens again", None, None, False),
        ("港口重开", "港口：重开！", None, False),
        ("!!!", "Tea", None, False),
    ],
)
def test_another_declared_headline_is_a_conflict(
    shown: str, declared: str | None, og: str | None, conflict: bool
) -> None:
    page = _declaring(declared) + (f'<meta property="og:title" content="{og}">' if og else "")
    article = _article(f"{page}<title>Quite another</title><h1>{shown}</h1><p>Tea.</p>", [R.TITLE, R.BODY], html=True)
    assert article.title == shown
    assert (Flag.METADATA_CONFLICT in article.flags) is conflict


def test_no_headline_seen_is_no_conflict() -> None:
    assert Flag.METADATA_CONFLICT not in _article(_declaring("Tea") + "<p>Tea.</p>", [R.BODY], html=True).flags


MAY_3 = "2024-05-03T20:00:00-05:00"


@pytest.mark.parametrize(
    ("shown", "published", "modified", "conflict", "day"),
    [
        ("3 May 2024", MAY_3, None, False, 4),  # in UTC; the day shown is that of the place
        ("5 May 2024", MAY_3, None, False, 4),
        ("4/5/2024", MAY_3, None, False, 4),
        ("5/4/2024", MAY_3, None, False, 4),  # month first
        ("1 May 2024", MAY_3, None, True, 1),
        ("9 May 2024", MAY_3, None, True, 4),  # of an update, or today's
        ("9 May 2024", MAY_3, "2024-05-09", False, 4),
        ("1 May 2024, updated 4 May 2024", MAY_3, None, False, 4),
        ("1.5.24", MAY_3, None, False, 4),  # not a full year
        ("1 May", MAY_3, None, False, 4),
        ("Yesterday", MAY_3, None, False, 4),
        ("1 May 2024", "soon", None, False, 1),
        ("1 May 2024", None, "2024-05-09", False, 1),
    ],
)
def test_dates_in_conflict(shown: str, published: str | None, modified: str | None, conflict: bool, day: int) -> None:
    page = f"{_declaring(None, published, modified)}<h1>Tea</h1><p>{shown}</p><p>Tea.</p>"
    article = _article(page, [R.TITLE, R.DATE, R.BODY], html=True)
    assert article.published is not None
    assert article.published.day == day
    assert (Flag.METADATA_CONFLICT in article.flags) is conflict
    assert (Flag.TIMEZONE_ASSUMED in article.flags) is (day == 1 or modified is not None)


def test_the_earliest_date_shown_decides() -> None:
    page = f"{_declaring(None, MAY_3)}<h1>Tea</h1><p>Updated 9 May 2024</p><p>By Ann Lee, 1 May 2022</p><p>Tea.</p>"
    article = _article(page, [R.TITLE, R.DATE, R.BYLINE, R.BODY], html=True)
    assert article.published == datetime(2022, 5, 1, tzinfo=UTC)


@pytest.mark.parametrize("place", ["below", "far above"])
def test_dates_elsewhere_are_not_those_of_the_article(place: str) -> None:
    date, filler = "<p>1 May 2022</p>", "<p>x</p>" * 9
    page = f"<h1>Tea</h1><p>Tea.</p>{date}" if place == "below" else f"{date}{filler}<h1>Tea</h1><p>Tea.</p>"
    roles = [R.TITLE, R.BODY, R.DATE] if place == "below" else [R.DATE, *[R.BOILERPLATE] * 9, R.TITLE, R.BODY]
    article = _article(_declaring(None, MAY_3) + page, roles, html=True)
    assert article.published == datetime(2024, 5, 4, 1, tzinfo=UTC)
    assert Flag.METADATA_CONFLICT not in article.flags


def test_confidence_is_the_segmenters() -> None:
    sure = Confidence(page=0.9, title=0.12345)
    assert _article("Tea", [R.BODY], confidence=sure).confidence == Confidence(page=0.9, title=0.123)
    assert _article("Tea", [R.BODY]).confidence == Confidence()


def test_a_page_that_the_segmenter_says_is_no_article_has_no_text() -> None:
    article = _article("Harbours\n\nTea.", [R.TITLE, R.BODY], found=False, confidence=Confidence(page=0.1))
    assert (article.title, article.text, article.paragraphs) == ("Harbours", "", ())
    assert Flag.NO_ARTICLE in article.flags
    assert [s.role for s in article.spans] == [R.TITLE, R.BODY]


def test_address_it_was_fetched_from_before_the_declared() -> None:
    page = '<link rel=canonical href="https://a.example/b"><p>Tea.</p>'
    fetched = Page(content=b"", url="https://www.c.example/d")
    assert _article(page, [R.BODY], html=True, page=fetched).site == "c.example"
    assert _article(page, [R.BODY], html=True, page=Page(content=b"", url="not one")).url == "https://a.example/b"


def test_time_element_is_the_last_resort_for_a_date() -> None:
    page = '<p>Posted <time datetime="2024-05-03T10:00:00Z">on a Friday</time></p><p>Tea.</p>'
    assert _article(page, [R.BOILERPLATE, R.BODY], html=True).published == datetime(2024, 5, 3, 10, tzinfo=UTC)


def test_guessed_language_is_flagged() -> None:
    source = "Der Bürgermeister sagte am Montag, die Brücke über den Fluss werde erst im Herbst geöffnet."
    article = _article(source, [R.BODY])
    assert article.language == "de"
    assert Flag.LANGUAGE_GUESSED in article.flags


def test_kinds_of_paragraphs_in_html() -> None:
    page = (
        "<p>a</p><h3>b</h3><ul><li>c</ul><dl><dt>d<dd>e</dl><blockquote><p>f</blockquote><pre>g\n  h</pre>"
        "<table><tr><td>i<td>j<tr><td>k</table>"
    )
    article = _article(page, [R.BODY] * 10, html=True)
    assert [(p.kind, article.text[p.start : p.end]) for p in article.paragraphs] == [
        ("p", "a"),
        ("h2", "b"),
        ("li", "c"),
        ("li", "d"),
        ("li", "e"),
        ("quote", "f"),
        ("pre", "g\n  h"),
        ("table", "i j"),
        ("table", "k"),
    ]


def test_kinds_of_paragraphs_in_text() -> None:
    article = _article("A heading\n\nA sentence of text.\n\n• an item\n\n2) another item", [R.BODY] * 4)
    assert [p.kind for p in article.paragraphs] == ["h2", "p", "li", "li"]


def test_tags_are_links_where_they_are_links() -> None:
    page = "<p><a href=/t/1>Tea, green</a> <a href=/t/2>#ships</a> <a href=/t/3>TEA, GREEN</a></p>"
    assert _article(page, [R.TAG], html=True).tags == ("Tea, green", "ships")


def test_tags_each_once_in_page_order() -> None:
    assert _article("#tea #ships\n\nships\n\nTEA", [R.TAG] * 3).tags == ("tea", "ships")


@pytest.mark.parametrize(
    ("line", "tags"),
    [
        ("TikTok", ["TikTok"]),
        ("Tags: tea, green; ships | boats", ["tea", "green", "ships", "boats"]),
        ("Tags: tea", ["tea"]),
        ("标签：茶、海港", ["茶", "海港"]),
        ("Метки: чай, порт", ["чай", "порт"]),
        ("British and American markets", ["British and American markets"]),
        ("#green_tea #港口", ["green tea", "港口"]),
        ("#tea of today", ["#tea of today"]),
        ("# Tea # Green tea", ["Tea", "Green tea"]),
        ("Post tags: # Tea # Green tea", ["Tea", "Green tea"]),
        ("Filed and published under: Tea, Ships", ["Tea", "Ships"]),
        ("Star Wars: Andor", ["Star Wars: Andor"]),
        ("الوسوم: شاي، ميناء", ["شاي", "ميناء"]),
        ("Categories Tea, Green tea Tags ships, boats", ["Tea", "Green tea", "ships", "boats"]),
        ("Tea/Coffee", ["Tea/Coffee"]),
        ("World » Asia » Tea", ["Tea"]),
        ("Startseite Tee", ["Tee"]),
        ("Home Safety", ["Home Safety"]),
        ("3 May 2024 / Tea / Ships", ["Tea", "Ships"]),
    ],
)
def test_split_tags(line: str, tags: list[str]) -> None:
    assert split_tags(line) == tags


@pytest.mark.parametrize(
    ("block", "tags"),
    [
        ("<a href=/>Home</a> &gt; <a href=/w>World</a> &gt; <a href=/t>Tea</a>", ("Tea",)),
        ("<a href=/>Home</a> <a href=/w>World</a> <a href=/t>Tea</a>", ("Tea",)),
        ("Posted in <a href=/t>Green tea</a>", ("Green tea",)),
        (
            "<a href=/t>Tea</a>, <a href=/s>Ships</a>, <a href=/c>3 Comments</a>, <a href=/d>3 May 2024</a>",
            ("Tea", "Ships"),
        ),
        ("<a href=/t>Tea</a> <a href=/s>More in Tea</a>", ("Tea",)),
        ("<a href=/t>Tea</a> <a href=/s>Harbour opens again after two years</a>", ("Tea",)),
        ("<a href=/t>Tea</a> <a href=/s>It was the best of all days for those who drink it.</a>", ("Tea",)),
        ("<a href=/t>Tea</a> <a href=/s>News.Example</a>", ("Tea",)),
    ],
)
def test_what_is_no_tag(block: str, tags: tuple[str, ...]) -> None:
    page = Page(content=b"", url="https://www.news.example/a")
    source = f"<h1>Harbour opens again after two years</h1><p>{block}</p>"
    assert _article(source, [R.TITLE, R.TAG], html=True, page=page).tags == tags


def test_tags_set_apart_by_blanks_as_far_as_the_page_tells() -> None:
    text = "In Venezuela Donald Trump spoke of ships."
    line = "Donald Trump Venezuela Green Tea USA"
    assert _article(f"{text}\n\n{line}\n\nGreen Tea", [R.BODY, R.TAG, R.BOILERPLATE]).tags == (
        "Donald Trump",
        "Venezuela",
        "Green Tea",
        "USA",
    )


@pytest.mark.parametrize(
    "lines",
    [
        ["How small towns keep their baths open"],  # little words: a phrase
        ["Donald Trump Venezuela USA"],  # no more words than a tag may have
        ["Key points for bonsai care"],
        ["Harbour Council Votes And Their Costs", "Dairy Farming Along The Coast"],  # a line each
    ],
)
def test_a_line_that_may_be_one_tag_is_not_split(lines: list[str]) -> None:
    assert _article("\n\n".join(lines), [R.TAG] * len(lines)).tags == tuple(lines)


@pytest.mark.parametrize(
    ("line", "side", "title"),
    [
        ("<<:  The one before", "previous", "The one before"),
        ("← The one before", "previous", "The one before"),
        ("Previous: The one before", "previous", "The one before"),
        ("Previous article: The one before", "previous", "The one before"),
        ("« Previous Post The one before", "previous", "The one before"),
        ("上一篇：海港的茶", "previous", "海港的茶"),
        ("The one after »", "next", "The one after"),
        ("Next stop Mars", "next", "Next stop Mars"),
        ("Next", "next", ""),
        ("→", "next", ""),
    ],
)
def test_strip_marker(line: str, side: str, title: str) -> None:
    assert strip_marker(line, side) == title  # type: ignore[arg-type]


def test_a_mark_without_a_title_is_kept_for_its_address() -> None:
    assert _article("Next article\n\nTea.", [R.NEXT, R.BODY]).next == Link(title="Next article")
    page = "<a href=/b>‹ Previous</a><p>Tea."
    assert _article(page, [R.PREVIOUS, R.BODY], html=True).previous == Link(title="‹ Previous", url="/b")
    assert _article("→\n\nTea.", [R.NEXT, R.BODY]).next is None
    assert _article("Next\n\nThe one after", [R.NEXT, R.NEXT]).next == Link(title="The one after")


@pytest.mark.parametrize(
    "source",
    [
        "<p><a href=/1>← The one before it</a> <a href=/2>The one after it →</a></p>",
        "<p>Next: <a href=/2>The one after it</a><br>Previous: <a href=/1>The one before it</a></p>",
        "<p><a href=/1>The one before it</a> <a href=/2>The one after it</a></p>",
    ],
)
@pytest.mark.parametrize("role", [R.PREVIOUS, R.NEXT])
def test_both_neighbours_in_one_block(source: str, role: Role) -> None:
    article = _article(source, [role], html=True)
    assert article.previous == Link(title="The one before it", url="/1")
    assert article.next == Link(title="The one after it", url="/2")


@pytest.mark.parametrize(
    "source",
    [
        "<p><a href=/1>The one before it</a> <a href=/1>a picture of it</a></p>",
        "<p><a href=/0>Back to overview</a> <a href=/1>Older post: The one before it</a></p>",
    ],
)
def test_two_links_to_one_neighbour(source: str) -> None:
    article = _article(source, [R.PREVIOUS], html=True)
    assert "The one before it" in (article.previous or Link(title="")).title
    assert article.next is None


def test_both_neighbours_in_one_line() -> None:
    article = _article("‹ Vorherige Nächste ›", [R.NEXT])
    assert (article.previous, article.next) == (Link(title="‹ Vorherige"), Link(title="Nächste ›"))
    article = _article("Previous article: Tea at noon Next article: Ships at sea", [R.NEXT])
    assert (article.previous, article.next) == (Link(title="Tea at noon"), Link(title="Ships at sea"))


def test_neighbours_have_addresses_in_full() -> None:
    page = "<a href='../b?c'>Previous: The one before</a><p>Tea."
    article = _article(page, [R.PREVIOUS, R.BODY], html=True, page=Page(content=b"", url="https://a.example/x/y"))
    assert article.previous == Link(title="The one before", url="https://a.example/b?c")


def test_recommendations() -> None:
    page = (
        "<h2>More</h2><p><a href=/1>First headline of them</a></p><p>Its teaser...</p><p>that goes on</p>"
        "<p>2. Second headline</p><p>Read more: Third one</p>"
        "<p><a href=/4>Fourth headline of all</a> <a href=javascript:x>Fifth headline of all</a></p>"
    )
    roles = [R.REC_HEADING, R.REC_TITLE, R.REC_SNIPPET, R.REC_SNIPPET, R.REC_TITLE, R.REC_TITLE, R.REC_TITLE]
    assert _article(page, roles, html=True).recommendations == (
        Recommendation(title="First headline of them", snippet="Its teaser... that goes on", url="/1"),
        Recommendation(title="Second headline"),
        Recommendation(title="Third one"),
        Recommendation(title="Fourth headline of all", url="/4"),
        Recommendation(title="Fifth headline of all"),
    )


def test_what_stands_beside_a_headline_is_no_headline() -> None:
    page = (
        "<p><a href=/s>South Harbour News</a> <a href=/1>A long headline of a story about the harbour</a></p>"
        "<p><a href=/2>Another long headline of a story about tea</a> <a href=/t>Tea</a></p>"
    )
    assert _article(page, [R.REC_TITLE] * 2, html=True).recommendations == (
        Recommendation(title="A long headline of a story about the harbour", url="/1"),
        Recommendation(title="Another long headline of a story about tea", url="/2"),
    )


def test_ranked_headlines_in_one_line() -> None:
    article = _article("#1 Tea is late #2 Ships are late #3 All is late", [R.REC_TITLE])
    assert [r.title for r in article.recommendations] == ["Tea is late", "Ships are late", "All is late"]


def test_text_that_the_page_holds_twice_is_kept_once() -> None:
    body = [f"Paragraph {i} of a text about the harbour, the ships in it and the tea they bring." for i in range(4)]
    article = _article("\n\n".join([*body, *body]), [R.BODY] * 8)
    assert article.text == "\n\n".join(body)
    refrain = _article("\n\n".join([*body, body[0]]), [R.BODY] * 5)
    assert refrain.text.endswith(body[0])
    assert len(refrain.paragraphs) == 5


def test_what_is_declared_may_be_handed_in() -> None:
    page = "<title>Tea</title><p>Ships.</p>"
    decoded = decode(page)
    blocks = html_blocks(decoded.text)
    declared = Metadata(keywords=("tea",))
    article = assemble(Page(content=b""), decoded, blocks, Labels(roles=[R.BODY], reasons=[""]), declared=declared)
    assert (article.keywords, article.title) == (("tea",), None)


@pytest.mark.parametrize("content", [b"Tea \xc3\xa9", b"\xef\xbb\xbfTea \xc3\xa9", b"Tea \xe9", b"Tea\x00"])
def test_identity_is_the_digest_of_the_text_in_utf_8(content: bytes) -> None:
    decoded = decode(content)
    article = assemble(Page(content=content), decoded, text_blocks(decoded.text), Labels(roles=[R.BODY], reasons=[""]))
    assert article.id == hashlib.sha256(decoded.text.encode()).hexdigest()[:32]
    assert article.page_digest == hashlib.sha256(content).hexdigest()


def test_a_snippet_without_a_title_is_none() -> None:
    assert _article("A teaser...", [R.REC_SNIPPET]).recommendations == ()


@pytest.mark.parametrize(
    ("text", "title"),
    [
        ("12) A headline", "A headline"),
        ("• A headline", "A headline"),
        ("A headline »", "A headline"),
        ("Lesen Sie auch: Eine Überschrift", "Eine Überschrift"),
        ("7 ways to make tea", "7 ways to make tea"),
        ("2024: a year of tea", "2024: a year of tea"),
    ],
)
def test_clean_title(text: str, title: str) -> None:
    assert clean_title(text) == title
