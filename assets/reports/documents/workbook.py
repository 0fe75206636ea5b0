"""Sheets as an XLSX file: typed cells, a header that stays, filters, and a first sheet that explains the rest.

Belongs here: XlsxWriter. Does not belong here: what the sheets hold (`validation_matrix.py`).

The same sheets give the same bytes: XlsxWriter dates all parts alike, and the one date in the properties is that of the
release. Every text is written as text, also one that begins with `=`, and marked so that it stays text when somebody
edits it.
"""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from datetime import UTC
from typing import Any

import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from assets.common.spreadsheet import inert
from assets.reports.documents.validation_matrix import WrittenSheet
from assets.reports.model import Manifest

MOST_CHARACTERS = 32_767
"""In a cell. Excel specifications and limits, https://support.microsoft.com/office/1672b34d-7043-467e-8e27-269d656771c3."""

FORMATS = {"text": "@", "names": "@", "count": "0", "amount": "0.00", "answer": "General"}
"""By kind of column."""

ILLUSTRATIVE = "This release holds illustrative data. It is made up to show the software, and it is no evidence."


def workbook(
    sheets: Sequence[WrittenSheet],
    manifest: Manifest,
    title: str,
    terms: Mapping[str, Mapping[str, str]],
    *,
    is_illustrative: bool,
) -> bytes:
    """Return the file. `terms` are lists of words with what they mean, by heading, for the sheet that explains."""
    file = io.BytesIO()
    book = xlsxwriter.Workbook(file, {"in_memory": True})
    book.set_properties(
        {
            "title": title,
            "subject": f"Release {manifest.release_id}",
            "author": "waku-fit",
            "created": manifest.created_at.astimezone(UTC).replace(tzinfo=None),
        }
    )
    writer = _Writer(book, manifest, is_illustrative)
    writer.explain(title, sheets, terms)
    for sheet in sheets:
        writer.table(sheet)
    book.close()
    return file.getvalue()


class _Writer:
    def __init__(self, book: xlsxwriter.Workbook, manifest: Manifest, is_illustrative: bool) -> None:
        self._book = book
        self._manifest = manifest
        self._is_illustrative = is_illustrative
        looks = {"valign": "top", "text_wrap": True}
        self._formats = {
            kind: book.add_format({**looks, "num_format": form, "text_wrap": kind != "names"})
            for kind, form in FORMATS.items()
        }
        self._quoted = book.add_format({**looks, "num_format": "@", "quote_prefix": True})
        self._header = book.add_format({**looks, "bold": True, "bg_color": "#E3ECEF", "bottom": 1})
        self._title = book.add_format({"bold": True, "font_size": 16})

    def explain(self, title: str, sheets: Sequence[WrittenSheet], terms: Mapping[str, Mapping[str, str]]) -> None:
        """Write the sheet that says what the others hold."""
        page = self._page("How to read")
        page.set_column(0, 0, 30)
        page.set_column(1, 1, 100)
        page.write_string(0, 0, title, self._title)
        made_on = f"{self._manifest.created_at:%Y-%m-%d}"
        row = 1
        if self._is_illustrative:
            self._text(page, row, 1, ILLUSTRATIVE)
            row += 1
        parts: dict[str, Mapping[str, str]] = {
            "Release": {
                "Release": self._manifest.release_id,
                "Made on": made_on,
                "Evidence up to": f"{self._manifest.as_of or 'no date; all evidence is taken'}",
                "Packs of evidence": ", ".join(self._manifest.packs),
            },
            "Sheets": {sheet.title: sheet.about for sheet in sheets},
            "Columns": {column.title: column.meaning for sheet in sheets for column in sheet.columns},
            **terms,
        }
        for heading, words in parts.items():
            row += 1
            page.write_row(row, 0, (heading, ""), self._header)
            for name, meaning in words.items():
                row += 1
                self._text(page, row, 0, name)
                self._text(page, row, 1, meaning)
            row += 1

    def table(self, sheet: WrittenSheet) -> None:
        """Write a sheet of rows, each value by its type."""
        page = self._page(sheet.title)
        for index, column in enumerate(sheet.columns):
            page.set_column(index, index, column.width)
            page.write_string(0, index, column.title, self._header)
        page.set_row(0, 45)
        page.freeze_panes(1, 1)
        page.autofilter(0, 0, max(1, len(sheet.rows)), len(sheet.columns) - 1)
        page.repeat_rows(0)
        for line, values in enumerate(sheet.rows, start=1):
            for index, (column, value) in enumerate(zip(sheet.columns, values, strict=True)):
                self._value(page, line, index, value, self._formats[column.kind])

    def _page(self, name: str) -> Worksheet:
        page = self._book.add_worksheet(name)
        page.set_landscape()
        page.set_paper(9)  # A4
        page.fit_to_pages(1, 0)
        page.set_footer(f"&LRelease {self._manifest.release_id}&R&P of &N")
        if self._is_illustrative:
            page.set_header(f"&C{ILLUSTRATIVE}")
        return page

    def _value(self, page: Worksheet, row: int, column: int, value: Any, form: Format) -> None:
        if value is None:
            page.write_blank(row, column, None, form)
        elif isinstance(value, bool):
            page.write_boolean(row, column, value, form)
        elif isinstance(value, int | float):
            page.write_number(row, column, value, form)
        else:
            self._text(page, row, column, "; ".join(value) if isinstance(value, list) else value, form)

    def _text(self, page: Worksheet, row: int, column: int, text: str, form: Format | None = None) -> None:
        whole = text if len(text) <= MOST_CHARACTERS else f"{text[: MOST_CHARACTERS - 1]}…"
        usual = form or self._formats["text"]
        page.write_string(row, column, whole, self._quoted if inert(whole) != whole else usual)
