"""`import newsds` costs nothing, and its functions are its functions whatever was imported before."""

from __future__ import annotations

import ast
import inspect
import pickle
import subprocess
import sys
from pathlib import Path

import pytest

import newsds

ROOT = Path(__file__).parents[2]
HEAVY = (
    "pyarrow",
    "turbohtml",
    "bs4",
    "datasets",
    "yaml",
    "numpy",
    "tqdm",
    "multiprocessing",
    "pandas",
    "huggingface_hub",
    "jinja2",
)
SHADOWED = ("build", "load", "read", "report", "validate")


def python(code: str) -> str:
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", code], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.mark.parametrize(
    "args", [["--help"], ["--version"], ["build", "--help"], ["push", "--help"], ["nonsense"], ["limits"]]
)
def test_these_import_nothing_heavy(args: list[str]) -> None:
    out = python(
        "import sys\n"
        "from newsds.cli import main\n"
        f"try: main({args!r})\n"
        "except SystemExit: pass\n"
        f"print('heavy:', [m for m in {HEAVY!r} if m in sys.modules])"
    )
    assert out.endswith("heavy: []\n")


def test_import_newsds_imports_no_part_of_it() -> None:
    assert python("import sys, newsds; print([m for m in sys.modules if m.startswith('newsds.')])") == "[]\n"


@pytest.mark.parametrize("name", SHADOWED)
@pytest.mark.parametrize(
    "before",
    [
        "import newsds",
        "import newsds.{0}",
        "from newsds.{0} import {0}; import newsds",
        "import newsds; newsds.{0}; import newsds.{0}",
        "import importlib, newsds; importlib.import_module('newsds.{0}')",
        "import newsds.pipeline, newsds.load, newsds.validate, newsds.build.plan, newsds.read.files",
    ],
)
def test_a_function_is_the_function_in_every_import_order(name: str, before: str) -> None:
    python(
        f"{before.format(name)}\n"
        "import sys, types\n"
        f"from newsds import {name} as one\n"
        f"from newsds.{name} import {name} as other\n"
        f"assert isinstance(newsds.{name}, types.FunctionType)\n"
        f"assert newsds.{name} is one is other is sys.modules['newsds.{name}'].{name}\n"
    )


def test_modules_below_a_function_can_be_reached() -> None:
    python(
        "import newsds, newsds.build.plan\n"
        "from newsds.build import plan\n"
        "import newsds.schema\n"
        "assert plan.make_tasks and newsds.schema.SCHEMA and callable(newsds.build)\n"
    )


def test_a_build_through_the_lazy_name(tmp_path: Path, page: Path) -> None:
    result = newsds.build(page, tmp_path / "dist")
    assert newsds.validate(result.path)
    assert [type(x) for x in newsds.read(page)] == [newsds.Page]


@pytest.mark.parametrize("name", newsds.__all__)
def test_every_public_name_is_there_and_documented(name: str) -> None:
    value = getattr(newsds, name)
    assert name in dir(newsds)
    if name != "__version__":
        assert inspect.getdoc(value)
        assert pickle.loads(pickle.dumps(value)) is value


def test_the_three_lists_of_public_names_agree() -> None:
    assert newsds.__all__ == sorted(newsds.__all__)
    assert sorted([*newsds._HOMES, "__version__"]) == newsds.__all__
    tree = ast.parse(Path(newsds.__file__).read_text(encoding="utf-8"))
    block = next(n for n in tree.body if isinstance(n, ast.If) and isinstance(n.test, ast.Name))
    typed = {alias.name: node.module for node in block.body if isinstance(node, ast.ImportFrom) for alias in node.names}
    assert typed == newsds._HOMES


def test_an_unknown_name_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="no attribute 'bulid'"):
        newsds.bulid  # type: ignore[attr-defined]
    with pytest.raises(ImportError):
        from newsds import bulid  # type: ignore[attr-defined]  # noqa: F401


def test_a_test_can_replace_a_function(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(newsds, "load", len)
    assert newsds.load is len
