"""Judging past days in the warehouse, and remembering what came out.

Belongs here: effects on the warehouse, all taken back but for the memory. Does not belong here: any rule: a past day is
judged by the SQL and the models that judge the present one.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date
from graphlib import TopologicalSorter
from typing import Any

import psycopg
from psycopg import sql
from psycopg.types.json import Jsonb

from assets.benchmarks.fetch import read_limits, read_measurements, read_runs
from assets.benchmarks.frames import CAPACITY_COLUMNS, capacity_frame
from assets.benchmarks.results import by_run, capacities
from assets.common import keys
from assets.common.tables import land, read_rows
from assets.costs.columns import SUMMARY_COLUMNS
from assets.costs.components import CONFIDENCE
from assets.costs.draws import sample
from assets.costs.fetch import read_catalogue, read_scenarios
from assets.costs.frames import summary_frame
from assets.costs.model import World, estimates, plan
from assets.evidence.tables import ALL_TABLES
from assets.history.frames import JudgedDay, judged_day
from assets.history.model import DatedEvidence
from assets.readiness.fetch import read_inputs
from assets.readiness.measures import results_of
from assets.readiness.model import gates_of, verdicts_of
from assets.segments.fetch import read_inputs as read_market
from assets.segments.market import market_frames

Model = tuple[str, str]
"""Schema and name of a dbt model."""

Landing = Callable[[psycopg.Connection[Any]], None]
"""Makes tables anew that Python makes."""

CONVERSATIONS = tuple(table.key for table in ALL_TABLES if table.is_under_consent)
"""Tables whose rows have no day in the index of evidence."""

ASKED = tuple(table.key for table in ALL_TABLES if table.is_standing)
"""Tables whose rows are no observations."""

_EVIDENCE = "select evidence_id, table_key, content_hash, as_of from marts.evidence_index"
_DAYS = "select evidence_id, as_of from {}"

_MEMORY = """
create table if not exists readiness.judged_days (
    known text, code text, verdicts jsonb not null, gates jsonb not null, primary key (known, code)
)
"""


def read_dated(connection: psycopg.Connection[Any]) -> list[DatedEvidence]:
    """Return all evidence that is known in the warehouse, each row with the day from which it counts."""
    days = {
        row["evidence_id"]: row["as_of"]
        for table in CONVERSATIONS
        for row in read_rows(connection, sql.SQL(_DAYS).format(sql.Identifier(keys.STAGING, f"stg_{table}")))
    }
    return [
        DatedEvidence(
            row["evidence_id"],
            row["content_hash"],
            row["as_of"] or days[row["evidence_id"]],
            observed_on=None if row["table_key"] in ASKED else row["as_of"],
        )
        for row in read_rows(connection, _EVIDENCE)
    ]


def read_as_of(connection: psycopg.Connection[Any]) -> date | None:
    """Return the as-of day of the warehouse."""
    (row,) = read_rows(connection, "select as_of from raw.evidence_scope")
    found: date | None = row["as_of"]
    return found


def closure(models: Mapping[Model, str], wanted: Iterable[Model]) -> dict[Model, str]:
    """Return the SQL of `wanted` and of all models behind them, in the order in which they can be made.

    `models` has the SQL of each model, as dbt ran it.
    """
    behind: dict[Model, set[Model]] = {}
    queue = [model for model in wanted if model in models]
    while queue:
        model = queue.pop()
        if model not in behind:
            behind[model] = {other for other in _read_by(models[model]) if other in models}
            queue += behind[model]
    return {model: models[model] for model in TopologicalSorter(behind).static_order()}


def raw_tables_of(models: Mapping[Model, str]) -> dict[Model, set[str]]:
    """Return of each of `models`, which come in the order of `closure`, the raw tables that it is made of."""
    found: dict[Model, set[str]] = {}
    for model, query in models.items():
        read = _read_by(query)
        raw = {name for schema, name in read if schema == keys.RAW}
        found[model] = raw.union(*(found.get(other, ()) for other in read))
    return found


def _read_by(query: str) -> list[Model]:
    """Return what a query reads, raw tables too."""
    return re.findall(r'"(\w+)"\."(\w+)"(?!\.)', query)


def code_of(models: Mapping[Model, str], python: str) -> str:
    """Name the code that judges a day: the SQL of its tables, and `python`, which names the rest."""
    return hashlib.sha256(repr([python, *sorted(models.items())]).encode()).hexdigest()


def remembered(connection: psycopg.Connection[Any], code: str) -> dict[str, JudgedDay]:
    """Return what came out by the name of what was known, and forget what other code found."""
    connection.execute(_MEMORY)
    connection.execute("delete from readiness.judged_days where code <> %s", [code])
    rows = read_rows(connection, "select known, verdicts, gates from readiness.judged_days")
    return {row["known"]: JudgedDay(row["verdicts"], row["gates"]) for row in rows}


def remember(connection: psycopg.Connection[Any], code: str, judged: Mapping[str, JudgedDay]) -> None:
    """Keep what came out, by the name of what was known."""
    with connection.cursor() as cursor:
        cursor.executemany(
            "insert into readiness.judged_days (known, code, verdicts, gates) values (%s, %s, %s, %s)"
            " on conflict do nothing",
            [(known, code, Jsonb(list(day.verdicts)), Jsonb(list(day.gates))) for known, day in judged.items()],
        )


def judge(connection: psycopg.Connection[Any]) -> JudgedDay:
    """Judge what the tables of the warehouse hold."""
    inputs = read_inputs(connection)
    gates = gates_of(results_of(inputs))
    verdicts = verdicts_of(inputs.milestones, gates, inputs.evidence_grades)
    return judged_day(verdicts, gates, inputs.evidence_days)


def judge_past(
    connection: psycopg.Connection[Any],
    models: Mapping[Model, str],
    landed: Mapping[Landing, Iterable[Model]],
    rows: Sequence[DatedEvidence],
    days: Iterable[date],
) -> Iterator[tuple[date, JudgedDay]]:
    """Judge each of `days` as a run with that as-of day does.

    The as-of day is moved and the tables are made anew by `models` (see `closure`) and by `landed`, functions with what
    they read, in one transaction that is taken back: nobody else sees it, and nothing of it stays. From one day to the
    next, a table stays where none of `rows` that it is made of counts from a day between them.
    """
    raw = raw_tables_of(models)
    known = read_as_of(connection) or date.max
    with connection.transaction(force_rollback=True):
        for day in days:
            earlier, later = sorted((known, day))
            moved = {row.table for row in rows if earlier < row.day <= later}
            stale = {model for model in models if raw[model] & moved}
            known = day
            _act_as(connection, "waku_fit_loader")
            connection.execute("update raw.evidence_scope set as_of = %s", [day])
            _act_as(connection, "waku_fit_transformer")
            for schema, name in models:
                if schema == keys.MARTS and (schema, name) in stale:
                    _make(connection, name, models[schema, name])
            for land_tables, read in landed.items():
                if not stale.isdisjoint(read):
                    land_tables(connection)
            _act_as(connection, "waku_fit_admin")
            yield day, judge(connection)


def _act_as(connection: psycopg.Connection[Any], role: str) -> None:
    """Take a role until the transaction ends: a table belongs to the role that makes it."""
    connection.execute(sql.SQL("set local role {}").format(sql.Identifier(role)))


def _make(connection: psycopg.Connection[Any], mart: str, query: str) -> None:
    """Make the rows of a mart anew. To truncate leaves no dead rows behind when it is taken back."""
    table = sql.Identifier(keys.MARTS, mart)
    cursor = connection.execute(sql.SQL("select * from {} limit 0").format(table))
    columns = sql.SQL(", ").join(sql.Identifier(column.name) for column in cursor.description or ())
    connection.execute(sql.SQL("truncate {}").format(table))
    made = sql.SQL(query)  # as dbt ran it
    connection.execute(sql.SQL("insert into {} ({}) select {} from ({}) as made").format(table, columns, columns, made))


def land_capacity(connection: psycopg.Connection[Any]) -> None:
    """Make the capacities of the archive anew."""
    measured, limits = by_run(read_measurements(connection)), read_limits(connection)
    runs = [run for run in read_runs(connection) if run.run_id in measured]
    carried = [found for run in runs for found in capacities(run, measured[run.run_id], limits)]
    _act_as(connection, "waku_fit_transformer")
    land(connection, keys.ARCHIVE_CAPACITY.path, CAPACITY_COLUMNS, capacity_frame(carried))


def land_costs(connection: psycopg.Connection[Any]) -> None:
    """Make the summary of costs anew."""
    catalogue, scenarios = read_catalogue(connection), read_scenarios(connection)
    first, _ = sample(catalogue.inputs.values())
    world = World(catalogue, first)
    planned = [(estimated, plan(estimated, world, CONFIDENCE)) for estimated in estimates(scenarios, world)]
    _act_as(connection, "waku_fit_admin")
    land(connection, keys.COST_SUMMARY.path, SUMMARY_COLUMNS, summary_frame(planned))


def land_market(connection: psycopg.Connection[Any]) -> None:
    """Make the matrix and the ranking of segments anew."""
    market = market_frames(read_market(connection))
    _act_as(connection, "waku_fit_admin")
    for key in (keys.VALIDATION_MATRIX, keys.SEGMENT_RANKING):
        columns, frame = market[key.path[-1]]
        land(connection, key.path, columns, frame)
