"""What people see, in a real browser: the report, and the lineage in the Dagster UI."""

import os
import shutil
import signal
import socket
import subprocess
import time
import urllib.request
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from tests.integration.chain import Chain

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
    """A page that remembers every console error and every request that leaves for elsewhere than `home`."""

    def __init__(self, browser: Browser, home: str, width: int = 1280) -> None:
        self.page: Page = browser.new_page(viewport={"width": width, "height": 900})
        self.errors: list[str] = []
        self.elsewhere: list[str] = []
        self.page.on("console", lambda message: self.errors.append(message.text) if message.type == "error" else None)
        self.page.on("pageerror", lambda error: self.errors.append(str(error)))
        self.page.on(
            "request",
            lambda request: (
                None if request.url.startswith((home, "data:", "blob:")) else self.elsewhere.append(request.url)
            ),
        )


@pytest.mark.parametrize("width", [1280, 390])
def test_the_report_opens_without_an_error_or_a_request(browser: Browser, published: Chain, width: int) -> None:
    address = (published.latest / "index.html").as_uri()
    seen = Watched(browser, address, width)
    seen.page.goto(address)
    assert seen.page.locator("h1").inner_text().strip() == "Not ready"
    assert seen.page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), "the page scrolls sideways"
    assert (seen.errors, seen.elsewhere) == ([], [])


def test_a_number_leads_to_its_evidence(browser: Browser, published: Chain) -> None:
    seen = Watched(browser, "file:")
    seen.page.goto((published.latest / "index.html").as_uri())
    links = seen.page.eval_on_selector_all("a[href^='#']", "links => links.map(link => decodeURIComponent(link.hash))")
    targets = seen.page.eval_on_selector_all("[id]", "elements => elements.map(element => '#' + element.id)")
    broken = sorted(set(links) - set(targets))
    assert broken == []
    assert seen.page.locator("a[href^='#']").count() > 50


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
