"""Where nothing that decides rows changed since the newest version: its tables, instead of making them again."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from newsds.build.cache import Cache, Found, digest_file
from newsds.build.manifest import schema_digest, toolchain
from newsds.build.publish import Sink, output_errors
from newsds.config import BuildConfig
from newsds.layout import ARTICLES, MANIFEST, REJECTS, Manifest

_BLOCK = 1 << 20


def rows_of(
    previous: Manifest | None,
    found: Mapping[str, Found],
    store: Cache,
    dataset: Path,
    values: Mapping[str, Any],
    config: BuildConfig,
) -> Manifest | None:
    """Return the manifest of the newest version if its rows are those of the inputs; None if that is not sure.

    Args:
        previous: manifest of the newest version.
        found: what the cache holds of each input.
        store: the cache.
        dataset: folder of the dataset.
        values: what the manifest would say of the configuration.
        config: the configuration.
    """
    used = store.used(dataset.name)
    if previous is None or used is None or used.kind != store.kind:
        return None
    inputs = tuple(one for _, each in sorted(found.items()) if (one := each.input) is not None)
    allowed = config.allowed_rejects(previous.counts.pages)
    if (
        len(inputs) < len(found)
        or inputs != previous.inputs
        or previous.config != values
        or previous.toolchain != toolchain()
        or previous.schema_digest != schema_digest()
        or (allowed is not None and previous.counts.rejected > allowed)
        or used.manifest != digest_file(str(dataset / previous.version / MANIFEST))
    ):
        return None
    return replace(previous, files=tuple(one for one in previous.files if one.path.startswith((ARTICLES, REJECTS))))


def copy_tables(dataset: Path, made: Manifest, target: Path) -> bool:
    """Copy the tables of a version; say whether they were what its manifest says, and leave nothing if not.

    Args:
        dataset: folder of the dataset.
        made: the manifest of the version, in which the files are the tables'.
        target: folder of the version that gets them.
    """
    source = dataset / made.version
    with output_errors(target, needed=sum(one.bytes for one in made.files)):
        for one in made.files:
            (target / one.path).parent.mkdir(parents=True, exist_ok=True)
            try:
                file = (source / one.path).open("rb")
            except OSError:
                shutil.rmtree(target / "data")
                return False
            with file, Sink(target / one.path) as sink:
                while data := file.read(_BLOCK):
                    sink.write(data)
            if sink.file(one.path) != one:
                shutil.rmtree(target / "data")
                return False
    return True
