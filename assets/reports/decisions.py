"""The log of decisions: each published verdict, and what people said about it.

Belongs here: what a line says, how lines hold together, which override is in force; pure, with the standard library.
Does not belong here: files and locks (`release/decision_log.py`), HTML.

Each line has the hash of the line before it, so that one that is changed or removed later is found. Who said something
and why are personal data: the chain holds a salted hash of them only. They can be taken out, and the chain still holds.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date, datetime
from enum import StrEnum
from typing import Any

BEFORE_THE_FIRST = ""
"""What stands in the first line for the hash of the line before it."""


class BrokenLogError(ValueError):
    """A line of the log is not what was written; the message says which, and what to do."""


class DecisionKind(StrEnum):
    """What a line says."""

    VERDICT = "verdict"
    """A verdict was published."""
    NOTE = "note"
    """Somebody said something about it."""
    OVERRIDE = "override"
    """Somebody decided otherwise. What was computed stands beside it, always."""


@dataclass(frozen=True)
class OwnWords:
    """Who said something, by role if possible, and why. `salt` keeps their hash from being tried out."""

    who: str
    reason: str
    salt: str

    @property
    def digest(self) -> str:
        """What the chain holds of them."""
        return _digest([self.salt, self.who, self.reason])


@dataclass(frozen=True)
class Judged:
    """A computed verdict as it was published: of which release, from which evidence."""

    release_id: str
    milestone_id: str
    verdict: str
    evidence_hash: str
    as_of: str | None
    packs: tuple[str, ...]


@dataclass(frozen=True)
class LogLine:
    """A line of the log. `decided` is the answer of an override; `words` are None once they were taken out."""

    position: int
    at: datetime
    kind: DecisionKind
    about: Judged
    decided: str | None
    words: OwnWords | None
    words_digest: str | None
    previous: str

    @property
    def hash(self) -> str:
        """The hash of all but the words, of which it has their digest."""
        return _digest(self._chained())

    def _chained(self) -> dict[str, Any]:
        plain = asdict(self) | {"at": self.at.isoformat(), "kind": self.kind.value}
        del plain["words"]
        return plain

    def as_line(self) -> str:
        """Return the line with its hash, as JSON."""
        words = {"words": asdict(self.words) if self.words else None}
        return json.dumps({**self._chained(), **words, "hash": self.hash}, ensure_ascii=False) + "\n"

    def without_words(self) -> LogLine:
        """Return the line without who said it and why; its hash stays."""
        return replace(self, words=None)


def following(
    lines: Sequence[LogLine],
    at: datetime,
    kind: DecisionKind,
    about: Judged,
    *,
    decided: str | None = None,
    words: OwnWords | None = None,
) -> LogLine:
    """Return the line that comes after `lines`."""
    previous = lines[-1].hash if lines else BEFORE_THE_FIRST
    return LogLine(len(lines) + 1, at, kind, about, decided, words, words.digest if words else None, previous)


def read_lines(text: str, file: str) -> tuple[LogLine, ...]:
    """Return the lines of a log. Raises `BrokenLogError` if one was changed or removed after it was written.

    What follows the last line break is left out: a kill cut that line off while it was written.
    """
    lines: list[LogLine] = []
    whole, _, _ = text.rpartition("\n")
    for number, line in enumerate(whole.split("\n") if whole else (), start=1):
        try:
            plain = json.loads(line)
            found = _from_plain(plain)
        except (KeyError, TypeError, ValueError):
            raise _broken(file, number, "this is no line of the log") from None
        previous = lines[-1].hash if lines else BEFORE_THE_FIRST
        if found.previous != previous or found.position != number:
            raise _broken(file, number, "the line before it was changed or removed")
        if plain["hash"] != found.hash or (found.words and found.words.digest != found.words_digest):
            raise _broken(file, number, "this line was changed after it was written")
        lines.append(found)
    return tuple(lines)


def require_continued(lines: Sequence[LogLine], copy: Sequence[LogLine], file: str, copy_file: str) -> None:
    """Raise `BrokenLogError` unless the log goes on from a copy that a release has of it."""
    for number, known in enumerate(copy, start=1):
        if number > len(lines) or lines[number - 1].hash != known.hash:
            raise _broken(file, number, f"the release has another line here, or one that is gone ({copy_file})")


def known_to(lines: Iterable[LogLine], release_id: str) -> tuple[LogLine, ...]:
    """Return what was said up to a release and about it. Names of releases sort by time."""
    return tuple(line for line in lines if line.about.release_id <= release_id)


def said(lines: Iterable[LogLine], milestone_id: str | None = None) -> list[LogLine]:
    """Return what people said, the newest first; of one milestone or of all."""
    by_people = (line for line in lines if line.kind is not DecisionKind.VERDICT)
    return [line for line in by_people if milestone_id in (None, line.about.milestone_id)][::-1]


def in_force(lines: Iterable[LogLine], milestone_id: str, verdict: str) -> LogLine | None:
    """Return the override of a computed verdict: the newest, while what it overrides is what is still computed.

    One that decides what is computed anyway ends the earlier ones.
    """
    newest = next((line for line in said(lines, milestone_id) if line.kind is DecisionKind.OVERRIDE), None)
    if newest is None or newest.about.verdict != verdict or newest.decided == verdict:
        return None
    return newest


def with_decisions(document: Mapping[str, Any], lines: Sequence[LogLine]) -> dict[str, Any]:
    """Return `readiness.json` with what people said beside each verdict: `override`, null or in force, and `notes`."""

    def beside(judged: Mapping[str, Any]) -> dict[str, Any]:
        override = in_force(lines, judged["milestone_id"], judged["verdict"])
        notes = [_plain(line) for line in said(lines, judged["milestone_id"])]
        return {**judged, "override": _plain(override) if override else None, "notes": notes}

    return beside(document) | {"others": [beside(other) for other in document["others"]]}


def _plain(line: LogLine) -> dict[str, Any]:
    return {
        "position": line.position,
        "on": line.at.date().isoformat(),
        "kind": line.kind.value,
        "decided": line.decided,
        "computed": line.about.verdict,
        "release_id": line.about.release_id,
        "who": line.words.who if line.words else None,
        "reason": line.words.reason if line.words else None,
    }


COLUMNS = ("position", "day", "kind", "release_id", "milestone_id", "verdict", "decided", "who", "reason", "in_force")


def rows(lines: Sequence[LogLine], verdicts: Mapping[str, str]) -> list[tuple[Any, ...]]:
    """Return what people said as rows of `COLUMNS`; `verdicts` are those computed now, by milestone."""
    standing = {in_force(lines, milestone_id, verdict) for milestone_id, verdict in verdicts.items()}
    return [
        (
            *(line.position, _day(line), line.kind.value, line.about.release_id, line.about.milestone_id),
            *(line.about.verdict, line.decided),
            *((line.words.who, line.words.reason) if line.words else (None, None)),
            line in standing,
        )
        for line in said(lines)
    ]


def _day(line: LogLine) -> date:
    return line.at.date()


def _from_plain(plain: Mapping[str, Any]) -> LogLine:
    about = plain["about"]
    return LogLine(
        plain["position"],
        datetime.fromisoformat(plain["at"]),
        DecisionKind(plain["kind"]),
        Judged(**about | {"packs": tuple(about["packs"])}),
        plain["decided"],
        OwnWords(**plain["words"]) if plain["words"] else None,
        plain["words_digest"],
        plain["previous"],
    )


def _digest(plain: Any) -> str:
    return hashlib.sha256(json.dumps(plain, sort_keys=True).encode()).hexdigest()


def _broken(file: str, number: int, what: str) -> BrokenLogError:
    return BrokenLogError(
        f"{file}:{number}: {what}; lines of this log are only added. Put the file back from a backup, or from the copy "
        "in the latest release, reports/latest/decisions.jsonl"
    )
