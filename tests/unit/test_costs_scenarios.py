"""The scenarios that are typed in, and what a scenario must state to be one."""

from __future__ import annotations

from typing import Any, get_args

import pytest
from pydantic import ValidationError

from assets.costs import workload
from assets.evidence.tables.costs import WorkloadParameter
from tests.unit.costs_world import broadcaster, scenario


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
