from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from newsds.build.plan import TASK_BYTES, TASK_FILES, dataset_name, make_tasks, resolve_config
from newsds.config import BuildConfig
from newsds.errors import ConfigError
from newsds.read import InputFile


def test_tasks_are_bounded(tmp_path: Path) -> None:
    paths = []
    for number, size in enumerate([10, TASK_BYTES, 10, TASK_BYTES // 2, TASK_BYTES // 2, 1]):
        path = tmp_path / f"{number}.txt"
        with path.open("wb") as file:
            file.truncate(size)
        paths.append(path)
    os.mkfifo(tmp_path / "6.txt")
    files = [InputFile(source=p.name, path=str(p)) for p in [*paths, tmp_path / "6.txt", tmp_path / "missing.txt"]]
    tasks = make_tasks(files, tmp_path)
    assert [[f.source[0] for f in t.files] for t in tasks] == [["0"], ["1"], ["2", "3"], ["4", "5", "6", "m"]]
    many = make_tasks([InputFile(source="x", path="missing")] * (2 * TASK_FILES + 1), tmp_path)
    assert [len(t.files) for t in many] == [TASK_FILES, TASK_FILES, 1]
    assert {t.parts for t in many} == {str(tmp_path)}
    assert make_tasks([], tmp_path) == []


@pytest.mark.parametrize(
    ("source", "name"),
    [("a/Neue Seiten", "neue-seiten"), ("x.tar.gz", "x.tar"), ("新闻", "dataset"), ("/", "dataset"), (".a", "a")],
)
def test_name_of_a_source(source: str, name: str) -> None:
    assert dataset_name(BuildConfig(), None, [source]) == name
    assert dataset_name(BuildConfig(), "card", [source]) == "card"
    assert dataset_name(BuildConfig(name="config"), "card", [source]) == "config"
    BuildConfig(name=name)


def test_config_of_a_build(tmp_path: Path, make_pages: Callable[..., Path]) -> None:
    folder = make_pages(1, newsds_dot_toml='name = "in-folder"\nexclude = ["x"]\n')
    other = tmp_path / "other.toml"
    other.write_text('name = "named"\n')
    assert resolve_config([folder]).name == "in-folder"
    assert resolve_config([folder], name="x", card=None) == BuildConfig(name="x", exclude=("x",))
    assert resolve_config([folder], file=other).name == "named"
    assert resolve_config([folder, folder / "page-000.txt"]) == BuildConfig()
    assert resolve_config([folder / "page-000.txt"]) == BuildConfig()
    assert resolve_config([]) == BuildConfig()
    other.write_text("wrong = 1")
    with pytest.raises(ConfigError, match="unknown keys: wrong"):
        resolve_config([folder], file=other)
