"""The card that is on the Hub already: what people wrote there is kept, what newsds writes is made anew. Pure.

Three cards are compared, as in a merge of three branches: the one that was built for the version that is there
(`base`), the one that people made of it (`theirs`), and the one built for the new version (`ours`). What only one side
changed is taken from it; what both changed in two ways is a conflict, and is shown.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, Final, Literal

import yaml

from newsds.card.source import MANAGED
from newsds.errors import CardError

Keep = Literal["merge", "local", "remote"]
"""What becomes of edits made on the Hub: merged; dropped; kept also where ours says otherwise."""
_FENCE: Final = re.compile(r"---[ \t]*\n(?:(.*?)\n)?---[ \t]*(?:\n|\Z)", re.DOTALL)
_BLOCK: Final = re.compile(r"<!-- newsds:begin ([\w-]+) -->\n.*?<!-- newsds:end \1 -->", re.DOTALL)
_PLACE: Final = re.compile(r"<!-- newsds:place ([\w-]+) -->")
_WIDTH: Final = 1 << 20
_ABSENT: Final = object()


@dataclass(frozen=True, slots=True, kw_only=True)
class MergedCard:
    """The card to push."""

    text: str
    edited: bool
    """it carries edits made on the Hub: it is not the card as built"""
    conflicts: tuple[str, ...] = ()
    """what both sides changed, a line of a diff each, with `keep` at `merge`"""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Parts:
    meta: dict[str, Any]
    text: str
    """the Markdown, a mark in place of each block that newsds writes"""
    blocks: dict[str, str]


def merge_cards(*, base: str | None, theirs: str | None, ours: str, keep: Keep = "merge") -> MergedCard:
    r"""Return the card to push.

    Args:
        base: the card that was built for what is on the Hub; None if newsds pushed none.
        theirs: the card on the Hub; None if there is none.
        ours: the card built for the version to push.
        keep: whose words count where both changed.

    Raises:
        CardError: the front matter of a card is no YAML.

    >>> base = "---\nlicense: mit\n---\n\n# Pages\n\nAbout.\n"
    >>> merged = merge_cards(base=base, theirs=base.replace("About", "All about"), ours=base.replace("mit", "cc0-1.0"))
    >>> merged.text
    '---\nlicense: cc0-1.0\n---\n\n# Pages\n\nAll about.\n'
    """
    if theirs is None or keep == "local" or theirs.replace("\r\n", "\n") in (base, ours):
        return MergedCard(text=ours, edited=False)
    old, there, new = _take_apart(base or "", "built"), _take_apart(theirs, "on the Hub"), _take_apart(ours, "built")
    conflicts: list[str] = []
    meta = _merge_meta(old.meta, there.meta, new.meta, keep, conflicts)
    text, clash = _merge_text(old.text, there.text, new.text, keep)
    conflicts += clash
    if conflicts and keep == "merge":
        return MergedCard(text=ours, edited=False, conflicts=tuple(conflicts))
    merged = _put_together(meta, text, new, ours)
    return MergedCard(text=merged, edited=merged != ours)


def _take_apart(card: str, which: str) -> _Parts:
    card = card.removeprefix("\ufeff").replace("\r\n", "\n")
    found = _FENCE.match(card)
    meta: object = {}
    if found:
        try:
            meta = yaml.safe_load(found[1] or "")
        except (yaml.YAMLError, ValueError, TypeError, RecursionError) as error:
            raise CardError(
                f"the front matter of the card {which} is no YAML: {str(error).splitlines()[0]}",
                "mend it there, or replace that card: --card local",
            ) from error
        card = card[found.end() :]
    if not isinstance(meta, dict):
        meta = {}
    blocks: dict[str, str] = {}

    def cut(match: re.Match[str]) -> str:
        blocks.setdefault(match[1], match[0])
        return f"<!-- newsds:place {match[1]} -->"

    return _Parts(meta=meta, text=_BLOCK.sub(cut, card).strip("\n"), blocks=blocks)


def _merge_meta(
    base: Mapping[str, Any], theirs: Mapping[str, Any], ours: Mapping[str, Any], keep: Keep, conflicts: list[str]
) -> dict[str, Any]:
    """Return the front matter, key by key; those of newsds are ours."""
    merged: dict[str, Any] = {}
    for key in [*(k for k in ours if k not in MANAGED), *(k for k in theirs if k not in ours and k not in MANAGED)]:
        b, t, o = base.get(key, _ABSENT), theirs.get(key, _ABSENT), ours.get(key, _ABSENT)
        value = o
        if t not in (b, o):
            if o != b and keep == "merge":
                conflicts += [f"-{_line(key, t)}", f"+{_line(key, o)}"]
            else:
                value = t
        if value is not _ABSENT:
            merged[key] = value
    return {**merged, **{k: v for k, v in ours.items() if k in MANAGED}}


def _line(key: str, value: object) -> str:
    if value is _ABSENT:
        return f"{key}: (no such key)"
    return yaml.safe_dump({key: value}, allow_unicode=True, default_flow_style=True, width=_WIDTH).strip()[1:-1]


def _merge_text(base: str, theirs: str, ours: str, keep: Keep) -> tuple[str, list[str]]:
    """Return the Markdown, line by line, and the conflicts."""
    if theirs in (base, ours):
        return ours, []
    if ours == base:
        return theirs, []
    lines: list[str] = []
    conflicts: list[str] = []
    for b, t, o in _regions(base.split("\n"), theirs.split("\n"), ours.split("\n")):
        if t in (b, o):
            lines += o
        elif o == b or keep == "remote":
            lines += t
        else:
            conflicts += [f"-{line}" for line in t] + [f"+{line}" for line in o]
    return "\n".join(lines), conflicts


Lines = Sequence[str]


def _regions(base: Lines, theirs: Lines, ours: Lines) -> Iterator[tuple[Lines, Lines, Lines]]:
    """Yield runs of lines of the three, in order: those that all have, and what lies between."""
    there, here = _partners(base, theirs), _partners(base, ours)
    sure = [i for i in range(len(base)) if i in there and i in here]
    ends = [(-1, -1, -1), *((i, there[i], here[i]) for i in sure), (len(base), len(theirs), len(ours))]
    for (b0, t0, o0), (b1, t1, o1) in pairwise(ends):
        yield base[b0 + 1 : b1], theirs[t0 + 1 : t1], ours[o0 + 1 : o1]
        yield base[b1 : b1 + 1], theirs[t1 : t1 + 1], ours[o1 : o1 + 1]


def _partners(base: Lines, other: Lines) -> dict[int, int]:
    """Line of the base → the same line in the other; rising."""
    blocks = difflib.SequenceMatcher(None, base, other, autojunk=False).get_matching_blocks()
    return {a + k: b + k for a, b, size in blocks for k in range(size)}


def _put_together(meta: dict[str, Any], text: str, ours: _Parts, built: str) -> str:
    """Return a card; front matter that is as built keeps its very bytes."""
    found = _FENCE.match(built)
    if meta == ours.meta and list(meta) == list(ours.meta):
        head = found[0] if found else ""
    else:
        dumped = yaml.safe_dump(meta, sort_keys=False, allow_unicode=True, default_flow_style=False, width=_WIDTH)
        head = f"---\n{dumped}---\n"
    placed: set[str] = set()

    def fill(match: re.Match[str]) -> str:
        first = match[1] not in placed
        placed.add(match[1])
        return ours.blocks.get(match[1], "") if first else ""  # ours has no such block any more, or it was copied there

    body = _PLACE.sub(fill, text)
    lost = [block for name, block in ours.blocks.items() if name not in placed]  # its markers were removed there
    return (f"{head}\n" if head else "") + "\n\n".join([body, *lost]).strip("\n") + "\n"
