"""Total Sobol indices against functions whose indices are known in closed form; a driver that flips the provider."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from assets.costs.distributions import FloatArray, Triangular
from assets.costs.draws import sample
from assets.costs.model import World, estimate
from assets.costs.sensitivity import Driver, _steps, drivers, total_indices
from assets.evidence.tables.costs import Scenario
from tests.unit.costs_world import address, all_inputs, an_input, offer, scenario, tier, volume, world


def unit(count: int) -> tuple[dict[str, FloatArray], dict[str, FloatArray]]:
    """Two independent samples on (0, 1) for each input, through the normal way of drawing."""
    inputs = [an_input(f"x{i}", Uniform()) for i in range(count)]  # type: ignore[arg-type]
    first, second = sample(inputs)
    names = [f"x{i}" for i in range(count)]
    return ({n: np.asarray(first.value(n)) for n in names}, {n: np.asarray(second.value(n)) for n in names})


class Uniform:
    def ppf(self, u: FloatArray) -> FloatArray:
        return u


def ishigami(x: Mapping[str, FloatArray]) -> FloatArray:
    a, b, c = (-math.pi + 2 * math.pi * x[f"x{i}"] for i in range(3))
    return np.sin(a) + 7 * np.sin(b) ** 2 + 0.1 * c**4 * np.sin(a)


def test_ishigami() -> None:
    # T. Ishigami and T. Homma 1990, a = 7, b = 0.1: totals 0.5576, 0.4424, 0.2437
    found = total_indices(ishigami, *unit(3))
    assert list(found.values()) == pytest.approx([0.5576, 0.4424, 0.2437], abs=0.01)


def test_g_function() -> None:
    # I. Sobol, a = (0, 1, 4.5, 9): totals V_i x product of (1 + V_j) of the others / V, V_i = 1 / (3 (1 + a_i)^2)
    a = (0.0, 1.0, 4.5, 9.0)
    parts = [1 / (3 * (1 + value) ** 2) for value in a]
    whole = math.prod(1 + part for part in parts)
    expected = [part * whole / (1 + part) / (whole - 1) for part in parts]
    found = total_indices(
        lambda x: np.prod([(np.abs(4 * x[f"x{i}"] - 2) + a[i]) / (1 + a[i]) for i in range(4)], axis=0), *unit(4)
    )
    assert list(found.values()) == pytest.approx(expected, abs=0.01)


def test_a_driver_says_where_the_provider_flips() -> None:
    # At r messages an hour the one host sends 7.3 r GB by relay, 0.9125 GB of answers (100,000 of 300 bytes a day) and
    # 0.05256 r GB of hashes (48,000 r of 36 bytes a day). p: USD 15 + 0.50 for each GB beyond 10; q: USD 1 + 1.00 for
    # each GB; the rest costs the same. Equal at 18 GB: r = (18 - 0.9125) / 7.35256.
    p = world()
    q = {"provider": "q", "included_egress_gb_per_month": 0}
    catalogue = world(
        offers=(offer("small", 15.0), offer("q_small", 1.0, **q)),
        volume_prices=(*p.volume_prices, volume(0.1, "q")),
        backup_prices=(*p.backup_prices, volume(0.05, "q", item="snapshot")),
        address_prices=(*p.address_prices, address(0.0, "q")),
        egress_tiers=(*p.egress_tiers, tier(0, None, 1.0, "q")),
        inputs=all_inputs(workload__rate=Triangular(1.5, 3, 4), workload__vanilla_waku_discovery_egress=0.0),
    )
    first, second = sample(catalogue.inputs.values())
    known = World(catalogue, first)
    found = estimate(scenario(), with_rln=False, world=known)
    (driver,) = drivers(found, known, second)
    assert found.best is not None
    assert (found.best.provider, driver.name, driver.flip_provider) == ("p", "workload/rate", "q/r1")
    assert driver.total_index == pytest.approx(1.0, abs=0.01)
    assert driver.cost_low < driver.cost_mid < driver.cost_high
    lows, mids, highs = zip(*driver.parts.values(), strict=True)
    assert (sum(lows), sum(mids), sum(highs)) == (driver.cost_low, driver.cost_mid, driver.cost_high)
    assert "egress" in driver.parts
    assert "rln_gas" not in driver.parts
    assert driver.flip_value == pytest.approx(2.3240, abs=1e-3)


def one_driver(rate: Triangular, of: Scenario | None = None, **changes: Any) -> Driver:
    """The rate of messages as the only driver of a scenario at one provider."""
    catalogue = world(inputs=all_inputs(workload__rate=rate), **changes)
    first, second = sample(catalogue.inputs.values(), per_scramble=128)
    known = World(catalogue, first)
    (driver,) = drivers(estimate(of or scenario(), with_rln=False, world=known), known, second)
    return driver


def test_a_driver_is_searched_far_beyond_its_range() -> None:
    # a tenth of the low and ten times the high end: a twentieth of the draws is below 1 + √0.1 and above 3 − √0.1
    driver = one_driver(Triangular(1.0, 2.0, 3.0))
    assert driver.searched_from == pytest.approx(0.131623, rel=1e-5)
    assert driver.searched_to == pytest.approx(26.83772, rel=1e-5)
    assert (driver.flip_value, driver.flip_provider, driver.limit_value) == (None, None, None)


def test_a_driver_says_where_the_budget_is_met() -> None:
    # USD 14.65 a month at a rate of 2 (`test_costs_model`), of which egress and backups grow with it
    met = one_driver(Triangular(1.0, 2.0, 3.0), of=scenario(budget_usd_per_month=20.0))
    assert met.limit == "budget"
    assert met.limit_value is not None
    assert 2.0 < met.limit_value < 30.0
    at_limit = one_driver(Triangular(met.limit_value - 0.01, met.limit_value, met.limit_value + 0.01))
    assert at_limit.cost_low < 20.0 < at_limit.cost_high


def test_where_a_price_ends_the_search_ends() -> None:
    # traffic beyond 60 GB has no price, so that the search stays within the range of the rate
    driver = one_driver(Triangular(1.0, 2.0, 3.0), egress_tiers=(tier(0, 60, 0.5),))
    assert driver.searched_from == pytest.approx(1.31623, rel=1e-5)
    assert driver.searched_to == pytest.approx(2.68377, rel=1e-5)


def test_a_share_ends_at_one() -> None:
    known = an_input("assumption/disk_fill", Triangular(0.7, 0.8, 0.85))
    of = estimate(
        scenario(), with_rln=False, world=World(world(), sample(world().inputs.values(), per_scramble=128)[0])
    )
    steps = _steps(replace(known, unit="share"), of, World(world(), sample([known], per_scramble=128)[0]))
    assert steps.max() == 1.0
