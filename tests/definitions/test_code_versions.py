"""An edit of code makes exactly the tables again that it is behind, and with them what is based on them.

A check is code of the table that it is a check of: else an edited one would count as done on a table that is as it was.
"""

from __future__ import annotations

import copy
import json
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import dagster as dg
import pytest
from dagster._core.definitions.assets.graph.asset_graph import AssetGraph
from psycopg import sql

from assets.common import keys
from assets.evidence.tables import ALL_TABLES
from checks.statements import STATEMENTS
from checks.suites import SUITES, between
from orchestration.definitions import ASSETS
from orchestration.staleness import code_versions, source_code
from orchestration.staleness.code_versions import checked_with, made_with, with_checks
from orchestration.staleness.freshness import Materialized, Node, chain_nodes, stale
from orchestration.staleness.libraries import installed
from orchestration.staleness.source_code import Code, versions_of
from orchestration.transforms.dbt import LIBRARIES, LayeredTranslator
from orchestration.transforms.dbt_code import model_versions

PROJECT = Path(__file__).resolve().parents[2]
PRICES = keys.raw_key("pricing__compute_offers")
COSTS = {
    keys.SCENARIO_COST, keys.COST_SUMMARY, keys.SCENARIO_LOAD, keys.COST_SENSITIVITY,
    keys.COST_SENSITIVITY_PARTS, keys.COST_OF_CONFIDENCE, keys.COST_ALTERNATIVES, keys.COST_REALITY_CHECKS,
    keys.COST_REALITY_STEPS, keys.COST_FACTS, keys.COST_RESPONSE, keys.COST_RESPONSE_ERROR,
}  # fmt: skip
MARKET = {
    keys.VALIDATION_MATRIX, keys.VALIDATION_SUMMARY, keys.VALIDATION_FINDINGS, keys.THEMES, keys.OPPORTUNITIES,
    keys.SATURATION, keys.SEGMENT_RANKING, keys.SEGMENT_CRITERIA,
}  # fmt: skip
REPORTS = {keys.RELEASE, keys.RELEASE_CHANGES, keys.RELEASE_CHECKS, keys.READINESS_REPORT, keys.LATEST}
MARKS = {keys.raw_key("reviews__marks"), keys.EVIDENCE_REVIEWS}
RAW = {*(keys.raw_key(table.key) for table in ALL_TABLES), keys.EVIDENCE_SCOPE}
DECISION = {keys.REQUIREMENT_CERTAINTY, keys.GATE_CERTAINTY, keys.VERDICT_CERTAINTY, keys.NEXT_EVIDENCE}
HISTORY = {keys.GATE_HISTORY, keys.VERDICT_HISTORY}
READINESS = {keys.REQUIREMENT_RESULTS, keys.GATES, keys.VERDICT}


@pytest.fixture(scope="session")
def made(graph: AssetGraph) -> dict[dg.AssetKey, Materialized]:
    """The record of a run of all tables with the code as it is."""
    return {
        node.key: Materialized("made", node.code_version, dict.fromkeys(node.parents, "made"), is_sound=True)
        for node in chain_nodes(graph)
    }


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """The sources, to be edited."""
    for name in ("assets", "checks", "orchestration"):
        shutil.copytree(PROJECT / name, tmp_path / name, ignore=shutil.ignore_patterns("__pycache__"))
    return tmp_path


@pytest.fixture(scope="session")
def manifest(parsed_state: Path) -> dict[str, Any]:
    parsed: dict[str, Any] = json.loads((parsed_state / "dbt" / "manifest.json").read_text())
    return parsed


@pytest.fixture
def nodes(graph: AssetGraph, manifest: dict[str, Any]) -> Callable[..., list[Node]]:
    """The graph with the code of a project: what `build_definitions` gives, without making all assets anew."""

    def with_code_of(project: Path = PROJECT, parsed: dict[str, Any] = manifest) -> list[Node]:
        found = versions(project, parsed)
        return [replace(node, code_version=found[node.key]) for node in chain_nodes(graph)]

    return with_code_of


def versions(project: Path, parsed: dict[str, Any]) -> dict[dg.AssetKey, str]:
    code = Code(project)
    checked = checked_with(code)
    translator = LayeredTranslator(model_versions(parsed, versions_of(LIBRARIES)), checked)
    models = [node for node in parsed["nodes"].values() if node["resource_type"] == "model"]
    found = {translator.get_asset_key(model): translator.get_code_version(model) for model in models}
    for module, assets in ASSETS.items():
        for asset in assets:
            found |= with_checks(made_with(code, module, asset.keys), checked)
    return found


def own_code_changed(nodes: list[Node], made: dict[dg.AssetKey, Materialized]) -> set[dg.AssetKey]:
    return {key for key, why in stale(nodes, made).items() if why == "its code changed"}


def append(path: Path, text: str = "\n# another one\n") -> None:
    path.write_text(path.read_text(encoding="utf-8") + text, encoding="utf-8")


def test_as_it_is_nothing_is_made_again(
    nodes: Callable[..., list[Node]], made: dict[dg.AssetKey, Materialized]
) -> None:
    assert stale(nodes(), made) == {}


def is_dbt(key: dg.AssetKey) -> bool:
    of_python = {keys.ARCHIVE_GAINS, keys.ARCHIVE_CAPACITY, keys.ARCHIVE_NOISE}
    return keys.layer_of(key) in (keys.STAGING, keys.INTERMEDIATE, keys.MARTS) and key not in of_python


def of_area(area: str) -> set[dg.AssetKey]:
    return {keys.raw_key(table.key) for table in ALL_TABLES if table.area == area}


def guarded() -> set[dg.AssetKey]:
    return {statement.asset for statement in STATEMENTS}


@pytest.mark.parametrize(
    ("file", "tables"),
    [
        ("assets/common/tables.py", lambda all_: {key for key in all_ if not is_dbt(key)}),
        ("assets/common/numerals.py", lambda _: MARKET | HISTORY | REPORTS),
        ("assets/costs/fetch.py", lambda _: COSTS | HISTORY),
        ("assets/readiness/measures.py", lambda _: READINESS | DECISION | HISTORY),
        ("assets/history/model.py", lambda _: HISTORY),
        ("assets/decision/information.py", lambda _: DECISION),
        ("assets/reports/page/templates/report.css", lambda _: REPORTS),
        ("assets/reports/board/templates/board.typ", lambda _: REPORTS),
        ("assets/reports/whitepaper/templates/text/03-rln.typ", lambda _: REPORTS),
        ("assets/reports/whitepaper/templates/references.yaml", lambda _: REPORTS),
        ("assets/evidence/parsing.py", lambda _: RAW),
        (
            "assets/evidence/tables/pricing.py",
            lambda _: of_area("pricing") | {keys.EVIDENCE_INDEX} | MARKS | HISTORY | REPORTS,
        ),
        ("assets/privacy/names/known.txt", lambda _: set()),
        ("checks/gx.py", lambda _: RAW - {keys.EVIDENCE_SCOPE}),
        ("checks/raw.py", lambda _: RAW - {keys.EVIDENCE_SCOPE}),
        ("checks/readiness.py", lambda _: guarded()),
        ("checks/segments.py", lambda _: {keys.mart_key("segment_capture")}),
        ("checks/suites.py", lambda _: set()),  # a comment: what is expected is as it was
        ("orchestration/commands/cli.py", lambda _: set()),
    ],
)
def test_an_edited_file(
    file: str,
    tables: Callable[[set[dg.AssetKey]], set[dg.AssetKey]],
    project: Path,
    nodes: Callable[..., list[Node]],
    made: dict[dg.AssetKey, Materialized],
) -> None:
    append(project / file)
    assert own_code_changed(nodes(project), made) == tables(set(made))


def test_an_edited_suite_is_checked_again_with_its_table_and_what_rests_on_it(
    nodes: Callable[..., list[Node]], made: dict[dg.AssetKey, Materialized], monkeypatch: pytest.MonkeyPatch
) -> None:
    edited = (*SUITES["pricing__compute_offers"], between("vcpus", 1, 4))
    monkeypatch.setattr(code_versions, "SUITES", SUITES | {"pricing__compute_offers": edited})
    found = stale(nodes(), made)
    assert {key for key, why in found.items() if why == "its code changed"} == {PRICES}
    assert keys.staging_key("pricing__compute_offers") in found
    assert keys.RELEASE in found
    assert keys.staging_key("roadmap__deliverables") not in found


def test_an_edited_statement_is_checked_again_with_its_table(
    nodes: Callable[..., list[Node]], made: dict[dg.AssetKey, Materialized], monkeypatch: pytest.MonkeyPatch
) -> None:
    (edited, *others) = STATEMENTS
    edited = replace(edited, offenders=sql.SQL("select 'all'"))
    monkeypatch.setattr(code_versions, "STATEMENTS", (edited, *others))
    assert own_code_changed(nodes(), made) == {edited.asset}


@pytest.mark.parametrize(
    ("library", "tables"),
    [
        ("great-expectations", lambda all_: RAW - {keys.EVIDENCE_SCOPE}),
        ("dbt-postgres", lambda all_: {key for key in all_ if is_dbt(key)}),
        ("markupsafe", None),
        ("pyarrow", lambda _: REPORTS),
        ("dagster", lambda _: set()),
        ("uvicorn", lambda _: set()),
    ],
)
def test_another_version_of_a_library(
    library: str,
    tables: Callable[[set[dg.AssetKey]], set[dg.AssetKey]] | None,
    nodes: Callable[..., list[Node]],
    made: dict[dg.AssetKey, Materialized],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(source_code, "installed", lambda: installed() | {library: "0.0.1"})
    found = own_code_changed(nodes(), made)
    assert found >= REPORTS if tables is None else found == tables(set(made))


def _generic(manifest: dict[str, Any]) -> None:
    (test,) = [n for n in manifest["nodes"].values() if n["name"] == "unique_compute_offers_offer_id"]
    test["config"]["where"] = "vcpus > 1"


def _singular(manifest: dict[str, Any]) -> None:
    manifest["nodes"]["test.waku_fit.egress_tiers_leave_no_gap"]["raw_code"] += " -- edited"


def _shown_elsewhere(manifest: dict[str, Any]) -> None:
    manifest["nodes"]["test.waku_fit.open_questions_are_all_rows_not_found"]["raw_code"] += " -- edited"


def _macro(manifest: dict[str, Any]) -> None:
    manifest["macros"]["macro.waku_fit.fewest_published"]["macro_sql"] += " "


@pytest.mark.parametrize(
    ("change", "tables"),
    [
        (_generic, {keys.mart_key("compute_offers")}),
        (_singular, {keys.mart_key("egress_tiers")}),
        (_shown_elsewhere, {keys.mart_key("open_questions")}),
        (_macro, None),
    ],
)
def test_an_edited_test_or_macro_of_dbt(
    change: Callable[[dict[str, Any]], None],
    tables: set[dg.AssetKey] | None,
    nodes: Callable[..., list[Node]],
    made: dict[dg.AssetKey, Materialized],
    manifest: dict[str, Any],
) -> None:
    edited = copy.deepcopy(manifest)
    change(edited)
    found = own_code_changed(nodes(parsed=edited), made)
    if tables is None:  # those whose text calls it, and tests of theirs
        called = "macro.waku_fit.fewest_published"
        models = [node for node in manifest["nodes"].values() if node["resource_type"] == "model"]
        tables = {
            key for key in made if key.path[-1] in {m["name"] for m in models if called in m["depends_on"]["macros"]}
        }
        assert tables
    assert found == tables


def test_every_python_check_is_code_of_its_table(graph: AssetGraph) -> None:
    versioned = set(checked_with(Code(PROJECT)))
    of_python = {
        key.asset_key
        for key in graph.asset_check_keys
        if not graph.get(key).metadata.get("dagster_dbt/unique_id")
        and key.asset_key not in (keys.LIVE_PRICES, keys.LIVE_ROADMAP)
    }
    assert of_python == versioned
