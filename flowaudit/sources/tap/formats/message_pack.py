"""MessagePack (specification of 2013, with str and bin apart): maps and arrays. Pure."""

from __future__ import annotations

from typing import Any, Final

import msgspec

from flowaudit.sources.tap.formats.port import Reason, Undecodable, refuse_larger

_LOSSY: Final = msgspec.msgpack.Decoder()
_CONTAINERS: Final = frozenset({*range(0x80, 0xA0), 0xDC, 0xDD, 0xDE, 0xDF})


def may_be_message_pack(data: bytes) -> bool:
    """Does it begin as a map or an array does? Bare scalars say too little to be told from anything else."""
    return data[:1] != b"" and data[0] in _CONTAINERS


def parse_message_pack(data: bytes) -> object:
    """The document; extension types stand as they are and are no leaves.

    msgspec believes no length that the data does not bear out, and refuses nesting that is as deep as Python's stack.

    Raises:
        Undecodable: `too-large`, `too-deep`, `not-message-pack`.
    """
    refuse_larger(data)
    try:
        document: Any = _LOSSY.decode(data)
    except RecursionError:
        raise Undecodable(Reason.TOO_DEEP) from None
    except (msgspec.MsgspecError, ValueError, OverflowError, TypeError):
        raise Undecodable(Reason.NOT_MESSAGE_PACK) from None
    return document
