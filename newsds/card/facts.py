"""What a build knows of a version, and what it knows of those before it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from newsds.errors import DataError
from newsds.layout import Counts, File, Manifest, published_versions, read_manifest
from newsds.stats import Stats, empty_stats
from newsds.version import Version

MOST_EARLIER: Final = 20
"""Earlier versions that a card names: each costs reading its manifest, which names every input."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Release:
    """A version, and what it changed."""

    version: str
    rows: int
    change: str
    """against the version before it"""


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


def releases(folder: Path, new: Manifest) -> tuple[Release, ...]:
    """Return the versions of a dataset before a new one, and that one, the newest first.

    Args:
        folder: of the dataset; versions in it that cannot be read are left out.
        new: manifest of the new version.
    """
    earlier: list[Manifest] = []
    number = Version.parse(new.version)
    for version in [v for v in published_versions(folder) if v < number][-MOST_EARLIER:]:
        try:
            earlier.append(read_manifest(folder / str(version)))
        except DataError:  # it must not keep a sound version from being made; `validate` names its fault
            continue
    manifests: list[Manifest | None] = [None, *earlier, new]
    found = [
        Release(version=one.version, rows=one.counts.rows, change=change(before, one))
        for before, one in zip(manifests, manifests[1:], strict=False)
        if one is not None
    ]
    return tuple(reversed(found))


def change(before: Manifest | None, new: Manifest) -> str:
    """Say what changed from one version to the next, in a phrase."""
    if before is None:
        return "the first that is known here"
    parts = []
    if before.schema_digest != new.schema_digest:
        parts.append("other columns")
    if before.content_digest != new.content_digest:
        more = new.counts.rows - before.counts.rows
        parts.append(f"other rows: {abs(more)} {'more' if more > 0 else 'fewer'}" if more else "other rows, as many")
    if before.rejects_digest != new.rejects_digest:
        parts.append("other rejects")
    if not parts and before.card_digest != new.card_digest:  # it holds counts, and so changes with them
        parts.append("the card alone")
    return "; ".join(parts) or "nothing but the number"
