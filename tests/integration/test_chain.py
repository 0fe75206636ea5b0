"""The whole chain by its command line, on a real PostgreSQL: a verdict, then only what changed."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import dagster as dg
import pytest
from pypdf import PdfReader

from assets.common import keys
from assets.common.meanings import EVERYWHERE, described
from assets.evidence.tables import ALL_TABLES
from assets.reports.page.menu import PAGES
from assets.reports.whitepaper.bound import NOT_KNOWN
from orchestration.transforms.dbt import connection_environment
from orchestration.transforms.dbt_build import PARSED, read_project, run_dbt
from orchestration.warehouse.connection import open_warehouse
from orchestration.warehouse.server import remove_server
from tests.integration import forked
from tests.integration.chain import Chain
from tests.places import PROJECT
from tests.unit.page import Site


@pytest.fixture
def edited(published: Chain, open_folder: Path) -> Iterator[Chain]:
    """A clone of its own for the test that edits evidence: the others find what the first run made."""
    clone = published.clone(open_folder / "test_chain_edited")
    yield clone
    remove_server(clone.root / "state")


def run_unit_tests(parsed: Path, arguments: list[str]) -> None:
    list(run_dbt(read_project(parsed), arguments))


def materialized(chain: Chain) -> set[str]:
    """What the newest run made."""
    with dg.DagsterInstance.from_config(str(chain.root / "state" / "dagster")) as instance:
        (run,) = instance.get_runs(limit=1)
        records = instance.get_records_for_run(run.run_id, of_type=dg.DagsterEventType.ASSET_MATERIALIZATION).records
        return {r.event_log_entry.dagster_event.asset_key.to_user_string() for r in records}


def test_the_evidence_is_honestly_not_ready(chain: Chain) -> None:
    assert chain.readiness["verdict"] == "not_ready"
    seen = {gate["gate_id"]: (gate["status"], gate["value"], gate["threshold"]) for gate in chain.readiness["gates"]}
    assert seen["interviews"] == ("fail", 2, 10)
    assert seen["target_customers"] == ("fail", 3, 5)
    assert seen["codesign"] == ("fail", 1, 3)
    # Nothing was found, which is no count of zero.
    assert seen["whitepaper"] == ("fail", None, 1)
    assert seen["usps"] == ("fail", 4, 14)
    assert seen["mvp_review"] == ("unknown", None, 1)
    # What the milestone depends on by name is not shown to be done, whatever we measured ourselves.
    (named,) = [row for row in chain.gate("cost")["requirements"] if row["metric"] == "postgres_phase_2_results"]
    assert (named["status"], named["value"]) == ("unknown", None)
    assert "our own benchmark" in named["beside"]
    assert seen["cost"][0] != "pass"
    assert len(seen) == 7


def test_a_release_is_complete(chain: Chain) -> None:
    names = {path.name for path in chain.latest.iterdir()}
    assert names == {
        *PAGES, "segments", "milestones", "board.pdf", "whitepaper.pdf", "readiness.json", "manifest.json",
        "SHA256SUMS", "decisions.jsonl", "data", "briefs", "documents",
    }  # fmt: skip
    paper = PdfReader(chain.latest / "whitepaper.pdf")
    assert 13 <= len(paper.pages) <= 17
    assert NOT_KNOWN not in " ".join(page.extract_text() for page in paper.pages)
    drafts = {gate["gate_id"]: gate["draft"] for gate in chain.readiness["gates"] if gate["draft"]}
    assert drafts == {
        "whitepaper": {
            "file": "whitepaper.pdf",
            "pages": len(paper.pages),
            "says": f"A draft of {len(paper.pages)} pages is generated, none is published.",
        },
        "usps": {
            "file": "documents/website/usps.mdx",
            "pages": 1,
            "says": "A draft of 1 page for the website is generated, none is published.",
        },
    }
    assert '<a href="whitepaper.pdf">whitepaper.pdf</a>' in (chain.latest / "downloads.html").read_text()
    rows = chain.manifest["rows"]
    assert rows["cost_summary"] == 12
    assert {p.name for p in (chain.latest / "data").iterdir()} == {
        f"{t}.{kind}" for t in rows for kind in ("csv", "parquet")
    }
    assert chain.manifest["checks_failed"] == 0
    assert chain.manifest["checks_passed"] > 100


def test_nothing_changed_nothing_runs_and_nothing_is_written(chain: Chain) -> None:
    def files() -> dict[str, int]:
        return {str(p): p.lstat().st_mtime_ns for p in chain.root.rglob("*") if "postgres" not in p.parts}

    before = files()
    program = (
        "import sys; from orchestration.commands.cli import main\n"
        "try: main(['run'])\nfinally: print('dagster' in sys.modules)"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], env=chain.environment, capture_output=True, text=True, check=True
    )
    assert f"Nothing changed since release {chain.manifest['release_id']}" in done.stdout
    assert done.stdout.endswith("False\n"), "Dagster was imported"
    assert files() == before


def test_the_run_is_the_one_of_the_ui(chain: Chain) -> None:
    with dg.DagsterInstance.from_config(str(chain.root / "state" / "dagster")) as instance:
        (run,) = instance.get_runs()
    origin = run.remote_job_origin
    assert (run.job_name, origin.location_name, run.is_success) == (keys.JOB, "waku-fit", True)
    assert (
        origin.repository_origin.code_location_origin.loadable_target_origin.module_name == "orchestration.definitions"
    )


def test_a_changed_count_makes_what_rests_on_it_and_a_mistake_lands_nothing(edited: Chain) -> None:
    edited.report_held(3)
    done = edited.waku_fit("run")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "Customer Interviews: 2 (fail) → 3 (fail)" in done.stdout
    assert edited.gate("interviews")["value"] == 3
    made = materialized(edited)
    assert {
        "raw/roadmap__milestone_progress",
        "staging/stg_roadmap__milestone_progress",
        "marts/milestone_progress",
    } <= made
    assert {"readiness/gates", "readiness/verdict", "reports/latest"} <= made
    assert {name for name in made if name.startswith("raw/")} == {"raw/roadmap__milestone_progress"}
    assert not made & {"marts/compute_offers", "marts/scenarios", "model/scenario_cost"}

    was = edited.manifest
    listed = json.loads(edited.waku_fit("releases", "--json").stdout)
    assert was["previous"] == listed[1]["release_id"]
    board = " ".join(page.extract_text() for page in PdfReader(edited.latest / "board.pdf").pages)
    assert f"({listed[1]['release_id']}) the answer is the same." in " ".join(board.split())
    assert "Customer Interviews, number on record 2 3" in " ".join(board.split())

    edited.report_held("three")
    done = edited.waku_fit("run")
    assert done.returncode == 1
    assert "evidence/public/roadmap/milestone_progress.csv:20: value:" in done.stderr
    assert "Traceback" not in done.stderr
    assert edited.manifest == was

    edited.report_held(3)
    listed = json.loads(edited.waku_fit("releases", "--json").stdout)
    assert [m["as_of"] for m in listed] == [None, None]
    status = json.loads(edited.waku_fit("status", "--json").stdout)
    assert (status["verdict"], status["changed_since"]) == ("not_ready", False)


@pytest.fixture(scope="module")
def told(chain: Chain) -> dict[str, Mapping[str, Any]]:
    """What the first run told the UI of each table."""
    return metadata_of_first_run(chain, "ASSET_MATERIALIZATION")


def metadata_of_first_run(chain: Chain, kind: str) -> dict[str, Mapping[str, Any]]:
    """By asset, what the first run told the UI in events of one kind."""
    with dg.DagsterInstance.from_config(str(chain.root / "state" / "dagster")) as instance:
        (first,) = list(instance.get_runs())[-1:]
        records = instance.get_records_for_run(first.run_id, of_type=dg.DagsterEventType[kind]).records
    events = [record.event_log_entry.dagster_event for record in records]
    found = [
        e.asset_observation_data.asset_observation if e.is_asset_observation else e.materialization for e in events
    ]
    return {each.asset_key.to_user_string(): each.metadata for each in found}


def test_the_ui_is_told_rows_and_columns_of_every_table(told: dict[str, Mapping[str, Any]]) -> None:
    assert len(told) > 100
    expected = {"dagster/row_count", "dagster/column_schema", "preview"}
    pages = {"reports/readiness_report", "reports/release", "reports/latest"}
    assert {name for name, metadata in told.items() if not expected <= set(metadata)} == pages


def test_the_ui_says_what_each_column_means(told: dict[str, Mapping[str, Any]]) -> None:
    schemas = {name: of["dagster/column_schema"].value for name, of in told.items() if "dagster/column_schema" in of}
    meanings = {(table, c.name): c.description for table, schema in schemas.items() for c in schema.columns}
    assert [column for column, meaning in meanings.items() if not meaning] == []
    described_for_none = {
        (table, name)
        for table, names in described().items()
        for name in names
        if table != EVERYWHERE and (table.replace(".", "/"), name) not in meanings
    }
    assert described_for_none == set()
    assert described()[EVERYWHERE].keys() - {name for _, name in meanings} == set()


def test_the_ui_says_of_what_people_type_that_it_was_read(chain: Chain) -> None:
    read = metadata_of_first_run(chain, "ASSET_OBSERVATION")
    assert read["evidence/roadmap__deliverables"]["dagster/row_count"].value > 0
    assert len(read) == len([table for table in ALL_TABLES if table.kind != "part"])


@pytest.mark.parametrize(
    ("table", "begins"),
    [
        ("raw/roadmap__deliverables", "| id | "),
        ("staging/stg_roadmap__deliverables", "| "),
        ("marts/requirement_completion", "| requirement_class | milestones | met | planned |"),
        ("model/scenario_cost", "| scenario_id | "),
    ],
)
def test_the_ui_shows_the_first_rows(told: dict[str, Mapping[str, Any]], table: str, begins: str) -> None:
    shown = told[table]["preview"].value
    assert shown.startswith(begins)
    assert shown.count("\n| ") == 6, "a rule and five rows"


@pytest.mark.parametrize("table", ["raw/interviews__signals", "staging/stg_interviews__signals", "raw/evidence_scope"])
def test_the_ui_shows_no_row_about_people_and_none_without_a_source(
    told: dict[str, Mapping[str, Any]], table: str
) -> None:
    assert told[table]["dagster/row_count"].value > 0
    assert told[table]["preview"].value.startswith("*No row that can be shown")


def test_the_report_asks_nobody_for_anything(chain: Chain) -> None:
    for path, page in Site.of_release(chain.latest).opened.items():
        for attribute in (os.fspath(PROJECT), ' src="', "@import", "url(", "fetch(", "XMLHttpRequest"):
            assert attribute not in page, path


def test_the_unit_tests_of_the_sql_hold(chain: Chain) -> None:
    """A run leaves them out: they are about the code. They need the tables of a warehouse for their column types."""
    folder, parsed = str(PROJECT / "dbt_project"), chain.root / "state" / "dbt" / PARSED
    target = chain.root / "target"
    arguments = ["test", "--select", "test_type:unit", "--project-dir", folder, "--profiles-dir", folder]
    arguments += ["--target-path", str(target), "--log-path", str(target)]
    with open_warehouse(None, chain.root / "state") as database:
        environment = {**chain.environment, **connection_environment(database.url)}
        done = forked.call(environment, run_unit_tests, parsed, arguments)
    assert done.returncode == 0, done.stdout + done.stderr
    results = json.loads((target / "run_results.json").read_text())["results"]
    assert len(results) >= 30
