"""What is in the archive before a measurement: made by a seed, and handed over in PostgreSQL's binary COPY format.

Belongs here: sizes, times and contents of messages, pure.
Does not belong here: tables (`stages.py`), SQL (`measuring/archive_tables.py`).
Payloads are random bytes, because Waku's are encrypted: nothing of them can be compressed. Message number n has the
SHA-256 of n as hash, which the database and a script can compute as well.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from assets.benchmarks.archive.stages import HOUR_NS, ORIGIN_NS

PUBSUB_TOPIC = "/waku/2/rs/16/32"
CONTENT_TOPICS = 100
FIRST_TOPIC = 100
"""Topics are numbered from here, so that each number has three digits."""

ZIPF_EXPONENT = 1.0
"""The n-th busiest topic has 1/n as many messages as the busiest: our assumption, no distribution was published."""

CHUNK_BYTES = 8 * 1024 * 1024

_HEADER = b"PGCOPY\n\xff\r\n\0" + struct.pack(">ii", 0, 0)
_TRAILER = struct.pack(">h", -1)


@dataclass(frozen=True)
class Archive:
    """How much is stored: `messages` of one size, one every `interval_ns`, over `hours` of time."""

    payload_bytes: int
    messages: int
    hours: int

    @property
    def interval_ns(self) -> int:
        """Time between two messages, nanoseconds."""
        return self.hours * HOUR_NS // self.messages

    @property
    def messages_per_hour(self) -> int:
        """Messages in the emptiest hour."""
        return self.messages // self.hours

    @property
    def end_ns(self) -> int:
        """Where the stored time ends and that of arriving messages begins, nanoseconds since 1970."""
        return ORIGIN_NS + self.hours * HOUR_NS


def topic_shares() -> NDArray[np.float64]:
    """Return the share of messages that each content topic has, busiest first; they add up to 1."""
    weights = 1.0 / np.arange(1, CONTENT_TOPICS + 1) ** ZIPF_EXPONENT
    shares: NDArray[np.float64] = weights / weights.sum()
    return shares


def copy_stream(archive: Archive, seed: int) -> Iterator[bytes]:
    """Yield `COPY ... (number bigint, topic integer, payload bytea) FROM STDIN (FORMAT binary)`, some MB at a time."""
    row = np.dtype(
        [
            ("fields", ">i2"),
            ("number_bytes", ">i4"),
            ("number", ">i8"),
            ("topic_bytes", ">i4"),
            ("topic", ">i4"),
            ("payload_bytes", ">i4"),
            ("payload", np.uint8, (archive.payload_bytes,)),
        ]
    )
    rng = np.random.default_rng([seed, archive.payload_bytes])
    shares = topic_shares()
    size = max(1, CHUNK_BYTES // row.itemsize)
    yield _HEADER
    for start in range(0, archive.messages, size):
        rows = np.empty(min(size, archive.messages - start), row)
        rows["fields"], rows["number_bytes"], rows["topic_bytes"] = 3, 8, 4
        rows["payload_bytes"] = archive.payload_bytes
        rows["number"] = np.arange(start, start + len(rows))
        rows["topic"] = FIRST_TOPIC + rng.choice(CONTENT_TOPICS, len(rows), p=shares)
        rows["payload"] = rng.integers(0, 256, (len(rows), archive.payload_bytes), np.uint8)
        yield rows.tobytes()
    yield _TRAILER


def payload_text(payload_bytes: int, seed: int) -> str:
    """Return one random payload as hexadecimal text, for the messages that arrive during a measurement."""
    return np.random.default_rng([seed, payload_bytes, 1]).bytes(payload_bytes).hex()
