"""Finds secrets in what a program gave out: as they are, encoded, in another case, or hashed."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterable, Iterator, Mapping
from urllib.parse import quote

_HEAD_BYTES = 12
"""No form of a secret is shorter: a form is looked for only where its head is."""
_HASHES = ("md5", "sha1", "sha256")


def forms_of(secret: str) -> Iterator[bytes]:
    """Every plain way in which a secret could leak; in lower case, for what is searched is searched in lower case."""
    for text in {secret, secret.lower(), secret.upper()}:
        raw = text.encode()
        digests = [hashlib.new(name, raw).digest() for name in _HASHES]
        yield from (raw, quote(text, safe="").encode(), "".join(f"%{byte:02x}" for byte in raw).encode())
        yield from (text.encode("utf-16-le"), *digests)
        yield from (data.hex().encode() for data in (raw, *digests))
        for data in (raw, *digests):
            yield from _base64_within(data)


def found_in(places: Mapping[str, bytes], secrets: Iterable[str]) -> list[str]:
    """`place: secret (form)` for each secret that stands in a place in any of its forms."""
    forms = {form.lower(): secret for secret in secrets for form in forms_of(secret)}
    return [
        f"{name}: {forms[form]!r} ({form!r})"
        for name, data in places.items()
        for form in sorted(_standing_in(data.lower(), forms))
    ]


def _standing_in(data: bytes, forms: Iterable[bytes]) -> Iterator[bytes]:
    heads = {data[at : at + _HEAD_BYTES] for at in range(len(data) - _HEAD_BYTES + 1)}
    return (form for form in forms if form[:_HEAD_BYTES] in heads and form in data)


def _base64_within(data: bytes) -> Iterator[bytes]:
    """What base64 makes of the data wherever they stand in a longer text, in both alphabets."""
    for before in range(3):
        # Digits that also hold bits of what stands before or after are left out.
        first, last = -(-before * 8 // 6), (before + len(data)) * 8 // 6
        for encode in (base64.b64encode, base64.urlsafe_b64encode):
            yield encode(bytes(before) + data)[first:last]
