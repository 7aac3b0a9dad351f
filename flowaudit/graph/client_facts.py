"""Single clients, as brokers' logs and clients' own metrics name them, and egress that nobody accounts for."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final, NamedTuple

from flowaudit.facts import Channel, ClientAction, ClientSeen, EgressEstimated
from flowaudit.graph.draft import EdgeDraft, NodeDraft, NodeName, group_node, observed, topic_node
from flowaudit.graph.egress import Egress
from flowaudit.graph.evidence import Detail, EdgeKind
from flowaudit.graph.identity import NodeKind
from flowaudit.graph.seen import Seen, detail
from flowaudit.graph.snapshot import CheckedSource, Hidden
from flowaudit.graph.times import iso_time

_MOST_LISTED: Final = 4
_LOGS_SOURCE: Final = "broker-logs"
_LOG_REFERENCES: Final = ("request log ", "authorizer log ")
_GAPS: Final = frozenset(
    {"file-unreadable", "undecodable-lines", "beginning-skipped", "brokers-without-log", "anonymous-principal"}
)


class _Key(NamedTuple):
    topic: str
    action: ClientAction
    client_id: str
    principal: str
    software: str
    group: str
    transactional_id: str
    channel: Channel


class _Sum(NamedTuple):
    seen: Seen
    served_bytes: int
    """Facts add up within their source and a restarted source begins anew: the largest is what is certain."""

    def merge(self, other: _Sum) -> _Sum:
        return _Sum(self.seen.merge(other.seen), max(self.served_bytes, other.served_bytes))


class ClientFacts:
    """Merges `ClientSeen` and `EgressEstimated`; any order and any repetition gives the same."""

    def __init__(self) -> None:
        self._sums: dict[_Key, _Sum] = {}
        self._egress = Egress()
        self._logs_begin_ms: int | None = None

    def copy(self) -> ClientFacts:
        """An accumulator that can go its own way."""
        twin = ClientFacts()
        twin._sums = self._sums.copy()
        twin._egress = self._egress.copy()
        twin._logs_begin_ms = self._logs_begin_ms
        return twin

    def add_client(self, fact: ClientSeen) -> None:
        """Take in what a client did with a topic."""
        last_ms = fact.provenance.observed_ms
        first_ms = last_ms if fact.first_ms < 0 else fact.first_ms
        summed = _Sum(Seen(first_ms, last_ms, fact.provenance.reference), fact.served_bytes)
        key = _Key(
            fact.topic,
            fact.action,
            fact.client_id,
            fact.principal,
            fact.software,
            fact.group,
            fact.transactional_id,
            fact.provenance.channel,
        )
        known = self._sums.get(key)
        self._sums[key] = summed if known is None else known.merge(summed)
        if fact.provenance.reference.startswith(_LOG_REFERENCES):
            known_ms = self._logs_begin_ms
            self._logs_begin_ms = first_ms if known_ms is None else min(known_ms, first_ms)

    def add_egress(self, fact: EgressEstimated) -> None:
        """Take in an estimate."""
        self._egress.add(fact)

    def nodes(self) -> Iterator[NodeDraft]:
        """A node a client that reads without a group or writes; a principal where no line names its client."""
        keys: dict[NodeName, list[_Key]] = {}
        for key in self._sums:
            node = _node(key)
            if node is not None and node.kind is not NodeKind.GROUP:
                keys.setdefault(node, []).append(key)
        for node, some in keys.items():
            is_client = node.kind is NodeKind.CLIENT
            yield NodeDraft(node, _named(some, with_principal=is_client))

    def edges(self) -> Iterator[EdgeDraft]:
        """`consumes` and `produces` edges of tier observed.

        What was written in transactions is left to the channels that know how those ended.
        """
        drawn: dict[tuple[NodeName, str, ClientAction, Channel], list[_Key]] = {}
        for key in self._sums:
            node = _node(key)
            if node is not None:
                drawn.setdefault((node, key.topic, key.action, key.channel), []).append(key)
        for (node, topic, action, channel), keys in drawn.items():
            evidence = observed(channel, self._seen(keys), self._known(node, keys))
            if action is ClientAction.READS:
                yield EdgeDraft(topic_node(topic), node, EdgeKind.CONSUMES, evidence)
            else:
                yield EdgeDraft(node, topic_node(topic), EdgeKind.PRODUCES, evidence)

    def groups_by_client(self) -> dict[str, frozenset[str]]:
        """The groups that a client id was ever seen to read for; ids that read for none are left out.

        Ids that client libraries choose by default name many programs at once: the caller knows them.
        """
        groups: dict[str, set[str]] = {}
        for key in self._sums:
            if key.client_id and key.group and key.action is ClientAction.READS:
                groups.setdefault(key.client_id, set()).add(key.group)
        return {client_id: frozenset(names) for client_id, names in groups.items()}

    def readers_without_group(self) -> frozenset[str]:
        """Client ids that were seen to read, and not for a group."""
        return frozenset(key.client_id for key in self._sums if key.action is ClientAction.READS and not key.group)

    def logs_last_ms(self) -> int:
        """Time of the latest line of a broker's log that told of a client; 0: none ever did."""
        return max((summed.seen.last_ms for summed in self._sums.values() if _is_logged(summed)), default=0)

    def accounted_topics(self) -> frozenset[str]:
        """Topics of which every estimate so far finds what was served with the readers that are known."""
        return self._egress.accounted()

    def group_less_limits(self, topics: Iterable[str], *, covered_by_logs: bool) -> Iterator[Hidden]:
        """What is not known of readers without a group, topic by topic.

        `topics` are those of the cluster; `covered_by_logs` as `logs_cover` says. Egress that readers do not account
        for is told of every topic that has it, unless a log names a reader without a group that may have had it.
        """
        yield from self._egress.unidentified(self._log_readers())
        if covered_by_logs and (since := self._logs_begin_ms) is not None:
            hides = f"readers without a group before {iso_time(since)}, when the brokers' logs begin"
            yield Hidden("cluster", "readers without a group", "before-the-logs", hides)
            return
        accounted = self.accounted_topics()
        yield from self._egress.before_accounting(accounted & set(topics))
        for topic in sorted(set(topics) - accounted):
            hides = "readers that assign partitions themselves and commit nothing: no API of Kafka lists them"
            yield Hidden("topic", topic, "group-less-readers-not-listed", hides)

    def _log_readers(self) -> dict[str, list[Seen]]:
        """When readers without a group were at each topic."""
        readers: dict[str, list[Seen]] = {}
        for key, summed in self._sums.items():
            if key.action is ClientAction.READS and not key.group:
                readers.setdefault(key.topic, []).append(summed.seen)
        return readers

    def _seen(self, keys: list[_Key]) -> Seen:
        seen = self._sums[keys[0]].seen
        for key in keys[1:]:
            seen = seen.merge(self._sums[key].seen)
        return seen

    def _known(self, node: NodeName, keys: list[_Key]) -> Detail:
        known: dict[str, str | int | float] = dict(_named(keys, with_principal=node.kind is not NodeKind.PRINCIPAL))
        served = sum(self._sums[key].served_bytes for key in keys)
        if served:
            known["served_bytes"] = served
        if node.kind is NodeKind.GROUP:
            known["client_ids"] = _listed(key.client_id for key in keys)
        return detail(**known)


def logs_cover(sources: Iterable[CheckedSource], hidden: Iterable[Hidden]) -> bool:
    """Do brokers' logs tell of every reader? Yes when they were read, of all brokers, to the last line."""
    is_read = any(s.name == _LOGS_SOURCE and s.last_success_ms > 0 and not s.failure for s in sources)
    return is_read and not any(one.subject == "source" and one.reason in _GAPS for one in hidden)


def _is_logged(summed: _Sum) -> bool:
    return summed.seen.reference.startswith(_LOG_REFERENCES)


def _node(key: _Key) -> NodeName | None:
    """Who stands for what the key tells; None: nobody can be named, or it is a transaction's own business."""
    if key.action is ClientAction.READS and key.group:
        return group_node(key.group)
    if key.transactional_id:
        return None
    if key.client_id:
        return NodeName(NodeKind.CLIENT, key.client_id)
    return NodeName(NodeKind.PRINCIPAL, key.principal) if key.principal else None


def _named(keys: Iterable[_Key], *, with_principal: bool) -> Detail:
    some = list(keys)
    known = {"software": _listed(key.software for key in some)}
    if with_principal:
        known["principal"] = _listed(key.principal for key in some)
    return detail(**{name: value for name, value in known.items() if value})


def _listed(names: Iterable[str]) -> str:
    distinct = sorted({name for name in names if name})
    more = len(distinct) - _MOST_LISTED
    return ", ".join(distinct[:_MOST_LISTED]) + (f" and {more} more" if more > 0 else "")
