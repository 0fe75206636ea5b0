"""What a source is that can be asked again, and what of the evidence it refreshes.

Belongs here: the shape that prices and the roadmap share. Does not belong here: a source, what is accepted of it
(`pricing`, `roadmap/live`), HTTP (`assets/common/http.py`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Generic, Protocol, TypeVar

from assets.common.answers import Client
from assets.evidence.read_packs import Evidence
from assets.refresh.outcome import Verdicts

Clock = Callable[[], datetime]
"""Returns the time in UTC."""

K = TypeVar("K")
"""What is known before a source is asked."""
O = TypeVar("O")  # noqa: E741 - an observation
"""What a source says, one thing of many."""
O_co = TypeVar("O_co", covariant=True)


class Source(Protocol[O_co]):
    """One place that states something which changes."""

    @property
    def name(self) -> str:
        """What it is called on the command line."""

    @property
    def covers(self) -> str:
        """What it knows of, in words."""

    def observations(self, client: Client, clock: Clock) -> Iterable[O_co]:
        """Ask, and yield all that was stated. Raises `RemoteError`; then nothing it said is accepted."""


@dataclass(frozen=True)
class Listed(Generic[K, O]):
    """A source that can be asked. `build` takes what is known, and the environment with tokens and addresses.

    Secrets are in no argument, setting or message.
    """

    name: str
    build: Callable[[K, Mapping[str, str]], Source[O]]
    needs: str = ""
    """Environment variable without which the source is left out."""

    def source(self, known: K, environment: Mapping[str, str]) -> Source[O] | None:
        """Return the source, None if the variable that it needs is not set."""
        return None if self.needs and not environment.get(self.needs) else self.build(known, environment)


@dataclass(frozen=True)
class Refreshed(Generic[K, O]):
    """A part of the evidence that is kept up to date: where its new rows go, and who says what they are."""

    pack: str
    """Name of the pack with the new rows."""
    tables: tuple[str, ...]
    """Keys of its tables. Rows of a later one may refer to rows of an earlier one."""
    looked_for: str
    """What a source names one of, for messages."""
    known: Callable[[Evidence], K]
    judge: Callable[[Iterable[O], K], Verdicts]
    """Return what is accepted of the observations of one source."""
    sources: tuple[Listed[K, O], ...]
