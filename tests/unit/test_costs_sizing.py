"""From messages to gigabytes and from hosts to one provider's price; the numbers are worked out in comments.

A month is 365/12 = 30.41666 days = 2,628,000 s.
"""

from __future__ import annotations

from dataclasses import replace

import pytest

from assets.costs.inputs import EgressTier
from assets.costs.sizing import (
    HostNeed,
    archive_gb,
    archived_bytes_per_message,
    billed_egress_gb,
    cheapest_host,
    cheapest_volume,
    covers,
    tiered_cost,
    traffic,
)
from assets.evidence.model import Grade
from assets.evidence.quantity import MissingEvidence
from tests.unit.costs_world import broadcaster, known, offer, scenario, tier, volume, world


def test_relay_and_discovery_egress() -> None:
    # relay: 1,000 users x 2 msg/h x 24 h x 30.41666 d = 1,460,000 msg x 1,000 B x 10 = 14.6 GB
    # discovery: 5 KB/s x 2,628,000 s = 13.14 GB
    sent = traffic(scenario(), with_rln=False, inputs=world())
    assert sent.own_messages_per_month.value == pytest.approx(1_460_000)
    assert sent.egress_gb_per_relay_node.value == pytest.approx(14.6 + 13.14)


def test_store_replies_are_shared_by_the_store_nodes() -> None:
    # 1,000 users x 100 queries x 30.41666 d x 300 B = 0.9125 GB; 1,460,000 msg x 2 receivers x 36 B = 0.10512 GB
    one = traffic(scenario(), with_rln=False, inputs=world())
    two = traffic(scenario(store_nodes=2), with_rln=False, inputs=world())
    assert one.egress_gb_per_store_node.value == pytest.approx(27.74 + 0.9125 + 0.10512)
    assert two.egress_gb_per_store_node.value == pytest.approx(27.74 + (0.9125 + 0.10512) / 2)


def test_proof_travels_with_every_message() -> None:
    # 1,460,000 msg x (1,000 + 384) B x 10 = 20.2064 GB
    sent = traffic(scenario(), with_rln=True, inputs=world())
    assert sent.egress_gb_per_relay_node.value == pytest.approx(20.2064 + 13.14)


def test_light_clients_are_sent_what_they_receive() -> None:
    # 1,460,000 msg x 2 receivers x 0.5 x 1,000 B = 1.46 GB, shared by 2 nodes
    sent = traffic(scenario(light_client_share=0.5), with_rln=False, inputs=world())
    assert sent.egress_gb_per_relay_node.value == pytest.approx(27.74 + 0.73)


def test_node_relays_the_whole_network_but_the_messages_are_its_own() -> None:
    # own: 48 msg x 30.41666 d = 1,460; network: 20 x 1,460 msg x 1,000 B x 10 = 0.292 GB
    sent = traffic(broadcaster(), with_rln=False, inputs=world())
    assert sent.own_messages_per_month.value == pytest.approx(1_460)
    assert sent.egress_gb_per_relay_node.value == pytest.approx(0.292 + 13.14)


@pytest.mark.parametrize(
    ("payload_bytes", "stored_bytes"),
    [
        (200, 1341),
        (600, 2525),  # half way between 1,341 and 3,709
        (1262, 3709 + 0.25 * (6466 - 3709)),  # 262 of 1,048 bytes above 1,000
        (2048, 6466),
    ],
)
def test_archived_bytes_are_interpolated_between_probes(payload_bytes: float, stored_bytes: float) -> None:
    found = archived_bytes_per_message(known(payload_bytes, "w/payload"), world().probes)
    assert found.value == pytest.approx(stored_bytes)
    assert found.grade is Grade.PUBLISHED
    assert "w/payload" in found.evidence_ids


@pytest.mark.parametrize("payload_bytes", [199, 2049])
def test_archived_bytes_are_not_extrapolated(payload_bytes: float) -> None:
    with pytest.raises(MissingEvidence, match="probed: 200 to 2,048 bytes"):
        archived_bytes_per_message(known(payload_bytes), world().probes)


def test_archive_without_probes_is_unknown() -> None:
    with pytest.raises(MissingEvidence, match="probed: no size"):
        archive_gb(scenario(), world(probes=()))


def test_archive_is_messages_kept_times_bytes_times_copies() -> None:
    # 48,000 msg/day x 30 days x 3,709 B = 5.34096 GB, on each of 2 database hosts
    archive = archive_gb(scenario(database_hosts=2), world())
    assert archive is not None
    assert archive.value == pytest.approx(10.68192)
    assert archive_gb(broadcaster(), world()) is None


TIERS = (tier(0, 10_000, 0.09), tier(10_000, 50_000, 0.085), tier(50_000, None, 0.07))


@pytest.mark.parametrize(
    ("gb", "cost_usd"),
    [
        (0, 0.0),
        (100, 9.0),
        (10_000, 900.0),
        (12_000, 900 + 2_000 * 0.085),
        (60_000, 900 + 40_000 * 0.085 + 10_000 * 0.07),
    ],
)
def test_egress_is_priced_tier_by_tier(gb: float, cost_usd: float) -> None:
    assert tiered_cost(known(gb), reversed(TIERS)).value == pytest.approx(cost_usd)


@pytest.mark.parametrize(
    ("tiers", "known_to_gb"),
    [((), "0"), (TIERS[:2], "50,000"), ((TIERS[0], TIERS[2]), "10,000"), (TIERS[1:], "0")],
)
def test_egress_beyond_the_known_tiers_is_unknown(tiers: tuple[EgressTier, ...], known_to_gb: str) -> None:
    with pytest.raises(MissingEvidence, match=f"above {known_to_gb} GB"):
        tiered_cost(known(60_000), tiers)


def test_no_egress_needs_no_price() -> None:
    assert tiered_cost(known(0), ()).value == 0


def test_allowance_is_per_host_and_one_that_is_not_stated_is_not_credited() -> None:
    needs = (
        HostNeed("relay", 2, 2, 4, known(15)),
        HostNeed("store", 1, 2, 4, known(7)),
        HostNeed("database", 1, 2, 4, None),
    )
    stated, unstated = offer("a", 5.0), offer("b", 5.0, included_egress_gb_per_month=None)
    # relay 2 x (15 - 10) + store max(0, 7 - 10)
    assert billed_egress_gb(needs, (stated, stated, stated)).value == 10
    # relay 2 x 15 + store 7
    assert billed_egress_gb(needs, (unstated, unstated, unstated)).value == 37


NEED = HostNeed("relay", 1, 2, 4, None)


@pytest.mark.parametrize(
    "unfit",
    [
        offer("x", 1.0, vcpus=1),
        offer("x", 1.0, memory_gib=2),
        offer("x", 1.0, architecture="arm64"),
        offer("x", 1.0, vcpu_kind="burstable"),
    ],
)
def test_cheaper_offer_that_does_not_fit_is_not_chosen(unfit: object) -> None:
    chosen, cost = cheapest_host(NEED, scenario(), (unfit, offer("fit", 5.0), offer("big", 9.0, vcpus=8)), None)
    assert (chosen.offer_id, cost.value) == ("fit", 5.0)


def test_nothing_that_fits_is_missing_evidence() -> None:
    with pytest.raises(MissingEvidence, match=r"offer with 2 vCPUs and 4 GiB \(relay\)"):
        cheapest_host(NEED, scenario(), (offer("x", 1.0, vcpus=1),), None)


@pytest.mark.parametrize("local_disk_gb", [None, 0, 19])
def test_host_without_enough_disk_pays_for_a_volume(local_disk_gb: float | None) -> None:
    # 5 + 20 GB x 0.1 = 7: more than the 6 of an offer that has its disk
    bare, complete = offer("bare", 5.0, local_disk_gb=local_disk_gb), offer("complete", 6.0)
    assert cheapest_host(NEED, scenario(), (bare, complete), volume(0.1))[0].offer_id == "complete"
    assert cheapest_host(NEED, scenario(), (bare,), volume(0.1))[1].value == pytest.approx(7.0)
    with pytest.raises(MissingEvidence, match="volume for a system disk"):
        cheapest_host(NEED, scenario(), (bare,), None)


def test_volume_is_solid_state_and_sold_by_the_gigabyte() -> None:
    prices = (volume(0.015, item="sc1_storage"), volume(0.05, item="ultra_ssd_storage"), volume(0.08, item="gp3"))
    chosen = cheapest_volume(prices)
    assert chosen is not None
    assert chosen.item == "gp3"
    assert cheapest_volume(prices[:2]) is None


@pytest.mark.parametrize(
    ("price_region", "is_covered"), [("fsn1", True), ("all", True), ("eu", True), ("us", False), ("ash", False)]
)
def test_price_of_a_wider_region_covers_a_server(price_region: str, is_covered: bool) -> None:
    price = replace(volume(0.1, provider="hetzner_cloud"), region=price_region)
    assert covers(price, "hetzner_cloud", "fsn1") is is_covered
    assert not covers(price, "digitalocean", "fsn1")
