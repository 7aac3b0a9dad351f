"""Plain text: whatever is printable UTF-8. Pure."""

from __future__ import annotations

from typing import Final

from flowaudit.sources.tap.formats.port import Reason, Undecodable

_CONTROLS: Final = bytes(sign for sign in range(32) if sign not in b"\t\n\r\x1f") + b"\x7f"


def parse_plain_text(data: bytes) -> str:
    """The text.

    Raises:
        Undecodable: `encrypted-or-unknown`.
    """
    if not data.strip() or len(data.translate(None, _CONTROLS)) != len(data):
        raise Undecodable(Reason.ENCRYPTED_OR_UNKNOWN)
    try:
        return data.decode()
    except UnicodeDecodeError:
        raise Undecodable(Reason.ENCRYPTED_OR_UNKNOWN) from None
