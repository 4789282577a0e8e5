"""A dataset on disk: what is where, and the manifest that names it all.

    out/<name>/latest                       the newest version, in a line of text
    out/<name>/<version>/manifest.json      inputs, counts, digests: `Manifest`
                         README.md          dataset card
                         plots/             its plots, SVG
                         stats.json         figures: `newsds.stats`
                         croissant.json     the same for programs that read Croissant
                         data/articles/     train-00000-of-0000N.parquet
                         data/rejects/      train-00000-of-00001.parquet

A version is written once and never changed.
"""

from __future__ import annotations

import json
import re
from collections.abc import Container, Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path, PurePosixPath
from typing import Any, Final, Self

from newsds.errors import DataError
from newsds.version import Version, is_version

MANIFEST: Final = "manifest.json"
CARD: Final = "README.md"
STATS: Final = "stats.json"
CROISSANT: Final = "croissant.json"
LATEST: Final = "latest"
ARTICLES: Final = "data/articles"
REJECTS: Final = "data/rejects"
CONFIGS: Final = {"articles": ARTICLES, "rejects": REJECTS}
"""Name of a table for `datasets` → its folder; the first is the default."""
SPLIT: Final = "train"
"""The one split; `datasets` wants a name for it."""
MANIFEST_FORMAT: Final = 1
"""Goes up when a reader of an older manifest would read a newer one wrong."""
_SHA256: Final = re.compile(r"[0-9a-f]{64}")


def unreadable(path: Path, error: Exception) -> DataError:
    """Return the error for a file of a version that cannot be read, or holds what newsds would not write."""
    what = (str(error) or repr(error)).splitlines()[0]
    return DataError(f"cannot read {path}: {what}", "see what is wrong: newsds validate")


def shard_name(number: int, of: int) -> str:
    """Return the name of a data file, as `datasets` expects it.

    >>> shard_name(0, 7)
    'train-00000-of-00007.parquet'
    """
    return f"{SPLIT}-{number:05d}-of-{of:05d}.parquet"


@dataclass(frozen=True, slots=True, kw_only=True)
class Input:
    """An input file of a build."""

    source: str
    """path relative to the source that was given"""
    bytes: int | None
    """length; None where it is not known"""
    sha256: str | None
    """of its bytes, in hex; None where it was not read"""
    pages: int
    """pages in it: rows, rejects and duplicates together"""
    skipped: Mapping[str, int] = field(default_factory=dict)
    """records in it that are no pages, by type: requests of a web archive, folders and links of an archive"""


@dataclass(frozen=True, slots=True, kw_only=True)
class File:
    """A file of a version."""

    path: str
    """relative to the version's folder, with `/`"""
    bytes: int
    sha256: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Counts:
    """The ledger: `pages = rows + rejected + duplicates`."""

    inputs: int
    pages: int
    rows: int
    rejected: int
    duplicates: int

    @property
    def balanced(self) -> bool:
        """Whether every page is accounted for."""
        return self.pages == self.rows + self.rejected + self.duplicates


@dataclass(frozen=True, slots=True, kw_only=True)
class Release:
    """A version, and what it changed: an entry of the dataset's changelog."""

    version: str
    rows: int
    since: str | None = None
    """the version before it, which it is held against; None of the first that is known"""
    schema: bool = False
    """whether columns are others"""
    articles: bool = False
    """whether rows are others"""
    added: int | None = None
    """rows; None of this and the next two where they were not counted"""
    removed: int | None = None
    changed: int | None = None
    columns: Mapping[str, int] = field(default_factory=dict)
    """column → changed rows in which it changed"""
    rejects: bool = False
    """whether lines of the ledger are others"""
    card: bool = False
    """whether the card says something else, though all of that is the same"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Manifest:
    """What a version was made from, with what, and what it holds."""

    name: str
    version: str
    schema_digest: str
    """SHA-256 of the columns' names and types"""
    content_digest: str
    """digest of the articles' rows in order: `newsds.canonical`"""
    rejects_digest: str
    """the same of the rejects"""
    card_digest: str
    """SHA-256 of the card with the version left out"""
    row_bytes: Mapping[str, int]
    """bytes of all rows in canonical form, by table"""
    config: Mapping[str, Any]
    """fields of `BuildConfig` that decide the rows, and their `digest`"""
    toolchain: Mapping[str, str]
    """versions of what makes the bytes"""
    counts: Counts
    reasons: Mapping[str, int]
    """rejected pages by reason code, without duplicates"""
    inputs: tuple[Input, ...]
    files: tuple[File, ...]
    """every file of the version but the manifest"""
    card: str | None = None
    """the card's source, front matter and text; None in versions of an older newsds"""
    releases: tuple[Release, ...] = ()
    """this version and some before it, the newest first"""
    format: int = field(default=MANIFEST_FORMAT)

    def to_json(self) -> str:
        """Return the content of manifest.json."""
        values = asdict(self) | {"config": dict(self.config), "toolchain": dict(self.toolchain)}
        return json.dumps(values, sort_keys=True, indent=1, ensure_ascii=False) + "\n"

    @classmethod
    def from_json(cls, text: str) -> Self:
        """Read the content of manifest.json.

        Raises:
            DataError: it is none; the message says which value is wrong.
        """
        try:
            values = json.loads(text)
        except (ValueError, RecursionError) as error:
            raise _damaged(f"not JSON: {error}") from error
        read = _Reader(values, "")
        found = read.get("format", int)
        if found != MANIFEST_FORMAT:
            raise DataError(f"{MANIFEST} has format {found}, not {MANIFEST_FORMAT}", "use a newer newsds to read it")
        counts = read.object("counts")
        return cls(
            name=read.get("name", str),
            version=read.get("version", str),
            schema_digest=read.sha256("schema_digest"),
            content_digest=read.sha256("content_digest"),
            rejects_digest=read.sha256("rejects_digest"),
            card_digest=read.sha256("card_digest"),
            row_bytes={table: read.object("row_bytes").count(table) for table in CONFIGS},
            config=read.get("config", dict),
            toolchain=read.get("toolchain", dict),
            counts=Counts(
                inputs=counts.count("inputs"),
                pages=counts.count("pages"),
                rows=counts.count("rows"),
                rejected=counts.count("rejected"),
                duplicates=counts.count("duplicates"),
            ),
            reasons={key: read.object("reasons").count(key) for key in read.get("reasons", dict)},
            inputs=tuple(
                Input(
                    source=x.get("source", str),
                    bytes=None if x.get("bytes", object) is None else x.count("bytes"),
                    sha256=None if x.get("sha256", object) is None else x.sha256("sha256"),
                    pages=x.count("pages"),
                    skipped=x.counts("skipped"),
                )
                for x in read.objects("inputs")
            ),
            files=tuple(
                File(path=x.inside("path"), bytes=x.count("bytes"), sha256=x.sha256("sha256"))
                for x in read.objects("files")
            ),
            card=read.optional("card", str),
            releases=tuple(_read_release(x) for x in read.objects("releases")) if read.has("releases") else (),
        )


def _read_release(read: _Reader) -> Release:
    return Release(
        version=read.get("version", str),
        rows=read.count("rows"),
        since=read.optional("since", str),
        schema=read.get("schema", bool),
        articles=read.get("articles", bool),
        added=read.optional_count("added"),
        removed=read.optional_count("removed"),
        changed=read.optional_count("changed"),
        columns=read.counts("columns"),
        rejects=read.get("rejects", bool),
        card=read.get("card", bool),
    )


class _Reader:
    """Reads values of a JSON object; an error names the value's place."""

    __slots__ = ("_place", "_values")

    def __init__(self, values: object, place: str) -> None:
        if not isinstance(values, dict):
            raise _damaged(f"{place or 'the whole'} is no object")
        self._values = values
        self._place = place

    def _name(self, key: str) -> str:
        return f"{self._place}.{key}" if self._place else key

    def has(self, key: str) -> bool:
        return key in self._values

    def optional(self, key: str, kind: type) -> Any:
        """A value, or None where it is null or missing."""
        return None if self._values.get(key) is None else self.get(key, kind)

    def optional_count(self, key: str) -> int | None:
        return None if self._values.get(key) is None else self.count(key)

    def get(self, key: str, kind: type) -> Any:
        if key not in self._values:
            raise _damaged(f"{self._name(key)} is missing")
        value = self._values[key]
        if not isinstance(value, kind) or (isinstance(value, bool) and kind is int):
            raise _damaged(f"{self._name(key)} is {str(value)[:80]!r}")
        return value

    def count(self, key: str) -> int:
        value: int = self.get(key, int)
        if value < 0:
            raise _damaged(f"{self._name(key)} is {value}")
        return value

    def counts(self, key: str) -> dict[str, int]:
        """Numbers by name; none where the key is missing, as in older manifests."""
        if key not in self._values:
            return {}
        inner = self.object(key)
        return {name: inner.count(name) for name in self.get(key, dict)}

    def sha256(self, key: str) -> str:
        value: str = self.get(key, str)
        if not _SHA256.fullmatch(value):
            raise _damaged(f"{self._name(key)} is {value[:80]!r}, no SHA-256")
        return value

    def inside(self, key: str) -> str:
        value: str = self.get(key, str)
        path = PurePosixPath(value)
        # a manifest from elsewhere must not make us read outside the folder it lies in
        if path.is_absolute() or not path.parts or ".." in path.parts or "\\" in value or "\0" in value:
            raise _damaged(f"{self._name(key)} is {value[:80]!r}, not a path inside the version")
        return value

    def object(self, key: str) -> _Reader:
        return _Reader(self.get(key, dict), self._name(key))

    def objects(self, key: str) -> list[_Reader]:
        return [_Reader(x, f"{self._name(key)}[{i}]") for i, x in enumerate(self.get(key, list))]


def input_of(source: str, inputs: Container[str]) -> str:
    """Return the input file that a page is from, told from its source; that itself, if there is no such input.

    >>> input_of("a.zip!/b.tar!/c.html", {"a.zip"}), input_of("wow!/a.txt", {"wow!/a.txt"})
    ('a.zip', 'wow!/a.txt')
    """
    one = source
    while one not in inputs:
        one, inside, _ = one.rpartition("!/")
        if not inside:
            return source
    return one


def _damaged(what: str) -> DataError:
    return DataError(f"{MANIFEST} is damaged: {what}", "build the version again, or get a sound copy of it")


def read_manifest(folder: Path) -> Manifest:
    """Return the manifest of a version's folder.

    Raises:
        DataError: it is missing or damaged.
    """
    try:
        text = (folder / MANIFEST).read_bytes().decode("utf-8")
    except OSError as error:
        raise DataError(
            f"cannot read {folder / MANIFEST}: {error.strerror}", "build the version again, or get a sound copy of it"
        ) from error
    except UnicodeDecodeError as error:
        raise _damaged(str(error)) from error
    return Manifest.from_json(text)


def is_version_folder(path: Path) -> bool:
    """Say whether a folder is a version of a dataset: it has a manifest, or articles."""
    return (path / MANIFEST).is_file() or (path / ARTICLES).is_dir()


def published_versions(folder: Path) -> list[Version]:
    """Return the versions in the folder of a dataset, the newest last."""
    try:
        names = [entry.name for entry in folder.iterdir() if is_version(entry.name) and is_version_folder(entry)]
    except OSError:
        return []
    return sorted(Version.parse(name) for name in names)


def read_latest(folder: Path) -> str | None:
    """Return the version that `latest` names; None if there is no such file, or none in it."""
    try:
        text = (folder / LATEST).read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError):
        return None
    return text if is_version(text) else None


def resolve(path: Path, version: str | None = None) -> Path:
    """Return the folder of a version.

    Args:
        path: that folder itself, or the folder of a dataset.
        version: which one; without it the one that `latest` names, else the newest.

    Raises:
        DataError: there is no such dataset or version; the remedy names those that are there.
    """
    if not path.is_dir():
        what = "is not a folder" if path.exists() else "does not exist"
        raise DataError(f"{path} {what}", "give the folder of a dataset or of one of its versions")
    if is_version_folder(path):
        if version is not None and path.resolve().name != version:
            raise DataError(
                f"{path} is one version, not {version}", "give the folder above it, or leave the version out"
            )
        return path
    published = published_versions(path)
    if not published:
        raise DataError(f"{path} holds no dataset", "give the folder of a dataset, or make one: newsds build")
    names = [str(v) for v in published]
    latest = read_latest(path)
    wanted = version or (latest if latest in names else names[-1])
    if wanted not in names:
        raise DataError(f"{path} holds no version {wanted}", f"versions there: {', '.join(names)}")
    return path / wanted
