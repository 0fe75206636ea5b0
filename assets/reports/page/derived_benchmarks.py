"""How the numbers of archive benchmarks are made: figures of rounds, ratios of figures, laws fitted to them.

Belongs here: formulas in words, inputs, rounds. Does not belong here: statistics (`assets.benchmarks`), HTML.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from functools import cached_property
from typing import Any

from assets.benchmarks.archive.requests import INSERT_PREFIX
from assets.benchmarks.archive.storage import GROWN, Encoding
from assets.reports.page.basis import CellName, Derivation, Derive, Input, Place
from assets.reports.page.cells import NOT_LISTED, Cells
from assets.reports.page.derived_costs import CostDerivations
from assets.reports.page.derived_loads import LoadDerivations
from assets.reports.page.formats import word

CANDIDATES, ENCODINGS, SAVINGS = "archive_recommendation", "archive_encoding", "archive_savings"
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

STORAGE = "archive_storage"
SIZE_LIMITS = "benchmarks__archive_retention_policies/"

SAVED = (
    "The share that is saved, times what storage of all copies of this archive costs. The share is one less bytes of a "
    "message with the candidate over bytes today, at the size of this scenario’s messages, by the storage formula that "
    "is fitted to the run. The formula counts the partitions of this archive: where few messages are in one, its pages "
    "and those of its indices are not full, and a message takes more than in the archives that were measured. A copy "
    "grows in a day by the messages archived, times these bytes. The days in the limit are the limit divided by that."
)
MEDIAN = "The median of the rounds, each a line of the session’s file; the ends are the lowest and the highest of them."
GAIN = (
    "In each round the stage’s figure over that of its base. The ratio is the geometric mean of these, which differs a "
    "little from the ratio of the medians. The interval is a bootstrap of the rounds at ninety-five per cent. It is "
    "widened for few rounds as Student’s t is, and goes as far down as up, as a factor: as far as the farther of both."
)
CAPACITY = (
    "The geometric mean over the rounds of the highest rate within the limit, divided by all cores. Its interval is "
    "that of Student’s t at ninety-five per cent, of the logarithms of the rounds. Where even the lowest rate was too "
    "late in a round, no mean is known, and there is only a bound: the highest figure of all rounds, divided by all "
    "cores. Not every round of a run looks for a capacity."
)
CURVE = (
    "The universal scalability law, fitted to all rounds by least squares of logarithms: clients times a rate, over "
    "one plus contention times the other clients, plus coherence times clients times the other clients. Its peak is at "
    "the root of one less contention over coherence."
)
BY_SIZE = (
    "Rates as measured, for each number of messages in the archive. From three sizes on a power of their number is "
    "fitted, by least squares of logarithms, with a bootstrap of the residuals."
)
NOISE = (
    "Standard deviation over mean of each figure over its rounds: the median and the largest of all figures of the run."
)
ENCODING = (
    "Bytes of a message as text over bytes as bytea: measured, or by the storage formula that is fitted to the run. "
    "The formula is off by the larger of its two misses, each over the bytes that were measured."
)
CANDIDATE = "One candidate for the next schema against the newest release, in one run; each number has its own place."
SHARE_SAVED = (
    "One less the bytes of the stage over those of its base, both by the storage formula that is fitted to the run. "
    "At the ends one of them is off by the largest miss upwards and the other downwards. The bytes that were measured "
    "stand beside."
)
TOGETHER = (
    "The geometric mean of the ratios below; its ends are the geometric means of theirs. Each is throughput with the "
    "stage over that with its base, as fast as the clients can. Workloads that insert are one kind; all others are "
    "queries, housekeeping among them."
)
WORST = (
    "The lowest of the ratios of a workload and an archive: of the rate within the narrowest limit of latency that the "
    "stage or its base keeps, where that was searched; else of throughput."
)
FITTED = (
    "PostgreSQL’s layout of pages gives the bytes of rows, indices and lookup table, as docs/benchmarks.md works out "
    "by hand. Two shares are fitted: how full the leaves of an index are, for keys in random order and for keys that "
    "repeat. They are those with the least sum of squared relative errors of indices and lookup tables, of all sizes "
    "that were measured. The largest miss is that of a total. It also makes the ends of a computed ratio."
)
SAVED_PART, INSERTS_PART, QUERIES_PART, WORST_PART, FORMULA_PART = (
    "saved share", "insert ratio", "query ratio", "worst ratio", "storage formula"
)  # fmt: skip
CANDIDATE_PARTS = {
    **{f"saved_share{end}": SAVED_PART for end in ("_low", "", "_high")},
    **{f"insert_ratio{end}": INSERTS_PART for end in ("_low", "", "_high")},
    **{f"query_ratio{end}": QUERIES_PART for end in ("_low", "", "_high")},
    **{f"worst_ratio{end}": WORST_PART for end in ("_low", "", "_high")},
}
"""By column of `archive_recommendation`, the part of the row that says how its numbers are made."""
MEASURED_BYTES = {"bytes_per_message": "candidate", "base_bytes_per_message": "base"}
"""Columns that are bytes of a stage, and the column that names the stage."""
FILLS = ("random_leaf_fill", "repeated_leaf_fill", "formula_largest_miss")


class BenchmarkDerivations:
    """Says how numbers of benchmarks are made."""

    def __init__(self, cells: Cells, loads: LoadDerivations, costs: CostDerivations) -> None:
        self._cells, self._loads, self._costs = cells, loads, costs
        self.rules: dict[str, Derive] = {
            "archive_capacity": self._capacity,
            ENCODINGS: self._encoding,
            "archive_noise": lambda table, key: Derivation(NOISE, rows=self._ids(table, key)),
            CANDIDATES: self._candidate,
            SAVINGS: self._saving,
            "archive_scalability": self._curve,
            BYTES: self._bytes,
            FIGURES: self._figure,
            GAINS: self._gain,
        }
        self.places: dict[str, Callable[[str, str], Place]] = {
            BYTES: lambda key, column: Place(BYTES, key, column if column in BYTE_COLUMNS else ""),
            CANDIDATES: self._candidate_place,
        }
        self.parts_of: dict[str, Callable[[Place], Derivation]] = {
            BYTES: lambda place: self._column_bytes(place.key, place.part),
            CANDIDATES: self._candidate_part,
            ENCODINGS: self._formula,
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
        return [Input(label, CellName(FIGURES, figure, "value", "ratio"), rows=self._measured(figure))]

    def _measured(self, figure: str) -> tuple[str, ...]:
        """Return the single measurements of a figure."""
        return tuple(sorted(set(self._cells.all_evidence_ids(FIGURES, figure)) - set(self._ids(FIGURES, figure))))

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
        limits = () if setting.get("limit_ms") is None else self._limits(setting)
        return Derivation(
            GAIN, (*inputs, *self._settings(table, key)), limits if inputs else (*self._ids(table, key), *limits)
        )

    def _limits(self, setting: Mapping[str, Any]) -> tuple[str, ...]:
        """Return the rows of evidence that state a limit of latency."""
        asked = {name: setting[name] for name in ("run_id", "workload", "limit_ms", "percentile")}
        rows = {
            row for key in self._cells.keys("archive_capacity", **asked) for row in self._ids("archive_capacity", key)
        }
        return tuple(sorted(row for row in rows if not row.startswith("benchmarks__runs/")))

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
            given
            for figure in found
            for given in self._rounds("all cores together, median of the rounds", figure)
            or [Input("lines of the rounds, all cores together", rows=self._measured(figure))]
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
        law = CURVE if row["axis"] == "clients" else BY_SIZE
        stated = [
            Input("payload bytes", CellName(table, key, "payload_bytes", "count")),
            Input("messages" if row["axis"] == "clients" else "clients", CellName(table, key, "fixed", "count")),
        ]
        return Derivation(law, (*stated, *inputs), () if inputs else self._ids(table, key))

    def _bytes(self, table: str, key: str) -> Derivation:
        if self._value(table, key, "stage") is None:
            return Derivation(rows=self._ids(table, key))
        return self._column_bytes(key, "total_bytes")

    def _column_bytes(self, key: str, column: str) -> Derivation:
        """Return how one of `BYTE_COLUMNS` is made."""
        rows = tuple(
            row
            for row in self._cells.all_evidence_ids(BYTES, key)
            if self._cells.metric_of(row) in BYTE_COLUMNS[column]
        )
        if self._value(BYTES, key, "stage") is None:
            return Derivation(rows=rows or self._ids(BYTES, key))
        label = CellName(BYTES, key, "encoding")
        return Derivation(MEDIAN, (Input(label, CellName(BYTES, key, column, "tenths"), rows=rows),))

    def _bytes_at(self, run: str, stage: str, payload: int, messages: int | None = None) -> list[str]:
        where = {"study": run, "stage": stage, "payload_bytes": payload}
        return self._cells.keys(BYTES, **where, **({} if messages is None else {"archive_messages": messages}))

    def _total_bytes(self, label: str | CellName, keys: Iterable[str]) -> list[Input]:
        return [
            Input(label, CellName(BYTES, key, "total_bytes", "tenths"), Place(BYTES, key, "total_bytes"))
            for key in list(keys)[:1]
        ]

    def _encoding(self, table: str, key: str) -> Derivation:
        run, payload = self._value(table, key, "run_id"), self._value(table, key, "payload_bytes")
        inputs = [
            bytes_input
            for label, encoding in (("as text", Encoding.HEX), ("as bytea", Encoding.BYTEA))
            for bytes_input in self._total_bytes(label, self._bytes_at(run, GROWN[encoding], payload))
        ]
        predicted = [
            Input(f"{label}, by the storage formula", CellName(table, key, column, "tenths"))
            for label, column in (("as text", "formula_hex_bytes"), ("as bytea", "formula_bytea_bytes"))
        ]
        return Derivation(ENCODING, (*inputs, *predicted, self._formula_of(table, key)), self._ids(table, key))

    def _candidate(self, table: str, key: str) -> Derivation:
        return Derivation(CANDIDATE, rows=self._ids(table, key))

    def _candidate_place(self, key: str, column: str) -> Place:
        row = self._cells.row(CANDIDATES, key)
        if column in MEASURED_BYTES and (measured := self._measured_bytes(row, row[MEASURED_BYTES[column]])):
            return Place(BYTES, measured[0], "total_bytes")
        return Place(CANDIDATES, key, CANDIDATE_PARTS.get(column, ""))

    def _candidate_part(self, place: Place) -> Derivation:
        key, row = place.key, self._cells.row(*place[:2])
        if place.part == FORMULA_PART:
            return self._formula(place)
        if place.part == SAVED_PART:
            return self._share_saved(key, row)
        gains = self._cells.keys(GAINS, run_id=row["run_id"], stage=row["candidate"], base=row["base"])
        if place.part == WORST_PART:
            worst = [
                gain
                for gain in gains
                if self._value(GAINS, gain, "workload") == row["worst_workload"]
                and self._value(GAINS, gain, "metric") in ("capacity_per_s", "throughput_per_s")
            ]
            return Derivation(WORST, self._ratios(worst), self._ids(CANDIDATES, key))
        together = [
            gain
            for gain in gains
            if self._value(GAINS, gain, "metric") == "throughput_per_s"
            and self._value(GAINS, gain, "rate_per_s") is None
            and self._value(GAINS, gain, "ratio_low") is not None
            and self._value(GAINS, gain, "workload").startswith(INSERT_PREFIX) == (place.part == INSERTS_PART)
        ]
        return Derivation(TOGETHER, self._ratios(together), self._ids(CANDIDATES, key))

    def _ratios(self, gains: Iterable[str]) -> tuple[Input, ...]:
        return tuple(
            Input(
                Place(GAINS, gain),
                CellName(GAINS, gain, "ratio", "ratio"),
                Place(GAINS, gain),
                ends=(CellName(GAINS, gain, "ratio_low", "ratio"), CellName(GAINS, gain, "ratio_high", "ratio")),
            )
            for gain in gains
        )

    def _share_saved(self, key: str, row: Mapping[str, Any]) -> Derivation:
        predicted = [
            Input(f"{label}, by the storage formula", CellName(CANDIDATES, key, column, "whole"))
            for label, column in (
                ("bytes of the stage", "formula_bytes_per_message"),
                ("bytes of its base", "formula_base_bytes_per_message"),
            )
        ]
        sizes = [
            bytes_input
            for label, stage in (("bytes of the stage, measured", "candidate"), ("bytes of its base, measured", "base"))
            for bytes_input in self._total_bytes(label, self._measured_bytes(row, row[stage]))
        ]
        return Derivation(SHARE_SAVED, (*predicted, *sizes, self._formula_of(CANDIDATES, key)))

    def _measured_bytes(self, row: Mapping[str, Any], stage: str) -> list[str]:
        return self._bytes_at(row["run_id"], stage, row["payload_bytes"], row["archive_messages"])

    def _formula_of(self, table: str, key: str) -> Input:
        return Input(
            "largest miss of the storage formula, of a hundred",
            CellName(table, key, "formula_largest_miss", "hundredths"),
            Place(table, key, FORMULA_PART),
        )

    def _formula(self, place: Place) -> Derivation:
        """Return what is fitted of the storage formula, and the sizes that it is fitted to."""
        table, key, _ = place
        grown, run = set(GROWN.values()), self._value(table, key, "run_id")
        sizes = [size for size in self._cells.keys(BYTES, study=run) if self._value(BYTES, size, "stage")]
        of_probe = [size for size in sizes if self._value(BYTES, size, "stage") in grown]
        loaded = [size for size in sizes if size not in of_probe]
        fitted = [Input(word(column), CellName(table, key, column, "hundredths")) for column in FILLS]
        measured = [
            Input(Place(BYTES, size), CellName(BYTES, size, "total_bytes", "tenths"), Place(BYTES, size, "total_bytes"))
            for size in (of_probe or loaded if table == ENCODINGS else loaded)
        ]
        return Derivation(FITTED, (*fitted, *measured))

    def _saving(self, table: str, key: str) -> Derivation:
        row = self._cells.row(table, key)
        used = {
            name: key for name, key in self._costs.bill(row["scenario_id"], with_rln=False).items() if name == STORAGE
        }
        limit = tuple(row for row in self._ids(table, key) if row.startswith(SIZE_LIMITS))
        inputs = (
            Input("share that is saved, of a hundred", CellName(table, key, "saved_share", "hundredths")),
            *self._costs.parts(used),
            *self._loads.asked(row["scenario_id"], "archive_gb", "archived_messages_per_day", with_rln=False),
            Input("payload of a message, bytes", CellName(table, key, "payload_bytes", "count")),
            Input("bytes of a message today", CellName(table, key, "base_bytes_per_message", "whole")),
            Input("bytes of a message with the candidate", CellName(table, key, "bytes_per_message", "whole")),
            self._formula_of(CANDIDATES, row["candidate"]),
            *([Input("limit, GB", CellName(table, key, "limit_gb", "quantity"), rows=limit)] if limit else []),
        )
        measured = tuple(row for row in self._cells.all_evidence_ids(table, key) if row.startswith(NOT_LISTED))
        return Derivation(SAVED, inputs, measured)

    def _ids(self, table: str, key: str) -> tuple[str, ...]:
        return tuple(self._cells.evidence_ids(table, key))

    def _value(self, table: str, key: str, column: str) -> Any:
        return self._cells.value(table, key, column)
