"""`waku-fit check`: evidence validated without a database."""

from __future__ import annotations

import json
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path

import click

from assets.evidence.fetch import Evidence, format_problems, read_packs
from assets.evidence.packs import Pack, resolve_pack, resolve_packs, with_live_prices
from orchestration.settings import Settings


def read_evidence(settings: Settings, packs: tuple[str, ...], extra: Path | None = None) -> Evidence:
    """Read the named packs, with refreshed prices over them if there are any.

    `extra` is laid over them, or stands for the first one if it lies in the same place.
    """
    names = with_live_prices(packs, settings.prices_dir)
    chosen = resolve_packs(names, settings.evidence_dir, settings.prices_dir)
    if extra is not None and extra.resolve() not in [pack.path.resolve() for pack in chosen]:
        given = resolve_pack(str(extra), settings.evidence_dir)
        chosen = [given] if _is_complete(given, chosen[0]) else [*chosen, given]
    return read_packs(chosen, today=datetime.now(UTC).date())


def _is_complete(pack: Pack, model: Pack) -> bool:
    """A copy of the whole public pack is checked in its place: over it, every id would be there twice."""
    return {p.name for p in model.path.iterdir() if p.is_dir()} <= {p.name for p in pack.path.iterdir()}


def check_evidence(settings: Settings, path: Path | None, packs: tuple[str, ...], as_json: bool) -> int:
    """Print every mistake as `file:line: column: ...` and return 1 if there is one."""
    evidence = read_evidence(settings, packs, path)
    if as_json:
        click.echo(json.dumps({"rows": evidence.rows, "problems": [asdict(p) for p in evidence.problems]}, indent=2))
    elif evidence.problems:
        click.echo(format_problems(evidence.problems), err=True)
    else:
        click.echo(f"{evidence.rows} rows in {len(evidence.records)} tables, no mistakes.")
    return 1 if evidence.problems else 0
