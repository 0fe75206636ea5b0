"""The SQL of the dbt models as dbt ran it, for what makes them again at another as-of day.

Belongs here: finding it, and asking dbt for it where it is not there. Does not belong here: what is made of it.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import dagster as dg

from assets.common.resources import CompiledModels
from orchestration.transforms.dbt import connection_environment
from orchestration.transforms.dbt_code import OWN


class CompiledModelsResource(dg.ConfigurableResource, CompiledModels):  # type: ignore[type-arg]
    """Files that dbt writes when it builds. A model of which the code changed is built, and so written, again."""

    project_dir: str
    target: str
    """The folder that dbt writes its files to."""

    def queries(self, url: str) -> dict[tuple[str, str], str]:
        models = Path(self.project_dir) / "models"
        names = [path.relative_to(models) for path in models.rglob("*.sql")]
        compiled = Path(self.target) / "compiled" / OWN / "models"
        if not all((compiled / name).exists() for name in names):
            self._compile(url)
        return {(name.parts[0], name.stem): (compiled / name).read_text(encoding="utf-8") for name in names}

    def _compile(self, url: str) -> None:
        command = [
            str(Path(sys.executable).parent / "dbt"), "--quiet", "compile", "--project-dir", self.project_dir,
            "--profiles-dir", self.project_dir, "--target-path", self.target, "--log-path", self.target,
        ]  # fmt: skip
        environment = {**os.environ, **connection_environment(url)}
        done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
        if done.returncode != 0:
            raise dg.Failure(f"dbt compile: {done.stdout}{done.stderr}")
