"""The dataset card: README.md of a version, from a card source and the facts of the build.

    source.py   cards/<name>.md → Card
    render.py   Card + Facts → README.md

The card lies inside the version that the build publishes, so the build calls this package; it knows nothing of builds.
"""

from __future__ import annotations

from newsds.card.render import Facts, features_yaml, render_card
from newsds.card.source import Card, parse_card, read_card

__all__ = ["Card", "Facts", "features_yaml", "parse_card", "read_card", "render_card"]
