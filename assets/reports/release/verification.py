"""Whether the files of a release say what its tables say.

Belongs here: the order in which a release is checked. First its sources: tables by their hashes in the manifest, the
log of decisions by its own. Then its CSV files, value by value; then all files, by making them again (`files.py`).
Does not belong here: how a place is found (`places.py`), which release is meant.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from assets.reports.decisions import BrokenLogError, LogLine, read_lines
from assets.reports.model import Manifest, release_id
from assets.reports.release.files import DATA, LOG_COPY, MANIFEST, derived_files, digest_of
from assets.reports.release.places import NOTHING, Deviation, differences, value_differences
from assets.reports.sums import SUMS, with_sums


class NothingToVerifyError(Exception):
    """A folder holds no tables of a release."""


@dataclass(frozen=True)
class Verification:
    """What was compared, and where something else was found."""

    release_id: str
    made_by: str
    """Version of the code that made the release."""
    tables: int
    has_hashes: bool
    """Whether the manifest says what bytes its tables have."""
    values: int = 0
    """Values of CSV files that were compared with those of Parquet."""
    files: int = 0
    """Files that were made again."""
    in_sources: tuple[Deviation, ...] = ()
    """In the manifest, the Parquet files and the log of decisions; then nothing is compared with them."""
    in_data: tuple[Deviation, ...] = ()
    """In CSV files; they do not depend on the code."""
    in_files: tuple[Deviation, ...] = ()
    """In all others."""

    @property
    def differences(self) -> tuple[Deviation, ...]:
        return (*self.in_sources, *self.in_data, *self.in_files)


@dataclass
class _Sources:
    manifest: dict[str, Any]
    tables: dict[str, pa.Table] = field(default_factory=dict)
    log: tuple[LogLine, ...] = ()
    damaged: list[Deviation] = field(default_factory=list)


def verify_release(directory: Path) -> Verification:
    """Compare the files of a release with what its tables give.

    Raises `NothingToVerifyError` where there are none.
    """
    sources = _sources(directory)
    found = Verification(
        release_id=directory.resolve().name,
        made_by=str(sources.manifest.get("code_version", "")),
        tables=len(sources.tables),
        has_hashes=bool(sources.manifest.get("sha256")),
        in_sources=tuple(sources.damaged),
    )
    if sources.damaged:
        return found
    written = {
        path.relative_to(directory).as_posix(): path.read_bytes()
        for path in sorted(directory.rglob("*"))
        if path.is_file()
    }
    sums = written.pop(SUMS, None)
    files = {path: content for path, content in written.items() if not path.endswith(".parquet")}
    csv_paths = {f"{DATA}/{name}.csv": name for name in sources.tables}
    in_data = [
        difference
        for path, name in csv_paths.items()
        for difference in (
            value_differences(path, files[path], name, sources.tables[name])
            if path in files
            else [Deviation(path, "", NOTHING, "a file of this name")]
        )
    ]
    made = Manifest.from_json(sources.manifest)
    expected = _made_again(sources, made)
    others = [path for path in {**expected, **files} if path not in {one.path for one in in_data}]
    in_files = [one for path in others for one in _in_file(path, files, expected)]
    if sums is not None and not in_data and not in_files:  # else they follow from what is said already
        in_files = differences(SUMS, sums, with_sums(written)[SUMS])
    return replace(
        found,
        values=sum(table.num_rows * table.num_columns for table in sources.tables.values()),
        files=len(expected) + (sums is not None),
        in_data=tuple(in_data),
        in_files=tuple(in_files),
    )


def _in_file(path: str, files: Mapping[str, bytes], expected: Mapping[str, bytes]) -> list[Deviation]:
    if path not in files:
        return [Deviation(path, "", NOTHING, "a file of this name")]
    if path not in expected:
        return [Deviation(path, "", "a file that is not made from the tables", NOTHING)]
    return differences(path, files[path], expected[path])


def _made_again(sources: _Sources, made: Manifest) -> dict[str, bytes]:
    """Return all files but Parquet, as the code of today makes them; none where it cannot."""
    try:
        return dict(derived_files(sources.tables, made, sources.log))
    except (KeyError, TypeError, ValueError):  # tables and columns of other code
        return {}


def _sources(directory: Path) -> _Sources:
    """Read the manifest, the tables and the log of decisions, and look for damage in them."""
    paths = sorted((directory / DATA).glob("*.parquet"))
    if not paths:
        raise NothingToVerifyError(f"{directory} has no tables")
    try:
        manifest: dict[str, Any] = json.loads((directory / MANIFEST).read_bytes())
        Manifest.from_json(manifest)
    except (OSError, KeyError, TypeError, ValueError) as error:
        return _Sources({}, damaged=[Deviation(MANIFEST, "", f"what cannot be read ({error})", "a manifest")])
    sources = _Sources(manifest, damaged=_in_manifest(manifest))
    # of a manifest that was changed no hash is taken either
    hashes: dict[str, str] = {} if sources.damaged else dict(manifest.get("sha256", {}))
    has_hashes = bool(hashes)
    for path in paths:
        name = f"{DATA}/{path.name}"
        content = path.read_bytes()
        is_damaged = has_hashes and hashes.pop(name, "") != hashlib.sha256(content).hexdigest()
        try:
            sources.tables[path.stem] = pq.read_table(pa.BufferReader(content))
        except (pa.ArrowException, OSError) as error:
            sources.damaged.append(Deviation(name, "", f"what cannot be read ({type(error).__name__})", "a table"))
            continue
        if is_damaged:
            sources.damaged += _in_parquet(directory, name, path.stem, sources.tables[path.stem])
    sources.damaged += [Deviation(name, "", NOTHING, "the file that the manifest names") for name in hashes]
    log = directory / LOG_COPY
    try:
        sources.log = read_lines(log.read_text(encoding="utf-8"), LOG_COPY) if log.exists() else ()
    except (BrokenLogError, UnicodeDecodeError) as error:
        sources.damaged.append(Deviation(LOG_COPY, "", f"what is no log of decisions ({error})", "lines as written"))
    return sources


def _in_parquet(directory: Path, name: str, table: str, content: pa.Table) -> list[Deviation]:
    """Say that a table has other bytes than the manifest says, and where its CSV file says something else."""
    other = Path(directory, DATA, f"{table}.csv")
    beside = value_differences(f"{DATA}/{table}.csv", other.read_bytes(), table, content) if other.exists() else []
    changed = Deviation(name, "", "other bytes than were published", f"those of the hash in {MANIFEST}")
    return [changed, *(Deviation(name, one.place, one.expected, one.shown) for one in beside)]


def _in_manifest(plain: dict[str, Any]) -> list[Deviation]:
    """Return what a manifest says against itself. One without a digest is of code that wrote none."""
    manifest = Manifest.from_json(plain)
    named = release_id(manifest.created_at, manifest.run_id)
    hashed = hashlib.sha256(repr(sorted(manifest.evidence.items())).encode()).hexdigest()
    found = [
        Deviation(MANIFEST, place, shown, expected)
        for place, shown, expected in (
            ("release_id", manifest.release_id, named),
            ("evidence_hash", manifest.evidence_hash, hashed),
        )
        if shown != expected
    ]
    digest = plain.get("digest")
    if not found and digest is not None and digest != digest_of(plain):
        found.append(Deviation(MANIFEST, "digest", str(digest), f"{digest_of(plain)}: something in it was changed"))
    return found
