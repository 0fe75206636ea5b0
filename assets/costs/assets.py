"""The cost model as two tables of the graph: components and totals per scenario.

Belongs here: reading marts, calling the model, landing its frames. Does not belong here: arithmetic.
"""

from collections.abc import Iterator

import dagster as dg

from assets.costs.fetch import MART_COLUMNS, read_inputs, read_scenarios
from assets.costs.frames import COMPONENT_COLUMNS, SCENARIO_COLUMNS, cost_components_frame, scenario_costs_frame
from assets.costs.model import estimate
from assets.landing import land, table_statistics
from orchestration import keys
from orchestration.metadata import sql_table_metadata

MARTS = [keys.mart_key(name) for name in ("scenarios", *MART_COLUMNS)]


def _spec(key: dg.AssetKey, description: str) -> dg.AssetSpec:
    return dg.AssetSpec(
        key,
        deps=MARTS,
        description=description,
        group_name=keys.MODEL,
        owners=[keys.OWNERS[keys.MODEL]],
        kinds={"python", "postgres"},
    )


@dg.multi_asset(
    name="estimate_costs",
    required_resource_keys={"warehouse"},
    specs=[
        _spec(keys.COST_COMPONENTS, "Monthly cost of each scenario, with and without RLN, by component"),
        _spec(
            keys.SCENARIO_COSTS,
            "Monthly cost of each scenario, with and without RLN: total, per user, per million messages",
        ),
    ],
)
def cost_tables(context: dg.AssetExecutionContext) -> Iterator[dg.MaterializeResult[None]]:
    """Estimate every scenario twice, with and without RLN."""
    with context.resources.warehouse.connect("waku_fit_admin") as connection:
        inputs = read_inputs(connection)
        estimates = [
            estimate(scenario, with_rln, inputs)
            for scenario in read_scenarios(connection)
            for with_rln in (False, True)
        ]
        for key, columns, frame in (
            (keys.COST_COMPONENTS, COMPONENT_COLUMNS, cost_components_frame(estimates)),
            (keys.SCENARIO_COSTS, SCENARIO_COLUMNS, scenario_costs_frame(estimates)),
        ):
            land(connection, key.path, columns, frame)
            yield dg.MaterializeResult(key, metadata=sql_table_metadata(table_statistics(connection, key.path)))
