"""Hypothesis strategies over the facts of every evidence channel, over few names, so that facts meet and disagree."""

from __future__ import annotations

from typing import Final

from hypothesis import strategies as st

from flowaudit.facts import (
    AccessListed,
    AccessRule,
    Carrier,
    Channel,
    ClientAction,
    ClientSeen,
    ConnectorSeen,
    DeadLettered,
    Direction,
    EgressEstimated,
    External,
    Fact,
    HostShared,
    OriginNamed,
    Outcome,
    ProducerNamed,
    ProducerSeen,
    Provenance,
    SchemaUsed,
    SourceChecked,
    StreamsTopologySeen,
    Subtopology,
    TracesShared,
    TransactionalCommit,
    TransactionalIdSeen,
    TransactionEnded,
)

_TOPICS: Final = st.sampled_from(["t", "u", "app-store-changelog", "app-by-key-repartition", "app-__assignor-__leader"])
_GROUPS: Final = st.sampled_from(["app", "app-store", "connect-sink", "score"])
_CONNECTORS: Final = st.sampled_from(["sink", "source"])
_CLIENTS: Final = st.sampled_from(["", "app-1", "flowaudit-tap", "watcher"])
_PRINCIPALS: Final = st.sampled_from(["", "User:ANONYMOUS", "User:app", "User:*"])
_TRANSACTIONAL: Final = st.sampled_from(["", "app-0", "workers-source-0", "app-0b5cf4a6-9c1e-4b8e-8f43-0d5a3f6d7e21-1"])
_IDS: Final = st.integers(-1, 3)
_TIMES: Final = st.integers(0, 6) | st.sampled_from([1_700_000_000_000, 2**62])
_OUTCOMES: Final = st.sampled_from(list(Outcome))
_SMALL: Final = st.integers(0, 5)
_PROVENANCE: Final = st.builds(Provenance, st.sampled_from(list(Channel)), _TIMES, st.sampled_from(["a", "b"]))


def _tuples(values: st.SearchStrategy[str]) -> st.SearchStrategy[tuple[str, ...]]:
    return st.lists(values, max_size=3).map(tuple)


_EXTERNALS: Final = st.builds(External, st.sampled_from(["file", "s3://b"]), st.sampled_from(["", "x"]))
_RULES: Final = st.builds(
    AccessRule,
    st.sampled_from(["User:app", "User:*"]),
    st.sampled_from(["*", "10.0.0.1"]),
    st.sampled_from(["READ", "WRITE", "ALL", "DESCRIBE", "OPERATION-15"]),
    st.booleans(),
    st.sampled_from(["TOPIC", "GROUP", "CLUSTER"]),
    st.sampled_from(["*", "t", "app"]),
    st.booleans(),
)
_SUBTOPOLOGIES: Final = st.builds(Subtopology, st.just("0"), *[_tuples(_TOPICS)] * 6)

CHANNEL_FACTS: Final[st.SearchStrategy[Fact]] = st.one_of(
    st.builds(ProducerSeen, _PROVENANCE, _TOPICS, _SMALL, _IDS, _SMALL, _SMALL, _SMALL, st.booleans(), _OUTCOMES),
    st.builds(TransactionalCommit, _PROVENANCE, _IDS, _GROUPS, _TOPICS, _SMALL, _SMALL, _OUTCOMES),
    st.builds(TransactionEnded, _PROVENANCE, _TRANSACTIONAL, _IDS, _OUTCOMES, _tuples(_TOPICS)),
    st.builds(TransactionalIdSeen, _PROVENANCE, _TRANSACTIONAL, _IDS),
    st.builds(StreamsTopologySeen, _PROVENANCE, _GROUPS, st.lists(_SUBTOPOLOGIES, max_size=2).map(tuple)),
    st.builds(
        ConnectorSeen,
        _PROVENANCE,
        _CONNECTORS,
        st.just("workers"),
        st.sampled_from(list(Direction)),
        st.just("Class"),
        st.just("RUNNING"),
        _SMALL,
        st.sampled_from(["", "connect-sink"]),
        _tuples(_TOPICS),
        _tuples(_TOPICS),
        st.sampled_from(["", "t.*"]),
        st.lists(_EXTERNALS, max_size=2).map(tuple),
        st.sampled_from(["", "u"]),
    ),
    st.builds(AccessListed, _PROVENANCE, st.lists(_RULES, max_size=4).map(tuple)),
    st.builds(DeadLettered, _PROVENANCE, _TOPICS, _TOPICS, st.sampled_from(list(Carrier)), _GROUPS),
    st.builds(OriginNamed, _PROVENANCE, _TOPICS, st.sampled_from(["cloudevents", "debezium"]), st.just("door")),
    st.builds(TracesShared, _PROVENANCE, _TOPICS, _TOPICS, st.integers(0, 40), _SMALL, st.integers(0, 40)),
    st.builds(SchemaUsed, _PROVENANCE, _TOPICS, st.sampled_from(["key", "value"]), st.just("7"), st.just("t-value")),
    st.builds(
        ClientSeen,
        _PROVENANCE,
        _TOPICS,
        st.sampled_from(list(ClientAction)),
        _CLIENTS,
        _PRINCIPALS,
        st.just("lib 1"),
        st.sampled_from(["", "app"]),
        _TRANSACTIONAL,
        st.integers(-1, 5),
        _SMALL,
    ),
    st.builds(ProducerNamed, _PROVENANCE, _IDS, _CLIENTS, _PRINCIPALS, _TRANSACTIONAL),
    st.builds(HostShared, _PROVENANCE, _tuples(_GROUPS), st.lists(_IDS, max_size=2).map(tuple), _tuples(_CLIENTS)),
    st.builds(EgressEstimated, _PROVENANCE, _TOPICS, _SMALL, _SMALL, _SMALL, _SMALL),
    st.builds(SourceChecked, _PROVENANCE, st.sampled_from(["groups", "acls"]), _SMALL, _SMALL, st.just("")),
)
