"""The storage formula for every stage of the schema: which tables it has, and how full their indices were measured.

Belongs here: from a stage and a message to bytes, with the one thing that is fitted to a run: how full its leaves are.
Does not belong here: the page layout itself (`storage.py`), what is made of the result (`recommendation.py`).
The benchmark builds indices when the rows are in, so that its leaves are full; in an archive that grew row by row those
of random keys are a third emptier (docs/benchmarks.md).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache

import numpy as np

from assets.benchmarks.archive.messages import PUBSUB_TOPIC
from assets.benchmarks.archive.requests import topic_name
from assets.benchmarks.archive.stages import STAGES, Stage
from assets.benchmarks.archive.storage import (
    ASCENDING_LEAF_FILL,
    GROWN,
    HASH_BYTES,
    LOOKUP,
    MESSAGES,
    Column,
    Encoding,
    Index,
    KeyOrder,
    StorageFit,
    StoredTable,
    chunk_lengths,
    predict_table,
    toasted,
)

FILLS = tuple(share / 100 for share in range(50, 101))
"""Leaves are between half full, as after a split, and full."""

WHOLE_TABLE_ROWS = 1_000_000
"""Rows of a table that is looked at as a whole: pages that are not full do not count."""

TOPIC = topic_name(100)

GROWN_STAGES: dict[Encoding, Stage] = {
    encoding: replace(STAGES["lookup_table"], id=name, payload_type="varchar" if encoding is Encoding.HEX else "bytea")
    for encoding, name in GROWN.items()
}
"""The tables of the storage probe."""


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
    wal_bytes: float | None = None
    """Without commits and images of pages; None is not known."""


@dataclass(frozen=True)
class Wal:
    """Bytes of write-ahead log of a message besides its payload, fitted."""

    row: float
    chunk: float
    """Of each TOAST chunk."""


@dataclass(frozen=True)
class StageStorage:
    """The formula, fitted to a run."""

    fit: StorageFit
    relative_error: float
    """The largest by which it missed the total of a stage that was measured."""
    wal: Wal | None = None

    def bytes_per_message(
        self, stage: Stage, payload_bytes: int, messages: int = WHOLE_TABLE_ROWS, hours: int | None = None
    ) -> float:
        """Return all bytes that one of `messages` over `hours` takes at this stage; None is one partition."""
        return _bytes_per_message(stage, payload_bytes, messages, hours, self.fit)[0]

    def wal_bytes(self, stage: Stage, payload_bytes: int) -> float | None:
        """Return the bytes of write-ahead log of one message, commits and images of pages left out."""
        if self.wal is None:
            return None
        return self.wal.row + _stored(stage, payload_bytes) + self.wal.chunk * _chunks(stage, payload_bytes)

    def ratio(
        self, stage: Stage, base: Stage, payload_bytes: int, messages: int = WHOLE_TABLE_ROWS, hours: int | None = None
    ) -> tuple[float, float, float]:
        """Return low, middle and high of the bytes of `stage` over those of `base`; each may be off by the error."""
        of_stage, of_base = (self.bytes_per_message(s, payload_bytes, messages, hours) for s in (stage, base))
        mid = of_stage / of_base
        off = (1 + self.relative_error) / (1 - self.relative_error)
        return mid / off, mid, mid * off


def encoding_of(stage: Stage) -> Encoding:
    """Return how the payload is stored at a stage."""
    return Encoding.BYTEA if stage.payload_type == "bytea" else Encoding.HEX


def stage_tables(stage: Stage, payload_bytes: int) -> tuple[StoredTable, ...]:
    """Return the tables that a stage stores a message of the benchmark in, as if each had one partition."""
    columns = {
        "pubsub_topic": Column(len(PUBSUB_TOPIC)),
        "content_topic": Column(len(TOPIC)),
        "payload": Column(_stored(stage, payload_bytes)),
        "version": Column(4, alignment=4),
        "id": Column(1),
        "message_hash": Column(2 * HASH_BYTES),
        "timestamp": Column(8, alignment=8),
    }

    def index(name: str, keys: tuple[str, ...]) -> Index:
        return Index(name, tuple(columns[key] for key in keys), key_order(keys))

    messages = StoredTable(
        MESSAGES,
        tuple(columns.values()),
        (index("pkey", stage.primary_key), *(index("_".join(keys), keys) for keys in stage.indices)),
    )
    if stage.lookup == "none":
        return (messages,)
    lookup = StoredTable(
        LOOKUP,
        (columns["timestamp"], columns["message_hash"]),
        (
            index("pkey", ("message_hash", "timestamp")),
            *(index("_".join(keys), keys) for keys in stage.lookup_indices),
        ),
    )
    return messages, lookup


def _stored(stage: Stage, payload_bytes: int) -> int:
    return payload_bytes * (2 if encoding_of(stage) is Encoding.HEX else 1)


def _chunks(stage: Stage, payload_bytes: int) -> int:
    """Return the number of TOAST chunks of a message."""
    moved = [value for table in _stage_tables(stage, payload_bytes) for value in toasted(table.columns)[1]]
    return sum(len(chunk_lengths(value)) for value in moved)


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
        fit = StorageFit(random, repeated)
        return sum(
            (_bytes_per_message(m.stage, m.payload_bytes, m.messages, m.hours, fit)[1] / actual - 1) ** 2
            for m in measured
            if (actual := m.index_bytes + m.lookup_bytes) > 0
        )

    random = repeated = ASCENDING_LEAF_FILL
    before = None
    while before != (random, repeated):  # each step lowers the error, and there are few shares
        before = random, repeated
        random = min(FILLS, key=lambda fill: error(fill, repeated))
        repeated = min(FILLS, key=lambda fill: error(random, fill))
    fit = StorageFit(random, repeated)
    errors = [
        abs(_bytes_per_message(m.stage, m.payload_bytes, m.messages, m.hours, fit)[0] / m.total_bytes - 1)
        for m in measured
    ]
    return StageStorage(fit, max(errors), _fit_wal(measured))


def _fit_wal(measured: Sequence[MeasuredStage]) -> Wal | None:
    """Fit by least squares; None unless WAL is known of messages with and without TOAST."""
    known = [(_chunks(m.stage, m.payload_bytes), m) for m in measured if m.wal_bytes is not None]
    chunks = [count for count, _ in known]
    if min(chunks, default=0) > 0 or max(chunks, default=0) == 0:
        return None
    rest = [(m.wal_bytes or 0.0) - _stored(m.stage, m.payload_bytes) for _, m in known]
    (row, chunk), *_ = np.linalg.lstsq(np.array([(1.0, count) for count in chunks]), np.array(rest), rcond=None)
    return Wal(float(row), float(chunk))


_stage_tables = cache(stage_tables)
