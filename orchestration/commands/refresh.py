"""`waku-fit refresh`: asks providers for their prices and prints what became of each.

Belongs here: what the command prints. Does not belong here: a refresh itself (`assets.pricing.service`).
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime

import click

from assets.common.answers import Client
from assets.pricing.interfaces import Clock
from assets.pricing.refresh import SourceOutcome
from assets.pricing.registry import SOURCES, Listed
from assets.pricing.service import KnownPrices, RefreshRefused, refresh
from orchestration.errors import UserError
from orchestration.settings import Settings
from orchestration.staleness.evidence import packs_of, read_evidence

SHOWN = 8
"""Rejected prices listed for one source; `--json` has all."""


def refresh_prices(
    settings: Settings,
    names: Sequence[str],
    only_check: bool,
    client: Client,
    clock: Clock,
    environment: Mapping[str, str],
    listed: Sequence[Listed] = SOURCES,
) -> list[SourceOutcome]:
    """Ask the sources called `names`, or all, and add the accepted prices. Raises `UserError`."""
    prices = KnownPrices(
        settings.prices_dir,
        lambda: read_evidence(settings, settings.packs),
        lambda: packs_of(settings, settings.packs),
    )
    try:
        outcomes, _ = refresh(prices, client, clock, environment, names=names, only_check=only_check, listed=listed)
    except RefreshRefused as refused:
        raise UserError(str(refused)) from refused
    return outcomes


def tell(outcomes: Sequence[SourceOutcome], only_check: bool, as_json: bool) -> int:
    """Print what became of each source and return the exit code: 1 if all that were asked failed."""
    if as_json:
        click.echo(json.dumps({outcome.source: outcome.as_json() for outcome in outcomes}, indent=2))
    else:
        for outcome in outcomes:
            click.echo("\n".join(_lines(outcome)))
        total = sum(len(outcome.verdicts.accepted) for outcome in outcomes)
        if only_check:
            click.echo(f"{total} prices would be added; nothing was written.")
        elif total:
            click.echo(f"{total} prices were added; `waku-fit run` uses them.")
        else:
            click.echo("No price was added.")
    states = [outcome.state for outcome in outcomes if outcome.state != "skipped"]
    return 1 if states and set(states) == {"failed"} else 0


def _lines(outcome: SourceOutcome) -> list[str]:
    name = f"{outcome.source:<14}"
    if outcome.state != "refreshed":
        stays = "; the last known prices stay" if outcome.state == "failed" else ""
        return [f"{name}{outcome.state}: {outcome.message}{stays}"]
    found = outcome.verdicts
    counts = f"{len(found.accepted)} new, {found.unchanged} as known, {len(found.rejected)} rejected"
    lines = [f"{name}{counts}" + (f", {len(found.untracked)} not in evidence" if found.untracked else "")]
    changed = [a for a in found.accepted if a.before != a.after]
    lines += [f"  {a.row.id}: {a.before:g} → {a.after:g}" for a in changed[:SHOWN] if a.before is not None]
    if len(changed) > SHOWN:
        lines.append(f"  and {len(changed) - SHOWN} more changed")
    for rejection in found.rejected[:SHOWN]:
        lines += [f"  rejected: {rejection.name}: {rejection.message}", f"            {rejection.next_step}"]
    if len(found.rejected) > SHOWN:
        lines.append(f"  and {len(found.rejected) - SHOWN} more rejected; --json lists all")
    return lines


def now() -> datetime:
    """Return the time in UTC."""
    return datetime.now(UTC)
