"""HTTP: patient with a busy server, impatient with a hanging one, silent about secrets.

Belongs here: the one client. Does not belong here: addresses and the meaning of answers (`pricing/sources/`,
`segments/hubspot.py`).
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from types import TracebackType
from typing import Any, Self, TypeAlias, TypeVar
from urllib.parse import urlsplit

import httpx

from assets.common.answers import Page, RemoteError

T = TypeVar("T")

Consume: TypeAlias = Callable[[httpx.Response, Iterable[bytes]], T]
"""Makes something of an answer and its body in pieces."""

BUSY = frozenset({408, 425, 429, 500, 502, 503, 504})
"""States that another attempt may end otherwise than the first one did."""

GOOD = frozenset({200, 201, 207})
"""States with an answer; in one of 207, the answer says which part of a request went wrong."""

UNCHANGED = 304
LIMITED = 429


@dataclass(frozen=True)
class Limits:
    """What a source may take. Bytes are counted after decompression: a small answer cannot become a large one."""

    attempts: int = 4
    silence_seconds: float = 20
    """Longest wait for a connection, or for the next piece of an answer."""
    document_seconds: float = 60
    document_bytes: int = 16 * 1024 * 1024
    stream_seconds: float = 1800
    stream_bytes: int = 1024 * 1024 * 1024
    """The price list of EC2 in one region has about 290 MB, and grows."""
    longest_pause_seconds: float = 60
    """A server that asks for more patience than this is not waited for: the last known prices stay."""


class _Busy(Exception):  # noqa: N818 - never leaves this module
    """An attempt that may be repeated, how long the server asks to wait, and whether it had too many requests."""

    def __init__(self, what: str, seconds: float | None = None, *, is_limit: bool = False) -> None:
        super().__init__(what)
        self.what, self.seconds, self.is_limit = what, seconds, is_limit


class HttpClient:
    """Requests with retries. Use it as a context manager. All errors are `RemoteError`, with the host and no more."""

    def __init__(
        self,
        limits: Limits | None = None,
        *,
        sleep: Callable[[float], None] = time.sleep,
        monotonic: Callable[[], float] = time.monotonic,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._limits, self._sleep, self._monotonic, self._now = limits or Limits(), sleep, monotonic, now
        # At its usual level this logger writes every address in full, and the address of a node may hold a key.
        logging.getLogger("httpx").setLevel(logging.WARNING)
        self._http = httpx.Client(
            timeout=self._limits.silence_seconds,
            follow_redirects=False,
            headers={"user-agent": "waku-fit", "accept-encoding": "gzip"},
        )
        self.pages: dict[str, Page[Any]] = {}
        """By address, what is known of pages: the server sends one of them again only if it has changed."""

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._http.close()

    def get(self, url: str, *, params: Mapping[str, str] | None = None, token: str | None = None) -> bytes:
        """Return the body of a GET; `token` is sent as bearer token. Raises `RemoteError`."""
        return self._patiently("GET", url, _whole, self._document, params=params or None, headers=_bearer(token))

    def page(
        self,
        url: str,
        read: Callable[[bytes], T],
        *,
        token: str | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Page[T]:
        """Return what `read` makes of a page of a JSON list, or what it made of it in `pages` if it is still the same.

        A server that had too many requests and does not say how long to wait is asked again after a minute. Raises
        `RemoteError`.
        """
        before: Page[T] | None = self.pages.get(url)
        conditions = {"if-none-match": before.etag} if before and before.etag else {}
        self.pages[url] = page = self._patiently(
            "GET",
            url,
            lambda response, pieces: _page(response, pieces, read, before),
            self._document,
            good=GOOD | {UNCHANGED} if conditions else GOOD,
            when_limited=60.0,
            headers={**_bearer(token), **(headers or {}), **conditions},
        )
        return page

    def post(self, url: str, document: Any, *, token: str | None = None) -> bytes:
        """Return the body of a POST of a JSON document, sent again if its answer is lost. Raises `RemoteError`."""
        return self._patiently("POST", url, _whole, self._document, json=document, headers=_bearer(token))

    def stream(self, url: str, consume: Callable[[Iterable[bytes]], T]) -> T:
        """Return what `consume` makes of the body in pieces, anew for each attempt. Raises `RemoteError`."""
        return self._patiently("GET", url, lambda _, pieces: consume(pieces), self._stream)

    @property
    def _document(self) -> tuple[float, int]:
        return self._limits.document_seconds, self._limits.document_bytes

    @property
    def _stream(self) -> tuple[float, int]:
        return self._limits.stream_seconds, self._limits.stream_bytes

    def _patiently(
        self,
        method: str,
        url: str,
        consume: Consume[T],
        most: tuple[float, int],
        *,
        good: frozenset[int] = GOOD,
        when_limited: float = 1.0,
        **options: Any,
    ) -> T:
        host = urlsplit(url).hostname
        what = ""
        for attempt in range(self._limits.attempts):
            try:
                return self._once(method, url, consume, most, good, options)
            except _Busy as busy:
                what, pause = busy.what, busy.seconds
                if pause is None:
                    first = when_limited if busy.is_limit else 1.0
                    pause = min(first * 2.0**attempt, self._limits.longest_pause_seconds)
                elif pause > self._limits.longest_pause_seconds:
                    raise RemoteError(f"{host} {what} and asks to wait {pause:.0f} s") from None
                if attempt + 1 < self._limits.attempts:
                    self._sleep(pause)
        raise RemoteError(f"{host} {what}, {self._limits.attempts} times in a row")

    def _once(
        self,
        method: str,
        url: str,
        consume: Consume[T],
        most: tuple[float, int],
        good: frozenset[int],
        options: Mapping[str, Any],
    ) -> T:
        host = urlsplit(url).hostname
        # What httpx raises may hold the whole address: it is named by its kind only, and never chained.
        try:
            with self._http.stream(method, url, **options) as response:
                state = response.status_code
                if state in BUSY or _is_over_limit(response):
                    raise _Busy(f"answers {state}", self._asked_to_wait(response), is_limit=state == LIMITED)
                if state not in good:
                    raise RemoteError(f"{host} answers {state}" + _hint(state))
                return consume(response, self._pieces(response, host, *most))
        except (httpx.InvalidURL, httpx.UnsupportedProtocol):
            raise RemoteError(
                "the address is not one of http or https; expected one such as https://host/path"
            ) from None
        except UnicodeError:
            raise RemoteError(f"the token or the address for {host} holds a character that HTTP cannot carry") from None
        except httpx.TimeoutException:
            raise _Busy(f"does not answer within {self._limits.silence_seconds:g} s") from None
        except httpx.HTTPError as error:
            raise _Busy(f"cannot be read ({type(error).__name__})") from None

    def _pieces(self, response: httpx.Response, host: str | None, seconds: float, size: int) -> Iterator[bytes]:
        end, left = self._monotonic() + seconds, size
        for piece in response.iter_bytes(chunk_size=64 * 1024):
            left -= len(piece)
            if left < 0:
                raise RemoteError(f"the answer of {host} has more than {size:,} bytes")
            if self._monotonic() > end:
                raise RemoteError(f"the answer of {host} takes longer than {seconds:g} s")
            yield piece

    def _asked_to_wait(self, response: httpx.Response) -> float | None:
        """Return the seconds that a server asks for, None if it does not say.

        `Retry-After` is a number or a date; `X-RateLimit-Reset` is the time at which further requests are allowed, in
        seconds since 1970, where `X-RateLimit-Remaining` says that none is left.
        """
        value: str = response.headers.get("retry-after", "")
        if value.isdigit():
            return float(value)
        try:
            return max(float((parsedate_to_datetime(value) - self._now()).total_seconds()), 0.0)
        except (TypeError, ValueError):
            pass
        reset: str = response.headers.get("x-ratelimit-reset", "")
        if response.headers.get("x-ratelimit-remaining") != "0" or not reset.isdigit():
            return None
        seconds = int(reset) - self._now().timestamp()
        return seconds if seconds > 0 else None


def _whole(_: httpx.Response, pieces: Iterable[bytes]) -> bytes:
    return b"".join(pieces)


def _page(
    response: httpx.Response, pieces: Iterable[bytes], read: Callable[[bytes], T], before: Page[T] | None
) -> Page[T]:
    if response.status_code == UNCHANGED and before is not None:
        return before
    kind = response.headers.get("content-type", "").split(";")[0].strip().lower()
    if kind != "application/json" and not kind.endswith("+json"):
        shown = repr(kind[:40]) if kind else "nothing"
        raise RemoteError(f"the answer of {response.url.host} calls itself {shown}, expected 'application/json'")
    following = response.links.get("next", {}).get("url")
    return Page(read(b"".join(pieces)), response.headers.get("etag", ""), following)


def _is_over_limit(response: httpx.Response) -> bool:
    """Tell whether a server refuses because it had too many requests, which GitHub says with 403 too."""
    headers = response.headers
    return response.status_code == 403 and ("retry-after" in headers or headers.get("x-ratelimit-remaining") == "0")


def _bearer(token: str | None) -> dict[str, str]:
    return {"authorization": f"Bearer {token}"} if token else {}


def _hint(status: int) -> str:
    return {
        301: ": it has moved for good, which is not followed; look for its new address",
        400: ": the request is not what the server expects",
        401: ": the token is missing or wrong",
        403: ": the token may not do this, or the address is blocked",
        404: ": the address is no longer there",
    }.get(status, "")
