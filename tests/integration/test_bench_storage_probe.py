"""The formula of bytes per message against a real PostgreSQL: fitted on two sizes, it predicts six others."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import psycopg
import pytest

from assets.benchmarks.archive.grids import FULL
from assets.benchmarks.archive.stages import Stage
from assets.benchmarks.archive.storage import Encoding
from assets.benchmarks.archive.storage_stages import GROWN_STAGES, MeasuredStage, encoding_of, fit_stages
from assets.benchmarks.measuring.storage_probe import measure_storage
from orchestration.warehouse.connection import connect

FITTED = (200, 4_096)


@pytest.fixture
def autocommit(fresh_database: str) -> Iterator[psycopg.Connection[Any]]:
    with connect(fresh_database, autocommit=True) as connection:
        yield connection


def test_formula_is_within_2_percent_for_eight_sizes_and_two_encodings(autocommit: psycopg.Connection[Any]) -> None:
    sizes = [probed(autocommit, stage, size, rows) for stage in GROWN_STAGES.values() for size, rows in FULL.storage]
    assert len(sizes) == 16
    storage = fit_stages([size for size in sizes if size.payload_bytes in FITTED])
    for size in sizes:
        predicted = storage.bytes_per_message(size.stage, size.payload_bytes, size.messages)
        assert predicted == pytest.approx(size.total_bytes, rel=0.02), size
        if size.wal_bytes is not None:
            assert storage.wal_bytes(size.stage, size.payload_bytes) == pytest.approx(size.wal_bytes, rel=0.02), size


def probed(connection: psycopg.Connection[Any], stage: Stage, payload_bytes: int, rows: int) -> MeasuredStage:
    found = measure_storage(
        connection, "probe", payload_bytes=payload_bytes, encoding=encoding_of(stage), rows=rows, seed=payload_bytes
    )
    index, lookup, total = (found[f"{part}_bytes_per_message"] for part in ("index", "lookup", "total"))
    wal = found.get("wal_bytes_per_message")
    return MeasuredStage(stage, payload_bytes, rows, None, index, lookup, total, wal)


def test_tables_are_dropped_and_a_schema_in_use_is_left_alone(autocommit: psycopg.Connection[Any]) -> None:
    def measure(schema: str) -> None:
        measure_storage(autocommit, schema, payload_bytes=10, encoding=Encoding.HEX, rows=10, seed=1)

    measure("probe")
    assert autocommit.execute("select to_regnamespace('probe')").fetchone() == (None,)
    autocommit.execute("create schema taken; create table taken.messages (kept text)")
    with pytest.raises(psycopg.errors.DuplicateSchema):
        measure("taken")
    assert autocommit.execute("select to_regclass('taken.messages')::text").fetchone() == ("taken.messages",)


def test_connection_in_a_transaction_is_refused(fresh_database: str) -> None:
    with connect(fresh_database) as connection, pytest.raises(ValueError, match="autocommit=True"):
        measure_storage(connection, "probe", payload_bytes=10, encoding=Encoding.HEX, rows=10, seed=1)
