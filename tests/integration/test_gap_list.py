"""What the public record says is missing for an MVP: each gap with its state, who needs it, and evidence for both."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from pathlib import Path

import pytest

from assets.roadmap.graph import STANDINGS, Standing
from tests.integration.chain import Chain

GAPS = {
    "rln_audit": Standing.MUST_COMPLETE,  # the audit of the RLN contract
    "rln_l2_mainnet": Standing.MUST_COMPLETE,  # RLN on a mainnet
    "rust_sdk": Standing.DROPPED,
    "nodejs_sdk": Standing.NOT_PLANNED,
    "webrtc_signal_poc": Standing.DROPPED,  # the signalling demo
}
"""As the public record said on 30 November 2026."""

Row = Mapping[str, str]


def table(release: Chain, name: str, key: str) -> dict[str, Row]:
    path: Path = release.latest / "data" / f"{name}.csv"
    with path.open(encoding="utf-8", newline="") as file:
        return {row[key]: row for row in csv.DictReader(file)}


@pytest.mark.parametrize("gap", GAPS)
def test_the_frozen_record_lacks(published: Chain, gap: str) -> None:
    found = table(published, "mvp_gaps", "deliverable_id")[gap]
    assert found["standing"] == GAPS[gap]
    assert_has_evidence(published, found)


@pytest.mark.parametrize("gap", GAPS)
def test_the_public_record_lacks_it_until_it_says_that_it_is_done(public_release: Chain, gap: str) -> None:
    state = table(public_release, "roadmap_deliverables", "deliverable_id")[gap]["status"]
    found = table(public_release, "mvp_gaps", "deliverable_id").get(gap)
    if STANDINGS[state] is Standing.DONE:
        assert found is None
        return
    assert found is not None
    assert_has_evidence(public_release, found)


def assert_has_evidence(release: Chain, gap: Row) -> None:
    """What is missing is a row of evidence, and so are its state and the demand of each who needs it."""
    index, name = table(release, "evidence_index", "evidence_id"), gap["deliverable_id"]
    ids = gap["evidence_ids"].split(";")
    assert f"roadmap__deliverables/{name}" in ids
    assert any(i.startswith("roadmap__deliverable_states/") for i in ids)
    assert gap["usps"] or gap["segments"]
    assert any(i.startswith("segments__") for i in ids)
    for row in (index[i] for i in ids):
        assert row["source"]
        assert row["as_of"]
        assert row["file"]
        assert int(row["line"]) > 1
