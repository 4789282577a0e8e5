"""Numbers follow what changed: proposed where none is given, held against it where one is."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsds.build import build
from newsds.build.history import choose_version
from newsds.errors import DataError, VersionStepError
from newsds.layout import MANIFEST, Counts, Manifest, Release
from newsds.version import Version

Make = Callable[..., Path]
BARE = Manifest(
    name="pages",
    version="",
    schema_digest="0" * 64,
    content_digest="0" * 64,
    rejects_digest="0" * 64,
    card_digest="0" * 64,
    row_bytes={"articles": 0, "rejects": 0},
    config={},
    toolchain={},
    counts=Counts(inputs=1, pages=9, rows=9, rejected=0, duplicates=0),
    reasons={},
    inputs=(),
    files=(),
)
CHANGES: dict[str, dict[str, Any]] = {
    "nothing": {},
    "card": {"card_digest": "1" * 64},
    "rejects": {"rejects_digest": "1" * 64},
    "rows": {"content_digest": "1" * 64},
    "schema": {"schema_digest": "1" * 64},
}


@pytest.fixture
def dataset(tmp_path: Path) -> Path:
    return tmp_path / "pages"


def publish(dataset: Path, *versions: str, **values: Any) -> None:
    for version in versions:
        (dataset / version).mkdir(parents=True)
        (dataset / version / MANIFEST).write_text(replace(BARE, version=version, **values).to_json())


PROPOSED = [
    ([], "nothing", "1.0.0"),
    (["1.2.3"], "nothing", None),
    (["1.2.3"], "card", "1.2.4"),
    (["1.2.3"], "rejects", "1.2.4"),
    (["1.2.3"], "rows", "1.3.0"),
    (["1.2.3"], "schema", "2.0.0"),
    (["0.2.3"], "schema", "0.3.0"),
    (["0.2.3"], "rows", "0.3.0"),
    (["0.2.3"], "card", "0.2.4"),
    (["1.0.0-rc.1"], "rows", "1.0.0"),
    (["1.2.3", "1.3.0-rc.1"], "nothing", None),
    (["1.2.3", "1.3.0-rc.1"], "card", "1.3.0"),
    (["1.2.3", "1.3.0-rc.1"], "rows", "1.3.0"),
    (["1.2.3", "1.3.0-rc.1"], "schema", "2.0.0"),
    (["1.2.3", "2.0.0-rc.1"], "rows", "2.0.0"),
    (["1.2.3", "1.2.4-rc.1"], "rows", "1.3.0"),
]


@pytest.mark.parametrize(("versions", "changed", "number"), PROPOSED)
def test_the_next_number(dataset: Path, versions: list[str], changed: str, number: str | None) -> None:
    publish(dataset, *versions)
    found = choose_version(dataset, replace(BARE, **CHANGES[changed]), None)
    assert (found and str(found)) == number


WANTED = [
    ([], "nothing", "0.1.0", None),
    (["1.2.3"], "nothing", "1.2.4", "would hold the same as 1.2.3"),
    (["1.2.3"], "nothing", "2.0.0", "would hold the same"),
    (["1.2.3"], "card", "1.2.4", None),
    (["1.2.3"], "card", "2.0.0", None),
    (["1.2.3"], "rows", "1.2.4", "too small a step from 1.2.3: other rows"),
    (["1.2.3"], "rows", "1.3.0", None),
    (["1.2.3"], "rows", "1.3.0-rc.1", None),
    (["1.2.3"], "rows", "1.2.4-rc.1", "too small"),
    (["1.2.3"], "schema", "1.3.0", "too small a step from 1.2.3: other columns"),
    (["1.2.3"], "schema", "2.0.0-alpha", None),
    (["1.2.3"], "rows", "1.2.2", None),  # nothing is before it
    (["1.2.3", "2.0.0"], "rows", "1.2.4", "too small a step from 1.2.3"),
    (["1.2.3", "2.0.0"], "rows", "1.3.0", None),
    (["1.2.3", "1.3.0-rc.1"], "nothing", "1.3.0", None),  # a prerelease becomes its release
    (["1.2.3", "1.3.0-rc.1"], "nothing", "1.3.0-rc.2", "would hold the same as 1.3.0-rc.1"),
    (["1.2.3", "1.3.0-rc.1"], "rows", "1.3.0-rc.2", None),
    (["1.2.3", "1.3.0-rc.1"], "schema", "1.3.0", "too small a step from 1.2.3"),
    (["1.0.0-rc.1"], "schema", "1.0.0-rc.2", None),
]


@pytest.mark.parametrize(("versions", "changed", "wanted", "refused"), WANTED)
def test_a_number_that_was_asked_for(
    dataset: Path, versions: list[str], changed: str, wanted: str, refused: str | None
) -> None:
    publish(dataset, *versions)
    made = replace(BARE, **CHANGES[changed])
    number = Version.parse(wanted)
    assert choose_version(dataset, made, number, force=True) == number
    if refused is None:
        assert choose_version(dataset, made, number) == number
    else:
        with pytest.raises(VersionStepError, match=refused) as error:
            choose_version(dataset, made, number)
        assert "--force" in error.value.remedy


@given(
    st.lists(
        st.builds(
            Version,
            major=st.integers(0, 2),
            minor=st.integers(0, 2),
            patch=st.integers(0, 2),
            prerelease=st.sampled_from([(), ("rc", "1")]),
        ),
        unique=True,
        max_size=4,
    ),
    st.sampled_from(sorted(CHANGES)),
)
def test_what_is_proposed_is_new_and_accepted(
    tmp_path_factory: pytest.TempPathFactory, versions: list[Version], changed: str
) -> None:
    dataset = tmp_path_factory.mktemp("d")
    publish(dataset, *map(str, versions))
    made = replace(BARE, **CHANGES[changed])
    number = choose_version(dataset, made, None)
    assert (number is None) == (changed == "nothing" and bool(versions))
    if number:
        assert all(number > one for one in versions)
        assert choose_version(dataset, made, number) == number


def test_a_build_that_contradicts_publishes_nothing(make_pages: Make, tmp_path: Path) -> None:
    folder, out = make_pages(2), tmp_path / "out"
    build(folder, out)
    make_pages(4)
    with pytest.raises(VersionStepError) as error:
        build(folder, out, version="1.0.1")
    assert error.value.message == "version 1.0.1 is too small a step from 1.0.0: other rows, 2 more"
    assert error.value.remedy.startswith("give 1.1.0 or more")
    assert [p.name for p in (out / "pages").glob("1.*")] == ["1.0.0"]
    assert build(folder, out, version="1.0.1", force=True).version == "1.0.1"
    with pytest.raises(VersionStepError, match="would hold the same"):
        build(folder, out, version="3.0.0")


ENTRY = Release(
    version="1.1.0", rows=9, since="1.0.0", articles=True, added=1, removed=0, changed=2, columns={"title": 2}
)


def test_a_manifest_keeps_its_changelog() -> None:
    made = replace(BARE, version="1.1.0", card="---\n---\n# é\n", releases=(ENTRY, Release(version="1.0.0", rows=8)))
    assert Manifest.from_json(made.to_json()) == made
    values = json.loads(made.to_json())
    del values["card"], values["releases"]  # as an older newsds wrote it
    older = Manifest.from_json(json.dumps(values))
    assert (older.card, older.releases) == (None, ())


WRONG: list[dict[str, Any]] = [
    {"card": 1},
    {"releases": {}},
    {"releases": [{}]},
    {"releases": [asdict(ENTRY) | {"added": -1}]},
    {"releases": [asdict(ENTRY) | {"schema": 1}]},
    {"releases": [asdict(ENTRY) | {"columns": {"title": "2"}}]},
]


@pytest.mark.parametrize("wrong", WRONG, ids=str)
def test_a_damaged_changelog_is_told(wrong: dict[str, Any]) -> None:
    with pytest.raises(DataError, match="damaged"):
        Manifest.from_json(json.dumps(json.loads(BARE.to_json()) | wrong))
