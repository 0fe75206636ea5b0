"""What all commands of `waku-fit` share: settings, exit codes, options that mean the same everywhere.

Belongs here: no command. Everything heavy is imported inside of a command.
"""

from __future__ import annotations

import errno
import sys
from collections.abc import Callable
from functools import wraps
from typing import Any

import click

from assets.evidence.packs import PackError
from assets.reports.lines import TEAM
from orchestration.errors import UserError
from orchestration.settings import Settings, SettingsError

pack_option = click.option(
    "--pack", "packs", multiple=True, metavar="PACK",
    help="Evidence to lay over the public one: a name under evidence/, or a folder elsewhere. May be repeated.",
)  # fmt: skip
map_option = click.option(
    "--map", "maps", multiple=True, metavar="MAPPING",
    help="What columns of another program are: a YAML file, or THEIRS=OURS pairs, such as 'Text=quote,Title=tag'."
    " Without it, FILE.map.yaml beside the file.",
)  # fmt: skip
line_option = click.option(
    "--line", default=TEAM, metavar="LINE", show_default="the team's",
    help="Line of releases: what reports/LINE leads to, such as sample or asof-2024-12-31.",
)  # fmt: skip
json_option = click.option("--json", "as_json", is_flag=True, help="Print JSON for scripts.")


REFUSED = {errno.EACCES, errno.EPERM, errno.EROFS}
FULL = {errno.EDQUOT, errno.ENOSPC}
"""Errors of files that only the user can fix: permissions and disks that are read only, and full ones."""


class Example(click.Command):
    """A command whose help ends with an example."""

    def __init__(self, *args: Any, example: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.epilog = f"\b\nExample:\n  {example}"  # \b: not wrapped, so that it can be copied


def require_line(settings: Settings, line: str) -> None:
    """Raise `UserError` for a line other than the team's that has no release, and where its newest one is damaged."""
    from assets.evidence.wording import with_suggestion
    from orchestration.staleness.fingerprints import lines_there, require_whole

    known = [name for name in lines_there(settings) if name != TEAM]
    if line not in (TEAM, *known):
        others = with_suggestion(f"{TEAM}, the team's, or one of: {', '.join(known)}", line, [TEAM, *known])
        raise UserError(f"there is no line {line} of releases; expected {others if known else f'{TEAM}, the only one'}")
    require_whole(settings, line)


def with_settings(command: Callable[..., int | None]) -> Callable[..., None]:
    """Give a command its settings, turn its return value into the exit code, and known errors into one sentence."""

    @wraps(command)
    def wrapper(*args: Any, **kwargs: Any) -> None:
        try:
            code = command(Settings.from_environment(), *args, **kwargs)
        except (UserError, SettingsError, PackError) as error:
            click.echo(f"waku-fit: {error}", err=True)
            code = 1
        except OSError as error:
            if error.errno not in FULL and not (error.errno in REFUSED and error.filename):
                raise
            where = f" at {error.filename}" if error.filename else ""
            click.echo(f"waku-fit: {error.strerror}{where}: free or permit it, and call again", err=True)
            code = 1
        sys.exit(code or 0)

    return wrapper
