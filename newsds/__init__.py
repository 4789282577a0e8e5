"""newsds: raw page dumps in, a versioned, validated, reproducible Parquet dataset out.

    extract         one page → Article
    extract_batch   pages → Arrow record batch
    read            files and folders → pages
    build           sources → a version of a dataset on disk
    rebuild         the manifest of a version → the version made again, and whether it is the same
    load            a version, here or on the Hub → datasets.Dataset
    validate        a version → a report of every broken rule
    stats           a version → its figures
    diff            two versions, here or on the Hub → which rows differ, and in what
    explain         one page → its blocks, their roles, and why
    report          a version → one HTML page: figures, rejects, sample rows
    push            a version → the Hub, whole or not at all
    pull            a version on the Hub → the folder that was built

Names are looked up when they are first used (PEP 562), so that `import newsds` costs nothing: what reads pages and
writes Parquet is imported with the function that needs it.

`build`, `diff`, `load`, `read`, `report`, `stats` and `validate` are functions here, and modules of the same name hold
them.
`newsds.build` is always the function; a module below it is reached with `from newsds.build import plan`.
"""

from __future__ import annotations

import sys
from importlib import import_module
from types import ModuleType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from newsds.build import BuildResult, RebuildResult, ShardResult, build, build_shard, merge_shards, rebuild
    from newsds.compare import Difference
    from newsds.config import BuildConfig
    from newsds.diff import diff
    from newsds.errors import NewsdsError
    from newsds.hub import PullResult, PushResult, pull, push
    from newsds.load import load
    from newsds.model import (
        Article,
        Block,
        Blocks,
        Confidence,
        Flag,
        Link,
        Page,
        Paragraph,
        Reason,
        Recommendation,
        Rejection,
        Role,
        Span,
    )
    from newsds.pipeline import explain, extract, extract_batch
    from newsds.read import read
    from newsds.report import report
    from newsds.stats import Stats, stats
    from newsds.validate import validate

    __version__: str

__all__ = [
    "Article",
    "Block",
    "Blocks",
    "BuildConfig",
    "BuildResult",
    "Confidence",
    "Difference",
    "Flag",
    "Link",
    "NewsdsError",
    "Page",
    "Paragraph",
    "PullResult",
    "PushResult",
    "Reason",
    "RebuildResult",
    "Recommendation",
    "Rejection",
    "Role",
    "ShardResult",
    "Span",
    "Stats",
    "__version__",
    "build",
    "build_shard",
    "diff",
    "explain",
    "extract",
    "extract_batch",
    "load",
    "merge_shards",
    "pull",
    "push",
    "read",
    "rebuild",
    "report",
    "stats",
    "validate",
]

_HOMES = {
    "Article": "newsds.model",
    "Block": "newsds.model",
    "Blocks": "newsds.model",
    "BuildConfig": "newsds.config",
    "BuildResult": "newsds.build",
    "Confidence": "newsds.model",
    "Difference": "newsds.compare",
    "Flag": "newsds.model",
    "Link": "newsds.model",
    "NewsdsError": "newsds.errors",
    "Page": "newsds.model",
    "Paragraph": "newsds.model",
    "PullResult": "newsds.hub",
    "PushResult": "newsds.hub",
    "Reason": "newsds.model",
    "RebuildResult": "newsds.build",
    "Recommendation": "newsds.model",
    "Rejection": "newsds.model",
    "Role": "newsds.model",
    "ShardResult": "newsds.build",
    "Span": "newsds.model",
    "Stats": "newsds.stats",
    "build": "newsds.build",
    "build_shard": "newsds.build",
    "diff": "newsds.diff",
    "explain": "newsds.pipeline",
    "extract": "newsds.pipeline",
    "extract_batch": "newsds.pipeline",
    "load": "newsds.load",
    "merge_shards": "newsds.build",
    "pull": "newsds.hub",
    "push": "newsds.hub",
    "read": "newsds.read",
    "rebuild": "newsds.build",
    "report": "newsds.report",
    "stats": "newsds.stats",
    "validate": "newsds.validate",
}
"""Public name → the module that holds it."""


class _Package(ModuleType):
    """A package whose public names no submodule takes over.

    When `newsds.build.plan` is imported, Python sets the attribute `build` of `newsds` to the module `newsds.build`.
    Here that is ignored where the name is public. Only the attribute is: the module is in `sys.modules`, where
    `from newsds.build import …` finds it.
    """

    def __setattr__(self, name: str, value: object) -> None:
        if name in _HOMES and isinstance(value, ModuleType):
            return
        super().__setattr__(name, value)


sys.modules[__name__].__class__ = _Package

if not TYPE_CHECKING:  # a type checker would take it to mean that every name is there

    def __getattr__(name: str) -> object:
        if name == "__version__":
            value = _installed_version()
        elif name in _HOMES:
            value = getattr(import_module(_HOMES[name]), name)
        else:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        globals()[name] = value
        return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})


def _installed_version() -> str:
    from importlib.metadata import PackageNotFoundError, version

    try:
        return version("newsds")
    except PackageNotFoundError:  # run from a source tree that was not installed
        return "0+unknown"
