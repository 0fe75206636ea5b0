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
from assets.costs.catalogue import MART_COLUMNS, SCENARIO_COLUMNS, catalogue_from, rows_of, scenarios_from
from assets.costs.reality import FACTS
from assets.costs.workload import MAX_CONNECTIONS, USERS_PER_SHARD
from assets.evidence.basis import BASIS_COLUMNS, Basis
from assets.evidence.tables.costs import Scenario

VCPUS = re.compile(r"(\d+)vcpu")
"""How a host's published size names its processors."""

FACT_IDS = (*FACTS, MAX_CONNECTIONS, USERS_PER_SHARD)
FACT_TABLES = sorted({evidence_id.partition("/")[0] for evidence_id in FACT_IDS})
"""Tables of evidence with figures that the model is compared with."""


def read_catalogue(connection: psycopg.Connection) -> inputs.CostCatalogue:
    """Read everything that the model knows."""
    catalogue = catalogue_from(
        {mart: _read(connection, mart, (*columns, *BASIS_COLUMNS)) for mart, columns in MART_COLUMNS.items()}
    )
    return replace(catalogue, facts=_read_facts(connection))


def _read_facts(connection: psycopg.Connection) -> dict[str, inputs.Fact]:
    """Return facts by evidence id. Tables name the low, the middle and the high of a range in one of two ways."""
    found = {}
    for table in FACT_TABLES:
        query = sql.SQL(
            "select *, array[evidence_id] as evidence_ids from {} where evidence_id = any(%(ids)s)"
            " and grade <> 'not_found'"
        ).format(sql.Identifier("staging", f"stg_{table}"))
        for row in rows_of(read_frame(connection, query, {"ids": list(FACT_IDS)})):
            stated = (row.get(name) for name in ("low", "mid", "high", "value_low", "value", "value_high"))
            known = [value for value in stated if value is not None]
            known = known or [float(size) for size in VCPUS.findall(row.get("value_text") or "")]
            if known:
                found[row["evidence_id"]] = inputs.Fact(
                    Basis.of(row),
                    min(known),
                    max(known),
                    row.get("measured_on") or row["as_of"],
                    row.get("conditions") or row.get("condition") or "",
                    row.get("payload_bytes"),
                )
    return found


def read_scenarios(connection: psycopg.Connection) -> tuple[Scenario, ...]:
    """Read the scenarios, by id."""
    return scenarios_from(_read(connection, "scenarios", SCENARIO_COLUMNS))


def _read(connection: psycopg.Connection, mart: str, columns: tuple[str, ...]) -> pd.DataFrame:
    names = sql.SQL(", ").join(sql.Identifier(name) for name in columns)
    return read_frame(connection, sql.SQL("select {} from {}").format(names, sql.Identifier("marts", mart)))
