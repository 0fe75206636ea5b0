"""Everything that a run of the chain imports. Belongs here: imports, nothing else. See `forked.py`."""

import gc
import os

from checks.gx import QUIET

os.environ.update(QUIET)
gc.disable()

import dbt.adapters.postgres  # noqa: E402
import dbt.cli.main  # noqa: E402, F401
import great_expectations  # noqa: E402, F401

import orchestration.cli  # noqa: E402
import orchestration.definitions  # noqa: E402
import orchestration.run  # noqa: E402, F401

gc.freeze()
gc.enable()
