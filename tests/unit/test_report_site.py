"""The site: no number without a cell, nothing breaks out, nothing is requested, and made-up data is never quiet."""

from __future__ import annotations

import base64
import re
from datetime import date
from functools import cache
from hashlib import sha256
from pathlib import Path

import pandas as pd
import pytest
from jinja2 import Environment, nodes

from assets.evidence.model import Grade
from assets.readiness.model import Milestone
from assets.reports.model import DOCUMENTS
from assets.reports.page.archive_section import archive_section
from assets.reports.page.cells import Cells
from assets.reports.page.cost_section import cost_section
from assets.reports.page.menu import PAGES
from assets.reports.page.packed import pack, unpack
from assets.reports.page.site import DATA_FILES, TEMPLATES, ReleaseData, manifest_frame, render_pages
from tests.unit.page import ROW, Element, Page, Site, shown_value
from tests.unit.readiness_world import MILESTONE, REQUIREMENTS, progress, requirement, world
from tests.unit.release_fixture import HOSTILE, OPEN, SERVER, release


@cache
def site() -> Site:
    return pages_of(release())


def pages_of(data: ReleaseData) -> Site:
    return Site(render_pages(data))


def cell_texts(address: str) -> list[str]:
    """What is written in a cell wherever a page shows it; tooltips have more words."""
    return ["".join(e.text) for e in site().cells() if e.attributes["data-cell"] == address and e.tag != "title"]


def table(of: Site, name: str) -> str:
    """The text of the first table of a class."""
    return next(e.words for e in of.elements if e.tag == "table" and e.attributes.get("class") == name)


def all_cells(data: ReleaseData) -> Cells:
    return Cells({**data.frames, "manifest": manifest_frame(data.manifest)})


@pytest.mark.parametrize("template", sorted(TEMPLATES.glob("*.j2")), ids=lambda path: path.name)
def test_no_digit_is_typed_into_a_template(template: Path) -> None:
    text = template.read_text(encoding="utf-8")
    text = re.sub(r"\{#.*?#\}|\{%.*?%\}|\{\{.*?\}\}", "", text, flags=re.DOTALL)
    text = re.sub(r"<style>.*?</style>", "", text, flags=re.DOTALL)
    spoken = " ".join(re.findall(r'(?:aria-label|title|alt)="([^"]*)"', text))
    text = re.sub(r"<[^>]*>", "", text)
    assert re.findall(r".*\d.*", text + spoken) == []


@pytest.mark.parametrize("template", sorted(TEMPLATES.glob("*.j2")), ids=lambda path: path.name)
def test_no_number_is_printed_by_an_expression_of_a_template(template: Path) -> None:
    """`{{ 42 }}` and `{{ "42" if many else 7 }}` are digits typed into a template too."""
    printed = Environment(autoescape=True).parse(template.read_text(encoding="utf-8")).find_all(nodes.Output)
    assert [value for output in printed for node in output.nodes for value in literals(node)] == []


def literals(node: nodes.Expr) -> list[object]:
    """The numbers, and texts with a digit, that an expression may print as they are."""
    if isinstance(node, nodes.Const):
        return [node.value] if re.search(r"\d", str(node.value)) else []
    if isinstance(node, nodes.CondExpr):
        return literals(node.expr1) + (literals(node.expr2) if node.expr2 else [])
    return []


@pytest.mark.parametrize("script", sorted(TEMPLATES.glob("*.js")), ids=lambda path: path.name)
def test_no_digit_is_typed_into_what_a_script_shows(script: Path) -> None:
    strings = re.findall(r'"([^"]*)"|`([^`]*)`', re.sub(r"\$\{[^}]*\}", "", script.read_text(encoding="utf-8")))
    not_shown = ("h2", "en-GB")
    assert [text for pair in strings for text in pair if re.search(r"\d", text) and text not in not_shown] == []


def digits_outside_of_cells(shown: Site) -> list[str]:
    return [
        text.strip()
        for text, around in shown.texts
        if re.search(r"\d", text) and not any(is_from_a_table(element) for element in around)
    ]


def test_every_digit_that_is_read_is_in_a_cell() -> None:
    assert digits_outside_of_cells(site()) == []


def is_from_a_table(element: Element) -> bool:
    """Cells, and rows of evidence named with their value, which the next test compares."""
    return (
        element.leads_to.startswith(ROW)
        or "data-cell" in element.attributes
        or element.attributes.get("class") == "lines"
        or element.tag in ("style", "script")
    )


def test_a_row_that_is_named_has_the_value_that_is_said_of_it() -> None:
    rows = release().frames["evidence_index"].set_index("evidence_id")
    named = [e for e in site().elements if e.attributes.get("class") == "row"]
    said = {"".join(e.text).strip() for e in named if ": " in "".join(e.text)}
    expected = {f"{name.partition('/')[2]}: {row.value} {row.unit}" for name, row in rows.iterrows() if row.value}
    assert len(said) > 10
    assert said <= expected
    lines = {"".join(e.text).strip() for e in site().elements if e.attributes.get("class") == "lines"}
    measured = rows.loc["benchmarks__measurements/run_a_1"]
    assert lines == {f"total bytes per message, {measured.file}, line {measured.line}: {measured.value} things"}


def test_every_cell_says_what_its_table_holds() -> None:
    cells = all_cells(release())
    seen = 0
    for element in site().cells():
        table, _, rest = element.attributes["data-cell"].partition("/")
        key, _, column = rest.rpartition("/")
        expected, shown = cells.value(table, key, column), shown_value(element)
        if expected is None:
            assert shown in ("", "not known")
            assert "".join(element.text) == "not known"
        elif isinstance(expected, int | float) and not isinstance(expected, bool):
            assert float(shown) == expected
        elif isinstance(expected, list):
            assert shown == ", ".join(expected)
        else:
            assert shown == (expected.isoformat() if hasattr(expected, "isoformat") else str(expected))
        seen += 1
    assert seen > 300


def test_what_the_release_does_not_have_cannot_be_shown() -> None:
    with pytest.raises(KeyError, match="the report asks for gates/interviews/score, which the release does not have"):
        all_cells(release()).cell("gates", "interviews", "score")
    with pytest.raises(KeyError, match="gates/stars"):
        all_cells(release()).cell("gates", "stars", "value")


def test_every_link_within_the_site_leads_somewhere() -> None:
    files = {
        *DATA_FILES,
        *DOCUMENTS,
        *(f"data/{name}.{kind}" for name in release().frames for kind in ("csv", "parquet")),
    }
    for page in site().pages.values():
        ids = [element.attributes["id"] for element in page.elements if "id" in element.attributes]
        assert len(ids) == len(set(ids)), page.path
    assert [address for address in leading_nowhere(site()) if address not in {*files, "briefs"}] == []


def leading_nowhere(shown: Site) -> list[str]:
    """Links within a site whose page, place or row is not there."""
    rows = {ROW + name for name in shown.rows}
    return [
        e.leads_to
        for e in shown.elements
        if e.leads_to and e.leads_to not in shown.pages and e.leads_to not in rows and shown.target(e) is None
    ]


def test_every_number_links_to_what_it_rests_on() -> None:
    for _, around in site().texts:
        if not around or "n" not in around[-1].attributes.get("class", "").split() or around[-1].tag != "data":
            continue
        table = around[-1].attributes["data-cell"].partition("/")[0]
        # The release itself is the end of the chain; a summary is a button, so its number is linked elsewhere. An input
        # stands where it is said what it is based on.
        classes = [element.attributes.get("class") for element in around]
        is_told = "why" in classes or "sources" in classes or "packed" in classes
        assert is_told or table == "manifest" or "summary" in [element.tag for element in around]


def test_all_evidence_is_listed_with_all_that_the_index_says_of_it() -> None:
    frames = release().frames
    index = frames["evidence_index"].set_index("evidence_id", drop=False)
    assert list(site().rows) == list(index.index)
    for name, row in site().rows.items():
        expected = index.loc[name]
        for column in ("value", "unit", "condition", "source", "url", "note", "grade", "file", "line"):
            assert row[column] == (None if pd.isna(expected[column]) else expected[column]), (name, column)
        assert row["as_of"] == str(expected["as_of"])
    costs = frames["scenario_cost"]["evidence_ids"]
    assert site().rows[SERVER]["uses"]["scenario_cost"] == sum(SERVER in ids for ids in costs) > 0


def test_past_months_have_a_mark_for_each_gate_and_say_what_changed() -> None:
    addresses = [element.attributes["data-cell"] for element in site().cells()]
    gates = {requirement.gate_id for requirement in REQUIREMENTS}
    for month in ("2026-09-30", "2026-10-31"):
        marked = {a.split("/")[1] for a in addresses if a.startswith(f"gate_history/{month}|") and a.endswith("status")}
        assert marked == {f"{month}|{gate}" for gate in gates}
    assert cell_texts("verdict_history/2026-09-30|fit/month_end")[:2] == ["September 2026", "2026"]
    assert "cannot be judged" in cell_texts("gate_history/2026-09-30|usps/status")
    assert cell_texts("gate_history/2026-10-31|usps/value") == ["1"]


def test_text_of_evidence_stays_text() -> None:
    for html in (*site().html.values(), *site().opened.values()):
        assert HOSTILE not in html
    assert "&lt;script&gt;alert(" in site().opened["quality.html"]
    assert HOSTILE in [row["note"] for row in site().rows.values()]


def test_what_is_packed_is_unpacked_as_it_was() -> None:
    for length in range(5):
        assert unpack(pack(HOSTILE + "ä" * length)) == HOSTILE + "ä" * length
    assert re.fullmatch(r"[#-;=-x]+", pack(HOSTILE * 50))


def test_only_web_addresses_become_links() -> None:
    outward = [e for e in site().elements if e.tag == "a" and re.match(r"[a-z]+:", e.attributes["href"])]
    assert {element.attributes["href"] for element in outward} == {"https://example.org/prices?a=1&b=2"}
    assert all(element.attributes["rel"] == "noreferrer" for element in outward)


@pytest.mark.parametrize("path", [*PAGES, "segments/chat.html"])
def test_a_page_requests_nothing_and_runs_only_what_its_policy_names(path: str) -> None:
    html = site().html[path]
    styles, scripts = (re.findall(f"<{tag}>(.*?)</{tag}>", html, re.DOTALL) for tag in ("style", "script"))
    assert (len(styles), len(scripts)) in {(1, 1), (2, 1), (1, 2), (2, 2)}
    page = site().pages[path]
    policies = [e.attributes["content"] for e in page.elements if "http-equiv" in e.attributes]
    allowed = f"style-src {hashes(styles)}; script-src {hashes(scripts)}; img-src data:"
    assert policies == [f"default-src 'none'; {allowed}; base-uri 'none'; form-action 'none'"]
    assert not {e.tag for e in page.elements} & {"img", "image", "use", "iframe", "object", "embed", "base"}
    assert set(re.findall(r"<script([^>]*)>", html)) <= {
        "",
        *(
            f' type="application/gzip" {name}'
            for name in ('id="packed"', 'id="all-rows"', 'id="own-data"', 'class="folded"')
        ),
    }
    assert [e.attributes["href"] for e in page.elements if e.tag == "link"] == ["data:,"]
    names = {name for element in page.elements for name in element.attributes}
    assert not [name for name in names if name in ("src", "srcset", "style") or name.startswith("on")]
    assert not re.findall(r"@import|url\(|fetch\(|XMLHttpRequest|WebSocket|import\(|eval\(", html)


def hashes(texts: list[str]) -> str:
    return " ".join(f"'sha256-{base64.b64encode(sha256(text.encode()).digest()).decode()}'" for text in texts)


def test_the_answer_comes_first() -> None:
    assert list(site().pages)[: len(PAGES)] == [
        "index.html",
        "gates.html",
        "costs.html",
        "archive.html",
        "segments.html",
        "usps.html",
        "interviews.html",
        "mvp.html",
        "history.html",
        "quality.html",
        "sources.html",
        "downloads.html",
        "reading.html",
    ]
    first = site().pages["index.html"]
    assert [e.words for e in first.elements if e.tag in ("h1", "h2")] == [
        "Not ready",
        "What changed",
        "The gates",
        "The next interviews",
    ]
    for page in site().pages.values():
        assert page.elements[0].attributes == {"lang": "en-GB"}
        assert len([e for e in page.elements if e.tag == "h1"]) == 1, page.path


def test_every_page_leads_to_every_page_of_the_menu() -> None:
    for page in site().pages.values():
        (menu,) = [e for e in page.elements if e.tag == "nav"]
        links = [e for e in menu.inside if e.tag == "a"]
        assert [e.leads_to for e in links] == list(PAGES)
        assert [e.leads_to for e in links if "aria-current" in e.attributes] == [page.path] * (page.path in PAGES)


def test_what_is_inferred_from_absence_is_no_zero() -> None:
    # the gate, and on its own page also both of its requirements
    counts = {path: main_of(site(), path).count("none found (inferred from absence)") for path in PAGES}
    assert {path: count for path, count in counts.items() if count} == {"index.html": 1, "gates.html": 3}
    assert set(cell_texts("gates/whitepaper/basis")) == {"inferred from absence"}
    assert cell_texts("gates/whitepaper/value") == []


def test_a_requirement_shows_its_words_its_age_and_what_stands_beside_it() -> None:
    text = site().text
    assert set(cell_texts("requirement_results/interviews_interviews_held/quote")) == {"The words on interviews_held"}
    assert "newest evidence of 30 June 2025; it has been stale since 28 December 2025 (stale after 180 days)" in text
    assert "Not counted: one capacity result of our own benchmark" in text
    assert any(e.leads_to == f"{ROW}benchmarks__runs/run_a" for e in site().pages["gates.html"].elements)


def test_a_deliverable_shows_its_states_oldest_first() -> None:
    text = site().text
    assert re.search(r"25 September 2024: planned\. .{0,90}30 June 2025: not done \(inferred from absence\)", text)


def test_small_counts_are_counts() -> None:
    text = site().text
    assert "2 of about 10 interviews" in text
    assert "1 of 3 to 4 sessions" in text
    assert "15 ± 2 asked for" in text
    assert "not known, 1 asked for" in text
    assert "%" not in text


def test_what_is_not_known_is_never_a_number() -> None:
    assert set(cell_texts("cost_summary/one_to_one|rln/infrastructure_p50_usd_per_month")) == {"not known"}


def test_money_of_an_estimate_is_about() -> None:
    assert set(cell_texts("cost_summary/community|rln/infrastructure_p50_usd_per_month")) == {"≈ USD 56.25"}
    assert set(cell_texts("cost_summary/community|rln/all_in_p50_usd_per_month")) == {"≈ USD 1,350"}


def test_the_cheapest_place_stands_beside_each_cost() -> None:
    text = table(site(), "costs cards")
    assert "without RLN at cloud, all regions" in text
    assert "Next cheapest: another cloud, north, 1.77 times the cost." in text
    assert "simulation error ± ≈ USD 0.01" in text


def test_what_to_rent_is_said_and_how_full_it_is() -> None:
    text = table(site(), "costs cards")
    assert "To have enough in nearly all draws, rent 2 x small (node and database)" in text
    assert "Nearly full: of these, 95 per cent of the" in text
    assert text.count("Nearly full") == 1


def test_every_other_place_has_a_bill_or_says_what_is_missing() -> None:
    bills, _, hosted = table(site(), "places cards").partition("Hosted PostgreSQL, with storage and backups")
    assert "another cloud, region north ≈ USD 99.50 ≈ USD 89.55 to ≈ USD 119 missing: price of a volume" in bills
    assert "another cloud, region north" in hosted
    assert "≈ USD 42.00" in hosted
    assert cell_texts("scenario_cost/community|rln|another_cloud|north|infrastructure/p50_usd_per_month") == []


def test_what_the_model_leaves_out_stands_with_its_published_amount() -> None:
    address = "reality_figures/messenger_people"
    shown = [cell_texts(f"{address}/{column}") for column in ("component", "value", "usd_per_user_month")]
    assert shown == [["people"], ["19 million"], ["USD 0.029"]]


def test_who_pays_a_part_stands_beside_it() -> None:
    assert cell_texts("scenario_cost/community|rln|cloud|all|rln_gas/payer") == ["members"]
    assert cell_texts("scenario_cost/community|rln|cloud|all|compute/payer") == ["whoever runs the fleet"]


def test_sources_of_a_place_are_listed_once_for_both_bills() -> None:
    data = release()
    cost = data.frames["scenario_cost"]
    cost.loc[cost["provider"] == "another_cloud", "p50_usd_per_month"] = 99.5
    cost.loc[cost["provider"] == "another_cloud", "evidence_ids"] = [[OPEN]] * 3
    page = pages_of(data).pages["costs.html"]
    place = "why:scenario_cost/community|{}|another_cloud|north|infrastructure"
    for bill in ("without_rln", "rln"):
        address = f"{place.format(bill).removeprefix('why:')}/p50_usd_per_month"
        links = [e for e in page.elements if e.attributes.get("class") == "why" and address in cells_in(e)]
        assert {link.leads_to for link in links} == {f"costs.html#{place.format('without_rln')}"}
    assert [e.leads_to for e in page.by_id[place.format("without_rln")].inside].count(ROW + OPEN) == 1


def cells_in(element: Element) -> list[str]:
    return [inner.attributes["data-cell"] for inner in element.inside if "data-cell" in inner.attributes]


def test_a_hosted_product_is_a_lower_bound_or_has_no_price_where_public_prices_end() -> None:
    text = table(site(), "alternatives cards sortable")
    assert "chatter chat not known at least ≈ USD 441 besides: storage at least ≈ USD 0.044" in text
    assert "at least 7.80 end-to-end" in text
    assert "talker chat public plans end nothing known" in text


def test_comparisons_and_savings_stand_by_the_users_of_their_scenario() -> None:
    data = release()
    summary, checks, saved = (data.frames[name] for name in ("cost_summary", "cost_reality_checks", "archive_savings"))
    summary.loc[summary["scenario_id"] == "one_to_one", "active_users"] = 100
    both = ["community", "one_to_one"]
    frames = {
        **data.frames,
        "cost_reality_checks": pd.concat([checks] * 2).assign(check_id=both, scenario_id=both),
        "archive_savings": pd.concat([saved[saved["candidate"] == "bytea_payload"]] * 2).assign(scenario_id=both),
    }
    cells = all_cells(ReleaseData(frames, data.manifest))
    assert cost_section(cells).checks == ["one_to_one", "community"]
    assert archive_section(cells).savings == ("bytea_payload|one_to_one", "bytea_payload|community")


def test_a_driver_says_how_far_it_was_searched() -> None:
    text = table(site(), "drivers cards")
    assert "7.5 msg/h: other, all regions 9 msg/h: budget" in text
    assert "none between 0.5 and 40 msg/h at no value" in text


def test_what_cannot_run_as_specified_is_said() -> None:
    (row,) = [e for e in site().elements if e.tag == "p" and "Cannot run as specified" in "".join(e.text)]
    assert row.words == ("Cannot run as specified: 10,000 memberships needed, the network allows 8,000.")


def test_the_archive_section_proposes_with_intervals_and_says_what_it_rests_on() -> None:
    text = main_of(site(), "archive.html")
    assert "We propose Payload as bytes, not as hex text next. It saves 52.1 per cent of the bytes of a message" in text
    assert "That it is near twice is confirmed at this size" in text
    assert "Of the archive of “A community” it saves ≈ USD 3.57 a month" in text
    assert "were compared in 1 figures of throughput and latency; a difference was reported in 0 of them." in text
    assert "the newest release, does not keep the limit p95 below 400 ms for requests: " in text
    assert "The lowest rate tried was 24 a second, at which the limit was not kept." in text
    assert "not known" in text
    assert cell_texts("archive_savings/bytea_payload|community/saved_usd_per_month")[0].startswith("≈ USD ")
    # Single measurements are thousands; their run stands for them.
    assert not [e for e in site().elements if e.leads_to.startswith(f"{ROW}benchmarks__measurements/")]


def main_of(shown: Site, path: str) -> str:
    """The text of the content of a page."""
    return shown.pages[path].by_id["content"].words


def test_the_proposal_tells_a_measured_loss_from_one_that_is_not_ruled_out_and_says_what_it_passes_over() -> None:
    data = release()
    frame = data.frames["archive_recommendation"].set_index("candidate", drop=False)
    frame.at["bytea_payload", "worst_workload"] = "by_hashes"
    frame.loc["bytea_payload", ["worst_ratio_low", "worst_ratio", "worst_ratio_high"]] = (0.69, 0.82, 0.97)
    frame.at["bytea_payload", "measured_losses"] = ["by_hashes"]
    frame.at["bytea_payload", "not_ruled_out"] = ["first_page_20", "insert"]
    frame.at["lz4_compression", "saved_share"] = 0.6
    frame.at["lz4_compression", "worst_workload"] = "presence_100"
    frame.loc["lz4_compression", ["worst_ratio_low", "worst_ratio", "worst_ratio_high"]] = (0.64, 0.7, 0.75)
    frame.at["lz4_compression", "losses"] = ["presence_100"]
    data = ReleaseData({**data.frames, "archive_recommendation": frame.reset_index(drop=True)}, data.manifest)
    (section,) = [e for e in pages_of(data).elements if e.attributes.get("class") == "proposal"]
    text = section.words
    assert (
        "At worst, on “by hashes”, it carries 0.82 times what the newest release does (0.69 to 0.97). It was "
        "slower on “by hashes”; whether it falls below the 0.95 times that we tolerate is open. That it is too slow on "
        "“first page 20” and “insert” is not ruled out. More rounds would tell."
    ) in text
    assert (
        "would save more, 60 per cent, and is not proposed: it is slower than we tolerate on “presence 100”. "
        "At worst, on “presence 100”, it carries 0.70 times what the newest release does (0.64 to 0.75)."
    ) in text


def test_without_a_run_of_our_own_nothing_is_proposed_and_what_was_published_stays() -> None:
    text = main_of(pages_of(release(has_run=False)), "archive.html")
    assert "No benchmark run of our own is on record, so nothing is proposed." in text
    assert "We propose" not in text
    assert "jmeter" in text


def test_pages_with_illustrative_data_say_so_first() -> None:
    assert "illustrative data" not in "".join(site().opened.values())
    made_up = progress("codesign_sessions", "sessions_held_cumulative", 4, grade=Grade.ILLUSTRATIVE)
    shown = pages_of(release(world(progress=[made_up]), is_illustrative=True))
    for html in shown.html.values():
        assert html.index("This release holds illustrative data.") < html.index("<h1")
    gate = [shown_value(e) for e in shown.cells() if e.attributes["data-cell"] == "gates/codesign/status"]
    assert set(gate) == {"unknown"}
    assert shown.rows["roadmap__milestone_progress/made_up"]["grade"] == "illustrative"


def test_a_ready_release_and_an_empty_one_have_pages() -> None:
    ready = world(requirements=[row for row in world().requirements if row.metric == "register_entries"])
    assert "Every gate passes." in pages_of(release(ready)).text
    nothing = pages_of(release(world(requirements=[])))
    assert "Not known" in [e.words for e in nothing.elements if e.tag == "h1"]


@cache
def two_milestones() -> Site:
    """The pages of a release with a second milestone, whose text is hostile."""
    other = Milestone("paper", f"Paper {HOSTILE}", f"Is the paper ready? {HOSTILE}", is_default=False)
    asked = [
        requirement(
            "paper_written", "whitepaper", "whitepapers", 1, milestone_id="paper", gate_title=f"Text {HOSTILE}"
        ),
        requirement("paper_costs", "cost_self_host", "cells_estimated", 8, milestone_id="paper"),
    ]
    inputs = world(milestones=[MILESTONE, other], requirements=[*REQUIREMENTS, *asked])
    return pages_of(release(inputs))


def shown_in(page: Page, table: str) -> set[str]:
    """The keys of the rows of a table that a page shows."""
    addresses = [element.attributes["data-cell"] for element in page.cells()]
    return {address.split("/")[1] for address in addresses if address.startswith(f"{table}/")}


def test_each_milestone_has_a_page_with_its_own_gates() -> None:
    pages = two_milestones().pages
    first, second = pages["index.html"], pages["milestones/paper.html"]
    assert shown_in(second, "gates") == {"paper_written", "paper_costs"}
    assert shown_in(first, "gates") == {requirement.gate_id for requirement in REQUIREMENTS}
    assert [e.words for e in second.elements if e.tag in ("h1", "h2")] == [
        "Not ready",
        "The gates",
        f"Text {HOSTILE}",
        "paper_costs",
        "How sure this is",
        "The answer month by month",
    ]


def test_pages_of_milestones_lead_to_each_other() -> None:
    pages = two_milestones().pages
    assert "milestones/paper.html" in {e.leads_to for e in pages["index.html"].elements}
    assert "index.html" in {e.leads_to for e in pages["milestones/paper.html"].elements if e.words != "waku-fit"}
    nowhere = [to for to in leading_nowhere(two_milestones()) if not to.startswith("data/")]
    assert [to for to in nowhere if to not in {*DATA_FILES, *DOCUMENTS, "briefs"}] == []


def test_a_page_of_a_milestone_types_no_digit_and_lets_nothing_break_out() -> None:
    hostile = world(milestones=[MILESTONE, Milestone("m", HOSTILE, HOSTILE, is_default=False)])
    for html in pages_of(release(hostile)).opened.values():
        assert HOSTILE not in html
    assert [text for text in digits_outside_of_cells(two_milestones()) if "– waku-fit" not in text] == []


def test_same_release_same_pages() -> None:
    assert render_pages(release()) == render_pages(release())


def test_the_cut_off_date_is_shown() -> None:
    html = render_pages(release(as_of=date(2025, 6, 30)))["index.html"]
    assert "Evidence up to" in html
    assert ">30 June 2025</data>" in html


@pytest.mark.parametrize(
    ("packs", "as_of", "text"),
    [
        (("public",), None, []),
        (
            ("public", "walkpack"),
            None,
            ["With the evidence of the packs public and walkpack. It is not the usual verdict."],
        ),
        (
            ("public",),
            date(2024, 12, 31),
            ["With the evidence of the pack public, as of 31 December 2024. It is not the usual verdict."],
        ),
    ],
)
def test_other_packs_and_an_earlier_day_are_said_on_top(
    packs: tuple[str, ...], as_of: date | None, text: list[str]
) -> None:
    shown = pages_of(release(packs=packs, as_of=as_of)).pages["index.html"]
    assert ["".join(e.text) for e in shown.elements if e.attributes.get("class") == "scope"] == text


def test_a_check_that_warns_is_named() -> None:
    warned = ("marts/segment_capture: all_six_parts_are_captured",)
    text = main_of(pages_of(release(checks_warned=1, warnings=warned)), "quality.html")
    assert (
        "1 warned, 0 failed. These checks found something: “marts/segment capture: all six parts are captured”" in text
    )


def test_a_budget_is_shown_where_somebody_set_one() -> None:
    assert re.findall(r"(Within|Over|Not comparable with) the budget of", main_of(site(), "costs.html")) == [
        "Within",
        "Over",
    ]


def test_the_age_of_prices_is_shown() -> None:
    assert cell_texts("price_dates/pricing__compute_offers|cloud/as_of") == ["20 November 2026"]
    assert cell_texts("price_dates/pricing__compute_offers|cloud/origin") == ["live"]


def test_how_a_price_changed_is_shown() -> None:
    address = "compute_offer_history/small_2026_09"
    shown = {name: cell_texts(f"{address}/{name}")[0] for name in ("valid_from", "cost_usd_per_month", "change_share")}
    assert shown == {"valid_from": "29 September 2026", "cost_usd_per_month": "USD 10.00", "change_share": "+25"}


def test_each_chart_has_its_data_beside_it_and_says_its_figures_to_whoever_points_at_it() -> None:
    charts = {
        "costs.html": ("cost_summary", "scenario_cost", "cost_sensitivity"),
        "archive.html": (
            "archive_stage_gains",
            "archive_bytes_per_message",
            "archive_benchmarks",
            "archive_scalability",
        ),
        "usps.html": ("validation_matrix",),
        "mvp.html": ("mvp_gaps", "roadmap_deliverables"),
        "history.html": ("verdict_history", "gate_history"),
        "index.html": ("gates",),
    }
    for path, tables in charts.items():
        page = site().pages[path]
        beside = {e.leads_to for e in page.elements if e.tag == "a"} & {f"data/{name}.csv" for name in tables}
        assert beside == {f"data/{name}.csv" for name in tables}, path
    told = [
        "".join(e.text) for e in site().pages["costs.html"].elements if e.tag == "title" and "value" in e.attributes
    ]
    assert "Servers: ≈ USD 31.50" in told
    assert "low end: ≈ USD 88.42" in told
    assert "with this input at its high end: ≈ USD 70.00" in told
    assert any(text.startswith("ratio ") for text in (e.words for e in site().elements if e.tag == "title"))
