"""Blocking checks of the raw evidence: nothing is built on a table whose suite does not hold.

Belongs here: suites as Dagster asset checks. Does not belong here: expectations and how they run.
"""

from collections.abc import Iterator

import dagster as dg

from assets.common import keys
from assets.common.resources import Warehouse
from checks.gx import run_suites
from checks.suites import SUITES

CHECK = "evidence_holds"


@dg.multi_asset_check(
    specs=[
        dg.AssetCheckSpec(CHECK, asset=keys.raw_key(table), blocking=True, description=f"{len(suite)} expectations")
        for table, suite in SUITES.items()
    ],
    can_subset=True,
    name="raw_evidence_suites",
)
def raw_checks(
    context: dg.AssetCheckExecutionContext, warehouse: dg.ResourceParam[Warehouse]
) -> Iterator[dg.AssetCheckResult]:
    """Run the suites of the selected tables in one session."""
    tables = {str(key.asset_key.path[-1]) for key in context.selected_asset_check_keys}
    found = run_suites(
        warehouse.sqlalchemy_url("waku_fit_loader"),
        keys.RAW,
        {t: s for t, s in SUITES.items() if t in tables},
    )
    for table, findings in found.items():
        yield dg.AssetCheckResult(
            asset_key=keys.raw_key(table),
            check_name=CHECK,
            passed=not findings,
            metadata={
                "expectations": len(SUITES[table]),
                "findings": dg.MetadataValue.md("\n".join(f"- {f}" for f in findings) or "none"),
            },
            description=None
            if not findings
            else "; ".join(map(str, findings)) + "; fix the rows named in evidence/ and run again",
        )
