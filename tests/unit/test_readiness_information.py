"""What it is worth to know more, against closed forms."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy.stats import norm

from assets.decision.information import value_now, value_of_information, value_of_perfect_information

DRAWS = 200_000


def unit_normal_loss(at: float) -> float:
    """Raiffa and Schlaifer 1961: the mean of what a standard normal exceeds `at` by."""
    return float(norm.pdf(at) - at * norm.sf(at))


def two_options(mean: float, known: float, rest: float) -> tuple[np.ndarray, np.ndarray]:
    """The second option brings `mean` more on average; one of the two parts of what it brings can be known."""
    random = np.random.default_rng(1)
    part = random.normal(0, known, DRAWS)
    other = random.normal(0, rest, DRAWS)
    return np.column_stack([np.zeros(DRAWS), mean + part + other]), part[:, None]


@pytest.mark.parametrize(("mean", "known", "rest"), [(0.0, 1.0, 1.0), (0.5, 1.0, 2.0), (-1.0, 2.0, 0.5)])
def test_two_options_and_a_normal_difference(mean: float, known: float, rest: float) -> None:
    benefits, part = two_options(mean, known, rest)
    all_of_it = math.hypot(known, rest)
    assert value_of_perfect_information(benefits) == pytest.approx(
        all_of_it * unit_normal_loss(abs(mean) / all_of_it), abs=0.01
    )
    assert value_of_information(benefits, part) == pytest.approx(known * unit_normal_loss(abs(mean) / known), abs=0.01)


@pytest.mark.parametrize("resolved", [0.25, 0.5])
def test_a_sample_that_resolves_a_part_of_a_normal(resolved: float) -> None:
    # The mean after the sample is normal with the root of the resolved variance (Raiffa and Schlaifer 1961).
    benefits, part = two_options(0.5, 1.0, 1.0)
    spread = math.sqrt(resolved)
    assert value_of_information(benefits, part, resolved=resolved) == pytest.approx(
        spread * unit_normal_loss(0.5 / spread), abs=0.01
    )


def test_whether_a_thing_holds_under_a_loss_of_one_for_a_wrong_answer() -> None:
    # Two things have to hold, each with 0.8: both do with 0.64. To know one: if it fails nothing is lost, if it holds
    # the other decides with 0.8. The loss falls from 0.36 to 0.8 x 0.2 = 0.16.
    random = np.random.default_rng(2)
    holds = random.random((DRAWS, 2)) < 0.8
    both = holds.all(axis=1).astype(float)
    benefits = np.column_stack([both, 1 - both])
    assert value_now(benefits) == pytest.approx(0.64, abs=0.01)
    assert value_of_perfect_information(benefits) == pytest.approx(0.36, abs=0.01)
    assert value_of_information(benefits, holds[:, :1].astype(float)) == pytest.approx(0.20, abs=0.01)


def test_the_best_few_of_several_options() -> None:
    benefits = np.array([[3.0, 2.0, 1.0], [1.0, 2.0, 3.0]])
    assert value_now(benefits, take=2) == 4.0
    assert value_of_perfect_information(benefits, take=2) == 1.0
    assert value_of_perfect_information(benefits, take=3) == 0.0
    assert value_now(benefits, take=5) == 6.0  # more than there are
    assert value_now(np.array([[9.0, 8.0, 1.0, 2.0, 3.0]]), take=2) == 17.0


def test_what_does_not_vary_tells_nothing() -> None:
    benefits, _ = two_options(0.0, 1.0, 1.0)
    assert value_of_information(benefits, np.ones((DRAWS, 1))) == 0.0


def three_things() -> tuple[np.ndarray, np.ndarray]:
    """The second option is worth what three things come to by powers and by products of pairs."""
    known = np.random.default_rng(3).normal(0, 1, (5_000, 3))
    x, y, z = known.T
    return np.column_stack([np.zeros(len(known)), 0.3 + x**3 - y**2 + 2 * x * y + y * z - x * z]), known


def test_to_know_all_that_options_follow_from_is_perfect_information() -> None:
    benefits, known = three_things()
    perfect = value_of_perfect_information(benefits)
    assert perfect > 0.5
    assert value_of_information(benefits, known) == pytest.approx(perfect, rel=1e-9)
    beside = np.column_stack([known, np.ones(len(known))])
    assert value_of_information(benefits, beside) == pytest.approx(perfect, rel=1e-9)


@pytest.mark.parametrize(("offset", "scale"), [(1e6, 1.0), (0.0, 1e-6), (0.0, 1e6), (-1e3, 1e-1)])
def test_the_scale_on_which_something_is_known_does_not_matter(offset: float, scale: float) -> None:
    benefits, known = three_things()
    perfect = value_of_perfect_information(benefits)
    assert value_of_information(benefits, offset + scale * known) == pytest.approx(perfect, rel=1e-6)
