"""dagster-dbt as it is where dbt is not installed, which it allows for: it then imports no dbt.

It would, for seconds, to know dbt's version and some of its names; `dbt_build.py` has dbt in another process.
Belongs here: this import. Does not belong here: anything else.
"""

import sys
from types import ModuleType
from typing import Any

_modules: dict[str, ModuleType | Any] = sys.modules
_was = _modules.get("dbt")
_modules["dbt"] = None  # what `import` takes for: there is none
try:
    from dagster_dbt import DagsterDbtTranslator, DagsterDbtTranslatorSettings, DbtProject, dbt_assets

    # The parts of DbtCliResource, which would start the command `dbt`.
    from dagster_dbt.asset_utils import get_updated_cli_invocation_params_for_context
    from dagster_dbt.core.dbt_cli_event import DbtCoreCliEventMessage
finally:
    del _modules["dbt"]
    if _was is not None:
        _modules["dbt"] = _was

__all__ = [
    "DagsterDbtTranslator",
    "DagsterDbtTranslatorSettings",
    "DbtCoreCliEventMessage",
    "DbtProject",
    "dbt_assets",
    "get_updated_cli_invocation_params_for_context",
]
