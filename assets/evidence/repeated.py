"""Rows that say the same thing as another one: which of them counts, so that nobody waits for the other.

Belongs here: what a row is about, and which row counts; pure. It mirrors `newest_first` in dbt, which a test compares.
Does not belong here: mistakes. A second price of another day is history; nothing here stops a run.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date

from assets.evidence.model import Grade, Record
from assets.evidence.packs import LOCAL_PACKS, PUBLIC

ABOUT: dict[str, tuple[str, ...]] = {
    "costs__rln_parameters": ("parameter", "condition", "stated_in"),
    "costs__rpc_usage": ("component", "rpc_method", "per", "condition"),
    "costs__workload_parameters": ("profile_id", "parameter"),
    "pricing__compute_offers": ("provider", "region", "instance_type"),
    "pricing__managed_postgres_offers": ("provider", "region", "plan", "high_availability", "unit_price_unit"),
    "pricing__messaging_alternatives": ("provider", "product", "plan", "price_basis"),
    "pricing__rpc_method_credits": ("provider", "chain", "method"),
    "pricing__rpc_plans": ("provider", "plan"),
    "roadmap__requirement_completion": ("milestone_id", "requirement_class"),
}
"""By table, the columns that say what a row is about. Of several the newest counts."""

LAST = (Grade.ILLUSTRATIVE, Grade.NOT_FOUND)
"""Grades that never displace another, in the order of the macro."""


def repeated(records: Mapping[str, Sequence[Record]], file: str = "") -> Iterator[str]:
    """Yield a sentence for each row that another one of the same day, or of another pack, stands before.

    With `file`, only of its rows.
    """
    for key, columns in ABOUT.items():
        groups: dict[tuple[object, ...], list[Record]] = {}
        for record in records.get(key, ()):
            if record.pack not in LOCAL_PACKS:
                groups.setdefault(tuple(str(getattr(record.row, column)) for column in columns), []).append(record)
        for group in groups.values():
            first, *others = sorted(group, key=_order)
            for record in (record for record in others if file in ("", record.file)):
                what = ", ".join(
                    str(getattr(record.row, c)) for c in columns if getattr(record.row, c) not in (None, "")
                )
                if _day(record) == _day(first) and record.row.grade not in LAST:
                    yield f"{_place(record)}: says {what} again for {_day(record)}; {_place(first)} counts, by its id"
                elif record.pack not in (PUBLIC, first.pack):
                    of_first = f"{_place(first)} counts, as of {_day(first)}"
                    yield f"{_place(record)}: says {what} as of {_day(record)}; {of_first}"


def _order(record: Record) -> tuple[int, int, str]:
    last = LAST.index(record.row.grade) + 1 if record.row.grade in LAST else 0
    return last, -_day(record).toordinal(), record.row.id


def _day(record: Record) -> date:
    day: date = record.row.as_of
    return day


def _place(record: Record) -> str:
    return f"{record.file}:{record.line}"
