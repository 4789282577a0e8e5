"""Whatever runs the tasks, the files of a version are the same."""

from __future__ import annotations

import hashlib
import importlib.util
import json
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest

from newsds.build import BuildResult, build, build_shard, merge_shards

from .conftest import page

RAY = [
    pytest.mark.ray,
    pytest.mark.filterwarnings("default"),  # Ray's own
    pytest.mark.skipif(importlib.util.find_spec("ray") is None, reason='Ray is not here: pip install "newsds[ray]"'),
]


def in_shards(pages: Path, out: Path, *, ray: bool = False) -> BuildResult:
    for number in (3, 1, 2):
        build_shard(pages, out, f"{number}/3", engine="ray" if ray and number == 2 else "local", workers=number - 1)
    return merge_shards(pages, out)


ENGINES = {
    "one process": partial(build, workers=1),
    "two processes": partial(build, workers=2),
    "shards": in_shards,
}
ON_RAY = {"Ray": partial(build, engine="ray", workers=2), "shards, one of them on Ray": partial(in_shards, ray=True)}


@pytest.fixture
def pages(make_pages: Callable[..., Path]) -> Path:
    """Files in several tasks, a container in several stretches, duplicates, rejects."""
    lines = "\n".join(json.dumps({"text": page(n)}) for n in range(100, 1200))
    return make_pages(300, container_dot_jsonl=lines, empty_dot_txt="", again_dot_txt=page(3), binary_dot_html=b"\0\1")


@pytest.fixture
def digests(pages: Path, tmp_path: Path) -> dict[str, str]:
    """Of the files that a build in this process makes."""
    return _digests(build(pages, tmp_path / "here"))


def _digests(built: BuildResult) -> dict[str, str]:
    files = {str(path.relative_to(built.path)): path for path in built.path.rglob("*") if path.is_file()}
    assert built.counts.pages == 1403
    return {name: hashlib.sha256(path.read_bytes()).hexdigest() for name, path in files.items()}


@pytest.mark.parametrize(
    "how",
    [
        *(pytest.param(how, id=name) for name, how in ENGINES.items()),
        *(pytest.param(how, id=name, marks=RAY) for name, how in ON_RAY.items()),
    ],
)
def test_one_set_of_digests(
    how: Callable[[Path, Path], BuildResult], pages: Path, digests: dict[str, str], tmp_path: Path
) -> None:
    assert _digests(how(pages, tmp_path / "there")) == digests
