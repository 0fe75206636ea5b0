"""`waku-fit diff`: which two releases are compared, and how it is printed.

Belongs here: choosing. Does not belong here: comparing, layout (`assets.reports.difference`).
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path

import click

from assets.reports.difference.model import Difference, compare
from assets.reports.difference.read import read_past, read_tables
from assets.reports.difference.text import diff_lines
from assets.reports.lines import TEAM
from assets.reports.sums import damage
from orchestration.commands.summary import line_name
from orchestration.errors import UserError
from orchestration.settings import Settings
from orchestration.staleness.fingerprints import published

MOST_LINES = 60
"""On a terminal, unless somebody asks for all."""


def show_difference(
    settings: Settings,
    before: str | None,
    after: str | None,
    line: str = TEAM,
    *,
    with_all: bool = False,
    as_json: bool,
) -> int:
    """Print what changed from one release to another; without names, between the newest two of a line.

    Raises `UserError`, also for two releases of two databases.
    """
    made = {manifest["release_id"]: manifest for manifest in published(settings)}
    of_line = [name for name, manifest in made.items() if manifest["line"] == line]
    newest = {manifest["line"]: name for name, manifest in reversed(made.items())}
    if len(of_line) < (1 if before else 2) and not after:
        there = "there is only one" if of_line else "there is none"
        raise UserError(
            f"two releases are compared, and of the line {line} {there}; `waku-fit run` makes one when something has"
            " changed"
        )
    new = _chosen(after, newest, list(made)) if after else of_line[0]
    old = _chosen(before, newest, list(made)) if before else of_line[1]
    if len({made[name]["database"] for name in (old, new) if "database" in made[name]}) > 1:
        raise UserError(f"{old} and {new} are of two databases; nothing of one is compared with the other")
    folders = (settings.releases_dir / old, settings.releases_dir / new)
    for folder in folders:
        if wrong := damage(folder):
            raise UserError(f"release {folder.name} is damaged: {wrong}; compare two others (`waku-fit releases`)")
    difference = _with_causes(compare(*map(read_past, folders)), *folders)
    if as_json:
        click.echo(json.dumps({**difference.as_json(), "lines": [made[old]["line"], made[new]["line"]]}, indent=2))
    else:
        lines = list(dict.fromkeys(line_name(made[name]["line"]) for name in (old, new)))
        click.echo(f"{'Line' if len(lines) == 1 else 'Lines'} of releases: {' → '.join(lines)}")
        click.echo("\n".join(diff_lines(difference, None if with_all else MOST_LINES - 1)))
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


def _chosen(name: str, newest: Mapping[str, str], ids: Sequence[str]) -> str:
    """Return the newest release of the line `name`, or the release whose id begins so."""
    return newest.get(name) or chosen_release(name, ids)


def chosen_release(name: str, ids: Sequence[str]) -> str:
    """Return the one release whose id begins with `name`."""
    found = [release_id for release_id in ids if release_id.startswith(name)]
    if len(found) != 1:
        raise UserError(
            f"{len(found)} releases are called {name}, expected one; `waku-fit releases` lists them, and the beginning "
            "of an id is enough"
        )
    return found[0]
