"""Names of other people's things as label values: any string in, a short printable one out, different for different."""

from __future__ import annotations

import unicodedata
from hashlib import blake2b

MAX_CHARACTERS = 200
_TAIL = 10
_UNSAFE = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})


def label_value(name: str) -> str:
    r"""A name, fit for a label.

    Control characters, direction marks and halves of surrogate pairs are written as `\uXXXX`; a longer name than
    200 characters is cut and ends in a hash of the whole, so that two long names stay two.
    """
    if len(name) <= MAX_CHARACTERS and name.isascii() and name.isprintable():
        return name
    printable = "".join(_escaped(character) for character in name[: MAX_CHARACTERS + 1])
    if len(printable) <= MAX_CHARACTERS:
        return printable
    digest = blake2b(name.encode("utf-8", "surrogatepass"), digest_size=4).hexdigest()
    return f"{printable[: MAX_CHARACTERS - _TAIL]}…{digest}"


def _escaped(character: str) -> str:
    if unicodedata.category(character) in _UNSAFE:
        return f"\\u{ord(character):04x}"
    return character
