"""The libraries that are installed, with the standard library only and without reading a file.

Belongs here: names and versions. Does not belong here: what a library is for.
"""

from __future__ import annotations

import os
import re
import sys
from pathlib import Path

_METADATA = re.compile(r"(.+?)-(\d[^-]*)\.dist-info")


def normalized(name: str) -> str:
    """Spell the name of a distribution as all index servers and installers understand it."""
    return re.sub(r"[-_.]+", "-", name).lower()


def installed() -> dict[str, str]:
    """Return the version of each distribution that this Python finds, which is in the name of a folder of it."""
    found: dict[str, str] = {}
    for folder in sys.path:
        if not Path(folder).is_absolute() or not Path(folder).is_dir():
            continue
        for name in os.listdir(folder):  # noqa: PTH208 - in a tenth of the time
            if match := _METADATA.fullmatch(name):
                found.setdefault(normalized(match[1]), match[2])
    return found
