"""Files that a command writes: whole under their name, or not there."""

from __future__ import annotations

from pathlib import Path

from newsds.cli.terminal import put_bytes
from newsds.durable import replace_file
from newsds.errors import OutputError


def write_output(name: str, text: str) -> None:
    """Write a text file in UTF-8, in place of one that is there; `-` is standard output.

    Raises:
        OutputError: it cannot be written; what was there before is still there.
    """
    data = text.encode()
    if name == "-":
        put_bytes(data)
        return
    try:
        replace_file(Path(name), data)
    except (OSError, ValueError) as error:  # ValueError: a NUL in the name
        said = error.strerror if isinstance(error, OSError) else None
        raise OutputError(
            f"cannot write {name}: {said or error}", "check folder, permission and space, or give another --out"
        ) from error
