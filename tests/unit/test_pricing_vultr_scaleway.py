"""What Vultr and Scaleway say, in the shapes of their interfaces, served by a real server. Figures are made up."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qs

import pytest

from assets.common.answers import RemoteError
from assets.common.http import HttpClient
from assets.evidence.tables.pricing import COMPUTE
from assets.pricing.model import PriceCatalogue, PriceObservation, judge_all
from assets.pricing.sources.scaleway import Scaleway
from assets.pricing.sources.vultr import Vultr
from assets.refresh.interfaces import Source
from assets.refresh.outcome import Verdicts
from tests.unit.local_server import Answer, Asked, LocalServer, as_json, local_server
from tests.unit.test_pricing_model import CPX22

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)

EWR = CPX22.model_copy(
    update={
        "id": "vultr_ewr_vc2_2c_4gb",
        "provider": "vultr",
        "region": "ewr",
        "instance_type": "vc2-2c-4gb",
        "included_egress_tb_per_month": 3.072,
        "price_per_hour": 0.027,
        "price_per_month": 20.0,
        "currency": "USD",
    }
)
NANO = CPX22.model_copy(
    update={
        "id": "scaleway_fr_par_play2_nano",
        "provider": "scaleway",
        "region": "fr_par",
        "instance_type": "PLAY2-NANO",
        "included_egress_tb_per_month": None,
        "price_per_hour": 0.0276,
        "price_per_month": 20.15,
        "month_basis": "hour_x_730",
    }
)
"""Rows of evidence with two vCPUs and 4 GiB."""
CATALOGUE = PriceCatalogue({COMPUTE: [EWR, NANO]})


@pytest.fixture
def server() -> Iterator[LocalServer]:
    with local_server() as served:
        yield served


def ask(source: Source[PriceObservation]) -> list[PriceObservation]:
    with HttpClient(sleep=lambda _: None) as client:
        return list(source.observations(client, lambda: NOW))


def judged(source: Source[PriceObservation]) -> Verdicts:
    return judge_all(ask(source), CATALOGUE)


# ---------------------------------------------------------------- Vultr

PLAN: dict[str, Any] = {
    "id": "vc2-2c-4gb",
    "vcpu_count": 2,
    "ram": 4096,
    "disk": 80,
    "disk_type": "SSD",
    "bandwidth": 3072,
    "monthly_cost": 22,
    "hourly_cost": 0.03,
    "monthly_cost_preemptible": 11,
    "hourly_cost_preemptible": 0.015,
    "invoice_type": "monthly",
    "type": "vc2",
    "locations": ["ewr", "sao"],
    "deploy_ondemand": True,
    "deploy_preemptible": False,
    "location_cost": {"sao": {"monthly_cost": 33, "hourly_cost": 0.045}},
}
PLANS = "/v2/plans"


def plans(*listed: Any, following: str = "") -> Answer:
    return as_json({"plans": list(listed), "meta": {"total": len(listed), "links": {"next": following, "prev": ""}}})


def vultr(server: LocalServer) -> Vultr:
    return Vultr(CATALOGUE, server.url)


def test_a_plan_of_vultr_has_a_price_in_each_region_that_sells_it(server: LocalServer) -> None:
    server.answers[PLANS] = [plans(PLAN)]
    said = {o.offer[2]: o for o in ask(vultr(server))}
    assert {region: o.price for region, o in said.items()} == {"ewr": 22, "sao": 33}
    assert (said["ewr"].unit, said["ewr"].currency) == ("month", "USD")
    assert said["ewr"].extras == {"price_per_hour": 0.03, "included_egress_tb_per_month": 3.072}
    assert said["sao"].extras["price_per_hour"] == 0.045
    assert said["ewr"].same == {"vcpus": 2, "memory_gib": 4}
    (accepted,) = judged(vultr(server)).accepted
    assert (accepted.row.id, accepted.row.price_per_month) == ("vultr_ewr_vc2_2c_4gb_2026_11_23", 22)


def test_vultr_is_read_by_cursor_until_there_is_none(server: LocalServer) -> None:
    other = {**PLAN, "id": "vc2-4c-8gb"}
    server.answers[PLANS] = [plans(other, following="bmV4dF9f"), plans(PLAN)]
    assert [o.offer[3] for o in ask(vultr(server)) if o.offer[2] == "ewr"] == ["vc2-4c-8gb", "vc2-2c-4gb"]
    assert [asked.query for asked in server.asked] == [
        "type=all&per_page=500",
        "type=all&per_page=500&cursor=bmV4dF9f",
    ]


def test_vultr_without_an_end_is_given_up(server: LocalServer) -> None:
    server.answers[PLANS] = [plans(PLAN, following="again")]
    with pytest.raises(RemoteError, match="more than 20 pages"):
        ask(vultr(server))


@pytest.mark.parametrize(
    ("stated", "is_orderable", "remark"),
    [
        ({}, True, ""),
        ({"locations": []}, False, "it is not sold in ewr now"),
        ({"locations": None}, False, "it is not sold in ewr now"),
        ({"locations": ["sao"]}, False, "it is not sold in ewr now"),
        ({"deploy_ondemand": False}, False, "it is not sold on demand"),
        ({"deploy_ondemand": None}, True, ""),
    ],
)
def test_whether_vultr_still_sells_a_plan_where_evidence_has_it(
    server: LocalServer, stated: dict[str, Any], is_orderable: bool, remark: str
) -> None:
    server.answers[PLANS] = [plans({**PLAN, **stated})]
    (said,) = [o for o in ask(vultr(server)) if o.offer[2] == "ewr"]
    assert (said.is_orderable, said.remark) == (is_orderable, remark)


@pytest.mark.parametrize(
    ("stated", "price", "hour"),
    [
        ({"location_cost": []}, 22, 0.03),  # an empty object, as some languages write it
        ({"location_cost": None}, 22, 0.03),
        ({"location_cost": {"ewr": None}}, 22, 0.03),
        ({"monthly_cost": "22.00", "hourly_cost": "0.0300"}, 22, 0.03),
        ({"monthly_cost": None}, None, 0.03),
        ({"hourly_cost": None}, 22, None),
    ],
)
def test_prices_of_vultr_however_they_are_written(
    server: LocalServer, stated: dict[str, Any], price: float | None, hour: float | None
) -> None:
    server.answers[PLANS] = [plans({**PLAN, **stated})]
    (said,) = [o for o in ask(vultr(server)) if o.offer[2] == "ewr"]
    assert (said.price, said.extras.get("price_per_hour")) == (price, hour)


@pytest.mark.parametrize(
    ("stated", "reason"),
    [
        ({"monthly_cost": None}, "not_a_price"),
        ({"monthly_cost": 0}, "not_a_price"),
        ({"monthly_cost": 41}, "jump"),
        ({"ram": 8192}, "another_thing"),
        ({"vcpu_count": 4}, "another_thing"),
    ],
)
def test_what_vultr_cannot_mean_is_rejected(server: LocalServer, stated: dict[str, Any], reason: str) -> None:
    server.answers[PLANS] = [plans({**PLAN, **stated})]
    assert [rejected.reason for rejected in judged(vultr(server)).rejected] == [reason]


def test_plans_of_vultr_that_nobody_tracks_are_counted_only(server: LocalServer) -> None:
    free, gpu = (
        {**PLAN, "id": "vc2-1c-0.5gb-free", "monthly_cost": 0, "locations": ["mia"]},
        {**PLAN, "id": "vcg-a16-2c-8g-2vram", "ram": None, "locations": []},
    )
    server.answers[PLANS] = [plans(free, gpu, PLAN, "not an object", {"monthly_cost": 5})]
    found = judged(vultr(server))
    assert found.untracked == ["vultr mia vc2-1c-0.5gb-free", "vultr sao vc2-2c-4gb"]
    assert [accepted.row.id for accepted in found.accepted] == ["vultr_ewr_vc2_2c_4gb_2026_11_23"]


def test_one_plan_at_two_prices_contradicts_itself(server: LocalServer) -> None:
    """A list that changes between two pages names a plan twice."""
    server.answers[PLANS] = [plans(PLAN, following="more"), plans({**PLAN, "monthly_cost": 24})]
    assert [rejected.reason for rejected in judged(vultr(server)).rejected] == ["contradiction"]


def test_a_plan_that_vultr_names_no_more_is_told_of(server: LocalServer) -> None:
    other = {**PLAN, "id": "vc2-4c-8gb"}
    server.answers[PLANS] = [plans(other)]
    assert judged(vultr(server)).remarks == [
        "not in the answer, so look whether they are still sold: vultr ewr vc2-2c-4gb"
    ]


# ---------------------------------------------------------------- Scaleway

KIND: dict[str, Any] = {
    "monthly_price": 21.6,
    "hourly_price": 0.03,
    "alt_names": [],
    "ncpus": 2,
    "ram": 4294967296,
    "gpu": 0,
    "arch": "x86_64",
    "volumes_constraint": {"min_size": 0, "max_size": 0},
    "end_of_service": False,
}
PARIS = ("fr-par-1", "fr-par-2", "fr-par-3")


def scaleway(server: LocalServer, **zones: tuple[dict[str, Any], dict[str, str | None]]) -> Scaleway:
    """A server whose zones 1 to 3 of Paris have these types and this stock, page by page of two names."""

    def paged(servers: dict[str, Any], size: int = 2) -> Any:
        def answer(asked: Asked) -> Answer:
            page = int(parse_qs(asked.query)["page"][0])
            names = list(servers)[(page - 1) * size : page * size]
            return as_json({"servers": {name: servers[name] for name in names}})

        return answer

    for zone in PARIS:
        kinds, stock = zones.get(f"zone{zone[-1]}", ({}, {}))
        path = f"/instance/v1/zones/{zone}/products/servers"
        server.answers[path] = paged(kinds)
        server.answers[f"{path}/availability"] = paged({name: {"availability": said} for name, said in stock.items()})
    return Scaleway(CATALOGUE, server.url)


def test_scaleway_states_an_hour_in_euro_and_memory_in_bytes(server: LocalServer) -> None:
    source = scaleway(server, zone1=({"PLAY2-NANO": KIND}, {"PLAY2-NANO": "available"}))
    (said,) = ask(source)
    assert said.offer == (COMPUTE, "scaleway", "fr_par", "PLAY2-NANO")
    assert (said.price, said.unit, said.currency, said.is_orderable) == (0.03, "hour", "EUR", True)
    assert said.same == {"vcpus": 2, "memory_gib": 4}
    (accepted,) = judged(source).accepted
    # a month of the evidence has 730 hours, that of Scaleway's own estimate 720
    assert (accepted.row.price_per_hour, accepted.row.price_per_month) == (0.03, 21.9)


def test_scaleway_is_read_until_a_page_names_nothing_new(server: LocalServer) -> None:
    """The list states no total, and its last page may be as long as the others."""
    kinds = dict.fromkeys(("PLAY2-PICO", "PLAY2-MICRO", "DEV1-S", "PLAY2-NANO"), KIND)
    source = scaleway(server, zone1=(kinds, dict.fromkeys(kinds, "available")))
    assert {o.offer[3] for o in ask(source)} == kinds.keys()
    server.answers["/instance/v1/zones/fr-par-1/products/servers"] = [as_json({"servers": kinds})]
    assert {o.offer[3] for o in ask(source)} == kinds.keys(), "all of it at once, whatever page is asked for"


@pytest.mark.parametrize(
    ("stock", "is_orderable", "remark"),
    [
        (["available"], True, ""),
        (["scarce"], True, "stock is scarce"),
        (["scarce", "available"], True, ""),
        (["shortage", "available"], True, ""),
        (["shortage"], False, "out of stock in fr-par-1"),
        (["shortage", "shortage"], False, "out of stock in fr-par-1, fr-par-2"),
        (["shortage", None], None, ""),
        ([None], None, ""),
        (["a word of tomorrow"], None, ""),
    ],
)
def test_a_type_of_scaleway_can_be_ordered_if_one_zone_has_it(
    server: LocalServer, stock: list[str | None], is_orderable: bool | None, remark: str
) -> None:
    zones = {
        f"zone{number}": ({"PLAY2-NANO": KIND}, {"PLAY2-NANO": said}) for number, said in enumerate(stock, start=1)
    }
    said = ask(scaleway(server, **zones))
    assert {(o.is_orderable, o.remark) for o in said} == {(is_orderable, remark)}


def test_a_type_that_the_list_of_stock_lacks_is_not_sold_out(server: LocalServer) -> None:
    (said,) = ask(scaleway(server, zone1=({"PLAY2-NANO": KIND}, {})))
    assert said.is_orderable is None
    (accepted,) = judged(scaleway(server, zone1=({"PLAY2-NANO": KIND}, {}))).accepted
    assert accepted.row.is_orderable is True, "as it was known"


def test_what_scaleway_phases_out_can_still_be_ordered_and_is_told(server: LocalServer) -> None:
    ending = {**KIND, "end_of_service": True}
    found = judged(scaleway(server, zone1=({"PLAY2-NANO": ending}, {"PLAY2-NANO": "available"})))
    assert found.remarks == [
        "scaleway fr_par PLAY2-NANO can still be ordered: its end of service is announced",
    ]


def test_zones_at_two_prices_contradict_each_other(server: LocalServer) -> None:
    zones = {
        f"zone{number}": ({"PLAY2-NANO": {**KIND, "hourly_price": price}}, {"PLAY2-NANO": "available"})
        for number, price in ((1, 0.03), (2, 0.031))
    }
    (rejected,) = judged(scaleway(server, **zones)).rejected
    assert (rejected.reason, "0.03, 0.031" in rejected.message) == ("contradiction", True)


@pytest.mark.parametrize(
    ("alternatives", "found"), [(["PLAY2-NANO"], 1), ([], 0), (None, 0), ("PLAY2-NANO", 0), ([None], 0)]
)
def test_a_type_that_was_renamed_is_known_by_its_other_name(server: LocalServer, alternatives: Any, found: int) -> None:
    renamed = {"POP2-2C-4G": {**KIND, "alt_names": alternatives}}
    said = judged(scaleway(server, zone1=(renamed, {"POP2-2C-4G": "available"})))
    assert len(said.accepted) == found


@pytest.mark.parametrize(
    ("stated", "reason"),
    [
        ({"hourly_price": None}, "not_a_price"),
        ({"hourly_price": 0}, "not_a_price"),
        ({"hourly_price": 0.06}, "jump"),
        ({"ram": 8589934592}, "another_thing"),
        ({"ncpus": 4}, "another_thing"),
    ],
)
def test_what_scaleway_cannot_mean_is_rejected(server: LocalServer, stated: dict[str, Any], reason: str) -> None:
    source = scaleway(server, zone1=({"PLAY2-NANO": {**KIND, **stated}}, {"PLAY2-NANO": "available"}))
    assert [rejected.reason for rejected in judged(source).rejected] == [reason]


def test_a_row_without_an_hour_is_compared_by_its_month(server: LocalServer) -> None:
    """Of some types only a month of 730 hours is on record: 20.15 EUR is 0.0276 EUR an hour."""
    by_month = NANO.model_copy(update={"price_per_hour": None})
    source = scaleway(server, zone1=({"PLAY2-NANO": {**KIND, "hourly_price": 0.06}}, {"PLAY2-NANO": "available"}))
    (rejected,) = judge_all(ask(source), PriceCatalogue({COMPUTE: [by_month]})).rejected
    assert rejected.reason == "jump"
    assert "2.17 times the last known 0.0276027" in rejected.message


@pytest.mark.parametrize(
    ("answer", "message"),
    [
        (Answer(b"<html>maintenance</html>"), "is not JSON"),
        (as_json({"servers": []}), "has no servers that is a dict"),
        (as_json({"message": "try later"}), "has no servers that is a dict"),
        (Answer(status=404), "404"),
    ],
)
def test_a_zone_that_does_not_answer_as_expected_takes_back_what_the_others_said(
    server: LocalServer, answer: Answer, message: str
) -> None:
    source = scaleway(server, zone1=({"PLAY2-NANO": KIND}, {"PLAY2-NANO": "available"}))
    server.answers["/instance/v1/zones/fr-par-2/products/servers"] = [answer]
    with pytest.raises(RemoteError, match=message):
        ask(source)


def test_regions_without_a_row_of_evidence_are_not_asked(server: LocalServer) -> None:
    scaleway(server)
    assert ask(Scaleway(PriceCatalogue({COMPUTE: [EWR]}), server.url)) == []
    assert server.asked == []
