"""Every module is either kept pure by the import contract of pyproject.toml, or is named here as one with effects."""

import tomllib
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[2]

WITH_EFFECTS = {
    "assets.benchmarks.archive",
    "assets.benchmarks.assets",
    "assets.benchmarks.environment",
    "assets.benchmarks.fetch",
    "assets.benchmarks.import_pack",
    "assets.benchmarks.measure",
    "assets.benchmarks.pgbench",
    "assets.benchmarks.run",
    "assets.benchmarks.session_asset",
    "assets.benchmarks.sessions",
    "assets.costs.assets",
    "assets.costs.fetch",
    "assets.evidence.assets",
    "assets.evidence.fetch",
    "assets.evidence.fingerprint",
    "assets.evidence.ids",
    "assets.evidence.index_asset",
    "assets.evidence.load",
    "assets.evidence.packs",
    "assets.landing",
    "assets.pricing.assets",
    "assets.pricing.ledger",
    "assets.pricing.pack",
    "assets.pricing.refresh",
    "assets.pricing.registry",
    "assets.readiness.assets",
    "assets.readiness.fetch",
    "assets.reports.assets",
    "assets.reports.fetch",
    "assets.reports.past",
    "assets.reports.withdrawal",
    "assets.reports.withdrawn_files",
    "assets.segments.assets",
    "assets.segments.fetch",
    "assets.segments.hubspot",
    "assets.web",
}
"""They read files, ask a database, a clock or the network, or start programs; or call what does."""


def test_every_module_is_pure_or_named_as_one_with_effects() -> None:
    contracts = tomllib.loads((PROJECT / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"]
    pure = tuple(contracts[0]["source_modules"])
    modules = {
        ".".join(path.relative_to(PROJECT).with_suffix("").parts)
        for path in (PROJECT / "assets").rglob("*.py")
        if path.name != "__init__.py"
    }
    undecided = {m for m in modules if not m.startswith(pure) and m not in WITH_EFFECTS}
    assert undecided == set()
    assert {name for name in {*pure, *WITH_EFFECTS} if not any(m.startswith(name) for m in modules)} == set()
