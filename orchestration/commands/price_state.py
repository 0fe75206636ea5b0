"""How old the prices of the latest release are, and what became of the last refresh of prices and of the roadmap.

Belongs here: reading and a few lines of text, with the standard library only.
"""

from __future__ import annotations

import csv
from collections import Counter
from typing import Any

from assets.evidence.packs import LIVE_PRICES, LIVE_ROADMAP
from assets.refresh.ledger import read_ledger
from assets.reports.lines import TEAM
from orchestration.settings import Settings

SHOWN = 3
"""Rejected prices named for one source."""


def price_state(settings: Settings, line: str = TEAM) -> dict[str, Any]:
    """Return the newest price by table and seller as a line of releases knows it, and the last refresh by source."""
    path = settings.link(line) / "data" / "price_dates.csv"
    newest: list[dict[str, str]] = []
    if path.exists():
        with path.open(newline="", encoding="utf-8") as file:
            newest = [
                {key: row[key] for key in ("table_key", "price_source", "as_of", "origin")}
                for row in csv.DictReader(file)
            ]
    asked = {
        source: outcome
        for pack in (LIVE_PRICES, LIVE_ROADMAP)
        for source, outcome in read_ledger(settings.local_pack(pack)).items()
    }
    return {"newest": newest, "refresh": asked}


def price_lines(state: dict[str, Any]) -> list[str]:
    """Return a line per table with its oldest and newest price, then what the last refresh found wrong."""
    tables: dict[str, list[dict[str, str]]] = {}
    for row in state["newest"]:
        tables.setdefault(row["table_key"].removeprefix("pricing__").replace("_", " "), []).append(row)
    width = max((len(table) for table in tables), default=0)
    lines = ["Newest prices by seller (--json lists all):"] if tables else []
    for table, rows in tables.items():
        origins = Counter(row["origin"] for row in rows)
        oldest, newest = (pick(rows, key=lambda row: row["as_of"]) for pick in (min, max))
        span = " to ".join(dict.fromkeys(f"{row['as_of']} ({_seller(row)})" for row in (oldest, newest)))
        lines.append(f"  {table:<{width}}  {', '.join(f'{n} {origin}' for origin, n in origins.items())}: {span}")
    for source, outcome in state["refresh"].items():
        if outcome["state"] == "failed":
            lines.append(f"  refresh of {source} failed at {outcome['checked_at']}: {outcome['message']}")
        lines += [f"  refresh of {source}: {remark}" for remark in outcome.get("remarks", ())[:SHOWN]]
        rejected = outcome["rejected"]
        lines += [f"  refresh of {source} rejected {r['offer']}: {r['message']}" for r in rejected[:SHOWN]]
        if len(rejected) > SHOWN:
            lines.append(f"  refresh of {source} rejected {len(rejected) - SHOWN} more")
    return [*lines, ""] if lines else []


def _seller(row: dict[str, str]) -> str:
    return row["price_source"].replace("_", " ")
