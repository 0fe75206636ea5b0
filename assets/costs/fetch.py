"""What the cost model knows, read from the marts.

Belongs here: SQL on `marts` and on the facts of `staging`. Writes nothing. Does not belong here: what a row becomes
(`catalogue.py`), arithmetic.
"""

from __future__ import annotations

import re
from dataclasses import replace

import pandas as pd
import psycopg
from psycopg import sql

from assets.common.tables import read_frame
from assets.costs import inputs
from assets.costs.catalogue import MART_COLUMNS, PROVENANCE, catalogue_from, rows_of
from assets.costs.reality import FACTS
from assets.costs.workload import MAX_CONNECTIONS, USERS_PER_SHARD
from assets.evidence.basis import Basis
from assets.evidence.tables.costs import Scenario

VCPUS = re.compile(r"(\d+)vcpu")
"""How a host's published size names its processors."""

FACT_TABLES = (
    "benchmarks__network_results",
    "benchmarks__postgres_results",
    "costs__assumptions",
    "costs__node_requirements",
    "costs__workload_parameters",
)
"""Tables of evidence with figures that the model is compared with."""


def read_catalogue(connection: psycopg.Connection) -> inputs.CostCatalogue:
    """Read everything that the model knows."""
    catalogue = catalogue_from(
        {mart: _read(connection, mart, (*columns, *PROVENANCE)) for mart, columns in MART_COLUMNS.items()}
    )
    return replace(catalogue, facts=_read_facts(connection))


def _read_facts(connection: psycopg.Connection) -> dict[str, inputs.Fact]:
    found = {}
    for table in FACT_TABLES:
        is_range = table in ("costs__assumptions", "costs__workload_parameters")
        low, mid, high = ("low", "mid", "high") if is_range else ("value_low", "value", "value_high")
        query = sql.SQL(
            "select evidence_id, {low} as low, {mid} as mid, {high} as high, {text} as said, grade,"
            " array[evidence_id] as evidence_ids from {table} where evidence_id = any(%(ids)s) and grade <> 'not_found'"
        ).format(
            low=sql.Identifier(low),
            mid=sql.Identifier(mid),
            high=sql.Identifier(high),
            text=sql.SQL("null::text") if is_range else sql.Identifier("value_text"),
            table=sql.Identifier("staging", f"stg_{table}"),
        )
        for row in rows_of(read_frame(connection, query, {"ids": [*FACTS, MAX_CONNECTIONS, USERS_PER_SHARD]})):
            known = [row[name] for name in ("low", "mid", "high") if row[name] is not None]
            known = known or [float(size) for size in VCPUS.findall(row["said"] or "")]
            if known:
                found[row["evidence_id"]] = inputs.Fact(Basis.of(row), min(known), max(known))
    return found


def read_scenarios(connection: psycopg.Connection) -> tuple[Scenario, ...]:
    """Read the scenarios, by id."""
    columns = ("scenario_id", *(name for name in Scenario.model_fields if name != "id"))
    frame = _read(connection, "scenarios", columns).rename(columns={"scenario_id": "id"})
    return tuple(Scenario.model_validate(row) for row in sorted(rows_of(frame), key=lambda row: str(row["id"])))


def _read(connection: psycopg.Connection, mart: str, columns: tuple[str, ...]) -> pd.DataFrame:
    names = sql.SQL(", ").join(sql.Identifier(name) for name in columns)
    return read_frame(connection, sql.SQL("select {} from {}").format(names, sql.Identifier("marts", mart)))
