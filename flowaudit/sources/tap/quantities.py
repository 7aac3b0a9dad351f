"""Texts that say when, how much, where or which version, and never who: a form of them is no name. Pure.

Only days and hours that there are count, of this century or the last: of numbers that are given one after the other,
few look so by chance, and a field is judged by most of its values.
"""

from __future__ import annotations

import re
from typing import Final

_YEAR: Final = r"(?:19|20)\d\d"
_MONTH: Final = r"(?:0[1-9]|1[0-2])"
_DAY: Final = r"(?:0[1-9]|[12]\d|3[01])"
_MONTH_OR_DAY: Final = r"(?:0?[1-9]|[12]\d|3[01])"
_NAMED_MONTH: Final = r"(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\.?"
_HOUR: Final = r"(?:[01]\d|2[0-4])"
_TIME: Final = rf"{_HOUR}:?[0-5]\d(?::?[0-6]\d(?:[.,]\d+)?)?\s*(?:Z|[ap]m|[+-]{_HOUR}:?[0-5]\d)?"
_DATE: Final = (
    rf"{_YEAR}(?P<big>[-./]?){_MONTH}(?P=big){_DAY}"
    rf"|{_MONTH_OR_DAY}(?P<little>[-./ ]){_MONTH_OR_DAY}(?P=little){_YEAR}"
    rf"|{_MONTH_OR_DAY}[-. ]{{1,2}}{_NAMED_MONTH}[-., ]{{1,2}}{_YEAR}"
    rf"|{_NAMED_MONTH}[-. ]{{1,2}}{_MONTH_OR_DAY}[-., ]{{1,2}}{_YEAR}"
)
_WHEN: Final = re.compile(
    rf"(?:{_DATE})(?:[T ,]{{1,2}}{_TIME})?"
    rf"|{_HOUR}:[0-5]\d(?::[0-6]\d(?:[.,]\d+)?)?"
    r"|[a-z]{3}, \d\d? [a-z]{3} \d{4} .*"
    # How long: a duration of ISO 8601.
    r"|-?P(?=[\dT])(?:\d+[YMWD])*(?:T(?:\d+(?:[.,]\d+)?[HMS])+)?",
    re.ASCII | re.IGNORECASE,
)
_FRACTION: Final = re.compile(r"[+-]?\d*[.,]\d+([eE][+-]?\d+)?", re.ASCII)
_CURRENCY: Final = r"(?:[A-Za-z]{3}|[€$£¥₹])"
_GROUPED: Final = r"\d{1,3}(?:,\d{3})+\.\d{1,2}|\d{1,3}(?:[. ']\d{3})+,\d{1,2}|\d{1,3}(?:[ ']\d{3})+\.\d{1,2}"
_HOW_MUCH: Final = re.compile(
    rf"[+-]?(?:{_GROUPED})"
    rf"|{_CURRENCY}\s?[+-]?(?:{_GROUPED}|\d+[.,]\d{{1,2}})"
    rf"|[+-]?(?:{_GROUPED}|\d+[.,]\d{{1,2}})\s?{_CURRENCY}"
    # Where: a latitude and a longitude.
    r"|[+-]?\d{1,3}\.\d+\s*[,; ]\s*[+-]?\d{1,3}\.\d+"
)
_VERSION: Final = re.compile(r"v\d{1,3}(?:\.\d{1,3}){1,3}|\d{1,2}(?:\.\d{1,2}){2}", re.ASCII | re.IGNORECASE)


def says_when(text: str) -> bool:
    """Whether it is a day, a time of day, both, or a duration."""
    return _WHEN.fullmatch(text) is not None


def is_fraction(text: str) -> bool:
    """Whether it is a number with decimals, which may all be zeros."""
    return _FRACTION.fullmatch(text) is not None


def says_how_much(text: str) -> bool:
    """Whether it is an amount of money, a number with decimals in groups of thousands, or a place on the map."""
    return _HOW_MUCH.fullmatch(text) is not None


def is_version(text: str) -> bool:
    """Whether it is the number of a version, in two to four short parts."""
    return _VERSION.fullmatch(text) is not None
