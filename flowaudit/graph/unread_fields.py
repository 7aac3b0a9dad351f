"""Fields that stay unread although their records can be read: digests of nobody who was seen, and ciphertext."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

from flowaudit.facts import Channel, FieldClass, FieldName
from flowaudit.graph.identity_clusters import Known
from flowaudit.graph.snapshot import Hidden

UNRESOLVED: Final = "digests-unresolved"
ENCRYPTED: Final = "encrypted"
"""The reason that the tap gives for a field of ciphertext."""
_EXPECTED: Final = 8
"""Were its people among those whose plaintext was seen, so many digests at least would have been resolved: that none
was by chance happens to one field in three thousand (e^-8)."""


def unresolved_digests(unresolved: Mapping[FieldName, float], known: Known) -> Iterable[Hidden]:
    """Fields that name people by digests of which none is of a plaintext that was seen.

    `unresolved` gives for each the share of plaintexts whose digests were known. Random identifiers of events look
    the same; they are not counted among people, so that nothing is said of them.
    """
    own = {field: known.people.people(field, field).count() for field in known.people.fields()}
    plain = own.keys() - unresolved.keys()
    if not any(own[field].raised >= _EXPECTED and known.classes.get(field) == FieldClass.ENTITY for field in plain):
        return
    for field, share in unresolved.items():
        count = own.get(field)
        if count is None or count.people * share < _EXPECTED or known.leaves_out(field.topic):
            continue
        told = count.told(known.k_anonymity)
        people = f"about {told} values" if told else "its values"
        hides = (
            f"whom it names: {people} look like digests, none of them is of a plaintext that a tapped topic holds;"
            " salted, keyed, random, or of what was never seen: towards plaintexts only timing can speak of it"
        )
        yield Hidden("field", _name(field), UNRESOLVED, hides, Channel.LINKAGE)


def encrypted_fields(reasons: Mapping[FieldName, str], known: Known) -> Iterable[Hidden]:
    """Fields that hold ciphertext, or what looks so; `reasons` say why a profiled field is not followed."""
    for field, reason in reasons.items():
        if reason == ENCRYPTED and not known.leaves_out(field.topic):
            hides = "what it holds: long random values, encrypted or packed; whom they name cannot be told"
            yield Hidden("field", _name(field), ENCRYPTED, hides, Channel.LINKAGE)


def _name(field: FieldName) -> str:
    return f"{field.topic} {field.path}"
