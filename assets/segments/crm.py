"""Organisations as a CRM keeps them, in a file that any CRM can read and write, and what differs between two sides.

Belongs here: the fields that are kept in step, files as text, differences, rows of evidence; pure.
Does not belong here: a CRM (`hubspot.py`), files on disk and what is printed (`orchestration/commands/crm.py`).

Organisations only: nothing here has a place for a person.
"""

from __future__ import annotations

import csv
import hashlib
import io
import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, TypeAlias

from assets.common.spreadsheet import CsvLines, csv_text, inert_row
from assets.evidence.importer import Importer, SourceFile
from assets.evidence.mapping import ColumnMap, OurColumn, Titles, Translation, columns_of
from assets.evidence.model import IDENTIFIER_PATTERN, WORKBOOK, split_list
from assets.evidence.tables import TABLES_BY_KEY

_BEFORE = ("organization_", "organisation_", "company_", "account_")
"""What some programs write before the name of a column: whose it is."""

KEY = "waku_fit_id"
"""Column, or attribute in a CRM, with the id of an organisation: the key that never changes."""

WRITTEN = "waku_fit_written"
"""Column, or attribute in a CRM, with a fingerprint of each field as it was last written there: what comes back
unchanged is an echo, and nothing that anybody said."""

HEADINGS = {
    KEY: "organisation_id",
    "Name": "name",
    "Segment": "segment_ids",
    "Stage": "stage",
    "Dependencies": "dependencies",
    "Next step": "next_step",
}
"""Columns of the neutral file and the fields that they hold. Lists are separated by ';'."""

ORGANISATIONS = TABLES_BY_KEY["segments__organisations"]

_ELSEWHERE = {
    KEY: ("waku_fit_id", "waku_fit_key"),
    "Name": ("name", "company_name", "account_name", "organization_name", "organisation_name"),
    "Segment": ("segment", "waku_segment"),
    "Stage": ("stage", "waku_stage"),
    "Dependencies": ("dependencies", "waku_dependencies"),
    "Next step": ("next_step", "waku_next_step"),
    WRITTEN: ("waku_fit_written",),
}
HEADINGS_ELSEWHERE = {
    heading: frozenset(f"{before}{name}{after}" for name in names for before in ("", *_BEFORE) for after in ("", "_c"))
    for heading, names in _ELSEWHERE.items()
}
"""What exports call these columns, as letters and underscores: labels or internal names of HubSpot, Salesforce (`__c`)
and Pipedrive (`Organization - `)."""


@dataclass(frozen=True)
class OrganisationRecord:
    """One organisation. What is empty is not known, and is never taken for an answer."""

    organisation_id: str
    name: str = ""
    segment_ids: tuple[str, ...] = ()
    stage: str = ""
    dependencies: tuple[str, ...] = ()
    next_step: str = ""
    written: str = ""
    """Fingerprints of the fields as they were last written to the CRM; empty if they never were."""

    def cells(self) -> dict[str, str]:
        """Return the fields as text by heading."""
        return {heading: _text(getattr(self, field)) for heading, field in HEADINGS.items()}


Told: TypeAlias = tuple[int, OrganisationRecord]
"""An organisation of a file, and its line."""


@dataclass(frozen=True)
class FieldChange:
    """One field of one organisation that differs. `heading` is empty for an organisation that is new."""

    organisation_id: str
    heading: str
    before: str
    after: str

    def __str__(self) -> str:
        if not self.heading:
            return f"+ {self.organisation_id}: {self.after}"
        return f"~ {self.organisation_id}: {self.heading}: {self.before or '(empty)'} → {self.after}"


def organisation(cells: Mapping[str, Any]) -> OrganisationRecord:
    """Return the organisation that `cells`, text or lists by heading, are about. Fields that are missing are empty."""
    return OrganisationRecord(
        organisation_id=_words(cells.get(KEY)),
        name=_words(cells.get("Name")),
        segment_ids=_list(cells.get("Segment")),
        stage=_words(cells.get("Stage")),
        dependencies=_list(cells.get("Dependencies")),
        next_step=_words(cells.get("Next step")),
        written=_words(cells.get(WRITTEN)),
    )


def signed(one: OrganisationRecord) -> OrganisationRecord:
    """Return an organisation with the fingerprints of its filled fields, to be written with them."""
    marks = ";".join(f"{heading}:{_fingerprint(text)}" for heading, text in one.cells().items() if text)
    return replace(one, written=marks)


def without_echoes(one: OrganisationRecord) -> OrganisationRecord:
    """Return what somebody said: without the fields that still are as they were last written to the CRM."""
    marks = set(one.written.split(";"))
    echoes = {h: f for h, f in HEADINGS.items() if h != KEY and f"{h}:{_fingerprint(one.cells()[h])}" in marks}
    return replace(one, **{field: type(getattr(one, field))() for field in echoes.values()})


def differences(
    known: Iterable[OrganisationRecord], told: Iterable[OrganisationRecord], *, with_fingerprints: bool = False
) -> list[tuple[OrganisationRecord, list[FieldChange]]]:
    """Return the organisations of `told` that differ from `known`, with what differs; empty fields never differ.

    Of an organisation that is known, only the fields that differ are left filled, besides key and name. With
    fingerprints, those that were written there once differ too: a field that somebody changed there and we took is as
    good as written, or it would pass for an echo when it is set back.
    """
    by_id = {one.organisation_id: one for one in known}
    found = []
    for one in told:
        before = by_id.get(one.organisation_id)
        if before is None:
            if not one.name:  # all that is left of what was written once, and is not known any more
                continue
            cells = "; ".join(f"{heading} {text}" for heading, text in one.cells().items() if text and heading != KEY)
            found.append((one, [FieldChange(one.organisation_id, "", "", cells)]))
            continue
        old, new = before.cells(), one.cells()
        changed = [h for h, field in HEADINGS.items() if _differs(getattr(before, field), getattr(one, field))]
        is_outdated = with_fingerprints and before.written not in ("", one.written)
        if changed or is_outdated:
            name = {"Name": one.name or before.name}
            kept = (
                {heading: new[heading] for heading in changed} | {KEY: one.organisation_id, WRITTEN: one.written} | name
            )
            changes = [FieldChange(one.organisation_id, heading, old[heading], new[heading]) for heading in changed]
            if not changed:
                changes = [FieldChange(one.organisation_id, WRITTEN, "of other values", "of these")]
            found.append((organisation(kept), changes))
    return found


def to_csv(organisations: Iterable[OrganisationRecord]) -> str:
    """Return the neutral file as CSV."""
    cells = (one.cells() | {WRITTEN: one.written} for one in organisations)
    columns = [*HEADINGS, WRITTEN]
    return csv_text(columns, ([row[column] for column in columns] for row in cells))


def read_csv(source: SourceFile) -> Iterable[Told]:
    """Read the organisations of a neutral file with their lines. Other columns are left alone."""
    table = source.table(("organisations", "companies"))
    translation: Translation = source.translation or translation_of({})
    targets = translation.targets(table, source)
    there = {name for names in targets for name in names}
    if missing := [heading for heading in (KEY, "Name") if heading not in there]:
        source.stop(f"there is no column {missing[0]}", f"{', '.join(HEADINGS)}; or a mapping (--map), docs/crm.md")
    rows = translation.rows(table, targets, source)
    return _sound(source, {line: organisation(cells) for line, cells in rows})


def translation_of(titles: Titles, mapping: ColumnMap | None = None) -> Translation:
    """Return how a file of a CRM becomes the neutral one; `titles` has the tables that it refers to."""
    fields = columns_of(ORGANISATIONS, HEADINGS.values(), titles)
    # a key that is no key is a mistake, and a name is one whatever it looks like
    columns = {
        heading: OurColumn() if heading in (KEY, "Name") else fields[field] for heading, field in HEADINGS.items()
    }
    return Translation(columns | {WRITTEN: OurColumn()}, mapping, headings=HEADINGS_ELSEWHERE, key=KEY)


def to_json(organisations: Iterable[OrganisationRecord]) -> str:
    """Return the neutral file as JSON: an array with one object per organisation, lists as arrays."""
    fields = {**HEADINGS, WRITTEN: "written"}
    rows = [{heading: getattr(one, field) for heading, field in fields.items()} for one in organisations]
    return json.dumps(rows, indent=2, ensure_ascii=False) + "\n"


def read_json(source: SourceFile) -> Iterable[Told]:
    """Read the organisations of a neutral file with their number in it."""
    try:
        rows = json.loads(source.text())
    except (ValueError, RecursionError) as error:
        source.line = getattr(error, "lineno", 1)
        source.stop("this is not JSON", "an array of objects")
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        source.stop("this is not an array of objects", "what `waku-fit crm export` writes")
    if rows and not any(KEY in row for row in rows):
        source.stop(f"no object has {KEY}", f"{KEY} in each that waku-fit knows")
    return _sound(source, {number: organisation(row) for number, row in enumerate(rows, start=1)})


def evidence_row(one: OrganisationRecord, day: date, source: str) -> dict[str, str]:
    """Return the row of `segments__organisations` that says on `day` what `one` says."""
    values = {field: _text(getattr(one, field)) for field in HEADINGS.values()}
    common = {"source": source, "as_of": day.isoformat(), "as_of_basis": "observed", "grade": "published"}
    return {"id": f"{one.organisation_id}_{day:%Y_%m_%d}", **values, **common}


def with_rows(text: str, columns: Sequence[str], rows: Iterable[Mapping[str, str]]) -> tuple[str, dict[int, str]]:
    """Return the CSV table `text` with `rows` in it, and the organisation of each of them by line.

    A row whose id is there replaces it, field by field: what was said earlier on that day and is not said now stays.
    """
    known = {row["id"]: row for row in csv.DictReader(io.StringIO(text))}
    new = {row["id"]: inert_row(row) for row in rows}
    for row_id, row in new.items():
        known[row_id] = {**known.get(row_id, {}), **{column: cell for column, cell in row.items() if cell}}
    written = CsvLines()
    writer = csv.DictWriter(written, columns, lineterminator=CsvLines.END, restval="")
    writer.writeheader()
    lines = {}
    for row_id, row in sorted(known.items()):
        if row_id in new:
            lines["".join(written).count("\n") + 1] = row["organisation_id"]
        writer.writerow(row)
    return "".join(written), lines


def _sound(source: SourceFile, found: Mapping[int, OrganisationRecord]) -> Iterable[Told]:
    """Return what was found; note each organisation whose key is none, and how many of the CRM's own have no key."""
    lines: dict[str, int] = {}
    sound, others = [], 0
    for source.line, one in found.items():
        if not one.organisation_id:
            others += 1
        elif not re.fullmatch(IDENTIFIER_PATTERN, one.organisation_id):
            source.wrong(KEY, "is not a key", "one in lower_snake_case")
        elif one.organisation_id in lines:
            source.wrong(KEY, f"is the key of {lines[one.organisation_id]} too", "each once")
        elif not one.name:
            source.wrong("Name", "has no value", "what the organisation is called")
        else:
            sound.append((source.line, one))
        lines.setdefault(one.organisation_id, source.line)
    if others:
        source.notes.append(f"{others} {'company' if others == 1 else 'companies'} without {KEY} were left alone")
    return sound


CRM_CSV = Importer(
    "csv", "organisations", lambda file: file.suffix.lower() in (".csv", ".tsv", ".txt", WORKBOOK), read_csv
)
CRM_JSON = Importer("json", "organisations", lambda file: file.suffix.lower() == ".json", read_json)


def _fingerprint(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:8]


def _differs(before: Any, after: Any) -> bool:
    if isinstance(after, tuple):
        return bool(after) and set(before) != set(after)
    return bool(after) and before != after


def _words(value: Any) -> str:
    return "" if value is None else str(value).strip()


def _list(value: Any) -> tuple[str, ...]:
    return tuple(map(str, value)) if isinstance(value, list) else tuple(split_list(_words(value)))


def _text(value: str | tuple[str, ...]) -> str:
    return value if isinstance(value, str) else ";".join(value)
