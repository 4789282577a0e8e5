"""The quality ratchet: figures of newsds on raw/ that may rise and may not fall.

    python benchmarks/ratchet.py check                  # fails if a figure is below its floor, or raw/ is another
    python benchmarks/ratchet.py raise                  # lifts every floor to the present figure, pins the present raw/
    python benchmarks/ratchet.py lower --because TEXT   # the only way down

`benchmarks/floors.json` holds a floor for each field (F1, as newsds/train/score.py defines it) of the HTML pages and of
the text dumps, the digest of the pages and labels they hold for, and why floors were lowered. `lower` asks that the
section *Unreleased* of CHANGELOG.md speaks of the floor, so that no figure falls unsaid. The tests run `check`.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import math
import re
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
from benchmarks.compare import newsds_result, quality
from newsds.train.score import Figures, table
from tests.corpus import RAW, cases

ROOT = Path(__file__).resolve().parent.parent
FLOORS = ROOT / "benchmarks/floors.json"
CHANGELOG = ROOT / "CHANGELOG.md"
KINDS = ("html", "text")
"""Folders of raw/ whose pages newsds reads as pages; the others hold what it does not read."""
_DIGITS = 4
"""Decimals of a floor, rounded down: a figure is a sum of fractions, whose last digits nobody promises."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Floors:
    """The content of floors.json."""

    corpus: str
    """digest of the pages and labels that the floors hold for"""
    floors: Mapping[str, float]
    """kind and field, `html.tags` → the F1 below which it may not fall"""
    lowered: tuple[Mapping[str, object], ...] = ()
    """every time a floor was lowered: `because`, and `from`, `to` and names under `floors`"""


def read_floors(path: Path = FLOORS) -> Floors:
    """Read a floors file."""
    data = json.loads(path.read_text(encoding="utf-8"))
    return Floors(corpus=data["corpus"], floors=data["floors"], lowered=tuple(data["lowered"]))


def write_floors(floors: Floors, path: Path = FLOORS) -> None:
    """Write a floors file."""
    data = {"corpus": floors.corpus, "floors": dict(floors.floors), "lowered": list(floors.lowered)}
    path.write_text(json.dumps(data, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


def corpus_digest(raw: Path = RAW) -> str:
    """The SHA-256, in hex, of every page and label of a corpus and of their places.

    What newsds gives for them (`expected.json`) and what is said about them (`case.json`) does not count, but for the
    language: dates are read by it.
    """
    digest = hashlib.sha256()
    for kind in KINDS:
        for case in sorted((raw / kind).glob("*/case.json")):
            language = json.loads(case.read_text(encoding="utf-8"))["language"]
            for path in sorted([*case.parent.glob("page.*"), case.parent / "labels.json"]):
                content = hashlib.sha256(path.read_bytes()).hexdigest()
                digest.update(f"{path.relative_to(raw).as_posix()} {language} {content}\n".encode())
    return digest.hexdigest()


def present_figures() -> dict[str, Figures]:
    """The figures of newsds on raw/, of each kind."""
    return {kind: quality(newsds_result, [c for c in cases() if c.name.startswith(f"{kind}/")]) for kind in KINDS}


def flat(found: Mapping[str, Figures]) -> dict[str, float]:
    """F1 by kind and field, rounded down; fields of which there is nothing to find are left out.

    >>> from newsds.train.score import Counts, PageScore, figures
    >>> flat({"text": figures([PageScore(tags=Counts(matched=2, given=3, wanted=3))])})
    {'text.tags': 0.6666}
    """
    scale = 10**_DIGITS
    return {
        f"{kind}.{name}": math.floor(figure.f1 * scale + 1e-6) / scale
        for kind, of in found.items()
        for name, figure in of.items()
        if figure.items
    }


def problems(floors: Floors, figures: Mapping[str, float], corpus: str) -> list[str]:
    """What speaks against the present figures, a line each; empty if nothing does.

    >>> problems(Floors(corpus="a", floors={"html.tags": 0.9}), {"html.tags": 0.8}, "a")
    ['html.tags: 0.8000 is below its floor 0.9000']
    """
    out = fallen(floors, figures)
    if floors.corpus != corpus:
        out.append(f"raw/ is not the corpus the floors hold for: its digest is {corpus}, not {floors.corpus}")
    out += [f"{name}: has no floor" for name in sorted(set(figures) - set(floors.floors))]
    return out


def fallen(floors: Floors, figures: Mapping[str, float]) -> list[str]:
    """The figures that are below their floor, or not there any more, a line each.

    >>> fallen(Floors(corpus="a", floors={"html.tags": 0.9}), {})
    ['html.tags: has a floor and no figure']
    """
    return [
        f"{name}: {figures[name]:.4f} is below its floor {floor:.4f}"
        if name in figures
        else f"{name}: has a floor and no figure"
        for name, floor in sorted(floors.floors.items())
        if name not in figures or figures[name] < floor
    ]


def raised(floors: Floors, figures: Mapping[str, float], corpus: str) -> Floors:
    """The floors at the present figures, none of which may be below its floor.

    Raises:
        ValueError: one is.

    >>> dict(raised(Floors(corpus="a", floors={"html.tags": 0.9}), {"html.tags": 0.95}, "b").floors)
    {'html.tags': 0.95}
    """
    low = fallen(floors, figures)
    if low:
        raise ValueError("\n".join(low))
    return replace(floors, corpus=corpus, floors=dict(sorted(figures.items())))


def lowered(floors: Floors, figures: Mapping[str, float], corpus: str, *, because: str, changelog: str) -> Floors:
    """The floors with those that are above the present figures lowered to them; no other changes.

    Args:
        floors: the present floors.
        figures: the present figures.
        corpus: the digest of the present corpus, which is pinned.
        because: why; it is kept in the file.
        changelog: text of the changelog; its section *Unreleased* has to speak of the floor.

    Raises:
        ValueError: there is no reason, no entry in the changelog, or nothing to lower.

    >>> old = Floors(corpus="a", floors={"html.tags": 0.9})
    >>> new = lowered(old, {"html.tags": 0.8}, "a", because="stricter", changelog="## [Unreleased]\\n\\nThe floor of …")
    >>> dict(new.floors), new.lowered[0]["because"]
    ({'html.tags': 0.8}, 'stricter')
    """
    if not because.strip():
        raise ValueError("a floor is lowered for a reason: --because TEXT")
    if not re.search(r"\bfloors?\b", unreleased(changelog), re.IGNORECASE):
        raise ValueError(
            "the section Unreleased of CHANGELOG.md does not mention the floor: say there what falls, and why"
        )
    low = {name: floor for name, floor in floors.floors.items() if name not in figures or figures[name] < floor}
    if not low:
        raise ValueError("no figure is below its floor")
    entry = {
        "because": because.strip(),
        "floors": {name: {"from": floor, "to": figures.get(name)} for name, floor in sorted(low.items())},
    }
    kept = {n: figures[n] if n in low else f for n, f in floors.floors.items() if n in figures}
    return Floors(corpus=corpus, floors=kept, lowered=(*floors.lowered, entry))


def unreleased(changelog: str) -> str:
    """The section *Unreleased* of a changelog, without its heading.

    >>> unreleased("# Log\\n\\n## [Unreleased]\\n\\nNew.\\n\\n## [1.0.0]\\n\\nOld.\\n").strip()
    'New.'
    """
    found = re.search(r"^## \[?Unreleased\]?.*?$(.*?)(?=^## |\Z)", changelog, re.MULTILINE | re.DOTALL | re.IGNORECASE)
    return found[1] if found else ""


def main(argv: Sequence[str] | None = None, *, path: Path = FLOORS, changelog: Path = CHANGELOG) -> int:
    """Run a command; 0 if all is well, 1 if not."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("check", help="fail if a figure is below its floor, or the corpus is another")
    commands.add_parser("raise", help="lift every floor to the present figure")
    commands.add_parser("lower", help="lower floors to the present figures").add_argument("--because", required=True)
    options = parser.parse_args(argv)
    found = present_figures()
    figures, corpus = flat(found), corpus_digest()
    floors = read_floors(path) if path.exists() else Floors(corpus="", floors={})
    print(table(found))
    if options.command == "check":
        against = problems(floors, figures, corpus)
        if against:
            print("\n" + "\n".join(against), file=sys.stderr)
            print("if they rose: ratchet.py raise; if they may fall: ratchet.py lower --because TEXT", file=sys.stderr)
        return int(bool(against))
    try:
        if options.command == "raise":
            floors = raised(floors, figures, corpus)
        else:
            log = changelog.read_text(encoding="utf-8")
            floors = lowered(floors, figures, corpus, because=options.because, changelog=log)
    except ValueError as error:
        print(f"\n{error}", file=sys.stderr)
        return 1
    write_floors(floors, path)
    return 0


if __name__ == "__main__":
    sys.exit(main())
