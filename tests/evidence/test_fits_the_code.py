"""What the code names of the evidence is in the public pack, and what the pack asks for is known to the code."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import get_args

from ruamel.yaml import YAML

from assets.costs import workload
from assets.evidence.tables.costs import Scenario
from assets.evidence.tables.readiness import GateRequirement
from assets.readiness.measures import METRICS
from assets.readiness.wording import GATE_TITLES, WORDING


def ids_of(public: Path, table: str) -> set[str]:
    with (public / "costs" / f"{table}.csv").open(encoding="utf-8", newline="") as lines:
        return {row["id"] for row in csv.DictReader(lines)}


def test_every_gate_is_called_like_its_deliverable_on_public_record(public: Path) -> None:
    assert set(GATE_TITLES) == set(get_args(GateRequirement.model_fields["gate_id"].annotation))
    rows = {
        name: list(csv.DictReader((public / f"{name}.csv").open(encoding="utf-8")))
        for name in ("readiness/gate_requirements", "roadmap/deliverables")
    }
    titles = {row["id"]: row["title"] for row in rows["roadmap/deliverables"]}
    assert {row["gate_id"]: titles[row["deliverable_id"]] for row in rows["readiness/gate_requirements"]} == GATE_TITLES


def test_every_metric_of_the_public_evidence_is_counted_and_said(public: Path) -> None:
    with (public / "readiness/gate_requirements.csv").open(encoding="utf-8") as file:
        assert {row["metric"] for row in csv.DictReader(file)} <= set(METRICS)
    assert set(WORDING) == set(METRICS)


def test_a_document_is_a_scenario_whose_references_exist(public: Path) -> None:
    paths = sorted((public / "costs" / "scenarios").glob("*.yaml"))
    assert {path.stem for path in paths} >= {"community_1k", "status_one_to_one", "vanilla_railgun"}
    for path in paths:
        document = Scenario.model_validate(YAML(typ="safe").load(path))
        assert document.id == path.stem
        assert document.note
        referred = {
            document.message_rate_id,
            document.message_bytes_id,
            document.media_bytes_id,
            document.media_share_id,
            document.retention_days_id,
            document.store_queries_id,
            *document.kept_control_ids,
            *document.passing_control_ids,
        }
        assert referred - {None} <= ids_of(public, "workload_parameters")
        assert set(document.sizing_basis) <= ids_of(public, "node_requirements")


def test_constants_of_the_model_are_evidence(public: Path) -> None:
    constants = {
        workload.RELAY_AMPLIFICATION,
        workload.RELAY_IDLE,
        workload.DISCOVERY,
        workload.REPLY_BASE,
        workload.REPLY_HASH,
    }
    assert constants <= ids_of(public, "workload_parameters")
