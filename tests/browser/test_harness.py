"""The harness sees what it is to see: each fault, put on a page, fails the test that opens it."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.browser.conftest import OpenTab

SOUND = (
    "<!doctype html><html lang=en><title>A page</title><style>body{color:#222;background:#fff}</style>"
    "<main><h1>A page</h1><p>Text.</p>{}</main>"
)


def written(folder: Path, extra: str) -> Path:
    path = folder / "page.html"
    path.write_text(SOUND.replace("{}", extra), encoding="utf-8")
    return path


@pytest.mark.parametrize(
    ("extra", "said"),
    [
        ("<script>console.error('oh')</script>", "console: oh"),
        ("<script>throw new Error('oh')</script>", "error: oh"),
        ("<script>alert('oh')</script>", "dialog: oh"),
        ("<img alt='' src='http://127.0.0.1:9/x.png'>", "request: http://127.0.0.1:9/x.png"),
        ("<img alt='' src='beside.png'>", "request: file:///"),
    ],
)
def test_faults_are_seen(tab: OpenTab, tmp_path: Path, extra: str, said: str) -> None:
    opened = tab()
    opened.open(written(tmp_path, extra))
    opened.page.wait_for_load_state("networkidle")
    with pytest.raises(AssertionError, match=said):
        opened.check()
    opened.problems.clear()


def test_barriers_are_seen(tab: OpenTab, tmp_path: Path) -> None:
    opened = tab()
    opened.open(written(tmp_path, "<p style='color:#aaa'>Hard to read.</p>"))
    with pytest.raises(AssertionError, match="color-contrast"):
        opened.check_accessible()


def test_a_sound_page_passes(tab: OpenTab, tmp_path: Path) -> None:
    opened = tab()
    opened.open(written(tmp_path, ""))
    opened.check_accessible()
    assert opened.shoot("harness").stat().st_size > 1000
    opened.check()
