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
    effect="past 64 MiB, the rest of a compressed member is not unpacked; reading goes on at the next member of a web "
    "archive, and ends in other files",
)
PAGE_SECONDS: Final = Limit(
    name="page_seconds",
    value=120,
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
LINE_BYTES: Final = Limit(
    name="line_bytes",
    value=64 * 2**20,
    unit="bytes",
    code=Reason.MALFORMED,
    effect="a longer line of JSON Lines, or row of CSV, is rejected without being held in memory",
)
MEMBERS: Final = Limit(
    name="members",
    value=10_000_000,
    unit="members of one input, those of archives in it included",
    code=Reason.TOO_MANY,
    effect="the rest of the input is not read, and is one line of the ledger",
)
NESTING: Final = Limit(
    name="nesting",
    value=8,
    unit="archives and compressions inside each other",
    code=Reason.TOO_DEEP,
    effect="what lies deeper is rejected unread",
)
BUFFERED_BYTES: Final = Limit(
    name="buffered_bytes",
    value=128 * 2**20,
    unit="bytes",
    code=Reason.TOO_LARGE,
    effect="a longer Parquet or Arrow file inside an archive or a compression, where it cannot be read as a stream, is "
    "rejected; it is read, at any length, as a file of its own",
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
    LINE_BYTES,
    MEMBERS,
    NESTING,
    BUFFERED_BYTES,
)
