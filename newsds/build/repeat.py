"""A manifest → the version that it describes, made again and compared."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any, Final

from newsds.build.cache import digest_file
from newsds.build.manifest import config_values, toolchain
from newsds.build.progress import reporting
from newsds.build.run import Recipe, make_version, starter
from newsds.card import Card, parse_card
from newsds.compare import differing
from newsds.config import BuildConfig
from newsds.errors import DataError, UsageError
from newsds.layout import MANIFEST, Input, Manifest, read_manifest, resolve
from newsds.read import InputFile, find_files, is_remote
from newsds.read.files import STDIN_NAME
from newsds.segment import weights_digest
from newsds.version import Version

_SHOWN: Final = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class RebuildResult:
    """Whether a version was made again, and what differs if not."""

    name: str
    version: str
    missing: Sequence[str]
    """inputs that are not in the sources"""
    different: Sequence[str]
    """inputs that have other bytes there"""
    settings: Sequence[str]
    """what of the configuration differs: `weights`; `digest` if this newsds reads the rest in another way"""
    toolchain: Mapping[str, tuple[str | None, str | None]]
    """tool → version in the manifest and here, where they differ"""
    made: bool
    """whether the version was made again; it is not where inputs are missing or differ"""
    same_rows: bool = False
    """whether the articles are the same, by their content digest"""
    same_rejects: bool = False
    files: Sequence[str] = ()
    """files of the version with other bytes, or in one of the two only; manifest.json may be the only one"""
    path: Path | None = None
    """folder of the version that was made; None where it is not kept"""

    @property
    def same(self) -> bool:
        """Whether every byte is the same."""
        return self.made and not self.files

    def to_dict(self) -> dict[str, Any]:
        """Return the result as JSON values."""
        return {"same": self.same, **asdict(self), "path": None if self.path is None else str(self.path)}

    def lines(self) -> list[str]:
        """Return the result for a terminal; names of files in it are not escaped."""
        lines = [f"{self.name} {self.version}: " + ("the same, byte for byte" if self.same else "not the same")]
        for what, names in (("missing", self.missing), ("differs", self.different)):
            lines += [f"  input       {what}: {name}" for name in names[:_SHOWN]]
            if len(names) > _SHOWN:
                lines.append(f"  input       {what}: {len(names) - _SHOWN} more")
        lines += [f"  settings    {name} differs" for name in self.settings]
        lines += [
            f"  toolchain   {tool} {old or '–'}, here {new or '–'}" for tool, (old, new) in self.toolchain.items()
        ]
        if self.made and not self.same:
            lines.append(f"  rows        {'the same' if self.same_rows else 'differ'}")
            lines.append(f"  rejects     {'the same' if self.same_rejects else 'differ'}")
            lines += [f"  file        {name} differs" for name in self.files[:_SHOWN]]
            if len(self.files) > _SHOWN:
                lines.append(f"  file        {len(self.files) - _SHOWN} more differ")
        if not self.same:
            lines.append(f"  why         {self._why()}")
        if self.path is not None:
            lines.append(f"  folder      {self.path}")
        return lines

    def _why(self) -> str:
        if not self.made:
            return "inputs are missing or others, so nothing was built: name the folders they are in with --sources"
        if self.settings:
            return "the segmenter's weights are others: give the file they were in with --weights"
        if self.toolchain and self.same_rows:
            return "the tools are others, which write other bytes for the same rows"
        if self.toolchain:
            return "the tools are others: install those of the manifest to get the same"
        return "inputs, settings and tools are the same, so newsds itself is another than its version says"


def rebuild(
    manifest: str | os.PathLike[str],
    sources: str | os.PathLike[str] | Iterable[str | os.PathLike[str]] = ".",
    *,
    out: str | os.PathLike[str] | None = None,
    weights: str | os.PathLike[str] | None = None,
    workers: int = 0,
    progress: bool = False,
) -> RebuildResult:
    """Make a version again from its manifest, and compare every file.

    Args:
        manifest: a manifest.json, or the folder of a version or dataset that holds it.
        sources: files, folders, globs and addresses, as `build` takes them, in which the inputs have the names that the
            manifest gives. What else is in them does not count.
        out: folder to keep what is made in, as `out/<name>/<version>/`; without it, it is made in the system's
            temporary folder, and removed.
        weights: file of the segmenter's weights, if the version was made with others than those of newsds.
        workers: processes that take pages apart; see `build`.
        progress: draw a progress bar on standard error.

    Raises:
        DataError: there is no manifest, or it is damaged.
        SourceError: a source does not exist.
        VersionExistsError: `out` has the version already.
        OutputError: `out` or the temporary folder cannot be written.

    >>> import newsds
    >>> days = "\\n\\n".join(f"On day {n} the mayor said that the bridge would stay shut." for n in range(9))
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     page = Path(folder, "page.txt")
    ...     _ = page.write_text("The bridge stays shut\\n\\n" + days)
    ...     made = newsds.build(page, Path(folder, "dist"))
    ...     rebuild(made.path / "manifest.json", folder).same, page.unlink(), rebuild(made.path, folder).missing
    (True, None, ['page.txt'])
    """
    recorded = _read(Path(manifest))
    config, card, version = _settings(recorded, weights)
    given = [sources] if isinstance(sources, str | os.PathLike) else list(sources)
    files, missing = _find(given, recorded.inputs)
    different = [one.source for one in recorded.inputs if one.source in files and _differs(files[one.source], one)]
    here = config_values(config, weights_digest(config.weights))
    result = RebuildResult(
        name=recorded.name,
        version=recorded.version,
        missing=missing,
        different=different,
        settings=[key for key in ("digest", "weights") if recorded.config.get(key) != here[key]],
        toolchain=differing(recorded.toolchain, toolchain()),
        made=False,
    )
    if missing or different:
        return result
    with ExitStack() as stack:
        folder = Path(out) if out is not None else Path(stack.enter_context(tempfile.TemporaryDirectory("-newsds")))
        report = stack.enter_context(reporting(show=progress, file=None))
        recipe = Recipe(
            dataset=folder / recorded.name,
            files=list(files.values()),
            config=config,
            card=card,
            wanted=version,
            force=True,
            releases=recorded.releases,
        )
        made = make_version(recipe, starter("local", workers, None), report, workers=workers)
        return _compare(result, recorded, read_manifest(made.path), made.path if out is not None else None)


def _read(path: Path) -> Manifest:
    if path.is_dir():
        return read_manifest(resolve(path))
    try:
        return Manifest.from_json(path.read_bytes().decode("utf-8"))
    except OSError as error:
        raise DataError(f"cannot read {path}: {error.strerror}", f"give the {MANIFEST} of a version") from error
    except UnicodeDecodeError as error:
        raise DataError(f"{path} is damaged: {error}", f"give the {MANIFEST} of a version") from error


def _settings(recorded: Manifest, weights: str | os.PathLike[str] | None) -> tuple[BuildConfig, Card, Version]:
    """Return configuration, card and number; the manifest may be from elsewhere, and decides a path."""
    values = recorded.config
    try:
        config = BuildConfig(
            name=recorded.name,
            include=tuple(values["include"]),
            exclude=tuple(values["exclude"]),
            fields=tuple(sorted(values.get("fields", {}).items())),
            weights=None if weights is None else os.fspath(weights),
        )
        return config, parse_card(recorded.card or "", place=f"the card in {MANIFEST}"), Version.parse(recorded.version)
    except (UsageError, KeyError, TypeError, AttributeError) as error:
        what = error.message if isinstance(error, UsageError) else f"config: {error!r}"
        raise DataError(f"{MANIFEST} is damaged: {what}", "get a sound copy of it") from error


def _find(sources: Sequence[str | os.PathLike[str]], inputs: Sequence[Input]) -> tuple[dict[str, InputFile], list[str]]:
    """Return the files that are inputs, by name, and the names of those that are not there."""
    wanted = {one.source for one in inputs}
    found = {
        # what came through standard input had no name to tell what it is
        file.source: replace(file, unnamed=file.unnamed or file.source == STDIN_NAME)
        for file in find_files(sources)
        if file.source in wanted
    }
    return found, sorted(wanted - found.keys())


def _differs(file: InputFile, recorded: Input) -> bool:
    """Say whether a file has other bytes; of one that is far away, the build tells by what it makes."""
    if is_remote(file.path) or recorded.sha256 is None:
        return False
    return digest_file(file.path) != recorded.sha256


def _compare(result: RebuildResult, recorded: Manifest, made: Manifest, path: Path | None) -> RebuildResult:
    before, after = ({one.path: one for one in manifest.files} for manifest in (recorded, made))
    files = sorted(name for name in {*before, *after} if before.get(name) != after.get(name))
    return replace(
        result,
        made=True,
        same_rows=made.content_digest == recorded.content_digest,
        same_rejects=made.rejects_digest == recorded.rejects_digest,
        files=files if made == recorded else [*files, MANIFEST],
        path=path,
    )
