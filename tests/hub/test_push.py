"""push: what is on the Hub afterwards is the version, its tag, and nothing stale."""

from __future__ import annotations

import hashlib
import json
import shutil
from pathlib import Path

import pytest

from newsds.errors import DataError, HubUnavailableError, UsageError, VersionExistsError
from newsds.layout import MANIFEST
from tests.hub import server
from tests.hub.conftest import REPO, Push, version_files
from tests.hub.repo import GITATTRIBUTES, Repo
from tests.hub.server import LoopbackHub, Seen


@pytest.mark.usefixtures("transport")
def test_a_version_lies_at_the_root_of_the_repository(hub: LoopbackHub, push: Push, built: Path) -> None:
    result = push()
    repo = hub.repos[REPO]
    assert repo.files() == version_files(built) | {".gitattributes": GITATTRIBUTES}
    assert repo.tags == {"v1.0.0": repo.refs["main"]}
    assert (result.commit, result.tag, result.changed) == (repo.refs["main"], "v1.0.0", True)
    assert [one for one in repo.history if one[0] == "main"][1:] == [("main", result.commit)]


@pytest.mark.usefixtures("transport")
def test_again_does_nothing(hub: LoopbackHub, push: Push) -> None:
    first = push()
    before = dict(hub.repos[REPO].refs)
    hub.start_over()
    result = push()
    assert not result.changed
    assert result.plan.done
    assert (result.commit, result.tag) == (first.commit, "v1.0.0")
    assert hub.repos[REPO].refs == before
    assert {r.method for r in hub.requests} == {"GET"}


@pytest.mark.usefixtures("transport")
def test_the_next_version_takes_the_place_of_the_last_in_one_commit(hub: LoopbackHub, push: Push, built: Path) -> None:
    push()
    repo = hub.repos[REPO]
    repo.edit({"LICENSE": b"free", "assets/logo.svg": b"<svg/>", "data/articles/train-00007-of-00008.parquet": b"x"})
    commits = len(repo.commits)
    result = push("1.1.0")
    assert len(repo.commits) == commits + 1
    others = {".gitattributes": GITATTRIBUTES, "LICENSE": b"free", "assets/logo.svg": b"<svg/>"}
    assert repo.files() == version_files(built, "1.1.0") | others
    assert result.plan.deletes == ("data/articles/train-00007-of-00008.parquet",)
    assert result.plan.kept == tuple(sorted(others))
    assert repo.files("v1.0.0") == version_files(built) | {".gitattributes": GITATTRIBUTES}
    assert set(repo.tags) == {"v1.0.0", "v1.1.0"}


def test_files_that_only_the_old_manifest_names_are_stale(hub: LoopbackHub, push: Push, built: Path) -> None:
    push()
    repo = hub.repos[REPO]
    manifest = json.loads((built / "1.0.0" / MANIFEST).read_text())
    manifest["files"].append({"path": "report.html", "bytes": 1, "sha256": hashlib.sha256(b"x").hexdigest()})
    manifest["version"] = "0.9.0"
    repo.edit({"report.html": b"x", MANIFEST: json.dumps(manifest).encode()})
    assert push("1.1.0").plan.deletes == ("report.html",)


def test_nothing_that_is_there_is_sent_again(hub: LoopbackHub, push: Push) -> None:
    push("1.1.0")
    hub.start_over()
    push("1.1.1")  # only the card is another
    assert not [r for r in hub.requests if r.origin == "storage"]


def test_dry_run_sends_nothing(hub: LoopbackHub, push: Push) -> None:
    plan = push(dry_run=True, token=None).plan
    assert plan.create
    assert not hub.repos
    push()
    hub.start_over()
    result = push("1.1.0", dry_run=True)
    assert result.plan.operations
    assert {r.method for r in hub.requests} == {"GET"}
    assert "nothing was sent" in "\n".join(result.lines())


def test_a_dry_run_without_the_hub_is_the_plan_for_a_new_repository(hub: LoopbackHub, push: Push) -> None:
    seen = push(dry_run=True, token=None)
    assert seen.unseen is None
    unseen = push(dry_run=True, token=None, endpoint="http://127.0.0.1:9")
    assert unseen.plan == seen.plan
    assert unseen.unseen is not None
    assert "no answer" in unseen.unseen
    assert "so this is the plan for a new repository" in "\n".join(unseen.lines())
    assert unseen.to_dict()["unseen"] == unseen.unseen
    with pytest.raises(HubUnavailableError, match="no answer"):
        push(endpoint="http://127.0.0.1:9")


@pytest.mark.parametrize("version", ["1.0.0", "1.1.0"])
def test_an_old_version_that_is_there_is_left_where_it_is(hub: LoopbackHub, push: Push, version: str) -> None:
    for one in ("1.0.0", "1.1.0"):
        push(one)
    push("1.1.1")
    repo = hub.repos[REPO]
    head = repo.edit({"README.md": repo.files()["README.md"].replace(b"Much more", b"Less")})
    assert not push(version).changed
    assert hub.repos[REPO].refs["main"] == head


def test_an_old_version_that_is_not_there_is_refused(hub: LoopbackHub, push: Push) -> None:
    push("1.1.0")
    with pytest.raises(UsageError, match=r"holds version 1\.1\.0, which is newer"):
        push("1.0.0")
    assert push("1.0.0", revision="old").changed
    assert push("1.0.0", revision="old").changed is False
    assert set(hub.repos[REPO].tags) == {"v1.1.0"}


def test_a_branch_is_made_and_gets_no_tag(hub: LoopbackHub, push: Push, built: Path) -> None:
    push(revision="draft")
    repo = hub.repos[REPO]
    assert repo.files("draft") == version_files(built) | {".gitattributes": GITATTRIBUTES}
    assert repo.files("main") == {".gitattributes": GITATTRIBUTES}
    assert not repo.tags
    push()
    push(revision="same")
    assert repo.files("same") == repo.files("main")


def test_a_published_version_does_not_change(hub: LoopbackHub, push: Push, built: Path, tmp_path: Path) -> None:
    push()
    before = dict(hub.repos[REPO].refs)
    other = tmp_path / "pages" / "1.0.0"
    shutil.copytree(built / "1.1.0", other)
    text = (other / MANIFEST).read_text().replace('"1.1.0"', '"1.0.0"')
    (other / MANIFEST).write_text(text)
    for _ in range(2):
        with pytest.raises(VersionExistsError, match="with another content"):
            push(path=other, version=None)
        hub.repos[REPO].tags.clear()  # nor where the tag was not set yet
    assert hub.repos[REPO].refs == before


def test_what_newsds_did_not_push_is_left_alone(hub: LoopbackHub, push: Push, built: Path) -> None:
    repo = hub.repos[REPO] = Repo(name=REPO)
    repo.edit({"data/train-00000-of-00001.parquet": b"theirs"})
    with pytest.raises(UsageError, match="newsds did not push"):
        push()
    manifest = (built / "1.0.0" / MANIFEST).read_text()
    repo.edit({MANIFEST: manifest.replace('"name": "pages"', '"name": "others"').encode()})
    with pytest.raises(UsageError, match="holds the dataset others"):
        push()
    repo.edit({MANIFEST: b"{"})
    with pytest.raises(UsageError, match=r"manifest\.json of me/pages cannot be read"):
        push()


def test_private(hub: LoopbackHub, push: Push) -> None:
    push(private=True)
    assert hub.repos[REPO].private
    assert not push(private=True).changed
    hub.repos[REPO].private = False
    with pytest.raises(UsageError, match="and public"):
        push("1.1.0", private=True)
    assert set(hub.repos[REPO].tags) == {"v1.0.0"}


def test_a_damaged_version_is_not_pushed(hub: LoopbackHub, push: Push, built: Path, tmp_path: Path) -> None:
    def copy(name: str) -> Path:
        shutil.copytree(built / "1.0.0", tmp_path / name)
        return tmp_path / name

    (path,) = (copy("a") / "data/articles").glob("*.parquet")
    path.write_bytes(path.read_bytes()[:-1])
    (copy("b") / "data/stray.parquet").write_bytes(b"")
    (copy("c") / "README.md").unlink()
    for name, what in {
        "a": "not what the manifest says",
        "b": "not in the manifest",
        "c": "cannot read README",
    }.items():
        with pytest.raises(DataError, match=what):
            push(path=tmp_path / name, version=None)
    assert not hub.requests


def test_what_load_dataset_does_not_open_is_not_pushed(
    hub: LoopbackHub, push: Push, built: Path, tmp_path: Path
) -> None:
    folder = tmp_path / "1.0.0"
    shutil.copytree(built / "1.0.0", folder)
    card = (folder / "README.md").read_bytes().replace(b"data/articles/train-*", b"data/other/train-*")
    (folder / "README.md").write_bytes(card)
    manifest = json.loads((folder / MANIFEST).read_text())
    for one in manifest["files"]:
        if one["path"] == "README.md":
            one |= {"bytes": len(card), "sha256": hashlib.sha256(card).hexdigest()}
    (folder / MANIFEST).write_text(json.dumps(manifest))
    with pytest.raises(DataError, match="load_dataset does not open articles"):
        push(path=folder, version=None)
    assert not hub.repos


def test_a_long_tree_is_read_to_its_end(hub: LoopbackHub, push: Push) -> None:
    push()
    hub.page = 2
    assert not push().changed
    assert push("1.1.0").changed
    assert any("cursor=4" in path for path in hub.paths("GET"))


def test_large_files_are_sent_in_parts(
    hub: LoopbackHub, push: Push, built: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(server, "PART", 4096)
    push()
    assert hub.repos[REPO].files() == version_files(built) | {".gitattributes": GITATTRIBUTES}
    assert any("/part/" in path for path in hub.paths("PUT"))


@pytest.mark.usefixtures("transport")
def test_a_tag_that_a_cut_off_push_did_not_set_is_set_by_the_next(hub: LoopbackHub, push: Push) -> None:
    push()
    repo = hub.repos[REPO]
    repo.tags.clear()
    commits = len(repo.commits)
    result = push()
    assert repo.tags == {"v1.0.0": repo.refs["main"]}
    assert result.changed
    assert len(repo.commits) == commits


@pytest.mark.usefixtures("transport")
def test_another_commit_in_between_is_planned_with(hub: LoopbackHub, push: Push, built: Path) -> None:
    push()
    repo = hub.repos[REPO]

    def meddle(seen: Seen, number: int) -> None:
        if "/commit/" in seen.path and not any("NOTES" in c.files for c in repo.commits.values()):
            repo.edit({"NOTES": b"mine"})

    hub.before = meddle
    push("1.1.0")
    assert repo.files() == version_files(built, "1.1.0") | {".gitattributes": GITATTRIBUTES, "NOTES": b"mine"}
    assert len([path for path in hub.paths("POST") if "/commit/" in path]) == 3  # 1.0.0, refused, 1.1.0


def test_arguments_that_are_wrong(push: Push) -> None:
    for options in (
        {"repo": "no name"},
        {"repo": "me/pages@1.0.0"},
        {"card": "mine"},
        {"pull_request": True, "revision": "draft"},
        {"token": "hf_good\nX: y"},
    ):
        with pytest.raises(UsageError):
            push(**options)


def test_what_the_hub_says_of_the_card_is_noted(hub: LoopbackHub, push: Push) -> None:
    assert push().notes == ()
    hub.warnings = ["empty or missing yaml metadata"]
    try:
        result = push("1.1.0")
    finally:
        hub.warnings = []
    (note,) = result.notes
    assert "empty or missing yaml metadata" in note
    assert f"  note    {note}" in result.lines()


def test_result_as_json(push: Push) -> None:
    values = json.loads(json.dumps(push().to_dict()))
    assert values["tag"] == "v1.0.0"
    assert {one["path"] for one in values["plan"]["add"]} >= {"README.md", "manifest.json"}
    assert values["plan"]["create"]
