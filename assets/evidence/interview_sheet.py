"""Interviews as a spreadsheet and back: one row per finding, the columns of the interview repeated in each.

Belongs here: rows to documents and documents to rows, pure. Does not belong here: files
(`orchestration.commands.analyst`), what is right or wrong in a document (`rows.py`, `tables`).

An answer is a column `answer_<question>`. An interview without findings is one row with these columns empty.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import NamedTuple

from assets.common.spreadsheet import csv_text
from assets.evidence.documents import COMMON, Document
from assets.evidence.importer import HeadedTable, Importer, SourceFile, UnreadableError
from assets.evidence.mapping import ColumnMap, OurColumn, Titles, Translation, columns_of, normal
from assets.evidence.sheet import letters
from assets.evidence.tables import TABLES_BY_KEY
from assets.evidence.wording import counted

INTERVIEWS = TABLES_BY_KEY["interviews__interviews"]
ANSWERS, FINDINGS = INTERVIEWS.parts
ANSWER = "answer_"
INTERVIEW_COLUMNS = tuple(name for name in INTERVIEWS.model.model_fields if name not in COMMON)
FINDING_COLUMNS = tuple(
    name for name in FINDINGS.table.model.model_fields if name not in (*FINDINGS.set_by_loader, "note")
)
FINDING_NOTE = "finding_note"


class ImportedInterview(NamedTuple):
    """A document, and the line of a file in which it begins."""

    line: int
    document: Document


def columns_of_sheet(questions: Sequence[str]) -> list[str]:
    """Return the header of a sheet for these questions."""
    answers = [f"{ANSWER}{question}" for question in questions]
    return [*INTERVIEW_COLUMNS, *answers, *FINDING_COLUMNS, FINDING_NOTE, *COMMON]


def to_sheet(documents: Sequence[Document]) -> str:
    """Return documents as CSV. Values are text as in the documents."""
    questions = list(dict.fromkeys(q for document in documents for q in document.get("answers") or {}))
    columns = columns_of_sheet(questions)
    rows: list[list[str]] = []
    for document in documents:
        own = {name: document.get(name) for name in (*INTERVIEW_COLUMNS, *COMMON)}
        own |= {f"{ANSWER}{question}": text for question, text in (document.get("answers") or {}).items()}
        for finding in document.get("findings") or [{}]:
            row = own | {name: finding.get(name) for name in FINDING_COLUMNS} | {FINDING_NOTE: finding.get("note")}
            rows.append(["" if (value := row.get(name)) is None else str(value) for name in columns])
    return csv_text(columns, rows)


def read_sheet(source: SourceFile) -> Iterable[ImportedInterview]:
    """Read the interviews of a sheet.

    A row that repeats an interview may leave its columns blank, and its id if it has nothing but a finding: merged
    cells are exported as one filled row and blank ones.
    """
    table = source.table(("interviews", "findings"))
    translation: Translation = source.translation or translation_of({})
    targets = translation.targets(table, source)
    _require_columns(source, table, targets, translation)
    found: dict[str, ImportedInterview] = {}
    own: dict[str, dict[str, str]] = {}
    row_id = ""
    for line, cells in translation.rows(table, targets, source):
        finding = {name: cells.pop(name) for name in (*FINDING_COLUMNS, FINDING_NOTE) if name in cells}
        if not (row_id := cells.get("id", "" if cells else row_id)):
            source.wrong("id", "has no value", "the code of the interview, in each row that has more than a finding")
            continue
        first = found.setdefault(row_id, ImportedInterview(line, {}))
        known = own.setdefault(row_id, {})
        if differing := sorted(name for name, text in cells.items() if known.setdefault(name, text) != text):
            source.wrong("", f"{', '.join(differing)} differ from line {first.line}, which is the same interview", "")
        elif finding:
            first.document.setdefault("findings", []).append(_finding(finding))
    for row_id, (_, document) in found.items():
        if translation.mapping and "interviewed_on" in own[row_id]:
            own[row_id].setdefault("as_of", own[row_id]["interviewed_on"])
        document |= _interview(own[row_id]) | ({"findings": document.pop("findings")} if document else {})
    return found.values()


SHEET = Importer("sheet", "interviews", lambda _: True, read_sheet)


def translation_of(titles: Titles, mapping: ColumnMap | None = None) -> Translation:
    """Return how a file becomes a sheet of interviews. `titles` has the tables that it refers to, as far as known."""
    findings = [name for name in FINDING_COLUMNS if name != FINDING_NOTE]
    columns = columns_of(INTERVIEWS, ("id", *INTERVIEW_COLUMNS, *COMMON), titles)
    columns |= columns_of(FINDINGS.table, findings, titles) | {FINDING_NOTE: OurColumn()}
    columns["tag"] = replace(columns["tag"], splits=True)
    return Translation(columns, mapping, prefix=ANSWER, together=frozenset(findings))


def is_foreign(headings: Sequence[str]) -> bool:
    """Tell whether headings are those of another program: a sheet of ours has an id."""
    return "id" not in map(normal, headings)


def _require_columns(
    source: SourceFile, table: HeadedTable, targets: Sequence[Sequence[str]], translation: Translation
) -> None:
    """Stop unless these are columns of a sheet of interviews, or a mapping makes them so."""
    mapping = translation.mapping
    there = {name for names in targets for name in names} | (mapping.targets if mapping else set())
    wanted = ("id",) if mapping else ("id", "segment_id", "tag")
    if missing := [name for name in wanted if name not in there]:
        source.stop(f"the columns {', '.join(missing)} are missing", ", ".join(columns_of_sheet(["<question>"])))
    pairs = enumerate(zip(table.headings, targets, strict=True), start=1)
    unknown = [position for position, (name, ours) in pairs if name and not ours]
    if unknown and mapping is None:
        what = f"{counted(len(unknown), 'column')} ({', '.join(map(letters, unknown))}) not of a sheet of interviews"
        source.stop(what, ", ".join(sorted(translation.columns)))
    if source.problems.count:
        raise UnreadableError


def _interview(cells: Mapping[str, str]) -> Document:
    document: Document = {name: cells[name] for name in (*INTERVIEW_COLUMNS, *COMMON) if name in cells}
    if answers := {name.removeprefix(ANSWER): text for name, text in cells.items() if name.startswith(ANSWER)}:
        document["answers"] = answers
    return document


def _finding(cells: Mapping[str, str]) -> Document:
    return {"note" if name == FINDING_NOTE else name: text for name, text in cells.items()}
