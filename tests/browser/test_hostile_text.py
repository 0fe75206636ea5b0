"""Hostile text in a real browser: nothing of it runs or asks for anything, and no long word widens a page."""

from __future__ import annotations

from pathlib import Path

from playwright.sync_api import Browser

from assets.reports.page.site import render_pages
from tests.browser.test_pages import Watched, browser, unfold  # noqa: F401 - the fixture
from tests.unit.hostile_strings import SCRIPTS, hostile_release
from tests.unit.release_fixture import release


def test_nothing_that_somebody_typed_runs_or_widens_a_page(browser: Browser, tmp_path: Path) -> None:  # noqa: F811
    usual, text = render_pages(release()), ""
    for path, html in render_pages(hostile_release()).items():
        file = tmp_path / path
        file.parent.mkdir(exist_ok=True)
        file.write_text(html, encoding="utf-8")
        seen = Watched(browser, tmp_path.as_uri())
        dialogs: list[str] = []
        seen.page.on("dialog", lambda dialog, told=dialogs: (told.append(dialog.message), dialog.dismiss()))
        seen.page.goto(file.as_uri())
        unfold(seen.page)
        seen.page.set_viewport_size({"width": 390, "height": 800})
        assert seen.page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), path
        assert (seen.messages, seen.elsewhere, dialogs) == ([], [], [])
        assert seen.page.locator("script:not([type])").count() == usual[path].count("<script>")
        assert seen.page.locator("form").count() == usual[path].count("<form")
        assert seen.page.locator(":is(img, iframe, object, embed, [onerror], [onload])").count() == 0
        text += " ".join(seen.page.locator("body").text_content().split())
        seen.page.close()
    assert [said for said in SCRIPTS if " ".join(said.split()) not in text] == []
