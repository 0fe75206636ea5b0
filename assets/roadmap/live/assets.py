"""The refreshed roadmap as a Dagster asset. Does not belong here: a refresh itself (`assets/refresh`)."""

import dagster as dg

from assets.common import keys
from assets.refresh.assets import live_asset
from assets.roadmap.live.registry import ROADMAP

CHECK = dg.AssetCheckSpec(
    "states_are_accepted",
    asset=keys.LIVE_ROADMAP,
    description="GitHub answers, and nothing that is on record as done has an open issue",
)
live_roadmap = live_asset(
    keys.LIVE_ROADMAP,
    ROADMAP,
    "The roadmap as issues and milestones on GitHub state it now: later states, laid over the public evidence.",
    CHECK,
)
