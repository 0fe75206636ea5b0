"""How many processors the hosts of a database need: each load at the capacity that was measured for its kind."""

from __future__ import annotations

from datetime import date
from typing import Any

import pandas as pd
import pytest

from assets.costs.assumptions import inputs_of
from assets.costs.distributions import LogTriangular
from assets.costs.draws import sample
from assets.costs.fetch import MART_COLUMNS, PROVENANCE, catalogue_from
from assets.costs.inputs import CapacityInput, RangeRow
from assets.costs.sizing import DATABASE, HostNeed, host_needs
from assets.costs.workload import Load, load_of
from assets.evidence.model import Grade
from tests.unit.costs_world import all_inputs, scenario, world

OLDER, NEWER = date(2024, 8, 8), date(2026, 8, 19)


LIMIT: dict[str, Any] = {"limit_ms": 10, "percentile": 95, "is_narrowest": True}
WIDTH = RangeRow(Grade.ESTIMATED, frozenset({"a/width"}), "measured_width", "Width", "factor", 0.5, 1, 2)


def measured(workload: str, released_on: date, per_s: float, archive_messages: float = 100_000) -> CapacityInput:
    """A capacity that was measured once."""
    ids = frozenset({f"m/{workload}_{per_s:g}"})
    return CapacityInput(Grade.MEASURED, ids, workload, released_on, archive_messages, None, per_s, None, **LIMIT)


def test_each_load_takes_the_newest_schema_that_was_measured_for_it_and_there_the_lowest() -> None:
    found = inputs_of(
        capacities=[
            measured("first_page_20", OLDER, 500),
            measured("first_page_20", NEWER, 620),
            measured("first_page_20", NEWER, 606, archive_messages=1_000_000),
            measured("by_hashes", OLDER, 51),
        ],
        assumptions=[WIDTH],
    )
    capacities = {name: known.distribution for name, known in found.items() if name.startswith("capacity/")}
    assert capacities == {
        "capacity/first_page_20": LogTriangular(303, 606, 1212),
        "capacity/by_hashes": LogTriangular(25.5, 51, 102),
    }
    assert found["capacity/first_page_20"].evidence_ids == {"m/first_page_20_606", "m/first_page_20_620", "a/width"}
    assert found["capacity/first_page_20"].grade is Grade.ESTIMATED
    assert found["capacity/by_hashes"].label == "Queries by hash a second and vCPU, in the schema of 2024-08"


def test_only_released_schemas_of_the_current_run_count() -> None:
    columns = (*MART_COLUMNS["archive_capacity"], *PROVENANCE)
    rows = [
        {
            "stage": stage,
            "per_vcpu_per_s_low": low,
            "per_vcpu_per_s": mid,
            "per_vcpu_per_s_high": high,
            "is_current": now,
        }
        | {"workload": "insert", "archive_messages": 1000, "grade": "measured", "evidence_ids": [f"m/{stage}"]}
        | {"limit_ms": 400.0, "percentile": 95.0, "is_narrowest": True}
        for stage, low, mid, high, now in (
            ("lookup_partitioned", 900.0, 1000.0, 1200.0, True),
            ("lookup_partitioned", None, None, 12.0, True),
            ("lookup_partitioned", None, 10.0, None, False),
            ("bytea_payload", None, 20.0, None, True),
        )
    ]
    marts = {mart: pd.DataFrame(columns=[*names, *PROVENANCE]) for mart, names in MART_COLUMNS.items()}
    found = catalogue_from(marts | {"archive_capacity": pd.DataFrame(rows, columns=[*columns])}).inputs
    assert found["capacity/insert"].distribution == LogTriangular(900, 1000, 1200)
    assert "it did not keep p95 below 400 ms: at most 12.0 with 1,000 messages" in found["capacity/insert"].remark


def test_half_of_all_draws_of_a_capacity_lie_below_its_geometric_mean_however_wide_its_interval_is() -> None:
    # As from two rounds of one benchmark: 498 / 3,831 to 498 x 3,696, whose arithmetic middle is near a million.
    row = CapacityInput(Grade.MEASURED, frozenset({"m/x"}), "first_page_20", NEWER, 1e6, 0.13, 498, 1_840_630, **LIMIT)
    draws, _ = sample(inputs_of(capacities=[row]).values())
    assert draws["capacity/first_page_20"].middle == pytest.approx(498, rel=0.02)


CAPACITIES = {
    "capacity__insert": 10.0,
    "capacity__first_page_20": 5.0,
    "capacity__by_hashes": 0.5,
}


def needs(missing_share: float, receivers: int = 2, **inputs: Any) -> tuple[Load, list[HostNeed]]:
    shares: dict[str, Any] = {
        "assumption__missing_message_share": missing_share,
        "assumption__host_utilisation": 0.5,
    }
    catalogue = world(inputs=all_inputs(**(shares | inputs)))
    draws, _ = sample(catalogue.inputs.values(), per_scramble=2)
    of = scenario(receivers_per_message=receivers)
    load = load_of(of, with_rln=False, catalogue=catalogue, draws=draws)
    return load, [need for need in host_needs(of, with_rln=False, load=load, draws=draws) if need.role == DATABASE]


def test_processors_are_the_sum_of_each_load_at_its_own_capacity() -> None:
    # A day: 48,000 messages; 1,000 users x 100 checks; 48,000 messages x 2 receivers x 0.1 missing = 9,600 fetches.
    # One host: (48,000 / 10 + 100,000 / 5 + 9,600 / 0.5) / 86,400 s / 0.5 = 1.0185; of two, each answers half:
    # (4,800 + (20,000 + 19,200) / 2) / 86,400 / 0.5 = 0.5648.
    _, (one, two, *_) = needs(0.1, **CAPACITIES)
    assert (one.hosts, one.vcpus.mean) == (1, pytest.approx(1.0185, abs=1e-4))
    assert (two.hosts, two.vcpus.mean) == (2, pytest.approx(0.5648, abs=1e-4))


def basis(*capacities: CapacityInput) -> str:
    """What a reader is told about the processors of a database that keeps 1,440,000 messages."""
    known = all_inputs() | inputs_of(capacities=capacities, assumptions=[WIDTH])
    draws, _ = sample(known.values(), per_scramble=2)
    load = load_of(scenario(), with_rln=False, catalogue=world(inputs=known), draws=draws)
    return host_needs(scenario(), with_rln=False, load=load, draws=draws)[-1].basis


def test_processors_say_with_how_many_messages_each_capacity_was_measured() -> None:
    assert basis(
        measured("insert", NEWER, 1000, archive_messages=1_000_000),
        measured("first_page_20", NEWER, 600, archive_messages=1_000_000),
        measured("by_hashes", OLDER, 51, archive_messages=100_000),
    ) == (
        "capacities measured for archived messages in the schema of 2026-08, p95 below 10 ms, with 1,000,000 messages; "
        "queries by content topic in the schema of 2026-08, p95 below 10 ms, with 1,000,000 messages; "
        "queries by hash in the schema of 2024-08, p95 below 10 ms, with 100,000 messages; 1,440,000 messages are kept"
    )


def too_slow(workload: str, released_on: date, at_most_per_s: float, archive_messages: float) -> CapacityInput:
    """A load that missed its limit of latency at the lowest rate tried."""
    ids = frozenset({f"m/{workload}_below_{at_most_per_s:g}"})
    bound = (None, None, at_most_per_s)
    return CapacityInput(Grade.MEASURED, ids, workload, released_on, archive_messages, *bound, **LIMIT)


def test_a_schema_that_keeps_the_limit_is_taken_and_the_newest_that_does_not_is_named() -> None:
    found = inputs_of(
        capacities=[
            measured("by_hashes", OLDER, 51, archive_messages=100_000),
            too_slow("by_hashes", OLDER, 9, archive_messages=1_000_000),
            too_slow("by_hashes", NEWER, 2.8, archive_messages=1_000_000),
            too_slow("by_hashes", NEWER, 15, archive_messages=100_000),
            too_slow("by_hashes", NEWER, 14, archive_messages=100_000),
        ],
        assumptions=[WIDTH],
    )["capacity/by_hashes"]
    assert found.distribution == LogTriangular(25.5, 51, 102)
    assert found.remark == (
        "queries by hash in the schema of 2024-08, p95 below 10 ms, with 100,000 messages, while that of 2026-08 did "
        "not keep p95 below 10 ms: at most 14.0 with 100,000 messages, 2.8 with 1,000,000 messages, a second and vCPU"
    )
    assert {"m/by_hashes_51", "m/by_hashes_below_14", "m/by_hashes_below_2.8"} <= found.evidence_ids


def test_a_larger_archive_in_which_the_taken_schema_is_too_slow_is_named() -> None:
    found = inputs_of(
        capacities=[measured("first_page_20", NEWER, 498, 1_000_000), too_slow("first_page_20", NEWER, 31, 10_000_000)],
        assumptions=[WIDTH],
    )["capacity/first_page_20"]
    assert found.remark == (
        "queries by content topic in the schema of 2026-08, p95 below 10 ms, with 1,000,000 messages, while it did "
        "not keep p95 below 10 ms: at most 31.0 with 10,000,000 messages, a second and vCPU"
    )


def test_a_load_that_no_schema_carries_has_no_capacity() -> None:
    found = inputs_of(capacities=[too_slow("by_hashes", NEWER, 15, 100_000)], assumptions=[WIDTH])
    assert "capacity/by_hashes" not in found


@pytest.mark.parametrize(
    ("missing_share", "receivers", "fetches_per_day"),
    [(0.0, 2, 0), (0.5, 2, 48_000), (1.0, 2, 96_000), (1.0, 4, 100_000)],
)
def test_a_check_fetches_all_that_it_misses_at_once(
    missing_share: float, receivers: int, fetches_per_day: float
) -> None:
    load, _ = needs(missing_share, receivers)
    assert load.peak_fetches_per_s is not None
    assert load.peak_fetches_per_s.mean * 86_400 == pytest.approx(fetches_per_day)


@pytest.mark.parametrize(("receivers", "pages"), [(2, 1), (208, 1), (209, 2), (1000, 5)])
def test_a_check_asks_for_every_page_of_a_hundred_hashes(receivers: int, pages: int) -> None:
    # 48,000 messages a day x receivers / 100,000 checks are 0.96, 99.84, 100.32 and 480 hashes for each check.
    load, _ = needs(0.0, receivers)
    assert load.peak_pages_per_s is not None
    assert load.peak_pages_per_s.mean * 86_400 == pytest.approx(100_000 * pages)


@pytest.mark.parametrize(("peak", "checks", "pages"), [(2.0, 50_000, 10), (8.0, 100_000, 39)])
def test_at_peak_more_clients_are_online_but_no_more_than_all_and_each_check_has_more_pages(
    peak: float, checks: int, pages: int
) -> None:
    # On average a quarter of 100,000 checks is made, of 480 hashes each; at peak of 960 and 3,840.
    load, _ = needs(0.0, 1000, assumption__client_online_share=0.25, assumption__peak_factor=peak)
    assert load.peak_pages_per_s is not None
    assert load.peak_pages_per_s.mean * 86_400 == pytest.approx(checks * pages)
    # Replies of a month are average: 25,000 x (5 x 300 + 480 x 36) bytes are 0.4695 GB a day, x 30.41666 days.
    assert load.store_egress_gb.mean - load.relay_egress_gb.mean == pytest.approx(14.280625)


def test_fetched_messages_are_sent_by_store_nodes() -> None:
    # 9,600 messages a day x 1,000 bytes x 30.41666 days = 0.292 GB
    without, with_fetches = needs(0.0)[0], needs(0.1)[0]
    assert with_fetches.store_egress_gb.mean - without.store_egress_gb.mean == pytest.approx(0.292)


def test_clients_that_are_off_neither_check_nor_are_told_hashes() -> None:
    # A day of all clients, at 300 bytes a reply and 36 a hash: 100,000 x 300 + 96,000 x 36 = 33.456 MB, x 30.41666 days
    # = 1.01762 GB; an eighth of it for three hours a day.
    always, three_hours = needs(0.0)[0], needs(0.0, assumption__client_online_share=0.125)[0]
    answered = [load.store_egress_gb.mean - load.relay_egress_gb.mean for load in (always, three_hours)]
    assert answered == pytest.approx([1.01762, 0.1272025])


def test_without_any_capacity_the_stated_host_counts() -> None:
    (need,) = needs(0.1)[1]
    assert need.vcpus.mean == 4
    assert need.basis == (
        "the stated host: no released schema is known to keep the limit of latency for archived messages, "
        "queries by content topic, queries by hash"
    )


def test_while_one_capacity_is_unknown_it_is_the_stated_host_and_no_less_than_the_other_loads_need() -> None:
    # (48,000 / 10 + 100,000 / 0.5) / 86,400 s / 0.5 = 4.7407; of two: 2.4259, less than the 4 stated.
    unknown: dict[str, Any] = {"capacity__first_page_20": 0.5, "capacity__by_hashes": None}
    one, two, *_ = needs(0.1, **(CAPACITIES | unknown))[1]
    assert (one.vcpus.mean, two.vcpus.mean) == (pytest.approx(4.7407, abs=1e-4), 4)
    assert one.basis.startswith(
        "the stated host: no released schema is known to keep the limit of latency for queries by hash; no less than "
        "from capacities measured for "
    )
