"""A labelled page → a case of a corpus: a folder with the page as it was found, and what a reader says is on it.

CORPUS/html/menu-above-title/
page.html      the page, byte for byte
case.json      why it is there, origin, language, licence; not reviewed yet
labels.json    its labels
"""

from __future__ import annotations

import json
import os
import re
import shutil
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from newsds.durable import write_new
from newsds.errors import OutputError, UsageError
from newsds.model import Blocks, Decoded, Page, Role
from newsds.view.labelled import case_labels

NAME: Final = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
"""A slug that says what the case is for."""
_SUFFIX: Final = {"html": "html", "text": "txt"}
_NAME_CHARS: Final = 80


def write_case(
    corpus: Path,
    name: str,
    about: Mapping[str, str],
    page: Page,
    decoded: Decoded,
    blocks: Blocks,
    roles: Sequence[Role],
) -> Path:
    """Write a case, whole or not at all, and return its folder.

    Args:
        corpus: the folder of all cases; made if it is not there.
        name: of the case.
        about: `why`, `origin`, `language`, `licence`.
        page: as it was found.
        decoded: its text.
        blocks: of its text.
        roles: of the blocks.

    Raises:
        OutputError: it cannot be written, or there is a case of that name.
        UsageError: that is no name.
    """
    if not NAME.fullmatch(name) or len(name) > _NAME_CHARS:
        raise UsageError(f"{name[:_NAME_CHARS]!r} is no name of a case", "name it in lower case, like menu-above-title")
    folder = corpus / blocks.kind / name
    labels = case_labels(page, decoded, blocks, roles)
    temporary = None
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        temporary = Path(tempfile.mkdtemp(prefix=f".{name}-", dir=folder.parent))
        write_new(temporary / f"page.{_SUFFIX[blocks.kind]}", page.content)
        write_new(temporary / "case.json", _json({**about, "reviewed": False}))
        write_new(temporary / "labels.json", _json(labels))
        temporary.chmod(0o755)
        if os.path.lexists(folder):  # rename would take the place of an empty one
            raise OutputError(f"{folder} exists", "give the case another name")
        temporary.rename(folder)
    except OSError as error:
        raise OutputError(
            f"cannot write {folder}: {error.strerror or error}", "make room or give yourself permission there"
        ) from error
    finally:
        if temporary is not None:
            shutil.rmtree(temporary, ignore_errors=True)
    return folder


def _json(value: Mapping[str, Any]) -> bytes:
    return (json.dumps(value, ensure_ascii=False, indent=1) + "\n").encode("utf-8", "surrogatepass")
