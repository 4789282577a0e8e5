"""A version from the Hub: into the client's cache, for `newsds.load`, or as the folder that was built."""

from __future__ import annotations

import os
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from newsds.build.publish import Sink, Staging, output_errors
from newsds.config import BuildConfig
from newsds.errors import ConfigError, DataError, HubNotFoundError, VersionExistsError
from newsds.hub.client import Hub, Sleep
from newsds.hub.names import HubName, tag_of, version_of
from newsds.hub.plan import BUILT_CARD
from newsds.layout import CARD, MANIFEST, File, Manifest, read_manifest
from newsds.version import Version

_CHUNK: Final = 1 << 20


@dataclass(frozen=True, slots=True, kw_only=True)
class PullResult:
    """What a pull did."""

    path: Path
    """folder of the version"""
    repo: str
    name: str
    version: str
    bytes: int
    """of all files of the version but the manifest"""
    unchanged: bool
    """nothing was written: the version is there"""

    def to_dict(self) -> dict[str, Any]:
        """Return the result as JSON values."""
        return {
            "path": str(self.path),
            "repo": self.repo,
            "name": self.name,
            "version": self.version,
            "bytes": self.bytes,
            "unchanged": self.unchanged,
        }

    def lines(self) -> list[str]:
        """Return the closing lines for a terminal."""
        return [
            f"{self.repo} → {self.name} {self.version}" + (": is there, nothing written" if self.unchanged else ""),
            f"  bytes   {self.bytes}, digests checked",
            f"  folder  {self.path}",
        ]


def pull(
    repo: str,
    out: str | os.PathLike[str],
    *,
    version: str | None = None,
    token: str | None = None,
    endpoint: str | None = None,
    sleep: Sleep = time.sleep,
) -> PullResult:
    """Get a version from the Hub as `out/<name>/<version>/`, byte for byte as it was built, whole or not at all.

    Files are downloaded into the cache of the Hub's client, where an interrupted pull goes on, and copied from there.
    Edits that people made to the card on the Hub stay there.

    Args:
        repo: `user/name`, or `user/name@version`.
        out: folder of the datasets; made if it is not there.
        version: which version; without it the newest that has a tag.
        token: for a private repository; without it that of the Hub client's login.
        endpoint: address of the Hub; without it the client's own.
        sleep: how to wait between tries, in seconds.

    Raises:
        HubError: there is no such version, or the Hub cannot be reached.
        DataError: what is there is no version of newsds, or is damaged.
        VersionExistsError: `out` has this version with another content.
        OutputError: `out` cannot be written.

    >>> pull("nothing", "dist")
    Traceback (most recent call last):
    newsds.errors.UsageError: 'nothing' is no name of a dataset on the Hub
    """
    folder, name = _download(repo, version, token, endpoint, sleep)
    manifest = _manifest(folder, name)
    dataset = Path(out) / manifest.name
    target = dataset / manifest.version
    text = (folder / MANIFEST).read_bytes()
    size = sum(one.bytes for one in manifest.files)
    unchanged = target.is_dir()
    if unchanged:
        if not (target / MANIFEST).is_file() or (target / MANIFEST).read_bytes() != text:
            raise VersionExistsError(
                f"{target} exists, and is another than that of {name.repo}", "pull into another folder: --out"
            )
    else:
        with Staging(dataset) as staging, output_errors(target):
            for one in manifest.files:
                _copy(folder, one, staging.version / one.path)
            with Sink(staging.version / MANIFEST) as sink:
                sink.write(text)
            staging.publish(Version.parse(manifest.version))
    return PullResult(
        path=target, repo=name.repo, name=manifest.name, version=manifest.version, bytes=size, unchanged=unchanged
    )


def fetch(
    repo: str,
    version: str | None = None,
    *,
    token: str | None = None,
    endpoint: str | None = None,
    sleep: Sleep = time.sleep,
) -> Path:
    """Return a folder of the client's cache that holds a version, with the card as it is on the Hub.

    A version that is in the cache whole is taken from there where the Hub cannot be reached.

    Args:
        repo: `user/name`, or `user/name@version`.
        version: which version; without it the newest that has a tag.
        token: for a private repository; without it that of the Hub client's login.
        endpoint: address of the Hub; without it the client's own.
        sleep: how to wait between tries, in seconds.

    Raises:
        HubError: there is no such version, or the Hub cannot be reached.
        DataError: what is there is no version of newsds, or a file has another length than it says.
    """
    folder, name = _download(repo, version, token, endpoint, sleep)
    manifest = _manifest(folder, name)
    for one in manifest.files:
        path = folder / one.path
        if not path.is_file() or (one.path != CARD and path.stat().st_size != one.bytes):
            raise _damaged(name, f"{one.path} is missing, or not as long as {MANIFEST} says")
    return folder


def _download(
    repo: str, version: str | None, token: str | None, endpoint: str | None, sleep: Sleep
) -> tuple[Path, HubName]:
    name = HubName.parse(repo).with_version(version)
    hub = Hub(repo=name.repo, token=token, endpoint=endpoint, sleep=sleep)
    if name.version is None:
        name = name.with_version(newest(hub))
    assert name.version is not None
    return hub.download(tag_of(name.version)), name


def newest(hub: Hub) -> str:
    """Return the newest version that has a tag.

    Raises:
        HubNotFoundError: there is no such repository, or no version in it.
    """
    refs = hub.refs()
    versions = sorted(v for tag in refs.tags if (v := version_of(tag)) is not None) if refs else []
    if not versions:
        what = "there is no such dataset, or the token may not see it" if refs is None else "it has no tag v1.2.3"
        raise HubNotFoundError(
            f"no version of {hub.repo} on the Hub: {what}", "check the name, or push one: newsds push"
        )
    return str(versions[-1])


def _manifest(folder: Path, name: HubName) -> Manifest:
    """Return the manifest, which decides names on this disk: it is from elsewhere."""
    try:
        manifest = read_manifest(folder)
        BuildConfig(name=manifest.name)
    except (DataError, ConfigError) as error:
        raise _damaged(name, error.message) from error
    if manifest.version != name.version:
        raise _damaged(name, f"its manifest is of version {manifest.version[:80]}")
    return manifest


def _copy(folder: Path, one: File, target: Path) -> None:
    """Copy a file and check its digest; the card from where it is as built."""
    source = folder / one.path
    if one.path == CARD and (folder / BUILT_CARD).is_file():
        source = folder / BUILT_CARD
    target.parent.mkdir(parents=True, exist_ok=True)
    if not source.is_file():
        raise DataError(f"{one.path} is missing on the Hub", "push the version again: newsds push")
    with Sink(target) as sink, source.open("rb") as file:
        while chunk := file.read(_CHUNK):
            sink.write(chunk)
    found = sink.file(one.path)
    if found != one:
        raise DataError(
            f"{one.path} from the Hub is not what the manifest says: {found.bytes} bytes, SHA-256 {found.sha256}",
            f"remove it from the Hub client's cache and pull again: {folder}",
        )


def _damaged(name: HubName, what: str) -> DataError:
    return DataError(
        f"{name.repo}@{name.version} on the Hub is damaged: {what}", "push the version again, or take another"
    )
