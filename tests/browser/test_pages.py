"""What people see, in a real browser: the pages of the report, and the lineage in the Dagster UI."""

import os
import re
import shutil
import signal
import socket
import subprocess
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, ConsoleMessage, Page, sync_playwright

from assets.reports.page.menu import PAGES
from assets.reports.page.site import render_pages
from tests.integration.chain import Chain
from tests.unit.release_fixture import HOSTILE, release

BROWSERS = ("chromium", "chromium-browser", "google-chrome")
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--no-first-run",
]


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    path = next(filter(None, map(shutil.which, BROWSERS)), None)
    if path is None and "CI" not in os.environ:
        pytest.skip("no Chromium on this machine; CI installs one")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=FLAGS)
        yield browser
        browser.close()


class Watched:
    """A page that remembers every message of the console and every request that leaves for elsewhere than `home`."""

    def __init__(self, browser: Browser, home: str, width: int = 1280, scheme: str = "light") -> None:
        self.page: Page = browser.new_page(viewport={"width": width, "height": 900}, color_scheme=scheme)
        self.errors: list[str] = []
        self.messages: list[str] = []
        self.elsewhere: list[str] = []
        self.page.on("console", self._remember)
        self.page.on("pageerror", lambda error: self.errors.append(str(error)))
        self.page.on("dialog", lambda dialog: self.errors.append(f"a dialog says {dialog.message}"))
        self.page.on(
            "request",
            lambda request: (
                None if request.url.startswith((home, "data:", "blob:")) else self.elsewhere.append(request.url)
            ),
        )

    def _remember(self, message: ConsoleMessage) -> None:
        self.messages.append(message.text)
        if message.type == "error":
            self.errors.append(message.text)

    def open(self, path: Path) -> None:
        self.page.goto(path.as_uri())

    @property
    def focused(self) -> str:
        return str(self.page.evaluate("document.activeElement.textContent")).strip()


def unfold(page: Page) -> None:
    """Open all that is folded, also what is folded within, and what the first number is made of."""
    for _ in range(4):
        page.evaluate("document.querySelectorAll('details').forEach(details => { details.open = true })")
        page.locator("details[open] > script.folded").first.wait_for(state="detached")
    if (number := page.locator("main a.why[href^='#why:']:visible")).count():
        number.first.click()
        page.locator("#panel h2").wait_for()


@contextmanager
def opening(browser: Browser, folder: Path, path: str, **how: Any) -> Iterator[Watched]:
    """A page of a release that said nothing and asked for nothing when its test ends."""
    home = (folder / path).as_uri()
    seen = Watched(browser, home, **how)
    seen.open(folder / path)
    yield seen
    assert (seen.messages, seen.errors, seen.elsewhere) == ([], [], [])
    seen.page.close()


ALL_PAGES = (*PAGES, "segments/gaming.html", "milestones/rln_mainnet.html")
WIDTHS = (390, 768, 860, 1000, 1280)
WCAG = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]}


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("path", ALL_PAGES)
def test_a_page_fits_asks_nobody_and_can_be_used_by_everybody(
    browser: Browser, published: Chain, path: str, scheme: str
) -> None:
    with opening(browser, published.latest, path, scheme=scheme) as seen:
        unfold(seen.page)
        for width in WIDTHS:
            seen.page.set_viewport_size({"width": width, "height": 900})
            assert seen.page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), width
    # a page has no other script than its own: axe comes in where its policy does not hold
    with checked(browser, published.latest / path, scheme) as page:
        found = Axe().run(page, options=WCAG).response["violations"]
    assert [f"{one['id']}: {node['html'][:200]}" for one in found for node in one["nodes"][:3]] == []


@contextmanager
def checked(browser: Browser, path: Path, scheme: str) -> Iterator[Page]:
    """A page with all opened, and one panel, into which a checker may be put."""
    context = browser.new_context(
        viewport={"width": 1280, "height": 900}, color_scheme=scheme, bypass_csp=True, reduced_motion="reduce"
    )
    page = context.new_page()
    page.goto(path.as_uri())
    unfold(page)
    yield page
    context.close()


def test_the_first_page_is_small_and_quick(browser: Browser, published: Chain) -> None:
    with opening(browser, published.latest, "index.html") as seen:
        assert seen.page.locator("h1").inner_text().strip() == "Not ready"
        assert seen.page.evaluate("document.querySelectorAll('*').length") < 1500
        timing = "performance.getEntriesByType('navigation')[0].domInteractive"
        assert seen.page.evaluate(timing) < 500


def test_a_number_leads_in_two_clicks_to_its_row_of_evidence(browser: Browser, published: Chain) -> None:
    """From the verdict over another page, and within a page."""
    for path, link in (("index.html", ".gates a.why"), ("gates.html", ".requirement a.why")):
        seen = Watched(browser, "file:")
        seen.open(published.latest / path)
        seen.page.locator(link).first.click()
        seen.page.locator("#panel a.row").first.click()
        name = unquote(seen.page.url).partition("sources.html#e:")[2]
        row = seen.page.locator("#rows article")
        row.first.wait_for()
        assert row.count() == 1
        assert name.partition("/")[2] in row.locator("h2").inner_text()
        assert (seen.messages, seen.elsewhere) == ([], [])
        seen.page.close()


def test_the_keyboard_reaches_numbers_opens_closes_and_goes_back(browser: Browser, published: Chain) -> None:
    with opening(browser, published.latest, "costs.html") as seen:
        keyboard, panel = seen.page.keyboard, seen.page.locator("#panel")
        keyboard.press("Tab")
        assert seen.focused == "Skip to the content"
        keyboard.press("Enter")
        for _ in range(10):
            keyboard.press("Tab")
            if seen.page.evaluate("document.activeElement.matches('a.why')"):
                break
        number = seen.focused
        assert "USD" in number
        keyboard.press("Enter")
        panel.locator("h2").wait_for()
        assert seen.page.evaluate("document.activeElement.matches('#panel h2')")
        keyboard.press("Escape")
        panel.wait_for(state="hidden")
        assert seen.focused == number
        keyboard.press("Enter")
        panel.locator("h2").wait_for()
        inner = panel.locator("a.why").first
        inner.press("Enter")
        first = seen.page.url
        seen.page.go_back()
        assert seen.page.url != first
        panel.locator("h2").wait_for()
        seen.page.go_back()
        panel.wait_for(state="hidden")


def test_a_click_on_a_heading_sorts_a_table(browser: Browser, published: Chain) -> None:
    with opening(browser, published.latest, "downloads.html") as seen:
        names = seen.page.locator("table.sortable tbody th")
        before = names.all_inner_texts()
        assert before == sorted(before)
        button = seen.page.get_by_role("button", name="Table")
        button.click()
        assert names.all_inner_texts() == before
        button.press("Enter")
        assert names.all_inner_texts() == before[::-1]
        assert seen.page.locator("th[aria-sort='descending']").inner_text().strip().startswith("Table")
    with opening(browser, published.latest, "segments.html") as seen:
        seen.page.get_by_role("button", name="Among those to pursue").click()
        shares = seen.page.locator("table.sortable tbody td:nth-child(4)").all_inner_texts()
        assert len(shares) > 2
        assert [float(share) for share in shares] == sorted(map(float, shares))


def test_what_was_folded_is_sorted_too_and_what_has_no_number_stays_last(browser: Browser, tmp_path: Path) -> None:
    (tmp_path / "costs.html").write_text(render_pages(release())["costs.html"], encoding="utf-8")
    with opening(browser, tmp_path, "costs.html") as seen:
        unfold(seen.page)
        seen.page.keyboard.press("Escape")
        products = seen.page.locator("table.alternatives").first
        button = products.get_by_role("button", name="A month")
        for _ in range(2):
            button.press("Enter")
            bills = products.locator("tbody td:nth-child(2)").all_inner_texts()
            assert "USD" in bills[0]
            assert "public plans end" in bills[-1]


def test_sources_are_found_by_table_grade_date_and_text(browser: Browser, published: Chain) -> None:
    with opening(browser, published.latest, "sources.html") as seen:
        found, rows = seen.page.locator("#found"), seen.page.locator("#rows article")

        def count() -> int:
            return int(found.inner_text().partition(" of ")[0].replace(",", ""))

        rows.first.wait_for()
        everything = count()
        assert rows.count() == 100
        seen.page.get_by_role("button", name="Show more").click()
        assert rows.count() == 200
        seen.page.get_by_role("combobox", name="Table").select_option(label="Deployments whose cost is estimated")
        scenarios = count()
        assert 0 < scenarios < everything
        assert all("Deployments whose cost is estimated" in text for text in rows.locator("h2").all_inner_texts())
        seen.page.get_by_role("combobox", name="Table").select_option("")
        seen.page.get_by_role("combobox", name="Grade").select_option("not_found")
        assert 0 < count() < everything
        assert set(rows.locator(".grade").all_inner_texts()) == {"not found"}
        seen.page.get_by_role("combobox", name="Grade").select_option("")
        seen.page.get_by_label("To", exact=True).fill("2024-12-31")
        early = count()
        assert 0 < early < everything
        seen.page.get_by_label("From", exact=True).fill("2024-12-31")
        assert count() < early
        seen.page.get_by_label("From", exact=True).fill("")
        seen.page.get_by_label("To", exact=True).fill("")
        seen.page.get_by_label("Text", exact=True).fill("whitepaper PAGES")
        assert 0 < count() < everything
        assert all("whitepaper" in text.lower() for text in rows.all_inner_texts())


def test_a_page_prints_on_few_sheets(browser: Browser, published: Chain, tmp_path: Path) -> None:
    for path in ("index.html", "costs.html"):
        with opening(browser, published.latest, path) as seen:
            printed = seen.page.pdf(path=tmp_path / "page.pdf", format="A4")
            assert len(re.findall(rb"/Type /Page\b", printed)) <= 25, path


@pytest.mark.parametrize("path", ["gates.html", "mvp.html", "quality.html", "usps.html", "sources.html"])
def test_hostile_text_runs_nothing(browser: Browser, tmp_path: Path, path: str) -> None:
    for name, html in render_pages(release()).items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(html, encoding="utf-8")
    with opening(browser, tmp_path, path) as seen:
        unfold(seen.page)
        seen.page.locator("footer").wait_for()
        if path == "sources.html":
            seen.page.locator("#rows article").first.wait_for()
            assert HOSTILE in seen.page.locator("#rows").inner_text()
            links = seen.page.eval_on_selector_all("#rows a", "links => links.map(link => link.protocol)")
            assert set(links) <= {"file:", "https:"}
        for number in seen.page.locator("main a.why[href^='#why:']:visible").all()[:40]:
            number.click()
            seen.page.locator("#panel h2").wait_for()
            seen.page.keyboard.press("Escape")


@pytest.fixture(scope="module")
def ui(published: Chain) -> Iterator[str]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    log = (published.root / "ui.log").open("wb")
    process = subprocess.Popen(
        published.command("ui", "--port", str(port), "--read-only"), env=published.environment, stdout=log, stderr=log
    )
    address = f"http://127.0.0.1:{port}"
    deadline = time.monotonic() + 90
    while True:
        try:
            urllib.request.urlopen(f"{address}/server_info", timeout=5).read()
            break
        except OSError:
            assert process.poll() is None, (published.root / "ui.log").read_text()
            assert time.monotonic() < deadline, "the UI did not come up"
    yield address
    process.send_signal(signal.SIGTERM)
    process.wait(timeout=30)


def test_the_lineage_runs_from_evidence_to_the_report(browser: Browser, ui: str) -> None:
    seen = Watched(browser, ui)
    groups = ["evidence", "raw", "staging", "intermediate", "marts", "model", "readiness", "reports"]
    seen.page.goto(f"{ui}/asset-groups")
    for group in groups:
        seen.page.get_by_text(group, exact=True).first.wait_for(timeout=60_000)
    expanded = ",".join(f"global%40global%3A{group}" for group in ("evidence", "reports"))
    seen.page.goto(f"{ui}/asset-groups?expanded={expanded}")
    for asset in ("costs__scenarios", "readiness_report"):
        seen.page.get_by_text(asset, exact=True).first.wait_for(timeout=60_000)
    assert (seen.errors, seen.elsewhere) == ([], [])


def test_history_is_there_after_a_restart(browser: Browser, ui: str) -> None:
    """The run was made by another process, before this UI was started."""
    seen = Watched(browser, ui)
    seen.page.goto(f"{ui}/runs")
    seen.page.get_by_text("readiness_chain", exact=True).first.wait_for(timeout=60_000)
    seen.page.get_by_text("Success", exact=True).first.wait_for(timeout=60_000)
    assert seen.errors == []
