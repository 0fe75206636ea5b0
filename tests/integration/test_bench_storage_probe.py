"""The formula of bytes per message against a real PostgreSQL: fitted on two sizes, it predicts six others."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import psycopg
import pytest

from assets.benchmarks.storage import Encoding, archive_tables, fit_storage, predict, predict_table
from assets.benchmarks.storage_probe import measure_storage
from orchestration.warehouse.connection import connect

ROWS = {50: 20_000, 200: 20_000, 500: 14_000, 1_000: 9_000, 2_048: 5_000, 4_096: 2_800, 10_240: 1_200, 102_400: 150}
"""Rows by payload bytes: some 25 MB each."""
FITTED = (200, 4_096)


@pytest.fixture
def autocommit(fresh_database: str) -> Iterator[psycopg.Connection[Any]]:
    with connect(fresh_database, autocommit=True) as connection:
        yield connection


def test_prediction_is_within_2_percent_for_eight_sizes_and_two_encodings(autocommit: psycopg.Connection[Any]) -> None:
    samples = [
        measure_storage(autocommit, "probe", payload_bytes=size, encoding=encoding, rows=rows, seed=size)
        for encoding in Encoding
        for size, rows in ROWS.items()
    ]
    fit = fit_storage([sample for sample in samples if sample.message.payload_bytes in FITTED])
    for sample in samples:
        predicted = predict(sample.message, sample.rows, fit)
        assert predicted.total_bytes * sample.rows == pytest.approx(sample.total, rel=0.02), sample.message
        if sample.wal_bytes is not None:
            wal_bytes = (predicted.wal_bytes - 80) * sample.rows
            assert wal_bytes == pytest.approx(sample.wal_bytes, rel=0.02), sample.message
        # Heap, TOAST and maps follow from the layout alone.
        for table, measured in zip(archive_tables(sample.message), sample.tables, strict=True):
            derived = predict_table(table, sample.rows, fit)
            assert (derived.heap, derived.maps) == (measured.heap, measured.maps), sample.message
            assert derived.toast == pytest.approx(measured.toast, rel=0.001, abs=2 * 8_192), sample.message


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
