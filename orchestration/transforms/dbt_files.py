"""The files of the dbt project that follow from tables of evidence and marts, kept up to date: `make dbt-files`.

Belongs here: writing them. Does not belong here: what is in them (`assets.evidence.dbt_files`).
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

from assets.evidence.dbt_files import dbt_files
from assets.evidence.model import Table
from assets.evidence.tables import ALL_TABLES
from orchestration.errors import UserError
from orchestration.settings import Settings


def write_dbt_files(dbt_project: Path, tables: Sequence[Table] = ALL_TABLES) -> None:
    """Write the files that are missing or differ, and remove those that no table stands behind any more.

    The others are not touched, so that dbt parses no more than what changed. Who reads meanwhile finds each file whole,
    as it was or as it is now. Raises `UserError` if the project cannot be written to.
    """
    marts = sorted(path.stem for path in dbt_project.glob("models/marts/*.sql"))
    files = {dbt_project / name: text for name, text in dbt_files(tables, marts).items()}
    try:
        for path, text in files.items():
            if not (path.exists() and path.read_text(encoding="utf-8") == text):
                path.parent.mkdir(parents=True, exist_ok=True)
                fresh = path.with_name(f"{path.name}.{os.getpid()}.new")  # which dbt does not read
                fresh.write_text(text, encoding="utf-8")
                os.replace(fresh, path)
        for folder in {path.parent for path in files}:
            for path in {*folder.glob("*.sql"), *folder.glob("*.yml")} - files.keys():
                path.unlink(missing_ok=True)
    except OSError as error:
        raise UserError(
            f"{error.filename} cannot be written ({error.strerror}); dbt needs it: make the folder writable, or copy"
            " the project to one that is"
        ) from None


if __name__ == "__main__":
    write_dbt_files(Settings.from_environment().dbt_project_dir)
