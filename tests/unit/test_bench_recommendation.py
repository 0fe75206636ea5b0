"""Which candidate is proposed, what it saves, and hex text against bytea."""

from __future__ import annotations

import pytest

from assets.benchmarks.curves import throughput_curves
from assets.benchmarks.frames import (
    ENCODING_COLUMNS,
    RECOMMENDATION_COLUMNS,
    SAVING_COLUMNS,
    SCALABILITY_COLUMNS,
    encoding_frame,
    recommendation_frame,
    savings_frame,
    scalability_frame,
)
from assets.benchmarks.recommendation import ArchiveCost, Candidate, candidates, encoding_ratios, savings
from assets.benchmarks.results import Measurement, Provenance, stage_gains
from assets.benchmarks.stages import ALL_STAGES
from assets.benchmarks.storage_stages import MeasuredStage, StageStorage, fit_stages, stage_tables
from assets.evidence.model import Grade
from tests.unit.bench_world import RUN, measurement, rounds

BASES = {stage.id: stage.base for stage in ALL_STAGES.values()}
BASE = "lookup_partitioned"


def size(stage: str, total: float, index: float = 300, lookup: float = 200, payload: int = 1000) -> MeasuredStage:
    return MeasuredStage(ALL_STAGES[stage], payload, 100_000, None, index, lookup, total)


SIZES = [size(BASE, 3400), size("bytea_payload", 1650), size("one_index_set", 3240, index=140)]


def exact(storage: StageStorage) -> StageStorage:
    return StageStorage(storage.fit, 0.01)


def judged(*measured: Measurement) -> dict[str, Candidate]:
    listed = list(measured)
    found = candidates(RUN, listed, stage_gains(RUN, listed, BASES), SIZES, exact(fit_stages(SIZES)))
    return {candidate.stage.id: candidate for candidate in found}


def throughput(stage: str, insert: float, query: float) -> list[Measurement]:
    return [
        *rounds(stage, "insert", "throughput_per_s", insert),
        *rounds(stage, "first_page_20", "throughput_per_s", query),
    ]


def test_the_candidate_that_saves_most_and_loses_nowhere_is_proposed() -> None:
    found = judged(
        *throughput(BASE, 1000, 500), *throughput("bytea_payload", 1000, 600), *throughput("one_index_set", 1200, 500)
    )
    assert [name for name, candidate in found.items() if candidate.is_proposed] == ["bytea_payload"]
    bytea = found["bytea_payload"]
    # 1 - 1650 / 3400, each side off by 1 %
    assert bytea.saved.mid == pytest.approx(0.5147, abs=1e-4)
    assert bytea.saved.low == pytest.approx(1 - 1650 / 3400 * 1.01 / 0.99)
    assert bytea.saved.high == pytest.approx(1 - 1650 / 3400 * 0.99 / 1.01)
    assert bytea.queries is not None
    assert bytea.queries.mid == pytest.approx(1.2, rel=0.01)
    assert found["one_index_set"].reason == "another candidate without a loss saves more"


def test_a_loss_on_one_workload_rules_a_candidate_out() -> None:
    found = judged(
        *throughput(BASE, 1000, 500), *throughput("bytea_payload", 1000, 400), *throughput("one_index_set", 1000, 500)
    )
    assert found["bytea_payload"].losses == ("first_page_20",)
    assert found["bytea_payload"].reason == "loses throughput on first_page_20"
    assert found["bytea_payload"].worst_workload == "first_page_20"
    assert found["one_index_set"].is_proposed


def test_an_interval_that_reaches_below_the_bound_is_said() -> None:
    # 0.955 with rounds of one percent: from about 0.945 to 0.965
    found = judged(*throughput(BASE, 1000, 500), *throughput("bytea_payload", 1000, 477.5))
    assert found["bytea_payload"].losses == ()
    assert found["bytea_payload"].not_ruled_out == ("first_page_20",)
    assert found["bytea_payload"].reason.endswith("; a loss is not ruled out on first_page_20")


def test_without_rounds_nothing_is_proposed() -> None:
    found = judged(
        measurement(BASE, "insert", "throughput_per_s", 1),
        measurement("bytea_payload", "insert", "throughput_per_s", 1),
    )
    assert not any(candidate.is_proposed for candidate in found.values())
    assert found["bytea_payload"].is_admissible is None
    assert found["bytea_payload"].inserts is None


def test_money_is_the_saved_share_at_the_payload_of_the_scenario() -> None:
    found = judged(*throughput(BASE, 1000, 500), *throughput("bytea_payload", 1000, 500))
    storage = exact(fit_stages(SIZES))
    cost = ArchiveCost("s", "A community", 2048.0, 100.0, 8.0, "cloud", Grade.PUBLISHED, ("costs__scenarios/s",))
    unknown = ArchiveCost("t", "Another", 2048.0, None, None, None, Grade.NOT_FOUND, ("costs__scenarios/t",))
    saved, not_known = savings([found["bytea_payload"]], [cost, unknown], storage)
    share = 1 - storage.bytes_per_message(ALL_STAGES["bytea_payload"], 2048) / storage.bytes_per_message(
        ALL_STAGES[BASE], 2048
    )
    money, gigabytes = saved.of(cost.cost_usd_per_month), saved.of(cost.archive_gb)
    assert money is not None
    assert gigabytes is not None
    assert (money.mid, gigabytes.mid) == pytest.approx((8 * share, 100 * share))
    assert money.low < money.mid < money.high
    assert saved.provenance.grade is Grade.ESTIMATED
    assert not_known.of(unknown.cost_usd_per_month) is None


def test_hex_against_bytea_is_measured_where_both_were_and_computed_elsewhere() -> None:
    rows = encoding_ratios(
        RUN, SIZES, exact(fit_stages(SIZES)), Provenance(Grade.MEASURED, ("benchmarks__runs/run_a",))
    )
    ratios = {row.payload_bytes: row for row in rows}
    assert ratios[1000].is_measured
    assert ratios[1000].ratio.mid == pytest.approx(3400 / 1650)
    assert ratios[1000].is_near_two
    assert not ratios[50].is_measured
    assert ratios[50].provenance.grade is Grade.ESTIMATED
    assert not ratios[50].is_near_two


def test_the_formula_finds_again_what_it_computed() -> None:
    first = fit_stages(SIZES)
    computed = [
        MeasuredStage(stage, payload, 1_000_000, None, index, lookup, first.bytes_per_message(stage, payload))
        for stage in (ALL_STAGES[BASE], ALL_STAGES["bytea_payload"], ALL_STAGES["one_index_set"])
        for payload in (200, 4096)
        for index, lookup in [_parts(stage.id, payload, first)]
    ]
    again = fit_stages(computed)
    assert again.fit.random_leaf_fill == pytest.approx(first.fit.random_leaf_fill, abs=0.02)
    assert again.relative_error < 0.005


def _parts(stage: str, payload: int, storage: StageStorage) -> tuple[float, float]:
    from assets.benchmarks.storage import predict_table

    tables = [predict_table(table, 1_000_000, storage.fit) for table in stage_tables(ALL_STAGES[stage], payload)]
    return tables[0].index / 1e6, sum(table.total for table in tables[1:]) / 1e6


def test_no_stage_no_formula() -> None:
    with pytest.raises(ValueError, match="no stage with measured bytes"):
        fit_stages([])


def test_curves_end_at_twice_the_largest_measured_point() -> None:
    # X(n) = 100 n / (1 + 0.1 (n - 1)): 100, 181.8, 307.7, 470.6
    measured = [
        found
        for clients in (1, 2, 4, 8)
        for found in rounds(
            BASE, "insert", "throughput_per_s", 100 * clients / (1 + 0.1 * (clients - 1)), clients=clients
        )
    ]
    points = throughput_curves(RUN, measured)
    assert {point.axis for point in points} == {"clients"}
    assert (min(point.x for point in points), max(point.x for point in points)) == (1, 16)
    four = next(point for point in points if point.x == 4)
    assert four.measured_per_s == pytest.approx(307.7 * 1.005, rel=0.001)
    assert four.fitted_per_s == pytest.approx(307.7, rel=0.02)
    last = points[-1]
    assert (last.is_measured, last.is_extrapolated, last.measured_per_s) == (False, True, None)
    assert last.low_per_s is not None
    assert last.low_per_s <= (last.fitted_per_s or 0) <= (last.high_per_s or 0)


def test_two_points_are_points_and_no_curve() -> None:
    measured = [f for n in (1, 4) for f in rounds(BASE, "insert", "throughput_per_s", 100.0 * n, clients=n)]
    points = throughput_curves(RUN, measured)
    assert [(point.x, point.is_measured, point.fitted_per_s) for point in points] == [(1, True, None), (4, True, None)]


def test_throughput_that_halves_with_each_tenfold_archive_is_a_power_of_its_size() -> None:
    measured = [
        f
        for messages, value in ((10_000, 400.0), (100_000, 200.0), (1_000_000, 100.0))
        for f in rounds(BASE, "first_page_20", "throughput_per_s", value, archive_messages=messages)
    ]
    points = throughput_curves(RUN, measured)
    assert {point.axis for point in points} == {"archive_messages"}
    assert max(point.x for point in points) == 2_000_000
    # a factor of 10 in size halves it: exponent -0.301, so that twice the size leaves 0.812
    assert points[-1].fitted_per_s == pytest.approx(81.2, rel=0.02)


def test_frames_have_the_columns_that_are_declared() -> None:
    found = judged(*throughput(BASE, 1000, 500), *throughput("bytea_payload", 1000, 500))
    storage = exact(fit_stages(SIZES))
    cost = ArchiveCost("s", "A community", 2048.0, 100.0, 8.0, "cloud", Grade.PUBLISHED, ("costs__scenarios/s",))
    assert list(recommendation_frame(found.values(), 0.95)) == list(RECOMMENDATION_COLUMNS)
    saved = savings_frame(savings(list(found.values()), [cost], storage), "bytea_payload")
    assert list(saved) == list(SAVING_COLUMNS)
    assert saved.loc[saved["is_proposed"], "candidate"].tolist() == ["bytea_payload"]
    ratios = encoding_ratios(RUN, SIZES, storage, Provenance(Grade.MEASURED, ("benchmarks__runs/run_a",)))
    assert list(encoding_frame(ratios)) == list(ENCODING_COLUMNS)
    measured = [f for n in (1, 2, 4) for f in rounds(BASE, "insert", "throughput_per_s", 100.0 * n, clients=n)]
    frame = scalability_frame(throughput_curves(RUN, measured))
    assert list(frame) == list(SCALABILITY_COLUMNS)
    assert frame["point_id"].is_unique
