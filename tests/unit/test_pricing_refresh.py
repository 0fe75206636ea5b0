"""A whole refresh against real servers and the real public evidence: what is written, told, kept and warned of."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import dagster as dg
import pytest

from assets.common import keys
from assets.common.http import HttpClient, Limits
from assets.evidence.packs import LIVE_PRICES, Pack, resolve_pack, with_local_packs
from assets.evidence.read_packs import Evidence
from assets.evidence.tables.pricing import COMPUTE, RATES
from assets.pricing.assets import CHECK
from assets.pricing.model import PriceCatalogue
from assets.pricing.registry import PRICES, SOURCES
from assets.pricing.sources.ecb import Ecb
from assets.pricing.sources.hetzner import Hetzner
from assets.refresh import assets as live
from assets.refresh.interfaces import Listed
from assets.refresh.outcome import Accepted, SourceOutcome
from assets.refresh.pack import PackInvalid, align, land
from orchestration.commands.price_state import price_lines, price_state
from orchestration.commands.refresh import refresh_evidence, tell
from orchestration.errors import UserError
from orchestration.resources import EvidenceResource
from orchestration.settings import Settings
from orchestration.staleness.evidence import read_evidence
from orchestration.staleness.fingerprints import Request, fingerprint
from tests.unit.local_server import Answer, LocalServer, as_json, local_server
from tests.unit.refreshing import settings_before_benchmarks
from tests.unit.test_pricing_sources import ECB, PRICING, RATES_XML, TYPES, money

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
TOKEN = "s3cret-t0ken"


@pytest.fixture
def server() -> Iterator[LocalServer]:
    with local_server() as served:
        served.answers |= {
            ECB: [Answer(RATES_XML)],
            "/v1/pricing": [as_json(PRICING)],
            "/v1/server_types": [as_json(TYPES)],
        }
        yield served


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return settings_before_benchmarks(tmp_path)


def refresh(
    settings: Settings, server: LocalServer, *names: str, only_check: bool = False, now: datetime = NOW
) -> list[SourceOutcome]:
    listed = (
        Listed("hetzner", lambda _, given: Hetzner(given["HCLOUD_TOKEN"], server.url), "HCLOUD_TOKEN"),
        Listed("ecb", lambda *_: Ecb(server.url)),
    )
    with HttpClient(Limits(attempts=2), sleep=lambda _: None) as client:
        return refresh_evidence(
            settings, names, only_check, client, lambda: now, {"HCLOUD_TOKEN": TOKEN}, [replace(PRICES, sources=listed)]
        )


def check_result(outcomes: list[SourceOutcome]) -> dg.AssetCheckResult:
    return live.check_result(CHECK.name, "price", outcomes)


def land_prices(accepted: Accepted, settings: Settings) -> int:
    pack = Pack(LIVE_PRICES, settings.local_pack(LIVE_PRICES))
    return land([accepted], pack, PRICES.tables, [resolve_pack("public", settings.evidence_dir)], NOW.date())


def with_price(net: str, **changes: Any) -> Answer:
    document = json.loads(json.dumps(PRICING))
    price = document["pricing"]["server_types"][0]["prices"][0]
    price["price_monthly"] = money(net)
    price |= changes
    return as_json(document)


def ids(evidence: Evidence, table: str, part: str) -> list[str]:
    return [record.row.id for record in evidence.records[table] if part in record.row.id]


def test_accepted_prices_are_evidence_of_every_later_run(settings: Settings, server: LocalServer) -> None:
    before = read_evidence(settings, settings.packs)
    without = fingerprint(settings, Request.of(settings))
    outcomes = refresh(settings, server)
    assert [(o.source, o.state) for o in outcomes] == [("hetzner", "refreshed"), ("ecb", "refreshed")]
    evidence = read_evidence(settings, settings.packs)
    assert evidence.problems == []
    assert evidence.rows == before.rows + sum(len(o.verdicts.accepted) for o in outcomes)
    assert ids(evidence, COMPUTE, "fsn1_cpx22") == [
        "hetzner_cloud_fsn1_cpx22", "hetzner_cloud_fsn1_cpx22_2026_03", "hetzner_cloud_fsn1_cpx22_2026_11_23",
    ]  # fmt: skip
    (rate,) = [record for record in evidence.records[RATES] if record.row.id == "eur_usd_2026_11_20"]
    assert (rate.row.as_of, rate.pack, rate.file) == (date(2026, 11, 20), "prices", "prices/pricing/exchange_rates.csv")
    request = Request.of(settings)
    assert request.packs == ("public", "prices")
    assert fingerprint(settings, request) != without


def test_a_second_refresh_of_the_day_adds_nothing(settings: Settings, server: LocalServer) -> None:
    refresh(settings, server)
    again = refresh(settings, server)
    assert [len(o.verdicts.accepted) for o in again] == [0, 0]
    assert sum(o.verdicts.unchanged for o in again) == 9


def test_history_grows_and_nothing_is_overwritten(settings: Settings, server: LocalServer) -> None:
    refresh(settings, server, "hetzner")
    server.answers["/v1/pricing"] = [with_price("25.4900")]
    refresh(settings, server, "hetzner", now=datetime(2026, 11, 24, tzinfo=UTC))
    rows = {r.row.id: r.row for r in read_evidence(settings, settings.packs).records[COMPUTE]}
    history = [
        rows["hetzner_cloud_fsn1_cpx22" + suffix].model_dump()["price_per_month"]
        for suffix in ("_2026_03", "", "_2026_11_23", "_2026_11_24")
    ]
    assert history == [6.99, 19.49, 21.99, 25.49]


def test_only_check_writes_nothing(settings: Settings, server: LocalServer) -> None:
    outcomes = refresh(settings, server, only_check=True)
    assert sum(len(o.verdicts.accepted) for o in outcomes) > 0
    assert not settings.state_dir.exists()


@pytest.mark.parametrize(
    ("deprecation", "message", "is_orderable"),
    [
        ("2026-11-01T00:00:00Z", "cannot be ordered any more, so no bill is built on it: sold until 2026-11-01", False),
        ("2027-01-01T00:00:00Z", "can still be ordered: deprecated, sold until 2027-01-01", True),
    ],
)
def test_a_server_that_is_phased_out_is_told_of_and_remembered(
    settings: Settings,
    server: LocalServer,
    capsys: pytest.CaptureFixture[str],
    deprecation: str,
    message: str,
    is_orderable: bool,
) -> None:
    phased_out = {**TYPES["server_types"][0], "deprecation": {"unavailable_after": deprecation}}  # type: ignore[dict-item]
    server.answers["/v1/server_types"] = [as_json({"server_types": [phased_out]})]
    outcomes = refresh(settings, server, "hetzner")
    tell(outcomes, only_check=False, as_json=False)
    assert f"  hetzner_cloud fsn1 cpx22 {message}\n" in capsys.readouterr().out
    assert f"  refresh of hetzner: hetzner_cloud fsn1 cpx22 {message}" in price_lines(price_state(settings))
    rows = {r.row.id: r.row for r in read_evidence(settings, settings.packs).records[COMPUTE]}
    assert rows["hetzner_cloud_fsn1_cpx22_2026_11_23"].model_dump()["is_orderable"] is is_orderable


@pytest.mark.parametrize(
    ("answer", "message"),
    [
        (with_price("219.9000"), "the price is 219.9, 11.3 times the last known 19.49"),
        (with_price("-1"), "the price is -1, expected a number above 0"),
        (with_price("0"), "the price is 0, expected a number above 0"),
        (with_price("1", price_monthly=None), "the price is missing"),
        (as_json({"pricing": {**PRICING["pricing"], "currency": "USD"}}), "the currency is USD, expected EUR"),
    ],
    ids=["times ten", "negative", "zero", "missing", "currency"],
)
def test_a_lying_answer_leaves_the_old_price_and_says_why(
    settings: Settings, server: LocalServer, capsys: pytest.CaptureFixture[str], answer: Answer, message: str
) -> None:
    server.answers["/v1/pricing"] = [answer]
    outcomes = refresh(settings, server)
    assert tell(outcomes, only_check=False, as_json=False) == 0
    told = capsys.readouterr().out
    assert f"rejected: hetzner_cloud fsn1 cpx22: {message}" in told
    assert ids(read_evidence(settings, settings.packs), COMPUTE, "fsn1_cpx22_2026_11") == []
    assert any(message in line for line in price_lines(price_state(settings)))
    result = check_result(outcomes)
    assert (result.passed, result.severity) == (False, dg.AssetCheckSeverity.WARN)
    assert message in str(result.description)
    assert "prices were rejected, 0 expected" in str(result.description)
    assert "the last known price stays; look at" in str(result.description)


@pytest.mark.parametrize(
    "answer",
    [Answer(b"<html>"), Answer(b"{}"), Answer(b"[]"), Answer(status=500), Answer(status=401),
     as_json(PRICING, cut_after=200), as_json({"pricing": {"currency": "EUR", "server_types": [None, 7]}})],
    ids=["no json", "empty", "a list", "down", "refused", "cut", "shape"],
)  # fmt: skip
def test_a_source_that_fails_stops_no_other(
    settings: Settings, server: LocalServer, capsys: pytest.CaptureFixture[str], answer: Answer
) -> None:
    server.answers["/v1/pricing"] = [answer]
    outcomes = refresh(settings, server)
    assert [(o.source, o.state) for o in outcomes] == [("hetzner", "failed"), ("ecb", "refreshed")]
    assert tell(outcomes, only_check=False, as_json=True) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["hetzner"]["message"]
    assert TOKEN not in json.dumps(told)
    assert check_result(outcomes).passed is False
    assert read_evidence(settings, settings.packs).problems == []


def test_a_refresh_in_which_all_fail_exits_with_one(settings: Settings, server: LocalServer) -> None:
    server.answers[ECB] = [Answer(status=503)]
    assert tell(refresh(settings, server, "ecb"), only_check=False, as_json=False) == 1


def test_a_failure_is_remembered_until_the_source_answers(settings: Settings, server: LocalServer) -> None:
    server.answers[ECB] = [Answer(status=404)]
    refresh(settings, server)
    assert [line for line in price_lines(price_state(settings)) if "ecb" in line] == [
        "  refresh of ecb failed at 2026-11-23T12:00:00+00:00: 127.0.0.1 answers 404: the address is no longer there"
    ]
    server.answers[ECB] = [Answer(RATES_XML)]
    refresh(settings, server, "ecb")
    state = price_state(settings)["refresh"]
    assert (state["ecb"]["state"], state["hetzner"]["state"]) == ("refreshed", "refreshed")
    assert TOKEN not in json.dumps(state)


def test_a_source_without_a_token_is_left_out() -> None:
    assert [entry.name for entry in SOURCES if entry.source(PriceCatalogue({}), {}) is None] == [
        "hetzner",
        "digitalocean",
    ]


@pytest.mark.parametrize(("name", "message"), [("nowhere", "there is no source nowhere; expected one of azure, aws")])
def test_an_unknown_source_is_refused(settings: Settings, name: str, message: str) -> None:
    with HttpClient() as client, pytest.raises(UserError, match=message):
        refresh_evidence(settings, [name], True, client, lambda: NOW, {})  # noqa: FBT003


def test_a_source_that_was_asked_for_by_name_needs_its_token(settings: Settings) -> None:
    with HttpClient() as client, pytest.raises(UserError, match="hetzner cannot be asked: HCLOUD_TOKEN is not set"):
        refresh_evidence(settings, ["hetzner"], True, client, lambda: NOW, {})  # noqa: FBT003


# ---------------------------------------------------------------- the pack


def accepted_rate(settings: Settings, **changes: Any) -> Accepted:
    (row, *_) = [r.row for r in read_evidence(settings, ("public",)).records[RATES]]
    new = row.model_copy(update={"id": "eur_usd_2026_11_20", "as_of": date(2026, 11, 20), **changes})
    return Accepted(RATES, new, 1.1, 1.2)


def test_what_would_break_the_next_run_is_not_written(settings: Settings) -> None:
    land_prices(accepted_rate(settings), settings)
    before = (settings.local_pack(LIVE_PRICES) / "pricing/exchange_rates.csv").read_text()
    with pytest.raises(PackInvalid, match='"eur_usd_2026_10_28" is already the id of'):
        land_prices(accepted_rate(settings, id="eur_usd_2026_10_28"), settings)
    assert (settings.local_pack(LIVE_PRICES) / "pricing/exchange_rates.csv").read_text() == before


def test_small_numbers_are_written_as_people_read_them(settings: Settings) -> None:
    land_prices(accepted_rate(settings, rate=7e-09), settings)
    assert ",0.000000007," in (settings.local_pack(LIVE_PRICES) / "pricing/exchange_rates.csv").read_text()


def test_a_pack_of_an_earlier_version_gets_the_columns_of_this_one(settings: Settings) -> None:
    land_prices(accepted_rate(settings), settings)
    path = settings.local_pack(LIVE_PRICES) / "pricing/exchange_rates.csv"
    path.write_text(path.read_text().replace("grade,note\n", "grade\n").replace("published,\n", "published\n"))
    assert [p.column for p in read_evidence(settings, ("public",)).problems] == ["note"]
    align(settings.local_pack(LIVE_PRICES), PRICES.tables)
    assert read_evidence(settings, ("public",)).problems == []


def test_refreshed_prices_are_laid_over_once(settings: Settings) -> None:
    assert with_local_packs(["public"], settings.state_dir) == ("public",)
    land_prices(accepted_rate(settings), settings)
    once = with_local_packs(["public"], settings.state_dir)
    assert once == with_local_packs(once, settings.state_dir) == ("public", "prices")


def test_a_check_names_a_sample_and_counts_the_rest() -> None:
    down = [SourceOutcome(f"s{n}", "failed", NOW, "is down") for n in range(7)]
    description = str(check_result(down).description)
    assert description.startswith("7 sources failed and 0 prices were rejected, 0 expected: s0: is down; s1: is down")
    assert "; and 2 more. The last known prices stay." in description
    assert check_result([replace(down[0], state="skipped")]).passed


def test_the_dagster_asset_adds_rows_and_warns_but_does_not_fail(settings: Settings, server: LocalServer) -> None:
    server.answers[ECB] = [Answer(status=404)]
    listed = (Listed("hetzner", lambda *_: Hetzner(TOKEN, server.url)), Listed("ecb", lambda *_: Ecb(server.url)))
    live_prices = live.live_asset(keys.LIVE_PRICES, replace(PRICES, sources=listed), "Prices", CHECK)
    resource = EvidenceResource(evidence_dir=str(settings.evidence_dir), state_dir=str(settings.state_dir))
    result = dg.materialize([live_prices], resources={"evidence": resource})
    assert result.success
    (check,) = result.get_asset_check_evaluations()
    assert (check.passed, check.severity, check.blocking) == (False, dg.AssetCheckSeverity.WARN, False)
    assert "ecb: 127.0.0.1 answers 404" in str(check.description)
    (made,) = result.asset_materializations_for_node("evidence__live_prices")
    assert made.metadata["hetzner"].value == "refreshed"
    assert "not in the answer, so look whether they are still sold" in str(made.metadata["remarks"].value)
    assert made.metadata["rows_added"].value == 8
