"""Every limit newsds sets, in one table."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from newsds.model import Flag, Reason


@dataclass(frozen=True, slots=True, kw_only=True)
class Limit:
    """A bound, and what happens past it."""

    name: str
    value: int
    unit: str
    code: Flag | Reason
    """the flag or reason code that says it was reached"""
    effect: str


PAGE_BYTES: Final = Limit(
    name="page_bytes",
    value=32 * 2**20,
    unit="bytes",
    code=Reason.TOO_LARGE,
    effect="`build` rejects the input unread; `extract` reads this much and flags the article `truncated`",
)
PAGE_BLOCKS: Final = Limit(
    name="page_blocks",
    value=100_000,
    unit="blocks",
    code=Flag.BLOCKS_MERGED,
    effect="what follows on the page becomes one boilerplate block",
)
LIMITS: Final = (PAGE_BYTES, PAGE_BLOCKS)
