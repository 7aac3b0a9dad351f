"""Types of fixed size."""

from __future__ import annotations

import struct
from typing import Final

INT8: Final = struct.Struct(">b")
INT16: Final = struct.Struct(">h")
INT32: Final = struct.Struct(">i")
INT64: Final = struct.Struct(">q")
UINT16: Final = struct.Struct(">H")
UUID_BYTES: Final = 16
MORE: Final = 0x80
"""Set in each byte of a number of variable length but the last."""
