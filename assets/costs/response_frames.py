"""The response of costs to the number of users as tables: its points, and the error of interpolation.

Belongs here: rows of these two tables. Does not belong here: names and types of columns (`columns.py`), how a point is
made (`response.py`).
"""

from __future__ import annotations

from collections.abc import Iterable

import pandas as pd

from assets.costs.columns import RESPONSE_COLUMNS, RESPONSE_ERROR_COLUMNS
from assets.costs.response import TOTALS, CostPoint, Response
from assets.evidence.basis import Basis


def response_frame(found: Iterable[Response]) -> pd.DataFrame:
    """One row for each kind of use, with or without RLN, number of users, and place that may be the cheapest there."""
    rows = [
        (
            response.kind.name,
            response.with_rln,
            point.users,
            *point.place,
            response.kind.scenario.id,
            point.is_cheapest,
            *_figures(point),
            *((held.needed, held.available) if (held := point.memberships) else (None, None)),
            point.is_feasible,
            *point.basis.cells,
        )
        for response in found
        for point in response.points
    ]
    return pd.DataFrame(rows, columns=list(RESPONSE_COLUMNS), dtype=object)


def _figures(point: CostPoint) -> Iterable[float | None]:
    """Yield the percentiles of each total for a month and for an active user."""
    for total in TOTALS:
        spread = point.spread(total) or (None, None, None)
        yield from spread
        yield from (None if value is None else value / point.users for value in spread)


def response_error_frame(found: Iterable[Response]) -> pd.DataFrame:
    """One row for each kind of use, with or without RLN, and total: the largest error of interpolation."""
    rows = [
        (
            response.kind.name,
            response.with_rln,
            error.total,
            error.share,
            error.users,
            error.percentile,
            error.modelled,
            error.interpolated,
            error.held_out,
            *Basis.all_of(point.basis for point in response.points).cells,
        )
        for response in found
        for error in response.errors
    ]
    return pd.DataFrame(rows, columns=list(RESPONSE_ERROR_COLUMNS), dtype=object)
