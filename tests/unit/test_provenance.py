"""A number as W3C PROV: entities down to rows of evidence, which the library reads back."""

from __future__ import annotations

import warnings
from typing import Any

import pytest
from prov.model import ProvDerivation, ProvDocument, ProvEntity

from assets.reports.page.provenance import prov_json
from assets.reports.page.tree import EvidenceLeaf, Explained
from tests.unit.release_fixture import HOSTILE, MANIFEST

ROW: dict[str, Any] = {
    "value": "2",
    "unit": "interviews",
    "condition": HOSTILE,
    "source": "weekly update@1a2b",
    "as_of": "2024-11-04",
    "grade": "published",
    "file": "evidence/public/progress.csv",
    "line": 20,
}
REPORT = EvidenceLeaf("progress/held_2024_11_04", ROW)
CONVERSATION = EvidenceLeaf("interviews/p1", {**ROW, "value": None, "unit": None, "condition": None, "as_of": None})
SHARED = Explained("Held", "2 of 10", "A count.", evidence=(REPORT, CONVERSATION), name="requirement_results/held")
PART = Explained("Part", "1", inputs=(SHARED,))
CUT = Explained(HOSTILE, "", is_cut=True, name=f"t/{HOSTILE}|x")
GATE = Explained("Interviews", "fail", inputs=(SHARED, PART, CUT), name="gates/interviews")


def document(node: Explained = GATE) -> ProvDocument:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        return ProvDocument.deserialize(content=prov_json(node, MANIFEST), format="json")


def entities(of: ProvDocument) -> dict[str, dict[str, Any]]:
    return {
        str(record.identifier): {str(name): value for name, value in record.attributes}
        for record in of.get_records(ProvEntity)
    }


def derivations(of: ProvDocument) -> list[tuple[str, str]]:
    return [(str(record.args[0]), str(record.args[1])) for record in of.get_records(ProvDerivation)]


def test_each_row_of_evidence_is_an_entity_with_its_file_and_line() -> None:
    row = entities(document())["evidence:progress/held_2024_11_04"]
    assert (row["waku-fit:file"], row["waku-fit:line"]) == ("evidence/public/progress.csv", 20)
    assert row["prov:location"] == "evidence/public/progress.csv:20"
    assert (row["waku-fit:grade"], row["prov:value"]) == ("published", "2 interviews")
    assert row["waku-fit:condition"] == HOSTILE
    assert str(row["waku-fit:asOf"].value) == "2024-11-04"


def test_what_is_not_published_of_a_row_is_left_out() -> None:
    row = entities(document())["evidence:interviews/p1"]
    assert {"waku-fit:asOf", "prov:value", "waku-fit:condition"} & set(row) == set()


def test_rows_lead_up_to_the_gate_and_what_is_used_twice_is_one_entity() -> None:
    number, found = "waku-fit:number/", derivations(document())
    assert len(found) == len(set(found))
    assert set(found) >= {
        (f"{number}requirement_results/held", "evidence:progress/held_2024_11_04"),
        (f"{number}gates/interviews", f"{number}requirement_results/held"),
        (f"{number}gates/interviews/2", f"{number}requirement_results/held"),
        (f"{number}gates/interviews", f"{number}gates/interviews/2"),
    }
    assert len(entities(document())) == 6


def test_names_that_prov_cannot_write_are_escaped_and_a_cut_is_marked() -> None:
    (cut,) = (values for name, values in entities(document()).items() if name.startswith("waku-fit:number/t/"))
    assert (cut["prov:label"], cut["waku-fit:isCut"]) == (HOSTILE, True)


def test_every_number_was_generated_by_the_release() -> None:
    text = prov_json(GATE, MANIFEST)
    assert f'"prov:activity": "waku-fit:release/{MANIFEST.release_id}"' in text
    assert f'"prov:endTime": "{MANIFEST.created_at.isoformat()}"' in text


@pytest.mark.parametrize(
    "node", [Explained("Alone", "1", name="verdict/x"), Explained("Row", "", evidence=(REPORT,), name="r")]
)
def test_a_small_tree_is_a_document_too(node: Explained) -> None:
    assert len(entities(document(node))) == 1 + len(node.evidence)
