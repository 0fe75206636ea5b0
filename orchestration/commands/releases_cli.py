"""Commands of `waku-fit` about what was published. Does not belong here: what they do (a module of each).

Everything heavy is imported inside a command.
"""

from __future__ import annotations

import json
from datetime import datetime

import click

from assets.reports.lines import TEAM
from orchestration.commands.options import Example, json_option, line_option, require_line, with_settings
from orchestration.settings import Settings


def where(settings: Settings, line: str) -> str:
    """Say where the newest release of a line can be read."""
    return f"Report: {settings.link(line) / 'index.html'}"


@click.command(cls=Example, example="waku-fit status --json")
@line_option
@json_option
@with_settings
def status(settings: Settings, line: str, as_json: bool) -> int:
    """Show the current verdict and its gates.

    Tells also whether the evidence has changed since.
    """
    from assets.evidence.packs import PackError
    from orchestration.staleness.fingerprints import lines_there, request_of_latest, unchanged_release

    require_line(settings, line)
    path = settings.link(line) / "readiness.json"
    if not path.exists():
        others = lines_there(settings)
        click.echo("No release yet; `waku-fit run` makes the first one.")
        if others:
            click.echo(f"There are releases of other lines, which --line shows: {', '.join(others)}.")
        return 0
    readiness = json.loads(path.read_text())
    request = request_of_latest(settings, line)
    gone = ""
    try:
        changed = unchanged_release(settings, request) is None
    except PackError as error:  # what was laid over is not on this machine any more; the verdict still is
        changed, gone = True, f"The release cannot be made again: {error}."
    from orchestration.commands.price_state import price_lines, price_state

    prices = price_state(settings, line)
    if as_json:
        click.echo(json.dumps({**readiness, "line": line, "changed_since": changed, "prices": prices}, indent=2))
        return 0
    from orchestration.commands.summary import line_name, scope_lines, verdict_lines

    click.echo("\n".join([*verdict_lines(readiness), *scope_lines(request, settings), *price_lines(prices)]))
    click.echo(f"Line of releases: {line_name(line)}")
    click.echo(where(settings, line))
    if gone:
        click.echo(gone)
    elif changed:
        again = "" if line == TEAM else ", asked for the same as then,"
        click.echo(f"Evidence, code or settings have changed since this release: `waku-fit run`{again} updates it.")
    else:
        click.echo("Nothing has changed since this release.")
    return 0


@click.command(cls=Example, example="waku-fit releases")
@json_option
@with_settings
def releases(settings: Settings, as_json: bool) -> int:
    """List the published releases of all lines, newest first."""
    from orchestration.staleness.fingerprints import published

    manifests = published(settings)
    if as_json:
        click.echo(json.dumps(manifests, indent=2))
        return 0
    if not manifests:
        click.echo("No release yet; `waku-fit run` makes the first one.")
    width = max((len(m["line"]) for m in manifests), default=0)
    for m in manifests:
        created = datetime.fromisoformat(m["created_at"])
        as_of = m["as_of"] or "all evidence"
        packs = ", ".join(m["packs"])
        told = f"{created:%Y-%m-%d %H:%M} UTC  {m['verdict']:<9}  {as_of:<12}  {m['line']:<{width}}  {packs}"
        click.echo(f"{m['release_id']}  {told}")
    return 0


@click.command(cls=Example, example="waku-fit history --milestone rln_mainnet")
@click.option("--milestone", metavar="ID", help="Id of a milestone; if not given, the default one.")
@line_option
@json_option
@with_settings
def history(settings: Settings, milestone: str | None, line: str, as_json: bool) -> int:
    """Show verdict and gates at each month-end since September 2024.

    Each is judged by what was known and asked by then. A run computes it, and keeps what no new evidence touches.
    """
    from orchestration.commands.history import show_history

    require_line(settings, line)
    return show_history(settings, milestone, line, as_json)


@click.command(cls=Example, example="waku-fit diff 20261116T060000Z 20261123T060000Z")
@click.argument("before", required=False, metavar="[A]")
@click.argument("after", required=False, metavar="[B]")
@line_option
@click.option("--all", "with_all", is_flag=True, help="Print all lines; without it, 60 at most.")
@json_option
@with_settings
def diff(settings: Settings, before: str | None, after: str | None, line: str, with_all: bool, as_json: bool) -> int:
    """Show what changed between two releases.

    From A to B, with the evidence that moved it: each change made alone, or Shapley values where changes act together.
    B is the newest release of the line if it is not given; without both, the newest two of the line are compared. The
    beginning of an id is enough, and the name of a line stands for its newest release.
    """
    from orchestration.commands.diff import show_difference

    require_line(settings, line)
    return show_difference(settings, before, after, line, with_all=with_all, as_json=as_json)


@click.command(cls=Example, example="waku-fit verify 20261116T060000Z")
@click.argument("release", required=False, metavar="[RELEASE]")
@json_option
@with_settings
def verify(settings: Settings, release: str | None, as_json: bool) -> int:
    """Check that all files of a release say what its tables say.

    Makes pages, documents and data files again from the tables and compares them. RELEASE is the beginning of an id;
    the latest one if it is not given. Exit code 1: differences, with the place of the first ones in each file.
    """
    from orchestration.commands.verify import verify as verify_files

    return verify_files(settings, release, as_json)


@click.command(cls=Example, example="waku-fit explain interviews")
@click.argument("name", metavar="NAME")
@click.option("--depth", type=click.IntRange(1, 9), default=3, show_default=True, help="Steps down from the number.")
@line_option
@json_option
@click.option("--prov", "as_prov", is_flag=True, help="Print W3C PROV-JSON, for tools that read provenance.")
@with_settings
def explain(settings: Settings, name: str, depth: int, line: str, as_json: bool, as_prov: bool) -> int:
    """Show what a number of the newest release of a line is made of.

    NAME is a gate, a requirement, a milestone, a deliverable, a USP, a segment, a scenario, a row of evidence as
    table/id, or a cell: table.column@key, or table/key/column as in the page. What it is made of goes down to rows of
    evidence with file and line.
    """
    from orchestration.commands.explain import explain as explain_number

    if as_json and as_prov:
        raise click.UsageError("--json and --prov are two forms; choose one")
    require_line(settings, line)
    return explain_number(settings, name, depth, line, as_json=as_json, as_prov=as_prov)


DECIDE_EXAMPLE = r"""waku-fit decide --role "product lead" --reason "The pilot may start with two segments." \
    --verdict ready"""


@click.command(cls=Example, example=DECIDE_EXAMPLE)
@click.option("--reason", required=True, metavar="TEXT", help="Why; everybody who reads the report sees it.")
@click.option("--role", metavar="ROLE", help="Who says so, by role.")
@click.option("--name", metavar="NAME", help="Who says so, by name; only if the name may be published.")
@click.option(
    "--verdict",
    "decided",
    type=click.Choice(["ready", "not_ready", "unknown"]),
    help="Decide otherwise; without it this is a note. What was computed stays beside it.",
)
@click.option("--milestone", metavar="ID", help="Milestone that is meant; the default one if not given.")
@with_settings
def decide(
    settings: Settings, reason: str, role: str | None, name: str | None, decided: str | None, milestone: str | None
) -> int:
    """Say something about the latest verdict, or decide otherwise.

    It goes to the log of decisions, and to the pages and readiness.json of the latest release. Nothing of it changes
    the computed verdict. To end an override, decide what was computed.
    """
    from orchestration.commands.decide import decide as say

    return say(settings, milestone, decided, role, name, reason)


@click.command(cls=Example, example="waku-fit decisions --json")
@click.option("--forget", type=click.IntRange(1), metavar="LINE", help="Take out who said a line, and why, for good.")
@json_option
@with_settings
def decisions(settings: Settings, forget: int | None, as_json: bool) -> int:
    """List the published verdicts and what people said about them.

    Exit code 1: a line of the log was changed or removed. With --forget the line stays, without who and why.
    """
    from orchestration.commands import decide as log

    return log.show(settings, as_json) if forget is None else log.forget(settings, forget)
