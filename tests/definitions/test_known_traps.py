"""Traps of the libraries that are used: each was stepped into once."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import yaml

from checks.gx import QUIET as QUIET_GX
from orchestration.instance import prepare_home
from orchestration.transforms.dbt import QUIET as QUIET_DBT
from orchestration.transforms.dbt import LayeredTranslator

PROJECT = Path(__file__).parents[2]


def test_dbt_is_a_version_that_a_package_index_alone_can_install() -> None:
    """1.12 downloads more while it is installed."""
    project = tomllib.loads((PROJECT / "pyproject.toml").read_text())["project"]
    (asked,) = [line for line in project["dependencies"] if re.match(r"dbt-core\b", line)]
    assert "<1.12" in asked
    assert re.search(r"^dbt-core==1\.11\.\d+ ", (PROJECT / "requirements.lock").read_text(), re.MULTILINE)


def test_tests_of_sources_are_no_checks() -> None:
    """They would stop a blocking Python check of the same table from blocking, and say nothing."""
    assert LayeredTranslator({}, {}).settings.enable_source_tests_as_checks is False


def test_nothing_is_told_to_anybody(tmp_path: Path) -> None:
    written = yaml.safe_load((prepare_home(tmp_path) / "dagster.yaml").read_text())
    assert written["telemetry"] == {"enabled": False}
    assert QUIET_DBT["DBT_SEND_ANONYMOUS_USAGE_STATS"] == "false"
    assert QUIET_DBT["DO_NOT_TRACK"] == "1"
    assert QUIET_GX == {"GX_ANALYTICS_ENABLED": "false"}
