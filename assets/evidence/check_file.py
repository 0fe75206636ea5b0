"""One file against the ids of packs: what `waku-fit check FILE` needs, in a fraction of a second.

Belongs here: reading ids without reading rows. Does not belong here: reading whole packs (`read_packs.py`).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from assets.common.spreadsheet import typed
from assets.evidence.across import check_across
from assets.evidence.marks import MARKS
from assets.evidence.model import WORKBOOK, Parsed, Record, Table
from assets.evidence.packs import Pack
from assets.evidence.plausible import COMPARED, warnings
from assets.evidence.read_packs import Evidence, file_label, notes_of, parse_text, read_file, read_known_words
from assets.evidence.repeated import ABOUT, repeated
from assets.evidence.sheet import Sheet, sheet_of
from assets.evidence.tables import ALL_TABLES, TABLES_BY_KEY
from assets.evidence.wording import Fault

_PARENTS = {part.table.key: table for table in ALL_TABLES for part in table.parts}


@dataclass(frozen=True)
class FilePlace:
    """Which table a file belongs to, and the folder of its pack."""

    table: Table
    root: Path
    relative: str


def place_of(path: Path) -> FilePlace | None:
    """Return where a file lies in a pack, by the names of its folders, or None if no table has files there."""
    parts = path.parts
    for table in ALL_TABLES:
        place = table.workbook_path if path.suffix == WORKBOOK else table.path
        own = tuple(place.split("/")) if table.kind == "csv" else (*table.path.split("/"), path.name)
        if table.kind != "part" and parts[-len(own) :] == own and (table.kind == "csv" or path.suffix == ".yaml"):
            return FilePlace(table, path.parents[len(own) - 1], "/".join(own))
    return None


def check_file(
    path: Path, place: FilePlace, packs: Sequence[Pack], *, today: date, text: str | None = None
) -> Evidence:
    """Validate one file, or `text` as if it were its content; `packs` have the ids that it may refer to.

    `path` is resolved.
    """
    own = next((pack for pack in packs if pack.path == place.root), Pack(place.root.name, place.root))
    packs = packs if own in packs else [*packs, own]
    words = read_known_words(own)
    label = file_label(own, place.relative, place.table, words)
    if text is None:
        parsed = read_file(place.table, path, label, own.name, today, words)
    else:
        parsed = parse_text(place.table, path, text, label, own.name, today, words)
    tables = [place.table, *(part.table for part in place.table.parts)]
    mentions = [mention for one in (parsed, *parsed.parts.values()) for mention in one.mentions]
    files: dict[str, list[Parsed]] = {place.table.key: [*_others(place, packs, path), parsed]}
    files |= {part.table.key: [parsed.parts.get(part.table.key, _unread(label, own))] for part in place.table.parts}
    for key in {mention.reference.table for mention in mentions} - files.keys():
        files[key] = [Parsed(key, "", ids=dict.fromkeys(ids_of(TABLES_BY_KEY[key], packs), 1))]
    problems = [*parsed.problems, *(p for part in parsed.parts.values() for p in part.problems), *check_across(files)]
    records = {table.key: [record for file in files[table.key] for record in file.records] for table in tables}
    notes = [*notes_of([[parsed]]), *_beside_others(place, packs, path, parsed, today)]
    return Evidence({table.key: table for table in tables}, records, sorted(problems), notes)


def _beside_others(place: FilePlace, packs: Sequence[Pack], path: Path, parsed: Parsed, today: date) -> list[str]:
    """Return what looks wrong in the rows of a file beside those of the same table in all packs."""
    if not parsed.records or place.table.key not in COMPARED | ABOUT.keys():
        return []
    records: dict[str, list[Record]] = {}
    for table in (place.table, TABLES_BY_KEY[MARKS]):
        records[table.key] = []
        for pack in packs:
            if (file := file_of(table, pack)).resolve() == path:
                records[table.key] += parsed.records
            elif file.is_file():
                label = pack.file(f"{table.area}/{file.name}")
                records[table.key] += read_file(table, file, label, pack.name, today).records
    return [*repeated(records, parsed.file), *warnings(records, parsed.file)]


def ids_of(table: Table, packs: Sequence[Pack]) -> list[str]:
    """Return the ids of a table in packs, as they are typed there and valid or not."""
    found: dict[str, None] = {}
    for pack in packs:
        if table.key in _PARENTS:
            parent = _PARENTS[table.key]
            for path in _documents(pack, parent):
                document = read_file(parent, path, pack.file(parent.path), pack.name, date.max.replace(day=1))
                found |= dict.fromkeys(document.parts[table.key].ids if table.key in document.parts else {})
        elif table.kind == "yaml":
            found |= dict.fromkeys(path.stem for path in _documents(pack, table))
        else:
            found |= dict.fromkeys(row["id"] for row in rows_of(table, pack) if row.get("id"))
    return list(found)


def titles_of(tables: Iterable[Table], packs: Sequence[Pack]) -> dict[str, dict[str, str]]:
    """Return by table the title or name of each id, or the id."""
    found = {table.key: {row_id: row_id for row_id in ids_of(table, packs)} for table in tables}
    for table in tables:
        for row in (row for pack in packs if table.kind == "csv" for row in rows_of(table, pack)):
            if title := row.get("title") or row.get("name"):
                found[table.key][row.get("id", "")] = title
    return found


def rows_of(table: Table, pack: Pack) -> list[dict[str, str]]:
    """Return the rows of a table in a pack as they are typed there, valid or not; none if they cannot be read."""
    path = file_of(table, pack)
    sheet = sheet_of(path.read_bytes(), (table.name,)) if path.is_file() else None
    if not isinstance(sheet, Sheet):
        return []
    rows = [cells for _, cells in sheet.rows if not isinstance(cells, Fault)]
    header = [name.strip() for name in rows[0]] if rows else []
    return [{name: typed(cell.strip()) for name, cell in zip(header, cells, strict=False)} for cells in rows[1:]]


def file_of(table: Table, pack: Pack) -> Path:
    """Return the file of a table in a pack: its workbook if it has one and no CSV file."""
    path, workbook = pack.path / table.path, pack.path / table.workbook_path
    return workbook if workbook.is_file() and not path.is_file() else path


def _documents(pack: Pack, table: Table) -> list[Path]:
    return sorted((pack.path / table.path).glob("[!.]*.yaml"))


def _others(place: FilePlace, packs: Sequence[Pack], path: Path) -> Iterator[Parsed]:
    """Yield the ids of the other files of the table, each in the name of its file."""
    for pack in packs:
        if place.table.kind == "yaml":
            for other in _documents(pack, place.table):
                if other.resolve() != path:
                    label = pack.file(f"{place.table.path}/{other.name}")
                    yield Parsed(label, pack.name, ids={other.stem: 1}, is_personal=place.table.is_personal)
        elif (file := file_of(place.table, pack)).resolve() != path:
            ids = dict.fromkeys(ids_of(place.table, [pack]), 1)
            label = pack.file(f"{place.table.area}/{file.name}")
            yield Parsed(label, pack.name, ids=ids, is_personal=place.table.is_personal)


def _unread(label: str, own: Pack) -> Parsed:
    return Parsed(label, own.name, has_all_ids=False)
