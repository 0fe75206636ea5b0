"""Deciding in a fraction of a second that there is nothing to do, and reading what is published.

Belongs here: fingerprints and the files of releases, with the standard library only.
Does not belong here: Dagster, pandas, a database: importing one of them takes longer than the answer may.
"""

from __future__ import annotations

import hashlib
import json
import os
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from assets.common.files import write_all
from assets.evidence.fingerprint import fingerprint_of
from assets.evidence.packs import folder_of, lasting_name, resolve_packs, with_local_packs
from assets.reports.lines import TEAM, line_in, line_of, require_names
from assets.reports.sums import MANIFEST, damage
from orchestration.errors import UserError
from orchestration.settings import Settings
from orchestration.staleness.libraries import installed

CODE = ("orchestration", "assets", "checks", "dbt_project", "requirements.lock", "pyproject.toml")
SKIPPED = ("__pycache__", "target", "logs", ".user.yml", "generated")
"""What is generated follows from the rest, and is not there before the first run."""


@dataclass(frozen=True)
class Request:
    """What a run is asked for, and the line that a release of it is of."""

    packs: tuple[str, ...]
    as_of: date | None
    line: str = TEAM

    @classmethod
    def of(cls, settings: Settings, packs: tuple[str, ...] = (), as_of: date | None = None) -> Request:
        """Ask for the usual packs and `packs`, with those that were written here over them. Raises `PackError`."""
        return cls.exactly(settings, settings.packs + packs, as_of)

    @classmethod
    def exactly(cls, settings: Settings, packs: Iterable[str], as_of: date | None) -> Request:
        """Ask for `packs`, with those that were written here over them. Raises `PackError`.

        Paths become absolute: a release is asked about again from other folders.
        """
        named, team = (
            tuple(lasting_name(name, settings.evidence_dir) for name in names) for names in (packs, settings.packs)
        )
        usual = {folder_of(name, settings.evidence_dir): name for name in team}
        own = [usual.get(folder_of(name, settings.evidence_dir), name) for name in named]
        require_names((name for name in own if name not in team), team)
        return cls(with_local_packs(named, settings.state_dir), as_of, line_of(own, as_of, team))


def fingerprint(settings: Settings, request: Request) -> str:
    """Hash all that a release depends on: evidence, code, libraries as locked and as installed, database, request."""
    packs = resolve_packs(request.packs, settings.evidence_dir, settings.state_dir)
    evidence = [pack.path for pack in packs]
    code = [settings.project_dir / name for name in CODE]
    libraries = repr((sys.version_info[:2], sorted(installed().items())))
    asked = (repr(request), repr(settings.database_url))
    parts = [fingerprint_of(evidence), fingerprint_of(code, skip=SKIPPED), libraries, *asked]
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()


def code_version(settings: Settings) -> str:
    """Name the code as it is on disk, committed or not."""
    return fingerprint_of([settings.project_dir / name for name in CODE], skip=SKIPPED)[:16]


def latest_release_id(settings: Settings, line: str = TEAM) -> str | None:
    """Return the newest release of a line."""
    return _target(settings.link(line))


def unchanged_release(settings: Settings, request: Request) -> dict[str, Any] | None:
    """Return the note of the newest release of its line if it was made from exactly what is there now, else None."""
    known = _notes(settings)["lines"].get(request.line)
    if not known or known["release_id"] != latest_release_id(settings, request.line):
        return None
    is_same = known["fingerprint"] == fingerprint(settings, request)
    return known if is_same and damage(settings.link(request.line).resolve()) is None else None


def require_whole(settings: Settings, line: str = TEAM) -> None:
    """Raise `UserError` if a file of the newest release of a line is damaged; not where there is no release."""
    release_id = latest_release_id(settings, line)
    if release_id and (wrong := damage(settings.releases_dir / release_id)):
        raise UserError(
            f"release {release_id} is damaged: {wrong}. `waku-fit run`, with the options that it was made with, writes "
            "it again from the database"
        )


def remember(
    settings: Settings, request: Request, fingerprint_before: str, warehouse: str, release_id: str | None
) -> None:
    """Note what `release_id` was made from: `fingerprint_before` was taken before anything was read.

    `warehouse` names the database that holds its tables. Nothing is noted of a release that is no longer the newest of
    its line.
    """
    if release_id != latest_release_id(settings, request.line):
        return
    made_from = {
        "release_id": release_id,
        "fingerprint": fingerprint_before,
        "packs": list(request.packs),
        "as_of": request.as_of.isoformat() if request.as_of else None,
    }
    notes = _notes(settings)
    lines = {**notes["lines"], request.line: made_from}
    write_all({_path(settings): json.dumps({"warehouse": warehouse, "lines": lines})})


def known_warehouse(settings: Settings) -> str | None:
    """Name the database that the newest release of all lines was made in."""
    warehouse: str | None = _notes(settings)["warehouse"]
    made = published(settings) if warehouse is None else []
    return made[0].get("database") if made else warehouse


def request_of_latest(settings: Settings, line: str = TEAM) -> Request:
    """Return what the next release of a line is asked for: for the team what a run without options is.

    For another line it is what its newest release was, with the packs that were written here since.
    """
    known = _notes(settings)["lines"].get(line)
    if not known or line == TEAM:
        return Request.of(settings)
    packs = with_local_packs(known["packs"], settings.state_dir)
    return Request(packs, date.fromisoformat(known["as_of"]) if known["as_of"] else None, line)


def lines_there(settings: Settings) -> list[str]:
    """Return the lines that have a release, the team's first."""
    links = settings.reports_dir.glob("[!.]*") if settings.reports_dir.is_dir() else ()
    names = sorted(link.name for link in links if _target(link))
    return sorted(names, key=lambda name: name != TEAM)


def published(settings: Settings, line: str | None = None) -> list[dict[str, Any]]:
    """Return the manifests of the releases that were published in a line, or in all of them, newest first.

    Of a line they are those in the database of its newest release. A folder that sorts after that one was written by a
    run that was killed before it published.
    """
    paths = sorted(settings.releases_dir.glob(f"[!.]*/{MANIFEST}"), reverse=True)
    newest = {name: _target(settings.link(name)) or "" for name in lines_there(settings) if line in (None, name)}
    found = []
    databases: dict[str, str | None] = {}
    for path in paths:
        try:
            manifest = json.loads(path.read_bytes())
        except ValueError:  # it was damaged; `waku-fit doctor` names it
            continue
        of = manifest["line"] = line_in(manifest, settings.packs)
        if path.parent.name <= newest.get(of, ""):
            database = databases.setdefault(of, manifest.get("database"))
            # Where a release does not tell, it is of before another one was told of.
            if database is None or manifest.get("database", database) == database:
                found.append(manifest)
    return found


def _target(link: Path) -> str | None:
    return Path(os.readlink(link)).name if link.is_symlink() else None


def _notes(settings: Settings) -> dict[str, Any]:
    """Return what the newest release of each line was made from, and the database of the newest one of all."""
    path = _path(settings)
    try:
        notes: dict[str, Any] = json.loads(path.read_bytes())
    except (FileNotFoundError, ValueError):  # gone or cut: the next run notes it anew
        notes = {}
    return notes if "lines" in notes else {"warehouse": None, "lines": {}}  # else of before there were lines


def _path(settings: Settings) -> Path:
    return settings.state_dir / "made_from.json"
