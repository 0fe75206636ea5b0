"""HubSpot, by its public object API for companies.

Belongs here: addresses, attributes and answers of HubSpot. Does not belong here: what differs (`crm.py`).
Sources: developers.hubspot.com/docs/api-reference, version 2026-03: `crm/objects/companies` (a page has at most 100
records, `paging.next.after` names the next one), `batch/upsert-companies` (at most 100 records, found by an attribute
with unique values; an answer with state 207 says which ones failed, by `objectWriteTraceId`), `crm/properties`.

Only companies that carry our key are kept, and of them only our attributes are asked for: no contact, no other field.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from assets.common.answers import Client, RemoteError, document, part, text
from assets.segments.crm import KEY, WRITTEN, OrganisationRecord, organisation

TOKEN = "HUBSPOT_ACCESS_TOKEN"  # noqa: S105 - name of the environment variable
"""Of a private app that may read and write companies and their attributes."""

ATTRIBUTES = {
    KEY: KEY,
    "Name": "name",
    "Segment": "waku_segment",
    "Stage": "waku_stage",
    "Dependencies": "waku_dependencies",
    "Next step": "waku_next_step",
    WRITTEN: "waku_fit_written",
}
"""Heading of the neutral file and attribute of a company. `name` is HubSpot's own."""

BATCH = 100
"""Most records in one page and in one request."""

_VERSION = "2026-03"
_SHOWN = 200


@dataclass(frozen=True)
class Failure:
    """One organisation that HubSpot did not take, and why."""

    organisation_id: str
    message: str


class HubSpot:
    """Companies of one account. Every method raises `RemoteError`; no message holds the token."""

    def __init__(self, client: Client, token: str, url: str = "https://api.hubapi.com") -> None:
        self._client, self._token = client, token
        self._companies = f"{url}/crm/objects/{_VERSION}/companies"
        self._properties = f"{url}/crm/properties/{_VERSION}/companies"

    def organisations(self) -> list[OrganisationRecord]:
        """Return the companies that carry our key, from all pages."""
        found: list[OrganisationRecord] = []
        asked: set[str] = set()
        after = ""
        while True:
            page = self._get(
                self._companies,
                {"limit": str(BATCH), "properties": ",".join(ATTRIBUTES.values())}
                | ({"after": after} if after else {}),
            )
            for company in part(page, "results", list, "a page of companies"):
                values = part(company, "properties", dict, "a company")
                if text(values.get(KEY)):
                    found.append(organisation({heading: values.get(name) for heading, name in ATTRIBUTES.items()}))
            after = _next(page)
            if not after:
                return found
            if after in asked:
                raise RemoteError("HubSpot names the same next page twice; nothing of its answer is accepted")
            asked.add(after)

    def missing_attributes(self) -> list[str]:
        """Return the attributes that companies do not have yet."""
        page = self._get(self._properties, {})
        there = {part(one, "name", str, "an attribute") for one in part(page, "results", list, "the attributes")}
        return [name for name in ATTRIBUTES.values() if name not in there]

    def add_attributes(self, names: Sequence[str]) -> None:
        """Give companies the attributes `names`; that of the key takes each value once."""
        labels = {name: heading for heading, name in ATTRIBUTES.items()}
        for name in names:
            wanted = {
                "name": name,
                "label": labels[name],
                "type": "string",
                "fieldType": "text",
                "groupName": "companyinformation",
                "hasUniqueValue": name == KEY,
            }
            self._client.post(self._properties, wanted, token=self._token)

    def upsert(self, organisations: Sequence[OrganisationRecord]) -> list[Failure]:
        """Write the filled fields of at most `BATCH` organisations, found or made by their key; return what failed."""
        inputs = [_record(one) for one in organisations]
        body = self._client.post(f"{self._companies}/batch/upsert", {"inputs": inputs}, token=self._token)
        answer = document(body, "HubSpot's answer")
        written = {_key(result) for result in part(answer, "results", list, "HubSpot's answer")}
        reasons = _reasons(answer)
        return [
            Failure(one.organisation_id, reasons.get(one.organisation_id, "HubSpot does not say why"))
            for one in organisations
            if one.organisation_id not in written
        ]

    def _get(self, url: str, params: dict[str, str]) -> Any:
        return document(self._client.get(url, params=params, token=self._token), "HubSpot's answer")


def _record(one: OrganisationRecord) -> dict[str, Any]:
    cells = one.cells() | {WRITTEN: one.written}
    return {
        "idProperty": KEY,
        "id": one.organisation_id,
        "objectWriteTraceId": one.organisation_id,
        "properties": {name: cells[heading] for heading, name in ATTRIBUTES.items() if cells[heading]},
    }


def _next(page: Any) -> str:
    """Return where the next page begins, nothing after the last one."""
    following = page.get("paging", {}).get("next", {}) if isinstance(page.get("paging", {}), dict) else {}
    return text(following.get("after")) or "" if isinstance(following, dict) else ""


def _key(result: Any) -> str:
    """Return the key of a record that was written."""
    values = result.get("properties") if isinstance(result, dict) else None
    written = values.get(KEY) if isinstance(values, dict) else None
    return text(written) or (text(result.get("objectWriteTraceId")) if isinstance(result, dict) else None) or ""


def _reasons(answer: dict[str, Any]) -> dict[str, str]:
    """Return by key what HubSpot says of a record that it did not take; all fields of an error are optional."""
    found = {}
    errors = answer.get("errors")
    for error in errors if isinstance(errors, list) else []:
        context = error.get("context") if isinstance(error, dict) else None
        keys = context.get("objectWriteTraceId") if isinstance(context, dict) else None
        message = text(error.get("message")) if isinstance(error, dict) else None
        for key in keys if isinstance(keys, list) else []:
            found[str(key)] = "".join(c if c.isprintable() else " " for c in (message or "no reason given")[:_SHOWN])
    return found
