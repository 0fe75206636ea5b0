"""GitHub: issues and milestones of one repository, by its REST API. A token is optional.

https://docs.github.com/en/rest/issues/issues#list-repository-issues, …/milestones#list-milestones
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any, Literal
from urllib.parse import urlencode

from assets.common.answers import Client, RemoteError, document, same_host
from assets.refresh.interfaces import Clock
from assets.roadmap.live.model import TrackedState, WorkObservation

REPOSITORY = "WAKU_FIT_ROADMAP_REPOSITORY"
TOKEN = "GITHUB_TOKEN"  # noqa: S105 - the name of the variable

MOST_PAGES = 50
PER_PAGE = 100
"""The most that GitHub sends at once."""
MOST_TITLE = 200
"""Characters; GitHub takes 256."""
MOST_LABELS = 10

HEADERS = {"accept": "application/vnd.github+json", "x-github-api-version": "2022-11-28"}
KEPT = ("number", "title", "state", "state_reason", "closed_at", "due_on")
"""Of an issue or milestone. What people wrote in it, and who they are, is not kept."""

Kind = Literal["issues", "milestones"]
PAGES: dict[Kind, str] = {"issues": "issues", "milestones": "milestone"}
"""What the page of one is called."""


@dataclass(frozen=True)
class GitHub:
    """Issues and milestones of a repository, open and closed."""

    repository: str
    """`owner/name`."""
    token: str = field(default="", repr=False)
    base_url: str = "https://api.github.com"
    name: str = "github"
    covers: str = "state of the roadmap"

    def observations(self, client: Client, clock: Clock) -> Iterator[WorkObservation]:
        if not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9-]*/(?!\.{1,2}$)[A-Za-z0-9._-]+", self.repository):
            raise RemoteError(f"{REPOSITORY} does not name a repository; expected one such as waku-org/pm")
        today = clock().date()
        for kind in PAGES:
            for item in self._items(client, kind):
                yield observation(item, f"https://github.com/{self.repository}/{PAGES[kind]}", today)

    def _items(self, client: Client, kind: Kind) -> Iterator[dict[str, Any]]:
        what = f"the list of {kind} of {self.repository}"
        asked = urlencode({"state": "all", "per_page": PER_PAGE})
        url = f"{self.base_url}/repos/{self.repository}/{kind}?{asked}"
        seen: set[str] = set()
        while url not in seen:
            if len(seen) == MOST_PAGES:
                raise RemoteError(f"{what} has more than {MOST_PAGES} pages of {PER_PAGE}, which are not read")
            seen.add(url)
            page = client.page(url, lambda body: kept(body, what), token=self.token or None, headers=HEADERS)
            yield from page.content
            if page.next is None:
                return
            # The token goes with the request: only to the host that it is meant for.
            if not same_host(page.next, self.base_url):
                raise RemoteError(f"{what} continues on another host, which is not followed")
            url = page.next
        raise RemoteError(f"{what} goes round in a circle: one page leads back to an earlier one")


def kept(body: bytes, what: str) -> list[dict[str, Any]]:
    """Return what is kept of each issue or milestone on a page. Pull requests, which GitHub lists as issues, are not.

    Raises `RemoteError`.
    """
    items = document(body, what)
    if not isinstance(items, list):
        raise RemoteError(f"{what} is no list; the interface may have changed")
    if len(items) > PER_PAGE:
        raise RemoteError(f"{what} has {len(items):,} on one page, expected at most {PER_PAGE}")
    return [_slim(item) for item in items if "pull_request" not in item]


def _slim(item: dict[str, Any]) -> dict[str, Any]:
    milestone = item.get("milestone")
    labels = [label["name"] if isinstance(label, dict) else label for label in item.get("labels") or ()]
    return {
        **{name: item.get(name) for name in KEPT},
        "milestone": milestone and {name: milestone.get(name) for name in ("title", "due_on")},
        "labels": labels[:MOST_LABELS],
    }


def observation(item: dict[str, Any], pages: str, today: date) -> WorkObservation:
    """Return what an issue or a milestone says; its page is below `pages`. Raises `RemoteError` or `ValueError`.

    GitHub knows open and closed, and for an issue why it was closed. What is open after its due day is late.
    """
    number = int(item["number"])
    milestone = item["milestone"] or {}
    due = _day(item["due_on"] or milestone.get("due_on"), today, may_come=True)
    status, since = _state(item, due, today)
    return WorkObservation(
        url=f"{pages}/{number}",
        title=_text(item["title"]),
        status=status,
        since=since,
        seen=today,
        milestone=_text(milestone["title"]) if milestone else None,
        due=due,
        labels=tuple(_text(label) for label in item["labels"]),
    )


def _state(item: dict[str, Any], due: date | None, today: date) -> tuple[TrackedState, date | None]:
    if item["state"] == "open":
        return ("late", due + timedelta(days=1)) if due is not None and due < today else ("not_done", None)
    if item["state"] != "closed":
        raise RemoteError("an issue or milestone is neither open nor closed; the interface may have changed")
    # null for a milestone, and for an issue that was closed before there were reasons
    reasons: dict[str | None, TrackedState] = {"not_planned": "dropped", "duplicate": "superseded"}
    return reasons.get(item["state_reason"], "closed"), _day(item["closed_at"], today)


def _day(value: str | None, today: date, *, may_come: bool = False) -> date | None:
    if value is None:
        return None
    day = datetime.fromisoformat(value).date()
    if day > today and not may_come:
        raise RemoteError(f"an issue or milestone was closed on {day}, which lies in the future")
    return day


def _text(value: str) -> str:
    """Return a text on one line, printable and not too long."""
    words = " ".join("".join(c if c.isprintable() else " " for c in value).split())
    if not words:
        raise ValueError("an empty text")
    return words[:MOST_TITLE]
