"""builder: elements and text in, blocks out."""

from __future__ import annotations

import pytest

from newsds.blocks.builder import BlockBuilder
from newsds.model import Anchor, Blocks


def _build(*steps: str | tuple[str, dict[str, str]] | None) -> Blocks:
    """A string is text, a tuple opens an element, None closes the last; the page is the text, in brackets."""
    page = "".join(f"[{s}]" for s in steps if isinstance(s, str))
    builder = BlockBuilder(page)
    at = 0
    for step in steps:
        if step is None:
            builder.close()
        elif isinstance(step, tuple):
            builder.open(step[0], list(step[1].items()))
        else:
            builder.text(at + 1, at + 1 + len(step))
            at += len(step) + 2
    return builder.finish()


def _el(tag: str, **attrs: str) -> tuple[str, dict[str, str]]:
    return tag, attrs


def test_inline_elements_do_not_part_text() -> None:
    blocks = _build(_el("p"), "Tea ", _el("b"), "and", None, " shi", _el("i"), "ps", None, None)
    assert [b.text for b in blocks] == ["Tea and ships"]
    assert (blocks[0].start, blocks[0].end) == (1, 20)


def test_block_elements_do() -> None:
    blocks = _build(_el("div"), "a", _el("p"), "b", None, "c", None, "d")
    assert [(b.text, b.tag) for b in blocks] == [("a", "div"), ("b", "p"), ("c", "div"), ("d", "")]


@pytest.mark.parametrize(
    ("first", "second", "nested"),
    [("p", "p", False), ("p", "div", False), ("li", "li", False), ("dt", "dd", False), ("td", "th", False),
     ("option", "option", False),
     ("div", "p", True), ("li", "ul", True), ("p", "b", True), ("div", "div", True)],
)  # fmt: skip
def test_what_an_element_ends_unsaid(first: str, second: str, nested: bool) -> None:
    blocks = _build(_el(first), "a", _el(second), "b", None, None)
    assert blocks.nodes is not None
    last = blocks.node[-1]
    around = [blocks.nodes.tag[n] for n in blocks.nodes.ancestors(last)]
    assert around == (([second, first] if nested and second != "b" else [second]) if second != "b" else [first])


def test_a_row_ends_the_cell_before_it() -> None:
    blocks = _build(_el("table"), _el("tr"), _el("td"), "a", _el("tr"), _el("td"), "b")
    assert blocks.nodes is not None
    assert [[blocks.nodes.tag[n] for n in blocks.nodes.ancestors(x)] for x in blocks.node] == [
        ["td", "tr", "table"]
    ] * 2


def test_line_breaks() -> None:
    br = (_el("br"), None)
    assert [b.text for b in _build("a", *br, "b")] == ["a\nb"]
    assert [b.text for b in _build("a", *br, " ", *br, "b")] == ["a", "b"]


def test_text_that_is_not_shown_is_left_out() -> None:
    blocks = _build("a", _el("script"), "b", None, _el("svg"), _el("title"), "c", None, None, "d")
    assert [b.text for b in blocks] == ["ad"]
    assert blocks.head is not None
    assert blocks.head.title is None


def test_the_first_title_is_the_title() -> None:
    blocks = _build(_el("title"), " Tea &amp;\n ships ", None, _el("title"), "Other", None)
    assert blocks.head is not None
    assert blocks.head.title == "Tea & ships"


def test_references_are_decoded_and_offsets_are_of_the_source() -> None:
    page = "&nbsp;caf&eacute; &#8217;"
    builder = BlockBuilder(page)
    builder.text(0, len(page))
    blocks = builder.finish()
    assert [(b.text, b.start, b.end) for b in blocks] == [("café ’", 0, len(page))]


def test_links_have_places_in_the_text() -> None:
    blocks = _build(
        _el("p"),
        "See ",
        _el("a", href=" /b "),
        "this ",
        _el("b"),
        "one",
        None,
        None,
        " and ",
        _el("a", href="/c"),
        "that",
        None,
        None,
    )
    block = blocks[0]
    assert block.text == "See this one and that"
    assert [(block.text[a.start : a.end], a.href) for a in block.anchors] == [("this one", "/b"), ("that", "/c")]
    assert all(
        isinstance(a, Anchor) and blocks.nodes is not None and blocks.nodes.tag[a.node] == "a" for a in block.anchors
    )


def test_an_a_without_target_is_no_link() -> None:
    assert _build(_el("a", name="x"), "a", None)[0].anchors == ()


def test_links_side_by_side_are_parted_by_a_blank() -> None:
    assert _build(_el("a", href="/1"), "one", None, _el("a", href="/2"), "two", None)[0].text == "one two"


def test_link_around_blocks_holds_for_each() -> None:
    blocks = _build(_el("a", href="/b"), _el("h3"), "one", None, _el("p"), "two", None, None)
    assert [[a.href for a in b.anchors] for b in blocks] == [["/b"], ["/b"]]


@pytest.mark.parametrize(
    ("tag", "attrs", "hidden"),
    [
        ("div", {"hidden": ""}, True),
        ("div", {"style": "color: red; DISPLAY : none"}, True),
        ("div", {"style": "visibility:hidden"}, True),
        ("div", {"style": "display: block"}, False),
        ("body", {"style": "display:none"}, False),
        ("div", {"class": "hidden"}, False),
    ],
)
def test_hidden(tag: str, attrs: dict[str, str], hidden: bool) -> None:
    blocks = _build((tag, attrs), _el("p"), "a")
    assert blocks.nodes is not None
    assert blocks.nodes.hidden[blocks.node[0]] is hidden


def test_labels_gather_what_names_an_element() -> None:
    blocks = _build(("div", {"class": "Article  Body", "id": "Main", "title": "x", "aria-hidden": "true"}), "a")
    assert blocks.nodes is not None
    assert set(blocks.nodes.label[blocks.node[0]].split()) == {"article", "body", "main", "aria-hidden"}


def test_head() -> None:
    blocks = _build(
        _el("html", lang="de"),
        _el("meta", name="Author", content=" Ann "), None,
        _el("meta", name="author", content="Bo"), None,
        _el("meta", property="og:title", content="Tea"), None,
        _el("meta", name="empty", content=" "), None,
        _el("link", rel="Canonical", href="https://a.example/"), None,
        _el("script", type="application/ld+json"), '{"a": "&amp;"}', None,
        _el("script"), "var a", None,
        _el("p"), _el("time", datetime="2024-05-03"), "today",
    )  # fmt: skip
    head = blocks.head
    assert head is not None
    assert (head.language, head.canonical) == ("de", "https://a.example/")
    assert head.meta == {"author": "Ann", "og:title": "Tea"}
    assert head.linked_data == ('{"a": "&amp;"}',)
    assert [when for _, when in head.times] == ["2024-05-03"]
    assert blocks.nodes is not None
    assert blocks.nodes.tag[head.times[0][0]] == "time"


def test_preformatted_text_keeps_its_lines() -> None:
    assert _build(_el("pre"), "\n  a  \r\n\tb\rc \n\n", None)[0].text == "  a\n\tb\nc"


def test_only_elements_that_hold_something_are_noted() -> None:
    blocks = _build(_el("div"), _el("p"), None, _el("span"), "a")
    assert blocks.nodes is not None
    assert blocks.nodes.tag == ["", "div", "span"]
    assert all(parent < i for i, parent in enumerate(blocks.nodes.parent))
