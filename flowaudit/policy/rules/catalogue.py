"""All rules, by their permanent codes."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Final

from flowaudit.policy.rule import Rule
from flowaudit.policy.rules.automated_decision import AUTOMATED_DECISION
from flowaudit.policy.rules.cross_reference import CROSS_REFERENCE
from flowaudit.policy.rules.feedback_loop import FEEDBACK_LOOP
from flowaudit.policy.rules.forbidden_flow import FORBIDDEN_FLOW
from flowaudit.policy.rules.kept_elsewhere import KEPT_ELSEWHERE
from flowaudit.policy.rules.purpose_limitation import PURPOSE_LIMITATION
from flowaudit.policy.rules.undeclared import UNDECLARED_READER, UNDECLARED_WRITER
from flowaudit.policy.rules.unused_right import UNUSED_RIGHT

RULES: Final[Mapping[str, Rule[Any]]] = MappingProxyType(
    {
        rule.code: rule
        for rule in (
            FORBIDDEN_FLOW,
            UNDECLARED_READER,
            UNDECLARED_WRITER,
            FEEDBACK_LOOP,
            PURPOSE_LIMITATION,
            CROSS_REFERENCE,
            UNUSED_RIGHT,
            KEPT_ELSEWHERE,
            AUTOMATED_DECISION,
        )
    }
)
"""In the order of their codes."""
