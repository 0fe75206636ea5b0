"""What a value of a test is based on, in one line."""

from __future__ import annotations

from assets.evidence.basis import Basis
from assets.evidence.model import Grade


def based(grade: str, *ids: str) -> Basis:
    """Return a basis by the name of its grade."""
    return Basis(Grade(grade), frozenset(ids))
