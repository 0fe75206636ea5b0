"""Files that are whole whenever somebody reads them. Does not belong here: what is in them."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path


def write_all(texts: Mapping[Path, str]) -> None:
    """Replace the files in this order, each by one rename, after all of them are on disk."""
    fresh: dict[Path, Path] = {}
    for path, text in texts.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        fresh[path] = path.with_name(f".{path.name}-{os.getpid()}")
        with fresh[path].open("w", encoding="utf-8", newline="") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
    for path, written in fresh.items():
        os.replace(written, path)
