"""What a version was made from, with what, and what it holds."""

from __future__ import annotations

import hashlib
import platform
from collections.abc import Mapping, Sequence
from importlib.metadata import PackageNotFoundError, version
from typing import Any, Final

from newsds.config import BuildConfig
from newsds.layout import Counts, Input
from newsds.model import Reason
from newsds.schema import REJECTS_SCHEMA, SCHEMA, type_name

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


def count(inputs: Sequence[Input], rows: int, reasons: Mapping[str, int]) -> Counts:
    """Return the ledger.

    Args:
        inputs: all files.
        rows: of the articles.
        reasons: reason code → rejects, duplicates among them.

    Raises:
        AssertionError: a page is neither row nor reject: a defect of newsds.
    """
    duplicates = reasons.get(Reason.DUPLICATE.value, 0)
    counts = Counts(
        inputs=len(inputs),
        pages=sum(one.pages for one in inputs),
        rows=rows,
        rejected=sum(reasons.values()) - duplicates,
        duplicates=duplicates,
    )
    if not counts.balanced:
        raise AssertionError(f"the ledger does not balance: {counts}; please report it")
    return counts


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


def inputs_digest(inputs: Sequence[Input]) -> str:
    """Return the SHA-256 of the list of inputs, a line each as `sha256sum` writes it; hyphens where none was read."""
    lines = (f"{one.sha256 or '-' * 64}  {one.source}\n" for one in inputs)
    total = hashlib.sha256()
    for line in lines:
        total.update(line.encode("utf-8", "backslashreplace"))
    return total.hexdigest()
