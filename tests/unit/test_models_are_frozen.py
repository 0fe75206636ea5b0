"""What a model returns cannot be changed afterwards: two tables of a run then tell the same."""

from __future__ import annotations

import dataclasses
import pkgutil
from importlib import import_module

import pytest

import assets.decision
import assets.readiness
import assets.roadmap

MODULES = [
    "assets.evidence.basis",
    *(
        found.name
        for area in (assets.decision, assets.readiness, assets.roadmap)
        for found in pkgutil.walk_packages(area.__path__, f"{area.__name__}.")
        if not found.ispkg and found.name.rpartition(".")[2] not in ("assets", "fetch", "registry", "github")
    ),
]
TYPES = [
    held
    for name in MODULES
    for held in vars(import_module(name)).values()
    if isinstance(held, type) and dataclasses.is_dataclass(held) and held.__module__ == name
]


def test_the_types_of_all_three_areas_are_looked_at() -> None:
    assert {"Basis", "Certainty", "Flip", "NextEvidence", "Verdict", "ReadTable", "Outline", "WorkObservation"} <= {
        held.__name__ for held in TYPES
    }


@pytest.mark.parametrize("held", TYPES, ids=lambda held: held.__qualname__)
def test_a_type_of_a_model_is_frozen(held: type) -> None:
    fields = dataclasses.fields(held)
    changed = object.__new__(held)
    with pytest.raises(dataclasses.FrozenInstanceError):
        setattr(changed, fields[0].name, None)
