"""What a build has to do: its configuration, its name, its files, and tasks of bounded size."""

from __future__ import annotations

import os
import re
import shutil
import stat
import sys
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from pathlib import Path, PurePosixPath
from typing import Any, Final, Protocol

from newsds.build.part import INSIDE
from newsds.build.publish import output_errors
from newsds.build.watch import START, Death, Phase, Place, Trace
from newsds.config import CONFIG_FILE, BuildConfig, load_config
from newsds.errors import OutputError, SourceError, UsageError
from newsds.read import STDIN, InputFile, ReadSettings, find_files, is_remote
from newsds.read.decoders import MAGIC_BYTES, compression_of

TASK_FILES: Final = 128
TASK_BYTES: Final = 16 * 2**20
"""Bounds of a task: about a second of work, and a part that is small in memory."""
SHARES: Final = 4
"""Tasks that one file is shared among at most. Each reads all of it: even where that takes a twelfth of the time that
its pages take, reading is a quarter of what each of four does, and no more."""
_SLOW: Final = ("bz2", "xz")
"""Compressions that are slow to undo."""
_ENDS: Final = 2
"""Deaths outside of any page that may be of something else."""


class Care(StrEnum):
    """What is done differently at a place where workers died."""

    REFERENCE = "reference"
    """the page is taken apart with the reference parser"""
    REJECT = "reject"
    """the page is rejected"""
    AGAIN = "again"
    """nothing yet: reading it may have died of something else"""
    STOP = "stop"
    """what is left of its file is rejected"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Treatment:
    """What is done at a place where workers died, and how the last of them did."""

    place: Place
    care: Care
    death: Death


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """Files for one worker, and how far they are done."""

    files: tuple[InputFile, ...]
    parts: str
    """path of the folder to write parts into"""
    weights: str | None = None
    """path of the segmenter's weights; without it those of newsds"""
    settings: ReadSettings = field(default_factory=ReadSettings)
    start: Place = START
    """all before it is done"""
    share: int = 0
    """of the turns of its one file (`newsds.build.worker`), those that leave this rest when divided by `shares`"""
    shares: int = 1
    """tasks that the file is shared among"""
    alone: tuple[Place, Place] | None = None
    """pages from the first of these to the second are taken apart one at a time, so that a worker dies at the page it
    dies of"""
    treatments: tuple[Treatment, ...] = ()
    """at most one for reading a place, and one for its page"""
    ends: int = 0
    """workers that died outside of any place since the last result"""

    def after(self, result: Ending) -> Task | None:
        """Return what is left to do after a result."""
        if result.next is None:
            return None
        return replace(self, start=result.next, ends=0)

    def owns(self, turn: int) -> bool:
        """Say whether a turn of its file is this task's."""
        return turn % self.shares == self.share

    def is_alone(self, place: Place) -> bool:
        """Say whether a page is taken apart without others."""
        return (self.alone is not None and self.alone[0] <= place <= self.alone[1]) or any(
            one.place == place for one in self.treatments
        )

    def is_trap(self, place: Place) -> bool:
        """Say whether workers may die from this place on, so that what was found before is better brought home."""
        return (self.alone is not None and place == self.alone[0]) or any(one.place == place for one in self.treatments)

    def treatment(self, place: Place, *cares: Care) -> Treatment | None:
        """Return which of some things is done differently at a place."""
        return next((one for one in self.treatments if one.place == place and one.care in cares), None)

    def mended(self, trace: Trace, death: Death) -> Task:
        """Return the task as the next worker is to do it, where one died.

        Of a batch of pages, the next worker takes each apart alone. The page that kills it then goes to the reference
        parser, and if that dies too, is rejected. A reader that dies twice at one item gives no more of its file.

        Raises:
            OutputError: workers die outside of any page, whatever is done.
        """
        if trace.phase is Phase.PAGES:
            if trace.first != trace.last or not self.is_alone(trace.first):
                return replace(self, alone=(trace.first, trace.last))
            return self._treated(trace.first, death, Care.REFERENCE, Care.REJECT)
        if trace.phase is Phase.READING:
            return self._treated(trace.first, death, Care.AGAIN, Care.STOP)
        if self.ends == _ENDS:
            raise OutputError(
                f"worker processes die while they write down results: the last one {death.message}",
                "use fewer workers, or free memory and space on the disk; nothing was published",
            )
        return replace(self, ends=self.ends + 1)

    def _treated(self, place: Place, death: Death, first: Care, then: Care) -> Task:
        old = self.treatment(place, first, then)
        new = Treatment(place=place, care=then if old else first, death=death)
        return replace(self, treatments=(*(one for one in self.treatments if one is not old), new))


class Ending(Protocol):
    """What a task asks of its results."""

    @property
    def next(self) -> Place | None:
        """Where the task goes on after it; None if it is done."""
        ...


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
    >>> dataset_name(BuildConfig(), None, ["s3://bucket/harbour-news/"])
    'harbour-news'
    """
    if config.name or card:
        return config.name or card or ""
    if len(sources) != 1:
        return "dataset"
    source = os.fspath(sources[0])
    if source == STDIN or is_remote(source):
        return _slug(PurePosixPath(source.partition("?")[0]).stem) or "dataset"
    path = Path(source).resolve()
    return _slug(path.name if path.is_dir() else path.stem) or "dataset"


def _slug(text: str) -> str:
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9._]+", "-", plain)[:96].strip("-._")


def list_inputs(
    sources: Sequence[str | os.PathLike[str]], config: BuildConfig, dataset: Path, cache: Path | None = None
) -> list[InputFile]:
    """List the files to read, in the order of their names.

    What newsds itself wrote or reads for another purpose is no input: the dataset's own folder and the cache, when they
    lie in a source, and the newsds.toml of a source.

    Raises:
        SourceError: a source does not exist, or there is no file to read.
        UsageError: a source lies in the dataset's own folder.
    """
    own = dataset.resolve()
    roots = [Path(s).resolve() for s in [os.fspath(one) for one in sources] if s != STDIN and not is_remote(s)]
    for root in roots:
        if root.is_relative_to(own):
            raise UsageError(f"the source {root} lies in the dataset to write, {own}", "choose another output folder")
    settings = {str(root / CONFIG_FILE) for root in roots}
    written = [own] if cache is None else [own, cache.resolve()]
    files = [
        file
        for file in find_files(sources, include=config.include, exclude=config.exclude)
        if file.path not in settings and not any(Path(file.path).is_relative_to(one) for one in written)
    ]
    if not files:
        names = ", ".join(str(s) for s in sources) or "no source"
        raise SourceError(
            f"no file to read in {names}",
            f"check the path and the patterns: include {list(config.include)}, exclude {list(config.exclude)}",
        )
    return files


def keep_standard_input(files: Sequence[InputFile], folder: Path) -> list[InputFile]:
    """Copy standard input, where it is an input, into `folder`: a process that reads for another has none of its own.

    Raises:
        SourceError: it cannot be read.
        OutputError: the copy cannot be written.
    """
    kept = folder / "standard-input"
    for file in files:
        if file.path == STDIN:
            if sys.stdin is None:
                raise SourceError("standard input is closed", "pipe something into it, or name a file")
            with output_errors(kept), kept.open("wb") as out:
                shutil.copyfileobj(sys.stdin.buffer, out, 1 << 20)
    return [replace(file, path=str(kept)) if file.path == STDIN else file for file in files]


def make_tasks(
    files: Sequence[InputFile],
    folder: Path,
    weights: str | None = None,
    settings: ReadSettings | None = None,
    starts: Mapping[str, int] | None = None,
) -> list[Task]:
    """Cut files into tasks, which write their parts into `folder`.

    Args:
        files: in order.
        folder: of the parts.
        weights: path of the segmenter's weights.
        settings: how files are read.
        starts: source of a file → pages and rejections of it that need not be done again.
    """
    tasks: list[Task] = []
    pending: list[InputFile] = []
    size = 0

    def finish() -> None:
        start = Place(0, (starts or {}).get(pending[0].source, 0))
        settled = settings or ReadSettings()
        tasks.append(Task(files=tuple(pending), parts=str(folder), weights=weights, settings=settled, start=start))
        pending.clear()

    for file in files:
        length = expected_bytes(file.path)
        # a part tells its rows' files by the names of the rows, which `!/` in a file's name could confuse
        alone = file.source in (starts or {}) or INSIDE in file.source
        full = len(pending) >= TASK_FILES or size + length > TASK_BYTES
        if pending and (full or alone):
            finish()
            size = 0
        pending.append(file)
        size += length
        if alone:
            finish()
            size = 0
    if pending:
        finish()
    return tasks


def share_out(tasks: Sequence[Task], workers: int) -> list[Task]:
    """Share long files among several tasks, where workers would have nothing to do otherwise.

    Args:
        tasks: of whole files.
        workers: that there are.
    """
    if workers < 2:
        return list(tasks)
    lengths = [sum(stored_bytes(file.path) or 0 for file in task.files) for task in tasks]
    total = sum(lengths)
    shared: list[Task] = []
    for task, length in zip(tasks, lengths, strict=True):
        shares = min(SHARES, round(workers * length / total)) if length > TASK_BYTES else 1
        if shares < 2 or len(task.files) > 1 or _is_slow(task.files[0].path):
            shared.append(task)
        else:
            shared += [replace(task, share=number, shares=shares) for number in range(shares)]
    return shared


def _is_slow(path: str) -> bool:
    try:
        with Path(path).open("rb") as file:
            return compression_of(file.read(MAGIC_BYTES)) in _SLOW
    except OSError:
        return True


def expected_bytes(path: str) -> int:
    """Return the bytes that will be read; of what is far away and may be of any length, as many as make a task."""
    return TASK_BYTES if is_remote(path) else stored_bytes(path) or 0


def stored_bytes(path: str) -> int | None:
    """Return the length of a file on this machine; None if there is none that has one."""
    try:
        status = Path(path).stat()
    except OSError:
        return None
    return status.st_size if stat.S_ISREG(status.st_mode) else None
