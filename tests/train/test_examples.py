"""examples: pages without their article, and pages in other layouts."""

from __future__ import annotations

from collections.abc import Sequence

from hypothesis import given
from hypothesis import strategies as st

from newsds.blocks import html_blocks, text_blocks
from newsds.model import Blocks, Role
from newsds.segment.features import columns_of
from newsds.segment.table import Table
from newsds.train.examples import in_other_layouts, roles_of_spans, shortened, stretch, without_article
from newsds.train.labels import labelled_page
from tests.segment.strategies import full_pages
from tests.train import made

KEPT = {None, Role.BOILERPLATE, Role.REC_HEADING, Role.REC_TITLE, Role.REC_SNIPPET}
_roles = st.sampled_from((None, *Role, Role.BOILERPLATE, Role.REC_TITLE))
labelled = full_pages.flatmap(lambda b: st.tuples(st.just(b), st.lists(_roles, min_size=len(b), max_size=len(b))))


def _big(lines: int) -> Blocks:
    return html_blocks("".join(f"<p><a href=/{i}>a {i}</a> and <a href=/b{i}>b {i}</a></p>" for i in range(lines)))


def _check(blocks: Blocks, roles: Sequence[Role | None]) -> None:
    found = without_article(blocks, roles)
    kept = [i for i, role in enumerate(roles) if role in KEPT]
    assert (found is None) == (len(kept) < 20)
    if found is None:
        return
    left, left_roles = found
    assert left_roles == [roles[i] for i in kept]
    assert [left[i] for i in range(len(left))] == [blocks[i] for i in kept]  # a block's links are a part of it
    assert list(left.links.block) == sorted(left.links.block)
    assert (left.nodes, left.head, left.page, left.kind) == (blocks.nodes, blocks.head, blocks.page, blocks.kind)


@given(labelled)
def test_without_its_article_a_page_keeps_boilerplate_and_lists_as_they_are(
    drawn: tuple[Blocks, list[Role | None]],
) -> None:
    _check(*drawn)


@given(st.lists(_roles, min_size=15, max_size=60))
def test_links_of_what_is_left_are_those_it_had(roles: list[Role | None]) -> None:
    _check(_big(len(roles)), roles)


def test_what_is_left_has_features_like_any_page() -> None:
    left = without_article(_big(30), [Role.BODY, *[Role.BOILERPLATE] * 28, Role.TITLE])
    assert left is not None
    assert columns_of(Table([left[0]]))["links"].tolist() == [2] * 28


def test_the_page_itself_stays_as_it_is() -> None:
    blocks = _big(30)
    without_article(blocks, [Role.BODY] * 5 + [None] * 25)
    assert blocks == _big(30)


@given(st.lists(st.tuples(st.sampled_from(Role), st.text("ab ", min_size=1, max_size=9)), max_size=9), st.data())
def test_a_block_has_the_role_of_most_of_its_characters(pieces: list[tuple[Role, str]], data: st.DataObject) -> None:
    page, spans, owner = "", list[tuple[int, int, Role]](), list[Role | None]()
    for role, text in pieces:
        if data.draw(st.booleans()):  # a gap that nobody labelled
            page += "\n"
            owner.append(None)
        spans.append((len(page), len(page) + len(text), role))
        page += text
        owner += [role] * len(text)
    cuts = sorted(data.draw(st.sets(st.integers(0, len(page)), max_size=6)) | {0, len(page)})
    bounds = [(a, b) for a, b in zip(cuts, cuts[1:], strict=False) if data.draw(st.booleans())]
    blocks = Blocks(
        kind="text",
        page=page,
        text=[page[a:b] for a, b in bounds],
        start=[a for a, _ in bounds],
        end=[b for _, b in bounds],
        gap=[0] * len(bounds),
        indent=[0] * len(bounds),
        tag=[""] * len(bounds),
        node=[-1] * len(bounds),
    )
    found = roles_of_spans(blocks, spans)
    for (a, b), got in zip(bounds, found, strict=True):
        counts = {r: owner[a:b].count(r) for r in Role if r in owner[a:b]}
        assert (got is None) == (not counts)
        assert got is None or counts[got] == max(counts.values())


def test_lines_of_a_dump_have_the_roles_of_their_spans() -> None:
    text = "Rain\n\nIt rained."
    spans = [(0, 4, Role.TITLE), (6, 16, Role.BODY)]
    assert roles_of_spans(text_blocks(text), spans) == [Role.TITLE, Role.BODY]


def test_layouts_are_the_same_for_the_same_pages_and_in_their_fold() -> None:
    pages = [labelled_page(made.label(n)) for n in range(6)]
    found = list(in_other_layouts(pages, folds=2, times=2, weight=0.5))
    again = list(in_other_layouts(pages[::-1], folds=2, times=2, weight=0.5))
    assert len({x.id for x in found}) == len(found) == 12
    assert {x.id for x in again} == {x.id for x in found}
    for example in found:
        [page] = [p for p in pages if example.id.startswith(p.id)]
        assert example.fold == page.fold(2)
        assert len(example.roles) == len(example.blocks)
        assert not example.judged
    assert {Role.TITLE, Role.BODY, Role.REC_TITLE, Role.BOILERPLATE} <= {role for x in found for role in x.roles}
    assert [x.blocks for x in in_other_layouts(pages, 2, 2, 0.5)] == [x.blocks for x in found]


@given(labelled, st.text(max_size=3))
def test_a_shortened_page_keeps_its_headline_and_the_order_of_its_blocks(
    drawn: tuple[Blocks, list[Role | None]], seed: str
) -> None:
    blocks, roles = drawn
    found = shortened(blocks, roles, seed)
    assert (found is None) == (Role.TITLE not in roles or Role.BODY not in roles)
    if found is None:
        return
    left, left_roles = found
    assert found == shortened(blocks, roles, seed)
    assert None not in left_roles
    assert left_roles.count(Role.TITLE) == roles.count(Role.TITLE)
    assert 1 <= left_roles.count(Role.BODY) <= roles.count(Role.BODY)
    assert list(left.start) == sorted(left.start)
    assert {(left.text[i], role) for i, role in enumerate(left_roles)} <= set(zip(blocks.text, roles, strict=True))


def test_pages_are_shortened_in_many_ways() -> None:
    blocks = _big(60)
    roles = [Role.TITLE, *[Role.BODY] * 20, Role.BOILERPLATE, *[Role.TAG] * 3, *[Role.REC_TITLE] * 9]
    roles += [Role.BOILERPLATE] * (60 - len(roles))
    found = [shortened(blocks, roles, str(seed)) for seed in range(60)]
    bodies = {one[1].count(Role.BODY) for one in found if one}
    assert {1, 2, 6, 20} <= bodies
    assert {0, 3} == {one[1].count(Role.TAG) for one in found if one}
    # the line above the tags, which may be what marks them, stays with them
    assert all(one[1][one[1].index(Role.TAG) - 1] is Role.BOILERPLATE for one in found if one and Role.TAG in one[1])


@given(full_pages.filter(len), st.text(max_size=3))
def test_a_stretch_is_some_blocks_in_a_row(blocks: Blocks, seed: str) -> None:
    left, roles = stretch(blocks, [Role.BOILERPLATE] * len(blocks), seed)
    assert 1 <= len(left) == len(roles) <= 20
    first = list(blocks.start).index(left.start[0])
    assert list(left.text) == list(blocks.text[first : first + len(left)])
    assert stretch(blocks, [Role.BOILERPLATE] * len(blocks), seed) == (left, roles)
