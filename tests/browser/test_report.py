"""The explained page and the report as somebody uses them: mouse and keyboard, light and dark, hostile pages."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

import newsds
from newsds.report import explain_html, page_view, report
from tests.browser.conftest import OpenTab, expect
from tests.report.payloads import ADDRESSES, MARK, MARKUP

if TYPE_CHECKING:
    from playwright.sync_api import Page

ROOT = Path(__file__).parents[2]
PAGES = ("html/newspaper-full-chrome/page.html", "text/original-layout/page.txt", "text/arabic/page.txt")
BODY = "\n\n".join(f"On day {n} the mayor said that the old bridge would stay shut for now." for n in range(6))


@pytest.fixture(scope="module")
def version(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return newsds.build(ROOT / "raw", tmp_path_factory.mktemp("dist")).path


@pytest.fixture(scope="module")
def whole(version: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    older = newsds.build(ROOT / "raw" / "text", tmp_path_factory.mktemp("older")).path
    return saved(tmp_path_factory.mktemp("report"), report(version, sources=[ROOT / "raw"], compare=older))


def saved(folder: Path, html: str) -> Path:
    path = folder / "page.html"
    path.write_text(html, encoding="utf-8")
    return path


def explained(folder: Path, name: str) -> Path:
    return saved(folder, explain_html(page_view((ROOT / "raw" / name).read_bytes()), name=name))


def lit(page: Page, kind: str) -> list[str]:
    """Numbers of what is lit up."""
    found: list[str] = page.locator(f"{kind}.lit").evaluate_all("found => found.map(one => one.dataset.b)")
    return found


@pytest.mark.parametrize("name", PAGES)
@pytest.mark.parametrize(("scheme", "width"), [("light", 1200), ("dark", 1200), ("light", 500)])
def test_an_explained_page_has_no_barriers(tab: OpenTab, tmp_path: Path, name: str, scheme: str, width: int) -> None:
    one = tab(scheme=scheme, width=width, bypass_csp=True)  # for axe alone, which is a script of the test
    page = one.open(explained(tmp_path, name))
    one.check_accessible()
    page.locator(".v").first.click()
    one.check_accessible()
    if "full-chrome" in name:
        one.shoot(f"explain-{scheme}-{width}")


def test_pointing_at_a_value_lights_up_its_source_and_the_other_way_round(tab: OpenTab, tmp_path: Path) -> None:
    page = tab().open(explained(tmp_path, PAGES[0]))
    for value in page.locator(".v").all()[:8]:
        value.hover()
        numbers = (value.get_attribute("data-b") or "").split()
        assert lit(page, ".b") == lit(page, ".w") == numbers
        assert value.get_attribute("data-b") in lit(page, ".v")
    block = page.locator('.b[data-role="title"]')
    block.hover()
    assert lit(page, ".b") == [block.get_attribute("data-b")]
    assert page.locator(".v.lit").first.inner_text() in block.inner_text()
    page.locator("h1").hover()
    assert not lit(page, "")


def test_a_click_keeps_it_lit_and_shows_it(tab: OpenTab, tmp_path: Path) -> None:
    page = tab(height=600).open(explained(tmp_path, PAGES[0]))
    value = page.locator(".v").last
    value.click()
    page.locator("h1").hover()
    (number,) = lit(page, ".b")
    expect(value).to_have_attribute("aria-pressed", "true")
    for kind, pane in ((".b", ".page"), (".w", ".why")):
        inner = page.locator(f'{kind}[data-b="{number}"]').bounding_box()
        outer = page.locator(pane).bounding_box()
        assert inner
        assert outer
        assert outer["y"] <= inner["y"] < outer["y"] + outer["height"]
    value.click()
    page.locator("h1").hover()
    assert not lit(page, "")
    expect(value).to_have_attribute("aria-pressed", "false")


def test_the_keyboard_alone_is_enough(tab: OpenTab, tmp_path: Path) -> None:
    page = tab().open(explained(tmp_path, PAGES[1]))
    focused = page.locator(":focus")
    for _ in range(9):
        page.keyboard.press("Tab")
        if focused.get_attribute("data-b") is not None:
            break
    assert lit(page, ".b") == ["0"]
    page.keyboard.press("ArrowDown")
    assert lit(page, ".b") == ["1"]
    page.keyboard.press("End")
    last = page.locator(".b").count() - 1
    assert lit(page, ".b") == [str(last)]
    page.keyboard.press("ArrowRight")
    assert lit(page, ".b") == [str(last)]
    page.keyboard.press("Home")
    page.keyboard.press("Enter")
    page.keyboard.press("ArrowDown")
    expect(page.locator('[aria-pressed="true"]')).to_have_attribute("data-b", "0")
    page.keyboard.press("Escape")
    expect(page.locator('[aria-pressed="true"]')).to_have_count(0)
    page.keyboard.press("Tab")
    assert "v" in (focused.get_attribute("class") or "").split()
    first = lit(page, ".b")
    page.keyboard.press("ArrowDown")
    assert lit(page, ".b") != first
    page.keyboard.press("Shift+Tab")  # back to the block that was left, not to the first of many
    assert focused.get_attribute("data-b") == "1"


def test_choices_are_told_to_who_builds_on_the_view(tab: OpenTab, tmp_path: Path) -> None:
    page = tab().open(explained(tmp_path, PAGES[1]))
    page.evaluate("document.addEventListener('newsds:select', event => { window.told = event.detail.blocks; })")
    page.locator('.b[data-b="3"]').click()
    assert page.evaluate("window.told") == [3]
    page.locator('.b[data-b="3"]').click()
    assert page.evaluate("window.told") == []


def test_markup_between_blocks_shows_when_asked_for(tab: OpenTab, tmp_path: Path) -> None:
    page = tab().open(explained(tmp_path, PAGES[0]))
    gap = page.locator(".gap").first
    expect(gap).to_be_hidden()
    page.get_by_label("Show the markup").check()
    expect(gap).to_be_visible()
    shown = page.locator(".page").inner_text()
    assert "<!DOCTYPE" in shown or "<html" in shown


def test_light_and_dark(tab: OpenTab, tmp_path: Path) -> None:
    page = tab(scheme="dark").open(explained(tmp_path, PAGES[1]))
    ground = "getComputedStyle(document.body).backgroundColor"
    dark = page.evaluate(ground)
    page.get_by_role("button", name="Light", exact=True).click()
    assert page.evaluate(ground) == "rgb(255, 255, 255)" != dark
    page.get_by_role("button", name="Dark", exact=True).click()
    assert page.evaluate(ground) == dark


@pytest.mark.parametrize("kind", ["text", "html"])
def test_what_a_page_says_does_nothing(tab: OpenTab, tmp_path: Path, kind: str) -> None:
    raw = "\n\n".join([f"{MARKUP[0]} a title", BODY, *MARKUP, "Tags", *MARKUP, f"<<: {MARKUP[1]}"])
    if kind == "html":
        links = "".join(f'<a href="{url}">{url}</a>' for url in ADDRESSES)
        raw = f"<h1>{MARKUP[0]} a title</h1>" + "".join(f"<p>{part}</p>" for part in raw.split("\n\n")) + links
    page = tab().open(saved(tmp_path, explain_html(page_view(raw, kind=kind), name=MARKUP[0])))  # type: ignore[arg-type]
    for value in page.locator(".v").all()[:5]:
        value.click()
    page.wait_for_load_state("networkidle")
    assert page.evaluate(f"window.{MARK}") is None
    assert page.locator("script").count() == 2
    assert page.locator("img, iframe, form, object, embed, base, link").count() == 0


def test_the_policy_holds_even_where_escaping_would_fail(tab: OpenTab, tmp_path: Path) -> None:
    inside = "".join(MARKUP) + "<img src='http://127.0.0.1:9/x.png'><p id=seen style='color: red'>seen</p>"
    html = explain_html(page_view(BODY)).replace("</main>", f"{inside}</main>")
    html = html.encode("utf-8", "replace").decode()
    one = tab()
    one.forgiven = ("Content Security Policy", "request: ")
    page = one.open(saved(tmp_path, html))
    page.wait_for_load_state("networkidle")
    assert page.evaluate(f"window.{MARK}") is None
    assert any("Content Security Policy" in problem for problem in one.problems)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_report_has_no_barriers(tab: OpenTab, whole: Path, scheme: str) -> None:
    one = tab(scheme=scheme, bypass_csp=True)
    page = one.open(whole)
    one.check_accessible()
    one.shoot(f"report-{scheme}")
    for sample in page.locator(".sample > summary").all()[:3]:
        sample.click()
    for reason in page.locator(".reason > summary, #changes summary").all():
        reason.click()
    one.check_accessible()


def test_a_sample_is_found_and_opened(tab: OpenTab, whole: Path) -> None:
    one = tab()
    page = one.open(whole)
    page.get_by_role("link", name="Samples").click()
    every = page.locator(".sample").count()
    page.get_by_label("Find").fill("metadata_conflict html")
    shown = page.locator(".sample:visible")
    assert 0 < shown.count() < every
    expect(page.get_by_role("status")).to_have_text(f"{shown.count()} of {every}")
    shown.first.locator("summary").focus()
    page.keyboard.press("Enter")
    view = shown.first.locator(".view")
    expect(view).to_be_visible()
    view.locator(".v").first.hover()
    assert lit(page, ".view:visible .b")
    one.shoot("report-sample")
    page.get_by_label("Find").fill("no such words anywhere")
    assert shown.count() == 0
    page.get_by_label("Find").fill("")
    assert shown.count() == every


def test_views_of_one_file_do_not_light_each_other(tab: OpenTab, whole: Path) -> None:
    page = tab().open(whole)
    for sample in page.locator(".sample > summary").all()[:2]:
        sample.click()
    first, second = page.locator(".view").all()[:2]
    first.locator(".v").first.hover()
    assert first.locator(".lit").count()
    assert second.locator(".lit").count() == 0


def test_a_hostile_dataset_does_nothing(tab: OpenTab, tmp_path: Path) -> None:
    raw = tmp_path / "raw"
    raw.mkdir()
    for n, payload in enumerate(MARKUP):
        name = f"<img src=x onerror=alert({n})>.txt"
        (raw / name).write_bytes(f"{payload} {n}\n\n{BODY}\n\nTags\n\n{payload}\n".encode("utf-8", "surrogatepass"))
    dataset = newsds.build(raw, tmp_path / "dist").path
    page = tab().open(saved(tmp_path, report(dataset, sources=[raw])))
    for sample in page.locator(".sample > summary").all()[:10]:
        sample.click()
    page.wait_for_load_state("networkidle")
    assert page.evaluate(f"window.{MARK}") is None
    assert page.locator("img, iframe, form, object, embed, base, link").count() == 0


def test_without_scripts_everything_is_there_to_read(tab: OpenTab, tmp_path: Path) -> None:
    page = tab(java_script_enabled=False).open(explained(tmp_path, PAGES[1]))
    expect(page.locator(".b").first).to_be_visible()
    expect(page.locator(".v").first).to_be_visible()
    expect(page.locator(".w").first).to_be_visible()
    expect(page.locator(".theme")).to_be_hidden()


def test_on_paper_everything_is_there(tab: OpenTab, tmp_path: Path) -> None:
    one = tab(scheme="dark")
    page = one.open(explained(tmp_path, PAGES[1]))
    page.emulate_media(media="print", color_scheme="light")
    boxes = page.locator(".page, .record, .why").evaluate_all(
        "found => found.map(one => one.scrollHeight - one.clientHeight)"
    )
    assert boxes == [0, 0, 0]
    expect(page.get_by_role("button", name="Light", exact=True)).to_be_hidden()
