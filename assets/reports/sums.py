"""The SHA-256 of every file of a release, in the form that `sha256sum --check` reads.

Belongs here: writing these sums and comparing files with them, with the standard library only: this is asked before
anything else is imported. Does not belong here: what is in a file, writing a damaged one again (`release/repair.py`).
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from pathlib import Path

SUMS = "SHA256SUMS"
MANIFEST = "manifest.json"


def with_sums(files: Mapping[str, bytes]) -> dict[str, bytes]:
    """Return `files` with the file of their sums."""
    return {**files, SUMS: _text({path: hashlib.sha256(content).hexdigest() for path, content in files.items()})}


def with_sums_beside(folder: Path, files: Mapping[str, bytes], *, replaces: bool) -> dict[str, bytes]:
    """Return `files`, which are written into a release, with the sums that its folder then has.

    With `replaces`, only tables stay beside them. A release that has no sums, of an earlier version, gets none.
    """
    if not (folder / SUMS).exists():
        return dict(files)
    kept = {path: known for path, known in _sums(folder).items() if not replaces or path.startswith("data/")}
    return {**files, SUMS: _text({**kept, **{path: hashlib.sha256(text).hexdigest() for path, text in files.items()}})}


def damage(folder: Path) -> str | None:
    """Say what is wrong with the files of a release; None where they are as they were written.

    Of a release without sums, which an earlier version wrote, the manifest alone is looked at.
    """
    if not folder.is_dir():
        return "its folder is gone"
    found = list(_damages(folder))
    more = f", and {len(found) - 1} more" if len(found) > 1 else ""
    return f"{found[0]}{more}" if found else None


def intact(folder: Path) -> set[str]:
    """Return the paths of the files of a release that are as they were written."""
    if not (folder / SUMS).exists():
        return set()
    sums = _sums(folder)
    there = {path: folder / path for path in sums if (folder / path).is_file()}
    return {path for path, file in there.items() if hashlib.sha256(file.read_bytes()).hexdigest() == sums[path]}


def _damages(folder: Path) -> Iterator[str]:
    try:
        json.loads((folder / MANIFEST).read_bytes())
    except FileNotFoundError:
        yield f"{MANIFEST} is gone"
    except ValueError:
        yield f"{MANIFEST} cannot be read"
    if not (folder / SUMS).exists():
        return
    for path, known in _sums(folder).items():
        try:
            is_same = hashlib.sha256((folder / path).read_bytes()).hexdigest() == known
        except FileNotFoundError:
            if path != MANIFEST:
                yield f"{path} is gone"
        else:
            if not is_same:
                yield f"{path} was changed"


def _sums(folder: Path) -> dict[str, str]:
    """Return the sums by path; a line that is cut is one of a path that is not there."""
    lines = (folder / SUMS).read_text(encoding="utf-8", errors="replace").splitlines()
    return {path: known for known, _, path in (line.partition("  ") for line in lines)}


def _text(sums: Mapping[str, str]) -> bytes:
    return "".join(f"{known}  {path}\n" for path, known in sorted(sums.items())).encode()
