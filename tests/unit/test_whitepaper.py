"""The whitepaper: every sentence has a source, every number is bound, and the same release gives the same bytes."""

from __future__ import annotations

import hashlib
import io
import re
import shutil
from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from pypdf import PdfReader

from assets.reports.page.site import ReleaseData
from assets.reports.whitepaper.bound import NOT_KNOWN, written
from assets.reports.whitepaper.mistakes import PaperError
from assets.reports.whitepaper.source import PaperText, claims_of
from assets.reports.whitepaper.typeset import TEMPLATES, Paper, _compiled, page_count
from tests.unit.release_fixture import MANIFEST, release

EPOCH = {"evidence_id": "costs__rln_parameters/epoch_length", "value": "600", "unit": "s", "condition": ""}

SECTION = """#import "../figures.typ": *

= Rate limits <sec-limits>

An epoch lasts #n("rln/epoch_length") seconds, and @fig-parts shows its parts @rfc17.
Members are not named. This is what the proof is for @rfc17.
- We call it a quota.#own

#diagram(rect(width: 2cm, height: 1cm),
  alt: "A box",
  caption: [The parts of an epoch @rfc17.],
) <fig-parts>
"""
END = """#import "../figures.typ": *

= Limits of this paper <sec-end>

It is short: see @sec-limits.
"""
REFERENCES = """rfc17:
  type: web
  title: "17/WAKU2-RLN-RELAY, commit afd94c8b"
  author: ["Waku contributors"]
  url: https://example.org/17
"""
TEXT = {"text/01-limits.typ": SECTION, "text/02-end.typ": END, "references.yaml": REFERENCES}


def parameter(document: str, value: float, holds: bool | None) -> dict[str, Any]:
    return {
        "topic": "relay", "parameter": "mesh_degree_high", "condition": "", "document": document, "value": value,
        "value_low": None, "value_high": None, "value_text": None, "unit": "peers", "stated_in": "code",
        "is_disputed": True, "holds": holds, "source": document, "as_of": None, "note": "nodes run it",
        "grade": "published", "evidence_ids": ["p"],
    }  # fmt: skip


def small_release(**tables: list[Mapping[str, Any]]) -> ReleaseData:
    """A release in which an epoch has 600 seconds, and nothing else is on record unless `tables` say it."""
    rows = {"evidence_index": [EPOCH], **tables}
    return ReleaseData({name: pd.DataFrame(list(found), dtype=object) for name, found in rows.items()}, MANIFEST)


def paper(folder: Path, text: Mapping[str, str] = TEXT, data: ReleaseData | None = None, **pages: Any) -> Paper:
    """A paper of these files, with the layout of the real one."""
    templates = folder / "templates"
    (templates / "text").mkdir(parents=True, exist_ok=True)
    for name in ("paper.typ", "style.typ", "figures.typ"):
        shutil.copy(TEMPLATES / name, templates / name)
    for name, content in text.items():
        (templates / name).write_text(content, encoding="utf-8")
    return Paper(data or small_release(), templates, "paper", **{"pages": (1, 3), **pages})


def said_of(folder: Path, name: str, old: str, new: str, **pages: Any) -> list[str]:
    """What is wrong with the small paper after a change of one of its files."""
    assert old in TEXT[name]
    with pytest.raises(PaperError) as raised:
        paper(folder, {**TEXT, name: TEXT[name].replace(old, new)}, **pages).pdf()
    return str(raised.value).splitlines()


def text_of(pdf: bytes) -> str:
    read = " ".join(page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages)
    return " ".join(read.replace("\u200b", "").split())


def test_a_bound_number_and_a_citation_are_printed(tmp_path: Path) -> None:
    said = text_of(paper(tmp_path).pdf())
    assert "An epoch lasts 600 seconds, and Figure 1 shows its parts [1]." in said
    assert "[1] Waku contributors, ‘17/WAKU2-RLN-RELAY, commit afd94c8b’" in said
    assert "It is short: see Section 1." in said


LIMITS, LAST = "text/01-limits.typ", "text/02-end.typ"


@pytest.mark.parametrize(
    ("name", "old", "new", "place", "said"),
    [
        (
            LAST,
            "see @sec-limits",
            "see above",
            "text/02-end.typ:5",
            "“It is short: see above.” states something without",
        ),
        (LAST, "It is", "It has 3 pages. It is", "text/02-end.typ:5", "the number “3” is typed by hand; bind it with"),
        (LAST, "It is", "Its twenty pages are", "text/02-end.typ:5", "the number “twenty” is typed by hand; bind it"),
        (LAST, "@sec-limits", "@rfc71", "text/02-end.typ:5", "@rfc71 is in no line of paper/references.yaml; correct"),
        (LAST, "@sec-limits", "@sec-other", "text/02-end.typ:5", "@sec-other leads nowhere; name what it means"),
        ("references.yaml", "rfc17:", "unread: {}\nrfc17:", "references.yaml:1", "nobody cites “unread”; cite it with"),
        (LIMITS, '  alt: "A box",\n', "", "text/01-limits.typ:9", "the figure has no alternative text; say with alt:"),
        (LIMITS, ", and @fig-parts shows its parts", "", "text/01-limits.typ:12", "no sentence leads to <fig-parts>;"),
        (
            LIMITS,
            "rln/epoch_length",
            "lost.a@b",
            "text/01-limits.typ:5",
            "the number “lost.a@b” is bound to nothing: no",
        ),
        (LIMITS, "rln/epoch_length", "own/lost", "text/01-limits.typ:5", "bound to nothing: derived.py has no “lost”"),
        (LIMITS, "seconds, and", "seconds. A. B. C. D so", "text/01-limits.typ:5", "one marker stands for 4 sentences"),
        (
            LIMITS,
            'length") s',
            'length"); s',
            "text/01-limits.typ:5",
            "Typst takes the semicolon for the end of a call",
        ),
    ],
)
def test_a_mistake_of_the_text_stops_the_build_with_its_place(
    tmp_path: Path, name: str, old: str, new: str, place: str, said: str
) -> None:
    (found,) = [line for line in said_of(tmp_path, name, old, new) if said in line]
    assert found.startswith(f"paper/{place}: ")
    assert "; " in found  # and what to do


def test_a_number_whose_row_is_gone_stops_a_release_of_all_evidence(tmp_path: Path) -> None:
    gone = paper(tmp_path, {**TEXT, LIMITS: SECTION.replace("rln/epoch_length", "rln/epoch_longth")})
    with pytest.raises(PaperError) as raised:
        gone.require_all()
    assert str(raised.value) == (
        "paper/text/01-limits.typ:5: the number “rln/epoch_longth” is not on record; correct its name, add the row of "
        "evidence, or take the sentence out"
    )


def test_of_an_earlier_day_a_number_may_be_unknown(tmp_path: Path) -> None:
    data = small_release()
    earlier = ReleaseData(data.frames, replace(data.manifest, as_of=date(2024, 12, 31)))
    paper(tmp_path, {**TEXT, LIMITS: SECTION.replace("rln/epoch_length", "rln/epoch_longth")}, earlier).require_all()


def test_a_number_of_pages_out_of_range_stops_the_build(tmp_path: Path) -> None:
    assert said_of(tmp_path, "text/02-end.typ", "short", "long", pages=(13, 17)) == [
        "paper/paper.typ:1: the whitepaper has 1 page; shorten or extend it to 13 to 17"
    ]


def test_a_fault_of_typst_is_told_with_its_place(tmp_path: Path) -> None:
    (said,) = said_of(tmp_path, "text/02-end.typ", "see @sec-limits", "see #nothing @sec-limits")
    assert said == "paper/text/02-end.typ:5: unknown variable: nothing; correct the text"


def test_what_is_not_on_record_is_marked_and_pages_are_not_counted(tmp_path: Path) -> None:
    empty = ReleaseData({"evidence_index": pd.DataFrame([{**EPOCH, "evidence_id": "x"}])}, MANIFEST)
    said = text_of(paper(tmp_path, data=empty, pages=(13, 17)).pdf())
    assert f"An epoch lasts {NOT_KNOWN} seconds" in said
    assert "Some numbers are not on record in this release and are marked." in said


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("160000", "160,000"),
        ("-100", "−100"),
        ("0.05", "0.05"),
        ("low 120; high 600", "120 to 600"),
        ("at least 12", "at least 12"),
        ("1 vCPU / 2 GB", "1 vCPU / 2 GB"),
    ],
)
def test_a_value_of_evidence_is_written_for_readers(value: str, text: str) -> None:
    assert written(value) == text


def test_of_an_earlier_day_a_document_may_be_cited_by_no_row_yet(tmp_path: Path) -> None:
    references = REFERENCES + REFERENCES.replace("rfc17", "nwaku")
    row = parameter("rfc17", 12, holds=None)
    whole = small_release(protocol_parameters=[row])
    earlier = ReleaseData(whole.frames, replace(whole.manifest, as_of=date(2024, 12, 31)))
    (said,) = paper(tmp_path, {**TEXT, "references.yaml": references}, whole).mistakes()
    assert said.what == "nobody cites “nwaku”"
    assert paper(tmp_path, {**TEXT, "references.yaml": references}, earlier).mistakes() == []


def test_documents_that_disagree_are_shown_with_what_holds(tmp_path: Path) -> None:
    text = SECTION.replace("@rfc17.\nMembers", "@rfc17. @tab-disputes lists them.\nMembers") + (
        "\n#disputes-table(\n  caption: [Who disagrees.#own],\n) <tab-disputes>\n"
    )
    references = REFERENCES + REFERENCES.replace("17", "99").replace("rfc99", "nwaku")
    data = small_release(protocol_parameters=[parameter("rfc17", 12, holds=False), parameter("nwaku", 8, holds=True)])
    said = text_of(paper(tmp_path, {**TEXT, "text/01-limits.typ": text, "references.yaml": references}, data).pdf())
    assert "relay: mesh degree high 12 peers [1] 8 peers [2] Nodes run it" in said


def test_a_document_of_evidence_that_is_no_reference_stops_the_build(tmp_path: Path) -> None:
    data = small_release(protocol_parameters=[parameter("rfc17", 12, holds=False), parameter("nwaku", 8, holds=True)])
    with pytest.raises(PaperError, match="evidence names the document “nwaku”, which"):
        paper(tmp_path, data=data).pdf()


def test_each_sentence_is_told_from_the_next() -> None:
    source = PaperText({"a.typ": 'One @a. Two.#own Three is #n("x") long. Four\nends here @b.\n- An item.#own\n'})
    claims = [claim for unit in source.units() for claim in claims_of(unit)]
    assert [(claim.place.line, claim.text, claim.is_based) for claim in claims] == [
        (1, "One @a.", True),
        (1, "Two.#own", True),
        (1, 'Three is #n("x") long.', True),
        (1, "Four ends here @b.", True),
        (3, "- An item.#own", True),
    ]


SIZES = r"\d+(\.\d+)?(pt|mm|em|fr|deg|%)"
LAYOUT = (SIZES, r'"#[0-9a-f]{6}"', r'"a4"', r'numbering: "1.1"', r"\* 1%", r"level: \d", r"\b[xy] == 0", r"> [01]\b")
"""Digits of layout, in the files that hold no sentence with a number."""


@pytest.mark.parametrize("name", ["style.typ", "figures.typ", "paper.typ"])
def test_digits_of_the_layout_are_sizes_and_colours(name: str) -> None:
    left = re.sub("|".join(LAYOUT), "", (TEMPLATES / name).read_text(encoding="utf-8"))
    left = re.sub(r"slice\(1, 3\)|calc\.(?:max|ceil)\([^)]*\)| / 2\)|rowspan: 2|Discovery v5", "", left)
    assert re.findall(r".*\d.*", left) == []


@cache
def real_paper() -> bytes:
    """The whitepaper of a release that lacks most of what it quotes."""
    return Paper(release()).pdf()


def test_the_text_of_the_project_has_no_mistake() -> None:
    found = Paper(release())
    assert found.mistakes() == []
    assert len(found.source.claims()) > 200
    assert len(found.references.lines) >= 40


def test_the_same_release_gives_the_same_bytes() -> None:
    first = real_paper()
    _compiled.cache_clear()
    assert Paper(release()).pdf() == first


def test_it_is_tagged_titled_and_its_text_can_be_read() -> None:
    reader = PdfReader(io.BytesIO(real_paper()))
    catalog: Any = reader.trailer["/Root"]
    assert catalog["/MarkInfo"]["/Marked"]
    assert catalog["/Lang"] == "en-GB"
    assert "<pdfuaid:part>1</pdfuaid:part>" in catalog["/Metadata"].get_data().decode()
    assert reader.metadata is not None
    assert reader.metadata.title == "Waku: Protocols, Guarantees and Costs"
    said = text_of(real_paper())
    for words in ("Abstract", "Motivation and threat model", "Limitations", "Future work", "References"):
        assert words in said
    assert len(reader.pages) == page_count(real_paper())


def test_links_lead_to_sources_and_places() -> None:
    links = [
        note.get_object()["/A"].get("/URI", "")
        for page in PdfReader(io.BytesIO(real_paper())).pages
        for note in page.get("/Annots", ())
        if "/A" in note.get_object()
    ]
    outward = {link for link in links if link}
    assert all(link.startswith("https://") for link in outward)
    assert len(outward) > 60


def test_two_messages_share_a_hash_as_the_paper_says() -> None:
    """The hash joins its parts without their lengths (14/WAKU2-MESSAGE): a byte may change sides."""

    def hashed(topic: str, payload: bytes, content_topic: str, meta: bytes, timestamp: int) -> str:
        joined = topic.encode() + payload + content_topic.encode() + meta + timestamp.to_bytes(8, "big")
        return hashlib.sha256(joined).hexdigest()

    one = hashed("/waku/2/rs/1/0", b"hi", "/a/1/b/proto", b"xyz", 1_700_000_000)
    assert one == hashed("/waku/2/rs/1/0", b"hi", "/a/1/b/protoxyz", b"", 1_700_000_000)
    assert one != hashed("/waku/2/rs/1/0", b"hi", "/a/1/b/protoxy", b"", 1_700_000_000)
