"""One measurement each: a closed loop, a capacity, the ceiling of the harness, sizes and retention of a stage.

Belongs here: from a cell to figures, with pgbench and a connection to the scratch database.
Does not belong here: which cells in which order (`archive/grids.py`, `session_run.py`), keeping figures
(`session_files.py`).
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
import psycopg
from numpy.typing import NDArray

from assets.benchmarks.archive.grids import Cell
from assets.benchmarks.archive.limits import Limit
from assets.benchmarks.archive.messages import Archive
from assets.benchmarks.archive.requests import HARNESS, WORKLOADS, Script, script
from assets.benchmarks.archive.stages import ALL_STAGES
from assets.benchmarks.archive.storage import GROWN, STORAGE_PROBE
from assets.benchmarks.measuring import archive_tables
from assets.benchmarks.measuring.capacity_search import search_capacity
from assets.benchmarks.measuring.pgbench import WARM_UP, OfferedLoad, PgbenchOutcome, run_pgbench
from assets.benchmarks.measuring.session_files import Figure
from assets.benchmarks.measuring.storage_probe import measure_storage

LOADERS = 2
"""Stages that are filled at one time; nothing is measured meanwhile."""

PILOT_TRANSACTIONS = 6
"""Of each client, to see how many it takes for the planned time."""

MIN_TRANSACTIONS, MAX_TRANSACTIONS = 5, 25_000
ALONE_TRANSACTIONS = 40
"""Of a single client, to see whether a limit is kept while nobody else asks for anything."""

OFFERS = 2
"""How often a rate is offered before it counts as too much."""

HARNESS_SECONDS = 0.15
HARNESS_GUESS_PER_S = 20_000.0
QUANTILES = {50: "latency_ms_p50", 90: "latency_ms_p90", 95: "latency_ms_p95", 99: "latency_ms_p99"}
RETENTION_SCHEMA, PROBE_SCHEMA = "bench_retention", "bench_grown"
MISSED_ALONE = "too many were late even for one client that waits for each answer, at this rate"
MISSED = "too many were late even at the lowest rate tried"
SIZES_NOTE = "keys were built when the rows were in: indices are fuller than after row by row inserts"


Rates = dict[tuple[str, str, int], float]
"""By stage, workload and clients."""


@dataclass
class Bench:
    """The scratch database with one archive in it, loaded once: another round is another bench with another seed."""

    connection: psycopg.Connection[Any]
    url: str
    bin_dir: Path
    folder: Path
    """For scripts and logs."""
    seed: int
    archive: Archive
    rates: Rates = field(default_factory=dict)
    """Closed-loop throughput when it was last measured, in this round or one before, 1/s."""
    runs: int = 0

    def load(self, stages: Sequence[str]) -> None:
        """Fill the stages, in this order, some at a time; what is left to be written to disk is written."""
        archive_tables.create_source(self.connection, self.archive, self.seed)
        self._apart(
            stages,
            lambda connection, name: archive_tables.load_stage(
                connection, ALL_STAGES[name], schema_of(name), self.archive
            ),
        )
        with suppress(psycopg.errors.InsufficientPrivilege):  # it then falls into some measurement
            self.connection.execute("checkpoint")

    def _apart(self, stages: Sequence[str], task: Callable[[psycopg.Connection[Any], str], None]) -> None:
        """Do `task` for each stage on connections of their own, some at a time, whose commits wait for no disk."""

        def connected(name: str) -> None:
            with psycopg.connect(self.url, autocommit=True) as connection:
                connection.execute("set synchronous_commit = off")
                task(connection, name)

        with ThreadPoolExecutor(LOADERS) as loaders:
            list(loaders.map(connected, stages))

    def unload(self, stages: Sequence[str]) -> None:
        """Make room for the next round."""
        self._apart(stages, lambda connection, name: archive_tables.drop_schema(connection, schema_of(name)))

    def closed_loop(self, cell: Cell, seconds: float) -> list[Figure]:
        """Ask as fast as answers come, for about `seconds`."""
        outcome, wal_bytes = self._closed_loop(cell, seconds)
        found = {"throughput_per_s": outcome.steady_per_s, **quantiles(outcome.steady_ms)}
        if self._inserts(cell):
            found["wal_bytes_per_message"] = wal_bytes / _messages(cell, outcome)
        operations = len(outcome.steady_ms)
        return [replace(self._figure(cell, metric, value), operations=operations) for metric, value in found.items()]

    def capacity(self, cell: Cell, seconds: float, steps: int, limits: Sequence[Limit]) -> list[Figure]:
        """Search the highest rate that keeps each of `limits`.

        A rate is offered for `seconds`, and long enough for the operations that the limit's percentile needs.
        """
        closed_loop, _ = self._closed_loop(cell, seconds)
        return [figure for limit in limits for figure in self._search(cell, closed_loop, seconds, steps, limit)]

    def _search(
        self, cell: Cell, closed_loop: PgbenchOutcome, seconds: float, steps: int, limit: Limit
    ) -> list[Figure]:
        """Return all tries and, as the last figure, the capacity; without a value it is known from above only."""
        found: list[Figure] = []

        def told(outcome: PgbenchOutcome, tried: Cell, rate: float | None) -> PgbenchOutcome:
            done = {"late_share": outcome.late_share(limit.ms), **quantiles(outcome.steady_ms)}
            found.extend(
                replace(self._limited(tried, metric, value, limit), rate_per_s=rate, operations=len(outcome.steady_ms))
                for metric, value in done.items()
            )
            return outcome

        def offer(rate: float, operations: float) -> PgbenchOutcome:
            return told(self._run(cell, _share(operations, cell.clients), rate, limit.ms)[0], cell, rate)

        def passes(rate: float) -> bool:
            short, enough = rate * seconds, limit.least_operations / (1 - WARM_UP)
            if short < enough / 2:  # a slow stage, which a glance may tell without a long try
                glances = [offer(rate, short) for _ in range(OFFERS)]
                late = sum(glance.late(limit.ms) for glance in glances)
                if limit.is_missed(late, sum(len(glance.steady_ms) for glance in glances)):
                    return False
            # more than once, because a stall of the machine makes any rate late
            return any(limit.is_kept(offer(rate, max(short, enough)).late_share(limit.ms)) for _ in range(OFFERS))

        is_never_late = limit.is_kept(closed_loop.late_share(limit.ms))
        if not is_never_late:  # maybe it is too slow even for a client that has it for itself
            by_itself = replace(cell, clients=1)
            alone = told(self._run(by_itself, ALONE_TRANSACTIONS)[0], by_itself, None)
            if limit.is_missed(alone.late(limit.ms), len(alone.steady_ms)):
                missed = self._limited(cell, "capacity_per_s", None, limit)
                return [*found, replace(missed, value_high=alone.steady_per_s, note=MISSED_ALONE)]
        capacity = search_capacity(closed_loop.steady_per_s, steps, passes, from_top=is_never_late)
        result = self._limited(cell, "capacity_per_s", capacity, limit)
        if capacity is None:
            lowest = min(figure.rate_per_s for figure in found if figure.rate_per_s is not None)
            result = replace(result, value_high=lowest, note=MISSED)
        return [*found, result]

    def _closed_loop(self, cell: Cell, seconds: float) -> tuple[PgbenchOutcome, float]:
        key = (cell.stage, cell.workload, cell.clients)
        if key not in self.rates:
            self.rates[key] = self._run(cell, PILOT_TRANSACTIONS)[0].steady_per_s
        outcome, wal_bytes = self._run(cell, _share(self.rates[key] * seconds, cell.clients))
        self.rates[key] = outcome.steady_per_s
        return outcome, wal_bytes

    def harness(self, clients: int) -> list[Figure]:
        """Measure what pgbench can do at most, alone and with the way to the server."""
        figures = []
        for name, text in HARNESS.items():
            guess = self.rates.get(("", name, clients), HARNESS_GUESS_PER_S)
            load = OfferedLoad(clients, _share(guess * HARNESS_SECONDS, clients), self.seed, reads_log=False)
            outcome = run_pgbench(self.bin_dir, self.url, Script(text, "prepared"), load, self.folder)
            self.rates["", name, clients] = outcome.throughput_per_s
            figures.append(Figure("throughput_per_s", outcome.throughput_per_s, name, clients=clients))
        return figures

    def sizes(self, stage: str) -> list[Figure]:
        """Measure bytes per message of a stage that was just filled."""
        found = archive_tables.storage(self.connection, schema_of(stage), self.archive)
        cell = Cell(stage, "storage", 1)
        return [
            replace(self._figure(cell, metric, value), clients=None, note=SIZES_NOTE if "total" in metric else "")
            for metric, value in found.items()
        ]

    def retention(self, stage: str, messages: int) -> list[Figure]:
        """Measure how long it takes to delete the oldest messages."""
        found = archive_tables.retention(self.connection, ALL_STAGES[stage], RETENTION_SCHEMA, messages)
        note = f"of {messages // 2:,} messages"
        return [
            Figure(metric, value, "retention", stage, archive_messages=messages, note=note)
            for metric, value in found.items()
        ]

    def _run(
        self, cell: Cell, transactions: int, rate_per_s: float | None = None, limit_ms: float | None = None
    ) -> tuple[PgbenchOutcome, float]:
        """Run a cell on the filled stage and leave it as it was; return the outcome and the bytes of WAL written."""
        stage, schema = ALL_STAGES[cell.stage], schema_of(cell.stage)
        asked = script(WORKLOADS[cell.workload], stage, schema, self.archive, self.seed)
        self.runs += 1
        load = OfferedLoad(cell.clients, transactions, self.seed * 1000 + self.runs, rate_per_s, limit_ms)
        before = self._wal()
        outcome = run_pgbench(self.bin_dir, self.url, asked, load, self.folder)
        wal_bytes = self._wal() - before
        if self._inserts(cell):
            archive_tables.reset(self.connection, stage, schema, self.archive)
        return outcome, wal_bytes

    def _wal(self) -> float:
        row = self.connection.execute("select pg_current_wal_insert_lsn() - '0/0'").fetchone()
        return float(row[0]) if row else 0.0

    def storage_probe(self, payload_bytes: int, messages: int) -> list[Figure]:
        """Measure bytes per message of tables that grow row by row, as hex text and as bytes."""
        return [
            Figure(metric, value, STORAGE_PROBE, stage, archive_messages=messages, payload_bytes=payload_bytes)
            for encoding, stage in GROWN.items()
            for metric, value in measure_storage(
                self.connection,
                PROBE_SCHEMA,
                payload_bytes=payload_bytes,
                encoding=encoding,
                rows=messages,
                seed=self.seed,
            ).items()
        ]

    def _limited(self, cell: Cell, metric: str, value: float | None, limit: Limit) -> Figure:
        return replace(self._figure(cell, metric, value), limit_ms=limit.ms, percentile=limit.percentile)

    def _figure(self, cell: Cell, metric: str, value: float | None) -> Figure:
        return Figure(
            metric, value, cell.workload, cell.stage, cell.clients, self.archive.messages, self.archive.payload_bytes
        )

    @staticmethod
    def _inserts(cell: Cell) -> bool:
        return WORKLOADS[cell.workload].shape == "insert"


def schema_of(stage: str) -> str:
    """Return the schema that a stage is filled into."""
    return f"bench_{stage}"


def quantiles(latencies_ms: NDArray[np.float64]) -> dict[str, float]:
    """Return the smallest latency that the share of operations did not exceed; not where too few are beyond it.

    What was left out (NaN) took longer than anything; a quantile among that is left out as well.
    """
    taken = np.where(np.isnan(latencies_ms), np.inf, latencies_ms)
    found = {
        metric: float(np.quantile(taken, percent / 100, method="inverted_cdf"))
        for percent, metric in QUANTILES.items()
        if len(taken) * (100 - percent) >= 100
    }
    return {metric: value for metric, value in found.items() if np.isfinite(value)}


def _messages(cell: Cell, outcome: PgbenchOutcome) -> int:
    """How many messages were stored: writers that agree store each once."""
    return max(1, outcome.processed // (cell.clients if WORKLOADS[cell.workload].writers_agree else 1))


def _share(transactions: float, clients: int) -> int:
    """Return how many of the transactions each client makes."""
    return math.ceil(min(max(transactions / clients, MIN_TRANSACTIONS), MAX_TRANSACTIONS))
