"""What a source of prices is.

Belongs here: protocols. Does not belong here: a source (`sources/`), HTTP (`assets/common/http.py`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Protocol

from assets.common.answers import Client
from assets.pricing.model import PriceObservation

Clock = Callable[[], datetime]
"""Returns the time in UTC."""


class PriceSource(Protocol):
    """One place that states prices."""

    @property
    def name(self) -> str:
        """What it is called on the command line."""

    @property
    def covers(self) -> str:
        """What it knows prices of, in words."""

    def observations(self, client: Client, clock: Clock) -> Iterable[PriceObservation]:
        """Ask, and yield every price that was stated. Raises `RemoteError`; then nothing it said is accepted."""
