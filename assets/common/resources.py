"""What assets and checks are given to work with, as far as every area needs it.

Belongs here: types of resources, so that mypy sees into their callers. Does not belong here: what fulfils them
(`orchestration/resources.py`).
"""

from abc import ABC, abstractmethod
from pathlib import Path

import psycopg


class Warehouse(ABC):
    """PostgreSQL for the length of one run, which has it to itself."""

    @property
    @abstractmethod
    def url(self) -> str:
        """Where it is, with its password."""

    @property
    @abstractmethod
    def identity(self) -> str:
        """What tells this database from every other."""

    @property
    @abstractmethod
    def benchmarks_dir(self) -> Path:
        """Where sessions of benchmarks are kept."""

    @property
    @abstractmethod
    def programs(self) -> Path:
        """The folder with pgbench."""

    @abstractmethod
    def sqlalchemy_url(self, role: str) -> str:
        """Return the URL for SQLAlchemy with psycopg2, acting as `role` from the first statement on."""

    @abstractmethod
    def connect(self, role: str) -> psycopg.Connection:
        """Return a connection that acts as `role` (see the matrix in `orchestration.warehouse.connection`)."""


class CompiledModels(ABC):
    """The SQL of dbt models with all names and macros filled in."""

    @abstractmethod
    def queries(self, url: str) -> dict[tuple[str, str], str]:
        """Return the query of each model by schema and name, as dbt runs it in the database at `url`."""
