"""What is kept beside a pack of refreshed rows: what became of each source, and pages that were seen.

Belongs here: reading and writing these two files, with the standard library only: `waku-fit status` answers at once.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import astuple
from pathlib import Path
from typing import Any

from assets.common.answers import Page
from assets.common.files import write_all


def ledger_path(folder: Path) -> Path:
    return folder.with_suffix(".json")


def remember(outcomes: Mapping[str, Mapping[str, Any]], folder: Path) -> None:
    """Note what became of each source, by name; of sources that were not asked, what is known stays."""
    write_all({ledger_path(folder): json.dumps({**read_ledger(folder), **outcomes}, indent=2)})


def read_ledger(folder: Path) -> dict[str, Any]:
    """Return the note by source, empty before the first refresh."""
    path = ledger_path(folder)
    note: dict[str, Any] = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
    return note


def pages_path(folder: Path) -> Path:
    return folder.with_suffix(".pages.json")


def remember_pages(pages: Mapping[str, Page[Any]], folder: Path) -> None:
    """Keep pages by address: a server then sends only those that have changed."""
    if pages:
        write_all({pages_path(folder): json.dumps({url: astuple(page) for url, page in pages.items()})})


def read_pages(folder: Path) -> dict[str, Page[Any]]:
    """Return the pages that were kept. None where the file is not whole: they are only asked for again."""
    try:
        kept = json.loads(pages_path(folder).read_text(encoding="utf-8"))
        return {url: Page(*parts) for url, parts in kept.items()}
    except (OSError, ValueError, TypeError, AttributeError):
        return {}
