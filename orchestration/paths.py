"""Paths as they are stated to people, and files that a command was told to write.

Belongs here: what depends on the working directory. Does not belong here: names of files that releases keep, which are
the same on every machine (`Pack.label`).
"""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path

from assets.evidence.packs import Pack
from orchestration.errors import UserError


def shown(path: Path) -> str:
    """Return a path that can be opened from the working directory: the shorter one of the relative and the absolute."""
    return min(os.path.relpath(path), str(path.absolute()), key=len)


def openable(pack: Pack) -> Pack:
    """Return a pack with files called by paths that can be opened: to tell mistakes, never to load."""
    return replace(pack, label=shown(pack.path))


def write_file(path: Path, text: str) -> None:
    """Write the file that somebody named, line ends as they are in `text`. Raises `UserError` if it cannot be."""
    try:
        path.write_text(text, encoding="utf-8", newline="")
    except OSError as error:
        raise UserError(
            f"{path} cannot be written ({error.strerror}); expected a file in a folder that is there and that you may"
            " write to"
        ) from None
