"""What one place takes: addresses, disks of a fixed size, regions of prices, hosted PostgreSQL beside one's own."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from assets.costs.hosting import Part
from assets.costs.inputs import Catalogue, ManagedOffer, VolumePrice
from assets.costs.prices import cheapest_volume
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


def parts(catalogue: Catalogue, **changes: Any) -> dict[str, Part]:
    found = estimated(scenario(**changes), with_rln=False, catalogue=catalogue)
    assert found.best is not None, found.reason
    return found.best.parts


def test_each_node_has_an_address_and_the_database_none() -> None:
    # 1 relay and 2 store nodes x USD 3.65
    found = parts(world(address_prices=(address(3.65),)), store_nodes=2)["addresses"]
    assert found.cost_usd_per_month.mean == pytest.approx(3 * 3.65)
    assert found.amount is not None
    assert found.amount.mean == 3
    assert "addresses/p" in found.cost_usd_per_month.evidence_ids


@pytest.mark.parametrize(
    ("region", "price_region", "is_known"),
    [("fsn1", "eu", True), ("fsn1", "us", False), ("ash", "us", True), ("ash", "ash", True), ("ash", "eu", False)],
)
def test_hetzner_sells_traffic_and_volumes_by_continent(region: str, price_region: str, is_known: bool) -> None:
    h = "hetzner_cloud"
    catalogue = world(
        offers=(offer("h", 5.0, provider=h, region=region),),
        address_prices=(replace(address(0.5, h), region=price_region),),
        egress_tiers=(replace(tier(0, None, 1.0, h), region=price_region),),
    )
    found = estimated(broadcaster(), with_rln=False, catalogue=catalogue)
    assert (found.best is not None) is is_known


def disk(item: str, disk_gb: float, cost: float) -> VolumePrice:
    return VolumePrice(item, "p", "all", item, known(cost / disk_gb, f"volumes/{item}"), disk_gb)


FIXED = (disk("p4", 32, 5.0), disk("p10", 128, 18.0))


@pytest.mark.parametrize(("gb", "taken"), [(20, "p4"), (32, "p4"), (33, "p10"), (129, None)])
def test_a_disk_of_a_fixed_size_must_hold_what_is_needed(gb: float, taken: str | None) -> None:
    found = cheapest_volume(FIXED, gb)
    assert (found.item if found else None) == taken


@pytest.mark.parametrize(("gb", "taken"), [(20, "p_volume"), (60, "p4_like")])
def test_a_whole_disk_is_paid_however_little_is_used(gb: float, taken: str) -> None:
    # 20 GB x 0.10 = 2 and 60 GB x 0.10 = 6, against USD 5 for the disk
    found = cheapest_volume((volume(0.1), disk("p4_like", 64, 5.0)), gb)
    assert found is not None
    assert found.price_id == taken


def test_system_disks_and_the_archive_on_disks_of_a_fixed_size() -> None:
    # Servers without a disk: 2 x (5 + 5) and 20 + 5 with the smallest; 5.34096 GB of archive fit on one as well.
    servers = (offer("small", 5.0, local_disk_gb=0), offer("large", 20.0, vcpus=4, memory_gib=8, local_disk_gb=0))
    found = parts(world(offers=servers, volume_prices=FIXED))
    costs = {name: part.cost_usd_per_month.mean for name, part in found.items()}
    assert (costs["compute"], costs["database"], costs["archive_storage"]) == pytest.approx((20, 25, 5))


def test_rows_of_the_database_say_how_many_hosts_they_pay_for() -> None:
    found = parts(world())["database"]
    assert found.amount is not None
    assert found.amount.mean == 1


def hosted(offer_id: str, cost: float, **changes: Any) -> ManagedOffer:
    """PostgreSQL hosted beside the servers of AWS: 4 vCPUs, 8 GiB, 2 GB of storage, a further GB 0.20, backup 0.10."""
    fields: dict[str, Any] = {
        "provider": "aws_rds",
        "region": "r1",
        "vcpus": 4,
        "vcpu_kind": "dedicated",
        "memory_gib": 8,
        "included_storage_gb": 2.0,
        "storage_usd_per_gb_month": 0.2,
        "backup_usd_per_gb_month": 0.1,
    }
    return ManagedOffer(offer_id, cost_usd_per_month=known(cost, f"hosted/{offer_id}"), **(fields | changes))


def at_aws(*offers: ManagedOffer) -> Catalogue:
    """The world of `costs_world` at AWS: a database of one's own costs 20 + 0.534096 + 0.267048 = 20.801144."""
    p = world()
    return world(
        offers=tuple(replace(found, provider="aws") for found in p.offers),
        volume_prices=(volume(0.1, "aws"),),
        backup_prices=(volume(0.05, "aws", item="snapshot"),),
        address_prices=(address(0.0, "aws"),),
        egress_tiers=(tier(0, None, 0.5, "aws"),),
        managed_offers=offers,
    )


def databases(*offers: ManagedOffer) -> tuple[str, dict[str, float]]:
    """The choice for the database, and what both ways to run it cost, storage and backups included."""
    best = estimated(scenario(), with_rln=False, catalogue=at_aws(*offers)).best
    assert best is not None
    kinds = {name: part for name, part in best.beside.items() if name.endswith("postgresql")}
    return str(best.parts["database"].choice_id), {k: part.cost_usd_per_month.mean for k, part in kinds.items()}


@pytest.mark.parametrize(("cost", "taken"), [(19.0, "rds"), (20.0, "large")])
def test_hosted_postgresql_is_taken_where_it_is_cheaper_and_shown_where_not(cost: float, taken: str) -> None:
    # plan + (5.34096 - 2) GB x 0.20 + 5.34096 GB x 0.10 = plan + 1.202288
    assert databases(hosted("rds", cost)) == (
        taken,
        pytest.approx({"self_managed_postgresql": 20.801144, "managed_postgresql": cost + 1.202288}),
    )


@pytest.mark.parametrize(
    "changes",
    [
        {"vcpu_kind": "burstable"},
        {"vcpu_kind": None},
        {"vcpus": 2},
        {"memory_gib": 4},
        {"region": "r2"},
        {"provider": "aiven"},
        {"backup_usd_per_gb_month": None},
        {"storage_usd_per_gb_month": None},
    ],
)
def test_hosted_postgresql_must_be_as_good_as_ones_own_host_and_wholly_priced(changes: dict[str, Any]) -> None:
    assert databases(hosted("rds", 1.0, **changes)) == ("large", {"self_managed_postgresql": pytest.approx(20.801144)})


def test_storage_in_the_price_of_a_plan_is_not_paid_again() -> None:
    roomy = hosted("rds", 1.0, included_storage_gb=10.0, storage_usd_per_gb_month=None)
    assert databases(roomy)[1]["managed_postgresql"] == pytest.approx(1.0 + 0.534096)


def test_the_reason_names_what_even_the_most_hosts_would_need() -> None:
    # Memory is that of the stated host, 8 GiB, however many hosts share the queries; no server has it.
    inputs = all_inputs(**{f"capacity__{name}": 1e6 for name in ("insert", "first_page_20", "by_hashes")})
    found = estimated(scenario(), with_rln=False, catalogue=world(offers=(offer("small", 5.0),), inputs=inputs))
    assert "left out for want of: offer with less than 0.1 vCPUs and 8.0 GiB (4 x database)" in found.reason


@pytest.mark.parametrize("first_ends_at_gb", [100.0, 50.5, None])
def test_tiers_that_overlap_are_no_price_and_are_named(first_ends_at_gb: float | None) -> None:
    # As if two kinds of traffic of one provider were tiers of one price: 36 GB would be billed by the first alone.
    overlapping = (tier(0, first_ends_at_gb, 0.5), tier(50, None, 0.4))
    found = estimated(scenario(), with_rln=False, catalogue=world(egress_tiers=overlapping))
    assert found.best is None
    assert "one price of egress above 50 GB a month, where p_0 and p_50 overlap" in found.reason


def test_tiers_that_touch_are_one_price() -> None:
    # 36.49762 GB: 30 x 0.50 + 6.49762 x 0.40
    touching = parts(world(egress_tiers=(tier(0, 30, 0.5), tier(30, None, 0.4))))
    assert touching["egress"].cost_usd_per_month.mean == pytest.approx(17.599048)
