"""Pages in a real browser: Chromium as the system has it, driven by Playwright, looked over by axe-core.

    pytest -m browser --screenshots DIR

Needs the extra `newsds[browser]` and Chromium (`apt-get install chromium`); Playwright's own browsers are not used.
Without them the tests are skipped; in CI they fail.

Every page that a test opens is watched: an error in its console, and a request for anything that is not its own, fail
the test, whatever it was about.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, NoReturn
from urllib.parse import urlsplit

import pytest

if TYPE_CHECKING:
    from playwright.sync_api import Browser, ConsoleMessage, Dialog, Page, Request

NAMES = ("chromium", "chromium-browser", "google-chrome", "chrome")
PATIENCE_MS = 10_000
"""A page that takes longer to do what it should never will."""
RULES = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark every test of this folder."""
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.browser)


def missing(what: str) -> NoReturn:
    """Skip; in CI fail."""
    message = f"{what}; pip install 'newsds[browser]' && apt-get install chromium"
    if os.environ.get("CI"):
        pytest.fail(message, pytrace=False)
    pytest.skip(message)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Chromium, started once."""
    try:
        from playwright.sync_api import sync_playwright
    except ImportError:
        missing("Playwright is not installed")
    program = next(filter(None, map(shutil.which, NAMES)), None)
    if program is None:
        missing("there is no Chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program)
        yield browser
        browser.close()


def expect(actual: Any) -> Any:
    """Playwright's assertions; imported when they are used: pytest collects this folder without Playwright too."""
    from playwright.sync_api import expect

    return expect(actual)


@dataclass
class Tab:
    """A page in the browser, and what went wrong on it."""

    page: Page
    screenshots: Path
    problems: list[str] = field(default_factory=list)
    forgiven: tuple[str, ...] = ()
    """parts of problems that the test brings about on purpose"""

    def open(self, place: str | Path) -> Page:
        """Open a file or an address, and watch it."""
        url = place.resolve().as_uri() if isinstance(place, Path) else place
        own = urlsplit(url)

        def console(message: ConsoleMessage) -> None:
            if message.type in ("error", "warning"):
                self.problems.append(f"console: {message.text}")

        def request(sent: Request) -> None:
            to = urlsplit(sent.url)
            if to.scheme in ("data", "blob"):
                return
            # a file has nothing beside it; a server only its own origin
            inside = (
                to._replace(fragment="") == own._replace(fragment="") if own.scheme == "file" else to[:2] == own[:2]
            )
            if not inside:
                self.problems.append(f"request: {sent.url}")

        def dialog(shown: Dialog) -> None:
            self.problems.append(f"dialog: {shown.message}")
            shown.dismiss()

        self.page.on("console", console)
        self.page.on("pageerror", lambda error: self.problems.append(f"error: {error}"))
        self.page.on("request", request)
        self.page.on("dialog", dialog)
        self.page.goto(url)
        return self.page

    def check_accessible(self) -> None:
        """Let axe-core look for barriers; there must be none."""
        from axe_playwright_python.sync_playwright import Axe

        results = Axe().run(self.page, options={"runOnly": {"type": "tag", "values": list(RULES)}})
        found = results.response["violations"]
        assert not found, "\n".join(
            f"{rule['id']}: {rule['help']}\n    {node['html'][:200]}\n    {node['failureSummary']}"
            for rule in found
            for node in rule["nodes"][:3]
        )

    def shoot(self, name: str, **options: Any) -> Path:
        """Keep a picture."""
        path = self.screenshots / f"{name}.png"
        self.page.screenshot(path=path, animations="disabled", caret="hide", **options)
        return path

    def check(self) -> None:
        """Fail if anything went wrong."""
        left = [p for p in self.problems if not any(part in p for part in self.forgiven)]
        assert not left, "\n".join(left)


OpenTab = Callable[..., Tab]


@pytest.fixture
def tab(browser: Browser, request: pytest.FixtureRequest) -> Iterator[OpenTab]:
    """Make tabs: `tab(scheme="dark", width=500)`; each is checked when the test is over.

    Args of a tab: color scheme (`light`, `dark`), width and height in pixels, and what else Playwright's `new_context`
    takes.
    """
    folder = Path(request.config.getoption("--screenshots"))
    folder.mkdir(parents=True, exist_ok=True)
    tabs: list[Tab] = []

    def new(*, scheme: Literal["light", "dark"] = "light", width: int = 1200, height: int = 800, **options: Any) -> Tab:
        look: dict[str, Any] = {
            "color_scheme": scheme,
            "viewport": {"width": width, "height": height},
            "locale": "en-GB",
        }
        context = browser.new_context(**look, **options)
        context.set_default_timeout(PATIENCE_MS)
        tabs.append(Tab(page=context.new_page(), screenshots=folder))
        return tabs[-1]

    yield new
    for one in tabs:
        one.page.context.close()
    for one in tabs:
        one.check()
