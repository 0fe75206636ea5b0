"""The storage formula for every stage of the schema: which tables it has, and how full their indices were measured.

Belongs here: from a stage and a message to bytes, with the one thing that is fitted to a run: how full its leaves are.
Does not belong here: the page layout itself (`storage.py`), what is made of the result (`recommendation.py`).
The benchmark builds indices when the rows are in, so that its leaves are full; in an archive that grew row by row those
of random keys are a third emptier (docs/benchmarks.md).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

from assets.benchmarks.messages import PUBSUB_TOPIC
from assets.benchmarks.stages import Stage
from assets.benchmarks.storage import (
    ASCENDING_LEAF_FILL,
    HASH_BYTES,
    LOOKUP,
    MESSAGES,
    Column,
    Encoding,
    Index,
    KeyOrder,
    Message,
    StorageFit,
    Table,
    predict_table,
)
from assets.benchmarks.workload import topic_name

FILLS = tuple(share / 100 for share in range(50, 101))
"""Leaves are between half full, as after a split, and full."""
PASSES = 10

WHOLE_TABLE_ROWS = 1_000_000
"""Rows of a table that is looked at as a whole: pages that are not full do not count."""

TOPIC = topic_name(100)


@dataclass(frozen=True)
class MeasuredStage:
    """Bytes per message of a stage in a run."""

    stage: Stage
    payload_bytes: int
    messages: int
    hours: int | None
    """Of time that the archive covers; None is not known, and then it is taken to be one partition."""
    index_bytes: float
    lookup_bytes: float
    total_bytes: float


@dataclass(frozen=True)
class StageStorage:
    """The formula, fitted to a run."""

    fit: StorageFit
    relative_error: float
    """The largest by which it missed the total of a stage that was measured."""

    def bytes_per_message(self, stage: Stage, payload_bytes: int) -> float:
        """Return all bytes that one message takes where partitions are large, at this stage."""
        return _bytes_per_message(stage, payload_bytes, WHOLE_TABLE_ROWS, None, self.fit)[0]

    def ratio(self, stage: Stage, base: Stage, payload_bytes: int) -> tuple[float, float, float]:
        """Return low, middle and high of the bytes of `stage` over those of `base`; each may be off by the error."""
        mid = self.bytes_per_message(stage, payload_bytes) / self.bytes_per_message(base, payload_bytes)
        off = (1 + self.relative_error) / (1 - self.relative_error)
        return mid / off, mid, mid * off


def encoding_of(stage: Stage) -> Encoding:
    """Return how the payload is stored at a stage."""
    return Encoding.BYTEA if stage.payload_type == "bytea" else Encoding.HEX


def stage_tables(stage: Stage, payload_bytes: int) -> tuple[Table, ...]:
    """Return the tables that a stage stores a message of the benchmark in, as if each had one partition."""
    message = Message(payload_bytes, encoding_of(stage), len(PUBSUB_TOPIC), len(TOPIC))
    columns = {
        "pubsub_topic": Column(message.pubsub_topic_bytes),
        "content_topic": Column(message.content_topic_bytes),
        "payload": Column(message.stored_payload_bytes),
        "version": Column(4, alignment=4),
        "id": Column(1),
        "message_hash": Column(2 * HASH_BYTES),
        "timestamp": Column(8, alignment=8),
    }

    def index(name: str, keys: tuple[str, ...]) -> Index:
        return Index(name, tuple(columns[key] for key in keys), key_order(keys))

    messages = Table(
        MESSAGES,
        tuple(columns.values()),
        (index("pkey", stage.primary_key), *(index("_".join(keys), keys) for keys in stage.indices)),
    )
    if stage.lookup == "none":
        return (messages,)
    lookup = Table(
        LOOKUP,
        (columns["timestamp"], columns["message_hash"]),
        (
            index("pkey", ("message_hash", "timestamp")),
            *(index("_".join(keys), keys) for keys in stage.lookup_indices),
        ),
    )
    return messages, lookup


def key_order(keys: tuple[str, ...]) -> KeyOrder:
    """Return in which order an index on these columns meets its keys while messages arrive."""
    if keys[0] == "timestamp":
        return KeyOrder.ASCENDING
    return KeyOrder.REPEATED if keys in (("pubsub_topic",), ("content_topic",)) else KeyOrder.RANDOM


def _bytes_per_message(
    stage: Stage, payload_bytes: int, messages: int, hours: int | None, fit: StorageFit
) -> tuple[float, float]:
    """Return all bytes of a message, and those of indices and lookup table among them.

    A partition has pages of its own, and the last page of each table and index is not full: small partitions cost more.
    """
    total = besides = 0.0
    for table in _stage_tables(stage, payload_bytes):
        is_partitioned = table.name in stage.partitioned_tables and stage.partition_hours and hours
        partitions = -(-hours // stage.partition_hours) if is_partitioned and hours and stage.partition_hours else 1
        found = predict_table(table, max(1, messages // partitions), fit)
        total += found.total * partitions / messages
        besides += (found.index if table.name == MESSAGES else found.total) * partitions / messages
    return total, besides


def fit_stages(measured: Sequence[MeasuredStage]) -> StageStorage:
    """Fit how full the leaves of random and of repeated keys are, so that indices and lookup tables are met best.

    Least squares of relative errors over all stages, on a grid, one share after the other. Raises ValueError if no
    stage was measured.
    """
    if not measured:
        raise ValueError("no stage with measured bytes; run `waku-fit bench` or import a run")

    def error(random: float, repeated: float) -> float:
        fit = StorageFit(random, repeated, 0.0, 0.0)
        return sum(
            (_bytes_per_message(m.stage, m.payload_bytes, m.messages, m.hours, fit)[1] / actual - 1) ** 2
            for m in measured
            if (actual := m.index_bytes + m.lookup_bytes) > 0
        )

    random = repeated = ASCENDING_LEAF_FILL
    for _ in range(PASSES):
        random = min(FILLS, key=lambda fill: error(fill, repeated))
        repeated = min(FILLS, key=lambda fill: error(random, fill))
    fit = StorageFit(random, repeated, 0.0, 0.0)
    errors = [
        abs(_bytes_per_message(m.stage, m.payload_bytes, m.messages, m.hours, fit)[0] / m.total_bytes - 1)
        for m in measured
    ]
    return StageStorage(fit, max(errors))


_stage_tables = cache(stage_tables)
