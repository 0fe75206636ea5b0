"""What `waku-fit run --timings` says, on events of a real run."""

from __future__ import annotations

import dagster as dg

from orchestration.commands.timings import Timings


@dg.multi_asset(name="make_both", specs=[dg.AssetSpec("slow"), dg.AssetSpec("quick")])
def both() -> object:
    yield dg.MaterializeResult("slow")
    yield dg.MaterializeResult("quick")


def test_each_step_and_each_table_has_the_time_since_what_was_before_it() -> None:
    timings, now = Timings(started=0.0), 0.0
    with dg.DagsterInstance.ephemeral() as instance:
        events = dg.materialize([both], instance=instance).all_events
    seconds = {"STEP_START": 3.0, "ASSET_MATERIALIZATION": 0.0}
    for event in events:
        now += seconds.get(event.event_type_value, 0.0)
        if event.is_step_materialization:
            now += {"slow": 2.0, "quick": 0.01}[event.asset_key.path[-1]]  # type: ignore[union-attr]
        timings.tell(event, now)
    assert timings.stages["start"] == 3.0
    assert {name: round(taken, 2) for name, taken in timings.tables.items()} == {"slow": 2.0, "quick": 0.01}
    lines = list(timings.lines())
    assert "    3.00  start" in lines
    assert lines[-2:] == ["    2.00  slow", "    0.01  1 others, less than 0.05 s each"]
