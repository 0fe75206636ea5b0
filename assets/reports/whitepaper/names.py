"""Names that have digits in them, and words for numbers: what the text of the whitepaper may and may not say.

Belongs here: the declared list, which is short. Every other digit of the text is a bound number, part of a formula or a
mistake.
"""

from __future__ import annotations

import re

STANDARDS = (
    "WAKU2|RELAY|RLN-RELAY|FILTER|STORE|MESSAGE|LIGHTPUSH|NETWORK|DISCV5|PEER-EXCHANGE|METADATA|TOPICS|ADAPTIVE-NODES"
)

NAMES = (
    rf"\d{{1,2}}/(?:{STANDARDS}|RLN-V1)",
    r"RLN-V[12]\b",
    r"RLN v[12]\b",
    r"IPv[46]\b",
    r"(?:nwaku|gossipsub|Waku|Noise|Discovery|Store|Sync) v\d+(?:\.\d+)*",  # versions
    r"libp2p\b",
    r"[Dd]iscv5\b",
    r"SHA-256\b",
    r"Keccak-256\b",
    r"Groth16\b",
    r"bn254\b",
    r"X3DH\b",
    r"EIP-\d+",
    r"ed25519|Ed25519|Curve25519",
    r"bit 5\b",
    r"nine of ten draws",  # how the project names its intervals
    r"powers? of ten|ten times the one before",  # scales
)
"""Patterns of names."""

NAMED = re.compile("|".join(NAMES))

WORDS = re.compile(
    r"\b(?:four|five|six|seven|eight|nine|ten|eleven|twelve|fifteen|twenty|thirty|forty|fifty|sixty|hundreds?|"
    r"thousands?|millions?|billions?)\b",
    re.IGNORECASE,
)
"""A number in words is typed by hand too. Two and three things that the sentence itself names are counted by it."""

SIZES = re.compile(r"\b\d+(?:\.\d+)?(?:fr|pt|cm|mm|em|deg)\b|\d+(?:\.\d+)?%")
"""Digits of layout."""
