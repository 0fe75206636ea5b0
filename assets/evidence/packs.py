"""Which folder a pack is: a name under `evidence/`, or a path.

Belongs here: names and folders, with the standard library only, so that asking for them costs nothing.
Does not belong here: what is in a pack (`read_packs.py`).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path

PUBLIC = "public"
"""Name of the pack with facts from public sources."""

LIVE_PRICES = "prices"
"""Name of the pack with prices that `waku-fit refresh` writes."""

LIVE_ROADMAP = "live_roadmap"
"""Name of the pack with the roadmap that `waku-fit refresh` writes."""

OWN_BENCHMARKS = "local_benchmarks"
"""Name of the pack with the newest sessions of `waku-fit bench`."""


class PackError(ValueError):
    """A pack that is not there."""


@dataclass(frozen=True)
class Pack:
    """A folder of evidence. `name` is what each of its rows remembers."""

    name: str
    path: Path
    label: str = ""
    """What its files are called by in messages and reports, the same on every machine; its name if not given."""

    def file(self, relative: str) -> str:
        """Return what a file of the pack is called by."""
        return f"{self.label or self.name}/{relative}"


BENCHMARKS = "benchmarks"
"""Folder of benchmark sessions, below that of all local state."""

LOCAL_PACKS = {
    LIVE_PRICES: Path("prices"),
    LIVE_ROADMAP: Path("live_roadmap"),
    OWN_BENCHMARKS: Path(BENCHMARKS) / OWN_BENCHMARKS,
}
"""Packs that the software writes itself, below the folder of all local state. They are laid over all others."""


def with_local_packs(names: Iterable[str], state_dir: Path) -> tuple[str, ...]:
    """Return `names`, each once, with the packs that were written here, where there are any."""
    names = tuple(dict.fromkeys(names))
    local = (name for name, folder in LOCAL_PACKS.items() if any((state_dir / folder).glob("*/*.csv")))
    return (*names, *(name for name in local if name not in names))


def resolve_packs(names: Iterable[str], evidence_dir: Path, state_dir: Path) -> list[Pack]:
    """Return the packs that `names` stand for, each once, whatever it is called by. Raises `PackError`."""
    packs = [
        Pack(name, state_dir / LOCAL_PACKS[name]) if name in LOCAL_PACKS else resolve_pack(name, evidence_dir)
        for name in names
    ]
    return list({pack.path: pack for pack in packs}.values())


def lasting_name(name: str, evidence_dir: Path) -> str:
    """Return `name` as it stands for the same pack in every working directory: paths become absolute."""
    if name in LOCAL_PACKS or _is_named(name, evidence_dir) or not Path(name).expanduser().is_dir():
        return name
    return str(Path(name).expanduser().resolve())


def _is_named(name: str, evidence_dir: Path) -> bool:
    return name not in ("", ".", "..") and len(Path(name).parts) == 1 and (evidence_dir / name).is_dir()


def folder_of(name: str, evidence_dir: Path) -> Path:
    """Return the folder that `name` stands for, whether it is there or not."""
    return (evidence_dir / name if _is_named(name, evidence_dir) else Path(name).expanduser()).resolve()


def resolve_pack(name: str, evidence_dir: Path) -> Pack:
    """Return the pack that `name` stands for: a folder of `evidence_dir`, else a path. Raises `PackError`."""
    path = folder_of(name, evidence_dir)
    if name and path.is_dir():
        label = f"{evidence_dir.name}/{path.name}" if path.parent == evidence_dir.resolve() else path.name
        return Pack(path.name, path, label)
    if name and path.exists():
        raise PackError(f'pack "{name}" is a file; expected its folder, which holds one folder for each area')
    known = (
        sorted(p.name for p in evidence_dir.glob("[!.]*") if p.is_dir() and p.name != "schemas")
        if evidence_dir.is_dir()
        else []
    )
    near = get_close_matches(name, known, n=1)
    raise PackError(
        f'there is no pack "{name}"; expected {", ".join(known)}{" or " if known else ""}the path of a folder'
        + (f'; did you mean "{near[0]}"?' if near else "")
    )
