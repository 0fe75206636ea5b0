"""psql and dbt on the warehouse that runs use: the embedded one, and a server with a password."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Callable
from pathlib import Path

from orchestration.warehouse.connection import bootstrap, connect, open_warehouse, run_lock
from tests.integration import forked
from tests.integration.chain import Chain
from tests.integration.servers import PASSWORD

RELEASES = ("-Atc", "select count(*), current_user from release.releases")


def test_psql_opens_the_embedded_warehouse(chain: Chain) -> None:
    opened = chain.waku_fit("psql", *RELEASES)
    assert (opened.stdout, opened.stderr) == ("1|waku_fit\n", ""), "psql is of another version than the server"
    assert chain.waku_fit("psql", "--role", "reader", *RELEASES).stdout == "1|waku_fit_reader\n"
    refused = chain.waku_fit("psql", "--role", "reader", "-c", "select * from raw.evidence_scope")
    assert (refused.returncode, "permission denied for schema raw" in refused.stderr) == (1, True)


def test_without_an_installed_psql_that_of_the_embedded_server_is_taken(
    tmp_path: Path, login: Callable[..., str]
) -> None:
    elsewhere = Chain(tmp_path, login("ann", "createrole"))
    environment = {**elsewhere.environment, "PATH": str(tmp_path)}
    done = forked.call(environment, forked.command_line, "psql", "-Atc", "select current_user")
    assert done.stdout == "ann\n", done.stderr


def test_psql_has_the_password_of_another_server_in_no_argument(tmp_path: Path, login: Callable[..., str]) -> None:
    elsewhere = Chain(tmp_path, login("ann", "createrole"))
    told = elsewhere.waku_fit("psql", "-c", r"\! tr '\0' ' ' < /proc/$PPID/cmdline")
    assert told.returncode == 0, told.stderr
    assert "psql -c" in told.stdout
    assert PASSWORD not in told.stdout + told.stderr
    assert elsewhere.waku_fit("psql", "-Atc", "select current_database(), current_user").stdout == "shop|ann\n"
    wrong = Chain(tmp_path, re.sub(r":[^:@/]+@", ":guessed@", elsewhere.database_url)).waku_fit(
        "psql", "-c", "select 1"
    )
    assert (wrong.returncode, "password authentication failed" in wrong.stderr) == (1, True)
    assert "guessed" not in wrong.stderr


def test_a_role_of_a_warehouse_that_no_run_prepared_is_refused(tmp_path: Path, login: Callable[..., str]) -> None:
    elsewhere = Chain(tmp_path, login("ann", "createrole"))
    for command in (("psql", "--role", "reader"), ("dbt", "run")):
        refused = elsewhere.waku_fit(*command)
        assert refused.returncode == 1
        assert "`waku-fit run` prepares the database" in refused.stderr


def test_dbt_runs_on_the_warehouse_without_further_settings(chain: Chain) -> None:
    done = chain.waku_fit("dbt", "--quiet", "show", "--select", "gate_requirements", "--limit", "1", "--output", "json")
    assert done.returncode == 0, done.stdout + done.stderr
    assert '"gate_id"' in done.stdout
    assert (chain.root / "state" / "dbt" / "by_hand" / "manifest.json").exists()
    assert chain.waku_fit("dbt", "no-such-command").returncode == 2


def test_dbt_changes_nothing_beside_a_run(chain: Chain) -> None:
    with open_warehouse(None, chain.root / "state") as database:
        with connect(database.url, autocommit=True) as connection:
            bootstrap(connection)
        with run_lock(database.url):
            refused = chain.waku_fit("dbt", "run", "--select", "scenarios")
            listed = chain.waku_fit("dbt", "--quiet", "ls", "--select", "scenarios")
    assert (refused.returncode, "another run is active" in refused.stderr) == (1, True)
    assert "waku_fit.marts.scenarios" in listed.stdout


def test_the_documentation_of_all_models_is_one_file(chain: Chain) -> None:
    done = chain.waku_fit("dbt", "docs")
    assert done.returncode == 0, done.stdout + done.stderr
    file = Path(done.stdout.splitlines()[-1].partition(": ")[2])
    assert file == chain.root / "state" / "dbt" / "by_hand" / "static_index.html"
    assert "model.waku_fit.gate_requirements" in file.read_text(encoding="utf-8")


def test_help_names_what_is_passed_on() -> None:
    for command in ("psql", "dbt"):
        told = subprocess.run(Chain(Path()).command(command, "--help"), capture_output=True, text=True, check=True)
        assert "ARGUMENTS are those of" in told.stdout
