"""The verdict at each month-end as tables of the graph.

Belongs here: which days, what is known of them already, landing. Does not belong here: how a day is judged
(`fetch.py`).
"""

import itertools
from collections.abc import Iterable, Iterator

import dagster as dg

from assets.benchmarks.assets import MEASURED
from assets.common import keys
from assets.common.asset_tables import land_table, table_spec
from assets.common.resources import CompiledModels, Warehouse
from assets.costs.assets import READ as COSTED
from assets.history.fetch import (
    CONVERSATIONS,
    Landing,
    Model,
    closure,
    code_of,
    judge,
    judge_past,
    land_capacity,
    land_costs,
    land_market,
    read_as_of,
    read_dated,
    remember,
    remembered,
)
from assets.history.frames import (
    GATE_HISTORY_COLUMNS,
    VERDICT_HISTORY_COLUMNS,
    gate_history_frame,
    verdict_history_frame,
)
from assets.history.model import last_day, month_ends, names_of_known
from assets.history.text import chart
from assets.readiness.fetch import READ
from assets.segments.assets import RANKED

LANDED: dict[Landing, Iterable[dg.AssetKey]] = {
    land_capacity: MEASURED,
    land_costs: COSTED,
    land_market: (*RANKED, keys.mart_key("interview_order")),
}
"""Each with what it reads."""

JUDGED_BY = list(
    dict.fromkeys(
        [
            *(dg.AssetKey(path) for path in READ),
            *itertools.chain.from_iterable(LANDED.values()),
            *(keys.staging_key(table) for table in CONVERSATIONS),
        ]
    )
)


def _models(asset_keys: Iterable[dg.AssetKey]) -> list[Model]:
    return [(key.path[0], key.path[1]) for key in asset_keys]


@dg.multi_asset(
    name="judge_month_ends",
    specs=[
        table_spec(keys.VERDICT_HISTORY, JUDGED_BY, "The verdict at each month-end, by what was known and asked then"),
        table_spec(keys.GATE_HISTORY, JUDGED_BY, "Each gate at each month-end, by what was known and asked then"),
    ],
)
def history_tables(
    context: dg.AssetExecutionContext,
    warehouse: dg.ResourceParam[Warehouse],
    compiled: dg.ResourceParam[CompiledModels],
) -> Iterator[dg.MaterializeResult[None]]:
    """Judge each month-end again whose evidence, as known by then, has changed, or whose code has."""
    models = closure(compiled.queries(warehouse.url), _models(JUDGED_BY))
    landed: dict[Landing, list[Model]] = {land: _models(read) for land, read in LANDED.items()}
    with warehouse.connect("waku_fit_admin") as connection:
        code = code_of(models, context.assets_def.code_versions_by_key[keys.GATE_HISTORY] or "")
        rows = read_dated(connection)
        days = month_ends(last_day(read_as_of(connection), rows))
        names = names_of_known(rows, days)
        found = remembered(connection, code)
        if days and names[days[-1]] not in found and max(row.day for row in rows) <= days[-1]:
            # All that is known now was known then: the tables are those of that day.
            found[names[days[-1]]] = judge(connection)
        missing = {names[day]: day for day in days if names[day] not in found}
        found |= {names[day]: judged for day, judged in judge_past(connection, models, landed, rows, missing.values())}
        remember(connection, code, {name: found[name] for name in names.values()})
        judged_days = {day: found[names[day]] for day in days}
        verdicts = verdict_history_frame(judged_days)
        states = {
            str(title): dict(zip(of_title["month_end"], of_title["verdict"], strict=True))
            for title, of_title in verdicts.groupby("title", sort=False)
        }
        picture = dg.MetadataValue.md("```text\n" + "\n".join(chart(days, states)) + "\n```")
        yield land_table(
            connection, keys.VERDICT_HISTORY, VERDICT_HISTORY_COLUMNS, verdicts, picture=picture, judged=len(missing)
        )
        yield land_table(connection, keys.GATE_HISTORY, GATE_HISTORY_COLUMNS, gate_history_frame(judged_days))
