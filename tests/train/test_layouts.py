from __future__ import annotations

from functools import cache
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from newsds.chars import VISIBLE
from newsds.model import Role
from newsds.train.labels import LabelledPage, LabelledRecommendation, read_labels
from newsds.train.layouts import Line, lay_out, render

POOL = (
    LabelledPage(
        id="kites",
        language="en",
        title="Kite makers return to the old pier",
        subtitle="After six quiet years the workshops open again",
        byline="By Orla Fenn",
        date="4 May 2021",
        body=(
            "The first kite rose at nine, a red one with a tail of paper bows, and fell at once into the water.",
            "“We are out of practice,” said Orla's uncle, who has built kites since he was seven years old.",
            "What comes next",
            "A roof for the north shed",
            "Lamps along the boards",
            "A kiln, perhaps",
            "The council pays half of it. The other half is to come from a fair in September, if the weather allows.",
        ),
        captions=("A red kite above the pier",),
        tags=("Crafts", "Old Pier", "#kites"),
        previous="Why the lighthouse is green",
        next="Oysters: a short calendar",
        recommendations=(
            LabelledRecommendation(title="How to knot a tail", snippet="Three bows are enough for a small one, but…"),
            LabelledRecommendation(title="Wind, explained"),
        ),
        comments=("Lovely to see them fly again.",),
        boilerplate=("Skip to content", "Home", "Fairs", "Reply", "About this paper", "© The pier paper"),
    ),
    LabelledPage(
        id="brot",
        language="de",
        title="Das Brot von gestern bekommt eine zweite Chance",
        body=(
            "Wer abends um sieben zur alten Mühle kommt, findet vor der Tür eine Kiste mit Brot vom Vortag.",
            "Bezahlt wird, was man möchte. Manche legen zwei Münzen hin, manche eine Handvoll Äpfel.",
        ),
        tags=("Backen",),
        boilerplate=("Startseite", "Impressum"),
    ),
    LabelledPage(
        id="lantern",
        language="zh",
        title="河边的灯笼铺又开门了",
        body=(
            "清晨六点，河边的老街还没有醒，灯笼铺的门板已经卸下了三块。",
            "老板说，今年的竹子比往年细，扎起来要多费一道工夫。",
        ),
        tags=("灯笼", "老街"),
    ),
    LabelledPage(
        id="trolley",
        language="ru",
        title="Троллейбус вернулся",
        body=("Утром по набережной прошёл первый троллейбус.",),
    ),
    LabelledPage(id="empty"),
)  # fmt: skip

pages = st.sampled_from(POOL)
seeds = st.integers(0, 2**32)


@cache
def sample() -> list[tuple[LabelledPage, list[Line]]]:
    """Many pages, to look for what is rare."""
    return [(page, lay_out(page, POOL, seed=seed)) for seed in range(250) for page in POOL]


@given(pages, seeds)
def test_spans_cover_every_visible_character_once_and_in_order(page: LabelledPage, seed: int) -> None:
    text, spans = render(page, POOL, seed=seed)
    at = 0
    for start, end, role in spans:
        assert at <= start < end <= len(text)
        assert VISIBLE.search(text[at:start]) is None
        assert VISIBLE.match(text, start)
        assert VISIBLE.match(text, end - 1)
        assert isinstance(role, Role)
        at = end
    assert VISIBLE.search(text[at:]) is None
    assert spans


@given(pages, seeds)
def test_same_seed_same_page(page: LabelledPage, seed: int) -> None:
    assert render(page, POOL, seed=seed) == render(page, list(POOL), seed=seed)


@given(pages, seeds)
def test_a_page_needs_no_pool(page: LabelledPage, seed: int) -> None:
    render(page, [], seed=seed)


@given(pages, seeds)
def test_at_most_one_title_and_it_stands_above_the_text(page: LabelledPage, seed: int) -> None:
    roles = [line.role for line in lay_out(page, POOL, seed=seed)]
    assert roles.count(Role.TITLE) <= 1
    if Role.BODY in roles:
        assert roles.count(Role.TITLE) == 1
        assert roles.index(Role.TITLE) < roles.index(Role.BODY)


@given(pages, seeds)
def test_lines_without_a_role_are_blank_and_only_those(page: LabelledPage, seed: int) -> None:
    for line in lay_out(page, POOL, seed=seed):
        assert (line.role is None) == (VISIBLE.search(line.text) is None)


@given(seeds)
@settings(max_examples=30)
def test_body_lines_are_the_articles_own(seed: int) -> None:
    page = POOL[0]
    own = " ".join(" ".join(page.body).split())
    for line in lay_out(page, POOL, seed=seed):
        if line.role is Role.BODY and len(line.text) > 80:
            assert " ".join(line.text.split()).lstrip("-•*–·○123456789). ") in own


@pytest.mark.parametrize("role", list(Role))
def test_every_role_occurs(role: Role) -> None:
    assert any(line.role is role for _, lines in sample() for line in lines)


def test_neighbours_come_at_most_once_each_side() -> None:
    for _, lines in sample():
        roles = [line.role for line in lines]
        assert roles.count(Role.PREVIOUS) <= 2
        assert roles.count(Role.NEXT) <= 2


def test_layouts_differ() -> None:
    assert len({render(POOL[0], POOL, seed=seed)[0] for seed in range(50)}) == 50


def test_some_pages_are_no_articles() -> None:
    articles = [lines for page, lines in sample() if page.body]
    strays = [lines for lines in articles if Role.BODY not in {line.role for line in lines}]
    assert 0.03 < len(strays) / len(articles) < 0.11
    allowed = {None, Role.BOILERPLATE, Role.REC_HEADING, Role.REC_TITLE, Role.REC_SNIPPET}
    assert {line.role for lines in strays for line in lines} <= allowed


def test_a_repeated_headline_is_the_title_once() -> None:
    page = POOL[0]
    for seed in range(300):
        for where in ("first", "last"):
            lines = lay_out(page, POOL, seed=seed, title_at=where)
            roles = [line.role for line in lines]
            if Role.BODY not in roles:
                continue
            assert page.title is not None
            above = [
                line.role
                for line in lines[: roles.index(Role.BODY)]
                if page.title.lower() in " ".join(line.text.split()).lower()
                and line.role in (Role.TITLE, Role.BOILERPLATE)
            ]  # a breadcrumb may hold it too
            assert above.count(Role.TITLE) == 1


def test_own_marker_words_can_be_given() -> None:
    categories = "tags previous next related inline_related comments byline date caption chrome error".split()
    markers = {category: {"en": ["qqq"]} for category in categories}
    text = "".join(render(POOL[0], POOL, seed=seed, markers=markers)[0] for seed in range(30))
    assert "qqq" in text.lower()
    assert "Related articles" not in text


def test_read_labels(tmp_path: Path) -> None:
    path = tmp_path / "labels.jsonl"
    path.write_text(
        '{"id": "a", "title": " Rain  again ", "body": "One.\\n\\nTwo.", "prev": null, "recs": [{"title": null}]}\n\n'
        '{"id": "b", "subtitle": ["x", "y"], "language": "en", "tags": null, "recs": [{"title": "T", "snippet": ""}]}\n'
    )
    a, b = read_labels(path)
    assert (a.title, a.body, a.previous, a.recommendations) == ("Rain again", ("One.", "Two."), None, ())
    assert (b.subtitle, b.language, b.tags) == ("x y", "en", ())
    assert b.recommendations == (LabelledRecommendation(title="T"),)
