"""Refreshed prices through the whole chain: they move a bill, `diff` says which, an earlier day does not know them."""

from __future__ import annotations

import csv
import json
import os
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from assets.common.http import HttpClient
from assets.pricing.registry import PRICES
from assets.pricing.sources.ecb import Ecb
from assets.pricing.sources.hetzner import Hetzner
from assets.refresh.interfaces import Listed
from orchestration.commands.refresh import refresh_evidence
from orchestration.settings import Settings
from tests.integration.chain import Chain
from tests.unit.local_server import Answer, as_json, local_server
from tests.unit.test_pricing_sources import ECB, PRICING, RATES_XML, money

DEARER = {"cx23": "5.9900", "cx33": "9.4900", "cx43": "17.9900", "cpx22": "194.9000"}
"""Three rises, and one price with a slipped decimal."""

NOW = datetime.now(UTC)
"""Prices are of today: evidence is never later than that."""


def refresh(chain: Chain) -> dict[str, int]:
    common = {"location": "fsn1", "price_hourly": money("0.01"), "price_per_tb_traffic": money("1.0000")}
    prices = [{**common, "price_monthly": money(net), "included_traffic": 21990232555520} for net in DEARER.values()]
    types = [{"name": name, "prices": [price]} for name, price in zip(DEARER, prices, strict=True)]
    document = {"pricing": {**PRICING["pricing"], "server_types": types}}
    listed = (
        Listed("hetzner", lambda *_: Hetzner("token", server.url)),
        Listed("ecb", lambda *_: Ecb(server.url)),
    )
    with local_server() as server, HttpClient() as client:
        server.answers |= {
            ECB: [Answer(RATES_XML)],
            "/v1/pricing": [as_json(document)],
            "/v1/server_types": [as_json({"server_types": []})],
        }
        outcomes = refresh_evidence(
            Settings.from_environment(chain.environment),
            names=(),
            only_check=False,
            client=client,
            clock=lambda: NOW,
            environment=os.environ,
            parts=[replace(PRICES, sources=listed)],
        )
    return {o.source: len(o.verdicts.rejected) for o in outcomes}


def prices_of(chain: Chain) -> dict[str, str]:
    with (chain.latest / "data" / "compute_offers.csv").open() as file:
        return {row["offer_id"]: row["as_of"] for row in csv.DictReader(file) if row["region"] == "fsn1"}


@pytest.fixture(scope="module")
def refreshed(chain: Chain) -> Chain:
    """After a run on refreshed prices and a table of which all rows were moved, and one was changed."""
    path = chain.root / "evidence" / "public" / "pricing" / "exchange_rates.csv"
    header, *rows = path.read_text().splitlines()
    rows = [row.replace("1.1355", "1.1356") for row in reversed(rows)]
    path.write_text("\n".join([header, *rows]) + "\n")
    assert refresh(chain) == {"hetzner": 1, "ecb": 0}
    done = chain.waku_fit("run")
    assert done.returncode == 0, done.stdout + done.stderr
    return chain


def test_a_run_takes_the_refreshed_prices(refreshed: Chain) -> None:
    offers = prices_of(refreshed)
    assert offers[f"hetzner_cloud_fsn1_cx23_{NOW:%Y_%m_%d}"] == f"{NOW:%Y-%m-%d}"
    assert offers["hetzner_cloud_fsn1_cpx22"] == "2026-09-29"
    assert refreshed.manifest["packs"] == ["public", "prices"]


def test_diff_names_the_lines_that_moved_and_the_rows_that_moved_them(refreshed: Chain) -> None:
    found = json.loads(refreshed.waku_fit("diff", "--json").stdout)
    added = {row["evidence_id"] for row in found["evidence"]["added"]}
    assert f"pricing__compute_offers/hetzner_cloud_fsn1_cx43_{NOW:%Y_%m_%d}" in added
    assert "pricing__exchange_rates/eur_usd_2026_11_20" in added
    assert found["evidence"]["removed"] == []
    changed = [row["evidence_id"] for row in found["evidence"]["changed"]]
    assert changed == ["pricing__exchange_rates/eur_usd_2026_09_30"], "a moved row is not a changed one"
    # What was refreshed is short of stock, so that no bill is built on it.
    assert found["scenarios"] == []
    text = refreshed.waku_fit("diff").stdout
    assert "Packs: public → public, prices" in text
    assert "Costs: as before" in text


def test_the_status_tells_live_prices_from_typed_ones_and_what_was_rejected(refreshed: Chain) -> None:
    status = refreshed.waku_fit("status").stdout
    (offers,) = (line for line in status.splitlines() if line.startswith("  compute offers "))
    newest = f"{NOW:%Y-%m-%d} (hetzner cloud)"
    assert offers.split(maxsplit=2)[2] == f"10 snapshot, 1 live: 2026-03-05 (digitalocean) to {newest}"
    assert "refresh of hetzner rejected hetzner_cloud fsn1 cpx22: the price is 194.9, 10 times" in status


def test_with_nothing_new_nothing_runs(refreshed: Chain) -> None:
    refresh(refreshed)
    assert "Nothing changed since release" in refreshed.waku_fit("run").stdout


def test_an_earlier_day_knows_less(refreshed: Chain) -> None:
    """Hetzner raised its cx23 from EUR 3.49 (March 2026) to EUR 5.49 (September 2026)."""

    def offers(data: Path) -> set[str]:
        with (data / "compute_offers.csv").open() as file:
            return {row["offer_id"] for row in csv.DictReader(file)}

    def changes(data: Path) -> list[float]:
        with (data / "compute_offer_history.csv").open() as file:
            rows = [row for row in csv.DictReader(file) if row["provider"] == "hetzner_cloud"]
        return [float(row["change_share"]) for row in rows if row["instance_type"] == "cx23" and row["change_share"]]

    (*_, first) = json.loads(refreshed.waku_fit("releases", "--json").stdout)
    now = refreshed.root / "state" / "releases" / first["release_id"] / "data"
    # two interviews were held by then, a third one after
    later = "interviews_held_later,customer_interviews,2026-10-01,interviews_held_cumulative,3,interviews,gaming"
    progress = refreshed.root / "evidence" / "public" / "roadmap" / "milestone_progress.csv"
    progress.write_text(f"{progress.read_text()}{later},made up,2026-10-01,source_date,published,\n")
    for name in ("runs", "measurements"):
        path = refreshed.root / "evidence" / "public" / "benchmarks" / f"{name}.csv"
        path.write_text(path.read_text().splitlines()[0] + "\n")
    done = refreshed.waku_fit("run", "--as-of", "2026-09-01")
    assert done.returncode == 0, done.stdout + done.stderr
    look = refreshed.in_line("asof-2026-09-01")
    then = look.latest / "data"
    march, september = "hetzner_cloud_fsn1_cx23_2026_03", "hetzner_cloud_fsn1_cx23"
    assert offers(then) & {march, september} == {march}
    assert offers(now) & {march, september} == {september}
    assert changes(then) == []
    assert changes(now) == [pytest.approx(5.49 / 3.49 - 1)]
    assert max(prices_of(look).values()) <= "2026-09-01"
    assert (look.manifest["as_of"], look.gate("interviews")["value"]) == ("2026-09-01", 2)
    status = look.waku_fit("status", "--line", "asof-2026-09-01").stdout
    assert "2026-09-01" in status
    assert refreshed.latest.resolve().name == first["release_id"] or refreshed.manifest["as_of"] is None
    # nothing had been measured: nothing stands beside the gate, and what follows from it is empty
    (named,) = [r for r in look.gate("cost")["requirements"] if r["metric"] == "postgres_phase_2_results"]
    assert (named["status"], named["beside"]) == ("unknown", None)
    for name in ("archive_stage_gains", "archive_capacity", "archive_recommendation", "archive_savings"):
        assert (then / f"{name}.csv").read_text().count("\n") == 1, name
    assert "No benchmark run of our own is on record" in (look.latest / "archive.html").read_text()
