"""What `doctor` found, as JSON values: `flowaudit.doctor/v1`. Keys are added, never renamed or taken away."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from flowaudit.rights.access import Right
from flowaudit.rights.diagnosis import ChannelDiagnosis, Missing
from flowaudit.rights.excess import Excess
from flowaudit.rights.grants import grant_commands, kafka_user, revoke_command

if TYPE_CHECKING:
    from flowaudit.bootstrap.doctor import DoctorReport

SCHEMA: Final = "flowaudit.doctor/v1"


def doctor_document(report: DoctorReport) -> dict[str, object]:
    """The whole report."""
    diagnosis, server = report.diagnosis, report.bootstrap_server
    return {
        "schema": SCHEMA,
        "cluster": {"id": report.cluster_id, "namespace": report.namespace},
        "principal": diagnosis.principal or None,
        "authorizer": diagnosis.authorizer.value,
        "complete": diagnosis.is_complete,
        "channels": [_channel(one) for one in diagnosis.channels],
        "least_privilege": [_right(right) for right in diagnosis.least],
        "to_grant": [_right(right) for right in diagnosis.to_grant],
        "grant_commands": list(grant_commands(diagnosis.to_grant, diagnosis.principal, server)),
        "kafka_user": kafka_user(diagnosis.least, diagnosis.principal),
        "excess": [_excess(one, server) for one in diagnosis.excess],
    }


def _channel(told: ChannelDiagnosis) -> dict[str, object]:
    return {
        "channel": told.channel.name,
        "shows": told.channel.shows,
        "state": told.state.value,
        "missing": [_missing(one) for one in told.missing],
        "could_show_more": [_missing(one) for one in told.could_show],
        "notes": list(told.notes),
    }


def _missing(missing: Missing) -> dict[str, object]:
    need = missing.need
    return {
        "right": _right(need.right),
        "shows": need.shows,
        "hides": need.hides,
        "coverage": need.blind_spot._asdict(),
        "held_for": {"count": missing.held_count, "names": list(missing.held_for)},
        "denied_for": list(missing.denied_for),
    }


def _right(right: Right) -> dict[str, str]:
    return {
        "operation": right.operation.value,
        "resource_type": right.resource.type.value,
        "resource": right.resource.name,
        "pattern": "PREFIXED" if right.resource.prefixed else "LITERAL",
    }


def _excess(excess: Excess, server: str) -> dict[str, object]:
    return {
        "operation": excess.operation,
        "resource_type": excess.resource_type.value,
        "names": list(excess.names),
        "count": excess.count,
        "lets": excess.lets,
        "revoke_commands": [revoke_command(rule, server) for rule in excess.rules],
    }
