"""A Hub on this machine: the part of its protocol that `huggingface_hub` and `datasets` speak, and faults on demand.

Two origins as in life: the Hub, and the storage that large files are sent to and read from, by addresses that the Hub
gives out. What it does is held against the source of the client; docs/hub.md names the calls.
"""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, quote, unquote, urlsplit

from tests.hub.repo import Blob, PullRequest, Refusal, Repo
from tests.hub.xet import XetStore

WHEN = "2024-01-01T00:00:00.000Z"
XET_EXPIRES = 4_000_000_000
"""Seconds since 1970: never, for a test."""
PART = 1 << 16
"""Objects that are larger are sent in parts."""


@dataclass(frozen=True)
class Fault:
    """What happens to a request instead of, or after, what should."""

    kind: str
    """`status`: an error before anything is done; `cut`: the connection ends before; `lost`: it ends after"""
    status: int = 0
    headers: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Seen:
    """A request."""

    method: str
    path: str
    token: str | None
    origin: str

    def __str__(self) -> str:
        return f"{self.method} {self.path}"


@dataclass
class Answer:
    status: int = 200
    body: bytes = b""
    headers: dict[str, str] = field(default_factory=dict)


class LoopbackHub:
    """The server; a context manager."""

    def __init__(self) -> None:
        self.repos: dict[str, Repo] = {}
        self.users = {"hf_good": "me", "hf_other": "other"}
        self.readonly = {"hf_reader": "reader"}
        self.requests: list[Seen] = []
        self.faults: dict[int, Fault] = {}
        """number of the request, from 0 → what happens to it"""
        self.before: Callable[[Seen, int], None] | None = None
        """is called with every request and its number"""
        self.warnings: list[str] = []
        """what the Hub says of every card"""
        self.page = 1000
        """entries of a page of a tree"""
        self.xet: XetStore | None = None
        """where uploads by Xet go; without one the Hub knows LFS alone"""
        self.lock = threading.RLock()
        self.hub = _serve(self, "hub")
        self.storage = _serve(self, "storage")

    def __enter__(self) -> LoopbackHub:
        return self

    def __exit__(self, *error: object) -> None:
        for server in (self.hub, self.storage):
            server.shutdown()
            server.server_close()

    @property
    def endpoint(self) -> str:
        return f"http://127.0.0.1:{self.hub.server_address[1]}"

    @property
    def storage_url(self) -> str:
        return f"http://127.0.0.1:{self.storage.server_address[1]}"

    def start_over(self) -> None:
        """Forget requests and faults, not what was pushed."""
        self.requests.clear()
        self.faults.clear()
        self.before = None

    def paths(self, method: str = "") -> list[str]:
        return [str(r) for r in self.requests if r.method.startswith(method)]


def _serve(hub: LoopbackHub, origin: str) -> ThreadingHTTPServer:
    handler = type("Handler", (_Handler,), {"hub": hub, "origin": origin})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    return server


class _Handler(BaseHTTPRequestHandler):
    hub: LoopbackHub
    origin: str
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True  # head and body are two writes, which would cost a delayed acknowledgement each
    wbufsize = -1

    def log_message(self, format: str, *args: Any) -> None:
        pass

    def do(self) -> None:
        hub = self.hub
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        if self.headers.get("Transfer-Encoding", "").lower() == "chunked":
            body = self.chunks()
        authorization = self.headers.get("Authorization")
        token = authorization.removeprefix("Bearer ") if authorization else None
        seen = Seen(method=self.command, path=self.path, token=token, origin=self.origin)
        with hub.lock:
            number = len(hub.requests)
            hub.requests.append(seen)
            if hub.before is not None:
                hub.before(seen, number)
            fault = hub.faults.get(number)
            if fault and fault.kind == "cut":
                return self.cut()
            if fault and fault.kind == "status":
                body = json.dumps({"error": "a fault on purpose"}).encode()
                return self.send(Answer(fault.status, body, dict(fault.headers)))
            try:
                answer = self.storage(seen, body) if self.origin == "storage" else self.route(seen, body)
            except Refusal as refusal:
                headers = {"X-Error-Message": refusal.message}
                if refusal.code:
                    headers["X-Error-Code"] = refusal.code
                answer = Answer(refusal.status, json.dumps({"error": refusal.message}).encode(), headers)
        if fault and fault.kind == "lost":
            return self.cut()
        return self.send(answer)

    do_GET = do_POST = do_PUT = do_HEAD = do_DELETE = do

    def chunks(self) -> bytes:
        parts = []
        while size := int(self.rfile.readline().split(b";")[0], 16):
            parts.append(self.rfile.read(size))
            self.rfile.readline()
        self.rfile.readline()
        return b"".join(parts)

    def cut(self) -> None:
        self.close_connection = True

    def send(self, answer: Answer) -> None:
        self.send_response(answer.status)
        for name, value in answer.headers.items():
            self.send_header(name, value)
        if "Content-Length" not in answer.headers:
            self.send_header("Content-Length", str(len(answer.body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(answer.body)

    # who asks

    def user(self, seen: Seen) -> str:
        name = self.hub.users.get(seen.token or "") or self.hub.readonly.get(seen.token or "")
        if name is None:
            message = "Invalid credentials in Authorization header" if seen.token else "Invalid username or password."
            raise Refusal(401, message)
        return name

    def writer(self, seen: Seen) -> str:
        name = self.user(seen)
        if seen.token in self.hub.readonly:
            raise Refusal(403, "You need write permission")
        return name

    def repo(self, seen: Seen, name: str) -> Repo:
        if seen.token:
            self.user(seen)
        repo = self.hub.repos.get(name)
        if repo is None or (repo.private and not seen.token):
            raise Refusal(404 if seen.token else 401, "Repository not found", "RepoNotFound")
        return repo

    # the Hub

    def route(self, seen: Seen, body: bytes) -> Answer:
        url = urlsplit(seen.path)
        query = {key: values[0] for key, values in parse_qs(url.query).items()}
        path = url.path
        if path == "/api/whoami-v2":
            return _json({"name": self.user(seen), "type": "user", "orgs": []})
        if path == "/api/validate-yaml":
            return _json({"errors": [], "warnings": [{"message": text} for text in self.hub.warnings]})
        if path == "/api/repos/create":
            return self.create(seen, json.loads(body))
        if found := re.fullmatch(r"/datasets/([^/]+/[^/]+)\.git/info/lfs/objects/batch", path):
            return self.batch(seen, found[1], json.loads(body))
        if found := re.fullmatch(r"/datasets/([^/]+/[^/]+)\.git/info/lfs/verify", path):
            self.writer(seen)
            value = json.loads(body)
            if len(self.hub.repos[found[1]].objects.get(value["oid"], b"")) != value["size"]:
                raise Refusal(400, "the object is not there")
            return _json({})
        if found := re.fullmatch(r"/datasets/([^/]+/[^/]+)/resolve/([^/]+)/(.+)", path):
            return self.resolve(seen, self.repo(seen, found[1]), unquote(found[2]), unquote(found[3]))
        if found := re.fullmatch(r"/api/datasets/([^/]+/[^/]+)(?:/([\w-]+)(?:/(.*))?)?", path):
            rest = unquote(found[3] or "")
            if found[2] in ("xet-read-token", "xet-write-token"):
                return self.xet_token(seen, found[1], write=found[2] == "xet-write-token")
            if found[2] in ("tree", "revision", "tag", "branch", "preupload", "commit", "paths-info"):
                revision, _, inside = (found[3] or "").partition("/")
                return self.of_revision(seen, found[1], found[2], unquote(revision), unquote(inside), query, body)
            return self.of_repo(seen, found[1], found[2], rest, body, query)
        raise Refusal(404, f"no such page: {path}")

    def create(self, seen: Seen, value: dict[str, Any]) -> Answer:
        user = self.writer(seen)
        name = f"{value['organization'] or user}/{value['name']}"
        url = f"{self.hub.endpoint}/datasets/{name}"
        if name in self.hub.repos:
            answer = _json({"error": "You already created this dataset repo", "url": url})
            answer.status = 409
            return answer
        private = value.get("visibility") == "private" or bool(value.get("private"))
        self.hub.repos[name] = Repo(name=name, private=private)
        return _json({"url": url})

    def of_repo(self, seen: Seen, name: str, what: str | None, rest: str, body: bytes, query: dict[str, str]) -> Answer:
        repo = self.repo(seen, name)
        if what is None:
            return self.info(repo, "main")
        if what == "refs":
            return _json(_refs(repo, pulls="include_prs" in query))
        if what == "discussions" and not rest and seen.method == "GET":
            pulls = sorted(repo.pulls.values(), key=lambda p: -p.number)
            page = int(query.get("p", 0))
            shown = pulls[page * 10 : page * 10 + 10]
            return _json({"count": len(pulls), "start": page * 10, "discussions": [_pull(repo, p) for p in shown]})
        if what == "discussions" and not rest:
            value = json.loads(body)
            assert value["pullRequest"]
            return _json({"num": repo.open_pull(value["title"], self.writer(seen)).number})
        if what == "discussions":
            number, _, action = rest.partition("/")
            pull = repo.pull(int(number))
            if action == "merge":
                repo.merge(pull.number, self.writer(seen))
            elif action == "status":
                self.writer(seen)
                pull.status = json.loads(body)["status"]
                event = {"id": "0", "type": "status-change", "createdAt": WHEN, "data": {"status": pull.status}}
                return _json({"newStatus": {**event, "author": {"name": pull.author}}})
            return _json(_details(repo, pull))
        raise Refusal(404, f"no such page: {what}")

    def of_revision(
        self, seen: Seen, name: str, what: str, revision: str, inside: str, query: dict[str, str], body: bytes
    ) -> Answer:
        repo = self.repo(seen, name)
        if what == "revision":
            return self.info(repo, revision)
        if what == "tree":
            return self.tree(repo, revision, inside, query)
        if what == "paths-info":
            form = parse_qs(body.decode())
            files = repo.at(revision).files
            return _json([e for path in form["paths"] if (e := _entry(files, path)) is not None])
        user = self.writer(seen)
        if what == "preupload":
            return _json({"files": list(repo.modes(revision, json.loads(body)["files"]))})
        if what == "tag":
            repo.set_tag(json.loads(body)["tag"], revision)
            return _json({})
        if what == "branch":
            repo.set_branch(revision, json.loads(body or b"{}").get("startingPoint") or "main")
            return _json({})
        self.take_in(repo, body)
        oid = repo.apply(revision, [json.loads(line) for line in body.splitlines()], user)
        url = f"{self.hub.endpoint}/datasets/{name}/commit/{oid}"
        return _json({"success": True, "commitOid": oid, "commitUrl": url, "pullRequestUrl": None})

    def info(self, repo: Repo, revision: str) -> Answer:
        commit = repo.at(revision)
        siblings = [{"rfilename": path} for path in sorted(commit.files)]
        values = {"id": repo.name, "sha": commit.oid, "private": repo.private, "siblings": siblings, "tags": []}
        return _json({**values, "lastModified": WHEN, "downloads": 0, "likes": 0, "gated": False, "disabled": False})

    def tree(self, repo: Repo, revision: str, inside: str, query: dict[str, str]) -> Answer:
        files = repo.at(revision).files
        recursive = query.get("recursive", "").lower() == "true"
        prefix = f"{inside}/" if inside else ""
        names = sorted(
            {
                path if recursive else prefix + path.removeprefix(prefix).split("/")[0]
                for path in {*files, *(f for path in files for f in _folders(path))}
                if path.startswith(prefix) and path != inside
            }
        )
        if inside and not names:
            raise Refusal(404, f"{inside} does not exist", "EntryNotFound")
        start = int(query.get("cursor", 0))
        page = [_entry(files, path) for path in names[start : start + self.hub.page]]
        headers = {}
        if start + self.hub.page < len(names):
            again = f"{self.hub.endpoint}/api/datasets/{repo.name}/tree/{quote(revision, safe='')}"
            again += f"/{quote(inside, safe='')}" if inside else ""
            rest = f"recursive={recursive}&cursor={start + self.hub.page}"
            headers["Link"] = f'<{again}?{rest}>; rel="next"'
        answer = _json(page)
        answer.headers |= headers
        return answer

    def resolve(self, seen: Seen, repo: Repo, revision: str, path: str) -> Answer:
        commit = repo.at(revision)
        blob = commit.files.get(path)
        if blob is None:
            raise Refusal(404, "Entry not found", "EntryNotFound")
        headers = {"X-Repo-Commit": commit.oid, "ETag": f'"{blob.etag}"', "Accept-Ranges": "bytes"}
        if not blob.lfs:
            return self.ranged(blob.content, headers)
        if blob.xet is not None and self.hub.xet is not None:
            route = f"{self.hub.endpoint}/api/datasets/{repo.name}/xet-read-token/{commit.oid}"
            headers |= {"X-Xet-Hash": blob.xet, "X-Xet-Refresh-Route": route}
            headers["Link"] = f'<{route}>; rel="xet-auth"'
        headers |= {"X-Linked-Etag": f'"{blob.sha256}"', "X-Linked-Size": str(len(blob.content))}
        headers["Location"] = f"{self.hub.storage_url}/get/{repo.name}/{blob.sha256}?signature=secret"
        return Answer(302, b"", headers)

    def ranged(self, content: bytes, headers: dict[str, str]) -> Answer:
        found = re.fullmatch(r"bytes=(\d*)-(\d*)", self.headers.get("Range", ""))
        if found is None:
            return Answer(200, content, {**headers, "Content-Length": str(len(content))})
        if found[1]:
            first, last = int(found[1]), min(int(found[2] or len(content)), len(content) - 1)
        else:
            first, last = max(0, len(content) - int(found[2])), len(content) - 1
        if first >= len(content):
            return Answer(416, b"", {**headers, "Content-Range": f"bytes */{len(content)}"})
        headers = {**headers, "Content-Range": f"bytes {first}-{last}/{len(content)}"}
        return Answer(206, content[first : last + 1], headers)

    # large files

    def batch(self, seen: Seen, name: str, value: dict[str, Any]) -> Answer:
        self.writer(seen)
        repo = self.repo(seen, name)
        assert value["operation"] == "upload"
        return _json({"transfer": "basic", "objects": [self.actions(repo, x) for x in value["objects"]]})

    def actions(self, repo: Repo, wanted: dict[str, Any]) -> dict[str, Any]:
        oid, size = wanted["oid"], wanted["size"]
        if oid in repo.objects:
            return {"oid": oid, "size": size}
        upload: dict[str, Any] = {"href": f"{self.hub.storage_url}/put/{repo.name}/{oid}?signature=secret"}
        if size > PART:
            count = -(-size // PART)
            url = f"{self.hub.storage_url}/part/{repo.name}/{oid}"
            upload["href"] = f"{self.hub.storage_url}/complete/{repo.name}/{oid}?signature=secret"
            upload["header"] = {"chunk_size": str(PART)}
            upload["header"] |= {str(n): f"{url}/{n}?signature=secret" for n in range(1, count + 1)}
        verify = {"href": f"{self.hub.endpoint}/datasets/{repo.name}.git/info/lfs/verify"}
        return {"oid": oid, "size": size, "actions": {"upload": upload, "verify": verify}}

    def xet_token(self, seen: Seen, name: str, *, write: bool) -> Answer:
        """Say where the store is, in the body for `hf_xet` and in the head for `huggingface_hub`."""
        if write:
            self.writer(seen)
        self.repo(seen, name)
        if self.hub.xet is None:
            raise Refusal(404, "there is no such page")
        answer = _json({"accessToken": "xet", "exp": XET_EXPIRES, "casUrl": self.hub.xet.url})
        answer.headers |= {
            "X-Xet-Cas-Url": self.hub.xet.url,
            "X-Xet-Access-Token": "xet",
            "X-Xet-Token-Expiration": str(XET_EXPIRES),
        }
        return answer

    def take_in(self, repo: Repo, body: bytes) -> None:
        """Find the large files of a commit that were uploaded by Xet."""
        if self.hub.xet is None:
            return
        there = self.hub.xet.files()
        for line in map(json.loads, body.splitlines()):
            oid = line["value"].get("oid")
            if line["key"] == "lfsFile" and oid in there and oid not in repo.xet:
                repo.objects[oid] = self.hub.xet.read(oid)
                repo.xet[oid] = there[oid][0]

    def storage(self, seen: Seen, body: bytes) -> Answer:
        assert seen.token is None, "the token left the Hub"
        url = urlsplit(seen.path)
        assert url.query == "signature=secret"
        verb, name, oid, *rest = re.fullmatch(r"/(\w+)/([^/]+/[^/]+)/(\w+)(?:/(\d+))?", url.path).groups()  # type: ignore[union-attr]
        objects = self.hub.repos[name].objects
        if verb == "get":
            return self.ranged(objects[oid], {"ETag": f'"{oid}"', "Accept-Ranges": "bytes"})
        if verb == "part":
            objects[f"{oid}/{rest[0]}"] = body
            return Answer(200, b"", {"ETag": f'"{rest[0]}"'})
        if verb == "complete":
            parts = json.loads(body)["parts"]
            body = b"".join(objects.pop(f"{oid}/{part['partNumber']}") for part in parts)
        if Blob(body, lfs=True).sha256 != oid:
            raise Refusal(400, "the digest is another")
        objects[oid] = body
        return Answer()


def _json(value: Any) -> Answer:
    return Answer(200, json.dumps(value).encode(), {"Content-Type": "application/json"})


def _folders(path: str) -> list[str]:
    parts = path.split("/")[:-1]
    return ["/".join(parts[: n + 1]) for n in range(len(parts))]


def _entry(files: Any, path: str) -> dict[str, Any] | None:
    if path in files:
        found: dict[str, Any] = files[path].entry(path)
        return found
    if any(one.startswith(f"{path}/") for one in files):
        return {"type": "directory", "path": path, "oid": "0" * 40, "size": 0}
    return None


def _refs(repo: Repo, *, pulls: bool) -> dict[str, Any]:
    def names(values: dict[str, str], kind: str) -> list[dict[str, str]]:
        return [{"name": n, "ref": f"refs/{kind}/{n}", "targetCommit": oid} for n, oid in sorted(values.items())]

    branches = {n: oid for n, oid in repo.refs.items() if not n.startswith("refs/")}
    found = {"branches": names(branches, "heads"), "converts": [], "tags": names(repo.tags, "tags")}
    if pulls:
        refs = [(n, oid) for n, oid in sorted(repo.refs.items()) if n.startswith("refs/pr/")]
        found["pullRequests"] = [{"name": n, "ref": n, "targetCommit": oid} for n, oid in refs]
    return found


def _pull(repo: Repo, pull: PullRequest) -> dict[str, Any]:
    return {
        "title": pull.title,
        "num": pull.number,
        "author": {"name": pull.author},
        "createdAt": WHEN,
        "status": pull.status,
        "repo": {"name": repo.name, "type": "dataset"},
        "isPullRequest": True,
    }


def _details(repo: Repo, pull: PullRequest) -> dict[str, Any]:
    changes = {"base": "refs/heads/main", "mergeCommitId": None}
    return {**_pull(repo, pull), "changes": changes, "filesWithConflicts": [], "events": [], "diff": ""}
