"""A digest of all that was drawn and played: a frozen version gives the same one for ever."""

from __future__ import annotations

import hashlib

import msgspec

from benchmarks.linkage.estate import EstateSpec, PlayedEstate
from flowaudit.estates.truth import dump_truth
from flowaudit.facts import encode_fact


def fingerprint_of_spec(spec: EstateSpec) -> str:
    """Of everything that is drawn."""
    return hashlib.sha256(repr(spec).encode()).hexdigest()[:16]


def fingerprint(estate: PlayedEstate) -> str:
    """Of the log, the truth with its cases and decoys, and the metadata."""
    digest = hashlib.sha256()
    for record in estate.log:
        digest.update(repr(record).encode())
    digest.update(dump_truth(msgspec.structs.replace(estate.truth, not_exercised=msgspec.UNSET)))
    digest.update(repr((estate.cases, estate.decoys, estate.not_exercised)).encode())
    for fact in estate.metadata_facts:
        digest.update(encode_fact(fact))
    return digest.hexdigest()[:16]
