"""The exception tree: everything that flowaudit raises on purpose.

::

    FlowAuditError
    ├── UsageError            a mistake of the user: configuration, arguments, an unreadable file   exit code 2
    │   └── (rooms add their own: TopologyInvalid, ConfigInvalid, GraphUnreadable …)
    ├── SourceUnreachable     a cluster or another source does not answer                           exit code 3
    │   └── (EmbeddedKafkaUnavailable …)
    └── LedgerError           the evidence store refuses: wrong version, wrong cluster, damage      exit code 2

A message names the thing, its value and the way out, in one line. It never holds a record's payload, a key,
an identifier or a secret, and never the text of a client library's exception: those carry request dumps.
"""

from __future__ import annotations

from enum import IntEnum


class ExitCode(IntEnum):
    """What every command ends with."""

    CLEAN = 0
    FINDINGS = 1
    USAGE = 2
    UNREACHABLE = 3


class FlowAuditError(Exception):
    """Root of the tree; `exit_code` is what a command ends with when this reaches its top."""

    exit_code: ExitCode = ExitCode.USAGE


class UsageError(FlowAuditError):
    """Something that the user wrote cannot be used as it stands."""

    exit_code = ExitCode.USAGE


class SourceUnreachable(FlowAuditError):
    """A cluster, or another source of evidence, cannot be reached."""

    exit_code = ExitCode.UNREACHABLE


class LedgerError(FlowAuditError):
    """The evidence store cannot be used: another schema version, another cluster, or damage."""

    exit_code = ExitCode.USAGE
