"""The shape of the package: who may import whom, where third parties live, what the pure stages never touch."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent / "newsds"
MODULES = {
    ".".join(("newsds", *p.relative_to(ROOT).with_suffix("").parts)).removesuffix(".__init__"): p
    for p in sorted(ROOT.rglob("*.py"))
}

HELPERS = {"codes", "model", "rows", "errors", "limits", "config", "chars", "durable", "native"}
"""What every stage may use."""
STAGES = {
    "mojibake": set(),
    "decode": {"mojibake"},
    "read": set(),
    "blocks": set(),
    "dates": set(),
    "metadata": set(),
    "language": set(),
    "segment": {"dates", "metadata"},
    "assemble": {"metadata", "dates", "language", "segment"},
    "schema": set(),
    "ledger": set(),
    "canonical": set(),
    "version": set(),
    "rules": {"schema"},
    "layout": {"version", "schema", "canonical"},
    "pipeline": {"decode", "blocks", "metadata", "segment", "assemble", "schema"},
    "stats": {"layout", "schema"},
    "validate": {"canonical", "layout", "rules", "schema", "stats", "version"},
    "compare": {"canonical", "layout", "schema", "version"},
    "card": {"canonical", "layout", "schema", "version", "validate", "language", "stats"},
    "train": {"blocks", "decode", "segment", "pipeline", "assemble", "language", "dates"},
    "build": {
        "compare",
        "read",
        "blocks",
        "pipeline",
        "schema",
        "canonical",
        "version",
        "validate",
        "layout",
        "card",
        "rules",
        "decode",
        "segment",
        "stats",
    },
    "hub": {"layout", "schema", "version", "card", "build"},
    "load": {"layout", "schema", "hub"},
    "diff": {"compare", "layout", "version", "hub"},
    "report": {"dates", "metadata", "schema", "pipeline", "assemble", "layout", "stats", "card", "read", "diff"},
    "view": {
        "read",
        "pipeline",
        "schema",
        "layout",
        "report",
        "assemble",
        "segment",
    },
    "cli": {
        "view",
        "report",
        "compare",
        "diff",
        "hub",
        "read",
        "pipeline",
        "schema",
        "ledger",
        "stats",
        "validate",
        "build",
        "load",
        "card",
        "layout",
        "version",
        "train",
    },
}
"""Part → the parts to its left that it may import, in the order of the flow; a part may import itself."""
ORDER = list(STAGES)
PURE = {
    "model",
    "rows",
    "chars",
    "mojibake",
    "decode",
    "blocks",
    "segment",
    "dates",
    "metadata",
    "language",
    "assemble",
    "schema",
    "ledger",
    "canonical",
    "pipeline",
    "limits",
    "codes",
    "errors",
    "rules",
}
"""Functions of bytes and configuration alone."""
HOMES = {
    "backports": {"newsds.read.decoders"},
    "brotli": {"newsds.read.http"},
    "isal": {"newsds.read.decoders"},
    "bs4": {"newsds.blocks.soup"},
    "catboost": {"newsds.train.fit"},
    "jinja2": {"newsds.report.template"},
    "markupsafe": {"newsds.report.template"},
    "turbohtml": {"newsds.blocks.html", "newsds.decode", "newsds.language"},
    "click": {"newsds.cli"},
    "tqdm": {"newsds.build.progress", "newsds.cli"},
    "yaml": {"newsds.card", "newsds.hub.card"},
    "datasets": {"newsds.load", "newsds.schema", "newsds.hub.gate"},
    "huggingface_hub": {"newsds.hub.client"},
    "psutil": {"newsds.build.executor", "newsds.build.lock"},
    "ray": {"newsds.build.ray_engine"},
    "fsspec": {"newsds.read.remote"},
    "orjson": {"newsds.canonical"},
    "numpy": {
        "newsds.compare",
        "newsds.rules",
        "newsds.stats",
        "newsds.validate",
        "newsds.segment",
        "newsds.build",
        "newsds.train",
    },
    "pyarrow": {
        "newsds.read.columnar",
        "newsds.segment",
        "newsds.schema",
        "newsds.canonical",
        "newsds.rules",
        "newsds.stats",
        "newsds.validate",
        "newsds.pipeline",
        "newsds.report.samples",
        "newsds.build",
        "newsds.compare",
        "newsds.card",
        "newsds.layout",
        "newsds.load",
        "newsds.hub.gate",
        "newsds.view.table",
        "newsds.cli",
    },
}
"""Third-party package → the modules, or folders of modules, that may import it."""
LAZY = {"datasets", "fsspec", "huggingface_hub", "jinja2", "markupsafe", "ray"}
"""Packages that are never imported along with newsds."""
FORBIDDEN_MODULES = {
    "random",
    "secrets",
    "uuid",
    "time",
    "locale",
    "socket",
    "ssl",
    "urllib.request",
    "http",
    "subprocess",
    "tempfile",
    "threading",
    "asyncio",
}
FORBIDDEN_CALLS = {
    "os.environ",
    "os.getenv",
    "datetime.now",
    "datetime.today",
    "datetime.utcnow",
    "date.today",
    "Path.home",
    "Path.cwd",
    "os.getcwd",
}
LONGEST = 450


def _part(module: str) -> str:
    return module.split(".")[1] if "." in module else ""


@cache
def _tree(module: str) -> ast.Module:
    return ast.parse(MODULES[module].read_text(encoding="utf-8"))


@cache
def _imports(module: str, *, top_level: bool = False, typing: bool = True) -> tuple[str, ...]:
    """Names of imported modules in full; `from newsds.blocks import html` gives newsds.blocks.html if that is one."""
    return tuple(_found(module, top_level=top_level, typing=typing))


def _found(module: str, *, top_level: bool, typing: bool) -> Iterator[str]:
    tree = _tree(module)
    skipped = {
        id(n)
        for block in ast.walk(tree)
        if isinstance(block, ast.If) and "TYPE_CHECKING" in ast.dump(block.test)
        for n in ast.walk(block)
    }
    inside = {
        id(n)
        for f in ast.walk(tree)
        if isinstance(f, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda)
        for n in ast.walk(f)
    }
    for node in ast.walk(tree):
        if (not typing and id(node) in skipped) or (top_level and id(node) in inside):
            continue
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{module}: relative import"
            assert node.module
            for alias in node.names:
                full = f"{node.module}.{alias.name}"
                yield full if full in MODULES else node.module


def _inside(module: str, homes: set[str]) -> bool:
    return any(module == home or module.startswith(f"{home}.") for home in homes)


def test_every_part_has_its_place() -> None:
    parts = {_part(m) for m in MODULES} - {"", "__main__"}
    assert parts - set(STAGES) - HELPERS == set(), "give the new part its place in STAGES"


def test_stages_import_only_what_is_to_their_left() -> None:
    for part, allowed in STAGES.items():
        assert all(ORDER.index(other) < ORDER.index(part) for other in allowed), part


@pytest.mark.parametrize("module", [m for m in MODULES if _part(m) in STAGES])
def test_imports_within_the_package(module: str) -> None:
    part = _part(module)
    found = {_part(name) for name in _imports(module) if name.split(".")[0] == "newsds" and "." in name}
    assert found - STAGES[part] - HELPERS - {part} == set()


@pytest.mark.parametrize("helper", sorted(HELPERS))
def test_helpers_import_helpers_only(helper: str) -> None:
    found = {_part(name) for name in _imports(f"newsds.{helper}") if name.startswith("newsds")}
    assert found <= HELPERS


def test_the_fast_path_does_not_know_the_reference_parser() -> None:
    users = {m for m in MODULES if "newsds.blocks.soup" in _imports(m)}
    assert users == {"newsds.build.worker"}  # for pages that the fast path failed on
    assert "newsds.blocks.soup" not in _imports("newsds.build.worker", top_level=True)


def test_only_the_seam_of_the_segmenter_is_used_outside_it() -> None:
    used = {
        (m, name)
        for m in MODULES
        if _part(m) not in ("segment", "train")
        for name in _imports(m)
        if name.startswith("newsds.segment")
    }
    assert {name for _, name in used} <= {"newsds.segment", "newsds.segment.lexicon"}
    assert {_part(m) for m, name in used if name == "newsds.segment.lexicon"} <= {"assemble"}


@pytest.mark.parametrize("package", sorted(HOMES))
def test_third_parties_live_in_their_homes(package: str) -> None:
    users = {m for m in MODULES if package in {name.split(".")[0] for name in _imports(m)}}
    assert {m for m in users if not _inside(m, HOMES[package])} == set()


def test_no_other_third_party_is_used() -> None:
    import sys

    known = set(sys.stdlib_module_names) | {"newsds", "compression"} | set(HOMES)  # compression: Python 3.14 and later
    assert {(m, name) for m in MODULES for name in _imports(m) if name.split(".")[0] not in known} == set()


@pytest.mark.parametrize("package", sorted(LAZY))
def test_heavy_packages_are_imported_when_needed(package: str) -> None:
    users = {
        m for m in MODULES if package in {name.split(".")[0] for name in _imports(m, top_level=True, typing=False)}
    }
    assert users == set()


@pytest.mark.parametrize("module", [m for m in MODULES if _part(m) in PURE])
def test_pure_stages_ask_nothing_of_the_machine(module: str) -> None:
    imported = set(_imports(module))
    assert {
        name for name in imported if any(name == bad or name.startswith(f"{bad}.") for bad in FORBIDDEN_MODULES)
    } == set()
    assert "os" not in imported
    assert {c for c in FORBIDDEN_CALLS if c in _attributes(module)} == set()
    assert "open" not in _calls(module)
    assert not {"hash", "id"} & _calls(module) or module == "newsds.blocks.soup"


@cache
def _attributes(module: str) -> set[str]:
    return {
        f"{n.value.id}.{n.attr}"
        for n in ast.walk(_tree(module))
        if isinstance(n, ast.Attribute) and isinstance(n.value, ast.Name)
    }


@cache
def _calls(module: str) -> set[str]:
    return {n.func.id for n in ast.walk(_tree(module)) if isinstance(n, ast.Call) and isinstance(n.func, ast.Name)}


@pytest.mark.parametrize("module", [m for m in MODULES if _part(m) != "cli"])
def test_the_library_does_not_print(module: str) -> None:
    assert not {"print", "input", "breakpoint", "exit", "quit"} & _calls(module)
    assert "sys.exit" not in _attributes(module) or module == "newsds.__main__"


@pytest.mark.parametrize("module", MODULES)
def test_modules_can_be_read_in_one_sitting(module: str) -> None:
    lines = MODULES[module].read_text(encoding="utf-8").splitlines()
    assert len(lines) <= LONGEST


@pytest.mark.parametrize("module", [m for m in MODULES if m != "newsds.__main__"])
def test_modules_say_what_they_are_for(module: str) -> None:
    assert ast.get_docstring(_tree(module))


@pytest.mark.parametrize("module", [m for m in MODULES if m not in ("newsds.__main__", "newsds.cli")])
def test_nothing_is_done_at_import(module: str) -> None:
    allowed = (ast.Import, ast.ImportFrom, ast.FunctionDef, ast.ClassDef, ast.Assign, ast.AnnAssign, ast.If)
    for node in _tree(module).body:
        if isinstance(node, ast.Try):  # a module that some systems do not have
            assert all(isinstance(n, ast.Import | ast.ImportFrom) for n in node.body)
        else:
            assert isinstance(node, allowed) or (isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant))


def test_the_test_of_imports_can_fail() -> None:
    """The helpers above see what they are to see."""
    assert "bs4" in set(_imports("newsds.blocks.soup"))
    assert "datasets" in set(_imports("newsds.schema"))
    assert "datasets" not in set(_imports("newsds.schema", top_level=True, typing=False))
    assert "newsds.segment.labelling" in set(_imports("newsds.segment"))
    assert "os.walk" in _attributes("newsds.read.files")
