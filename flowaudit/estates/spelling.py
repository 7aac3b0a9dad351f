"""The same person and the same flat in the spelling of each system, and back.

No two systems of the estate agree on one: that is what makes a person hard to follow by name, and what an auditor
has to see through.
"""

from __future__ import annotations

from flowaudit.estates.population import Address


def tenancy_label(number: int) -> str:
    """The lock's spelling of a tenancy: `T-0412345`."""
    return f"T-{number:07d}"


def tenancy_number(text: str) -> int:
    """The number in any spelling of a tenancy."""
    return int("".join(filter(str.isdigit, text)))


def address_dashed(address: Address) -> str:
    """The lock's spelling of a flat: `FT-107-2-1204`."""
    return f"FT-{address.building}-{address.entrance}-{address.flat:04d}"


def address_key(text: str) -> str:
    """What all spellings of one flat have in common: `FT10721204`."""
    return "".join(filter(str.isalnum, text)).upper()


def address_respelled(text: str, separator: str) -> str:
    """Another system's spelling of the same flat, with its own separator."""
    return text.replace("-", separator)


def citizen_key(text: str) -> str:
    """The 18 characters that all spellings of one citizen have in common."""
    return "".join(filter(str.isalnum, text)).upper()[-18:]


def citizen_spaced(number: str) -> str:
    """The visitor log's spelling of a citizen: `110105 19491231 002X`."""
    return f"{number[:6]} {number[6:14]} {number[14:]}"


def citizen_labelled(number: str) -> str:
    """The score's spelling of a citizen: `CN-110105-19491231-002X`."""
    return f"CN-{number[:6]}-{number[6:14]}-{number[14:]}"
