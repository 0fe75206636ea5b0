"""What columns of computed tables mean, read from `columns.yaml` beside this file.

Belongs here: looking a meaning up. Does not belong here: tables of evidence and of dbt, which say it themselves.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import cast

import yaml

EVERYWHERE = "everywhere"
"""Stands for every table that says nothing else of a column."""


def meanings_of(table: str) -> Mapping[str, str]:
    """Return what columns of `table` (schema.name) mean, by their names; also of some that it does not have."""
    said = described()
    return {**said[EVERYWHERE], **said.get(table, {})}


@cache
def described() -> Mapping[str, Mapping[str, str]]:
    """Return all that is described, by table and column."""
    text = Path(__file__).with_name("columns.yaml").read_text(encoding="utf-8")
    return cast("Mapping[str, Mapping[str, str]]", yaml.load(text, yaml.CSafeLoader))
