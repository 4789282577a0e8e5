"""config: one immutable value; what is wrong with it is said at once."""

from __future__ import annotations

import pickle
import re
from dataclasses import FrozenInstanceError, replace
from pathlib import Path

import pytest

from newsds.config import BuildConfig, load_config
from newsds.errors import ConfigError


def _write(folder: Path, text: str) -> Path:
    path = folder / "newsds.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_file(tmp_path: Path) -> None:
    path = _write(tmp_path, 'name = "tea"\ncard = "cards/tea.md"\ninclude = ["a/**", "*.txt"]\nexclude = ["b/**"]\n')
    config = load_config(path)
    assert config == BuildConfig(
        name="tea", card=str(tmp_path / "cards/tea.md"), include=("a/**", "*.txt"), exclude=("b/**",)
    )


def test_empty_file_is_the_default(tmp_path: Path) -> None:
    assert load_config(_write(tmp_path, "")) == BuildConfig()


def test_keywords_win_where_given(tmp_path: Path) -> None:
    path = _write(tmp_path, 'name = "tea"\nexclude = ["b/**"]')
    config = load_config(path, name="ships", exclude=None, card="here.md")
    assert (config.name, config.exclude, config.card) == ("ships", ("b/**",), "here.md")


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("name = ", "not TOML"),
        ("\x00", "not TOML"),
        ("workers = 3", "unknown keys: workers"),
        ("name = 3", "name is 3"),
        ("card = []", "card is"),
        ('include = "*.txt"', "include is"),
        ("include = [1]", "include is"),
        ('exclude = [""]', "exclude is"),
        ('name = "../tea"', "no dataset name"),
        ('name = ""', "no dataset name"),
        (f'name = "{"x" * 97}"', "no dataset name"),
        ("max_rejects = true", "max_rejects is True"),
        ("max_rejects = 0.05", "max_rejects is 0.05"),
        ("max_rejects = -1", "max_rejects is -1"),
        ('max_rejects = "100.5%"', "max_rejects is '100.5%'"),
    ],
)
def test_faults(tmp_path: Path, text: str, what: str) -> None:
    with pytest.raises(ConfigError, match=what) as caught:
        load_config(_write(tmp_path, text))
    assert caught.value.remedy


def test_unreadable_files(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="cannot read"):
        load_config(tmp_path / "none.toml")
    path = tmp_path / "bytes.toml"
    path.write_bytes(b"\xff")
    with pytest.raises(ConfigError, match="not TOML"):
        load_config(path)


def test_digest_is_of_what_decides_the_rows() -> None:
    config = BuildConfig()
    assert config.digest() == BuildConfig(name="tea", card="a.md", max_rejects=3).digest()
    assert (
        len({config.digest(), replace(config, include=("a",)).digest(), replace(config, exclude=("a",)).digest()}) == 3
    )
    assert re.fullmatch("[0-9a-f]{64}", config.digest())


def test_immutable_and_pickles() -> None:
    config = BuildConfig(name="tea")
    with pytest.raises(FrozenInstanceError):
        config.name = "x"  # type: ignore[misc]
    assert pickle.loads(pickle.dumps(config)) == config
    assert {config: 1}[BuildConfig(name="tea")] == 1
