"""`waku-fit explain` on a published release: from a gate or a number down to rows of evidence with file and line."""

from __future__ import annotations

import json
from typing import Any

import pytest
from prov.model import ProvDerivation, ProvDocument, ProvEntity

from tests.integration.chain import Chain


def leaves(node: dict[str, Any]) -> list[dict[str, Any]]:
    return [*node["evidence"], *(leaf for below in node["inputs"] for leaf in leaves(below))]


def test_a_gate_is_explained_down_to_rows_with_file_and_line(published: Chain) -> None:
    found = json.loads(published.waku_fit("explain", "interviews", "--json").stdout)
    assert found["value"].startswith("fail. Two of about ten interviews are on record.")
    asked = next(one for one in found["inputs"] if one["label"] == "Interviews held")
    rows = {leaf["evidence_id"]: leaf for leaf in leaves(asked)}
    threshold = rows["readiness__gate_requirements/interviews_interviews_held"]
    assert "threshold 10" in threshold["value"]
    line = int(threshold["line"])
    path = published.root / threshold["file"]
    assert path.read_text(encoding="utf-8").splitlines()[line - 1].startswith("interviews_interviews_held,")


def test_a_number_is_explained_by_its_parts(published: Chain) -> None:
    name = "cost_summary.all_in_p50_usd_per_month@community_10k|without_rln"
    found = json.loads(published.waku_fit("explain", name, "--json", "--depth", "2").stdout)
    labels = [one["label"] for one in found["inputs"]]
    assert "Servers, mean" in labels
    as_the_page_has_it = "cost_summary/community_10k|without_rln/all_in_p50_usd_per_month"
    again = json.loads(published.waku_fit("explain", as_the_page_has_it, "--json", "--depth", "2").stdout)
    assert again["inputs"] == found["inputs"]
    assert leaves(found)


def test_provenance_leads_from_the_gate_to_rows_with_file_and_line(published: Chain) -> None:
    tree = json.loads(published.waku_fit("explain", "interviews", "--json").stdout)
    text = published.waku_fit("explain", "interviews", "--prov").stdout
    document = ProvDocument.deserialize(content=text, format="json")
    entities = {str(record.identifier): dict(record.attributes) for record in document.get_records(ProvEntity)}
    of = {(str(record.args[1]), str(record.args[0])) for record in document.get_records(ProvDerivation)}
    for leaf in leaves(tree):
        name = f"evidence:{leaf['evidence_id']}"
        attributes = {str(key): value for key, value in entities[name].items()}
        assert (attributes["waku-fit:file"], attributes["waku-fit:line"]) == (leaf["file"], leaf["line"])
        above = {number for row, number in of if row == name}
        assert any((number, "waku-fit:number/gates/interviews") in of for number in above)


def test_two_forms_at_once_are_refused(published: Chain) -> None:
    refused = published.waku_fit("explain", "interviews", "--prov", "--json")
    assert refused.returncode == 2
    assert "choose one" in refused.stderr


def test_text_is_indented_and_says_where_it_was_cut(published: Chain) -> None:
    lines = published.waku_fit("explain", "demonstrate_product_market_fit", "--depth", "1").stdout.splitlines()
    assert lines[0].startswith("Demonstrate product market-fit: not_ready. ")
    assert lines[1].startswith("  Weakest path of what decides: estimated")
    gates = [line for line in lines if line.endswith(" …")]
    assert gates[0].startswith("  Define cost (self-host): unknown. ")
    assert len(gates) == 7


def test_a_verdict_shows_its_weakest_path_down_to_file_and_line(published: Chain) -> None:
    readiness = json.loads((published.latest / "readiness.json").read_text(encoding="utf-8"))
    gate, requirement, row = readiness["weakest_path"]
    weakest = readiness["weakest_evidence"]
    assert (weakest["evidence_id"], weakest["grade"]) == (row, "estimated")
    typed = (published.root / weakest["file"]).read_text(encoding="utf-8").splitlines()[weakest["line"] - 1]
    assert typed.startswith(row.partition("/")[2])
    milestone = json.loads(published.waku_fit("explain", readiness["milestone_id"], "--json").stdout)
    path = milestone["inputs"][0]["inputs"][0]
    titles = {one["gate_id"]: one["title"] for one in readiness["gates"]}
    assert (path["label"], path["value"]) == (titles[gate], "fail")
    requirements = {one["requirement_id"]: one for each in readiness["gates"] for one in each["requirements"]}
    assert path["inputs"][0]["label"] == requirements[requirement]["title"]
    assert [leaf["evidence_id"] for leaf in path["inputs"][0]["evidence"]] == [row]
    page = (published.latest / "index.html").read_text(encoding="utf-8")
    assert f'data-cell="evidence_index/{row}/line"' in page.partition('id="gates"')[0]


@pytest.mark.parametrize(
    ("name", "label", "row"),
    [
        ("rust_sdk", "Waku Rust SDK", "roadmap__deliverables/rust_sdk"),
        ("roadmap__deliverables/rust_sdk", "Waku Rust SDK", "roadmap__deliverables/rust_sdk"),
        ("gasless", "No gas per message", "segments__usps/gasless"),
        ("gaming", "Gaming and interactive apps", "segments__segments/gaming"),
        ("community_10k", "Community of 10,000 active users", "costs__scenarios/community_10k"),
        ("segments__problems/delivery_unknown", "segments__problems/delivery_unknown", None),
        ("delivery_unknown", "segments__problems/delivery_unknown", "segments__problems/delivery_unknown"),
    ],
)
def test_a_row_of_evidence_is_explained_by_its_id(name: str, label: str, row: str | None, published: Chain) -> None:
    found = json.loads(published.waku_fit("explain", name, "--json").stdout)
    assert found["label"] == label
    (leaf,) = [leaf for leaf in leaves(found) if leaf["evidence_id"] == (row or name)]
    typed = (published.root / leaf["file"]).read_text(encoding="utf-8")
    assert (row or name).partition("/")[2] in typed


def test_a_deliverable_has_its_newest_state(published: Chain) -> None:
    found = json.loads(published.waku_fit("explain", "rust_sdk", "--json").stdout)
    assert found["value"] == "dropped"
    assert any(leaf["evidence_id"].startswith("roadmap__deliverable_states/rust_sdk_") for leaf in leaves(found))


def test_a_gate_comes_before_the_deliverable_of_its_name(published: Chain) -> None:
    gate = json.loads(published.waku_fit("explain", "rln_audit", "--json").stdout)
    assert gate["value"].startswith("fail. ")
    row = json.loads(published.waku_fit("explain", "roadmap__deliverables/rln_audit", "--json").stdout)
    assert row["value"] == "not_done"


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("rust_sd", 'nothing of the release is called "rust_sd"; did you mean rust_sdk?'),
        (
            "roadmap__deliverables/rust_sd",
            'roadmap__deliverables has no row "rust_sd" in this release; its rows are called like rust_sdk',
        ),
        ("interview", 'nothing of the release is called "interview"; did you mean interviews?'),
        (
            "cost_sumary.usd@community_10k|without_rln",
            'no released table is called "cost_sumary"; did you mean cost_summary?',
        ),
        (
            "cost_summary.usd@community_10k",
            'cost_summary has no row "community_10k"; its rows are called like community_',
        ),
        ("gates.score@interviews", 'gates has no column "score"; it has gate_id, '),
    ],
)
def test_a_name_that_is_none_says_what_was_expected(name: str, message: str, published: Chain) -> None:
    refused = published.waku_fit("explain", name)
    assert refused.returncode == 1
    assert message in refused.stderr
    assert "Traceback" not in refused.stderr


def test_without_a_release_it_says_how_to_make_one(tmp_path_factory: pytest.TempPathFactory) -> None:
    empty = Chain.create(tmp_path_factory.mktemp("empty") / "project")
    refused = empty.waku_fit("explain", "interviews")
    assert refused.returncode == 1
    assert "there is no release yet; `waku-fit run` makes one" in refused.stderr
