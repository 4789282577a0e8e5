"""Laws of the build: nothing but content, names and configuration decides a byte, and nothing is lost."""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from itertools import pairwise
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from newsds.build import build, plan
from newsds.build import run as build_run
from newsds.build.merge import deduplicate
from newsds.build.part import KEYS
from newsds.build.plan import Task
from newsds.build.watch import Watch
from newsds.build.worker import TaskResult, run_task
from newsds.build.write import Cuts
from newsds.validate import validate
from tests.build.cutting import plan_files
from tests.property.strategies import contents

ROOT = Path(__file__).parents[2]
SENTENCE = "The harbour of town {} was opened on a quiet morning, said the people who live there. "


def write_pages(folder: Path) -> None:
    """Pages of all kinds, duplicates among them."""
    folder.mkdir()
    for n in range(8):
        text = f"Town {n} opens its harbour\n\n" + "\n\n".join(SENTENCE.format(n) * 3 for _ in range(3))
        (folder / f"{n}.txt").write_text(text, encoding="utf-8")
        if n % 3 == 0:
            (folder / f"{n}-again.txt").write_text(text, encoding="utf-8")
            (folder / f"{n}-spaced.txt").write_text(text.replace(". ", ".  "), encoding="utf-8")
    (folder / "ü.html").write_text("<p>" + SENTENCE.format("Ü") * 5 + "</p>", encoding="utf-16")
    (folder / "empty.txt").touch()
    (folder / "odd.xyz").touch()


@pytest.fixture(scope="module", autouse=True)
def _fast_disk() -> Iterator[None]:
    """What is tested here is which bytes are written; bringing them to the disk takes most of the time."""
    with pytest.MonkeyPatch.context() as monkeypatch:
        monkeypatch.setattr(os, "fsync", lambda _: None)
        yield


def tree(folder: Path) -> dict[str, bytes]:
    files = (p for p in sorted(folder.rglob("*")) if p.is_file() and not {".cache", ".lock"} & {*p.parts})
    return {p.relative_to(folder).as_posix(): p.read_bytes() for p in files}


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("laws") / "pages"
    write_pages(folder)
    return folder


@pytest.fixture(scope="module")
def reference(pages: Path) -> dict[str, bytes]:
    out = pages.parent / "reference"
    build(sorted(pages.iterdir()), out)
    return tree(out)


SCRIPT = """
import os, random, sys
from pathlib import Path
from newsds.build import build, plan
if __name__ == "__main__":
    plan.TASK_FILES = 3
    os.umask(int(sys.argv[4], 8))
    files = list(Path(sys.argv[1]).iterdir())
    random.Random(int(sys.argv[3])).shuffle(files)
    build(files, sys.argv[2], workers=int(sys.argv[3]))
"""


@pytest.mark.parametrize(
    ("workers", "umask", "environment"),
    [
        (1, "077", {"PYTHONHASHSEED": "1", "TZ": "Asia/Kolkata", "LC_ALL": "C", "PYTHONUTF8": "0", "NEWSDS_PURE": "1"}),
        (2, "000", {"PYTHONHASHSEED": "2", "TZ": "America/St_Johns", "LC_ALL": "tr_TR.UTF-8", "PYTHONUTF8": "1"}),
        pytest.param(4, "027", {"PYTHONHASHSEED": "3", "TZ": "UTC", "LC_ALL": "de_DE"}, marks=pytest.mark.slow),
        pytest.param(0, "022", {"PYTHONHASHSEED": "0", "TZ": "Etc/GMT+12"}, marks=pytest.mark.slow),
    ],
)
def test_same_bytes_in_another_process(
    pages: Path, reference: dict[str, bytes], tmp_path: Path, workers: int, umask: str, environment: dict[str, str]
) -> None:
    script = tmp_path / "script.py"
    script.write_text(SCRIPT)
    subprocess.run(
        [sys.executable, "-W", "error", str(script), str(pages), str(tmp_path / "out"), str(workers), umask],
        env={
            **os.environ,
            **environment,
            "PYTHONPATH": os.pathsep.join(filter(None, [str(ROOT), os.environ.get("PYTHONPATH")])),
        },
        cwd=tmp_path,
        check=True,
    )
    assert tree(tmp_path / "out") == reference


def test_same_rows_in_other_files(tmp_path: Path) -> None:
    """Records that are spread over other files are the same rows but for their place, which names the file."""
    lines = [json.dumps({"text": f"Town {n}\n\n" + SENTENCE.format(n) * 6}) + "\n" for n in range(12)]
    found = []
    for number, cuts in enumerate([[0, 12], [0, 5, 12], [0, 1, 2, 9, 12]]):
        folder = tmp_path / f"split-{number}"
        folder.mkdir()
        for first, stop in pairwise(cuts):
            (folder / f"{first:02d}.jsonl").write_text("".join(lines[first:stop]))
        result = build(folder, tmp_path / "out", cache=tmp_path / "cache")
        table = pq.read_table(result.path / "data/articles")
        found.append(table.drop_columns(["source", "record", "offset"]).to_pylist())
    assert len(found[0]) > 5
    assert found[1] == found[2] == found[0]


@given(seed=st.randoms(use_true_random=False), size=st.integers(1, 20))
@settings(max_examples=10)
def test_same_bytes_however_it_is_cut_and_ordered(
    pages: Path, reference: dict[str, bytes], seed: random.Random, size: int
) -> None:
    files = sorted(pages.iterdir())
    seed.shuffle(files)

    def run_all(_: object, tasks: Sequence[Task], **__: object) -> object:
        results: list[TaskResult] = [result for task in tasks for result in run_task(task, Watch())]
        seed.shuffle(results)
        yield from results

    with tempfile.TemporaryDirectory() as out, pytest.MonkeyPatch.context() as monkeypatch:
        monkeypatch.setattr(plan, "TASK_FILES", size)
        monkeypatch.setattr(build_run, "run_tasks", run_all)
        build(files, out)
        assert tree(Path(out)) == reference


CONTENTS = st.one_of(
    contents,
    st.integers(0, 3).map(lambda n: (f"Town {n}\n\n" + SENTENCE.format(n) * 6).encode()),
    st.integers(0, 3).map(lambda n: f"<h1>Town {n}</h1><p>{SENTENCE.format(n) * 6}</p>".encode()),
)
NAMES = st.sampled_from(["a.txt", "b.txt", "c.html", "d.htm", "e.xhtml", "f.txt", "g.bin", "h.txt"])


@given(st.dictionaries(NAMES, CONTENTS, min_size=1))
def test_every_page_is_accounted_for(files: dict[str, bytes]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder, "pages")
        source.mkdir()
        for name, content in files.items():
            Path(source, name).write_bytes(content)
        result = build(source, Path(folder, "out"))
        report = validate(result.path)
        assert report, report.lines()
        assert result.counts.balanced
        assert result.counts.pages == result.counts.inputs == len(files)


@st.composite
def keys(draw: st.DrawFn) -> list[tuple[str, int, str, str, int]]:
    """Rows as (source, record, id, page digest, content)."""
    places = draw(st.lists(st.tuples(st.sampled_from("abc"), st.integers(0, 4)), unique=True, max_size=12))
    few = st.integers(0, 5)
    return [(s, r, f"{draw(few):032x}", f"{draw(few):064x}", draw(few)) for s, r in places]


def table_of(rows: list[tuple[str, int, str, str, int]]) -> pa.Table:
    return pa.Table.from_pylist(
        [
            {"source": s, "record": r, "id": i, "page_digest": p, "content_key": bytes([c]) * 32}
            for s, r, i, p, c in rows
        ],
        schema=KEYS,
    )


@given(keys(), st.randoms(use_true_random=False))
def test_duplicates(rows: list[tuple[str, int, str, str, int]], seed: random.Random) -> None:
    kept, duplicates = deduplicate(table_of(rows))
    assert sorted([*kept, *(i for i, _, _ in duplicates)]) == list(range(len(rows)))
    for column in (2, 3, 4):
        assert len({rows[i][column] for i in kept}) == len(kept)
    for i, first, _ in duplicates:
        assert first in kept
        assert rows[first][:2] < rows[i][:2]
        assert any(rows[first][column] == rows[i][column] for column in (2, 3, 4))
    shuffled = seed.sample(rows, len(rows))
    again, _ = deduplicate(table_of(shuffled))
    assert {shuffled[i] for i in again} == {rows[i] for i in kept}


@given(
    st.lists(st.tuples(st.integers(0, 2**128 - 1), st.integers(1, 3000)), max_size=300),
    st.integers(1, 9),
    st.integers(1, 4),
)
def test_cuts(rows: list[tuple[int, int]], group_rows: int, least: int) -> None:
    cuts = Cuts(group_rows=group_rows, group_least=least, group_most=10, group_bytes=5000, file_groups=3,
                file_least=2000, file_most=9000)  # fmt: skip
    sizes = np.array([size for _, size in rows], dtype=np.int64)
    files = plan_files([f"{n:032x}" for n, _ in rows], sizes.tolist(), cuts)
    groups = [group for file in files for group in file]
    assert [i for first, stop in groups for i in range(first, stop)] == list(range(len(rows)))
    assert all(stop > first for first, stop in groups)
    assert all(stop - first <= 10 for first, stop in groups)
    assert all(sizes[first:stop].sum() <= 5000 or stop - first == 1 for first, stop in groups)
    assert all(files) or not rows
    assert all(sizes[file[0][0] : file[-1][1]].sum() <= 9000 or len(file) == 1 for file in files if file)
