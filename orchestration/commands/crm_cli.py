"""`waku-fit crm` on the command line: options and tokens. Does not belong here: what the commands do (`crm.py`)."""

from __future__ import annotations

from pathlib import Path

import click

from orchestration.commands.options import Example, line_option, map_option, require_line, with_settings
from orchestration.settings import Settings

apply_option = click.option("--apply", is_flag=True, help="Do it; without this, only say what would change.")
into_option = click.option(
    "--pack", default="private", show_default=True, metavar="PACK", help="Pack that takes what the CRM says."
)
crm_option = click.argument("product", type=click.Choice(["hubspot"]), expose_value=False)


@click.group()
def crm() -> None:
    """Keep organisations in step with the team's CRM.

    By a key that never changes. No people, no contacts.
    """


@crm.command(cls=Example, example="waku-fit crm export organisations.csv")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@line_option
@with_settings
def export(settings: Settings, file: Path, line: str) -> int:
    """Write the organisations of the newest release of a line to FILE.

    FILE is .csv or .json; columns: docs/crm.md.
    """
    from orchestration.commands.crm import export_file

    require_line(settings, line)
    return export_file(settings, file, line)


@crm.command("import", cls=Example, example="waku-fit crm import organisations.csv --pack ../our-evidence --apply")
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@into_option
@map_option
@line_option
@apply_option
@with_settings
def import_(settings: Settings, file: Path, pack: str, maps: tuple[str, ...], line: str, apply: bool) -> int:
    """Take what FILE says otherwise into a pack.

    FILE is .csv, .xlsx or .json; exports of HubSpot, Salesforce and Pipedrive are read as they are. What it says
    otherwise than the newest release of the line becomes evidence of today.
    """
    from orchestration.commands.crm import import_file
    from orchestration.commands.refresh import now

    require_line(settings, line)
    return import_file(settings, file, pack, now().date(), apply=apply, line=line, maps=maps)


@crm.command(cls=Example, example="HUBSPOT_ACCESS_TOKEN=... waku-fit crm push hubspot --apply")
@crm_option
@line_option
@apply_option
@with_settings
def push(settings: Settings, line: str, apply: bool) -> int:
    """Write what the newest release of a line says otherwise to the CRM.

    Exit code 1: not all was taken. The token comes from the environment: HUBSPOT_ACCESS_TOKEN.
    """
    import os

    from assets.common.http import HttpClient
    from orchestration.commands import crm as commands

    require_line(settings, line)
    token = commands.token_of(os.environ)
    with HttpClient() as client:
        return commands.push(settings, client, token, apply=apply, line=line)


@crm.command(cls=Example, example="HUBSPOT_ACCESS_TOKEN=... waku-fit crm pull hubspot --pack ../our-evidence --apply")
@crm_option
@into_option
@line_option
@apply_option
@with_settings
def pull(settings: Settings, pack: str, line: str, apply: bool) -> int:
    """Take what the CRM says otherwise into a pack.

    What it says otherwise than the newest release of the line becomes evidence of today. The token comes from the
    environment: HUBSPOT_ACCESS_TOKEN.
    """
    import os

    from assets.common.http import HttpClient
    from orchestration.commands import crm as commands
    from orchestration.commands.refresh import now

    require_line(settings, line)
    token = commands.token_of(os.environ)
    with HttpClient() as client:
        return commands.pull(settings, client, token, pack, now().date(), apply=apply, line=line)
