"""What an asset is given: the warehouse, and which evidence to read.

Belongs here: Dagster resources, the thin shells around `orchestration.warehouse` and `assets.evidence.read_packs`.
Does not belong here: how a server is started, how evidence is parsed.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import dagster as dg
import psycopg
from pydantic import Field, PrivateAttr

from assets.common import keys
from assets.common.resources import Warehouse
from assets.common.tables import contents
from assets.evidence.assets import raw_data_versions
from assets.evidence.packs import BENCHMARKS, LOCAL_PACKS, Pack, resolve_packs, with_local_packs
from assets.evidence.read_packs import Evidence, Scope, read_packs_once
from assets.evidence.resource import EvidenceOfRun
from assets.reports.release.assets import ReleasedEvidence, ReleaseOfRun
from orchestration.settings import Settings
from orchestration.staleness.fingerprints import (
    Request,
    code_version,
    fingerprint,
    known_warehouse,
    remember,
    unchanged_release,
)
from orchestration.staleness.freshness import chain_nodes, recorded, stale
from orchestration.warehouse.connection import bootstrap, connect, open_warehouse, run_lock, warehouse_id
from orchestration.warehouse.layout import wheel_binaries


class WarehouseResource(dg.ConfigurableResource, Warehouse):  # type: ignore[type-arg]
    """PostgreSQL for the length of one run, which has it to itself.

    A second run at the same time fails at once: it would otherwise mix its tables with the first one's.
    """

    state_dir: str
    database_url: str | None = Field(
        default=None, description="Give it as an environment variable: what is written here is shown in the UI."
    )

    _url: str = PrivateAttr(default="")
    _identity: str = PrivateAttr(default="")

    @property
    def url(self) -> str:
        return self._url

    @contextmanager
    def yield_for_execution(self, context: dg.InitResourceContext) -> Iterator[WarehouseResource]:
        with open_warehouse(self.database_url, Path(self.state_dir)) as database:
            for note in database.notes:
                (context.log or dg.get_dagster_logger()).info(note)
            with run_lock(database.url):
                with connect(database.url) as connection:
                    bootstrap(connection)
                    self._identity = warehouse_id(connection)
                self._url = database.url
                yield self

    @property
    def identity(self) -> str:
        return self._identity

    @property
    def benchmarks_dir(self) -> Path:
        return Path(self.state_dir) / BENCHMARKS

    @property
    def programs(self) -> Path:
        return wheel_binaries()

    def sqlalchemy_url(self, role: str) -> str:
        parts = urlsplit(self._url)
        # Great Expectations wants a host in its place; a socket folder in the query overrides it
        authority = parts.netloc if parts.hostname else f"{parts.netloc}localhost"
        query = "&".join(filter(None, [parts.query, f"options=-c%20role%3D{role}"]))
        return urlunsplit(("postgresql+psycopg2", authority, parts.path, query, ""))

    def connect(self, role: str) -> psycopg.Connection:
        # autocommit: a transaction is then what `connection.transaction()` says, and ends where it says
        return connect(self._url, role, autocommit=True)


class EvidenceResource(dg.ConfigurableResource, EvidenceOfRun, ReleasedEvidence):  # type: ignore[type-arg]
    """Which packs are read and up to which date; a run may set both."""

    evidence_dir: str
    state_dir: str = Field(description="Where packs are that were written here; they are laid over all others.")
    packs: list[str] = Field(
        default=["public"],
        description="Names under evidence/ or paths; the first one is complete, others are laid over it.",
    )
    as_of: str | None = Field(
        default=None, description="YYYY-MM-DD: evidence dated later is left out. Empty: all of it."
    )

    _made_from: str = PrivateAttr(default="")
    _evidence: Evidence | None = PrivateAttr(default=None)

    def setup_for_execution(self, context: dg.InitResourceContext) -> None:  # noqa: ARG002 - Dagster's signature
        """Take the fingerprint of what a release will be made from, before any of it is read."""
        self._made_from = fingerprint(self._settings, self.request)

    @property
    def _settings(self) -> Settings:
        settings = Settings.from_environment()
        return replace(settings, evidence_dir=Path(self.evidence_dir), state_dir=Path(self.state_dir))

    @property
    def request(self) -> Request:
        """What this run was asked for."""
        return Request.exactly(self._settings, self.packs, date.fromisoformat(self.as_of) if self.as_of else None)

    @property
    def line(self) -> str:
        return self.request.line

    @property
    def scope(self) -> Scope:
        return Scope(as_of=self.request.as_of, packs=tuple(pack.name for pack in self.resolved()))

    def local_pack(self, name: str) -> Path:
        return Path(self.state_dir) / LOCAL_PACKS[name]

    def resolved(self) -> list[Pack]:
        state_dir = Path(self.state_dir)
        return resolve_packs(with_local_packs(self.packs, state_dir), Path(self.evidence_dir), state_dir)

    def read(self) -> Evidence:
        if self._evidence is None:
            self._evidence = read_packs_once(self.resolved(), today=datetime.now(UTC).date())
        return self._evidence

    def raw_versions(self) -> dict[dg.AssetKey, str]:
        return raw_data_versions(self.read(), self.scope)

    def published(self, warehouse: str) -> str | None:
        known = unchanged_release(self._settings, self.request)
        if known is None or (known["fingerprint"], known_warehouse(self._settings)) != (self._made_from, warehouse):
            return None
        return str(known["release_id"])

    def remember(self, warehouse: str, release_id: str) -> None:
        remember(self._settings, self.request, self._made_from, warehouse, release_id)


class ReleaseResource(dg.ConfigurableResource, ReleaseOfRun):  # type: ignore[type-arg]
    """What a release is made from is compared with what is recorded of the tables upstream."""

    releases_dir: str
    reports_dir: str
    decisions: str
    code_version: str

    def require_fresh(
        self, context: dg.AssetExecutionContext, evidence: ReleasedEvidence, connection: psycopg.Connection
    ) -> None:
        graph = context.repository_def.asset_graph
        nodes = chain_nodes(graph, evidence.raw_versions(), contents(connection, keys.LAYERS), (keys.REPORTS,))
        if reasons := stale(nodes, recorded(context.instance, [n.key for n in nodes], current_run_id=context.run_id)):
            named = "; ".join(f"{key.to_user_string()}: {why}" for key, why in list(reasons.items())[:5])
            raise dg.Failure(
                f"{len(reasons)} tables do not fit together ({named}); "
                "start the whole job, or `waku-fit run`, which makes only these again",
                allow_retries=False,
            )

    def remember(self, evidence: ReleasedEvidence, warehouse: str, release_id: str) -> None:
        if self.code_version == code_version(Settings.from_environment()):
            evidence.remember(warehouse, release_id)
