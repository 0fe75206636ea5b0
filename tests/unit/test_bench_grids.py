"""Grids: everything once in each round, in an order that chance and the seed decide, within the time allowed."""

from __future__ import annotations

from collections import Counter

import pytest

from assets.benchmarks.archive.grids import FULL, GRIDS, QUICK, Grid, load_seconds, planned_seconds, steps, turns
from assets.benchmarks.archive.requests import WORKLOADS
from assets.benchmarks.archive.stages import ALL_STAGES, SELF_TEST, STAGES
from assets.benchmarks.measuring.capacity_search import search_capacity
from assets.benchmarks.measuring.errors import BenchmarkError
from assets.benchmarks.measuring.session_run import bytes_needed, fitting

EVERY_GRID = pytest.mark.parametrize("grid", GRIDS.values(), ids=lambda grid: grid.id)
ROWS_OF_MEASUREMENT = 6
LOTS = 10**13


@pytest.mark.parametrize(("grid", "limit"), [(QUICK, 85), (FULL, 36 * 60)])
def test_the_plan_fits_into_the_time(grid: Grid, limit: float) -> None:
    assert sum(planned_seconds(grid, step) for step in steps(grid)) < limit
    assert grid.limit_seconds < (90 if grid is QUICK else 40 * 60)


@EVERY_GRID
def test_every_archive_fills_whole_partitions(grid: Grid) -> None:
    left = {
        (phase.archive.hours, stage)
        for phase in grid.phases
        for stage in phase.stages
        if phase.archive.hours % (ALL_STAGES[stage].partition_hours or 1)
    }
    assert left == set()


@EVERY_GRID
def test_every_cell_is_measured_once_in_every_round(grid: Grid) -> None:
    for phase in grid.phases:
        assert Counter(turns(phase, 1, seed=1)) == Counter(phase.cells)
        assert max(Counter(phase.cells).values()) == 1


@EVERY_GRID
def test_twenty_comparisons_of_equal_stages_and_more(grid: Grid) -> None:
    tests = {cell for cell in grid.phases[0].cells if cell.stage in SELF_TEST}
    assert len(tests) // 2 >= 20
    assert {cell.stage for cell in tests} == set(SELF_TEST)


def test_the_order_is_that_of_the_seed_and_another_in_each_round() -> None:
    phase = QUICK.phases[0]
    assert turns(phase, 1, seed=1) == turns(phase, 1, seed=1)
    assert turns(phase, 1, seed=1) != turns(phase, 2, seed=1)
    assert turns(phase, 1, seed=1) != turns(phase, 1, seed=2)


def test_stages_that_are_compared_follow_each_other() -> None:
    order = turns(QUICK.phases[0], 1, seed=1)
    places = [i for i, cell in enumerate(order) if cell.workload == "insert"]
    assert places == list(range(places[0], places[0] + len(STAGES) + len(SELF_TEST)))


@EVERY_GRID
def test_every_stage_is_measured_with_its_base_by_the_main_workloads(grid: Grid) -> None:
    for number, phase in enumerate(grid.phases):
        stages = {cell.stage for cell in phase.cells if cell.workload == "insert"}
        assert stages >= (set(STAGES) if number == 0 else {"lookup_partitioned", "bytea_daily"})
        assert {cell.workload for cell in phase.cells} <= set(WORKLOADS)
        assert all(
            ALL_STAGES[stage].base in stages
            for stage in stages
            if stage in STAGES and number == 0 and stage != "single_key"
        )


@EVERY_GRID
def test_steps_have_names_of_their_own_and_rows_stay_few(grid: Grid) -> None:
    names = [step.id for step in steps(grid)]
    assert len(names) == len(set(names))
    rows = 16 * ROWS_OF_MEASUREMENT
    for phase in grid.phases:
        rows += phase.rounds * (len(phase.cells) * ROWS_OF_MEASUREMENT + len(phase.stages) * 5)
        rows += phase.capacity_rounds * len(phase.capacity) * (grid.probe_steps * 5 + 1)
    assert rows < 11_000


def test_the_full_grid_has_three_sizes_of_archive_and_one_to_eight_clients() -> None:
    small = {phase.archive.messages for phase in FULL.phases if phase.archive.payload_bytes == 200}
    assert small == {100_000, 1_000_000, 10_000_000}
    scaling = [phase for phase in FULL.phases if {cell.clients for cell in phase.cells} == {1, 2, 4, 8}]
    assert [phase.archive.messages for phase in scaling] == [100_000]


def test_the_full_grid_measures_eight_sizes_of_message_in_grown_tables() -> None:
    assert len(FULL.storage) == 8
    assert [step.id for step in steps(FULL)][-1] == "storage probe"


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
    (large,) = [phase for phase in FULL.phases if phase.is_optional]
    assert large.archive.messages == 10_000_000
    room = bytes_needed(large) - 1
    assert 20e9 < room < 60e9
    grid, notes = fitting(FULL, room, has_lz4=True)
    assert grid.phases == tuple(phase for phase in FULL.phases if phase is not large)
    assert notes[0].startswith("archive of 10,000,000 messages of 200 bytes left out: ")
    _, notes = fitting(FULL, None, has_lz4=True)
    assert "cannot be seen" in notes[0]
    with pytest.raises(BenchmarkError, match="no room for 50,000 messages of 1,000 bytes in 15 stages"):
        fitting(FULL, 1_000_000, has_lz4=True)


def test_capacity_is_searched_in_three_sizes_of_archive_in_rounds_that_make_an_interval() -> None:
    found = {
        phase.archive.messages: phase.capacity_rounds
        for phase in FULL.phases
        if {"lookup_partitioned", "bytea_daily"} <= {cell.stage for cell in phase.capacity}
        and {cell.workload for cell in phase.capacity} == {"insert", "first_page_20", "by_hashes"}
    }
    assert set(found) == {50_000, 100_000, 1_000_000, 10_000_000}
    assert min(found.values()) >= 3
    assert all(phase.capacity_rounds <= phase.rounds for phase in FULL.phases)


def test_an_archive_that_is_filled_once_may_be_measured_in_several_rounds() -> None:
    large = next(phase for phase in FULL.phases if phase.is_optional)
    (step,) = [step for step in steps(FULL) if step.phase is not None and FULL.phases[step.phase] is large]
    assert (large.fillings, large.rounds, step.rounds) == (1, 4, (1, 2, 3, 4))
    assert step.id == "10000000 x 200 bytes, rounds 1 to 4"


def test_large_archives_take_longer_to_fill() -> None:
    assert load_seconds(FULL.phases[2]) > 5 * load_seconds(FULL.phases[1])


def test_capacity_is_the_highest_rate_that_passes() -> None:
    tried: list[float] = []

    def passes(rate: float) -> bool:
        tried.append(rate)
        return rate <= 500

    found = search_capacity(1000.0, 5, passes)
    assert found is not None
    # five halvings of a factor of ten leave 10 ** (1 / 32)
    assert found <= 500 < found * 1.0746
    assert tried[0] == pytest.approx(316.2, rel=1e-3)
    assert max(tried) < 1000


@pytest.mark.parametrize(("carried", "tries"), [(2000, [866.0]), (800, [866.0, 316.2, 562.3, 749.9])])
def test_what_is_never_late_in_a_closed_loop_is_tried_from_the_top(carried: float, tries: list[float]) -> None:
    tried: list[float] = []

    def passes(rate: float) -> bool:
        tried.append(rate)
        return rate <= carried

    found = search_capacity(1000.0, 4, passes, from_top=True)
    assert tried == pytest.approx(tries, rel=1e-3)
    assert found == pytest.approx(tries[-1], rel=1e-3)


@pytest.mark.parametrize("from_top", [False, True])
def test_a_stage_that_is_always_late_has_no_capacity(from_top: bool) -> None:
    assert search_capacity(1000.0, 3, lambda rate: False, from_top=from_top) is None
