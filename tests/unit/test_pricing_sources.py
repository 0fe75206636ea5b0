"""What each source makes of answers of the documented shape, served by a real server. The figures are made up."""

from __future__ import annotations

import json
import tracemalloc
from collections.abc import Iterator
from datetime import UTC, date, datetime
from itertools import count
from typing import Any

import pytest

from assets.common.answers import RemoteError
from assets.common.http import HttpClient
from assets.evidence.tables.pricing import COMPUTE, FEES, RATES, STORAGE, ComputeOffer, StorageOrEgressPrice
from assets.pricing.model import PriceCatalogue, PriceObservation
from assets.pricing.sources.aws import Aws, read_price_list
from assets.pricing.sources.azure import Azure
from assets.pricing.sources.coingecko import CoinGecko
from assets.pricing.sources.digitalocean import DigitalOcean
from assets.pricing.sources.ecb import Ecb
from assets.pricing.sources.gas import Gas, parse_fee_history
from assets.pricing.sources.hetzner import Hetzner
from assets.refresh.interfaces import Source
from tests.unit.local_server import Answer, Asked, LocalServer, as_json, local_server
from tests.unit.test_pricing_model import CPX22, D2S, EGRESS

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
TODAY = NOW.date()


@pytest.fixture
def server() -> Iterator[LocalServer]:
    with local_server() as served:
        yield served


def ask(source: Source[PriceObservation]) -> list[PriceObservation]:
    with HttpClient(sleep=lambda _: None) as client:
        return list(source.observations(client, lambda: NOW))


def refusal(source: Source[PriceObservation]) -> str:
    with pytest.raises(RemoteError) as caught:
        ask(source)
    return str(caught.value)


# ---------------------------------------------------------------- Azure

METER: dict[str, Any] = {
    "currencyCode": "USD",
    "tierMinimumUnits": 0.0,
    "retailPrice": 0.1,
    "unitPrice": 0.1,
    "armRegionName": "eastus",
    "location": "US East",
    "effectiveStartDate": "2021-11-01T00:00:00Z",
    "meterName": "D2s v5",
    "productName": "Virtual Machines Dsv5 Series",
    "skuName": "D2s v5",
    "serviceName": "Virtual Machines",
    "unitOfMeasure": "1 Hour",
    "type": "Consumption",
    "isPrimaryMeterRegion": True,
    "armSkuName": "Standard_D2s_v5",
}
OTHER_METERS = [
    {**METER, "retailPrice": 0.19, "productName": "Virtual Machines Dsv5 Series Windows"},
    {**METER, "retailPrice": 0.02, "meterName": "D2s v5 Spot", "skuName": "D2s v5 Spot"},
    {**METER, "retailPrice": 0.03, "meterName": "D2s v5 Low Priority", "skuName": "D2s v5 Low Priority"},
    {**METER, "retailPrice": 0.11, "productName": "Dsv5 Series Cloud Services"},
    {**METER, "retailPrice": 0.05, "type": "DevTestConsumption"},
    {**METER, "retailPrice": 0.12, "armRegionName": "westus"},
    {**METER, "retailPrice": 0.13, "effectiveStartDate": "2026-12-01T00:00:00Z"},
    "not an object",
]
AZURE = "/api/retail/prices"


def azure_page(items: list[Any], link: str | None = None) -> Answer:
    return as_json({"BillingCurrency": "USD", "Items": items, "NextPageLink": link, "Count": len(items)})


def azure(server: LocalServer) -> Azure:
    return Azure(PriceCatalogue({COMPUTE: [D2S, CPX22]}), server.url)


def test_azure_has_a_dozen_meters_for_a_server_and_one_that_counts(server: LocalServer) -> None:
    server.answers[AZURE] = [azure_page([*OTHER_METERS, METER])]
    (said,) = ask(azure(server))
    assert said.offer == (COMPUTE, "azure", "eastus", "Standard_D2s_v5")
    assert (said.price, said.unit, said.currency, said.day) == (0.1, "hour", "USD", TODAY)
    assert "armSkuName+eq+%27Standard_D2s_v5%27" in server.asked[0].query


def test_azure_is_read_page_by_page(server: LocalServer) -> None:
    server.answers[AZURE] = [azure_page(OTHER_METERS, f"{server.url}{AZURE}?$skip=100"), azure_page([METER])]
    assert [said.price for said in ask(azure(server))] == [0.1]
    assert server.asked[1].query == "$skip=100"


def test_azure_is_not_followed_to_another_host(server: LocalServer) -> None:
    server.answers[AZURE] = [azure_page([METER], "http://example.com/api/retail/prices")]
    assert refusal(azure(server)) == "the price list of Azure continues on another host, which is not followed"


def test_azure_without_an_end_is_given_up(server: LocalServer) -> None:
    server.answers[AZURE] = [azure_page([METER], f"{server.url}{AZURE}?again")]
    assert "more than 100 pages" in refusal(azure(server))


@pytest.mark.parametrize(
    ("change", "price", "unit", "currency"),
    [
        ({"unitOfMeasure": "100 Hours"}, 0.1, "100 Hours", "USD"),
        ({"unitOfMeasure": None}, 0.1, None, "USD"),
        ({"currencyCode": "EUR"}, 0.1, "hour", "EUR"),
        ({"retailPrice": "free"}, None, "hour", "USD"),
        ({"retailPrice": None}, None, "hour", "USD"),
        ({"retailPrice": True}, None, "hour", "USD"),
    ],
)
def test_what_azure_states_is_passed_on_to_be_judged(
    server: LocalServer, change: dict[str, Any], price: float | None, unit: str | None, currency: str
) -> None:
    server.answers[AZURE] = [azure_page([{**METER, **change}])]
    (said,) = ask(azure(server))
    assert (said.price, said.unit, said.currency) == (price, unit, currency)


def test_blanks_at_the_ends_of_azures_names_are_no_part_of_them(server: LocalServer) -> None:
    """As in infracost/cloud-pricing-api#105."""
    names = ("meterName", "productName", "skuName", "armSkuName", "unitOfMeasure", "armRegionName", "currencyCode")
    server.answers[AZURE] = [azure_page([{**METER, **{name: f"{METER[name]} " for name in names}}])]
    (said,) = ask(azure(server))
    assert (said.offer[3], said.price, said.unit, said.currency) == ("Standard_D2s_v5", 0.1, "hour", "USD")


OLD, NEW = "2026-11-01T00:00:00Z", "2026-11-23T12:00:00Z"


@pytest.mark.parametrize(
    ("meters", "prices"),
    [
        ([{"retailPrice": 0.08, "effectiveEndDate": "2026-10-31T23:59:00Z"}, {"effectiveStartDate": OLD}], [0.1]),
        ([{"retailPrice": 0.08, "effectiveEndDate": "2026-11-23T11:59:00Z"}, {"effectiveStartDate": NEW}], [0.1]),
        (
            [{"effectiveEndDate": "2026-11-23T23:59:00Z"}, {"retailPrice": 0.2, "effectiveStartDate": "2026-11-24"}],
            [0.1],
        ),
        ([{"retailPrice": 0.08, "meterId": "a"}, {"effectiveStartDate": OLD, "meterId": "a"}], [0.1]),
        ([{"retailPrice": 0.08, "isPrimaryMeterRegion": False}, {}], [0.1]),
        ([{"isPrimaryMeterRegion": False}], [0.1]),
        ([{"effectiveEndDate": "2026-10-31T23:59:00Z"}, {"retailPrice": 0.08, "isPrimaryMeterRegion": False}], [0.08]),
        ([{"effectiveEndDate": "2026-10-31T23:59:00Z"}], []),
        ([{"retailPrice": 0.08, "meterId": "a"}, {"meterId": "b"}], [0.08, 0.1]),
        ([{"retailPrice": 0.08}, {"effectiveEndDate": "soon"}], [0.08, 0.1]),
        ([{"retailPrice": 0.08, "isPrimaryMeterRegion": False}, {"isPrimaryMeterRegion": False}], [0.08, 0.1]),
    ],
    ids=[
        "ended a month ago",
        "ended a minute ago",
        "ends today",
        "replaced without an end",
        "not the primary meter",
        "no primary meter",
        "the primary meter has ended",
        "only ended",
        "two meters",
        "an end that is no date",
        "two meters that are not primary",
    ],
)
def test_of_azures_meters_those_in_effect_count(
    server: LocalServer, meters: list[dict[str, Any]], prices: list[float]
) -> None:
    pages = [azure_page([{**METER, **meter}], f"{server.url}{AZURE}?next") for meter in meters]
    server.answers[AZURE] = [*pages, azure_page([])]
    assert [said.price for said in ask(azure(server))] == prices


@pytest.mark.parametrize(
    ("body", "message"),
    [
        (b"<html>Sorry</html>", "is not JSON (starts with '<html>Sorry</html>')"),
        (b'{"Items": [', "is not JSON"),
        (b"[" * 100_000, "is not JSON"),
        (b"[]", "has no Items that is a list"),
        (b'{"Items": {}}', "has no Items that is a list"),
    ],
)
def test_broken_answers_are_refused(server: LocalServer, body: bytes, message: str) -> None:
    server.answers[AZURE] = [Answer(body)]
    assert message in refusal(azure(server))


# ---------------------------------------------------------------- AWS

T3 = D2S.model_copy(update={"id": "t3", "provider": "aws", "region": "us-east-1", "instance_type": "t3.small"})
GP3 = EGRESS.model_copy(
    update={"id": "gp3", "category": "block_storage", "item": "gp3_storage", "tier_from_tb_per_month": None}
)
PLAIN = {
    "instanceType": "t3.small",
    "vcpu": "2",
    "memory": "2 GiB",
    "operatingSystem": "Linux",
    "tenancy": "Shared",
    "preInstalledSw": "NA",
    "capacitystatus": "Used",
    "licenseModel": "No License required",
    "operation": "RunInstances",
    "regionCode": "us-east-1",
}
PRODUCTS = {
    "A1": {"sku": "A1", "productFamily": "Compute Instance", "attributes": PLAIN},
    "A2": {"sku": "A2", "productFamily": "Compute Instance", "attributes": {**PLAIN, "operatingSystem": "Windows"}},
    "A3": {"sku": "A3", "productFamily": "Compute Instance", "attributes": {**PLAIN, "capacitystatus": "Unused"}},
    "S1": {
        "sku": "S1",
        "productFamily": "Storage",
        "attributes": {"volumeApiName": "gp3", "usagetype": "EBS:VolumeUsage.gp3", "regionCode": "us-east-1"},
    },
}  # fmt: skip


def terms(sku: str, *dimensions: dict[str, Any]) -> dict[str, Any]:
    return {f"{sku}.JRTC": {"sku": sku, "priceDimensions": {f"{sku}.JRTC.{n}": d for n, d in enumerate(dimensions)}}}


def dimension(price: str, unit: str, start: str = "0", end: str = "Inf", currency: str = "USD") -> dict[str, Any]:
    return {"unit": unit, "beginRange": start, "endRange": end, "pricePerUnit": {currency: price}}


ON_DEMAND = {
    "A1": terms("A1", dimension("0.0210000000", "Hrs")),
    "A2": terms("A2", dimension("0.0390000000", "Hrs")),
    "A3": terms("A3", dimension("0.0210000000", "Hrs")),
    "S1": terms("S1", dimension("0.0800000000", "GB-Mo")),
}
PRICE_LIST = {
    "formatVersion": "v1.0",
    "offerCode": "AmazonEC2",
    "products": PRODUCTS,
    "terms": {"OnDemand": ON_DEMAND, "Reserved": {"A1": terms("A1", dimension("0.01", "Hrs"))}},
}
TRAFFIC = {
    "products": {
        "T1": {
            "productFamily": "Data Transfer",
            "attributes": {"transferType": "AWS Outbound", "toLocation": "External", "fromRegionCode": "us-east-1"},
        },
        "T2": {
            "productFamily": "Data Transfer",
            "attributes": {"transferType": "InterRegion Outbound", "fromRegionCode": "us-east-1"},
        },
    },
    "terms": {
        "OnDemand": {
            "T1": terms("T1", dimension("0.09", "GB", "0", "10240"), dimension("0.086", "GB", "10240", "51200")),
            "T2": terms("T2", dimension("0.02", "GB")),
        }
    },
}
EC2 = "/offers/v1.0/aws/AmazonEC2/current/us-east-1/index.json"
TRANSFER = "/offers/v1.0/aws/AWSDataTransfer/current/us-east-1/index.json"


def aws(server: LocalServer) -> Aws:
    return Aws(PriceCatalogue({COMPUTE: [T3], STORAGE: [GP3, EGRESS]}), server.url)


def test_aws_servers_volumes_and_tiers_of_traffic(server: LocalServer) -> None:
    server.answers |= {EC2: [as_json(PRICE_LIST)], TRANSFER: [as_json(TRAFFIC)]}
    said = ask(aws(server))
    assert [(o.offer, o.price, o.unit, o.currency) for o in said] == [
        ((COMPUTE, "aws", "us-east-1", "t3.small"), 0.021, "hour", "USD"),
        ((STORAGE, "aws", "us-east-1", "gp3_storage", ""), 0.08, "gb_month", "USD"),
        ((STORAGE, "aws", "us-east-1", "internet_egress", "0"), 0.09, "gb", "USD"),
        ((STORAGE, "aws", "us-east-1", "internet_egress", "10.24"), 0.086, "gb", "USD"),
    ]
    assert said[0].same == {"vcpus": 2, "memory_gib": 2}


OWN = {"transferType": "AWS Outbound", "toLocation": "External", "fromRegionCode": "us-east-1"}


@pytest.mark.parametrize(
    ("usage_types", "prices"),
    [
        (["DataTransfer-Out-Bytes", "USE1-Other-DataTransfer-Out-Bytes"], [0.0]),
        (["USE1-ATL1-DataTransfer-Out-Bytes", "USE1-DataTransfer-Out-Bytes"], [0.1]),
        (["Global-DataTransfer-Out-Bytes", "DataTransfer-Out-Bytes", "DataTransfer-Out-OBytes"], [0.1]),
        (["USE1-Other-DataTransfer-Out-Bytes"], [0.0]),
        (["USE1-ATL1-DataTransfer-Out-Bytes", "USE1-Other-DataTransfer-Out-Bytes"], [0.0, 0.1]),
        (["DataTransfer-Out-Bytes", "USE1-DataTransfer-Out-Bytes"], [0.0, 0.1]),
    ],
)
def test_of_two_ways_out_of_aws_that_of_the_region_counts(usage_types: list[str], prices: list[float]) -> None:
    """The first costs nothing, each further one 0.1 more."""
    products = {
        str(n): {"productFamily": "Data Transfer", "attributes": {**OWN, "usagetype": usage}}
        for n, usage in enumerate(usage_types)
    }
    on_demand = {sku: terms(sku, dimension(f"0.{sku}", "GB")) for sku in products}
    body = json.dumps({"products": products, "terms": {"OnDemand": on_demand}}).encode()
    found = read_price_list([body], "us-east-1")
    assert [float(product.prices[0]["pricePerUnit"]["USD"]) for product in found] == prices


@pytest.mark.parametrize(
    ("family", "attributes", "of_the_zone"),
    [
        ("Storage Snapshot", {"usagetype": "EBS:SnapshotUsage"}, {"usagetype": "USE1-ATL1-EBS:SnapshotUsage"}),
        ("Storage Snapshot", {"usagetype": "EBS:SnapshotUsage"}, {"regionCode": "us-west-2"}),
        ("Storage", {"usagetype": "EBS:VolumeUsage.gp3"}, {"usagetype": "USE1-ATL1-EBS:VolumeUsage.gp3"}),
        ("Compute Instance", {**PLAIN, "usagetype": "BoxUsage:t3.small"}, {"usagetype": "USE1-ATL1-BoxUsage:t3.small"}),
    ],
)
@pytest.mark.parametrize("zone", ["us-east-1", "us-east-1-atl-1"])
def test_what_a_local_zone_sells_is_not_of_the_region(
    family: str, attributes: dict[str, Any], of_the_zone: dict[str, Any], zone: str
) -> None:
    own = {"regionCode": "us-east-1", **attributes}
    products = {
        "Z": {"productFamily": family, "attributes": {**own, "regionCode": zone, **of_the_zone}},
        "A": {"productFamily": family, "attributes": own},
    }
    on_demand = {"Z": terms("Z", dimension("2", "GB-Mo")), "A": terms("A", dimension("1", "GB-Mo"))}
    body = json.dumps({"products": products, "terms": {"OnDemand": on_demand}}).encode()
    assert [product.prices[0]["pricePerUnit"]["USD"] for product in read_price_list([body], "us-east-1")] == ["1"]


@pytest.mark.parametrize(
    ("amounts", "price", "currency"),
    [({"CNY": "0.15", "USD": "0.021"}, 0.021, "USD"), ({"CNY": "0.15"}, 0.15, "CNY"), ({}, None, None)],
)
def test_of_several_currencies_at_aws_that_of_the_rows_counts(
    server: LocalServer, amounts: dict[str, str], price: float | None, currency: str | None
) -> None:
    """As in infracost/cloud-pricing-api#362. Another currency alone is passed on to be judged."""
    listed = {"products": {"A1": PRODUCTS["A1"]}, "terms": {"OnDemand": {"A1": terms("A1", dimension("", "Hrs"))}}}
    listed["terms"]["OnDemand"]["A1"]["A1.JRTC"]["priceDimensions"]["A1.JRTC.0"]["pricePerUnit"] = amounts
    server.answers |= {EC2: [as_json(listed)], TRANSFER: [as_json({})]}
    said = [(o.price, o.currency) for o in ask(aws(server)) if o.offer[3] == "t3.small"]
    assert said == [(price, currency)]


def test_a_region_whose_rows_are_in_another_currency_is_not_asked_for(server: LocalServer) -> None:
    in_euro = T3.model_copy(update={"region": "eu-central-1", "currency": "EUR"})
    assert ask(Aws(PriceCatalogue({COMPUTE: [in_euro]}), server.url)) == []
    assert server.asked == []


def test_an_aws_product_without_a_price_is_passed_on_to_be_judged(server: LocalServer) -> None:
    server.answers |= {EC2: [as_json({**PRICE_LIST, "terms": {"OnDemand": {}}})], TRANSFER: [as_json({})]}
    assert [(o.price, o.unit, o.currency) for o in ask(aws(server))] == [(None, None, None)] * 2


@pytest.mark.parametrize("size", [10, 400, 900])
def test_a_price_list_that_ends_early_is_refused(size: int) -> None:
    body = json.dumps(PRICE_LIST).encode()
    with pytest.raises(RemoteError, match="is not whole JSON"):
        read_price_list([body[:size]], "us-east-1")


def large_price_list(products: int) -> Iterator[bytes]:
    """About 1 kB a product, of which two are looked for."""
    yield b'{"products": {"A1": ' + json.dumps(PRODUCTS["A1"]).encode()
    for n in range(products):
        attributes = {**PLAIN, "instanceType": f"x{n}", "operatingSystem": "Windows", "padding": "x" * 500}
        yield f', "X{n}": {json.dumps({"productFamily": "Compute Instance", "attributes": attributes})}'.encode()
    yield b'}, "terms": {"OnDemand": {"A1": ' + json.dumps(ON_DEMAND["A1"]).encode()
    for n in range(products):
        yield f', "X{n}": {json.dumps(terms("X", dimension("1", "Hrs")))}'.encode()
    yield b"}}}"


def test_a_price_list_is_read_in_constant_memory(server: LocalServer) -> None:
    sizes, peaks = [], []
    for products in (500, 3_000):
        sent = count()

        def pieces(products: int = products, sent: Any = sent) -> Iterator[bytes]:
            for piece in large_price_list(products):
                next(sent)
                yield piece

        sizes.append(sum(len(piece) for piece in large_price_list(products)))
        server.answers |= {EC2: [Answer(pieces=pieces)], TRANSFER: [as_json({})]}
        tracemalloc.start()
        assert [o.price for o in ask(aws(server))] == [0.021]
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    assert sizes[1] > 2_500_000
    assert peaks[1] < 2_000_000
    assert peaks[1] < 1.5 * peaks[0]


# ---------------------------------------------------------------- Hetzner and DigitalOcean


def money(net: str) -> dict[str, str]:
    return {"net": net, "gross": str(float(net) * 1.19)}


PRICING = {
    "pricing": {
        "currency": "EUR",
        "vat_rate": "19.00",
        "image": {"price_per_gb_month": money("0.0143")},
        "volume": {"price_per_gb_month": money("0.0600")},
        "primary_ips": [
            {
                "type": "ipv4",
                "prices": [{"location": at, "price_monthly": money("0.5000")} for at in ("fsn1", "ash", "hil")],
            },
            {"type": "ipv6", "prices": [{"location": "fsn1", "price_monthly": money("0.0000")}]},
        ],
        "server_types": [
            {
                "id": 104,
                "name": "cpx22",
                "prices": [
                    {
                        "location": "fsn1",
                        "price_hourly": money("0.0352"),
                        "price_monthly": money("21.9900"),
                        "included_traffic": 21990232555520,
                        "price_per_tb_traffic": money("1.0000"),
                    }
                ],
            }
        ],
    }
}
TYPE = {"id": 104, "name": "cpx22", "cores": 2, "memory": 4.0, "disk": 80, "architecture": "x86"}
TYPES = {"server_types": [TYPE], "meta": {"pagination": {"page": 2, "next_page": None}}}


def test_hetzner_net_prices_by_location(server: LocalServer) -> None:
    first = {"server_types": [], "meta": {"pagination": {"page": 1, "next_page": 2}}}
    server.answers |= {"/v1/pricing": [as_json(PRICING)], "/v1/server_types": [as_json(first), as_json(TYPES)]}
    said = {o.offer[1:]: o for o in ask(Hetzner("token", server.url))}
    server_said = said["hetzner_cloud", "fsn1", "cpx22"]
    assert (server_said.price, server_said.unit, server_said.currency) == (21.99, "month", "EUR")
    assert server_said.extras == {"price_per_hour": 0.0352, "included_egress_tb_per_month": 21.99}
    assert server_said.same == {"vcpus": 2, "memory_gib": 4}
    others = {key[2]: (o.price, o.unit) for key, o in said.items() if key[2] != "cpx22"}
    assert others == {
        "traffic_overage": (1.0, "tb"),
        "volume": (0.06, "gb_month"),
        "snapshot_image": (0.0143, "gb_month"),
        "primary_ipv4": (0.5, "month"),
    }
    for item in ("volume", "snapshot_image", "primary_ipv4"):
        assert [key[1] for key in said if key[2] == item] == ["eu", "us"]
    assert [asked.query for asked in server.asked] == ["page=1&per_page=50", "page=2&per_page=50", ""]


def test_hetzner_for_a_project_in_dollars_says_so(server: LocalServer) -> None:
    in_dollars = {"pricing": {**PRICING["pricing"], "currency": "USD"}}
    server.answers |= {"/v1/pricing": [as_json(in_dollars)], "/v1/server_types": [as_json(TYPES)]}
    assert {o.currency for o in ask(Hetzner("token", server.url))} == {"USD"}


ENDS_SOON, ENDED = (
    {"announced": "2026-09-01T00:00:00Z", "unavailable_after": f"2026-{day}T11:00:00+00:00"}
    for day in ("12-01", "11-23")
)


@pytest.mark.parametrize(
    ("stated", "is_orderable", "remark"),
    [
        ({}, True, ""),
        ({"deprecation": None, "deprecated": False}, True, ""),
        ({"deprecation": ENDS_SOON}, True, "deprecated, sold until 2026-12-01"),
        ({"deprecation": ENDED}, False, "sold until 2026-11-23"),
        ({"deprecation": {"announced": "2026-09-01T00:00:00Z"}}, True, "deprecated"),
        ({"deprecated": True}, True, "deprecated"),
        ({"locations": [{"name": "fsn1", "deprecation": ENDED}]}, False, "sold until 2026-11-23"),
        ({"locations": [{"name": "fsn1", "deprecation": ENDS_SOON}]}, True, "deprecated, sold until 2026-12-01"),
        ({"locations": [{"name": "fsn1", "deprecation": None}], "deprecation": ENDED}, True, ""),
        ({"locations": [{"name": "fsn1"}], "deprecation": ENDED}, False, "sold until 2026-11-23"),
        ({"locations": [{"name": "hel1", "deprecation": ENDED}, {"name": "fsn1"}]}, True, ""),
        ({"locations": [{"name": "hel1"}]}, False, "it is not sold in fsn1"),
        ({"locations": [{"name": "fsn1", "available": False}]}, False, "it is not available in fsn1"),
        ({"locations": [{"name": "fsn1", "available": True, "deprecation": None}]}, True, ""),
    ],
)
def test_whether_hetzner_still_sells_a_server(
    server: LocalServer, stated: dict[str, Any], is_orderable: bool, remark: str
) -> None:
    kinds = {"server_types": [{**TYPE, **stated}]}
    server.answers |= {"/v1/pricing": [as_json(PRICING)], "/v1/server_types": [as_json(kinds)]}
    (said,) = [o for o in ask(Hetzner("token", server.url)) if o.offer[0] == COMPUTE]
    assert (said.is_orderable, said.remark) == (is_orderable, remark)


def test_hetzner_says_nothing_of_a_server_that_its_other_list_lacks(server: LocalServer) -> None:
    server.answers |= {"/v1/pricing": [as_json(PRICING)], "/v1/server_types": [as_json({"server_types": []})]}
    assert {o.is_orderable for o in ask(Hetzner("token", server.url))} == {None}


def test_no_token_is_shown_with_its_source() -> None:
    assert "s3cret" not in repr([Hetzner("s3cret"), DigitalOcean("s3cret"), Gas("linea_mainnet", "s3cret", "", "")])


SIZE = {
    "slug": "s-2vcpu-4gb",
    "memory": 4096,
    "vcpus": 2,
    "disk": 80,
    "transfer": 4.0,
    "price_monthly": 25.0,
    "price_hourly": 0.0372,
    "regions": ["fra1"],
    "available": True,
}


def test_digitalocean_page_by_page(server: LocalServer) -> None:
    other = {**SIZE, "slug": "s-1vcpu-1gb", "memory": 1024}
    following = {"pages": {"next": f"{server.url}/v2/sizes?page=2"}}
    server.answers["/v2/sizes"] = [
        as_json({"sizes": [other], "links": following}),
        as_json({"sizes": [SIZE], "links": {}}),
    ]
    first, second = ask(DigitalOcean("token", server.url))
    assert first.offer == (COMPUTE, "digitalocean", "all", "s-1vcpu-1gb")
    assert (second.price, second.unit, second.currency) == (25.0, "month", "USD")
    assert second.extras == {"price_per_hour": 0.0372, "included_egress_tb_per_month": 4.0}
    assert second.same == {"vcpus": 2, "memory_gib": 4}


@pytest.mark.parametrize(
    ("stated", "is_orderable"),
    [
        ({}, True),
        ({"available": False}, False),
        ({"regions": []}, False),
        ({"available": False, "regions": []}, False),
        ({"available": None}, True),
    ],
)
def test_whether_digitalocean_still_sells_a_server(
    server: LocalServer, stated: dict[str, Any], is_orderable: bool
) -> None:
    server.answers["/v2/sizes"] = [as_json({"sizes": [{**SIZE, **stated}], "links": {}})]
    (said,) = ask(DigitalOcean("token", server.url))
    assert (said.is_orderable, bool(said.remark)) == (is_orderable, not is_orderable)


def test_a_token_is_not_sent_to_another_host(server: LocalServer) -> None:
    elsewhere = {"pages": {"next": "http://example.com/v2/sizes?page=2"}}
    server.answers["/v2/sizes"] = [as_json({"sizes": [SIZE], "links": elsewhere})]
    assert "another host" in refusal(DigitalOcean("token", server.url))


# ---------------------------------------------------------------- rates, ether, gas

RATES_XML = b"""<?xml version="1.0" encoding="UTF-8"?>
<gesmes:Envelope xmlns:gesmes="http://www.gesmes.org/xml/2002-08-01" xmlns="http://www.ecb.int/vocabulary/2002-08-01/eurofxref">
<gesmes:subject>Reference rates</gesmes:subject>
<Cube><Cube time='2026-11-20'><Cube currency='USD' rate='1.1204'/><Cube currency='JPY' rate='171.2'/></Cube></Cube>
</gesmes:Envelope>"""
ECB = "/stats/eurofxref/eurofxref-daily.xml"


def test_the_rate_of_friday_is_still_fridays_on_monday(server: LocalServer) -> None:
    server.answers[ECB] = [Answer(RATES_XML)]
    (said,) = ask(Ecb(server.url))
    assert (said.offer, said.price, said.day) == ((RATES, "EUR", "USD"), 1.1204, date(2026, 11, 20))


@pytest.mark.parametrize(
    ("body", "message"),
    [
        (RATES_XML[:300], "are not whole"),
        (b"", "are not whole"),
        (RATES_XML.replace(b"2026-11-20", b"2026-11-24"), "lies in the future"),
        (RATES_XML.replace(b"2026-11-20", b"2026-13-20"), "is not a date"),
    ],
)
def test_rates_that_cannot_be_dated_are_refused(server: LocalServer, body: bytes, message: str) -> None:
    server.answers[ECB] = [Answer(body)]
    assert message in refusal(Ecb(server.url))


@pytest.mark.parametrize(
    ("answer", "price", "unit"),
    [
        ({"ethereum": {"usd": 3012.5}}, 3012.5, "usd_per_eth"),
        ({"ethereum": {"eur": 2700.0}}, None, None),
        ({"ethereum": {"usd": "much"}}, None, "usd_per_eth"),
    ],
)
def test_the_price_of_ether(server: LocalServer, answer: Any, price: float | None, unit: str | None) -> None:
    server.answers["/api/v3/simple/price"] = [as_json(answer)]
    (said,) = ask(CoinGecko(server.url))
    assert (said.offer, said.price, said.unit) == ((FEES, "ethereum_mainnet", "eth_price"), price, unit)


NEWEST = 24_000_000


def node(asked: Asked, *, lag_seconds: int = 0) -> Answer:
    """A chain with a block every 12 seconds, 1 gwei of base fee and 0.5 of tip; ten times as dear on the sixth day."""
    call = json.loads(asked.body)
    if call["method"] == "eth_getBlockByNumber":
        number = NEWEST if call["params"][0] == "latest" else int(call["params"][0], 16)
        time = int(NOW.timestamp()) - 12 * (NEWEST - number) - lag_seconds
        return as_json({"jsonrpc": "2.0", "id": 1, "result": {"number": hex(number), "timestamp": hex(time)}})
    blocks, newest = (int(value, 16) for value in call["params"][:2])
    factor = 10 if 5 <= 12 * (NEWEST - newest) / 86_400 < 6 else 1
    base, tip = hex(factor * 10**9), hex(factor * 5 * 10**8)
    result = {"baseFeePerGas": [base] * (blocks + 1), "reward": [[tip]] * blocks, "gasUsedRatio": [0.5] * blocks}
    return as_json({"jsonrpc": "2.0", "id": 1, "result": result})


def gas(server: LocalServer) -> Gas:
    return Gas("ethereum_mainnet", f"{server.url}/v3/s3cret", "ethereum_gas", "")


def test_gas_is_the_mean_of_a_week_of_days(server: LocalServer) -> None:
    server.answers["/v3/s3cret"] = node
    (said,) = ask(gas(server))
    assert (said.offer, said.unit) == ((FEES, "ethereum_mainnet", "gas_price"), "gwei")
    assert said.price == pytest.approx((6 * 1.5 + 15) / 7)
    assert {k: said.extras[k] for k in ("value_min", "value_median", "value_max", "days_observed", "period")} == {
        "value_min": 1.5, "value_median": 1.5, "value_max": 15, "days_observed": 7, "period": "week",
    }  # fmt: skip
    assert said.extras["period_start"] == date(2026, 11, 17)
    assert said.source == "eth_feeHistory at http://127.0.0.1"
    assert len(server.asked) == 2 + 28


def test_a_node_that_lags_behind_is_refused(server: LocalServer) -> None:
    server.answers["/v3/s3cret"] = lambda asked: node(asked, lag_seconds=7200)
    assert refusal(gas(server)) == "the newest block of the node is of 2026-11-23 10:00 UTC: it lags behind"


def test_a_node_that_refuses_is_quoted_by_code_only(server: LocalServer) -> None:
    server.answers["/v3/s3cret"] = [as_json({"error": {"code": -32601, "message": "key s3cret is not allowed"}})]
    message = refusal(gas(server))
    assert message == "the node refuses eth_getBlockByNumber (code -32601); another node may answer it"


@pytest.mark.parametrize(
    "result",
    [
        {},
        {"baseFeePerGas": ["0x1"], "reward": []},
        {"baseFeePerGas": ["0x1", "0x1"], "reward": [[]]},
        {"baseFeePerGas": ["1", "1"], "reward": [["1"]]},
        {"baseFeePerGas": ["0x1", "0x1", "0x1"], "reward": [["0x1"]]},
        {"baseFeePerGas": None, "reward": None},
    ],
)
def test_fees_of_another_shape_are_refused(result: dict[str, Any]) -> None:
    with pytest.raises(RemoteError):
        parse_fee_history(result)


def test_the_rows_that_stand_for_known_offers_are_valid() -> None:
    assert isinstance(T3, ComputeOffer)
    assert isinstance(GP3, StorageOrEgressPrice)
