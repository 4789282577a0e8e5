"""What a build has to do: its configuration, its name, its files, and tasks of bounded size."""

from __future__ import annotations

import os
import re
import stat
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

from newsds.config import CONFIG_FILE, BuildConfig, load_config
from newsds.errors import SourceError, UsageError
from newsds.limits import PAGE_BYTES
from newsds.read import InputFile, find_files

TASK_FILES: Final = 128
TASK_BYTES: Final = 16 * 2**20
"""Bounds of a task: about a second of work, and a part that is small in memory."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """Files for one worker."""

    files: tuple[InputFile, ...]
    part: str
    """path of the file to write the rows to"""
    weights: str | None = None
    """path of the segmenter's weights; without it those of newsds"""

    def split(self) -> tuple[Task, ...]:
        """Return the two halves; nothing if it is one file."""
        if len(self.files) < 2:
            return ()
        middle = len(self.files) // 2
        halves = (self.files[:middle], self.files[middle:])
        return tuple(replace(self, files=half, part=f"{self.part}.{n}") for n, half in enumerate(halves))


def resolve_config(
    sources: Sequence[str | os.PathLike[str]], *, file: Path | None = None, **overrides: Any
) -> BuildConfig:
    """Return the configuration that holds for a build.

    Args:
        sources: what is built. If it is one folder, the newsds.toml in it counts where no other file is named.
        file: the file that was named.
        overrides: fields of `BuildConfig` that win over the file's, where not None.

    Raises:
        ConfigError: the file, or a field, is wrong.

    >>> resolve_config(["pages"], name="my-pages").name
    'my-pages'
    """
    if file is None and len(sources) == 1 and Path(sources[0], CONFIG_FILE).is_file():
        file = Path(sources[0], CONFIG_FILE)
    if file is not None:
        return load_config(file, **overrides)
    return BuildConfig(**{k: v for k, v in overrides.items() if v is not None})


def dataset_name(config: BuildConfig, card: str | None, sources: Sequence[str | os.PathLike[str]]) -> str:
    """Return the name of the dataset: the configuration's, else the card's, else that of the one source.

    >>> dataset_name(BuildConfig(), None, ["dumps/Neue Züricher Seiten.html"])
    'neue-zuricher-seiten'
    >>> dataset_name(BuildConfig(), None, ["a", "b"])
    'dataset'
    """
    if config.name or card:
        return config.name or card or ""
    if len(sources) != 1:
        return "dataset"
    path = Path(sources[0]).resolve()
    return _slug(path.name if path.is_dir() else path.stem) or "dataset"


def _slug(text: str) -> str:
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9._]+", "-", plain)[:96].strip("-._")


def list_inputs(sources: Sequence[str | os.PathLike[str]], config: BuildConfig, dataset: Path) -> list[InputFile]:
    """List the files to read, in the order of their names.

    What newsds itself wrote or reads for another purpose is no input: the dataset's own folder, when it lies in a
    source, and the newsds.toml of a source.

    Raises:
        SourceError: a source does not exist, or there is no file to read.
        UsageError: a source lies in the dataset's own folder.
    """
    own = dataset.resolve()
    roots = [Path(s).resolve() for s in sources]
    for root in roots:
        if root.is_relative_to(own):
            raise UsageError(f"the source {root} lies in the dataset to write, {own}", "choose another output folder")
    settings = {str(root / CONFIG_FILE) for root in roots}
    files = [
        file
        for file in find_files(sources, include=config.include, exclude=config.exclude)
        if file.path not in settings and not Path(file.path).is_relative_to(own)
    ]
    if not files:
        names = ", ".join(str(s) for s in sources) or "no source"
        raise SourceError(
            f"no file to read in {names}",
            f"check the path and the patterns: include {list(config.include)}, exclude {list(config.exclude)}",
        )
    return files


def make_tasks(files: Sequence[InputFile], folder: Path, weights: str | None = None) -> list[Task]:
    """Cut the files into tasks, which write their rows into `folder`."""
    tasks: list[Task] = []
    pending: list[InputFile] = []
    size = 0

    def finish() -> None:
        tasks.append(Task(files=tuple(pending), part=str(folder / f"{len(tasks):06d}.arrow"), weights=weights))
        pending.clear()

    for file in files:
        length = _length(file.path)
        if pending and (len(pending) >= TASK_FILES or size + length > TASK_BYTES):
            finish()
            size = 0
        pending.append(file)
        size += length
    if pending:
        finish()
    return tasks


def _length(path: str) -> int:
    """Bytes that will be read."""
    try:
        status = Path(path).stat()
    except OSError:
        return 0
    return status.st_size if stat.S_ISREG(status.st_mode) and status.st_size <= PAGE_BYTES.value else 0
