from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest


def page(number: int, *, words: str = "harbour") -> str:
    """A text dump that is an article."""
    sentence = f"The {words} of town number {number} was opened on a quiet morning, said the people who live there."
    paragraphs = [f"{sentence} Paragraph {p} says more about it. {sentence}" for p in range(4)]
    return f"Town {number} opens its {words}\n\n" + "\n\n".join(paragraphs) + "\n"


@pytest.fixture
def make_pages(tmp_path: Path) -> Callable[..., Path]:
    """Write a folder of pages; more files by name."""

    def make(count: int = 5, folder: str = "pages", **more: str | bytes) -> Path:
        root = tmp_path / folder
        root.mkdir(parents=True, exist_ok=True)
        for number in range(count):
            (root / f"page-{number:03d}.txt").write_text(page(number), encoding="utf-8")
        for name, content in more.items():
            path = root / name.replace("__", "/").replace("_dot_", ".")
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content.encode() if isinstance(content, str) else content)
        return root

    return make
