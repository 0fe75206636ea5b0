"""The outline of the MVP as tables of the graph.

Belongs here: reading marts, calling the model, landing its frames. Does not belong here: arithmetic.
"""

from collections.abc import Iterator

import dagster as dg

from assets.common import keys
from assets.common.asset_tables import land_table, table_spec
from assets.common.resources import Warehouse
from assets.roadmap import frames
from assets.roadmap.fetch import READ, read_inputs
from assets.roadmap.mvp import decide

MARTS = [keys.mart_key(name) for name in READ]


@dg.multi_asset(
    name="outline_mvp",
    specs=[
        table_spec(keys.MVP_OUTLINE, MARTS, "Which USPs make the MVP, on what is validated and on the leads alone"),
        table_spec(
            keys.MVP_SETS, MARTS, "How often each set of USPs is the best one when all is drawn that is not known"
        ),
        table_spec(keys.MVP_USPS, MARTS, "How often each USP is part of the outline, and what is missing for it"),
        table_spec(keys.MVP_GAPS, MARTS, "What is demanded and not done: to complete, in no plan, or dropped"),
    ],
)
def mvp_tables(warehouse: dg.ResourceParam[Warehouse]) -> Iterator[dg.MaterializeResult[None]]:
    """Choose the USPs of the MVP and say what is missing for them."""
    with warehouse.connect("waku_fit_admin") as connection:
        inputs = read_inputs(connection)
        decided = decide(inputs)
        for key, columns, frame in (
            (keys.MVP_OUTLINE, frames.OUTLINE_COLUMNS, frames.outline_frame(decided.outlines, inputs.rules)),
            (keys.MVP_SETS, frames.SET_COLUMNS, frames.set_frame(decided.outlines, inputs.rules)),
            (keys.MVP_USPS, frames.USP_COLUMNS, frames.usp_frame(decided.outlines, inputs.rules)),
            (keys.MVP_GAPS, frames.GAP_COLUMNS, frames.gap_frame(decided.missing)),
        ):
            yield land_table(connection, key, columns, frame)
