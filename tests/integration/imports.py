"""Everything that a run of the chain imports. Belongs here: imports, nothing else. See `forked.py`."""

import gc
import os

from checks.gx import QUIET

os.environ.update(QUIET)
gc.disable()

import orchestration.commands.cli  # noqa: E402
import orchestration.commands.run  # noqa: E402
import orchestration.definitions  # noqa: E402, F401

# These are for the helpers of a run. After the others, which do without.
import dbt.adapters.postgres  # noqa: E402, isort: skip
import dbt.cli.main  # noqa: E402, F401, isort: skip
import great_expectations  # noqa: E402, F401, isort: skip

gc.freeze()
gc.enable()
