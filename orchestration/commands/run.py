"""`waku-fit run`: what is stale is made again in the project's own Dagster instance, with progress on the terminal.

Belongs here: choosing the assets, starting the job, telling how it goes. Does not belong here: the rule of staleness.
"""

from __future__ import annotations

import gc
import json
import os
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any
from uuid import uuid4

import click
import dagster as dg

from assets.common import keys
from assets.evidence.read_packs import Evidence
from assets.reports.decisions import BrokenLogError
from assets.reports.release.assets import RELEASES_CLEANED
from assets.reports.release.publish import LinkError, align_link
from assets.reports.release.repair import NotRepairedError, repair
from orchestration.abandoned_runs import STARTED_HERE, close_abandoned, held_while_running
from orchestration.commands.preview import preview_lines
from orchestration.commands.summary import changes, scope_lines, verdict_lines, withdrawal_lines
from orchestration.commands.timings import Timings
from orchestration.commands.ui import environment
from orchestration.dagster_internals import (
    ReconstructableJob,
    ReconstructableRepository,
    SerializableErrorInfo,
    execute_run_iterator,
    job_origin,
    quick_history,
)
from orchestration.errors import UserError
from orchestration.instance import make_private, prepare_home
from orchestration.settings import Settings
from orchestration.staleness.fingerprints import Request, known_warehouse, latest_release_id, remember
from orchestration.staleness.plan import Held, RunPlan, make_plan
from orchestration.warehouse.connection import (
    ADMIN,
    AnotherRunActive,
    WarehouseError,
    bootstrap,
    connect,
    open_warehouse,
    run_lock,
)

PREVIEW_ELSEWHERE = (
    "the last release was made in another database, and the history of runs is about one only; run without --preview,"
    " or set WAKU_FIT_DATABASE_URL to that database"
)
ANOTHER_DATABASE = "Release {} is of another database: nothing is compared with it."


def run_chain(
    settings: Settings,
    request: Request,
    evidence: Evidence,
    before: str,
    started: float,
    *,
    timings: bool = False,
    is_preview: bool = False,
) -> int:
    """Bring the newest release of the line of `request` up to date with it and return the exit code.

    `before` is the fingerprint from before `evidence` was read, `started` when the command was, on the monotonic clock.
    With `timings`, the seconds of each step and table are printed in the end. A preview makes all tables but those of a
    release, says what would move, and publishes nothing.
    """
    os.environ.update(environment(settings))
    try:
        with open_warehouse(settings.database_url, settings.state_dir) as database:
            for note in database.notes:
                click.echo(note)
            with run_lock(database.url), connect(database.url, autocommit=True) as connection:
                bootstrap(connection)
                if told := repair(connection, settings.releases_dir, request.line, settings.decisions):
                    click.echo(told)
                align_link(connection, settings.releases_dir, settings.link(request.line))
                held = Held.by(connection)
                newest = latest_release_id(settings, request.line)
            if is_preview and known_warehouse(settings) not in (None, held.warehouse):
                raise UserError(PREVIEW_ELSEWHERE)
            with dg.DagsterInstance.from_config(str(prepare_home(settings.dagster_home))) as instance:
                close_abandoned(instance, settings.state_dir)
                repository = ReconstructableRepository.for_module(
                    "orchestration.definitions", "defs", str(settings.project_dir)
                )
                graph = repository.get_definition().asset_graph
                plan = make_plan(settings, request, evidence, instance, graph, held)
                gc.freeze()
                gc.enable()
                making = Making(settings, request, instance, repository, started, timings=timings)
                if plan.reasons and is_preview:
                    return _preview(making, plan, database.url)
                if plan.reasons:
                    return _publish(making, plan)
            # No table depends on what changed: the release is as good as one made now.
            remember(settings, request, before, held.warehouse, newest)
    except (AnotherRunActive, BrokenLogError, LinkError, NotRepairedError, WarehouseError) as error:
        raise UserError(str(error)) from error
    click.echo(f"No number depends on what has changed since release {newest}: nothing was run.")
    return 0


def _why(reasons: Mapping[dg.AssetKey, str]) -> str:
    roots = [key.to_user_string() for key, why in reasons.items() if not why.endswith("is made again")]
    return "" if len(roots) > 5 else f" because of {', '.join(roots)}"


@dataclass(frozen=True)
class Making:
    """What it takes to make tables: for whom, where the history is, and when the command was started."""

    settings: Settings
    request: Request
    instance: dg.DagsterInstance
    repository: ReconstructableRepository
    started: float
    timings: bool

    def run(self, selection: frozenset[dg.AssetKey]) -> ProgressPrinter | None:
        """Make the tables that are selected; None where that failed, which is then told."""
        settings, release = self.settings, latest_release_id(self.settings, self.request.line)
        job: ReconstructableJob = self.repository.get_reconstructable_job(keys.JOB).get_subset(
            asset_selection=selection
        )
        run_id = str(uuid4())
        log = settings.state_dir / "logs" / f"{run_id}.log"
        progress = ProgressPrinter(total=len(selection), started=self.started)
        with (
            held_while_running(settings.state_dir, run_id),
            quick_history(self.instance),
            _output_to(log) as terminal,
        ):
            run = self.instance.create_run_for_job(
                job_def=job.get_definition(),
                run_id=run_id,
                run_config=run_config(settings, self.request),
                asset_selection=selection,
                job_code_origin=job.get_python_origin(),
                remote_job_origin=job_origin(settings.project_dir / "workspace.yaml", keys.JOB),
                tags=STARTED_HERE,
            )
            for event in execute_run_iterator(job, run, self.instance):
                progress.tell(event, terminal)
        if self.timings:
            click.echo("\n".join(progress.timings.lines()))
        if not self.instance.get_run_by_id(run_id).is_success:  # type: ignore[union-attr]
            told = ["Interrupted"] if progress.interrupted else [*progress.failures, "The run failed"]
            newest = latest_release_id(settings, self.request.line)
            stands = (
                "the latest release is as it was" if newest == release else f"release {newest} was published before"
            )
            click.echo("\n".join(["", *told]) + f"; {stands}. Log: {log}", err=True)
            return None
        return progress


def _publish(making: Making, plan: RunPlan) -> int:
    click.echo(f"{len(plan.reasons)} of {plan.tables} tables are out of date" + _why(plan.reasons) + ".")
    settings, request = making.settings, making.request
    link = settings.link(request.line)
    readiness = link / "readiness.json"
    was = json.loads(readiness.read_text()) if readiness.exists() else None
    was_in = _database_of(link)
    release = latest_release_id(settings, request.line)
    progress = making.run(frozenset(plan.reasons))
    if progress is None:
        return 1
    gc.freeze()  # nor does the end of the process need to look through them, for two seconds
    now = json.loads(readiness.read_text())
    moved = changes(was, now) if was_in in (None, _database_of(link)) else [ANOTHER_DATABASE.format(release)]
    lines = ["", *verdict_lines(now), *moved, *withdrawal_lines(progress.cleaned)]
    lines += scope_lines(request, settings)
    click.echo("\n".join([*lines, f"Report: {link / 'index.html'}"]))
    return 0


def _database_of(link: Path) -> str | None:
    """Return the database of a release; None where there is none, or it is of before databases were noted."""
    manifest = link / "manifest.json"
    return json.loads(manifest.read_text()).get("database") if manifest.exists() else None


def _preview(making: Making, plan: RunPlan, url: str) -> int:
    reasons = {key: why for key, why in plan.reasons.items() if keys.layer_of(key) != keys.REPORTS}
    click.echo(f"{len(reasons)} of {plan.tables} tables are out of date" + _why(reasons) + ".")
    if reasons and making.run(frozenset(reasons)) is None:
        return 1
    gc.freeze()
    with run_lock(url), connect(url, ADMIN, autocommit=True) as connection:
        lines = preview_lines(making.settings, making.request, connection)
    click.echo("\n".join(["", *lines]))
    return 0


def run_config(settings: Settings, request: Request) -> dict[str, Any]:
    """The request as run configuration, the same that the UI's launchpad takes."""
    as_of = request.as_of.isoformat() if request.as_of else None
    evidence = {
        "evidence_dir": str(settings.evidence_dir),
        "state_dir": str(settings.state_dir),
        "packs": list(request.packs),
        "as_of": as_of,
    }
    return {
        "resources": {"evidence": {"config": evidence}},
        "loggers": {"console": {"config": {"log_level": "ERROR"}}},
    }


@contextmanager
def _output_to(log: Path) -> Iterator[IO[str]]:
    """Send all output, of child processes too, to `log`, and yield the terminal to write progress to."""
    make_private(log.parent)
    sys.stdout.flush()
    sys.stderr.flush()
    saved = [os.dup(1), os.dup(2)]
    with log.open("wb") as file, os.fdopen(os.dup(1), "w", buffering=1, encoding="utf-8") as terminal:
        os.dup2(file.fileno(), 1)
        os.dup2(file.fileno(), 2)
        try:
            yield terminal
        finally:
            sys.stdout.flush()
            sys.stderr.flush()
            for number, descriptor in enumerate(saved, start=1):
                os.dup2(descriptor, number)
                os.close(descriptor)


@dataclass
class ProgressPrinter:
    """Prints one line per finished table: how many of how many, seconds since the command began, its name."""

    total: int
    started: float
    done: int = 0
    failures: list[str] = field(default_factory=list)
    interrupted: bool = False
    cleaned: int = 0
    """Earlier releases that something was taken out of."""
    timings: Timings = field(init=False)

    def __post_init__(self) -> None:
        self.timings = Timings(self.started)

    def tell(self, event: dg.DagsterEvent, terminal: IO[str]) -> None:
        self.timings.tell(event, time.monotonic())
        if event.is_step_materialization and event.asset_key is not None:
            self.done += 1
            if event.asset_key == keys.LATEST:
                self.cleaned = int(event.materialization.metadata[RELEASES_CLEANED].value)  # type: ignore[arg-type]
            seconds = time.monotonic() - self.started
            line = f"[{self.done:>3}/{self.total}] {seconds:5.1f} s  {event.asset_key.to_user_string()}"
            # On a terminal one line that moves, elsewhere a log that stays.
            terminal.write(f"\r\x1b[K{line}" if terminal.isatty() else f"{line}\n")
        elif event.event_type == dg.DagsterEventType.RUN_FAILURE:
            error = event.job_failure_data.error
            self.interrupted = error is not None and error.cls_name == dg.DagsterExecutionInterruptedError.__name__
        elif event.is_step_failure:
            self.failures.append(f"{event.step_key} failed: {_reason(event)}")
        elif event.is_resource_init_failure:
            self.failures.append(f"The run did not begin: {_root_message(event.engine_event_data.error)}")
        elif (
            event.event_type == dg.DagsterEventType.ASSET_CHECK_EVALUATION
            and not (check := event.asset_check_evaluation_data).passed
            and check.severity is dg.AssetCheckSeverity.ERROR
        ):
            self.failures.append(
                f"{check.asset_key.to_user_string()}: check {check.check_name} failed: {check.description or ''}"
            )


def _reason(event: dg.DagsterEvent) -> str:
    user = event.step_failure_data.user_failure_data
    return user.description if user and user.description else _root_message(event.step_failure_data.error)


def _root_message(error: SerializableErrorInfo | None) -> str:
    while error is not None and error.cause is not None:
        error = error.cause
    return error.message.strip() if error else "no reason given"
