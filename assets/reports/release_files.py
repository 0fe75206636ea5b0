"""The tables of a release as its files have them, for whoever needs no database.

Belongs here: reading Parquet. Does not belong here: writing files (`release/publish.py`).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

import pandas as pd
import pyarrow.parquet as pq


class ReleasedTables(Mapping[str, pd.DataFrame]):
    """The tables of a release by name, each read when it is first asked for."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._read: dict[str, pd.DataFrame] = {}

    def __getitem__(self, name: str) -> pd.DataFrame:
        if name not in self._read:
            path = self._folder / f"{name}.parquet"
            if not path.exists():
                raise KeyError(name)
            table = pq.read_table(path)
            columns = {column: pd.Series(table[column].to_pylist(), dtype=object) for column in table.column_names}
            self._read[name] = pd.DataFrame(columns)
        return self._read[name]

    def __iter__(self) -> Iterator[str]:
        return (path.stem for path in sorted(self._folder.glob("*.parquet")))

    def __len__(self) -> int:
        return sum(1 for _ in self)
