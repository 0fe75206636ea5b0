"""The tables of a stage on a real server: fill, reset, measure their size, take the oldest messages away, drop.

Belongs here: SQL that changes or measures the scratch database. Does not belong here: layouts (`archive/stages.py`),
load (`pgbench.py`). All functions take a connection in autocommit mode.
"""

from __future__ import annotations

import time
from collections.abc import Iterable
from typing import Any

import psycopg

from assets.benchmarks.archive.messages import PUBSUB_TOPIC, Archive, copy_stream
from assets.benchmarks.archive.requests import topic_name
from assets.benchmarks.archive.stages import (
    HOUR_NS,
    ORIGIN_NS,
    Partition,
    Stage,
    create_keys,
    create_tables,
    partitions,
)

# Hashes and topics are made once for all stages, payloads are turned into text by each.
_SOURCE = (
    "drop table if exists source, numbered",
    "create unlogged table numbered (number bigint, topic integer, payload bytea)",
    "alter table numbered alter column payload set storage external",
)
# Rows stay in the order of their numbers, and the bulk of the work does not spill to disk.
_IN_ORDER = (
    "set max_parallel_workers_per_gather = 0",
    "set synchronize_seqscans = off",
    "set maintenance_work_mem = '256MB'",
)
_SOURCE_COPY = "copy numbered from stdin (format binary)"
_SOURCE_TEXT = """create unlogged table source as
select number, '{before}' || topic || '{after}' as content_topic, payload,
       encode(sha256(int8send(number)), 'hex') as message_hash
  from numbered"""
_SOURCE_DONE = ("drop table numbered", "vacuum analyze source")

_FILL = """insert into {schema}.messages (pubsub_topic, content_topic, payload, version, id, message_hash, "timestamp")
select '{pubsub}', content_topic, {payload}, 0, '0', message_hash, {origin} + number * {interval}
  from source where number < {messages}"""
_FILL_LOOKUP = """insert into {schema}.messages_lookup ("timestamp", message_hash)
select {origin} + number * {interval}, message_hash from source where number < {messages}"""
_DELETE_FROM = 'delete from {schema}.{table} where "timestamp" >= {start} and "timestamp" < {end}'
_SIZES = """select c.relname, c.relkind, pg_relation_size(c.oid) as own, pg_table_size(c.oid) as with_toast,
       pg_indexes_size(c.oid) as indices
  from pg_class c join pg_namespace n on n.oid = c.relnamespace
 where n.nspname = %s and c.relkind = 'r'"""

_FAR_NS = 2**62


def create_source(connection: psycopg.Connection[Any], archive: Archive, seed: int) -> None:
    """Make the messages of `archive`, from which every stage is filled."""
    _execute(connection, (*_IN_ORDER, *_SOURCE))
    with connection.cursor() as cursor, cursor.copy(_SOURCE_COPY) as copy:
        for chunk in copy_stream(archive, seed):
            copy.write(chunk)
    before, after = topic_name("\0").split("\0")
    _execute(connection, [_SOURCE_TEXT.format(before=before, after=after), *_SOURCE_DONE])


def load_stage(connection: psycopg.Connection[Any], stage: Stage, schema: str, archive: Archive) -> None:
    """Create `stage` in `schema` and fill it; an earlier schema of that name goes first.

    Keys are made when the rows are in, so that all stages have indices in the same, compact state.
    """
    drop_schema(connection, schema)
    _execute(connection, (*_IN_ORDER, *create_tables(stage, schema, archive.hours)))
    _fill(connection, stage, schema, archive.messages, archive.interval_ns)
    _execute(connection, create_keys(stage, schema))
    _execute(connection, [f"vacuum (analyze) {schema}.{table}" for table in stage.tables])


def reset(connection: psycopg.Connection[Any], stage: Stage, schema: str, archive: Archive) -> None:
    """Take away what arrived during a measurement, and give the planner fresh statistics of where it was.

    The next measurement then finds what this one found.
    """
    for table in stage.tables:
        if table in stage.partitioned_tables:
            arrived = f"{schema}.{table}_{partitions(stage, archive.hours)[-1].suffix}"
            _execute(connection, [f"truncate {arrived}", f"analyze {arrived}"])
        else:
            _delete(connection, schema, table, archive.end_ns, _FAR_NS)
            _execute(connection, [f"analyze {schema}.{table}"])


def drop_schema(connection: psycopg.Connection[Any], schema: str) -> None:
    """Drop `schema` with all in it, table by table: the locks of hundreds of partitions would not fit into one."""
    names = connection.execute(
        "select c.relname from pg_class c where c.relnamespace = to_regnamespace(%s) and c.relkind in ('r', 'p')"
        " order by c.relkind desc",
        [schema],
    ).fetchall()
    _execute(connection, [f"drop table {schema}.{name}" for (name,) in names])
    _execute(connection, [f"drop schema if exists {schema}"])


def storage(connection: psycopg.Connection[Any], schema: str, archive: Archive) -> dict[str, float]:
    """Return bytes per message in heap, TOAST, indices, lookup table (with its indices) and in total."""
    heap = toast = indices = lookup = 0
    for name, _, own, with_toast, of_indices in connection.execute(_SIZES, [schema]).fetchall():
        if name.startswith("messages_lookup"):
            lookup += with_toast + of_indices
        else:
            heap, toast, indices = heap + own, toast + with_toast - own, indices + of_indices
    parts = {"heap": heap, "toast": toast, "index": indices, "lookup": lookup, "total": heap + toast + indices + lookup}
    return {f"{part}_bytes_per_message": size / archive.messages for part, size in parts.items()}


def retention(connection: psycopg.Connection[Any], stage: Stage, schema: str, messages: int) -> dict[str, float]:
    """Return milliseconds to delete the oldest half of `messages` row by row, then to drop as many by partition.

    On a small archive in a `schema` of its own, which is dropped at the end: two whole partitions with half of the
    messages each. Deleting includes the VACUUM that frees the space; a stage without partitions cannot drop.
    """
    length = stage.partition_hours or 1
    half_ns = length * HOUR_NS
    drop_schema(connection, schema)
    _execute(connection, create_tables(stage, schema, 2 * length))
    _fill(connection, stage, schema, messages, 2 * half_ns // messages)
    _execute(connection, create_keys(stage, schema))
    _execute(connection, [f"analyze {schema}.{table}" for table in stage.tables])
    start = time.perf_counter()
    for table in stage.tables:
        _delete(connection, schema, table, ORIGIN_NS, ORIGIN_NS + half_ns)
    found = {"delete_oldest_ms": (time.perf_counter() - start) * 1000}
    if stage.partition_hours is not None:
        start = time.perf_counter()
        _drop_partition(connection, stage, schema, partitions(stage, 2 * length)[1])
        found["drop_oldest_ms"] = (time.perf_counter() - start) * 1000
    drop_schema(connection, schema)
    return found


def _drop_partition(connection: psycopg.Connection[Any], stage: Stage, schema: str, oldest: Partition) -> None:
    """As nwaku does it: detached without blocking writers, then dropped; a lookup table without partitions is swept."""
    for table in stage.tables:
        if table in stage.partitioned_tables:
            name = f"{schema}.{table}_{oldest.suffix}"
            detach = f"alter table {schema}.{table} detach partition {name} concurrently"
            _execute(connection, [detach, f"drop table {name}"])
        else:
            _delete(connection, schema, table, oldest.start_ns, oldest.end_ns)


def _fill(connection: psycopg.Connection[Any], stage: Stage, schema: str, messages: int, interval_ns: int) -> None:
    payload = "payload" if stage.payload_type == "bytea" else "encode(payload, 'hex')"
    values = {"schema": schema, "origin": ORIGIN_NS, "interval": interval_ns, "messages": messages}
    _execute(connection, [_FILL.format(pubsub=PUBSUB_TOPIC, payload=payload, **values)])
    if stage.lookup != "none":
        _execute(connection, [_FILL_LOOKUP.format(**values)])


def _delete(connection: psycopg.Connection[Any], schema: str, table: str, start_ns: int, end_ns: int) -> None:
    delete = _DELETE_FROM.format(schema=schema, table=table, start=start_ns, end=end_ns)
    _execute(connection, [delete, f"vacuum {schema}.{table}"])


def _execute(connection: psycopg.Connection[Any], statements: Iterable[str]) -> None:
    """Run statements that were put together from vetted names; none holds anything that a user typed."""
    for statement in statements:
        connection.execute(statement.encode())
