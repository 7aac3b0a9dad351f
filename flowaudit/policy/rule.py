"""What every rule is: a permanent code, words for people, parameters, and a function over an estate."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Generic, TypeVar

from flowaudit.policy.estate import Estate
from flowaudit.policy.finding import Case
from flowaudit.policy.model import Parameters, Severity

ParametersT = TypeVar("ParametersT", bound=Parameters)


@dataclass(frozen=True, slots=True)
class Rule(Generic[ParametersT]):
    """A rule. Its code is permanent: it is never given to another rule, not even after this one is gone."""

    code: str
    name: str
    """A short name in lower case: `forbidden-flow`."""
    title: str
    rationale: str
    """Why anybody should mind, and what the rule does and does not see."""
    keys: tuple[tuple[str, str], ...]
    """Its own parameters, in words: (key, meaning)."""
    example: str
    """An entry of a policy, as YAML."""
    severity: Severity
    """Unless the policy says otherwise."""
    parameters: type[ParametersT]
    evaluate: Callable[[Estate, ParametersT], Iterable[Case]]
    needs_topology: bool = False
    """Does it find nothing without a topology?"""

    def cases(self, estate: Estate, parameters: Parameters) -> Iterable[Case]:
        """What the rule finds in an estate."""
        if not isinstance(parameters, self.parameters):
            msg = f"{type(parameters).__name__} are not the parameters of {self.code}"
            raise TypeError(msg)
        return self.evaluate(estate, parameters)
