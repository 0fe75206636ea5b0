"""Cells of released tables as HTML: the only way in which a number gets into a report.

Belongs here: looking up a cell, writing it with its address, remembering what was shown. Does not belong here: layout
(`templates/`), what a value looks like (`formats.py`), how a number is made (`derivations.py`).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from copy import copy
from datetime import date
from typing import Any, Protocol
from urllib.parse import quote

import pandas as pd
from markupsafe import Markup, escape

from assets.common.plain_values import plain_value
from assets.evidence.model import Grade
from assets.evidence.sources import linked
from assets.evidence.tables import TABLES_BY_KEY
from assets.reports.page.basis import CellName, Derivation, Place
from assets.reports.page.doubts import DOUBTFUL, doubtful_rows
from assets.reports.page.formats import FORMATS, MISSING, line_of, shortened
from assets.reports.released import RELEASED_TABLES, SOURCES

KEYS: dict[str, tuple[str, ...]] = {
    "manifest": (),
    "decision_log": ("position",),
    "drafts": ("deliverable_id",),
    **{name: table.key for name, table in RELEASED_TABLES.items()},
}
"""The columns that name a row of each table that a report may show; a table without any has one row, called `only`."""

APPROXIMATE = frozenset({Grade.ESTIMATED, Grade.ILLUSTRATIVE})
"""Grades of which money is written with a sign that it is about so much."""

NUMBERS = frozenset({"chance", "change", "count", "hundredths", "quantity", "ratio", "tenths", "usd", "whole"})
"""Formats of numbers."""

SHARED_PART = "weights and thresholds"
"""Part of a row that is listed once for all rows that are based on the same."""

NOT_LISTED = "benchmarks__measurements/"
"""Thousands of rows, for which their run stands; a figure tells those that it is made of by file and line."""

ENDS_OF_CHAIN = ("decision_log", "drafts", "manifest", "evidence_index", "release_checks")
"""Tables whose numbers are based on nothing else."""

Row = Mapping[str, Any]


class Explains(Protocol):
    """What says of numbers how they are made (see `derivations.py`)."""

    def of(self, place: Place) -> Derivation:
        """Return how the numbers of a place are made."""

    def place_of(self, table: str, key: str, column: str) -> Place:
        """Return the place that says how a number is made: its row, a part of it, or the row that it stands for."""


class Cells:
    """The released tables by row. Raises `KeyError` for anything that is not in them: a report never makes it up.

    It remembers which places numbers lead to, so that each of them is there: on the page that its table is of.
    """

    def __init__(self, frames: Mapping[str, pd.DataFrame], explains: Callable[[Cells], Explains] | None = None) -> None:
        self._frames = frames
        self._rows: dict[str, dict[str, Row]] = {}
        self._found: dict[tuple[str, ...], dict[tuple[Any, ...], list[str]]] = {}
        """Keys of rows by their values in some columns; for a table with these columns."""
        self._explains = explains(self) if explains else _AsItStands(self)
        self._derivations: dict[Place, Derivation] = {}
        self._wanted: dict[str, dict[Place, None]] = {}
        """Places that numbers lead to, by the page that has them."""
        self._told: set[Place] = set()
        self._doubtful = doubtful_rows(frames)
        self._page = ""

    def of_page(self, path: str) -> Cells:
        """Return the same tables, with links from the page at a path of the release."""
        page = copy(self)
        page._page = path
        return page

    def _of(self, table: str) -> dict[str, Row]:
        if table not in self._rows:
            self._rows[table] = _by_key(table, self._frames[table])
        return self._rows[table]

    def has(self, table: str, key: str) -> bool:
        """Return whether `table` has a row with this key."""
        return key in self._of(table)

    def keys(self, table: str, **where: Any) -> list[str]:
        """Return the keys of the rows of `table` with these values, in the order of the table."""
        if not where:
            return list(self._of(table))
        return list(self._by_values(table, tuple(where)).get(tuple(where.values()), ()))

    def _by_values(self, table: str, columns: tuple[str, ...]) -> dict[tuple[Any, ...], list[str]]:
        """Return the keys of the rows of `table` by their values in `columns`: pages ask some thousand times."""
        asked = (table, *columns)
        if asked not in self._found:
            found = self._found[asked] = {}
            for key, row in self._of(table).items():
                found.setdefault(tuple(row[column] for column in columns), []).append(key)
        return self._found[asked]

    def value(self, table: str, key: str, column: str) -> Any:
        """Return the value of a cell: None where there is none, a whole number without a point."""
        return self._row(table, key, column)[column]

    def row(self, table: str, key: str) -> Row:
        """Return all values of a row by column."""
        return self._row(table, key)

    def cell(self, table: str, key: str, column: str, form: str = "plain", *, link: bool = True) -> Markup:
        """Return a cell with its address `table/key/column`, and with its raw value where it is written otherwise.

        A number links to what it is based on, unless `link` is false. A cell without a value says so.
        """
        row = self._row(table, key, column)
        value = row[column]
        text = _written(row, column, form)
        is_number = form in NUMBERS
        raw = "" if value is None else _raw(value)
        data = _data(f"{table}/{key}/{column}", raw, text, is_number=is_number, is_missing=value is None)
        target = self.target(table, key, column) if link and is_number else None
        if target is None:
            return data
        return Markup(f'<a class="why" href="{target}">{data}</a>') + self._doubt(row)  # noqa: S704

    def _doubt(self, row: Row) -> Markup:
        """Return a sign that a row is based on evidence that a reader marked as doubtful, else nothing."""
        ids: Iterable[Any] = row.get("evidence_ids") or (row.get("evidence_id"),)
        return DOUBTFUL if self._doubtful and not self._doubtful.isdisjoint(ids) else Markup()

    def text(self, table: str, key: str, column: str, form: str = "plain") -> str:
        """Return a cell as text, for documents that are no pages; one without a value says so."""
        return _written(self._row(table, key, column), column, form)

    def svg_text(
        self,
        table: str,
        key: str,
        column: str,
        form: str,
        x: float,
        y: float,
        *,
        lines: Sequence[str] = (),
        step: int = 0,
    ) -> Markup:
        """Return a cell as text of a drawing, with its raw value and its address like any other.

        `lines` are its text where it takes several, `step` pixels apart.
        """
        row = self._row(table, key, column)
        value = row[column]
        written = Markup(" ").join(
            Markup('<tspan x="{}" y="{}">{}</tspan>').format(x, y + step * line, text)
            for line, text in enumerate(lines)
        )
        return Markup('<text x="{}" y="{}" value="{}" data-cell="{}/{}/{}">{}</text>').format(
            x, y, "" if value is None else _raw(value), table, key, column,
            written or (MISSING if value is None else FORMATS[form](value)),
        )  # fmt: skip

    def svg_title(self, table: str, key: str, column: str, form: str, before: str = "") -> Markup:
        """Return a cell as what a shape of a drawing says when a reader points at it, after a few words."""
        raw, text = _raw(self.value(table, key, column)), self.text(table, key, column, form)
        address = f"{table}/{key}/{column}"
        return Markup('<title value="{}" data-cell="{}">{}{}</title>').format(raw, address, before, text)

    def links(self, table: str, key: str, column: str) -> Markup:
        """Return the text of a source with what can be opened as links; only http and https lead anywhere."""
        text = str(self.value(table, key, column))
        parts = [
            Markup('<a href="{}" rel="noreferrer">{}</a>').format(address, words) if address else escape(words)
            for words, address in linked(text)
        ]
        return Markup('<span data-cell="{}/{}/{}">{}</span>').format(table, key, column, Markup().join(parts))

    def beside_evidence(self, requirement: str) -> list[str]:
        """Return the evidence ids of what stands beside a requirement."""
        ids = self.value("requirement_results", requirement, "beside_evidence_ids") or []
        return [evidence_id for evidence_id in ids if not evidence_id.startswith(NOT_LISTED)]

    def evidence_ids(self, table: str, key: str) -> list[str]:
        """Return the evidence ids of a row that are listed in a report."""
        return _evidence_of(self._row(table, key))

    def all_evidence_ids(self, table: str, key: str) -> list[str]:
        """Return the evidence ids of a row, also of single measurements."""
        return list(self._row(table, key)["evidence_ids"])

    def metric_of(self, evidence_id: str) -> str:
        """Return what a measurement or a published result is of, '' for other rows."""
        condition = self.value("evidence_index", evidence_id, "condition") or ""
        return str(condition).partition(";")[0].removeprefix("metric ").replace(" ", "_")

    def place_of(self, table: str, key: str, column: str) -> Place:
        """Return the place that says how a number is made; the row of evidence where it is one."""
        place = self._explains.place_of(table, key, column)
        if not place.part and (row_of := RELEASED_TABLES[place.table].row_of):
            return Place("evidence_index", f"{row_of}/{place.key}")
        return place

    def derivation(self, place: Place) -> Derivation:
        """Return how the numbers of a place are made."""
        if place not in self._derivations:
            self._derivations[place] = self._explains.of(place)
        return self._derivations[place]

    def target(self, table: str, key: str, column: str = "") -> str | None:
        """Return where a number leads: the row of evidence that it is, what it is made of, or None at the end."""
        if table in ENDS_OF_CHAIN:
            return None
        return self.leads_to(self._explains.place_of(table, key, column))

    def leads_to(self, place: Place) -> str:
        """Return the address of the place that says how its numbers are made, which will then be there."""
        if not place.part and (row_of := RELEASED_TABLES[place.table].row_of):
            return self.row_link(f"{row_of}/{place.key}")
        found = self.derivation(place)
        if found.is_observed and not found.rows[0].startswith(NOT_LISTED):
            return self.row_link(found.rows[0])
        page = RELEASED_TABLES[place.table].page
        self._wanted.setdefault(page, {}).setdefault(place)
        return self._address(page, anchor(*place))

    def made_of(self, table: str, key: str) -> str:
        """Return the address of the place that says how a row is made, which will then be there."""
        return self.leads_to(Place(table, key))

    def row_link(self, evidence_id: str) -> str:
        """Return the address of a row of evidence."""
        self._row("evidence_index", evidence_id)
        return self._address(SOURCES, f"e:{evidence_id}")

    def _address(self, page: str, fragment: str) -> str:
        way = "" if page == self._page else "../" * self._page.count("/") + page
        return f"{way}#{_fragment(fragment)}"

    def pages_left(self) -> list[str]:
        """Return the pages that have places of which nothing is said yet."""
        return [page for page, places in self._wanted.items() if any(place not in self._told for place in places)]

    def places(self) -> Iterator[Place]:
        """Return the places of this page of which nothing is said yet; showing one may ask for others."""
        while left := [place for place in self._wanted.get(self._page, ()) if place not in self._told]:
            for place in left:
                self._told.add(place)
                yield place

    def heading(self, place: Place) -> Markup:
        """Return what a place is about: its table, and its row in words. What many rows share is named alone."""
        if place.part == SHARED_PART:
            return escape(place.part)
        table, words = place.table.replace("_", " "), self._about(place)
        part = f", {place.part.replace('_', ' ')}" if place.part else ""
        return escape(table) + (": " + words if words else "") + escape(part)

    def _about(self, place: Place) -> Markup:
        table, key = place.table, place.key
        return Markup(", ").join(
            self._named_cell(table, key, column) for column in RELEASED_TABLES[table].about or KEYS[table]
        )

    def _named_cell(self, table: str, key: str, column: str) -> Markup:
        """Return a cell that says of itself what it is: a number with the name of its column."""
        value = self.value(table, key, column)
        if column == "with_rln":
            return escape("with RLN" if value else "without RLN")
        if isinstance(value, int | float) and not isinstance(value, bool):
            return escape(f"{column.replace('_', ' ')} ") + self.cell(table, key, column, "count", link=False)
        return self.cell(table, key, column, "word")

    def named(self, name: str | CellName | Place) -> Markup:
        """Return words, a cell that is called by its place, or what a row is about; as text that leads nowhere."""
        if isinstance(name, CellName):
            return self.cell(*name, link=False)
        return self._about(name) if isinstance(name, Place) else escape(name)

    def evidence_link(self, evidence_id: str) -> Markup:
        """Return a link to a row of evidence that says its name, its value and its unit."""
        said = self._said(evidence_id)
        name = evidence_id.partition("/")[2]
        text = f"{name}: {shortened(said)}" if said else name
        link = Markup('<a class="row" href="{}">{}</a>').format(self.row_link(evidence_id), text)
        return link + self._doubt({"evidence_id": evidence_id})

    def measured(self, evidence_ids: Iterable[str]) -> Markup:
        """Return single measurements, each with its line and its value, by session, metric and unit.

        The file leads to the session, whose row is listed.
        """
        lines: dict[tuple[str, str, str, str], list[str]] = {}
        for evidence_id in evidence_ids:
            row = self._row("evidence_index", evidence_id)
            session = f"benchmarks__runs/{evidence_id.partition('/')[2].rpartition('_')[0]}"
            metric = self.metric_of(evidence_id).replace("_", " ")
            group = (session, row["file"], metric, row["unit"] or "")
            lines.setdefault(group, []).append(line_of(row["line"], str(row["value"])))
        known = self._of("evidence_index")
        return Markup("; ").join(
            Markup('<span class="lines">{}, {}, {} {}</span>').format(
                metric, self._session(session, file) if session in known else file, ", ".join(found), unit
            )
            for (session, file, metric, unit), found in lines.items()
        )

    def _session(self, evidence_id: str, file: str) -> Markup:
        return Markup('<a href="{}">{}</a>').format(self.row_link(evidence_id), file)

    def _said(self, evidence_id: str) -> str:
        row = self._row("evidence_index", evidence_id)
        return " ".join(str(row[column]) for column in ("value", "unit") if row.get(column) is not None)

    @staticmethod
    def table_title(table_key: str) -> str:
        """Return what a table of evidence is called."""
        return TABLES_BY_KEY[table_key].title

    def _row(self, table: str, key: str, column: str | None = None) -> Row:
        row = self._of(table).get(key)
        if row is None or (column is not None and column not in row):
            raise KeyError(
                f"the report asks for {table}/{key}/{column or '*'}, which the release does not have; "
                "every number needs a cell of a released table"
            )
        return row


class _AsItStands:
    """Numbers lead to the evidence of their row."""

    def __init__(self, cells: Cells) -> None:
        self._cells = cells

    def of(self, place: Place) -> Derivation:
        return Derivation(rows=tuple(self._cells.evidence_ids(place.table, place.key)))

    def place_of(self, table: str, key: str, column: str) -> Place:  # noqa: ARG002 - all of a row is based on the same
        return Place(table, key)


def anchor(table: str, key: str, part: str = "") -> str:
    """Return the name of the place in the page that says how numbers of a row are made."""
    return re.sub(r"\s", "_", f"why:{table}/{key}" + (f"~{part}" if part else ""))


def row_key(table: str, values: Iterable[Any]) -> str:
    """Return the key of a row from the values of its key columns, such as `community_10k|with_rln|rpc`."""
    names = []
    for column, value in zip(KEYS[table], values, strict=True):
        names.append(
            ("" if value else "without_") + column.removeprefix("with_")
            if isinstance(value, bool)
            else str("any" if value is None else value)
        )
    return "|".join(names) or "only"


def _by_key(table: str, frame: pd.DataFrame) -> dict[str, Row]:
    rows: dict[str, Row] = {}
    names = [str(column) for column in frame.columns]
    columns = [map(plain_value, frame[column].astype(object).tolist()) for column in frame.columns]
    for values in zip(*columns, strict=True):
        row = dict(zip(names, values, strict=True))
        key = row_key(table, [row[column] for column in KEYS[table]])
        if key in rows:
            raise ValueError(f"the release has two rows {table}/{key}, expected one")
        rows[key] = row
    return rows


def _written(row: Row, column: str, form: str) -> str:
    """Write a cell for a reader: money that is not measured or published with a sign that it is about so much."""
    value = row[column]
    text = MISSING if value is None else FORMATS[form](value)
    return f"≈ {text}" if form == "usd" and value and row.get("grade") in APPROXIMATE else text


def _data(address: str, raw: str, text: str, *, is_number: bool, is_missing: bool) -> Markup:
    """Return a cell as `<data>` with its raw value, or as `<span>` where it is text and says that value.

    Every part is escaped; `Markup.format` takes four times as long, and a page has 20,000 cells.
    """
    classes = ("n" if is_number else "t") + (" missing" if is_missing else "")
    name = escape(address)
    if raw == text and not is_number:
        return Markup(f'<span data-cell="{name}">{escape(text)}</span>')  # noqa: S704
    return Markup(f'<data class="{classes}" value="{escape(raw)}" data-cell="{name}">{escape(text)}</data>')  # noqa: S704


def _fragment(name: str) -> Markup:
    return escape(quote(name, safe="/|:_-.~"))


def _evidence_of(row: Row) -> list[str]:
    ids = list(row["evidence_ids"]) if "evidence_ids" in row else [row["evidence_id"]] if "evidence_id" in row else []
    return [evidence_id for evidence_id in ids if not evidence_id.startswith(NOT_LISTED)]


def _raw(value: Any) -> str:
    """Return the exact value as text: dates as ISO 8601, several values with commas."""
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, bool):
        return str(value).lower()
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)
