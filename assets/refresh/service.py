"""One refresh from beginning to end, the same for the command, the asset and the schedule.

Belongs here: the order of steps with their files, and what refuses a refresh. Does not belong here: what is accepted
(`pricing/model.py`, `roadmap/live/model.py`), how a pack is written (`pack.py`), what is printed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from assets.common.answers import Client, RemoteError
from assets.evidence.packs import Pack
from assets.evidence.read_packs import Evidence, format_problems
from assets.refresh.interfaces import Clock, K, O, Refreshed, Source
from assets.refresh.ledger import read_pages, remember, remember_pages
from assets.refresh.outcome import SourceOutcome
from assets.refresh.pack import PackInvalid, align, land


class RefreshRefused(Exception):  # noqa: N818 - says what is, not that an error is one
    """Nothing was asked or nothing was written; the message says why and what to do."""


@dataclass(frozen=True)
class KnownEvidence:
    """Where what is known comes from, and where new rows go."""

    folder: Path
    """The pack of refreshed rows."""
    read: Callable[[], Evidence]
    packs: Callable[[], Sequence[Pack]]
    """All packs that a run would read, that of refreshed rows among them."""


def refresh(
    refreshed: Refreshed[Any, Any],
    before: KnownEvidence,
    client: Client,
    clock: Clock,
    environment: Mapping[str, str],
    *,
    names: Sequence[str] = (),
    only_check: bool = False,
) -> tuple[list[SourceOutcome], int]:
    """Ask the sources called `names`, or all, and add the accepted rows; return what became of each, and rows added.

    With `only_check` nothing is written. Raises `RefreshRefused`.
    """
    align(before.folder, refreshed.tables)
    evidence = before.read()
    if evidence.problems:
        raise RefreshRefused(
            f"{format_problems(evidence.problems)}\nthe evidence has mistakes, so nothing can be compared with it"
        )
    client.pages.update(read_pages(before.folder))
    outcomes = ask_all(refreshed, refreshed.known(evidence), client, clock, environment, names)
    if missing := [outcome for outcome in outcomes if outcome.state == "skipped" and outcome.source in names]:
        raise RefreshRefused(f"{missing[0].source} cannot be asked: {missing[0].message} in the environment")
    if only_check:
        return outcomes, 0
    try:
        added = keep(refreshed, outcomes, before.folder, before.packs(), clock().date())
    except PackInvalid as error:
        raise RefreshRefused(str(error)) from error
    remember_pages(client.pages, before.folder)
    return outcomes, added


def keep(
    refreshed: Refreshed[Any, Any], outcomes: Sequence[SourceOutcome], folder: Path, others: Sequence[Pack], day: date
) -> int:
    """Add what was accepted to the pack in `folder`, and remember what became of each source; return rows added.

    A source that was left out keeps what became of it before. Raises `PackInvalid`.
    """
    accepted = (one for outcome in outcomes for one in outcome.verdicts.accepted)
    added = land(accepted, Pack(refreshed.pack, folder), refreshed.tables, others, day)
    if asked := {outcome.source: outcome.as_json() for outcome in outcomes if outcome.state != "skipped"}:
        remember(asked, folder)
    return added


def ask_all(
    refreshed: Refreshed[K, O],
    known: K,
    client: Client,
    clock: Clock,
    environment: Mapping[str, str],
    names: Iterable[str] = (),
) -> list[SourceOutcome]:
    """Ask the sources called `names`, or all, each in turn. A source that fails never stops the others."""
    outcomes = []
    for entry in refreshed.sources:
        if names and entry.name not in names:
            continue
        source = entry.source(known, environment)
        if source is None:
            outcomes.append(SourceOutcome(entry.name, "skipped", clock(), f"{entry.needs} is not set"))
        else:
            outcomes.append(ask(refreshed, source, known, client, clock))
    return outcomes


def ask(refreshed: Refreshed[K, O], source: Source[O], known: K, client: Client, clock: Clock) -> SourceOutcome:
    """Return what became of one source. An answer that breaks off is not accepted in part."""
    try:
        observations = list(source.observations(client, clock))
    except RemoteError as error:
        return SourceOutcome(source.name, "failed", clock(), str(error))
    except (ArithmeticError, AttributeError, LookupError, TypeError, ValueError) as error:
        # An answer of another shape than documented; its text could hold anything and is not repeated.
        message = f"the answer has another shape than expected ({type(error).__name__}); the interface may have changed"
        return SourceOutcome(source.name, "failed", clock(), message)
    verdicts = refreshed.judge(observations, known)
    if not observations:
        message = f"the answer names no {refreshed.looked_for} that is looked for"
        return SourceOutcome(source.name, "failed", clock(), message)
    return SourceOutcome(source.name, "refreshed", clock(), "", verdicts)
