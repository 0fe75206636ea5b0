"""How the text of an evidence file becomes typed rows, with every mistake and its line.

Belongs here: CSV and YAML, pure (text in, rows and problems out).
Does not belong here: reading files (`read_packs.py`), what must hold of a row (`rows.py`).
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import replace
from datetime import date
from itertools import zip_longest
from pathlib import PurePosixPath

import yaml

from assets.common.spreadsheet import typed
from assets.evidence.model import Parsed, Part, Problem, Table
from assets.evidence.rows import Place, ProblemList, Rows, Value
from assets.evidence.sheet import NamelessColumns, Sheet, only, sheet_of_text
from assets.evidence.syntax import comment_after, comment_fault, syntax_fault
from assets.evidence.wording import Fault, expectation, hidden_character, nearest, printable, quoted, riddle

MAX_DEPTH = 8
"""Of nested values in a document. Rows are flat: more is a mistake or an attack on the parser."""


def decode(data: bytes, file: str) -> tuple[str | None, list[Problem]]:
    """Return the text of a file, None if it is not a text at all, and a problem for each line that is not UTF-8."""
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return None, [Problem(file, 1, "", "the file is saved as UTF-16", "a file saved as UTF-8")]
    if (first := data.find(b"\0")) >= 0:
        line = data.count(b"\n", 0, first) + 1
        return None, [Problem(file, line, "", "a NUL byte: this is not a text file", "a text file saved as UTF-8")]
    try:
        return data.decode("utf-8"), []
    except UnicodeDecodeError:
        found = ProblemList(file)
        for line, content in enumerate(data.split(b"\n"), start=1):
            try:
                content.decode("utf-8")
            except UnicodeDecodeError as error:
                byte = content[error.start : error.start + 1]
                message = f'byte 0x{byte.hex()} is not UTF-8 (it is "{printable(byte.decode("latin-1"))}" in Latin-1)'
                found.add(line, "", message, "a file saved as UTF-8")
        return data.decode("utf-8", errors="replace"), found.all()


def parse_csv(
    table: Table, text: str, *, file: str, pack: str, today: date, known_words: Collection[str] = ()
) -> Parsed:
    """Return `parse_sheet` of a CSV file. A byte order mark, CRLF and blank lines are accepted."""
    sheet = sheet_of_text(text)
    return parse_sheet(table, sheet, file=file, pack=pack, today=today, known_words=known_words)


def parse_sheet(
    table: Table, sheet: Sheet, *, file: str, pack: str, today: date, known_words: Collection[str] = ()
) -> Parsed:
    """Read a table with a header. `file` is its name for readers, `today` the last day that is not in the future.

    All mistakes are in the result; nothing is raised. Rows and columns without a cell are left aside.
    """
    rows = Rows(table, file, pack, today, known_words=known_words)
    rows.parsed.notes = sheet.notes
    for line, position, fault in sheet.faults:
        rows.problems.cell_of = only(sheet.cell(line, position))
        rows.problems.add(line, "", *fault)
    given = iter(sheet.rows)
    line, header = next(given, (1, Fault("the file is empty", "a header: " + ",".join(rows.kinds))))
    if isinstance(header, Fault):
        return rows.refuse(line, *header)
    rows.problems.cell_of = rows.parsed.cell_of = sheet.namer([name.strip() for name in header])
    columns = read_header(
        rows,
        line,
        header,
        known=list(rows.kinds),
        may_lack=table.added_later(),
        expected=lambda name: expectation(table.model, name),
    )
    if columns is None:
        return rows.parsed
    nameless = NamelessColumns(header)
    absent = rows.kinds.keys() - set(columns)
    rows.parsed.has_all_ids = "id" not in absent
    searched = {column for column in (*columns, "") if rows.is_searched(column)}
    is_after_bad_quote = False
    for line, cells in given:
        if isinstance(cells, Fault):
            rows.problems.add(line, "", *cells)
            is_after_bad_quote = True
            continue
        if not any(cells):
            continue
        cells = [typed(cell) if cell[:1] == "'" else cell for cell in cells]  # few cells are: it saves the calls
        nameless.look_at(line, cells)
        values: dict[str, Value] = {column: cell for column, cell in zip(columns, cells, strict=False) if column}
        pairs = zip_longest(columns, cells, fillvalue="")
        found = [rows.search(cell, line, column) for column, cell in pairs if column in searched]
        if any(found) and not table.is_personal:
            rows.note_id(values.get("id"), line)  # another message about the row could repeat what was found
            continue
        if len(cells) == len(columns):
            is_after_bad_quote = False
            rows.take(values, line, absent=absent)
            continue
        rows.note_id(values.get("id"), line)
        # The rest of a value that was cut by a bad quote is not a mistake of its own.
        if not is_after_bad_quote:
            expected = f"{len(columns)} as in the header"
            if len(cells) > len(columns):
                expected += '; a value with a comma in it needs quotes (") around it'
            rows.problems.add(line, "", f"the row has {len(cells)} cells", expected)
    for fault in nameless.faults():
        rows.problems.add(nameless.line or 1, "", *fault)
    return rows.finish()


def read_header(
    rows: Rows,
    line: int,
    cells: Sequence[str],
    *,
    known: Sequence[str],
    may_lack: Collection[str],
    expected: Callable[[str], str],
) -> list[str] | None:
    """Return the column of each cell, '' for one that is left out, or None if this is no header.

    `known` are all columns, `may_lack` those that need not be there, `expected` says what stands in one.
    """
    names = [cell.strip() for cell in cells]
    if not set(names) & set(known):
        if len({part.strip(' "') for name in names for part in name.split("|")} & set(known)) > 1:
            rows.refuse(line, "cells are separated by bars", "commas, semicolons or tabs")
            return None
        rows.refuse(line, "the first line is not a header of this table", ",".join(known))
        return None
    columns: list[str] = []
    mistyped: set[str | None] = set()
    missing = [name for name in known if name not in names]
    for position, name in enumerate(names, start=1):
        is_known = name in known
        columns.append(name if is_known and name not in columns else "")
        if not name:
            continue
        if fault := hidden_character(name):
            rows.problems.add(line, "", f"the name of column {position} {fault.message}", fault.hint)
            mistyped.add(nearest(name, missing))
        elif not is_known:
            meant = nearest(name, missing)
            # A misspelt column is one mistake, not a missing column besides.
            mistyped.add(meant)
            instead = meant or f"one of {', '.join(missing or known)}"
            rows.problems.add(line, name[:100], "is not a column of this table", instead)
        elif not columns[-1]:
            rows.problems.add(line, name, f"the column is there twice (again as column {position})", "each column once")
    for name in missing:
        if name not in mistyped and name not in may_lack:
            rows.problems.add(line, name, "the column is missing", f"a column with {expected(name)}")
    return columns


def parse_yaml(
    table: Table,
    text: str,
    *,
    file: str,
    pack: str,
    today: date,
    known_words: Collection[str] = (),
    stem: str | None = None,
) -> Parsed:
    """Read a document that is one row, with its parts; the file is called after its id. All mistakes are in the result.

    `stem` is the name of the file where `file` does not tell it, because somebody may be named in it.
    Values are text until they meet their column, so that `no` and `2024-01-01` mean in YAML what they mean in CSV.
    """
    rows = Rows(table, file, pack, today, known_words=known_words)
    try:
        root = yaml.compose(text.removeprefix("\ufeff"), Loader=_Loader)
    except _RefusedError as refused:
        return rows.refuse(*refused.args)
    except yaml.YAMLError as error:
        return rows.refuse(*syntax_fault(error, text))
    if root is None:
        return rows.refuse(1, "the file is empty", "keys and values: " + ", ".join(rows.kinds))
    start = root.start_mark.line + 1
    if not isinstance(root, yaml.MappingNode):
        what = "a list" if isinstance(root, yaml.SequenceNode) else "text"
        if fault := riddle(text.splitlines()[start - 1]):
            return rows.refuse(start, fault.message, fault.hint)
        return rows.refuse(start, f"the document is {what}", "a mapping: lines of 'key: value'")
    places: dict[Place, int] = {}
    values = _plain(root, (), places, rows.problems, rows.text_column)
    assert isinstance(values, dict)
    stem = PurePosixPath(file).stem if stem is None else stem
    if isinstance(row_id := values.get("id"), str) and row_id != stem:
        expected = "the name of the file, or a file called after the id"
        expected = expected if table.is_personal else f"{printable(stem)}, {expected}"
        rows.problems.add(places["id",], "id", f"{quoted(row_id)} is not the name of the file", expected)
    if rows.search(values, start, places=places) and not table.is_personal:
        rows.note_id(values.get("id"), start)
        return rows.finish()  # another message about the document could repeat what was found
    entries = {part: values.pop(part.key, None) for part in table.parts}
    rows.take(values, start, places=places)
    for part, given in entries.items():
        rows.parsed.parts[part.table.key] = _read_part(part, given, rows, values, places)
    return rows.finish()


def _read_part(
    part: Part, given: Value, document: Rows, values: Mapping[str, Value], places: Mapping[Place, int]
) -> Parsed:
    """Read the entries of a document as rows of their own. What is wrong with the document itself is not said again."""
    rows = Rows(
        part.table, document.parsed.file, document.parsed.pack, document.today, set_by_loader=part.set_by_loader
    )
    if rows.problems.known_keys is not None:
        rows.problems.known_keys = {*rows.problems.known_keys, part.key}
    line = places.get((part.key,), 1)
    wanted = "a mapping: lines of 'key: text'" if part.value_column else "a list: entries that begin with '- '"
    is_sound = bool(document.parsed.records)
    rows.parsed.has_all_ids = is_sound
    if not given:
        return rows.finish()
    if not isinstance(given, dict if part.value_column else list):
        rows.problems.add(line, part.key, "does not have the right form", wanted)
        return rows.finish()
    inherited = inherited_values(part, values) if is_sound else {}
    absent = () if is_sound else part.set_by_loader
    for key, entry in given.items() if isinstance(given, dict) else enumerate(given):
        if (typed := _typed_entry(part, key, entry, rows, places)) is None:
            continue
        own = {column: value for column, value in typed.items() if column != part.entry_key}
        if is_sound:
            own |= entry_values(part, values, _entry_name(part, key, typed))
        inside = {place[2:]: n for place, n in places.items() if place[:2] == (part.key, key) and len(place) > 2}
        # What an entry inherits is looked up once, where it was typed.
        rows.take({**inherited, **own}, places[part.key, key], absent=absent, places=inside, looked_up=inherited)
    if part.refers_by:
        refer_by(part.refers_by, document, rows)
    return rows.finish()


def _typed_entry(
    part: Part, key: str | int, entry: Value, rows: Rows, places: Mapping[Place, int]
) -> Mapping[str, Value] | None:
    """Return an entry as the columns that were typed in it, or note why it is none."""
    where = places[part.key, key]
    typed = {part.value_column: entry} if part.value_column else entry
    if not entry or (isinstance(entry, dict) and not any(entry.values())):
        rows.problems.add(where, part.key, "an entry is blank", "something, or no entry")
        return None
    if not isinstance(typed, dict):
        rows.problems.add(where, part.key, "an entry is not a mapping", "lines of 'key: value'")
        return None
    taken = [column for column in typed if column in part.set_by_loader and column != part.entry_key]
    for column in taken:
        rows.problems.add(places.get((part.key, key, column), where), column, "is set by the document", "no such key")
    return None if taken else typed


def _entry_name(part: Part, key: str | int, typed: Mapping[str, Value]) -> str:
    """Return what an entry is called in its document: what is typed for it, else its key or its number, from 1."""
    if part.entry_key and isinstance(typed.get(part.entry_key), str):
        return str(typed[part.entry_key]).strip()
    return str(key + 1) if isinstance(key, int) else str(key)


def inherited_values(part: Part, values: Mapping[str, Value]) -> dict[str, Value]:
    """Return the columns of an entry that have the value of its document, which is sound."""
    return {column: values.get(column) for column in part.inherited}


def entry_values(part: Part, values: Mapping[str, Value], name: str) -> dict[str, Value]:
    """Return the columns of an entry that are made of its document, which is sound, and its own name."""
    found: dict[str, Value] = {
        "id": f"{values['id']}_{name}",
        part.parent_column: values["id"],
        part.entry_column: name,
    }
    if part.refers_by:
        found[part.refers_by[0]] = f"{values[part.refers_by[1]]}_{name}"
    return found


def refer_by(refers_by: tuple[str, str], document: Rows, rows: Rows) -> None:
    """Report what entries refer to once, where their document names what it follows from."""
    column, by = refers_by
    first = next((mention for mention in document.parsed.mentions if mention.column == by), None)
    mentions = rows.parsed.mentions
    rows.parsed.mentions = [replace(m, follows_from=first) if m.column == column else m for m in mentions]


class _RefusedError(Exception):
    """Line, what is wrong and what was expected."""


class _Loader(yaml.SafeLoader):
    """Refuses what no row needs as soon as it is met: with aliases, nine lines can stand for a billion values."""

    depth = 0

    def compose_node(self, parent: yaml.Node | None, index: int) -> yaml.Node | None:
        event = self.peek_event()  # type: ignore[no-untyped-call]
        assert event.start_mark is not None
        line = event.start_mark.line + 1
        if anchor := getattr(event, "anchor", None):
            message = f"anchors (&) and aliases (*) are not allowed, found {quoted(anchor)}"
            raise _RefusedError(line, message, "the value itself")
        if tag := getattr(event, "tag", None):
            raise _RefusedError(line, f"tags (!) are not allowed, found {quoted(tag)}", "the value without it")
        if self.depth > MAX_DEPTH:
            raise _RefusedError(line, f"values are nested more than {MAX_DEPTH} deep", "one level of keys")
        self.depth += 1
        node = super().compose_node(parent, index)
        self.depth -= 1
        return node


def composed(text: str, problems: ProblemList) -> tuple[Value, dict[Place, int]]:
    """Return what a document says that is no evidence, with the lines of its keys; mistakes are noted."""
    places: dict[Place, int] = {}
    try:
        root = yaml.compose(text.removeprefix("\ufeff"), Loader=_Loader)
    except _RefusedError as refused:
        line, *fault = refused.args
        problems.add(line, "", *fault)
    except yaml.YAMLError as error:
        line, *fault = syntax_fault(error, text)
        problems.add(line, "", *fault)
    else:
        return (_plain(root, (), places, problems, lambda _: "") if root else None), places
    return None, places


def _plain(
    node: yaml.Node,
    place: Place,
    places: dict[Place, int],
    problems: ProblemList,
    text_column: Callable[[Place], str],
) -> Value:
    """Return the value of `node` as text, lists and mappings, and note the lines of keys and of values of lists.

    A comment after a code is one; after a text it is the rest of it, since nobody comments on an answer in its line.
    """
    if isinstance(node, yaml.ScalarNode):
        lost = comment_after(node.end_mark) if node.style is None and node.end_mark else ""
        if lost and (column := text_column(place)):
            line, *fault = comment_fault(node.end_mark.line + 1, lost)
            problems.add(line, column, *fault)
            return f"{node.value}{lost}"
        return None if node.tag == "tag:yaml.org,2002:null" else str(node.value)
    if isinstance(node, yaml.SequenceNode):
        for position, item in enumerate(node.value):
            places[*place, position] = item.start_mark.line + 1
        items = enumerate(node.value)
        return [_plain(item, (*place, position), places, problems, text_column) for position, item in items]
    values: dict[str, Value] = {}
    for key_node, value_node in node.value:
        line = key_node.start_mark.line + 1
        if not isinstance(key_node, yaml.ScalarNode):
            problems.add(line, "", "a key is a list or a mapping", "text as key")
        elif (key := str(key_node.value)) in values:
            message = f"the key is there twice, first in line {places[*place, key]}"
            problems.add(line, key[:100], message, "each key once")
        else:
            places[*place, key] = line
            values[key] = _plain(value_node, (*place, key), places, problems, text_column)
    return values
