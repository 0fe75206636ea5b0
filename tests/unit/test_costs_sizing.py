"""What a scenario does, and what its nodes and databases need for it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pandas as pd
import pytest

from assets.costs.assumptions import inputs_of
from assets.costs.catalogue import MART_COLUMNS, catalogue_from
from assets.costs.distributions import LogTriangular, UncertainInput
from assets.costs.draws import sample
from assets.costs.inputs import ArchiveProbe, CapacityInput, RangeRow
from assets.costs.sizing import Needs, capacity_basis, needs_of
from assets.costs.whole import mean_whole
from assets.costs.workload import ScenarioLoad, load_of
from assets.evidence.basis import BASIS_COLUMNS, Basis
from assets.evidence.model import Grade
from assets.evidence.tables.costs import Scenario
from tests.unit.costs_world import all_inputs, crowd, known, scenario, world

OLDER, NEWER = date(2024, 8, 8), date(2026, 8, 19)


LIMIT: dict[str, Any] = {"limit_ms": 10, "percentile": 95, "is_narrowest": True}
WIDTH = RangeRow(Basis(Grade.ESTIMATED, frozenset({"a/width"})), "measured_width", "Width", "factor", 0.5, 1, 2)


def measured(workload: str, released_on: date, per_s: float, archive_messages: float = 100_000) -> CapacityInput:
    """A capacity that was measured once."""
    ids = frozenset({f"m/{workload}_{per_s:g}"})
    return CapacityInput(
        Basis(Grade.MEASURED, ids), workload, released_on, archive_messages, None, per_s, None, **LIMIT
    )


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
    assert found["capacity/first_page_20"].basis.ids == {"m/first_page_20_606", "m/first_page_20_620", "a/width"}
    assert found["capacity/first_page_20"].basis.grade is Grade.ESTIMATED
    assert found["capacity/by_hashes"].label == "Queries by hash a second and vCPU, in the schema of 2024-08"


def test_only_released_schemas_of_the_current_run_count() -> None:
    columns = (*MART_COLUMNS["archive_capacity"], *BASIS_COLUMNS)
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
    marts = {mart: pd.DataFrame(columns=[*names, *BASIS_COLUMNS]) for mart, names in MART_COLUMNS.items()}
    found = catalogue_from(marts | {"archive_capacity": pd.DataFrame(rows, columns=[*columns])}).inputs
    assert found["capacity/insert"].distribution == LogTriangular(900, 1000, 1200)
    assert "it did not keep p95 below 400 ms: at most 12.0 with 1,000 messages" in found["capacity/insert"].remark


def test_half_of_all_draws_of_a_capacity_lie_below_its_geometric_mean_however_wide_its_interval_is() -> None:
    # As from two rounds of one benchmark: 498 / 3,831 to 498 x 3,696, whose arithmetic middle is near a million.
    row = CapacityInput(
        Basis(Grade.MEASURED, frozenset({"m/x"})), "first_page_20", NEWER, 1e6, 0.13, 498, 1_840_630, **LIMIT
    )
    draws, _ = sample(inputs_of(capacities=[row]).values())
    assert draws["capacity/first_page_20"].middle == pytest.approx(498, rel=0.02)


def loaded(
    missing_share: float = 0.0, receivers: int = 2, users: int = 1000, of: Scenario | None = None, **inputs: Any
) -> ScenarioLoad:
    shares = {"assumption__missing_message_share": missing_share}
    catalogue = world(inputs=all_inputs(**(shares | inputs)))
    draws, _ = sample(catalogue.inputs.values(), per_scramble=2)
    return load_of(
        of or crowd(users, receivers_per_message=receivers), with_rln=False, catalogue=catalogue, draws=draws
    )


def needed(of: Scenario, with_rln: bool = False, **inputs: Any) -> Needs:
    catalogue = world(inputs=all_inputs(**inputs))
    draws, _ = sample(catalogue.inputs.values(), per_scramble=2)
    return needs_of(of, with_rln, load_of(of, with_rln, catalogue, draws), draws)


def test_processors_of_databases_are_the_sum_of_each_load_at_its_own_capacity() -> None:
    # A day: 48,000 messages; 1,000 users x 100 checks; 48,000 messages x 2 receivers x 0.1 missing = 9,600 fetches.
    # Reading: (100,000 / 5 + 9,600 / 0.5) / 86,400 s / 0.5 = 0.9074; writing a copy: 48,000 / 10 / 86,400 / 0.5 =
    # 0.1111
    database = needed(
        scenario(),
        capacity__insert=10.0,
        capacity__first_page_20=5.0,
        capacity__by_hashes=0.5,
        assumption__missing_message_share=0.1,
        assumption__host_utilisation=0.5,
    ).database
    assert database is not None
    assert database.archive is not None
    assert database.vcpus.mean == pytest.approx(0.9074, abs=1e-4)
    assert database.archive.insert_vcpus.mean == pytest.approx(0.1111, abs=1e-4)


@pytest.mark.parametrize(
    ("users", "hosts", "vcpus", "memory_gib"),
    [
        # 200 connections on 0.4 of a node: x 0.004 processors and 2 MB, besides 0.2 and 0.5 GiB for each node
        (1000, 0.4, 0.8, 200 * 2 * 1e6 / 2**30),
        # 20,000 connections on 40 nodes; ten shards of 10,000 senders each take a node at least
        (100_000, 40.0, 80.0, 20_000 * 2 * 1e6 / 2**30),
    ],
)
def test_nodes_follow_connections(users: int, hosts: float, vcpus: float, memory_gib: float) -> None:
    node = needed(
        crowd(users), assumption__node_vcpus_per_connection=0.004, assumption__node_memory_per_connection=2.0
    ).node
    assert node.connected_hosts.mean == pytest.approx(hosts)
    assert (node.vcpus.mean, node.memory_gib.mean) == (pytest.approx(vcpus), pytest.approx(memory_gib))
    assert (node.each_vcpus.mean, node.each_memory_gib.mean) == (0.2, 0.5)
    assert node.least_hosts.mean == max(1, users / 10_000)


@pytest.mark.parametrize("users", [10_000, 100_000])
def test_a_node_relays_the_messages_of_its_shard_and_verifies_their_proofs(users: int) -> None:
    # 10,000 users x 48 messages a day are 5.5556 a second on each node, whether there is one shard or ten:
    # x (0.02 to relay + 12 ms to verify) = 0.1778 processors more than the 0.2 of an idle one.
    inputs = {"assumption__node_vcpus_per_message": 0.02, "rln__proof_verification_time": 12.0}
    node = needed(crowd(users), with_rln=True, **inputs).node
    assert node.each_vcpus.mean == pytest.approx(0.2 + 0.17778, abs=1e-4)


@pytest.mark.parametrize(
    ("changes", "nodes", "databases"),
    [
        ({}, 1, 1),
        ({"data_centres": 3}, 3, 3),
        ({"relay_nodes": 1, "store_nodes": 2, "database_hosts": 1}, 3, 1),
        ({"relay_nodes": 1, "data_centres": 3, "database_hosts": 4}, 3, 4),
    ],
)
def test_hosts_at_least_are_stated_or_one_in_each_data_centre(
    changes: dict[str, int], nodes: int, databases: int
) -> None:
    needs = needed(scenario(**changes))
    assert needs.database is not None
    assert (needs.node.least_hosts.mean, needs.database.least_hosts.mean) == (nodes, databases)


def test_memory_of_databases_follows_the_archive_in_every_data_centre() -> None:
    # 5.34096 GB x 0.1 in each of two centres, and 0.5 GiB on each host, at 80 percent of what is rented
    database = needed(
        scenario(data_centres=2), assumption__database_memory_share=0.1, assumption__memory_utilisation=0.8
    ).database
    assert database is not None
    assert database.memory_gib.mean == pytest.approx(2 * 0.534096 / 0.8)
    assert database.each_memory_gib.mean == pytest.approx(0.5 / 0.8)


def test_processors_say_with_how_many_messages_each_capacity_was_measured() -> None:
    capacities = (
        measured("insert", NEWER, 1000, archive_messages=1_000_000),
        measured("first_page_20", NEWER, 600, archive_messages=1_000_000),
        measured("by_hashes", OLDER, 51, archive_messages=100_000),
    )
    known = all_inputs() | inputs_of(capacities=capacities, assumptions=[WIDTH])
    draws, _ = sample(known.values(), per_scramble=2)
    load = load_of(scenario(), with_rln=False, catalogue=world(inputs=known), draws=draws)
    assert capacity_basis(load, draws) == (
        "archived messages in the schema of 2026-08, p95 below 10 ms, with 1,000,000 messages; "
        "queries by content topic in the schema of 2026-08, p95 below 10 ms, with 1,000,000 messages; "
        "queries by hash in the schema of 2024-08, p95 below 10 ms, with 100,000 messages; 1,440,000 messages are kept"
    )


def too_slow(workload: str, released_on: date, at_most_per_s: float, archive_messages: float) -> CapacityInput:
    """A load that missed its limit of latency at the lowest rate tried."""
    ids = frozenset({f"m/{workload}_below_{at_most_per_s:g}"})
    bound = (None, None, at_most_per_s)
    return CapacityInput(Basis(Grade.MEASURED, ids), workload, released_on, archive_messages, *bound, **LIMIT)


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
    assert {"m/by_hashes_51", "m/by_hashes_below_14", "m/by_hashes_below_2.8"} <= found.basis.ids


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
    fetches = loaded(missing_share, receivers).peak_database_rates["by_hashes"]
    assert fetches.mean * 86_400 == pytest.approx(fetches_per_day)


@pytest.mark.parametrize(("receivers", "pages"), [(2, 1), (180, 1), (312, 2), (1000, 5.3)])
def test_a_check_asks_for_every_page_of_a_hundred_hashes(receivers: int, pages: float) -> None:
    # 48,000 messages a day x receivers / 100,000 checks are 0.96, 86.4, 149.76 and 480 hashes for each check; of the
    # last, checks with 432 to 528 hashes ask for five pages and those above 500 for six: 0.29 of them.
    rate = loaded(0.0, receivers).peak_database_rates["first_page_20"]
    assert rate.mean * 86_400 == pytest.approx(100_000 * pages, rel=0.003)


@pytest.mark.parametrize(("peak", "checks", "hashes"), [(2.0, 50_000, 960), (8.0, 100_000, 3840)])
def test_at_peak_more_clients_are_online_but_no_more_than_all_and_each_check_has_more_pages(
    peak: float, checks: int, hashes: int
) -> None:
    # On average a quarter of 100,000 checks is made, of 480 hashes each.
    load = loaded(0.0, 1000, assumption__client_online_share=0.25, assumption__peak_factor=peak)
    rate = load.peak_database_rates["first_page_20"]
    assert rate.mean * 86_400 == pytest.approx(checks * mean_whole(hashes / 100, 0.1))
    # Replies of a month are average: 25,000 x (5.3 x 300 + 480 x 36) bytes, x 30.41666 days.
    assert load.shared_egress_gb.mean == pytest.approx(25_000 * (5.2917 * 300 + 480 * 36) * 30.41666 / 1e9, rel=1e-4)


def test_fetched_messages_are_sent_by_nodes() -> None:
    # 9,600 messages a day x 1,000 bytes x 30.41666 days = 0.292 GB
    without, with_fetches = loaded(0.0), loaded(0.1)
    assert with_fetches.shared_egress_gb.mean - without.shared_egress_gb.mean == pytest.approx(0.292)


def test_clients_that_are_off_neither_check_nor_are_told_hashes() -> None:
    # A day of all clients, at 300 bytes a reply and 36 a hash: 100,000 x 300 + 96,000 x 36 = 33.456 MB, x 30.41666 days
    # = 1.01762 GB; an eighth of it for three hours a day.
    always, three_hours = loaded(), loaded(assumption__client_online_share=0.125)
    assert [load.shared_egress_gb.mean for load in (always, three_hours)] == pytest.approx([1.01762, 0.1272025])


def with_units(**units: str) -> dict[str, UncertainInput]:
    """All inputs, some workload rates with a unit; a client is online a sixth of the day."""
    inputs = all_inputs(assumption__client_online_share=1 / 6, workload__control=288.0, workload__backups=3.0)
    return inputs | {f"workload/{name}": replace(inputs[f"workload/{name}"], unit=unit) for name, unit in units.items()}


def test_a_rate_by_the_active_hour_holds_while_a_client_is_online() -> None:
    # 2 messages an hour in 4 hours a day are 8 a day and 243 a month; held for 24 hours they were 48
    catalogue = world(inputs=with_units(rate="msg/h"))
    draws, _ = sample(catalogue.inputs.values(), per_scramble=2)
    load = load_of(scenario(), with_rln=False, catalogue=catalogue, draws=draws)
    assert load.messages_per_sender_day.mean == pytest.approx(8)
    assert load.own_messages_per_month.mean == pytest.approx(8 * 1000 * 365 / 12)


def test_messages_of_control_are_sent_and_only_some_are_kept() -> None:
    # 8 messages of content, 288 / 6 = 48 broadcasts that no archive keeps, 3 backups of 4 messages that it keeps
    of = scenario(passing_control_ids=["control"], kept_control_ids=["backups"])
    catalogue = world(
        inputs=with_units(rate="msg/h", control="msg/day per running client", backups="runs/day per client"),
        probes=tuple(ArchiveProbe(size, None, known(2.0 * size + 1000)) for size in (50, 5000)),
    )
    draws, _ = sample(catalogue.inputs.values(), per_scramble=2)
    load = load_of(of, with_rln=False, catalogue=catalogue, draws=draws)
    assert load.messages_per_sender_day.mean == pytest.approx(8 + 48 + 12)
    assert load.archived_messages_per_s.mean == pytest.approx(20 * 1000 / 86_400)
    # 8 rows of 3,000 bytes and 12 of 1,200 for messages of control of 100 bytes
    assert load.archived_bytes_per_message is not None
    assert load.archived_bytes_per_message.mean == pytest.approx((8 * 3000 + 12 * 1200) / 20)
    # What people write is 243 a month each, whatever their software adds.
    assert load.own_messages_per_month.mean == pytest.approx(8 * 1000 * 365 / 12)


def test_text_and_media_are_archived_each_by_their_own_size() -> None:
    # A fifth of the messages has 5,000 bytes, the others 1,000: 1,800 on average. Rows of 3,000 and 21,000 bytes are
    # 6,600 on average; one of 1,800 bytes would take 6,600 only if rows were a straight line of the payload, and they
    # are not.
    catalogue = world(
        inputs=all_inputs(workload__media=5000.0, workload__share=0.2),
        probes=tuple(
            ArchiveProbe(size, None, known(row)) for size, row in ((1000, 3000.0), (2000, 5000.0), (5000, 21_000.0))
        ),
    )
    draws, _ = sample(catalogue.inputs.values(), per_scramble=2)
    of = scenario(media_bytes_id="media", media_share_id="share")
    load = load_of(of, with_rln=False, catalogue=catalogue, draws=draws)
    assert load.message_bytes.mean == 1800
    assert load.archived_bytes_per_message is not None
    assert load.archived_bytes_per_message.mean == pytest.approx(6600)


def test_light_clients_are_pushed_what_is_sent_while_they_are_online() -> None:
    # 1,460,000 messages a month x 2 receivers x half of them light x a quarter online x 1,000 bytes = 0.365 GB, and
    # 730,000 replies of 300 bytes to light senders = 0.219 GB
    pushed, nothing = (
        loaded(of=scenario(light_client_share=share), assumption__client_online_share=0.25).shared_egress_gb.mean
        for share in (0.5, 0.0)
    )
    assert pushed - nothing == pytest.approx(0.365 + 0.219)
