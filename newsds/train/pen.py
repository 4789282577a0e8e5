"""What every part of a training page is written with."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, TypeVar

from newsds.model import Role
from newsds.train.canvas import Canvas, Style
from newsds.train.content import Content
from newsds.train.labels import LabelledPage
from newsds.train.words import Words

T = TypeVar("T")

Frame = Literal["bare", "light", "heavy"]
"""How much stands around the article."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pen:
    """Chance, words, content and canvas of one page."""

    rng: random.Random
    words: Words
    content: Content
    canvas: Canvas
    frame: Frame
    date_form: int
    """seed of how dates are written: on one page mostly alike"""

    @property
    def page(self) -> LabelledPage:
        """The page that is written."""
        return self.content.page

    @property
    def style(self) -> Style:
        """How the page is written."""
        return self.canvas.style

    def add(self, text: str, role: Role, *, indent: str = "") -> None:
        """Write a line."""
        self.canvas.add(text, role, indent=indent)

    def item(self, text: str, role: Role) -> None:
        """Write a line of a menu or a list."""
        self.canvas.item(text, role)

    def gap(self, lines: int) -> None:
        """Ask for blank lines."""
        self.canvas.gap(lines)

    def section(self) -> None:
        """Ask for the gap between parts of the page."""
        self.canvas.section()

    def choice(self, options: Sequence[T]) -> T:
        """Draw one of `options`."""
        return self.rng.choice(options)

    def chance(self, probability: float) -> bool:
        """Say yes with a probability."""
        return self.rng.random() < probability
