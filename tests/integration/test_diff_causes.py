"""What `waku-fit diff` attributes a changed cost and a changed gate to, from the files of two releases alone."""

from __future__ import annotations

import json

import pytest

from tests.integration.chain import Chain

HOST = "vultr_ewr_vc2_1c_1gb"
PRICE, PEAK = f"pricing__compute_offers/{HOST}", "costs__assumptions/peak_factor"
REPORT = "roadmap__milestone_progress/customer_interviews_interviews_held_cumulative_2024_11_04"


@pytest.fixture(scope="module")
def changed(chain: Chain) -> Chain:
    """Three changes between two releases: a dearer host, a higher peak, another count of interviews."""
    chain.edit("pricing/compute_offers.csv", ",25,1.024,0.007,5,USD,", ",25,1.024,0.007,6,USD,")
    chain.edit("costs/assumptions.csv", 'times the average",1.5,2,4,', 'times the average",3,4,8,')
    chain.report_held(5)
    done = chain.waku_fit("run")
    assert done.returncode == 0, done.stdout + done.stderr
    # The database is not asked: what a release holds is enough.
    return chain


def test_a_cost_is_attributed_to_the_rows_that_moved_it(changed: Chain) -> None:
    found = json.loads(changed.waku_fit("diff", "--json").stdout)
    moved = [scenario for scenario in found["scenarios"] if scenario["total"]["delta"]]
    assert moved
    for scenario in moved:
        cause = scenario["moved_by"]
        effects = cause["attribution"]["effects"]
        assert set(effects) <= {PRICE, PEAK, f"{PEAK}, {PRICE}"}
        assert cause["attribution"]["total"] + cause["code"] == pytest.approx(scenario["total"]["delta"], abs=1e-6)
        assert cause["code"] == pytest.approx(0.0, abs=1e-6)
        if cause["attribution"]["method"] == "Shapley":
            assert sum(effects.values()) == pytest.approx(cause["attribution"]["total"])
    assert max(scenario["moved_by"]["attribution"]["effects"][PEAK] for scenario in moved) > 1


def test_a_gate_is_attributed_to_the_report_that_moved_it(changed: Chain) -> None:
    found = json.loads(changed.waku_fit("diff", "--json").stdout)
    (held,) = [row for row in found["judgements"] if row["table"] == "requirement_results" and "held" in row["key"]]
    assert held["moved_by"]["attribution"]["effects"][REPORT] == pytest.approx(held["value"]["delta"])
    assert {effect for group, effect in held["moved_by"]["attribution"]["effects"].items() if group != REPORT} <= {0.0}


def test_it_is_said_in_words(changed: Chain) -> None:
    text = changed.waku_fit("diff", "--all").stdout
    assert f"because of {REPORT}" in text
    assert "  of which (" in text
    assert f"    {PEAK}" in text
