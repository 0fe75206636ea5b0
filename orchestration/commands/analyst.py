"""What an analyst types and how it gets there: templates, schemas, sheets of interviews.

Belongs here: reading and writing these files. Does not belong here: what is in them (`assets.evidence.templates`,
`assets.evidence.schemas`, `assets.evidence.interview_sheet`).
"""

from __future__ import annotations

import csv
import os
import re
import secrets
import shlex
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import click

from assets.evidence.check_file import ids_of
from assets.evidence.model import IDENTIFIER_PATTERN, Problem, Reference, Table
from assets.evidence.packs import Pack, resolve_pack
from assets.evidence.parsing import parse_yaml
from assets.evidence.read_packs import format_problems, read_known_words
from assets.evidence.schemas import FOLDER, ROWS, as_text, schema_of, schema_of_rows
from assets.evidence.tables import ALL_TABLES, TABLES_BY_KEY
from assets.evidence.tables_page import tables_page
from assets.evidence.templates import document_template, row_guide, row_template
from assets.evidence.wording import counted, with_suggestion
from orchestration.errors import UserError
from orchestration.paths import shown, write_file
from orchestration.settings import Settings

KINDS = {
    "interview": "interviews__interviews",
    "session": "interviews__sessions",
    "price": "pricing__compute_offers",
    "mark": "reviews__marks",
}
"""What people call some tables."""
GRADES = {"reviews__marks": "estimated"}
"""Of a new row of a table, if it is not published: what a reader thinks of a row is a judgement."""
CODES = {"interviews__interviews": "p", "interviews__sessions": "s"}
"""First letter of a code that says nothing."""

PRIVATE = "private"
"""Pack that is written to if none is named: under evidence/, left out of version control."""


def write_schemas(settings: Settings, page: Path | None = None) -> int:
    """Write the JSON Schemas beside the packs, and what each column means as a page, if one is named."""
    folder = settings.evidence_dir / FOLDER
    folder.mkdir(exist_ok=True)
    texts = schema_texts([resolve_pack(name, settings.evidence_dir) for name in settings.packs])
    for name, text in texts.items():
        (folder / name).write_text(text, encoding="utf-8")
    click.echo(f"{len(texts)} schemas in {settings.evidence_dir.name}/{FOLDER}/.")
    if page:
        write_file(page, tables_page(ALL_TABLES))
        click.echo(f"{shown(page)}: {len(ALL_TABLES)} tables.")
    return 0


def schema_texts(packs: Sequence[Pack]) -> dict[str, str]:
    """Return the schema of every kind of document, and those of all rows, by the name of their file."""
    documents = {
        f"{table.key}.json": as_text(schema_of(table, _ids(table, packs)))
        for table in ALL_TABLES
        if table.kind == "yaml"
    }
    return {**documents, ROWS: as_text(schema_of_rows(ALL_TABLES))}


def new(settings: Settings, kind: str, pack_name: str | None, row_id: str | None) -> int:
    """Write a template of `kind` into a pack and say where it is."""
    table, today = table_called(kind), datetime.now(UTC).date()
    packs = [resolve_pack(name, settings.evidence_dir) for name in settings.packs]
    pack = pack_to_write(settings, pack_name or PRIVATE)
    if table.kind == "csv":
        return _new_row(table, pack, packs, row_id, today)
    if row_id:
        _require_code(row_id, table, pack)
    elif table.key not in CODES:
        raise UserError(f"a document of {table.name} is called by its id; give one with --id, such as {table.name}_v1")
    row_id = row_id or _new_code(table, [*packs, pack])
    path = pack.path / table.path / f"{row_id}.yaml"
    if path.exists():
        raise UserError(f"{shown(path)} is already there; edit it, or name another --id")
    entries, sets = questions_of([*packs, pack])
    filled = {"as_of": today.isoformat(), "as_of_basis": "source_date", "grade": "published"}
    filled |= {"question_set_id": sets[-1]} if sets and "question_set_id" in table.model.model_fields else {}
    filled |= {name: today.isoformat() for name in ("interviewed_on", "held_on") if name in table.model.model_fields}
    path.parent.mkdir(parents=True, exist_ok=True)
    schema = os.path.relpath(settings.evidence_dir / FOLDER / f"{table.key}.json", path.parent)
    text = document_template(
        table,
        row_id,
        filled,
        schema=schema,
        check="waku-fit check <this file>",
        ids=_ids(table, packs),
        entries=entries,
    )
    path.write_text(text, encoding="utf-8")
    run = shlex.join(["waku-fit", "run", "--pack", called(pack, settings)])
    check = shlex.join(["waku-fit", "check", shown(path)])
    click.echo(f"{shown(path)}\nFill the blanks, then: {check} && {run}")
    return 0


def _require_code(row_id: str, table: Table, pack: Pack) -> None:
    """Refuse an id that the check would refuse. Raises `UserError`, which does not repeat it."""
    if not re.fullmatch(IDENTIFIER_PATTERN, row_id):
        raise UserError("the --id is not in lower_snake_case; expected small letters, digits and single underscores")
    if table.is_personal:
        from assets.privacy.identities import identities_in_code

        if identities_in_code(row_id, read_known_words(pack)):
            raise UserError(
                "the --id may tell who somebody is; expected a code that says nothing, such as p4821: without --id one"
                " is drawn at random"
            )


def _new_row(table: Table, pack: Pack, packs: Sequence[Pack], row_id: str | None, today: date) -> int:
    if row_id:
        _require_code(row_id, table, pack)
    from orchestration.commands.importers import extended

    path = pack.path / table.path
    extended(path)  # refuses what no row can be added to
    header = header_of(table, [pack]) if path.exists() else whole_header(table, [pack, *packs])
    grade = GRADES.get(table.key, "published")
    filled = {"id": row_id or "", "as_of": today.isoformat(), "as_of_basis": "observed", "grade": grade}
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(",".join(header) + "\n", encoding="utf-8")
    text = path.read_text(encoding="utf-8")
    with path.open("a", encoding="utf-8", newline="") as file:
        file.write(("" if text.endswith("\n") else "\n") + row_template(header, filled))
    line = text.count("\n") + 1 + (not text.endswith("\n"))
    check = shlex.join(["waku-fit", "check", shown(path)])
    click.echo(f"{shown(path)}:{line}\nA new row with blanks. Its columns:\n{row_guide(table)}\nThen: {check}")
    return 0


def header_of(table: Table, packs: Sequence[Pack]) -> list[str]:
    """Return the columns that the first pack with a file of a table has, in its order."""
    path = next((p.path / table.path for p in packs if (p.path / table.path).is_file()), None)
    if path is None:
        return table.header()
    with path.open(encoding="utf-8-sig", newline="") as file:
        return [name.strip() for name in next(csv.reader(file), table.header())]


def whole_header(table: Table, packs: Sequence[Pack]) -> list[str]:
    """Return all columns of a table in the order of `header_of`, those that it lacks before the ones of every table."""
    header = header_of(table, packs)
    missing = [name for name in table.header() if name not in header]
    position = header.index("source") if "source" in header else len(header)
    return [*header[:position], *missing, *header[position:]]


def table_called(name: str) -> Table:
    """Return the table of a name that people use. Raises `UserError` for one that is none."""
    by_name = {table.name: table for table in ALL_TABLES} | TABLES_BY_KEY
    table = by_name.get(KINDS.get(name, name))
    if table is None:
        known = [*KINDS, *(one.name for one in ALL_TABLES if one.kind != "part")]
        raise UserError(with_suggestion(f"no table is called {name}; docs/tables.md has all of them", name, known))
    if table.kind == "part":
        parent = next(one for one in ALL_TABLES if table in [part.table for part in one.parts])
        raise UserError(f"{table.name} have no file of their own: they stand in those of {parent.name}")
    return table


def called(pack: Pack, settings: Settings) -> str:
    """Return what a command calls a pack."""
    if pack.path.parent == settings.evidence_dir.resolve():
        return pack.name
    path = shown(pack.path)
    return path if os.sep in path or pack.path.is_dir() else f"{os.curdir}{os.sep}{path}"


def others_than(pack: Pack, settings: Settings) -> list[Pack]:
    """Return the usual packs, without `pack` if that is one of them."""
    return [one for one in (resolve_pack(n, settings.evidence_dir) for n in settings.packs) if one.path != pack.path]


def pack_to_write(settings: Settings, name: str) -> Pack:
    """Return a pack. It may be one that is not there yet, if it is `private` or a path whose parent is there.

    Raises `UserError` for the public pack: a row goes there by hand, once it is whole and may be public.
    """
    path = settings.evidence_dir / PRIVATE if name == PRIVATE else Path(name).expanduser()
    if (
        not (settings.evidence_dir / name).is_dir()
        and not path.exists()
        and path.parent.is_dir()
        and (name == PRIVATE or os.sep in name)
    ):
        return Pack(path.name, path.resolve())
    pack, public = (resolve_pack(known, settings.evidence_dir) for known in (name, settings.packs[0]))
    if pack.path == public.path:
        raise UserError(
            f"no command writes into {public.label}, which is public; name another pack, such as {PRIVATE}, and copy"
            " from there what may be public"
        )
    return pack


def _new_code(table: Table, packs: Sequence[Pack]) -> str:
    """Return a code at random: counted up, codes that are published would tell the order of the conversations."""
    taken = set(ids_of(table, packs))
    codes = (f"{CODES[table.key]}{1000 + secrets.randbelow(9000)}" for _ in range(1000))
    return next(code for code in codes if code not in taken)


def questions_of(packs: Sequence[Pack]) -> tuple[dict[str, dict[str, str]], list[str]]:
    """Return what is asked by name of the question, for the newest set, under the key of the answers; and the sets."""
    table = TABLES_BY_KEY["interviews__question_sets"]
    found = []
    for pack in packs:
        for path in sorted((pack.path / table.path).glob("[!.]*.yaml")):
            text = path.read_text(encoding="utf-8")
            document = parse_yaml(table, text, file=path.name, pack=pack.name, today=datetime.now(UTC).date())
            found += [(record.row, document.parts["interviews__questions"].records) for record in document.records]
    found.sort(key=lambda pair: pair[0].version)  # type: ignore[attr-defined]
    if not found:
        return {}, []
    questions = {record.row.question: record.row.text for record in found[-1][1]}  # type: ignore[attr-defined]
    return {"answers": questions}, [row.id for row, _ in found]


def _ids(table: Table, packs: Sequence[Pack]) -> dict[str, list[str]]:
    """Return by table the ids that a document of `table` may refer to, but those that the loader fills in."""
    references: list[Reference] = list(table.references().values())
    for part in table.parts:
        typed = (column for column in part.table.references() if column not in part.set_by_loader)
        references += [part.table.references()[column] for column in typed]
    return {key: ids_of(TABLES_BY_KEY[key], packs) for key in sorted({reference.table for reference in references})}


def export_interviews(settings: Settings, pack_name: str, file: Path) -> int:
    """Write the interviews of a pack as a sheet."""
    from assets.evidence.documents import plain_document
    from assets.evidence.interview_sheet import INTERVIEWS, to_sheet
    from orchestration.commands.importers import checked

    pack = resolve_pack(pack_name, settings.evidence_dir)
    paths = sorted((pack.path / INTERVIEWS.path).glob("[!.]*.yaml"))
    problems = [problem for path in paths for problem in checked(settings, pack, INTERVIEWS, path)]
    if problems:
        click.echo(format_problems(problems), err=True)
        return 1
    sheet = to_sheet([plain_document(path.read_text(encoding="utf-8")) for path in paths])
    write_file(file, sheet)
    click.echo(f"{counted(len(paths), 'interview')} of {shown(pack.path)} in {file}.")
    return 0


def import_interviews(
    settings: Settings, file: Path, pack_name: str, *, replace_existing: bool, maps: Sequence[str] = ()
) -> int:
    """Write a document for each interview of a file; with a mistake anywhere nothing is written.

    `maps` say what columns of another program are: a file, or pairs `Theirs=ours`.
    """
    from assets.common.files import write_all
    from assets.evidence.documents import document_text
    from assets.evidence.interview_sheet import INTERVIEWS, ImportedInterview
    from orchestration.commands.importers import checked, nothing_written, rows_of
    from orchestration.commands.mappings import interview_translation

    pack = pack_to_write(settings, pack_name)
    folder = pack.path / INTERVIEWS.path
    schema = os.path.relpath(settings.evidence_dir / FOLDER / f"{INTERVIEWS.key}.json", folder)
    found: list[ImportedInterview]
    packs = [*(resolve_pack(name, settings.evidence_dir) for name in settings.packs), pack]
    translation = interview_translation(file, maps, packs, questions_of(packs))
    found, problems = rows_of("interviews", file, translation)
    texts: dict[Path, str] = {}
    for line, document in found if not problems else ():
        path = folder / f"{document['id']}.yaml"
        text = texts[path] = document_text(INTERVIEWS, document, schema)
        problems += [replace(p, file=shown(file), line=line) for p in checked(settings, pack, INTERVIEWS, path, text)]
        if path.exists() and not replace_existing and path.read_text(encoding="utf-8") != text:
            message = "an interview with this id is already in the pack"
            problems.append(Problem(shown(file), line, "id", message, "another id, or --replace"))
    if problems:
        return nothing_written(problems, "import the sheet again")
    write_all(texts)
    click.echo(f"{counted(len(texts), 'interview')} in {shown(folder)}.")
    return 0
