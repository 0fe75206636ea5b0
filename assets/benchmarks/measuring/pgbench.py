"""pgbench as load generator: one run of one script, and what its log and its last words say.

Belongs here: the program, its options and its output. Does not belong here: scripts (`archive/requests.py`), the order
of runs (`archive/grids.py`), rows of the log (`imports/pgbench.py`).
"""

from __future__ import annotations

import math
import os
import re
import subprocess
from contextlib import suppress
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from assets.benchmarks.archive.requests import Script
from assets.benchmarks.imports.events import Event
from assets.benchmarks.imports.pgbench import read_pgbench_log
from assets.benchmarks.measuring.errors import BenchmarkError
from assets.evidence.importer import SourceFile, UnreadableError

TIMEOUT_SECONDS = 900
"""A run that takes longer hangs: the longest that is planned is a fraction of it."""

ERROR_LINES = 5

_PROCESSED = re.compile(r"^number of transactions actually processed: (\d+)", re.MULTILINE)
_FAILED = re.compile(r"^number of failed transactions: (\d+)", re.MULTILINE)
_SKIPPED = re.compile(r"^number of transactions skipped: (\d+)", re.MULTILINE)
_RATE = re.compile(r"^tps = ([\d.]+) \(without initial connection time\)", re.MULTILINE)


@dataclass(frozen=True)
class OfferedLoad:
    """One run: each of `clients` runs the script `transactions` times; an open loop if there is a `rate_per_s`."""

    clients: int
    transactions: int
    seed: int
    rate_per_s: float | None = None
    latency_limit_ms: float | None = None
    reads_log: bool = True
    """It is written in any case, because that takes time too."""


WARM_UP = 0.2
"""Share of a run's operations that come first and do not count: a new connection knows no table yet."""

TAIL = 0.1
"""Share that comes last and does not count in a closed loop: some clients are done before the others."""


@dataclass(frozen=True)
class PgbenchOutcome:
    """What one run did. A latency begins at the scheduled start, which an open loop may miss."""

    processed: int
    skipped: int
    """Not started, because they were later than the limit already."""
    throughput_per_s: float
    """Of the whole run, as pgbench counts it."""
    ends_s: NDArray[np.float64] = field(default_factory=lambda: np.empty(0))
    """When each operation ended, in this order; empty without a log."""
    latencies_ms: NDArray[np.float64] = field(default_factory=lambda: np.empty(0))
    """In the same order; NaN was skipped."""

    @property
    def steady_per_s(self) -> float:
        """Throughput between warm-up and tail."""
        first, last = int(WARM_UP * len(self.ends_s)), int((1 - TAIL) * len(self.ends_s)) - 1
        seconds = self.ends_s[last] - self.ends_s[first] if last > first else 0.0
        return float((last - first) / seconds) if seconds > 0 else self.throughput_per_s

    @property
    def steady_ms(self) -> NDArray[np.float64]:
        """Latencies after the warm-up; NaN was skipped."""
        return self.latencies_ms[int(WARM_UP * len(self.latencies_ms)) :]

    def late(self, limit_ms: float) -> int:
        """Return how many of those asked for after the warm-up did not come within the limit, or not at all."""
        return int(np.sum(~(self.steady_ms < limit_ms)))

    def late_share(self, limit_ms: float) -> float:
        """Return the same as a share."""
        return self.late(limit_ms) / len(self.steady_ms)


def run_pgbench(bin_dir: Path, url: str, script: Script, load: OfferedLoad, folder: Path) -> PgbenchOutcome:
    """Run `script` and return what happened; raises `BenchmarkError` if it did not end well or its log is not whole.

    `folder` is for script and log; what is called log.* in it goes first.
    """
    folder.mkdir(parents=True, exist_ok=True)
    for log in folder.glob("log.*"):
        log.unlink()
    (folder / "script.sql").write_text(script.text, encoding="utf-8")
    outcome = parse_summary(_run(bin_dir / "pgbench", url, script, load, folder))
    if not load.reads_log:
        return outcome
    logs = sorted(folder.glob("log.*"))
    if len(logs) != 1:
        raise BenchmarkError(f"pgbench wrote {len(logs)} logs, expected 1; is the disk of {folder} full?")
    return parse_log(logs[0], outcome)


def pgbench_version(bin_dir: Path) -> str:
    """Return what `pgbench --version` says; raises `BenchmarkError` if there is none."""
    program = bin_dir / "pgbench"
    try:
        return subprocess.run([program, "--version"], capture_output=True, text=True, check=True).stdout.strip()
    except (OSError, subprocess.CalledProcessError) as error:
        raise BenchmarkError(f"{program} does not run ({error}); expected the bin folder of a PostgreSQL") from error


def parse_summary(text: str) -> PgbenchOutcome:
    """Read what pgbench prints at its end; raises `BenchmarkError` if a transaction failed or a figure is not there."""
    processed, rate = _PROCESSED.search(text), _RATE.search(text)
    if processed is None or rate is None:
        raise BenchmarkError(f"pgbench gave no summary: {_end_of(text)}")
    failed = _count(_FAILED, text)
    if failed:
        raise BenchmarkError(f"{failed} of {processed[1]} transactions of pgbench failed: {_end_of(text)}")
    # Since PostgreSQL 15 those that were skipped are not among those processed.
    return PgbenchOutcome(int(processed[1]), _count(_SKIPPED, text), float(rate[1]))


def parse_log(log: Path, outcome: PgbenchOutcome) -> PgbenchOutcome:
    """Return `outcome` with what the log says; raises `BenchmarkError` unless it has all that `outcome` counts."""
    with log.open("rb") as stream:
        source = SourceFile(stream, log.name)
        events: list[Event] = []
        with suppress(UnreadableError):  # the problem is noted
            events += (event for event in read_pgbench_log(source) if isinstance(event, Event))
    if problems := source.problems.all():
        raise BenchmarkError(f"the log of pgbench is not whole, the run does not count: {problems[0]}")
    events.sort(key=lambda event: event.end_s)
    latencies = np.array([math.nan if event.latency_ms is None else event.latency_ms for event in events])
    skipped = sum(event.is_skipped for event in events)
    if (len(events) - skipped, skipped) != (outcome.processed, outcome.skipped):
        raise BenchmarkError(
            f"{log.name} has {len(events) - skipped} transactions and {skipped} skipped ones, pgbench counted "
            f"{outcome.processed} and {outcome.skipped}: the log is not whole, the run does not count"
        )
    return replace(outcome, ends_s=np.array([event.end_s for event in events]), latencies_ms=latencies)


def _run(program: Path, url: str, script: Script, load: OfferedLoad, folder: Path) -> str:
    connection = {name: str(value) for name, value in conninfo_to_dict(url).items() if value is not None}
    password = connection.pop("password", None)
    variables = {**dict(script.variables), "clients": str(load.clients)}
    command = [
        *(str(program), "--no-vacuum", "--file", "script.sql"),
        *("--log", "--log-prefix", "log"),
        *("--protocol", script.protocol, "--random-seed", str(load.seed)),
        *("--client", str(load.clients), "--transactions", str(load.transactions)),
        *(argument for name, value in variables.items() for argument in ("--define", f"{name}={value}")),
    ]
    if load.rate_per_s is not None:
        command += ["--rate", f"{load.rate_per_s:.6f}"]
    if load.latency_limit_ms is not None:
        command += ["--latency-limit", f"{load.latency_limit_ms:g}"]
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PG")}
    if password is not None:  # not as an argument, which every account of the machine can read
        environment["PGPASSWORD"] = password
    try:
        done = subprocess.run(
            [*command, make_conninfo(**connection)],
            cwd=folder,
            env=environment | {"LC_ALL": "C"},
            capture_output=True,
            text=True,
            timeout=TIMEOUT_SECONDS,
            check=False,
        )
    except OSError as error:
        raise BenchmarkError(f"{program} does not run ({error}); expected the bin folder of a PostgreSQL") from error
    except subprocess.TimeoutExpired as error:
        raise BenchmarkError(f"pgbench did not end after {TIMEOUT_SECONDS} s; is the server overloaded?") from error
    if done.returncode != 0:
        raise BenchmarkError(f"pgbench ended with code {done.returncode}: {_end_of(done.stderr)}")
    return done.stdout


def _count(pattern: re.Pattern[str], text: str) -> int:
    found = pattern.search(text)
    return int(found[1]) if found else 0


def _end_of(text: str) -> str:
    return " | ".join(line for line in text.strip().splitlines()[-ERROR_LINES:] if line) or "(no message)"
