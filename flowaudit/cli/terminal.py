"""Other people's names on a terminal: nothing that they contain may move the cursor, colour, or hide text."""

from __future__ import annotations

import unicodedata

_UNSAFE = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})


def printable(text: str, *, keep: str = "") -> str:
    r"""The text with control characters, direction marks and broken characters written as `\u001b`.

    Characters in `keep` stay as they are: "\n" for a message that has several lines on purpose.
    """
    if text.isascii() and text.isprintable():
        return text
    return "".join(
        f"\\u{ord(character):04x}"
        if character not in keep and unicodedata.category(character) in _UNSAFE
        else character
        for character in text
    )
