"""Helpers that parse untrusted answers of servers.

Belongs here: the client that they are given, bytes into JSON, values into numbers, with an error that says what was
expected. Does not belong here: HTTP (`http.py`).
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, MutableMapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Generic, Protocol, TypeVar
from urllib.parse import urlsplit

T = TypeVar("T")


class RemoteError(Exception):
    """A server that could not be read, or an answer that cannot be right: what happened, without any secret."""


@dataclass(frozen=True)
class Page(Generic[T]):
    """One page of a list."""

    content: T
    etag: str
    """Names what the page says; empty if the server gives it no name."""
    next: str | None
    """Address of the next page."""


class Client(Protocol):
    """HTTP as its users need it. Every method raises `RemoteError`."""

    @property
    def pages(self) -> MutableMapping[str, Page[Any]]:
        """By address, what is known of pages."""

    def get(self, url: str, *, params: Mapping[str, str] | None = None, token: str | None = None) -> bytes:
        """Return the body of a GET; `token` is sent as bearer token."""

    def page(
        self,
        url: str,
        read: Callable[[bytes], T],
        *,
        token: str | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Page[T]:
        """Return what `read` makes of a page of a JSON list, or what it made of it before if it is still the same."""

    def post(self, url: str, document: Any, *, token: str | None = None) -> bytes:
        """Return the body of a POST of a JSON document; it is sent again if its answer is lost."""

    def stream(self, url: str, consume: Callable[[Iterable[bytes]], T]) -> T:
        """Return what `consume` makes of the body in pieces; it is called anew for each attempt."""


def document(body: bytes, what: str) -> Any:
    """Return the JSON document in `body`. Raises `RemoteError`."""
    try:
        return json.loads(body)
    except (ValueError, RecursionError):
        raise RemoteError(f"{what} is not JSON (starts with {shown(body)}), expected a JSON document") from None


def part(value: Any, name: str, kind: type, what: str) -> Any:
    """Return `value[name]`, which must be of `kind`. Raises `RemoteError`."""
    found = value.get(name) if isinstance(value, dict) else None
    if not isinstance(found, kind):
        raise RemoteError(f"{what} has no {name} that is a {kind.__name__}; the interface may have changed")
    return found


def number(value: Any) -> float | None:
    """Return a number that may be written as text; None for anything else."""
    if isinstance(value, bool) or not isinstance(value, (int, float, str)):
        return None
    try:
        return float(value)
    except (ValueError, OverflowError):
        return None


def text(value: Any) -> str | None:
    return value if isinstance(value, str) and value else None


def moment(value: Any) -> datetime | None:
    """Return a time that is written as in ISO 8601, in UTC where it names no zone; None for anything else."""
    try:
        read = datetime.fromisoformat(value) if isinstance(value, str) else None
    except ValueError:
        return None
    return read.replace(tzinfo=UTC) if read is not None and read.tzinfo is None else read


def same_host(url: str, base: str) -> bool:
    """Tell whether a link to the next page stays where we asked."""
    there, here = urlsplit(url), urlsplit(base)
    default = {"https": 443, "http": 80}
    ports = [part.port or default.get(part.scheme) for part in (there, here)]
    return (there.scheme, there.hostname) == (here.scheme, here.hostname) and ports[0] == ports[1]


def shown(body: bytes) -> str:
    """Return the start of an answer for a message, printable."""
    return repr(body[:40].decode("utf-8", "replace"))
