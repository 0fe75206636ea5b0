"""A second milestone and a further gate are rows of evidence: the chain makes verdict, gates and page of them."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Any

import pytest

from tests.integration.chain import Chain
from tests.unit.test_second_milestone import GATE, REQUIREMENT, TABLES, write_pack

OF_THE_DEFAULT = {**GATE, "id": "preview_too", "milestone_id": "demonstrate_product_market_fit"}

DEMO = {
    "url": "https://example.org/demo",
    "kind": "roadmap_item",
    "milestone": "demo",
    "mvp_relevance": "core",
    "grade": "illustrative",
}
MADE_UP = [
    {**DEMO, "id": "demo_engine", "title": "Engine of a demo", "depends_on": "rln_audit", "unblocks": "rust_sdk"},
    {**DEMO, "id": "demo_hall", "title": "Hall of a demo", "depends_on": "demo_engine"},
]
"""Deliverables that are made up: a real one needs the first, which needs a real one."""


@pytest.fixture(scope="module")
def judged(chain: Chain, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """`readiness.json` with a pack of one more milestone, and of one more gate of the default one; and its page."""
    tables = {
        **TABLES,
        "gates": [*TABLES["gates"], OF_THE_DEFAULT],
        "gate_requirements": [
            *TABLES["gate_requirements"],
            {**REQUIREMENT, "id": "preview_too_out", "gate_id": "preview_too"},
        ],
    }
    pack = write_pack(tmp_path_factory.mktemp("packs") / "chat", tables)
    write_pack(pack.path, {"deliverables": MADE_UP}, area="roadmap")
    done = chain.waku_fit("run", "--pack", str(pack.path))
    assert done.returncode == 0, done.stdout + done.stderr
    assert "Chat SDK: UNKNOWN. No gate fails" in done.stdout
    look = chain.in_line("chat")
    page = (look.latest / "milestones" / "chat_sdk.html").read_text(encoding="utf-8")
    return {**look.readiness, "page": page, "latest": Path(look.latest)}


def test_a_second_milestone_has_a_verdict_and_gates(judged: dict[str, Any]) -> None:
    (found,) = [other for other in judged["others"] if other["milestone_id"] == "chat_sdk"]
    assert [gate["gate_id"] for gate in found["gates"]] == ["chat_sdk_preview", "chat_sdk_api"]
    # the API is on record as done, the preview of the SDK is late
    assert [gate["status"] for gate in found["gates"]] == ["unknown", "pass"]
    assert found["verdict"] == "unknown"
    assert found["reason"] == "No gate fails, but one of two cannot be judged: Preview of the Chat SDK; one passes."


def test_a_second_milestone_has_a_page(judged: dict[str, Any]) -> None:
    assert "Is the Chat SDK ready?" in judged["page"]
    assert 'data-cell="gates/chat_sdk_api/status"' in judged["page"]
    assert 'data-cell="gates/interviews/status"' not in judged["page"]
    first = (judged["latest"] / "index.html").read_text(encoding="utf-8")
    assert 'href="milestones/chat_sdk.html"' in first


def test_a_made_up_deliverable_joins_nothing_real(judged: dict[str, Any]) -> None:
    needs = {row["deliverable_id"]: row["needs"] for row in rows(judged, "roadmap_deliverables")}
    assert (needs["demo_engine"], needs["demo_hall"]) == ("", "demo_engine")
    assert "demo_engine" not in needs["rust_sdk"]
    gaps = {row["deliverable_id"] for row in rows(judged, "mvp_gaps")}
    assert "rust_sdk" in gaps
    assert not {"demo_engine", "demo_hall"} & gaps


def rows(judged: dict[str, Any], name: str) -> list[dict[str, str]]:
    with (judged["latest"] / "data" / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_a_further_gate_of_the_default_milestone_stands_beside_the_others(judged: dict[str, Any]) -> None:
    assert [gate["gate_id"] for gate in judged["gates"]][-1] == "preview_too"
    assert len(judged["gates"]) == 8
    assert {gate["milestone_id"] for gate in judged["gates"]} == {"demonstrate_product_market_fit"}
