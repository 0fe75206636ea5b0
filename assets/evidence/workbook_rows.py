"""A workbook that somebody filled in becomes rows and documents, with every mistake and its cell.

Belongs here: from sheets to what a pack holds, pure. Does not belong here: how a workbook is opened (`sheet.py`), what
is right in a row (`rows.py`), files (`orchestration.commands.workbook`).
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import TypeAlias

from assets.common.spreadsheet import typed
from assets.evidence.columns import DAY_OF_CONVERSATION, SheetPlan, sheet_plans
from assets.evidence.documents import Document, plain_text
from assets.evidence.model import Parsed, Part, Problem, Table, split_list
from assets.evidence.parsing import entry_values, inherited_values, parse_sheet, read_header, refer_by
from assets.evidence.rows import Rows, Value
from assets.evidence.sheet import NamelessColumns, Sheet, only
from assets.evidence.tables import ALL_TABLES
from assets.evidence.wording import Fault, counted, misread, quoted, with_suggestion
from assets.evidence.workbook import MARK, OWN_SHEETS

PLANS: dict[str, SheetPlan] = {
    plan.name: plan for table in ALL_TABLES if table.kind != "part" for plan in sheet_plans(table)
}
"""By name of the sheet."""
PREPARED = frozenset({"id", "question_set_id", "as_of_basis", "grade"})
"""Columns of a document that are there before anybody fills in a row: without others the row is a blank."""

Line: TypeAlias = tuple[str, int]
"""A sheet and a row of it."""


@dataclass
class WorkbookRows:
    """What stands in a workbook."""

    rows: dict[str, dict[str, dict[str, str]]] = field(default_factory=dict)
    """By table and id the cells of a row, by column."""
    documents: dict[str, dict[str, Document]] = field(default_factory=dict)
    """By kind of document and id."""
    parsed: dict[str, list[Parsed]] = field(default_factory=dict)
    """By table what reading it gave."""
    lines: dict[tuple[str, str], Line] = field(default_factory=dict)
    """By table and id where it stands."""
    problems: list[Problem] = field(default_factory=list)
    """That belong to no table."""
    notes: list[str] = field(default_factory=list)

    def all_problems(self) -> list[Problem]:
        return [*self.problems, *(p for parsed in self.parsed.values() for one in parsed for p in one.problems)]


def read_workbook(
    sheets: Sequence[Sheet], *, file: str, pack: str, today: date, known_words: Collection[str] = ()
) -> WorkbookRows:
    """Read all sheets. `file` is what the workbook is called, `pack` where its rows go. All mistakes are in the result.

    Sheets that nobody fills in are left aside, and so are rows marked as examples.
    """
    found = WorkbookRows()
    reader = _WorkbookReader(found, file, pack, today, known_words)
    forms = {sheet.name.strip(): _without_examples(sheet) for sheet in sheets if sheet.name.strip() not in OWN_SHEETS}
    for name, sheet in forms.items():
        if name not in PLANS:
            expected = with_suggestion("a sheet called as its table", name, PLANS)
            message = f"no table is called {quoted(name)}, so nothing is read from this sheet"
            found.problems.append(Problem(file, 1, "", message, expected, cell=sheet.cell(1, 1)))
    for plan in PLANS.values():
        if plan.part is None and plan.table.kind == "yaml":
            reader.documents(plan.table, forms)
        elif plan.part is None and plan.name in forms:
            reader.table(plan.table, forms[plan.name])
    return found


def is_form(sheets: Sequence[Sheet]) -> bool:
    """Tell whether a workbook is one to fill in: it has sheets of several tables, or of one beside those that help."""
    names = [sheet.name.strip() for sheet in sheets]
    ours = [name for name in names if name in PLANS]
    return len(ours) > 1 or bool(ours and set(names) & set(OWN_SHEETS))


def _without_examples(sheet: Sheet) -> Sheet:
    rows = list(sheet.rows)
    examples = {line for line, cells in rows if not isinstance(cells, Fault) and MARK in map(str.strip, cells)}
    kept = [(line, cells) for line, cells in rows if line not in examples]
    return Sheet(kept, sheet.notes, sheet.name, [fault for fault in sheet.faults if fault[0] not in examples])


class _WorkbookReader:
    def __init__(self, found: WorkbookRows, file: str, pack: str, today: date, known_words: Collection[str]) -> None:
        self.found = found
        self.file = file
        self.pack = pack
        self.today = today
        self.known_words = known_words

    def table(self, table: Table, sheet: Sheet) -> None:
        """Read the rows of a table, as they would be read in its file."""
        parsed = parse_sheet(
            table, sheet, file=self.file, pack=self.pack, today=self.today, known_words=self.known_words
        )
        self.found.parsed[table.key] = [parsed]
        (_, header), *rows = sheet.rows or [(1, [])]
        if isinstance(header, Fault):
            return
        names = [name.strip() for name in header]
        of_table = self.found.rows[table.key] = {}
        for line, cells in rows:
            if isinstance(cells, Fault) or not any(cell.strip() for cell in cells):
                continue
            row = {name: plain_text(typed(cell.strip())) for name, cell in zip(names, cells, strict=False) if name}
            of_table[row.get("id", "")] = row
            self.found.lines.setdefault((table.key, row.get("id", "")), (sheet.name, line))

    def documents(self, table: Table, forms: Mapping[str, Sheet]) -> None:
        """Read documents of a kind: a sheet with a row for each, and a sheet for each of their lists."""
        lists = [part for part in table.parts if not part.value_column]
        there = [name for name in (table.name, *(part.table.name for part in lists)) if name in forms]
        if not there:
            return
        documents = _Documents(self, table, forms.get(table.name, Sheet([], name=table.name)))
        documents.read()
        for part in lists:
            if part.table.name in forms:
                documents.read_entries(part, forms[part.table.name])
            elif documents.documents:
                message = f"the sheet {part.table.name} is missing, which belongs to these rows"
                expected = f"a sheet {part.table.name}, with its headings alone if there is nothing in it"
                cell = f"{table.name}!A1"
                self.found.problems.append(Problem(self.file, 1, "", message, expected, cell=cell))
        for key, parsed in documents.parsed.items():
            self.found.parsed[key] = parsed
        self.found.documents[table.key] = documents.documents
        if documents.blank:
            blank = counted(documents.blank, "prepared row")
            self.found.notes.append(f"{self.file}: {table.name}: {blank} with nothing filled in, left aside")

    def rows_of(self, table: Table, set_by_loader: Collection[str] = ()) -> Rows:
        return Rows(table, self.file, self.pack, self.today, set_by_loader=set_by_loader, known_words=self.known_words)


class _Documents:
    """The documents of one kind."""

    def __init__(self, reader: _WorkbookReader, table: Table, sheet: Sheet) -> None:
        self.reader = reader
        self.table = table
        self.sheet = sheet
        self.plan = PLANS[table.name]
        self.rows = reader.rows_of(table)
        self.mapping = next((part for part in table.parts if part.value_column), None)
        self.mapped: dict[str, Rows] = {}
        """By heading the entries of the mapping: each has a cell of its own."""
        self.documents: dict[str, Document] = {}
        self.values: dict[str, Mapping[str, Value]] = {}
        """Of each row, by id."""
        self.sound: set[str] = set()
        self.blank = 0
        self.parsed: dict[str, list[Parsed]] = {}

    def read(self) -> None:
        """Read the rows that are documents."""
        for line, cells in _cells_of(self.plan, self.sheet, self.rows):
            if not cells.keys() - PREPARED:
                self.blank += 1
                continue
            self._take(line, cells)
        self.parsed[self.table.key] = [self.rows.finish()]
        for rows in self.mapped.values():
            if self.mapping and self.mapping.refers_by:
                refer_by(self.mapping.refers_by, self.rows, rows)
            self.parsed.setdefault(rows.table.key, []).append(rows.finish())

    def _take(self, line: int, cells: dict[str, str]) -> None:
        columns = {heading: column for heading in cells if (column := self.plan.open_column(heading))}
        own: dict[str, Value] = {h: text for h, text in cells.items() if not columns[h].entry}
        follows = self._follows(own)
        row_id, is_new = cells.get("id", ""), cells.get("id", "") not in self.rows.parsed.ids
        records = len(self.rows.parsed.records)
        for heading, value in own.items():
            if self.rows.is_searched(heading):
                self.rows.search(value, line, heading)
        self.rows.take({**own, **follows}, line, absent=() if "as_of" in {**own, **follows} else ("as_of",))
        is_sound = len(self.rows.parsed.records) > records
        if is_sound and is_new:
            self.sound.add(row_id)
        own |= follows
        self.values.setdefault(row_id, own)
        self.reader.found.lines.setdefault((self.table.key, row_id), (self.sheet.name, line))
        document = self.documents.setdefault(row_id, {})
        document |= {name: _value_in(self.table, name, str(text)) for name, text in own.items()}
        for heading, column in columns.items():
            if column.entry and self.mapping:
                document.setdefault(self.mapping.key, {})[column.entry] = cells[heading]
                self._take_mapped(self.mapping, heading, column.entry, line, own, cells[heading], is_sound=is_sound)

    def _follows(self, own: Mapping[str, Value]) -> dict[str, Value]:
        """Return the day of the row where that of the conversation says it; what is wrong with that is said once."""
        day = own.get(DAY_OF_CONVERSATION.get(self.table.key, ""))
        is_day = isinstance(day, str) and not misread("date", day) and date.fromisoformat(day) <= self.rows.latest
        return {"as_of": day} if is_day and "as_of" not in own else {}

    def _take_mapped(
        self,
        part: Part,
        heading: str,
        entry: str,
        line: int,
        own: Mapping[str, Value],
        text: str,
        *,
        is_sound: bool,
    ) -> None:
        if heading not in self.mapped:
            rows = self.mapped[heading] = self.reader.rows_of(part.table, part.set_by_loader)
            position = _header_of(self.sheet).index(heading) + 1
            rows.problems.cell_of = rows.parsed.cell_of = lambda line, _: self.sheet.cell(line, position)
        rows = self.mapped[heading]
        rows.search(text, line, part.value_column)
        _take_entry(part, rows, own, {part.value_column: text}, entry, line, is_sound=is_sound)

    def read_entries(self, part: Part, sheet: Sheet) -> None:
        """Read the rows that are entries of a list, each of which names its document."""
        rows = self.reader.rows_of(part.table, part.set_by_loader)
        counts: dict[str, int] = {}
        for line, cells in _cells_of(PLANS[part.table.name], sheet, rows):
            parent = cells.pop(part.parent_column, "")
            if not parent:
                rows.problems.add(line, part.parent_column, "has no value", f"an id of the sheet {self.table.name}")
                continue
            if parent not in self.documents:
                message = f"{quoted(parent)} is no row that is filled in in the sheet {self.table.name}"
                expected = with_suggestion(
                    "the id of one that is", parent, [] if part.table.is_personal else self.documents
                )
                rows.problems.add(line, part.parent_column, message, expected)
                continue
            counts[parent] = counts.get(parent, 0) + 1
            name = cells.pop(part.entry_column, "") if part.entry_key else str(counts[parent])
            for heading, text in cells.items():
                if rows.is_searched(heading):
                    rows.search(text, line, heading)
            own = {**({part.entry_key: name} if part.entry_key else {}), **cells}
            self.documents[parent].setdefault(part.key, []).append(
                {n: _value_in(part.table, n, text) for n, text in own.items()}
            )
            _take_entry(part, rows, self.values[parent], cells, name, line, is_sound=parent in self.sound)
        if part.refers_by:
            refer_by(part.refers_by, self.rows, rows)
        self.parsed[part.table.key] = [rows.finish()]


def _take_entry(
    part: Part,
    rows: Rows,
    document: Mapping[str, Value],
    cells: Mapping[str, str],
    name: str,
    line: int,
    *,
    is_sound: bool,
) -> None:
    """Check an entry with what it has of its document; of that nothing is said again if it is not sound."""
    values: dict[str, Value] = dict(cells)
    inherited = inherited_values(part, document) if is_sound else {}
    if is_sound:
        values |= entry_values(part, document, name)
    rows.take({**inherited, **values}, line, absent=() if is_sound else part.set_by_loader, looked_up=inherited)


def _value_in(table: Table, name: str, text: str) -> Value:
    """Return a value as it stands in a document."""
    return split_list(text) if table.columns().get(name, "").endswith("[]") else text


def _header_of(sheet: Sheet) -> list[str]:
    (_, header) = next(iter(sheet.rows), (1, []))
    return [] if isinstance(header, Fault) else [name.strip() for name in header]


def _cells_of(plan: SheetPlan, sheet: Sheet, rows: Rows) -> Iterator[tuple[int, dict[str, str]]]:
    """Yield each row with a cell, its cells by heading; note in `rows` what cannot be read."""
    given = list(sheet.rows)
    if not given or isinstance(given[0][1], Fault):
        return
    line, header = given[0]
    assert not isinstance(header, Fault)
    names = [name.strip() for name in header]
    problems = rows.problems
    for at, position, fault in sheet.faults:
        problems.cell_of = only(sheet.cell(at, position))
        problems.add(at, "", *fault)
    problems.cell_of = rows.parsed.cell_of = sheet.namer(names)
    needed = {column.heading for column in plan.columns if not column.may_be_empty}
    known = [name for name in names if plan.open_column(name)] + [c.heading for c in plan.columns]
    columns = read_header(
        rows,
        line,
        header,
        known=list(dict.fromkeys(known)),
        may_lack=set(known) - needed,
        expected=lambda name: plan.by_heading[name].expected,
    )
    if columns is None:
        return
    nameless = NamelessColumns(header)
    for line, cells in given[1:]:
        if isinstance(cells, Fault):
            problems.add(line, "", *cells)
            continue
        nameless.look_at(line, cells)
        texts = {name: plain_text(typed(cell.strip())) for name, cell in zip(columns, cells, strict=False) if name}
        if filled := {name: text for name, text in texts.items() if text}:
            yield line, filled
    for fault in nameless.faults():
        problems.add(nameless.line or 1, "", *fault)
