"""One hash for the content of folders: the same hash, the same files.

Belongs here: hashing with the standard library only, because it decides in a fraction of a second that nothing
has changed. Does not belong here: what the files mean.
"""

from __future__ import annotations

import hashlib
import os
import stat
from collections.abc import Collection, Iterable, Iterator
from pathlib import Path


def fingerprint_of(paths: Iterable[Path], skip: Collection[str] = ()) -> str:
    """Return the sha256 of names and bytes of all files in `paths`, which are files or folders.

    Where a folder lies and the order in it do not matter, the order of `paths` does. What is called as one of `skip`
    is left out, with everything in it. A path that is not there counts as such.
    """
    total = hashlib.sha256()
    for path in paths:
        for name, file in _files(path, skip):
            total.update(f"{name}\0{_content(file)}\0".encode("utf-8", "surrogateescape"))
        total.update(b"\0")
    return total.hexdigest()


def _files(path: Path, skip: Collection[str]) -> Iterator[tuple[str, Path]]:
    """Yield each file with its name from the last part of `path` on, in the order of these names."""
    if not path.is_dir():
        yield path.name, path
        return
    found = []
    for folder, folders, files in os.walk(path):
        links = [name for name in folders if Path(folder, name).is_symlink()]
        folders[:] = [name for name in folders if name not in skip and name not in links]
        found += [Path(folder, name) for name in (*files, *links) if name not in skip]
    yield from sorted((file.relative_to(path.parent).as_posix(), file) for file in found)


def _content(file: Path) -> str:
    """Name the content of a file; for what has none, such as a link to a folder or a pipe, what it is."""
    try:
        if not stat.S_ISREG(file.stat().st_mode):
            return f"-> {os.readlink(file)}" if file.is_symlink() else "no file"
        with file.open("rb") as opened:
            return hashlib.file_digest(opened, "sha256").hexdigest()
    except OSError as error:
        return type(error).__name__
