"""A card source: YAML front matter and Markdown, as on the Hub, written by people."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import yaml

from newsds.config import BuildConfig
from newsds.errors import CardError, ConfigError

BEGIN: Final = "<!-- newsds:begin facts -->"
END: Final = "<!-- newsds:end facts -->"
"""Between these lines newsds writes; the rest of the text is never touched."""
NAME_KEY: Final = "newsds_name"
MANAGED: Final = (NAME_KEY, "size_categories", "configs", "dataset_info")
"""Keys of the front matter that newsds writes; what a source says there does not count."""
_FENCE: Final = re.compile(r"---[ \t]*\n(?:(.*?)\n)?---[ \t]*(?:\n|\Z)", re.DOTALL)
_FACTS: Final = re.compile(rf"\n*{re.escape(BEGIN)}.*?{re.escape(END)}\n*", re.DOTALL)
_STRINGS: Final = ("license", "language", "tags", "task_categories", "annotations_creators", "language_creators")
"""Keys that hold a string or a list of strings. Among languages, YAML reads a bare `no` as false."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """What people say of a dataset."""

    name: str | None = None
    """name of the dataset"""
    meta: Mapping[str, Any] = field(default_factory=dict)
    """the front matter, without the keys that newsds writes"""
    text: str = ""
    """the Markdown below it, word for word"""


def read_card(path: Path) -> Card:
    """Read a card source; its name is the front matter's `newsds_name`, else that of the file.

    Raises:
        CardError: it cannot be read, or its front matter is wrong; the message names the line.
    """
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except OSError as error:
        raise CardError(f"cannot read the card {path}: {error.strerror}", "check the path of the card") from error
    except UnicodeDecodeError as error:
        line = path.read_bytes()[: error.start].count(b"\n") + 1
        raise CardError(f"{path}, line {line}: not UTF-8", "save the card as UTF-8") from error
    stem = None if path.stem.lower() == "readme" else path.stem
    return parse_card(text, place=str(path), name=stem)


def parse_card(text: str, *, place: str = "card", name: str | None = None) -> Card:
    """Take the text of a card apart. What newsds once wrote in it is left out, so a README.md is a source too.

    Args:
        text: front matter and Markdown; the front matter may be missing.
        place: what to call it in errors.
        name: name of the dataset if the front matter gives none.

    Raises:
        CardError: the front matter is wrong.

    >>> card = parse_card("---\\nlicense: cc0-1.0\\nnewsds_name: pages\\n---\\n# Pages\\n")
    >>> card.name, card.meta, card.text
    ('pages', {'license': 'cc0-1.0'}, '# Pages\\n')
    """
    text = text.replace("\r\n", "\n")  # a checkout on Windows must not change the bytes of the dataset
    meta: dict[str, Any] = {}
    if text.startswith("---") and text.split("\n", 1)[0].rstrip() == "---":
        found = _FENCE.match(text)
        if found is None:
            raise CardError(f"{place}, line 1: the front matter has no end", "close it with a line of three hyphens")
        meta, text = _front_matter(found[1] or "", place), text[found.end() :]
    text = _FACTS.sub("\n", text)
    for marker in (BEGIN, END):
        if marker in text:
            raise CardError(f"{place}: {marker} stands alone", "remove it: newsds adds its facts at the end")
    name = meta.get(NAME_KEY, name)
    try:
        BuildConfig(name=name)
    except (ConfigError, TypeError) as error:
        raise CardError(
            f"{place}: {name!r} is no name of a dataset", f"add to the front matter: {NAME_KEY}: letters, digits, - _ ."
        ) from error
    return Card(name=name, meta={k: v for k, v in meta.items() if k not in MANAGED}, text=text)


def _front_matter(text: str, place: str) -> dict[str, Any]:
    try:
        meta = yaml.safe_load(text)
        _refuse_repeated_keys(text, place)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        line = mark.line + 2 if mark else 1
        problem = getattr(error, "problem", None) or "not YAML"
        raise CardError(f"{place}, line {line}: {problem}", "mend the YAML between the lines of hyphens") from error
    except (ValueError, TypeError, RecursionError) as error:  # a date like 2024-99-99, a key that is a list
        raise CardError(f"{place}: {error}", "mend the YAML between the lines of hyphens") from error
    if meta is None:
        return {}
    if not isinstance(meta, dict) or not all(isinstance(key, str) for key in meta):
        raise CardError(f"{place}: the front matter is no table of keys", "write it as `key: value`, a line each")
    for key in _STRINGS:
        value = meta.get(key, "")
        values = value if isinstance(value, list) else [value]
        wrong = next((x for x in values if not isinstance(x, str)), None)
        if not all(isinstance(x, str) for x in values):
            raise CardError(f"{place}: {key} has {wrong!r}, which is no string", f'put it in quotes: {key}: ["…"]')
    return meta


def _refuse_repeated_keys(text: str, place: str) -> None:
    """YAML lets the second of two equal keys win silently; in a card that is always a slip."""
    root = yaml.compose(text, Loader=yaml.SafeLoader)
    lines: dict[str, int] = {}
    for key, _ in root.value if isinstance(root, yaml.MappingNode) else ():
        line = key.start_mark.line + 2
        if key.value in lines:
            raise CardError(
                f"{place}, line {line}: the key {key.value!r} comes twice",
                f"remove one; the other is in line {lines[key.value]}",
            )
        lines[key.value] = line
