"""Addresses of machines, IPv4 and IPv6: here the separators are what tells two apart, so they stay. Pure.

An address, with its port or the length of its network if it has one, keeps its text, each in its shortest form (RFC
5952, section 4). So `10.1.12.3` and `10.11.2.3` are two machines, and no address is ever a number.
"""

from __future__ import annotations

import re
from ipaddress import AddressValueError, IPv4Address, IPv6Address
from typing import Final

IPV4_DOTS: Final = 3
IPV6_COLONS: Final = 6
"""Where the last two of the eight groups are written as an IPv4 address, and none is left out."""
_LEAD: Final = r"(?:[a-z_-]*[g-z][a-z_-]*[:/=]+|/)?"
"""`ip:`, `host/`, and the `/` that Java writes before an address; no word that may be a group of IPv6 itself."""
_IPV4: Final = re.compile(
    rf"{_LEAD}(?P<address>\d{{1,3}}(?:\.\d{{1,3}}){{3}})(?P<rest>[:/]\d{{1,5}})?", re.ASCII | re.IGNORECASE
)
_IPV6: Final = re.compile(
    rf"{_LEAD}(?P<open>\[)?(?P<address>[0-9a-f:]+(?:(?<=:)\d+(?:\.\d+){{3}})?(?:%[\w.-]+)?)(?(open)\])"
    r"(?P<rest>(?(open):|/)\d{1,5})?",
    re.ASCII | re.IGNORECASE,
)
_EUI_64: Final = re.compile(r"[0-9a-f]{2}(?::[0-9a-f]{2}){7}", re.IGNORECASE)
"""The 64-bit name of a network card (IEEE 802), which reads like an address."""


def address_form(text: str) -> bytes | None:
    """The canonical form of ASCII text that is the address of a machine; None for all other text."""
    if text.count(".") == IPV4_DOTS and (found := _IPV4.fullmatch(text)):
        return _form(IPv4Address, found)
    if "::" not in text and text.count(":") < IPV6_COLONS:
        return None
    found = _IPV6.fullmatch(text)
    return None if found is None or _EUI_64.fullmatch(found["address"]) else _form(IPv6Address, found)


def _form(kind: type[IPv4Address | IPv6Address], found: re.Match[str]) -> bytes | None:
    try:
        address = kind(found["address"])
    except AddressValueError:
        return None
    rest = found["rest"] or ""
    if isinstance(address, IPv6Address):
        if (mapped := address.ipv4_mapped) is not None and not rest.startswith("/"):
            # The same machine, as a socket of both families names it (RFC 4291, 2.5.5.2).
            return f"{mapped}{rest}".encode()
        if found["open"] and rest:
            return f"[{address}]{rest}".encode()
    return f"{address}{rest}".encode()
