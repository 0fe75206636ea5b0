"""What is missing of each segment, said and not blocking: a capture may be unfinished, a report about it may not.

Belongs here: checks of the marts about segments that warn. Does not belong here: what counts as captured (dbt).
"""

import dagster as dg
from psycopg import sql

from assets.common import keys
from assets.common.resources import Warehouse

CHECKED = keys.mart_key("segment_capture")
MISSING = sql.SQL(
    "select segment_id, array_to_string(missing_items, ', ') from marts.segment_capture"
    " where cardinality(missing_items) > 0 order by cardinality(missing_items), segment_id"
)


@dg.asset_check(
    asset=CHECKED,
    name="all_six_parts_are_captured",
    description="Segment, market size, problems and USPs, competitors, learnings, rationale: which part is missing",
)
def segment_checks(warehouse: dg.ResourceParam[Warehouse]) -> dg.AssetCheckResult:
    """Warn with the parts that each segment lacks; nothing waits for them."""
    with warehouse.connect("waku_fit_admin") as connection:
        missing: list[tuple[str, str]] = connection.execute(MISSING).fetchall()
    rows = "\n".join(f"| {segment} | {parts} |" for segment, parts in missing)
    return dg.AssetCheckResult(
        passed=not missing,
        severity=dg.AssetCheckSeverity.WARN,
        metadata={"missing": dg.MetadataValue.md(f"| segment | missing |\n|---|---|\n{rows}")},
        description=f"{len(missing)} segments lack a part; add it to evidence/, see the table" if missing else None,
    )
