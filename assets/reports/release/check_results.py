"""What each check of a release found, and since which release it has found that.

Belongs here: one row for each check, from its newest result and the rows of the release before. Does not belong here:
asking Dagster for results (`manifest.py`), checking.

`since` is carried from release to release: it does not depend on how long the run history is kept, and the same
release gives the same rows.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

import pandas as pd

from assets.common import keys

COLUMNS: dict[str, str] = {
    "layer": "text",
    "table_name": "text",
    "check_name": "text",
    "kind": "text",
    "status": "text",
    "since": "date",
    "since_release": "text",
}
"""Column to PostgreSQL type."""
KEY = ("layer", "table_name", "check_name")
STATUSES = ("failed", "warned", "passed")
"""In the order in which readers get them."""


@dataclass(frozen=True)
class CheckResult:
    """What a check found."""

    layer: str
    table_name: str
    check_name: str
    kind: str
    status: str


def check_frame(
    results: Iterable[CheckResult], before: pd.DataFrame | None, release_id: str, day: date
) -> pd.DataFrame:
    """Return one row for each check, what failed first; columns as in `COLUMNS`.

    `before` has the rows of the release before. A check that found the same then keeps its `since`.
    """
    known = {} if before is None else {tuple(row[name] for name in KEY): row for row in before.to_dict("records")}
    rows = []
    for result in sorted(results, key=_order):
        was = known.get((result.layer, result.table_name, result.check_name))
        since = (was["since"], was["since_release"]) if was and was["status"] == result.status else (day, release_id)
        rows.append((result.layer, result.table_name, result.check_name, result.kind, result.status, *since))
    return pd.DataFrame(rows, columns=list(COLUMNS), dtype=object)


def _order(result: CheckResult) -> tuple[int, int, str, str]:
    layer = keys.LAYERS.index(result.layer)
    return STATUSES.index(result.status), layer, result.table_name, result.check_name
