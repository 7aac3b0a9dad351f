"""Tokens: keyed pseudonyms of canonical identifiers, and the coordinated sample of them.

A token is 8 bytes of keyed BLAKE2b (RFC 7693): without the key nobody can tell whose it is, not even by hashing
every identity number there is. The sample is decided by a keyed XXH3 *before* the token is made, so a value
that is kept in one topic is kept in every topic and by every worker, and halving theta keeps a subset.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from hashlib import blake2b
from itertools import repeat
from typing import Any, Final

import numpy as np
import xxhash
from numpy.typing import NDArray

TOKEN_BYTES: Final = 8
_MAX_HASH: Final = (1 << 64) - 1


@dataclass(frozen=True, slots=True)
class Pseudonymiser:
    """Makes tokens with one key. Equal keys and values give equal tokens; nothing here shows the key.

    Raises:
        ValueError: the key is not 16 to 64 bytes long, or theta is not in (0, 1].
    """

    key: bytes = field(repr=False)
    key_id: int
    theta: float
    _seed: int = field(init=False, repr=False)
    _limit: int = field(init=False, repr=False)
    _keyed: Any = field(init=False, repr=False)

    def __post_init__(self) -> None:
        if not 16 <= len(self.key) <= 64:
            msg = f"a pseudonymisation key has 16 to 64 bytes, this one has {len(self.key)}"
            raise ValueError(msg)
        if not 0 < self.theta <= 1:
            msg = f"theta is a share of all identifiers, above 0 and at most 1; it is {self.theta}"
            raise ValueError(msg)
        seed = blake2b(b"coordinated sample", key=self.key, digest_size=8).digest()
        object.__setattr__(self, "_seed", int.from_bytes(seed, "little"))
        object.__setattr__(self, "_limit", min(int(self.theta * 2.0**64), _MAX_HASH))
        object.__setattr__(self, "_keyed", blake2b(key=self.key, digest_size=TOKEN_BYTES, person=b"flowaudit token"))

    def sampling_hash(self, form: bytes) -> int:
        """The keyed 64-bit hash by which the sample is decided."""
        return int(xxhash.xxh3_64_intdigest(form, self._seed))

    def keeps(self, form: bytes) -> bool:
        """Whether this canonical form is in the sample."""
        return self.sampling_hash(form) <= self._limit

    def kept(self, forms: Sequence[bytes]) -> NDArray[np.intp]:
        """Indices of the canonical forms that are in the sample, ascending."""
        if self._limit == _MAX_HASH:
            return np.arange(len(forms), dtype=np.intp)
        hashes = np.fromiter(map(xxhash.xxh3_64_intdigest, forms, repeat(self._seed)), np.uint64, len(forms))
        return np.flatnonzero(hashes <= np.uint64(self._limit))

    def token(self, form: bytes) -> bytes:
        """The token of one canonical form."""
        keyed = self._keyed.copy()
        keyed.update(form)
        digest: bytes = keyed.digest()
        return digest

    def tokens(self, forms: Sequence[bytes]) -> NDArray[np.uint64]:
        """The tokens of canonical forms, as little-endian integers."""
        token = self.token
        return np.frombuffer(b"".join([token(form) for form in forms]), dtype="<u8")
