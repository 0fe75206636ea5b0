"""Blocking checks of what Python computes: nothing is published that contradicts itself.

Belongs here: statements as Dagster asset checks. Does not belong here: what they state (`statements.py`).
"""

import dagster as dg

from assets.common.resources import Warehouse
from checks.statements import STATEMENTS, Statement

SAMPLE = 5


def _check(statement: Statement) -> dg.AssetChecksDefinition:
    @dg.asset_check(
        asset=statement.asset,
        name=statement.name,
        description=statement.description,
        blocking=True,
    )
    def holds(warehouse: dg.ResourceParam[Warehouse]) -> dg.AssetCheckResult:
        with warehouse.connect("waku_fit_admin") as connection:
            found = [row[0] for row in connection.execute(statement.offenders).fetchall()]
        sample = "; ".join(map(str, found[:SAMPLE]))
        return dg.AssetCheckResult(
            passed=not found,
            metadata={"offenders": len(found)},
            description=f"{len(found)} offenders, 0 expected: {sample}. {statement.next_step}" if found else None,
        )

    return holds


readiness_checks: list[dg.AssetChecksDefinition] = [_check(statement) for statement in STATEMENTS]
