"""A check that was edited runs on tables that are as they were, and what it refuses goes no further."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.integration.chain import Chain
from tests.places import PROJECT

CODE = ("assets", "checks", "orchestration", "dbt_project", "pyproject.toml", "requirements.lock", "workspace.yaml")
SUITES = "checks/suites.py"
FEWER_PROCESSORS = """more = [between("vcpus", 1, 4)] if table_key == "pricing__compute_offers" else []
    return COMMON + tuple(more) + tuple("""
NO_GAP = "dbt_project/tests/egress_tiers_leave_no_gap.sql"


@pytest.fixture
def project(chain: Chain) -> Path:
    """A copy of the code that made the release, to be edited."""
    folder = chain.root / "project"
    for name in CODE:
        path = PROJECT / name
        if path.is_dir():
            shutil.copytree(path, folder / name, ignore=shutil.ignore_patterns("__pycache__", "target", "logs"))
        else:
            shutil.copy(path, folder / name)
    return folder


def run(chain: Chain, project: Path) -> subprocess.CompletedProcess[str]:
    """`waku-fit run` by the code in `project`."""
    return subprocess.run(
        [sys.executable, "-c", "from orchestration.commands.cli import main; main(['run'])"],
        cwd=project,
        env={**chain.environment, "PYTHONPATH": str(project)},
        capture_output=True,
        text=True,
        check=False,
    )


def edit(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert text.count(old) == 1, f"{old!r} stands {text.count(old)} times in {path.name}"
    path.write_text(text.replace(old, new), encoding="utf-8")


def test_an_edited_suite_or_test_is_run_and_stops_what_lies_behind(chain: Chain, project: Path) -> None:
    was, link = chain.manifest, os.readlink(chain.latest)
    done = run(chain, project)
    assert f"Nothing changed since release {was['release_id']}" in done.stdout, done.stdout + done.stderr

    edit(project / "orchestration" / "commands" / "cli.py", '"""The command line', '"""This command line')
    assert "No number depends on what has changed" in run(chain, project).stdout

    edit(project / SUITES, "return COMMON + tuple(", FEWER_PROCESSORS)
    done = run(chain, project)
    assert done.returncode == 1, done.stdout
    assert " tables are out of date because of raw/pricing__compute_offers." in done.stdout
    assert "raw/pricing__compute_offers: check evidence_holds failed" in done.stderr
    assert "expect_column_values_to_be_between on vcpus" in done.stderr
    assert "staging/" not in done.stdout

    edit(project / SUITES, FEWER_PROCESSORS, "return COMMON + tuple(")
    edit(project / NO_GAP, "tiers.from_gb_per_month > 0\n    and below.price_id is null", "tiers.from_gb_per_month > 0")
    done = run(chain, project)
    assert done.returncode == 1, done.stdout
    assert "marts/egress_tiers: check egress_tiers_leave_no_gap failed" in done.stderr, done.stderr
    assert (chain.manifest, os.readlink(chain.latest)) == (was, link)

    edit(project / NO_GAP, "tiers.from_gb_per_month > 0", "tiers.from_gb_per_month > 0\n    and below.price_id is null")
    done = run(chain, project)
    assert done.returncode == 0, done.stdout + done.stderr
    assert (chain.manifest["checks_passed"], chain.manifest["checks_failed"]) == (was["checks_passed"], 0)
