"""`waku-fit doctor`: everything that a run needs, looked at one by one.

Belongs here: examinations that change nothing but start the embedded server. Does not belong here: repairs.
"""

from __future__ import annotations

import json
import shutil
import sys
from collections.abc import Callable
from dataclasses import asdict, dataclass
from importlib.metadata import version
from pathlib import Path

import click

from assets.reports.sums import damage
from orchestration.settings import Settings
from orchestration.staleness.evidence import read_evidence
from orchestration.staleness.fingerprints import latest_release_id, lines_there
from orchestration.warehouse.connection import connect, open_warehouse, redact, require_session

NEEDED_FREE_BYTES = 2 * 10**9
"""An embedded database with write-ahead log, some releases and run history stay well below this."""
TOOLS = ("dagster", "dagster-dbt", "dbt-core", "dbt-postgres", "great-expectations", "pandas", "psycopg")


@dataclass(frozen=True)
class Examination:
    """One examination: what was looked at, whether it is well, what was seen or what to do."""

    what: str
    is_well: bool
    detail: str


def examine(settings: Settings, as_json: bool) -> int:
    """Print what was found and return 1 if something would stop a run."""
    examinations: list[Callable[[Settings], Examination]] = [_python, _folder, _evidence, _warehouse, _releases]
    findings = [_guarded(examination, settings) for examination in examinations]
    if as_json:
        click.echo(json.dumps([asdict(f) for f in findings], indent=2))
    else:
        for finding in findings:
            click.echo(f"{'ok  ' if finding.is_well else 'FIX'}  {finding.what}: {finding.detail}")
    return 0 if all(f.is_well for f in findings) else 1


def _guarded(examination: Callable[[Settings], Examination], settings: Settings) -> Examination:
    try:
        return examination(settings)
    except Exception as error:
        return Examination(examination.__name__.strip("_"), is_well=False, detail=f"{type(error).__name__}: {error}")


def _python(_: Settings) -> Examination:
    tools = ", ".join(f"{tool} {version(tool)}" for tool in TOOLS)
    return Examination("python", (3, 11) <= sys.version_info[:2] < (3, 14), f"{sys.version.split()[0]}, {tools}")


def _folder(settings: Settings) -> Examination:
    settings.state_dir.mkdir(parents=True, exist_ok=True)
    free = shutil.disk_usage(settings.state_dir).free
    return Examination("state folder", free > NEEDED_FREE_BYTES, f"{settings.state_dir}, {free / 10**9:.0f} GB free")


def _evidence(settings: Settings) -> Examination:
    evidence = read_evidence(settings, settings.packs)
    if evidence.problems:
        return Examination(
            "evidence", is_well=False, detail=f"{len(evidence.problems)} mistakes; `waku-fit check` lists them"
        )
    return Examination("evidence", is_well=True, detail=f"{evidence.rows} rows, packs {', '.join(settings.packs)}")


def _releases(settings: Settings) -> Examination:
    folders = sorted(path for path in settings.releases_dir.glob("[!.]*") if path.is_dir())
    newest = {settings.releases_dir / str(latest_release_id(settings, line)): line for line in lines_there(settings)}
    wrong = [(folder, found) for folder in {*folders, *newest} if (found := damage(folder))]
    if not wrong:
        return Examination("releases", is_well=True, detail=f"{len(folders)}, no file of them is damaged")
    again = {folder: f"`waku-fit run` writes it again (line {line})" for folder, line in newest.items()}
    otherwise = "put it back from a backup, or remove its folder"
    told = [f"{folder.name}: {found}; {again.get(folder, otherwise)}" for folder, found in sorted(wrong)]
    return Examination("releases", is_well=False, detail=". ".join(told))


def _warehouse(settings: Settings) -> Examination:
    with open_warehouse(settings.database_url, Path(settings.state_dir)) as database:
        require_session(database.url)
        with connect(database.url) as connection:
            row = connection.execute("select version()").fetchone()
        server = str(row[0]).split(" on ")[0] if row else "?"
        where = "embedded" if database.is_embedded else redact(database.url)
        return Examination("warehouse", is_well=True, detail="; ".join([f"{server}, {where}", *database.notes]))
