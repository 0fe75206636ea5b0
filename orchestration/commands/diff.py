"""`waku-fit diff`: which two releases are compared, and how it is printed.

Belongs here: choosing. Does not belong here: comparing, layout (`assets.reports.difference`).
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

import click

from assets.reports.difference.model import Difference, compare
from assets.reports.difference.read import read_past, read_tables
from assets.reports.difference.text import diff_lines
from orchestration.errors import UserError
from orchestration.settings import Settings
from orchestration.staleness.fingerprints import published


def show_difference(settings: Settings, before: str | None, after: str | None, as_json: bool) -> int:
    """Print what changed from one release to another; without names, between the latest two. Raises `UserError`."""
    ids = [manifest["release_id"] for manifest in published(settings.releases_dir, settings.latest)]
    if before is None and len(ids) < 2:
        there = "there is only one" if ids else "there is none"
        raise UserError(f"two releases are compared, and {there}; `waku-fit run` makes one when something has changed")
    new = chosen_release(after, ids) if after else ids[0]
    old = chosen_release(before, ids) if before else ids[1]
    folders = (settings.releases_dir / old, settings.releases_dir / new)
    difference = _with_causes(compare(*map(read_past, folders)), *folders)
    click.echo(json.dumps(difference.as_json(), indent=2) if as_json else "\n".join(diff_lines(difference)))
    return 0


def _with_causes(difference: Difference, before: Path, after: Path) -> Difference:
    """Add what moved judgements and costs, where both releases hold all that these are computed from."""
    if difference.judgements:
        from assets.reports.difference import gates

        judged_by = [read_tables(folder, gates.COLUMNS) for folder in (before, after)]
        if judged_by[0] and judged_by[1]:
            difference = gates.with_attributed_judgements(difference, judged_by[0], judged_by[1])
    if any(scenario.total and scenario.total.delta for scenario in difference.scenarios):
        from assets.reports.difference import costs  # the cost model, which takes a second to import

        click.echo("Computing the costs again, with each group of changes ...", err=True)
        estimated_from = [read_tables(folder, costs.COLUMNS) for folder in (before, after)]
        if estimated_from[0] and estimated_from[1]:
            difference = costs.with_attributed_costs(difference, estimated_from[0], estimated_from[1])
    return difference


def chosen_release(name: str, ids: Sequence[str]) -> str:
    """Return the one release whose id begins with `name`."""
    found = [release_id for release_id in ids if release_id.startswith(name)]
    if len(found) != 1:
        raise UserError(
            f"{len(found)} releases are called {name}, expected one; `waku-fit releases` lists them, and the beginning "
            "of an id is enough"
        )
    return found[0]
