"""Which values need no more than lower case and no separators: said of a whole column at the cost of a few C calls."""

from __future__ import annotations

import re
import string
from typing import Final

SEPARATORS: Final = bytes(range(33)) + b"\x7f" + b"-_.:/\\|,;#+\"'(){}[]<>="
LOWER: Final = bytes.maketrans(b"ABCDEFGHIJKLMNOPQRSTUVWXYZ", b"abcdefghijklmnopqrstuvwxyz")

_UNREMARKABLE: Final = (string.ascii_letters + string.digits).encode() + b'-_ ;|"\n'
_SIGN: Final = r"[A-Za-z0-9+/_-]"
BASE64: Final = (
    # Text: the first of every four signs stands for an ASCII character's upper bits.
    rf"(?:[I-Za-f]{_SIGN}{{3}}){{2,}}(?:[I-Za-f]{_SIGN}{{1,2}})?={{0,2}}"
    # 16, 20, 28, 32, 48 or 64 bytes.
    rf"|{_SIGN}{{22}}(?:==)?|{_SIGN}{{27}}=?|{_SIGN}{{38}}(?:==)?|{_SIGN}{{43}}=?|{_SIGN}{{64}}|{_SIGN}{{86}}(?:==)?"
)
"""What base64 of something that `spellings` would take may look like."""
_MAYBE_BASE64: Final = re.compile(rb'\n[ "]*(?:%b)[ "]*(?=\n)' % BASE64.encode())
_MAYBE_DIALLED: Final = re.compile(rb'\n[ "]*00[0-9]*[ -][0-9 -]*"?(?=\n)')


def is_plain(lines: bytes) -> bool:
    """Whether no line of this ASCII text is a spelling that `spellings` knows. What is true of lines is of each."""
    if lines.translate(None, _UNREMARKABLE):
        return False
    lower = lines.lower()
    if b"xxx" in lower:
        return False
    if lines != lower and lines != lines.upper() and _MAYBE_BASE64.search(b"\n%b\n" % lines):
        return False
    return not (b"00" in lines and (b" " in lines or b"-" in lines) and _MAYBE_DIALLED.search(b"\n%b\n" % lines))
