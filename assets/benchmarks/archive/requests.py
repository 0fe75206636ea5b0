"""What a node asks of the archive, as pgbench scripts for each stage.

Belongs here: statements and the parameters they are drawn with, pure. Does not belong here: running them
(`measuring/pgbench.py`), how often (`grids.py`). Statements follow `benchmarks__archive_query_shapes`, in our own
words.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from assets.benchmarks.archive.limits import Limit, limits_by_target
from assets.benchmarks.archive.messages import CONTENT_TOPICS, FIRST_TOPIC, PUBSUB_TOPIC, Archive, payload_text
from assets.benchmarks.archive.stages import HOUR_NS, ORIGIN_NS, Stage, checked_schema

TOPICS_PER_REQUEST = 10
"""As Status clients ask; the most that a node takes with a cursor."""

HASHES_PER_REQUEST = 9
"""The target for the latency of these queries holds for fewer than 10."""

ARRIVING_NUMBER = 1_000_000_000_000
"""Numbers of messages that arrive during a measurement begin here, far above those that are stored before."""

ARRIVING_INTERVAL_NS = 100
"""Between two arriving messages, so that an hour has room for 36 billion of them."""

Protocol = Literal["simple", "prepared"]
INSERT_PREFIX = "insert"
"""Of the names of workloads that write."""

Shape = Literal["insert", "first_page", "next_page", "by_hashes", "presence", "no_time_range", "housekeeping"]


@dataclass(frozen=True)
class Workload:
    """One kind of request. `latency_targets` are ids of rows of `benchmarks__latency_targets` that bound it.

    The first is the narrowest. Where it is not kept at any rate, the next one says what can be had instead.
    """

    id: str
    title: str
    shape: Shape
    latency_targets: tuple[str, ...]
    protocol: Protocol = "simple"
    """A node prepares its inserts, and sends nearly all queries as new text with the values in it."""
    page_size: int = 20
    writers_agree: bool = False
    """Whether all writers offer the same messages, as several nodes on one database do."""


LATENCY_TARGETS = "benchmarks__latency_targets"
INSERT_TARGET = "archive_insert_latency_p95"
TYPICAL_TARGET = "store_typical_query_time_p95"
"""For what no narrower target names."""

HOUR_TARGETS = ("store_time_range_query_latency_p90", TYPICAL_TARGET)
HASH_TARGETS = ("store_hash_query_latency_p95", TYPICAL_TARGET)
INSERT_TARGETS, TYPICAL_TARGETS = (INSERT_TARGET,), (TYPICAL_TARGET,)

WORKLOADS: dict[str, Workload] = {
    workload.id: workload
    for workload in (
        Workload("insert", "Each writer stores messages of its own", "insert", INSERT_TARGETS, "prepared"),
        Workload(
            "insert_duplicates",
            "All writers offer the same messages",
            "insert",
            INSERT_TARGETS,
            "prepared",
            writers_agree=True,
        ),
        Workload("first_page_20", "Topics and one hour, first page", "first_page", HOUR_TARGETS),
        Workload("first_page_100", "Topics and one hour, first page", "first_page", HOUR_TARGETS, page_size=100),
        Workload("first_page_20_prepared", "The same as a prepared statement", "first_page", HOUR_TARGETS, "prepared"),
        Workload("next_page_20", "Topics and one hour, page after a cursor", "next_page", HOUR_TARGETS),
        Workload("next_page_100", "Topics and one hour, page after a cursor", "next_page", HOUR_TARGETS, page_size=100),
        Workload("by_hashes", "Nine messages of the newest hour by hash", "by_hashes", HASH_TARGETS, page_size=100),
        Workload("presence_100", "Topics and one hour, only the hashes", "presence", HOUR_TARGETS, page_size=100),
        Workload("no_time_range_20", "Topics without a time range", "no_time_range", TYPICAL_TARGETS),
        Workload("housekeeping", "What a node asks for its metrics and partitions", "housekeeping", TYPICAL_TARGETS),
    )
}
"""The workloads that pgbench runs on a stage, by id."""

HARNESS: dict[str, str] = {"harness_empty": "\\set nothing 1\n", "harness_select_1": "select 1;\n"}
"""Scripts that measure the load generator and the way to the server: no stage can be faster."""

_CONTENT = 'm.pubsub_topic, m.content_topic, m.payload, m.version, m."timestamp", m.meta, m.message_hash'
_PAGE = """select {columns} from {schema}.messages m
 where m.content_topic in ({topics}) and m.pubsub_topic = '{pubsub}'{times}
 order by m."timestamp" desc, m.message_hash desc limit {limit};
"""
_END_OF_HOUR = f"\\set end_ns :start_ns + {HOUR_NS - 1}\n"
_AN_HOUR = '\n   and m."timestamp" >= :start_ns and m."timestamp" <= :end_ns'
# The comparison of pairs alone prunes no partition; the range that the client asked for does.
_AFTER_CURSOR = _AN_HOUR + '\n   and (m."timestamp", m.message_hash) < (:cursor_ns, {hash})'
_CURSOR = 'select "timestamp" as cursor_ns from {schema}.{table} where message_hash = {hash} \\gset\n'
_BY_HASH = """select {columns} from {schema}.messages m
 where m.message_hash in ({hashes}) order by m."timestamp" desc, m.message_hash desc limit {limit};
"""
# The smallest timestamp comes first, so that partitions before it are left out.
_BY_HASH_AND_LOOKUP = """with oldest as (
    select min("timestamp") as at from {schema}.messages_lookup where message_hash in ({hashes})
)
select {columns} from {schema}.messages_lookup l
  join {schema}.messages m on m."timestamp" = l."timestamp" and m.message_hash = l.message_hash
 where l.message_hash in ({hashes})
   and l."timestamp" >= (select at from oldest) and m."timestamp" >= (select at from oldest)
 order by m."timestamp" desc, m.message_hash desc limit {limit};
"""
_HOUSEKEEPING = """select count(*) from {schema}.messages;
select min("timestamp") from {schema}.messages;
select pg_database_size(current_database());
select c.relname from pg_inherits i join pg_class c on c.oid = i.inhrelid
 where i.inhparent = '{schema}.messages'::regclass order by c.relname;
"""
_INSERT = """\\set i :i + 1
\\set n {number}
\\set number {first_number} + :n
\\set at {first_ns} + :n * {interval_ns}
\\set topic {first_topic} + :n % {topics}
insert into {schema}.messages
  (pubsub_topic, content_topic, payload, version, id, message_hash, "timestamp", meta)
  values ('{pubsub}', {topic}, :payload, 0, '0', {hash}, :at, null) on conflict do nothing;
"""
_INSERT_LOOKUP = """insert into {schema}.messages_lookup ("timestamp", message_hash)
  values (:at, {hash}) on conflict do nothing;
"""


@dataclass(frozen=True)
class Script:
    """A pgbench script. `variables` are those that it needs besides its own; `clients` comes with a run."""

    text: str
    protocol: Protocol
    variables: tuple[tuple[str, str], ...] = ()


def script(workload: Workload, stage: Stage, schema: str, archive: Archive, seed: int) -> Script:
    """Return the script of `workload` on a `stage` that was loaded with `archive` into `schema`."""
    checked_schema(schema)
    if workload.shape == "insert":
        return _insert(workload, stage, schema, archive, seed)
    prepared = workload.protocol == "prepared"
    names = {
        "schema": schema,
        "columns": "m.message_hash" if workload.shape == "presence" else _CONTENT,
        "pubsub": PUBSUB_TOPIC,
        "topics": ", ".join(_topic(f"topic_{i}", prepared) for i in range(TOPICS_PER_REQUEST)),
        "limit": str(workload.page_size + 1),  # one more tells whether there is a next page
    }
    if workload.shape == "by_hashes":
        return Script(_by_hashes(stage, names, archive), workload.protocol)
    if workload.shape == "next_page":
        return Script(_next_page(stage, names, archive), workload.protocol)
    if workload.shape == "housekeeping":
        return Script(_HOUSEKEEPING.format(schema=schema), workload.protocol)
    if workload.shape == "no_time_range":
        return Script(_draw_topics() + _PAGE.format(times="", **names), workload.protocol)
    hour = (
        # An hour that a client asks for seldom begins where a partition does.
        f"\\set start_ns {ORIGIN_NS} + random(0, {(archive.hours - 1) * HOUR_NS})\n" + _END_OF_HOUR
    )
    return Script(_draw_topics() + hour + _PAGE.format(times=_AN_HOUR, **names), workload.protocol)


def _next_page(stage: Stage, names: dict[str, str], archive: Archive) -> str:
    """The cursor is any message but those of the first hour; the range is an hour that it is in."""
    table = "messages" if stage.lookup == "none" else "messages_lookup"
    cursor = _hash("number")
    return "".join(
        (
            _draw_topics(),
            f"\\set number random({archive.messages_per_hour}, {archive.messages - 1})\n",
            _CURSOR.format(schema=names["schema"], table=table, hash=cursor),
            f"\\set start_ns :cursor_ns - random(0, {HOUR_NS - 1})\n",
            _END_OF_HOUR,
            _PAGE.format(times=_AFTER_CURSOR.format(hash=cursor), **names),
        )
    )


def _by_hashes(stage: Stage, names: dict[str, str], archive: Archive) -> str:
    """Clients ask for what was sent a short time ago: the messages are of the newest hour."""
    first, last = archive.messages - archive.messages_per_hour, archive.messages - 1
    draws = "".join(f"\\set number_{i} random({first}, {last})\n" for i in range(HASHES_PER_REQUEST))
    hashes = ", ".join(_hash(f"number_{i}") for i in range(HASHES_PER_REQUEST))
    template = _BY_HASH if stage.lookup == "none" else _BY_HASH_AND_LOOKUP
    return draws + template.format(hashes=hashes, **names)


def _insert(workload: Workload, stage: Stage, schema: str, archive: Archive, seed: int) -> Script:
    names = {"schema": schema, "hash": _hash("number"), "topic": _topic("topic", is_parameter=True)}
    text = _INSERT.format(
        # Whose turn comes first is chance; between them the writers number their messages without gaps.
        number=":i" if workload.writers_agree else ":i * :clients + :client_id",
        first_number=ARRIVING_NUMBER,
        first_ns=archive.end_ns,
        interval_ns=ARRIVING_INTERVAL_NS,
        first_topic=FIRST_TOPIC,
        topics=CONTENT_TOPICS,
        pubsub=PUBSUB_TOPIC,
        **names,
    )
    if stage.lookup != "none":
        text += _INSERT_LOOKUP.format(**names)
    payload = payload_text(archive.payload_bytes, seed)
    payload = payload if stage.payload_type == "varchar" else rf"\x{payload}"
    return Script(text, workload.protocol, (("i", "0"), ("payload", payload)))


def _draw_topics() -> str:
    last = FIRST_TOPIC + CONTENT_TOPICS - TOPICS_PER_REQUEST
    first = f"\\set topic_0 random({FIRST_TOPIC}, {last})\n"
    return first + "".join(f"\\set topic_{i} :topic_0 + {i}\n" for i in range(1, TOPICS_PER_REQUEST))


def topic_name(number: int | str) -> str:
    """Return the content topic with this number."""
    return f"/waku-fit/1/topic-{number}/proto"


def _topic(variable: str, is_parameter: bool) -> str:
    """A topic as SQL: pgbench writes a variable into a literal, but a parameter cannot stand in one."""
    if not is_parameter:
        return f"'{topic_name(':' + variable)}'"
    before, after = topic_name("\0").split("\0")
    return f"'{before}' || :{variable}::text || '{after}'"


def _hash(variable: str) -> str:
    """The hash of a message as SQL, from its number."""
    return f"encode(sha256(int8send(:{variable})), 'hex')"


def limits_of_workloads(rows: Iterable[Mapping[str, Any]]) -> dict[str, tuple[Limit, ...]]:
    """Return the limits of each workload, from rows of `benchmarks__latency_targets`.

    Raises ValueError if a target of a workload is not among them or has no percentile, or if a unit is not known.
    """
    known = limits_by_target(rows)
    missing = sorted({target for w in WORKLOADS.values() for target in w.latency_targets} - set(known))
    if missing:
        raise ValueError(
            f"no latency limit with a percentile for {', '.join(missing)}; expected rows of "
            "benchmarks/latency_targets.csv"
        )
    return {w.id: tuple(known[target] for target in w.latency_targets) for w in WORKLOADS.values()}
