"""`newsds merge`."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from newsds.cli.build import build_command, on_terminal
from newsds.cli.terminal import put, visible

_OF_WORK = ("workers", "engine", "ray_address", "shard", "no_cache")
"""Options of `newsds build` that say how pages are read, which a merge does not."""


def _merge(sources: tuple[str, ...], out: str, *, quiet: bool, config: str | None, **options: Any) -> None:
    from newsds.build import merge_shards, resolve_config

    how = {name: options.pop(name) for name in ("version", "cache", "force", "progress_json") if name in options}
    chosen = {name: value or None for name, value in options.items()}
    settings = resolve_config(sources, file=Path(config) if config else None, **chosen)
    result = merge_shards(sources, out, config=settings, progress=on_terminal(quiet=quiet), **how)
    if not quiet:
        put("".join(f"{visible(line)}\n" for line in result.summary()))


merge_command = click.Command(
    "merge",
    callback=_merge,
    params=[one for one in build_command.params if one.name not in _OF_WORK],
    short_help="Make the version of what `build --shard` built.",
    help="""Make a version of a dataset from the shards that `newsds build SOURCE... --shard I/N` built.

    Give the sources and options of the shards. No page is read, and the version is that of one build, byte for byte.
    If a shard is missing, or was built of other files or by another newsds, it is named and nothing is published.""",
)
