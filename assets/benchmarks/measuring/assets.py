"""The archive benchmarks as an asset of the graph: they make evidence, and are started on their own.

Belongs here: the thin asset. Does not belong here: measuring (`session_run.py`), what the figures mean.
"""

import dagster as dg

from assets.benchmarks.archive.grids import GRIDS
from assets.benchmarks.archive.requests import LATENCY_TARGETS, limits_of_workloads
from assets.benchmarks.measuring.errors import BenchmarkError
from assets.benchmarks.measuring.session_files import MEASUREMENTS, RUNS, read_rows
from assets.benchmarks.measuring.session_results import session_results
from assets.benchmarks.measuring.session_run import SessionProgress, run_grid
from assets.common import keys
from assets.common.resources import Warehouse
from assets.evidence.resource import EvidenceOfRun


class BenchmarkConfig(dg.Config):
    """What is measured; a session that was cut off is resumed."""

    grid: str = "full"
    seed: int = 1


@dg.asset(
    key=keys.ARCHIVE_BENCHMARKS,
    group_name=keys.EVIDENCE,
    owners=[keys.OWNERS[keys.EVIDENCE]],
    kinds={"python", "postgres"},
    pool=keys.BENCHMARK_POOL,
    description="Our own benchmarks of the message archive on PostgreSQL, measured here; rows of evidence in a pack",
)
def measured_archive(
    context: dg.AssetExecutionContext,
    config: BenchmarkConfig,
    warehouse: dg.ResourceParam[Warehouse],
    evidence: dg.ResourceParam[EvidenceOfRun],
) -> dg.MaterializeResult[None]:
    """Measure a grid with the warehouse's server to itself; the next run of the chain reads the results."""
    limits = limits_of_workloads(record.row.model_dump() for record in evidence.read().records[LATENCY_TARGETS])
    told = ""

    def tell(progress: SessionProgress) -> None:
        nonlocal told
        part = progress.doing.partition(":")[0]
        if part != told:
            context.log.info(f"{progress.done_share:.0%}, {progress.remaining_seconds:.0f} s left: {part}")
        told = part

    try:
        result = run_grid(
            warehouse.url, warehouse.programs, GRIDS[config.grid], warehouse.benchmarks_dir, limits, config.seed, tell
        )
    except BenchmarkError as error:
        raise dg.Failure(str(error), allow_retries=False) from error
    (run,) = read_rows(RUNS, result.folder / f"{RUNS.name}.csv")
    rows = read_rows(MEASUREMENTS, result.folder / f"{MEASUREMENTS.name}.csv")
    found = session_results(run, rows).noise
    return dg.MaterializeResult(
        data_version=dg.DataVersion(run["id"]),
        metadata={
            "dagster/row_count": len(rows),
            "run": run["id"],
            "duration_seconds": float(run["duration_seconds"]),
            "false_alarms": f"{found.self_test_alarms} of {found.self_test_comparisons}",
            "variation_median": found.variation_median,
            "notes": "; ".join(result.notes),
        },
    )
