"""A card source: YAML front matter and Markdown, as on the Hub, written by people."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any, Final

import yaml

from newsds.config import BuildConfig
from newsds.errors import CardError, ConfigError

BLOCKS: Final = (
    "summary",
    "structure",
    "figures",
    "creation",
    "personal",
    "biases",
    "limitations",
    "licensing",
    "citation",
    "versions",
)
"""Parts of a card that newsds writes, in their order: `newsds.card.sections`."""
NAME_KEY: Final = "newsds_name"
FILLED_KEY: Final = "newsds_filled"
"""Names the keys that the author left out and newsds filled in."""
MANAGED: Final = (NAME_KEY, FILLED_KEY, "size_categories", "configs", "dataset_info")
"""Keys of the front matter that newsds writes; what a source says there does not count."""
_FENCE: Final = re.compile(r"---[ \t]*\n(?:(.*?)\n)?---[ \t]*(?:\n|\Z)", re.DOTALL)
_WRITTEN: Final = re.compile(r"<!-- newsds:begin (\w+) -->.*?<!-- newsds:end \1 -->\n{0,2}", re.DOTALL)
"""What newsds wrote, and the blank line after it."""
PLACE: Final = re.compile(r"^<!-- newsds:place (\w+) -->[ \t]*(?:\n|\Z)", re.MULTILINE)
"""A line with which the author says where newsds is to write a part."""
_MARKER: Final = re.compile(r"<!-- newsds:\w+[^\n]{0,40}")
_STRINGS: Final = (
    "license",
    "language",
    "tags",
    "task_categories",
    "annotations_creators",
    "language_creators",
    "pretty_name",
    "newsds_authors",
    "newsds_url",
)
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
    text = _WRITTEN.sub("", text)
    _check_markers(text, place)
    name = meta.get(NAME_KEY, name)
    try:
        BuildConfig(name=name)
    except (ConfigError, TypeError) as error:
        raise CardError(
            f"{place}: {name!r} is no name of a dataset", f"add to the front matter: {NAME_KEY}: letters, digits, - _ ."
        ) from error
    filled = meta.get(FILLED_KEY)
    left_out = {*MANAGED, *(map(str, filled) if isinstance(filled, list) else ())}
    return Card(name=name, meta={k: v for k, v in meta.items() if k not in left_out}, text=text)


def source_text(card: Card) -> str:
    """Return the text that `parse_card` makes the card of, but for its name.

    >>> source_text(parse_card("---\\nlicense: cc0-1.0\\n---\\n# Pages\\n"))
    '---\\nlicense: cc0-1.0\\n---\\n# Pages\\n'
    """
    meta = yaml.safe_dump(dict(card.meta), sort_keys=False, allow_unicode=True) if card.meta else ""
    return f"---\n{meta}---\n{card.text}"


def _check_markers(text: str, place: str) -> None:
    """Refuse a marker that newsds would not find again, or could not fill."""
    seen: set[str] = set()
    for found in PLACE.finditer(text):
        part = found[1]
        if part not in BLOCKS:
            raise CardError(f"{place}: there is no part {part!r} to place", f"parts: {', '.join(BLOCKS)}")
        if part in seen:
            raise CardError(f"{place}: the part {part!r} is placed twice", "remove one of the lines")
        seen.add(part)
    stray = _MARKER.search(PLACE.sub("", text))
    if stray:
        marker = stray[0].split("-->")[0].strip() + " -->"
        raise CardError(
            f"{place}: {marker} stands alone",
            "remove it; to say where newsds writes a part, give it a line: <!-- newsds:place figures -->",
        )


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
    day = meta.get("newsds_released")
    if day is not None and not (type(day) is date or (isinstance(day, str) and _is_day(day))):
        raise CardError(f"{place}: newsds_released is {day!r}, which is no day", "write it as 2024-05-31")
    return meta


def _is_day(text: str) -> bool:
    try:
        return date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False


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
