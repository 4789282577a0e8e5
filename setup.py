"""The part of the package that is compiled; all else is in pyproject.toml."""

from __future__ import annotations

from pathlib import Path

from setuptools import Extension, setup

FOLDER = Path("newsds", "native")

setup(
    ext_modules=[
        Extension(
            "newsds.native._kernels",
            sources=sorted(path.as_posix() for path in FOLDER.glob("*.c")),
            depends=sorted(path.as_posix() for path in FOLDER.glob("*.h")),
            optional=True,  # newsds does without
        )
    ]
)
