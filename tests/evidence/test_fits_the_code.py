"""What the code names of the evidence is in the public pack, and what the pack asks for is known to the code."""

from __future__ import annotations

import csv
from pathlib import Path

from ruamel.yaml import YAML

from assets.costs import workload
from assets.evidence.tables.costs import Scenario


def ids_of(public: Path, table: str) -> set[str]:
    with (public / "costs" / f"{table}.csv").open(encoding="utf-8", newline="") as lines:
        return {row["id"] for row in csv.DictReader(lines)}


def rows_of(public: Path, name: str) -> list[dict[str, str]]:
    with (public / f"{name}.csv").open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


def test_gates_of_the_default_milestone_are_called_like_their_deliverables(public: Path) -> None:
    titles = {row["id"]: row["title"] for row in rows_of(public, "roadmap/deliverables")}
    (default,) = (row["id"] for row in rows_of(public, "readiness/milestones") if row["is_default"] == "true")
    gates = [row for row in rows_of(public, "readiness/gates") if row["milestone_id"] == default]
    assert {row["id"] for row in gates if row["title"] != titles[row["deliverable_id"]]} == set()


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
