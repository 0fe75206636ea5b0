"""`waku-fit check`: evidence validated without a database."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path

import click

from assets.evidence.check_file import check_file, place_of
from assets.evidence.packs import Pack, resolve_pack, resolve_packs
from assets.evidence.read_packs import Evidence, format_problems, read_packs
from assets.evidence.wording import counted
from orchestration.errors import UserError
from orchestration.paths import openable
from orchestration.settings import Settings
from orchestration.staleness.evidence import packs_of, read_evidence


def _laid_over(chosen: list[Pack], extra: Pack) -> list[Pack]:
    """Lay a pack over others, or put it in the place of the first one if it is a copy of all of that."""
    if extra.path in [pack.path for pack in chosen]:
        return chosen
    return [extra] if _is_complete(extra, chosen[0]) else [*chosen, extra]


def evidence_without_mistakes(settings: Settings, packs: tuple[str, ...]) -> Evidence | None:
    """Return what a run is about to load, or tell the mistakes in it and return None."""
    evidence = read_evidence(settings, packs)
    for note in evidence.notes:
        click.echo(note)
    if evidence.problems:
        click.echo(format_problems(evidence.problems), err=True)
        click.echo("Nothing was loaded; the latest release is as it was.", err=True)
        return None
    click.echo(f"{evidence.rows:,} rows of evidence in {len(evidence.records)} tables. Starting Dagster and dbt ...")
    return evidence


def _is_complete(pack: Pack, model: Pack) -> bool:
    """A copy of the whole public pack is checked in its place: over it, every id would be there twice."""
    return {p.name for p in model.path.iterdir() if p.is_dir()} <= {p.name for p in pack.path.iterdir()}


def _one_file(settings: Settings, packs: Sequence[str], path: Path) -> Evidence:
    """Check one file by itself, which takes a fraction of the time of a whole pack."""
    place = place_of(path.resolve())
    if place is None:
        raise UserError(
            f"{path.name} lies where no table of evidence has a file; expected <pack>/<area>/<table>.csv, or a document"
            " such as <pack>/interviews/interviews/p01.yaml"
        )
    chosen = resolve_packs(packs, settings.evidence_dir, settings.state_dir)
    if place.root not in [pack.path for pack in chosen]:
        chosen.append(Pack(place.root.name, place.root))
    return check_file(path.resolve(), place, list(map(openable, chosen)), today=datetime.now(UTC).date())


def check_evidence(settings: Settings, path: Path | None, packs: tuple[str, ...], as_json: bool) -> int:
    """Print every mistake as `file:line: column: ...` and return 1 if there is one.

    `packs` are laid over the usual ones, and over them `path` if that is a folder.
    """
    own: list[Pack] = []
    if path and path.is_file():
        evidence = _one_file(settings, settings.packs + packs, path)
    else:
        own = resolve_packs(packs, settings.evidence_dir, settings.state_dir)
        chosen = packs_of(settings, settings.packs + packs)
        if path:
            extra = resolve_pack(str(path), settings.evidence_dir)
            own = [*(pack for pack in own if pack != extra), extra]
            chosen = _laid_over(chosen, extra)
        evidence = read_packs(list(map(openable, chosen)), today=datetime.now(UTC).date())
    if as_json:
        click.echo(json.dumps(_for_scripts(evidence), indent=2))
        return 1 if evidence.problems else 0
    for note in evidence.notes:
        click.echo(note)
    if evidence.problems:
        click.echo(format_problems(evidence.problems))
    else:
        for pack in own:
            click.echo(f"{openable(pack).label}: {_rows(evidence, pack)}.")
        whole = f"{counted(evidence.rows, 'row')} in {counted(len(evidence.records), 'table')}"
        click.echo(f"{whole}{' of all packs' if own else ''}, no mistakes.")
    return 1 if evidence.problems else 0


def _for_scripts(evidence: Evidence) -> dict[str, object]:
    problems = [asdict(problem) for problem in evidence.problems]
    return {"rows": evidence.rows, "problems": problems, "notes": list(evidence.notes)}


def _rows(evidence: Evidence, pack: Pack) -> str:
    """Count what a pack holds."""
    counts = [sum(record.pack == pack.name for record in records) for records in evidence.records.values()]
    return f"{counted(sum(counts), 'row')} in {counted(sum(map(bool, counts)), 'table')}"
