"""Grids: everything once in each round, in an order that chance and the seed decide, within the time allowed."""

from __future__ import annotations

from collections import Counter

import pytest

from assets.benchmarks.capacity import resolution, search_capacity
from assets.benchmarks.errors import BenchmarkError
from assets.benchmarks.grids import FULL, GRIDS, QUICK, Grid, load_seconds, plan_seconds, steps, turns
from assets.benchmarks.run import bytes_needed, fitting
from assets.benchmarks.stages import SELF_TEST, STAGES
from assets.benchmarks.workload import WORKLOADS

EVERY_GRID = pytest.mark.parametrize("grid", GRIDS.values(), ids=lambda grid: grid.id)
ROWS_OF_MEASUREMENT = 6
LOTS = 10**13


@pytest.mark.parametrize(("grid", "limit"), [(QUICK, 85), (FULL, 36 * 60)])
def test_the_plan_fits_into_the_time(grid: Grid, limit: float) -> None:
    assert plan_seconds(grid) < limit
    assert grid.limit_seconds < (90 if grid is QUICK else 40 * 60)


@EVERY_GRID
def test_every_cell_is_measured_once_in_every_round(grid: Grid) -> None:
    for phase in grid.phases:
        made = Counter(turn.cell for turn in turns(grid, phase, 1, seed=1) if turn.self_test is None)
        assert made == Counter(phase.cells)
        assert max(made.values()) == 1


@EVERY_GRID
def test_twenty_comparisons_of_equal_stages(grid: Grid) -> None:
    tests = [turn for turn in turns(grid, grid.phases[0], 1, seed=1) if turn.self_test is not None]
    pairs = Counter((turn.cell.workload, turn.self_test) for turn in tests)
    assert len(pairs) == 20
    assert set(pairs.values()) == {2}
    assert {turn.cell.stage for turn in tests} == set(SELF_TEST)


def test_the_order_is_that_of_the_seed_and_another_in_each_round() -> None:
    phase = QUICK.phases[0]
    assert turns(QUICK, phase, 1, seed=1) == turns(QUICK, phase, 1, seed=1)
    assert turns(QUICK, phase, 1, seed=1) != turns(QUICK, phase, 2, seed=1)
    assert turns(QUICK, phase, 1, seed=1) != turns(QUICK, phase, 1, seed=2)


def test_stages_that_are_compared_follow_each_other() -> None:
    order = [turn for turn in turns(QUICK, QUICK.phases[0], 1, seed=1) if turn.self_test is None]
    places = [i for i, turn in enumerate(order) if turn.cell.workload == "insert"]
    assert places == list(range(places[0], places[0] + len(STAGES)))


@EVERY_GRID
def test_every_stage_is_measured_with_its_base_by_the_main_workloads(grid: Grid) -> None:
    for phase in grid.phases:
        stages = {cell.stage for cell in phase.cells if cell.workload == "insert"}
        assert stages == set(STAGES) or stages == {"lookup_partitioned", "bytea_payload"}
        assert {cell.workload for cell in phase.cells} <= set(WORKLOADS)


@EVERY_GRID
def test_steps_have_names_of_their_own_and_rows_stay_few(grid: Grid) -> None:
    names = [step.id for step in steps(grid)]
    assert len(names) == len(set(names))
    rows = 0
    for step in steps(grid):
        phase = grid.phases[step.phase]
        if step.kind == "round":
            made = turns(grid, phase, step.round, 1)
            rows += sum(ROWS_OF_MEASUREMENT if turn.self_test is None else 1 for turn in made)
        elif step.kind == "capacity":
            rows += len(phase.capacity) * (grid.probe_steps * 5 + 1)
    assert rows < 6_000


def test_the_full_grid_has_three_sizes_of_archive_and_one_to_eight_clients() -> None:
    assert {phase.archive.messages for phase in FULL.phases} == {100_000, 1_000_000, 10_000_000}
    scaling = [phase for phase in FULL.phases if {cell.clients for cell in phase.cells} == {1, 2, 4, 8}]
    assert [phase.archive.messages for phase in scaling] == [100_000]


def test_the_digest_changes_with_the_grid() -> None:
    assert QUICK.digest != FULL.digest
    assert len(QUICK.digest) == 12


def test_what_a_server_cannot_do_is_left_out_and_said() -> None:
    grid, notes = fitting(FULL, LOTS, has_lz4=False)
    assert len(grid.phases) == len(FULL.phases)
    assert all("lz4_compression" not in phase.stages for phase in grid.phases)
    assert notes == ["lz4_compression left out: this build of PostgreSQL has no lz4"]
    assert fitting(FULL, LOTS, has_lz4=True) == (FULL, [])


def test_ten_million_messages_need_a_disk_that_has_room() -> None:
    room = bytes_needed(FULL.phases[-1]) - 1
    assert 20e9 < room < 60e9
    grid, notes = fitting(FULL, room, has_lz4=True)
    assert grid.phases == FULL.phases[:-1]
    assert notes[0].startswith("archive of 10,000,000 messages of 200 bytes left out: ")
    _, notes = fitting(FULL, None, has_lz4=True)
    assert "cannot be seen" in notes[0]
    with pytest.raises(BenchmarkError, match="no room for 100,000 messages of 1,000 bytes in 12 stages"):
        fitting(FULL, 1_000_000, has_lz4=True)


def test_large_archives_take_longer_to_fill() -> None:
    assert load_seconds(FULL.phases[2]) > 10 * load_seconds(FULL.phases[1])


def test_capacity_is_the_highest_rate_that_passes() -> None:
    tried: list[float] = []

    def passes(rate: float) -> bool:
        tried.append(rate)
        return rate <= 500

    found = search_capacity(1000.0, 5, passes)
    assert found is not None
    assert found <= 500 < found * resolution(5)
    assert tried[0] == pytest.approx(316.2, rel=1e-3)
    assert max(tried) < 1000
    assert resolution(5) == pytest.approx(1.0746, rel=1e-3)


def test_a_stage_that_is_always_late_has_no_capacity() -> None:
    assert search_capacity(1000.0, 3, lambda rate: False) is None
