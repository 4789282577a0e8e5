"""Repositories of a Hub, in memory: commits with trees, branches, tags, pull requests."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

GITATTRIBUTES = b"*.parquet filter=lfs diff=lfs merge=lfs -text\n"


class Refusal(Exception):
    """An answer that is an error."""

    def __init__(self, status: int, message: str, code: str | None = None) -> None:
        super().__init__(message)
        self.status = status
        self.message = message
        self.code = code


@dataclass(frozen=True)
class Blob:
    content: bytes
    lfs: bool
    xet: str | None = None
    """its hash where it was uploaded by Xet"""

    @property
    def sha256(self) -> str:
        return hashlib.sha256(self.content).hexdigest()

    @property
    def pointer(self) -> bytes:
        lines = f"version https://git-lfs.github.com/spec/v1\noid sha256:{self.sha256}\nsize {len(self.content)}\n"
        return lines.encode()

    @property
    def git_sha1(self) -> str:
        stored = self.pointer if self.lfs else self.content
        return hashlib.sha1(b"blob %d\0" % len(stored) + stored).hexdigest()

    @property
    def etag(self) -> str:
        return self.sha256 if self.lfs else self.git_sha1

    def entry(self, path: str) -> dict[str, Any]:
        values: dict[str, Any] = {"type": "file", "path": path, "size": len(self.content), "oid": self.git_sha1}
        if self.lfs:
            values["lfs"] = {"oid": self.sha256, "size": len(self.content), "pointerSize": len(self.pointer)}
        if self.xet:
            values["xetHash"] = self.xet
        return values


Files = dict[str, Blob]


@dataclass(frozen=True)
class Commit:
    oid: str
    parent: str | None
    files: Mapping[str, Blob]
    title: str
    author: str


@dataclass
class PullRequest:
    number: int
    title: str
    author: str
    base: str
    status: str = "draft"

    @property
    def ref(self) -> str:
        return f"refs/pr/{self.number}"


@dataclass
class Repo:
    name: str
    private: bool = False
    commits: dict[str, Commit] = field(default_factory=dict)
    refs: dict[str, str] = field(default_factory=dict)
    """branches by name, `refs/pr/1` and so on"""
    tags: dict[str, str] = field(default_factory=dict)
    pulls: dict[int, PullRequest] = field(default_factory=dict)
    objects: dict[str, bytes] = field(default_factory=dict)
    """large files that were uploaded, by SHA-256"""
    xet: dict[str, str] = field(default_factory=dict)
    """hashes of those that were uploaded by Xet, by SHA-256"""
    history: list[tuple[str, str]] = field(default_factory=list)
    """every value that a branch ever had"""

    def __post_init__(self) -> None:
        if not self.commits:
            self.commit("main", {".gitattributes": Blob(GITATTRIBUTES, lfs=False)}, "initial commit", "system")

    def commit(self, branch: str, files: Mapping[str, Blob], title: str, author: str) -> str:
        parent = self.refs.get(branch)
        tree = sorted((path, blob.git_sha1) for path, blob in files.items())
        oid = hashlib.sha1(json.dumps([parent, tree, title, len(self.commits)]).encode()).hexdigest()
        self.commits[oid] = Commit(oid=oid, parent=parent, files=dict(files), title=title, author=author)
        self.move(branch, oid)
        return oid

    def move(self, branch: str, oid: str) -> None:
        self.refs[branch] = oid
        self.history.append((branch, oid))

    def edit(self, changes: Mapping[str, bytes | None], branch: str = "main") -> str:
        """Commit changes by hand; `None` deletes."""
        files = dict(self.commits[self.refs[branch]].files)
        for path, content in changes.items():
            files.pop(path, None)
            if content is not None:
                files[path] = Blob(content, lfs=path.endswith(".parquet"))
                self.objects[files[path].sha256] = content
        return self.commit(branch, files, "by hand", "someone")

    def at(self, revision: str) -> Commit:
        oid = self.refs.get(revision) or self.tags.get(revision) or revision
        oid = self.refs.get(revision.removeprefix("refs/heads/"), oid)
        if oid not in self.commits:
            raise Refusal(404, f"Invalid rev id: {revision}", "RevisionNotFound")
        return self.commits[oid]

    def files(self, revision: str = "main") -> dict[str, bytes]:
        return {path: blob.content for path, blob in sorted(self.at(revision).files.items())}

    # the requests

    def modes(self, revision: str, files: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
        there = self.at(revision).files
        for one in files:
            large = one["path"].endswith(".parquet") or one["size"] > 10 * 2**20
            base64.b64decode(one["sample"], validate=True)
            old = there.get(one["path"])
            yield {
                "path": one["path"],
                "uploadMode": "lfs" if large else "regular",
                "shouldIgnore": False,
                "oid": old.etag if old else None,
            }

    def apply(self, branch: str, lines: list[dict[str, Any]], author: str) -> str:
        """Make a commit of an NDJSON body."""
        head = self.at(branch)
        if branch not in self.refs:
            raise Refusal(404, f"Invalid rev id: {branch}", "RevisionNotFound")
        header = lines[0]["value"]
        if lines[0]["key"] != "header" or not header["summary"]:
            raise Refusal(400, "no header")
        parent = header.get("parentCommit")
        if parent is not None and parent != head.oid:
            raise Refusal(412, "A commit has happened since. Please refresh and try again.")
        files = dict(head.files)
        for line in lines[1:]:
            value = line["value"]
            if line["key"] == "file":
                files[value["path"]] = Blob(base64.b64decode(value["content"], validate=True), lfs=False)
            elif line["key"] == "lfsFile":
                if value["oid"] not in self.objects:
                    raise Refusal(400, f"the object {value['oid']} was not uploaded")
                files[value["path"]] = Blob(self.objects[value["oid"]], lfs=True, xet=self.xet.get(value["oid"]))
            elif line["key"] == "deletedFile":
                if value["path"] not in files:
                    raise Refusal(404, "A file with this name doesn't exist", "EntryNotFound")
                del files[value["path"]]
            else:
                raise Refusal(400, f"unknown operation {line['key']}")
        return self.commit(branch, files, header["summary"], author)

    def set_tag(self, tag: str, revision: str) -> None:
        if tag in self.tags:
            raise Refusal(409, f"Tag reference exists already: {tag}")
        self.tags[tag] = self.at(revision).oid

    def set_branch(self, branch: str, revision: str) -> None:
        if branch in self.refs:
            raise Refusal(409, f"Reference already exists: {branch}")
        self.move(branch, self.at(revision).oid)

    def open_pull(self, title: str, author: str) -> PullRequest:
        number = len(self.pulls) + 1
        pull = PullRequest(number=number, title=title, author=author, base=self.refs["main"])
        self.pulls[number] = pull
        self.move(pull.ref, pull.base)
        return pull

    def pull(self, number: int) -> PullRequest:
        if number not in self.pulls:
            raise Refusal(404, "Discussion not found")
        return self.pulls[number]

    def merge(self, number: int, author: str) -> None:
        """Squash a pull request onto `main`: file by file, as Git would."""
        pull = self.pull(number)
        if pull.status != "open":
            raise Refusal(400, f"This pull request is {pull.status}")
        base, there, ours = self.commits[pull.base].files, self.at("main").files, self.at(pull.ref).files
        files: Files = {}
        for path in sorted({*base, *there, *ours}):
            b, t, o = base.get(path), there.get(path), ours.get(path)
            if t not in (b, o) and o != b:
                raise Refusal(409, f"conflict in {path}")
            chosen = o if t in (b, o) else t
            if chosen is not None:
                files[path] = chosen
        self.commit("main", files, f"{pull.title} (#{number})", author)
        pull.status = "merged"
