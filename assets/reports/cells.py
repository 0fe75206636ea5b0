"""Cells of released tables as HTML: the only way in which a number gets into a report.

Belongs here: looking up a cell, writing it with its address, remembering what was shown. Does not belong here: layout
(`templates/`), what a value looks like (`formats.py`).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any
from urllib.parse import quote

import pandas as pd
from markupsafe import Markup, escape

from assets.evidence.model import Grade
from assets.readiness.frames import plain_value
from assets.reports.formats import FORMATS, MISSING

KEYS: dict[str, tuple[str, ...]] = {
    "verdict": (),
    "manifest": (),
    "gates": ("gate_id",),
    "requirement_results": ("requirement_id",),
    "milestone_deliverables": ("deliverable_id",),
    "cost_summary": ("scenario_id", "with_rln"),
    "scenario_cost": ("scenario_id", "with_rln", "provider", "region", "component"),
    "cost_sensitivity": ("scenario_id", "with_rln", "input"),
    "cost_of_confidence": ("scenario_id", "with_rln", "confidence"),
    "cost_alternatives": ("scenario_id", "provider", "product"),
    "cost_reality_checks": ("check_id",),
    "archive_bytes_per_message": ("study", "system", "stage", "archive_messages", "payload_bytes"),
    "archive_benchmarks": ("figure_id",),
    "archive_capacity": ("capacity_id",),
    "archive_encoding": ("payload_bytes",),
    "archive_noise": ("run_id",),
    "archive_recommendation": ("candidate",),
    "archive_runs": ("run_id",),
    "archive_savings": ("candidate", "scenario_id"),
    "archive_scalability": ("point_id",),
    "archive_stage_gains": ("gain_id",),
    "competitors": ("segment_competitor_id",),
    "compute_offer_history": ("offer_id",),
    "customer_problems": ("problem_id",),
    "deliverable_history": ("deliverable_state_id",),
    "finding_tags": ("tag",),
    "findings": ("finding_id",),
    "market_sizes": ("market_size_id",),
    "open_questions": ("evidence_id",),
    "opportunities": ("problem_id",),
    "price_dates": ("table_key", "price_source"),
    "roadmap_deliverables": ("deliverable_id",),
    "saturation": ("run",),
    "scenarios": ("scenario_id",),
    "segment_criteria": ("segment_id", "criterion"),
    "segment_learnings": ("segment_learning_id",),
    "segment_profiles": ("segment_id",),
    "segment_ranking": ("segment_id",),
    "themes": ("tag", "segment_id"),
    "usp_measurements": ("usp_evidence_id",),
    "usp_register": ("usp_id",),
    "validation_findings": ("usp_id", "problem_id", "finding_id"),
    "validation_matrix": ("usp_id", "problem_id", "segment_id"),
    "validation_summary": ("usp_id", "problem_id"),
    "evidence_index": ("evidence_id",),
}
"""The columns that name a row of each table that a report shows; a table without any has one row, called `only`."""

APPROXIMATE = frozenset({Grade.ESTIMATED, Grade.ILLUSTRATIVE})
"""Grades of which money is written with a sign that it is about so much."""

NUMBERS = frozenset({"change", "count", "hundredths", "quantity", "ratio", "usd", "whole"})
"""Formats of numbers."""

ONE_RUN = frozenset(
    {
        "archive_capacity",
        "archive_encoding",
        "archive_noise",
        "archive_recommendation",
        "archive_runs",
        "archive_scalability",
        "archive_stage_gains",
    }
)
"""Tables of which a report shows the rows of one benchmark run, whose evidence is given once."""
RUN_ANCHOR = "archive-run"

PART_OF = {"validation_matrix": "validation_summary", "segment_criteria": "segment_ranking"}
"""Tables whose rows are told with the row of another one, which is named by all but the last part of their key."""

ROWS_OF_EVIDENCE = {
    "market_sizes": "segments__market_sizes",
    "scenarios": "costs__scenarios",
    "segment_profiles": "segments__segments",
    "usp_measurements": "segments__usp_evidence",
}
"""Tables of which a row shows what one row of evidence says, whose id is its key."""

PUBLISHED_RESULTS = "benchmarks__postgres_results/"

NOT_LISTED = "benchmarks__measurements/"
"""Thousands of rows, for which their run stands; they are in the release's data files."""

WEB_ADDRESS = re.compile(r"https?://\S+$")

Row = Mapping[str, Any]


class Cells:
    """The released tables by row. Raises `KeyError` for anything that is not in them: a report never makes it up.

    It remembers which rows were shown, so that the report can end with the evidence for exactly these.
    """

    def __init__(self, frames: Mapping[str, pd.DataFrame]) -> None:
        self._rows = {table: _by_key(table, frames[table]) for table in KEYS}
        self._shown: set[str] = set()

    def keys(self, table: str, **where: Any) -> list[str]:
        """Return the keys of the rows of `table` with these values, in the order of the table."""
        rows = self._rows[table].items()
        return [key for key, row in rows if all(row[column] == value for column, value in where.items())]

    def value(self, table: str, key: str, column: str) -> Any:
        """Return the value of a cell: None where there is none, a whole number without a point."""
        return self._row(table, key, column)[column]

    def cell(self, table: str, key: str, column: str, form: str = "plain", *, link: bool = True) -> Markup:
        """Return a cell as `<data>` with its raw value and its address `table/key/column`.

        A number links to what it rests on, unless `link` is false. A cell without a value says so.
        """
        row = self._row(table, key, column)
        value = row[column]
        self._shown.update(_evidence_of(row))
        text = MISSING if value is None else FORMATS[form](value)
        if form == "usd" and value and row.get("grade") in APPROXIMATE:
            text = f"≈ {text}"
        is_number = form in NUMBERS
        classes = ("n" if is_number else "t") + (" missing" if value is None else "")
        raw, address = escape("" if value is None else _raw(value)), escape(f"{table}/{key}/{column}")
        # Every part is escaped; `Markup.format` takes four times as long, and a page has 20,000 cells.
        data = f'<data class="{classes}" value="{raw}" data-cell="{address}">{escape(text)}</data>'
        target = anchor(table, key)
        if not link or not is_number or target is None:
            return Markup(data)  # noqa: S704
        return Markup(f'<a class="why" href="#{escape(quote(target, safe="/|:_-."))}">{data}</a>')  # noqa: S704

    def svg_text(self, table: str, key: str, column: str, form: str, x: float, y: float) -> Markup:
        """Return a cell as text of a drawing, with its raw value and its address like any other."""
        row = self._row(table, key, column)
        self._shown.update(_evidence_of(row))
        value = row[column]
        return Markup('<text x="{}" y="{}" value="{}" data-cell="{}/{}/{}">{}</text>').format(
            x, y, "" if value is None else _raw(value), table, key, column,
            MISSING if value is None else FORMATS[form](value),
        )  # fmt: skip

    def links(self, table: str, key: str, column: str) -> Markup:
        """Return text with its web addresses as links; only http and https lead anywhere."""
        text = str(self.value(table, key, column))
        parts = []
        for word in text.split(" "):
            address = word.rstrip(";,")
            link = Markup('<a href="{0}" rel="noreferrer">{0}</a>').format(address)
            parts.append((link if WEB_ADDRESS.match(address) else escape(address)) + word[len(address) :])
        return Markup('<data class="t" value="{}" data-cell="{}/{}/{}">{}</data>').format(
            text, table, key, column, Markup(" ").join(parts)
        )

    def evidence_of(self, table: str, key: str) -> list[str]:
        """Return the evidence ids of a row, which then belong to the report."""
        ids = _evidence_of(self._row(table, key))
        self._shown.update(ids)
        return ids

    def beside_evidence(self, requirement: str) -> list[str]:
        """Return the evidence ids of what stands beside a requirement, which then belong to the report."""
        ids = self.value("requirement_results", requirement, "beside_evidence_ids") or []
        ids = [evidence_id for evidence_id in ids if not evidence_id.startswith(NOT_LISTED)]
        self._shown.update(ids)
        return ids

    def shown_evidence(self) -> dict[str, list[str]]:
        """Return the ids of all evidence under what was shown so far, by table of evidence, sorted."""
        grouped: dict[str, list[str]] = {}
        for evidence_id in sorted(self._shown):
            grouped.setdefault(evidence_id.partition("/")[0], []).append(evidence_id)
        return grouped

    def _row(self, table: str, key: str, column: str | None = None) -> Row:
        row = self._rows[table].get(key)
        if row is None or (column is not None and column not in row):
            raise KeyError(
                f"the report asks for {table}/{key}/{column or '*'}, which the release does not have; "
                "every number needs a cell of a released table"
            )
        return row


def anchor(table: str, key: str) -> str | None:
    """Return the name of the place in the page that says what a row rests on, None for where the chain ends."""
    if table in ("manifest", "evidence_index"):
        return None
    if table == "verdict":
        return "gates"
    if table in ONE_RUN:
        return RUN_ANCHOR
    if table == "archive_benchmarks":
        return f"e:{key}" if key.startswith(PUBLISHED_RESULTS) else RUN_ANCHOR
    if table == "validation_findings":
        # What a session is taken to say of several selling points is one finding for each: "<evidence id> <usp id>".
        return f"e:{key.rpartition('|')[2].partition(' ')[0]}"
    if table in PART_OF:
        table, key = PART_OF[table], key.rpartition("|")[0]
    if table == "open_questions":
        return f"e:{key}"
    if table in ROWS_OF_EVIDENCE:
        return f"e:{ROWS_OF_EVIDENCE[table]}/{key}"
    return re.sub(r"\s", "_", f"why:{table}/{key}")


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
