"""Packs on disk become typed evidence.

Belongs here: reading files. Does not belong here: what is right or wrong in a file (`parsing.py`, `rows.py`), which
folder a pack is (`packs.py`), the tables of schema `raw` (`load_raw.py`).
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from pathlib import Path, PurePosixPath
from typing import Any

from assets.evidence import egress_tiers
from assets.evidence.across import check_across
from assets.evidence.fingerprint import fingerprint_of
from assets.evidence.model import MAX_FILE_BYTES, MAX_LINE_CHARS, WORKBOOK, Parsed, Problem, Record, Table
from assets.evidence.packs import Pack
from assets.evidence.parsing import decode, parse_csv, parse_sheet, parse_yaml
from assets.evidence.plausible import warnings
from assets.evidence.repeated import repeated
from assets.evidence.sheet import Sheet, sheet_of
from assets.evidence.tables import ALL_TABLES, protocol, readiness, roadmap
from assets.evidence.wording import counted, nearest, printable

MAX_DOCUMENT_BYTES = 256 * 1024
"""Of a YAML document: some take five seconds for as much."""

KNOWN_WORDS = "interviews/known_words.txt"
"""Of a pack: words that are no names, such as those of products."""


@dataclass(frozen=True)
class Evidence:
    """All rows of some packs, by key of their table, and every mistake in them. With a mistake, rows are missing."""

    tables: Mapping[str, Table]
    records: Mapping[str, list[Record]]
    problems: list[Problem]
    notes: Sequence[str] = ()
    """What a user should know of how files were read, a line each."""

    @property
    def rows(self) -> int:
        """Number of rows in all tables."""
        return sum(map(len, self.records.values()))

    def content_hash(self, table_key: str) -> str:
        """Name what would be loaded into a raw table: columns and rows, with the file and line that reports show."""
        columns = self.tables[table_key].columns()
        rows = [values_of(table_key, record) for record in self.records[table_key]]
        return hashlib.sha256(json.dumps([columns, rows]).encode()).hexdigest()


@dataclass(frozen=True)
class Scope:
    """Which packs a load takes, and up to which date; without a date, all of it."""

    as_of: date | None
    packs: tuple[str, ...]


def evidence_id(table_key: str, row_id: str) -> str:
    """Return the name of a row in all of the evidence."""
    return f"{table_key}/{row_id}"


def format_problems(problems: Iterable[Problem], then: str = "run `waku-fit check` again") -> str:
    """Return all problems, a line each, sorted by file, sheet and line, then their number and what to do."""
    listed = sorted(problems, key=lambda problem: (problem.file, problem.cell.partition("!")[0], problem))
    count = sum(problem.count for problem in listed)
    files = len({problem.file for problem in listed})
    total = f"{counted(count, 'mistake')} in {counted(files, 'file')}. Correct them and {then}."
    return "\n".join([*map(str, listed), "", total])


def read_packs(packs: Sequence[Pack], tables: Sequence[Table] = ALL_TABLES, *, today: date) -> Evidence:
    """Read and validate `packs`, the first of which holds every table; the others are laid over it.

    Nothing is raised for a mistake: all of them are in the result. Raises `ValueError` without a pack.
    """
    if not packs:
        raise ValueError("no pack to read; expected at least one, such as evidence/public")
    parsed: dict[str, list[Parsed]] = {table.key: [] for table in tables}
    problems: list[Problem] = []
    for position, pack in enumerate(packs):
        if pack.name in [other.name for other in packs[:position]]:
            message = f"two packs are called {pack.name}"
            problems.append(Problem(pack.file(""), 1, "", message, "packs of different names"))
            continue
        folder = _Folder(pack, tables)
        folder.visit(pack.path, "")
        folder.report_missing(is_complete=position == 0)
        problems += folder.problems
        for table, relative, path in folder.found:
            label = pack.file(printable(folder.name_of(relative)))
            file = read_file(table, path, label, pack.name, today, folder.known_words)
            parsed[table.key].append(file)
            for key in (part.table.key for part in table.parts):
                parsed[key].append(file.parts.get(key) or Parsed(file.file, pack.name, has_all_ids=False))
        for table in folder.unreadable:
            for key in (table.key, *(part.table.key for part in table.parts)):
                parsed[key].append(Parsed(pack.file(table.path), pack.name, has_all_ids=False))
    problems += [problem for files in parsed.values() for file in files for problem in file.problems]
    problems += check_across(parsed)
    records = {key: [record for file in files for record in file.records] for key, files in parsed.items()}
    for area in (egress_tiers, protocol, readiness, roadmap):
        files = [parsed.get(table.key, ()) for table in area.TABLES]
        if all(of_table and not any(file.problems for file in of_table) for of_table in files):
            problems += area.contradictions(records)
    notes = [*notes_of(parsed.values()), *repeated(records), *warnings(records)]
    return Evidence({table.key: table for table in tables}, records, sorted(problems), notes)


def notes_of(parsed: Iterable[Iterable[Parsed]]) -> list[str]:
    """Return what a user should know of how files were read, a line each with the file."""
    return [f"{file.file}: {note}" for files in parsed for file in files for note in file.notes]


def read_packs_once(packs: Sequence[Pack], *, today: date) -> Evidence:
    """Return `read_packs` of all tables, for files as they are now; in one process the same files are read once.

    What a run decides by and what it then loads is so the same, in half the time.
    """
    return _read(tuple(packs), today, fingerprint_of(pack.path for pack in packs))


@lru_cache(maxsize=2)
def _read(packs: tuple[Pack, ...], today: date, _content: str) -> Evidence:
    return read_packs(packs, today=today)


class _Folder:
    """Finds the files of the tables in a pack, and what is there but should not be."""

    def __init__(self, pack: Pack, tables: Sequence[Table]) -> None:
        self.pack = pack
        self.root = pack.path.resolve()
        self.tables = {table.path: table for table in tables if table.kind != "part"}
        self.workbooks = {table.workbook_path: table for table in tables if table.kind == "csv"}
        self.found: list[tuple[Table, str, Path]] = []
        self.unreadable: list[Table] = []
        self.problems: list[Problem] = []
        self.seen: set[str] = set()
        self.is_like_a_pack = False
        self.personal = tuple(f"{table.path}/" for table in tables if table.is_personal and table.kind == "yaml")
        self.known_words = read_known_words(pack)

    def name_of(self, relative: str) -> str:
        """Return what a file is called in messages."""
        if not relative.startswith(self.personal):
            return relative
        number = 1 + sum(
            other < relative for other in self.seen if other.startswith(f"{PurePosixPath(relative).parent}/")
        )
        return _without_name(relative, self.known_words, f"file {number} of the folder, by name")

    def add(self, relative: str, message: str, expected: str) -> None:
        self.problems.append(Problem(self.pack.file(printable(self.name_of(relative))), 1, "", message, expected))

    def visit(self, folder: Path, relative: str) -> None:
        """Look at all entries of `folder`, which is called `relative` (with a slash at its end) in the pack."""
        try:
            entries = sorted(folder.iterdir())
        except OSError as error:
            self.add(relative, f"the folder cannot be read ({error.strerror})", "a folder that you may read")
            return
        for entry in entries:
            if _is_ignored(entry.name):
                continue
            try:
                self._look_at(entry, relative, relative + entry.name)
            except (OSError, RuntimeError) as error:  # RuntimeError is how pathlib says that a link leads to itself
                self.add(relative + entry.name, f"this cannot be read ({error})", "a file or folder that you may read")

    def _look_at(self, entry: Path, folder: str, relative: str) -> None:
        self.seen.add(relative)
        table = self.tables.get(relative)
        document_of = self.tables.get(folder.removesuffix("/"))
        if not entry.resolve().is_relative_to(self.root):
            self._refuse(table or document_of, relative, "a link that leads out of the pack", "the file itself")
        elif table and table.kind == "csv":
            self._take(table, entry, relative)
        elif workbook := self.workbooks.get(relative):
            if workbook.path in self.seen:
                self.add(relative, f"the table is in {PurePosixPath(workbook.path).name} too", "one of the two files")
            else:
                self.seen.add(workbook.path)
                self._take(workbook, entry, relative)
        elif table or any(path.startswith(f"{relative}/") for path in self.tables):
            self.is_like_a_pack = True
            if entry.is_dir():
                self.visit(entry, f"{relative}/")
            else:
                self._refuse(table, relative, "this is not a folder", "a folder")
        elif document_of and entry.suffix == ".yaml":
            self._take(document_of, entry, relative)
        elif document_of:
            such_as = "" if document_of.is_personal else f", such as {entry.stem}.yaml"
            self.add(relative, "this is not a document", f"documents called <id>.yaml{such_as}")
        else:
            known = [path for path in self.tables if path not in self.seen]
            near = nearest(relative, known)
            self.is_like_a_pack |= near is not None
            expected = f'the name of a table; did you mean "{near}"?' if near else "the name of a table, or README.md"
            self.add(relative, "no table is called this", expected)

    def _take(self, table: Table, entry: Path, relative: str) -> None:
        if entry.is_file():
            self.found.append((table, relative, entry))
        else:
            self._refuse(table, relative, "this is not a file", "a file")

    def _refuse(self, table: Table | None, relative: str, message: str, expected: str) -> None:
        self.add(relative, message, expected)
        if table:
            self.unreadable.append(table)

    def report_missing(self, *, is_complete: bool) -> None:
        """Note which tables are missing from a pack that has to have them all, or that there is none at all."""
        missing = [table for path, table in self.tables.items() if path not in self.seen]
        if is_complete:
            for table in (table for table in missing if not table.may_be_missing):
                if table.kind == "csv":
                    self._refuse(table, table.path, "the file is missing", "a file with a header at least")
                else:
                    self._refuse(table, table.path, "the folder is missing", "a folder of documents")
        elif len(missing) == len(self.tables):
            # Of a folder that is something else altogether, nobody wants to read what each file in it is not.
            self.problems = self.problems if self.is_like_a_pack else []
            such_as = next(iter(self.tables), "")
            self.add("", "the pack holds no table", f"a folder laid out like evidence/public, with a {such_as}")


def read_known_words(pack: Pack) -> frozenset[str]:
    """Return the words that a pack declares to be no names, none if it declares none."""
    path = pack.path / KNOWN_WORDS
    if not path.is_file():
        return frozenset()
    from assets.privacy.identities import known_words

    return known_words(path.read_text(encoding="utf-8", errors="replace"))


def file_label(pack: Pack, relative: str, table: Table, known_words: Collection[str]) -> str:
    """Return what one file of a pack is called in messages."""
    is_personal = table.is_personal and table.kind == "yaml"
    return pack.file(printable(_without_name(relative, known_words, "the file") if is_personal else relative))


def _without_name(relative: str, known_words: Collection[str], instead: str) -> str:
    """Return the name of a file of what people said; if a person may be named in it, `instead`."""
    from assets.privacy.identities import identities_in, identities_in_code

    path = PurePosixPath(relative)
    words = path.stem.replace("_", " ").replace("-", " ")
    if identities_in_code(path.stem.lower(), known_words) or identities_in(words, known_words):
        return str(path.parent / f"({instead}){path.suffix}")
    return relative


def _is_ignored(name: str) -> bool:
    """Tell whether a file is for people and editors: documentation, schemas, hidden files, backups, locks of Excel."""
    return (
        name in ("README.md", PurePosixPath(KNOWN_WORDS).name)
        or name.startswith((".", "~$"))
        or name.endswith((".schema.json", "~"))
    )


def read_file(table: Table, path: Path, file: str, pack: str, today: date, known_words: Collection[str] = ()) -> Parsed:
    """Read one file. `file` is what it is called in messages."""
    try:
        data = _read_bytes(path, file, MAX_FILE_BYTES if table.kind == "csv" else MAX_DOCUMENT_BYTES)
    except OSError as error:
        data = Problem(file, 1, "", f"the file cannot be read ({error.strerror})", "a file that you may read")
    if isinstance(data, Problem):
        return Parsed(file, pack, problems=[data], has_all_ids=False, is_personal=table.is_personal)
    if table.kind == "csv":
        sheet = sheet_of(data, (table.name,))
        if not isinstance(sheet, Sheet):
            line, (message, expected) = sheet
            return Parsed(file, pack, problems=[Problem(file, line, "", message, expected)], has_all_ids=False)
        return parse_sheet(table, sheet, file=file, pack=pack, today=today, known_words=known_words)
    text, problems = decode(data, file)
    if text is None:
        return Parsed(file, pack, problems=problems, has_all_ids=False)
    parsed = parse_text(table, path, text, file, pack, today, known_words)
    parsed.problems[:0] = problems
    return parsed


def parse_text(
    table: Table, path: Path, text: str, file: str, pack: str, today: date, known_words: Collection[str] = ()
) -> Parsed:
    """Read the content of a file. `file` is what it is called in messages."""
    if table.kind == "csv":
        return parse_csv(table, text, file=file, pack=pack, today=today, known_words=known_words)
    return parse_yaml(table, text, file=file, pack=pack, today=today, known_words=known_words, stem=path.stem)


def _read_bytes(path: Path, file: str, limit: int) -> bytes | Problem:
    """Return the content of a file, or why it is refused, before much of it is in memory."""
    lines = []
    with path.open("rb") as opened:
        if (size := path.stat().st_size) > limit:
            return Problem(file, 1, "", f"the file has {size:,} bytes", f"at most {limit:,}: facts, not a dump of data")
        if path.suffix == WORKBOOK:
            return opened.read()
        while line := opened.readline(4 * MAX_LINE_CHARS + 1):
            lines.append(line)
            if len(line) > MAX_LINE_CHARS and len(line.decode("utf-8", "ignore")) > MAX_LINE_CHARS:
                message = f"the line has more than {MAX_LINE_CHARS:,} characters"
                return Problem(file, len(lines), "", message, "a line that a person can read")
    return b"".join(lines)


def values_of(table_key: str, record: Record) -> list[Any]:
    """Return what is loaded of a record, in the order of the raw table's columns."""
    values = record.row.model_dump(mode="json")
    return [*values.values(), evidence_id(table_key, record.row.id), record.pack, record.file, record.line]
