"""The references of the whitepaper: a file in the format of Hayagriva, read as far as it is checked.

Belongs here: which keys there are, in which lines. Does not belong here: how an entry is printed, which Typst does.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

KEY = re.compile(r"^([A-Za-z0-9_-]+):", re.MULTILINE)


@dataclass(frozen=True)
class References:
    """The entries of one file by key."""

    file: str
    """What it is called in messages."""
    lines: dict[str, int]
    """The line in which an entry begins."""
    entries: dict[str, dict[str, Any]]

    @classmethod
    def read(cls, path: Path, name: str) -> References:
        """Return the entries of a file, which is called `name` in messages."""
        text = path.read_text(encoding="utf-8")
        lines = {found[1]: text.count("\n", 0, found.start()) + 1 for found in KEY.finditer(text)}
        return cls(name, lines, yaml.safe_load(text))
