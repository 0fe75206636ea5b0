"""Taking out of published releases what people no longer agree to: a consent withdrawn, or made narrower.

Belongs here: the rows and the files of earlier releases. Does not belong here: what a consent covers (staging, macro
`as_consented`): whatever `raw` holds beyond that is taken out here, and the conversations stay counted.
"""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import pandas as pd
import psycopg
from psycopg import sql

from assets.reports.fetch import read_release, write_files
from assets.reports.model import Manifest

SHORTEST_TEXT = 12
"""Characters. A shorter text goes with its row; looked for elsewhere, it would hit the words of others."""

_ROWS = """
select evidence_id from raw.interviews__findings where consent = 'none' or consent_withdrawn_on is not null
union all
select evidence_id from raw.interviews__answers where consent = 'none' or consent_withdrawn_on is not null
"""

_SESSIONS = """
select evidence_id from raw.interviews__sessions where consent = 'none' or consent_withdrawn_on is not null
"""

_TEXTS = """
select quote from raw.interviews__findings where consent <> 'quote' or consent_withdrawn_on is not null
union
select unnest(array[answer, note]) from raw.interviews__answers
where consent = 'none' or consent_withdrawn_on is not null
union
select note from raw.interviews__findings where consent = 'none' or consent_withdrawn_on is not null
union
select note from raw.interviews__interviews where consent = 'none' or consent_withdrawn_on is not null
union
select unnest(topics || blockers || outcome || note) from raw.interviews__sessions
where consent = 'none' or consent_withdrawn_on is not null
"""

# What rests on nothing else goes with it.
_OF_IDS = {
    "evidence_id": ("delete from {table} where release_id = %(release)s and evidence_id = any(%(ids)s)",),
    "evidence_ids": (
        """
        delete from {table}
        where release_id = %(release)s and evidence_ids <@ %(ids)s and cardinality(evidence_ids) > 0
        """,
        """
        update {table} set evidence_ids = array(select id from unnest(evidence_ids) as id where id <> all(%(ids)s))
        where release_id = %(release)s and evidence_ids && %(ids)s
        """,
    ),
}
# What a session tells against a USP; the session itself stays in the lists of evidence, because it stays counted.
_OF_SESSIONS = """
delete from {table} where release_id = %(release)s and kind = 'session' and evidence_ids && %(sessions)s
"""
_OF_TEXT = """
update {table} set {column} = null
where release_id = %(release)s
    and exists (select from unnest(%(texts)s::text[]) as said where position(said in {column}) > 0)
"""
_OF_ARRAY = """
update {table} set {column} = array(
    select part from unnest({column}) as part
    where not exists (select from unnest(%(texts)s::text[]) as said where position(said in part::text) > 0)
)
where release_id = %(release)s and exists (
    select from unnest({column}) as part, unnest(%(texts)s::text[]) as said where position(said in part::text) > 0
)
"""

_UNMARKED = (
    "select release_id, manifest from release.releases where free_of is distinct from %(mark)s order by release_id"
)
_MARK = "update release.releases set free_of = %(mark)s where release_id = %(release)s"

Render = Callable[[Mapping[str, pd.DataFrame], Manifest], Mapping[str, str]]
"""Makes the text files of a release, by name."""


@dataclass(frozen=True)
class Withdrawn:
    """What must not be in any release: ids of rows of evidence, texts, and findings of the sessions named."""

    evidence_ids: list[str]
    texts: list[str]
    session_ids: list[str]

    def digest(self, code_version: str) -> str:
        """Name what is taken out, and the code that does so."""
        named = [code_version, *(sorted(part) for part in (self.evidence_ids, self.texts, self.session_ids))]
        return hashlib.sha256(repr(named).encode()).hexdigest()


def read_withdrawn(connection: psycopg.Connection) -> Withdrawn:
    """Return what `raw` holds and no consent covers."""
    texts = [row[0] for row in connection.execute(_TEXTS).fetchall() if row[0] and len(row[0]) >= SHORTEST_TEXT]
    ids, sessions = ([row[0] for row in connection.execute(query).fetchall()] for query in (_ROWS, _SESSIONS))
    return Withdrawn(ids, texts, sessions)


def take_out(
    connection: psycopg.Connection,
    withdrawn: Withdrawn,
    releases_dir: Path,
    render: Render,
    *,
    keep: str,
    code_version: str,
) -> list[str]:
    """Take `withdrawn` out of the rows and files of all releases but `keep`, which has none; return those changed.

    One transaction for each release, committed after its files were replaced: after a kill the rows are still there,
    and the next run finds the release again. A release is looked through once for the same `withdrawn` and code.
    """
    changed = []
    mark = withdrawn.digest(code_version)
    connection.execute(_MARK, {"release": keep, "mark": mark})
    for release_id, plain in connection.execute(_UNMARKED, {"mark": mark}).fetchall():
        with connection.transaction():
            connection.execute(_MARK, {"release": release_id, "mark": mark})
            if not _take_out_of_rows(connection, withdrawn, release_id):
                continue
            frames = read_release(connection, release_id)
            _replace_files(releases_dir / release_id, frames, render(frames, Manifest.from_json(plain)))
        changed.append(release_id)
    if changed:
        # A deleted row stays in the file of its table until that is written anew.
        for name in _tables(connection):
            connection.execute(sql.SQL("vacuum full {}").format(sql.Identifier("release", name)))
    return changed


def _take_out_of_rows(connection: psycopg.Connection, withdrawn: Withdrawn, release_id: str) -> int:
    """Return how many rows were deleted or changed."""
    values = {
        "release": release_id,
        "ids": withdrawn.evidence_ids,
        "texts": withdrawn.texts,
        "sessions": withdrawn.session_ids,
    }
    return sum(
        connection.execute(statement, values).rowcount
        for name, columns in _tables(connection).items()
        for statement in _statements(name, columns)
    )


def _statements(name: str, columns: Mapping[str, str]) -> Iterator[sql.Composed]:
    """Yield what is done to one table of releases: rows that are withdrawn, ids of them, texts wherever they stand."""
    table = sql.Identifier("release", name)
    if "finding_id" in columns:
        yield sql.SQL(_OF_SESSIONS).format(table=table)
    for column, kind in columns.items():
        own = sql.Identifier(column)
        if column in _OF_IDS:
            yield from (sql.SQL(query).format(table=table) for query in _OF_IDS[column])
        elif kind == "text":
            yield sql.SQL(_OF_TEXT).format(table=table, column=own)
        elif kind == "ARRAY":
            yield sql.SQL(_OF_ARRAY).format(table=table, column=own)


def _tables(connection: psycopg.Connection) -> dict[str, dict[str, str]]:
    """Return the columns of every table of releases with their types, also of one that is no longer released."""
    rows = connection.execute(
        "select table_name, column_name, data_type from information_schema.columns"
        " where table_schema = 'release' and table_name not in ('releases', 'current') order by 1, ordinal_position"
    ).fetchall()
    tables: dict[str, dict[str, str]] = {}
    for table, column, kind in rows:
        tables.setdefault(table, {})[column] = kind
    return {table: columns for table, columns in tables.items() if "release_id" in columns}


def _replace_files(directory: Path, frames: Mapping[str, pd.DataFrame], texts: Mapping[str, str]) -> None:
    """Write the files of a release anew. Whatever else was there may hold the content, so it goes.

    A release whose folder somebody has removed stays removed.
    """
    old = directory.with_name(f".withdrawn-{directory.name}")
    if directory.is_dir():
        shutil.rmtree(old, ignore_errors=True)
        directory.rename(old)
    if old.is_dir():  # also after a kill in between
        write_files(directory, frames, texts)
        shutil.rmtree(old)
