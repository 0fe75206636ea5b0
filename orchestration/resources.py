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
from assets.evidence.assets import raw_data_versions
from assets.evidence.packs import BENCHMARKS, LIVE_PRICES, LOCAL_PACKS, Pack, resolve_packs, with_local_packs
from assets.evidence.read_packs import Evidence, Scope, read_packs_once
from orchestration.settings import Settings
from orchestration.staleness.fingerprints import Request, code_version, fingerprint, remember
from orchestration.staleness.freshness import chain_nodes, recorded, stale
from orchestration.warehouse.connection import bootstrap, connect, open_warehouse, run_lock, warehouse_id
from orchestration.warehouse.layout import wheel_binaries


class WarehouseResource(dg.ConfigurableResource):  # type: ignore[type-arg]
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
        """What tells this database from every other."""
        return self._identity

    @property
    def benchmarks_dir(self) -> Path:
        """Where sessions of benchmarks are kept."""
        return Path(self.state_dir) / BENCHMARKS

    @property
    def programs(self) -> Path:
        """The folder with pgbench."""
        return wheel_binaries()

    def sqlalchemy_url(self, role: str) -> str:
        """Return the URL for SQLAlchemy with psycopg2, acting as `role` from the first statement on."""
        parts = urlsplit(self._url)
        # Great Expectations wants a host in its place; a socket folder in the query overrides it
        authority = parts.netloc if parts.hostname else f"{parts.netloc}localhost"
        query = "&".join(filter(None, [parts.query, f"options=-c%20role%3D{role}"]))
        return urlunsplit(("postgresql+psycopg2", authority, parts.path, query, ""))

    def connect(self, role: str) -> psycopg.Connection:
        """Return a connection that acts as `role` (see the matrix in `orchestration.warehouse.connection`)."""
        # autocommit: a transaction is then what `connection.transaction()` says, and ends where it says
        return connect(self._url, role, autocommit=True)


class EvidenceResource(dg.ConfigurableResource):  # type: ignore[type-arg]
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
        packs = with_local_packs(self.packs, Path(self.state_dir))
        return Request(tuple(packs), date.fromisoformat(self.as_of) if self.as_of else None)

    @property
    def scope(self) -> Scope:
        """What is loaded. Packs go by their names: where a folder lies on a machine is nobody's business."""
        return Scope(as_of=self.request.as_of, packs=tuple(pack.name for pack in self.resolved()))

    @property
    def prices_dir(self) -> Path:
        """The pack of refreshed prices."""
        return Path(self.state_dir) / LOCAL_PACKS[LIVE_PRICES]

    def resolved(self) -> list[Pack]:
        """Return the folders of all packs."""
        state_dir = Path(self.state_dir)
        return resolve_packs(with_local_packs(self.packs, state_dir), Path(self.evidence_dir), state_dir)

    def read(self) -> Evidence:
        """Read and validate all packs; problems are in the result, nothing is raised for them.

        One run reads them once: what it compares at its end is what it loaded, whatever was edited meanwhile.
        """
        if self._evidence is None:
            self._evidence = read_packs_once(self.resolved(), today=datetime.now(UTC).date())
        return self._evidence

    def remember(self, warehouse: str, release_id: str) -> None:
        """Note that `release_id` was made from what there was when this run began."""
        remember(self._settings, self.request, self._made_from, warehouse, release_id)


class ReleaseResource(dg.ConfigurableResource):  # type: ignore[type-arg]
    """Where releases go, what the code is called, and the guard that nothing stale is published."""

    releases_dir: str
    latest: str
    code_version: str

    def require_fresh(self, context: dg.AssetExecutionContext, evidence: EvidenceResource) -> None:
        """Raise `dg.Failure` unless every table upstream was made from what its own inputs are now.

        Raw tables must hold what this run was asked for: a run of a few tables with other packs would publish a mix.
        """
        graph = context.repository_def.asset_graph
        content = raw_data_versions(evidence.read(), evidence.scope)
        nodes = chain_nodes(graph, content, exclude_layers=(keys.REPORTS,))
        if reasons := stale(nodes, recorded(context.instance, [n.key for n in nodes], current_run_id=context.run_id)):
            named = "; ".join(f"{key.to_user_string()}: {why}" for key, why in list(reasons.items())[:5])
            raise dg.Failure(
                f"{len(reasons)} tables do not fit together ({named}); "
                "start the whole job, or `waku-fit run`, which makes only these again",
                allow_retries=False,
            )

    def remember(self, evidence: EvidenceResource, warehouse: str, release_id: str) -> None:
        """Note what was published, so that nothing is run for it again; not if the code changed since it was loaded."""
        if self.code_version == code_version(Settings.from_environment()):
            evidence.remember(warehouse, release_id)
