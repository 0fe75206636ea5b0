"""Market evidence as tables of the graph: matrix, synthesis, ranking.

Belongs here: reading marts, calling the models, landing their frames. Does not belong here: arithmetic.
"""

from collections.abc import Iterator

import dagster as dg

from assets.common import keys
from assets.common.asset_tables import sql_table_metadata
from assets.common.tables import land, table_statistics
from assets.segments.fetch import read_inputs
from assets.segments.market import market_frames

SPOKEN = ("findings", "source_organisations")
CLAIMS = (*SPOKEN, "usp_claims", "segment_rules")
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


def _spec(key: dg.AssetKey, marts: tuple[str, ...], description: str) -> dg.AssetSpec:
    return dg.AssetSpec(
        key,
        deps=[keys.mart_key(mart) for mart in marts],
        description=description,
        group_name=keys.MODEL,
        owners=[keys.OWNERS[keys.MODEL]],
        kinds={"python", "postgres"},
    )


@dg.multi_asset(
    name="judge_market_evidence",
    required_resource_keys={"warehouse"},
    specs=[
        _spec(keys.VALIDATION_MATRIX, CLAIMS, "Which USP holds for which problem of which segment, as far as was said"),
        _spec(keys.VALIDATION_SUMMARY, CLAIMS, "The same for each USP and problem over all segments"),
        _spec(keys.VALIDATION_FINDINGS, CLAIMS, "Which finding speaks for or against which cell of the matrix"),
        _spec(keys.THEMES, SPOKEN, "How many of those who spoke brought up each theme, by segment"),
        _spec(keys.OPPORTUNITIES, SPOKEN, "Importance of each problem against satisfaction with its solution"),
        _spec(
            keys.SATURATION,
            ("interview_order", "segment_rules"),
            "Whether the last interviews still brought new themes",
        ),
        _spec(
            keys.SEGMENT_RANKING,
            (*CLAIMS, "segment_profiles", "market_sizes"),
            "In what share of plausible weightings each segment is first, and which ones to pursue",
        ),
        _spec(
            keys.SEGMENT_CRITERIA,
            (*CLAIMS, "segment_profiles", "market_sizes"),
            "How good each segment is by each criterion, with what is not known as a range",
        ),
    ],
)
def market_tables(context: dg.AssetExecutionContext) -> Iterator[dg.MaterializeResult[None]]:
    """Judge the findings: cells, themes, opportunities, saturation, ranking."""
    with context.resources.warehouse.connect("waku_fit_admin") as connection:
        tables = market_frames(read_inputs(connection))
        for key in KEYS:
            columns, frame = tables[key.path[-1]]
            land(connection, key.path, columns, frame)
            yield dg.MaterializeResult(key, metadata=sql_table_metadata(table_statistics(connection, key.path)))
