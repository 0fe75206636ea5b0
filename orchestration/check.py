"""`waku-fit check`: evidence validated without a database."""

from __future__ import annotations

import json
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path

import click

from assets.evidence.fetch import Evidence, format_problems, read_packs_once
from assets.evidence.ids import check_file, place_of
from assets.evidence.packs import Pack, resolve_pack, resolve_packs, with_local_packs
from orchestration.errors import UserError
from orchestration.settings import Settings


def read_evidence(settings: Settings, packs: tuple[str, ...], extra: Path | None = None) -> Evidence:
    """Read the named packs, with those that were written here over them.

    `extra` is laid over them, or stands for the first one if it lies in the same place.
    """
    chosen = resolve_packs(with_local_packs(packs, settings.state_dir), settings.evidence_dir, settings.state_dir)
    if extra is not None and extra.resolve() not in [pack.path.resolve() for pack in chosen]:
        given = resolve_pack(str(extra), settings.evidence_dir)
        chosen = [given] if _is_complete(given, chosen[0]) else [*chosen, given]
    return read_packs_once(chosen, today=datetime.now(UTC).date())


def evidence_without_mistakes(settings: Settings, packs: tuple[str, ...]) -> Evidence | None:
    """Return what a run is about to load, or tell the mistakes in it and return None."""
    evidence = read_evidence(settings, packs)
    if evidence.problems:
        click.echo(format_problems(evidence.problems), err=True)
        click.echo("Nothing was loaded; the latest release is as it was.", err=True)
        return None
    click.echo(f"{evidence.rows:,} rows of evidence in {len(evidence.records)} tables. Starting Dagster and dbt ...")
    return evidence


def _is_complete(pack: Pack, model: Pack) -> bool:
    """A copy of the whole public pack is checked in its place: over it, every id would be there twice."""
    return {p.name for p in model.path.iterdir() if p.is_dir()} <= {p.name for p in pack.path.iterdir()}


def _one_file(settings: Settings, packs: tuple[str, ...], path: Path) -> Evidence:
    """Check one file by itself, which takes a fraction of the time of a whole pack."""
    place = place_of(path.resolve())
    if place is None:
        raise UserError(
            f"{path.name} lies where no table of evidence has a file; expected <pack>/<area>/<table>.csv, or a document"
            " such as <pack>/interviews/interviews/p01.yaml"
        )
    chosen = [resolve_pack(name, settings.evidence_dir) for name in packs]
    return check_file(path.resolve(), place, chosen, today=datetime.now(UTC).date())


def check_evidence(settings: Settings, path: Path | None, packs: tuple[str, ...], as_json: bool) -> int:
    """Print every mistake as `file:line: column: ...` and return 1 if there is one."""
    evidence = _one_file(settings, packs, path) if path and path.is_file() else read_evidence(settings, packs, path)
    if as_json:
        click.echo(json.dumps({"rows": evidence.rows, "problems": [asdict(p) for p in evidence.problems]}, indent=2))
    elif evidence.problems:
        click.echo(format_problems(evidence.problems), err=True)
    else:
        click.echo(f"{evidence.rows} rows in {len(evidence.records)} tables, no mistakes.")
    return 1 if evidence.problems else 0
