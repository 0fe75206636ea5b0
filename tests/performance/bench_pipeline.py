"""How fast the cost model is: `make bench-pipeline`.

Belongs here: timing of the model on a synthetic catalogue, in turn with an earlier build, and beside naive pandas and a
plain numpy ceiling of the same bill, in interleaved rounds with medians. Does not belong here: what a cost is.
Ends with 1 if the whole takes more processor time or more memory than the earlier build.
"""

from __future__ import annotations

import io
import os
import resource
import statistics
import subprocess
import sys
import tarfile
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import pandas as pd

from assets.costs.components import INFRASTRUCTURE
from assets.costs.distributions import FloatArray, LogTriangular, Triangular
from assets.costs.draws import Draws, chunks, sample
from assets.costs.frames import scenario_cost_frame
from assets.costs.inputs import CostCatalogue
from assets.costs.model import Estimate, World, estimate, total_in
from assets.costs.sensitivity import drivers
from assets.evidence.tables.costs import Scenario
from tests.unit.costs_world import address, all_inputs, offer, scenario, tier, volume, world

ROUNDS = 5
EARLIER_BUILD = "8f0ba2c"
"""The commit whose processor time and memory may not be exceeded."""
TIME_ONE = (
    "import resource; from tests.performance import bench_pipeline as b; "
    "catalogue, scenarios = b.catalogue_of(150), b.scenarios_of(b.SCENARIOS); "
    "print(b.timed(lambda: b.whole(scenarios, catalogue)), resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)"
)
"""Prints seconds and megabytes of one build, in a process of its own."""
SCENARIOS = 16
"""Half without RLN, half with it."""
PLACES = 15
DAYS = 365 / 12
SECONDS = DAYS * 86_400
UNCERTAIN = {
    "workload__rate": Triangular(1, 2, 4),
    "workload__bytes": Triangular(500, 1000, 1500),
    "workload__retention": Triangular(20, 30, 40),
    "workload__queries": Triangular(50, 100, 200),
    "workload__vanilla_waku_relay_egress_amplification": Triangular(5, 9, 10),
    "workload__vanilla_waku_relay_idle_egress": Triangular(0.5, 1, 2),
    "workload__vanilla_waku_discovery_egress": Triangular(4, 5, 6),
    "assumption__month_swing": 0.25,
    "assumption__host_utilisation": Triangular(0.5, 0.7, 0.8),
    "assumption__node_vcpus_per_connection": Triangular(0.001, 0.003, 0.006),
    "assumption__disk_fill": Triangular(0.7, 0.8, 0.9),
    "assumption__backup_share": Triangular(0.5, 1, 2),
    "assumption__capital_rate": Triangular(0.03, 0.05, 0.08),
    "assumption__missing_message_share": LogTriangular(0.0001, 0.001, 0.01),
    "assumption__peak_factor": LogTriangular(1.5, 2.5, 5),
    "assumption__client_online_share": LogTriangular(0.04, 0.17, 0.5),
    "capacity__insert": Triangular(1000, 1400, 1700),
    "capacity__first_page_20": Triangular(260, 600, 950),
    "capacity__by_hashes": Triangular(46, 51, 55),
    "fee__linea_mainnet__gas_price": Triangular(0.01, 0.05, 0.2),
    "fee__ethereum_mainnet__eth_price": Triangular(1500, 2000, 4000),
}


def catalogue_of(offers: int) -> CostCatalogue:
    """Return `offers` servers, in equal parts at each of the places, with all other prices."""
    servers = [
        offer(f"p{i % PLACES}_{i}", 5.0 + i, provider=f"p{i % PLACES}", vcpus=2 + 2 * (i // PLACES % 2), memory_gib=8)
        for i in range(offers)
    ]
    names = [f"p{i}" for i in range(PLACES)]
    return world(
        offers=tuple(servers),
        volume_prices=tuple(volume(0.1 + i / 100, name) for i, name in enumerate(names)),
        backup_prices=tuple(volume(0.05, name, item="snapshot") for name in names),
        address_prices=tuple(address(0.5, name) for name in names),
        egress_tiers=tuple(tier(0, None, 0.5 + i / 100, name) for i, name in enumerate(names)),
        inputs=all_inputs(**UNCERTAIN),
    )


def scenarios_of(count: int) -> list[Scenario]:
    """Return communities of different sizes, all with an archive."""
    sizes = [{"active_users": n, "own_senders": n, "network_senders": n} for n in (1000 + 10 * i for i in range(count))]
    return [scenario(id=f"s{i}", **size) for i, size in enumerate(sizes)]


def whole(scenarios: list[Scenario], catalogue: CostCatalogue) -> None:
    """Everything that is done for a cost table: draws, plans, bills at all places, percentiles, sensitivity."""
    first, second = sample(catalogue.inputs.values())
    known = World(catalogue, first)
    found = [estimate(each, with_rln=index % 2 == 1, world=known) for index, each in enumerate(scenarios)]
    for each in found:
        drivers(each, known, second)
    scenario_cost_frame(found)


def by_model(found: Estimate, catalogue: CostCatalogue, draws: Draws) -> list[FloatArray]:
    places = [bill.place for bill in found.bills if bill.place]
    anew = Draws(draws.inputs, {name: draws.value(name) for name in draws.inputs})  # of which nothing is computed yet
    return list(total_in(found, places, INFRASTRUCTURE, catalogue, anew))


def by_pandas(found: Estimate, catalogue: CostCatalogue, draws: Draws) -> list[FloatArray]:
    """The same bill as somebody writes it in a notebook: a frame of draws, one function for each row and place."""
    columns = {name: draws.value(name) for name in catalogue.inputs}
    frame = pd.DataFrame(columns, index=range(len(np.asarray(draws.value("workload/rate")))))
    return [
        np.asarray(frame.apply(lambda row, place=bill.place: float(_bill(row, place)), axis=1))
        for bill in found.bills
        if bill.place
    ]


def by_numpy(found: Estimate, catalogue: CostCatalogue, draws: Draws) -> list[FloatArray]:
    """The same bill with what all places share computed once, and nothing kept of where a number comes from."""
    values = {name: draws.value(name) for name in catalogue.inputs}
    shared = _shared(values)
    return [_bill(values, bill.place, shared) for bill in found.bills if bill.place]


def _shared(x):  # type: ignore[no-untyped-def]  # rows of a frame and arrays alike
    """Return what all places share: traffic, connections, processors and gigabytes, each in one line of arithmetic."""
    per_day, peak, util = x["workload/rate"] * 24 * 1000, x["assumption/peak_factor"], x["assumption/host_utilisation"]
    idle = (x["workload/vanilla_waku_relay_idle_egress"] + x["workload/vanilla_waku_discovery_egress"]) * 1e3 * SECONDS
    relayed = per_day * DAYS * x["workload/bytes"] * x["workload/vanilla_waku_relay_egress_amplification"]
    online = x["assumption/client_online_share"]
    at_peak = np.minimum(online * peak, 1)
    checks = 1000 * x["workload/queries"]
    awaited = per_day * 2 / checks
    missing = x["assumption/missing_message_share"]
    answered = _whole(awaited / 100) * 300 + awaited * (36 + missing * x["workload/bytes"])
    shared = checks * online * answered * DAYS / 1e9
    connections = 1000 * at_peak * 0.2
    serving, idling = connections * x["assumption/node_vcpus_per_connection"] / util, 0.2 / util
    asked = checks * at_peak / 86_400
    fetched = np.minimum(awaited * peak * missing, 1) / x["capacity/by_hashes"]
    read = asked * (_whole(awaited * peak / 100) / x["capacity/first_page_20"] + fetched) / util
    written = per_day / 86_400 * peak / x["capacity/insert"] / util
    row = np.interp(x["workload/bytes"], [200, 1000, 2048], [1341, 3709, 6466])
    archive = x["workload/rate"] * 24 * 1000 * x["workload/retention"] * row / 1e9
    return (relayed + idle) / 1e9, shared, connections / 500, serving, idling, read, written, archive


def _whole(needed):  # type: ignore[no-untyped-def]
    """Return whole units in the mean of months from 75 to 125 percent of a need."""
    low, high = needed * 0.75, needed * 1.25
    parts = [np.where(np.floor(end) < 1, end, (np.floor(end) + 1) * (end - np.floor(end) / 2)) for end in (low, high)]
    return (parts[1] - parts[0]) / (high - low)


def _filled(shared, each, size):  # type: ignore[no-untyped-def]
    """Return how many hosts of a size are filled: one by all that is needed, several by what they share and each
    takes besides."""
    one = (shared + each) / size
    return np.where(one <= 1, one, shared / (size - each))


def _bill(x, place, shared=None):  # type: ignore[no-untyped-def]
    relay, answers, connected, serving, idling, read, written, archive = shared or _shared(x)
    disk, volume = archive / x["assumption/disk_fill"], place.volumes[0].cost_usd_per_gb_month.value
    backup = archive * x["assumption/backup_share"] * place.backup.cost_usd_per_gb_month.value
    egress = place.tiers[0].cost_usd_per_gb.value
    alone, together, databases = [], [], []
    for server in place.offers:
        price, address = server.cost_usd_per_month.value, place.address.cost_usd_per_month.value

        def hosts(vcpus, each_vcpus, each_gib, server=server):  # type: ignore[no-untyped-def]
            return np.maximum(_filled(vcpus, each_vcpus, server.vcpus), each_gib / server.memory_gib)

        def sent(count, server=server):  # type: ignore[no-untyped-def]
            return np.maximum(answers + count * (relay - server.included_egress_gb_per_month), 0) * egress

        count = _whole(np.maximum(hosts(serving, idling, 0.5), connected))
        alone.append(count * (price + address) + sent(count))
        for vcpus, each_vcpus, each_gib, least, found in (
            (serving + read, idling, 1.0, connected, together),
            (read, 0.0, 0.5, 0.0, databases),
        ):
            writing = written * np.maximum(hosts(vcpus, each_vcpus, each_gib), 1)
            need = np.maximum(hosts(vcpus + writing, each_vcpus, each_gib), least)
            own_disk = np.maximum(need, disk * np.maximum(need, 1) / (server.local_disk_gb - 20))
            for needed, stored in ((need, volume), (own_disk, 0.0)):
                count = _whole(needed)
                cost = count * price + disk * np.maximum(count, 1) * stored + backup
                found.append(cost + (count * address + sent(count) if found is together else 0.0))
    return np.minimum(np.minimum.reduce(together), np.minimum.reduce(alone) + np.minimum.reduce(databases))


def timed(task: Callable[[], object]) -> float:
    """Return the seconds of one core that a task takes: what else the machine does meanwhile does not count."""
    start = time.process_time()
    task()
    return time.process_time() - start


def side_by_side() -> bool:
    """Time this build and the earlier one in turn, each in a process of its own; return whether this one takes no
    more time and no more memory."""
    root = Path(__file__).parents[2]
    with tempfile.TemporaryDirectory() as earlier:
        archived = subprocess.run(["git", "archive", EARLIER_BUILD], cwd=root, capture_output=True, check=True).stdout
        with tarfile.open(fileobj=io.BytesIO(archived)) as files:
            files.extractall(earlier, filter="data")
        found: dict[str, list[tuple[float, float]]] = {"this build": [], EARLIER_BUILD: []}
        for _ in range(ROUNDS):
            for name, folder in (("this build", root), (EARLIER_BUILD, Path(earlier))):
                said = subprocess.run(
                    [sys.executable, "-W", "ignore", "-c", TIME_ONE],
                    cwd=folder,
                    env={**os.environ, "PYTHONPATH": str(folder)},
                    capture_output=True,
                    text=True,
                    check=True,
                ).stdout
                seconds, megabytes = map(float, said.split())
                found[name].append((seconds, megabytes))
    medians = {name: statistics.median(seconds for seconds, _ in times) for name, times in found.items()}
    most = {name: max(megabytes for _, megabytes in times) for name, times in found.items()}
    print(f"{SCENARIOS} scenarios, half of them with RLN, x 150 offers x 8,192 draws with sensitivity, in turn:")
    for name, median in medians.items():
        print(f"  {name:<12} {median:6.2f} s (median of {ROUNDS}), at most {most[name]:,.0f} MB")
    ratio = medians["this build"] / medians[EARLIER_BUILD]
    of_memory = most["this build"] / most[EARLIER_BUILD]
    is_kept = ratio <= 1.0 and of_memory <= 1.0
    said = f"{ratio:.2f} times the processor time and {of_memory:.2f} times the memory, at most 1.00 of each"
    print(f"{'pass' if is_kept else 'FAIL'}: {said}")
    return is_kept


def main() -> int:
    is_kept = side_by_side()
    catalogue, scenarios = catalogue_of(150), scenarios_of(SCENARIOS)

    draws, _ = sample(catalogue.inputs.values())
    found = estimate(scenario(), with_rln=False, world=World(catalogue, draws))
    ways = {"model": by_model, "naive pandas": by_pandas, "plain numpy": by_numpy}
    results = {name: way(found, catalogue, draws) for name, way in ways.items()}
    for name in ("naive pandas", "plain numpy"):
        np.testing.assert_allclose(results[name], results["model"], rtol=1e-9)
    times: dict[str, list[float]] = {name: [] for name in ways}
    for _ in range(ROUNDS):
        for name, way in ways.items():
            times[name].append(timed(lambda way=way: way(found, catalogue, draws)))  # type: ignore[misc]
    medians = {name: statistics.median(of_way) for name, of_way in times.items()}
    print(f"\nOne bill at {PLACES} places x 8,192 draws, the same numbers, interleaved rounds, medians of {ROUNDS}:")
    for name, median in medians.items():
        print(f"  {name:<13} {median * 1e3:9.2f} ms {8192 * PLACES / median:14,.0f} bills/s"
              f"   time / time of the model: {median / medians['model']:8.2f}")  # fmt: skip

    print("\nGrowth, seconds:")
    growth("scenarios", (4, 8, 16, 32), lambda n: whole(scenarios_of(n), catalogue))
    growth("offers", (150, 300, 600), lambda n: whole(scenarios[:4], catalogue_of(n)))
    growth("draws, mean of the total only", (100_000, 1_000_000, 10_000_000), lambda n: chunked(found, catalogue, n))
    print(f"At most {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:,.0f} MB in all of it.")
    return 0 if is_kept else 1


def growth(of: str, counts: Sequence[int], task: Callable[[int], object]) -> None:
    """Time a task at several sizes and print the slope of its time in both logarithms: 1 is linear growth."""
    seconds = [timed(lambda n=count: task(n)) for count in counts]  # type: ignore[misc]
    for count, took in zip(counts, seconds, strict=True):
        print(f"  {count:>10,} {of:<30} {took:7.2f}")
    slope = np.polyfit(np.log(counts), np.log(seconds), 1)[0]
    print(f"  {'':>10} slope of the logarithms: {slope:.2f}; 1 is linear, less where a fixed part dominates")


def chunked(found: Estimate, catalogue: CostCatalogue, draws: int) -> float:
    """Return the mean total at the cheapest place, 65,536 draws at a time."""
    if found.best is None or found.best.place is None:
        raise ValueError("the synthetic scenario has no bill")
    pieces = chunks(catalogue.inputs.values(), draws, 65_536)
    place = [found.best.place]
    return sum(float(total_in(found, place, INFRASTRUCTURE, catalogue, piece).sum()) for piece in pieces) / draws


if __name__ == "__main__":
    sys.exit(main())
