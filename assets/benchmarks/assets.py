"""The results of the archive benchmarks as tables of the graph.

Belongs here: reading staging and marts, calling the statistics, landing their frames, pictures for the UI.
Does not belong here: arithmetic. Measuring is in its own assets: these only read what was measured.
"""

from collections.abc import Iterator
from typing import Any

import dagster as dg

from assets.benchmarks import frames, text_charts
from assets.benchmarks.archive.stages import ALL_STAGES
from assets.benchmarks.archive.storage_stages import GROWN_STAGES, fit_stages
from assets.benchmarks.curves import throughput_curves
from assets.benchmarks.fetch import read_archive_costs, read_limits, read_measurements, read_runs, read_sizes
from assets.benchmarks.recommendation import TOLERATED_RATIO, candidates, encoding_ratios, savings, with_proposal
from assets.benchmarks.results import by_run, capacities, noise, stage_gains
from assets.common import keys
from assets.common.asset_tables import land_table, table_spec
from assets.common.resources import Warehouse

MEASURED = [
    keys.mart_key("archive_runs"),
    keys.staging_key("benchmarks__measurements"),
    keys.staging_key("benchmarks__latency_targets"),
]
PROPOSAL_DEPS = [
    *MEASURED,
    keys.ARCHIVE_GAINS,
    keys.mart_key("archive_bytes_per_message"),
    keys.mart_key("scenarios"),
    keys.mart_key("workload_parameters"),
    keys.staging_key("benchmarks__archive_retention_policies"),
    keys.SCENARIO_COST,
]


@dg.multi_asset(
    name="compare_archive_stages",
    specs=[
        table_spec(
            keys.ARCHIVE_GAINS, MEASURED, "Each stage of the archive's schema against the one before, with intervals"
        ),
        table_spec(keys.ARCHIVE_CAPACITY, MEASURED, "What a vCPU carries within each limit of latency, with intervals"),
        table_spec(
            keys.ARCHIVE_NOISE, MEASURED, "How far a run can be trusted: variation, ceiling of the harness, self-test"
        ),
    ],
)
def archive_results(warehouse: dg.ResourceParam[Warehouse]) -> Iterator[dg.MaterializeResult[None]]:
    """Compare stages within each run, and find what a virtual CPU carries."""
    with warehouse.connect("waku_fit_transformer") as connection:
        measured = by_run(read_measurements(connection))
        limits = read_limits(connection)
        runs = [run for run in read_runs(connection) if run.run_id in measured]
        bases = {stage.id: stage.base for stage in ALL_STAGES.values()}
        gains = {run.run_id: stage_gains(run, measured[run.run_id], bases) for run in runs}
        carried = [found for run in runs for found in capacities(run, measured[run.run_id], limits)]
        certificates = [noise(run, measured[run.run_id], gains[run.run_id]) for run in runs]
        listed = [gain for of_run in gains.values() for gain in of_run]
        current = [gain for gain in listed if gain.run.is_current]
        of_current = [row for run in runs if run.is_current for row in measured[run.run_id]]
        gained = "\n\n".join(filter(None, (text_charts.forest(current), text_charts.latencies(of_current))))
        for key, columns, frame, picture in (
            (keys.ARCHIVE_GAINS, frames.GAIN_COLUMNS, frames.gains_frame(listed), gained),
            (
                keys.ARCHIVE_CAPACITY,
                frames.CAPACITY_COLUMNS,
                frames.capacity_frame(carried),
                text_charts.capacity(carried),
            ),
            (
                keys.ARCHIVE_NOISE,
                frames.NOISE_COLUMNS,
                frames.noise_frame(certificates),
                text_charts.certificate(certificates),
            ),
        ):
            yield land_table(connection, key, columns, frame, **_shown(picture))


@dg.asset(
    key=keys.ARCHIVE_SCALABILITY,
    deps=MEASURED,
    description="Throughput against clients and archive size: measured, fitted with a band, to twice the largest point",
    group_name=keys.MODEL,
    owners=[keys.OWNERS[keys.MODEL]],
    kinds={"python", "postgres"},
)
def archive_scalability(warehouse: dg.ResourceParam[Warehouse]) -> dg.MaterializeResult[None]:
    """Fit the curves of the newest run of each environment."""
    with warehouse.connect("waku_fit_admin") as connection:
        measured = by_run(read_measurements(connection))
        runs = [run for run in read_runs(connection) if run.is_newest and run.run_id in measured]
        points = [point for run in runs for point in throughput_curves(run, measured[run.run_id])]
        key = keys.ARCHIVE_SCALABILITY
        frame = frames.scalability_frame(points)
        return land_table(connection, key, frames.SCALABILITY_COLUMNS, frame, **_shown(text_charts.curves(points)))


@dg.multi_asset(
    name="propose_archive_stage",
    specs=[
        table_spec(
            keys.ARCHIVE_RECOMMENDATION, PROPOSAL_DEPS, "Candidates for the next schema, and the one that is proposed"
        ),
        table_spec(
            keys.ARCHIVE_SAVINGS, PROPOSAL_DEPS, "What each candidate saves of each scenario's archive, in money"
        ),
        table_spec(
            keys.ARCHIVE_ENCODING, PROPOSAL_DEPS, "Bytes of a message as hex text over those as bytea, by payload"
        ),
    ],
)
def archive_proposal(warehouse: dg.ResourceParam[Warehouse]) -> Iterator[dg.MaterializeResult[None]]:
    """Judge the candidates by the current run alone; without one the tables are empty."""
    with warehouse.connect("waku_fit_admin") as connection:
        measured = by_run(read_measurements(connection))
        run = next((run for run in read_runs(connection) if run.is_current), None)
        sizes = read_sizes(connection, run.run_id) if run else []
        found, saved, ratios = [], [], []
        if run and sizes:
            of_run = measured.get(run.run_id, [])
            grown = [size for size in sizes if size.stage in GROWN_STAGES.values()]
            loaded = [size for size in sizes if size not in grown]
            storage = fit_stages(loaded)
            gains = stage_gains(run, of_run, {stage.id: stage.base for stage in ALL_STAGES.values()})
            judged = candidates(run, of_run, gains, loaded, storage)
            saved = savings(judged, read_archive_costs(connection), storage)
            found = with_proposal(judged, saved)
            ratios = encoding_ratios(run, grown or loaded)
        proposed = next((candidate.stage.id for candidate in found if candidate.is_proposed), None)
        for key, columns, frame in (
            (
                keys.ARCHIVE_RECOMMENDATION,
                frames.RECOMMENDATION_COLUMNS,
                frames.recommendation_frame(found, TOLERATED_RATIO),
            ),
            (keys.ARCHIVE_SAVINGS, frames.SAVING_COLUMNS, frames.savings_frame(saved, proposed)),
            (keys.ARCHIVE_ENCODING, frames.ENCODING_COLUMNS, frames.encoding_frame(ratios)),
        ):
            shown = _shown(text_charts.storage(found) if key == keys.ARCHIVE_RECOMMENDATION else "")
            yield land_table(connection, key, columns, frame, **shown, proposed=proposed or "none")


def _shown(picture: str) -> dict[str, Any]:
    """What the UI shows besides. It drops images that are not at a web address, so that a picture is text here."""
    return {"picture": dg.MetadataValue.md(f"```text\n{picture}\n```")} if picture else {}
