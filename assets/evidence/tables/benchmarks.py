"""What was measured and how the archive is built: one model per evidence table of benchmarks.

Belongs here: the columns of `evidence/public/benchmarks/*.csv`: published results, facts about nwaku's archive, and
what our own benchmarks measured. Does not belong here: measuring (`assets.benchmarks`), verdicts on a result (dbt and
`readiness`).
"""

from datetime import date
from typing import Annotated, ClassVar, Literal, Self

from pydantic import Field, model_validator

from assets.evidence.model import (
    DatePrecision,
    EvidenceRow,
    Identifier,
    NonNegative,
    Positive,
    Reference,
    Says,
    Table,
    TextList,
    ValueRow,
)

Percentile = Annotated[float, Field(ge=50, lt=100)]
"""Of 100 operations. The median at least: a limit that most may miss is none."""


class PostgresResult(ValueRow):
    """One number of one study of the message archive."""

    says: ClassVar[Says] = Says(
        conditions=("metric", "system", "workload", "message_count", "payload_bytes", "concurrency", "conditions")
    )
    id_as: ClassVar[str] = "result_id"
    subject: ClassVar[tuple[str, ...]] = ("study", "system", "workload", "metric")

    study: str = Field(description="Study that the number belongs to; its rows share conditions and source")
    measured_on: date = Field(description="Day of the measurement, or the first day of what date_precision says")
    date_precision: DatePrecision = Field(description="How much of measured_on the source states")
    system: str = Field(description="What was measured, such as PostgreSQL or SQLite")
    workload: str = Field(description="What the system was made to do")
    message_count: int | None = Field(default=None, ge=0, description="Messages stored or sent, messages")
    message_count_min: int | None = Field(
        default=None, ge=0, description="Messages stored at least, messages, where only a lower bound is stated"
    )
    payload_bytes: int | None = Field(default=None, ge=0, description="Size of a message's payload, bytes")
    concurrency: int | None = Field(default=None, ge=1, description="Clients at one time, clients")
    writers: int | None = Field(
        default=None, ge=0, description="Writing nodes, where they are distinguished from readers"
    )
    readers: int | None = Field(
        default=None, ge=0, description="Reading clients, where they are distinguished from writers"
    )
    concurrency_text: str | None = Field(default=None, description="Clients at one time where a range is stated")
    metric: Identifier = Field(description="What the value is")
    unit: (
        Literal[
            "bytes",
            "GB",
            "KB/s",
            "load",
            "MB",
            "ms",
            "msg/s",
            "percent",
            "req/min",
            "req/s",
            "requests",
            "rows",
            "s",
            "x",
            "x current size",
        ]
        | None
    ) = Field(default=None, description="Unit of the value; 'x' is a factor; empty where no value was published")
    conditions: str = Field(description="What else held during the measurement")


class NetworkResult(ValueRow):
    """One number of one study of the network: measured, simulated or modelled (see `system` and `conditions`)."""

    says: ClassVar[Says] = Says(conditions=("metric", "system", "workload", "payload_bytes", "scale", "conditions"))
    id_as: ClassVar[str] = "result_id"
    subject: ClassVar[tuple[str, ...]] = ("study", "system", "workload", "metric")

    study: str = Field(description="Study that the number belongs to; its rows share conditions and source")
    measured_on: date = Field(description="Day of the measurement, or the first day of what date_precision says")
    date_precision: DatePrecision = Field(description="How much of measured_on the source states")
    system: str = Field(description="What was measured or modelled")
    workload: str = Field(description="What the network was made to do")
    message_count: int | None = Field(default=None, ge=0, description="Messages or deliveries counted, messages")
    payload_bytes: int | None = Field(
        default=None, ge=0, description="Size of a message's payload, bytes; 0 is no messages"
    )
    payload_text: str | None = Field(default=None, description="Size of the payload where a range is stated")
    scale: int | None = Field(default=None, ge=1, description="Size of the network, in `scale_unit`")
    scale_unit: Literal["hosts", "nodes", "shards", "users"] | None = Field(default=None, description="Unit of scale")
    metric: Identifier = Field(description="What the value is")
    unit: Literal["KB/s", "kbit/s", "MB/hour", "MB/s", "Mbit/s", "ms", "msg/s", "percent", "s"] = Field(
        description="Unit of the value"
    )
    conditions: str = Field(description="What else held during the measurement")


class LatencyTarget(EvidenceRow):
    """A latency that the project asks of a component."""

    value_columns: ClassVar[tuple[str, ...]] = ("value",)
    says: ClassVar[Says] = Says(conditions=("metric", "statistic", "comparison", "condition"))
    subject: ClassVar[tuple[str, ...]] = ("component", "metric", "statistic")

    component: Literal["store"] = Field(description="Component that the target is for")
    metric: Identifier = Field(description="What is compared")
    statistic: Literal["p90", "p95", "typical", "unspecified"] = Field(
        description="Statistic of the metric, as the source has it"
    )
    percentile: Percentile | None = Field(
        default=None, description="Of 100 operations, how many have to compare; empty where the source names none"
    )
    comparison: Literal["less_than"] = Field(description="How the metric has to compare with the value")
    value: Positive | None = Field(default=None, description="The target, in `unit`")
    unit: Literal["ms", "s"] = Field(description="Unit of the value")
    population: str = Field(description="Operations that are counted")
    condition: str | None = Field(default=None, description="What else has to hold; empty where nothing is stated")

    @model_validator(mode="after")
    def _percentile_is_that_of_the_statistic(self) -> Self:
        stated = float(self.statistic[1:]) if self.statistic.startswith("p") else None
        if self.percentile != stated:
            expected = "none" if stated is None else f"{stated:g}"
            raise ValueError(
                f"the percentile of the statistic {self.statistic} is {self.percentile}; expected {expected}"
            )
        return self


class ArchiveColumn(EvidenceRow):
    """One column of one table of nwaku's PostgreSQL archive."""

    says: ClassVar[Says] = Says(("data_type", "content"), conditions=("table_name", "column_name", "schema_version"))
    subject: ClassVar[tuple[str, ...]] = ("table_name", "column_name")

    schema_version: int = Field(ge=1, description="Version of the archive schema that the row describes")
    table_name: Literal["messages", "messages_lookup", "version"] = Field(description="Table of the archive")
    column_name: str | None = Field(default=None, description="Column; empty where the source does not name it")
    data_type: Literal["variable text", "integer", "32 bit integer", "64 bit integer"] = Field(
        description="Type in words"
    )
    is_nullable: bool | None = Field(default=None, description="Whether it may be null; empty is not stated")
    is_in_primary_key: bool | None = Field(
        default=None, description="Whether the primary key has it; empty is not stated"
    )
    is_partition_key: bool = Field(description="Whether the table is partitioned by it")
    is_indexed_alone: bool | None = Field(
        default=None, description="Whether it has an index of its own; empty is not stated"
    )
    content: str = Field(description="What it holds")


class ArchiveSchemaVersion(EvidenceRow):
    """One migration of the archive, and how the tables were laid out after it."""

    says: ClassVar[Says] = Says(("change",), conditions=("version", "first_release", "migrated_on"))
    id_as: ClassVar[str] = "schema_version_id"
    subject: ClassVar[tuple[str, ...]] = ("version",)

    version: int = Field(ge=1, description="Version of the archive schema")
    migrated_on: date = Field(description="Day of the commit that added the migration")
    first_release: str = Field(description="First release tag with it")
    change: str = Field(description="What the migration does")
    primary_key: TextList = Field(description="Columns of the primary key of messages")
    secondary_indices: TextList = Field(
        default=[], description="Further indices of messages as far as the source names them, columns in brackets"
    )
    partitioning: Literal["none", "by hour of storedAt", "by hour of timestamp"] = Field(
        description="How messages is partitioned"
    )
    lookup_table: Literal["none", "one table", "hourly partitions"] = Field(description="How messages_lookup is stored")
    lookup_indices: TextList = Field(
        default=[], description="Indices of messages_lookup, the primary key first, columns in brackets"
    )


class ArchiveQueryShape(EvidenceRow):
    """One kind of query that a node sends to the archive."""

    says: ClassVar[Says] = Says(("statement",), conditions=("title", "protocol"))
    id_as: ClassVar[str] = "query_shape_id"
    subject: ClassVar[tuple[str, ...]] = ("protocol", "title")

    protocol: Literal["store_v3", "store_v2", "housekeeping"] = Field(description="What makes the node send it")
    title: str = Field(description="Name of the query")
    filters: TextList = Field(default=[], description="Conditions, all optional unless said otherwise, joined by AND")
    cursor: str | None = Field(default=None, description="How a following page is found")
    sort_order: str | None = Field(default=None, description="Order of the rows")
    page_size_default: int | None = Field(default=None, ge=1, description="Rows of a page by default, rows")
    page_size_max: int | None = Field(default=None, ge=1, description="Rows of a page at most, rows")
    statements_per_page: int | None = Field(default=None, ge=1, description="Statements sent for one page, statements")
    interval_minutes: Positive | None = Field(default=None, description="How often a housekeeping query runs, minutes")
    prepared_when: str | None = Field(
        default=None, description="When a prepared statement is used; empty is not stated"
    )
    statement: str = Field(description="What the query does, in words")


class ArchiveRetentionPolicy(EvidenceRow):
    """One way in which a node limits its archive."""

    says: ClassVar[Says] = Says(("default_limit", "limit_in_code"), conditions=("policy", "mechanism"))
    id_as: ClassVar[str] = "retention_policy_id"
    subject: ClassVar[tuple[str, ...]] = ("policy",)

    policy: Literal["time", "capacity", "size"] = Field(description="What the limit counts")
    default_limit: NonNegative = Field(description="Limit where the operator sets none, in `unit`")
    limit_in_code: NonNegative | None = Field(
        default=None, description="Default of the policy object where it differs from the command line, in `unit`"
    )
    unit: Literal["days", "rows", "GiB"] = Field(description="Unit of the limits")
    overflow_factor: Positive | None = Field(default=None, description="Acts when the limit times this is reached")
    acts_when: str | None = Field(default=None, description="When it acts, where the limit alone does not say it")
    mechanism: str = Field(description="What it does in PostgreSQL")


class ArchiveNote(EvidenceRow):
    """One further fact about the archive."""

    says: ClassVar[Says] = Says(("value", "fact"), conditions=("topic", "happened_on"))
    subject: ClassVar[tuple[str, ...]] = ("topic", "fact")

    topic: Literal[
        "table_design",
        "migrations",
        "insert_pattern",
        "connections",
        "query_limits",
        "query_use",
        "retention",
        "bottlenecks",
        "later_changes",
    ] = Field(description="What the fact is about")
    fact: str = Field(description="The fact, in one or two sentences")
    value: float | None = Field(default=None, description="Its number where it has one, in `unit`")
    unit: str | None = Field(default=None, description="Unit of value")
    happened_on: date | None = Field(default=None, description="When it happened or changed")
    date_precision: DatePrecision | None = Field(default=None, description="How much of happened_on the source states")


class BenchmarkRun(EvidenceRow):
    """One session of benchmarks in one environment; what was measured in it may be compared, and with nothing else."""

    says: ClassVar[Says] = Says(
        ("grid", "rounds", "cpu_model", "cpu_cores", "memory_gib", "postgres_version"),
        conditions=("changed_settings", "git_commit"),
    )
    id_as: ClassVar[str] = "benchmark_run_id"
    subject: ClassVar[tuple[str, ...]] = ("grid", "cpu_model", "postgres_version")

    grid: Literal["quick", "full", "import"] = Field(description="What was measured; `import` is somebody else's run")
    seed: int = Field(ge=0, description="Seed of messages, of the order of measurements and of what is asked for")
    rounds: int = Field(ge=1, description="How often each measurement that repeats was made, rounds")
    duration_seconds: NonNegative = Field(description="Length of the session, seconds")
    server_location: Literal["embedded", "same_host", "other_host"] = Field(
        description="Where the server ran; cpu_model to file_system describe the machine of the load generator"
    )
    cpu_model: str = Field(min_length=1, description="Model of the processor as the operating system names it")
    cpu_cores: int = Field(ge=1, description="Processors that could be used, cores")
    memory_gib: Positive = Field(description="Main memory, GiB")
    operating_system: str = Field(min_length=1, description="Name and release of the operating system's kernel")
    load_average: NonNegative | None = Field(
        default=None, description="Processes that wanted to run in the minute before, on average; empty is not known"
    )
    file_system: str | None = Field(
        default=None, description="File system of the server's data; empty where it cannot be seen"
    )
    postgres_version: str = Field(min_length=1, description="Version of the server")
    load_generator: str = Field(min_length=1, description="Program that made the load, with its version")
    changed_settings: TextList = Field(
        default=[], description="Settings of the server that differ from its defaults, as name=value"
    )
    code_version: str = Field(min_length=1, description="Version of the code that measured")
    git_commit: str | None = Field(
        default=None, description="Commit of the code that measured, or uncommitted; empty is not known"
    )
    latency_source: Literal[
        "pgbench_log",
        "pgbench_aggregate",
        "jmeter_jtl",
        "jmeter_statistics",
        "k6_csv",
        "k6_summary",
        "locust_stats",
        "wrk",
        "hyperfine",
        "csv",
    ] = Field(
        description="What latencies were read from; all are of the single operation, as its client saw it, and of"
        " hyperfine of a whole command"
    )


Metric = Literal[
    "throughput_per_s",
    "capacity_per_s",
    "latency_ms_p50",
    "latency_ms_p90",
    "latency_ms_p95",
    "latency_ms_p99",
    "late_share",
    "heap_bytes_per_message",
    "toast_bytes_per_message",
    "index_bytes_per_message",
    "lookup_bytes_per_message",
    "total_bytes_per_message",
    "wal_bytes_per_message",
    "delete_oldest_ms",
    "drop_oldest_ms",
]
"""What our own benchmarks measure; the name ends with or holds the unit."""


LIMITED = ("capacity_per_s", "late_share")
"""Metrics that say nothing without the limit of latency and its percentile."""


def unit_of(metric: str) -> Literal["1/s", "ms", "share", "bytes"]:
    """Return the unit of a `Metric`."""
    if metric.endswith("_per_s"):
        return "1/s"
    if metric.endswith("_bytes_per_message"):
        return "bytes"
    return "share" if metric.endswith("_share") else "ms"


class BenchmarkMeasurement(EvidenceRow):
    """One number that one of our own benchmark runs measured, or that was computed from a user's run."""

    value_columns: ClassVar[tuple[str, ...]] = ("value", "value_high")
    says: ClassVar[Says] = Says(
        conditions=(
            "metric",
            "stage",
            "workload",
            "clients",
            "archive_messages",
            "payload_bytes",
            "rate_per_s",
            "round",
        )
    )
    subject: ClassVar[tuple[str, ...]] = ("run_id", "stage", "workload", "metric")

    run_id: Annotated[str, Reference("benchmarks__runs")] = Field(description="Run that it belongs to")
    round: int = Field(ge=0, description="Round of interleaved measurements; 0 is a measurement that was made once")
    stage: Identifier | None = Field(
        default=None, description="Stage of the archive's schema; empty is the harness alone, without archive"
    )
    workload: Identifier = Field(description="What was asked for, or what of the archive was measured")
    clients: int | None = Field(default=None, ge=1, description="Clients at one time, clients")
    archive_messages: int | None = Field(default=None, ge=1, description="Messages stored before, messages")
    payload_bytes: int | None = Field(default=None, ge=1, description="Size of a message's payload, bytes")
    rate_per_s: Positive | None = Field(
        default=None, description="Requests offered, 1/s; empty is a closed loop: a client asks when it has its answer"
    )
    limit_ms: Positive | None = Field(default=None, description="Latency beyond which an operation is late, ms")
    percentile: Percentile | None = Field(
        default=None, description="Of 100 operations, how many have to be below limit_ms"
    )
    operations: int | None = Field(
        default=None, ge=1, description="Operations that the value was counted in, warm-up left out; empty is not known"
    )
    metric: Metric = Field(
        description="What the value is; capacity is the highest rate at which `percentile` of 100 keep `limit_ms`"
    )
    value: NonNegative | None = Field(default=None, description="The number, in `unit`; empty is not known")
    value_high: NonNegative | None = Field(
        default=None, description="Upper bound where the value is not known, such as the lowest rate that was too much"
    )
    unit: Literal["1/s", "ms", "share", "bytes"] = Field(description="Unit of the value")

    @model_validator(mode="after")
    def _unit_is_that_of_the_metric(self) -> Self:
        if self.unit != unit_of(self.metric):
            raise ValueError(f"{self.metric} has the unit {self.unit}; expected {unit_of(self.metric)}")
        if self.value is not None and self.value_high is not None:
            raise ValueError("there are a value and a bound for it; expected the bound only where the value is unknown")
        if self.metric in LIMITED and (self.limit_ms is None or self.percentile is None):
            raise ValueError(f"{self.metric} has no limit; expected limit_ms and percentile")
        if self.metric == "late_share" and self.value is not None and self.value > 1:
            raise ValueError(f"late_share is {self.value:g}; expected a share between 0 and 1")
        return self


TABLES: tuple[Table, ...] = (
    Table("benchmarks", "postgres_results", PostgresResult, "Published results for the message archive"),
    Table("benchmarks", "network_results", NetworkResult, "Published results for the network"),
    Table("benchmarks", "latency_targets", LatencyTarget, "Latencies that the project asks for"),
    Table("benchmarks", "archive_columns", ArchiveColumn, "Columns of the archive's tables"),
    Table("benchmarks", "archive_schema_versions", ArchiveSchemaVersion, "Migrations of the archive"),
    Table("benchmarks", "archive_query_shapes", ArchiveQueryShape, "Queries that nodes send to the archive"),
    Table("benchmarks", "archive_retention_policies", ArchiveRetentionPolicy, "Policies that limit an archive"),
    Table("benchmarks", "archive_notes", ArchiveNote, "Further facts about the archive"),
    Table("benchmarks", "runs", BenchmarkRun, "Sessions of our own benchmarks and their environments"),
    Table("benchmarks", "measurements", BenchmarkMeasurement, "Numbers measured by our own benchmarks"),
)
