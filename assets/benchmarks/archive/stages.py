"""The message archive at each stage of its schema, as data, and the DDL that follows from it.

Belongs here: how the tables of a stage are laid out. Pure: it returns text and knows no connection.
Does not belong here: what is stored in them (`messages.py`), what is asked of them (`requests.py`).
Layouts are those of `benchmarks__archive_schema_versions`, in our own words: columns are the same at every stage, so
that stages differ only in what they are named after.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from typing import Literal

HOUR_NS = 3_600_000_000_000
NS_PER_S = 1_000_000_000

ORIGIN_NS = 1_767_225_600 * NS_PER_S
"""Time of the oldest message, nanoseconds since 1970: 2026-01-01 00:00 UTC, where an hour and a day begin."""

SCHEMA_NAME = re.compile(r"[a-z][a-z0-9_]{0,62}")


@dataclass(frozen=True)
class Stage:
    """One layout of the archive. `base` is the stage that it is compared with."""

    id: str
    title: str
    since: date | None
    """When the migration was made; None for a candidate of our own."""
    release: str
    """First release with it, or `candidate`."""
    base: str | None
    partition_hours: int | None = None
    """Length of a partition of messages; None is one table."""
    indices: tuple[tuple[str, ...], ...] = ()
    """Columns of each index of messages besides the primary key."""
    lookup: Literal["none", "one_table", "partitioned"] = "none"
    lookup_indices: tuple[tuple[str, ...], ...] = ()
    payload_type: Literal["varchar", "bytea"] = "varchar"
    """`varchar` holds two hexadecimal digits for each byte."""
    compression: Literal["pglz", "lz4", "none"] = "pglz"
    """Of payloads that are long; lz4 is not in every build of PostgreSQL."""

    @property
    def primary_key(self) -> tuple[str, ...]:
        """Of messages: PostgreSQL asks that it contains the partition key."""
        return ("message_hash",) if self.partition_hours is None else ("message_hash", "timestamp")

    @property
    def partitioned_tables(self) -> tuple[str, ...]:
        """The tables that have partitions."""
        if self.partition_hours is None:
            return ()
        return ("messages", "messages_lookup") if self.lookup == "partitioned" else ("messages",)

    @property
    def tables(self) -> tuple[str, ...]:
        """All tables that a message is written to."""
        return ("messages",) if self.lookup == "none" else ("messages", "messages_lookup")


_SINGLE_KEY = Stage(
    "single_key", "One table, primary key on the hash", date(2024, 3, 1), "0.26.0 (schema version 1)", None
)
_HOURLY_PARTITIONS = Stage(
    "hourly_partitions",
    "Partitions of an hour",
    date(2024, 3, 1),
    "0.26.0 (schema version 2)",
    "single_key",
    partition_hours=1,
)
_COMPOSITE_INDICES = replace(
    _HOURLY_PARTITIONS,
    id="composite_indices",
    title="Two composite indices",
    since=date(2024, 6, 6),
    release="0.29.0 (schema version 5)",
    base="hourly_partitions",
    indices=(("content_topic", "pubsub_topic", "timestamp", "id"), ("timestamp", "id")),
)
_LOOKUP_TABLE = replace(
    _COMPOSITE_INDICES,
    id="lookup_table",
    title="Lookup table, single-column indices",
    since=date(2024, 8, 8),
    release="0.32.0 (schema version 7)",
    base="composite_indices",
    indices=(("message_hash",), ("timestamp",), ("pubsub_topic",), ("content_topic",)),
    lookup="one_table",
    lookup_indices=(("timestamp",), ("message_hash",)),
)
_LOOKUP_PARTITIONED = replace(
    _LOOKUP_TABLE,
    id="lookup_partitioned",
    title="Lookup table in partitions, without secondary indices",
    since=date(2026, 8, 19),
    release="after 0.37 (schema version 8)",
    base="lookup_table",
    lookup="partitioned",
    lookup_indices=(),
)
_CANDIDATE = replace(_LOOKUP_PARTITIONED, since=None, release="candidate", base="lookup_partitioned")

STAGES: dict[str, Stage] = {
    stage.id: stage
    for stage in (
        _SINGLE_KEY,
        _HOURLY_PARTITIONS,
        _COMPOSITE_INDICES,
        _LOOKUP_TABLE,
        _LOOKUP_PARTITIONED,
        replace(_CANDIDATE, id="bytea_payload", title="Payload as bytes, not as hex text", payload_type="bytea"),
        replace(
            _CANDIDATE,
            id="one_index_set",
            title="One index on (timestamp, hash) in place of four",
            indices=(("timestamp", "message_hash"),),
        ),
        replace(_CANDIDATE, id="daily_partitions", title="Partitions of a day", partition_hours=24),
        replace(
            _CANDIDATE,
            id="bytea_daily",
            title="Payload as bytes, in partitions of a day",
            payload_type="bytea",
            partition_hours=24,
        ),
        replace(_CANDIDATE, id="lz4_compression", title="lz4 compression of long payloads", compression="lz4"),
        replace(_CANDIDATE, id="no_compression", title="No attempt to compress payloads", compression="none"),
    )
}
"""The stages that are compared, by id, each after its base."""

PLACEBO = "no_compression"
"""A stage that queries cannot tell from its base: payloads that cannot be compressed are stored alike in both."""

SELF_TEST: dict[str, Stage] = {
    name: replace(_CANDIDATE, id=name, title="The newest release once more, to test the test", base=base)
    for name, base in (
        ("self_test_a", None),
        ("self_test_b", "self_test_a"),
        ("self_test_c", None),
        ("self_test_d", "self_test_c"),
    )
}
"""Two pairs of stages that do not differ: a comparison that finds a difference within one is wrong."""

ALL_STAGES: dict[str, Stage] = STAGES | SELF_TEST


@dataclass(frozen=True)
class Partition:
    """The time that one partition covers, nanoseconds since 1970, end exclusive. `suffix` ends its tables' names."""

    start_ns: int
    end_ns: int

    @property
    def suffix(self) -> str:
        """Start and end in seconds, as nwaku names its partitions."""
        return f"{self.start_ns // NS_PER_S}_{self.end_ns // NS_PER_S}"


def partitions(stage: Stage, hours: int) -> tuple[Partition, ...]:
    """Return the partitions for `hours` of archive, oldest first, and one more for what arrives during a measurement.

    Raises ValueError if the archive does not end where a partition does.
    """
    length = stage.partition_hours
    if length is None:
        return ()
    if hours % length:
        raise ValueError(f"{hours} hours of archive are not whole partitions of {length} h; take a multiple")
    starts = range(ORIGIN_NS, ORIGIN_NS + (hours + length) * HOUR_NS, length * HOUR_NS)
    return tuple(Partition(start, start + length * HOUR_NS) for start in starts)


def checked_schema(name: str) -> str:
    """Return `name`, which may stand in SQL as it is; raises ValueError for any other."""
    if not SCHEMA_NAME.fullmatch(name):
        raise ValueError(f'"{name}" cannot be a schema; expected lower case letters, digits and _, at most 63')
    return name


_MESSAGES = """create table {schema}.messages (
    pubsub_topic varchar not null, content_topic varchar not null, payload {payload},
    version integer not null, id varchar not null, message_hash varchar not null, "timestamp" bigint not null,
    meta varchar
){partitioning}"""
_COMPRESSION = {
    "pglz": "alter table {schema}.messages alter column payload set compression pglz",
    "lz4": "alter table {schema}.messages alter column payload set compression lz4",
    "none": "alter table {schema}.messages alter column payload set storage external",
}
_LOOKUP = """create table {schema}.messages_lookup (
    "timestamp" bigint not null, message_hash varchar not null
){partitioning}"""
_BY_TIME = ' partition by range ("timestamp")'
_PARTITION = (
    "create table {schema}.{table}_{suffix} partition of {schema}.{table} for values from ({start}) to ({end}){quiet}"
)
_QUIET = " with (autovacuum_enabled = off)"
_QUIET_TOAST = " with (autovacuum_enabled = off, toast.autovacuum_enabled = off)"
_PRIMARY_KEY = "alter table {schema}.{table} add constraint {table}_pkey primary key ({columns})"
_INDEX = "create index {table}_{number} on {schema}.{table} ({columns})"


def create_tables(stage: Stage, schema: str, hours: int) -> Iterator[str]:
    """Yield the statements that create schema, tables and partitions, without keys.

    Autovacuum is off in them: it would run beside some measurements and not beside others.
    """
    checked_schema(schema)
    yield f"create schema {schema}"
    templates = {"messages": (_MESSAGES, _QUIET_TOAST), "messages_lookup": (_LOOKUP, _QUIET)}
    for table in stage.tables:
        template, quiet = templates[table]
        is_partitioned = table in stage.partitioned_tables
        yield template.format(
            schema=schema,
            payload=stage.payload_type,
            partitioning=_BY_TIME if is_partitioned else quiet,
        )
        if table == "messages":  # before the partitions, which take it over
            yield _COMPRESSION[stage.compression].format(schema=schema)
        for partition in partitions(stage, hours) if is_partitioned else ():
            yield _PARTITION.format(
                schema=schema,
                table=table,
                suffix=partition.suffix,
                start=partition.start_ns,
                end=partition.end_ns,
                quiet=quiet,
            )


def create_keys(stage: Stage, schema: str) -> Iterator[str]:
    """Yield the statements that create primary keys and indices, to be run after the bulk of the data is in."""
    checked_schema(schema)
    keys = {"messages": stage.primary_key, "messages_lookup": ("message_hash", "timestamp")}
    indices = {"messages": stage.indices, "messages_lookup": stage.lookup_indices}
    for table in stage.tables:
        yield _PRIMARY_KEY.format(schema=schema, table=table, columns=_listed(keys[table]))
        for number, columns in enumerate(indices[table], start=1):
            yield _INDEX.format(schema=schema, table=table, number=number, columns=_listed(columns))


def _listed(columns: tuple[str, ...]) -> str:
    return ", ".join(f'"{column}"' for column in columns)
