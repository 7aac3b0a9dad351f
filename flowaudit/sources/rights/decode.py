"""Answers with authorized operations (KIP-430) → what this principal may do; unmet needs → facts. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final

from flowaudit.facts import Channel, NotVisible, Provenance
from flowaudit.rights import Diagnosis, Operation, operations_in

_NOT_SAID: Final = -2147483648
_MAY_NOT_DESCRIBE: Final = frozenset({29, 30, 31, 53})
"""TOPIC_, GROUP_, CLUSTER_ and TRANSACTIONAL_ID_AUTHORIZATION_FAILED."""
_BITS: Final = 31
_NOTHING: Final = frozenset[Operation]()
_DESCRIBE: Final = frozenset({Operation.DESCRIBE})


def decode_operations(value: object) -> frozenset[Operation] | None:
    """Authorized operations, as a bit field or as the codes that the library makes of it; None: the broker says none.

    Bits of operations that this version does not know are left out.
    """
    if isinstance(value, int):
        return None if value == _NOT_SAID else operations_in(bit for bit in range(_BITS) if value & (1 << bit))
    if isinstance(value, list | tuple | set | frozenset):
        return operations_in(int(code) for code in value)
    return None


def decode_topics(topics: Iterable[Mapping[str, Any]]) -> dict[str, frozenset[Operation] | None]:
    """Operations by topic, of a Metadata answer. A topic that does not exist has them, too."""
    return {str(topic["name"]): _allowed(topic) for topic in topics}


def decode_groups(groups: Iterable[Mapping[str, Any]]) -> dict[str, frozenset[Operation] | None]:
    """Operations by group, of a DescribeGroups answer: DESCRIBE at least, when the broker answers but says no more."""
    found: dict[str, frozenset[Operation] | None] = {}
    for group in groups:
        operations = _allowed(group)
        found[str(group["group_id"])] = _DESCRIBE if operations is None else operations
    return found


def decode_transactional_ids(states: Iterable[Mapping[str, Any]]) -> dict[str, frozenset[Operation] | None]:
    """Operations by transactional id, of a DescribeTransactions answer, which tells of no right but DESCRIBE."""
    return {
        str(state["transactional_id"]): _NOTHING if int(state["error_code"]) in _MAY_NOT_DESCRIBE else _DESCRIBE
        for state in states
    }


def decode_api_versions(keys: Iterable[Mapping[str, Any]]) -> dict[int, tuple[int, int]]:
    """Oldest and newest version by API key."""
    return {int(key["api_key"]): (int(key["min_version"]), int(key["max_version"])) for key in keys}


def missing_facts(diagnosis: Diagnosis, now_ms: int) -> list[NotVisible]:
    """One `NotVisible` a right that is missing: brokers leave out what may not be seen without a word."""
    provenance = Provenance(Channel.METADATA, now_ms, "authorized operations (KIP-430)")
    found: dict[tuple[str, ...], NotVisible] = {}
    for channel in diagnosis.channels:
        for missing in channel.missing:
            spot = missing.need.blind_spot
            hides = missing.need.hides
            if (known := found.get(spot)) is not None and hides not in known.hides:
                hides = f"{known.hides}; {hides}"
            found[spot] = NotVisible(provenance, spot.subject, spot.name, spot.reason, hides)
    return list(found.values())


def _allowed(thing: Mapping[str, Any]) -> frozenset[Operation] | None:
    if int(thing["error_code"]) in _MAY_NOT_DESCRIBE:
        return _NOTHING
    value = thing.get("authorized_operations", thing.get("topic_authorized_operations"))
    return decode_operations(value)
