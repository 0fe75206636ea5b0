"""Taking out of published releases what people no longer agree to: a consent withdrawn, or made narrower.

Belongs here: the rows of earlier releases, and which files are made again. Does not belong here: what a folder holds
(`withdrawal_files.py`); what a consent covers (staging, macro `as_consented`): whatever goes beyond that is taken out
here, and the conversations stay counted.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import pandas as pd
import psycopg
from psycopg import sql
from psycopg.abc import QueryNoTemplate
from psycopg.types.json import Jsonb

from assets.reports.model import Manifest
from assets.reports.release.publish import LEDGER, TABLES, Files, read_release
from assets.reports.release.withdrawal_files import Agreed, folders_to_clean, replace_files, take_back

SHORTEST_TEXT = 12
"""Characters. A shorter text goes with its row; looked for elsewhere, it would hit the words of others."""

_WITHDRAWN = """
select evidence_id from {raw} where {is_withdrawn}
union
-- One whose file is gone from a pack that was read: nobody is there any more who could say that they agree.
select held.evidence_id
from release.evidence_index as held
inner join release.releases as made using (release_id)
where held.table_key = {table} and not exists (select from {raw} as typed where typed.evidence_id = held.evidence_id)
    -- a release from before folders were noted counts as one from this folder
    and {folders} ->> held.pack = coalesce(made.folders ->> held.pack, {folders} ->> held.pack)
"""
_FROM_ELSEWHERE = """
with known as (
    select evidence_id from raw.interviews__interviews union all select evidence_id from raw.interviews__sessions
),
gone as (
    select held.pack, held.evidence_id, made.folders ->> held.pack = %(folders)s::jsonb ->> held.pack as is_here
    from release.evidence_index as held
    inner join release.releases as made using (release_id)
    where held.table_key in ('interviews__interviews', 'interviews__sessions') and held.source <> 'not published'
        and %(folders)s::jsonb ? held.pack and made.folders ? held.pack
        and not exists (select from known where known.evidence_id = held.evidence_id)
)
select pack, count(*) from (
    select pack, evidence_id from gone group by pack, evidence_id having not bool_or(is_here)
) as elsewhere
group by pack order by pack
"""
_SILENT = "consent = 'none' or consent_withdrawn_on is not null"
_UNQUOTED = "consent <> 'quote' or consent_withdrawn_on is not null"

_STANDING = """
select evidence_id from raw.interviews__interviews where consent_withdrawn_on is null
union all
select evidence_id from raw.interviews__sessions where consent_withdrawn_on is null
"""
_TEXTS = """
select 'interviews__interviews/' || interview_id, quote from raw.interviews__findings
where consent <> 'quote' or consent_withdrawn_on is not null
union
select 'interviews__interviews/' || interview_id, unnest(array[answer, note]) from raw.interviews__answers
where consent = 'none' or consent_withdrawn_on is not null
union
select 'interviews__interviews/' || interview_id, note from raw.interviews__findings
where consent = 'none' or consent_withdrawn_on is not null
union
select evidence_id, note from raw.interviews__interviews where consent = 'none' or consent_withdrawn_on is not null
union
select evidence_id, unnest(topics || blockers || outcome || note) from raw.interviews__sessions
where consent = 'none' or consent_withdrawn_on is not null
"""

# Answers and findings by the file that they were typed in, as each release names it: they may be gone from `raw`.
_ROWS_OF = """
select distinct content.evidence_id
from release.evidence_index as content
inner join release.evidence_index as interview using (release_id, pack, file)
where interview.evidence_id = any(%(interviews)s::text[])
    and content.table_key in ('interviews__answers', 'interviews__findings')
"""
_PUBLISHED_TEXTS = """
select statement from release.findings where finding_id = any(%(unquoted)s::text[])
union
select note from release.evidence_index where evidence_id = any(%(ids)s::text[] || %(conversations)s::text[])
"""

_OF_IDS = {
    "evidence_id": ("delete from {table} where release_id = any(%(releases)s) and evidence_id = any(%(ids)s)",),
    # What is based on nothing else goes with it.
    "evidence_ids": (
        """
        delete from {table}
        where release_id = any(%(releases)s) and evidence_ids <@ %(ids)s and cardinality(evidence_ids) > 0
        """,
        """
        update {table} set evidence_ids = array(select id from unnest(evidence_ids) as id where id <> all(%(ids)s))
        where release_id = any(%(releases)s) and evidence_ids && %(ids)s
        """,
    ),
    "weakest_path": (
        """
        update {table} set weakest_path = array(
            select part from unnest(weakest_path) with ordinality as path (part, place)
            where part <> all(%(ids)s) order by place
        )
        where release_id = any(%(releases)s) and weakest_path && %(ids)s
        """,
    ),
}
_OF_TABLES = {
    # A conversation stays counted.
    "evidence_index": (
        """
        update {table} set source = 'not published', note = null
        where release_id = any(%(releases)s) and evidence_id = any(%(conversations)s) and source <> 'not published'
        """,
        # The condition of a finding is its quote.
        """
        update {table} set condition = null
        where release_id = any(%(releases)s) and evidence_id = any(%(unquoted)s) and condition is not null
        """,
    ),
    "findings": (
        # What a session tells against a USP; the session itself stays in the lists of evidence.
        """
        delete from {table} where release_id = any(%(releases)s) and kind = 'session' and evidence_ids && %(sessions)s
        """,
        """
        update {table} set statement = null
        where release_id = any(%(releases)s) and finding_id = any(%(unquoted)s) and statement is not null
        """,
    ),
}
# A mean over two, less the one that stays, is what the other said: whatever was computed with it goes whole.
_OF_MODELS = """
delete from {table} where release_id = any(%(releases)s) and evidence_ids && (%(ids)s::text[] || %(sessions)s::text[])
"""
_OF_TEXT = """
update {table} set {column} = null
where release_id = any(%(releases)s)
    and {column} like any(%(holding)s::text[])
"""
_OF_ARRAY = """
update {table} set {column} = array(
    select part from unnest({column}) as part
    where (part::text like any(%(holding)s::text[])) is not true
)
where release_id = any(%(releases)s) and exists (
    select from unnest({column}) as part where part::text like any(%(holding)s::text[])
)
"""

_CONVERSATIONS_OF = """
select releases.release_id, releases.free_of, array(
    select held.evidence_id from release.evidence_index as held
    where held.release_id = releases.release_id
        and held.table_key in ('interviews__interviews', 'interviews__sessions')
)
from release.releases order by releases.release_id
"""
_KNOWN = "select release_id from release.releases"
_MARK = "update release.releases set free_of = %(mark)s where release_id = %(release)s"
_DEAD = "update release.releases set has_dead_rows = true where release_id = %(release)s"
_CLEANED = """
update release.releases set manifest = jsonb_set(manifest, '{cleaned_by}', to_jsonb(%(by)s::text))
where release_id = %(release)s returning manifest
"""
_BURIED = "update release.releases set has_dead_rows = false where has_dead_rows"

Render = Callable[[Mapping[str, pd.DataFrame], Manifest], Files]
"""Makes the files of a release."""


@dataclass(frozen=True)
class Withdrawn:
    """Whose content must not be in any release, by the names of interviews and sessions, and texts of it."""

    interviews: list[str]
    unquoted: list[str]
    """Interviews of which no words may be quoted; those of `interviews` and more."""
    sessions: list[str]
    texts: list[tuple[str, str]]
    """What was said, each with the interview or session that it is of."""
    standing: frozenset[str]
    """Conversations of packs that were read whose consent, wide or narrow, was not withdrawn."""

    def mark(self, held: Iterable[str], code_version: str) -> str:
        """Name what a release that has the conversations `held` is looked through for, and the code that does so.

        Withdrawn or deleted text is searched in every release. A valid consent only matters in releases that contain
        that conversation; otherwise each new interview that may not be quoted would trigger a search of all of them.
        """
        meant = {*self.interviews, *self.unquoted, *self.sessions} - self.standing | set(held)
        conversations = (meant.intersection(ids) for ids in (self.interviews, self.unquoted, self.sessions))
        texts = {(conversation, text) for conversation, text in self.texts if conversation in meant}
        named = [code_version, *map(sorted, conversations), sorted(texts)]
        return hashlib.sha256(repr(named).encode()).hexdigest()


class AnotherFolderError(ValueError):
    """A pack of another folder than before lacks conversations of that one, and nobody can say why."""


def require_same_folders(connection: psycopg.Connection, folders: Mapping[str, str]) -> None:
    """Raise `AnotherFolderError` if a pack, by name a hash of its folder, may be another one of the same name.

    What is gone from it would count as withdrawn, and would be lost from all releases for good.
    """
    connection.execute(LEDGER)
    if connection.execute("select to_regclass('release.evidence_index')").fetchone() == (None,):
        return
    missing = connection.execute(_FROM_ELSEWHERE, {"folders": Jsonb(dict(folders))}).fetchall()
    if missing:
        named = ", ".join(f"{pack} ({count})" for pack, count in missing)
        raise AnotherFolderError(
            f"earlier releases have interviews or sessions of packs that were read from other folders, and lack here:"
            f" {named}. A file that is gone counts as withdrawn, so nothing was published. If this is another pack of"
            " the same name, rename its folder; if the folder was moved, put the missing files back, with"
            " consent_withdrawn_on in those that were withdrawn"
        )


def read_withdrawn(connection: psycopg.Connection, folders: Mapping[str, str]) -> Withdrawn:
    """Return what no consent covers any more: what `raw` says, and what the packs in `folders` had and do not have."""

    def conversations(table: str, is_withdrawn: str) -> list[str]:
        query = sql.SQL(_WITHDRAWN).format(
            raw=sql.Identifier("raw", table),
            table=sql.Literal(table),
            is_withdrawn=sql.SQL(is_withdrawn),
            folders=sql.Literal(Jsonb(dict(folders))),
        )
        return _column(connection, query)

    return Withdrawn(
        interviews=conversations("interviews__interviews", _SILENT),
        unquoted=conversations("interviews__interviews", _UNQUOTED),
        sessions=conversations("interviews__sessions", _SILENT),
        texts=[(held, text) for held, text in connection.execute(_TEXTS).fetchall() if _is_long_enough(text)],
        standing=frozenset(_column(connection, _STANDING)),
    )


def texts_withdrawn(connection: psycopg.Connection, withdrawn: Withdrawn) -> list[str]:
    """Return what was said by whom no consent covers any more, in `raw` and in releases."""
    return _published(connection, withdrawn)["texts"]


def _column(
    connection: psycopg.Connection, query: QueryNoTemplate, values: Mapping[str, list[str]] | None = None
) -> list[str]:
    return [row[0] for row in connection.execute(query, values).fetchall()]


def _is_long_enough(text: str | None) -> bool:
    return text is not None and len(text) >= SHORTEST_TEXT


def take_out(
    connection: psycopg.Connection,
    withdrawn: Withdrawn,
    agreed: Agreed,
    releases_dir: Path,
    render: Render,
    *,
    keep: str,
    code_version: str,
) -> list[str]:
    """Take `withdrawn` out of the rows and files of all releases but `keep`, which has none; return those changed.

    One look at all releases in one transaction, committed after their files were replaced: after a kill the rows are
    still there, and the next run finds the releases again. A release is looked through once for the same
    `Withdrawn.mark`, each folder always, by what it holds: not all of them are of this database.
    """
    known = set(_column(connection, _KNOWN))
    held = connection.execute(_CONVERSATIONS_OF).fetchall()
    marks = {release_id: withdrawn.mark(ids, code_version) for release_id, _, ids in held}
    unmarked = [release_id for release_id, mark, _ in held if mark != marks[release_id] and release_id != keep]
    with connection.transaction():
        touched = _take_out_of_rows(connection, withdrawn, unmarked)
        for release_id in {keep, *unmarked} & marks.keys():
            connection.execute(_MARK, {"release": release_id, "mark": marks[release_id]})
        for release_id in touched:
            connection.execute(_DEAD, {"release": release_id})
            made = _cleaned(connection, release_id, keep)
            replace_files(releases_dir / release_id, render(read_release(connection, release_id), made))
    changed = list(touched)
    for directory in folders_to_clean(releases_dir, agreed):
        if directory.name == keep:
            continue
        if directory.name in known:
            made = _cleaned(connection, directory.name, keep)
            replace_files(directory, render(read_release(connection, directory.name), made))
        else:
            take_back(directory)
        changed.append(directory.name)
    _take_off_disk(connection)
    return changed


def _cleaned(connection: psycopg.Connection, release_id: str, keep: str) -> Manifest:
    """Note in a manifest with which release something was taken out of it, and return it."""
    (plain,) = connection.execute(_CLEANED, {"release": release_id, "by": keep}).fetchone() or ({},)
    return Manifest.from_jsonb(plain)


def _take_off_disk(connection: psycopg.Connection) -> None:
    """Write the tables anew: a deleted row stays in the file of its table until then, also after a kill in between."""
    if connection.execute("select from release.releases where has_dead_rows").fetchone() is None:
        return
    for name in _tables(connection):
        connection.execute(sql.SQL("vacuum full {}").format(sql.Identifier("release", name)))
    connection.execute(_BURIED)


def _published(connection: psycopg.Connection, withdrawn: Withdrawn) -> dict[str, list[str]]:
    """Return the ids of what is withdrawn as releases have them, and patterns of its texts, there and in `raw`."""
    values = {
        "ids": _column(connection, _ROWS_OF, {"interviews": withdrawn.interviews}),
        "unquoted": _column(connection, _ROWS_OF, {"interviews": withdrawn.unquoted}),
        "sessions": withdrawn.sessions,
        "conversations": withdrawn.interviews + withdrawn.sessions,
    }
    texts = {text for _, text in withdrawn.texts}
    texts.update(filter(_is_long_enough, _column(connection, _PUBLISHED_TEXTS, values)))
    return values | {"texts": sorted(texts), "holding": [f"%{_literal(text)}%" for text in sorted(texts)]}


def _literal(text: str) -> str:
    """Return a text as a pattern of LIKE that matches nothing else."""
    return re.sub(r"([\\%_])", r"\\\1", text)


def _take_out_of_rows(connection: psycopg.Connection, withdrawn: Withdrawn, releases: list[str]) -> list[str]:
    """Return the releases of which rows were deleted or changed, in order."""
    if not releases:
        return []
    values = _published(connection, withdrawn) | {"releases": releases}
    found = {
        release_id
        for name, columns in _tables(connection).items()
        for statement in _statements(name, columns)
        for (release_id,) in connection.execute(sql.SQL("{} returning release_id").format(statement), values)
    }
    return sorted(found)


def _statements(name: str, columns: Mapping[str, str]) -> Iterator[sql.Composed]:
    """Yield what is done to one table of releases: rows that are withdrawn, ids of them, texts wherever they stand."""
    table = sql.Identifier("release", name)
    if TABLES.get(name) == "model" and "evidence_ids" in columns:
        yield sql.SQL(_OF_MODELS).format(table=table)
    yield from (sql.SQL(query).format(table=table) for query in _OF_TABLES.get(name, ()))
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
