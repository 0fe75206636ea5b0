"""Files that are whole whenever somebody reads them. Does not belong here: what is in them."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path


def write_all(contents: Mapping[Path, str | bytes]) -> None:
    """Replace the files, of text or bytes, in this order, each by one rename, after all of them are on disk."""
    fresh: dict[Path, Path] = {}
    for path, content in contents.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        fresh[path] = path.with_name(f".{path.name}-{os.getpid()}")
        with fresh[path].open("wb") as file:
            file.write(content if isinstance(content, bytes) else content.encode())
            file.flush()
            os.fsync(file.fileno())
    for path, written in fresh.items():
        os.replace(written, path)
