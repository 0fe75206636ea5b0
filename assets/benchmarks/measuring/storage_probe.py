"""What PostgreSQL really takes for messages: creates the archive's tables, fills them, measures each part, drops them.

Belongs here: SQL of the probe. Does not belong here: what the figures mean (`archive/storage.py`), speed
(`session_run.py`). The table is one partition as of 2024-08 (schema version 7); columns and indices as in
`benchmarks__archive_columns`.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from typing import Any

import psycopg
from psycopg import sql

from assets.benchmarks.archive.messages import CONTENT_TOPICS, FIRST_TOPIC, PUBSUB_TOPIC
from assets.benchmarks.archive.requests import topic_name
from assets.benchmarks.archive.storage import HASH_BYTES, LOOKUP, MESSAGES, PAGE_BYTES, Encoding, TableBytes

MAX_IMAGE_SHARE = 0.01
"""Of WAL that may be images of pages: one or two come with new tables, hundreds with a checkpoint."""
MEAN_GAP_NANOSECONDS = 100_000_000
START_NANOSECONDS = 1_700_000_000_000_000_000

Row = tuple[str, str, str | bytes, int, str, str, int]

CREATE = """
create table {schema}.messages (
    pubsub_topic varchar not null, content_topic varchar not null, payload {payload}, version integer not null,
    id varchar not null, message_hash varchar not null, "timestamp" bigint not null, meta varchar,
    constraint messages_pkey primary key (message_hash, "timestamp")
);
create index messages_hash on {schema}.messages (message_hash);
create index messages_timestamp on {schema}.messages ("timestamp");
create index messages_pubsub_topic on {schema}.messages (pubsub_topic);
create index messages_content_topic on {schema}.messages (content_topic);
create table {schema}.messages_lookup (
    "timestamp" bigint not null, message_hash varchar not null,
    constraint messages_lookup_pkey primary key (message_hash, "timestamp")
);
create index messages_lookup_timestamp on {schema}.messages_lookup ("timestamp");
create index messages_lookup_hash on {schema}.messages_lookup (message_hash);
create unlogged table {schema}.arriving (like {schema}.messages including defaults);
alter table {schema}.arriving alter column payload set storage external;
"""

ARRIVING = (
    'copy {schema}.arriving (pubsub_topic, content_topic, payload, version, id, message_hash, "timestamp") from stdin'
)
# Row by row, unlike COPY, which asks for pages in advance and leaves up to 63 of them empty.
INSERTS = (
    'insert into {schema}.messages select * from {schema}.arriving order by "timestamp"',
    'insert into {schema}.messages_lookup select "timestamp", message_hash from {schema}.arriving order by "timestamp"',
)
# EXPLAIN counts the WAL of this statement alone, whatever else the server writes.
EXPLAIN = "explain (analyze, wal, costs off, timing off, summary off, format json) "

PARTS = """
with relation as (
    select oid, nullif(reltoastrelid, 0) as toast from pg_class where oid = %s::regclass
)
select pg_relation_size(oid) as heap,
       coalesce(pg_relation_size(toast) + pg_indexes_size(toast), 0) as toast,
       pg_relation_size(oid, 'fsm') + pg_relation_size(oid, 'vm')
           + coalesce(pg_relation_size(toast, 'fsm') + pg_relation_size(toast, 'vm'), 0) as maps,
       pg_total_relation_size(oid) as total
  from relation
"""
INDEXES = """
select c.relname, pg_relation_size(c.oid)
  from pg_index i join pg_class c on c.oid = i.indexrelid where i.indrelid = %s::regclass
"""


def measure_storage(
    connection: psycopg.Connection[Any],
    schema: str,
    *,
    payload_bytes: int,
    encoding: Encoding,
    rows: int,
    seed: int,
) -> dict[str, float]:
    """Store `rows` messages with random payloads in a new schema, measure all parts, drop the schema.

    Returns bytes per message by metric of `benchmarks__measurements`: the parts, their total (which is what
    `pg_total_relation_size` gives for both tables), and WAL without commits; no WAL where a checkpoint fell into it.

    The connection has to be in autocommit mode, because it vacuums (ValueError otherwise). A schema that exists already
    is an error of PostgreSQL and stays as it is. Measures with the compression that the server has as its default.
    """
    if not connection.autocommit:
        raise ValueError("the connection is not in autocommit mode, and VACUUM needs it; connect with autocommit=True")

    def in_schema(text: str) -> sql.Composed:
        payload = sql.SQL("varchar" if encoding is Encoding.HEX else "bytea")
        return sql.SQL(text).format(schema=sql.Identifier(schema), payload=payload)

    connection.execute(sql.SQL("create schema {}").format(sql.Identifier(schema)))
    try:
        connection.execute(in_schema(CREATE))
        with connection.cursor() as cursor, cursor.copy(in_schema(ARRIVING)) as copy:
            for row in _messages(payload_bytes, encoding, rows, seed):
                copy.write_row(row)
        written = [_wal(connection, in_schema(EXPLAIN + insert)) for insert in INSERTS]
        connection.execute(in_schema("vacuum {schema}.messages, {schema}.messages_lookup"))
        tables = tuple(_measured(connection, schema, table) for table in (MESSAGES, LOOKUP))
    finally:
        connection.execute(sql.SQL("drop schema {} cascade").format(sql.Identifier(schema)))
    messages, lookup = tables
    parts = {
        "heap": messages.heap,
        "toast": messages.toast + messages.maps,
        "index": messages.index,
        "lookup": lookup.total,
        "total": messages.total + lookup.total,
    }
    wal_bytes = sum(of_statement for of_statement, _ in written)
    if PAGE_BYTES * sum(images for _, images in written) <= MAX_IMAGE_SHARE * wal_bytes:
        parts["wal"] = wal_bytes
    return {f"{part}_bytes_per_message": size / rows for part, size in parts.items()}


def _messages(payload_bytes: int, encoding: Encoding, rows: int, seed: int) -> Iterator[Row]:
    """Yield messages in the order of their timestamps. Payloads are random: encrypted ones cannot be compressed."""
    source = random.Random(seed)  # noqa: S311 - reproducible, no secret
    topics = [topic_name(FIRST_TOPIC + number) for number in range(CONTENT_TOPICS)]
    timestamp = START_NANOSECONDS
    for _ in range(rows):
        timestamp += source.randrange(1, 2 * MEAN_GAP_NANOSECONDS)
        payload = source.randbytes(payload_bytes)
        stored = payload.hex() if encoding is Encoding.HEX else payload
        yield PUBSUB_TOPIC, source.choice(topics), stored, 1, "0", source.randbytes(HASH_BYTES).hex(), timestamp


def _wal(connection: psycopg.Connection[Any], explained: sql.Composed) -> tuple[int, int]:
    """Run a statement; return the bytes of WAL that it wrote and the number of page images among them."""
    ((plans,),) = connection.execute(explained).fetchall()
    plan = plans[0]["Plan"]
    return int(plan["WAL Bytes"]), int(plan["WAL FPI"])


def _measured(connection: psycopg.Connection[Any], schema: str, table: str) -> TableBytes:
    name = sql.Identifier(schema, table).as_string(connection)
    ((heap, toast, maps, total),) = connection.execute(PARTS, (name,)).fetchall()
    measured = TableBytes(table, heap, toast, maps, dict(connection.execute(INDEXES, (name,)).fetchall()))
    if measured.total != total:
        raise RuntimeError(f"the parts of {name} are {measured.total:,} bytes, the whole is {total:,}")
    return measured
