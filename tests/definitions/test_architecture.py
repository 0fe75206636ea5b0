"""Every module is either kept pure by the import contract of pyproject.toml, or is named here as one with effects."""

import tomllib
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[2]

WITH_EFFECTS = {
    "assets.benchmarks.measuring.storage_probe",
    "assets.common.asset_tables",
    "assets.common.helper_process",
    "assets.common.keys",
    "assets.benchmarks.measuring.archive_tables",
    "assets.benchmarks.assets",
    "assets.benchmarks.measuring.environment",
    "assets.benchmarks.fetch",
    "assets.benchmarks.imports.rows",
    "assets.benchmarks.measuring.measure",
    "assets.benchmarks.measuring.pgbench",
    "assets.benchmarks.measuring.session_run",
    "assets.benchmarks.measuring.assets",
    "assets.benchmarks.measuring.session_files",
    "assets.costs.assets",
    "assets.costs.fetch",
    "assets.evidence.assets",
    "assets.evidence.read_packs",
    "assets.evidence.fingerprint",
    "assets.evidence.check_file",
    "assets.evidence.index_asset",
    "assets.evidence.load_raw",
    "assets.evidence.packs",
    "assets.common.tables",
    "assets.pricing.assets",
    "assets.pricing.ledger",
    "assets.pricing.pack",
    "assets.pricing.refresh",
    "assets.pricing.service",
    "assets.pricing.registry",
    "assets.readiness.assets",
    "assets.readiness.fetch",
    "assets.reports.release.assets",
    "assets.reports.release.publish",
    "assets.reports.difference.read",
    "assets.reports.release.withdrawal_rows",
    "assets.reports.release.withdrawal_files",
    "assets.segments.assets",
    "assets.segments.fetch",
    "assets.segments.hubspot",
    "assets.common.http",
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
