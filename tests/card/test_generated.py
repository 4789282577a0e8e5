from __future__ import annotations

from pathlib import Path

from tools.cards import OUT, generated


def test_the_generated_card_is_current(tmp_path: Path) -> None:
    """After a change of rows or cards: python -m tools.cards."""
    found = {
        p.relative_to(OUT).as_posix(): p.read_text(encoding="utf-8") for p in sorted(OUT.rglob("*")) if p.is_file()
    }
    made = generated(tmp_path)
    assert sorted(found) == sorted(made)
    for name, text in made.items():
        assert found[name] == text, f"{name} is out of date: run `python -m tools.cards`"
