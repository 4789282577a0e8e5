"""The build: sources in, a version of a dataset out."""

from __future__ import annotations

import os
from collections.abc import Callable, Generator, Iterable, Mapping, Sequence
from contextlib import closing, suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

from newsds.build import manifest as make
from newsds.build.cache import FOLDER, Cache, Found, Selection, chain, kind_of, select
from newsds.build.executor import run_tasks
from newsds.build.history import choose_version, newest, releases_of
from newsds.build.merge import merge
from newsds.build.part import Part
from newsds.build.plan import (
    Task,
    dataset_name,
    keep_standard_input,
    list_inputs,
    make_tasks,
    resolve_config,
    share_out,
    stored_bytes,
)
from newsds.build.progress import Progress, reporting
from newsds.build.publish import Staging, output_errors, refuse_published, write_file
from newsds.build.ray_engine import run_on_ray
from newsds.build.reuse import copy_tables, rows_of
from newsds.build.worker import TaskResult, run_task
from newsds.build.write import Ledger, write_articles, write_rejects
from newsds.card import Card, Facts, card_digest, card_files, read_card, source_text
from newsds.config import BuildConfig
from newsds.errors import OutputError, TooManyRejectsError, UsageError
from newsds.layout import ARTICLES, MANIFEST, REJECTS, Counts, Manifest, Release
from newsds.model import Reason
from newsds.read import InputFile, ReadSettings
from newsds.segment import weights_digest
from newsds.stats import measure
from newsds.version import Version

Engine = Literal["local", "ray"]
"""What runs the tasks of a build."""
Starter = Callable[[Sequence[Task]], Generator[TaskResult, None, None]]
"""Runs tasks."""
Placed = tuple[Part, int]
"""An entry: its part, and its number in there."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipe:
    """What a version is made from."""

    dataset: Path
    """its folder, whose name is the dataset's"""
    files: Sequence[InputFile]
    config: BuildConfig
    card: Card
    wanted: Version | None = None
    """number of the version; None for the next"""
    force: bool = False
    """whether that number is taken whatever changed"""
    releases: tuple[Release, ...] = ()
    """changelog; without it, what changed since the version before it in the folder"""
    cache: Path | None = None
    """folder of the cache"""


@dataclass(frozen=True, slots=True, kw_only=True)
class BuildResult:
    """What a build made."""

    path: Path
    """folder of the version"""
    name: str
    version: str
    counts: Counts
    reasons: Mapping[str, int]
    """rejected pages by reason code, without duplicates"""
    content_digest: str
    bytes: int
    """of all files of the version but the manifest"""
    unchanged: bool
    """nothing was written: the newest version holds the same"""

    def summary(self) -> list[str]:
        """Return the closing lines for a terminal."""
        counts = self.counts
        return [
            f"{self.name} {self.version}" + (": nothing changed, nothing written" if self.unchanged else ""),
            f"  pages       {counts.pages} in {counts.inputs} files",
            f"  rows        {counts.rows}",
            f"  rejected    {counts.rejected}" + (f" ({_by_reason(self.reasons)})" if self.reasons else ""),
            f"  duplicates  {counts.duplicates}",
            f"  bytes       {self.bytes}",
            f"  folder      {self.path}",
            f"  next        newsds validate {self.path}",
        ]


def build(
    sources: str | os.PathLike[str] | Iterable[str | os.PathLike[str]],
    out: str | os.PathLike[str],
    *,
    config: BuildConfig | None = None,
    version: str | None = None,
    force: bool = False,
    workers: int = 0,
    engine: Engine = "local",
    ray_address: str | None = None,
    cache: str | os.PathLike[str] | bool = True,
    progress: bool = False,
    progress_json: str | os.PathLike[str] | None = None,
) -> BuildResult:
    """Build a version of a dataset: `out/<name>/<version>/`, whole or not at all.

    The bytes depend on the files' content and names, the configuration, the card and the toolchain in the manifest;
    not on the order of the sources, the workers, or anything of this machine.

    Args:
        sources: a file, folder, glob, `-` for standard input, an address that fsspec knows, or several of these;
            archives and compressed files are read through.
        out: folder of the datasets; made if it is not there.
        config: which files are read, and the dataset's name and card. Without it, the newsds.toml of the source
            folder counts, if there is one source with one.
        version: number of the version. Without it the next: 1.0.0, and then a major step if the schema changed, a
            minor one if rows did, a patch if only rejects or card did, and no new version if nothing did.
        force: publish `version` even if it is a smaller step than that, or nothing changed.
        workers: processes that take pages apart, and whose death costs one page. A script must call `build` below
            `if __name__ == "__main__":` to have any. With 0 all happens in this process, and what kills it kills the
            build, without harm to any version.
        engine: `local` for this process and its workers; `ray` for a Ray cluster (extra `newsds[ray]`), on which
            `workers` bounds the tasks at once, and 0 means as many as it has CPUs. The bytes are the same.
        ray_address: of the cluster, `host:port` or `auto`; without it one is started on this machine, and ended.
        cache: folder of the cache, in which a build finds what those before it, or one that was killed, made of files
            that did not change; with True the folder `.cache` of the dataset, with False none. It changes no byte.
        progress: draw a progress bar on standard error.
        progress_json: file to append lines of JSON to that tell how far the build is: docs/scale.md.

    Raises:
        UsageError: a wrong argument, configuration or card; Ray is not installed, or there is no such cluster.
        VersionStepError: `version` is too small a step for what changed, or nothing did.
        SourceError: a source does not exist, there is no file in it, or a machine of the cluster does not see one.
        VersionExistsError: the version is there already.
        DatasetLockedError: another process writes the dataset.
        OutputError: `out` cannot be written. In every case all versions that were there stand untouched.
        DataError: the newest version is damaged, so that the next has no number.
        TooManyRejectsError: more pages are rejected than the configuration's `max_rejects` allows.

    >>> import tempfile
    >>> days = "\\n\\n".join(f"On day {n} the mayor said that the bridge would stay shut." for n in range(9))
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     _ = Path(folder, "page.txt").write_text("The bridge stays shut\\n\\n" + days)
    ...     result = build(Path(folder, "page.txt"), Path(folder, "dist"))
    ...     result.name, result.version, result.counts.rows
    ('page', '1.0.0', 1)
    """
    start = starter(engine, workers, ray_address)
    with reporting(show=progress, file=progress_json) as report:
        made = make_version(
            recipe_of(sources, out, config, version, cache, force=force), start, report, workers=workers
        )
        report.end("done", {"version": made.version, "folder": str(made.path), "unchanged": made.unchanged})
        return made


def starter(engine: Engine, workers: int, ray_address: str | None) -> Starter:
    """Return what runs tasks."""
    if ray_address is not None and engine != "ray":
        raise UsageError(f"ray_address is {ray_address}, and the engine {engine}", 'give engine="ray" as well')
    if engine == "local":
        return lambda tasks: run_tasks(run_task, tasks, workers=workers)
    if engine == "ray":
        return lambda tasks: run_on_ray(run_task, tasks, address=ray_address, workers=workers)
    raise UsageError(f"there is no engine {engine!r}", "give local or ray")


def recipe_of(
    sources: str | os.PathLike[str] | Iterable[str | os.PathLike[str]],
    out: str | os.PathLike[str],
    config: BuildConfig | None,
    version: str | None,
    cache: str | os.PathLike[str] | bool,
    *,
    force: bool = False,
) -> Recipe:
    """Return what `build` makes a version from."""
    sources = [sources] if isinstance(sources, str | os.PathLike) else list(sources)
    if config is None:
        config = resolve_config(sources)
    card = read_card(Path(config.card)) if config.card else Card()
    dataset = Path(out) / dataset_name(config, card.name, sources)
    wanted = Version.parse(version) if version is not None else None
    root = None if cache is False else dataset / FOLDER if cache is True else Path(cache)
    files = list_inputs(sources, config, dataset, root)
    return Recipe(dataset=dataset, files=files, config=config, card=card, wanted=wanted, force=force, cache=root)


def make_version(
    recipe: Recipe,
    start: Starter,
    report: Progress,
    *,
    workers: int = 0,
    find: Callable[[Cache, Sequence[InputFile]], dict[str, Found]] = Cache.find_all,
) -> BuildResult:
    """Make a version.

    Args:
        recipe: of what.
        start: what runs the tasks.
        report: is told how far it is.
        workers: that a long file may be shared among.
        find: which of the files need not be read.

    Raises:
        NewsdsError: as `build`.
    """
    dataset, config, wanted = recipe.dataset, recipe.config, recipe.wanted
    if wanted:
        refuse_published(dataset / str(wanted))
    weights = weights_digest(config.weights)  # first, as it refuses what is no weights file
    kind = kind_of(ReadSettings(fields=config.fields), weights)
    with Staging(dataset) as staging, Cache(recipe.cache or staging.parts / FOLDER, kind) as store:
        previous = newest(dataset, needed=wanted is None)
        files = keep_standard_input(recipe.files, staging.parts)
        found = find(store, files)
        tell_found(files, found, report)
        made = rows_of(previous, found, store, dataset, make.config_values(config, weights), config)
        if made is not None:
            made = _with_card(made, recipe.card)
            number = choose_version(dataset, made, wanted, force=recipe.force)
            if number and not copy_tables(dataset, made, staging.version):
                made = None
        if made is None:
            selections = take_apart(files, found, store, config, start, report, workers)
            report.write()
            made = _with_card(_merge(selections, staging, config, weights), recipe.card)
            number = choose_version(dataset, made, wanted, force=recipe.force)
            used = [one.part for one in selections]
        else:
            used = [part for one in found.values() for part, _ in one.places]
        if number is None and previous is not None:
            staging.mend_latest()
            result = _result(dataset / previous.version, previous, unchanged=True)
        else:
            made = replace(made, version=str(number))
            with output_errors(dataset):
                made = replace(made, releases=recipe.releases or releases_of(dataset, made, staging.version))
                made = _write(staging, made, recipe.card)
            result = _result(staging.publish(Version.parse(made.version)), made, unchanged=False)
        if recipe.cache is not None:
            with suppress(OutputError):  # the version is there, and all that is lost is some time
                store.remember(dataset.name, result.path / MANIFEST, used)
        return result


def _with_card(made: Manifest, card: Card) -> Manifest:
    return replace(made, card=source_text(card), card_digest=card_digest(card, _facts(made)))


def take_apart(
    files: Sequence[InputFile],
    found: Mapping[str, Found],
    store: Cache,
    config: BuildConfig,
    start: Starter,
    report: Progress,
    workers: int = 0,
) -> list[Selection]:
    """Make the parts that the cache does not hold; return what the version is made of."""
    missing = [file for file in files if found[file.source].stop is not None]
    starts = {file.source: stop for file in missing if (stop := found[file.source].stop)}
    tasks = make_tasks(missing, store.folder, config.weights, ReadSettings(fields=config.fields), starts)
    tasks = share_out(tasks, workers)
    places = [place for one in found.values() for place in one.places]
    places += _run(start(tasks), report)
    shared = {task.files[0].source: task.files[0] for task in tasks if task.shares > 1}
    if shared:
        places, stops = _put_together(places, shared)
        again = [shared[source] for source in stops]
        places += _run(start(make_tasks(again, store.folder, config.weights, tasks[0].settings, stops)), report)
    return select(places)


def _put_together(places: Sequence[Placed], shared: Iterable[str]) -> tuple[list[Placed], dict[str, int]]:
    """Return what holds of what tasks found that shared files, and from where on a file must be read again.

    All of them see the same, but where the reader of one died of what others lived through, or the file changed.
    """
    kept: list[Placed] = []
    by_source: dict[str, list[Placed]] = {source: [] for source in shared}
    for part, number in places:
        by_source.get(part.entries[number].source, kept).append((part, number))
    stops: dict[str, int] = {}
    for source, found in by_source.items():
        digests = {part.entries[number].sha256 for part, number in found} - {None}
        whole = chain(found) if len(digests) <= 1 else Found()
        kept += whole.places
        if whole.stop is not None:
            stops[source] = whole.stop
    return kept, stops


def _run(started: Generator[TaskResult, None, None], report: Progress) -> list[Placed]:
    places: list[Placed] = []
    with closing(started) as results:
        for result in results:
            part = result.part
            if part is None:
                continue
            places += [(part, number) for number in range(len(part.entries))]
            report.add(
                files=len(result.inputs),
                bytes=sum(one.bytes or 0 for one in result.inputs),
                pages=part.rows + part.rejects,
                rejects=part.rejects,
            )
    return places


def tell_found(files: Sequence[InputFile], found: Mapping[str, Found], report: Progress) -> None:
    """Tell what there is to read, and what of it need not be read again."""
    report.plan(files=len(files), bytes=sum(stored_bytes(file.path) or 0 for file in files))
    whole = {source: one.input for source, one in found.items() if one.input is not None}
    pages = sum(one.pages for one in whole.values())
    rows = sum(part.entries[number].rows for source in whole for part, number in found[source].places)
    size = sum(one.bytes or 0 for one in whole.values())
    report.add(files=len(whole), bytes=size, pages=pages, rejects=pages - rows, reused=True)


def _merge(selections: Sequence[Selection], staging: Staging, config: BuildConfig, weights: str) -> Manifest:
    """Write the tables; return the manifest, in which the version and other files are still missing."""
    inputs = tuple(sorted((x for one in selections for x in one.inputs), key=lambda one: one.source))
    with output_errors(staging.dataset, needed=sum(one.part.bytes for one in selections)):
        merged = merge(selections, staging.parts)
        ledger = write_rejects(staging.version, merged.rejects())
        counts = make.count(inputs, sum(one.rows for one in selections) - merged.duplicates.num_rows, ledger.reasons)
        _refuse_rejects(ledger, counts, config)
        articles = write_articles(staging.version, merged.articles())
    if articles.rows != counts.rows:
        raise AssertionError(f"{articles.rows} rows of {counts.rows} were written; please report it")
    return Manifest(
        name=staging.dataset.name,
        version="",
        schema_digest=make.schema_digest(),
        content_digest=articles.digest,
        rejects_digest=ledger.written.digest,
        card_digest="",
        row_bytes={"articles": articles.row_bytes, "rejects": ledger.written.row_bytes},
        config=make.config_values(config, weights),
        toolchain=make.toolchain(),
        counts=counts,
        reasons={reason: n for reason, n in ledger.reasons.items() if reason != Reason.DUPLICATE.value},
        inputs=inputs,
        files=(*articles.files, *ledger.written.files),
    )


def _refuse_rejects(ledger: Ledger, counts: Counts, config: BuildConfig) -> None:
    allowed = config.allowed_rejects(counts.pages)
    if allowed is None or counts.rejected <= allowed:
        return
    reasons = {reason: n for reason, n in ledger.reasons.items() if reason != Reason.DUPLICATE.value}
    first = ledger.first[min(reasons.items(), key=lambda one: (-one[1], one[0]))[0]]
    raise TooManyRejectsError(
        f"{counts.rejected} of {counts.pages} pages are rejected, more than max_rejects, {config.max_rejects}, allows: "
        f"{_by_reason(reasons)}; the first of the most frequent: {first['source']}: {first['message']}",
        "mend or exclude the inputs, or raise --max-rejects; nothing was published",
    )


def _by_reason(reasons: Mapping[str, int]) -> str:
    """The most frequent first."""
    return ", ".join(f"{n} {reason}" for reason, n in sorted(reasons.items(), key=lambda one: (-one[1], one[0])))


def _write(staging: Staging, made: Manifest, card: Card) -> Manifest:
    """Write what is around the tables; return the manifest that names all files."""
    tables = {
        folder: [one for one in made.files if one.path.startswith(f"{folder}/")] for folder in (ARTICLES, REJECTS)
    }
    figures = measure(*([staging.version / one.path for one in table] for table in tables.values()))
    files = [one for table in tables.values() for one in table]
    facts = replace(_facts(made), stats=figures, releases=made.releases, files=tuple(files))
    files += [write_file(staging.version, path, text) for path, text in card_files(card, facts).items()]
    made = replace(made, files=tuple(sorted(files, key=lambda one: one.path)))
    write_file(staging.version, MANIFEST, made.to_json())
    return made


def _facts(made: Manifest) -> Facts:
    return Facts(
        name=made.name,
        version=made.version,
        counts=made.counts,
        reasons=made.reasons,
        row_bytes=made.row_bytes,
        content_digest=made.content_digest,
        rejects_digest=made.rejects_digest,
        schema_digest=made.schema_digest,
        inputs_digest=make.inputs_digest(made.inputs),
        config_digest=made.config["digest"],
        weights_digest=made.config["weights"],
        toolchain=made.toolchain,
    )


def _result(path: Path, made: Manifest, *, unchanged: bool) -> BuildResult:
    return BuildResult(
        path=path,
        name=made.name,
        version=made.version,
        counts=made.counts,
        reasons=made.reasons,
        content_digest=made.content_digest,
        bytes=sum(one.bytes for one in made.files),
        unchanged=unchanged,
    )
