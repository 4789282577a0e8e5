"""Operations on files that fail, or that the process does not survive, at a chosen one."""

from __future__ import annotations

import errno
import io
import os
import signal
from collections.abc import Callable, Sequence
from typing import Any

import pytest

from newsds.build.publish import Sink

Fault = Callable[[str, Callable[..., Any], tuple[Any, ...]], Any]
"""Is called instead of an operation: with its name, itself, and its arguments."""
OPERATIONS = {
    "rename": (os, "rename"),
    "replace": (os, "replace"),
    "fsync": (os, "fsync"),
    "mkdir": (os, "mkdir"),
    "unlink": (os, "unlink"),
    "open": (io, "open"),
    "write": (Sink, "write"),
}


def full(name: str, real: Callable[..., Any], args: tuple[Any, ...]) -> Any:
    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


def broken(name: str, real: Callable[..., Any], args: tuple[Any, ...]) -> Any:
    raise OSError(errno.EIO, os.strerror(errno.EIO))


def short(name: str, real: Callable[..., Any], args: tuple[Any, ...]) -> Any:
    """A write that leaves half of its bytes; of anything else, it is done, and said to have failed."""
    if name == "write":
        sink, data = args
        real(sink, bytes(data)[: len(bytes(data)) // 2])
    elif name in ("fsync", "mkdir", "unlink"):  # a name is changed or not, and an open file would stay open
        real(*args)
    raise OSError(errno.EIO, os.strerror(errno.EIO))


def killed(name: str, real: Callable[..., Any], args: tuple[Any, ...]) -> Any:
    if name == "write":
        sink, data = args
        real(sink, bytes(data)[: len(bytes(data)) // 2])
        sink.flush()
    os.kill(os.getpid(), signal.SIGKILL)


NAMES = tuple(name for name in OPERATIONS if name != "write")
"""All but writes, of which Arrow makes many small ones."""


def inject(
    patch: pytest.MonkeyPatch,
    number: int,
    fault: Fault,
    *,
    once: bool = False,
    operations: Sequence[str] = tuple(OPERATIONS),
) -> Callable[[], int]:
    """Let the operation of that number, from 1, fail, and all later ones unless `once`; return how to count them."""
    calls = 0

    def wrap(name: str, real: Callable[..., Any]) -> Callable[..., Any]:
        def wrapped(*args: Any, **options: Any) -> Any:
            nonlocal calls
            reading = name == "open" and not set(str(options.get("mode", args[1] if len(args) > 1 else ""))) & set(
                "wxa"
            )
            if not reading:
                calls += 1
                if calls == number or (calls > number and not once):
                    return fault(name, lambda *a: real(*a, **options), args)
            return real(*args, **options)

        return wrapped

    for name in operations:
        place, attribute = OPERATIONS[name]
        patch.setattr(place, attribute, wrap(name, getattr(place, attribute)))
    return lambda: calls
