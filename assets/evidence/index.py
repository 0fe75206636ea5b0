"""What each row of evidence says, and where it can be checked: value, unit, condition and link of any table.

Belongs here: from the columns that a model declares (`Says`) to the words of the index, pure.
Does not belong here: which columns those are (`tables/`), SQL (`index_asset.py`).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from functools import cache
from typing import Any, NamedTuple

from assets.evidence.marks import MARK_COLUMNS, Marked
from assets.evidence.model import EvidenceRow, Says, Table
from assets.evidence.sources import first_link

INDEX_COLUMNS: dict[str, str] = {
    "evidence_id": "text",
    "table_key": "text",
    "value": "text",
    "unit": "text",
    "condition": "text",
    "source": "text",
    "url": "text",
    "as_of": "date",
    "as_of_basis": "text",
    "grade": "text",
    "pack": "text",
    "file": "text",
    "line": "integer",
    "note": "text",
    "content_hash": "text",
    **MARK_COLUMNS,
}
"""Column to PostgreSQL type, in the order of the table."""


BOUNDS = {"value_low": "at least ", "value_high": "at most "}
"""What a value is that stands alone in one of these columns."""

SPELT = {"gb": "GB", "gib": "GiB", "mau": "MAU", "tb": "TB", "vcpu": "vCPU", "vcpus": "vCPUs"}
"""Parts of names of columns that are not words."""


class Said(NamedTuple):
    """What a row says: None where it says nothing, or nothing of it is published."""

    value: str | None
    unit: str | None
    condition: str | None


NOTHING = Said(None, None, None)


def value_columns(table: Table) -> tuple[str, ...]:
    """Return the columns of the value of a row, none if nothing of the table is published."""
    return table.model.says.values or table.model.value_columns


def stated_columns(table: Table) -> tuple[str, ...]:
    """Return all columns that tell what a row of `table` says, each once."""
    says = table.model.says
    unit = (says.unit,) if says.unit in table.model.model_fields else ()
    return tuple(dict.fromkeys((*value_columns(table), *unit, *says.per, *says.conditions)))


def said(table: Table, row: Mapping[str, Any]) -> Said:
    """Return what a row says. `row` has the `stated_columns` of its table.

    One value stands alone; of several each is named, such as `low 92; high 143`. So it is with conditions.
    """
    says, codes = table.model.says, _codes(table.model)
    value = _told(row, value_columns(table), codes)
    unit = row.get(says.unit) if value else None
    return Said(value, _with_per(unit, row, says, codes) if unit else None, _told(row, says.conditions, codes))


def index_rows(
    typed: Iterable[Mapping[str, Any]], statements: Mapping[str, Said], marked: Mapping[str, Marked]
) -> list[tuple[Any, ...]]:
    """Return the rows of the index in the order of `INDEX_COLUMNS`.

    `typed` are rows of `marts.evidence_index`, `statements` what rows say and `marked` their marks, by evidence id.
    """
    unmarked = dict.fromkeys(MARK_COLUMNS)
    return [
        tuple(
            {
                **row,
                **statements.get(row["evidence_id"], NOTHING)._asdict(),
                "url": first_link(row["source"]) if row["source"] else None,
                **(marked[row["evidence_id"]]._asdict() if row["evidence_id"] in marked else unmarked),
            }[column]
            for column in INDEX_COLUMNS
        )
        for row in typed
    ]


def _with_per(unit: str, row: Mapping[str, Any], says: Says, codes: frozenset[str]) -> str:
    """Return a unit with what one has it for, such as `USD per 1000000 messages` and `USD per GB month`."""
    per = [_word(row, column, codes) for column in says.per if row[column] not in (None, 1)]
    return " per ".join([_text(unit), *([" ".join(per)] if per else [])])


@cache
def _codes(model: type[EvidenceRow]) -> frozenset[str]:
    """Return the columns that have one of a few values, which programs use and a reader gets as words."""
    properties = model.model_json_schema()["properties"]
    return frozenset(
        name
        for name, column in properties.items()
        if any("enum" in option or "const" in option for option in (column, *column.get("anyOf", ())))
    )


def _word(row: Mapping[str, Any], column: str, codes: frozenset[str]) -> str:
    text = _text(row[column])
    if column not in codes or not text.islower():
        return text
    return " ".join(SPELT.get(part, part) for part in text.split("_"))


def _told(row: Mapping[str, Any], columns: tuple[str, ...], codes: frozenset[str]) -> str | None:
    filled = {column: text for column in columns if (text := _word(row, column, codes))}
    if len(filled) <= 1:
        return next((f"{BOUNDS.get(column, '')}{text}" for column, text in filled.items()), None)
    return "; ".join(f"{_label(column)} {text}".lstrip() for column, text in filled.items())


def _label(column: str) -> str:
    """Return a column as words; what is a sentence of its own needs no name."""
    if column in ("condition", "conditions", "value", "value_text"):
        return ""
    return " ".join(SPELT.get(part, part) for part in column.removeprefix("value_").split("_"))


def _text(value: Any) -> str:
    """Write a value exactly: whole numbers without a point, dates as ISO 8601, several values with commas."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() else repr(value)
    if isinstance(value, list):
        return ", ".join(map(_text, value))
    return value.isoformat() if isinstance(value, date) else " ".join(str(value).split())
