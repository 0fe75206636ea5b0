"""A second milestone and a further gate are rows of evidence: the chain makes verdict, gates and page of them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.integration.chain import Chain
from tests.unit.test_second_milestone import GATE, REQUIREMENT, TABLES, write_pack

OF_THE_DEFAULT = {**GATE, "id": "preview_too", "milestone_id": "demonstrate_product_market_fit"}


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
    done = chain.waku_fit("run", "--pack", str(pack.path))
    assert done.returncode == 0, done.stdout + done.stderr
    assert "Chat SDK: UNKNOWN. No gate fails" in done.stdout
    page = (chain.latest / "milestones" / "chat_sdk.html").read_text(encoding="utf-8")
    return {**chain.readiness, "page": page, "latest": Path(chain.latest)}


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


def test_a_further_gate_of_the_default_milestone_stands_beside_the_others(judged: dict[str, Any]) -> None:
    assert [gate["gate_id"] for gate in judged["gates"]][-1] == "preview_too"
    assert len(judged["gates"]) == 8
    assert {gate["milestone_id"] for gate in judged["gates"]} == {"demonstrate_product_market_fit"}
