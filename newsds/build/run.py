"""The build: sources in, a version of a dataset out."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path

from newsds.build import manifest as make
from newsds.build.executor import run_tasks
from newsds.build.merge import Merged, merge
from newsds.build.plan import dataset_name, keep_standard_input, list_inputs, make_tasks, resolve_config
from newsds.build.progress import progress_bar
from newsds.build.publish import Staging, output_errors, refuse_published, write_file
from newsds.build.worker import TaskResult, run_task
from newsds.build.write import write_articles, write_rejects
from newsds.canonical import digest_of
from newsds.card import Card, Facts, Release, card_digest, card_files, read_card, releases
from newsds.config import BuildConfig
from newsds.errors import TooManyRejectsError
from newsds.layout import MANIFEST, Counts, Manifest, published_versions, read_manifest
from newsds.read import ReadSettings
from newsds.segment import weights_digest
from newsds.stats import measure
from newsds.version import Version


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
    workers: int = 0,
    progress: bool = False,
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
        version: number of the version. Without it the next: 1.0.0, and then a minor step if rows changed, a patch if
            only rejects or card did, and no new version if nothing did.
        workers: processes that take pages apart, and whose death costs one page. A script must call `build` below
            `if __name__ == "__main__":` to have any. With 0 all happens in this process, and what kills it kills the
            build, without harm to any version.
        progress: draw a progress bar on standard error.

    Raises:
        UsageError: a wrong argument, configuration or card.
        SourceError: a source does not exist, or there is no file in it.
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
    sources = [sources] if isinstance(sources, str | os.PathLike) else list(sources)
    if config is None:
        config = resolve_config(sources)
    card = read_card(Path(config.card)) if config.card else Card()
    dataset = Path(out) / dataset_name(config, card.name, sources)
    wanted = Version.parse(version) if version is not None else None
    files = list_inputs(sources, config, dataset)
    if wanted:
        refuse_published(dataset / str(wanted))
    with Staging(dataset) as staging:
        previous: Manifest | None = None
        if not wanted and (published := published_versions(dataset)):
            previous = read_manifest(dataset / str(published[-1]))
        weights = weights_digest(config.weights)  # first, as it refuses what is no weights file
        files = keep_standard_input(files, staging.parts)
        tasks = make_tasks(files, staging.parts, config.weights, ReadSettings(fields=config.fields))
        results: list[TaskResult] = []
        running = closing(run_tasks(run_task, tasks, workers=workers))
        with progress_bar(len(files), show=progress) as advance, running as finished:
            for result in finished:
                results.append(result)
                advance(len(result.inputs))
        with output_errors(dataset):
            merged = merge(results)
            made = _describe(dataset.name, results, merged, config, card, weights)
            _refuse_rejects(made, merged, config)
            number = wanted or make.next_version(previous, made)
            if number is None and previous is not None:
                staging.mend_latest()
                return _result(dataset / previous.version, previous, unchanged=True)
            made = replace(made, version=str(number))
            made = _write(staging, made, merged, card, releases(dataset, made))
        return _result(staging.publish(Version.parse(made.version)), made, unchanged=False)


def _refuse_rejects(made: Manifest, merged: Merged, config: BuildConfig) -> None:
    counts = made.counts
    allowed = config.allowed_rejects(counts.pages)
    if allowed is None or counts.rejected <= allowed:
        return
    reason = min(made.reasons.items(), key=lambda one: (-one[1], one[0]))[0]
    first = next(row for row in merged.rejects.to_pylist() if row["reason"] == reason)
    raise TooManyRejectsError(
        f"{counts.rejected} of {counts.pages} pages are rejected, more than max_rejects, {config.max_rejects}, allows: "
        f"{_by_reason(made.reasons)}; the first of the most frequent: {first['source']}: {first['message']}",
        "mend or exclude the inputs, or raise --max-rejects; nothing was published",
    )


def _by_reason(reasons: Mapping[str, int]) -> str:
    """The most frequent first."""
    return ", ".join(f"{n} {reason}" for reason, n in sorted(reasons.items(), key=lambda one: (-one[1], one[0])))


def _describe(
    name: str, results: Sequence[TaskResult], merged: Merged, config: BuildConfig, card: Card, weights: str
) -> Manifest:
    """Return the manifest, in which the version and its files are still missing."""
    counts, reasons = make.count(results, merged)
    rejects_digest, rejects_bytes = make.table_digest(merged.rejects)
    made = Manifest(
        name=name,
        version="",
        schema_digest=make.schema_digest(),
        content_digest=digest_of(merged.row_digests),
        rejects_digest=rejects_digest,
        card_digest="",
        row_bytes={"articles": sum(merged.row_bytes), "rejects": rejects_bytes},
        config=make.config_values(config, weights),
        toolchain=make.toolchain(),
        counts=counts,
        reasons=reasons,
        inputs=make.sorted_inputs(results),
        files=(),
    )
    return replace(made, card_digest=card_digest(card, _facts(made)))


def _write(staging: Staging, made: Manifest, merged: Merged, card: Card, history: Sequence[Release]) -> Manifest:
    """Write the files of the version; return the manifest that names them."""
    articles = write_articles(staging.version, merged, staging.parts)
    rejects = write_rejects(staging.version, merged.rejects)
    figures = measure(*([staging.version / one.path for one in table] for table in (articles, rejects)))
    files = [*articles, *rejects]
    facts = replace(_facts(made), stats=figures, releases=history, files=tuple(files))
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
