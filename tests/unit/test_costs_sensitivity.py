"""Total Sobol indices against functions whose indices are known in closed form; a driver that flips the provider."""

from __future__ import annotations

import math
from collections.abc import Mapping

import numpy as np
import pytest

from assets.costs.distributions import FloatArray, Triangular
from assets.costs.draws import sample
from assets.costs.model import World, estimate
from assets.costs.sensitivity import drivers, total_indices
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
    # At r messages an hour both nodes together send 14.65256 r + 0.9125 GB. p: USD 30 + 0.50 for each GB beyond 2 x 10;
    # q: USD 4 + 1.00 for each GB; the rest costs the same. Equal at r = (30 - 10 + 0.45625 - 4 - 0.9125) / 7.32628.
    p = world()
    q = {"provider": "q", "included_egress_gb_per_month": 0}
    catalogue = world(
        offers=(*p.offers, offer("q_small", 1.0, **q), offer("q_large", 2.0, vcpus=4, memory_gib=8, **q)),
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
    assert driver.cost_low < driver.cost_high
    assert driver.flip_value == pytest.approx(2.1216, abs=1e-4)
