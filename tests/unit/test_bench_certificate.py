"""Gains and certificate of a session, with rows that can be checked by hand."""

from __future__ import annotations

import pytest

from assets.benchmarks.certificate import Certificate, certify, gains, self_tests
from orchestration.bench import certificate_lines, gain_table

BASE = (1000.0, 900.0, 1100.0, 1000.0)
"""Throughput of each round; noise of a round is in all stages alike."""


def rows(stage: str, workload: str, values: tuple[float, ...], **changes: str) -> list[dict[str, str]]:
    fixed = {
        "stage": stage,
        "workload": workload,
        "clients": "4",
        "archive_messages": "1000",
        "payload_bytes": "200",
        "rate_per_s": "",
        "metric": "throughput_per_s",
    }
    return [fixed | {"round": str(i), "value": str(value)} | changes for i, value in enumerate(values, start=1)]


def times(factor: float) -> tuple[float, ...]:
    return tuple(factor * value for value in BASE)


MEASURED = [
    *rows("lookup_table", "insert", times(1.0)),
    *rows("lookup_partitioned", "insert", times(1.2)),
    *rows("lookup_partitioned", "by_hashes", times(0.1)),
    *rows("bytea_payload", "insert", (1180.0, 1110.0, 1300.0, 1210.0)),
    *rows("", "harness_empty", (50_000.0, 70_000.0), archive_messages="", payload_bytes=""),
]


def test_a_stage_is_compared_with_its_base() -> None:
    found = {(gain.stage, gain.base, gain.cell.workload): gain.ratio for gain in gains(MEASURED, seed=1)}
    assert set(found) == {
        ("lookup_partitioned", "lookup_table", "insert"),
        ("bytea_payload", "lookup_partitioned", "insert"),
    }
    certain = found["lookup_partitioned", "lookup_table", "insert"]
    assert (certain.low, certain.mid, certain.high) == pytest.approx((1.2, 1.2, 1.2))
    assert certain.differs
    assert not found["bytea_payload", "lookup_partitioned", "insert"].differs


@pytest.mark.parametrize("change", [{"clients": "8"}, {"payload_bytes": "1000"}, {"rate_per_s": "50"}])
def test_only_like_is_compared_with_like(change: dict[str, str]) -> None:
    measured = [
        *rows("lookup_table", "insert", times(1.0)),
        *rows("lookup_partitioned", "insert", times(1.2), **change),
    ]
    assert gains(measured, seed=1) == []


def test_self_tests_are_disjoint_blocks_of_rounds() -> None:
    measured = [
        *rows("self_test_a", "insert", BASE * 2),
        *rows("self_test_b", "insert", times(1.0) + times(1.3)),
        *rows("self_test_a", "by_hashes", BASE),
        *rows("self_test_b", "by_hashes", times(1.0)),
    ]
    found = self_tests(measured, rounds=4, seed=1)
    assert [test.mid for test in found] == pytest.approx([1.0, 1.3, 1.0])
    certificate = certify(measured, rounds=4, seed=1)
    assert (certificate.comparisons, certificate.false_alarms, certificate.holds) == (3, 1, True)


def test_the_certificate_has_variation_and_the_ceiling_of_the_harness() -> None:
    found = certify(MEASURED, rounds=4, seed=1)
    # 1000, 900, 1100, 1000 vary by 81.65 of 1000
    assert found.variation_median == pytest.approx(0.08165, rel=1e-3)
    assert found.harness_per_s == {"harness_empty": 60_000.0}
    assert found.highest_per_s == 1200.0
    assert found.comparisons == 0


def test_the_table_has_a_dash_where_nothing_was_compared() -> None:
    lines = gain_table(gains(MEASURED, seed=1))
    assert lines[0] == "1,000 messages of 200 bytes, 4 clients"
    assert lines[2].split() == ["lookup_partitioned", "lookup_table", "1.20", "[1.20–1.20]*", "–", "–"]
    assert gain_table([]) == []


def test_a_certificate_that_does_not_hold_says_what_to_do() -> None:
    lines = certificate_lines(Certificate(20, 3, 0.1, 0.2, {"harness_select_1": 9000.0}, 5000.0))
    assert lines[0].startswith("Self-test: 3 of 20 comparisons of equal stages found a difference. More than 1 is")
    assert "harness_select_1 9,000" in lines[2]
