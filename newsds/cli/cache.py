"""`newsds cache`."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING

import click

from newsds.cli.page import path_name
from newsds.cli.terminal import put, put_json, visible

if TYPE_CHECKING:
    from newsds.build import CacheInfo


@click.group("cache", short_help="Show or tidy what builds keep for the next.")
def cache_group() -> None:
    """Show or tidy what builds keep for the next: the parts of a dataset that were made of each input.

    PATH is the folder of a dataset, or the one given to `newsds build --cache`. The cache may be removed at any time;
    what is lost is time.
    """


@cache_group.command("info", short_help="Show how much there is.")
@click.argument("path", type=path_name)
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def info_command(path: str, as_json: bool) -> None:
    """Show how much there is, and how much of it the last build used."""
    from newsds.build import cache_info

    found = cache_info(path)
    if as_json:
        put_json(asdict(found) | {"path": str(found.path)})
    else:
        put("".join(f"{visible(line)}\n" for line in _lines(found)))


@cache_group.command("prune", short_help="Remove what the last build did not use.")
@click.argument("path", type=path_name)
@click.option("--all", "everything", is_flag=True, help="Remove all; the next build reads every page again.")
def prune_command(path: str, everything: bool) -> None:
    """Remove what the last build did not use: parts of inputs that changed, or of other versions of newsds."""
    from newsds.build import cache_info, prune_cache

    before = cache_info(path)
    after = prune_cache(path, everything=everything)
    parts, size = before.parts - after.parts, before.bytes - after.bytes
    put("".join(f"{visible(line)}\n" for line in [f"removed {parts} parts, {size} bytes", *_lines(after)]))


def _lines(found: CacheInfo) -> list[str]:
    return [
        str(found.path),
        f"  parts  {found.parts}, {found.bytes} bytes",
        f"  used   {found.used_parts}, {found.used_bytes} bytes, by the last build of each dataset",
    ]
