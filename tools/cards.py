"""Makes `cards/generated/`: the card of the fixture dataset as a build writes it, with its plots and figures.

    python -m tools.cards

To be run again whenever rows or cards change; a test compares. What depends on versions of tools (croissant.json, the
manifest, Parquet) is left out, so the same pages give the same files in every environment.
"""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path
from typing import Final

import newsds

ROOT: Final = Path(__file__).resolve().parent.parent
OUT: Final = ROOT / "cards" / "generated"


def generated(folder: Path) -> dict[str, str]:
    """Return the generated files: path below `cards/generated` → content. Builds in `folder`."""
    result = newsds.build(ROOT / "raw", folder, version="1.0.0")
    paths = [result.path / "README.md", result.path / "stats.json", *sorted(result.path.glob("plots/*.svg"))]
    return {f"{result.name}/{p.relative_to(result.path).as_posix()}": p.read_text(encoding="utf-8") for p in paths}


def main() -> None:
    """Write the files anew."""
    with tempfile.TemporaryDirectory() as folder:
        files = generated(Path(folder))
    shutil.rmtree(OUT, ignore_errors=True)
    for name, text in files.items():
        path = OUT / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8", newline="\n")


if __name__ == "__main__":
    main()
