"""The declared topology, as the facts of its latest load tell it."""

from __future__ import annotations

from typing import Final

from flowaudit.facts import DataDeclared, FlowDeclared, SystemDeclared
from flowaudit.graph.systems import DeclaredData, DeclaredFlow, DeclaredSystem, Patterns, Systems

_NEVER: Final = -(2**63)


class DeclaredFacts:
    """Merges `SystemDeclared`, `FlowDeclared` and `DataDeclared`.

    The facts of one load of a topology bear the same `observed_ms`; a later load replaces an earlier one whole, so
    that a flow which its owner struck from the file is no longer declared.
    """

    def __init__(self) -> None:
        self._loaded_ms = _NEVER
        self._systems: dict[str, DeclaredSystem] = {}
        self._flows: dict[tuple[str, str], DeclaredFlow] = {}
        self._data: set[DeclaredData] = set()

    def copy(self) -> DeclaredFacts:
        """An accumulator that can go its own way."""
        twin = DeclaredFacts()
        twin._loaded_ms = self._loaded_ms
        twin._systems = self._systems.copy()
        twin._flows = self._flows.copy()
        twin._data = self._data.copy()
        return twin

    def add_system(self, fact: SystemDeclared) -> None:
        """Take in one system."""
        if not self._is_current(fact.provenance.observed_ms):
            return
        system = DeclaredSystem(
            fact.system,
            fact.title,
            Patterns(
                frozenset(fact.topics),
                frozenset(fact.groups),
                frozenset(fact.transactional_ids),
                frozenset(fact.producers),
                frozenset(fact.connectors),
                frozenset(fact.externals),
            ),
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
            fact.upstream,
            fact.downstream,
            fact.purpose,
            fact.legal_basis,
            fact.provenance.reference,
            self._loaded_ms,
            fact.topics,
        )
        key = (fact.upstream, fact.downstream)
        known = self._flows.get(key)
        self._flows[key] = flow if known is None else max(known, flow)

    def add_data(self, fact: DataDeclared) -> None:
        """Take in one rule about data."""
        if self._is_current(fact.provenance.observed_ms):
            self._data.add(DeclaredData(fact.topics, fact.categories))

    def systems(self) -> Systems:
        """The index that tells systems and verdicts."""
        return Systems(tuple(self._systems.values()), tuple(self._flows.values()), self._data)

    def _is_current(self, loaded_ms: int) -> bool:
        if loaded_ms > self._loaded_ms:
            self._loaded_ms = loaded_ms
            self._systems = {}
            self._flows = {}
            self._data = set()
        return loaded_ms == self._loaded_ms
