"""`waku-fit verify`: which release is verified, and how the result is printed.

Belongs here: choosing, printing. Does not belong here: comparing (`assets.reports.release.verification`).
"""

from __future__ import annotations

import json

import click

from assets.reports.release.verification import NothingToVerifyError, Verification, verify_release
from orchestration.commands.diff import chosen_release
from orchestration.errors import UserError
from orchestration.settings import Settings
from orchestration.staleness.fingerprints import code_version, latest_release_id, published, require_whole

MOST_SHOWN = 20
"""Differences that are printed; JSON has them all."""


def verify(settings: Settings, release: str | None, as_json: bool) -> int:
    """Print whether the files of a release say what its tables say; return 1 if one does not. Raises `UserError`."""
    ids = [manifest["release_id"] for manifest in published(settings)]
    newest = latest_release_id(settings) or (ids[0] if ids else None)
    if newest is None:
        raise UserError("there is no release yet; `waku-fit run` makes one")
    name = chosen_release(release, ids) if release else newest
    if not (settings.releases_dir / name).is_dir():
        require_whole(settings)
    try:
        found = verify_release(settings.releases_dir / name)
    except NothingToVerifyError:
        raise UserError(
            f"release {name} has no tables: it was taken back, or somebody emptied its folder; `waku-fit releases` "
            "lists others"
        ) from None
    today = code_version(settings)
    if as_json:
        plain = {
            "release_id": found.release_id,
            "is_verified": not found.differences,
            "code_version": found.made_by,
            "code_version_of_today": today,
            "tables": found.tables,
            "values": found.values,
            "files": found.files,
            "differences": [one.as_json() for one in found.differences],
        }
        click.echo(json.dumps(plain, indent=2, ensure_ascii=False))
    else:
        click.echo("\n".join(lines(found, today)))
    return 1 if found.differences else 0


def lines(found: Verification, today: str) -> list[str]:
    """Return what people read; `today` is the version of the code that made the files again."""
    if found.in_sources:
        return [
            f"Release {found.release_id} is damaged where everything else comes from:",
            *_listed(found.in_sources),
            "Nothing was compared with it. `waku-fit run` writes the newest release again, from the database.",
        ]
    hashed = "with the hashes of the manifest" if found.has_hashes else "of which the manifest has no hashes"
    if not found.differences:
        return [
            f"Release {found.release_id}: no difference.",
            f"  {found.tables:,} tables, {hashed}",
            f"  {found.values:,} values of CSV files, each equal to the table",
            f"  {found.files:,} files made again from the tables, each with the same bytes",
        ]
    if not found.in_data and found.made_by != today:
        files = _many(len({one.path for one in found.in_files}), "file", "files")
        return [
            f"Release {found.release_id} was made by other code ({found.made_by}) than this ({today}).",
            f"It has {found.tables:,} tables, {hashed}, and the CSV files say the same.",
            f"This code writes {files} in another way, so it cannot say whether anything in them was changed.",
            "Verify the release with the code that made it, or make a new one with `waku-fit run`.",
        ]
    return [
        f"Release {found.release_id}: {_many(len(found.differences), 'difference', 'differences')} from its tables:",
        *_listed(found.differences),
        "Do not hand it on. `waku-fit run` makes a new release when something has changed.",
    ]


def _many(number: int, one: str, several: str) -> str:
    return f"{number:,} {one if number == 1 else several}"


def _listed(differences: tuple[object, ...]) -> list[str]:
    more = len(differences) - MOST_SHOWN
    return [*(f"  {one}" for one in differences[:MOST_SHOWN]), *([f"  and {more:,} more"] if more > 0 else [])]
