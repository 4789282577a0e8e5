"""align: the roles that labels give to the blocks of a page."""

from __future__ import annotations

from collections.abc import Sequence
from time import perf_counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsds.blocks import html_blocks, text_blocks
from newsds.model import Role
from newsds.train.align import align
from newsds.train.labels import LabelledPage, LabelledRecommendation
from newsds.train.layouts import render
from newsds.train.match import longest_rise, read_words

BODY = (
    "The first kite rose at nine, a red one with a tail of paper bows, and fell at once into the water.",
    "“We are out of practice,” said the uncle, who has built kites since he was seven years old, or six.",
    "The council pays half of it. The other half is to come from a fair in September, if the weather allows.",
)
PAGE = LabelledPage(
    id="kites",
    language="en",
    title="Kite makers return to the old pier",
    subtitle="After six quiet years the workshops open again",
    byline="By Orla Fenn",
    date="4 May 2021",
    body=BODY,
    captions=("A red kite above the pier",),
    tags=("Crafts", "Old Pier", "Kites"),
    previous="Why the lighthouse is green",
    next="Oysters: a short calendar",
    recommendations=(
        LabelledRecommendation(title="How to knot a tail", snippet="Three bows are enough for a small one, but…"),
        LabelledRecommendation(title="Wind, explained to children"),
    ),
    comments=("Lovely to see them fly again.",),
    boilerplate=("Skip to content", "Fairs", "About this paper", "© The pier paper"),
)


def _of(page: LabelledPage, *lines: str) -> list[str | None]:
    return [role and str(role) for role in align(text_blocks("\n".join(lines)), page)]


def _page(**fields: object) -> LabelledPage:
    return LabelledPage(**{"id": "a", "body": BODY, **fields})  # type: ignore[arg-type]


# --- word for word


def test_each_label_is_its_block() -> None:
    lines = [
        ("Skip to content", "boilerplate"),
        ("Kite makers return to the old pier", "title"),
        ("After six quiet years the workshops open again", "subtitle"),
        ("BY ORLA FENN", "byline"),
        ("4 May 2021", "date"),
        *((line, "body") for line in BODY),
        ("A red kite above the pier", "caption"),
        ("#Crafts", "tag"),
        ("Old Pier", "tag"),
        ("Kites", "tag"),
        ("Why the lighthouse is green", "previous"),
        ("Oysters – a short calendar", "next"),
        ("Related articles", "rec_heading"),
        ("How to knot a tail", "rec_title"),
        ("Three bows are enough for a small one, but...", "rec_snippet"),
        ("Wind, explained to children", "rec_title"),
        ("Lovely to see them fly again.", "comment"),
        ("© The pier paper", "boilerplate"),
    ]
    assert _of(PAGE, *(text for text, _ in lines)) == [role for _, role in lines]


def test_what_nobody_labelled_has_no_role() -> None:
    assert _of(_page(), BODY[0], "A line that the labels do not hold, and that says something.", BODY[1])[1] is None


def test_no_blocks_and_no_labels() -> None:
    assert align(text_blocks(""), PAGE) == []
    assert _of(LabelledPage(id="a"), "Rain", "»") == [None, "boilerplate"]


def test_a_sign_without_words_is_boilerplate_unless_labelled() -> None:
    page = _page(body=(BODY[0], "* * *", BODY[1]))
    assert _of(page, "|", BODY[0], "* * *", BODY[1], "→") == ["boilerplate", "body", "body", "body", "boilerplate"]


@pytest.mark.parametrize(("field", "role"), [("previous", "previous"), ("next", "next")])
def test_a_lone_marker_is_a_neighbour(field: str, role: str) -> None:
    assert _of(_page(**{field: "Next Article"}), *BODY, "NEXT ARTICLE »")[-1] == role


# --- the same words in several roles


def test_the_title_is_the_nearest_above_the_body() -> None:
    title = "Rain returns"
    for page in (_page(title=title), _page(title=title, boilerplate=(title, "Home", title))):
        assert _of(page, title, "Home", title, *BODY, title)[0::2][:2] == ["boilerplate", "title"]
        assert _of(page, title, "Home", title, *BODY, title)[-1] == "boilerplate"


def test_the_title_is_rather_a_heading_of_the_first_level() -> None:
    body = "".join(f"<p>{x}</p>" for x in BODY)
    blocks = html_blocks(f"<h1>Rain returns</h1><p>Rain returns</p>{body}")
    assert align(blocks, _page(title="Rain returns", boilerplate=("Rain returns",)))[:2] == [
        Role.TITLE,
        Role.BOILERPLATE,
    ]


def test_a_tag_that_is_a_menu_entry_too() -> None:
    menu = ("Home", "Weather", "Fairs")
    page = _page(tags=("Harbour", "Weather", "Boats"), boilerplate=(*menu, "About"))
    roles = _of(page, *menu, *BODY, "Harbour", "Weather", "Boats", "About")
    assert roles == ["boilerplate"] * 3 + ["body"] * 3 + ["tag"] * 3 + ["boilerplate"]


def test_the_order_of_the_labels_tells_blocks_of_the_same_words_apart() -> None:
    page = _page(
        body=(*BODY, "Weather", "It will rain in the night, and in the morning too, say the people at the harbour."),
        tags=("Weather",),
        boilerplate=("Home", "Weather", "Fairs", "Imprint", "Weather", "Contact"),
    )
    lines = ["Home", "Weather", "Fairs", *BODY, "Weather", page.body[-1], "Weather", "Imprint", "Weather", "Contact"]
    roles = _of(page, *lines)
    assert [roles[i] for i, line in enumerate(lines) if line == "Weather"] == [
        "boilerplate",
        "body",
        "tag",
        "boilerplate",
    ]


def test_a_neighbour_that_is_recommended_too() -> None:
    recs = tuple(LabelledRecommendation(title=t) for t in ("Wind, explained", "Oysters: a calendar", "Green lamps"))
    page = _page(next="Oysters: a calendar", recommendations=recs)
    roles = _of(page, *BODY, "Wind, explained", "Oysters: a calendar", "Green lamps", "Oysters: a calendar")
    assert roles[3:] == ["rec_title", "rec_title", "rec_title", "next"]


def test_where_the_page_lacks_one_of_two_labels() -> None:
    recs = tuple(LabelledRecommendation(title=t) for t in ("Wind, explained", "Oysters: a calendar", "Green lamps"))
    page = _page(previous="Oysters: a calendar", next="Why it rains", recommendations=recs)
    roles = _of(
        page, *BODY, "← Oysters: a calendar  Why it rains →", "Wind, explained", "Oysters: a calendar", "Green lamps"
    )
    assert roles[3:] == ["previous", "rec_title", "rec_title", "rec_title"]


def test_more_dates_than_one_is_labelled() -> None:
    assert _of(_page(date="4 May 2021"), "4 May 2021", *BODY, "4 May 2021") == ["date", *["body"] * 3, "boilerplate"]


# --- finer and coarser blocks


def test_a_paragraph_in_pieces() -> None:
    roles = _of(_page(), BODY[0], "The council pays half of it.", "The other half is to come from a fair in September,")
    assert roles == ["body"] * 3


def test_paragraphs_in_one_line() -> None:
    assert _of(_page(), " ".join(BODY[:2]), BODY[2]) == ["body", "body"]


def test_a_label_that_joins_two_words() -> None:
    page = _page(previous="previousWhy the lighthouse is green")
    assert _of(page, *BODY, "previous Why the lighthouse is green")[-1] == "previous"


@pytest.mark.parametrize(
    "line",
    ["Tags: Crafts, Old Pier, Kites", "Crafts | Old Pier | Kites", "Filed under Crafts Old Pier Kites by the editors"],
)
def test_a_line_of_tags(line: str) -> None:
    lines = ["Skip to content", "Crafts", "Fairs", PAGE.title or "", *BODY, line]
    assert _of(PAGE, *lines) == ["boilerplate", "boilerplate", "boilerplate", "title", *["body"] * 3, "tag"]


def test_a_trail_that_holds_a_tag_and_the_title() -> None:
    lines = ["Home > Crafts > Kite makers return to the old pier", PAGE.title or "", *BODY, "Crafts", "Old Pier"]
    assert _of(PAGE, *lines) == ["boilerplate", "title", *["body"] * 3, "tag", "tag"]


def test_headline_and_snippet_in_one_block() -> None:
    line = "How to knot a tail Three bows are enough for a small one, but…"
    assert _of(PAGE, *BODY, line)[-1] == "rec_title"


def test_a_neighbour_behind_its_marker() -> None:
    roles = _of(PAGE, *BODY, "Previous: Why the lighthouse is green", "Oysters: a short calendar »")
    assert roles[-2:] == ["previous", "next"]


def test_a_block_of_mixed_content_has_the_role_of_most() -> None:
    assert _of(PAGE, "Fairs A red kite above the pier", *BODY)[0] == "caption"
    assert _of(PAGE, f"By Orla Fenn {BODY[0]}", *BODY[1:])[0] == "body"


def test_a_date_of_the_same_month_is_another() -> None:
    assert _of(_page(date="By Orla Fenn, 4 May 2021"), *BODY, "Tim, 9 May 2021")[-1] is None


def test_a_script_without_blanks() -> None:
    body = ("清晨六点，河边的老街还没有醒，灯笼铺的门板已经卸下了三块。老板说，今年的竹子比往年细。",)
    page = LabelledPage(id="a", title="灯笼铺又开门了", body=body, tags=("灯笼", "老街"))
    lines = [
        "灯笼铺又开门了",
        "清晨六点，河边的老街还没有醒，灯笼铺的门板已经卸下了三块。",
        "老板说，今年的竹子比往年细。",
        "标签：灯笼老街",
    ]
    assert _of(page, *lines) == ["title", "body", "body", "tag"]


# --- what the blocks around tell


@pytest.mark.parametrize("between", [[], ["Weather"]])
def test_a_heading_above_recommendations(between: Sequence[str]) -> None:
    roles = _of(PAGE, *BODY, "More from the pier paper", *between, "How to knot a tail")
    assert roles[3] == "rec_heading"


def test_read_more_below_each_teaser_heads_nothing() -> None:
    lines = ["Related articles", "How to knot a tail", "Read more", "Wind, explained to children", "Read more"]
    roles = _of(PAGE, *BODY, *lines)
    assert roles[3:6] == ["rec_heading", "rec_title", None]
    assert roles[6] == "rec_title"


def test_a_heading_of_something_else_heads_nothing() -> None:
    assert _of(PAGE, *BODY, "Related articles", "Nothing was found, say the people at the harbour.")[3] is None


@pytest.mark.parametrize("line", ["Google Tag Manager (noscript)", "[if IE 9]><video><![endif]", "<div class='ad'>"])
def test_comments_of_the_source_are_boilerplate_in_text(line: str) -> None:
    assert _of(_page(), line, *BODY)[0] == "boilerplate"
    body = "".join(f"<p>{x}</p>" for x in BODY)
    escaped = line.replace("<", "&lt;")
    assert align(html_blocks(f"<p>{escaped}</p>{body}"), _page())[0] is None


def test_a_part_of_the_page_and_its_end() -> None:
    assert _of(_page(), "sidebar-left", *BODY, "End sidebar-left")[::4] == ["boilerplate", "boilerplate"]


# --- laws

WORDS = st.sampled_from("kite pier rope wind oar salt gull mast tide lamp".split())
PHRASES = st.lists(WORDS, min_size=1, max_size=6).map(" ".join)


@st.composite
def pages_of_blocks(draw: st.DrawFn) -> tuple[LabelledPage, list[tuple[str, Role]]]:
    """A page whose blocks are the labels, no text twice, in any order that keeps that of each list."""
    texts = draw(st.lists(PHRASES, min_size=8, max_size=40, unique=True))
    roles = [Role.TITLE, Role.SUBTITLE, Role.BYLINE, Role.DATE, Role.PREVIOUS, Role.NEXT]
    many = [Role.BODY, Role.CAPTION, Role.TAG, Role.REC_TITLE, Role.COMMENT, Role.BOILERPLATE]
    roles += [draw(st.sampled_from(many)) for _ in texts[len(roles) :]]
    lines = draw(st.permutations(list(zip(texts, roles, strict=True))))

    def named(role: Role) -> tuple[str, ...]:
        return tuple(text for text, r in lines if r is role)

    page = LabelledPage(
        id="a",
        title=named(Role.TITLE)[0],
        subtitle=named(Role.SUBTITLE)[0],
        byline=named(Role.BYLINE)[0],
        date=named(Role.DATE)[0],
        body=named(Role.BODY),
        captions=named(Role.CAPTION),
        tags=named(Role.TAG),
        previous=named(Role.PREVIOUS)[0],
        next=named(Role.NEXT)[0],
        recommendations=tuple(LabelledRecommendation(title=t) for t in named(Role.REC_TITLE)),
        comments=named(Role.COMMENT),
        boilerplate=named(Role.BOILERPLATE),
    )
    return page, lines


@given(pages_of_blocks())
def test_a_page_whose_blocks_are_the_labels_aligns_exactly(case: tuple[LabelledPage, list[tuple[str, Role]]]) -> None:
    page, lines = case
    found = align(text_blocks("\n\n\n".join(text for text, _ in lines)), page)
    keys = [read_words(text).key for text, _ in lines]
    if len(set(keys)) == len(keys):
        assert found == [role for _, role in lines]


@given(st.lists(PHRASES), st.lists(PHRASES), st.lists(PHRASES), PHRASES)
def test_any_blocks_and_any_labels_align(lines: list[str], body: list[str], frame: list[str], title: str) -> None:
    page = LabelledPage(id="a", title=title, body=tuple(body), tags=tuple(frame[:3]), boilerplate=tuple(frame))
    blocks = text_blocks("\n\n".join(lines))
    found = align(blocks, page)
    assert len(found) == len(blocks)
    assert align(blocks, page) == found
    exact = {read_words(text).key for text in (title, *body, *frame)}
    assert all(role for role, text in zip(found, blocks.text, strict=True) if read_words(text).key in exact)


@given(st.lists(st.integers(0, 60), min_size=1, unique=True))
def test_longest_rise(values: list[int]) -> None:
    rise = longest_rise(values)
    assert rise == sorted(rise)
    assert [values[i] for i in rise] == sorted(values[i] for i in rise)
    best = [1] * len(values)
    for i in range(len(values)):
        best[i] = max([1, *(best[j] + 1 for j in range(i) if values[j] < values[i])])
    assert len(rise) == max(best)


@given(st.integers(0, 2**32))
def test_the_body_of_a_page_laid_out_from_its_labels_is_found(seed: int) -> None:
    text, spans = render(PAGE, [PAGE], seed=seed)
    blocks = text_blocks(text)
    starts = {start: role for start, _, role in spans}
    found = align(blocks, PAGE)
    for i, role in enumerate(found):
        if starts.get(blocks.start[i]) is Role.BODY and blocks.text[i] in BODY:
            assert role is Role.BODY


def test_long_pages_take_no_more_time_a_block() -> None:
    """5,000 blocks that are no label word for word; ten times the time of a tenth of them would be linear."""
    body = tuple(f"number {i} of the old boats came in at dusk with all the fish it had" for i in range(5000))
    page = LabelledPage(id="a", body=body, boilerplate=("Reply",) * 2500, tags=("Reply", "Boats"))
    lines = [" ".join(body[i : i + 2]) for i in range(0, 5000, 2)] + ["Reply"] * 2500
    start = perf_counter()
    found = align(text_blocks("\n\n".join(lines)), page)
    assert perf_counter() - start < 20
    assert found[:2500] == [Role.BODY] * 2500
