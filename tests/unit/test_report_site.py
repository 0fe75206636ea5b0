"""The page: no number without a cell, nothing breaks out, nothing is requested, and made-up data is never quiet."""

from __future__ import annotations

import posixpath
import re
from datetime import date
from functools import cache
from pathlib import Path
from urllib.parse import unquote

import pandas as pd
import pytest
from jinja2 import Environment, nodes

from assets.evidence.model import Grade
from assets.readiness.model import Milestone
from assets.reports.page.archive_section import archive_section
from assets.reports.page.cells import Cells
from assets.reports.page.cost_section import cost_section
from assets.reports.page.site import TEMPLATES, ReleaseData, manifest_frame, render_pages, render_report
from tests.unit.page import Element, Page, shown_value
from tests.unit.readiness_world import MILESTONE, REQUIREMENTS, progress, requirement, world
from tests.unit.release_fixture import HOSTILE, OPEN, release


@cache
def page() -> Page:
    return Page(render_report(release()))


def attributes(name: str) -> list[str]:
    return [element.attributes[name] for element in page().elements if name in element.attributes]


def cell_texts(address: str) -> list[str]:
    return ["".join(e.text) for e in page().cells() if e.attributes["data-cell"] == address]


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


def test_every_digit_that_is_read_is_in_a_cell() -> None:
    outside = [
        text.strip()
        for text, around in page().texts
        if re.search(r"\d", text) and not any(is_from_a_table(element) for element in around)
    ]
    assert outside == []


def is_from_a_table(element: Element) -> bool:
    """Cells, and rows of evidence named with their value, which the next test compares."""
    names_a_row = element.attributes.get("href", "").startswith("#e:")
    return (
        names_a_row
        or "data-cell" in element.attributes
        or element.attributes.get("class") == "lines"
        or (element.tag == "style")
    )


def test_a_row_that_is_named_has_the_value_that_is_said_of_it() -> None:
    rows = release().frames["evidence_index"].set_index("evidence_id")
    named = [
        e for e in page().elements if e.attributes.get("href", "").startswith("#e:") and "class" not in e.attributes
    ]
    said = {"".join(e.text).strip() for e in named if ": " in "".join(e.text)}
    expected = {f"{name.partition('/')[2]}: {row.value} {row.unit}" for name, row in rows.iterrows() if row.value}
    assert len(said) > 10
    assert said <= expected
    lines = {"".join(e.text).strip() for e in page().elements if e.attributes.get("class") == "lines"}
    measured = rows.loc["benchmarks__measurements/run_a_1"]
    assert lines == {f"total bytes per message, {measured.file}, line {measured.line}: {measured.value} things"}


def test_every_cell_says_what_its_table_holds() -> None:
    cells = all_cells(release())
    seen = 0
    for element in page().cells():
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


def test_every_link_within_the_page_leads_somewhere() -> None:
    ids = attributes("id")
    assert len(ids) == len(set(ids))
    assert {unquote(href[1:]) for href in attributes("href") if href.startswith("#")} <= set(ids)


def test_every_number_links_to_what_it_rests_on() -> None:
    for _, around in page().texts:
        if not around or "n" not in around[-1].attributes.get("class", "").split() or around[-1].tag != "data":
            continue
        table = around[-1].attributes["data-cell"].partition("/")[0]
        # The release itself is the end of the chain; a summary is a button, so its number is linked elsewhere. An input
        # stands where it is said what it is based on.
        classes = [element.attributes.get("class") for element in around]
        is_told = "why" in classes or "sources" in classes
        assert is_told or table == "manifest" or "summary" in [element.tag for element in around]


def test_all_evidence_under_the_page_is_listed_with_file_and_line() -> None:
    frames = release().frames
    under = {
        evidence_id
        for table in ("gates", "requirement_results", "verdict", "cost_summary", "scenario_cost")
        for evidence_ids in frames[table]["evidence_ids"]
        for evidence_id in evidence_ids
    }
    assert under <= {name.removeprefix("e:") for name in attributes("id") if name.startswith("e:")}
    for evidence_id in under:
        assert cell_texts(f"evidence_index/{evidence_id}/file") == [
            f"evidence/public/{evidence_id.partition('/')[0]}.csv"
        ]
        assert len(cell_texts(f"evidence_index/{evidence_id}/line")) == 1


def test_text_of_evidence_stays_text() -> None:
    html = render_report(release())
    assert HOSTILE not in html
    assert "<script" not in html
    assert "&lt;script&gt;alert(" in html
    shown = ["".join(element.text) for element in page().cells() if element.attributes["data-cell"].endswith("/note")]
    assert HOSTILE in shown


def test_only_web_addresses_become_links() -> None:
    outward = [e for e in page().elements if e.tag == "a" and re.match(r"[a-z]+:", e.attributes["href"])]
    assert {element.attributes["href"] for element in outward} == {"https://example.org/prices?a=1&b=2"}
    assert all(element.attributes["rel"] == "noreferrer" for element in outward)


def test_the_page_requests_nothing_and_runs_nothing() -> None:
    policies = [e.attributes["content"] for e in page().elements if "http-equiv" in e.attributes]
    assert policies == [
        "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'"
    ]
    tags = {element.tag for element in page().elements}
    assert not tags & {"script", "img", "image", "use", "iframe", "object", "embed", "form", "base"}
    assert [e.attributes["href"] for e in page().elements if e.tag == "link"] == ["data:,"]
    names = {name for element in page().elements for name in element.attributes}
    assert not [name for name in names if name in ("src", "srcset", "style") or name.startswith("on")]
    assert not re.findall(r"@import|url\(", render_report(release()))


def test_the_answer_comes_first() -> None:
    titles = [" ".join("".join(e.text).split()) for e in page().elements if e.tag in ("h1", "h2")]
    assert titles == [
        "Not ready",
        "The gates",
        "What would change the answer",
        "What to find out next, and what the MVP would be",
        "What it costs to run it yourself",
        "PostgreSQL archive",
        "What customers say",
        "Where each number comes from",
        "Open questions",
        "The evidence",
        "This release",
    ]
    assert page().elements[0].attributes == {"lang": "en-GB"}


def test_what_is_inferred_from_absence_is_no_zero() -> None:
    text = " ".join("".join(text for text, _ in page().texts).split())
    assert text.count("none found (inferred from absence)") == 3  # the gate, and both of its requirements
    assert set(cell_texts("gates/whitepaper/basis")) == {"inferred from absence"}
    assert cell_texts("gates/whitepaper/value") == []


def test_a_requirement_shows_its_words_its_age_and_what_stands_beside_it() -> None:
    text = " ".join("".join(text for text, _ in page().texts).split())
    assert set(cell_texts("requirement_results/interviews_interviews_held/quote")) == {"The words on interviews_held"}
    assert "newest evidence of 30 June 2025; it has been stale since 28 December 2025 (stale after 180 days)" in text
    assert "Not counted: one capacity result of our own benchmark" in text
    assert any(e.attributes.get("href") == "#e:benchmarks__runs/run_a" for e in page().elements)


def test_a_deliverable_shows_its_states_oldest_first() -> None:
    text = " ".join("".join(text for text, _ in page().texts).split())
    assert re.search(r"25 September 2024: planned\. .{0,90}30 June 2025: not done \(inferred from absence\)", text)


def test_small_counts_are_counts() -> None:
    text = " ".join("".join(text for text, around in page().texts if "style" not in [e.tag for e in around]).split())
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
    (table,) = [e for e in page().elements if e.attributes.get("class") == "costs cards"]
    text = " ".join("".join(table.text).split())
    assert "without RLN at cloud, all regions" in text
    assert "Next cheapest: another cloud, north, 1.77 times the cost." in text
    assert "simulation error ± ≈ USD 0.01" in text


def test_what_to_rent_is_said_and_how_full_it_is() -> None:
    (table,) = [e for e in page().elements if e.attributes.get("class") == "costs cards"]
    text = " ".join("".join(table.text).split())
    assert "To have enough in nearly all draws, rent 2 x small (node and database)" in text
    assert "Nearly full: of these, 95 per cent of the" in text
    assert text.count("Nearly full") == 1


def test_every_other_place_has_a_bill_or_says_what_is_missing() -> None:
    table = next(e for e in page().elements if e.attributes.get("class") == "places cards")
    bills, _, hosted = " ".join("".join(table.text).split()).partition("Hosted PostgreSQL, with storage and backups")
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
    html = render_report(data)
    place = 'id="why:scenario_cost/community|{}|another_cloud|north|infrastructure"'
    row = html.partition(place.format("without_rln"))[2].partition("</td>")[0]
    assert row.count(f'href="#e:{OPEN}"') == 1
    assert "the same without RLN" in row.partition(place.format("rln"))[2]


def test_a_hosted_product_is_a_lower_bound_or_has_no_price_where_public_prices_end() -> None:
    table = next(e for e in page().elements if e.attributes.get("class") == "alternatives cards")
    text = " ".join("".join(table.text).split())
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
    table = next(e for e in page().elements if e.attributes.get("class") == "drivers cards")
    text = " ".join("".join(table.text).split())
    assert "7.5 msg/h: other, all regions 9 msg/h: budget" in text
    assert "none between 0.5 and 40 msg/h at no value" in text


def test_what_cannot_run_as_specified_is_said() -> None:
    (row,) = [e for e in page().elements if e.tag == "p" and "Cannot run as specified" in "".join(e.text)]
    assert " ".join("".join(row.text).split()) == (
        "Cannot run as specified: 10,000 memberships needed, the network allows 8,000."
    )


def test_the_archive_section_proposes_with_intervals_and_says_what_it_rests_on() -> None:
    (section,) = [e for e in page().elements if e.attributes.get("id") == "archive"]
    text = " ".join("".join(section.text).split())
    assert "We propose Payload as bytes, not as hex text next. It saves 52.1 per cent of the bytes of a message" in text
    assert "That it is near twice is confirmed at this size" in text
    assert "Of the archive of “A community” it saves ≈ USD 3.57 a month" in text
    assert "were compared in 1 figures of throughput and latency; a difference was reported in 0 of them." in text
    assert "the newest release, does not keep the limit p95 below 400 ms for requests: " in text
    assert "The lowest rate tried was 24 a second, at which the limit was not kept." in text
    assert "not known" in text
    assert cell_texts("archive_savings/bytea_payload|community/saved_usd_per_month")[0].startswith("≈ USD ")
    # Single measurements are thousands; their run stands for them.
    assert not [name for name in attributes("id") if name.startswith("e:benchmarks__measurements/")]


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
    (section,) = [e for e in Page(render_report(data)).elements if e.attributes.get("class") == "proposal"]
    text = " ".join("".join(section.text).split())
    assert (
        "At worst, on “by hashes”, it carries 0.82 times what the newest release does (0.69 to 0.97). A loss is "
        "measured on “by hashes”; whether it is more than what is tolerated, less than 0.95 times, is open. On “first "
        "page 20” and “insert” a loss is not ruled out. More rounds would tell."
    ) in text
    assert (
        "would save more, 60 per cent, and is not proposed: it loses more than is tolerated on “presence 100”. "
        "At worst, on “presence 100”, it carries 0.70 times what the newest release does (0.64 to 0.75)."
    ) in text


def test_without_a_run_of_our_own_nothing_is_proposed_and_what_was_published_stays() -> None:
    shown = Page(render_report(release(has_run=False)))
    (section,) = [e for e in shown.elements if e.attributes.get("id") == "archive"]
    text = " ".join("".join(section.text).split())
    assert "No benchmark run of our own is on record, so nothing is proposed." in text
    assert "We propose" not in text
    assert "jmeter" in text


def test_a_page_with_illustrative_data_says_so_first() -> None:
    assert "illustrative data" not in render_report(release())
    made_up = progress("codesign_sessions", "sessions_held_cumulative", 4, grade=Grade.ILLUSTRATIVE)
    html = render_report(release(world(progress=[made_up]), is_illustrative=True))
    assert html.index("This release holds illustrative data.") < html.index(
        "Is the MVP ready for its market?</span></p>"
    )
    assert "@bottom-center" in html
    shown = Page(html)
    gate = [shown_value(e) for e in shown.cells() if e.attributes["data-cell"] == "gates/codesign/status"]
    assert set(gate) == {"unknown"}
    assert any(e.attributes.get("id") == "e:roadmap__milestone_progress/made_up" for e in shown.elements)


def test_a_ready_release_and_an_empty_one_have_a_page() -> None:
    ready = world(requirements=[row for row in world().requirements if row.metric == "register_entries"])
    assert "Every gate passes." in render_report(release(ready))
    nothing = Page(render_report(release(world(requirements=[]))))
    assert "Not known" in ["".join(e.text).strip() for e in nothing.elements if e.tag == "h1"]


@cache
def two_milestones() -> dict[str, Page]:
    """The pages of a release with a second milestone, whose text is hostile."""
    other = Milestone("paper", f"Paper {HOSTILE}", f"Is the paper ready? {HOSTILE}", is_default=False)
    asked = [
        requirement(
            "paper_written", "whitepaper", "whitepapers", 1, milestone_id="paper", gate_title=f"Text {HOSTILE}"
        ),
        requirement("paper_costs", "cost_self_host", "cells_estimated", 8, milestone_id="paper"),
    ]
    inputs = world(milestones=[MILESTONE, other], requirements=[*REQUIREMENTS, *asked])
    return {path: Page(html) for path, html in render_pages(release(inputs)).items()}


def shown_in(page: Page, table: str) -> set[str]:
    """The keys of the rows of a table that a page shows."""
    addresses = [element.attributes["data-cell"] for element in page.cells()]
    return {address.split("/")[1] for address in addresses if address.startswith(f"{table}/")}


def test_each_milestone_has_a_page_with_its_own_gates() -> None:
    assert list(two_milestones()) == ["index.html", "milestones/paper.html"]
    first, second = two_milestones().values()
    assert shown_in(second, "gates") == {"paper_written", "paper_costs"}
    assert shown_in(first, "gates") == {requirement.gate_id for requirement in REQUIREMENTS}
    listed = {e.attributes["id"] for e in second.elements if e.attributes.get("id", "").startswith("e:readiness__")}
    assert listed == {
        f"e:readiness__gate_requirements/{name}"
        for name in ("paper_written_whitepapers", "paper_costs_cells_estimated")
    }
    titles = ["".join(element.text).strip() for element in second.elements if element.tag in ("h1", "h2")]
    assert titles == [
        "Not ready",
        "The gates",
        "What would change the answer",
        "Where each number comes from",
        "The evidence",
        "This release",
    ]


def test_pages_of_milestones_lead_to_each_other_and_to_the_files_of_the_release() -> None:
    files = {*two_milestones(), "board.pdf", "readiness.json", "manifest.json", "data/"}
    for path, page in two_milestones().items():
        links = [element.attributes["href"] for element in page.elements if element.tag == "a"]
        places = {element.attributes["id"] for element in page.elements if "id" in element.attributes}
        assert {unquote(link[1:]) for link in links if link.startswith("#")} <= places
        folder = path.rpartition("/")[0]
        inward = {link for link in links if not re.match(r"#|[a-z]+:", link)}
        assert {posixpath.normpath(posixpath.join(folder, link)).rstrip("/") for link in inward} == {
            file.rstrip("/") for file in files - {path}
        }


def test_a_page_of_a_milestone_types_no_digit_and_lets_nothing_break_out() -> None:
    html = render_pages(release(world(milestones=[MILESTONE, Milestone("m", HOSTILE, HOSTILE, is_default=False)])))
    assert HOSTILE not in html["milestones/m.html"]
    page = two_milestones()["milestones/paper.html"]
    outside = [
        text.strip()
        for text, around in page.texts
        if re.search(r"\d", text) and not any(is_from_a_table(element) for element in around)
    ]
    assert [text for text in outside if "waku-fit" not in text] == []
    tags = {element.tag for element in page.elements}
    assert not tags & {"script", "img", "image", "use", "iframe", "object", "embed", "form", "base"}


def test_same_release_same_page() -> None:
    assert render_report(release()) == render_report(release())


def test_the_cut_off_date_is_shown() -> None:
    html = render_report(release(as_of=date(2025, 6, 30)))
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
    shown = Page(render_report(release(packs=packs, as_of=as_of)))
    assert ["".join(e.text) for e in shown.elements if e.attributes.get("class") == "scope"] == text


def test_a_check_that_warns_is_named() -> None:
    warned = ("marts/segment_capture: all_six_parts_are_captured",)
    shown = Page(render_report(release(checks_warned=1, warnings=warned)))
    (footer,) = [e for e in shown.elements if e.tag == "footer"]
    text = " ".join("".join(footer.text).split())
    assert "Checks that warn1: “marts/segment capture: all six parts are captured”" in text


def test_a_budget_is_shown_where_somebody_set_one() -> None:
    assert re.findall(r"<span>(Within|Over|Not comparable with) the budget of", render_report(release())) == [
        "Within",
        "Over",
    ]


def test_the_age_of_prices_is_shown() -> None:
    assert 'data-cell="price_dates/pricing__compute_offers|cloud/as_of">20 November 2026</data>' in render_report(
        release()
    )
    assert 'data-cell="price_dates/pricing__compute_offers|cloud/origin">live</span>' in render_report(release())


def test_how_a_price_changed_is_shown() -> None:
    address = "compute_offer_history/small_2026_09"
    shown = {name: cell_texts(f"{address}/{name}")[0] for name in ("valid_from", "cost_usd_per_month", "change_share")}
    assert shown == {"valid_from": "29 September 2026", "cost_usd_per_month": "USD 10.00", "change_share": "+25"}
