"""Tiers of outgoing traffic that a run refuses, told at the check with file and line.

Belongs here: one ladder of each region, without a gap, as in dbt; pure. Does not belong here: what
a price is (`tables/pricing.py`), other prices.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from assets.evidence.model import Problem, Record
from assets.evidence.repeated import LAST
from assets.evidence.tables import TABLES_BY_KEY
from assets.evidence.tables.pricing import STORAGE, StorageOrEgressPrice

TABLES = (TABLES_BY_KEY[STORAGE],)
COLUMN = "tier_from_tb_per_month"


def contradictions(records: Mapping[str, Sequence[Record]]) -> Iterator[Problem]:
    """Yield tiers that do not fit together: bills take one ladder of each region. Of two rows the later is named."""
    newest = {}
    by_id = sorted(records[STORAGE], key=lambda record: record.row.id, reverse=True)
    for record in sorted(by_id, key=lambda record: (record.row.grade not in LAST, record.row.as_of)):
        row = record.row
        if isinstance(row, StorageOrEgressPrice) and row.category == "egress" and not row.vat_included:
            newest[row.provider, row.region, row.item, row.tier_from_tb_per_month or 0] = (row, record)
    ladders: dict[tuple[str, str], list[tuple[StorageOrEgressPrice, Record]]] = {}
    order = {id(record): position for position, record in enumerate(records[STORAGE])}
    for row, record in sorted(newest.values(), key=lambda tier: order[id(tier[1])]):
        if row.price is not None:
            ladders.setdefault((row.provider, row.region), []).append((row, record))
    for (provider, region), tiers in ladders.items():
        ends = {row.tier_to_tb_per_month for row, _ in tiers}
        first: dict[float, Record] = {}
        for row, record in tiers:
            start = row.tier_from_tb_per_month or 0
            other = first.setdefault(start, record)
            if other is not record:
                message = f"{other.row.id} of {provider} {region} starts there as well, in {other.file}:{other.line}"
                yield Problem(record.file, record.line, COLUMN, message, "one item of outgoing traffic")
            elif start and start not in ends:
                message = f"no tier of {provider} {region} ends at {start:g}, so that traffic below would cost nothing"
                yield Problem(record.file, record.line, COLUMN, message, "where another tier ends")
