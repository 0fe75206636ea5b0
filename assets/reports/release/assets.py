"""The last layer of the graph: a release, its report, and the link that readers follow.

Belongs here: the order of publication. Does not belong here: how rows, files and pages are written.
The three are one step: a release without its files, or files that nothing points to, are of no use to anybody.
"""

import hashlib
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal

import dagster as dg
import pandas as pd
import psycopg
from dagster._core.storage.asset_check_execution_record import AssetCheckExecutionRecordStatus

from assets.common import keys
from assets.common.tables import read_table
from assets.evidence.packs import Pack
from assets.evidence.tables import ALL_TABLES
from assets.readiness.frames import readiness_json
from assets.reports.model import RELEASED, Manifest, release_id
from assets.reports.page.site import ReleaseData, render_pages
from assets.reports.release.publish import (
    align_link,
    as_json,
    publish,
    read_release,
    tool_versions,
    write_files,
    write_rows,
)
from assets.reports.release.withdrawal_files import read_agreed
from assets.reports.release.withdrawal_rows import AnotherFolderError, read_withdrawn, require_same_folders, take_out

WITHDRAWN_PAGE = """<!doctype html>
<html lang="en"><meta charset="utf-8"><title>Taken back</title>
<p>The pages of this release were taken back because a consent was withdrawn. Its tables are in <code>data/</code>.</p>
</html>
"""
RELEASES_CLEANED = "releases_with_withdrawn_content"
"""Metadata of `reports/latest`: how many earlier releases something was taken out of."""
FINISHED = {AssetCheckExecutionRecordStatus.SUCCEEDED, AssetCheckExecutionRecordStatus.FAILED}
RELEASED_KEYS = [dg.AssetKey([schema, name]) for schema, names in RELEASED.items() for name in names]


def _spec(key: dg.AssetKey, deps: Sequence[dg.AssetKey], kind: str, description: str) -> dg.AssetSpec:
    return dg.AssetSpec(
        key,
        deps=deps,
        description=description,
        group_name=keys.REPORTS,
        owners=[keys.OWNERS[keys.REPORTS]],
        kinds={kind},
    )


@dg.multi_asset(
    name="publish_release",
    required_resource_keys={"warehouse", "release", "evidence"},
    specs=[
        _spec(keys.RELEASE, RELEASED_KEYS, "postgres", "All tables that readers get, under one release id"),
        _spec(keys.READINESS_REPORT, [keys.RELEASE], "html", "The readiness report and its data files, offline"),
        _spec(keys.LATEST, [keys.READINESS_REPORT], "file", "The release that readers see: reports/latest"),
    ],
)
def published_release(context: dg.AssetExecutionContext) -> Iterator[dg.MaterializeResult[None]]:
    """Copy the rows, make the files from the copy as `waku_fit_reader`, then move pointer and link."""
    settings = context.resources.release
    evidence = context.resources.evidence
    settings.require_fresh(context, evidence)
    warehouse, releases_dir, latest = context.resources.warehouse, Path(settings.releases_dir), Path(settings.latest)
    with warehouse.connect("waku_fit_admin") as connection:
        align_link(connection, releases_dir, latest)
        folders = _folders(evidence.resolved(), connection)
        try:
            require_same_folders(connection, folders)
        except AnotherFolderError as error:
            raise dg.Failure(str(error), allow_retries=False) from error
        manifest = write_rows(connection, _manifest(context, connection), folders)
    with warehouse.connect("waku_fit_reader") as connection:
        frames = read_release(connection, manifest.release_id)
    directory = releases_dir / manifest.release_id
    write_files(directory, frames, _texts(frames, manifest))
    with warehouse.connect("waku_fit_admin") as connection:
        publish(connection, manifest.release_id, directory, latest)
        # After publication: nobody then reads what is changed. Killed before this, the run is made again.
        changed = take_out(
            connection,
            read_withdrawn(connection, folders),
            read_agreed(connection, folders),
            releases_dir,
            _texts_again,
            keep=manifest.release_id,
            code_version=settings.code_version,
        )
    settings.remember(evidence, warehouse.identity, manifest.release_id)
    version = dg.DataVersion(manifest.release_id)
    name = {"release_id": manifest.release_id}
    yield dg.MaterializeResult(
        keys.RELEASE, data_version=version, metadata={**name, "dagster/row_count": sum(manifest.rows.values())}
    )
    yield dg.MaterializeResult(
        keys.READINESS_REPORT,
        data_version=version,
        metadata={**name, "verdict": manifest.verdict, "page": dg.MetadataValue.path(directory / "index.html")},
    )
    yield dg.MaterializeResult(
        keys.LATEST,
        data_version=version,
        metadata={**name, "link": dg.MetadataValue.path(latest), RELEASES_CLEANED: len(changed)},
    )


def _texts(frames: Mapping[str, pd.DataFrame], manifest: Manifest) -> dict[str, str]:
    return {
        **render_pages(ReleaseData(frames=frames, manifest=manifest)),
        "readiness.json": as_json(readiness_json(frames, manifest)),
        "manifest.json": as_json(manifest.as_json()),
    }


def _texts_again(frames: Mapping[str, pd.DataFrame], manifest: Manifest) -> dict[str, str]:
    """Return the files of an earlier release after something was taken out of its tables.

    The code that made it may have had other tables and columns, which the page of today fails to show in any way. A
    withdrawal does not wait for that: the page then says that it was taken back, and `readiness.json` goes.
    """
    try:
        return _texts(frames, manifest)
    except Exception as error:
        # without its text, which may quote what was withdrawn
        name = type(error).__name__
        dg.get_dagster_logger().warning(f"Release {manifest.release_id} has no page any more ({name}).")
        return {"index.html": WITHDRAWN_PAGE, "manifest.json": as_json(manifest.as_json())}


def _folders(packs: Iterable[Pack], connection: psycopg.Connection) -> dict[str, str]:
    """Tell by pack where it lies, as a hash with the key of the warehouse: a path may name whose machine it is."""
    key = read_table(connection, keys.RAW, "evidence_scope").iloc[0]["content_key"]
    return {pack.name: hashlib.sha256(f"{key} {pack.path}".encode()).hexdigest() for pack in packs}


def _manifest(context: dg.AssetExecutionContext, connection: psycopg.Connection) -> Manifest:
    created_at = datetime.now(UTC)
    settings = context.resources.release
    scope = read_table(connection, keys.RAW, "evidence_scope").iloc[0]
    hashes = _evidence_hashes(context, scope["content_key"])
    evaluations = _checks_of(context)
    outcomes = Counter(map(outcome, evaluations))
    return Manifest(
        release_id=release_id(created_at, context.run_id),
        created_at=created_at,
        run_id=context.run_id,
        as_of=scope["as_of"],
        packs=tuple(scope["packs"]),
        evidence_hash=hashlib.sha256(repr(sorted(hashes.items())).encode()).hexdigest(),
        evidence=hashes,
        code_version=settings.code_version,
        verdict=read_table(connection, keys.READINESS, "verdict").set_index("is_default")["verdict"][True],
        checks_passed=outcomes["passed"],
        checks_warned=outcomes["warned"],
        checks_failed=outcomes["failed"],
        tools=tool_versions(connection),
        warnings=sorted(
            f"{evaluation.asset_key.to_user_string()}: {evaluation.check_name}"
            for evaluation in evaluations
            if outcome(evaluation) == "warned"
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


def _checks_of(context: dg.AssetExecutionContext) -> list[dg.AssetCheckEvaluation]:
    """Return the newest results of the checks of all tables behind the release."""
    storage = context.instance.event_log_storage
    newest = storage.get_latest_asset_check_execution_by_key(list(context.repository_def.asset_graph.asset_check_keys))
    evaluations = []
    for key, record in newest.items():
        if record.status not in FINISHED:  # planned by a run that was killed before: what counts is what was found
            history = storage.get_asset_check_execution_history(key, limit=1, status=FINISHED)
            evaluations += [earlier.evaluation for earlier in history]
        else:
            evaluations.append(record.evaluation)
    return evaluations


def outcome(evaluation: dg.AssetCheckEvaluation) -> Literal["passed", "warned", "failed"]:
    """Name what a check found: one that only warns stops nothing, and has not passed either."""
    if evaluation.passed:
        return "passed"
    return "warned" if evaluation.severity is dg.AssetCheckSeverity.WARN else "failed"
