"""The acls source: who may do what, by DescribeAcls (KIP-140)."""

from flowaudit.sources.acls.ask import list_access_rules
from flowaudit.sources.acls.poll import AclsSource

__all__ = ["AclsSource", "list_access_rules"]
