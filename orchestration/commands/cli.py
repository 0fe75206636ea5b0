"""The command line `waku-fit`.

Belongs here: options, exit codes and what is printed. Does not belong here: how anything is computed.
Everything heavy is imported inside a command: a run that finds nothing changed answers before Dagster could be
imported.
"""

from __future__ import annotations

import gc
import os
import time
from datetime import date
from pathlib import Path

import click

from orchestration.commands.by_hand_cli import dbt, psql
from orchestration.commands.crm_cli import crm
from orchestration.commands.options import Example, json_option, map_option, pack_option, with_settings
from orchestration.commands.releases_cli import (
    decide,
    decisions,
    diff,
    explain,
    history,
    releases,
    status,
    verify,
    where,
)
from orchestration.settings import Settings


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 120})
@click.version_option(package_name="waku-fit")
def main() -> None:
    """Is the Waku MVP ready for its market, and what would change the answer?

    \b
    First steps:  waku-fit run      evidence in, verdict and report out
                  waku-fit check    look over evidence that you have just typed
                  waku-fit ui       lineage, history and schedules in the browser
    """


def _day(_: click.Context, __: click.Parameter, value: str | None) -> date | None:
    try:
        return date.fromisoformat(value) if value else None
    except ValueError:
        raise click.BadParameter(f"{value!r} is not a date; write it as YYYY-MM-DD, e.g. 2025-06-30") from None


@main.command(cls=Example, example="waku-fit run --as-of 2025-06-30")
@click.option("--as-of", callback=_day, metavar="YYYY-MM-DD", help="Leave out all evidence dated later.")
@pack_option
@click.option(
    "--bench", type=click.Choice(["reuse", "quick", "full"]), default="reuse", show_default=True,
    help="Archive benchmarks: use the newest results, or measure first (quick: 90 s, full: up to 40 minutes).",
)  # fmt: skip
@click.option("--preview", is_flag=True, help="Say what would move, and publish nothing.")
@click.option("--timings", is_flag=True, help="Tell in the end where the time went, by step and by table.")
@with_settings
def run(
    settings: Settings, as_of: date | None, packs: tuple[str, ...], bench: str, preview: bool, timings: bool
) -> int:
    """Make a release: evidence in, verdict and report out.

    Loads the evidence, computes costs and gates, publishes. With --as-of, or with other packs than the usual ones, the
    release is of a line of its own, and reports/latest stays as it is. Exit code 0: published, or nothing had changed.
    """
    from orchestration.staleness.fingerprints import Request, fingerprint, unchanged_release

    started = time.monotonic()
    if bench != "reuse":
        from orchestration.commands.bench import measure_and_tell

        measure_and_tell(settings, bench)
    request = Request.of(settings, packs, as_of)
    if unchanged := unchanged_release(settings, request):
        click.echo(f"Nothing changed since release {unchanged['release_id']}: nothing was run.")
        click.echo(where(settings, request.line))
        return 0
    # What is imported stays: to look through a million objects for garbage, again and again, takes a fifth of the time.
    gc.disable()
    from assets.common import helper_process

    # Dagster takes seconds to import, and so do these: side by side
    helper_process.start("checks.gx")
    helper_process.start("orchestration.transforms.dbt_build")
    from orchestration.commands.check import evidence_without_mistakes

    before = fingerprint(settings, request)
    evidence = evidence_without_mistakes(settings, request.packs)
    if evidence is None:
        return 1
    from orchestration.commands.run import run_chain

    return run_chain(settings, request, evidence, before, started, timings=timings, is_preview=preview)


@main.command(cls=Example, example="waku-fit check ../our-interviews")
@click.argument("path", required=False, type=click.Path(path_type=Path))
@pack_option
@json_option
@with_settings
def check(settings: Settings, path: Path | None, packs: tuple[str, ...], as_json: bool) -> int:
    """Validate evidence without a database. PATH is a folder laid out like evidence/public, or one file of it.

    Exit code 1: mistakes.
    """
    # Each takes a tenth of the time of one file: to look for garbage among imports, and for plugins that nobody has.
    gc.disable()
    os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "true")
    from orchestration.commands.check import check_evidence

    return check_evidence(settings, path, packs, as_json)


@main.command(cls=Example, example="waku-fit new interview --pack ../our-interviews")
@click.argument("kind")
@click.option("--pack", metavar="PACK", help="Pack to write to, never the public one; `private` if not given.")
@click.option("--id", "row_id", metavar="ID", help="Id; if not given, a code drawn at random, or a blank in a table.")
@click.option(
    "--table", "tables", multiple=True, metavar="TABLE",
    help="Of a workbook: a table that gets a sheet, in place of the usual ones. May be repeated.",
)  # fmt: skip
@click.option(
    "--file", type=click.Path(path_type=Path, dir_okay=False),
    help="Of a workbook: where it is written; PACK.xlsx here if not given.",
)  # fmt: skip
@with_settings
def new(
    settings: Settings, kind: str, pack: str | None, row_id: str | None, tables: tuple[str, ...], file: Path | None
) -> int:
    """Write something to fill in: a workbook, or a template of one document or row.

    KIND is `workbook`, `interview`, `session`, `price`, `mark`, or the name of any table (docs/tables.md). A workbook
    holds what is in the pack already; `waku-fit import` takes it back (docs/workbook.md).
    """
    if kind == "workbook":
        if row_id:
            raise click.UsageError("--id is for a single document or row; a workbook has many")
        from orchestration.commands.workbook import new_workbook

        return new_workbook(settings, pack, tables, file)
    if tables or file:
        raise click.UsageError("--table and --file are for `waku-fit new workbook`")
    from orchestration.commands import analyst

    return analyst.new(settings, kind, pack, row_id)


@main.command("import", cls=Example, example="waku-fit import our-interviews.xlsx --pack ../our-interviews")
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option("--pack", metavar="PACK", help="Pack to write to, never the public one; `private` if not given.")
@click.option("--replace", "replace_existing", is_flag=True, help="Replace what is there and says something else.")
@map_option
@with_settings
def import_(settings: Settings, file: Path, pack: str | None, replace_existing: bool, maps: tuple[str, ...]) -> int:
    """Take back a workbook of `waku-fit new workbook`, or a sheet of interviews as `import-interviews` does.

    Each mistake is named by its sheet and cell. With a mistake anywhere, nothing is written. What is in the pack and
    not in the workbook stays. More: docs/workbook.md.
    """
    from orchestration.commands.workbook_import import import_file

    return import_file(settings, file, pack, replace_existing=replace_existing, maps=maps)


@main.command(cls=Example, example="waku-fit schema")
@click.option("--page", type=click.Path(path_type=Path, dir_okay=False), help="Write what each column means here too.")
@with_settings
def schema(settings: Settings, page: Path | None) -> int:
    """Write JSON Schemas of documents, for editors, and of rows, for programs.

    They go to evidence/schemas/ and complete what is typed.
    """
    from orchestration.commands.analyst import write_schemas

    return write_schemas(settings, page)


@main.command("import-interviews", cls=Example, example="waku-fit import-interviews sheet.csv --pack ../our-interviews")
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option("--pack", required=True, metavar="PACK", help="Pack to write to.")
@click.option("--replace", "replace_existing", is_flag=True, help="Replace interviews that are already there.")
@map_option
@with_settings
def import_interviews(settings: Settings, file: Path, pack: str, replace_existing: bool, maps: tuple[str, ...]) -> int:
    """Write a document for each interview of a sheet, or of an export of a research tool.

    With a mistake anywhere, nothing is written. Columns: docs/interviews.md; other tools: docs/research_tools.md.
    """
    from orchestration.commands import analyst

    return analyst.import_interviews(settings, file, pack, replace_existing=replace_existing, maps=maps)


@main.command("export-interviews", cls=Example, example="waku-fit export-interviews sheet.csv --pack ../our-interviews")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@click.option("--pack", required=True, metavar="PACK", help="Pack to read.")
@with_settings
def export_interviews(settings: Settings, file: Path, pack: str) -> int:
    """Write the interviews of a pack as a sheet.

    One row is one finding. It holds all that was typed, whatever the consent.
    """
    from orchestration.commands import analyst

    return analyst.export_interviews(settings, pack, file)


@main.command(cls=Example, example="waku-fit refresh --source ecb --source azure --only-check")
@click.option("--source", "sources", multiple=True, metavar="S", help="Ask only this one. May be repeated.")
@click.option("--only-check", is_flag=True, help="Ask and judge, but write nothing.")
@json_option
@with_settings
def refresh(settings: Settings, sources: tuple[str, ...], only_check: bool, as_json: bool) -> int:
    """Ask providers for their prices of today, and GitHub for the state of the roadmap.

    What is accepted overrides older evidence in later runs. Prices beyond a declared bound, or in another unit or
    currency, are rejected, and so is an open issue of work that is on record as done: what was known stays. Exit
    code 1: every source that was asked failed. Tokens come from the environment: HCLOUD_TOKEN,
    DIGITALOCEAN_ACCESS_TOKEN; nodes from ETH_RPC_URL and LINEA_RPC_URL. GitHub is asked only where
    WAKU_FIT_ROADMAP_REPOSITORY names a repository (owner/name); GITHUB_TOKEN is optional.
    """
    from assets.common.http import HttpClient
    from orchestration.commands.refresh import now, refresh_evidence, tell

    with HttpClient() as client:
        outcomes = refresh_evidence(settings, sources, only_check, client, now, os.environ)
    return tell(outcomes, only_check, as_json)


@main.command(cls=Example, example="waku-fit ui --port 3001")
@click.option("--port", type=click.IntRange(1, 65535), default=3000, show_default=True, help="Port on 127.0.0.1.")
@click.option("--read-only", is_flag=True, help="Look, but start nothing: no runs, no schedules.")
@with_settings
def ui(settings: Settings, port: int, read_only: bool) -> int:
    """Open the Dagster UI on this machine.

    Lineage, run history, schedules. It takes a moment to start; Ctrl-C ends it.
    """
    from orchestration.commands.ui import serve

    return serve(settings, port, read_only)


@main.command(cls=Example, example="waku-fit bench --grid full")
@click.option(
    "--grid",
    type=click.Choice(["quick", "full"]),
    default="quick",
    show_default=True,
    help="What is measured: quick takes 90 s at most, full 40 minutes and some 50 GB of disk.",
)
@click.option(
    "--database-url",
    metavar="URL",
    help="A server to measure instead of the embedded one; its login needs "
    "CREATEDB. WAKU_FIT_DATABASE_URL does the same, and is not seen by other accounts of the machine.",
)
@click.option("--seed", type=click.IntRange(0), default=1, show_default=True, help="Of messages, order and requests.")
@click.option("--fresh", is_flag=True, help="Begin anew where an unfinished session could be resumed.")
@click.option("--keep", metavar="PACK", help="Measure nothing: append the newest results to an evidence folder.")
@json_option
@with_settings
def bench(
    settings: Settings, grid: str, database_url: str | None, seed: int, fresh: bool, keep: str | None, as_json: bool
) -> int:  # fmt: skip
    """Measure the message archive on PostgreSQL.

    Stage by stage of its schema; `waku-fit run` uses the results. Let nothing else run on the machine meanwhile. A
    session that was cut off is resumed by the same command.
    """
    from orchestration.commands.bench import keep_newest, measure_and_tell

    if keep:
        return keep_newest(settings, keep)
    measure_and_tell(settings, grid, database_url=database_url, seed=seed, fresh=fresh, as_json=as_json)
    return 0


@main.command(cls=Example, example="waku-fit doctor")
@json_option
@with_settings
def doctor(settings: Settings, as_json: bool) -> int:
    """Look for what would stop a run.

    Versions, folders, evidence, database. Exit code 1: something would.
    """
    from orchestration.commands.doctor import examine

    return examine(settings, as_json)


@main.command(cls=Example, example="waku-fit backup ../waku-fit-2026-12-01.tar.gz")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@with_settings
def backup(settings: Settings, file: Path) -> int:
    """Write releases, database, run history and decisions to one file.

    It is read back and restored into an empty server before it gets its name. Packs of evidence are not in it.
    """
    from orchestration.commands.backup import back_up

    return back_up(settings, file)


@main.command(cls=Example, example="waku-fit restore ../waku-fit-2026-12-01.tar.gz")
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@with_settings
def restore(settings: Settings, file: Path) -> int:
    """Put back what `waku-fit backup` wrote.

    Only into a state folder and a database that hold nothing yet: nothing is overwritten.
    """
    from orchestration.commands.backup import restore as put_back

    return put_back(settings, file)


IMPORT_EXAMPLE = r"""waku-fit import-benchmark pgbench_log.* --format pgbench \
    --stage lookup_table --workload insert --clients 8 \
    --archive-messages 1000000 --payload-bytes 1000 \
    --run our_store_db --into ../our-benchmarks --server-location same_host \
    --cpu-model 'EPYC 7B13' --cores 4 --memory-gib 16 \
    --operating-system 'Linux 6.8' --postgres-version 16.4 \
    --load-generator 'pgbench 16.4'"""


# fmt: off
@main.command("import-benchmark", cls=Example, example=IMPORT_EXAMPLE)
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--format", "run_format", required=True, metavar="FORMAT",
              help="What wrote the files: pgbench, aggregate (pgbench --aggregate-interval), jtl (JMeter), k6, csv; or"
              " whose figures they are: jmeter-statistics, k6-summary, locust, wrk or hyperfine.")
@click.option("--into", required=True, type=click.Path(path_type=Path), help="Folder of the pack that gets the rows.")
@click.option("--run", "run_id", required=True, help="Name of the run; measurements of one run are compared.")
@click.option("--stage", required=True, help="Stage of the archive's schema that was measured.")
@click.option("--workload", required=True, help="What was asked of it, such as insert or first_page_20.")
@click.option("--clients", required=True, type=click.IntRange(1), help="Clients at one time.")
@click.option("--round", "round_", default=0, type=click.IntRange(0), help="Of repeated measurements; else 0.")
@click.option("--archive-messages", type=click.IntRange(1), help="Messages stored before.")
@click.option("--payload-bytes", type=click.IntRange(1), help="Size of a payload.")
@click.option("--rate", "rate_per_s", type=float, help="Operations offered per second; leave out for a closed loop.")
@click.option("--operation", default="", help="Take this kind of operation only (script, label or name in the file).")
@click.option("--source", default="", help="Where a reader can check it; the names of the files if left out.")
@click.option("--note", default="", help="What a reader must know besides.")
@click.option("--measured-on", callback=_day, metavar="YYYY-MM-DD", help="Day of the run, if the file lacks it.")
@click.option("--server-location", type=click.Choice(["embedded", "same_host", "other_host"]), help="Of the database.")
@click.option("--cpu-model", help="Processor of the load generator's machine.")
@click.option("--cores", "cpu_cores", type=click.IntRange(1), help="Cores of that machine.")
@click.option("--memory-gib", type=float, help="Its main memory.")
@click.option("--operating-system", help="Its operating system.")
@click.option("--file-system", help="File system of the database's data.")
@click.option("--postgres-version", help="Version of the database.")
@click.option("--load-generator", help="Program that made the load, with its version.")
@click.option("--changed-settings", help="Settings of the database off their defaults: name=value;name=value.")
@with_settings
def import_benchmark(
    _: Settings, files: tuple[Path, ...], run_format: str, into: Path, run_id: str, stage: str, workload: str,
    clients: int, round_: int, archive_messages: int | None, payload_bytes: int | None, rate_per_s: float | None,
    operation: str, source: str, note: str, measured_on: date | None, **environment: object,
) -> int:
    # fmt: on
    """Add your own measurement of an archive to a pack.

    Exit code 1: a mistake, nothing written. The first measurement of a run describes its environment; further ones
    name the run only.
    """
    from assets.benchmarks.imports.rows import What
    from orchestration.commands.import_benchmark import import_benchmark as run_import

    what = What(
        run_id, stage, workload, clients, round_, archive_messages, payload_bytes, rate_per_s, operation, source, note,
        measured_on,
    )
    return run_import(files, run_format, into, what, environment)


for command in (status, releases, history, diff, verify, explain, decide, decisions, crm, psql, dbt):
    main.add_command(command)
