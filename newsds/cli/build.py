"""`newsds build`."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click

from newsds.cli.page import field_option, path_name
from newsds.cli.terminal import put, visible

if TYPE_CHECKING:
    from newsds.build import Engine

MAX_WORKERS: Final = 16
"""Workers unless a number is given: each takes memory, of which machines with many CPUs do not have more for each."""


@click.command("build", short_help="Build a version of a dataset from pages and archives.")
@click.argument("sources", nargs=-1, required=True, metavar="SOURCE...", type=path_name)
@click.option("--out", required=True, metavar="DIR", type=path_name, help="Folder of the datasets; made if missing.")
@click.option(
    "--workers",
    metavar="N",
    type=click.IntRange(min=0),
    help="Processes; the result is the same for any number. With 0 a page that kills its process kills the build."
    f"  [default: the CPUs available, at most {MAX_WORKERS}]",
)
@click.option(
    "--engine",
    type=click.Choice(["local", "ray"]),
    default="local",
    show_default=True,
    help="What runs the work: processes here, or a Ray cluster (extra newsds[ray]).",
)
@click.option(
    "--ray-address",
    metavar="ADDR",
    help="Cluster for --engine ray: host:port, or auto.  [default: one on this machine, for this build]",
)
@click.option(
    "--shard",
    metavar="I/N",
    help="Do only this share of the work, for `newsds merge`: 1/N to N/N, at once or one after the other.",
)
@click.option("--version", metavar="V", help="Version to publish.  [default: the next after the newest]")
@click.option("--force", is_flag=True, help="Publish --version even if it is too small a step for what changed.")
@click.option("--card", metavar="FILE", type=path_name, help="Card source: name, licence and text of the dataset.")
@click.option("--name", metavar="NAME", help="Name of the dataset.  [default: the card's, else the source's]")
@click.option("--config", metavar="FILE", type=path_name, help="Configuration.  [default: newsds.toml in SOURCE]")
@click.option("--weights", metavar="FILE", type=path_name, help="Segmenter weights that `newsds train` wrote.")
@click.option("--include", metavar="GLOB", multiple=True, help="Read only these files of a folder; repeatable.")
@click.option("--exclude", metavar="GLOB", multiple=True, help="Leave these files out; repeatable.")
@field_option
@click.option(
    "--max-rejects", metavar="N|P%", help="Publish nothing if more pages are rejected.  [default: any number may be]"
)
@click.option(
    "--progress-json", metavar="FILE", type=path_name, help="Append lines of JSON that tell how far the build is."
)
@click.option(
    "--cache",
    metavar="DIR",
    type=path_name,
    help="Folder for what the next build need not do again.  [default: .cache in the dataset's folder]",
)
@click.option("--no-cache", is_flag=True, help="Read every page, and keep nothing for the next build.")
@click.option("--quiet", is_flag=True, help="No progress bar, no summary.")
def build_command(
    sources: tuple[str, ...],
    out: str,
    workers: int | None,
    engine: Engine,
    ray_address: str | None,
    shard: str | None,
    version: str | None,
    force: bool,
    card: str | None,
    name: str | None,
    config: str | None,
    weights: str | None,
    include: tuple[str, ...],
    exclude: tuple[str, ...],
    fields: tuple[tuple[str, str], ...],
    max_rejects: str | None,
    progress_json: str | None,
    cache: str | None,
    no_cache: bool,
    quiet: bool,
) -> None:
    """Build a version of a dataset from files, folders and archives.

    SOURCE is a file, a folder, a glob in quotes, an address such as s3://bucket/folder, or `-` for standard input.

    It appears as DIR/NAME/VERSION, whole or not at all. Every input that is not a row is in its ledger of rejects,
    with the reason. What did not change since the last build is not read again, and a build that was interrupted goes
    on where it was.
    """
    if cache is not None and no_cache:
        raise click.UsageError("--cache and --no-cache exclude each other")
    from newsds.build import BuildResult, ShardResult, build, build_shard, resolve_config

    settings = resolve_config(
        sources,
        file=Path(config) if config else None,
        name=name,
        card=card,
        weights=weights,
        include=include or None,
        exclude=exclude or None,
        fields=fields or None,
        max_rejects=max_rejects,
    )
    how: dict[str, Any] = {
        "config": settings,
        "workers": _workers(engine) if workers is None else workers,
        "engine": engine,
        "ray_address": ray_address,
        "progress": on_terminal(quiet=quiet),
        "progress_json": progress_json,
    }
    result: BuildResult | ShardResult
    if shard is None:
        kept = not no_cache if cache is None else cache
        result = build(sources, out, version=version, force=force, cache=kept, **how)
    elif no_cache:
        raise click.UsageError("a shard is what it puts into the cache: leave out --no-cache")
    elif version is not None or force:
        raise click.UsageError("--version and --force belong to `newsds merge`, not to a shard")
    else:
        result = build_shard(sources, out, shard, cache=cache, **how)
    if not quiet:
        put("".join(f"{visible(line)}\n" for line in result.summary()))


def on_terminal(*, quiet: bool) -> bool:
    """Say whether to draw progress."""
    return not quiet and sys.stderr is not None and sys.stderr.isatty()


def _workers(engine: Engine) -> int:
    """Return the number without --workers; a cluster knows its own."""
    return 0 if engine == "ray" else default_workers()


def default_workers() -> int:
    """Return the CPUs this process may run on, at most `MAX_WORKERS`."""
    try:
        available = len(os.sched_getaffinity(0))
    except AttributeError:  # not on macOS and Windows
        available = os.cpu_count() or 1
    return min(available, MAX_WORKERS)
