"""The log of decisions as a file that is only added to, and its copies in the folders of releases.

Belongs here: files and locks. Does not belong here: what a line says and how lines hold together (`decisions.py`).

The log lies with all local state, and one process at a time writes to it. What was published is noted right after
publication, of whatever release readers see by then: a kill in between is made good by the next run, or the next line
that somebody adds. Each release has a copy, so that a log that lost its last lines is found too.
"""

from __future__ import annotations

import fcntl
import json
import os
import secrets
import traceback
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from jinja2 import UndefinedError

from assets.common.files import write_all
from assets.reports.decisions import (
    DecisionKind,
    Judged,
    LogLine,
    OwnWords,
    following,
    read_lines,
    require_continued,
    said,
)
from assets.reports.release.files import (
    DATA,
    LOG_COPY,
    MANIFEST,
    files_taken_back,
    log_text,
    manifest_in,
    shown_files,
)
from assets.reports.release.publish import Files
from assets.reports.release_files import ReleasedTables
from assets.reports.sums import with_sums_beside


class NotPublishedError(ValueError):
    """There is no published verdict that something could be said about."""


class PagesError(RuntimeError):
    """The pages of a release cannot be made again, and that other code made it is not the reason."""


@dataclass(frozen=True)
class DecisionLog:
    """The log at `path`, with the folders of releases and the link to the one that readers see.

    `code_version` is that of the code that runs: pages of a release that it made itself can be made again. Whatever
    makes them again raises `PagesError` where that fails for another reason than other tables, and changes nothing.
    """

    path: Path
    releases_dir: Path
    latest: Path
    code_version: str

    def read(self) -> tuple[LogLine, ...]:
        """Return all lines. Raises `BrokenLogError` if one was changed or is gone, the last ones too."""
        lines = read_lines(_text(self.path), str(self.path))
        copy = self.latest / LOG_COPY
        require_continued(lines, read_lines(_text(copy), str(copy)), str(self.path), str(copy))
        return lines

    def note_published(self) -> tuple[LogLine, ...]:
        """Note the verdicts of the release that readers see, unless they are, and return all lines.

        The copy of the release follows; so do its pages, if somebody said something since they were made.
        """
        with self._locked():
            folder, lines = self.latest.resolve(), self.read()
            noted = {line.about for line in lines if line.kind is DecisionKind.VERDICT}
            new: list[LogLine] = []
            for about in _published(folder):
                if about not in noted:
                    new.append(following((*lines, *new), datetime.now(UTC), DecisionKind.VERDICT, about))
            if new:
                self._append(new)
            lines = (*lines, *new)
            copy = folder / LOG_COPY
            shown = read_lines(_text(copy), str(copy))
            if said(shown) != said(lines):
                _write(folder, self._files(folder, lines) or {LOG_COPY: log_text(lines).encode()})
            elif new:
                _write(folder, {LOG_COPY: log_text(lines).encode()})
            return lines

    def say(self, milestone_id: str, who: str, reason: str, decided: str | None = None) -> LogLine:
        """Add what somebody says about the verdict that readers see, show it in the release, and return the line.

        `decided` is the answer of an override. Raises `NotPublishedError` where nothing is published of a milestone, or
        the release is one of other code, whose pages cannot be made again. Nothing is added then.
        """
        self.note_published()
        with self._locked():
            folder, lines = self.latest.resolve(), self.read()
            published = {about.milestone_id: about for about in _published(folder)}
            if milestone_id not in published:
                known = ", ".join(published) or "none; `waku-fit run` makes a release"
                raise NotPublishedError(f'no verdict is published of "{milestone_id}"; published are: {known}')
            kind = DecisionKind.OVERRIDE if decided else DecisionKind.NOTE
            words, about = OwnWords(who, reason, secrets.token_hex(16)), published[milestone_id]
            line = following(lines, datetime.now(UTC), kind, about, decided=decided, words=words)
            files = self._files(folder, (*lines, line))
            if files is None:
                raise NotPublishedError(
                    f"the pages of release {about.release_id} were made by other code; `waku-fit run` makes a new one"
                )
            self._append([line])
            _write(folder, files)
            return line

    def forget(self, is_meant: Callable[[LogLine], bool]) -> list[int]:
        """Take out for good who said something and why, in the log and in all releases; return which lines.

        The lines stay, and the chain of hashes holds. Pages of other code that cannot be made again are replaced by a
        notice.
        """
        with self._locked():
            lines = self.read()
            meant = {line.position for line in lines if line.words and is_meant(line)}
            if not meant:
                return []
            left = tuple(line.without_words() if line.position in meant else line for line in lines)
            # The log last: after a kill it still says what is to be taken out of the rest.
            for copy in sorted(self.releases_dir.glob(f"[!.]*/{LOG_COPY}")):
                if any(line.position in meant for line in read_lines(_text(copy), str(copy))):
                    folder = copy.parent
                    _write(folder, self._files(folder, left) or files_taken_back(manifest_in(folder), left))
            write_all({self.path: log_text(left)})
            return sorted(meant)

    def _files(self, folder: Path, log: Sequence[LogLine]) -> Files | None:
        """Return what shows a release, made again from its tables; None if other code made it with other tables.

        Raises `PagesError` if anything else is wrong.
        """
        made = manifest_in(folder)
        try:
            return shown_files(ReleasedTables(folder / DATA), made, log)
        except Exception as error:
            if made.code_version != self.code_version and isinstance(error, KeyError | UndefinedError):
                return None  # the page of today asks for what the tables of then do not have
            place = traceback.extract_tb(error.__traceback__)[-1]
            # without its text, which may quote what was withdrawn
            raise PagesError(
                f"the pages of release {made.release_id} cannot be made again: {type(error).__name__} at "
                f"{place.filename}:{place.lineno}. They stay as they are; fix that, or put back the files in "
                f"{folder / 'data'}, and try again"
            ) from None

    def _append(self, lines: Sequence[LogLine]) -> None:
        """Add lines and see them on disk; what a kill left of a line at the end is cut off."""
        self.path.parent.mkdir(parents=True, exist_ok=True)
        with self.path.open("ab+") as file:
            file.seek(0)
            file.truncate(file.read().rfind(b"\n") + 1)
            file.write(log_text(lines).encode())
            file.flush()
            os.fsync(file.fileno())

    @contextmanager
    def _locked(self) -> Iterator[None]:
        self.path.parent.mkdir(parents=True, exist_ok=True)
        with self.path.with_suffix(".lock").open("w") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            yield


def _published(folder: Path) -> list[Judged]:
    """Return the verdicts of a release; none where there is none, or where its pages were taken back."""
    readiness = folder / "readiness.json"
    if not readiness.exists():
        return []
    document, made = json.loads(readiness.read_text(encoding="utf-8")), manifest_in(folder)
    as_of = made.as_of.isoformat() if made.as_of else None
    return [
        Judged(
            *(made.release_id, judged["milestone_id"], judged["verdict"], made.evidence_hash, as_of, tuple(made.packs))
        )
        for judged in (document, *document["others"])
    ]


def _write(folder: Path, files: Files) -> None:
    """Replace files of a release, each whole whenever somebody reads it; with a manifest, only tables stay beside."""
    summed = with_sums_beside(folder, files, replaces=MANIFEST in files)
    write_all({folder / name: content for name, content in summed.items()})
    if MANIFEST in files:
        for path in folder.rglob("*"):
            name = path.relative_to(folder).as_posix()
            if path.is_file() and not name.startswith(f"{DATA}/") and name not in summed:
                path.unlink()


def _text(path: Path) -> str:
    return path.read_text(encoding="utf-8") if path.exists() else ""
