"""Lines of releases: the one that readers follow as `reports/latest`, and one for each other thing that was asked for.

Belongs here: which line a release is of, by name, with the standard library only. Does not belong here: links and
files (`release/publish.py`, `orchestration/staleness/fingerprints.py`).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from pathlib import Path
from typing import Any

from assets.evidence.packs import LOCAL_PACKS, PackError

TEAM = "latest"
"""The line of all evidence in the packs of the settings."""
LOOKS_BACK = "asof-"
JOINED = "+"


def line_of(packs: Iterable[str], as_of: date | str | None, team: Iterable[str]) -> str:
    """Name the line of a release of `packs` until `as_of`; `team` are the packs of the settings. Names or paths.

    Packs that the software writes are laid over all others in every line and name none.
    """
    own, usual = (_names(given) for given in (packs, team))
    added = [name for name in own if name not in usual] if set(usual) <= set(own) else own
    return JOINED.join([*([f"{LOOKS_BACK}{as_of}"] if as_of else []), *added]) or TEAM


def line_in(manifest: Mapping[str, Any], team: Iterable[str]) -> str:
    """Return the line of a published release; one of before there were lines is judged by what it was asked for."""
    return str(manifest.get("line") or line_of(manifest.get("packs", ()), manifest.get("as_of"), team))


def require_names(packs: Iterable[str], team: Iterable[str]) -> None:
    """Raise `PackError` for a pack that is not of the `team` but is called like one of its packs, or like a line."""
    usual = _names(team)
    for name in _names(packs):
        if name in usual or name == TEAM or name.startswith((LOOKS_BACK, ".")) or JOINED in name:
            raise PackError(
                f'the pack "{name}" cannot name a line of releases, reports/{name}; rename its folder: expected a name '
                f'that is not {", ".join(map(repr, [TEAM, *usual]))}, does not begin with "{LOOKS_BACK}" or a dot, and '
                f'has no "{JOINED}"'
            )


def _names(packs: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(Path(pack).name for pack in packs if pack not in LOCAL_PACKS))
