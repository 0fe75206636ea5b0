"""`waku-fit bench` and the asset around a real, tiny session: what is printed, what the chain reads, keeping it."""

from __future__ import annotations

import io
import json
import shutil
from contextlib import redirect_stdout
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

import dagster as dg
import pytest

from assets.benchmarks.archive.grids import GRIDS
from assets.benchmarks.measuring.assets import measured_archive
from assets.benchmarks.measuring.service import Benchmark
from assets.benchmarks.measuring.session_files import RUNS, finished, read_rows
from assets.benchmarks.measuring.session_run import Result, SessionProgress
from orchestration.commands.bench import Terminal, as_data, keep_newest, measure_and_tell
from orchestration.errors import UserError
from orchestration.resources import EvidenceResource, WarehouseResource
from orchestration.settings import Settings
from orchestration.staleness.evidence import read_evidence
from orchestration.staleness.fingerprints import Request, fingerprint
from tests.integration.test_bench_run import TINY
from tests.places import FROZEN


class Measured(NamedTuple):
    """A state folder with one session, and what was printed."""

    settings: Settings
    fingerprint_before: str
    printed: str


@pytest.fixture(scope="module")
def measured(warehouse_url: str, tmp_path_factory: pytest.TempPathFactory) -> Measured:
    """One session of a quick grid that takes seconds; tests only read it."""
    state = tmp_path_factory.mktemp("state")
    settings = Settings.from_environment({
        "WAKU_FIT_STATE_DIR": str(state), "WAKU_FIT_DATABASE_URL": warehouse_url, "WAKU_FIT_EVIDENCE_DIR": str(FROZEN),
    })  # fmt: skip
    before = fingerprint(settings, Request.of(settings))
    with pytest.MonkeyPatch.context() as patch, redirect_stdout(io.StringIO()) as printed:
        patch.setitem(GRIDS, "quick", TINY)
        measure_and_tell(settings, "quick")
    return Measured(settings, before, printed.getvalue())


@pytest.fixture
def own(measured: Measured, tmp_path: Path) -> Settings:
    """A copy of the state folder, to be changed."""
    shutil.copytree(measured.settings.state_dir, tmp_path / "state")
    return replace(measured.settings, state_dir=tmp_path / "state")


def test_the_end_of_a_session_says_what_was_found_and_where_it_lies(measured: Measured) -> None:
    assert "lookup_partitioned lookup_table" in measured.printed
    assert "round 2 of 2" in measured.printed
    assert "comparisons of equal stages, each loaded by itself, found a difference" in measured.printed
    assert f"Results: {measured.settings.state_dir}/benchmarks/quick_" in measured.printed


def test_the_chain_reads_it_as_a_pack(measured: Measured) -> None:
    settings = measured.settings
    request = Request.of(settings)
    assert request.packs == ("public", "local_benchmarks")
    assert fingerprint(settings, request) != measured.fingerprint_before
    evidence = read_evidence(settings, request.packs)
    assert evidence.problems == []
    runs = [record.row.id for record in evidence.records["benchmarks__runs"] if record.pack == "local_benchmarks"]
    assert [run[:6] for run in runs] == ["quick_"]
    resource = EvidenceResource(evidence_dir=str(settings.evidence_dir), state_dir=str(settings.state_dir))
    assert resource.scope.packs == ("public", "local_benchmarks")
    assert resource.read().rows == evidence.rows


def test_scripts_get_json(measured: Measured) -> None:
    (folder,) = finished(measured.settings.state_dir / "benchmarks")
    data = json.loads(json.dumps(as_data(Benchmark.of(Result(folder, folder, ("a note",))))))
    assert {gain["stage"] for gain in data["gains"]} == {"lookup_partitioned"}
    assert {gain["workload"] for gain in data["gains"]} == {"insert", "first_page_20"}
    assert data["certificate"]["comparisons"] >= 4
    assert data["notes"] == ["a note"]


def test_the_newest_session_is_kept_as_evidence(
    own: Settings, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    ours = tmp_path / "ours"
    ours.mkdir()
    assert keep_newest(own, str(ours)) == 0
    assert len(read_rows(RUNS, ours / RUNS.path)) == 1
    assert "commit them like any evidence" in capsys.readouterr().out
    assert Request.of(own).packs == ("public",)  # its rows would be there twice
    with pytest.raises(UserError, match="already"):
        keep_newest(own, str(ours))
    shutil.rmtree(own.state_dir / "benchmarks")
    with pytest.raises(UserError, match="`waku-fit bench` makes one"):
        keep_newest(own, str(ours))


def test_the_asset_measures_with_the_warehouse_to_itself(
    measured: Measured, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(GRIDS, "quick", TINY)
    settings = replace(measured.settings, state_dir=tmp_path)
    state = str(settings.state_dir)
    done = dg.materialize(
        [measured_archive],
        resources={
            "warehouse": WarehouseResource(state_dir=state, database_url=settings.database_url),
            "evidence": EvidenceResource(evidence_dir=str(settings.evidence_dir), state_dir=state),
        },
        run_config={"ops": {"evidence__archive_benchmarks": {"config": {"grid": "quick"}}}},
    )
    (event,) = done.asset_materializations_for_node("evidence__archive_benchmarks")
    assert " of " in str(event.metadata["false_alarms"].value)
    assert len(Request.of(settings).packs) == 2


def test_nothing_is_measured_by_evidence_with_mistakes(own: Settings, tmp_path: Path) -> None:
    public = tmp_path / "evidence" / "public"
    shutil.copytree(FROZEN / "public", public)
    with (public / "benchmarks" / "latency_targets.csv").open("a") as targets:
        targets.write("not a row\n")
    broken = replace(own, evidence_dir=public.parent)
    with pytest.raises(UserError, match="Nothing was measured: the latency targets are evidence"):
        measure_and_tell(broken, "quick")
    state = str(own.state_dir)
    done = dg.materialize(
        [measured_archive],
        resources={
            "warehouse": WarehouseResource(state_dir=state, database_url=own.database_url),
            "evidence": EvidenceResource(evidence_dir=str(public.parent), state_dir=state),
        },
        raise_on_error=False,
    )
    (failed,) = done.filter_events(lambda event: event.is_step_failure)
    assert "Nothing was measured" in str(failed.step_failure_data.user_failure_data)


def test_progress_moves_on_a_terminal_and_stays_elsewhere() -> None:
    class Screen(io.StringIO):
        def isatty(self) -> bool:
            return True

    for stream, lines in ((io.StringIO(), 2), (Screen(), 0)):
        terminal = Terminal(stream)
        for doing in ("round 1 of 4: a, insert", "round 1 of 4: b, insert", "round 2 of 4: a, insert"):
            terminal.tell(SessionProgress(doing, 0.5, 75.0))
        assert stream.getvalue().count("\n") == lines
        assert " 50%  1:15 left  round 1 of 4" in stream.getvalue()
