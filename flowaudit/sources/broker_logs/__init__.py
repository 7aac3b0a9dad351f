"""The broker-logs source: what brokers wrote about their clients, in request, authorizer and audit logs."""

from flowaudit.sources.broker_logs.audit_topic import AuditTopicFollower, audit_topic
from flowaudit.sources.broker_logs.follow import BrokerLogFiles, BrokerLogsSource

__all__ = ["AuditTopicFollower", "BrokerLogFiles", "BrokerLogsSource", "audit_topic"]
