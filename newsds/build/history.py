"""Which number a version gets, and what its changelog says.

A version is held against the newest before it, and steps are counted from the newest release before it, so that what
several prereleases change adds up.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Final

from newsds.card import change
from newsds.compare import count_rows
from newsds.errors import DataError, VersionStepError
from newsds.layout import Manifest, Release, published_versions, read_manifest
from newsds.version import FIRST, Level, Version

MOST_RELEASES: Final = 20
"""Entries of the changelog: a card is for people."""


def choose_version(dataset: Path, made: Manifest, wanted: Version | None, *, force: bool = False) -> Version | None:
    """Return the number of a new version; None if nothing changed and none was asked for.

    Another schema is a major step, other rows a minor one; rejects and card are around the rows: a patch.

    Args:
        dataset: its folder.
        made: what is in the new version.
        wanted: the number that was asked for.
        force: take it whatever changed.

    Raises:
        VersionStepError: `wanted` is too small a step for what changed, or nothing did.
        DataError: the newest version is damaged, so that the next has no number.
    """
    before = newest(dataset, wanted, needed=wanted is None)
    if before is None or (wanted and force):
        return wanted or FIRST
    number = Version.parse(before.version)
    release = before if not number.prerelease else newest(dataset, wanted, releases=True)
    least = None
    if release is not None:
        least = Version.parse(release.version).bump(_level(release, made) or "patch")
    if wanted is None:
        if _level(before, made) is None:
            return None
        return max(least, number.release) if least and number.prerelease else least or number.release
    if _level(before, made) is None and not (number.prerelease and wanted == number.release):
        raise VersionStepError(
            f"version {wanted} would hold the same as {before.version}",
            "leave --version out, and nothing is written; or publish it all the same: --force",
        )
    if release is not None and least is not None and wanted.release < least:
        raise VersionStepError(
            f"version {wanted} is too small a step from {release.version}: {_told(release, made)}",
            f"give {least} or more, or leave --version out; or publish it all the same: --force",
        )
    return wanted


def releases_of(dataset: Path, made: Manifest, folder: Path) -> tuple[Release, ...]:
    """Return the changelog of a new version: what it changes, and what those before it did, the newest first.

    Args:
        dataset: its folder.
        made: manifest of the new version, with its number.
        folder: that holds its tables.
    """
    before = newest(dataset, Version.parse(made.version))
    if before is None:
        return (Release(version=made.version, rows=made.counts.rows),)
    entry = entry_of(before, made)
    if entry.articles:
        try:
            rows = count_rows(dataset / before.version, folder)
        except DataError:  # of the other version: `validate` names its fault
            pass
        else:
            entry = replace(
                entry, added=rows.added, removed=rows.removed, changed=rows.changed, columns=dict(rows.columns)
            )
    earlier = before.releases or (Release(version=before.version, rows=before.counts.rows),)
    return (entry, *earlier)[:MOST_RELEASES]


def entry_of(before: Manifest, made: Manifest) -> Release:
    """Return what a version changes, as far as manifests tell."""
    entry = Release(
        version=made.version,
        rows=made.counts.rows,
        since=before.version,
        schema=before.schema_digest != made.schema_digest,
        articles=before.content_digest != made.content_digest,
        rejects=before.rejects_digest != made.rejects_digest,
    )
    around = not (entry.schema or entry.articles or entry.rejects)  # the card holds counts, and so changes with them
    return replace(entry, card=around and before.card_digest != made.card_digest)


def _level(before: Manifest, made: Manifest) -> Level | None:
    entry = entry_of(before, made)
    if entry.schema:
        return "major"
    if entry.articles:
        return "minor"
    return "patch" if entry.rejects or entry.card else None


def _told(before: Manifest, made: Manifest) -> str:
    more = made.counts.rows - before.counts.rows
    rows = f", {abs(more)} {'more' if more > 0 else 'fewer'}" if more else ""
    return change(entry_of(before, made)) + rows


def newest(
    dataset: Path, below: Version | None = None, *, releases: bool = False, needed: bool = False
) -> Manifest | None:
    """Return the manifest of the newest version below another; None if there is none, or a damaged one not needed."""
    versions = [
        v for v in published_versions(dataset) if (below is None or v < below) and not (releases and v.prerelease)
    ]
    try:
        return read_manifest(dataset / str(versions[-1])) if versions else None
    except DataError:
        if needed:
            raise
        return None
