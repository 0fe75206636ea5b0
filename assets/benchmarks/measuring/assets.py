"""The archive benchmarks as an asset of the graph: they make evidence, and are started on their own.

Belongs here: the thin asset. Does not belong here: a benchmark itself (`service.py`), what the figures mean.
"""

from contextlib import nullcontext

import dagster as dg

from assets.benchmarks.measuring.errors import BenchmarkError
from assets.benchmarks.measuring.service import measure
from assets.benchmarks.measuring.session_run import SessionProgress
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
    told = ""

    def tell(progress: SessionProgress) -> None:
        nonlocal told
        part = progress.doing.partition(":")[0]
        if part != told:
            context.log.info(f"{progress.done_share:.0%}, {progress.remaining_seconds:.0f} s left: {part}")
        told = part

    try:
        done = measure(
            evidence.read(),
            nullcontext(warehouse.url),
            warehouse.programs,
            config.grid,
            warehouse.benchmarks_dir,
            config.seed,
            tell,
        )
    except BenchmarkError as error:
        raise dg.Failure(str(error), allow_retries=False) from error
    noise = done.found.noise
    return dg.MaterializeResult(
        data_version=dg.DataVersion(done.run["id"]),
        metadata={
            "dagster/row_count": done.rows,
            "run": done.run["id"],
            "duration_seconds": float(done.run["duration_seconds"]),
            "false_alarms": f"{noise.self_test_alarms} of {noise.self_test_comparisons}",
            "variation_median": noise.variation_median,
            "notes": "; ".join(done.result.notes),
        },
    )
