"""Where a release comes from: what was loaded, what the checks said, which code and tools made it.

Belongs here: asking Dagster's records and the warehouse. Does not belong here: rows and files (`publish.py`).
"""

import hashlib
from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import Literal

import dagster as dg
import psycopg

from assets.common import keys
from assets.common.tables import read_table
from assets.evidence.packs import Pack
from assets.evidence.tables import ALL_TABLES
from assets.reports.model import Manifest, release_id
from assets.reports.release.check_results import CheckResult
from assets.reports.release.publish import tool_versions

FINISHED = ("SUCCEEDED", "FAILED")


def folders_of(packs: Iterable[Pack], connection: psycopg.Connection) -> dict[str, str]:
    """Tell by pack where it lies, as a hash with the key of the warehouse: a path may name whose machine it is."""
    key = read_table(connection, keys.RAW, "evidence_scope").iloc[0]["content_key"]
    return {pack.name: hashlib.sha256(f"{key} {pack.path}".encode()).hexdigest() for pack in packs}


def manifest_of(
    context: dg.AssetExecutionContext, code_version: str, connection: psycopg.Connection, checks: Sequence[CheckResult]
) -> Manifest:
    """Say of the release that the current run makes where it comes from, and what its checks found."""
    created_at = datetime.now(UTC)
    scope = read_table(connection, keys.RAW, "evidence_scope").iloc[0]
    hashes = _evidence_hashes(context, scope["content_key"])
    outcomes = Counter(check.status for check in checks)
    return Manifest(
        release_id=release_id(created_at, context.run_id),
        created_at=created_at,
        run_id=context.run_id,
        as_of=scope["as_of"],
        packs=tuple(scope["packs"]),
        evidence_hash=hashlib.sha256(repr(sorted(hashes.items())).encode()).hexdigest(),
        evidence=dict(sorted(hashes.items())),
        code_version=code_version,
        verdict=read_table(connection, keys.READINESS, "verdict").set_index("is_default")["verdict"][True],
        checks_passed=outcomes["passed"],
        checks_warned=outcomes["warned"],
        checks_failed=outcomes["failed"],
        tools=dict(sorted(tool_versions(connection).items())),
        warnings=sorted(
            f"{check.layer}/{check.table_name}: {check.check_name}" for check in checks if check.status == "warned"
        ),
    )


def _evidence_hashes(context: dg.AssetExecutionContext, content_key: str) -> dict[str, str]:
    """What was loaded, by table: the data versions that the loader gave, not the files as they may be by now.

    Of a table about people it is a hash with the key of the warehouse: of one interview all contents could be tried.
    """
    raw = {table: keys.raw_key(table.key) for table in ALL_TABLES}
    records = context.instance.get_asset_records(list(raw.values()))
    newest = {record.asset_entry.asset_key: record.asset_entry for record in records}
    hashes = {}
    for table, key in raw.items():
        version = newest[key].last_materialization.asset_materialization.tags["dagster/data_version"]
        keyed = f"{content_key} {version}".encode()
        hashes[table.key] = hashlib.sha256(keyed).hexdigest() if "consent" in table.columns() else version
    return hashes


def checks_of(context: dg.AssetExecutionContext) -> list[CheckResult]:
    """Return the newest results of the checks of all tables behind the release."""
    return [
        CheckResult(
            layer=keys.layer_of(evaluation.asset_key),
            table_name=evaluation.asset_key.path[-1],
            check_name=evaluation.check_name,
            kind=kind(evaluation),
            status=outcome(evaluation),
        )
        for evaluation in _evaluations_of(context)
    ]


def _evaluations_of(context: dg.AssetExecutionContext) -> list[dg.AssetCheckEvaluation]:
    storage = context.instance.event_log_storage
    newest = storage.get_latest_asset_check_execution_by_key(list(context.repository_def.asset_graph.asset_check_keys))
    evaluations = []
    for key, record in newest.items():
        if record.status.value not in FINISHED:  # planned by a run that was killed before: what was found counts
            finished = {type(record.status)(name) for name in FINISHED}
            history = storage.get_asset_check_execution_history(key, limit=1, status=finished)
            evaluations += [earlier.evaluation for earlier in history]
        else:
            evaluations.append(record.evaluation)
    return evaluations


def outcome(evaluation: dg.AssetCheckEvaluation) -> Literal["passed", "warned", "failed"]:
    """Name what a check found: one that only warns stops nothing, and has not passed either."""
    if evaluation.passed:
        return "passed"
    return "warned" if evaluation.severity is dg.AssetCheckSeverity.WARN else "failed"


def kind(evaluation: dg.AssetCheckEvaluation) -> str:
    """Name what ran a check, by what it leaves in its result."""
    if "unique_id" in evaluation.metadata:
        return "dbt test"
    return "expectations" if "expectations" in evaluation.metadata else "statement"
