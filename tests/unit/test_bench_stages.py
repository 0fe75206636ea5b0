"""Stages of the schema as DDL, and the requests to each as scripts."""

from __future__ import annotations

import csv
import struct
from datetime import date

import pytest

from assets.benchmarks.archive.messages import Archive, copy_stream, topic_shares
from assets.benchmarks.archive.requests import (
    WORKLOADS,
    script,
)
from assets.benchmarks.archive.stages import (
    ALL_STAGES,
    HOUR_NS,
    ORIGIN_NS,
    SELF_TEST,
    STAGES,
    create_keys,
    create_tables,
    partitions,
)
from tests.places import FROZEN

PUBLIC = FROZEN / "public/benchmarks"
SMALL = Archive(payload_bytes=3, messages=48, hours=24)


def ddl(stage: str, hours: int = 24) -> str:
    return "\n".join([*create_tables(STAGES[stage], "shop", hours), *create_keys(STAGES[stage], "shop")])


def test_every_stage_follows_its_base() -> None:
    seen: set[str | None] = {None}
    for stage in STAGES.values():
        assert stage.base in seen
        seen.add(stage.id)


def test_migrations_are_on_the_days_of_the_evidence() -> None:
    with (PUBLIC / "archive_schema_versions.csv").open() as file:
        known = {row["migrated_on"] for row in csv.DictReader(file)}
    ours = {stage.id: stage.since for stage in STAGES.values() if stage.since}
    assert ours["lookup_table"] == date(2024, 8, 8)
    assert ours["lookup_partitioned"] == date(2026, 8, 19)
    assert {str(day) for name, day in ours.items() if name != "lookup_partitioned"} <= known


def test_self_tests_are_equal_in_all_but_their_name() -> None:
    made = [list(create_tables(stage, "same", 24)) for stage in SELF_TEST.values()]
    assert made == [list(create_tables(STAGES["lookup_partitioned"], "same", 24))] * 4


def test_first_stage_has_one_table_and_one_key() -> None:
    text = ddl("single_key")
    assert "partition" not in text
    assert text.count("create index") == 0
    assert 'add constraint messages_pkey primary key ("message_hash")' in text


def test_partitions_cover_the_archive_and_one_more_for_what_arrives() -> None:
    found = partitions(STAGES["hourly_partitions"], 24)
    assert (len(found), found[0].start_ns, found[-1].end_ns) == (25, ORIGIN_NS, ORIGIN_NS + 25 * HOUR_NS)
    assert len(partitions(STAGES["daily_partitions"], 48)) == 3
    with pytest.raises(ValueError, match="not whole partitions of 24 h"):
        partitions(STAGES["daily_partitions"], 30)


@pytest.mark.parametrize(
    ("stage", "part"),
    [
        ("composite_indices", '("content_topic", "pubsub_topic", "timestamp", "id")'),
        ("lookup_table", "create index messages_lookup_2 on shop.messages_lookup"),
        ("lookup_partitioned", "partition of shop.messages_lookup"),
        ("bytea_payload", "payload bytea"),
        ("one_index_set", '("timestamp", "message_hash")'),
        ("lz4_compression", "set compression lz4"),
        ("no_compression", "set storage external"),
    ],
)
def test_a_stage_differs_from_its_base_in_what_it_is_named_after(stage: str, part: str) -> None:
    assert part in ddl(stage)
    base = STAGES[stage].base
    assert base is not None
    assert part not in ddl(base)


def test_a_name_that_is_no_schema_is_refused() -> None:
    with pytest.raises(ValueError, match="cannot be a schema"):
        next(create_tables(STAGES["single_key"], 'x"; drop schema public', 24))


@pytest.mark.parametrize("workload", WORKLOADS.values(), ids=lambda workload: workload.id)
def test_a_script_is_complete(workload: object) -> None:
    for stage in ALL_STAGES.values():
        made = script(workload, stage, "shop", SMALL, seed=1)  # type: ignore[arg-type]
        assert "{" not in made.text
        # only a prepared statement may carry a payload as parameter
        assert made.protocol == "prepared" or not made.variables


def test_a_lookup_table_is_used_where_there_is_one() -> None:
    for stage in STAGES.values():
        has_lookup = stage.lookup != "none"
        for workload in ("insert", "by_hashes", "next_page_20"):
            text = script(WORKLOADS[workload], stage, "shop", SMALL, seed=1).text
            assert ("messages_lookup" in text) is has_lookup, (stage.id, workload)


def test_messages_are_those_of_the_seed() -> None:
    assert b"".join(copy_stream(SMALL, 1)) == b"".join(copy_stream(SMALL, 1))
    assert b"".join(copy_stream(SMALL, 1)) != b"".join(copy_stream(SMALL, 2))
    rows = b"".join(copy_stream(SMALL, 1))[19:-2]
    # 3 fields: number (8 bytes), topic (4), payload (3)
    assert len(rows) == 48 * (2 + 4 + 8 + 4 + 4 + 4 + 3)
    assert struct.unpack(">hiq", rows[:14]) == (3, 8, 0)
    assert topic_shares().sum() == pytest.approx(1.0)
    assert topic_shares()[0] == pytest.approx(10 * topic_shares()[9])
