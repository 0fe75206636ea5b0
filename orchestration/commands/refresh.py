"""`waku-fit refresh`: asks providers for their prices, and GitHub for the roadmap, and prints what became of each.

Belongs here: what the command prints. Does not belong here: a refresh itself (`assets.refresh.service`).
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

import click

from assets.common.answers import Client
from assets.pricing.registry import PRICES
from assets.refresh.interfaces import Clock, Refreshed
from assets.refresh.outcome import SourceOutcome
from assets.refresh.service import KnownEvidence, RefreshRefused, refresh
from assets.roadmap.live.registry import ROADMAP
from orchestration.errors import UserError
from orchestration.settings import Settings
from orchestration.staleness.evidence import packs_of, read_evidence
from orchestration.warehouse.connection import PooledAddress, WarehouseError, check_url, require_session

SHOWN = 8
"""Things of one source that are listed where they were rejected or changed; `--json` has all."""

ALL: tuple[Refreshed[Any, Any], ...] = (PRICES, ROADMAP)


def refresh_evidence(
    settings: Settings,
    names: Sequence[str],
    only_check: bool,
    client: Client,
    clock: Clock,
    environment: Mapping[str, str],
    parts: Sequence[Refreshed[Any, Any]] = ALL,
) -> list[SourceOutcome]:
    """Ask the sources called `names`, or all, and add what is accepted. Raises `UserError`."""
    known = [source.name for part in parts for source in part.sources]
    if unknown := sorted(set(names) - set(known)):
        raise UserError(f"there is no source {unknown[0]}; expected one of {', '.join(known)}")
    _require_usable(settings.database_url)
    outcomes: list[SourceOutcome] = []
    for part in parts:
        if names and not {source.name for source in part.sources} & set(names):
            continue
        before = KnownEvidence(
            settings.local_pack(part.pack),
            lambda: read_evidence(settings, settings.packs),
            lambda: packs_of(settings, settings.packs),
        )
        try:
            found, _ = refresh(part, before, client, clock, environment, names=names, only_check=only_check)
        except RefreshRefused as refused:
            raise UserError(str(refused)) from refused
        outcomes += found
    return outcomes


def _require_usable(database_url: str | None) -> None:
    """Raise `UserError` for an address that no run could use. A server that does not answer now may do so later."""
    if database_url is None:
        return
    try:
        check_url(database_url)
    except WarehouseError as error:
        raise UserError(str(error)) from None
    try:
        require_session(database_url)
    except PooledAddress as error:
        raise UserError(str(error)) from None
    except WarehouseError:
        return


def tell(outcomes: Sequence[SourceOutcome], only_check: bool, as_json: bool) -> int:
    """Print what became of each source and return the exit code: 1 if all that were asked failed."""
    if as_json:
        click.echo(json.dumps({outcome.source: outcome.as_json() for outcome in outcomes}, indent=2))
    else:
        for outcome in outcomes:
            click.echo("\n".join(_lines(outcome)))
        total = sum(len(outcome.verdicts.accepted) for outcome in outcomes)
        if only_check:
            click.echo(f"{total} rows would be added; nothing was written.")
        elif total:
            click.echo(f"{total} rows were added; `waku-fit run` uses them.")
        else:
            click.echo("No row was added.")
    states = [outcome.state for outcome in outcomes if outcome.state != "skipped"]
    return 1 if states and set(states) == {"failed"} else 0


def _lines(outcome: SourceOutcome) -> list[str]:
    name = f"{outcome.source:<14}"
    if outcome.state != "refreshed":
        stays = "; what was known stays" if outcome.state == "failed" else ""
        return [f"{name}{outcome.state}: {outcome.message}{stays}"]
    found = outcome.verdicts
    counts = f"{len(found.accepted)} new, {found.unchanged} as known, {len(found.rejected)} rejected"
    lines = [f"{name}{counts}" + (f", {len(found.untracked)} not in evidence" if found.untracked else "")]
    changed = [a for a in found.accepted if a.before != a.after]
    lines += [f"  {a.row.id}: {_shown(a.before)} → {_shown(a.after)}" for a in changed[:SHOWN] if a.before is not None]
    if len(changed) > SHOWN:
        lines.append(f"  and {len(changed) - SHOWN} more changed")
    lines += [f"  {remark}" for remark in found.remarks[:SHOWN]]
    if len(found.remarks) > SHOWN:
        lines.append(f"  and {len(found.remarks) - SHOWN} more remarks; --json lists all")
    for rejection in found.rejected[:SHOWN]:
        lines += [f"  rejected: {rejection.name}: {rejection.message}", f"            {rejection.next_step}"]
    if len(found.rejected) > SHOWN:
        lines.append(f"  and {len(found.rejected) - SHOWN} more rejected; --json lists all")
    return lines


def _shown(value: float | str) -> str:
    return value if isinstance(value, str) else f"{value:g}"


def now() -> datetime:
    """Return the time in UTC."""
    return datetime.now(UTC)
