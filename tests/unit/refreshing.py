"""Settings for tests of a refresh: the frozen evidence as it was on a day before some of it was measured."""

from __future__ import annotations

import shutil
from pathlib import Path

from orchestration.settings import Settings
from tests.places import FROZEN


def settings_before_benchmarks(folder: Path) -> Settings:
    """Return settings of a project in `folder` with the frozen evidence, without benchmarks."""
    shutil.copytree(FROZEN / "public", folder / "evidence" / "public")
    for path in (folder / "evidence" / "public" / "benchmarks" / name for name in ("runs.csv", "measurements.csv")):
        path.write_text(path.read_text().splitlines(keepends=True)[0])
    places = {"WAKU_FIT_STATE_DIR": str(folder / "state"), "WAKU_FIT_EVIDENCE_DIR": str(folder / "evidence")}
    return Settings.from_environment(places)
