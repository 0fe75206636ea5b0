"""`waku-fit crm`: organisations out to the team's CRM and back. Nothing is changed without --apply.

Belongs here: files, what is printed. Does not belong here: fields and differences (`assets.segments.crm`), HubSpot.
"""

from __future__ import annotations

import csv
import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path

import click

from assets.common.answers import Client, RemoteError
from assets.common.files import write_all
from assets.common.spreadsheet import typed
from assets.evidence.model import Grade, Problem
from assets.evidence.tables import TABLES_BY_KEY
from assets.reports.lines import TEAM
from assets.segments.crm import (
    HEADINGS,
    KEY,
    FieldChange,
    OrganisationRecord,
    differences,
    evidence_row,
    organisation,
    signed,
    to_csv,
    to_json,
    with_rows,
    without_echoes,
)
from assets.segments.hubspot import BATCH, TOKEN, Failure, HubSpot
from orchestration.commands.analyst import pack_to_write
from orchestration.commands.importers import checked, extended, nothing_written, rows_of
from orchestration.commands.mappings import organisation_translation
from orchestration.commands.summary import line_name
from orchestration.errors import UserError
from orchestration.paths import shown, write_file
from orchestration.settings import Settings

UPDATES = TABLES_BY_KEY["segments__organisations"]
AGAIN = "run the same command again"
_WRITERS = {".csv": to_csv, ".json": to_json}


def export_file(settings: Settings, file: Path, line: str = TEAM) -> int:
    """Write the organisations of the newest release of a line to `file`. Raises `UserError`."""
    known = released(settings, line)
    write_file(file, _WRITERS[_suffix(file)](known))
    click.echo(f"{_counted(len(known))} in {file}. Line of releases: {line_name(line)}.")
    return 0


def import_file(
    settings: Settings,
    file: Path,
    pack: str,
    today: date,
    *,
    apply: bool,
    maps: Sequence[str] = (),
    line: str = TEAM,
) -> int:
    """Take what a file from the CRM says otherwise than the line's newest release into a pack. Raises `UserError`.

    `maps` say what columns of another program are: a file, or pairs `Theirs=ours`.
    """
    translation = organisation_translation(settings, file, maps, pack_to_write(settings, pack))
    told, problems = rows_of("organisations", file, translation)
    source = f"CRM of the team, {file.name}"
    return _take(settings, dict(told), shown(file), source, pack, today, line, apply=apply, problems=problems)


def pull(
    settings: Settings,
    client: Client,
    token: str,
    pack: str,
    today: date,
    *,
    apply: bool,
    line: str = TEAM,
    **options: str,
) -> int:
    """Take what HubSpot says otherwise than the newest release of a line into a pack. Raises `UserError`."""
    try:
        told = HubSpot(client, token, **options).organisations()
    except RemoteError as error:
        raise UserError(f"{error}; nothing was changed") from None
    source = "CRM of the team, HubSpot"
    return _take(settings, dict(enumerate(told, start=1)), "HubSpot", source, pack, today, line, apply=apply)


def push(settings: Settings, client: Client, token: str, *, apply: bool, line: str = TEAM, **options: str) -> int:
    """Write what the newest release of a line says otherwise than HubSpot there. Exit code 1: not all was taken."""
    hubspot = HubSpot(client, token, **options)
    try:
        missing = hubspot.missing_attributes()
        changed = differences(hubspot.organisations(), released(settings, line), with_fingerprints=True)
    except RemoteError as error:
        raise UserError(f"{error}; nothing was changed") from None
    for name in missing:
        click.echo(f"+ attribute {name} of companies")
    _show(changed)
    if not apply or not (changed or missing):
        click.echo(_summary(changed, "HubSpot", applied=False))
        return 0
    written = 0
    failures: list[Failure] = []
    organisations = [one for one, _ in changed]
    try:
        hubspot.add_attributes(missing)
        for start in range(0, len(organisations), BATCH):
            batch = organisations[start : start + BATCH]
            failed = hubspot.upsert(batch)
            failures += failed
            written += len(batch) - len(failed)
    except RemoteError as error:
        _show_refused(failures)
        left = len(organisations) - written - len(failures)
        raise UserError(
            f"{error}; {written} of {len(organisations)} organisations were written, {left} were not:"
            " the same command again sends what is left"
        ) from None
    _show_refused(failures)
    click.echo(f"{_counted(written)} written to HubSpot" + (f", {len(failures)} refused." if failures else "."))
    return 1 if failures else 0


def token_of(environment: Mapping[str, str]) -> str:
    """Return the token for HubSpot. Raises `UserError` if there is none."""
    if token := environment.get(TOKEN):
        return token
    raise UserError(f"{TOKEN} is not set; expected the token of a HubSpot app that may read and write companies")


def released(settings: Settings, line: str = TEAM) -> list[OrganisationRecord]:
    """Return the organisations of the newest release of a line. Raises `UserError`."""
    path = settings.link(line) / "data" / "organisations.csv"
    if not path.exists():
        raise UserError("no release has organisations yet; `waku-fit run` makes one")
    if unusual := _unusual(path.parent.parent):
        whose = "team's newest release" if line == TEAM else f"newest release of the line {line}"
        click.echo(f"Note: the {whose} {' and '.join(unusual)}.", err=True)
    with path.open(encoding="utf-8", newline="") as file:
        rows = [{name: typed(cell) for name, cell in row.items()} for row in csv.DictReader(file)]
    return [
        signed(organisation({
            "waku_fit_id": row["organisation_id"],
            "Name": row["name"],
            "Segment": row["segment_ids"],
            "Stage": row["stage"],
            "Dependencies": row["dependencies"],
            "Next step": row["next_step"],
        }))
        for row in rows
    ]  # fmt: skip


def _unusual(release: Path) -> list[str]:
    """Explain why a release may be out of date for the CRM."""
    as_of = json.loads((release / "manifest.json").read_text(encoding="utf-8"))["as_of"]
    with (release / "data" / "evidence_index.csv").open(encoding="utf-8", newline="") as file:
        is_illustrative = any(row["grade"] == Grade.ILLUSTRATIVE for row in csv.DictReader(file))
    return [
        *(["holds made-up evidence"] if is_illustrative else []),
        *([f"looks back to {as_of}"] if as_of else []),
    ]


def _take(
    settings: Settings,
    told: Mapping[int, OrganisationRecord],
    name: str,
    source: str,
    pack_name: str,
    today: date,
    line: str,
    *,
    apply: bool,
    problems: Sequence[Problem] = (),
) -> int:
    """Show what `told`, by line of `name`, changes, and with `apply` add a row of evidence for each change.

    With `problems` found before, or new ones, nothing is shown but all of them.
    """
    known = released(settings, line)
    changed = differences(known, map(without_echoes, told.values()))
    found = [*problems, *_mistyped(known, told, name)]
    pack = pack_to_write(settings, pack_name)
    path = pack.path / UPDATES.path
    # what is there first: rows are added to a table only
    if path.exists() and (in_pack := checked(settings, pack, UPDATES, path, today=today)):
        return nothing_written([*found, *in_pack], AGAIN)
    rows = [evidence_row(one, today, source) for one, _ in changed]
    text, lines = with_rows(extended(path), UPDATES.header(), rows)
    if in_rows := checked(settings, pack, UPDATES, path, text, today):
        headings = {field: heading for heading, field in HEADINGS.items()}
        line_of = {one.organisation_id: line for line, one in told.items()}
        found += [
            replace(
                problem,
                file=name,
                line=line_of[lines[problem.line]],
                column=headings.get(problem.column, problem.column),
            ) if problem.line in lines else problem
            for problem in in_rows
        ]  # fmt: skip
    if found:
        return nothing_written(found, AGAIN)
    _show(changed)
    if apply and changed:
        write_all({path: text})
    click.echo(_summary(changed, shown(path), applied=apply))
    return 0


def _mistyped(known: Sequence[OrganisationRecord], told: Mapping[int, OrganisationRecord], file: str) -> list[Problem]:
    """Return a problem for each key that is not known, of an organisation that is known under another one."""
    keys = {one.organisation_id for one in known}
    by_name = {one.name.casefold(): one.organisation_id for one in known}
    return [
        Problem(file, line, KEY, f"is not known, and an organisation of this name is: {by_name[name]}", by_name[name])
        for line, one in told.items()
        if one.organisation_id not in keys and (name := one.name.casefold()) in by_name
    ]


def _show(changed: Sequence[tuple[OrganisationRecord, Sequence[FieldChange]]]) -> None:
    for _, changes in changed:
        for change in changes:
            click.echo(str(change))


def _show_refused(failures: Sequence[Failure]) -> None:
    for failure in failures:
        click.echo(f"! {failure.organisation_id}: {failure.message}", err=True)


def _summary(changed: Sequence[object], where: str, *, applied: bool) -> str:
    if not changed:
        return f"{where}: nothing differs."
    if applied:
        return f"{where}: {_counted(len(changed))}; `waku-fit run` with this pack uses them."
    return f"{where}: {_counted(len(changed))} would change; nothing was changed. --apply does it."


def _suffix(file: Path) -> str:
    if file.suffix.lower() not in _WRITERS:
        raise UserError(f"{file.name} is neither .csv nor .json; expected one of the two")
    return file.suffix.lower()


def _counted(number: int) -> str:
    return "1 organisation" if number == 1 else f"{number} organisations"
