"""make_plan: files of a version against files of a repository, without a Hub."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsds.errors import UsageError
from newsds.hub import HubName, is_hub_name, make_plan
from newsds.hub.files import in_memory, read_files
from newsds.hub.plan import BUILT_CARD, DATA, LocalFile, Remote, RemoteFile, differences, missing, stale
from newsds.layout import MANIFEST, Manifest, read_manifest

ROOT = Path(__file__).parents[2]
PATHS = st.sampled_from(["README.md", "manifest.json", "data/articles/a.parquet", "data/b.parquet", "LICENSE", "x/y"])
CONTENTS = st.dictionaries(PATHS, st.binary(max_size=3))


def local(contents: dict[str, bytes]) -> dict[str, LocalFile]:
    return {path: in_memory(path, content) for path, content in contents.items()}


def remote(contents: dict[str, bytes], *, large: bool = False) -> dict[str, RemoteFile]:
    return {
        f.path: RemoteFile(
            path=f.path,
            size=f.size,
            git_sha1="0" * 40 if large else f.git_sha1,
            sha256=f.sha256 if large else None,
        )
        for f in local(contents).values()
    }


@given(CONTENTS, CONTENTS, st.booleans())
def test_what_the_plan_does_gives_the_version(wanted: dict[str, bytes], there: dict[str, bytes], large: bool) -> None:
    files, tree = local(wanted), remote(there, large=large)
    adds, deletes = missing(files, tree), stale(files, tree, None)
    assert all(there.get(f.path) != wanted[f.path] for f in adds)
    after = {p: c for p, c in there.items() if p not in deletes} | {f.path: wanted[f.path] for f in adds}
    assert {p: c for p, c in after.items() if p in wanted} == wanted
    assert {p for p in after if p.startswith(DATA)} == {p for p in wanted if p.startswith(DATA)}
    assert {p: c for p, c in after.items() if p not in wanted} == {
        p: c for p, c in there.items() if p not in wanted and not p.startswith(DATA)
    }
    assert differences(files, remote(after, large=large)) == []
    assert (differences(files, tree) == []) == (not adds and not deletes)


@pytest.fixture(scope="module")
def version(built: Path) -> tuple[Manifest, dict[str, LocalFile]]:
    folder = built / "1.1.0"
    return read_manifest(folder), read_files(folder, read_manifest(folder))


def test_a_plan_against_itself_is_done(version: tuple[Manifest, dict[str, LocalFile]]) -> None:
    manifest, files = version
    tree = {f.path: RemoteFile(path=f.path, size=f.size, git_sha1=f.git_sha1) for f in files.values()}
    there = Remote(head="0" * 40, tree=tree, manifest=manifest, tagged=tree)
    plan = make_plan(repo="me/pages", branch="main", manifest=manifest, files=files, remote=there)
    assert plan.done
    assert list(plan.lines())[-1] == "  nothing to do: it is there"
    untagged = make_plan(
        repo="me/pages", branch="main", manifest=manifest, files=files, remote=replace(there, tagged=None)
    )
    assert (untagged.done, untagged.tag, untagged.operations) == (False, "v1.1.0", 0)
    first = make_plan(repo="me/pages", branch="main", manifest=manifest, files=files, remote=None)
    assert [f.path for f in first.adds] == sorted(files)
    assert json.dumps(first.to_dict())


def test_a_manifest_that_was_changed_by_hand_after_the_tag_is_put_right(
    version: tuple[Manifest, dict[str, LocalFile]],
) -> None:
    manifest, files = version
    tree = {f.path: RemoteFile(path=f.path, size=f.size, git_sha1=f.git_sha1) for f in files.values()}
    changed = tree | {MANIFEST: replace(tree[MANIFEST], git_sha1="1" * 40)}
    there = Remote(head="0" * 40, tree=changed, manifest=manifest, tagged=tree)
    plan = make_plan(repo="me/pages", branch="main", manifest=manifest, files=files, remote=there)
    assert [f.path for f in plan.adds] == [MANIFEST]


def test_the_copy_of_the_card_goes_when_it_is_not_needed() -> None:
    tree = remote({BUILT_CARD: b"x", "README.md": b"x", "LICENSE": b"x"})
    assert stale(local({"README.md": b"x"}), tree, None) == (BUILT_CARD,)


NO_NAMES = (
    *(
        "",
        "pages",
        "a/b/c",
        "/a",
        "a/",
        "a//b",
        "-a/b",
        "a/b-",
        "a/b--c",
        "a/b..c",
        "a/b.git",
        "a b/c",
        "a/b@",
        "a/b@x",
    ),
    *("hf://a", "hf://models/a/b", "a/" + "b" * 97, "a/b\n", "ä/b", "a/b@1.0", "a/b@1.0.0@1.0.0"),
)


@pytest.mark.parametrize("text", NO_NAMES)
def test_what_is_no_name(text: str) -> None:
    with pytest.raises(UsageError):
        HubName.parse(text)


def test_names() -> None:
    for text in ("me/pages", "hf://me/pages", "hf://datasets/me/pages", "datasets/me/pages"):
        assert HubName.parse(text) == HubName(repo="me/pages")
        assert HubName.parse(f"{text}@1.0.0-rc.1") == HubName(repo="me/pages", version="1.0.0-rc.1")
        assert is_hub_name(text)
    assert not is_hub_name("dist/pages/1.0.0")


def test_plan_and_card_know_no_hub() -> None:
    """The two pure parts import neither the client nor what could reach one."""
    code = (
        "import sys, types\n"
        "package = types.ModuleType('newsds.hub'); package.__path__ = ['newsds/hub']\n"
        "sys.modules['newsds.hub'] = package\n"
        "import newsds.hub.plan, newsds.hub.card\n"
        "print([m for m in ('huggingface_hub', 'datasets', 'newsds.hub.client') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"
