"""Gas prices of one chain from any JSON-RPC node: https://ethereum.github.io/execution-apis (eth_feeHistory).

What a transaction pays for one gas is the base fee of its block and the tip; the tip taken is the block's median.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from statistics import fmean, median, quantiles
from typing import Any
from urllib.parse import urlsplit

from assets.common.answers import Client, RemoteError, document, part
from assets.evidence.tables.pricing import FEES
from assets.pricing.model import PriceObservation
from assets.refresh.interfaces import Clock

DAYS = 7
LOOKS_PER_DAY = 4
BLOCKS_PER_LOOK = 64
"""Gas is dear at some hours and cheap at others: a week is looked at every six hours, some minutes each time."""

PROBE = 10_000
"""Blocks back from the newest one, to learn how long a block takes on this chain."""

NEWEST_BLOCK_MAX_AGE = timedelta(hours=1)


@dataclass(frozen=True)
class Gas:
    """The mean of the last week's daily means on one chain. The URL may hold a key and is never shown whole."""

    chain: str
    url: str = field(repr=False)
    name: str
    covers: str

    def observations(self, client: Client, clock: Clock) -> Iterator[PriceObservation]:
        now = clock()
        newest = self._block(client, "latest")
        if now - newest.time > NEWEST_BLOCK_MAX_AGE:
            raise RemoteError(f"the newest block of the node is of {newest.time:%Y-%m-%d %H:%M} UTC: it lags behind")
        probe = self._block(client, hex(max(newest.number - PROBE, 0)))
        seconds = (newest.time - probe.time).total_seconds() / max(newest.number - probe.number, 1)
        if seconds <= 0:
            raise RemoteError("the node gives a newer block an older time, so days cannot be distinguished")
        step = timedelta(days=1) / LOOKS_PER_DAY
        looks = [round(step.total_seconds() * look / seconds) for look in range(DAYS * LOOKS_PER_DAY)]
        prices = [self._gas_price(client, newest.number - back) for back in looks]
        daily = [fmean(prices[start : start + LOOKS_PER_DAY]) for start in range(0, len(prices), LOOKS_PER_DAY)]
        yield PriceObservation(
            offer=(FEES, self.chain, "gas_price"),
            price=fmean(daily),
            unit="gwei",
            currency=None,
            day=now.date(),
            source=f"eth_feeHistory at {urlsplit(self.url).scheme}://{urlsplit(self.url).hostname}",
            extras=week(daily, now.date()),
        )

    def _gas_price(self, client: Client, newest: int) -> float:
        return parse_fee_history(self._call(client, "eth_feeHistory", [hex(BLOCKS_PER_LOOK), hex(newest), [50]]))

    def _block(self, client: Client, number: str) -> Block:
        return parse_block(self._call(client, "eth_getBlockByNumber", [number, False]))

    def _call(self, client: Client, method: str, params: list[Any]) -> Any:
        body = client.post(self.url, {"jsonrpc": "2.0", "id": 1, "method": method, "params": params})
        answer = document(body, f"the answer to {method}")
        if isinstance(answer, dict) and (error := answer.get("error")):
            code = error.get("code") if isinstance(error, dict) else None
            raise RemoteError(f"the node refuses {method} (code {code}); another node may answer it")
        return part(answer, "result", dict, f"the answer to {method}")


@dataclass(frozen=True)
class Block:
    """A block's number and time."""

    number: int
    time: datetime


def parse_block(result: dict[str, Any]) -> Block:
    """Return number and time of a block. Raises `RemoteError`."""
    try:
        return Block(_integer(result["number"]), datetime.fromtimestamp(_integer(result["timestamp"]), UTC))
    except (KeyError, ValueError, OverflowError, OSError):
        raise RemoteError("the node's block has no number or no time in hexadecimal digits") from None


def parse_fee_history(result: dict[str, Any]) -> float:
    """Return the mean over blocks of base fee and median tip, in gwei. Raises `RemoteError`."""
    try:
        base = [_integer(wei) for wei in result["baseFeePerGas"]]
        tips = [_integer(rewards[0]) for rewards in result["reward"]]
    except (KeyError, IndexError, TypeError, ValueError):
        raise RemoteError("the fee history lacks baseFeePerGas or reward in hexadecimal digits") from None
    if not tips or len(base) != len(tips) + 1:
        raise RemoteError(f"the fee history has {len(base)} base fees for {len(tips)} tips, expected one more")
    # The last base fee is the one of the block to come.
    return fmean(fee + tip for fee, tip in zip(base[:-1], tips, strict=True)) / 1e9


def week(daily: Sequence[float], today: date) -> dict[str, Any]:
    """Return the columns of a row of fees for daily means, newest first."""
    tenths = quantiles(daily, n=10, method="inclusive") if len(daily) > 1 else [*daily] * 9
    return {
        "period": "week",
        "statistic": "mean_of_daily",
        "period_start": today - timedelta(days=len(daily) - 1),
        "period_end": today,
        "value_min": min(daily),
        "value_p10": tenths[0],
        "value_median": median(daily),
        "value_p90": tenths[8],
        "value_max": max(daily),
        "days_observed": len(daily),
    }


def _integer(value: Any) -> int:
    if not isinstance(value, str) or not value.startswith("0x"):
        raise ValueError(value)
    return int(value, 16)
