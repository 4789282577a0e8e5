"""The innermost loops in C, where they were built; without them the same is done in Python, to the same result.

Each function of `kernels` does what one place of newsds does in Python, and that place says what it is to do;
`tests/native` holds the two against each other. newsds installs without a compiler: where there was none, `kernels` is
None. So it is with `NEWSDS_PURE=1` in the environment, for whoever looks for a fault, or trusts no page to C.
"""

from __future__ import annotations

import os

__all__ = ["kernels"]

try:
    from newsds.native import _kernels as kernels
except ImportError:
    kernels = None  # type: ignore[assignment]
if os.environ.get("NEWSDS_PURE", "0") not in ("", "0"):
    kernels = None  # type: ignore[assignment]
