"""A build in shards, each by a process that need not know of the others, and the merge of what they made.

A shard is a share of the input files. Building it puts parts into the cache, and nothing else; merging is a build that
finds all its parts there. So shards may be built at once, again, or in another cut, and the bytes are those of one
build. What a shard leaves besides is a note for the merge: that it was done, and the parts of files that no cache is
asked for, since the same file could give something else (it could not be read, or is far away).
"""

from __future__ import annotations

import heapq
import json
import os
import re
import secrets
from collections.abc import Generator, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final, NamedTuple

from newsds.build.cache import FOLDER, Cache, Found, Selection, kind_of
from newsds.build.part import SUFFIX, UNFINISHED, Part, open_part
from newsds.build.plan import Task, expected_bytes
from newsds.build.progress import reporting
from newsds.build.publish import Sink, output_errors
from newsds.build.run import BuildResult, Engine, make_version, recipe_of, starter, take_apart, tell_found
from newsds.build.worker import TaskResult
from newsds.config import BuildConfig
from newsds.errors import MissingShardsError, UsageError
from newsds.read import STDIN, InputFile, ReadSettings
from newsds.segment import weights_digest

_FILE_BYTES: Final = 1 << 14
"""What a file costs besides its bytes, in bytes."""
_SPEC: Final = re.compile(r"([0-9]{1,9})/([0-9]{1,9})", re.ASCII)
_NOTE: Final = re.compile(r"shard-(\d+)-of-(\d+)\.json", re.ASCII)
_NAMED: Final = 5
"""Files that a message names."""

Sources = str | os.PathLike[str] | Iterable[str | os.PathLike[str]]


class Shard(NamedTuple):
    """One of several shares of a build.

    >>> Shard.parse("2/8")
    Shard(number=2, of=8)
    """

    number: int
    """from 1"""
    of: int

    @classmethod
    def parse(cls, text: str) -> Shard:
        """Return the shard that `2/8` names.

        Raises:
            UsageError: it names none.
        """
        found = _SPEC.fullmatch(text)
        shard = cls(*map(int, found.groups())) if found else cls(0, 0)
        if not 1 <= shard.number <= shard.of:
            raise UsageError(f"there is no shard {text!r}", "give NUMBER/COUNT, from 1/COUNT to COUNT/COUNT: 2/8")
        return shard

    def __str__(self) -> str:
        return f"{self.number}/{self.of}"


@dataclass(frozen=True, slots=True, kw_only=True)
class ShardResult:
    """What building a shard made."""

    shard: Shard
    folder: Path
    """where the parts are"""
    files: int
    """of the shard"""
    files_total: int
    rows: int
    """of the shard, duplicates among them"""

    def summary(self) -> list[str]:
        """Return the closing lines for a terminal."""
        return [
            f"shard {self.shard}",
            f"  files       {self.files} of {self.files_total}",
            f"  rows        {self.rows}",
            f"  folder      {self.folder}",
            "  next        newsds merge, when all shards are built",
        ]


def owners(files: Sequence[InputFile], count: int) -> dict[str, int]:
    """Return the shard of each file, by the file's name in the dataset: a function of names and lengths alone.

    The longest file first, each goes to the shard that has least.
    """
    loads = [(0, number) for number in range(1, count + 1)]
    owner: dict[str, int] = {}
    for size, source in sorted(
        ((_FILE_BYTES + expected_bytes(file.path), file.source) for file in files), key=lambda one: (-one[0], one[1])
    ):
        load, number = heapq.heappop(loads)
        owner[source] = number
        heapq.heappush(loads, (load + size, number))
    return owner


def build_shard(
    sources: Sources,
    out: str | os.PathLike[str],
    shard: str,
    *,
    config: BuildConfig | None = None,
    workers: int = 0,
    engine: Engine = "local",
    ray_address: str | None = None,
    cache: str | os.PathLike[str] | None = None,
    progress: bool = False,
    progress_json: str | os.PathLike[str] | None = None,
) -> ShardResult:
    """Do a share of a build; `merge_shards` makes the version when all are done.

    Args:
        sources: those of the whole build, the same for every shard; none of them `-`.
        out: folder of the datasets.
        shard: `2/8` for the second of eight.
        config: as for `build`.
        workers: as for `build`.
        engine: as for `build`.
        ray_address: as for `build`.
        cache: folder of the cache; without it `.cache` in the folder of the dataset.
        progress: as for `build`.
        progress_json: as for `build`.

    Raises:
        UsageError: there is no such shard, or what `build` says.
        SourceError: as for `build`.
        OutputError: the cache cannot be written.

    >>> import tempfile
    >>> days = "\\n\\n".join(f"On day {n} the mayor said that the bridge would stay shut." for n in range(9))
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     _ = Path(folder, "page.txt").write_text("The bridge stays shut\\n\\n" + days)
    ...     shards = [build_shard(Path(folder, "page.txt"), Path(folder, "dist"), f"{n}/2") for n in (1, 2)]
    ...     merged = merge_shards(Path(folder, "page.txt"), Path(folder, "dist"))
    ...     [shard.rows for shard in shards], merged.counts.rows
    ([1, 0], 1)
    """
    mine = Shard.parse(shard)
    start = starter(engine, workers, ray_address)
    with reporting(show=progress, file=progress_json) as report:
        recipe = recipe_of(sources, out, config, None, cache or True)
        files, root = recipe.files, recipe.cache or recipe.dataset / FOLDER
        if any(file.path == STDIN for file in files):
            raise UsageError("standard input has no shards", "write it to a file first")
        owner = owners(files, mine.of)
        own = [file for file in files if owner[file.source] == mine.number]
        kind = kind_of(ReadSettings(fields=recipe.config.fields), weights_digest(recipe.config.weights))
        with Cache(root, kind) as store:
            _write_note(store.folder, mine, done=False, once={})  # a folder with a note is not removed as an empty one
            found = store.find_all(own)
            tell_found(own, found, report)
            selections = take_apart(own, found, store, recipe.config, start, report, workers)
            _write_note(store.folder, mine, done=True, once=_once(selections))
        report.end("done", {"shard": str(mine), "folder": str(root)})
    rows = sum(one.rows for one in selections)
    return ShardResult(shard=mine, folder=root, files=len(own), files_total=len(files), rows=rows)


def merge_shards(
    sources: Sources,
    out: str | os.PathLike[str],
    *,
    config: BuildConfig | None = None,
    version: str | None = None,
    force: bool = False,
    cache: str | os.PathLike[str] | None = None,
    progress: bool = False,
    progress_json: str | os.PathLike[str] | None = None,
) -> BuildResult:
    """Build a version from what shards made: the bytes are those of one build.

    No page is read. Input files are read where the file system does not tell that they are those that a shard read, as
    when a cache was brought from elsewhere.

    Args:
        sources: those of the shards.
        out: folder of the datasets.
        config: as for `build`, and that of the shards.
        version: as for `build`.
        force: as for `build`.
        cache: as for `build_shard`; what several caches hold may lie in one folder.
        progress: as for `build`.
        progress_json: as for `build`.

    Raises:
        MissingShardsError: a shard was not built, not to its end, of other files, or by another newsds; it is named.
        UsageError: as for `build`, and every other error of it.
    """
    with reporting(show=progress, file=progress_json) as report:
        made = _Made()
        recipe = recipe_of(sources, out, config, version, cache or True, force=force)
        result = make_version(recipe, made.refuse, report, find=made.find)
        made.forget()
        report.end("done", {"version": result.version, "folder": str(result.path), "unchanged": result.unchanged})
        return result


# --- notes ------------------------------------------------------------------------------------------------------------


def _once(selections: Iterable[Selection]) -> dict[str, list[tuple[int, str, int]]]:
    """Return, for files that no cache is asked for: where each stretch begins, its part, its number in there."""
    places: dict[str, list[tuple[int, str, int]]] = {}
    lasting: dict[str, bool] = {}
    for one in selections:
        for number in sorted(one.entries):
            entry = one.part.entries[number]
            places.setdefault(entry.source, []).append((entry.start, one.part.path.name, number))
            lasting[entry.source] = lasting.get(entry.source, True) and entry.lasting
    return {source: sorted(found) for source, found in places.items() if not lasting[source]}


def _note_path(folder: Path, shard: Shard) -> Path:
    return folder / f"shard-{shard.number}-of-{shard.of}.json"


def _write_note(folder: Path, shard: Shard, *, done: bool, once: Mapping[str, Sequence[tuple[int, str, int]]]) -> None:
    path = _note_path(folder, shard)
    unfinished = folder / f"{secrets.token_hex(8)}{UNFINISHED}"
    with output_errors(path):
        with Sink(unfinished) as sink:
            sink.write(json.dumps({"done": done, "once": once}, sort_keys=True).encode())
        unfinished.replace(path)


class _Made:
    """What shards made, as a merge looks for it."""

    def __init__(self) -> None:
        self._folder = Path()
        self._notes: dict[Shard, bool] = {}
        self._files: Sequence[InputFile] = ()

    def find(self, store: Cache, files: Sequence[InputFile]) -> dict[str, Found]:
        """Return what the cache holds of the files, and what the notes of shards name."""
        self._files, self._folder = files, store.folder
        once: dict[str, Sequence[tuple[int, str, int]]] = {}
        for path in sorted(store.folder.glob("shard-*.json")):
            if named := _NOTE.fullmatch(path.name):
                shard = Shard(int(named[1]), int(named[2]))
                try:
                    note = json.loads(path.read_text(encoding="utf-8"))
                    once |= note["once"]
                    self._notes[shard] = bool(note["done"])
                except (OSError, ValueError, KeyError, TypeError):
                    self._notes[shard] = False
        found = store.find_all(files)
        for file in files:
            if found[file.source].stop is not None and file.source in once:
                found[file.source] = _named(store.folder, file.source, once[file.source]) or found[file.source]
        return found

    def refuse(self, tasks: Sequence[Task]) -> Generator[TaskResult, None, None]:
        """Run no task: raise, if there is any, and name the shards that are missing."""
        missing = [file.source for task in tasks for file in task.files]
        if missing:
            raise self._error(missing)
        yield from ()

    def forget(self) -> None:
        """Remove the notes: they are of files as they were."""
        for shard in self._notes:
            with suppress(OSError):
                _note_path(self._folder, shard).unlink()

    def _error(self, missing: Sequence[str]) -> MissingShardsError:
        root = self._folder.parent
        if not self._notes:
            what = f"no shard was built in {root}"
            if any(root.glob("*/shard-*.json")):
                what = f"the shards in {root} were built by another newsds, or with other weights or fields"
            return MissingShardsError(what, "newsds build … --shard 1/N, and so on, with the options of the merge")
        done = [shard for shard, whole in self._notes.items() if whole]
        of = max({one.of for one in self._notes}, key=lambda count: (sum(one.of == count for one in done), count))
        undone = [shard for number in range(1, of + 1) if (shard := Shard(number, of)) not in done]
        if undone:
            listed = ", ".join(f"{one} (not to its end)" if one in self._notes else str(one) for one in undone)
            what = f"{len(undone)} of {of} shards are not built: {listed}; {_some(missing)}"
            return MissingShardsError(what, f"newsds build … --shard {undone[0]}, and so on; then merge again")
        owner = owners(self._files, of)
        again = " and ".join(f"--shard {n}/{of}" for n in sorted({owner[source] for source in missing}))
        what = f"files have changed or come since their shards were built; {_some(missing)}"
        return MissingShardsError(what, f"newsds build … {again}; then merge again")


def _some(missing: Sequence[str]) -> str:
    more = ", …" if len(missing) > _NAMED else ""
    return f"{len(missing)} files are missing: {', '.join(missing[:_NAMED])}{more}"


def _named(folder: Path, source: str, places: Sequence[tuple[int, str, int]]) -> Found | None:
    """Return what a note names; None if it is not there, or damaged."""
    found: list[tuple[Part, int]] = []
    for _, name, number in places:
        part = open_part(folder / name) if name.endswith(SUFFIX) and Path(name).name == name else None
        if part is None or not part.is_sound() or part.entries[number].source != source:
            return None
        found.append((part, number))
    return Found(places=tuple(found), stop=None)
