"""What the protocols of Waku are set to: one row for each value that one document states.

Belongs here: the columns of `evidence/public/protocol/protocol_parameters.csv`, and which of its rows contradict each
other. Does not belong here: what a deployment needs (`costs`), parameters of RLN that the cost model reads
(`costs/rln_parameters`).
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import ClassVar, Literal

from pydantic import Field

from assets.evidence.model import GRADE_ORDER, Grade, Identifier, Problem, Record, Says, Table, ValueRow
from assets.evidence.tables.costs import StatedIn

Topic = Literal["relay", "sharding", "message", "rln", "light", "store", "sync", "discovery", "reliability", "mix"]


class ProtocolParameter(ValueRow):
    """One parameter of a protocol as one document states it, and whether that is what holds."""

    says: ClassVar[Says] = Says(conditions=("parameter", "condition", "document"))
    subject: ClassVar[tuple[str, ...]] = ("parameter", "document")

    topic: Topic = Field(description="Protocol, or part of the network, that it belongs to")
    parameter: Identifier = Field(description="What is described")
    unit: (
        Literal[
            "bits",
            "bytes",
            "count",
            "h",
            "messages",
            "min",
            "mixes",
            "ms",
            "nodes",
            "peers",
            "per cent",
            "points",
            "requests",
            "roots",
            "s",
            "share",
            "shards",
            "topics",
        ]
        | None
    ) = Field(default=None, description="Unit of the value; empty for words")
    condition: str = Field(default="", description="When or for what it holds; empty where always")
    stated_in: StatedIn = Field(description="What kind of source states it")
    document: Identifier = Field(description="Document that states it, by its key in the references of the whitepaper")
    holds: bool | None = Field(
        default=None,
        description="Where documents state different values: whether this one says what holds; empty where they agree",
    )


TABLES: tuple[Table, ...] = (
    Table("protocol", "protocol_parameters", ProtocolParameter, "Parameters of the protocols"),
)


def contradictions(records: Mapping[str, Sequence[Record]]) -> Iterator[Problem]:
    """Yield the rows that state something else than others of the same parameter, where none is declared to hold.

    Of one document the newest row counts: an older one is what it said before.
    """
    stated: dict[tuple[str, str], list[tuple[ProtocolParameter, Record]]] = {}
    for row, record in _newest(records[TABLES[0].key]):
        stated.setdefault((row.parameter, row.condition), []).append((row, record))
    for (parameter, _), rows in stated.items():
        if len({_value(row) for row, _ in rows}) < 2:
            continue
        first = rows[0][1]
        holding = [(row, record) for row, record in rows if row.holds]
        others = ", ".join(f"{record.file}:{record.line}" for _, record in rows[:-1])
        last = rows[-1][1]
        if not holding:
            message = f"{parameter} has another value in {others}, and none is said to hold"
            yield Problem(last.file, last.line, "holds", message, "true for the value that holds, false for the others")
        elif len({_value(row) for row, _ in holding}) > 1:
            message = f"{parameter} has two values that are both said to hold, here and in {first.file}:{first.line}"
            yield Problem(holding[-1][1].file, holding[-1][1].line, "holds", message, "true for one value")
        for row, record in rows:
            if holding and row.holds is None:
                message = f"{parameter} is stated with different values, and of this one nothing is said"
                yield Problem(record.file, record.line, "holds", message, "true or false")
            if row.holds and not row.note:
                message = f"{parameter} is said to hold against other documents, without a reason"
                yield Problem(record.file, record.line, "note", message, "why it holds")


def _newest(records: Sequence[Record]) -> Iterator[tuple[ProtocolParameter, Record]]:
    newest: dict[tuple[str, str, str], tuple[ProtocolParameter, Record]] = {}
    for record in records:
        row = record.row
        if not isinstance(row, ProtocolParameter) or GRADE_ORDER.index(row.grade) >= GRADE_ORDER.index(
            Grade.ILLUSTRATIVE
        ):
            continue
        key = (row.parameter, row.condition, row.document)
        if key not in newest or newest[key][0].as_of <= row.as_of:
            newest[key] = (row, record)
    yield from newest.values()


def _value(row: ProtocolParameter) -> tuple[object, ...]:
    return (row.value, row.value_low, row.value_high, row.value_text, row.unit)
