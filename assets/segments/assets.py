"""Market evidence as tables of the graph: matrix, synthesis, ranking.

Belongs here: reading marts, calling the models, landing their frames. Does not belong here: arithmetic.
"""

from collections.abc import Iterator

import dagster as dg

from assets.common import keys
from assets.common.asset_tables import land_table, table_spec
from assets.common.resources import Warehouse
from assets.segments.fetch import read_inputs
from assets.segments.market import market_frames

SPOKEN = (keys.mart_key("findings"), keys.mart_key("source_organisations"))
RULES = keys.mart_key("segment_rules")
CLAIMS = (*SPOKEN, keys.mart_key("usp_claims"), RULES)
RANKED = (*CLAIMS, keys.mart_key("segment_profiles"), keys.mart_key("market_sizes"))
KEYS = (
    keys.VALIDATION_MATRIX,
    keys.VALIDATION_SUMMARY,
    keys.VALIDATION_FINDINGS,
    keys.THEMES,
    keys.OPPORTUNITIES,
    keys.SATURATION,
    keys.SEGMENT_RANKING,
    keys.SEGMENT_CRITERIA,
)


@dg.multi_asset(
    name="judge_market_evidence",
    specs=[
        table_spec(
            keys.VALIDATION_MATRIX, CLAIMS, "Which USP holds for which problem of which segment, as far as was said"
        ),
        table_spec(keys.VALIDATION_SUMMARY, CLAIMS, "The same for each USP and problem over all segments"),
        table_spec(keys.VALIDATION_FINDINGS, CLAIMS, "Which finding speaks for or against which cell of the matrix"),
        table_spec(keys.THEMES, SPOKEN, "How many of those who spoke brought up each theme, by segment"),
        table_spec(keys.OPPORTUNITIES, SPOKEN, "Importance of each problem against satisfaction with its solution"),
        table_spec(
            keys.SATURATION,
            (keys.mart_key("interview_order"), RULES),
            "Whether the last interviews still brought new themes",
        ),
        table_spec(
            keys.SEGMENT_RANKING,
            RANKED,
            "In what share of plausible weightings each segment is first, and which ones to pursue",
        ),
        table_spec(
            keys.SEGMENT_CRITERIA,
            RANKED,
            "How good each segment is by each criterion, with what is not known as a range",
        ),
    ],
)
def market_tables(warehouse: dg.ResourceParam[Warehouse]) -> Iterator[dg.MaterializeResult[None]]:
    """Judge the findings: cells, themes, opportunities, saturation, ranking."""
    with warehouse.connect("waku_fit_admin") as connection:
        tables = market_frames(read_inputs(connection))
        for key in KEYS:
            columns, frame = tables[key.path[-1]]
            yield land_table(connection, key, columns, frame)
