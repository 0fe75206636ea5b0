"""Euro reference rates of the European Central Bank, one a working day, no key. A weekend keeps Friday's and its date.

https://www.ecb.europa.eu/stats/policy_and_exchange_rates/euro_reference_exchange_rates
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from assets.common.answers import Client, RemoteError, number, shown
from assets.evidence.tables.pricing import RATES
from assets.pricing.model import PriceObservation
from assets.refresh.interfaces import Clock

# The document is flat and has had this form since 1999; a parser of all of XML would be one more thing to attack.
DAY = re.compile(r"""<Cube\s+time=["'](\d{4}-\d{2}-\d{2})["']""")
RATE = re.compile(r"""<Cube\s+currency=["']([A-Z]{3})["']\s+rate=["']([^"']*)["']""")


@dataclass(frozen=True)
class Ecb:
    """US dollars for one euro."""

    base_url: str = "https://www.ecb.europa.eu"
    name: str = "ecb"
    covers: str = "exchange rate of EUR"

    def observations(self, client: Client, clock: Clock) -> Iterator[PriceObservation]:
        url = f"{self.base_url}/stats/eurofxref/eurofxref-daily.xml"
        yield parse_rates(client.get(url), clock().date(), url)


def parse_rates(body: bytes, today: date, source: str) -> PriceObservation:
    """Return the rate of the US dollar with the day that it is of. Raises `RemoteError` if that is not there."""
    xml = body.decode("utf-8", "replace")
    day, rates = DAY.search(xml), dict(RATE.findall(xml))
    if day is None or "Envelope>" not in xml[-40:]:
        raise RemoteError(f"the rates of the ECB are not whole (start with {shown(body)}), expected one dated list")
    try:
        of = date.fromisoformat(day[1])
    except ValueError:
        raise RemoteError(f"the rates of the ECB are of {day[1]}, which is not a date") from None
    if of > today:
        raise RemoteError(f"the rates of the ECB are of {of}, which lies in the future")
    return PriceObservation((RATES, "EUR", "USD"), number(rates.get("USD")), "rate", None, of, source)
