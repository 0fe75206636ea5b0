"""The calculator of costs for one's own number of users: its points, and what it shows at first.

Belongs here: rows, and the data of the script, which are values of cells. Does not belong here: layout and the script
(`templates/calculator.html.j2`, `calculator.js`), arithmetic (`assets/costs/response.py`).
"""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from markupsafe import Markup

from assets.costs.components import ALL_IN, INFRASTRUCTURE
from assets.costs.rpc_and_rln import CAP
from assets.reports.page.cells import APPROXIMATE, Cells
from assets.reports.page.formats import count, hundredths, word
from assets.reports.page.packed import pack

POINTS, ERRORS, LIMITS = "cost_response", "cost_response_error", "limit_sources"
TOTALS = (INFRASTRUCTURE, ALL_IN)
FIRST_SHOWN = 10_000
"""Users that the page shows first, where a point has them."""


@dataclass(frozen=True)
class Calculator:
    """Keys of rows of `cost_response` and `cost_response_error`."""

    kinds: dict[str, str]
    """A row of each kind, by the name of the kind: the first is chosen."""
    shown: dict[bool, str]
    """The cheapest rows of the chosen kind at the number of users that is shown first, by whether with RLN."""
    last: str
    """A row of the chosen kind with the most users; the first row of the kind has the fewest."""
    points: list[str]
    errors: dict[tuple[str, bool], dict[str, str]]
    """By kind and whether with RLN, a row for each total; a total without one has no entry."""
    limits: tuple[str, str] | None
    """Keys of `limit_sources`: the limit of all memberships that is used, and a lower one that a source states."""
    doubtful: frozenset[str]
    """Of the rows that are shown first, those whose users may be too many if the lower limit is right."""


def calculator(cells: Cells) -> Calculator | None:
    """Return what the calculator shows, None where there are no points."""
    points = cells.keys(POINTS)
    if not points:
        return None
    kinds: dict[str, str] = {}
    for key in points:
        kinds.setdefault(cells.value(POINTS, key, "kind"), key)
    chosen = next(iter(kinds))
    known = {cells.value(POINTS, key, "users") for key in cells.keys(POINTS, kind=chosen)}
    users = FIRST_SHOWN if FIRST_SHOWN in known else min(known)
    shown = cells.keys(POINTS, kind=chosen, users=users, is_cheapest=True)
    errors: dict[tuple[str, bool], dict[str, str]] = {}
    for key in cells.keys(ERRORS):
        row = cells.row(ERRORS, key)
        errors.setdefault((row["kind"], row["with_rln"]), {})[row["total"]] = key
    limits = _disagreement(cells)
    return Calculator(
        kinds=kinds,
        shown={cells.value(POINTS, key, "with_rln"): key for key in shown},
        last=cells.keys(POINTS, kind=chosen, users=max(known))[0],
        points=points,
        errors=errors,
        limits=limits,
        doubtful=frozenset(key for key in shown if _is_doubtful(cells, key, limits)),
    )


def _is_doubtful(cells: Cells, key: str, limits: tuple[str, str] | None) -> bool:
    row = cells.row(POINTS, key)
    room, needed = row["memberships_available"], row["memberships_needed"]
    return row["is_feasible"] is True and room is not None and needed > _sure_room(cells, limits, room)


def place_name(cells: Cells, key: str) -> str:
    """Return the place of a point as the page says it."""
    provider, region = (cells.value(POINTS, key, name) for name in ("provider", "region"))
    return f"{word(provider)}, {word(region) if region == 'all' else f'region {region}'}"


def script_data(cells: Cells, shown: Calculator) -> Markup:
    """Return the points for the script, packed: by kind and RLN, by place, percentiles by number of users.

    Values stand as they are in the table. Errors are written here, as their cells are.
    """
    kinds = {
        kind: {
            "name": word(kind),
            "series": {
                "rln" if with_rln else "plain": _series(cells, kind, with_rln, shown)
                for with_rln in (False, True)
                if cells.keys(POINTS, kind=kind, with_rln=with_rln)
            },
        }
        for kind in shown.kinds
    }
    return Markup(pack(json.dumps(kinds, separators=(",", ":"))))  # noqa: S704 - base64


def _series(cells: Cells, kind: str, with_rln: bool, shown: Calculator) -> dict[str, Any]:
    keys = cells.keys(POINTS, kind=kind, with_rln=with_rln)
    places: dict[str, dict[int, list[Any]]] = {}
    for key in keys:
        row = cells.row(POINTS, key)
        places.setdefault(place_name(cells, key), {})[row["users"]] = [
            row["grade"] in APPROXIMATE,
            *([row[f"{total}_p{percent}_usd_per_month"] for percent in (5, 50, 95)] for total in TOTALS),
        ]
    errors = shown.errors.get((kind, with_rln), {})
    return {
        "places": places,
        "errors": {total: hundredths(cells.value(ERRORS, key, "error_share")) for total, key in errors.items()},
        "why": cells.made_of(POINTS, keys[0]),
        "reads": {total: cells.target(ERRORS, key, "error_share") for total, key in errors.items()},
        **_memberships(cells, keys, shown.limits),
    }


def _disagreement(cells: Cells) -> tuple[str, str] | None:
    """Return the limit of all memberships that is used and the lowest that a source states, where that is lower."""
    keys = cells.keys(LIMITS, system="RLN", parameter=CAP.partition("/")[2])
    used = next((key for key in keys if cells.value(LIMITS, key, "is_used")), None)
    least = min(keys, key=lambda key: float(cells.value(LIMITS, key, "value")), default=None)
    if used is None or least is None or cells.value(LIMITS, least, "value") >= cells.value(LIMITS, used, "value"):
        return None
    return used, least


def _sure_room(cells: Cells, limits: tuple[str, str] | None, room: int) -> int:
    """Return how many memberships there is room for whatever source is right.

    All are of one size, so that their number is in proportion to the limit of the whole network.
    """
    if limits is None:
        return room
    used, least = (cells.value(LIMITS, key, "value") for key in limits)
    return math.floor(room * float(least) / float(used))


def _memberships(cells: Cells, keys: Sequence[str], limits: tuple[str, str] | None) -> dict[str, Any]:
    """Return memberships for each user, how many the network allows, and whether one is too small for its sender."""
    rows = [cells.row(POINTS, key) for key in keys]
    limited = [row for row in rows if row["memberships_available"] is not None]
    if not limited:
        return {}
    return {
        "memberships_each": limited[-1]["memberships_needed"] / limited[-1]["users"],
        "room": limited[-1]["memberships_available"],
        "sure_room": _sure_room(cells, limits, limited[-1]["memberships_available"]),
        "limits": [count(cells.value(LIMITS, key, "value")) for key in limits or ()],
        "sends_too_much": any(
            row["is_feasible"] is False and row["memberships_needed"] <= row["memberships_available"] for row in limited
        ),
    }
