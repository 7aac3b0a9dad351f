"""Names of other people's things as label values: any string in, a short printable one out, different for different."""

from __future__ import annotations

import unicodedata
from hashlib import blake2b

from flowaudit.graph.identity import NodeId, NodeKind

MAX_CHARACTERS = 200
_TAIL = 10
_PERSONAL = frozenset({NodeKind.CLIENT, NodeKind.PRINCIPAL})
_UNSAFE = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})


def alias(node: NodeId) -> str:
    """What a client id or a principal is called in a label: such names may be people's. Empty for other nodes."""
    if node.kind not in _PERSONAL:
        return ""
    digest = blake2b(node.name.encode("utf-8", "surrogatepass"), key=node.namespace.encode()[:64], digest_size=6)
    return f"{node.kind.value}:#{digest.hexdigest()}"


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
