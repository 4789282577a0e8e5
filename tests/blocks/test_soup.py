"""soup: the reference, where it stands alone; what it shares with the fast parser is in test_html.py."""

from __future__ import annotations

import warnings

import pytest

from newsds.blocks.html import html_blocks
from newsds.blocks.soup import soup_blocks


@pytest.mark.parametrize("page", ["https://a.example/b", "a.txt", "<?xml version='1.0'?><a><b/></a>", "\x00", "."])
def test_no_warning_leaves_it(page: str) -> None:
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        soup_blocks(page)
    assert caught == []


@pytest.mark.parametrize("depth", [10, 2000])
def test_depth_does_not_exhaust_the_stack(depth: int) -> None:
    page = "<div>" * depth + "Tea" + "</div>" * depth + "<p>ships"
    assert soup_blocks(page) == html_blocks(page)


@pytest.mark.parametrize(
    ("page", "texts"),
    [
        ("<br>a</br>b", ["a\nb"]),
        ("<br></br>a", ["a"]),
        ("<p>a</p></p>b", ["a", "b"]),
        ("<img>a</img>b", ["ab"]),
        ("a&#1z<b>c</b>", ["a\x01zc"]),
    ],
)
def test_where_beautiful_soup_goes_its_own_way(page: str, texts: list[str]) -> None:
    blocks = soup_blocks(page)
    assert blocks == html_blocks(page)
    assert [b.text for b in blocks] == [t.replace("\x01", "") for t in texts]


def test_known_differences_are_still_there_to_be_named() -> None:
    """When the oldest Python we support reads these as the standard does, the docstring can be shortened."""
    page = "<title>a<b>c</title>"
    soup, fast = soup_blocks(page).head, html_blocks(page).head
    assert soup is not None
    assert fast is not None
    assert fast.title == "a<b>c"
    assert soup.title in ("a", "a<b>c")
