"""HubSpot's companies on this machine: pages, unique keys, refusals, an account that is busy or goes away."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs

from tests.unit.local_server import Answer, Asked, LocalServer, as_json, local_server

COMPANIES = "/crm/objects/2026-03/companies"
PROPERTIES = "/crm/properties/2026-03/companies"
MOST = 100


@dataclass
class FakeHubSpot:
    """What an account holds, and how it behaves."""

    server: LocalServer
    token: str = "pat-secret"
    companies: list[dict[str, str]] = field(default_factory=list)
    """Attributes of each company."""
    attributes: list[str] = field(default_factory=lambda: ["name", "domain"])
    refused: dict[str, str] = field(default_factory=dict)
    """What is said of an organisation that is not taken, by key."""
    busy: int = 0
    """Requests that are answered with 429 before the next one that is served."""
    upserts_left: int | None = None
    """Batches that are taken before the server goes away."""
    written: list[list[str]] = field(default_factory=list)
    """Keys of each batch that came, in order."""

    def by_key(self) -> dict[str, dict[str, str]]:
        return {company["waku_fit_id"]: company for company in self.companies if "waku_fit_id" in company}

    def _guarded(self, asked: Asked) -> Answer | None:
        if {name.lower(): value for name, value in asked.headers.items()}.get(
            "authorization"
        ) != f"Bearer {self.token}":
            return as_json({"status": "error", "message": "Authentication credentials not found"}, status=401)
        if self.busy:
            self.busy -= 1
            error = {"status": "error", "errorType": "RATE_LIMIT", "policyName": "TEN_SECONDLY_ROLLING"}
            return as_json(error, status=429, headers={"retry-after": "3"})
        return None

    def list_companies(self, asked: Asked) -> Answer:
        if guard := self._guarded(asked):
            return guard
        query = parse_qs(asked.query)
        first, size = int(query.get("after", ["0"])[0]), min(int(query["limit"][0]), MOST)
        names = query["properties"][0].split(",")
        page: dict[str, Any] = {
            "results": [
                {"id": str(number), "properties": {name: company.get(name) for name in names}, "archived": False}
                for number, company in enumerate(self.companies[first : first + size], start=first)
            ]
        }
        if first + size < len(self.companies):
            page["paging"] = {"next": {"after": str(first + size), "link": "elsewhere"}}
        return as_json(page)

    def properties(self, asked: Asked) -> Answer:
        if guard := self._guarded(asked):
            return guard
        if not asked.body:
            return as_json({"results": [{"name": name} for name in self.attributes]})
        self.attributes.append(json.loads(asked.body)["name"])
        return as_json({"name": self.attributes[-1]}, status=201)

    def upsert(self, asked: Asked) -> Answer:
        if guard := self._guarded(asked):
            return guard
        if self.upserts_left == 0:
            return Answer(status=502)
        self.upserts_left = None if self.upserts_left is None else self.upserts_left - 1
        inputs = json.loads(asked.body)["inputs"]
        known = {"name", *self.attributes}
        if len(inputs) > MOST or any(set(one["properties"]) - known for one in inputs):
            return as_json({"status": "error", "category": "VALIDATION_ERROR"}, status=400)
        self.written.append([one["id"] for one in inputs])
        results, errors = [], []
        for one in inputs:
            key = one["id"]
            if key in self.refused:
                context = {"objectWriteTraceId": [one["objectWriteTraceId"]]}
                errors.append({"status": "error", "message": self.refused[key], "context": context})
                continue
            if key not in self.by_key():
                self.companies.append({"waku_fit_id": key})
            self.by_key()[key].update(one["properties"])
            results.append({"id": "1", "properties": {}, "objectWriteTraceId": one["objectWriteTraceId"]})
        answer: dict[str, Any] = {"status": "COMPLETE", "results": results}
        if errors:
            answer |= {"numErrors": len(errors), "errors": errors}
        return as_json(answer, status=207 if errors else 200)


@contextmanager
def fake_hubspot() -> Iterator[FakeHubSpot]:
    with local_server() as server:
        fake = FakeHubSpot(server)
        server.answers[COMPANIES] = fake.list_companies
        server.answers[PROPERTIES] = fake.properties
        server.answers[f"{COMPANIES}/batch/upsert"] = fake.upsert
        yield fake
