"""tags: what a tag does to the text around it."""

from __future__ import annotations

import pytest
from turbohtml import tokenize

from newsds.blocks.tags import BARE, LINKED_DATA, PLAIN, Start, read_end, read_start


def _start(source: str) -> Start:
    token = next(tokenize(source, capture_source=True))
    return read_start(token.tag or "", token)


@pytest.mark.parametrize("source", sorted(BARE))
def test_what_is_known_beforehand_is_what_would_be_read(source: str) -> None:
    known = BARE[source]
    token = next(tokenize(source, capture_source=True))
    assert token.source == source
    if isinstance(known, str):
        assert known == read_end(token.tag or "")
        return
    read = PLAIN.get(token.tag or "") or read_start(token.tag or "", token)
    assert read.kind is known.kind
    assert (read.href, read.when, read.unseen, read.read_label(), read.hides) == (
        (known.href, known.when, known.unseen, known.label, known.hides)
    )


@pytest.mark.parametrize(
    ("source", "label", "hides"),
    [
        ("<div class='B  a' id=C title=x>", "c b a", False),
        ("<div class=a aria-hidden=true>", "a aria-hidden", False),
        ("<div aria-hidden=false style='display: none'>", "", True),
        ("<main hidden class=x>", "x", False),
        ("<script class=x type='application/ld+json'>", "ld+json", False),
    ],
)
def test_labels_are_read_when_asked_for(source: str, label: str, hides: bool) -> None:
    start = _start(source)
    assert start.label is None
    assert start.read_label() == start.label == label
    assert start.hides is hides


def test_attributes_that_count_even_without_text() -> None:
    assert (_start("<a href=' /b '>").href, _start("<a href>").href, _start("<area href=/b>").href) == (
        "/b",
        None,
        None,
    )
    assert (_start("<time datetime=' 2024 '>").when, _start("<p datetime=2024>").when) == ("2024", None)
    assert _start("<script type='application/ld+json'>").unseen & LINKED_DATA
    assert not _start("<script type=module>").unseen & LINKED_DATA
