"""1,000 secrets planted in connector configurations: none comes out."""

from __future__ import annotations

import json
import re

import pytest

from flowaudit.errors import FlowAuditError
from flowaudit.exports.render import FORMATS, render
from flowaudit.facts import Channel, Fact, Provenance, encode_fact
from flowaudit.graph.connect_facts import ConnectFacts
from flowaudit.graph.document import dump
from flowaudit.graph.fold import GraphFold
from flowaudit.graph.identity import NodeKind
from flowaudit.graph.snapshot import Cluster
from flowaudit.sources.connect.answers import read_listing
from flowaudit.sources.connect.decode import (
    Listing,
    Touched,
    blind_spots,
    connector_fact,
    decode_listing,
    decode_offsets,
    decode_topics,
    unreadable_connector,
)
from tests.unit.sources.connector_secrets import listing_of, planted

PLANTS = planted(1_000)
CORE_LENGTH = 18
CORE = re.compile(r"s[0-9a-f]{16}z|[57]3(?:3[0-9]|[46][1-6]){16}[57]a", re.IGNORECASE)
"""What every planted secret has in it. Names of hosts are written in lower case: so would be a secret that passed."""
PLACES = {plant.secrets[0][:CORE_LENGTH].lower(): plant.place for plant in PLANTS}
PROVENANCE = Provenance(Channel.CONNECT, 1_000, "GET http://connect.example.org:8083/connectors")


def test_a_thousand_secrets_are_planted_and_no_two_are_the_same() -> None:
    assert len({plant.secrets for plant in PLANTS}) == 1_000
    assert len({plant.place for plant in PLANTS}) > 40
    assert len({core[1][-CORE_LENGTH:] for core in leaked(listing_of(PLANTS).decode())}) == 1_000
    assert len(leaked(listing_of(PLANTS).hex())) >= 1_000


def test_no_object_that_leaves_the_decoder_holds_a_secret() -> None:
    listing = decode_listing(listing_of(PLANTS))
    assert len(listing.connectors) == 1_000
    assert leaked(repr(listing)) == []


def test_no_fact_holds_a_secret() -> None:
    told = facts_of(decode_listing(listing_of(PLANTS)))
    assert leaked(*(encode_fact(fact).decode("latin-1") for fact in told)) == []


def test_nothing_of_the_graph_holds_a_secret() -> None:
    folded = ConnectFacts()
    listing = decode_listing(listing_of(PLANTS))
    for listed in listing.connectors:
        folded.add(connector_fact(listed, Touched(), "workers", PROVENANCE))
    drawn = [*map(repr, folded.nodes()), *map(repr, folded.edges()), repr(folded.group_owners())]
    assert len(drawn) > 2_000
    assert leaked(*drawn) == []


def test_no_document_and_no_export_holds_a_secret() -> None:
    folding = GraphFold(Cluster("city", "kafka://city:9092"))
    folding.add_all(facts_of(decode_listing(listing_of(PLANTS))))
    snapshot = folding.snapshot()
    assert len([node for node in snapshot.nodes if node.id.kind is NodeKind.CONNECTOR]) == 1_000
    assert len(snapshot.coverage.not_visible) > 100
    assert leaked(dump(snapshot).decode(), repr(snapshot)) == []
    for name in FORMATS:
        assert leaked(render(snapshot, name)) == []


def test_the_representation_of_a_raw_answer_holds_no_secret() -> None:
    assert leaked(repr(read_listing(listing_of(PLANTS)))) == []


@pytest.mark.parametrize("cut", [1, 17, 400, 5_000])
def test_no_error_holds_a_secret(cut: int) -> None:
    data = listing_of(PLANTS)
    for spoilt in (data[:-cut], data.replace(b'"config": {', b'"config": [', 1)[:-cut], data + b"}"):
        with pytest.raises(FlowAuditError) as caught:
            decode_listing(spoilt)
        assert leaked(str(caught.value), repr(caught.value), repr(caught.value.__cause__)) == []
        assert caught.value.__suppress_context__


def test_a_connector_whose_description_is_not_as_it_should_be_hides_no_other_and_tells_nothing() -> None:
    document = json.loads(listing_of(PLANTS))
    for number, description in enumerate(document.values()):
        if number % 2:
            description["info"]["config"] = [description["info"]["config"]]
    listing = decode_listing(json.dumps(document).encode())
    assert (len(listing.connectors), len(listing.unreadable)) == (500, 500)
    told = [unreadable_connector(name, 1_000) for name in listing.unreadable]
    assert leaked(repr(listing), *map(repr, told)) == []


def test_the_names_in_offsets_of_a_source_are_kept_only_where_they_are_known_to_be_names() -> None:
    for plant in PLANTS:
        [listed] = decode_listing(listing_of([plant])).connectors
        partition = {
            "ns": f"mongodb://u:{plant.secrets[0]}@db/x",
            "url": plant.secrets[0],
            "password": plant.secrets[0],
        }
        document = {"offsets": [{"partition": partition, "offset": {"position": 3, "token": plant.secrets[0]}}]}
        assert leaked(repr(decode_offsets(json.dumps(document).encode(), listed))) == []


def test_a_topic_list_keeps_only_names_that_topics_can_have() -> None:
    document = {"x": {"topics": ["locks.events", "https://u:secret@h", "a b"]}}
    assert decode_topics(json.dumps(document).encode(), "x") == Touched(("locks.events",))


def facts_of(listing: Listing) -> list[Fact]:
    facts: list[Fact] = []
    for listed in listing.connectors:
        facts.append(connector_fact(listed, Touched(), "workers", PROVENANCE))
        facts += blind_spots(listed, Touched(), 1_000)
    return facts


def leaked(*texts: str) -> list[tuple[str, str]]:
    """Place and surroundings of each secret that stands in one of the texts, in any case, plain or in hexadecimal."""
    return [
        (PLACES[core], text[max(found.start() - 100, 0) : found.end()])
        for text in texts
        for found in CORE.finditer(text)
        if (core := _plain(found.group())) in PLACES
    ]


def _plain(found: str) -> str:
    return (found if len(found) == CORE_LENGTH else bytes.fromhex(found).decode()).lower()
