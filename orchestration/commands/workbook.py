"""`waku-fit new workbook`: evidence as a workbook that somebody fills in.

Belongs here: which sheets, rows and ids it has. Does not belong here: columns (`assets.evidence.columns`), how it is
written (`assets.evidence.workbook`), taking it back (`workbook_import.py`).
"""

from __future__ import annotations

import secrets
import shlex
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, date, datetime
from pathlib import Path

import click

from assets.evidence.check_file import ids_of, rows_of, titles_of
from assets.evidence.columns import SheetPlan, mapping_of, sheet_plans
from assets.evidence.documents import Document, plain_document
from assets.evidence.model import Problem, Table
from assets.evidence.packs import Pack
from assets.evidence.read_packs import format_problems, read_packs
from assets.evidence.tables import ALL_TABLES, TABLES_BY_KEY
from assets.evidence.workbook import FilledSheet, TooLongError, workbook_of
from assets.evidence.workbook_rows import PREPARED
from orchestration.commands.analyst import (
    PRIVATE,
    called,
    others_than,
    pack_to_write,
    questions_of,
    table_called,
    whole_header,
)
from orchestration.errors import UserError
from orchestration.paths import openable, shown
from orchestration.settings import Settings

USUAL = (
    "interviews__interviews",
    "interviews__sessions",
    "interviews__signals",
    "pricing__compute_offers",
    "segments__usps",
    "segments__usp_states",
    "segments__market_sizes",
)
"""Tables that a workbook has sheets for unless others are asked for."""

PREPARED_ROWS = {"interviews__interviews": ("p", 20), "interviews__sessions": ("s", 10)}
"""Of conversations: how a code begins, and how many rows have one already."""


def new_workbook(settings: Settings, pack_name: str | None, tables: Sequence[str], file: Path | None) -> int:
    """Write a workbook with the rows of a pack, with sheets for `tables`, the usual ones if none is named."""
    pack = pack_to_write(settings, pack_name or PRIVATE)
    packs = [*others_than(pack, settings), pack]
    named = called(pack, settings)
    file = file or Path(f"{pack.name}.xlsx")
    if file.exists():
        raise UserError(f"{file} is already there; import it, or name another --file")
    if problems := _mistakes(pack, packs):
        click.echo(format_problems(problems, then="give the same command again"), err=True)
        return 1
    wanted = {table_called(name).key for name in tables} or set(USUAL)
    chosen = [TABLES_BY_KEY[key] for key in USUAL if key in wanted]
    chosen += [t for t in ALL_TABLES if t not in chosen and (t.key in wanted or (t.kind != "part" and _holds(t, pack)))]
    sheets = [sheet for table in chosen for sheet in _sheets(table, pack, packs)]
    columns = [column for sheet in sheets for column in sheet.plan.columns]
    referred = {column.reference.table for column in columns if column.reference}
    steps = STEPS.format(command=shlex.join(["waku-fit", "import", str(file), "--pack", named])).splitlines()
    try:
        data = workbook_of(sheets, titles_of([TABLES_BY_KEY[key] for key in sorted(referred)], packs), steps, _today())
    except TooLongError as error:
        raise UserError(str(error)) from None
    try:
        file.write_bytes(data)
    except OSError as error:
        raise UserError(
            f"{file} cannot be written ({error.strerror}); expected a folder that you may write to"
        ) from None
    click.echo(f"{shown(file)}: {', '.join(sheet.plan.name for sheet in sheets)}")
    click.echo(f"Fill it in, save it, then: {shlex.join(['waku-fit', 'import', shown(file), '--pack', named])}")
    return 0


def _mistakes(pack: Pack, packs: Sequence[Pack]) -> list[Problem]:
    """Return what is wrong in a pack: what cannot be read would be missing in the workbook."""
    if not any(_holds(table, pack) for table in ALL_TABLES if table.kind != "part"):
        return []
    label = openable(pack).file("")
    return [p for p in read_packs([*map(openable, packs)], today=_today()).problems if p.file.startswith(label)]


def _today() -> date:
    return datetime.now(UTC).date()


STEPS = """\
Choose a sheet below. One row is one thing. Begin in the row under the grey one.
The grey row is an example. It is never imported.
A dark heading has to be filled in. A light one may be left empty. Choose a cell and it says what it takes; the sheet \
columns says all of it.
A cell with an arrow offers what may stand there. The sheet lists says what each id is called.
A finding is one thing that an interview showed. Write it in the sheet findings, with the code of its interview. An \
interview may have none or many.
Interviews and sessions have a code already. Rows that you do not fill in are left aside. No name, address, number or \
account of a person goes into this file.
Consent is what the person said. Ask them; the import never assumes it.
Save the file and give the command: {command}
It names each mistake by its sheet and cell. Nothing is written until there is none."""


def _holds(table: Table, pack: Pack) -> bool:
    return bool(ids_of(table, [pack]))


def _sheets(table: Table, pack: Pack, packs: Sequence[Pack]) -> list[FilledSheet]:
    """Return the sheets of a table with what a pack holds."""
    if table.kind == "csv":
        (plan,) = sheet_plans(table, whole_header(table, [pack, *packs]))
        rows = rows_of(table, pack)
        published = next((row for other in packs if other is not pack for row in rows_of(table, other)), None)
        return [FilledSheet(plan, rows, published or _example(plan, packs))]
    documents = list(documents_of(table, pack))
    asked, sets = questions_of(packs)
    mapping = mapping_of(table)
    entries = dict(asked.get(mapping.key, {})) if mapping else {}
    if mapping:
        entries |= {key: entries.get(key, "") for d in documents for key in d.get(mapping.key) or {}}
    main, *lists = sheet_plans(table, entries=entries)
    rows = [_row(table, document) for document in documents]
    filled = [FilledSheet(main, [*rows, *_prepared(table, packs, sets)], _example(main, packs))]
    for plan in lists:
        assert plan.part
        of_list = [
            {plan.part.parent_column: document["id"], **_entry(plan, entry)}
            for document in documents
            for entry in document.get(plan.part.key) or ()
        ]
        filled.append(FilledSheet(plan, of_list, _example(plan, packs)))
    return filled


def documents_of(table: Table, pack: Pack) -> Iterator[Document]:
    """Yield the documents of a kind in a pack, values as text. Raises `UserError` for one that no sheet holds."""
    for path in sorted((pack.path / table.path).glob("[!.]*.yaml")):
        document = plain_document(path.read_text(encoding="utf-8"))
        kinds = table.columns()
        for name, value in document.items():
            if isinstance(value, list) and name in kinds and any(";" in part for part in value):
                raise UserError(
                    f"{shown(path)}: an entry of {name} has a semicolon in it, which separates entries in a sheet;"
                    " write a comma"
                )
        yield document


def _row(table: Table, document: Document) -> dict[str, str]:
    mapping = mapping_of(table)
    row = {name: "; ".join(v) if isinstance(v, list) else v for name, v in document.items() if name in table.columns()}
    if mapping:
        row |= {f"{mapping.value_column}_{k}": text for k, text in (document.get(mapping.key) or {}).items()}
    return row


def _entry(plan: SheetPlan, entry: Mapping[str, str]) -> dict[str, str]:
    assert plan.part
    key = plan.part.entry_key
    return {plan.part.entry_column if key and name == key else name: text for name, text in entry.items()}


def _prepared(table: Table, packs: Sequence[Pack], sets: Sequence[str]) -> list[dict[str, str]]:
    """Return rows with a code that says nothing, and what is the same in most rows."""
    letter, count = PREPARED_ROWS.get(table.key, ("", 0))
    taken = set(ids_of(table, packs))
    rows: list[dict[str, str]] = []
    while len(rows) < count:
        if (code := f"{letter}{1000 + secrets.randbelow(9000)}") in taken:
            continue
        taken.add(code)
        known = {
            "id": code,
            "question_set_id": sets[-1] if sets else "",
            "as_of_basis": "source_date",
            "grade": "published",
        }
        rows.append({name: value for name, value in known.items() if name in table.columns() and name in PREPARED})
    return rows


def _example(plan: SheetPlan, packs: Sequence[Pack]) -> dict[str, str]:
    """Return a row as the models give it: examples, the first of what may stand in a cell."""
    row = {}
    for column in plan.columns:
        known = ids_of(TABLES_BY_KEY[column.reference.table], packs) if column.reference else []
        by_kind = {"date": str(_today()), "double precision": "1", "bigint": "1"}
        value = column.example or next(iter(known), "") or by_kind.get(column.kind, "")
        row[column.heading] = "" if column.name == "consent_withdrawn_on" or column.empty_is else value
    return row | ({"grade": "published"} if "grade" in row else {})
