"""How containers are read: one value, with the limits that hold."""

from __future__ import annotations

from dataclasses import dataclass

from newsds.limits import EXPANDED_BYTES, EXPANSION_RATIO, PAGE_BYTES


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadSettings:
    """What a reader is told beside the file; the limits are those of `newsds.limits` unless a test lowers them."""

    fields: tuple[tuple[str, str], ...] = ()
    page_bytes: int = PAGE_BYTES.value
    expanded_bytes: int = EXPANDED_BYTES.value
    expansion_ratio: int = EXPANSION_RATIO.value
