"""Gains and noise as the terminal tells them, from rows of a session's files that can be checked by hand."""

from __future__ import annotations

from dataclasses import replace

import pytest

from assets.benchmarks.measuring.session_results import session_results
from orchestration.commands.bench import certificate_lines, gain_table

RUN = {"id": "quick_20261123_160457", "cpu_cores": "2", "rounds": "4", "grade": "measured"}
BASE = (1000.0, 900.0, 1100.0, 1000.0)
"""Throughput of each round; noise of a round is in all stages alike."""


def rows(stage: str, workload: str, values: tuple[float, ...], **changes: str) -> list[dict[str, str]]:
    fixed = {
        "run_id": RUN["id"],
        "stage": stage,
        "workload": workload,
        "clients": "4",
        "archive_messages": "1000",
        "payload_bytes": "200",
        "rate_per_s": "",
        "limit_ms": "",
        "percentile": "",
        "value_high": "",
        "metric": "throughput_per_s",
        "grade": "measured",
    }
    return [fixed | {"round": str(i), "value": str(value)} | changes for i, value in enumerate(values, start=1)]


def times(factor: float) -> tuple[float, ...]:
    return tuple(factor * value for value in BASE)


MEASURED = [
    *rows("bytea_payload", "insert", (1180.0, 1110.0, 1300.0, 1210.0)),
    *rows("lookup_table", "insert", times(1.0)),
    *rows("lookup_partitioned", "insert", times(1.2)),
    *rows("lookup_partitioned", "insert", times(9.0), rate_per_s="50"),
    *rows("lookup_partitioned", "insert", times(9.0), metric="latency_ms_p50"),
    *rows("lookup_partitioned", "by_hashes", times(0.1)),
    *rows("", "harness_empty", (50_000.0, 70_000.0), archive_messages="", payload_bytes=""),
]


def test_throughputs_in_a_closed_loop_are_compared_stage_after_stage() -> None:
    found = session_results(RUN, MEASURED).gains
    assert [(gain.stage, gain.base, gain.setting.workload, gain.is_real) for gain in found] == [
        ("lookup_partitioned", "lookup_table", "insert", True),
        ("bytea_payload", "lookup_partitioned", "insert", False),
    ]
    assert (found[0].low, found[0].ratio, found[0].high) == pytest.approx((1.2, 1.2, 1.2))


def test_self_tests_are_not_shown_as_gains() -> None:
    measured = [
        *rows("self_test_a", "insert", BASE),
        *rows("self_test_b", "insert", times(1.3)),
        *rows("self_test_a", "by_hashes", BASE),
        *rows("self_test_b", "by_hashes", times(1.0)),
    ]
    gains, noise = session_results(RUN, measured)
    assert gains == []
    assert (noise.self_test_comparisons, noise.self_test_alarms, noise.holds) == (2, 1, True)


def test_the_table_has_a_dash_where_nothing_was_compared() -> None:
    lines = gain_table(session_results(RUN, MEASURED).gains)
    assert lines[0] == "1,000 messages of 200 bytes, 4 clients"
    assert lines[2].split() == ["lookup_partitioned", "lookup_table", "1.20", "[1.20–1.20]*", "–", "–"]
    assert gain_table([]) == []


def test_a_certificate_says_what_was_not_measured_and_what_to_do_if_it_does_not_hold() -> None:
    noise = session_results(RUN, MEASURED).noise
    lines = certificate_lines(replace(noise, self_test_comparisons=20, self_test_alarms=3))
    assert lines[0].startswith("Self-test: 3 of 20 comparisons of equal stages, each loaded by itself, found")
    assert "More than one in twenty is too many" in lines[0]
    # 1000, 900, 1100, 1000 vary by 81.65 of 1000
    assert lines[2].startswith("Variation of throughput over rounds: median 8%")
    assert "60,000 with an empty script, not measured with `select 1`; the fastest stage: 1,200." in lines[3]
