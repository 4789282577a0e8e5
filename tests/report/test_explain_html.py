"""The file of one page: self-contained, the same each time, and what the page says does nothing in it."""

from __future__ import annotations

import base64
import hashlib
import re
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsds.model import Article, Link, Recommendation
from newsds.report import document, explain_html, page_view, row_view, view_html
from newsds.report.template import SHORT_PAGE, inert, packaged
from tests.corpus import Case, cases

from .payloads import ADDRESSES, MARKUP, SCRIPT, look

BODY = "\n\n".join(f"On day {n} the mayor said that the old bridge would stay shut for now." for n in range(6))


def policy_of(page: str) -> dict[str, list[str]]:
    """The content security policy of a file, by directive."""
    (text,) = (m["content"] for m in look(page).metas if m.get("http-equiv") == "Content-Security-Policy")
    return {words[0]: words[1:] for words in (part.split() for part in (text or "").split(";"))}


def digest(code: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(code.encode()).digest()).decode()}'"


@pytest.mark.parametrize("case", list(cases()), ids=lambda case: case.name)
def test_every_page_of_the_corpus(case: Case) -> None:
    view = page_view(case.page.read_bytes())
    seen = look(explain_html(view, name=case.name))
    words = "".join(seen.text)
    if view.article.kind == "text":
        for number, block in enumerate(view.blocks):
            assert inert((view.page or "")[block.start : block.end]) in words, number
    assert look(explain_html(row_view(view.article)))


@pytest.mark.parametrize("case", list(cases())[::12], ids=lambda case: case.name)
def test_the_same_page_gives_the_same_bytes(case: Case) -> None:
    content = case.page.read_bytes()
    assert explain_html(page_view(content), name="x") == explain_html(page_view(content), name="x")


def test_the_policy_lets_nothing_in_but_the_files_own_code() -> None:
    page = explain_html(page_view(BODY))
    seen, policy = look(page), policy_of(page)
    assert policy["default-src"] == ["'none'"]
    assert policy["script-src"] == [digest(code) for code in seen.scripts]
    assert policy["style-src"] == [digest(code) for code in seen.styles]
    assert policy["connect-src"] == policy["form-action"] == policy["base-uri"] == ["'none'"]
    assert len(seen.scripts) == len(seen.styles) == 2
    assert not re.search(r"https?://|url\(|@import|//[a-z]+\.", "".join((*seen.styles, *seen.scripts)))


def test_a_served_page_may_talk_to_its_server_alone() -> None:
    policy = policy_of(document("x", "", served=True, scripts=["let x = 1;"]))
    assert policy["connect-src"] == policy["form-action"] == ["'self'"]
    assert digest("let x = 1;") in policy["script-src"]


def test_code_that_would_end_its_element_is_refused() -> None:
    with pytest.raises(ValueError, match="end its element"):
        document("x", "", scripts=["'</script>'"])


@pytest.mark.parametrize("payload", MARKUP)
@pytest.mark.parametrize("kind", ["text", "html"])
def test_markup_on_a_page_is_text(payload: str, kind: str) -> None:
    raw = f"{payload}\n\n{payload} a title\n\n{BODY}\n\n{payload}\n\nTags\n\n{payload}\n\n<<: {payload}\n"
    if kind == "html":
        raw = "".join(f"<p>{line}</p>" for line in raw.split("\n\n"))
    look(explain_html(page_view(raw, kind=kind), name=payload))  # type: ignore[arg-type]


@cache
def harmless() -> Article:
    return page_view(f"A title\n\n{BODY}").article


def hostile(text: str, *urls: str) -> Article:
    """An article each of whose texts and addresses is hostile."""
    changed: dict[str, Any] = {
        **dict.fromkeys(("title", "subtitle", "source", "site", "language", "charset"), text),
        **dict.fromkeys(("authors", "tags", "keywords", "captions", "comments"), (text,)),
        "url": urls[0],
        "previous": Link(title=text, url=urls[0]),
        "next": Link(title=text, url=urls[-1]),
        "recommendations": tuple(Recommendation(title=text, snippet=text, url=url) for url in urls),
    }
    return replace(harmless(), **changed)


@pytest.mark.parametrize("payload", MARKUP)
def test_a_hostile_record_is_text_and_only_web_addresses_are_links(payload: str) -> None:
    seen = look(explain_html(row_view(hostile(payload, *ADDRESSES)), name=payload))
    assert [link["href"] for link in seen.links[1:]] == ["https://a.example/'onmouseover='" + SCRIPT]


@given(st.text(alphabet=st.characters() | st.sampled_from("<>&\"'`=/\\{}%#\x00\x1b\u202e\ud800\n\r\t "), max_size=200))
def test_no_text_becomes_markup(text: str) -> None:
    look(explain_html(row_view(hostile(text, text)), name=text))
    look(explain_html(page_view(text)))


def test_joiners_stay_and_line_ends_are_one() -> None:
    assert inert("می\u200cخواهم\r\n👩\u200d🚒\t\r") == "می\u200cخواهم\n👩\u200d🚒\t\\x0d"


def test_tags_do_not_run_together_with_text_from_right_to_left() -> None:
    raw = "<p>شارك <a href='/x?a=1&amp;b=2'>فيسبوك</a> 5 < 6 > 4</p>"
    page = explain_html(page_view(raw, kind="html"))
    assert "<bdi>&lt;a href=&#39;/x?a=1&amp;amp;b=2&#39;&gt;</bdi>فيسبوك<bdi>&lt;/a&gt;</bdi> 5 &lt; 6 &gt; 4" in page
    look(page)
    assert "<bdi>" not in view_html(page_view("<p>Share <a href='/x'>it</a></p>", kind="html"))


def test_a_shortened_view_says_what_it_leaves_out() -> None:
    lines = "\n\n".join(f"On day {n} the mayor said that the old bridge would stay shut. " * 40 for n in range(60))
    view = page_view(f"A title of a page\n\n{lines}\n\n{'x' * 9000}")
    whole, short = view_html(view), view_html(view, shorten=True)
    assert len(short) < 4 * SHORT_PAGE < len(whole)
    assert "not shown" in short
    assert "not shown" not in whole
    left = [int(n.replace(",", "")) for n in re.findall(r"([\d,]+) characters (?:of the page are )?not shown", short)]
    assert sum(left) == len(view.page or "") - SHORT_PAGE
    look(document("x", short))


def test_views_in_one_file_have_ids_of_their_own() -> None:
    view = page_view(f"A title\n\n{BODY}")
    look(document("x", view_html(view, prefix="a") + view_html(view, prefix="b")))


def _luminance(colour: str) -> float:
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    red, green, blue = (x / 12.92 if x <= 0.03928 else ((x + 0.055) / 1.055) ** 2.4 for x in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    """Contrast of two colours: WCAG 2.2, 1.4.3."""
    dark, light = sorted(map(_luminance, (one, other)))
    return (light + 0.05) / (dark + 0.05)


def test_every_pair_of_colours_has_the_contrast_of_wcag_aa() -> None:
    found = dict(re.findall(r"--([\w-]+): light-dark\((#\w{6}, #\w{6})\)", packaged("page.css") + packaged("view.css")))
    assert len(found) == 22
    for scheme in (0, 1):
        colour = {name: pair.split(", ")[scheme] for name, pair in found.items()}
        roles = colour.keys() - {"ground", "raised", "text", "faint", "line", "link", "bar", "lit"}
        assert len(roles) == 14
        for back in ("ground", "raised", *roles):
            assert contrast(colour["text"], colour[back]) >= 7, back
        for front in ("faint", "link"):
            assert contrast(colour[front], colour["ground"]) >= 4.5, front
        assert contrast(colour["faint"], colour["raised"]) >= 4.5
        for sign in ("lit", "link", "bar"):
            assert contrast(colour[sign], colour["ground"]) >= 3, sign


def test_colour_is_not_the_only_sign_of_a_role() -> None:
    css = packaged("view.css")
    rules = dict(re.findall(r"\.r-([\w-]+) \{ --role: var\(--\1\); --rule: (\w+); \}", css))
    assert len(rules) == 14
    page = explain_html(page_view(f"A title\n\n{BODY}"))
    for number, role in re.findall(r'data-b="(\d+)" data-role="(\w+)"', page):
        assert re.search(rf'data-b="{number}" data-role="{role}"[^>]*><span class="chip">{role}</span>', page)


def test_the_package_holds_what_a_file_is_made_of() -> None:
    names = {path.name for path in (Path(__file__).parents[2] / "newsds/report/files").iterdir()}
    assert {"document.html", "view.html", "page.css", "view.css", "page.js", "view.js"} <= names
