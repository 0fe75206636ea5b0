"""One benchmark from beginning to end, the same for the command and the asset.

Belongs here: the order of steps, and what refuses a benchmark. Does not belong here: the steps of a session
(`session_run.py`), its statistics (`session_results.py`), what is printed.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path

from assets.benchmarks.archive.grids import GRIDS
from assets.benchmarks.archive.requests import LATENCY_TARGETS, limits_of_workloads
from assets.benchmarks.measuring.errors import BenchmarkError
from assets.benchmarks.measuring.session_files import MEASUREMENTS, RUNS, read_rows
from assets.benchmarks.measuring.session_results import SessionResults, session_results
from assets.benchmarks.measuring.session_run import Result, Tell, run_grid
from assets.evidence.read_packs import Evidence, format_problems


@dataclass(frozen=True)
class Benchmark:
    """A finished session and what it says."""

    result: Result
    run: Mapping[str, str]
    """Its row of `benchmarks__runs`."""
    rows: int
    """Its measurements."""
    found: SessionResults

    @classmethod
    def of(cls, result: Result) -> Benchmark:
        """Read the files of a session."""
        (run,) = read_rows(RUNS, result.folder / f"{RUNS.name}.csv")
        rows = read_rows(MEASUREMENTS, result.folder / f"{MEASUREMENTS.name}.csv")
        return cls(result, run, len(rows), session_results(run, rows))


def measure(
    evidence: Evidence,
    server: AbstractContextManager[str],
    programs: Path,
    grid: str,
    results_dir: Path,
    seed: int,
    tell: Tell,
    *,
    fresh: bool = False,
) -> Benchmark:
    """Measure the grid called `grid` on `server`, which gives its URL, with the latency limits of `evidence`.

    The other parameters are those of `run_grid`. Raises `BenchmarkError`, also for mistakes in the evidence.
    """
    if evidence.problems:
        raise BenchmarkError(
            f"{format_problems(evidence.problems)}\nNothing was measured: the latency targets are evidence."
        )
    limits = limits_of_workloads(record.row.model_dump() for record in evidence.records[LATENCY_TARGETS])
    with server as url:
        return Benchmark.of(run_grid(url, programs, GRIDS[grid], results_dir, limits, seed, tell, fresh=fresh))
