"""Rows that look wrong are named with what is usual; what is right passes, and a review ends the question."""

from __future__ import annotations

import csv
from datetime import date
from pathlib import Path

import pytest

from assets.evidence.check_file import check_file, place_of
from assets.evidence.packs import Pack
from assets.evidence.plausible import SIGN_OFF
from assets.evidence.read_packs import read_packs
from tests.places import FROZEN

TODAY = date(2026, 11, 30)
PUBLIC = Pack("public", FROZEN / "public")
COMPUTE, STORAGE, RPC = "pricing/compute_offers", "pricing/storage_and_egress_prices", "pricing/rpc_plans"
ALTERNATIVES, RATES, MARKET = "pricing/messaging_alternatives", "pricing/exchange_rates", "segments/market_sizes"
WORKLOAD = "costs/workload_parameters"


def typed(folder: Path, table: str, *rows: dict[str, str]) -> Path:
    """Write a file of a pack: rows of the frozen pack, each named by `like`, with other values in some columns."""
    with (FROZEN / f"public/{table}.csv").open(encoding="utf-8", newline="") as opened:
        public = {row["id"]: row for row in csv.DictReader(opened)}
    path = folder / f"{table}.csv"
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", encoding="utf-8", newline="") as opened:
        written = csv.DictWriter(opened, next(iter(public.values())))
        written.writeheader()
        for number, row in enumerate(rows):
            changes = {name: value for name, value in row.items() if name != "like"}
            written.writerow({**public[row["like"]], "id": f"typed_{number}", "as_of": "2026-11-20", **changes})
    return path


def asked(folder: Path) -> list[str]:
    """Return what is asked of the rows in a pack over the frozen one, without the name of their file."""
    evidence = read_packs([PUBLIC, Pack("mine", folder)], today=TODAY)
    assert evidence.problems == []
    return [note.split("csv:2: ", 1)[1] for note in evidence.notes if note.startswith("mine/")]


@pytest.mark.parametrize(
    ("table", "row", "said"),
    [
        (
            COMPUTE,
            {"like": "hetzner_cloud_fsn1_cx33", "price_per_month": "84.9", "price_per_hour": "0.136"},
            (
                "price_per_month: 84.9 a month looks wrong: it is 10 times the highest of the rows with"
                " provider hetzner_cloud, instance_type cx33, such as 8.49 in public/pricing/compute_offers.csv:3"
            ),
        ),
        (
            COMPUTE,
            {"like": "hetzner_cloud_fsn1_cx33", "price_per_month": "0.849", "price_per_hour": "0.00136"},
            (
                "price_per_month: 0.849 a month looks wrong: the lowest of the rows with provider hetzner_cloud,"
                " instance_type cx33 is 7.06 times as much"
            ),
        ),
        (
            COMPUTE,
            {
                "like": "hetzner_cloud_fsn1_ccx33",
                "instance_type": "new",
                "price_per_hour": "",
                "price_per_month": "1385",
            },
            (
                "price_per_month: 1,385 a month looks wrong: it is 10 times the highest of the rows with"
                " provider hetzner_cloud, vcpu_kind dedicated, vcpus 8, memory_gib 32"
            ),
        ),
        (
            COMPUTE,
            {"like": "hetzner_cloud_fsn1_cx33", "instance_type": "new", "memory_gib": "4096"},
            "memory_gib: 1,024 GiB for each vCPU looks wrong",
        ),
        (
            COMPUTE,
            {"like": "hetzner_cloud_fsn1_cx33", "instance_type": "new", "memory_gib": "4096"},
            "; 4,096 MiB are 4 GiB",
        ),
        (
            COMPUTE,
            {"like": "hetzner_cloud_fsn1_cx33", "memory_gib": "16"},
            (
                "memory_gib: 16 looks wrong: it is 2 times the highest of the rows with provider hetzner_cloud,"
                " instance_type cx33"
            ),
        ),
        (
            COMPUTE,
            {"like": "hetzner_cloud_fsn1_cx33", "instance_type": "new", "local_disk_gb": "80000"},
            "local_disk_gb: 20,000 GB for each vCPU looks wrong",
        ),
        (
            COMPUTE,
            {"like": "hetzner_cloud_fsn1_cx33", "price_per_month": "13.49"},
            (
                "price_per_month: 13.49 does not follow from price_per_hour, 0.0136:"
                " provider_monthly_cap is 600 to 744 hours, which are 8.16 to 10.12"
            ),
        ),
        (
            COMPUTE,
            {"like": "aws_us_east_1_t3_small", "price_per_month": "10.4"},
            (
                "price_per_month: 10.4 does not follow from price_per_hour, 0.0208: hour_x_730 is 730 hours,"
                " which are 15.18"
            ),
        ),
        (
            COMPUTE,
            {"like": "hetzner_cloud_fsn1_cx33", "price_per_month": "10.1"},
            "price_per_month: 10.1 is 8.49 of public/pricing/compute_offers.csv:3 with 19 % on it, to the cent",
        ),
        (
            STORAGE,
            {"like": "gcp_us_central1_pd_ssd", "price": "1.7"},
            "price: 1.7 looks wrong: it is 8.33 times the highest of the rows with provider gcp, item pd_ssd,",
        ),
        (
            STORAGE,
            {"like": "gcp_us_central1_pd_ssd", "item": "new", "price": "17"},
            (
                "price: 17 looks wrong: it is 77.3 times the highest of the rows with"
                " category block_storage, unit gb_month"
            ),
        ),
        (
            STORAGE,
            {"like": "gcp_us_central1_pd_ssd", "unit": "gb"},
            'unit: "gb" does not go with category block_storage, which is in one of gb_month, gib_month, disk_month',
        ),
        (
            RPC,
            {"like": "infura_developer", "included_credits_per_month": "15000000"},
            "included_credits_per_month: 15,000,000 does not follow from 15,000,000 a day, which is 456,250,000",
        ),
        (
            ALTERNATIVES,
            {"like": "ably_pubsub_standard", "included_mau": "1000", "derived_price_per_mau": "0.29"},
            "derived_price_per_mau: 0.29 is not price divided by included_mau, which is 0.029",
        ),
        (
            RATES,
            {"like": "eur_usd_2026_10_28", "rate": "0.8982", "rate_date": "2026-11-20"},
            "rate: 0.8982 looks wrong: the lowest of the rows with base_currency EUR, quote_currency USD",
        ),
        (
            MARKET,
            {"like": "defi_private_relayers_defi_tvl", "unit": "users"},
            'unit: "users" does not go with family held, which is in USD',
        ),
        (
            WORKLOAD,
            {"like": "status_1to1_messages_per_active_user_hour", "mid": "50"},
            "mid: 50 looks wrong: it is 10 times the highest of the rows with profile_id status_1to1,",
        ),
        (
            WORKLOAD,
            {"like": "status_1to1_message_bytes", "profile_id": "railgun", "unit": "users"},
            'unit: "users", but message_bytes is in "bytes" in public/costs/workload_parameters.csv:3',
        ),
    ],
)
def test_an_odd_row_is_named_with_what_is_usual(table: str, row: dict[str, str], said: str, tmp_path: Path) -> None:
    typed(tmp_path, table, row)
    assert said in "\n".join(asked(tmp_path))


@pytest.mark.parametrize(
    ("table", "row"),
    [
        # the same price on a later day, and rises that were seen in 2026
        (COMPUTE, {"like": "hetzner_cloud_fsn1_cx33"}),
        (COMPUTE, {"like": "hetzner_cloud_fsn1_cx33", "price_per_month": "16.99", "price_per_hour": "0.0272"}),
        # months of 624, 667, 672 and 730 hours, and prices of an hour that are rounded to half a cent
        (
            COMPUTE,
            {
                "like": "linode_us_east_g6_standard_2",
                "as_of": "2026-11-24",
                "price_per_hour": "0.036",
                "price_per_month": "24",
            },
        ),
        (COMPUTE, {"like": "digitalocean_all_s_1vcpu_1gb", "price_per_hour": "0.00893", "price_per_month": "6"}),
        (COMPUTE, {"like": "vultr_ewr_vc2_1c_1gb", "price_per_hour": "0.007", "price_per_month": "5"}),
        # a contract for a month has no hours
        (COMPUTE, {"like": "hetzner_cloud_fsn1_cx33", "month_basis": "monthly_contract", "price_per_month": "13.49"}),
        # a round price that rises by a fifth, and one that has tax on it and says so
        (COMPUTE, {"like": "digitalocean_all_s_1vcpu_1gb", "price_per_hour": "0.01071", "price_per_month": "7.2"}),
        (COMPUTE, {"like": "hetzner_cloud_fsn1_cx33", "price_per_month": "10.1", "vat_included": "true"}),
        (RPC, {"like": "infura_developer"}),
        (RATES, {"like": "eur_usd_2026_10_28", "rate": "1.09", "rate_date": "2026-11-20"}),
        (MARKET, {"like": "defi_private_relayers_defi_tvl", "value": "90000000000"}),
    ],
)
def test_what_is_right_is_not_asked_about(table: str, row: dict[str, str], tmp_path: Path) -> None:
    typed(tmp_path, table, row)
    assert asked(tmp_path) == []


def test_of_two_rows_that_differ_the_later_is_asked_about(tmp_path: Path) -> None:
    new = {"like": "hetzner_cloud_fsn1_cx33", "instance_type": "new"}
    lines = [{**new, "memory_gib": "8", "region": "nbg1"}, {**new, "memory_gib": "80"}]
    typed(tmp_path, COMPUTE, *lines)
    evidence = read_packs([PUBLIC, Pack("mine", tmp_path)], today=TODAY)
    assert [note.partition(": ")[0] for note in evidence.notes if "memory_gib: 80 looks wrong" in note] == [
        "mine/pricing/compute_offers.csv:3"
    ]


def test_a_price_that_a_source_states_is_compared_when_it_is_asked(tmp_path: Path) -> None:
    typed(tmp_path, COMPUTE, {"like": "hetzner_cloud_fsn1_cx33", "price_per_month": "84.9", "price_per_hour": ""})
    assert read_packs([PUBLIC, Pack("prices", tmp_path)], today=TODAY).notes == []


@pytest.mark.parametrize(
    ("mark", "day", "is_asked"),
    [("reviewed", "2026-11-21", False), ("reviewed", "2026-11-19", True), ("doubtful", "2026-11-21", True)],
    ids=["reviewed", "reviewed before the row was typed", "doubtful"],
)
def test_a_review_ends_the_question(mark: str, day: str, is_asked: bool, tmp_path: Path) -> None:
    path = typed(
        tmp_path, COMPUTE, {"like": "hetzner_cloud_fsn1_cx33", "price_per_month": "84.9", "price_per_hour": ""}
    )
    (tmp_path / "reviews").mkdir()
    (tmp_path / "reviews/marks.csv").write_text(
        "id,marked_row,mark,role,source,as_of,as_of_basis,grade,note\n"
        f"m1,pricing__compute_offers/typed_0,{mark},analyst,https://www.hetzner.com/cloud,{day},observed,published,\n",
        encoding="utf-8",
    )
    assert (asked(tmp_path) != []) is is_asked
    place = place_of(path)
    assert place is not None
    notes = check_file(path.resolve(), place, [PUBLIC, Pack("mine", tmp_path.resolve())], today=TODAY).notes
    assert [SIGN_OFF in notes, any("84.9 a month" in note for note in notes)] == [is_asked, is_asked]


def test_one_file_is_compared_with_the_rows_of_all_packs(tmp_path: Path) -> None:
    path = typed(tmp_path, COMPUTE, {"like": "hetzner_cloud_fsn1_cx33", "as_of": "2026-11-27", "price_per_month": "84"})
    place = place_of(path)
    assert place is not None
    evidence = check_file(path.resolve(), place, [PUBLIC, Pack("mine", tmp_path.resolve())], today=TODAY)
    assert evidence.rows == 1
    assert [note.partition(" looks")[0] for note in evidence.notes[:1]] == [
        "mine/pricing/compute_offers.csv:2: price_per_month: 84 a month"
    ]


@pytest.mark.parametrize(
    ("row", "problem"),
    [
        (
            {"like": "gcp_us_central1_internet_egress_premium_from_0", "item": "internet_egress_standard"},
            (
                "gcp_us_central1_internet_egress_premium_from_0 of gcp us-central1 starts there as well, in"
                " public/pricing/storage_and_egress_prices.csv:32; expected one item of outgoing traffic"
            ),
        ),
        (
            {"like": "gcp_us_central1_internet_egress_premium_from_10", "tier_from_tb_per_month": "20"},
            (
                "no tier of gcp us-central1 ends at 20, so that traffic below would cost nothing;"
                " expected where another tier ends"
            ),
        ),
    ],
    ids=["a second item", "a gap"],
)
def test_tiers_that_a_run_refuses_are_refused_at_the_check(row: dict[str, str], problem: str, tmp_path: Path) -> None:
    typed(tmp_path, STORAGE, row)
    problems = read_packs([PUBLIC, Pack("mine", tmp_path)], today=TODAY).problems
    assert list(map(str, problems)) == [
        f"mine/pricing/storage_and_egress_prices.csv:2: tier_from_tb_per_month: {problem}"
    ]


def test_a_value_that_a_list_names_twice_is_refused(tmp_path: Path) -> None:
    typed(tmp_path, "segments/problems", {"like": "metadata_exposed", "usp_ids": "scalable_reliable;scalable_reliable"})
    problems = read_packs([PUBLIC, Pack("mine", tmp_path)], today=TODAY).problems
    assert '"scalable_reliable" is there twice; expected each value once' in "\n".join(map(str, problems))


def test_the_frozen_pack_has_nothing_odd() -> None:
    assert read_packs([PUBLIC], today=TODAY).notes == []
