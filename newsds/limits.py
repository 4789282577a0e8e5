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
EXPANDED_BYTES: Final = Limit(
    name="expanded_bytes",
    value=256 * 2**30,
    unit="bytes",
    code=Reason.EXPANDED,
    effect="a compressed file is read up to there; the rest of it is one line of the ledger",
)
EXPANSION_RATIO: Final = Limit(
    name="expansion_ratio",
    value=200,
    unit="bytes a stored byte",
    code=Reason.EXPANDED,
    effect="past 64 MiB, the rest of a compressed member is not unpacked; reading goes on at the next member",
)
PAGE_SECONDS: Final = Limit(
    name="page_seconds",
    value=60,
    unit="seconds",
    code=Reason.TIMEOUT,
    effect="the worker is killed and replaced; the page is tried again alone, then with the reference parser, and then "
    "rejected (`build` with workers)",
)
READ_SECONDS: Final = Limit(
    name="read_seconds",
    value=600,
    unit="seconds",
    code=Reason.TIMEOUT,
    effect="the worker is killed and replaced; if reading the next page takes so long again, the rest of its file is "
    "rejected (`build` with workers)",
)
WORKER_BYTES: Final = Limit(
    name="worker_bytes",
    value=4 * 2**30,
    unit="bytes of resident memory",
    code=Reason.CRASHED,
    effect="as for `page_seconds`",
)
HEADER_BYTES: Final = Limit(
    name="header_bytes",
    value=4 * 2**20,
    unit="bytes",
    code=Reason.DAMAGED,
    effect="what begins like a record of an archive is none; reading goes on at the next record found",
)
LIMITS: Final = (
    PAGE_BYTES,
    PAGE_BLOCKS,
    EXPANDED_BYTES,
    EXPANSION_RATIO,
    PAGE_SECONDS,
    READ_SECONDS,
    WORKER_BYTES,
    HEADER_BYTES,
)
