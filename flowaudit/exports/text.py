"""Names in foreign formats: topics, groups and systems are named by strangers, and some names bite."""

from __future__ import annotations

import re
import unicodedata
from typing import Final

_XML_ILLEGAL: Final = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""What XML 1.0 (2.2, Char) does not allow, not even as a reference."""
_INVISIBLE: Final = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})
"""Unicode categories that draw nothing, or turn the direction of writing: a label with them can lie."""


def xml_text(text: str) -> str:
    """The text without the characters that XML 1.0 forbids; line breaks become spaces, as parsers would make them."""
    return re.sub(r"[\t\r\n]", " ", _XML_ILLEGAL.sub("", text))


def label(text: str) -> str:
    """The text on one line, without control, direction and other invisible characters."""
    return "".join(
        " " if c in "\t\r\n" else c for c in text if c in "\t\r\n" or unicodedata.category(c) not in _INVISIBLE
    )


def distinct(names: list[str]) -> list[str]:
    """The names in their order, made distinct with `~2`, `~3` … where cleaning made two of them equal."""
    taken: set[str] = set()
    result: list[str] = []
    for name in names:
        candidate, count = name, 1
        while candidate in taken:
            count += 1
            candidate = f"{name}~{count}"
        taken.add(candidate)
        result.append(candidate)
    return result
