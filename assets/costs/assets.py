"""The cost model as tables of the graph.

Belongs here: reading marts, calling the model, landing its frames. Does not belong here: arithmetic.
"""

from collections.abc import Iterator

import dagster as dg

from assets.common import keys
from assets.common.asset_tables import land_table, table_spec
from assets.common.resources import Warehouse
from assets.costs import columns, frames
from assets.costs.alternatives import hosted_costs
from assets.costs.catalogue import MART_COLUMNS
from assets.costs.components import CONFIDENCE, USED_TOTALS
from assets.costs.draws import sample
from assets.costs.fetch import FACT_TABLES, read_catalogue, read_scenarios
from assets.costs.load_frame import load_frame
from assets.costs.model import World, estimates, plan
from assets.costs.reality import checks
from assets.costs.response import responses
from assets.costs.response_frames import response_error_frame, response_frame
from assets.costs.sensitivity import drivers

CONFIDENCES = (0.8, 0.95, 0.99)
"""How surely chosen hosts are large enough, for the price of certainty."""

READ = [
    *(keys.mart_key(name) for name in ("scenarios", *MART_COLUMNS)),
    *(keys.staging_key(name) for name in FACT_TABLES),
]


@dg.multi_asset(
    name="estimate_costs",
    specs=[
        table_spec(
            keys.SCENARIO_COST,
            READ,
            "Monthly cost at the list prices of the day, by scenario, RLN, place and component",
        ),
        table_spec(
            keys.COST_SUMMARY,
            READ,
            "Monthly cost at the list prices of the day, by scenario and RLN, at its cheapest place",
        ),
        table_spec(
            keys.SCENARIO_LOAD, READ, "What each scenario asks of its hosts: messages, connections, traffic, archive"
        ),
        table_spec(
            keys.COST_SENSITIVITY, READ, "What drives each cost, and where another provider becomes the cheapest"
        ),
        table_spec(
            keys.COST_SENSITIVITY_PARTS,
            READ,
            "The parts of the bill at both ends and the middle of each driver",
        ),
        table_spec(keys.COST_OF_CONFIDENCE, READ, "What it costs to be surer that the hosts are large enough"),
        table_spec(
            keys.COST_RESPONSE,
            READ,
            "Monthly cost by kind of use, RLN and number of users, at places near the cheapest",
        ),
        table_spec(
            keys.COST_RESPONSE_ERROR,
            READ,
            "The largest error of interpolation between these numbers of users, measured by the model",
        ),
        table_spec(keys.COST_ALTERNATIVES, READ, "The same users on hosted messaging"),
        table_spec(keys.COST_REALITY_CHECKS, READ, "The model compared with what is known"),
        table_spec(keys.COST_FACTS, READ, "Figures outside of the marts that the cost model reads"),
        table_spec(keys.COST_REALITY_STEPS, READ, "Figures on the way to what the model gives in these comparisons"),
    ],
)
def cost_tables(warehouse: dg.ResourceParam[Warehouse]) -> Iterator[dg.MaterializeResult[None]]:
    """Estimate every scenario twice, with and without RLN."""
    with warehouse.connect("waku_fit_admin") as connection:
        catalogue, scenarios = read_catalogue(connection), read_scenarios(connection)
        first, second = sample(catalogue.inputs.values())
        world = World(catalogue, first)
        found = estimates(scenarios, world)
        driven = [(estimated, drivers(estimated, world, second)) for estimated in found]
        own = {e.scenario.id: e.best.total(USED_TOTALS["alternatives"]) for e in found if not e.with_rln and e.best}
        hosted = [
            cost
            for e in found
            if not e.with_rln and e.load
            for cost in hosted_costs(e.scenario, e.load, catalogue, first)
        ]
        plans = [(estimated, level, plan(estimated, world, level)) for level in CONFIDENCES for estimated in found]
        compared = checks(found, world)
        answered = responses(scenarios, world)
        rented = [(estimated, known) for estimated, level, known in plans if level == CONFIDENCE]
        for key, of_table, frame in (
            (keys.SCENARIO_COST, columns.COST_COLUMNS, frames.scenario_cost_frame(found)),
            (keys.COST_SUMMARY, columns.SUMMARY_COLUMNS, frames.summary_frame(rented)),
            (keys.SCENARIO_LOAD, columns.LOAD_COLUMNS, load_frame(found, first)),
            (keys.COST_SENSITIVITY, columns.SENSITIVITY_COLUMNS, frames.sensitivity_frame(driven, catalogue)),
            (
                keys.COST_SENSITIVITY_PARTS,
                columns.SENSITIVITY_PART_COLUMNS,
                frames.sensitivity_parts_frame(driven, catalogue),
            ),
            (keys.COST_OF_CONFIDENCE, columns.CONFIDENCE_COLUMNS, frames.confidence_frame(plans)),
            (keys.COST_RESPONSE, columns.RESPONSE_COLUMNS, response_frame(answered)),
            (keys.COST_RESPONSE_ERROR, columns.RESPONSE_ERROR_COLUMNS, response_error_frame(answered)),
            (keys.COST_ALTERNATIVES, columns.ALTERNATIVE_COLUMNS, frames.alternatives_frame(hosted, own)),
            (keys.COST_REALITY_CHECKS, columns.REALITY_COLUMNS, frames.reality_frame(compared)),
            (keys.COST_FACTS, columns.FACT_COLUMNS, frames.facts_frame(catalogue.facts)),
            (keys.COST_REALITY_STEPS, columns.REALITY_STEP_COLUMNS, frames.reality_steps_frame(compared)),
        ):
            yield land_table(connection, key, of_table, frame)
