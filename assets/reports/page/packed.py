"""Text that is packed into a page, so that a page of many sources stays small.

Belongs here: packing and unpacking. Does not belong here: what is packed.

Four bytes are five letters, of which a page has a quarter more than bytes; Base64 would have a third more.
"""

from __future__ import annotations

import base64
import gzip

_OF_PYTHON = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz!#$%&()*+-;<=>?@^_`{|}~"
_LETTERS = bytes(range(ord("#"), ord("w") + 1)).replace(b"<", b"x")
"""One after the other, for a short script (`templates/site.js`); none of them can end or begin a tag."""


def pack(text: str) -> str:
    """Return text as gzip in letters, the same for the same text. A browser unpacks it with `DecompressionStream`."""
    packed = base64.b85encode(gzip.compress(text.encode(), compresslevel=9, mtime=0))
    return packed.translate(bytes.maketrans(_OF_PYTHON, _LETTERS)).decode("ascii")


def unpack(packed: str) -> str:
    """Return what was packed."""
    letters = packed.encode("ascii").translate(bytes.maketrans(_LETTERS, _OF_PYTHON))
    return gzip.decompress(base64.b85decode(letters)).decode()
