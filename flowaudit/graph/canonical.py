"""Canonical JSON (RFC 8785, JCS): what is hashed, signed and compared."""

from __future__ import annotations

from typing import Any

import rfc8785


def canonical_json(value: Any) -> bytes:  # noqa: ANN401 - any JSON value, which the caller built itself
    """UTF-8 bytes of a JSON value in canonical form: sorted keys, no spaces, ECMAScript numbers."""
    return rfc8785.dumps(value)
