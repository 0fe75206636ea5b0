"""Interviews as a spreadsheet and back: one row per finding, the columns of the interview repeated in each.

Belongs here: rows to documents and documents to rows, pure. Does not belong here: files
(`orchestration.commands.analyst`), what is right or wrong in a document (`rows.py`, `tables`).

An answer is a column `answer_<question>`. An interview without findings is one row with these columns empty.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from typing import Any

import yaml

from assets.common.spreadsheet import inert, separator_of, typed
from assets.evidence.model import EvidenceRow, Table
from assets.evidence.tables import TABLES_BY_KEY
from assets.evidence.wording import misread

INTERVIEWS = TABLES_BY_KEY["interviews__interviews"]
ANSWERS, FINDINGS = INTERVIEWS.parts
ANSWER = "answer_"
COMMON = tuple(name for name in EvidenceRow.model_fields if name != "id")
INTERVIEW_COLUMNS = tuple(name for name in INTERVIEWS.model.model_fields if name not in COMMON)
FINDING_COLUMNS = tuple(
    name for name in FINDINGS.table.model.model_fields if name not in (*FINDINGS.set_by_loader, "note")
)
FINDING_NOTE = "finding_note"

Document = dict[str, Any]


class SheetError(ValueError):
    """A sheet that is not one of interviews: the lines and what is wrong, one per line."""


def columns_of(questions: Sequence[str]) -> list[str]:
    """Return the header of a sheet for these questions."""
    answers = [f"{ANSWER}{question}" for question in questions]
    return [*INTERVIEW_COLUMNS, *answers, *FINDING_COLUMNS, FINDING_NOTE, *COMMON]


def to_sheet(documents: Sequence[Document]) -> str:
    """Return documents as CSV. Values are text as in the documents."""
    questions = list(dict.fromkeys(q for document in documents for q in document.get("answers") or {}))
    columns = columns_of(questions)
    out = io.StringIO()
    writer = csv.DictWriter(out, columns, lineterminator="\n")
    writer.writeheader()
    for document in documents:
        own = {name: document.get(name) for name in (*INTERVIEW_COLUMNS, *COMMON)}
        own |= {f"{ANSWER}{question}": text for question, text in (document.get("answers") or {}).items()}
        for finding in document.get("findings") or [{}]:
            row = own | {name: finding.get(name) for name in FINDING_COLUMNS} | {FINDING_NOTE: finding.get("note")}
            writer.writerow({name: inert("" if value is None else str(value)) for name, value in row.items()})
    return out.getvalue()


def from_sheet(text: str) -> dict[str, tuple[int, Document]]:
    """Return by id the line in which an interview begins, and its document. Raises `SheetError`."""
    text = text.removeprefix("\ufeff")
    reader = csv.DictReader(io.StringIO(text), strict=True, delimiter=separator_of(text))
    _require_columns(list(reader.fieldnames or []))
    found: dict[str, tuple[int, Document]] = {}
    problems = []
    for row in reader:
        # a cell of several lines: the row begins as many before its last one
        line = reader.line_num - sum(str(value).count("\n") for value in row.values())
        if not (cells := _cells(row)):
            continue
        if None in row or "id" not in cells:
            problems.append(f"{line}: the row has no id, or more cells than the header")
            continue
        own = _interview(cells)
        first, document = found.setdefault(cells["id"], (line, own))
        if differing := _differing(document, own):
            problems.append(f"{line}: {', '.join(differing)} differ from line {first}, which is the same interview")
        elif first != line:
            document.setdefault("findings", []).extend(own.get("findings", []))
    if problems:
        raise SheetError("\n".join(problems))
    return found


def _require_columns(header: Sequence[str]) -> None:
    """Raise `SheetError` unless these are columns of a sheet of interviews."""
    known = set(columns_of([]))
    if missing := [name for name in ("id", "segment_id", "tag") if name not in header]:
        raise SheetError(
            f"1: the columns {', '.join(missing)} are missing; expected {', '.join(columns_of(['<question>']))}"
        )
    if unknown := [name for name in header if name not in known and not name.startswith(ANSWER)]:
        raise SheetError(
            f"1: {len(unknown)} columns are none of a sheet of interviews; expected {', '.join(sorted(known))}"
        )


def _cells(row: Mapping[str, Any]) -> dict[str, str]:
    """Return what is typed in a row, by column."""
    return {
        name: typed(value.strip()) for name, value in row.items() if name and isinstance(value, str) and value.strip()
    }


def _differing(document: Document, own: Document) -> list[str]:
    """Return the columns in which two rows of one interview contradict each other."""
    keys = (document.keys() | own.keys()) - {"findings"}
    return sorted(key for key in keys if document.get(key) != own.get(key))


def document_text(document: Mapping[str, Any], schema: str) -> str:
    """Return a document as the text of its file, keys in the order of the template, numbers and dates plain."""
    own = [name for name in INTERVIEW_COLUMNS if name in document]
    parts = [part.key for part in INTERVIEWS.parts if document.get(part.key)]
    ordered = {name: document[name] for name in (*own, *parts, *(c for c in COMMON if c in document))}
    ordered = _plain(INTERVIEWS, ordered)
    if FINDINGS.key in ordered:
        ordered[FINDINGS.key] = [_plain(FINDINGS.table, finding) for finding in ordered[FINDINGS.key]]
    text = yaml.dump(ordered, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=110, default_flow_style=False)
    return f"# yaml-language-server: $schema={schema}\n{text}"


def plain_document(text: str) -> Document:
    """Return a document with all values as text, as a sheet has them. The document is valid."""
    document = yaml.load(text, Loader=yaml.BaseLoader)  # noqa: S506 - the base loader makes nothing but text
    assert isinstance(document, dict)
    return {key: value for key, value in document.items() if value not in ("", None)}


def _interview(cells: Mapping[str, str]) -> Document:
    document: Document = {name: cells[name] for name in (*INTERVIEW_COLUMNS, *COMMON) if name in cells}
    if answers := {name.removeprefix(ANSWER): text for name, text in cells.items() if name.startswith(ANSWER)}:
        document["answers"] = answers
    finding = {name: cells[name] for name in FINDING_COLUMNS if name in cells}
    if FINDING_NOTE in cells:
        finding["note"] = cells[FINDING_NOTE]
    if finding:
        document["findings"] = [finding]
    return document


class _Plain(str):
    """A number or a date, which needs no quotes: its column says what it is."""


def _plain(table: Table, values: Mapping[str, Any]) -> Document:
    kinds = table.columns()
    is_text = {
        name: kinds.get(name, "text").startswith("text") or misread(kinds[name], str(values[name])) for name in values
    }
    return {name: value if is_text[name] else _Plain(value) for name, value in values.items()}


class _Dumper(yaml.SafeDumper):
    """Writes text of several lines, and numbers and dates, as such."""


def _text(dumper: yaml.SafeDumper, text: str) -> yaml.ScalarNode:
    style = "|" if "\n" in text else None
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style=style)


def _number_or_date(dumper: yaml.SafeDumper, text: _Plain) -> yaml.ScalarNode:
    tag = dumper.resolve(yaml.ScalarNode, text, (True, False))  # type: ignore[no-untyped-call]
    return dumper.represent_scalar(tag, text)


_Dumper.add_representer(str, _text)
_Dumper.add_representer(_Plain, _number_or_date)
