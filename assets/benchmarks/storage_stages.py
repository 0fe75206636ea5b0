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

import numpy as np

from assets.benchmarks.messages import PUBSUB_TOPIC
from assets.benchmarks.stages import Stage
from assets.benchmarks.storage import (
    ASCENDING_LEAF_FILL,
    HASH_BYTES,
    INDEX_PAGE_SPACE,
    LOOKUP,
    MESSAGES,
    PAGE_BYTES,
    Column,
    Encoding,
    Index,
    KeyOrder,
    Message,
    StorageFit,
    Table,
    TableBytes,
    leaf_bytes,
    pages_per_leaf,
    predict_table,
)
from assets.benchmarks.workload import topic_name

LONGEST_FILL, EMPTIEST_FILL = 1.0, 0.5
"""Leaves are between half full, as after a split, and full."""

WHOLE_TABLE_ROWS = 1_000_000
"""Rows of a table that is looked at as a whole: pages that are not full do not count."""

TOPIC = topic_name(100)


@dataclass(frozen=True)
class MeasuredStage:
    """Bytes per message of a stage in a run."""

    stage: Stage
    payload_bytes: int
    messages: int
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
        """Return all bytes that one message takes in a large archive at this stage."""
        return sum(table.total for table in _tables_bytes(stage, payload_bytes, self.fit)) / WHOLE_TABLE_ROWS

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


@cache
def _tables_bytes(stage: Stage, payload_bytes: int, fit: StorageFit) -> tuple[TableBytes, ...]:
    return tuple(predict_table(table, WHOLE_TABLE_ROWS, fit) for table in stage_tables(stage, payload_bytes))


def fit_stages(measured: Sequence[MeasuredStage]) -> StageStorage:
    """Fit how full the leaves of random and of repeated keys are, by least squares over all stages.

    Raises ValueError if no stage was measured.
    """
    if not measured:
        raise ValueError("no stage with measured bytes; run `waku-fit bench` or import a run")
    terms, rest = [], []
    for found in measured:
        # leaves = bytes / (space x fill): linear in 1 / fill, but for ascending keys, whose fill is known
        per_order = dict.fromkeys(KeyOrder, 0.0)
        tables = stage_tables(found.stage, found.payload_bytes)
        for table in tables:
            for index in table.indexes:
                per_order[index.order] += leaf_bytes(index, 1) * pages_per_leaf(index) * PAGE_BYTES / INDEX_PAGE_SPACE
        lookup_heap = sum(
            predict_table(table, WHOLE_TABLE_ROWS, _EMPTY_FIT).heap / WHOLE_TABLE_ROWS for table in tables[1:]
        )
        terms.append((per_order[KeyOrder.RANDOM], per_order[KeyOrder.REPEATED]))
        rest.append(
            found.index_bytes + found.lookup_bytes - lookup_heap - per_order[KeyOrder.ASCENDING] / ASCENDING_LEAF_FILL
        )
    (random, repeated), *_ = np.linalg.lstsq(np.array(terms), np.array(rest), rcond=None)
    fit = StorageFit(_fill(random), _fill(repeated), 0.0, 0.0)
    unchecked = StageStorage(fit, 0.0)
    errors = [
        abs(unchecked.bytes_per_message(found.stage, found.payload_bytes) / found.total_bytes - 1) for found in measured
    ]
    return StageStorage(fit, max(errors))


def _fill(inverse: float) -> float:
    """Return a share of a leaf from its inverse; a stage without such an index says nothing and gets the usual one."""
    return min(LONGEST_FILL, max(EMPTIEST_FILL, 1 / inverse)) if inverse > 0 else ASCENDING_LEAF_FILL


_EMPTY_FIT = StorageFit(ASCENDING_LEAF_FILL, ASCENDING_LEAF_FILL, 0.0, 0.0)
