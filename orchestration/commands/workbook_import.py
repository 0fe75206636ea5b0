"""`waku-fit import`: a workbook that somebody filled in becomes files of a pack, all of them or none.

Belongs here: what is new in it, what an import writes, files. Does not belong here: what is right in a row
(`assets.evidence.workbook_rows`), the workbook itself (`workbook.py`).
"""

from __future__ import annotations

import csv
import io
import os
import shlex
import shutil
import tempfile
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path

import click
import yaml

from assets.common.files import write_all
from assets.common.spreadsheet import inert_row
from assets.evidence.across import check_across
from assets.evidence.check_file import ids_of, place_of, rows_of
from assets.evidence.documents import Document, document_text, plain_document, plain_text, says_the_same
from assets.evidence.model import Parsed, Problem, Table
from assets.evidence.packs import Pack
from assets.evidence.read_packs import Evidence, read_known_words, read_packs
from assets.evidence.schemas import FOLDER
from assets.evidence.sheet import is_workbook, sheets_of_workbook
from assets.evidence.tables import TABLES_BY_KEY
from assets.evidence.wording import Fault, counted
from assets.evidence.workbook_rows import WorkbookRows, is_form, read_workbook
from orchestration.commands.analyst import PRIVATE, called, header_of, others_than, pack_to_write
from orchestration.commands.importers import extended, nothing_written
from orchestration.errors import UserError
from orchestration.paths import openable, shown
from orchestration.settings import Settings


@dataclass
class _Landing:
    """What an import would write."""

    texts: dict[Path, str] = field(default_factory=dict)
    """By file, only of what changes."""
    added: Counter[str] = field(default_factory=Counter)
    """Rows by name of the table; of a new document also what it holds."""
    replaced: int = 0
    same: int = 0
    problems: list[Problem] = field(default_factory=list)


def import_file(
    settings: Settings, file: Path, pack_name: str | None, *, replace_existing: bool, maps: Sequence[str] = ()
) -> int:
    """Take back a workbook, or a sheet of interviews. With a mistake anywhere nothing is written."""
    data = file.read_bytes()
    sheets = sheets_of_workbook(data) if is_workbook(data) else []
    if maps or isinstance(sheets, Fault) or not is_form(sheets):
        from orchestration.commands.analyst import import_interviews

        return import_interviews(settings, file, pack_name or PRIVATE, replace_existing=replace_existing, maps=maps)
    pack = pack_to_write(settings, pack_name or PRIVATE)
    packs = others_than(pack, settings)
    words = read_known_words(pack)
    found = read_workbook(sheets, file=shown(file), pack=pack.name, today=datetime.now(UTC).date(), known_words=words)
    problems = [*found.all_problems(), *check_across(_with_others(found, [*packs, pack], pack))]
    landing = _Landing() if problems else _landing(settings, found, pack, packs, shown(file), replace_existing)
    problems += landing.problems
    if not problems and landing.texts:
        evidence = _as_it_would_be(pack, packs, landing.texts)
        problems = _in_the_workbook(evidence, found, pack, landing.texts, shown(file))
        found.notes += [note for note in evidence.notes if note.startswith(shown(pack.path))]
    if problems:
        return nothing_written(problems, "import the workbook again")
    write_all(landing.texts)
    click.echo("".join(f"{note}\n" for note in found.notes), nl=False)
    _tell(landing, pack, settings)
    return 0


def _with_others(found: WorkbookRows, packs: Sequence[Pack], own: Pack) -> dict[str, list[Parsed]]:
    """Return what was read with the ids of packs; of the pack that is written to those that the workbook lacks."""
    files = {key: list(parsed) for key, parsed in found.parsed.items()}
    mentioned = {m.reference.table for parsed in found.parsed.values() for one in parsed for m in one.mentions}
    for key in sorted(files.keys() | mentioned):
        table = TABLES_BY_KEY[key]
        ours = {row_id for parsed in files.get(key, ()) for row_id in parsed.ids}
        for pack in packs:
            ids = [row_id for row_id in ids_of(table, [pack]) if pack is not own or row_id not in ours]
            label = openable(pack).file(table.path)
            others = Parsed(label, pack.name, ids=dict.fromkeys(ids, 1), is_personal=table.is_personal)
            files.setdefault(key, []).insert(0, others)
    return files


def _landing(
    settings: Settings, found: WorkbookRows, pack: Pack, packs: Sequence[Pack], file: str, replace_existing: bool
) -> _Landing:
    """Compare what was read with what is there; of what differs it is a mistake unless it may be replaced."""
    landing = _Landing()

    def is_taken(table: Table, row_id: str, *, is_there: bool, is_same: bool) -> bool:
        if is_same:
            landing.same += 1
            return False
        if is_there and not replace_existing:
            sheet, line = found.lines[table.key, row_id]
            message = "what is in the pack under this id says something else"
            cell = f"{sheet}!A{line}"
            landing.problems.append(Problem(file, line, "id", message, "another id, or --replace", cell=cell))
            return False
        landing.replaced += is_there
        landing.added[table.name] += not is_there
        return True

    for key, documents in found.documents.items():
        table = TABLES_BY_KEY[key]
        folder = pack.path / table.path
        schema = os.path.relpath(settings.evidence_dir / FOLDER / f"{key}.json", folder)
        for row_id, document in documents.items():
            path = folder / f"{row_id}.yaml"
            is_same = path.exists() and _document_says(table, path, document)
            if is_taken(table, row_id, is_there=path.exists(), is_same=is_same):
                if not path.exists():
                    landing.added.update({part.table.name: len(document.get(part.key) or ()) for part in table.parts})
                landing.texts[path] = document_text(table, document, schema)
    for key, rows in found.rows.items():
        table = TABLES_BY_KEY[key]
        there = {row["id"]: row for row in rows_of(table, pack) if row.get("id")}
        new = {
            row_id: row
            for row_id, row in rows.items()
            if is_taken(table, row_id, is_there=row_id in there, is_same=_is_same(there.get(row_id), row))
        }
        if new:
            path = pack.path / table.path
            landing.texts[path] = _table_text(table, extended(path), header_of(table, [pack, *packs]), new)
    return landing


def _document_says(table: Table, path: Path, document: Document) -> bool:
    """Tell whether a file says the same as a document; one that cannot be read does not."""
    try:
        return says_the_same(table, plain_document(path.read_text(encoding="utf-8")), document)
    except (yaml.YAMLError, UnicodeDecodeError, AssertionError, AttributeError):
        return False


def _is_same(one: Mapping[str, str] | None, other: Mapping[str, str]) -> bool:
    if one is None:
        return False
    return {n: plain_text(v) for n, v in one.items() if v} == {n: v for n, v in other.items() if v}


def _table_text(table: Table, text: str, header: Sequence[str], new: Mapping[str, Mapping[str, str]]) -> str:
    """Return the text of a table with new rows; a row that is there keeps its place, and other rows stay as they are.

    `header` is for a table that has no text yet.
    """
    given, *rows = list(csv.reader(io.StringIO(text, newline=""))) or [list(header)]
    old = [name.strip() for name in given]
    columns = list(dict.fromkeys([*old, *(name for row in new.values() for name, value in row.items() if value)]))
    if "id" not in old:
        raise UserError(f"the file of {table.name} in the pack has no column id; `waku-fit check` says what is wrong")
    position = old.index("id")
    ids = [row[position].strip() if len(row) > position else "" for row in rows]
    rest = {row_id: row for row_id, row in new.items() if row_id not in ids}
    if len(rest) == len(new) and old == columns:
        kept = text if not text or text.endswith("\n") else f"{text}\n"
        return (kept or _line(columns)) + "".join(_line(_cells(row, columns)) for row in rest.values())
    padded = [row + [""] * (len(columns) - len(row)) for row in rows]
    written = [_cells(new[i], columns) if i in new else row for i, row in zip(ids, padded, strict=True)]
    return "".join(map(_line, [columns, *written, *(_cells(row, columns) for row in rest.values())]))


def _cells(row: Mapping[str, str], columns: Sequence[str]) -> list[str]:
    safe = inert_row(row)
    return [safe.get(name, "") for name in columns]


def _line(cells: Sequence[str]) -> str:
    out = io.StringIO()
    csv.writer(out, lineterminator="\n").writerow(cells)
    return out.getvalue()


def _as_it_would_be(pack: Pack, packs: Sequence[Pack], texts: Mapping[Path, str]) -> Evidence:
    """Read all packs as they would be after the import, in a copy of the pack that is written to."""
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / pack.path.name
        if pack.path.is_dir():
            shutil.copytree(pack.path, copy)
        write_all({copy / path.relative_to(pack.path): text for path, text in texts.items()})
        laid_over = replace(openable(pack), path=copy)
        return read_packs([*map(openable, packs), laid_over], today=datetime.now(UTC).date())


def _in_the_workbook(
    evidence: Evidence, found: WorkbookRows, pack: Pack, texts: Mapping[Path, str], file: str
) -> list[Problem]:
    """Return the mistakes of rows that come from the workbook, which only all evidence together shows."""
    label = shown(pack.path)
    places: dict[tuple[str, int], tuple[str, str]] = {}
    told = []
    for path, text in texts.items():
        place = place_of(path)
        assert place is not None
        table = place.table
        written = f"{label}/{path.relative_to(pack.path).as_posix()}"
        if table.kind == "yaml":
            places |= {(written, line): (table.key, path.stem) for line in range(1, text.count("\n") + 2)}
            continue
        rows = csv.reader(io.StringIO(text, newline=""))
        position, line = next(rows).index("id"), rows.line_num + 1
        for row in rows:
            places[written, line] = (table.key, row[position].strip())
            line = rows.line_num + 1
    for problem in evidence.problems:
        if line_of := found.lines.get(places.get((problem.file, problem.line), ("", ""))):
            sheet, line = line_of
            told.append(replace(problem, file=file, line=line, cell=f"{sheet}!A{line}"))
    return told


def _tell(landing: _Landing, pack: Pack, settings: Settings) -> None:
    named = called(pack, settings)
    if not landing.texts:
        click.echo(
            f"{counted(landing.same, 'row')} of the workbook are in {shown(pack.path)} already: nothing to write."
        )
        return
    listed = ", ".join(f"{count} in {name}" for name, count in landing.added.items() if count) or "none"
    click.echo(
        f"{shown(pack.path)}: new rows: {listed}; replaced: {landing.replaced}; the same as before: {landing.same}."
    )
    check, run = shlex.join(["waku-fit", "check", shown(pack.path)]), shlex.join(["waku-fit", "run", "--pack", named])
    click.echo(f"Then: {check} && {run}")
