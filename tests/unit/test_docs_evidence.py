"""The table of docs/evidence.md counts what the public pack holds."""

import re
from datetime import UTC, datetime
from pathlib import Path

from assets.evidence.fetch import Evidence, read_packs
from assets.evidence.model import Grade
from assets.evidence.packs import resolve_packs

PROJECT = Path(__file__).resolve().parents[2]


def held() -> Evidence:
    packs = resolve_packs(("public",), PROJECT / "evidence", PROJECT / "no-state")
    return read_packs(packs, today=datetime.now(UTC).date())


def test_every_table_is_listed_with_its_rows_and_open_questions() -> None:
    text = (PROJECT / "docs" / "evidence.md").read_text()
    said: dict[str, tuple[int, int]] = {}
    for names, rows, still_open in re.findall(
        r"^\| (`[^|]*`) \|.*\|\s*([^|]*?)\s*\|\s*([^|]*?)\s*\|$", text, re.MULTILINE
    ):
        counts = [count.strip().replace(",", "") for count in rows.split(", ")]
        for name, count in zip(re.findall(r"`(\w+)`", names), counts + [""] * 9, strict=False):
            said[name] = (int(count or 0), int(still_open.strip() or 0))
    found = {
        key.partition("__")[2]: (len(records), sum(record.row.grade is Grade.NOT_FOUND for record in records))
        for key, records in held().records.items()
    }
    assert said == found
