"""Rights: what the auditor's principal needs on the audited cluster, what it holds, and what the difference hides.

Pure. One table (`needs`) says which Kafka right each channel asks for, what its absence hides and under which reason
coverage names it. The documentation, the `kafka-acls` commands, the Strimzi resource and `flowaudit doctor` are
functions of that table.
"""

from flowaudit.rights.access import (
    CLUSTER,
    EVERYTHING,
    Operation,
    Resource,
    ResourceType,
    Right,
    operation_name,
    operations_in,
    resource_type_name,
)
from flowaudit.rights.diagnosis import ChannelState, Diagnosis, diagnose
from flowaudit.rights.held import AccessListing, Authorizer, PlaceChecked, Rights
from flowaudit.rights.needs import Plan, channels_of, least_privilege

__all__ = [
    "CLUSTER",
    "EVERYTHING",
    "AccessListing",
    "Authorizer",
    "ChannelState",
    "Diagnosis",
    "Operation",
    "PlaceChecked",
    "Plan",
    "Resource",
    "ResourceType",
    "Right",
    "Rights",
    "channels_of",
    "diagnose",
    "least_privilege",
    "operation_name",
    "operations_in",
    "resource_type_name",
]
