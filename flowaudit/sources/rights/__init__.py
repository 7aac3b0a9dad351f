"""The rights probe: what may this principal do? It asks; it changes nothing and creates nothing."""

from flowaudit.sources.rights.places import Credentials, check_file, check_page
from flowaudit.sources.rights.poll import RightsSource
from flowaudit.sources.rights.probe import RightsProbe

__all__ = ["Credentials", "RightsProbe", "RightsSource", "check_file", "check_page"]
