"""The gates and the verdict as tables of the graph.

Belongs here: reading marts and costs, calling the rules, landing their frames. Does not belong here: any rule.
"""

from collections.abc import Iterator

import dagster as dg

from assets.common import keys
from assets.common.asset_tables import land_table, table_spec
from assets.common.resources import Warehouse
from assets.readiness.fetch import READ, read_inputs
from assets.readiness.frames import (
    GATE_COLUMNS,
    REQUIREMENT_COLUMNS,
    VERDICT_COLUMNS,
    gates_frame,
    requirement_results_frame,
    verdict_frame,
)
from assets.readiness.measures import results_of
from assets.readiness.model import gates_of, verdicts_of


@dg.multi_asset(
    name="judge_readiness",
    specs=[
        table_spec(
            keys.REQUIREMENT_RESULTS,
            [dg.AssetKey(path) for path in READ],
            "What each requirement of a milestone asks for, what the evidence shows, and whether that is enough",
        ),
        table_spec(keys.GATES, [keys.REQUIREMENT_RESULTS], "What each gate of a milestone comes to"),
        table_spec(
            keys.VERDICT,
            [keys.GATES],
            "Of each milestone: ready, not ready or unknown, with the weakest path that it is based on",
        ),
    ],
)
def readiness_tables(warehouse: dg.ResourceParam[Warehouse]) -> Iterator[dg.MaterializeResult[None]]:
    """Measure every requirement, combine them into gates and the gates into verdicts."""
    with warehouse.connect("waku_fit_admin") as connection:
        inputs = read_inputs(connection)
        results = results_of(inputs)
        gates = gates_of(results)
        verdicts = verdicts_of(inputs.milestones, gates, inputs.evidence_grades)
        for key, columns, frame in (
            (keys.REQUIREMENT_RESULTS, REQUIREMENT_COLUMNS, requirement_results_frame(results)),
            (keys.GATES, GATE_COLUMNS, gates_frame(gates)),
            (keys.VERDICT, VERDICT_COLUMNS, verdict_frame(verdicts)),
        ):
            default = verdicts[0]
            said = {"verdict": default.answer.value, "reason": default.reason} if key == keys.VERDICT else {}
            yield land_table(connection, key, columns, frame, **said)
