"""Names in foreign formats: topics, groups and systems are named by strangers, and some names bite."""

from __future__ import annotations

import re
from typing import Final

_XML_ILLEGAL: Final = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""What XML 1.0 (2.2, Char) does not allow, not even as a reference."""


def xml_text(text: str) -> str:
    """The text without the characters that XML 1.0 forbids; line breaks become spaces, as parsers would make them."""
    return re.sub(r"[\t\r\n]", " ", _XML_ILLEGAL.sub("", text))


def label(text: str) -> str:
    """The text on one line, without characters that draw nothing or turn the direction of writing: those can lie."""
    return "".join(" " if c in "\t\r\n" else c for c in text if c in "\t\r\n" or c.isprintable())


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
