"""What a release was made from, decided without Dagster and without a database."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest
from click.testing import CliRunner

from orchestration.commands.cli import main
from orchestration.settings import Settings
from orchestration.staleness.fingerprints import Request, fingerprint, remember, request_of_latest, unchanged_release


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
    remember(settings, request, fingerprint(settings, request), "warehouse", "r1")
    (tmp_path / "ours").rmdir()
    done = CliRunner().invoke(main, ["status"])
    assert done.exit_code == 0, done.output
    assert "Nothing is known." in done.output
    assert f'The release cannot be made again: there is no pack "{tmp_path / "ours"}"' in done.output
