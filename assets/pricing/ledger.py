"""What became of each source when it was last asked, kept beside the pack of refreshed prices.

Belongs here: reading and writing that note, with the standard library only: `waku-fit status` answers at once.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from assets.common.files import write_all


def ledger_path(prices_dir: Path) -> Path:
    return prices_dir.with_suffix(".json")


def remember(outcomes: Mapping[str, Mapping[str, Any]], prices_dir: Path) -> None:
    """Note what became of each source, by name; of sources that were not asked, what is known stays."""
    write_all({ledger_path(prices_dir): json.dumps({**read_ledger(prices_dir), **outcomes}, indent=2)})


def read_ledger(prices_dir: Path) -> dict[str, Any]:
    """Return the note by source, empty before the first refresh."""
    path = ledger_path(prices_dir)
    note: dict[str, Any] = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
    return note
