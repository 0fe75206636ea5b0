"""The scenarios that are typed in, and what a scenario must state to be one."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Any, get_args

import pytest
from pydantic import ValidationError
from ruamel.yaml import YAML

from assets.costs import workload
from assets.evidence.tables.costs import Scenario, WorkloadParameter
from tests.unit.costs_world import broadcaster, scenario

COSTS = Path(__file__).parents[2] / "evidence" / "public" / "costs"
DOCUMENTS = {path.stem: path for path in sorted((COSTS / "scenarios").glob("*.yaml"))}


def ids_of(table: str) -> set[str]:
    with (COSTS / f"{table}.csv").open(encoding="utf-8", newline="") as lines:
        return {row["id"] for row in csv.DictReader(lines)}


@pytest.mark.parametrize("name", sorted(DOCUMENTS))
def test_document_is_a_scenario_whose_references_exist(name: str) -> None:
    document = Scenario.model_validate(YAML(typ="safe").load(DOCUMENTS[name]))
    assert document.id == name
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
    assert referred - {None} <= ids_of("workload_parameters")
    assert set(document.sizing_basis) <= ids_of("node_requirements")


def test_constants_of_the_model_are_evidence() -> None:
    constants = {
        workload.RELAY_AMPLIFICATION,
        workload.RELAY_IDLE,
        workload.DISCOVERY,
        workload.REPLY_BASE,
        workload.REPLY_HASH,
    }
    assert constants <= ids_of("workload_parameters")


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"retention_days_id": None}, "an archive needs"),
        ({"active_users": None}, "an archive needs"),
        ({"media_bytes_id": "picture"}, "media_bytes_id and media_share_id are filled together"),
        ({"network_senders": 999}, "own_senders 1000 exceeds network_senders 999"),
        ({"vcpu_kinds": []}, "at least 1 item"),
    ],
)
def test_incomplete_scenario_is_refused(changes: dict[str, Any], message: str) -> None:
    with pytest.raises(ValidationError, match=message):
        scenario(**changes)


def test_database_hosts_without_an_archive_are_refused() -> None:
    with pytest.raises(ValidationError, match="database_hosts without an archive"):
        broadcaster(database_hosts=1)


def test_units_that_the_model_tells_apart_are_those_of_the_rows() -> None:
    units = {str(unit) for unit in get_args(WorkloadParameter.model_fields["unit"].annotation)}
    assert units >= workload.WHILE_ONLINE
    assert any(unit.startswith(workload.BY_RUN) for unit in units)
