"""The page of what linkage concludes: everything is on it, and nothing that a name could smuggle in."""

from __future__ import annotations

import http.client
from dataclasses import replace
from html.parser import HTMLParser
from urllib.request import urlopen

import pytest
from typing_extensions import override

from flowaudit.graph.identity_view import Sampling
from flowaudit.graph.snapshot import GraphSnapshot, Hidden
from flowaudit.metrics.state import ServiceState
from flowaudit.web import WebServer
from flowaudit.web.linkage_page import linkage_page
from tests.unit.metrics.samples import estate, running

_VOID = frozenset({"meta", "link", "br"})
_EVIL = "<script>alert(1)</script>&\"'\u202eltr"


class Page(HTMLParser):
    """Tags, cells of tables and text of a page; fails when a tag is not closed where it must be."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.rows: list[list[str]] = []
        self.words = ""
        self._open: list[str] = []
        self.feed(html)
        self.close()
        assert self._open == []

    @override
    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert all(not name.startswith("on") and name != "style" for name, _ in attrs)
        self.tags.append(tag)
        if tag == "tr":
            self.rows.append([])
        elif tag in {"td", "th"}:
            self.rows[-1].append("")
        elif tag == "br":
            self.handle_data("\n")
        if tag not in _VOID:
            self._open.append(tag)

    @override
    def handle_endtag(self, tag: str) -> None:
        assert self._open.pop() == tag

    @override
    def handle_data(self, data: str) -> None:
        self.words += data
        if "td" in self._open or "th" in self._open:
            self.rows[-1][-1] += data

    def row(self, first: str) -> list[str]:
        return next(row for row in self.rows if row[:1] == [first])


def test_each_flow_says_how_sure_it_is_and_why() -> None:
    page = Page(linkage_page(estate()))
    assert page.row("monitor.sightings → score.updates") == [
        "monitor.sightings → score.updates",
        "probable (0.93)",
        "$.subject = $.citizen",
        "40 ms\n95%: 90 ms",
        "420",
        "records alone: suspected\nand committed-offsets",
        "lonely.topic",
    ]
    assert page.row("locks.events → monitor.sightings")[1] == "confirmed"
    assert [row[0] for row in page.rows if "→" in row[0]][-1] == "monitor.sightings → score.updates", "strongest first"


def test_people_without_a_flow_clusters_and_blind_spots_are_told() -> None:
    page = Page(linkage_page(estate()))
    assert page.row("locks.events\ntravel.bans")[1:4] == ["human order", "$.subject = $.person", "too few to tell"]
    assert "1. Identities: 4,100, give or take 7%\nThe same ones in locks.events $.subject, " in page.words
    assert page.row("score.updates") == [
        "score.updates",
        "$.who = locks.events $.subject",
        "3,900",
        "2025-11-23 10:00:00Z",
        "$.score, $.reason",
    ]
    assert page.row("travel.bans")[2:] == ["too few to tell", "2025-11-23 10:00:00Z", "nothing new"]
    assert page.rows[-2] == ["topic lonely.topic", "no-read-right", "what is in lonely.topic"]
    assert "Linkage looked at 2.5% to 10% of the identifiers." in page.words
    assert "linkage.max_aliases" not in page.words


def test_where_memory_was_short_the_page_says_of_what() -> None:
    page = Page(linkage_page(replace(estate(), sampling=Sampling(1.0, 1.0, records=0.04, digests=0.6))))
    assert "Of the records of the busiest topic it asked 4% what they come from." in page.words
    assert "It had room for the digests of 60% of these identifiers (linkage.max_aliases)." in page.words


def test_fields_that_could_not_be_read_come_first() -> None:
    snapshot = estate()
    field = Hidden("field", "score.updates $.who", "digests-unresolved", "whom it names")
    coverage = replace(snapshot.coverage, not_visible=(*snapshot.coverage.not_visible, field))
    rows = Page(linkage_page(replace(snapshot, coverage=coverage))).rows
    assert [row[0] for row in rows[rows.index(["what", "why", "hides"]) + 1 :]] == [
        "field score.updates $.who",
        "topic lonely.topic",
        "cluster",
    ]


@pytest.mark.parametrize("snapshot", [None, replace(estate(), edges=(), clusters=(), same_people=())])
def test_where_nothing_is_concluded_the_page_says_so(snapshot: GraphSnapshot | None) -> None:
    words = Page(linkage_page(snapshot)).words
    assert "not complete yet" in words or "No identifier of one topic" in words


def test_a_name_is_a_text_and_nothing_else() -> None:
    snapshot = estate()
    hidden = Hidden("topic", _EVIL, _EVIL, _EVIL)
    harmless = "<script>alert(1)</script>&\"'ltr"
    edges = tuple(replace(edge, fields=((_EVIL, _EVIL),), alternates=(_EVIL,)) for edge in snapshot.edges)
    page = Page(
        linkage_page(replace(snapshot, edges=edges, coverage=replace(snapshot.coverage, not_visible=(hidden,))))
    )
    assert "script" not in page.tags
    assert page.rows[-1] == [f"topic {harmless}", harmless, harmless]
    assert page.row("locks.events → monitor.sightings")[2] == f"{harmless} = {harmless}"


def test_a_large_graph_stays_a_page() -> None:
    snapshot = estate()
    hidden = tuple(Hidden("topic", f"topic-{number}", "no-read-right", "its records") for number in range(20_000))
    html = linkage_page(replace(snapshot, coverage=replace(snapshot.coverage, not_visible=hidden)))
    assert len(html) < 200_000
    assert "and 19,500 more" in html


def test_it_is_served_with_its_style_and_may_load_nothing_else() -> None:
    with WebServer(running) as server:
        with urlopen(f"{server.url}/linkage") as answer:
            assert answer.headers["Content-Type"] == "text/html; charset=utf-8"
            assert answer.headers["Content-Security-Policy"].startswith("default-src 'none'; style-src 'self';")
            assert answer.headers["Cache-Control"] == "no-store"
            Page(answer.read().decode())
        with urlopen(f"{server.url}/style.css") as style:
            assert style.headers["Content-Type"].startswith("text/css")
            assert b"url(" not in style.read()


def test_before_the_first_look_it_is_there_and_says_so() -> None:
    with WebServer(lambda: ServiceState(up=False)) as server:
        connection = http.client.HTTPConnection(server.url.removeprefix("http://"), timeout=10)
        connection.request("GET", "/linkage")
        assert "not complete yet" in connection.getresponse().read().decode()
        connection.close()
