"""What one place takes: addresses, disks of a fixed size, regions of prices, hosted PostgreSQL beside one's own."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from assets.costs.bill import BillLine
from assets.costs.cheapest import Bought, _in_each_draw
from assets.costs.draws import sample
from assets.costs.fleets import Fleet, _filled
from assets.costs.hosting import Way
from assets.costs.inputs import CostCatalogue, ManagedOffer, ServerOffer, VolumePrice
from assets.costs.model import World, plan
from assets.costs.places import place_of
from assets.costs.prices import cheapest_volume
from assets.costs.sizing import NODE
from tests.unit.costs_world import (
    address,
    all_inputs,
    broadcaster,
    estimated,
    known,
    offer,
    scenario,
    tier,
    volume,
    world,
)


def parts(catalogue: CostCatalogue, **changes: Any) -> dict[str, BillLine]:
    found = estimated(scenario(**changes), with_rln=False, catalogue=catalogue)
    assert found.best is not None, found.reason
    return dict(found.best.parts)


def test_each_node_has_an_address() -> None:
    # Three nodes of which one is the database as well
    found = parts(world(address_prices=(address(3.65),)), store_nodes=3)["addresses"]
    assert found.cost_usd_per_month.mean == pytest.approx(3 * 3.65)
    assert found.amount is not None
    assert found.amount.mean == 3
    assert "addresses/p" in found.cost_usd_per_month.basis.ids


@pytest.mark.parametrize(("sold_in", "is_known"), [("ash", True), ("us", True), ("all", True), ("eu", False)])
def test_traffic_and_addresses_may_be_sold_by_a_wider_region_than_servers(sold_in: str, is_known: bool) -> None:
    catalogue = world(
        offers=(offer("h", 5.0, region="ash", price_region="us"),),
        address_prices=(replace(address(0.5), region=sold_in),),
        egress_tiers=(replace(tier(0, None, 1.0), region=sold_in),),
    )
    found = estimated(broadcaster(), with_rln=False, catalogue=catalogue)
    assert (found.best is not None) is is_known


def disk(item: str, disk_gb: float, cost: float) -> VolumePrice:
    return VolumePrice(item, "p", "all", known(cost / disk_gb, f"volumes/{item}"), disk_gb)


FIXED = (disk("p4", 32, 5.0), disk("p10", 128, 18.0))


@pytest.mark.parametrize(("gb", "taken"), [(20, "p4"), (32, "p4"), (33, "p10"), (129, None)])
def test_a_disk_of_a_fixed_size_must_hold_what_is_needed(gb: float, taken: str | None) -> None:
    found = cheapest_volume(FIXED, gb)
    assert (found.price_id if found else None) == taken


@pytest.mark.parametrize(("gb", "taken"), [(20, "p_volume"), (60, "p4_like")])
def test_a_whole_disk_is_paid_however_little_is_used(gb: float, taken: str) -> None:
    # 20 GB x 0.10 = 2 and 60 GB x 0.10 = 6, against USD 5 for the disk
    found = cheapest_volume((volume(0.1), disk("p4_like", 64, 5.0)), gb)
    assert found is not None
    assert found.price_id == taken


def test_system_disks_and_the_archive_on_disks_of_a_fixed_size() -> None:
    # A server without a disk: 5 + 5 with the smallest; 5.34096 GB of archive take one as well.
    found = parts(world(offers=(offer("small", 5.0, local_disk_gb=0),), volume_prices=FIXED))
    costs = {name: part.cost_usd_per_month.mean for name, part in found.items()}
    assert (costs["compute"], costs["archive_storage"]) == pytest.approx((10, 5))


@pytest.mark.parametrize(("own_disk_gb", "storage"), [(40, 0.0), (26, 0.0), (24, 0.534096), (None, 0.534096)])
def test_the_archive_lies_on_the_servers_own_disk_where_it_fits(own_disk_gb: float | None, storage: float) -> None:
    # 5.34096 GB beside 20 GB for the system; a second host for its disk would cost more than a volume
    found = parts(world(offers=(offer("small", 5.0, local_disk_gb=own_disk_gb),)))["archive_storage"]
    system_disk = 2.0 if own_disk_gb is None else 0.0
    assert found.cost_usd_per_month.mean == pytest.approx(storage)
    assert (system_disk > 0) is (own_disk_gb is None)


def test_no_archive_is_put_on_a_volume_that_is_unsuitable() -> None:
    spinning = replace(volume(0.01), unsuitable_because="spinning_disk")
    found = parts(world(offers=(offer("small", 5.0, local_disk_gb=20),), volume_prices=(spinning, volume(0.1))))
    assert found["archive_storage"].cost_usd_per_month.mean == pytest.approx(0.534096)


def test_one_archive_is_backed_up_however_many_copies_run() -> None:
    # 5.34096 GB x 0.05, with one copy and with one in each of three data centres
    costs = [parts(world(), data_centres=centres)["backups"].cost_usd_per_month.mean for centres in (1, 3)]
    assert costs == pytest.approx([0.267048, 0.267048])


def test_volumes_hold_a_copy_for_each_data_centre() -> None:
    diskless = world(offers=(offer("small", 5.0, local_disk_gb=20),))
    storage = parts(diskless, data_centres=3)["archive_storage"]
    assert storage.cost_usd_per_month.mean == pytest.approx(3 * 0.534096)
    assert storage.amount is not None
    assert storage.amount.mean == pytest.approx(3 * 5.34096)


ONE_SIZE = (offer("v2", 4.0, local_disk_gb=4000, included_egress_gb_per_month=1e6),)
SIZES = (*ONE_SIZE, offer("v16", 15.0, vcpus=16, memory_gib=32, local_disk_gb=4000, included_egress_gb_per_month=1e6))


@pytest.mark.parametrize(
    ("offers", "queries_per_s", "compute", "database"),
    [
        (ONE_SIZE, 10.0, 4.0, 0.0),  # 0.8 of the one host, with the node on it
        (ONE_SIZE, 75.0, 18.0, 0.0),  # 4.1 such hosts: four and a half in the mean month
        (SIZES, 75.0, 15.0, 0.0),  # half of the processors of one large host, cheaper than four or five small ones ...
        (SIZES, 400.0, 45.0, 0.0),  # ... and three of them, not twenty small ones
    ],
)
def test_hosts_grow_in_size_and_in_number_whichever_is_cheaper(
    offers: tuple[ServerOffer, ...], queries_per_s: float, compute: float, database: float
) -> None:
    inputs = all_inputs(workload__queries=queries_per_s * 86.4)  # of 1,000 clients a day; ten a second on a processor
    found = parts(world(offers=offers, inputs=inputs))
    assert found["database"].cost_usd_per_month.mean == pytest.approx(database)
    assert found["compute"].cost_usd_per_month.mean == pytest.approx(compute, rel=0.12)


def test_a_database_on_hosts_of_its_own_needs_no_address() -> None:
    # Addresses for USD 50 make it cheaper to keep many database hosts apart from the one node.
    found = parts(world(offers=ONE_SIZE, address_prices=(address(50.0),), inputs=all_inputs(workload__queries=6480.0)))
    assert found["addresses"].cost_usd_per_month.mean == 50.0
    assert found["database"].amount is not None
    assert found["database"].amount.mean == pytest.approx(4, abs=0.6)


def test_a_host_more_is_taken_for_the_traffic_that_its_price_includes() -> None:
    # 1,000 GB of answers at USD 1 a GB beyond 100 on each server for USD 4: ten servers rather than USD 900 of traffic
    roomy = offer("roomy", 4.0, included_egress_gb_per_month=100)
    inputs = all_inputs(
        workload__vanilla_waku_store_reply_base=328_767.0,
        workload__vanilla_waku_relay_egress_amplification=0.0,
        workload__vanilla_waku_discovery_egress=0.0,
    )
    found = parts(world(offers=(roomy,), egress_tiers=(tier(0, None, 1.0),), inputs=inputs))
    assert found["egress"].cost_usd_per_month.mean == 0
    assert found["compute"].cost_usd_per_month.mean == pytest.approx(40.0, rel=0.01)


@pytest.mark.parametrize(
    ("shared", "each", "hosts"),
    [
        (1.0, 0.5, 0.75),  # one host of 2 is three quarters full
        (1.5, 0.5, 1.0),
        (3.0, 0.5, 2.0),  # two with 1.5 of room each
        (0.0, 1.9, 0.95),
        (3.0, 1.9, 6.0),  # a quarter of a host is counted as room, at least
        (0.0, 3.0, 1.5),
    ],
)
def test_several_hosts_each_take_what_every_one_needs(shared: float, each: float, hosts: float) -> None:
    assert _filled(shared, each, 2.0) == pytest.approx(hosts)


def test_a_plan_does_not_name_hosts_that_are_too_small_for_one_node() -> None:
    # Each node takes 2.5 processors: two small servers of 2 would be the cheaper, and cannot run it.
    catalogue = world(inputs=all_inputs(assumption__node_idle_vcpus=2.5))
    draws, _ = sample(catalogue.inputs.values(), per_scramble=128)
    found = plan(estimated(scenario(), with_rln=False, catalogue=catalogue), World(catalogue, draws))
    assert found is not None
    assert [hosts.choice_id for hosts in found.rented if hosts.role != "database"] == ["large"]


def test_offers_that_are_never_the_cheapest_are_left_out() -> None:
    worse = offer("worse", 6.0, memory_gib=2)
    equal = offer("twin", 5.0)
    place = place_of(
        ("p", "r1"), scenario(), has_archive=True, catalogue=world(offers=(offer("small", 5.0), worse, equal))
    )
    assert [known.offer_id for known in place.offers] == ["small"]


def hosted(offer_id: str, cost: float, **changes: Any) -> ManagedOffer:
    """PostgreSQL hosted beside the servers of AWS: 4 vCPUs, 8 GiB, 2 GB of storage, a further GB 0.20, backup 0.10."""
    fields: dict[str, Any] = {
        "provider": "aws_rds",
        "servers_of": "aws",
        "region": "r1",
        "vcpus": 4,
        "vcpu_kind": "dedicated",
        "memory_gib": 8,
        "included_storage_gb": 2.0,
        "storage_usd_per_gb_month": 0.2,
        "backup_usd_per_gb_month": 0.1,
    }
    return ManagedOffer(offer_id, cost_usd_per_month=known(cost, f"hosted/{offer_id}"), **(fields | changes))


def at_aws(*offers: ManagedOffer, **changes: Any) -> CostCatalogue:
    """The world of `costs_world` at AWS."""
    return world(
        offers=tuple(replace(found, provider="aws") for found in world().offers),
        volume_prices=(volume(0.1, "aws"),),
        backup_prices=(volume(0.05, "aws", item="snapshot"),),
        address_prices=(address(0.0, "aws"),),
        egress_tiers=(tier(0, None, 0.5, "aws"),),
        managed_offers=offers,
        **changes,
    )


def databases(*offers: ManagedOffer) -> dict[str, float]:
    """What databases cost apart at AWS, storage and backups included, run oneself and hosted."""
    best = estimated(scenario(), with_rln=False, catalogue=at_aws(*offers)).best
    assert best is not None
    return {kind: part.cost_usd_per_month.mean for kind, part in best.databases.items()}


# One small server with the archive on its own disk, 5.34096 GB of backups x 0.05
OWN = {"self_managed_postgresql": pytest.approx(5.267048)}


def test_hosted_postgresql_is_shown_beside_ones_own() -> None:
    # USD 19 + (5.34096 - 2) GB x 0.20 + 5.34096 GB x 0.10
    assert databases(hosted("rds", 19.0)) == OWN | {"managed_postgresql": pytest.approx(20.202288)}


@pytest.mark.parametrize(("cost", "taken"), [(1.0, "rds"), (9.0, "small")])
def test_hosted_postgresql_is_taken_where_it_is_cheaper(cost: float, taken: str) -> None:
    # 1.157 queries a second at 0.2 on a processor are 5.8 of them: 3.3 small servers for USD 16, or 1.9 hosted
    # databases
    database = estimated(
        scenario(),
        with_rln=False,
        catalogue=at_aws(hosted("rds", cost), inputs=all_inputs(capacity__first_page_20=0.2)),
    ).best
    assert database is not None
    assert database.parts["database"].choice_id == taken


@pytest.mark.parametrize(
    "changes",
    [
        {"vcpu_kind": "burstable"},
        {"vcpu_kind": None},
        {"region": "r2"},
        {"servers_of": None},
        {"backup_usd_per_gb_month": None},
        {"storage_usd_per_gb_month": None},
    ],
)
def test_hosted_postgresql_must_be_as_good_as_ones_own_host_and_wholly_priced(changes: dict[str, Any]) -> None:
    assert databases(hosted("rds", 1.0, **changes)) == OWN


def test_storage_in_the_price_of_a_plan_is_not_paid_again() -> None:
    roomy = hosted("rds", 1.0, included_storage_gb=10.0, storage_usd_per_gb_month=None)
    assert databases(roomy)["managed_postgresql"] == pytest.approx(1.0 + 0.534096)


def test_servers_that_are_smaller_than_the_scenario_states_are_not_taken() -> None:
    found = parts(world(), store_vcpus=4, store_memory_gib=8)
    assert found["compute"].choice_id == "large"
    impossible = estimated(scenario(store_vcpus=64), with_rln=False)
    assert "left out for want of: offer with 64 vCPUs" in impossible.reason


@pytest.mark.parametrize(
    ("stated", "taken"),
    [
        ({}, {"self_managed_postgresql": "small", "managed_postgresql": "cheap"}),
        ({"database_vcpus": 4}, {"self_managed_postgresql": "large", "managed_postgresql": "fast"}),
        ({"database_memory_gib": 8}, {"self_managed_postgresql": "large", "managed_postgresql": "roomy"}),
        ({"database_vcpus": 4, "database_memory_gib": 16}, {}),
    ],
)
def test_databases_that_are_smaller_than_the_scenario_states_are_not_taken(
    stated: dict[str, float], taken: dict[str, str]
) -> None:
    catalogue = at_aws(
        hosted("cheap", 1.0, vcpus=2, memory_gib=4),
        hosted("fast", 2.0, vcpus=4, memory_gib=4),
        hosted("roomy", 3.0, vcpus=2, memory_gib=8),
    )
    found = estimated(scenario(**stated), with_rln=False, catalogue=catalogue)
    databases = found.best.databases if found.best else {}
    assert {kind: part.choice_id for kind, part in databases.items()} == taken


@pytest.mark.parametrize("first_ends_at_gb", [100.0, 50.5, None])
def test_tiers_that_overlap_are_no_price_and_are_named(first_ends_at_gb: float | None) -> None:
    # As if two kinds of traffic of one provider were tiers of one price: 18 GB would be billed by the first alone.
    overlapping = (tier(0, first_ends_at_gb, 0.5), tier(50, None, 0.4))
    found = estimated(scenario(), with_rln=False, catalogue=world(egress_tiers=overlapping))
    assert found.best is None
    assert "one price of egress above 50 GB a month, where p_0 and p_50 overlap" in found.reason


def test_tiers_that_touch_are_one_price() -> None:
    # 18.75762 GB: 10 x 0.50 + 8.75762 x 0.40
    touching = parts(world(egress_tiers=(tier(0, 10, 0.5), tier(10, None, 0.4))))
    assert touching["egress"].cost_usd_per_month.mean == pytest.approx(8.503048)


def test_nothing_rests_on_hosts_that_are_never_the_cheapest() -> None:
    def option(name: str, *values: float) -> Bought:
        hosts = np.array(values)
        costs = {"compute": known(1.0, name).having(hosts)}
        way = Way(NODE, name, Fleet(hosts, hosts, 0.0, 0.0, 0.0, is_on_own_disks=False), costs)
        return Bought(costs, {"compute": hosts, "database": 0.0}, 0.0, 0.0, (way,))

    # In the second draw `between` is less than `usual`, which has the lower mean, and `rare` less than both.
    found = _in_each_draw([option("rare", 9.0, 1.0), option("between", 6.0, 2.0), option("usual", 3.0, 4.0)])
    assert np.array_equal(found.total, [3, 1])
    assert found.costs["compute"].basis.ids == {"usual", "rare"}
    assert [way.choice_id for way in found.ways] == ["usual", "rare"]
