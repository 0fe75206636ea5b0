"""Where things are and which database to use, read once from the environment.

Belongs here: paths and environment variables, typed and checked.
Does not belong here: anything that touches the file system or a database.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from assets.evidence.packs import LOCAL_PACKS
from assets.reports.lines import TEAM

PREFIX = "WAKU_FIT_"
KNOWN = ("DATABASE_URL", "STATE_DIR", "REPORTS_DIR", "EVIDENCE_DIR", "PACKS", "ROADMAP_REPOSITORY")
DBT_PREFIX = "WAKU_FIT_DBT_"
"""Set by the software itself for dbt's profile; a user has no reason to set one."""


class SettingsError(ValueError):
    """An environment variable that means nothing here."""


@dataclass(frozen=True)
class Settings:
    """All that depends on the machine. `database_url` None means the embedded server under `state_dir`."""

    project_dir: Path
    state_dir: Path
    reports_dir: Path
    evidence_dir: Path
    packs: tuple[str, ...] = ("public",)
    database_url: str | None = None

    @property
    def dbt_project_dir(self) -> Path:
        return self.project_dir / "dbt_project"

    @property
    def dbt_state_dir(self) -> Path:
        """Where dbt keeps the parsed project, and in `build` what a run wrote."""
        return self.state_dir / "dbt"

    @property
    def dagster_home(self) -> Path:
        return self.state_dir / "dagster"

    def local_pack(self, name: str) -> Path:
        """Return the folder of a pack that the software writes, laid over the others once there is one."""
        return self.state_dir / LOCAL_PACKS[name]

    @property
    def releases_dir(self) -> Path:
        return self.state_dir / "releases"

    @property
    def decisions(self) -> Path:
        """The log of decisions."""
        return self.state_dir / "decisions.jsonl"

    @property
    def latest(self) -> Path:
        """The link that readers follow: always one whole release."""
        return self.link(TEAM)

    def link(self, line: str) -> Path:
        """Return the link to the newest release of a line (`assets.reports.lines`)."""
        return self.reports_dir / line

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] | None = None) -> Settings:
        """Read `WAKU_FIT_*`. Raises `SettingsError` for a name that is not known, so that a typo is never silent."""
        env = os.environ if environment is None else environment
        given = {
            name.removeprefix(PREFIX): value
            for name, value in env.items()
            if name.startswith(PREFIX) and not name.startswith(DBT_PREFIX) and value
        }
        if unknown := sorted(set(given) - set(KNOWN)):
            raise SettingsError(
                f"unknown environment variable {PREFIX}{unknown[0]}; known are " + ", ".join(PREFIX + k for k in KNOWN)
            )
        project = Path(__file__).resolve().parent.parent
        return cls(
            project_dir=project,
            state_dir=Path(given.get("STATE_DIR", project / ".waku-fit")).resolve(),
            reports_dir=Path(given.get("REPORTS_DIR", project / "reports")).absolute(),
            evidence_dir=Path(given.get("EVIDENCE_DIR", project / "evidence")).resolve(),
            packs=tuple(given.get("PACKS", "public").split(os.pathsep)),
            database_url=given.get("DATABASE_URL"),
        )
