"""How the numbers of archive benchmarks are made: figures of rounds, ratios of figures, laws fitted to them.

Belongs here: formulas in words, inputs, rounds. Does not belong here: statistics (`assets.benchmarks`), HTML.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cached_property
from typing import Any

from assets.benchmarks.archive.storage import GROWN, Encoding
from assets.reports.page.basis import CellName, Derivation, Derive, Input, Place
from assets.reports.page.cells import NOT_LISTED, Cells
from assets.reports.page.derived_costs import CostDerivations

FIGURES, GAINS, BYTES = "archive_benchmarks", "archive_stage_gains", "archive_bytes_per_message"
SETTING = (
    *("run_id", "stage", "workload", "metric", "clients", "archive_messages", "payload_bytes", "rate_per_s"),
    *("limit_ms", "percentile"),
)
"""What one figure of a benchmark is of; a table that lacks one of these has no figures that differ in it."""

BYTE_COLUMNS = {
    "table_bytes": ("table_and_toast_bytes_per_message", "heap_bytes_per_message", "toast_bytes_per_message"),
    "index_bytes": ("index_bytes_per_message",),
    "lookup_bytes": ("lookup_table_bytes_per_message", "lookup_bytes_per_message"),
    "total_bytes": ("total_bytes_per_message",),
}
"""Columns of `archive_bytes_per_message`, and the metrics that they are made of."""

SIZE_LIMITS = "benchmarks__archive_retention_policies/"

SAVED = (
    "The share that is saved, times what storage of all copies of this archive costs. The share is one less bytes of a "
    "message with the candidate over bytes today, at the size of this scenario’s messages, by the storage formula that "
    "is fitted to the run. A copy grows in a day by the messages archived, times these bytes. The days in the limit "
    "are the limit divided by that growth."
)
MEDIAN = "The median of the rounds, each a line of the session’s file; the ends are the lowest and the highest of them."
GAIN = (
    "In each round the stage’s figure over that of its base. The ratio is the geometric mean of these, which differs a "
    "little from the ratio of the medians. The interval is a bootstrap of the rounds at ninety-five per cent, made as "
    "wide on both sides as on its wider one, and widened for few rounds as Student’s t is."
)
CAPACITY = (
    "The geometric mean over the rounds of the highest rate within the limit, divided by all cores. Its interval is "
    "that of Student’s t at ninety-five per cent, of the logarithms of the rounds. A round in which even the lowest "
    "rate was too late gives a bound instead."
)
CURVE = (
    "The universal scalability law, fitted to all rounds by least squares of logarithms: clients times a rate, over "
    "one plus contention times the other clients, plus coherence times clients times the other clients. Its peak is at "
    "the root of one less contention over coherence."
)
NOISE = (
    "Standard deviation over mean of each figure over its rounds: the median and the largest of all figures of the run."
)
ENCODING = (
    "Bytes of a message as text over bytes as bytea: measured, or by the storage formula that is fitted to the run."
)
CANDIDATE = (
    "The share that is saved is one less the bytes of the stage over those of its base, by the storage formula that is "
    "fitted to the run. The bytes below were measured; the formula is off from them a little. Inserts and queries are "
    "geometric means, round by round, of the ratios of their workloads, with intervals made in the same way."
)


class BenchmarkDerivations:
    """Says how numbers of benchmarks are made."""

    def __init__(self, cells: Cells, costs: CostDerivations) -> None:
        self._cells = cells
        self._costs = costs
        self.rules: dict[str, Derive] = {
            "archive_capacity": self._capacity,
            "archive_encoding": self._encoding,
            "archive_noise": lambda table, key: Derivation(NOISE, rows=self._ids(table, key)),
            "archive_recommendation": self._candidate,
            "archive_savings": self._saving,
            "archive_scalability": self._curve,
            BYTES: self._bytes,
            FIGURES: self._figure,
            GAINS: self._gain,
        }

    @cached_property
    def _figures(self) -> Mapping[tuple[Any, ...], str]:
        """Keys of figures by what they are of."""
        rows = {key: self._cells.row(FIGURES, key) for key in self._cells.keys(FIGURES)}
        return {tuple(row.get(name) for name in SETTING): key for key, row in rows.items()}

    def _figure_at(self, **setting: Any) -> str | None:
        return self._figures.get(tuple(setting.get(name) for name in SETTING))

    def _setting(self, table: str, key: str) -> dict[str, Any]:
        row = self._cells.row(table, key)
        return {name: row[name] for name in SETTING if name in row}

    def _settings(self, table: str, key: str) -> list[Input]:
        """Return what a figure was measured with, as its row says it."""
        row = self._cells.row(table, key)
        return [
            Input(name.replace("_", " "), CellName(table, key, name, "count"))
            for name in ("payload_bytes", "archive_messages", "clients", "percentile", "limit_ms")
            if row.get(name) is not None
        ]

    def _rounds(self, label: str | CellName, figure: str | None) -> list[Input]:
        """Return a figure of our own with its rounds."""
        if figure is None or self._value(FIGURES, figure, "value") is None:
            return []
        rows = set(self._cells.all_evidence_ids(FIGURES, figure)) - set(self._ids(FIGURES, figure))
        return [Input(label, CellName(FIGURES, figure, "value", "ratio"), rows=tuple(sorted(rows)))]

    def _figure(self, table: str, key: str) -> Derivation:
        if self._value(table, key, "run_id") is None:
            return Derivation(rows=self._ids(table, key))
        return Derivation(MEDIAN, tuple(self._rounds("median of the rounds", key)))

    def _gain(self, table: str, key: str) -> Derivation:
        setting, base = self._setting(table, key), self._value(table, key, "base")
        inputs = [
            *self._rounds("the stage, median of its rounds", self._figure_at(**setting)),
            *self._rounds(
                "its base, median of its rounds",
                self._figure_at(**{**setting, "stage": base}),
            ),
        ]
        return Derivation(GAIN, (*inputs, *self._settings(table, key)), () if inputs else self._ids(table, key))

    def _capacity(self, table: str, key: str) -> Derivation:
        row = self._cells.row(table, key)
        names = ("run_id", "stage", "workload", "archive_messages", "payload_bytes", "limit_ms", "percentile")
        wanted = {name: row[name] for name in names if name in row}
        found = [
            figure
            for setting, figure in self._figures.items()
            if (named := dict(zip(SETTING, setting, strict=True)))["metric"] == "capacity_per_s"
            and all(named[name] == value for name, value in wanted.items())
        ]
        cores = [
            Input("cores", CellName("archive_runs", run, "cpu_cores", "count"))
            for run in self._cells.keys("archive_runs", run_id=row["run_id"])
        ]
        inputs = [
            given for figure in found for given in self._rounds("all cores together, median of the rounds", figure)
        ]
        return Derivation(CAPACITY, (*inputs, *cores, *self._settings(table, key)), self._ids(table, key))

    def _curve(self, table: str, key: str) -> Derivation:
        row = self._cells.row(table, key)
        curve = {name: row[name] for name in ("run_id", "stage", "workload", "axis", "payload_bytes", "fixed")}
        inputs: list[Input] = []
        for point in self._cells.keys(table, is_measured=True, **curve):
            x, fixed = self._value(table, point, "x"), row["fixed"]
            clients, messages = (x, fixed) if row["axis"] == "clients" else (fixed, x)
            figure = self._figure_at(
                **{name: row[name] for name in ("run_id", "stage", "workload", "payload_bytes")},
                metric="throughput_per_s",
                clients=clients,
                archive_messages=messages,
            )
            inputs += self._rounds(CellName(table, point, "x", "quantity"), figure)
        return Derivation(CURVE, tuple(inputs), () if inputs else self._ids(table, key))

    def _bytes(self, table: str, key: str) -> Derivation:
        if self._value(table, key, "stage") is None:
            return Derivation(rows=self._ids(table, key))
        return self.column_bytes(key, "total_bytes")

    def column_bytes(self, key: str, column: str) -> Derivation:
        """Return how one of `BYTE_COLUMNS` is made."""
        rows = tuple(
            row
            for row in self._cells.all_evidence_ids(BYTES, key)
            if self._cells.metric_of(row) in BYTE_COLUMNS[column]
        )
        if self._value(BYTES, key, "stage") is None:
            return Derivation(rows=rows or self._ids(BYTES, key))
        label = CellName(BYTES, key, "encoding")
        return Derivation(MEDIAN, (Input(label, CellName(BYTES, key, column, "whole"), rows=rows),))

    def _bytes_at(self, run: str, stage: str, payload: int, messages: int | None = None) -> list[str]:
        where = {"study": run, "stage": stage, "payload_bytes": payload}
        return self._cells.keys(BYTES, **where, **({} if messages is None else {"archive_messages": messages}))

    def _total_bytes(self, label: str | CellName, keys: Iterable[str]) -> list[Input]:
        return [
            Input(label, CellName(BYTES, key, "total_bytes", "whole"), Place(BYTES, key, "total_bytes"))
            for key in list(keys)[:1]
        ]

    def _encoding(self, table: str, key: str) -> Derivation:
        run, payload = self._value(table, key, "run_id"), self._value(table, key, "payload_bytes")
        inputs = [
            bytes_input
            for label, encoding in (("as text", Encoding.HEX), ("as bytea", Encoding.BYTEA))
            for bytes_input in self._total_bytes(label, self._bytes_at(run, GROWN[encoding], payload))
        ]
        return Derivation(ENCODING, tuple(inputs), self._ids(table, key))

    def _candidate(self, table: str, key: str) -> Derivation:
        row = self._cells.row(table, key)
        sizes = [
            bytes_input
            for label, stage in (("bytes of the stage", row["candidate"]), ("bytes of its base", row["base"]))
            for bytes_input in self._total_bytes(
                label, self._bytes_at(row["run_id"], stage, row["payload_bytes"], row["archive_messages"])
            )
        ]
        gains = [
            Input(Place(GAINS, gain), CellName(GAINS, gain, "ratio", "ratio"), Place(GAINS, gain))
            for gain in self._cells.keys(GAINS, run_id=row["run_id"], stage=row["candidate"], base=row["base"])
            if self._value(GAINS, gain, "metric") in ("capacity_per_s", "throughput_per_s")
            and self._value(GAINS, gain, "payload_bytes") == row["payload_bytes"]
            and self._value(GAINS, gain, "archive_messages") == row["archive_messages"]
        ]
        return Derivation(CANDIDATE, (*sizes, *gains), self._ids(table, key))

    def _saving(self, table: str, key: str) -> Derivation:
        row = self._cells.row(table, key)
        used = self._costs.cheapest(row["scenario_id"], "archive_storage")
        limit = tuple(row for row in self._ids(table, key) if row.startswith(SIZE_LIMITS))
        inputs = (
            Input("share that is saved, of a hundred", CellName(table, key, "saved_share", "hundredths")),
            *self._costs.parts(used),
            *self._costs.asked(row["scenario_id"], "archive_gb", "archived_messages_per_day", with_rln=False),
            Input("bytes of a message today", CellName(table, key, "base_bytes_per_message", "whole")),
            Input("bytes of a message with the candidate", CellName(table, key, "bytes_per_message", "whole")),
            *([Input("limit, GB", CellName(table, key, "limit_gb", "quantity"), rows=limit)] if limit else []),
        )
        measured = tuple(row for row in self._cells.all_evidence_ids(table, key) if row.startswith(NOT_LISTED))
        return Derivation(SAVED, inputs, measured)

    def _ids(self, table: str, key: str) -> tuple[str, ...]:
        return tuple(self._cells.evidence_ids(table, key))

    def _value(self, table: str, key: str, column: str) -> Any:
        return self._cells.value(table, key, column)
