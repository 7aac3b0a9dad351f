"""Tokens: keyed pseudonyms of canonical identifiers, and the coordinated sample of them.

A token is 8 bytes of keyed BLAKE2b (RFC 7693): without the key nobody can tell whose it is, not even by hashing
every identity number there is. The sample is decided *before* the token is made, by a keyed multilinear hash (Lemire
and Kaser, "Strongly universal string hashing is fast", 2014) that numpy takes over whole columns. A value that is kept
in one topic is kept in every topic and by every worker, halving theta keeps a subset, and who does not know the key
cannot choose identifiers that the sample misses.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from hashlib import blake2b
from operator import mul
from struct import Struct
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from flowaudit.linkage.form_column import MAX_LENGTH, WORD_BYTES, FormColumn

TOKEN_BYTES: Final = 8
_MAX_HASH: Final = (1 << 64) - 1
_KEY_WORDS: Final = MAX_LENGTH // WORD_BYTES + 2
"""One for each word of a form, one to multiply and one to add at the end."""
_UNPACK: Final = tuple(Struct(f"<{words}Q").unpack for words in range(_KEY_WORDS))


@dataclass(frozen=True, slots=True)
class Pseudonymiser:
    """Makes tokens with one key. Equal keys and values give equal tokens; nothing here shows the key.

    Raises:
        ValueError: the key is not 16 to 64 bytes long, or theta is not in (0, 1].
    """

    key: bytes = field(repr=False)
    key_id: int
    theta: float
    previous: Pseudonymiser | None = None
    """The key before this one, while sightings that were made with it are still compared: what is in its sample stays
    in the sample, and has its token when it is not in the sample of this key."""
    _plain_words: tuple[int, ...] = field(init=False, repr=False, compare=False)
    _words: NDArray[np.uint64] = field(init=False, repr=False, compare=False)
    _limit: int = field(init=False, repr=False)
    _keyed: Any = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        if not 16 <= len(self.key) <= 64:
            msg = f"a pseudonymisation key has 16 to 64 bytes, this one has {len(self.key)}"
            raise ValueError(msg)
        if not 0 < self.theta <= 1:
            msg = f"theta is a share of all identifiers, above 0 and at most 1; it is {self.theta}"
            raise ValueError(msg)
        words = [_odd(b"sample %d" % number, self.key) for number in range(_KEY_WORDS)]
        object.__setattr__(self, "_plain_words", tuple(words))
        object.__setattr__(self, "_words", np.array(words, dtype=np.uint64))
        object.__setattr__(self, "_limit", min(int(self.theta * 2.0**64), _MAX_HASH))
        object.__setattr__(self, "_keyed", blake2b(key=self.key, digest_size=TOKEN_BYTES, person=b"flowaudit token"))

    def sampling_hash(self, form: bytes) -> int:
        """The keyed 64-bit hash by which the sample is decided; a form above `MAX_LENGTH` has that of an empty one.

        What `_hashes` takes of a column, of one form: without arrays, which cost more than the sums.
        """
        if len(form) > MAX_LENGTH:
            form = b""
        padded = bytes(-len(form) % WORD_BYTES) + form
        words = _UNPACK[len(padded) // WORD_BYTES](padded)
        keys = self._plain_words
        mixed: int = (keys[-1] + sum(map(mul, reversed(words), keys))) & _MAX_HASH
        mixed = (mixed ^ (mixed >> 32)) * keys[-2] & _MAX_HASH
        return mixed ^ (mixed >> 29)

    def keeps(self, form: bytes) -> bool:
        """Whether this canonical form is in the sample."""
        return self.samples(form) or (self.previous is not None and self.previous.keeps(form))

    def samples(self, form: bytes) -> bool:
        """Whether this form is in the sample of this key, whatever the previous one's is."""
        return self.sampling_hash(form) <= self._limit

    def kept(self, column: FormColumn) -> NDArray[np.intp]:
        """Rows of the column that are in the sample, ascending."""
        if self._limit == _MAX_HASH:
            return np.arange(len(column), dtype=np.intp)
        kept = np.flatnonzero(self._hashes(column) <= np.uint64(self._limit))
        return kept if self.previous is None else np.union1d(kept, self.previous.kept(column))

    def _hashes(self, column: FormColumn) -> NDArray[np.uint64]:
        """A sum of products modulo 2^64, counted from a form's end so that NULs before it add nothing; then mixed."""
        words = column.signs.view("<u8")
        hashes: NDArray[np.uint64] = words[:, -1] * self._words[0]
        for number in range(1, words.shape[1]):
            hashes += words[:, -1 - number] * self._words[number]
        hashes += self._words[_KEY_WORDS - 1]
        hashes ^= hashes >> np.uint64(32)
        hashes *= self._words[_KEY_WORDS - 2]
        hashes ^= hashes >> np.uint64(29)
        return hashes

    def token(self, form: bytes) -> bytes:
        """The token of one canonical form."""
        if self.previous is not None and not self.samples(form) and self.previous.keeps(form):
            return self.previous.token(form)
        keyed = self._keyed.copy()
        keyed.update(form)
        digest: bytes = keyed.digest()
        return digest

    def tokens(self, forms: Sequence[bytes]) -> NDArray[np.uint64]:
        """The tokens of canonical forms, as little-endian integers."""
        return np.frombuffer(b"".join(self.token_bytes(forms)), dtype="<u8")

    def token_bytes(self, forms: Iterable[bytes]) -> list[bytes]:
        """The tokens of canonical forms, `TOKEN_BYTES` each."""
        if self.previous is not None:
            return list(map(self.token, forms))
        copy, tokens = self._keyed.copy, []
        for form in forms:
            keyed = copy()
            keyed.update(form)
            tokens.append(keyed.digest())
        return tokens


def _odd(name: bytes, key: bytes) -> int:
    return int.from_bytes(blake2b(name, key=key, digest_size=8).digest(), "little") | 1
