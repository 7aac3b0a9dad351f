"""The declared topology, as the facts of its latest load tell it."""

from __future__ import annotations

from typing import Final

from flowaudit.facts import FlowDeclared, SystemDeclared
from flowaudit.graph.systems import DeclaredFlow, DeclaredSystem, Systems

_NEVER: Final = -(2**63)


class DeclaredFacts:
    """Merges `SystemDeclared` and `FlowDeclared`.

    The facts of one load of a topology bear the same `observed_ms`; a later load replaces an earlier one whole, so
    that a flow which its owner struck from the file is no longer declared.
    """

    def __init__(self) -> None:
        self._loaded_ms = _NEVER
        self._systems: dict[str, DeclaredSystem] = {}
        self._flows: dict[tuple[str, str], DeclaredFlow] = {}

    def copy(self) -> DeclaredFacts:
        """An accumulator that can go its own way."""
        twin = DeclaredFacts()
        twin._loaded_ms = self._loaded_ms
        twin._systems = self._systems.copy()
        twin._flows = self._flows.copy()
        return twin

    def add_system(self, fact: SystemDeclared) -> None:
        """Take in one system."""
        if not self._is_current(fact.provenance.observed_ms):
            return
        system = DeclaredSystem(
            fact.system,
            fact.title,
            frozenset(fact.topics),
            frozenset(fact.groups),
            frozenset(fact.categories),
            fact.provenance.reference,
            fact.order,
        )
        known = self._systems.get(fact.system)
        self._systems[fact.system] = system if known is None else known.merge(system)

    def add_flow(self, fact: FlowDeclared) -> None:
        """Take in one flow."""
        if not self._is_current(fact.provenance.observed_ms):
            return
        flow = DeclaredFlow(
            fact.upstream, fact.downstream, fact.purpose, fact.legal_basis, fact.provenance.reference, self._loaded_ms
        )
        key = (fact.upstream, fact.downstream)
        known = self._flows.get(key)
        self._flows[key] = flow if known is None else max(known, flow)

    def systems(self) -> Systems:
        """The index that tells systems and verdicts."""
        return Systems(tuple(self._systems.values()), tuple(self._flows.values()))

    def _is_current(self, loaded_ms: int) -> bool:
        if loaded_ms > self._loaded_ms:
            self._loaded_ms = loaded_ms
            self._systems = {}
            self._flows = {}
        return loaded_ms == self._loaded_ms
