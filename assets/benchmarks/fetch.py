"""What the statistics of the benchmarks read: runs, measurements and limits from staging, costs from the model.

Belongs here: SQL and the way from its rows to types. Writes nothing. Does not belong here: arithmetic.
"""

from __future__ import annotations

from typing import Any

import psycopg

from assets.benchmarks.archive.grids import GRIDS
from assets.benchmarks.archive.requests import WORKLOADS, limits_of_workloads
from assets.benchmarks.archive.stages import ALL_STAGES
from assets.benchmarks.archive.storage_stages import GROWN_STAGES, MeasuredStage
from assets.benchmarks.recommendation import ArchiveCost
from assets.benchmarks.results import KnownLimit, MeasuredRun, Measurement
from assets.common.tables import read_rows
from assets.evidence.basis import Basis, with_basis
from assets.evidence.model import Grade, weakest

HOURS = {
    (phase.archive.messages, phase.archive.payload_bytes): phase.archive.hours
    for grid in GRIDS.values()
    for phase in grid.phases
}
"""Time that each archive of our own grids covers, by messages and payload; an imported archive's is not known."""

RUNS = """
select run_id, environment_id, rounds, is_newest, is_current, grade, evidence_ids,
    -- with the server on another host the cores are those of the load generator
    case when server_location <> 'other_host' then cpu_cores end as cpu_cores
from marts.archive_runs order by run_id
"""
MEASUREMENTS = """
select run_id, round, stage, workload, clients, archive_messages, payload_bytes, rate_per_s, limit_ms, percentile,
    metric, value, value_high, grade
from staging.stg_benchmarks__measurements
where grade not in ('illustrative', 'not_found')
order by run_id, round, stage, workload, clients, archive_messages, payload_bytes, rate_per_s, limit_ms, percentile,
    metric, measurement_id
"""
LIMITS = """
select latency_target_id as id, value, unit, percentile, population, grade, array[evidence_id] as evidence_ids
from staging.stg_benchmarks__latency_targets
where value is not null and percentile is not null order by id
"""
SIZES = """
select stage, payload_bytes, archive_messages, index_bytes, coalesce(lookup_bytes, 0) as lookup_bytes, total_bytes,
    wal_bytes
from marts.archive_bytes_per_message
where
    study = %s and stage is not null and archive_messages is not null
    and index_bytes is not null and total_bytes is not null
order by stage, payload_bytes, archive_messages
"""
# The archive is the same with RLN and without: a proof is not archived.
COSTS = """
select
    summary.scenario_id, summary.title, summary.message_bytes as payload_bytes, summary.archive_gb,
    storage.mean_usd_per_month as cost_usd_per_month, summary.provider,
    summary.archived_messages_per_day as messages_per_day,
    kept.mid as retention_days, limits.default_limit * 2 ^ 30 / 1e9 as limit_gb,
    array[summary.grade, kept.grade] as grades,
    summary.evidence_ids || kept.evidence_ids || array_remove(array[limits.evidence_id], null) as evidence_ids
from model.cost_summary as summary
inner join marts.scenarios as scenarios on scenarios.scenario_id = summary.scenario_id
left join model.scenario_cost as storage
    on storage.scenario_id = summary.scenario_id and storage.component = 'archive_storage' and not storage.with_rln
    and storage.is_cheapest
inner join marts.workload_parameters as kept
    on 'costs__workload_parameters/' || scenarios.retention_days_id = any(kept.evidence_ids) and kept.unit = 'days'
left join (
    select default_limit, evidence_id from staging.stg_benchmarks__archive_retention_policies
    where policy = 'size' and unit = 'GiB'
    order by array_position(array['illustrative', 'not_found'], grade) nulls first, as_of desc, evidence_id
    limit 1
) as limits on true
where not summary.with_rln and summary.archive_gb is not null and kept.mid is not null
order by summary.scenario_id
"""


def read_runs(connection: psycopg.Connection[Any]) -> list[MeasuredRun]:
    """Read all runs, by id."""
    return [MeasuredRun(**with_basis(row)) for row in read_rows(connection, RUNS)]


def read_measurements(connection: psycopg.Connection[Any]) -> list[Measurement]:
    """Read all measurements; made-up ones are no evidence and are left out."""
    return [Measurement(**{**row, "grade": Grade(row["grade"])}) for row in read_rows(connection, MEASUREMENTS)]


def read_limits(connection: psycopg.Connection[Any]) -> dict[str, tuple[KnownLimit, ...]]:
    """Return by workload its limits of latency with their provenance, the narrowest first; none without all targets.

    An early as-of date knows not all targets, and then no capacity.
    """
    rows = {row["id"]: row for row in read_rows(connection, LIMITS)}
    if not {target for workload in WORKLOADS.values() for target in workload.latency_targets} <= set(rows):
        return {}
    return {
        workload: tuple(
            KnownLimit(limit, row["population"], Basis.of(row)) for limit in limits for row in (rows[limit.target],)
        )
        for workload, limits in limits_of_workloads(rows.values()).items()
    }


def read_sizes(connection: psycopg.Connection[Any], run_id: str) -> list[MeasuredStage]:
    """Read the bytes per message of stages and storage probe; stages that are not known here are left out."""
    known = ALL_STAGES | {stage.id: stage for stage in GROWN_STAGES.values()}
    return [
        MeasuredStage(
            known[row["stage"]],
            row["payload_bytes"],
            row["archive_messages"],
            HOURS.get((row["archive_messages"], row["payload_bytes"])),
            row["index_bytes"],
            row["lookup_bytes"],
            row["total_bytes"],
            row["wal_bytes"],
        )
        for row in read_rows(connection, SIZES, run_id)
        if row["stage"] in known
    ]


def read_archive_costs(connection: psycopg.Connection[Any]) -> list[ArchiveCost]:
    """Read what the archive of each scenario costs and how large its messages are."""
    return [
        ArchiveCost(
            row["scenario_id"],
            row["title"],
            row["payload_bytes"],
            row["archive_gb"],
            row["cost_usd_per_month"],
            row["provider"],
            row["messages_per_day"],
            row["retention_days"],
            row["limit_gb"],
            Basis(weakest(row["grades"]), frozenset(row["evidence_ids"])),
        )
        for row in read_rows(connection, COSTS)
    ]
