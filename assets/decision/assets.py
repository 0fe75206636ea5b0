"""How sure the verdict is and which evidence to get next, as tables of the graph.

Belongs here: reading what requirements and outlines are made from, calling the models, landing their frames. Does not
belong here: any rule.
"""

from collections.abc import Iterator

import dagster as dg

from assets.common import keys
from assets.common.asset_tables import land_table, table_spec
from assets.common.resources import Warehouse
from assets.decision.frames import decision_frames
from assets.decision.next_evidence import DRAWS
from assets.readiness.fetch import READ, read_inputs
from assets.readiness.measures import results_of
from assets.readiness.model import gates_of, verdicts_of
from assets.roadmap.fetch import READ as ROADMAP
from assets.roadmap.fetch import read_inputs as read_roadmap
from assets.roadmap.fetch import read_sets
from assets.roadmap.mvp import world_of

DECISION = (keys.REQUIREMENT_CERTAINTY, keys.GATE_CERTAINTY, keys.VERDICT_CERTAINTY, keys.NEXT_EVIDENCE)
DECIDED_BY = list(
    dict.fromkeys([*(dg.AssetKey(path) for path in READ), *(keys.mart_key(name) for name in ROADMAP), keys.MVP_SETS])
)


@dg.multi_asset(
    name="weigh_decision",
    specs=[
        table_spec(
            keys.REQUIREMENT_CERTAINTY, DECIDED_BY, "How likely each requirement is met in truth, by declared priors"
        ),
        table_spec(keys.GATE_CERTAINTY, DECIDED_BY, "How likely each gate passes in truth, and what would change it"),
        table_spec(keys.VERDICT_CERTAINTY, DECIDED_BY, "How likely all gates of a milestone pass in truth"),
        table_spec(keys.NEXT_EVIDENCE, DECIDED_BY, "Which evidence to get next, by what it is worth for an hour"),
    ],
)
def decision_tables(warehouse: dg.ResourceParam[Warehouse]) -> Iterator[dg.MaterializeResult[None]]:
    """Say how sure the verdict is, and which evidence would tell most. Empty on a day before there were rules."""
    with warehouse.connect("waku_fit_admin") as connection:
        inputs, roadmap = read_inputs(connection), read_roadmap(connection)
        results = results_of(inputs)
        gates = gates_of(results)
        verdicts = verdicts_of(inputs.milestones, gates, inputs.evidence_grades)
        frames = decision_frames(
            results, gates, verdicts, roadmap.rules, world_of(roadmap, DRAWS), read_sets(connection)
        )
        for key in DECISION:
            columns, frame = frames[key.path[-1]]
            yield land_table(connection, key, columns, frame)
