"""What a source of prices is, and what it may use.

Belongs here: protocols and errors. Does not belong here: a source (`sources/`), HTTP (`fetch.py`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from typing import Any, Protocol, TypeVar

from assets.pricing.model import PriceObservation

T = TypeVar("T")
Clock = Callable[[], datetime]
"""Returns the time in UTC."""


class SourceError(Exception):
    """A source that could not be read: what happened, without any secret. Its last known prices stay."""


class Client(Protocol):
    """HTTP as sources need it. Every method raises `SourceError`."""

    def get(self, url: str, *, params: Mapping[str, str] | None = None, token: str | None = None) -> bytes:
        """Return the body of a GET; `token` is sent as bearer token."""

    def post(self, url: str, document: Any) -> bytes:
        """Return the body of a POST of a JSON document."""

    def stream(self, url: str, consume: Callable[[Iterable[bytes]], T]) -> T:
        """Return what `consume` makes of the body in pieces; it is called anew for each attempt."""


class Source(Protocol):
    """One place that states prices."""

    @property
    def name(self) -> str:
        """What it is called on the command line."""

    @property
    def covers(self) -> str:
        """What it knows prices of, in words."""

    def observations(self, client: Client, clock: Clock) -> Iterable[PriceObservation]:
        """Ask, and yield every price that was stated. Raises `SourceError`; then nothing it said is believed."""
