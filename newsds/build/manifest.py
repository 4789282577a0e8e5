"""What a version was made from, with what, and what it holds; and the number it gets."""

from __future__ import annotations

import hashlib
import platform
from collections import Counter
from collections.abc import Sequence
from importlib.metadata import PackageNotFoundError, version
from typing import Any, Final

import pyarrow as pa

from newsds.build.merge import Merged
from newsds.build.worker import TaskResult
from newsds.canonical import digest_of, encode_rows, row_digest
from newsds.config import BuildConfig
from newsds.layout import Counts, Input, Manifest
from newsds.model import Reason
from newsds.schema import REJECTS_SCHEMA, SCHEMA, type_name
from newsds.version import FIRST, Version

_MAKERS: Final = ("newsds", "pyarrow", "numpy", "turbohtml")
"""Packages whose version can change a byte."""


def toolchain() -> dict[str, str]:
    """Return the versions of what makes the bytes; no host, no clock, no path."""
    versions = {"python": ".".join(platform.python_version_tuple()[:2])}
    for name in _MAKERS:
        try:
            versions[name] = version(name)
        except PackageNotFoundError:  # newsds itself, run from its source without being installed
            versions[name] = "unknown"
    return versions


def schema_digest() -> str:
    """Return the SHA-256 of both tables' columns: name, type, null. Meanings may be put in better words."""
    lines = [
        f"{table}.{f.name}: {type_name(f.type)}{' null' if f.nullable else ''}"
        for table, schema in (("articles", SCHEMA), ("rejects", REJECTS_SCHEMA))
        for f in schema
    ]
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()


def count(results: Sequence[TaskResult], merged: Merged) -> tuple[Counts, dict[str, int]]:
    """Return the ledger, and the rejected pages by reason without duplicates.

    Raises:
        AssertionError: a page is neither row nor reject: a defect of newsds.
    """
    reasons = Counter(merged.rejects["reason"].to_pylist())
    duplicates = reasons.pop(Reason.DUPLICATE.value, 0)
    counts = Counts(
        inputs=sum(len(r.inputs) for r in results),
        pages=sum(r.pages for r in results),
        rows=len(merged.ids),
        rejected=sum(reasons.values()),
        duplicates=duplicates,
    )
    if not counts.balanced:
        raise AssertionError(f"the ledger does not balance: {counts}; please report it")
    return counts, dict(sorted(reasons.items()))


def table_digest(table: pa.Table) -> tuple[str, int]:
    """Return the digest of a table's rows, and their bytes in canonical form."""
    rows = list(encode_rows(table))
    return digest_of(map(row_digest, rows)), sum(map(len, rows))


def config_values(config: BuildConfig, weights: str) -> dict[str, Any]:
    """Return what of the configuration decides the rows, and its digest; no path of this machine.

    Args:
        config: the configuration.
        weights: digest of the segmenter's weights.
    """
    return {
        "include": list(config.include),
        "exclude": list(config.exclude),
        **({"fields": dict(config.fields)} if config.fields else {}),
        "digest": config.digest(),
        "weights": weights,
    }


def sorted_inputs(results: Sequence[TaskResult]) -> tuple[Input, ...]:
    """Return every input file, by name."""
    return tuple(sorted((one for r in results for one in r.inputs), key=lambda one: one.source))


def inputs_digest(inputs: Sequence[Input]) -> str:
    """Return the SHA-256 of the list of inputs, a line each as `sha256sum` writes it; hyphens where none was read."""
    lines = (f"{one.sha256 or '-' * 64}  {one.source}\n" for one in inputs)
    total = hashlib.sha256()
    for line in lines:
        total.update(line.encode("utf-8", "backslashreplace"))
    return total.hexdigest()


def next_version(previous: Manifest | None, new: Manifest) -> Version | None:
    """Return the version after `previous` for what is in `new`; None if nothing changed.

    Another schema is a major step, other rows a minor one; rejects and card are around the rows: a patch.
    """
    if previous is None:
        return FIRST
    old = Version.parse(previous.version)
    if previous.schema_digest != new.schema_digest:
        return old.bump("major")
    if previous.content_digest != new.content_digest:
        return old.bump("minor")
    if previous.rejects_digest != new.rejects_digest or previous.card_digest != new.card_digest:
        return old.bump("patch")
    return None
