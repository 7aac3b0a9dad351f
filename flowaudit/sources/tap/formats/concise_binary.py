"""CBOR (RFC 8949): maps and arrays. Pure.

No tag is believed: what a tag makes of its content (a regular expression, a message, a reference that leads back into
itself) costs what its writer likes. Only numbers that are too large for 64 bits are made of their bytes.
"""

from __future__ import annotations

from io import BytesIO
from typing import Any, Final

import cbor2

from flowaudit.sources.tap.formats.port import MAX_DEPTH, Reason, Undecodable, refuse_larger

_SELF_DESCRIBED: Final = b"\xd9\xd9\xf7"
_CONTAINERS: Final = frozenset({*range(0x80, 0xC0)})
_BIGNUM, _NEGATIVE_BIGNUM = 2, 3
_MOST_BIGNUM_BYTES: Final = 64


def may_be_cbor(data: bytes) -> bool:
    """Does it begin as a map or an array does, or say that it is CBOR?"""
    return data[:1] != b"" and (data[0] in _CONTAINERS or data.startswith(_SELF_DESCRIBED))


def parse_cbor(data: bytes) -> object:
    """The document.

    Raises:
        Undecodable: `too-large`, `not-cbor`.
    """
    refuse_larger(data)
    stream = BytesIO(data)
    try:
        document: Any = cbor2.load(
            stream, semantic_decoders=_UNTAGGED, tag_hook=_content, max_depth=MAX_DEPTH, strict_hashable_types=True
        )
    except Exception:  # noqa: BLE001 (the library raises its own errors, and those of what it calls)
        raise Undecodable(Reason.NOT_CBOR) from None
    if stream.tell() != len(data):
        raise Undecodable(Reason.NOT_CBOR)
    return document


def _as_it_is(content: object, _immutable: bool) -> object:
    return content


def _bignum(content: object, _immutable: bool) -> object:
    fits = isinstance(content, bytes) and len(content) <= _MOST_BIGNUM_BYTES
    return int.from_bytes(content) if fits else content  # type: ignore[arg-type]  # bytes


def _content(tag: Any, *_: object) -> object:  # noqa: ANN401 (the library's)
    return tag.value


_KNOWN_TAGS: Final = (0, 1, 3, 4, 5, 25, 28, 29, 30, 35, 36, 37, 52, 54, 100, 256, 258, 260, 261, 1004, 43000, 43001)
_UNTAGGED: Final = {**dict.fromkeys(_KNOWN_TAGS, _as_it_is), _BIGNUM: _bignum}
