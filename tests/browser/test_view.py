"""`newsds view` as somebody uses it: mouse and keyboard, light and dark, wide and narrow, hostile pages."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import newsds
from newsds.view import browse
from tests.browser.conftest import OpenTab
from tests.view.conftest import RAW, Serve, serve, version

__all__ = ["serve", "version"]  # fixtures

HOSTILE = (
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(2)>',
    "javascript:alert(3)",
    "</title></style></script><svg onload=alert(4)>",
    "{{ 7 * 7 }} ${alert(5)} <!--",
    "<iframe src=https://evil.example/></iframe><form action=https://evil.example/><base href=https://evil.example/>",
    "<a href=https://evil.example/ ping=https://evil.example/>link</a><link rel=stylesheet href=//evil.example/x.css>",
    "\u202eright to left\u202c \x1b[31mred\x1b[0m \u0000",
)


@pytest.mark.parametrize(("scheme", "width"), [("light", 1200), ("dark", 1200), ("light", 500)])
def test_lists_and_rows_have_no_barriers(tab: OpenTab, serve: Serve, version: Path, scheme: str, width: int) -> None:
    server = serve(browse(version, sources=[RAW]))
    one = tab(scheme=scheme, width=width)
    page = one.open(server.url)
    one.check_accessible()
    if (scheme, width) != ("dark", 1200):
        one.shoot(f"view-{scheme}-{width}")
    page.goto(server.url + "articles/20")
    one.check_accessible()
    if (scheme, width) == ("dark", 1200):
        page.locator(".v").first.click()
        one.shoot("view-article-dark")
    page.goto(server.url + "rejects")
    one.check_accessible()
    page.goto(server.url + "rejects/0")
    one.check_accessible()


def test_searching_opening_and_going_on(tab: OpenTab, serve: Serve, version: Path) -> None:
    page = tab().open(serve(browse(version, sources=[RAW])).url)
    page.get_by_label("Language", exact=True).fill("de")
    page.get_by_role("button", name="Show").click()
    count = page.locator("tbody tr").count()
    assert 1 < count < 50
    titles = page.locator("tbody th a").all_inner_texts()
    page.locator("tbody th a").first.click()
    assert titles[0] in page.get_by_role("heading", level=1).inner_text()
    page.get_by_role("link", name="next →").click()
    assert titles[1] in page.get_by_role("heading", level=1).inner_text()
    page.get_by_role("link", name=re.compile("articles$")).click()
    assert page.locator("tbody tr").count() == count
    assert page.get_by_label("Language", exact=True).input_value() == "de"
    page.get_by_role("link", name=re.compile(r"\d+ rejects")).click()
    page.get_by_label("Reason").select_option("no_article")
    page.get_by_role("button", name="Show").click()
    page.locator("tbody th a").first.click()
    assert page.get_by_role("row", name="reason no_article").count() == 1
    assert page.locator(".b").count() > 3


def test_the_keyboard_alone_is_enough(tab: OpenTab, serve: Serve, version: Path) -> None:
    page = tab().open(serve(browse(version, sources=[RAW])).url)
    page.keyboard.press("ArrowRight")
    page.wait_for_url("**first=50**")
    page.keyboard.press("ArrowLeft")
    page.wait_for_url(lambda url: "first=50" not in url)
    page.get_by_label("Search").focus()
    page.keyboard.type("ferry")
    page.keyboard.press("ArrowRight")  # moves in the text, nowhere else
    page.keyboard.press("Enter")
    page.wait_for_url("**words=ferry**")
    page.locator("tbody th a").first.focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**/articles/**")
    here = page.url
    page.keyboard.press("ArrowRight")
    page.wait_for_url(lambda url: url != here)
    while page.evaluate("!document.activeElement.matches('.b')"):
        page.keyboard.press("Tab")
    there = page.url
    page.keyboard.press("ArrowRight")  # moves among the blocks
    assert page.locator(".b:focus").get_attribute("data-b") == "1"
    assert page.url == there


def test_pages_do_nothing(tab: OpenTab, serve: Serve, tmp_path: Path) -> None:
    body = "\n\n".join(
        f"Sentence number {n} of this article says little, at some length, and ends here. {one}"
        for n, one in enumerate(HOSTILE)
    )
    folder = tmp_path / "pages"
    folder.mkdir()
    for n, one in enumerate(HOSTILE):
        name = f"page-{n}-<img src=x onerror=alert(9)>.txt"
        (folder / name).write_text(f"{one} headline {n}\n\n{body}\n\n<<: {one} before\n", encoding="utf-8")
    (folder / "empty'\"><script>alert(8)<script>.txt").write_text(" ", encoding="utf-8")
    server = serve(browse(newsds.build(folder, tmp_path / "out").path, sources=[folder]))
    page = tab().open(server.url)
    listed = {}
    for table in ("articles", "rejects"):
        page.goto(server.url + ("" if table == "articles" else table))
        listed[table] = page.locator("tbody tr").count()
    assert sum(listed.values()) == len(HOSTILE) + 1  # each is somewhere
    assert listed["articles"] > 3
    page.goto(server.url + "?words=%3Cscript%3Ealert(1)%3C/script%3E&site=%22%3E%3Csvg%20onload=alert(1)%3E")
    for table, count in listed.items():
        for n in range(count):
            page.goto(f"{server.url}{table}/{n}")
            assert page.locator("main :is(script, img, iframe, form, svg, base, link)").count() == 0
            assert page.locator(".page a").count() == 0
            assert page.evaluate("document.baseURI") == page.url
