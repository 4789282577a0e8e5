"""What a push has to do: files of a version against files of a repository at one commit. Pure.

The files of the version lie at the root of the repository. newsds answers for the files that a manifest names and for
all below `data/`, where a stray Parquet file would be read as rows; it leaves every other file alone.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from newsds.errors import UsageError, VersionExistsError
from newsds.hub.names import tag_of
from newsds.layout import MANIFEST, Manifest
from newsds.version import Version

COMMIT_OPERATIONS: Final = 100
"""Files that one commit adds or deletes; more are staged on a pull request. The Hub advises it, as a commit that takes
longer than its time limit ends in an error whose outcome is unknown."""
DATA: Final = "data/"
BUILT_CARD: Final = ".newsds/README.md"
"""The card as it was built, where the one at the root carries edits that people made on the Hub."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LocalFile:
    """A file as it shall be in the repository."""

    path: str
    """in the repository, with `/`"""
    size: int
    """in bytes"""
    sha256: str
    git_sha1: str
    """id of a Git blob of these bytes: how the Hub names small files"""
    content: Path | bytes
    """where it is, or what it holds"""


@dataclass(frozen=True, slots=True, kw_only=True)
class RemoteFile:
    """A file of the repository at a commit."""

    path: str
    size: int
    git_sha1: str
    """id of the Git blob; of a pointer to the content for large files"""
    sha256: str | None = None
    """of the content; large files only"""

    def holds(self, file: LocalFile) -> bool:
        """Say whether the contents are the same."""
        if self.size != file.size:
            return False
        return self.sha256 == file.sha256 if self.sha256 is not None else self.git_sha1 == file.git_sha1


Tree = Mapping[str, RemoteFile]
"""Path → file."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Remote:
    """The repository, as it was when it was looked at."""

    head: str
    """commit that the branch names"""
    tree: Tree
    """files at that commit"""
    manifest: Manifest | None = None
    """of the version at that commit"""
    tagged: Tree | None = None
    """files at the tag of the version to be pushed; None where there is no such tag"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What a push will do."""

    repo: str
    branch: str
    name: str
    version: str
    create: bool
    """the repository is not there yet"""
    create_branch: bool
    """the branch is not there yet"""
    head: str | None
    """commit that the plan was made against; None before the repository is there"""
    adds: tuple[LocalFile, ...]
    """files to write, sorted by path"""
    deletes: tuple[str, ...]
    """stale files to delete"""
    kept: tuple[str, ...]
    """files of the repository that are none of newsds'"""
    unchanged: int
    """files of the version that are there already"""
    tag: str | None
    """tag to set; None where it is set already, or not wanted"""
    card: str
    """`built` as it was built, `merged` with edits made on the Hub, or `remote`: kept as it is there"""

    @property
    def operations(self) -> int:
        """Files written and deleted."""
        return len(self.adds) + len(self.deletes)

    @property
    def staged(self) -> bool:
        """Whether they are too many for one commit."""
        return self.operations > COMMIT_OPERATIONS

    @property
    def done(self) -> bool:
        """Whether there is nothing to do."""
        return not (self.create or self.create_branch or self.operations or self.tag)

    def to_dict(self) -> dict[str, Any]:
        """Return the plan as JSON values."""
        return {
            "repo": self.repo,
            "branch": self.branch,
            "name": self.name,
            "version": self.version,
            "create": self.create,
            "create_branch": self.create_branch,
            "head": self.head,
            "add": [{"path": f.path, "bytes": f.size, "sha256": f.sha256} for f in self.adds],
            "delete": list(self.deletes),
            "keep": list(self.kept),
            "unchanged": self.unchanged,
            "staged": self.staged,
            "tag": self.tag,
            "card": self.card,
        }

    def lines(self) -> Iterator[str]:
        """Yield the plan for a terminal."""
        yield f"{self.name} {self.version} → {self.repo}, {self.branch}"
        if self.done:
            yield "  nothing to do: it is there"
            return
        if self.create:
            yield "  create the repository"
        if self.create_branch:
            yield f"  create the branch {self.branch}"
        size = sum(f.size for f in self.adds)
        yield from (f"  add     {f.path} ({f.size} bytes)" for f in self.adds)
        yield from (f"  delete  {path}" for path in self.deletes)
        yield from (f"  keep    {path}" for path in self.kept)
        how = "staged on a pull request" if self.staged else "in one commit"
        if self.operations:
            yield f"  {self.operations} operations {how}, {size} bytes; {self.unchanged} files are there already"
        if self.card != "built":
            yield "  the card keeps what was edited on the Hub"
        if self.tag:
            yield f"  tag     {self.tag}"


def make_plan(
    *,
    repo: str,
    branch: str,
    manifest: Manifest,
    files: Mapping[str, LocalFile],
    remote: Remote | None,
    card: str = "built",
    tag: bool = True,
    new_branch: bool = False,
) -> Plan:
    """Return what has to be done so that a branch holds a version, and nothing else of newsds.

    Args:
        repo: user and name.
        branch: branch to push to.
        manifest: of the version to push.
        files: of the version, by path, with its manifest and the card as it shall be there.
        remote: the repository; None if it is not there.
        card: where the card is from, for the record.
        tag: whether the version is to be tagged.
        new_branch: the branch is not there yet; `remote` is where it will start from.

    Raises:
        VersionExistsError: the repository has another content under this version.
        UsageError: it holds a newer version, another dataset, or one that newsds did not push.
    """
    version = manifest.version
    if remote is None:
        return Plan(
            repo=repo,
            branch=branch,
            name=manifest.name,
            version=version,
            create=True,
            create_branch=new_branch,
            head=None,
            adds=tuple(files[path] for path in sorted(files)),
            deletes=(),
            kept=(),
            unchanged=0,
            tag=tag_of(version) if tag else None,
            card=card,
        )
    published = remote.tagged is not None
    if remote.tagged is not None and not _same_version(remote.tagged, files):
        raise _other_content(repo, version)
    _refuse_strangers(repo, manifest, remote)
    adds: tuple[LocalFile, ...] = ()
    deletes: tuple[str, ...] = ()
    if new_branch or not _is_past(repo, branch, manifest, files[MANIFEST], remote):
        adds, deletes = missing(files, remote.tree), stale(files, remote.tree, remote.manifest)
    return Plan(
        repo=repo,
        branch=branch,
        name=manifest.name,
        version=version,
        create=False,
        create_branch=new_branch,
        head=remote.head,
        adds=adds,
        deletes=deletes,
        kept=tuple(sorted(set(remote.tree) - set(files) - set(deletes))),
        unchanged=len(files) - len(adds),
        tag=tag_of(version) if tag and not published else None,
        card=card,
    )


def missing(files: Mapping[str, LocalFile], tree: Tree) -> tuple[LocalFile, ...]:
    """Return the files that a tree lacks, or holds with another content, sorted by path."""
    return tuple(files[p] for p in sorted(files) if p not in tree or not tree[p].holds(files[p]))


def stale(files: Mapping[str, LocalFile], tree: Tree, manifest: Manifest | None) -> tuple[str, ...]:
    """Return the files of a tree that are of another version, sorted: a manifest names them, or they lie in `data/`."""
    named = {f.path for f in manifest.files} | {BUILT_CARD} if manifest else {BUILT_CARD}
    return tuple(sorted(p for p in tree if p not in files and (p in named or p.startswith(DATA))))


def differences(files: Mapping[str, LocalFile], tree: Tree) -> list[str]:
    """Return what keeps a tree from holding a version and no stray data, a line each."""
    lacking = [f"{f.path}: {'another content' if f.path in tree else 'not there'}" for f in missing(files, tree)]
    return lacking + [f"{p}: does not belong to the version" for p in stale(files, tree, None)]


def _same_version(tree: Tree, files: Mapping[str, LocalFile]) -> bool:
    """Whether a tree holds the version: the manifest names every file with its digest, so it and the data decide.

    The card may carry edits, and other files of the root may have been touched there.
    """
    return all(
        path in tree and tree[path].holds(file)
        for path, file in files.items()
        if path == MANIFEST or path.startswith(DATA)
    )


def _other_content(repo: str, version: str) -> VersionExistsError:
    return VersionExistsError(
        f"{repo} has a version {version} with another content, and a published version does not change",
        "build the next version and push that: newsds build without --version",
    )


def _refuse_strangers(repo: str, manifest: Manifest, remote: Remote) -> None:
    there = remote.manifest
    if there is not None and there.name != manifest.name:
        raise UsageError(
            f"{repo} holds the dataset {there.name}, not {manifest.name}",
            "choose another repository, or build with --name",
        )
    data = sorted(p for p in remote.tree if p.startswith(DATA))
    if there is None and data:
        raise UsageError(
            f"{repo} holds data that newsds did not push: {data[0]}",
            "choose another repository, or delete the data there first",
        )


def _is_past(repo: str, branch: str, manifest: Manifest, own: LocalFile, remote: Remote) -> bool:
    """Whether the version was published, and the branch went on to a newer one since."""
    if remote.manifest is None:
        return False
    found, wanted = Version.parse(remote.manifest.version), Version.parse(manifest.version)
    if remote.tagged is not None:
        return found > wanted
    if found > wanted:
        raise UsageError(
            f"{branch} of {repo} holds version {found}, which is newer than {wanted}",
            "push the newest version, or to another branch: --revision BRANCH",
        )
    if found == wanted and not remote.tree[MANIFEST].holds(own):
        raise _other_content(repo, manifest.version)
    return False
