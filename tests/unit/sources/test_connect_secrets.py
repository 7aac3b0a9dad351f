"""1,000 secrets planted in connector configurations: none comes out."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterable
from itertools import chain

import pytest

from flowaudit.errors import FlowAuditError
from flowaudit.facts import Channel, Fact, Provenance, encode_fact
from flowaudit.graph.connect_facts import ConnectFacts
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
PROVENANCE = Provenance(Channel.CONNECT, 1_000, "GET http://connect.example.org:8083/connectors")


def test_a_thousand_secrets_are_planted_and_no_two_are_the_same() -> None:
    assert len({plant.secrets for plant in PLANTS}) == 1_000
    assert len({plant.place for plant in PLANTS}) > 40
    assert len(leaked(listing_of(PLANTS).decode())) >= 1_000


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
    """Place and surroundings of each secret that stands in one of the texts: plainly, in base64, in hexadecimal."""
    text = "\n".join(texts)
    return [
        (plant.place, text[max(text.index(form) - 100, 0) :][:250])
        for plant in PLANTS
        for form in chain.from_iterable(map(_forms, plant.secrets))
        if form in text
    ]


def _forms(secret: str) -> Iterable[str]:
    data = secret.encode()
    return secret, base64.b64encode(data).decode().rstrip("=")[:-1], data.hex()
