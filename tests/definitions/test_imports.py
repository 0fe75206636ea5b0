"""What a run imports and what it leaves to its helpers."""

from __future__ import annotations

import subprocess
import sys


def test_the_definitions_import_neither_dbt_nor_great_expectations() -> None:
    """Each takes seconds, which a run spends while Dagster is imported."""
    code = (
        "import sys, orchestration.definitions; print({'dbt', 'dbt_common', 'great_expectations'} & set(sys.modules))"
    )
    assert subprocess.check_output([sys.executable, "-c", code], text=True) == "set()\n"
