"""The evidence that a run would load now.

Belongs here: which packs, and reading them. Does not belong here: what is made of it (`plan.py`), telling mistakes.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

from assets.evidence.packs import Pack, resolve_packs, with_local_packs
from assets.evidence.read_packs import Evidence, read_packs, read_packs_once
from orchestration.paths import openable
from orchestration.settings import Settings


def read_evidence(settings: Settings, packs: Sequence[str]) -> Evidence:
    """Read the named packs, with those that were written here over them."""
    chosen, today = packs_of(settings, packs), datetime.now(UTC).date()
    evidence = read_packs_once(chosen, today=today)
    # What is loaded has names that are the same on every machine; a mistake is stated by a path that can be opened.
    return read_packs(list(map(openable, chosen)), today=today) if evidence.problems else evidence


def packs_of(settings: Settings, packs: Sequence[str]) -> list[Pack]:
    """Find the named packs, with those that were written here over them."""
    return resolve_packs(with_local_packs(packs, settings.state_dir), settings.evidence_dir, settings.state_dir)
