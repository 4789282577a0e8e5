"""places: where each block stands among the elements of its page."""

from __future__ import annotations

import time
from itertools import groupby

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsds.blocks import html_blocks, text_blocks
from newsds.model import Blocks
from newsds.segment.arrays import Runs
from newsds.segment.places import AROUND, LABELS, TAGS, Places, element, label
from tests.segment.strategies import Tree, full_pages, page_of, trees

batches = st.lists(trees(), min_size=1, max_size=4)


def _places(batch: list[Blocks]) -> Places:
    return Places(batch, Runs([len(b) for b in batch]).offsets)


def _around(tree: Tree, node: int) -> set[str]:
    return {name for n in tree.up(node) for name, tags in AROUND.items() if tree.nodes.tag[n] in tags}


def _labels(tree: Tree, nodes: list[int]) -> set[str]:
    return {name for n in nodes for name, pattern in LABELS.items() if pattern.search(tree.nodes.label[n])}


@given(batches)
def test_what_elements_inherit_is_what_stands_above_them(drawn: list[Tree]) -> None:
    places = _places([t.page for t in drawn])
    at = 0
    for tree in drawn:
        for node in range(len(tree.nodes.tag)):
            up, row = tree.up(node), np.array([at])
            assert places.depth[at] == len(up) - 1
            assert places.tag[at] == TAGS.get(tree.nodes.tag[node], 0)
            assert {n for n in AROUND if element(places.around[row], n)[0]} == _around(tree, node)
            assert {n for n in LABELS if label(places.labels[row], n)[0]} == _labels(tree, [node])
            assert {n for n in LABELS if label(places.near_labels[row], n)[0]} == _labels(tree, up[:4])
            assert {n for n in LABELS if label(places.all_labels[row], n)[0]} == _labels(tree, up)
            assert bool(places.hidden[at]) == any(tree.nodes.hidden[n] for n in up)
            at += 1
    assert at == len(places.depth)


@given(batches)
def test_paths_are_equal_where_names_and_labels_are_from_the_document_down(drawn: list[Tree]) -> None:
    places = _places([t.page for t in drawn])
    paths, tag_paths = [], []
    for tree in drawn:
        for node in range(len(tree.nodes.tag)):
            up = tree.up(node)[:-1]
            paths.append(tuple((tree.nodes.tag[n], tree.nodes.label[n]) for n in up))
            tag_paths.append(tuple(TAGS.get(tree.nodes.tag[n], 0) for n in up))
    for expected, found in ((paths, places.path.tolist()), (tag_paths, places.tag_path.tolist())):
        assert len(set(expected)) == len(set(found)) == len(set(zip(expected, found, strict=True)))


@given(batches)
def test_the_contents_of_an_element_are_its_first_to_its_last_block(drawn: list[Tree]) -> None:
    places = _places([t.page for t in drawn])
    weight = np.array([w for t in drawn for w in t.weight], np.int64)
    at = row = 0
    for tree in drawn:
        for node in range(len(tree.nodes.tag)):
            held = tree.held(node)
            a, b = int(places.first[at]), int(places.end[at])
            assert b - a == (held[-1] + 1 - held[0] if held else 0)
            assert not held or a == row + held[0]
            assert places.inside(weight, np.array([at])).tolist() == [sum(tree.weight[i] for i in held)]
            at += 1
        row += len(tree.page)


@given(batches, st.integers(0, 9))
def test_above_climbs_to_the_document_and_stays_there(drawn: list[Tree], level: int) -> None:
    places = _places([t.page for t in drawn])
    expected, at = [], 0
    for tree in drawn:
        expected += [at + tree.up(n)[: level + 1][-1] for n in tree.page.node]
        at += len(tree.nodes.tag)
    assert places.above(level).tolist() == expected


@given(batches, st.sampled_from((1, 50, 80, 95, 100)))
def test_main_is_the_deepest_element_that_holds_a_share(drawn: list[Tree], percent: int) -> None:
    places = _places([t.page for t in drawn])
    main = places.main(np.array([w for t in drawn for w in t.weight], np.int64), percent)
    common, expected, at = places.common_depth(main), [], 0
    for tree, found in zip(drawn, main.tolist(), strict=True):
        total = sum(tree.weight)
        holds = [
            n
            for n in range(len(tree.nodes.tag))
            if total and 100 * sum(tree.weight[i] for i in tree.held(n)) >= percent * total
        ]
        best = max(holds, key=lambda n: (len(tree.up(n)), -n), default=0)
        assert found == at + best
        expected += [len(set(tree.up(n)) & set(tree.up(best))) - 1 for n in tree.page.node]
        at += len(tree.nodes.tag)
    assert common.tolist() == expected


@given(st.data())
def test_no_tree_is_too_odd(data: st.DataObject) -> None:
    count = data.draw(st.integers(1, 12))
    parent = [-1] + [data.draw(st.integers(0, i - 1)) for i in range(1, count)]
    turned = data.draw(st.permutations(range(1, count)))  # children before their parents too
    number = dict(zip(range(1, count), turned, strict=True)) | {0: 0, -1: -1}
    renamed = dict(sorted((number[i], number[p]) for i, p in enumerate(parent)))
    node = data.draw(st.lists(st.integers(0, count - 1), min_size=1, max_size=6))
    places = _places([page_of(list(renamed.values()), node)])
    main = places.main(np.ones(len(node), np.int64), 80)
    assert (places.first <= places.end).all()
    assert (places.common_depth(main) <= places.depth[main]).all()
    assert places.depth.max() < count


@given(st.lists(full_pages, min_size=1, max_size=3))
def test_text_stands_in_its_document_alone(batch: list[Blocks]) -> None:
    places = _places(batch)
    text = ~places.is_html
    assert text.tolist() == [b.kind == "text" for b in batch for _ in b.text]
    for column in (places.depth, places.around, places.all_labels, places.hidden, places.tag):
        assert not column[places.node][text].any()
    runs = [len(list(rows)) for _, rows in groupby(places.node[text].tolist())]
    assert runs == [len(b) for b in batch if b.kind == "text"]


def test_a_page_of_text_between_two_of_html_changes_neither() -> None:
    page = html_blocks("<main><p>One</p></main><p>Two</p>")
    alone, beside = _places([page]), _places([page, text_blocks("Three\n\nFour"), page])
    rows = np.array([0, 1, 4, 5])
    assert alone.depth[alone.node].tolist() * 2 == beside.depth[beside.node][rows].tolist()
    assert alone.around[alone.node].tolist() * 2 == beside.around[beside.node][rows].tolist()


@pytest.mark.parametrize("shape", ["nested", "siblings", "stairs"])
def test_twenty_thousand_elements_take_no_time(shape: str) -> None:
    count = 20_000
    parent = {
        "nested": list(range(-1, count - 1)),
        "siblings": [-1] + [0] * (count - 1),
        "stairs": [-1] + [max(0, i - 1 - i % 2) for i in range(1, count)],
    }[shape]
    start = time.perf_counter()
    places = _places([page_of(parent, list(range(0, count, 4)))])
    places.common_depth(places.main(np.ones(count // 4, np.int64), 50))
    assert time.perf_counter() - start < 3
    assert places.depth.max() == {"nested": count - 1, "siblings": 1, "stairs": count // 2}[shape]


@pytest.mark.parametrize("piece", ["_", "a ", "-", "nav_", "_most", "_lang", "x_", "post-", "article"])
def test_a_long_label_takes_no_time(piece: str) -> None:
    start = time.perf_counter()
    _places([page_of([-1, 0], [1], label=["", (piece * 50_000)[:50_000] + ":"])])
    assert time.perf_counter() - start < 3


@pytest.mark.parametrize(
    ("said", "name"),
    [
        ("post-tags", "tag"),
        ("c-subnav", "framed"),
        ("site_footer", "framed"),
        ("mostread", "boxed"),
        ("language-switcher", "framed"),
        ("entry-content", "article_text"),
        ("nav-previous", "previous"),
        ("byline__name", "byline"),
    ],
)
def test_labels_of_common_software(said: str, name: str) -> None:
    assert LABELS[name].search(said)
