"""Examples made of labelled pages: their content in other layouts, and what is left of them without their article."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from typing import Final

from newsds.blocks import text_blocks
from newsds.model import Blocks, Links, Role
from newsds.train.fit import Example
from newsds.train.labels import LabelledPage
from newsds.train.layouts import render

_KEPT: Final = frozenset((Role.BOILERPLATE, Role.REC_HEADING, Role.REC_TITLE, Role.REC_SNIPPET))
"""What a page without article consists of: menus, and lists of articles that are elsewhere."""
_LEAST: Final = 20
"""Blocks of a page that is worth learning from."""
_LEFT: Final = {
    Role.SUBTITLE: 0.4,
    Role.BYLINE: 0.6,
    Role.DATE: 0.6,
    Role.CAPTION: 0.5,
    Role.TAG: 0.8,
    Role.PREVIOUS: 0.8,
    Role.NEXT: 0.8,
    Role.REC_HEADING: 0.8,
    Role.REC_TITLE: 0.6,
    Role.REC_SNIPPET: 0.8,
    Role.COMMENT: 0.6,
}
"""Chance that a short page keeps what it has of a role."""
_MARKED: Final = (Role.TAG, Role.PREVIOUS, Role.NEXT, Role.COMMENT)
"""Roles that are often marked by the line above."""
_OFFERED: Final = (Role.REC_TITLE, Role.REC_SNIPPET)
_FRAME_LEFT: Final = (0.0, 0.1, 0.3, 0.7)
"""Share of the boilerplate that a short page keeps."""
_STRETCH: Final = 20
"""Blocks of a short listing at most."""
_CUT: Final = 0.7
_PARAGRAPHS: Final = 6
_OFFERS: Final = 6
"""Paragraphs and recommended headlines that it has at most, where it is cut."""


def without_article(blocks: Blocks, roles: Sequence[Role | None]) -> tuple[Blocks, list[Role | None]] | None:
    """Return what is left of a page when its article is taken out: a listing; None if that is next to nothing.

    The elements that held the article stay, empty, as they do on the listings of a site.
    """
    kept = [i for i, role in enumerate(roles) if role is None or role in _KEPT]
    return _of(blocks, roles, kept) if len(kept) >= _LEAST else None


def shortened(blocks: Blocks, roles: Sequence[Role | None], seed: str) -> tuple[Blocks, list[Role | None]] | None:
    """Return a page with few paragraphs and little of its frame; None if it has no headline or no text.

    Labelled pages are long and framed by menus, others are not: what a clipping tool kept, a note of one paragraph.

    Args:
        blocks: of the page.
        roles: theirs.
        seed: what is left; the same seed leaves the same.
    """
    if Role.TITLE not in roles or Role.BODY not in roles:
        return None
    rng = random.Random(seed)
    left = {role for role, chance in _LEFT.items() if rng.random() < chance}
    frame = rng.choice(_FRAME_LEFT)
    paragraphs = rng.randint(1, _PARAGRAPHS) if rng.random() < _CUT else len(roles)
    offers = rng.randint(1, _OFFERS)
    kept: list[int] = []
    for i, role in enumerate(roles):
        if role is Role.TITLE:
            keep = True
        elif role is Role.BODY:
            keep = paragraphs > 0
            paragraphs -= 1
        elif role is Role.BOILERPLATE:
            below = roles[i + 1] if i + 1 < len(roles) else None
            keep = rng.random() < frame or (below in _MARKED and below in left)
        elif role is None:
            keep = False
        else:
            offers -= role is Role.REC_TITLE
            keep = role in left and (role not in _OFFERED or offers >= 0)
        if keep:
            kept.append(i)
    return _of(blocks, roles, kept)


def stretch(blocks: Blocks, roles: Sequence[Role | None], seed: str) -> tuple[Blocks, list[Role | None]]:
    """Return a few blocks of a page in a row: of a listing they make a short page that is no article.

    Args:
        blocks: of the page, one at least.
        roles: theirs.
        seed: which; the same seed gives the same.
    """
    rng = random.Random(seed)
    first = rng.randrange(len(blocks))
    return _of(blocks, roles, range(first, min(len(blocks), first + rng.randint(1, _STRETCH))))


def _of(blocks: Blocks, roles: Sequence[Role | None], kept: Sequence[int]) -> tuple[Blocks, list[Role | None]]:
    """Return some of a page's blocks, in the elements they were in."""
    number = {old: new for new, old in enumerate(kept)}
    links = [i for i, block in enumerate(blocks.links.block) if block in number]
    left = Blocks(
        kind=blocks.kind,
        page=blocks.page,
        text=[blocks.text[i] for i in kept],
        start=[blocks.start[i] for i in kept],
        end=[blocks.end[i] for i in kept],
        gap=[blocks.gap[i] for i in kept],
        indent=[blocks.indent[i] for i in kept],
        tag=[blocks.tag[i] for i in kept],
        node=[blocks.node[i] for i in kept],
        links=Links(
            block=[number[blocks.links.block[i]] for i in links],
            start=[blocks.links.start[i] for i in links],
            end=[blocks.links.end[i] for i in links],
            href=[blocks.links.href[i] for i in links],
            node=[blocks.links.node[i] for i in links],
        ),
        nodes=blocks.nodes,
        head=blocks.head,
    )
    return left, [roles[i] for i in kept]


def in_other_layouts(pages: Sequence[LabelledPage], folds: int, times: int, weight: float) -> Iterator[Example]:
    """Yield the content of labelled pages in layouts of text dumps drawn at random, the same for the same pages.

    Args:
        pages: where content is from; a page borrows only from pages of its fold.
        folds: how many there are.
        times: layouts a page.
        weight: of each example.
    """
    for fold in range(folds):
        pool = [p for p in pages if p.fold(folds) == fold]
        for page in pool:
            for seed in range(times):
                text, spans = render(page, pool, seed=seed)
                blocks = text_blocks(text)
                yield Example(
                    id=f"{page.id} layout {seed}",
                    fold=fold,
                    blocks=blocks,
                    roles=roles_of_spans(blocks, spans),
                    publisher=page.publisher,
                    weight=weight,
                    judged=False,
                )


def roles_of_spans(blocks: Blocks, spans: Sequence[tuple[int, int, Role]]) -> list[Role | None]:
    """Return for each block the role of most of its characters."""
    roles: list[Role | None] = []
    at = 0
    for start, end in zip(blocks.start, blocks.end, strict=True):
        while at < len(spans) and spans[at][1] <= start:
            at += 1
        shared: dict[Role, int] = {}
        i = at
        while i < len(spans) and spans[i][0] < end:
            a, b, role = spans[i]
            shared[role] = shared.get(role, 0) + min(b, end) - max(a, start)
            i += 1
        roles.append(max(shared, key=lambda r: shared[r]) if shared else None)
    return roles
