"""From the layout of PostgreSQL's pages to bytes per message; the numbers are worked out in docs/benchmarks.md."""

from __future__ import annotations

import csv
from collections import defaultdict

import pytest

from assets.benchmarks.archive.storage import (
    GROWN,
    HEAP_PAGE_SPACE,
    Column,
    Encoding,
    StorageFit,
    StoredTable,
    chunk_lengths,
    data_end,
    entry_bytes,
    heap_pages,
    index_pages,
    map_pages,
    predict_table,
    toasted,
)
from assets.benchmarks.archive.storage_stages import (
    GROWN_STAGES,
    MeasuredStage,
    StageStorage,
    Wal,
    fit_stages,
    stage_tables,
)
from tests.places import FROZEN

FIT = StorageFit(random_leaf_fill=0.7, repeated_leaf_fill=0.7)
PAGE = 8192
HEX, BYTEA = GROWN_STAGES[Encoding.HEX], GROWN_STAGES[Encoding.BYTEA]


def messages_table(payload_bytes: int, encoding: Encoding = Encoding.HEX) -> StoredTable:
    """Topics of 16 and 27 bytes."""
    return stage_tables(GROWN_STAGES[encoding], payload_bytes)[0]


@pytest.mark.parametrize(
    ("columns", "end"),
    [
        ((Column(16),), 41),  # one byte of header
        ((Column(126),), 151),
        ((Column(1), Column(127)), 159),  # 26, aligned to 28, four bytes of header
        ((Column(1), Column(4, alignment=4)), 32),  # 26, aligned to 28
        ((Column(1), Column(8, alignment=8)), 40),  # 26, aligned to 32
    ],
)
def test_values_are_laid_out_one_after_the_other(columns: tuple[Column, ...], end: int) -> None:
    assert data_end(columns, start=24) == end


def test_message_of_200_bytes_as_hex_text() -> None:
    # 24 + 17 + 28 = 69, aligned 72, + 4 + 400 = 476, + 4 + 2 + 65 = 547, aligned 552, + 8 = 560; + pointer 4 = 564
    table = messages_table(200)
    assert data_end(table.columns, start=24) == 560
    # 8,168 / 564 = 14.5: 14 rows a page; 20,000 / 14 = 1,428.6
    assert predict_table(table, 20_000, FIT).heap == 1_429 * PAGE


def test_lookup_row_takes_108_bytes() -> None:
    # 24 + 8 + 65 = 97, aligned 104, + 4; 8,168 / 108 = 75 rows a page; 20,000 / 75 = 266.7
    assert predict_table(stage_tables(HEX, 200)[1], 20_000, FIT).heap == 267 * PAGE


def test_entries_of_the_indices() -> None:
    primary_key, by_hash, by_timestamp, *_ = messages_table(200).indexes
    assert entry_bytes(primary_key.columns) == 92  # 8 + 65, aligned 80, + 8, + 4
    assert entry_bytes(by_hash.columns) == 84  # 8 + 65, aligned 80, + 4
    assert entry_bytes(by_timestamp.columns) == 20  # 8 + 8 + 4
    # 20,000 x 20 B / (8,152 x 0.9) = 54.5: 55 leaves, 1 above them, 1 of metadata
    assert index_pages(by_timestamp, 20_000, leaf_fill=0.9) == 57


@pytest.mark.parametrize(
    ("encoding", "largest_in_row"),
    [(Encoding.HEX, 938), (Encoding.BYTEA, 1_876)],  # 156 + 1,876 = 2,032 bytes, the threshold
)
def test_row_above_the_threshold_moves_its_payload_out(encoding: Encoding, largest_in_row: int) -> None:
    assert toasted(messages_table(largest_in_row, encoding).columns)[1] == ()
    inline, moved = toasted(messages_table(largest_in_row + 1, encoding).columns)
    assert moved == ((largest_in_row + 1) * (2 if encoding is Encoding.HEX else 1),)
    # 69 + pointer 18 = 87, aligned 88, + 4 + 2 + 65 = 159, aligned 160, + 8
    assert data_end(inline, start=24) == 168


def test_chunks() -> None:
    assert chunk_lengths(1_996) == (1_996,)
    assert chunk_lengths(2_000) == (1_996, 4)
    assert chunk_lengths(4_096) == (1_996, 1_996, 104)


def test_1_kb_as_hex_wastes_a_quarter_of_its_toast_pages() -> None:
    # Chunks of 2,036 and 44 bytes: 3 x 2,080 = 6,240, and a fourth large chunk does not fit in 8,168.
    assert heap_pages((36 + 1_996, 36 + 4), rows=3_000) == pytest.approx(1_000, abs=1)
    # Four of 2,036 bytes are 8,144.
    assert heap_pages((36 + 1_996,), rows=4_000) == 1_000


def test_packing_never_beats_the_space_of_a_page() -> None:
    for payload_bytes in range(1_000, 12_000, 971):
        tuples = tuple(36 + length for length in chunk_lengths(payload_bytes))
        used = sum(-(-length // 8) * 8 + 4 for length in tuples)
        pages = heap_pages(tuples, rows=1_000)
        assert 1_000 * used / HEAP_PAGE_SPACE <= pages <= 1_000 * len(tuples)


def test_maps_of_a_heap() -> None:
    assert map_pages(0) == 0
    assert map_pages(1) == 3 + 1
    assert map_pages(4_069) == 3 + 1
    assert map_pages(4_070) == 4 + 1


def test_partition_with_one_message_takes_28_pages() -> None:
    # messages: heap 1, maps 4, TOAST's index 1, five indices of 2; lookup: heap 1, maps 4, TOAST's index 1, three of 2
    assert sum(predict_table(table, 1, FIT).total for table in stage_tables(HEX, 200)) == (16 + 12) * PAGE


@pytest.mark.parametrize(
    ("payload_bytes", "table_and_toast"),
    [(200, 586), (1_000, 2_954), (2_048, 5_707), (4_096, 8_741)],
)
def test_agrees_with_the_published_probe_of_another_version(payload_bytes: int, table_and_toast: int) -> None:
    # evidence row_size_probe_<payload>_bytes_table_and_toast_bytes_per_message: PostgreSQL 15, 20,000 rows
    found = predict_table(messages_table(payload_bytes), 20_000, FIT)
    assert (found.heap + found.toast + found.maps) / 20_000 == pytest.approx(table_and_toast, rel=0.01)


def test_hex_never_takes_less_than_bytea_and_more_payload_never_writes_less() -> None:
    storage = StageStorage(FIT, 0.0, Wal(row=1_400, chunk=134))
    for payload_bytes in range(0, 8_000, 397):
        assert storage.bytes_per_message(HEX, payload_bytes) >= storage.bytes_per_message(BYTEA, payload_bytes)
    # 2 x 1,000 bytes in two chunks: 1,400 + 2,000 + 2 x 134
    assert storage.wal_bytes(HEX, 1_000) == 3_668
    assert storage.wal_bytes(BYTEA, 1_000) == 2_400


def measured(payload_bytes: int, encoding: Encoding) -> MeasuredStage:
    """What a server that follows `FIT` exactly would show."""
    stage, storage = GROWN_STAGES[encoding], StageStorage(FIT, 0.0, Wal(row=1_400, chunk=134))
    messages, lookup = (predict_table(table, 1_000_000, FIT) for table in stage_tables(stage, payload_bytes))
    parts = messages.index / 1e6, lookup.total / 1e6, (messages.total + lookup.total) / 1e6
    return MeasuredStage(stage, payload_bytes, 1_000_000, None, *parts, storage.wal_bytes(stage, payload_bytes))


def test_fit_finds_what_the_measurements_were_made_with() -> None:
    sizes = [measured(200, Encoding.HEX), measured(4_096, Encoding.HEX), measured(9_000, Encoding.BYTEA)]
    found = fit_stages(sizes)
    # Leaves of repeated keys are so few that they tell little of themselves.
    assert found.fit.random_leaf_fill == pytest.approx(0.7, abs=0.011)
    assert found.relative_error < 0.002
    assert found.wal is not None
    assert (found.wal.row, found.wal.chunk) == pytest.approx((1_400, 134))


def test_wal_needs_messages_below_and_above_the_threshold() -> None:
    found = fit_stages([measured(200, Encoding.HEX), measured(500, Encoding.HEX)])
    assert (found.wal, found.wal_bytes(HEX, 200)) == (None, None)


def test_small_partitions_have_pages_of_their_own() -> None:
    storage = StageStorage(FIT, 0.0)
    whole, hourly = (storage.bytes_per_message(HEX, 200, 2_400, hours) for hours in (None, 24))
    assert hourly > 1.5 * whole


def test_two_measured_sizes_predict_the_other_six_within_2_percent() -> None:
    """Of the committed session: what `pg_total_relation_size` said of tables that grew row by row."""
    found: dict[tuple[str, int, int], dict[str, float]] = defaultdict(dict)
    with (FROZEN / "public/benchmarks/measurements.csv").open() as file:
        for row in csv.DictReader(file):
            if row["stage"] in GROWN.values():
                key = row["stage"], int(row["payload_bytes"]), int(row["archive_messages"])
                found[key][row["metric"].removesuffix("_bytes_per_message")] = float(row["value"])
    stages = {stage.id: stage for stage in GROWN_STAGES.values()}
    measured = [
        MeasuredStage(stages[stage], payload, messages, None, of_it["index"], of_it["lookup"], of_it["total"])
        for (stage, payload, messages), of_it in found.items()
    ]
    assert len(measured) == 16
    fitted = fit_stages([size for size in measured if size.payload_bytes in (200, 4096)])
    errors = [fitted.bytes_per_message(m.stage, m.payload_bytes, m.messages) / m.total_bytes - 1 for m in measured]
    assert max(map(abs, errors)) < 0.02
