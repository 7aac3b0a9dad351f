"""Telephone numbers: the national significant number, whatever a topic puts before it.

A number is written with its country's calling code in one topic and without it in the next, so the code goes: what
stays is the national significant number (ITU-T E.164), without leading zeros, from eight digits on. Bare digits are
left alone, for nothing tells them from other numbers; they *are* the national form, once a trunk zero is dropped. The
price: two countries' numbers are one where their national numbers are, as `+1 212 555 0187` and `+49 212 555 0187`.
"""

from __future__ import annotations

import re
from functools import cache
from types import ModuleType
from typing import Final

MIN_DIGITS: Final = 8
_MAX_DIGITS: Final = 15
_LONGEST_CODE: Final = 3

_ABROAD: Final = "00"
_FROM_ABROAD: Final = ("+", _ABROAD, "tel:")
_MIN_ABROAD: Final = 10
_MIN_BARE_ABROAD: Final = 13

_INTERNATIONAL: Final = re.compile(
    r"(?:tel:)?\+(?P<plus>[\d\s().\-/]+)|00(?P<zeros>(?=\d*[\s().\-/])[\d\s().\-/]{9,})", re.ASCII | re.IGNORECASE
)
_IN_BRACKETS: Final = re.compile(r"[\d\s.\-/]*\(\d+\)[\d\s.\-/]+", re.ASCII)
_DIALLED: Final = re.compile(r"(?:tel:)?\+?[\d\s().\-/]+", re.ASCII | re.IGNORECASE)
_TRUNK_ZERO: Final = re.compile(r"\(0\)")
_NOT_DIGITS: Final = re.compile(r"\D", re.ASCII)


def national_number(text: str) -> bytes | None:
    """The national significant number of ASCII text that is an international number, or one with an area in brackets.

    None for everything else. Calling codes are prefix-free, so no number has two readings; whether there may be such a
    number is asked only where it begins with 00, as other padded numbers do.
    """
    international = _INTERNATIONAL.fullmatch(text)
    if international is None:
        return _significant(_digits(text)) if _IN_BRACKETS.fullmatch(text) else None
    if international["zeros"] is not None:
        found = _in_plan(_digits(international["zeros"]))
        return None if found is None else _significant(found)
    digits = _digits(international["plus"])
    if len(digits) > _MAX_DIGITS:
        return None
    codes = _library().COUNTRY_CODE_TO_REGION_CODE
    for length in range(1, _LONGEST_CODE + 1):
        if int(digits[:length] or 0) in codes:
            return _significant(digits[length:])
    return None


def national_number_in(text: str, region: str) -> bytes | None:
    """The national significant number of a number as it is dialled in a region (ISO 3166, two letters).

    The region tells what else stands before a number there: a trunk prefix such as Russia's 8, or the calling code
    without a plus sign. None for what is no possible number.
    """
    if not _DIALLED.fullmatch(text):
        return None
    library = _library()
    try:
        number = library.parse(text, region)
    except library.NumberParseException:
        return None
    if not library.is_possible_number(number):
        return None
    return _significant(library.national_significant_number(number))


def written_abroad(text: str) -> tuple[str, ...]:
    """How a number that is written with its calling code is written elsewhere; empty for all other texts.

    As a URI (RFC 3966), as E.164 has it, the same without the plus sign, and the national number in its groups with
    dashes or spaces. It must be one that its country's numbering plan has: zeros before other numbers look the same.
    """
    if not text.startswith(_FROM_ABROAD) or not _DIALLED.fullmatch(text):
        return ()
    digits = _digits(text)
    digits = digits.removeprefix(_ABROAD)
    if not _MIN_ABROAD <= len(digits) <= _MAX_DIGITS or digits.startswith("0"):
        return ()
    library = _library()
    try:
        number = library.parse(f"+{digits}")
    except library.NumberParseException:
        return ()
    if not library.is_valid_number(number):
        return ()
    uri: str = library.format_number(number, library.PhoneNumberFormat.RFC3966)
    national = uri.partition("-")[2]
    e164 = f"+{_digits(uri)}"
    return uri, e164, e164[1:], national, national.replace("-", " ")


def may_be_dialled_abroad(length: int) -> bool:
    """Whether bare digits of this length may be a number that begins with 00; shorter ones are taken for padded."""
    return _MIN_BARE_ABROAD <= length <= _MAX_DIGITS + len(_ABROAD)


def dialled_abroad(digits: bytes) -> bytes | None:
    """The national significant number of bare digits that begin with 00, as one dials abroad; None for others.

    Zeros before a number of another kind look the same: so it must be one that its country's numbering plan has.
    """
    if not may_be_dialled_abroad(len(digits)) or not digits.startswith(b"00") or digits[2] == ord("0"):
        return None
    found = _in_plan(digits[len(_ABROAD) :].decode())
    return None if found is None else found.encode()


def _in_plan(digits: str) -> str | None:
    """The national significant number behind a calling code; None where no plan of that country has it."""
    for length in range(1, _LONGEST_CODE + 1):
        plan = _plan(int(digits[:length] or 0))
        if plan is not None:
            return digits[length:] if plan.fullmatch(digits[length:]) else None
    return None


@cache
def _plan(code: int) -> re.Pattern[str] | None:
    """The national significant numbers that there are under a calling code; None: it is none."""
    library = _library()
    regions = library.COUNTRY_CODE_TO_REGION_CODE.get(code)
    if regions is None:
        return None
    of_region = library.PhoneMetadata.metadata_for_region_or_calling_code
    plans = (of_region(code, region) for region in regions)
    patterns = {plan.general_desc.national_number_pattern for plan in plans if plan is not None}
    return re.compile("|".join(sorted(patterns)), re.ASCII)


def is_region(region: str) -> bool:
    """Whether telephone numbers of this region (ISO 3166, two letters, upper case) can be read."""
    return region in _library().SUPPORTED_REGIONS


@cache
def _library() -> ModuleType:
    """The library brings the whole world's numbering plans, a third of a second of import; few estates need it."""
    import phonenumbers  # noqa: PLC0415

    return phonenumbers


def _digits(text: str) -> str:
    return _NOT_DIGITS.sub("", _TRUNK_ZERO.sub("", text))


def _significant(digits: str) -> bytes | None:
    significant = digits.lstrip("0")
    return significant.encode() if MIN_DIGITS <= len(significant) <= _MAX_DIGITS else None
