"""The last layer of the graph: a release, its report, and the link that readers follow.

Belongs here: the order of publication. Does not belong here: how rows, files and pages are written.
The three are one step: a release without its files, or files that nothing points to, are of no use to anybody.
"""

from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import dagster as dg
import pandas as pd
import psycopg

from assets.common import keys
from assets.common.asset_tables import land_table, table_spec
from assets.common.resources import Warehouse
from assets.common.tables import read_table
from assets.evidence.packs import Pack
from assets.reports.decisions import BrokenLogError, LogLine
from assets.reports.difference import table
from assets.reports.difference.model import TABLES
from assets.reports.difference.read import as_released, read_past
from assets.reports.difference.table import changes_frame
from assets.reports.lines import TEAM
from assets.reports.model import BOARD_PDF, WHITEPAPER_PDF, Manifest
from assets.reports.page.menu import FIRST_PAGE
from assets.reports.page.site import ReleaseData
from assets.reports.release import check_results
from assets.reports.release.check_results import CheckResult, check_frame
from assets.reports.release.decision_log import DecisionLog, PagesError
from assets.reports.release.files import DATA, data_files, files_of, files_taken_back
from assets.reports.release.manifest import checks_of, folders_of, manifest_of
from assets.reports.release.publish import (
    Files,
    align_link,
    previous_release,
    publish,
    read_release,
    write_files,
    write_rows,
)
from assets.reports.release.soundness import faults
from assets.reports.release.withdrawal_files import read_agreed
from assets.reports.release.withdrawal_rows import (
    AnotherFolderError,
    read_withdrawn,
    require_same_folders,
    take_out,
    texts_withdrawn,
)
from assets.reports.release_files import ReleasedTables
from assets.reports.released import RELEASED, RELEASED_TABLES
from assets.reports.whitepaper.mistakes import PaperError
from assets.reports.whitepaper.typeset import Paper

RELEASES_CLEANED = "releases_with_withdrawn_content"
"""Metadata of `reports/latest`: how many earlier releases something was taken out of."""
COPIED_KEYS = [dg.AssetKey([s, name]) for s, names in RELEASED.items() if s != keys.REPORTS for name in names]
"""Tables that others make. Those of the reports are made here, of what is known of the release as a whole."""


class ReleasedEvidence(ABC):
    """What a release must know of the evidence of its run, which is not how a row is read."""

    @property
    @abstractmethod
    def line(self) -> str:
        """Name the line that a release of it is of."""

    @abstractmethod
    def resolved(self) -> list[Pack]:
        """Return the folders of all packs."""

    @abstractmethod
    def raw_versions(self) -> dict[dg.AssetKey, str]:
        """Name the content that each raw table of this run must have."""

    @abstractmethod
    def published(self, warehouse: str) -> str | None:
        """Return the newest release of the line if it was made here from what there was when this run began."""

    @abstractmethod
    def remember(self, warehouse: str, release_id: str) -> None:
        """Note that `release_id` was made from what there was when this run began."""


class ReleaseOfRun(ABC):
    """Where releases go, what the code is called, and the guard that nothing stale is published."""

    releases_dir: str
    reports_dir: str
    """Where links to the newest release of each line are."""
    decisions: str
    """The file of the log of decisions."""
    code_version: str

    @abstractmethod
    def require_fresh(
        self, context: dg.AssetExecutionContext, evidence: ReleasedEvidence, connection: psycopg.Connection
    ) -> None:
        """Raise `dg.Failure` unless every table upstream was made from what its own inputs are now, and is as made.

        Raw tables must hold what this run was asked for: a run of a few tables with other packs would publish a mix.
        """

    @abstractmethod
    def remember(self, evidence: ReleasedEvidence, warehouse: str, release_id: str) -> None:
        """Note what was published, so that nothing is run for it again; not if the code changed since it was loaded."""


@dg.multi_asset(
    name="publish_release",
    specs=[
        table_spec(keys.RELEASE_CHANGES, COPIED_KEYS, "What changed since the release before"),
        table_spec(keys.RELEASE_CHECKS, COPIED_KEYS, "What each check found, and since which release"),
        table_spec(
            keys.RELEASE,
            [*COPIED_KEYS, keys.RELEASE_CHANGES, keys.RELEASE_CHECKS],
            "All tables that readers get, under one release id",
            kinds=["postgres"],
        ),
        table_spec(
            keys.READINESS_REPORT,
            [keys.RELEASE],
            "The readiness report as pages and as a PDF for a board, a whitepaper, documents and data files, offline",
            kinds=["html"],
        ),
        table_spec(
            keys.LATEST,
            [keys.READINESS_REPORT],
            "The link to the newest release: reports/latest, or that of another line after a look at something else",
            kinds=["file"],
        ),
    ],
)
def published_release(
    context: dg.AssetExecutionContext,
    warehouse: dg.ResourceParam[Warehouse],
    evidence: dg.ResourceParam[ReleasedEvidence],
    release: dg.ResourceParam[ReleaseOfRun],
) -> Iterator[dg.MaterializeResult[None]]:
    """Copy the rows, make the files from the copy as `waku_fit_reader`, then move pointer and link of their line.

    The log of decisions is about the line of the team: what is only looked at is noted nowhere.
    """
    releases_dir, reports_dir = Path(release.releases_dir), Path(release.reports_dir)
    link = reports_dir / evidence.line
    log = DecisionLog(Path(release.decisions), releases_dir, reports_dir / TEAM, release.code_version)
    with warehouse.connect("waku_fit_admin") as connection:
        release.require_fresh(context, evidence, connection)
        if known := evidence.published(warehouse.identity):
            yield from _published_before(known)
            return
        align_link(connection, releases_dir, link)
        with _of_the_log():
            log.note_published()
        folders = folders_of(evidence.resolved(), connection)
        try:
            require_same_folders(connection, folders)
        except AnotherFolderError as error:
            raise dg.Failure(str(error), allow_retries=False) from error
        checks = checks_of(context)
        made = manifest_of(context, release.code_version, connection, checks)
        made = replace(made, line=link.name, database=warehouse.identity)
        made = replace(made, previous=previous_release(connection, made, releases_dir))
        landed = list(_own_tables(connection, made, checks, releases_dir))
        if found := faults(connection):
            raise dg.Failure(
                f"{'; '.join(found)}. Nothing was published; look at what makes these tables.", allow_retries=False
            )
        manifest = write_rows(connection, made, folders)
        withdrawn = read_withdrawn(connection, folders)
        gone = texts_withdrawn(connection, withdrawn)
        with _of_the_log():
            log.forget(lambda line: line.words is not None and any(text in line.words.reason for text in gone))
    with warehouse.connect("waku_fit_reader") as connection:
        frames = read_release(connection, manifest.release_id)
    directory = releases_dir / manifest.release_id
    try:
        Paper(ReleaseData(frames, manifest)).require_all()
        files = files_of(frames, manifest, log.read())
    except PaperError as error:
        raise dg.Failure(f"{error}. Nothing was published.", allow_retries=False) from error
    write_files(directory, files)
    with warehouse.connect("waku_fit_admin") as connection:
        publish(connection, manifest.release_id, directory, link)
        said = log.note_published()
        # After publication: nobody then reads what is changed. Killed before this, the run is made again.
        changed = take_out(
            connection,
            withdrawn,
            read_agreed(connection, folders),
            releases_dir,
            lambda frames, manifest: _files_again(frames, manifest, said),
            keep=manifest.release_id,
            code_version=release.code_version,
        )
    release.remember(evidence, warehouse.identity, manifest.release_id)
    version = dg.DataVersion(manifest.release_id)
    name = {"release_id": manifest.release_id}
    for result in landed:
        yield dg.MaterializeResult(result.asset_key, data_version=version, metadata=result.metadata)
    yield dg.MaterializeResult(
        keys.RELEASE, data_version=version, metadata={**name, "dagster/row_count": sum(manifest.rows.values())}
    )
    yield dg.MaterializeResult(
        keys.READINESS_REPORT,
        data_version=version,
        metadata={
            **name,
            "verdict": manifest.verdict,
            "page": dg.MetadataValue.path(directory / FIRST_PAGE),
            "board": dg.MetadataValue.path(directory / BOARD_PDF),
            "whitepaper": dg.MetadataValue.path(directory / WHITEPAPER_PDF),
        },
    )
    yield dg.MaterializeResult(
        keys.LATEST,
        data_version=version,
        metadata={**name, "link": dg.MetadataValue.path(link), RELEASES_CLEANED: len(changed)},
    )


def _published_before(release_id: str) -> Iterator[dg.MaterializeResult[None]]:
    """Say of a run that waited for another one, which published the same, that there is nothing to publish."""
    for key in (keys.RELEASE_CHANGES, keys.RELEASE_CHECKS, keys.RELEASE, keys.READINESS_REPORT, keys.LATEST):
        yield dg.MaterializeResult(
            key,
            data_version=dg.DataVersion(release_id),
            metadata={"release_id": release_id, "published": "before", RELEASES_CLEANED: 0},
        )


def _own_tables(
    connection: psycopg.Connection, made: Manifest, checks: Sequence[CheckResult], releases_dir: Path
) -> Iterator[dg.MaterializeResult[None]]:
    """Land the tables that say of a release as a whole what it is, beside the release before it."""
    folder = releases_dir / made.previous if made.previous else None
    compared = {name: read_table(connection, RELEASED_TABLES[name].layer, name) for name in TABLES}
    changes = changes_frame(read_past(folder) if folder else None, as_released(made.as_json(), compared))
    yield land_table(connection, keys.RELEASE_CHANGES, table.COLUMNS, changes)
    before = ReleasedTables(folder / DATA) if folder else {}
    frame = check_frame(checks, before.get("release_checks"), made.release_id, made.created_at.date())
    yield land_table(connection, keys.RELEASE_CHECKS, check_results.COLUMNS, frame)


@contextmanager
def _of_the_log() -> Iterator[None]:
    """Let a run fail in one sentence where the log of decisions, or the pages that show it, cannot be kept."""
    try:
        yield
    except (BrokenLogError, PagesError) as error:
        raise dg.Failure(f"{error}. Nothing was published.", allow_retries=False) from error


def _files_again(frames: Mapping[str, pd.DataFrame], manifest: Manifest, said: Sequence[LogLine]) -> Files:
    """Return the files of an earlier release after something was taken out of its tables.

    The code that made it may have had other tables and columns, which the page of today fails to show in any way. A
    withdrawal does not wait for that: the page then says that it was taken back, and PDF and `readiness.json` go.
    """
    try:
        return files_of(frames, manifest, said)
    except Exception as error:
        # without its text, which may quote what was withdrawn
        name = type(error).__name__
        dg.get_dagster_logger().warning(f"Release {manifest.release_id} has no page any more ({name}).")
        return {**data_files(frames), **files_taken_back(manifest, said)}
