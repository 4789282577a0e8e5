"""The part of the package that is compiled; all else is in pyproject.toml."""

from __future__ import annotations

import os
from pathlib import Path

from setuptools import Extension, setup

FOLDER = Path("newsds", "native")

setup(
    ext_modules=[
        Extension(
            "newsds.native._kernels",
            sources=sorted(path.as_posix() for path in FOLDER.glob("*.c")),
            depends=sorted(path.as_posix() for path in FOLDER.glob("*.h")),
            # with -O3 of GCC 12 the trees take four times as long
            extra_compile_args=[] if os.name == "nt" else ["-O2", "-ftree-vectorize"],
            optional=True,  # newsds does without
        )
    ]
)
