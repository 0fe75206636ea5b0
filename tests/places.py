"""Where evidence for tests is.

Tests of code stand on `FROZEN`, a pack cut down from the public one that nobody adds to. `PUBLIC` changes every day:
tests over it state what holds whatever is added.
"""

from pathlib import Path

PROJECT = Path(__file__).resolve().parents[1]
FROZEN = PROJECT / "tests" / "packs" / "frozen"
"""A folder of packs, like `evidence/`: its pack `public` stands for the public one."""
PUBLIC = PROJECT / "evidence" / "public"
