"""Configuration: one YAML file, the environment and the command line, checked as a whole.

`load_settings` gives frozen `Settings`; every mistake in the file and the environment is reported at once.
"""

from flowaudit.config.load import load_settings
from flowaudit.config.problems import ConfigInvalid, Problem
from flowaudit.config.sections import (
    GraphSettings,
    GroupsSettings,
    KafkaSettings,
    LedgerSettings,
    LinkageSettings,
    MetricsSettings,
    TapSettings,
    TopologySettings,
    WebSettings,
)
from flowaudit.config.settings import Settings

__all__ = [
    "ConfigInvalid",
    "GraphSettings",
    "GroupsSettings",
    "KafkaSettings",
    "LedgerSettings",
    "LinkageSettings",
    "MetricsSettings",
    "Problem",
    "Settings",
    "TapSettings",
    "TopologySettings",
    "WebSettings",
    "load_settings",
]
