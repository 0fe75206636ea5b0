"""`waku-fit psql` and `waku-fit dbt` on the command line. Does not belong here: what they do (`by_hand.py`)."""

from __future__ import annotations

import click

from orchestration.commands.options import Example, with_settings
from orchestration.settings import Settings

PASSED_ON = {"ignore_unknown_options": True, "allow_interspersed_args": False}
arguments_option = click.argument("arguments", nargs=-1, type=click.UNPROCESSED)


@click.command(
    cls=Example, example='waku-fit psql --role reader -c "select * from release.current"', context_settings=PASSED_ON
)
@click.option(
    "--role", type=click.Choice(["reader", "transformer", "loader", "admin"]),
    help="Act as this role of the warehouse; without it, as the login.",
)  # fmt: skip
@arguments_option
@with_settings
def psql(settings: Settings, role: str | None, arguments: tuple[str, ...]) -> int:
    """Open the warehouse in psql.

    ARGUMENTS are those of psql. The password is not among them.
    """
    from orchestration.commands.by_hand import psql as open_psql

    return open_psql(settings, role, arguments)


@click.command(cls=Example, example="waku-fit dbt test --select marts", context_settings=PASSED_ON)
@arguments_option
@with_settings
def dbt(settings: Settings, arguments: tuple[str, ...]) -> int:
    """Run dbt on the warehouse.

    ARGUMENTS are those of dbt. `waku-fit dbt docs` writes the documentation of all models to one file and says where.
    """
    from orchestration.commands.by_hand import dbt as run_dbt

    return run_dbt(settings, arguments)
