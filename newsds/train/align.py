"""Labels of a page → the roles of its blocks.

Labels name texts, not places, and were read from another rendering of the page: a text may stand on the page several
times in several roles, a label may be cut into several blocks, and a block may join several labels. So, in turn:

1. a block that is a label word for word, whose words have one role, has that role;
2. where the same words have several roles, the order of the labels decides: each list of them is in page order, so
   that between two labels whose blocks are known lie the blocks of those between them;
3. a block that is a piece of a label not found whole has its role;
4. a block made of labels has the role that most of its characters have;
5. lines that read as headings of the recommendations below them are headings.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from newsds.model import Blocks, Role
from newsds.train.frame import fill_gaps, mark_headings, mark_source, reads_as_tags
from newsds.train.labels import LabelledPage
from newsds.train.match import OUTSIDE, Item, Pieces, Windows, Wording, list_items, read_words

_HEAD: Final = frozenset({Role.TITLE, Role.SUBTITLE, Role.BYLINE, Role.DATE})
"""Roles whose text stands near the body, above it as a rule."""
_ONCE: Final = _HEAD | {Role.PREVIOUS, Role.NEXT, Role.TAG}
"""Roles that only as many blocks have as labels say: further blocks of the same words are the page's frame."""
_PREFERENCE: Final = (
    Role.BODY,
    Role.TITLE,
    Role.SUBTITLE,
    Role.CAPTION,
    Role.REC_SNIPPET,
    Role.REC_TITLE,
    Role.COMMENT,
    Role.BYLINE,
    Role.DATE,
    Role.TAG,
    Role.PREVIOUS,
    Role.NEXT,
    Role.BOILERPLATE,
)
"""Which of several roles the same piece of text rather has."""
_RANK: Final[Mapping[Role, int]] = {role: i for i, role in enumerate(_PREFERENCE)}

_PROSE: Final = 50
"""Letters and digits of a paragraph that shows where the body is: shorter ones may stand elsewhere too."""
_NEAR: Final = 32
"""Occurrences of the same words that are weighed against each other for one label."""
_BELOW: Final = 1.0
"""Cost of a head field below the first paragraph."""
_NO_H1: Final = 0.5
"""Cost of a title in another element than `h1` where the same words are one: about ten blocks of distance."""
_ABSENT: Final = 1.6
_PRESENT: Final = 0.3
"""Where the page lacks one of two labels, it lacks the one of cost `_ABSENT` if the other is below `_PRESENT`."""
_MEANT: Final = 15
"""Letters and digits of a piece that is found by its words alone; a shorter one must stand in its place."""
_PIECES: Final = 16
"""Occurrences of a piece in the labels that are looked at."""
_MOST: Final = 0.5
"""Share of a block that decides its role."""
_TAGS: Final = 0.4
"""Share of a line that tags take where the rest are their heading and separators."""
_SIDE: Final = 0.3
"""Share that a neighbour's label takes of a block with marker words and a thumbnail's text."""
_NAMED: Final = 0.7
"""Share of a head field that a block which joins it with other text must have."""
_BESIDE: Final = 10
"""Blocks from the body to a line of tags that menus have too, at most."""
_HEADLINE: Final = 0.2
"""Share that a recommended headline takes of a block that joins it and its snippet."""
_FAR: Final = 30
"""Blocks between the body and a piece of a head field at most."""


def align(blocks: Blocks, page: LabelledPage) -> list[Role | None]:
    """Return the role that a page's labels give to each of its blocks, None where they do not say.

    Args:
        blocks: the page, HTML or text.
        page: its labels, each list in page order; what is not content may be missing from them.

    Labels do not tell headings of recommendations from other boilerplate: lines that read as such right above a
    recommended headline get `rec_heading`.

    >>> from newsds.blocks import text_blocks
    >>> page = LabelledPage(id="a", title="Rain", body=("It rained. It poured.",), boilerplate=("Home", "Rain"))
    >>> blocks = text_blocks("Home > Rain\\nRain\\nIt rained.\\nIt poured.\\nA line that nobody labelled")
    >>> [role and str(role) for role in align(blocks, page)]
    ['boilerplate', 'title', 'body', 'body', None]
    """
    return _Alignment(blocks, list_items(page)).roles()


@dataclass(frozen=True, slots=True)
class _Choice:
    """A label, a block that it may be, and how much speaks against it."""

    cost: float
    item: int
    block: int


class _Alignment:
    """The state of one alignment: which block each label is, and what each block is."""

    def __init__(self, blocks: Blocks, items: Sequence[Item]) -> None:
        self._blocks = blocks
        self._items = items
        self._words = [read_words(text) for text in blocks.text]
        self._role: list[Role | None] = [None] * len(blocks)
        self._place: dict[int, int] = {}
        """label → its block, where that is known"""
        self._whole: set[int] = set()
        """labels that are a block by themselves"""
        self._windows = Windows(items, self._place, len(blocks))
        self._first = self._last = len(blocks) // 2

    def roles(self) -> list[Role | None]:
        occurrences: dict[str, list[int]] = defaultdict(list)
        labels: dict[str, list[int]] = defaultdict(list)
        for i, words in enumerate(self._words):
            occurrences[words.key].append(i)
        for k, item in enumerate(self._items):
            labels[item.words.key].append(k)
        shared = [key for key in occurrences if key in labels]
        doubtful = [key for key in shared if not self._settle(occurrences[key], labels[key])]
        self._survey()
        self._find_tag_lines(occurrences, labels)
        for _ in range(2 if doubtful else 0):  # what the first round finds narrows the places of the second
            for key in doubtful:
                self._decide(occurrences[key], labels[key])
            self._survey()
        if None in self._role:
            self._find_parts()
            self._find_frame()
        mark_headings(self._blocks.text, self._role)
        return self._role

    def _find_frame(self) -> None:
        if self._blocks.kind == "text":
            mark_source(self._blocks.text, self._role)
        if any(item.role is Role.BOILERPLATE for item in self._items):
            fill_gaps(self._blocks.text, self._role)

    def _find_tag_lines(self, occurrences: Mapping[str, list[int]], labels: Mapping[str, list[int]]) -> None:
        """Find lines that join tags; what else has the words of these is a menu.

        A line most of whose tags are blocks by themselves too is a menu or a trail itself, unless it has all of the
        tags, or says so, or stands nearer to the body than they do.
        """
        tags = {k: item.words.key for k, item in enumerate(self._items) if item.role is Role.TAG}
        title = next((item.words.key for item in self._items if item.role is Role.TITLE), None)
        alone = {n: min(map(self._distance, at)) for n in set(tags.values()) if (at := occurrences.get(n))}
        lists = Wording(tags, self._items, whole=tags)
        lines = []
        for i, words in enumerate(self._words if tags else ()):
            if words.key in labels or len(words.words) < 2:
                continue
            found = list(lists.tile(words.words, choose=lambda k, _: k))
            share = sum(letters for _, letters in found) / len(words.key)
            if share < _TAGS:
                continue
            names = {tags[k] for k, _ in found}
            marked = reads_as_tags(self._blocks.text[i])
            if not marked and title and (title in words.key or words.key in title):
                continue
            near = self._distance(i) < min(_BESIDE, *(alone.get(name, _BESIDE) for name in names))
            several = len(names) > 1 and (near or names.issuperset(tags.values()))
            if marked or several or 2 * len(names - alone.keys()) > len(names):
                lines.append((-share, i, sorted(names)))
        for _, i, joined in sorted(lines):
            left = [name for name in joined if labels[name]]
            if 2 * len(left) > len(joined):
                self._role[i] = Role.TAG
                for name in left:
                    k = labels[name].pop(0)
                    self._whole.add(k)
                    self._place[k] = i
        for name in alone:
            if not labels[name]:
                for i in occurrences[name]:
                    self._role[i] = Role.BOILERPLATE

    def _distance(self, block: int) -> int:
        """Return the blocks between a block and the nearer end of the body."""
        return min(abs(block - self._first), abs(block - self._last))

    def _settle(self, occurrences: Sequence[int], labels: Sequence[int]) -> bool:
        """Give the blocks of the same words their role, if they can have but one."""
        role = self._items[labels[0]].role
        if any(self._items[k].role is not role for k in labels):
            return False
        if len(labels) < len(occurrences) and role in _ONCE:
            return False
        for block in occurrences:
            self._role[block] = role
        self._whole.update(labels[: len(occurrences)])
        if len(labels) == len(occurrences):
            self._place.update(zip(labels, occurrences, strict=True))
        return True

    def _survey(self) -> None:
        """Look where the blocks known so far leave room for each label, and where the body is."""
        self._windows = Windows(self._items, self._place, len(self._role))
        prose = [
            block
            for k, block in self._place.items()
            if self._items[k].role is Role.BODY and len(self._items[k].words.key) >= _PROSE
        ]
        if prose:
            self._first, self._last = min(prose), max(prose)

    def _decide(self, occurrences: Sequence[int], labels: Sequence[int]) -> None:
        """Share the blocks of the same words out among labels of several roles."""
        frame = [k for k in labels if self._items[k].role is Role.BOILERPLATE]
        special = [k for k in labels if self._items[k].role is not Role.BOILERPLATE]
        lacking = len(occurrences) < len(labels)
        choices = []
        headed = self._headed(occurrences)
        for n, k in enumerate(special):
            for block in self._nearest(occurrences, k, n / len(special)):
                own, other = self._cost(k, block, headed=headed), self._frame_cost(frame, block)
                if own < _ABSENT or not (lacking and other < _PRESENT):
                    choices.append(_Choice(own + OUTSIDE - other, k, block))
        choices.sort(key=lambda c: (c.cost, c.item, c.block))
        taken: dict[int, int] = {}
        placed: set[int] = set()
        for choice in choices:
            if choice.block not in taken and choice.item not in placed:
                taken[choice.block] = choice.item
                placed.add(choice.item)
        for k, block in zip(*self._in_order(taken), strict=True):
            self._role[block] = self._items[k].role
            self._place[k] = block
        rest = [block for block in occurrences if block not in taken]
        for block in rest:
            self._role[block] = Role.BOILERPLATE
        self._whole.difference_update(labels)
        self._whole.update(placed, frame[: len(rest)])
        if len(rest) == len(frame):
            self._place.update(zip(frame, rest, strict=True))

    def _in_order(self, taken: Mapping[int, int]) -> tuple[list[int], list[int]]:
        """Return labels and their blocks, those of one role both in page order."""
        by_role: dict[Role, list[int]] = defaultdict(list)
        for block, k in taken.items():
            by_role[self._items[k].role].append(block)
        labels, blocks = [], []
        for found in by_role.values():
            labels += sorted(taken[block] for block in found)
            blocks += sorted(found)
        return labels, blocks

    def _nearest(self, occurrences: Sequence[int], k: int, part: float) -> Sequence[int]:
        """Return the occurrences around the place where a label is to be expected, not more than can be weighed.

        Args:
            occurrences: blocks of the same words.
            k: the label.
            part: share of the labels of these words that stand before it, which tells where nothing else does.
        """
        if len(occurrences) <= _NEAR:
            return occurrences
        window = self._windows[k]
        at = bisect_left(occurrences, (window.low + window.high) // 2)
        if window.open:
            at = int(part * len(occurrences)) if part else bisect_left(occurrences, self._first)
        start = min(max(0, at - _NEAR // 2), len(occurrences) - _NEAR)
        return occurrences[start : start + _NEAR]

    def _headed(self, occurrences: Iterable[int]) -> bool:
        return any(self._blocks.tag[i] == "h1" for i in occurrences)

    def _cost(self, k: int, block: int, *, headed: bool) -> float:
        """How much speaks against a label being a block."""
        role, window = self._items[k].role, self._windows[k]
        if role in _HEAD:
            cost = _growing(abs(block - self._first), 10)
            cost += _BELOW * (block > self._first)
            if role is Role.TITLE and headed and self._blocks.tag[block] != "h1":
                cost += _NO_H1
            return cost
        if role is Role.BODY and window.open:
            return 0.0 if self._first <= block <= self._last else _BELOW
        near = _growing(self._distance(block), 10)
        return near if window.open else 0.8 * window.cost(block) + 0.2 * near

    def _frame_cost(self, frame: Sequence[int], block: int) -> float:
        """How much speaks against a block being any of the labels `frame`, which are in page order."""
        end = bisect_right(frame, block, key=lambda k: self._windows[k].low)
        return min((self._windows[k].cost(block) for k in frame[max(0, end - 4) : end]), default=OUTSIDE)

    def _find_parts(self) -> None:
        """Give roles to blocks that are no label word for word."""
        loose = [k for k in range(len(self._items)) if k not in self._whole]
        pieces = Pieces(loose, self._items)
        wording = Wording([*loose, *sorted(self._whole)], self._items, whole=self._whole)
        known = {role for role in self._role if role}
        for i, words in enumerate(self._words):
            if self._role[i] is not None:
                continue
            if not words.words:
                self._role[i] = Role.BOILERPLATE  # a rule, an arrow, a bullet
                continue
            self._role[i] = self._role_of_piece(pieces, i) or self._role_of_whole(wording, i, known)

    def _role_of_piece(self, pieces: Pieces, block: int) -> Role | None:
        """Return the role of the label that a block is a piece of."""
        words = self._words[block]
        meant = len(words.key) >= _MEANT
        best: tuple[bool, int, float] | None = None
        for k in pieces.holding(words, limit=_PIECES, parts=meant):
            role = self._items[k].role
            fits = self._fits(k, block)
            if not meant and not (fits and (len(words.key) > 3 or self._windows[k].tight(block))):
                continue
            rank = (not fits, _RANK[role], self._windows[k].cost(block))
            if best is None or rank < best:
                best = rank
        return _PREFERENCE[best[1]] if best else None

    def _fits(self, k: int, block: int) -> bool:
        """Say whether a block may be a piece of a label, by its place."""
        if self._items[k].role in _HEAD:
            return self._first - _FAR <= block <= self._last + _FAR
        return self._windows[k].low <= block <= self._windows[k].high

    def _role_of_whole(self, wording: Wording, block: int, known: set[Role]) -> Role | None:
        """Return the role that most of a block has which joins several labels."""
        words = self._words[block].words
        total = len(self._words[block].key)
        share: Counter[Role] = Counter()

        def rank(k: int, letters: int) -> tuple[bool, bool, int] | None:
            role, fits = self._items[k].role, self._fits(k, block)
            if not fits and letters < _MEANT and role is not Role.BOILERPLATE:
                return None
            least = 1 if role is Role.DATE else _NAMED  # no other date of the same month
            if role in _HEAD and letters < least * len(self._items[k].words.key):
                return None
            return k in self._whole, not fits, _RANK[role]

        for k, letters in wording.tile(words, choose=rank):
            named_again = k in self._whole  # in a trail, a menu, a contents list
            share[Role.BOILERPLATE if named_again else self._items[k].role] += letters
        if not share:
            return None
        content = max(share, key=lambda role: (role is not Role.BOILERPLATE, share[role], -_RANK[role]))
        if content is Role.TAG and share[content] >= _TAGS * total:
            return content
        if content in (Role.PREVIOUS, Role.NEXT) and share[content] > _SIDE * total and content not in known:
            return content
        card = share[Role.REC_TITLE] + share[Role.REC_SNIPPET]
        if share[Role.REC_TITLE] > _HEADLINE * total and card >= _MOST * total:
            return Role.REC_TITLE
        best = max(share, key=lambda role: (share[role], -_RANK[role]))
        return best if share[best] >= _MOST * total else None


def _growing(distance: int, half: int) -> float:
    """Return a cost between 0 and 1 that grows with a distance; 1/2 at `half`."""
    return distance / (distance + half)
