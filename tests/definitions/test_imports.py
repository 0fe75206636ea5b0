"""What a run imports and what it leaves to its helpers."""

from __future__ import annotations

import ast
import subprocess
import sys


def test_the_definitions_import_neither_dbt_nor_great_expectations() -> None:
    """Each takes seconds, which a run spends while Dagster is imported."""
    code = (
        "import sys, orchestration.definitions; print({'dbt', 'dbt_common', 'great_expectations'} & set(sys.modules))"
    )
    assert subprocess.check_output([sys.executable, "-c", code], text=True) == "set()\n"


def test_great_expectations_leaves_what_no_suite_needs() -> None:
    code = (
        "import sys; from checks.gx import serve; serve();"
        " print({'great_expectations', 'scipy.stats', 'scipy.stats._stats_py'} & set(sys.modules))"
    )
    found = subprocess.check_output([sys.executable, "-c", code], stdin=subprocess.DEVNULL, text=True)
    assert ast.literal_eval(found) == {"great_expectations", "scipy.stats"}  # the last in name only
