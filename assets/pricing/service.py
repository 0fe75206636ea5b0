"""One refresh from beginning to end, the same for the command, the asset and the schedule.

Belongs here: the order of steps with their files, and what refuses a refresh. Does not belong here: what one source
says (`refresh.py`), how the pack is written (`pack.py`), what is printed.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from assets.common.answers import Client
from assets.evidence.packs import Pack
from assets.evidence.read_packs import Evidence, format_problems
from assets.pricing.interfaces import Clock
from assets.pricing.pack import PackInvalid, align, catalogue_of
from assets.pricing.refresh import SourceOutcome, ask_all, keep
from assets.pricing.registry import SOURCES, Listed


class RefreshRefused(Exception):  # noqa: N818 - says what is, not that an error is one
    """Nothing was asked or nothing was written; the message says why and what to do."""


@dataclass(frozen=True)
class KnownPrices:
    """Where known prices come from, and where new ones go."""

    folder: Path
    """The pack of refreshed prices."""
    read: Callable[[], Evidence]
    packs: Callable[[], Sequence[Pack]]
    """All packs that a run would read, that of refreshed prices among them."""


def refresh(
    prices: KnownPrices,
    client: Client,
    clock: Clock,
    environment: Mapping[str, str],
    *,
    names: Sequence[str] = (),
    only_check: bool = False,
    listed: Sequence[Listed] = SOURCES,
) -> tuple[list[SourceOutcome], int]:
    """Ask the sources called `names`, or all, and add the accepted prices; return what became of each, and rows added.

    With `only_check` nothing is written. Raises `RefreshRefused`.
    """
    if unknown := sorted(set(names) - {entry.name for entry in listed}):
        raise RefreshRefused(f"there is no source {unknown[0]}; expected one of {', '.join(e.name for e in listed)}")
    align(prices.folder)
    evidence = prices.read()
    if evidence.problems:
        raise RefreshRefused(
            f"{format_problems(evidence.problems)}\nthe evidence has mistakes, so no price can be compared with it"
        )
    chosen = [entry for entry in listed if not names or entry.name in names]
    outcomes = ask_all(chosen, catalogue_of(evidence), client, clock, environment)
    if missing := [outcome for outcome in outcomes if outcome.state == "skipped" and outcome.source in names]:
        raise RefreshRefused(f"{missing[0].source} cannot be asked: {missing[0].message} in the environment")
    if only_check:
        return outcomes, 0
    try:
        return outcomes, keep(outcomes, prices.folder, prices.packs(), clock().date())
    except PackInvalid as error:
        raise RefreshRefused(str(error)) from error
