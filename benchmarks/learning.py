"""The learning curve of the segmenter: cross-validated figures when it is fitted to a part of the publishers only.

    python benchmarks/learning.py LABELS...                   # a quarter, a half, all
    python benchmarks/learning.py LABELS... --shares 0.5 1

Each publisher's pages are fitted to or not as a whole, and the figures of every row are of all pages, each by forests
that have not seen its publisher. All takes as long as `newsds train`, a half about half of that.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
from newsds.train import train
from newsds.train.score import Figures

FIELDS = ("body", "title", "tags", "recommendations", "neighbours")


def row(share: float, group: str, figures: Figures) -> str:
    """Return a row of the table.

    >>> row(0.5, "html", Figures())
    '| 50 % | html | – | – | – | – | – |'
    """
    cells = [getattr(figures, field) for field in FIELDS]
    return (
        f"| {share:.0%} | {group} | ".replace("%", " %") + " | ".join(f"{c.f1:.3f}" if c else "–" for c in cells) + " |"
    )


def shown(figures: Mapping[str, Figures]) -> Mapping[str, Figures]:
    """Return the groups that are shown: those of real pages."""
    return {group: of for group, of in figures.items() if "without" not in group and "fixtures" not in group}


def main(argv: Sequence[str] | None = None) -> None:
    """Fit with each share, and print a table."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("labels", nargs="+", type=Path)
    parser.add_argument("--shares", nargs="+", type=float, default=[0.25, 0.5, 1.0])
    options = parser.parse_args(argv)
    print("| publishers | pages | body | title | tags | recs | prev/next |\n|---|---|---|---|---|---|---|")
    for share in options.shares:
        trained = train(options.labels, share=share, workers=2)
        for group, of in shown(trained.figures).items():
            print(row(share, group, of), flush=True)


if __name__ == "__main__":
    main()
