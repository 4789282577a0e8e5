"""The fitted numbers: two forests for each kind of page, and how far their answers can be trusted."""

from __future__ import annotations

import hashlib
import json
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from io import BytesIO
from pathlib import Path
from typing import IO, Any, Final

import numpy as np

from newsds.errors import ConfigError
from newsds.model import Kind
from newsds.segment.forest import Forest

FORMAT: Final = 1
"""Of the weights file."""
FILE: Final = "weights.npz"
_ZIP_DATE: Final = (1980, 1, 1, 0, 0, 0)
"""The same for all members, so that the same weights are the same bytes."""

Curve = tuple[tuple[float, ...], tuple[float, ...]]
"""Raw confidences in rising order, and the share of pages that were right at each."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Weights:
    """What was fitted for one kind of page."""

    first: Forest
    """reads the features of each block"""
    second: Forest
    """reads them again, with what the first says of the page"""
    curves: Mapping[str, Curve]
    """field of `Confidence` → its calibration"""


@dataclass(frozen=True, slots=True, kw_only=True)
class WeightsFile:
    """All that was fitted, and from what."""

    kinds: Mapping[Kind, Weights]
    provenance: Mapping[str, Any]
    """what it was fitted from: digests of the data, settings, figures"""


def dump(weights: WeightsFile, file: IO[bytes]) -> None:
    """Write weights; the same weights are the same bytes."""
    arrays: dict[str, np.ndarray[Any, Any]] = {}
    about: dict[str, Any] = {"format": FORMAT, "provenance": weights.provenance, "kinds": {}}
    for kind, of_kind in sorted(weights.kinds.items()):
        about["kinds"][kind] = {"curves": of_kind.curves, "features": {}}
        for name, forest in (("first", of_kind.first), ("second", of_kind.second)):
            about["kinds"][kind]["features"][name] = forest.features
            arrays[f"{kind}.{name}.feature"] = forest.feature.astype(np.uint16)
            arrays[f"{kind}.{name}.border"] = forest.border
            arrays[f"{kind}.{name}.leaves"] = forest.leaves.astype(np.int8)
            arrays[f"{kind}.{name}.bias"] = forest.bias.astype(np.int32)
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        _member(archive, "about.json", json.dumps(about, ensure_ascii=False, sort_keys=True, indent=1).encode())
        for name in sorted(arrays):
            buffer = BytesIO()
            np.lib.format.write_array(buffer, np.ascontiguousarray(arrays[name]), version=(1, 0), allow_pickle=False)
            _member(archive, name + ".npy", buffer.getvalue())


def _member(archive: zipfile.ZipFile, name: str, content: bytes) -> None:
    archive.writestr(zipfile.ZipInfo(name, _ZIP_DATE), content, zipfile.ZIP_DEFLATED, compresslevel=9)


def parse(file: IO[bytes]) -> WeightsFile:
    """Read weights."""
    with zipfile.ZipFile(file) as archive:
        about = json.loads(archive.read("about.json"))
        if about["format"] != FORMAT:
            raise ValueError(f"format {about['format']}, not {FORMAT}")

        def array(name: str) -> np.ndarray[Any, Any]:
            return np.lib.format.read_array(BytesIO(archive.read(name + ".npy")), allow_pickle=False)

        kinds: dict[Kind, Weights] = {}
        for kind, of_kind in about["kinds"].items():
            first, second = (
                Forest(
                    features=tuple(of_kind["features"][name]),
                    feature=array(f"{kind}.{name}.feature").astype(np.int64),
                    border=array(f"{kind}.{name}.border"),
                    leaves=array(f"{kind}.{name}.leaves"),
                    bias=array(f"{kind}.{name}.bias"),
                )
                for name in ("first", "second")
            )
            curves = {field: (tuple(x), tuple(y)) for field, (x, y) in of_kind["curves"].items()}
            kinds[kind] = Weights(first=first, second=second, curves=curves)
    return WeightsFile(kinds=kinds, provenance=about["provenance"])


@cache
def weights(path: str | None) -> WeightsFile:
    """Return the weights in a file that `newsds train` wrote or, for None, those of newsds; read once a process.

    Raises:
        ConfigError: the file cannot be read, or is none of weights.

    >>> sorted(weights(None).kinds)
    ['html', 'text']
    """
    if path is None:
        return parse(BytesIO(files("newsds.segment").joinpath(FILE).read_bytes()))
    remedy = "give a file that `newsds train LABELS --out FILE` wrote"
    try:
        return parse(BytesIO(Path(path).read_bytes()))
    except OSError as error:
        raise ConfigError(f"cannot read the weights {path}: {error.strerror}", remedy) from error
    except (zipfile.BadZipFile, KeyError, ValueError, TypeError, EOFError) as error:
        raise ConfigError(f"{path} holds no weights of this version of newsds: {error}", remedy) from error


def weights_digest(path: str | None = None) -> str:
    """Return the SHA-256 of a weights file, in hex.

    Raises:
        ConfigError: the file cannot be read, or is none of weights.
    """
    weights(path)  # a file that is none is told of before any page is read
    content = files("newsds.segment").joinpath(FILE).read_bytes() if path is None else Path(path).read_bytes()
    return hashlib.sha256(content).hexdigest()
