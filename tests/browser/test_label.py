"""`newsds label` as somebody uses it: by keyboard alone, by mouse; and what a death of either side leaves."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

import newsds
from newsds.pipeline import page_blocks
from newsds.train.pages import labelled_pages
from newsds.view import LabelBook, label
from newsds.view.label import KEYS
from newsds.view.labelled import page_id
from tests.browser.conftest import OpenTab
from tests.browser.test_view import HOSTILE
from tests.view.conftest import RAW, Serve, serve

if TYPE_CHECKING:
    from playwright.sync_api import Page

__all__ = ["serve"]  # a fixture

PAGES = [
    newsds.Page(content=(RAW / name).read_bytes(), source=Path(name).parent.name + Path(name).suffix)
    for name in ("text/original-layout/page.txt", "html/newspaper-full-chrome/page.html")
]
FIRST, SECOND = map(page_id, PAGES)
ROOT = Path(__file__).parents[2]


@pytest.fixture
def out(tmp_path: Path) -> Path:
    return tmp_path / "labels.jsonl"


@pytest.fixture
def url(out: Path, serve: Serve) -> Iterator[str]:
    with LabelBook(out) as book:
        yield serve(label(PAGES, book, corpus=out.parent / "corpus")).url


def role(page: Page, block: int) -> str | None:
    return page.locator(f'.b[data-b="{block}"]').get_attribute("data-role")


def wait_for_role(page: Page, block: int, role: str) -> None:
    page.wait_for_selector(f'.b[data-b="{block}"][data-role="{role}"]')


def saved(out: Path, page: str = FIRST) -> list[str]:
    with LabelBook(out) as book:
        history = book.history(page)
        assert history is not None
        return [str(one) for one in history.roles]


def test_no_barriers(tab: OpenTab, url: str) -> None:
    one = tab()
    page = one.open(url)
    one.check_accessible()
    page.goto(f"{url}pages/{SECOND}")
    one.check_accessible()
    page.get_by_text("Add to the corpus").click()
    page.get_by_role("button", name="Keys").click()
    one.check_accessible()
    dark = tab(scheme="dark", width=600)
    dark.open(f"{url}pages/{SECOND}")
    dark.check_accessible()


def test_the_keyboard_alone_is_enough(tab: OpenTab, url: str, out: Path) -> None:
    page = tab().open(url)
    page.keyboard.press("Tab")  # to the content
    while page.evaluate("!document.activeElement.matches('tbody a')"):
        page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/{FIRST}")
    assert page.locator('.b[data-b="0"]:focus').count() == 1
    before = [role(page, n) for n in range(8)]

    page.keyboard.press("?")
    assert page.get_by_role("dialog").is_visible()
    page.keyboard.press("Escape")
    assert not page.get_by_role("dialog").is_visible()

    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("c")
    wait_for_role(page, 2, "caption")
    assert page.locator('.b[data-b="2"]:focus').count() == 1
    assert page.locator(".record th", has_text="captions").count() == 1  # the record is made anew
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Shift+ArrowDown")
    page.keyboard.press("Shift+ArrowDown")
    assert page.get_by_role("status").inner_text() == "3 blocks chosen"
    page.keyboard.press("o")
    wait_for_role(page, 5, "comment")
    assert [role(page, n) for n in (2, 3, 4, 5, 6)] == ["caption", "comment", "comment", "comment", before[6]]

    page.keyboard.press("u")
    wait_for_role(page, 5, str(before[5]))
    page.keyboard.press("Control+z")
    wait_for_role(page, 2, str(before[2]))
    assert page.get_by_role("button", name="Undo").is_disabled()
    page.keyboard.press("Control+y")
    page.keyboard.press("y")
    wait_for_role(page, 4, "comment")
    page.keyboard.press("Control+Enter")
    page.wait_for_url(f"**/{SECOND}")
    (line,) = labelled_pages(out)
    assert line.id == FIRST
    assert (len(line.page.captions), len(line.page.comments)) == (1, 3)
    page.keyboard.press("Control+Enter")
    page.wait_for_url(lambda address: address.endswith("/"))
    assert page.get_by_role("status").inner_text().startswith("2 of 2 done")


def test_the_mouse_is_enough(tab: OpenTab, url: str, out: Path) -> None:
    one = tab()
    page = one.open(f"{url}pages/{FIRST}")
    blocks = page.locator(".page .b")
    blocks.nth(3).click()
    page.get_by_role("button", name="g tag").click()
    wait_for_role(page, 3, "tag")
    blocks.nth(4).click()
    blocks.nth(6).click(modifiers=["Shift"])
    page.get_by_role("button", name="x boilerplate").click()
    wait_for_role(page, 6, "boilerplate")
    assert [role(page, n) for n in (4, 5, 6)] == ["boilerplate"] * 3
    one.shoot("label")
    page.get_by_role("button", name="Undo").click()
    wait_for_role(page, 6, "body")
    page.get_by_text("Add to the corpus").click()
    page.get_by_label("Name").fill("bare-tags")
    page.get_by_role("textbox", name="Why").fill("because u and y are no keys here")
    page.get_by_role("button", name="Add").click()
    page.locator(".state", has_text="added").wait_for()
    assert (out.parent / "corpus/text/bare-tags/labels.json").exists()
    page.get_by_role("button", name="Done, next page").click()
    page.wait_for_url(f"**/{SECOND}")
    assert len(list(labelled_pages(out))) == 1


def test_keys_type_where_somebody_types_and_leave_shortcuts_alone(tab: OpenTab, url: str) -> None:
    page = tab().open(f"{url}pages/{FIRST}")
    before = page.locator(".b").evaluate_all("all => all.map((b) => b.dataset.role)")
    page.get_by_text("Add to the corpus").click()
    page.get_by_role("textbox", name="Why").fill("")
    page.get_by_role("textbox", name="Why").focus()
    page.keyboard.type("the text bug?")
    assert page.get_by_role("textbox", name="Why").input_value() == "the text bug?"
    page.get_by_role("button", name="Keys").focus()
    page.keyboard.press("t")
    page.locator(".b").first.focus()
    page.keyboard.press("Alt+t")
    page.reload()
    assert page.locator(".b").evaluate_all("all => all.map((b) => b.dataset.role)") == before


def test_quick_keys_are_taken_in_order(tab: OpenTab, url: str, out: Path) -> None:
    page = tab().open(f"{url}pages/{FIRST}")
    keys = "tsadbcgpnhreox"
    for key in keys:
        page.keyboard.press(key)
        page.keyboard.press("ArrowDown")
    wait_for_role(page, len(keys) - 1, "boilerplate")
    assert [role(page, n) for n in range(len(keys))] == [str(KEYS[key]) for key in keys]
    for _ in keys:
        page.keyboard.press("u")
    page.wait_for_selector('[data-do="undo"]:disabled')


def test_pages_do_nothing(tab: OpenTab, serve: Serve, out: Path) -> None:
    body = "\n\n".join(f"Sentence {n} says little, and ends here. {one}" for n, one in enumerate(HOSTILE))
    pages = [
        newsds.Page(content=f"{one} headline\n\n{body}".encode(), source=f"{one}.txt", url=f"https://a.example/{one}")
        for one in HOSTILE
    ]
    shown = [one for one in pages if len(page_blocks(one)[1]) > 1]  # some are HTML without text
    assert len(shown) > 4
    with LabelBook(out) as book:
        url = serve(label(pages, book, corpus=out.parent)).url
        page = tab().open(url)
        assert page.locator("tbody tr").count() == len(pages)
        for one in shown:
            page.goto(f"{url}pages/{page_id(one)}")
            page.locator(".b").nth(1).focus()
            page.keyboard.press("g")  # the record is made anew from what the server says
            wait_for_role(page, 1, "tag")
            assert page.locator(".view :is(script, img, iframe, svg, base, link)").count() == 0
            assert page.evaluate("document.baseURI") == page.url


@contextmanager
def program(out: Path, *more: str) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """Newsds label in a process of its own, and its address."""
    pages = [str(RAW / "text/original-layout/page.txt")]
    command = [sys.executable, "-m", "newsds", "label", *pages, "--out", str(out), "--no-open", *more]
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment
    ) as process:
        assert process.stdout is not None
        try:
            yield process, process.stdout.readline().strip()
        finally:
            process.kill()
            process.communicate()


def test_what_is_seen_survives_the_death_of_the_server(tab: OpenTab, out: Path) -> None:
    one = tab()
    one.forgiven = ("ERR_CONNECTION_REFUSED", "ERR_CONNECTION_RESET", "ERR_EMPTY_RESPONSE")
    with program(out) as (process, url):
        page = one.open(url)
        page.locator("tbody a").click()
        page.locator('.b[data-b="3"]').click()
        page.keyboard.press("g")
        wait_for_role(page, 3, "tag")
        for key in "cgcgcgcgcg":  # while it dies
            page.keyboard.press(key)
        process.send_signal(signal.SIGKILL)
        process.wait()
        page.keyboard.press("o")
        page.locator(".complaint", has_text="Not saved").wait_for()
        shown = page.locator(".b").evaluate_all("all => all.map((b) => b.dataset.role)")
    assert "comment" not in shown
    (name,) = [page_id(newsds.Page(content=PAGES[0].content, source="page.txt"))]
    left = saved(out, name)
    # of a change that was being saved, the answer may be what died
    assert left[:3] + left[4:] == shown[:3] + shown[4:]
    assert (left[3], shown[3]) != ("body", "body")
    assert {left[3], shown[3]} <= {"tag", "caption"}
    with program(out) as (_, url):
        again = tab().open(url)
        again.locator("tbody a").click()
        assert again.locator(".b").evaluate_all("all => all.map((b) => b.dataset.role)") == left


def test_what_is_seen_survives_the_death_of_the_browser(tab: OpenTab, url: str, out: Path) -> None:
    one = tab()
    page = one.open(f"{url}pages/{FIRST}")
    page.locator('.b[data-b="3"]').click()
    page.keyboard.press("g")
    wait_for_role(page, 3, "tag")
    page.close()
    assert role(tab().open(f"{url}pages/{FIRST}"), 3) == "tag"


def test_a_full_disk_is_told_and_shows_nothing(tab: OpenTab, url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    one = tab()
    one.forgiven = ("500 (Internal Server Error)",)
    page = one.open(f"{url}pages/{FIRST}")
    page.locator('.b[data-b="3"]').click()
    before = role(page, 3)
    with monkeypatch.context() as patched:
        patched.setattr(os, "fsync", lambda _: (_ for _ in ()).throw(OSError(28, "No space left on device")))
        page.keyboard.press("g")
        page.locator(".complaint", has_text="No space left").wait_for()
    assert role(page, 3) == before
    page.keyboard.press("g")
    wait_for_role(page, 3, "tag")
    assert page.get_by_role("alert").inner_text() == ""
