"""The board PDF: no number without a cell, nothing breaks out, six pages, the same bytes for the same release."""

from __future__ import annotations

import ast
import io
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import asdict, replace
from datetime import UTC, datetime
from functools import cache
from typing import Any

import pandas as pd
import pytest
from pypdf import PdfReader

from assets.reports.board import content
from assets.reports.board.content import board_of
from assets.reports.board.typeset import TEMPLATE, board_pdf, typeset_board
from assets.reports.page.cells import Cells
from assets.reports.page.site import ReleaseData
from assets.reports.page.spans import FactorScale, Span, range_spans, share_span
from assets.reports.typesetting import printable
from tests.places import PROJECT
from tests.unit.readiness_world import world
from tests.unit.release_fixture import release, since

MADE = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
SIZES = r"\d+(\.\d+)?(pt|mm|em|fr|deg|%)"
DECLARED = (SIZES, r'"#[0-9a-f]{6}"', r'"a4"', r"level: \d", r"columns - 2\b")
"""Digits that are layout, in the file that holds nothing else."""


@cache
def reader() -> PdfReader:
    return PdfReader(io.BytesIO(board_pdf(release())))


def text_of(pdf: PdfReader) -> str:
    """All text in one line, as words that may have been broken over lines."""
    return " ".join(" ".join(page.extract_text() for page in pdf.pages).replace("\u200b", "").split())


def text(data: ReleaseData) -> str:
    return text_of(PdfReader(io.BytesIO(board_pdf(data))))


def leaves(value: Any) -> Iterator[Any]:
    if isinstance(value, dict | list | tuple):
        for part in value.values() if isinstance(value, dict) else value:
            yield from leaves(part)
    else:
        yield value


def without(data: ReleaseData, *kept: str) -> ReleaseData:
    """A release in which only these tables have rows."""
    frames = {name: frame if name in kept else frame.iloc[:0] for name, frame in data.frames.items()}
    return ReleaseData(frames, data.manifest)


def changed(data: ReleaseData, **columns: object) -> ReleaseData:
    """A release with another text in columns, named `table__column`."""
    frames = dict(data.frames)
    for name, value in columns.items():
        table, _, column = name.partition("__")
        frames[table] = frames[table].assign(**{column: value})
    return ReleaseData(frames, data.manifest)


def test_no_digit_is_typed_into_the_words() -> None:
    assert re.findall(r".*\d.*", TEMPLATE.read_text(encoding="utf-8")) == []


def test_digits_of_the_layout_are_sizes_and_colours() -> None:
    layout = re.sub("|".join(DECLARED), "", TEMPLATE.with_name("style.typ").read_text(encoding="utf-8"))
    assert re.findall(r".*\d.*", layout) == []


@pytest.mark.parametrize("module", ["content", "parts"])
def test_no_digit_is_typed_into_what_is_shown(module: str) -> None:
    tree = ast.parse((TEMPLATE.parents[1] / f"{module}.py").read_text(encoding="utf-8"))
    documented = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    texts = [
        node.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in documented
    ]
    quantiles = {"p5", "p50", "p95"}  # of the names of columns
    assert {said for said in texts if re.search(r"\d", said)} <= quantiles


def test_every_text_with_a_digit_is_a_cell(monkeypatch: pytest.MonkeyPatch) -> None:
    written: set[str] = set()
    write = Cells.text

    def noted(self: Cells, *cell: str) -> str:
        said = write(self, *cell)
        written.update({said, content.shortened(said, content.NAME), content.shortened(said, content.SENTENCE)})
        written.add(content.shortened(said, content.REASON))
        return said

    monkeypatch.setattr(Cells, "text", noted)
    shown = board_of(since(release(world(progress=[])), release()))
    numbers = {leaf for leaf in leaves(asdict(shown)) if isinstance(leaf, str) and re.search(r"\d", leaf)}
    assert len(numbers) > 30
    assert numbers - written == set()


def test_every_number_that_is_read_is_in_the_data() -> None:
    given = " ".join(leaf for leaf in leaves(asdict(board_of(release()))) if isinstance(leaf, str))
    pages = [page.extract_text() for page in reader().pages]
    read = re.sub(rf"page \d of {len(pages)}", "", text_of(reader()))
    numbers = set(re.findall(r"\d[\d.,:]*\d|\d", read))
    assert len(numbers) > 30
    assert {number for number in numbers if number not in given} == set()


def test_it_holds_the_verdict_and_each_gate() -> None:
    said = text_of(reader())
    assert "Is the MVP ready for its market? Not ready Five of seven gates fail" in said
    for gate in ("Define cost (self-host)", "The Waku Whitepaper", "Define potential USPs", "Review Waku MVP"):
        assert gate in said
    assert "2 of about 10 interviews" in said
    assert "1 of 3 to 4 sessions" in said
    assert "none found (inferred from absence); 1 asked for" in said
    assert "not known; 1 asked for" in said


def test_costs_have_both_totals_with_their_intervals_and_what_is_unknown_says_so() -> None:
    said = text_of(reader())
    assert "≈ USD 56.25 ≈ USD 50.62 to ≈ USD 67.50" in said
    assert "≈ USD 1,350 ≈ USD 1,210 to ≈ USD 1,620" in said
    assert "with RLN Not known: missing: a price" in said
    assert "Cannot run: needs 10,000 memberships, 8,000 are allowed." in said


def test_it_says_what_to_find_out_next_with_hours() -> None:
    assert "It takes about 8 hours and takes away 2 per cent of the risk to pursue the wrong segments." in (
        text_of(reader())
    )


def test_it_is_tagged_and_says_what_it_is() -> None:
    catalog = reader().trailer["/Root"]
    assert catalog["/MarkInfo"]["/Marked"]
    assert catalog["/Lang"] == "en-GB"
    assert catalog["/ViewerPreferences"]["/DisplayDocTitle"]
    assert reader().metadata.title == "Is the MVP ready for its market?"
    assert reader().metadata.creation_date == MADE
    assert "<pdfuaid:part>1</pdfuaid:part>" in catalog["/Metadata"].get_data().decode()
    (figure,) = [part for part in structure(catalog["/StructTreeRoot"]) if part.get("/S") == "/Figure"]
    assert figure["/Alt"] == (
        "One bar for each cost case, all equally long. The parts of a bar show which share of the bill is paid for "
        "each of these: Servers, Public addresses, Database, Chain access (RPC), Gas for RLN, Chain access of wallets."
    )


def structure(element: Any) -> Iterator[Any]:
    found = element.get_object()
    if isinstance(found, list):
        for part in found:
            yield from structure(part)
    elif isinstance(found, dict):
        yield found
        if "/K" in found:
            yield from structure(found["/K"])


def test_each_page_names_the_release_and_counts() -> None:
    pages = [page.extract_text() for page in reader().pages]
    for number, page in enumerate(pages, start=1):
        assert "release 20261123T120000Z-1a2b3c4d" in page
        assert f"page {number} of {len(pages)}" in page


def test_the_fonts_are_those_of_the_compiler() -> None:
    fonts = {
        str(font.get_object()["/BaseFont"]).partition("+")[2]
        for page in reader().pages
        for font in page["/Resources"]["/Font"].values()
    }
    assert {name.partition("-")[0] for name in fonts} == {"LibertinusSerif", "DejaVuSansMono"}


def test_the_same_release_gives_the_same_bytes_in_another_process() -> None:
    program = (
        "import sys; from tests.unit.release_fixture import release;"
        "from assets.reports.board.typeset import board_pdf;"
        "assert 'typst' not in sys.modules, 'it is imported before a document is made';"
        "sys.stdout.buffer.write(board_pdf(release()))"
    )
    elsewhere = {**os.environ, "TZ": "Asia/Tokyo", "LC_ALL": "C", "PYTHONHASHSEED": "7", "SOURCE_DATE_EPOCH": "1"}
    done = subprocess.run([sys.executable, "-c", program], cwd=PROJECT, env=elsewhere, capture_output=True, check=True)
    assert done.stdout == board_pdf(release()) == board_pdf(release())


def test_no_package_is_asked_for() -> None:
    """Typst would download one."""
    for template in TEMPLATE.parent.glob("*.typ"):
        imports = re.findall(r"(?:import|include)\b.*", template.read_text(encoding="utf-8"))
        assert [line for line in imports if "@" in line] == []


PAYLOADS = (
    '#eval("sys.version") #panic() #read("/etc/passwd")',
    "*bold* _thin_ `raw` $x^2$ \\u{41} \\ ~ --- ...",
    "= Heading <label> @reference // comment /* another */",
    '#import "@preview/cetz:0.3.0": *; [ ] ] { } ) ; " \'',
    "</data><script>alert('1')</script> &amp; - list + list",
)


@pytest.mark.parametrize("payload", PAYLOADS)
def test_markup_in_evidence_is_shown_as_text(payload: str) -> None:
    everywhere = changed(
        release(),
        verdict__question=payload,
        verdict__reason=payload,
        gates__title=payload,
        gates__unit=payload,
        gates__reason=payload,
        gate_certainty__flip=payload,
        requirement_results__title=payload,
        requirement_results__reason=payload,
        cost_summary__title=payload,
        cost_summary__provider=payload,
        usp_register__name=payload,
        customer_problems__statement=payload,
        segment_profiles__name=payload,
        mvp_outline__finding=payload,
        mvp_gaps__title=payload,
        mvp_gaps__standing=payload,
    )
    pdf = PdfReader(io.BytesIO(board_pdf(everywhere)))
    assert pdf.metadata.title.replace("\u200b", "") == payload
    squeezed = re.sub(r"\s", "", text_of(pdf))
    assert squeezed.count(re.sub(r"\s", "", payload)) > 20


def test_characters_that_no_font_has_are_a_sign_and_stop_nothing() -> None:
    assert printable("Ł Ω Ж – “a” € → ≈ ²") == "Ł Ω Ж – “a” € → ≈ ²"
    assert printable("漢 \U0001f600 \x07 \u202e \ufffe \ud800") == "□ □ □ □ □ □"
    assert printable(" two\n lines\tand\u2028more ") == " two lines and more "
    assert printable("e\u0301") == "é"
    assert "漢" not in text(changed(release(), gates__title="漢字 \U0001f600"))


def test_all_characters_that_are_set_are_in_the_fonts() -> None:
    """Typst refuses to claim PDF/UA for a file with any other one."""
    known = [chr(code) for code in range(0x20, 0x3000) if printable(chr(code)) == chr(code)]
    assert len(known) > 2000
    shown = replace(board_of(release()), is_usual=False, packs=" ".join(known))
    assert typeset_board(shown, MADE).startswith(b"%PDF")


def test_a_long_word_may_be_broken() -> None:
    assert printable("https://example.org/a/very/long/address") == "https://example\u200b.org/a/very/lon\u200bg/address"
    assert printable("ordinary words") == "ordinary words"


def test_names_of_releases_and_numbers_can_be_copied() -> None:
    assert printable("20261123T120000Z-1a2b3c4d") == "20261123T120000Z-1a2b3c4d"
    assert printable("12345678901234567890.123456") == "12345678901234567890.123456"
    assert "\u200b" not in reader().pages[0].extract_text()


LONG = "A name that goes on and on, with 12,345 other words that nobody thought of on paper. " * 3


def many(frame: pd.DataFrame, key: str, count: int, **columns: object) -> pd.DataFrame:
    rows = [{**frame.iloc[0].to_dict(), key: f"row {number}", **columns} for number in range(count)]
    return pd.DataFrame(rows, columns=frame.columns, dtype=object)


def crowded() -> ReleaseData:
    """A release with more rows than are shown in each list, and long texts in them."""
    data = release()
    frames = dict(data.frames)
    frames["usp_register"] = many(frames["usp_register"], "usp_id", 40, name=LONG)
    frames["customer_problems"] = many(frames["customer_problems"], "problem_id", 2, statement=LONG)
    frames["validation_summary"] = many(frames["validation_summary"], "usp_id", 40, problem_id="row 1")
    frames["segment_profiles"] = many(frames["segment_profiles"], "segment_id", 40, name=LONG)
    frames["segment_ranking"] = many(frames["segment_ranking"], "segment_id", 40)
    sure = frames["gate_certainty"].iloc[0].to_dict()
    gates = [{**sure, "gate_id": gate, "flip": LONG} for gate in frames["gates"]["gate_id"]]
    frames["gate_certainty"] = pd.DataFrame(gates, dtype=object)
    usps = ["row 1", "row 2", "row 3"]
    frames["mvp_gaps"] = many(frames["mvp_gaps"], "deliverable_id", 40, title=LONG, usps=usps)
    for table in ("cost_summary", "scenarios", "scenario_cost"):
        of_one = frames[table][frames[table]["scenario_id"] == "community"]
        frames[table] = pd.concat([of_one.assign(scenario_id=f"row {number}") for number in range(20)])
    frames["next_evidence"] = pd.DataFrame(
        [
            {
                **frames["next_evidence"].iloc[0].to_dict(),
                "rank": rank,
                "kind": kind,
                "segment_id": "row 1",
                "problem_ids": ["row 0", "row 1"],
            }
            for rank, kind in enumerate(["interview"] * 5 + ["public_source", "benchmark", "price"] * 3)
        ],
        dtype=object,
    )
    return changed(
        ReleaseData(frames, data.manifest),
        cost_summary__title=LONG,
        verdict__reason=LONG,
        gates__title=LONG,
        gates__reason=LONG,
        requirement_results__title=LONG,
        requirement_results__reason=LONG,
        mvp_outline__finding=LONG,
    )


def test_it_has_six_pages_at_most_whatever_is_on_record() -> None:
    assert len(reader().pages) <= 6
    cheaper = changed(crowded(), cost_summary__all_in_p50_usd_per_month=1.0, gates__value=1.0)
    full = PdfReader(io.BytesIO(board_pdf(since(cheaper, crowded()))))
    assert len(full.pages) <= 6
    assert "12,…" not in text_of(full), "a number was cut"


def test_a_release_with_hardly_anything_says_what_it_lacks() -> None:
    bare = without(release(), "verdict", "gates", "requirement_results")
    said = text(bare)
    for sentence in (
        "There is no earlier release of the same evidence packs to compare with.",
        "No cost is on record.",
        "Nothing is on record that a customer said or did about any selling point.",
        "No segment is ranked.",
        "There is no outline on record.",
        "Nothing is on record that would tell more.",
        "How likely each gate passes in truth was not computed for this release.",
    ):
        assert sentence in said


def test_no_gate_is_no_answer() -> None:
    said = text(release(world(milestones=(), requirements=())))
    assert "Is it ready? Not known No requirement is on record, so there is nothing to judge." in said
    assert "No gate is on record." in said


def test_made_up_data_is_named_on_every_page() -> None:
    pdf = PdfReader(io.BytesIO(board_pdf(release(is_illustrative=True))))
    assert all("This release holds illustrative data." in page.extract_text() for page in pdf.pages)
    assert "illustrative data. It" not in text_of(reader())


def test_it_says_what_changed_since_the_release_before() -> None:
    fewer = [replace(row, value=1.0) if row.metric == "interviews_held_cumulative" else row for row in world().progress]
    before = release(world(progress=fewer), release_id="20261122T120000Z-0a0b0c0d", packs=("public",))
    costs = release().frames["cost_summary"]
    dearer = costs.assign(all_in_p50_usd_per_month=[value and 2 * value for value in costs["all_in_p50_usd_per_month"]])
    said = text(since(before, ReleaseData({**release().frames, "cost_summary": dearer}, release().manifest)))
    assert "Since the release of 22 November 2026, 12:00 UTC (20261122T120000Z-0a0b0c0d) the answer is" in said
    assert "Customer Interviews, number on record 1 2" in said
    assert "The community of 10,000, with RLN, all in, a month ≈ USD 1,350 ≈ USD 2,700" in said


def test_nothing_changed_is_said_in_words() -> None:
    assert "No gate and no cost is different." in text(since(release(), release()))


def test_no_words_of_the_release_before_are_shown() -> None:
    words = dict.fromkeys(("gates__title", "gates__reason", "verdict__reason", "cost_summary__title"), "purple walrus")
    said = text(since(changed(release(), gates__value=1.0, **words), release()))
    assert "number on record" in said
    assert "walrus" not in said


def test_ranges_lie_on_one_even_scale_whichever_end_is_lower() -> None:
    spans = range_spans({"up": (50.0, 70.0), "down": (90.0, 50.0), "same": (60.0, 60.0)})
    assert spans == {"up": Span(0.0, 50.0, 25.0), "down": Span(0.0, 100.0, 50.0), "same": Span(25.0, 25.0, 25.0)}
    assert range_spans({}) == {}


def test_a_scale_of_factors_shows_each_factor_alike() -> None:
    scale = FactorScale.over([5.0, 600.0])
    assert scale.span(1.0, 10.0, 1000.0) == Span(left=0.0, right=100.0, middle=33.333)
    assert scale.tens() == [33.333, 66.667]
    assert scale.span(0.0, 0.0, 1.0) == Span(left=0.0, right=0.0, middle=0.0)


def test_a_scale_of_one_value_or_none_is_a_factor_of_ten() -> None:
    assert FactorScale.over([10.0]).span(10.0, 10.0, 10.0) == Span(0.0, 0.0, 0.0)
    assert FactorScale.over([]).tens() == []


def test_shares_go_from_none_to_all() -> None:
    assert share_span(0.25, 0.5, 1.0) == Span(left=25.0, right=100.0, middle=50.0)
