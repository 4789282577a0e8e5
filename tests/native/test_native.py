"""When the kernels are used."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from newsds.native import REVISION, kernels

_ASK = "from newsds.native import kernels; print(kernels is not None)"


def asked(code: str = _ASK, **more: str) -> str:
    environment = {k: v for k, v in os.environ.items() if k != "NEWSDS_PURE"} | more
    return subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True).stdout.strip()


@pytest.mark.skipif("CI" not in os.environ or "NEWSDS_PURE" in os.environ, reason="not everybody has a compiler")
def test_they_are_built_where_there_is_a_compiler() -> None:
    assert kernels is not None
    assert kernels.REVISION == REVISION


@pytest.mark.skipif(kernels is None, reason="the kernels were not built")
def test_who_wants_none_gets_none() -> None:
    assert (asked(), asked(NEWSDS_PURE="0"), asked(NEWSDS_PURE="1")) == ("True", "True", "False")


@pytest.mark.skipif(kernels is None, reason="the kernels were not built")
def test_kernels_of_other_sources_are_not_used() -> None:
    code = "import newsds.native, importlib; newsds.native._kernels.REVISION = -1; importlib.reload(newsds.native); "
    assert asked(code + _ASK) == "False"
