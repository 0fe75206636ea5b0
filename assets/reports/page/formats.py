"""How a value of a table is written for a reader.

Belongs here: one function per kind of value, value in, text out. Does not belong here: HTML (`cells.py`), arithmetic.
Digits are cut to what an estimate can carry; the exact value stays in the page beside the text.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from datetime import date, datetime

from assets.benchmarks.archive.requests import WORKLOADS
from assets.benchmarks.archive.stages import STAGES
from assets.common.numerals import ratio, significant
from assets.common.words import enumerated

LONGEST = 160
"""Characters of a text that stands for a row in a list."""

MISSING = "not known"
"""What stands for a value that is not there: never a zero, never a blank."""

WORDS = {
    "pass": "passes",
    "fail": "fails",
    "unknown": "cannot be judged",
    "not_found": "not found",
    "compute": "Servers",
    "addresses": "Public addresses",
    "database": "Database",
    "archive_storage": "Archive storage",
    "backups": "Backups",
    "egress": "Outgoing traffic",
    "rpc": "Chain access (RPC)",
    "rln_gas": "Gas for RLN",
    "capital_cost": "Cost of locked capital",
    "infrastructure": "Infrastructure",
    "all_in": "All in",
    "node": "nodes",
    "node and database": "hosts of node and database",
    "operator": "whoever runs the fleet",
    "members": "members",
    "cdn": "delivery of media (CDN)",
    "registration": "registration by SMS",
    "source_date": "dated by its source",
    "assigned": "date assigned",
    "observed": "observed",
    "committed": "date of its commit",
    "page_date": "date of the page",
    "page_date_older": "date of an older page",
    "managed_postgresql": "Hosted PostgreSQL",
    "self_managed_postgresql": "PostgreSQL run oneself",
    "rpc_wallet": "Chain access of wallets",
    "rpc_rln_clients": "Chain access of members",
    "aws": "AWS",
    "azure": "Azure",
    "digitalocean": "DigitalOcean",
    "gcp": "Google Cloud",
    "hetzner_cloud": "Hetzner Cloud",
    "hetzner_dedicated": "Hetzner, dedicated servers",
    "linode": "Linode",
    "ovhcloud": "OVHcloud",
    "scaleway": "Scaleway",
    "upcloud": "UpCloud",
    "vultr": "Vultr",
    "all": "all regions",
    "usd_per_eth": "USD for one ether",
    "ably": "Ably",
    "cometchat": "CometChat",
    "element": "Element",
    "firebase": "Firebase",
    "pubnub": "PubNub",
    "push_protocol": "Push Protocol",
    "pusher": "Pusher",
    "reown": "Reown",
    "sendbird": "Sendbird",
    "stream": "Stream",
    "twilio": "Twilio",
    "xmtp": "XMTP",
    "retrieved": "undated, as retrieved",
    "recalled": "undated, from memory",
    "community": "Community",
    "status_1to1": "Status 1:1 chats",
}
"""What a reader sees for a value that programs use."""


def count(value: float) -> str:
    """Write a count as it is."""
    return f"{value:,.0f}" if float(value).is_integer() else f"{value:,g}"


def usd(value: float) -> str:
    """Write money: cents below 100 dollars, three digits from 1,000, two digits below one dollar."""
    if value == 0:
        return "USD 0"
    if abs(value) < 1:
        return f"USD {value:.{1 - math.floor(math.log10(abs(value)))}f}"
    if abs(value) < 100:
        return f"USD {value:,.2f}"
    return f"USD {value:,.0f}" if abs(value) < 1000 else f"USD {significant(value, 3)}"


def quantity(value: float) -> str:
    """Write an amount of anything with three digits, millions and billions in words."""
    for size, name in ((1e9, "billion"), (1e6, "million")):
        if abs(value) >= size:
            return f"{significant(value / size, 3)} {name}"
    return count(value) if float(value).is_integer() else significant(value, 3)


def hundredths(value: float) -> str:
    """Write a share as what it is of a hundred, with three digits."""
    return significant(value * 100, 3)


def chance(value: float) -> str:
    """Write a probability as what it is of a hundred; very small and very large ones by a bound."""
    if 0 < value < 0.001:
        return "less than 0.1 per cent"
    if 0.999 < value < 1:
        return "more than 99.9 per cent"
    return f"{significant(value * 100, 2)} per cent"


def change(value: float) -> str:
    """Write a change as a share of what was before, of a hundred, with its sign."""
    return f"{'+' if value >= 0 else '−'}{hundredths(abs(value))}"


def whole(value: float) -> str:
    """Write an amount without decimals."""
    return f"{value:,.0f}"


def tenths(value: float) -> str:
    """Write an amount with one decimal."""
    return f"{value:,.1f}"


def day(value: date) -> str:
    """Write a date, with its time where it has one."""
    text = f"{value.day} {value:%B %Y}"
    return f"{text}, {value:%H:%M} UTC" if isinstance(value, datetime) else text


def month(value: date) -> str:
    """Write the month of a date."""
    return f"{value:%B %Y}"


def initial_of_month(value: date) -> str:
    """Write the first letter of the month of a date."""
    return f"{value:%B}"[0]


def year(value: date) -> str:
    """Write the year of a date."""
    return f"{value:%Y}"


def word(value: object) -> str:
    """Write a value that programs use as a reader says it."""
    return WORDS.get(str(value), str(value).replace("_", " "))


def listed(values: list[str]) -> str:
    """Write several names in a sentence, as in "a, b and c"."""
    return enumerated(values)


def quoted(values: list[str]) -> str:
    """Write several such values in a sentence, as in “a”, “b” and “c”."""
    return enumerated(f"“{word(value)}”" for value in values)


def place(value: str) -> str:
    """Write `provider/region` as a reader says it."""
    return ", ".join(word(part) for part in value.split("/"))


def answer(value: object) -> str:
    """Write a verdict as the answer to the question of its milestone."""
    return {"not_ready": "Not ready", "ready": "Ready", "unknown": "Not known"}[str(value)]


def stage(value: str) -> str:
    """Write a stage of the archive's schema by its title; one that is not known here by its name."""
    return STAGES[value].title if value in STAGES else word(value)


def workload(value: str) -> str:
    """Write a workload of the archive as what is asked of it; one that is not known here by its name."""
    return WORKLOADS[value].title if value in WORKLOADS else word(value)


def state(value: object) -> str:
    """Write the state of a piece of work, of which `unknown` means what it says."""
    return str(value).replace("_", " ")


def heading(value: str) -> str:
    """Write a few words as a heading."""
    return value[:1].upper() + value[1:]


def line(value: int) -> str:
    """Write a line number, which takes no separators."""
    return str(value)


def in_sentence(value: str) -> str:
    """Write a title inside of a sentence: with a small first letter, if its first word is an ordinary one."""
    first = value.partition(" ")[0]
    return value[:1].lower() + value[1:] if first[1:].islower() else value


def plain(value: object) -> str:
    """Write text as it is; several values with commas."""
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)


def shortened(text: str, longest: int = LONGEST) -> str:
    """Write the beginning of a text that is longer than `longest` characters: whole words, so that no number is cut."""
    if len(text) <= longest:
        return text
    beginning = text[:longest]
    return f"{beginning.rpartition(' ')[0] or beginning[:-1]}…"


def line_of(number: int, said: str) -> str:
    """Write what a line of a file says."""
    return f"line {number}: {said}"


def row_name(value: str) -> str:
    """Write an evidence id without its table, where the table stands beside it."""
    return value.partition("/")[2]


FORMATS: dict[str, Callable[..., str]] = {
    "count": count,
    "usd": usd,
    "quantity": quantity,
    "hundredths": hundredths,
    "chance": chance,
    "place": place,
    "change": change,
    "tenths": tenths,
    "whole": whole,
    "ratio": ratio,
    "day": day,
    "month": month,
    "initial_of_month": initial_of_month,
    "year": year,
    "word": word,
    "listed": listed,
    "quoted": quoted,
    "plain": plain,
    "row_name": row_name,
    "answer": answer,
    "stage": stage,
    "workload": workload,
    "state": state,
    "heading": heading,
    "in_sentence": in_sentence,
    "line": line,
}
