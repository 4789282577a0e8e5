"""The cache: parts of earlier builds, and which input files they hold.

A folder for each kind of part, which is all that decides rows besides the input: the code of newsds, the versions of
the libraries, the segmenter's weights, and how files are read. In it lie parts (`newsds.build.part`), and nothing else
is believed: a file is in the cache if sound parts hold all of it under its name and its SHA-256.

A file need not be read to know its digest if the file system says that it is the one that was read: same length, times
and inode. A file that was changed within two seconds before its part was written could have been changed again unseen,
and is read (as git does).
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import stat
import time
from collections.abc import Callable, Iterable, Sequence
from contextlib import AbstractContextManager, nullcontext, suppress
from dataclasses import asdict, dataclass
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Final

from newsds.build.lock import DatasetLock
from newsds.build.manifest import toolchain
from newsds.build.part import SUFFIX, UNFINISHED, Entry, Part, open_part
from newsds.build.publish import Sink, output_errors
from newsds.errors import DataError
from newsds.layout import Input
from newsds.read import InputFile, ReadSettings, is_remote

FOLDER: Final = ".cache"
"""In the folder of a dataset."""
_USED: Final = "used"
"""Folder of what the last build of each dataset was made of."""
_TAG: Final = "CACHEDIR.TAG"
_TAG_TEXT: Final = (
    "Signature: 8a477f597d28d172789f06886806bc55\n"
    "# Parts of newsds builds; may be removed at any time. https://bford.info/cachedir/\n"
)
_RACY_NS: Final = 2 * 10**9
"""The coarsest times of a file system (FAT); a change within them may leave no trace."""
_READ_BYTES: Final = 1 << 20
_ABANDONED: Final = 3600
"""Seconds after which an unfinished part is one of a process that died."""
_NO_ROWS: Final = ("cli", "hub", "card", "compare", "diff.py", "train", "report", "view")
"""Folders and files of newsds that decide no row."""


@cache
def code_digest() -> str:
    """Return the SHA-256 of the files of newsds that can change a row, and of the library that only they need."""
    root = Path(__file__).parents[1]
    total = hashlib.sha256()
    for path in sorted(root.rglob("*")):
        parts = path.relative_to(root).parts
        if parts[0] not in _NO_ROWS and path.suffix in (".py", ".json", ".npz", ".so", ".pyd"):
            total.update(f"{'/'.join(parts)}\0".encode() + hashlib.sha256(path.read_bytes()).digest())
    with suppress(PackageNotFoundError):
        total.update(version("beautifulsoup4").encode())
    return total.hexdigest()


def kind_of(settings: ReadSettings, weights: str) -> str:
    """Return the digest of what decides rows besides the input.

    Args:
        settings: how files are read.
        weights: digest of the segmenter's weights.
    """
    values = {"code": code_digest(), "tools": toolchain(), "settings": asdict(settings), "weights": weights}
    return hashlib.sha256(json.dumps(values, sort_keys=True).encode()).hexdigest()


def identity_of(path: str) -> tuple[int, ...] | None:
    """Return what tells a file from itself after a change: length, times and inode; None if it is no regular file."""
    if is_remote(path):
        return None
    try:
        found = Path(path).stat()
    except (OSError, ValueError):
        return None
    if not stat.S_ISREG(found.st_mode):
        return None
    return found.st_size, found.st_mtime_ns, found.st_ctime_ns, found.st_ino


@dataclass(frozen=True, slots=True)
class Selection:
    """Entries of a part that a version is made of."""

    part: Part
    entries: frozenset[int]

    @property
    def whole(self) -> bool:
        """Whether it is all of them."""
        return len(self.entries) == len(self.part.entries)

    @property
    def rows(self) -> int:
        """Rows of the entries."""
        return sum(self.part.entries[i].rows for i in self.entries)

    @property
    def inputs(self) -> list[Input]:
        """Files that end in it."""
        return [self.part.entries[i].input for i in sorted(self.entries) if self.part.entries[i].stop is None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """What the cache holds of a file."""

    places: tuple[tuple[Part, int], ...] = ()
    """entries, the first pages first: part and number"""
    stop: int | None = 0
    """pages and rejections that they hold; None for all"""

    @property
    def input(self) -> Input | None:
        """The file, if the cache holds all of it."""
        part, number = self.places[-1] if self.places else (None, 0)
        return part.entries[number].input if part is not None and self.stop is None else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Used:
    """What the last build of a cache was made of."""

    kind: str
    manifest: str
    """SHA-256 of the manifest.json it wrote, or found to hold the same"""
    parts: tuple[str, ...]
    """names of the parts"""


class Cache(AbstractContextManager["Cache"]):
    """The parts of one kind; if there are none in the end, its folders are removed.

    Args:
        root: folder of the cache; made if it is not there.
        kind: `kind_of` the build.

    Raises:
        OutputError: the folder cannot be written.
    """

    def __init__(self, root: Path, kind: str) -> None:
        self.root = root
        self.kind = kind
        self.folder = root / kind[:16]
        """where parts of this kind are written"""
        with output_errors(root):
            self.folder.mkdir(parents=True, exist_ok=True)
            tag = root / _TAG
            if not tag.exists():
                tag.write_text(_TAG_TEXT, encoding="utf-8")
            self._remove_abandoned()
        self._by_source: dict[str, list[tuple[Part, int]]] = {}
        self._written: dict[str, int] = {}
        self._sound: dict[str, bool] = {}
        for path in sorted(self.folder.glob(f"*{SUFFIX}")):
            part = open_part(path)
            if part is not None:
                self._take(part)

    def __exit__(self, *_: object) -> None:
        if any(self.root.glob(f"*/*{SUFFIX}")):
            return
        with suppress(OSError):
            self.folder.rmdir()
            (self.root / _TAG).unlink()
            self.root.rmdir()

    def _take(self, part: Part) -> None:
        with suppress(OSError):
            self._written[part.path.name] = part.path.stat().st_mtime_ns
            for number, entry in enumerate(part.entries):
                if entry.lasting:
                    self._by_source.setdefault(entry.source, []).append((part, number))

    def _remove_abandoned(self) -> None:
        for path in self.folder.glob(f"*{UNFINISHED}"):
            with suppress(OSError):
                if time.time() - path.stat().st_mtime > _ABANDONED:
                    path.unlink()

    def find_all(self, files: Iterable[InputFile]) -> dict[str, Found]:
        """Return what the cache holds of files, by their names in the dataset."""
        found = {file.source: self.find(file) for file in files}
        self._renew(place for one in found.values() for place in one.places)
        return found

    def find(self, file: InputFile) -> Found:
        """Return what the cache holds of a file as it is now; reads the file if only its bytes can tell."""
        places = self._by_source.get(file.source)
        identity = identity_of(file.path)
        if not places or identity is None:
            return Found()
        known = self._known(places, identity)
        if known is not None and known[1] is None:  # a file that is not read for its digest
            return self._checked(Found(places=(known[0],), stop=None)) if not _entry(known[0]).start else Found()
        sha256 = known[1] if known is not None else self._digest(file, places, identity)
        return self._checked(chain([one for one in places if _entry(one).sha256 == sha256])) if sha256 else Found()

    def _known(
        self, places: Sequence[tuple[Part, int]], identity: tuple[int, ...]
    ) -> tuple[tuple[Part, int], str | None] | None:
        """Return the entry that was read from the very file, and the digest of it."""
        for part, number in places:
            entry = part.entries[number]
            if entry.stop is None and entry.identity == identity:
                changed = max(identity[1], identity[2])
                if self._written[part.path.name] >= changed + _RACY_NS:
                    return (part, number), entry.sha256
        return None

    def _digest(self, file: InputFile, places: Sequence[tuple[Part, int]], identity: tuple[int, ...]) -> str | None:
        if not any(_entry(one).bytes == identity[0] and _entry(one).sha256 for one in places):
            return None
        return digest_file(file.path)

    def _checked(self, found: Found) -> Found:
        """Leave out what lies in damaged parts."""
        for i, (part, _) in enumerate(found.places):
            name = part.path.name
            if name not in self._sound:
                self._sound[name] = part.is_sound()
            if not self._sound[name]:
                return Found(places=found.places[:i], stop=_entry(found.places[i]).start)
        return found

    def _renew(self, places: Iterable[tuple[Part, int]]) -> None:
        """Take note that files were compared just now, so that they need not be read for their digest again.

        Args:
            places: entries that `find` gave. A part of which any other entry is not among them stays as it is: the
                file of that was not compared.
        """
        for selection in select(places):
            if selection.whole:
                with suppress(OSError):
                    os.utime(selection.part.path)

    def used(self, dataset: str) -> Used | None:
        """Return what the last build of a dataset was made of; None if it is not known."""
        return _read_used(self.root / _USED / f"{dataset}.json")

    def remember(self, dataset: str, manifest: Path, parts: Iterable[Part]) -> None:
        """Write down what a version was made of.

        Args:
            dataset: name of the dataset.
            manifest: path of the version's manifest.json.
            parts: what it was made of.

        Raises:
            OutputError: it cannot be written.
        """
        used = Used(kind=self.kind, manifest=digest_file(str(manifest)) or "", parts=_names(parts))
        if used == self.used(dataset):
            return
        new = self.root / _USED / f"{dataset}.json{UNFINISHED}"
        with output_errors(new):
            new.parent.mkdir(exist_ok=True)
            new.unlink(missing_ok=True)
            with Sink(new) as sink:
                sink.write(json.dumps(asdict(used)).encode())
            new.replace(new.with_suffix(""))


def _read_used(path: Path) -> Used | None:
    try:
        values = json.loads(path.read_text(encoding="utf-8"))
        return Used(kind=values["kind"], manifest=values["manifest"], parts=tuple(values["parts"]))
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _names(parts: Iterable[Part]) -> tuple[str, ...]:
    return tuple(sorted({part.path.name for part in parts}))


def _entry(place: tuple[Part, int]) -> Entry:
    part, number = place
    return part.entries[number]


def chain(places: Sequence[tuple[Part, int]]) -> Found:
    """Put the stretches of a file together, as far as they go."""
    found: list[tuple[Part, int]] = []
    stop: int | None = 0
    while stop is not None:
        here = [one for one in places if _entry(one).start == stop and _entry(one).stop != stop]
        if not here:
            break
        longest = max(here, key=lambda one: (_entry(one).stop is None, _entry(one).stop or 0, one[0].path.name))
        found.append(longest)
        stop = _entry(longest).stop
    return Found(places=tuple(found), stop=stop)


def select(places: Iterable[tuple[Part, int]]) -> list[Selection]:
    """Put entries together by part, in the order of the parts' names."""
    by_name: dict[str, tuple[Part, set[int]]] = {}
    for part, number in places:
        by_name.setdefault(part.path.name, (part, set()))[1].add(number)
    return [Selection(part, frozenset(numbers)) for _, (part, numbers) in sorted(by_name.items())]


def digest_file(path: str, beat: Callable[[], None] = lambda: None) -> str | None:
    """Return the SHA-256 of a file, in hex; None if it cannot be read. Calls `beat` now and then."""
    total = hashlib.sha256()
    try:
        with Path(path).open("rb", buffering=0) as file:
            while data := file.read(_READ_BYTES):
                total.update(data)
                beat()
    except OSError:
        return None
    return total.hexdigest()


@dataclass(frozen=True, slots=True, kw_only=True)
class CacheInfo:
    """What lies in a cache."""

    path: Path
    parts: int
    bytes: int
    used_parts: int
    """parts that the last build of a dataset was made of"""
    used_bytes: int


def cache_info(path: str | os.PathLike[str]) -> CacheInfo:
    """Return what lies in a cache.

    Args:
        path: folder of a dataset, or of a cache.

    Raises:
        DataError: there is no cache.
    """
    root = _root(Path(path))
    used = _used_names(root)
    sizes = {one.name: one.stat().st_size for one in root.glob(f"*/*{SUFFIX}")}
    return CacheInfo(
        path=root,
        parts=len(sizes),
        bytes=sum(sizes.values()),
        used_parts=len(used & sizes.keys()),
        used_bytes=sum(sizes[name] for name in used & sizes.keys()),
    )


def prune_cache(path: str | os.PathLike[str], *, everything: bool = False) -> CacheInfo:
    """Remove what no dataset's last build was made of: parts of files that changed, of other versions of newsds.

    Args:
        path: folder of a dataset, or of a cache. No build that uses it may be running; of a dataset's own cache that
            is made sure of.
        everything: remove the cache as a whole; the next build reads every page again.

    Returns:
        What is left.

    Raises:
        DataError: there is no cache.
        DatasetLockedError: a build is running.
        OutputError: something cannot be removed.
    """
    root = _root(Path(path))
    with output_errors(root), DatasetLock(root.parent) if root.name == FOLDER else nullcontext():
        if everything:
            shutil.rmtree(root)
            return CacheInfo(path=root, parts=0, bytes=0, used_parts=0, used_bytes=0)
        used = _used_names(root)
        for one in root.glob("*/*"):
            if one.suffix in (SUFFIX, UNFINISHED) and one.name not in used:
                one.unlink(missing_ok=True)
        for folder in root.iterdir():
            if folder.is_dir() and not any(folder.iterdir()):
                folder.rmdir()
    return cache_info(root)


def _root(path: Path) -> Path:
    for root in (path / FOLDER, path):
        if (root / _TAG).is_file():
            return root
    raise DataError(f"{path} holds no cache", "give the folder of a dataset, out/NAME, or the one given with --cache")


def _used_names(root: Path) -> set[str]:
    return {name for path in root.glob(f"{_USED}/*.json") if (used := _read_used(path)) for name in used.parts}
