"""Text that is packed into a page, so that a page of many sources stays small.

Belongs here: packing and unpacking. Does not belong here: what is packed.
"""

from __future__ import annotations

import base64
import gzip


def pack(text: str) -> str:
    """Return text as gzip in base64, the same for the same text. A browser unpacks it with `DecompressionStream`."""
    return base64.b64encode(gzip.compress(text.encode(), compresslevel=9, mtime=0)).decode("ascii")


def unpack(packed: str) -> str:
    """Return what was packed."""
    return gzip.decompress(base64.b64decode(packed)).decode()
