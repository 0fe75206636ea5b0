"""Deciding in a fraction of a second that there is nothing to do, and reading what is published.

Belongs here: fingerprints and the files of releases, with the standard library only.
Does not belong here: Dagster, pandas, a database: importing one of them takes longer than the answer may.
"""

from __future__ import annotations

import hashlib
import json
import os
import sys
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from assets.common.files import write_all
from assets.evidence.fingerprint import fingerprint_of
from assets.evidence.packs import lasting_name, resolve_packs, with_local_packs
from orchestration.settings import Settings
from orchestration.staleness.libraries import installed

CODE = ("orchestration", "assets", "checks", "dbt_project", "requirements.lock", "pyproject.toml")
SKIPPED = ("__pycache__", "target", "logs", ".user.yml", "generated")
"""What is generated follows from the rest, and is not there before the first run."""


@dataclass(frozen=True)
class Request:
    """What a run is asked for."""

    packs: tuple[str, ...]
    as_of: date | None

    @classmethod
    def of(cls, settings: Settings, packs: tuple[str, ...] = (), as_of: date | None = None) -> Request:
        """Ask for the usual packs and `packs`, with those that were written here over them.

        Paths become absolute: a release is asked about again from other folders.
        """
        named = (lasting_name(name, settings.evidence_dir) for name in settings.packs + packs)
        return cls(with_local_packs(named, settings.state_dir), as_of)


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


def latest_release_id(settings: Settings) -> str | None:
    return Path(os.readlink(settings.latest)).name if settings.latest.is_symlink() else None


def unchanged_release(settings: Settings, request: Request) -> dict[str, Any] | None:
    """Return the note of the latest release if it was made from exactly what is there now, else None."""
    note = _note(settings)
    if not note.exists():
        return None
    known: dict[str, Any] = json.loads(note.read_text())
    is_latest = known["release_id"] == latest_release_id(settings) and (settings.latest / "manifest.json").exists()
    return known if is_latest and known["fingerprint"] == fingerprint(settings, request) else None


def remember(
    settings: Settings, request: Request, fingerprint_before: str, warehouse: str, release_id: str | None
) -> None:
    """Note what `release_id` was made from: `fingerprint_before` was taken before anything was read.

    `warehouse` names the database that holds its tables. Nothing is noted of a release that is no longer the latest.
    """
    if release_id != latest_release_id(settings):
        return
    made_from = {
        "release_id": release_id,
        "fingerprint": fingerprint_before,
        "packs": list(request.packs),
        "as_of": request.as_of.isoformat() if request.as_of else None,
        "warehouse": warehouse,
    }
    write_all({_note(settings): json.dumps(made_from)})


def known_warehouse(settings: Settings) -> str | None:
    """Name the database that the latest release was made in."""
    note = _note(settings)
    return json.loads(note.read_text()).get("warehouse") if note.exists() else None


def request_of_latest(settings: Settings) -> Request:
    """Return what the latest release was asked for, with the packs that were written here since.

    If that is not known, it is what a run without options asks for.
    """
    note = _note(settings)
    known = json.loads(note.read_text()) if note.exists() else {}
    if "packs" not in known:
        return Request.of(settings)
    packs = with_local_packs(known["packs"], settings.state_dir)
    return Request(packs, date.fromisoformat(known["as_of"]) if known["as_of"] else None)


def published(releases_dir: Path, link: Path) -> list[dict[str, Any]]:
    """Return the manifests of all releases that were published in the database of the latest one, newest first.

    A folder that sorts after the latest release was written by a run that was killed before it published.
    """
    latest = Path(os.readlink(link)).name if link.is_symlink() else ""
    paths = sorted(releases_dir.glob("[!.]*/manifest.json"), reverse=True)
    manifests = [json.loads(path.read_text()) for path in paths if path.parent.name <= latest]
    database = manifests[0].get("database") if manifests else None
    # Where a release does not tell, it is of before another one was told of.
    return [m for m in manifests if database is None or m.get("database", database) == database]


def _note(settings: Settings) -> Path:
    return settings.state_dir / "made_from.json"
