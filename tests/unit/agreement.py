"""Whether a release says one number for one thing: between its tables, and between the places of its pages.

Belongs here: identities of tables, and how a disagreement is found on pages. Does not belong here: releases.
An identity names what has to be equal; a new figure that stands in two places gets a line here.
"""

from __future__ import annotations

import itertools
import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from typing import Any

import pandas as pd

from assets.common.words import number
from tests.unit.page import Page, Site

Frames = Mapping[str, pd.DataFrame]
Pairs = Iterable[tuple[str, Any, Any]]
"""What is compared, and the two values."""

CELL = ["scenario_id", "with_rln"]
TOTALS = {"infrastructure": ["infrastructure"], "all_in": ["infrastructure", "all_in"]}
MIDDLES = ["p5_usd_per_month", "p50_usd_per_month", "p95_usd_per_month"]
NUMERAL = re.compile(r"(?<![\w.,|/-])\d[\d,]*(?:\.\d+)?(?![\w|]|[.,]\d)")


def _joined(frames: Frames, left: str, right: str, on: list[str]) -> pd.DataFrame:
    return frames[left].merge(frames[right], on=on, suffixes=("", "_other"))


def _cheapest(frames: Frames, component: str) -> pd.DataFrame:
    cost = frames["scenario_cost"]
    return cost[(cost["is_cheapest"] == True) & (cost["component"] == component)]  # noqa: E712 - a column of objects


def bill_is_its_total(frames: Frames) -> Pairs:
    for total in TOTALS:
        both = frames["cost_summary"].merge(_cheapest(frames, total), on=CELL, suffixes=("", "_other"))
        for _, row in both.iterrows():
            for column in MIDDLES:
                yield f"{row.scenario_id} {row.with_rln} {total} {column}", row[f"{total}_{column}"], row[column]


def parts_add_up(frames: Frames) -> Pairs:
    cost = frames["scenario_cost"]
    place = [*CELL, "provider", "region"]
    for total, counted in TOTALS.items():
        parts = cost[(cost["is_total"] == False) & cost["counts_in"].isin(counted)]  # noqa: E712
        sums = {key: group["mean_usd_per_month"].sum(skipna=False) for key, group in parts.groupby(place)}
        for _, row in cost[cost["component"] == total].iterrows():
            if row["mean_usd_per_month"] is not None:
                yield f"{total} of {row[place].tolist()}", row["mean_usd_per_month"], sums[tuple(row[place])]


def users_share_the_bill(frames: Frames) -> Pairs:
    for _, row in frames["cost_summary"].iterrows():
        for total in TOTALS:
            if row["active_users"] is not None and row[f"{total}_p50_usd_per_month"] is not None:
                shared = row[f"{total}_p50_usd_per_active_user_month"] * row["active_users"]
                yield f"{row.scenario_id} {row.with_rln} {total}", row[f"{total}_p50_usd_per_month"], shared


def a_kind_has_the_figures_of_its_scenario(frames: Frames) -> Pairs:
    points, summary = frames["cost_response"], frames["cost_summary"]
    both = summary.merge(points, on=CELL, suffixes=("", "_other"))
    for _, row in both[(both["users"] == both["active_users"]) & (both["is_cheapest"] == True)].iterrows():  # noqa: E712
        for column in ("provider", "region", *(f"{total}_{middle}" for total in TOTALS for middle in MIDDLES)):
            yield f"{row.kind} {row.with_rln} {column}", row[column], row[f"{column}_other"]


def errors_are_of_what_is_interpolated(frames: Frames) -> Pairs:
    for _, row in frames["cost_response_error"].iterrows():
        off = abs(row["interpolated_usd_per_month"] / row["modelled_usd_per_month"] - 1)
        yield f"{row.kind} {row.with_rln} {row.total}", row["error_share"], off


def hosting_is_compared_with_the_bill(frames: Frames) -> Pairs:
    summary = frames["cost_summary"]
    without = summary[summary["with_rln"] == False].set_index("scenario_id")["infrastructure_p50_usd_per_month"]  # noqa: E712
    for _, row in frames["cost_alternatives"].iterrows():
        if row["times_self_hosting"] is not None:
            ratio = row["p50_usd_per_month"] / without[row["scenario_id"]]
            yield f"{row.scenario_id} {row['product']}", row["times_self_hosting"], ratio


def savings_are_of_the_billed_archive(frames: Frames) -> Pairs:
    cost = _cheapest(frames, "archive_storage")
    billed = cost[cost["with_rln"] == False].set_index("scenario_id")  # noqa: E712
    summary = frames["cost_summary"]
    kept = summary[summary["with_rln"] == False].set_index("scenario_id")  # noqa: E712
    for _, row in frames["archive_savings"].iterrows():
        name = f"{row.candidate} {row.scenario_id}"
        yield f"{name} GB", row["archive_gb"], kept.loc[row["scenario_id"], "archive_gb"]
        yield f"{name} USD", row["cost_usd_per_month"], billed.loc[row["scenario_id"], "mean_usd_per_month"]
        yield f"{name} saved USD", row["saved_usd_per_month"], row["saved_share"] * row["cost_usd_per_month"]
        yield f"{name} saved GB", row["saved_gb"], row["saved_share"] * row["archive_gb"]


def ratios_are_of_the_bytes_beside_them(frames: Frames) -> Pairs:
    for _, row in frames["archive_encoding"].iterrows():
        yield f"{row.payload_bytes} bytes", row["ratio"], row["hex_bytes"] / row["bytea_bytes"]
    bytes_of = frames["archive_bytes_per_message"]
    keys = ["study", "stage", "archive_messages", "payload_bytes"]
    total = {tuple(row[keys]): row["total_bytes"] for _, row in bytes_of.iterrows()}
    for _, row in frames["archive_recommendation"].iterrows():
        size = (row["archive_messages"], row["payload_bytes"])
        yield f"{row.candidate}", row["bytes_per_message"], total[row["run_id"], row["candidate"], *size]
        yield f"{row.candidate} base", row["base_bytes_per_message"], total[row["run_id"], row["base"], *size]


def prices_change_from_the_one_before(frames: Frames) -> Pairs:
    for _, row in frames["compute_offer_history"].iterrows():
        if row["change_share"] is not None:
            change = row["cost_usd_per_month"] / row["previous_cost_usd_per_month"] - 1
            yield row["offer_id"], row["change_share"], change


def gates_are_counted(frames: Frames) -> Pairs:
    gates = frames["gates"]
    for _, verdict in frames["verdict"].iterrows():
        status = gates[gates["milestone_id"] == verdict["milestone_id"]]["status"]
        for column, name in (("passed", "pass"), ("failed", "fail"), ("unknown", "unknown")):
            yield f"{verdict.milestone_id} {column}", verdict[column], int((status == name).sum())


def gates_show_a_requirement(frames: Frames) -> Pairs:
    results = frames["requirement_results"]
    for _, gate in frames["gates"].iterrows():
        same = results[(results["gate_id"] == gate["gate_id"]) & (results["status"] == gate["status"])]
        shown = same.iloc[0]
        for column in ("value", "threshold", "unit"):
            yield f"{gate.gate_id} {column}", gate[column], shown[column]


def sentences_say_their_counts(frames: Frames) -> Pairs:
    """A count stands in the sentence about it, in words or in digits."""
    for table, key in (("requirement_results", "requirement_id"), ("gates", "gate_id")):
        for _, row in frames[table].iterrows():
            if row["value"] is not None:
                yield f"{row[key]}: {row['reason']}", True, _says(row["reason"], row["value"])
    for _, verdict in frames["verdict"].iterrows():
        for column in ("passed", "failed", "unknown"):
            if verdict[column]:
                yield f"{column}: {verdict['reason']}", True, _says(verdict["reason"], verdict[column])


def _says(sentence: str, count: float) -> bool:
    words = {number(count), "no"} if count == 0 else {number(count)}
    return bool(words & set(re.findall(r"[\w,.]*\w", sentence.lower())))


def rows_are_counted(frames: Frames) -> Pairs:
    numbers = frames["usp_measurements"]
    measurements = numbers[numbers["grade"] == "measured"]["usp_id"].value_counts()
    for _, row in frames["usp_register"].iterrows():
        yield f"measurements of {row.usp_id}", row["measurement_count"], measurements.get(row["usp_id"], 0)
    criteria = frames["segment_criteria"].groupby("segment_id")["is_known"]
    for _, row in frames["segment_ranking"].iterrows():
        known = criteria.get_group(row["segment_id"])
        yield f"criteria of {row.segment_id}", row["criteria"], len(known)
        yield f"known criteria of {row.segment_id}", row["known_criteria"], int(known.sum())
    items = [column for column in frames["segment_capture"].columns if column.startswith("has_")]
    for _, row in frames["segment_capture"].iterrows():
        yield f"parts of {row.segment_id}", row["captured_items"], int(sum(map(bool, row[items])))


def requirements_count_the_rows_beside_them(frames: Frames) -> Pairs:
    """Requirements that are counted from rows of a table of the release: made-up rows and what was not found are none.

    That no segment is complete says that nobody has looked; one case that cannot be judged leaves all of them open.
    """
    results = frames["requirement_results"].set_index("metric")
    segments, usps, cases = (
        _of_evidence(frames[table]) for table in ("segment_capture", "usp_register", "cost_summary")
    )
    asked = cases[cases["is_milestone"] == True]  # noqa: E712 - a column of objects
    is_estimated = (asked["status"] == "estimated") & asked["rpc_p50_usd_per_month"].notna()
    is_counted = is_estimated & (asked["is_feasible"] == True)  # noqa: E712
    is_judged = is_counted | (asked["is_feasible"] == False)  # noqa: E712
    counts = {
        "segments_fully_captured": int((segments["missing_items"].map(len) == 0).sum()) or None,
        "register_entries": len(usps),
        "usps_named_on_site": int((usps["is_on_site"] == True).sum()),  # noqa: E712
        "cells_estimated": int(is_counted.sum()) if is_judged.all() else None,
    }
    for metric, count in counts.items():
        yield metric, results.loc[metric, "value"], count
    yield "USPs that the site is to name", results.loc["usps_named_on_site", "threshold"], len(usps)


def _of_evidence(frame: pd.DataFrame) -> pd.DataFrame:
    return frame[~frame["grade"].isin(["illustrative", "not_found"])]


def segments_that_spoke_are_counted(frames: Frames) -> Pairs:
    matrix = frames["validation_matrix"]
    pair = ["usp_id", "problem_id"]
    for _, row in frames["validation_summary"].iterrows():
        same = matrix[[_equal(matrix_row, row, pair) for _, matrix_row in matrix.iterrows()]]
        name = f"{row.usp_id} {row.problem_id}"
        yield f"segments of {name}", row["segments"], int((same["sources"] > 0).sum())


def _equal(one: pd.Series, other: pd.Series, columns: list[str]) -> bool:
    return all((one[c] or None) == (other[c] or None) for c in columns)


def a_row_of_evidence_says_what_the_table_shows(frames: Frames) -> Pairs:
    """Tables with `value` whose row is one row of evidence, and whose unit is that of the evidence."""
    said = frames["evidence_index"].set_index("evidence_id")[["value", "unit"]]
    for table in ("market_sizes", "milestone_progress", "segment_rules", "usp_measurements"):
        for _, row in frames[table].iterrows():
            (evidence_id,) = row["evidence_ids"]
            value, unit = said.loc[evidence_id]
            if row["value"] is not None and unit == row["unit"]:
                yield evidence_id, row["value"], float(value)


NAMES = frozenset(
    (
        *("scenario_id", "with_rln", "provider", "region", "component", "product", "confidence", "input"),
        *("run_id", "stage", "workload", "metric", "clients", "archive_messages", "payload_bytes", "rate_per_s"),
        *("segment_id", "usp_id", "problem_id", "criterion", "tag", "candidate"),
        *("gate_id", "requirement_id", "deliverable_id", "offer_id"),
    )
)
"""Columns that name what a row is of."""

TWO_THINGS = {
    ("archive_benchmarks", "archive_stage_gains", "rounds"): "rounds of a figure; rounds that stage and base share",
    ("backup_prices", "volume_prices", "cost_usd_per_gb_month"): "storage for backups; volumes of servers",
    **{
        ("opportunities", "validation_summary", column): "who was asked how much a problem matters; who spoke of it"
        for column in ("sources", "segments")
    },
    **{
        ("validation_matrix", "validation_summary", column): "of one segment; of all"
        for column in ("posterior_mean", "posterior_low", "posterior_high", "probability_above_half")
    },
}
"""Columns of one name that are not one thing, and what they are."""


def rows_of_one_name_share_their_numbers(frames: Frames) -> Pairs:
    """Rows of two tables that are named by the same columns, which name all rows of one of them."""
    for left, right in itertools.combinations(sorted(frames), 2):
        shared = [column for column in frames[left].columns if column in frames[right].columns]
        on = [column for column in shared if column in NAMES]
        if not on or all(frames[name].duplicated(on).any() for name in (left, right)):
            continue
        only = {name: frames[name].drop_duplicates(on, keep=False) for name in (left, right)}
        both = only[left].merge(only[right], on=on, suffixes=("", "_other"))
        for column in shared:
            if column in NAMES or (left, right, column) in TWO_THINGS:
                continue
            for row in both.to_dict("records"):
                one, other = row[column], row[f"{column}_other"]
                is_one_unit = row.get("unit") == row.get("unit_other", row.get("unit"))
                if is_one_unit and isinstance(one, int | float) and isinstance(other, int | float):
                    yield f"{left} and {right}, {column} of {[row[name] for name in on]}", one, other


IDENTITIES: tuple[Callable[[Frames], Pairs], ...] = (
    bill_is_its_total,
    parts_add_up,
    users_share_the_bill,
    a_kind_has_the_figures_of_its_scenario,
    errors_are_of_what_is_interpolated,
    hosting_is_compared_with_the_bill,
    savings_are_of_the_billed_archive,
    ratios_are_of_the_bytes_beside_them,
    prices_change_from_the_one_before,
    gates_are_counted,
    gates_show_a_requirement,
    sentences_say_their_counts,
    rows_are_counted,
    requirements_count_the_rows_beside_them,
    segments_that_spoke_are_counted,
    a_row_of_evidence_says_what_the_table_shows,
    rows_of_one_name_share_their_numbers,
)


def differences(pairs: Pairs, tolerance: float = 1e-9) -> list[str]:
    """Return what is not equal; two that are not known are equal."""
    found = []
    for name, left, right in pairs:
        if isinstance(left, int | float) and isinstance(right, int | float) and left == left and right == right:
            is_equal = abs(left - right) <= tolerance * max(abs(left), abs(right), 1e-300)
        else:
            is_equal = (left == right) or (_is_unknown(left) and _is_unknown(right))
        if not is_equal:
            found.append(f"{name}: {left} and {right}")
    return found


def _is_unknown(value: Any) -> bool:
    return value is None or value != value


def written_in_two_ways(page: Page | Site) -> list[str]:
    """Return cells whose number a page or the site writes in two ways, such as 1.25 and 1.2."""
    texts: dict[str, set[str]] = defaultdict(set)
    for cell in page.cells():
        if _is_number(shown := cell.attributes.get("value", "")) and shown:
            text = "".join(cell.text)
            if numerals := NUMERAL.findall(text):
                texts[cell.attributes["data-cell"]].add(numerals[0].replace(",", ""))
    return [
        f"{name}: {' and '.join(sorted(found))}"
        for name, found in texts.items()
        if len({float(text) for text in found}) > 1
    ]


def rounded_otherwise(page: Page | Site) -> list[str]:
    """Return sentences that write a number of their row otherwise than its cell does.

    A numeral is meant to be a value that it is a rounding of. Small whole numbers are roundings of too much, and are
    left out.
    """
    rows: dict[str, dict[str, tuple[float, float]]] = defaultdict(dict)
    sentences: dict[str, dict[str, str]] = defaultdict(dict)
    for cell in page.cells():
        row, _, column = cell.attributes["data-cell"].rpartition("/")
        text, raw = "".join(cell.text), cell.attributes.get("value", "")
        numerals = [float(numeral.replace(",", "")) for numeral in NUMERAL.findall(text)]
        if raw and _is_number(raw) and len(numerals) == 1:
            rows[row][column] = (float(raw), numerals[0])
        elif numerals and " " in text:
            sentences[row][column] = text
    return [
        f"{row}: {column} says {numeral}, {name} is {shown:g}"
        for row, of_row in sentences.items()
        for column, text in of_row.items()
        for numeral in NUMERAL.findall(text)
        for name, (value, shown) in rows[row].items()
        if _is_other_rounding(numeral, value, shown)
    ]


def _is_other_rounding(numeral: str, value: float, shown: float) -> bool:
    number = float(numeral.replace(",", ""))
    decimals = len(numeral.partition(".")[2])
    if decimals == 0 and abs(number) < 100:
        return False
    is_rounding = abs(value - number) <= 0.5 * 10.0**-decimals * (1 + 1e-9)
    return is_rounding and number != shown


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True
