"""How containers are read: one value, with the limits that hold."""

from __future__ import annotations

from dataclasses import dataclass

from newsds.config import FIELDS
from newsds.errors import ConfigError
from newsds.limits import (
    BUFFERED_BYTES,
    EXPANDED_BYTES,
    EXPANSION_RATIO,
    LINE_BYTES,
    MEMBERS,
    NESTING,
    PAGE_BYTES,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadSettings:
    """What a reader is told beside the file; the limits are those of `newsds.limits` unless a test lowers them.

    >>> ReadSettings(fields=(("text", "page.html"),)).named("text")
    'page.html'
    """

    fields: tuple[tuple[str, str], ...] = ()
    """`(what it is, name in the records)`: `text`, `url`, `date` or `language`; those not named are found by the names
    that public corpora use"""
    page_bytes: int = PAGE_BYTES.value
    line_bytes: int = LINE_BYTES.value
    expanded_bytes: int = EXPANDED_BYTES.value
    expansion_ratio: int = EXPANSION_RATIO.value
    members: int = MEMBERS.value
    nesting: int = NESTING.value
    buffered_bytes: int = BUFFERED_BYTES.value

    def __post_init__(self) -> None:
        known = ", ".join(FIELDS)
        for what, name in self.fields:
            if what not in FIELDS or not name:
                raise ConfigError(f"{what}={name} names no field", f"give WHAT=NAME; WHAT is one of {known}")
        if len(dict(self.fields)) < len(self.fields):
            raise ConfigError("a field is named twice", f"name each of {known} once at most")

    def named(self, what: str) -> str | None:
        """Return the name that was given for a field."""
        return dict(self.fields).get(what)
