"""What programs are called, where the cluster or a broker's log says so: groups, connectors, client ids."""

from __future__ import annotations

import re
from typing import Final

from flowaudit.facts import ConnectorSeen, GroupSeen, ProducerNamed
from flowaudit.graph.connect_facts import connector_node
from flowaudit.graph.draft import NodeName, group_node
from flowaudit.graph.identity import NodeKind
from flowaudit.graph.internal import AUDITOR_CLIENT_PREFIX

_DEFAULT_CLIENT_ID: Final = re.compile(
    r"|rdkafka|librdkafka|confluent-kafka|node-rdkafka|(kafka-python|aiokafka|faust)(-.*)?|sarama|kgo|kafkajs|ruby-kafka"
    r"|(producer|consumer|adminclient)-\d+|(console|perf)-(producer|consumer)(-.*)?|.*@.* \(github\.com/.*\)"
)
"""Client ids that libraries and tools choose by themselves: many programs bear them at once, so they name none."""
_STREAM_THREAD: Final = re.compile(r"(.+-StreamThread-\d+)-.+")
"""Consumer and producer of one thread of a Kafka Streams application share all but the end of their client ids."""
_CONNECTOR_CLIENT: Final = re.compile(r"connector-producer-(.+)-\d+")
_STREAMS_ID: Final = re.compile(r"(.+)-[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}-\d+")
_FAUST_ID: Final = re.compile(r"(.+)-\d+-\d+")
_CONNECT_LEADER_PREFIX: Final = "connect-cluster-"


def names_a_program(client_id: str) -> bool:
    """Was the client id chosen for a program? Many programs bear what a library chooses by itself."""
    return _DEFAULT_CLIENT_ID.fullmatch(client_id) is None


class ProgramNames:
    """Merges names of groups, connectors and clients; any order and any repetition gives the same."""

    def __init__(self) -> None:
        self._groups: set[str] = set()
        self._readers: dict[str, set[str]] = {}
        """Groups by client id, or by the thread that it names."""
        self._connectors: dict[str, set[str]] = {}
        """Connectors by the group of their workers."""
        self._clients: dict[int, set[str]] = {}
        self._transactional_ids: dict[int, set[str]] = {}

    def copy(self) -> ProgramNames:
        """An accumulator that can go its own way."""
        twin = ProgramNames()
        twin._groups = self._groups.copy()
        twin._readers = {client: groups.copy() for client, groups in self._readers.items()}
        twin._connectors = {workers: names.copy() for workers, names in self._connectors.items()}
        twin._clients = {producer_id: clients.copy() for producer_id, clients in self._clients.items()}
        twin._transactional_ids = {producer_id: names.copy() for producer_id, names in self._transactional_ids.items()}
        return twin

    def add_group(self, fact: GroupSeen) -> None:
        """Take in a look at a group."""
        self._groups.add(fact.group)
        for client_id in fact.client_ids:
            self._readers.setdefault(_thread(client_id), set()).add(fact.group)

    def add_connector(self, fact: ConnectorSeen) -> None:
        """Take in a connector."""
        self._connectors.setdefault(fact.workers_group, set()).add(fact.connector)

    def add_producer(self, fact: ProducerNamed) -> None:
        """Take in which client was given a producer id."""
        self._clients.setdefault(fact.producer_id, set()).add(fact.client_id)
        if fact.transactional_id:
            self._transactional_ids.setdefault(fact.producer_id, set()).add(fact.transactional_id)

    def clients(self) -> frozenset[int]:
        """Producer ids of which the client id is known."""
        return frozenset(self._clients)

    def transactional_ids(self) -> dict[int, frozenset[str]]:
        """Transactional ids under which producer ids were given, by producer id."""
        return {producer_id: frozenset(names) for producer_id, names in self._transactional_ids.items()}

    def of_transactional_id(self, name: str, faust_apps: frozenset[str]) -> frozenset[NodeName]:
        """Whose transactional id it is by the conventions of Kafka Streams, Faust and the leader of Connect's workers.

        Only groups that were seen are believed: a name alone makes no program.
        """
        if (streams := _STREAMS_ID.fullmatch(name)) and streams[1] in self._groups:
            return frozenset({group_node(streams[1])})
        if (faust := _FAUST_ID.fullmatch(name)) and faust[1] in faust_apps:
            return frozenset({group_node(faust[1])})
        workers = name.removeprefix(_CONNECT_LEADER_PREFIX)
        if workers != name and workers in self._connectors:
            return frozenset({group_node(workers)})
        return frozenset()

    def of_client(self, producer_id: int) -> frozenset[NodeName]:
        """Whose producer id it is by client id: the one group in which that client reads, its connector, or itself."""
        owners: set[NodeName] = set()
        for client_id in self._clients.get(producer_id, ()):
            if names_a_program(client_id) and not client_id.startswith(AUDITOR_CLIENT_PREFIX):
                owners.add(self._client(client_id))
        return frozenset(owners)

    def groups_of_client(self, client_id: str) -> frozenset[str]:
        """Groups in which the client reads, or another client of the same thread of a Kafka Streams application."""
        return frozenset(self._readers.get(_thread(client_id), ()))

    def _client(self, client_id: str) -> NodeName:
        groups = self.groups_of_client(client_id)
        if len(groups) == 1:
            return group_node(min(groups))
        task = _CONNECTOR_CLIENT.fullmatch(client_id)
        if task and any(task[1] in names for names in self._connectors.values()):
            return connector_node(task[1])
        return NodeName(NodeKind.CLIENT, client_id)


def _thread(client_id: str) -> str:
    thread = _STREAM_THREAD.fullmatch(client_id)
    return thread[1] if thread else client_id
