"""The calculator of costs in a real browser: it says what the table says, and everybody can use it."""

from __future__ import annotations

import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from playwright.sync_api import Browser, Page

from assets.costs.response import between
from assets.reports.page.calculator import TOTALS, place_name
from assets.reports.page.cells import Cells
from assets.reports.page.formats import usd
from assets.reports.page.site import ReleaseData, cells_of, render_pages
from tests.browser.test_pages import browser, opening, unfold  # noqa: F401 - the fixture
from tests.unit.release_fixture import release

POINTS = "cost_response"
TIES = (0.125, 0.375, 2.675, 12.345, 12.375, 99.995, 100.5, 101.5, 999.5, 1000.0, 1005.0, 1015.0, 12_350.0, 12_450.0)
"""Amounts at which rounding to the even digit and rounding up differ, or nearly do."""


def with_costs(costs: list[float]) -> ReleaseData:
    """A release whose calculator has a point for each cost, at 1,000 users and more."""
    data = release()
    points = data.frames[POINTS]
    template = points[(points["kind"] == "community") & (points["with_rln"] == False)].iloc[0].to_dict()  # noqa: E712
    rows = [
        template
        | {"users": 1000 + index, "is_cheapest": True}
        | {f"{total}_p{p}_usd_per_month": cost for total in TOTALS for p in (5, 50, 95)}
        | {f"{total}_p{p}_usd_per_active_user_month": cost / (1000 + index) for total in TOTALS for p in (5, 50, 95)}
        for index, cost in enumerate(costs)
    ]
    errors = data.frames[f"{POINTS}_error"]
    of_kind = errors[(errors["kind"] == "community") & (errors["with_rln"] == False)]  # noqa: E712
    frames = {POINTS: pd.DataFrame(rows, dtype=object), f"{POINTS}_error": of_kind}
    return ReleaseData({**data.frames, **frames}, data.manifest)


def page_of(data: ReleaseData, folder: Path) -> Path:
    (folder / "costs.html").write_text(render_pages(data)["costs.html"], encoding="utf-8")
    return folder


def ask(page: Page, kind: str, users: object) -> None:
    page.check(f"input[value='{kind}']")
    page.fill("#own-users", str(users))


def shown(page: Page, series: str, total: str) -> list[str]:
    """What stands in a row: the middle and the ends for a month, then for a user."""
    row = page.locator(f"#own-{series}-{total}")
    return [
        row.locator(part).inner_text()
        for part in (".month .middle", ".month .interval", ".user .middle", ".user .interval")
    ]


def written(cells: Cells, key: str, total: str) -> list[str]:
    """The same as the cells of a point say it."""
    found = []
    for unit in ("month", "active_user_month"):
        low, middle, high = (cells.text(POINTS, key, f"{total}_p{p}_usd_per_{unit}", "usd") for p in (5, 50, 95))
        found += [middle, f"{low} to {high}"]
    return found


def cheapest(cells: Cells) -> Iterator[tuple[str, dict[str, Any]]]:
    return ((key, cells.row(POINTS, key)) for key in cells.keys(POINTS, is_cheapest=True))


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_at_each_point_it_says_what_the_table_says(browser: Browser, tmp_path: Path, scheme: str) -> None:  # noqa: F811
    data = release()
    cells = cells_of(data)
    with opening(browser, page_of(data, tmp_path), "costs.html", scheme=scheme) as seen:
        for key, row in cheapest(cells):
            series = "rln" if row["with_rln"] else "plain"
            ask(seen.page, row["kind"], f"{row['users']:,}")
            assert seen.page.locator(f"#own-{series}-place").inner_text() == place_name(cells, key)
            for total in TOTALS:
                assert shown(seen.page, series, total) == written(cells, key, total), key


def test_numbers_are_written_as_the_page_writes_them(browser: Browser, tmp_path: Path) -> None:  # noqa: F811
    drawn = random.Random(1)
    data = with_costs(
        [*TIES, *(10 ** drawn.uniform(-4, 8) for _ in range(150)), *(10.0**power for power in range(-3, 8))]
    )
    cells = cells_of(data)
    with opening(browser, page_of(data, tmp_path), "costs.html") as seen:
        for key, row in cheapest(cells):
            ask(seen.page, "community", row["users"])
            assert shown(seen.page, "plain", "infrastructure") == written(cells, key, "infrastructure"), row


@pytest.mark.parametrize("users", [1001, 3162, 10_001, 25_000, 47_123, 99_999])
def test_between_points_it_interpolates_as_the_model_does(browser: Browser, tmp_path: Path, users: int) -> None:  # noqa: F811
    data = release()
    cells = cells_of(data)
    low, high = (1000, 10_000) if users < 10_000 else (10_000, 100_000)
    found: list[tuple[float, ...]] = []
    for place in ("cloud", "north"):
        ends = [
            key
            for end in (low, high)
            for key in cells.keys(POINTS, kind="community", with_rln=False, provider=place, users=end)
        ]
        if len(ends) == 2:
            one, other = (
                tuple(cells.value(POINTS, key, f"infrastructure_p{p}_usd_per_month") for p in (5, 50, 95))
                for key in ends
            )
            found.append(between(users, (low, one), (high, other)))  # type: ignore[arg-type]
    p5, p50, p95 = min(found, key=lambda spread: spread[1])
    with opening(browser, page_of(data, tmp_path), "costs.html") as seen:
        ask(seen.page, "community", users)
        middle, ends_, per_user, _ = shown(seen.page, "plain", "infrastructure")
        assert (middle, ends_) == (f"≈ {usd(p50)}", f"≈ {usd(p5)} to ≈ {usd(p95)}")
        assert per_user == f"≈ {usd(p50 / users)}"


def test_the_first_result_is_bound_to_cells_and_the_script_says_the_same(
    browser: Browser,  # noqa: F811
    published: Any,
) -> None:
    with opening(browser, published.latest, "costs.html") as seen:
        own = seen.page.locator("#own")
        assert own.locator("table.bill a.why data[data-cell^='cost_response/']").count() > 20
        before = own.inner_text()
        seen.page.fill("#own-users", "10 000")
        seen.page.locator("#own-said a").first.wait_for(state="detached")
        kinds = own.locator("input[name=kind]").count()
        assert own.locator("data[data-cell^='cost_response/']").count() == kinds
        assert " ".join(own.inner_text().split()) == " ".join(before.split())
        seen.page.fill("#own-users", "30,000")
        assert seen.page.locator("#own-plain-between").inner_text() == "interpolated between 20,000 and 50,000 users"
        seen.page.locator("#own-plain-infrastructure .month a").click()
        assert seen.page.locator("#own-points").get_attribute("open") is not None


def test_a_number_out_of_range_is_answered_with_the_range(browser: Browser, tmp_path: Path) -> None:  # noqa: F811
    with opening(browser, page_of(release(), tmp_path), "costs.html") as seen:
        problem, field = seen.page.locator("#own-problem"), seen.page.locator("#own-users")
        ask(seen.page, "community", 47_000)
        last = shown(seen.page, "plain", "infrastructure")
        for wrong in ("999", "100001", "", "12.5", "-5000", "many", "1e4"):
            field.fill(wrong)
            assert problem.inner_text() == "Type a whole number of users from 1,000 to 100,000."
            assert field.get_attribute("aria-invalid") == "true"
            assert shown(seen.page, "plain", "infrastructure") == last
        for right in ("1000", "100,000", " 20 000 ", "20_000", "20’000"):
            field.fill(right)
            assert problem.inner_text() == ""
            assert field.get_attribute("aria-invalid") == "false"


def test_more_users_than_memberships_are_said(browser: Browser, tmp_path: Path) -> None:  # noqa: F811
    with opening(browser, page_of(release(), tmp_path), "costs.html") as seen:
        obstacle = seen.page.locator("#own-rln-obstacle")
        ask(seen.page, "community", 40_000)
        assert not obstacle.is_visible()
        ask(seen.page, "community", 50_000)
        assert obstacle.inner_text() == (
            "Perhaps too many users: a source states a limit of 800,000 messages an epoch for the whole network, where "
            "we use 1,000,000."
        )
        ask(seen.page, "community", 50_001)
        assert obstacle.inner_text() == "Too many users: 50,001 memberships needed, the network allows 50,000."
        ask(seen.page, "status_1to1", 50_001)
        assert seen.page.locator("#own-rln-infrastructure .month .middle").inner_text() == "not known"


def test_the_keyboard_and_a_screen_reader_use_it(browser: Browser, published: Any) -> None:  # noqa: F811
    with opening(browser, published.latest, "costs.html") as seen:
        page, said = seen.page, seen.page.get_by_role("status")
        page.get_by_role("radio", name="Community").focus()
        page.keyboard.press("ArrowDown")
        assert page.get_by_role("radio", name="Status 1:1 chats").is_checked()
        page.keyboard.press("Tab")
        field = page.get_by_role("textbox", name="Active users")
        assert field.evaluate("field => field === document.activeElement")
        assert field.evaluate("field => field.getAttribute('aria-describedby')") == "own-range own-problem"
        page.keyboard.press("ControlOrMeta+a")
        page.keyboard.type("250000")
        page.keyboard.press("Enter")
        page.locator("#own-said", has_text="250,000").wait_for()
        assert said.inner_text().startswith("Status 1:1 chats with 250,000 active users, a month: without RLN ≈ USD ")
        assert page.url.endswith("costs.html")
        page.get_by_role("link", name="the points below").press("Enter")
        page.locator("#own-points tbody tr").first.wait_for()
        page.locator("#own-plain-why").press("Enter")
        page.locator("#panel h2").wait_for()
        assert "without RLN" in page.locator("#panel h2").inner_text()
        assert "Status 1:1 chats" in page.locator("#panel h2").inner_text()


def test_it_prints_its_last_result_without_its_fields(browser: Browser, published: Any) -> None:  # noqa: F811
    with opening(browser, published.latest, "costs.html") as seen:
        seen.page.fill("#own-users", "33,000")
        seen.page.locator("#own-said", has_text="33,000").wait_for()
        seen.page.emulate_media(media="print")
        assert not seen.page.locator("#own-form").is_visible()
        assert seen.page.locator("#own-said").is_visible()
        assert seen.page.locator("#own-plain-infrastructure").is_visible()


def test_without_scripts_there_is_a_sentence_in_its_place(browser: Browser, published: Any) -> None:  # noqa: F811
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto((published.latest / "costs.html").as_uri())
    assert not page.locator("#own").is_visible()
    link = page.get_by_role("link", name="cost_response.csv")
    assert link.is_visible()
    assert (published.latest / str(link.get_attribute("href"))).exists()
    context.close()


def test_all_of_its_points_can_be_sorted(browser: Browser, tmp_path: Path) -> None:  # noqa: F811
    with opening(browser, page_of(release(), tmp_path), "costs.html") as seen:
        unfold(seen.page)
        seen.page.keyboard.press("Escape")
        table = seen.page.locator("#own-points table").first
        table.get_by_role("button", name="Active users").press("Enter")
        users = table.locator("tbody td:nth-child(3)").all_inner_texts()
        numbers = [int(text.replace(",", "")) for text in users]
        assert len(numbers) > 8
        assert numbers == sorted(numbers)
