"""What must hold of every released table before it is copied: one row for each key, and evidence that is on record.

Belongs here: these rules over the list of released tables. Does not belong here: what holds of one table (dbt tests,
`checks/`).
"""

from __future__ import annotations

import psycopg
from psycopg import sql

from assets.reports.released import RELEASED_TABLES

SAMPLE = 3
"""Offenders that are named of one table."""
NAME_NO_IDS = ("evidence_index", "open_questions", "release_checks")
"""Tables that name no evidence, or none besides their own rows."""


def faults(connection: psycopg.Connection) -> list[str]:
    """Return what is wrong with the tables that a release would be made of, one sentence for each table."""
    found = []
    for name, table in RELEASED_TABLES.items():
        source = sql.Identifier(table.layer, name)
        if repeated := connection.execute(_repeated(source, table.key)).fetchall():
            found.append(f"{table.layer}.{name} has more than one row of {_sample(repeated)}")
        if name not in NAME_NO_IDS and (unknown := connection.execute(_unknown(source)).fetchall()):
            found.append(f"{table.layer}.{name} names evidence that is not in the index: {_sample(unknown)}")
    return found


def _repeated(source: sql.Identifier, key: tuple[str, ...]) -> sql.Composed:
    columns = sql.SQL(", ").join(map(sql.Identifier, key))
    return sql.SQL("select concat_ws(', ', {0}) from {1} group by {0} having count(*) > 1 order by 1 limit {2}").format(
        columns, source, SAMPLE
    )


def _unknown(source: sql.Identifier) -> sql.Composed:
    return sql.SQL(
        "select distinct used.id from {0}, unnest(evidence_ids) as used (id)"
        " where not exists (select from marts.evidence_index as known where known.evidence_id = used.id)"
        " order by 1 limit {1}"
    ).format(source, SAMPLE)


def _sample(rows: list[tuple[str]]) -> str:
    return ", ".join(str(offender) for (offender,) in rows)
