"""What a release was made from, decided without Dagster and without a database."""

from __future__ import annotations

import json
import os
import shutil
from datetime import date
from pathlib import Path

import pytest
from click.testing import CliRunner

from assets.evidence.packs import PackError
from assets.reports.lines import line_in, line_of
from orchestration.commands.cli import main
from orchestration.settings import Settings
from orchestration.staleness.fingerprints import (
    Request,
    fingerprint,
    known_warehouse,
    remember,
    request_of_latest,
    unchanged_release,
)


@pytest.fixture
def settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """A project with one release, `r1`, and a pack of one's own beside it."""
    places = {f"WAKU_FIT_{name}_DIR": str(tmp_path / name.lower()) for name in ("STATE", "REPORTS", "EVIDENCE")}
    for name, value in places.items():
        monkeypatch.setenv(name, value)
    (tmp_path / "evidence" / "public").mkdir(parents=True)
    (tmp_path / "ours").mkdir()
    settings = Settings.from_environment(places)
    release = settings.releases_dir / "r1"
    release.mkdir(parents=True)
    (release / "manifest.json").write_text("{}")
    (release / "readiness.json").write_text(
        json.dumps({"verdict": "unknown", "reason": "Nothing is known.", "gates": []})
    )
    settings.latest.parent.mkdir()
    settings.latest.symlink_to(os.path.relpath(release, settings.latest.parent))
    return settings


def test_a_path_stands_for_the_same_pack_from_every_folder(
    settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path / "evidence")
    assert Request.of(settings, ("../ours",)).packs == ("public", str(tmp_path / "ours"))
    monkeypatch.chdir(tmp_path)
    named = ("ours", "public", f"../{tmp_path.name}/ours")
    assert Request.of(settings, named).packs == ("public", str(tmp_path / "ours"))


def test_a_release_is_known_by_all_that_it_was_made_from(settings: Settings) -> None:
    request = Request.of(settings)
    remember(settings, request, fingerprint(settings, request), "warehouse", "r1")
    assert request_of_latest(settings) == request
    assert (unchanged_release(settings, request) or {})["release_id"] == "r1"
    (settings.evidence_dir / "public" / "new.csv").write_text("id\n")
    assert unchanged_release(settings, request) is None


def test_what_was_measured_here_since_counts_as_a_change(settings: Settings) -> None:
    request = Request.of(settings)
    remember(settings, request, fingerprint(settings, request), "warehouse", "r1")
    assert "Nothing has changed since" in CliRunner().invoke(main, ["status"]).output
    folder = settings.state_dir / "benchmarks" / "local_benchmarks" / "benchmarks"
    folder.mkdir(parents=True)
    (folder / "runs.csv").write_text("id\n")
    assert "have changed since this release" in CliRunner().invoke(main, ["status"]).output


def test_nothing_is_noted_of_a_release_that_another_run_has_replaced(settings: Settings) -> None:
    request = Request.of(settings)
    remember(settings, request, fingerprint(settings, request), "warehouse", "r0")
    assert unchanged_release(settings, request) is None


def test_the_verdict_is_shown_also_without_the_pack_that_was_laid_over(settings: Settings, tmp_path: Path) -> None:
    request = Request.of(settings, (str(tmp_path / "ours"),))
    settings.link("ours").symlink_to(os.readlink(settings.latest))
    remember(settings, request, fingerprint(settings, request), "warehouse", "r1")
    (tmp_path / "ours").rmdir()
    done = CliRunner().invoke(main, ["status", "--line", "ours"])
    assert done.exit_code == 0, done.output
    assert "Nothing is known." in done.output
    assert f'The release cannot be made again: there is no pack "{tmp_path / "ours"}"' in done.output


@pytest.mark.parametrize(
    ("packs", "as_of", "team", "line"),
    [
        (["public"], None, ["public"], "latest"),
        (["public", "prices", "local_benchmarks"], None, ["public"], "latest"),
        (["public", "ours"], None, ["public", "/home/ours"], "latest"),
        (["/home/ours", "public"], None, ["public", "/home/ours"], "latest"),
        (["public", "sample"], None, ["public"], "sample"),
        (["public", "/home/ours", "sample"], None, ["public"], "ours+sample"),
        (["public"], None, ["public", "ours"], "public"),
        (["public"], date(2024, 12, 31), ["public"], "asof-2024-12-31"),
        (["public", "sample"], date(2024, 12, 31), ["public"], "asof-2024-12-31+sample"),
    ],
)
def test_a_line_is_what_differs_from_the_team(packs: list[str], as_of: date | None, team: list[str], line: str) -> None:
    assert line_of(packs, as_of, team) == line
    assert line_in({"packs": packs, "as_of": as_of and as_of.isoformat()}, team) == line


@pytest.mark.parametrize("name", ["latest", "asof-2024-12-31", "a+b", ".hidden"])
def test_a_pack_whose_name_is_that_of_another_line_is_refused(settings: Settings, tmp_path: Path, name: str) -> None:
    (tmp_path / name).mkdir()
    with pytest.raises(PackError, match="cannot name a line of releases, reports/"):
        Request.of(settings, (str(tmp_path / name),))


def test_a_pack_of_the_team_is_known_by_its_folder_not_by_its_name(settings: Settings, tmp_path: Path) -> None:
    assert Request.of(settings, (str(settings.evidence_dir / "public"),)).line == "latest"
    (tmp_path / "elsewhere" / "public").mkdir(parents=True)
    with pytest.raises(PackError, match='the pack "public" cannot name a line of releases'):
        Request.of(settings, (str(tmp_path / "elsewhere" / "public"),))


def test_each_line_remembers_what_it_was_made_from(settings: Settings) -> None:
    """A look at another day makes the team's release no older: a run for the team has nothing to do afterwards."""
    team, look = Request.of(settings), Request.of(settings, as_of=date(2024, 12, 31))
    remember(settings, team, fingerprint(settings, team), "warehouse", "r1")
    shutil.copytree(settings.releases_dir / "r1", settings.releases_dir / "r2")
    settings.link("asof-2024-12-31").symlink_to(os.path.relpath(settings.releases_dir / "r2", settings.reports_dir))
    remember(settings, look, fingerprint(settings, look), "warehouse", "r2")
    assert (unchanged_release(settings, team) or {})["release_id"] == "r1"
    assert (unchanged_release(settings, look) or {})["release_id"] == "r2"
    assert request_of_latest(settings, "asof-2024-12-31") == look
    assert "Line of releases: latest, the team's" in CliRunner().invoke(main, ["status"]).output
    told = CliRunner().invoke(main, ["status", "--line", "asof-2024-12-31"]).output
    assert "This looks back: no evidence later than 2024-12-31 counts." in told
    assert f"The team's release, {settings.latest}, stays as it is." in told
    assert "Line of releases: asof-2024-12-31" in told
    assert "Nothing has changed since this release." in told
    settings.latest.unlink()
    told = CliRunner().invoke(main, ["status", "--line", "asof-2024-12-31"]).output
    assert "The team has no release yet; `waku-fit run` makes the first one." in told
    told = CliRunner().invoke(main, ["status"]).output
    assert told.endswith("There are releases of other lines, which --line shows: asof-2024-12-31.\n")


def test_a_line_without_a_release_is_refused_with_those_that_there_are(settings: Settings) -> None:
    refused = CliRunner().invoke(main, ["status", "--line", "sampel"])
    assert "there is no line sampel of releases; expected latest, the only one" in refused.output
    settings.link("sample").symlink_to(os.readlink(settings.latest))
    for command in (["status"], ["diff"], ["history"], ["explain", "x"], ["crm", "export", "x.csv"]):
        refused = CliRunner().invoke(main, [*command, "--line", "sampel"])
        assert refused.exit_code == 1
        assert (
            "there is no line sampel of releases; expected latest, the team's, or one of: sample;"
            ' did you mean "sample"?' in refused.output
        )


def test_a_note_of_before_there_were_lines_is_not_taken_for_one(settings: Settings) -> None:
    (settings.state_dir / "made_from.json").write_text(
        json.dumps({"release_id": "r1", "fingerprint": "f", "packs": ["public"], "as_of": None, "warehouse": "w"})
    )
    assert unchanged_release(settings, Request.of(settings)) is None
    assert known_warehouse(settings) is None
