"""Evidence as a workbook that somebody fills in: a sheet for each kind of row, lists of the ids there are, help.

Belongs here: XlsxWriter, pure. Does not belong here: which sheets and columns there are (`columns.py`), reading one
that was filled in (`workbook_rows.py`).

Every cell is written as text that stays text, also one that begins with `=`, and no cell has a format by which a
spreadsheet makes a date of an id. Headings and examples are locked without a password.
"""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any

import xlsxwriter
from xlsxwriter.utility import xl_rowcol_to_cell

from assets.common.spreadsheet import inert, typed
from assets.evidence.columns import FormColumn, SheetPlan
from assets.evidence.documents import plain_text
from assets.evidence.sheet import cell_text

MARK = "EXAMPLE, never imported"
"""In a row that shows how one is filled in."""
START, COLUMNS, LISTS = "start", "columns", "lists"
OWN_SHEETS = (START, COLUMNS, LISTS)
"""Sheets that nobody fills in."""
MOST_CHARACTERS = 32_767
"""In a cell. Excel specifications and limits, https://support.microsoft.com/office/1672b34d-7043-467e-8e27-269d656771c3."""

_AS_TEXT = 49
"""Format in which a spreadsheet leaves what is typed as it is. ECMA-376 Part 1, 18.8.30."""
_LAST_ROW = 5_000
"""Down to which cells offer their lists."""
_TITLE, _MESSAGE = 32, 255
"""Characters in what a cell says when it is chosen."""
_MAY_BE_CHANGED = dict.fromkeys(
    ("format_cells", "format_columns", "format_rows", "insert_rows", "delete_rows", "sort", "autofilter"), True
)


class TooLongError(ValueError):
    """A value that no cell holds; says which."""


@dataclass(frozen=True)
class FilledSheet:
    """A sheet with its rows, values by heading."""

    plan: SheetPlan
    rows: Sequence[Mapping[str, str]]
    example: Mapping[str, str]


def workbook_of(
    sheets: Sequence[FilledSheet], titles: Mapping[str, Mapping[str, str]], steps: Sequence[str], today: date
) -> bytes:
    """Return the file. `titles` has by table its ids with their titles, `steps` what to do, a sentence each.

    Raises `TooLongError`.
    """
    file = io.BytesIO()
    book = xlsxwriter.Workbook(file, {"in_memory": True})
    book.set_properties({"title": "Evidence", "author": "waku-fit", "created": datetime.combine(today, time())})
    writer = _FormWriter(book, sheets, titles)
    writer.start(steps)
    for sheet in sheets:
        writer.form(sheet)
    writer.meanings()
    writer.lists()
    book.close()
    return file.getvalue()


class _FormWriter:
    def __init__(
        self, book: xlsxwriter.Workbook, sheets: Sequence[FilledSheet], titles: Mapping[str, Mapping[str, str]]
    ) -> None:
        self._book = book
        self._sheets = sheets
        self._choices: dict[str, Mapping[str, str]] = {}
        """Lists by name: each value with its title."""
        for column in (column for sheet in sheets for column in sheet.plan.columns):
            if found := _choices_of(column, titles):
                self._choices[_list_name(column)] = found
        top: dict[str, Any] = {"valign": "top", "num_format": _AS_TEXT}
        self._text = book.add_format({**top, "locked": False})
        self._wrapped = book.add_format({**top, "locked": False, "text_wrap": True})
        self._number = book.add_format({"valign": "top", "locked": False})
        self._quoted = book.add_format({**top, "locked": False, "text_wrap": True, "quote_prefix": True})
        self._needed = book.add_format({**top, "bold": True, "bg_color": "#C9DCE2", "bottom": 1})
        self._optional = book.add_format({**top, "bg_color": "#EDF3F5", "bottom": 1})
        self._example = book.add_format({**top, "italic": True, "font_color": "#6B6B6B", "bg_color": "#F3F3F3"})
        self._said = book.add_format({**top, "text_wrap": True})
        self._title = book.add_format({"bold": True, "font_size": 16})

    def start(self, steps: Sequence[str]) -> None:
        """Write the sheet that says what to do."""
        page = self._page(START, (34, 110))
        page.write_string(0, 0, "How to fill in this workbook", self._title)
        for row, step in enumerate(steps, start=2):
            page.write_string(row, 0, f"{row - 1}.", self._said)
            page.write_string(row, 1, step, self._said)
        row = len(steps) + 4
        page.write_row(row - 1, 0, ("Sheet", "One row is"), self._needed)
        for sheet in self._sheets:
            page.write_url(row, 0, f"internal:'{sheet.plan.name}'!A1", self._said, sheet.plan.name)
            page.write_string(row, 1, sheet.plan.one_row_is, self._said)
            row += 1

    def form(self, sheet: FilledSheet) -> None:
        """Write a sheet to fill in: headings with help, an example, the rows there are."""
        page = self._book.add_worksheet(sheet.plan.name)
        page.freeze_panes(1, 1)
        page.protect("", _MAY_BE_CHANGED)
        page.ignore_errors({"number_stored_as_text": f"A1:XFD{_LAST_ROW}"})
        for position, column in enumerate(sheet.plan.columns):
            look = self._optional if column.may_be_empty else self._needed
            page.set_column(position, position, _width(column), self._look(column))
            page.write_string(0, position, column.heading, look)
            says = f"{column.meaning}.\n\nWrite {column.takes}."
            page.write_comment(0, position, says, {"x_scale": 2.4, "y_scale": 1.6, "author": "waku-fit"})
            page.data_validation(1, position, _LAST_ROW, position, self._validation(sheet.plan, column))
            example = MARK if position == 0 else sheet.example.get(column.heading, "")
            page.write_string(1, position, example[:MOST_CHARACTERS], self._example)
        for line, row in enumerate(sheet.rows, start=2):
            for position, column in enumerate(sheet.plan.columns):
                self._value(page, line, position, column, plain_text(row.get(column.heading, "")), sheet.plan)

    def meanings(self) -> None:
        """Write the sheet that says what each column means."""
        page = self._page(COLUMNS, (26, 28, 80, 60, 40))
        page.write_row(0, 0, ("sheet", "column", "what it means", "what may stand there", "example"), self._needed)
        page.freeze_panes(1, 0)
        columns = ((sheet, column) for sheet in self._sheets for column in sheet.plan.columns)
        for row, (sheet, column) in enumerate(columns, start=1):
            example = sheet.example.get(column.heading, "")
            texts = (sheet.plan.name, column.heading, column.meaning, column.takes, example)
            for position, text in enumerate(texts):
                page.write_string(row, position, text[:MOST_CHARACTERS], self._said)

    def lists(self) -> None:
        """Write the sheet from which cells offer their values."""
        page = self._page(LISTS, ())
        for number, (name, values) in enumerate(self._choices.items()):
            page.set_column(2 * number, 2 * number + 1, 30)
            page.write_row(0, 2 * number, (name, "what it is called"), self._needed)
            for row, (value, title) in enumerate(values.items(), start=1):
                page.write_string(row, 2 * number, value, self._said)
                page.write_string(row, 2 * number + 1, title if title != value else "", self._said)

    def _page(self, name: str, widths: Sequence[int]) -> Any:
        page = self._book.add_worksheet(name)
        page.protect("", _MAY_BE_CHANGED)
        for position, width in enumerate(widths):
            page.set_column(position, position, width)
        return page

    def _look(self, column: FormColumn) -> Any:
        if column.is_number:
            return self._number
        return self._wrapped if column.is_free_text else self._text

    def _validation(self, plan: SheetPlan, column: FormColumn) -> dict[str, Any]:
        """Return what a cell offers and says. Only a closed list refuses: an id may be in a pack or a sheet beside."""
        help_ = f"{column.meaning}. Write {column.takes}."
        said = {
            "input_title": column.heading[:_TITLE],
            "input_message": help_ if len(help_) <= _MESSAGE else f"{help_[: _MESSAGE - 1]}…",
        }
        source = self._source(plan, column)
        if not source:
            return {"validate": "any", **said}
        kind = "stop" if column.choices else "warning"
        error = {"error_title": "Not in the list", "error_message": "See the sheet lists.", "error_type": kind}
        return {"validate": "list", "source": source, "show_error": not column.is_list, **error, **said}

    def _source(self, plan: SheetPlan, column: FormColumn) -> str:
        """Return the cells that a column offers, nothing if it offers none."""
        if plan.part and column.name == plan.part.parent_column:
            return f"={plan.table.name}!$A$3:$A${_LAST_ROW}"
        names = list(self._choices)
        if (name := _list_name(column)) not in names:
            return ""
        position = 2 * names.index(name)
        first = xl_rowcol_to_cell(1, position, row_abs=True, col_abs=True)
        last = xl_rowcol_to_cell(len(self._choices[name]), position, row_abs=True, col_abs=True)
        return f"={LISTS}!{first}:{last}"

    def _value(self, page: Any, line: int, position: int, column: FormColumn, text: str, plan: SheetPlan) -> None:
        if not text:
            return
        if column.is_number and (number := _exact(text)) is not None:
            page.write_number(line, position, number, self._number)
            return
        # reading takes away an apostrophe that stands before what would be run
        whole = f"'{text}" if typed(text) != text else text
        if len(whole) > MOST_CHARACTERS:
            raise TooLongError(
                f"{column.heading} of a row of {plan.name} has {len(whole):,} characters; a cell holds"
                f" {MOST_CHARACTERS:,}: keep this one in its file"
            )
        page.write_string(line, position, whole, self._quoted if inert(whole) != whole else self._look(column))


def _choices_of(column: FormColumn, titles: Mapping[str, Mapping[str, str]]) -> Mapping[str, str]:
    if reference := column.reference:
        return dict.fromkeys(reference.besides, "") | dict(titles.get(reference.table, {}))
    return dict.fromkeys(column.choices, "")


def _list_name(column: FormColumn) -> str:
    if reference := column.reference:
        return " or ".join([reference.table.partition("__")[2], *reference.besides])
    return f"{column.name} of {column.table.name}" if column.kind != "boolean" else "true or false"


def _exact(text: str) -> float | None:
    """Return a number of which a workbook gives the same text back, None if it would not."""
    try:
        number = float(text)
        return number if cell_text(number) == text else None
    except (ValueError, OverflowError):
        return None


def _width(column: FormColumn) -> int:
    if column.is_free_text:
        return 40
    return max(14, min(30, len(column.heading) + 3))
