"""From the layout of PostgreSQL's pages to bytes per message; the numbers are worked out in docs/benchmarks.md."""

from __future__ import annotations

import math

import pytest

from assets.benchmarks.storage import (
    HEAP_PAGE_SPACE,
    Column,
    Encoding,
    KeyOrder,
    Message,
    StorageFit,
    StorageSample,
    Table,
    archive_tables,
    chunk_lengths,
    data_end,
    days_to_limit,
    entry_bytes,
    fit_storage,
    growth_per_day,
    heap_pages,
    index_pages,
    map_pages,
    predict,
    predict_table,
    toasted,
)

FIT = StorageFit(random_leaf_fill=0.7, repeated_leaf_fill=0.7, wal_row_bytes=1400.0, wal_chunk_bytes=134.0)
PAGE = 8192


def message(payload_bytes: int, encoding: Encoding = Encoding.HEX) -> Message:
    return Message(payload_bytes, encoding, pubsub_topic_bytes=16, content_topic_bytes=24)


def messages_table(payload_bytes: int, encoding: Encoding = Encoding.HEX) -> Table:
    return archive_tables(message(payload_bytes, encoding))[0]


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
    # 24 + 17 + 25 = 66, aligned 68, + 4 + 400 = 472, + 4 + 2 + 65 = 543, aligned 544, + 8 = 552; + pointer 4 = 556
    table = messages_table(200)
    assert data_end(table.columns, start=24) == 552
    # 8,168 / 556 = 14.7: 14 rows a page; 20,000 / 14 = 1,428.6
    assert predict_table(table, 20_000, FIT).heap == 1_429 * PAGE


def test_lookup_row_takes_108_bytes() -> None:
    # 24 + 8 + 65 = 97, aligned 104, + 4; 8,168 / 108 = 75 rows a page; 20,000 / 75 = 266.7
    assert predict_table(archive_tables(message(200))[1], 20_000, FIT).heap == 267 * PAGE


def test_entries_of_the_indices() -> None:
    primary_key, by_hash, by_timestamp, *_ = messages_table(200).indexes
    assert entry_bytes(primary_key.columns) == 92  # 8 + 65, aligned 80, + 8, + 4
    assert entry_bytes(by_hash.columns) == 84  # 8 + 65, aligned 80, + 4
    assert entry_bytes(by_timestamp.columns) == 20  # 8 + 8 + 4
    # 20,000 x 20 B / (8,152 x 0.9) = 54.5: 55 leaves, 1 above them, 1 of metadata
    assert index_pages(by_timestamp, 20_000, leaf_fill=0.9) == 57


@pytest.mark.parametrize(
    ("encoding", "largest_in_row"),
    [(Encoding.HEX, 940), (Encoding.BYTEA, 1_880)],  # 152 + 1,880 = 2,032 bytes, the threshold
)
def test_row_above_the_threshold_moves_its_payload_out(encoding: Encoding, largest_in_row: int) -> None:
    assert toasted(messages_table(largest_in_row, encoding).columns)[1] == ()
    inline, moved = toasted(messages_table(largest_in_row + 1, encoding).columns)
    assert moved == (message(largest_in_row + 1, encoding).stored_payload_bytes,)
    # 66 + pointer 18 = 84, + 4 + 2 + 65 = 155, aligned 160, + 8
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
    assert predict(message(200), 1, FIT).total_bytes == (16 + 12) * PAGE


@pytest.mark.parametrize(
    ("payload_bytes", "table_and_toast"),
    [(200, 586), (1_000, 2_954), (2_048, 5_707), (4_096, 8_741)],
)
def test_agrees_with_the_published_probe_of_another_version(payload_bytes: int, table_and_toast: int) -> None:
    # evidence row_size_probe_<payload>_bytes_table_and_toast_bytes_per_message: PostgreSQL 15, 20,000 rows
    assert predict(message(payload_bytes), 20_000, FIT).table_bytes == pytest.approx(table_and_toast, rel=0.01)


def test_more_payload_never_takes_less_and_hex_never_less_than_bytea() -> None:
    sizes = range(0, 8_000, 397)
    for encoding in Encoding:
        wal = [predict(message(size, encoding), 10_000, FIT).wal_bytes for size in sizes]
        assert wal == sorted(wal)
    for size in sizes:
        as_hex, as_bytea = (predict(message(size, encoding), 10_000, FIT).total_bytes for encoding in Encoding)
        assert as_hex >= as_bytea


def sample(payload_bytes: int, encoding: Encoding, rows: int = 1_000_000) -> StorageSample:
    """What a server that follows `FIT` exactly would show."""
    kind = message(payload_bytes, encoding)
    wal_bytes = round((predict(kind, rows, FIT).wal_bytes - 80) * rows)
    return StorageSample(
        kind, rows, tuple(predict_table(table, rows, FIT) for table in archive_tables(kind)), wal_bytes
    )


def test_fit_finds_what_the_samples_were_made_with() -> None:
    fit = fit_storage([sample(200, Encoding.HEX), sample(4_096, Encoding.HEX), sample(9_000, Encoding.BYTEA)])
    assert fit.random_leaf_fill == pytest.approx(0.7, rel=1e-3)
    assert fit.repeated_leaf_fill == pytest.approx(0.7, rel=5e-3)
    assert fit.leaf_fill(KeyOrder.ASCENDING) == 0.9
    assert (fit.wal_row_bytes, fit.wal_chunk_bytes) == pytest.approx((1_400, 134))


def test_fit_needs_messages_below_and_above_the_threshold() -> None:
    with pytest.raises(ValueError, match="one side of the TOAST threshold"):
        fit_storage([sample(200, Encoding.HEX), sample(500, Encoding.HEX)])


def test_growth_and_retention() -> None:
    # 10 msg/s = 864,000 a day x 1,300 B = 1.1232 GB a day; 30 GB are full after 26.7 days
    assert growth_per_day(1_300, 864_000) == 1_123_200_000
    assert days_to_limit(30e9, 1_300, 864_000) == pytest.approx(26.709, abs=1e-3)
    assert math.isclose(days_to_limit(30e9, 1_300, 864_000) * growth_per_day(1_300, 864_000), 30e9)


def test_no_messages_have_no_bytes_and_fill_nothing() -> None:
    with pytest.raises(ValueError, match="at least 1"):
        predict(message(200), 0, FIT)
    with pytest.raises(ValueError, match="reaches no limit"):
        days_to_limit(30e9, 1_300, 0)
