"""The configuration of a build: one immutable value, from newsds.toml and keywords."""

from __future__ import annotations

import hashlib
import json
import re
import tomllib
from dataclasses import asdict, dataclass, fields, replace
from fractions import Fraction
from pathlib import Path
from typing import Any, Final

from newsds.errors import ConfigError

CONFIG_FILE: Final = "newsds.toml"
"""Read from the source folder when a build is given exactly one, and no other file is named."""
_NAME: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,95}")
"""What the Hub accepts as the name of a repository."""
FIELDS: Final = ("text", "url", "date", "language")
"""What a field of a record can be read as."""
_REJECTS: Final = re.compile(r"([0-9]{1,18}(?:\.[0-9]{1,9})?)(%)?", re.ASCII)
"""`max_rejects`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BuildConfig:
    """What decides which rows a build makes; where it writes and with how many workers does not belong here.

    >>> BuildConfig(include=("**/page.*",)).digest() == BuildConfig().digest()
    False
    """

    name: str | None = None
    """name of the dataset; without it the card's, else that of the source"""
    card: str | None = None
    """path of the card source; without it the card is made from the name alone"""
    include: tuple[str, ...] = ("**",)
    """glob patterns of the files to read, relative to the source; `**` crosses folders"""
    exclude: tuple[str, ...] = ()
    """glob patterns of files to leave out of those"""
    weights: str | None = None
    """path of a weights file that `newsds train` wrote; without it the weights of newsds"""

    fields: tuple[tuple[str, str], ...] = ()
    """`(what it is, name)` of fields in JSON Lines, Parquet, Arrow and CSV: `newsds.read.ReadSettings.fields`"""
    max_rejects: int | str | None = None
    """rejected pages up to which a version is published: a number, or a share of the pages as `"5%"`; duplicates do
    not count, and without it nor does any number"""

    def __post_init__(self) -> None:
        self.allowed_rejects(0)
        if self.name is not None and not _NAME.fullmatch(self.name):
            raise ConfigError(
                f"the name {self.name!r} is no dataset name",
                "use letters, digits, '-', '_' and '.', at most 96, and start with a letter or digit",
            )
        if len(dict(self.fields)) < len(self.fields):
            raise ConfigError(f"fields is {self.fields!r}", "name each field once")
        for what, name in self.fields:
            if what not in FIELDS or not isinstance(name, str) or not name:
                raise ConfigError(
                    f"the field {what}={name} is none", f"give WHAT=NAME; WHAT is one of {', '.join(FIELDS)}"
                )
        for key in ("include", "exclude"):
            value = getattr(self, key)
            if not isinstance(value, tuple) or not all(isinstance(x, str) and x for x in value):
                raise ConfigError(f"{key} is {value!r}", f'give a list of patterns: {key} = ["**/*.html"]')

    def allowed_rejects(self, pages: int) -> int | None:
        """Return how many of so many pages may be rejected; None for any number.

        Raises:
            ConfigError: `max_rejects` is neither a number nor a share.

        >>> BuildConfig(max_rejects="2.5%").allowed_rejects(199)
        4
        """
        value = self.max_rejects
        if value is None:
            return None
        found = _REJECTS.fullmatch(str(value)) if isinstance(value, int | str) and not isinstance(value, bool) else None
        share = Fraction(found[1]) / 100 if found and found[2] else None
        if found is None or (share is None and "." in found[1]) or (share is not None and share > 1):
            raise ConfigError(
                f"max_rejects is {value!r}", 'give a number of pages or a share: max_rejects = 10, max_rejects = "2.5%"'
            )
        return int(found[1]) if share is None else int(share * pages)

    def digest(self) -> str:
        """Return the SHA-256, in hex, of what decides the rows: all fields but names, paths and `max_rejects`.

        What the weights at a path are is in the manifest by itself.
        """
        values = asdict(replace(self, name=None, card=None, weights=None))
        del values["max_rejects"]
        if not self.fields:
            del values["fields"]
        return hashlib.sha256(json.dumps(values, sort_keys=True, separators=(",", ":")).encode()).hexdigest()


def load_config(path: Path, **overrides: Any) -> BuildConfig:
    """Return the configuration in a TOML file; a path in it is relative to the file.

    Args:
        path: the file; its keys are the fields of `BuildConfig`.
        overrides: fields that win over the file's, where not None.

    Raises:
        ConfigError: the file cannot be read, is no TOML, or holds an unknown key or a wrong type.
    """
    try:
        values = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise ConfigError(f"cannot read {path}: {error.strerror}", "check the path given with --config") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ConfigError(f"{path} is not TOML: {error}", "see docs/configuration.md for an example") from error
    known = {f.name for f in fields(BuildConfig)}
    unknown = sorted(set(values) - known)
    if unknown:
        raise ConfigError(f"{path} has unknown keys: {', '.join(unknown)}", f"known keys: {', '.join(sorted(known))}")
    for key in ("include", "exclude"):
        if isinstance(values.get(key), list):
            values[key] = tuple(values[key])
    if "fields" in values:
        table = values["fields"]
        if not isinstance(table, dict):
            raise ConfigError(f"{path}: fields is {table!r}", 'give a table: fields = { text = "page.html" }')
        values["fields"] = tuple(sorted(table.items()))
    for key in ("name", "card", "weights"):
        if key in values and not isinstance(values[key], str):
            raise ConfigError(f"{path}: {key} is {values[key]!r}", f'give a string: {key} = "…"')
    for key in ("card", "weights"):
        if values.get(key):
            values[key] = str(path.parent / values[key])
    values |= {k: v for k, v in overrides.items() if v is not None}
    return BuildConfig(**values)
