"""What a build knows of a version, and what it knows of those before it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from newsds.card.inert import code, number
from newsds.layout import Counts, File, Release
from newsds.stats import Stats, empty_stats

_SHOWN: Final = 5
"""Columns that an entry of the changelog names, those that changed most often first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What a card says of a version without its author."""

    name: str
    version: str
    counts: Counts
    reasons: Mapping[str, int]
    """rejected pages by reason code, without duplicates"""
    row_bytes: Mapping[str, int]
    """bytes of the rows in canonical form, by table"""
    content_digest: str
    rejects_digest: str
    schema_digest: str
    stats: Stats = field(default_factory=empty_stats)
    releases: Sequence[Release] = ()
    """earlier versions and this one, the newest first"""
    files: Sequence[File] = ()
    """Parquet files, in their order; croissant.json names them, the card does not"""
    inputs_digest: str = ""
    """SHA-256 of the list of input files: a line each of SHA-256, two blanks and name, as `sha256sum` writes it"""
    config_digest: str = ""
    weights_digest: str = ""
    toolchain: Mapping[str, str] = field(default_factory=dict)
    """versions of what made the files; for croissant.json, as the card depends on the rows alone"""


def change(one: Release) -> str:
    """Say what a version changed, in a phrase.

    >>> change(Release(version="1.1.0", rows=9, since="1.0.0", articles=True, added=2, removed=0, changed=1,
    ...                columns={"title": 1}, rejects=True))
    '2 added, 1 changed (`title` 1); other rejects'
    """
    if one.since is None:
        return "the first that is known here"
    parts = []
    if one.schema:
        parts.append("other columns")
    if one.articles:
        counts = {"added": one.added, "removed": one.removed, "changed": one.changed}
        parts.append(", ".join(f"{number(n)} {what}" for what, n in counts.items() if n) or "other rows")
        most = sorted(one.columns.items(), key=lambda each: -each[1])
        if most:
            shown = [f"{code(name)} {number(n)}" for name, n in most[:_SHOWN]]
            parts[-1] += f" ({', '.join([*shown, *(['…'] if len(most) > _SHOWN else [])])})"
    if one.rejects:
        parts.append("other rejects")
    if one.card:
        parts.append("the card alone")
    return "; ".join(parts) or "nothing but the number"
