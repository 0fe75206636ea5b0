"""`waku-fit decide` and `waku-fit decisions`: what people say about a verdict, and the log of it.

Belongs here: what is asked of whoever decides, and what is printed. Does not belong here: the log itself
(`assets.reports.release.decision_log`).
"""

from __future__ import annotations

import json

import click

from assets.privacy.identities import identities_in
from assets.reports.decisions import BrokenLogError, DecisionKind, LogLine
from assets.reports.release.decision_log import DecisionLog, NotPublishedError, PagesError
from orchestration.errors import UserError
from orchestration.settings import Settings
from orchestration.staleness.fingerprints import code_version, require_whole

LONGEST = 1000
"""Characters of a reason."""


def decide(
    settings: Settings, milestone: str | None, decided: str | None, role: str | None, name: str | None, reason: str
) -> int:
    """Add a note, or with `decided` an override, to the log and to the latest release. Raises `UserError`."""
    if (role is None) == (name is None):
        raise UserError('say who decides: --role, such as "product lead", or --name if the name may be published')
    who = _plain("--role", role) if role is not None else " ".join(str(name).split())
    words = _plain("--reason", reason)
    if not who or not words:
        raise UserError("a role or name and a reason are needed; one of them is empty")
    if len(words) > LONGEST:
        raise UserError(f"--reason has {len(words)} characters, expected {LONGEST} at most")
    require_whole(settings)
    try:
        line = _log(settings).say(milestone or _default_milestone(settings), who, words, decided)
    except (BrokenLogError, NotPublishedError, PagesError) as error:
        raise UserError(str(error)) from error
    click.echo(f"Line {line.position} of {settings.decisions}: {_said(line)}")
    click.echo(f"Report: {settings.latest / 'index.html'}")
    return 0


def show(settings: Settings, as_json: bool) -> int:
    """Print the log, after looking whether all lines are as they were written. Raises `UserError`."""
    require_whole(settings)
    lines = _read(settings)
    if as_json:
        click.echo(json.dumps([json.loads(line.as_line()) for line in lines], indent=2, ensure_ascii=False))
        return 0
    if not lines:
        click.echo("No decision yet; a release notes its verdicts here, and `waku-fit decide` adds what people say.")
    for line in lines:
        about = f"{line.about.milestone_id} in {line.about.release_id}"
        click.echo(f"{line.position:>4}  {line.at:%Y-%m-%d %H:%M} UTC  {about}: {_said(line)}")
    return 0


def forget(settings: Settings, position: int) -> int:
    """Take out for good who said something and why, of one line. Raises `UserError`."""
    try:
        found = _log(settings).forget(lambda line: line.position == position)
    except (BrokenLogError, PagesError) as error:
        raise UserError(str(error)) from error
    if not found:
        raise UserError(f"line {position} of {settings.decisions} has no words of anybody")
    click.echo(f"Who said line {position}, and why, was taken out of the log and of all releases for good.")
    return 0


def _log(settings: Settings) -> DecisionLog:
    return DecisionLog(settings.decisions, settings.releases_dir, settings.latest, code_version(settings))


def _read(settings: Settings) -> tuple[LogLine, ...]:
    try:
        return _log(settings).read()
    except BrokenLogError as error:
        raise UserError(str(error)) from error


def _default_milestone(settings: Settings) -> str:
    readiness = settings.latest / "readiness.json"
    if not readiness.exists():
        raise UserError("there is no release yet; `waku-fit run` makes one")
    return str(json.loads(readiness.read_text(encoding="utf-8"))["milestone_id"])


def _plain(option: str, text: str) -> str:
    """Return a text on one line. Raises `UserError` where it may tell who somebody is, without saying it again."""
    plain = " ".join(text.split())
    if found := identities_in(plain):
        hint = "give a name as --name if it may be published" if option == "--role" else "say it without"
        raise UserError(f"{option} may tell who somebody is: {found[0]}; {hint}")
    return plain


def _said(line: LogLine) -> str:
    if line.kind is DecisionKind.VERDICT:
        return f"computed {_answer(line.about.verdict)}"
    what = f"decided {_answer(str(line.decided))}, computed {_answer(line.about.verdict)}" if line.decided else "note"
    by = f"by {line.words.who}: {line.words.reason}" if line.words else "whose words were taken out"
    return f"{what}, {by}"


def _answer(verdict: str) -> str:
    return verdict.replace("_", " ")
