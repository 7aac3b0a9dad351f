"""Every plain way in which an identifier could leak."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Callable, Iterator, Mapping
from typing import NamedTuple
from urllib.parse import quote

import xxhash

from tests.privacy.identifiers import Identifier

LEAST_BYTES = 8
"""No form is shorter."""


class Form(NamedTuple):
    """An identifier as it could stand somewhere, in lower case: what is searched is searched in lower case."""

    name: str
    data: bytes


def _hash(name: str) -> Callable[[bytes], bytes]:
    return lambda data: hashlib.new(name, data, usedforsecurity=False).digest()


DIGESTS: Mapping[str, Callable[[bytes], bytes]] = {
    **{name: _hash(name) for name in ("md5", "sha1", "sha256", "sha512", "sha3_256", "blake2b")},
    "blake2b-64": lambda data: hashlib.blake2b(data, digest_size=8).digest(),
    "blake2b-256": lambda data: hashlib.blake2b(data, digest_size=32).digest(),
    "xxh64": xxhash.xxh64_digest,
    "xxh3-64": xxhash.xxh3_64_digest,
    "xxh3-128": xxhash.xxh3_128_digest,
}


def forms_of(identifier: Identifier) -> Iterator[Form]:
    """All spellings, encoded and hashed."""
    for spelling in identifier.spellings():
        for name, data in _encoded(spelling):
            yield Form(f"{name} of {identifier.kind}", data.lower())


def _encoded(text: str) -> Iterator[tuple[str, bytes]]:
    raw = text.encode()
    yield "text", raw
    yield "UTF-16", text.encode("utf-16-le")
    yield "hex", raw.hex().encode()
    yield "URL quoting", quote(text, safe="").encode()
    yield "full URL quoting", "".join(f"%{byte:02x}" for byte in raw).encode()
    yield "JSON escapes", json.dumps(text)[1:-1].encode()
    for form in _base64_within(raw):
        yield "base64", form
    for name, digest in DIGESTS.items():
        data = digest(raw)
        yield name, data
        yield f"{name} in hex", data.hex().encode()
        # nobody hashes something and then encodes the hash within something else
        yield f"{name} in base64", base64.b64encode(data).rstrip(b"=")
        yield f"{name} in base64url", base64.urlsafe_b64encode(data).rstrip(b"=")


def _base64_within(data: bytes) -> Iterator[bytes]:
    """What base64 makes of the data wherever they stand in a longer text, in both alphabets."""
    for before in range(3):
        # digits that also hold bits of what stands before or after are left out
        first, last = -(-before * 8 // 6), (before + len(data)) * 8 // 6
        for encode in (base64.b64encode, base64.urlsafe_b64encode):
            yield encode(bytes(before) + data)[first:last]
