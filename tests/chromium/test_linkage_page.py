"""The page of what linkage concludes, in a real Chromium: what a reader needs of it, whoever gave the names."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Literal

import pytest
from playwright.sync_api import Browser

from flowaudit.exports.text import label
from flowaudit.graph.snapshot import GraphSnapshot
from flowaudit.metrics.state import ServiceState
from flowaudit.web import WebServer
from tests.chromium.browser import DESK, NEEDS_CHROMIUM, PHONE, chromium, opened
from tests.chromium.hostile import LONG, PAYLOADS, RIGHT_TO_LEFT, named, payloads
from tests.chromium.measures import BEYOND, COLLIDING, CONTRASTS, SHOWN_COLUMNS, WIDE_LABELS
from tests.chromium.other_site import other_site
from tests.unit.metrics.samples import estate, running

pytestmark = NEEDS_CHROMIUM

HEADINGS = [
    "Where the same people reappear",
    "Flows between topics, by what their records carry",
    "The same people, and no flow between",
    "Whose records can be put together",
    "1. Identities: 4,100, give or take 7%",
    "What could not be seen",
]
COLUMNS_OF_FLOWS = ["flow", "how sure", "fields", "delay", "records", "what settles it", "or else from"]


class Service:
    """A service whose graph the test sets."""

    snapshot: GraphSnapshot | None = None

    def __call__(self) -> ServiceState:
        return ServiceState(up=False) if self.snapshot is None else running(self.snapshot)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as browser:
        yield browser


@pytest.fixture
def service() -> Service:
    service = Service()
    service.snapshot = estate()
    return service


@pytest.fixture
def url(service: Service) -> Iterator[str]:
    with WebServer(service) as web:
        yield f"{web.url}/linkage"


def test_it_loads_itself_and_its_style_and_nothing_else(browser: Browser, url: str) -> None:
    with opened(browser, url) as one:
        one.page.wait_for_load_state("networkidle")
        assert one.requests == [url, url.replace("/linkage", "/style.css")]
        assert one.complaints == []
        assert one.page.evaluate("getComputedStyle(document.querySelector('table')).borderCollapse") == "collapse"


@pytest.mark.parametrize("path", ["/", "/healthz", "/readyz", "/metrics"])
def test_the_pages_without_markup_load_nothing_and_complain_of_nothing(browser: Browser, url: str, path: str) -> None:
    plain = url.replace("/linkage", path)
    with opened(browser, plain) as one:
        assert one.requests == [plain]
        assert one.complaints == []
        assert one.page.inner_text("body").strip()


@pytest.mark.parametrize("width", [PHONE, DESK])
def test_a_screen_reader_is_told_headings_tables_columns_and_rows(browser: Browser, url: str, width: int) -> None:
    with opened(browser, url, width) as one:
        assert one.accessible("RootWebArea") == ["Where the same people reappear · flowaudit"]
        assert one.accessible("heading") == HEADINGS
        assert one.accessible("table") == [HEADINGS[1], HEADINGS[2], HEADINGS[4], HEADINGS[5]]
        assert one.accessible("columnheader")[:7] == COLUMNS_OF_FLOWS
        assert one.accessible("rowheader")[:4] == [
            "locks.events → monitor.sightings",
            "score.updates → travel.bans",
            "monitor.sightings → score.updates",
            "locks.events travel.bans",
        ]
        assert "probable (0.93)" in one.accessible("cell"), "the name of the column is not said twice"
        assert one.accessible("navigation") == ["On this page"]
        assert len(one.accessible("main")) == 1


def test_on_a_phone_each_line_says_its_column_and_on_a_desk_the_head_does(browser: Browser, url: str) -> None:
    with opened(browser, url, PHONE) as phone, opened(browser, url, DESK) as desk:
        assert phone.page.evaluate(SHOWN_COLUMNS)[:4] == ["how sure", "fields", "delay", "records"]
        assert desk.page.evaluate(SHOWN_COLUMNS) == []


@pytest.mark.parametrize("width", [320, PHONE, 768, 900, DESK])
@pytest.mark.parametrize("name", ["", LONG, "$.\u05ea" * 80], ids=["ordinary", "long", "right-to-left"])
def test_nothing_reaches_out_of_the_window_or_over_its_neighbour(
    browser: Browser, url: str, service: Service, width: int, name: str
) -> None:
    service.snapshot = named(name, f"{name}-2") if name else estate()
    with opened(browser, url, width) as one:
        assert one.page.evaluate("document.documentElement.scrollWidth") <= width
        assert one.page.evaluate(BEYOND) == []
        assert one.page.evaluate(COLLIDING) == []
        assert one.page.evaluate(WIDE_LABELS) == []


@pytest.mark.parametrize("width", [PHONE, DESK])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_text_stands_out_from_its_ground(
    browser: Browser, url: str, scheme: Literal["light", "dark"], width: int
) -> None:
    with opened(browser, url, width, scheme) as one:
        contrasts = one.page.evaluate(CONTRASTS)
        assert {"locks.events", "how sure", HEADINGS[0], HEADINGS[1]} <= {words for words, _ in contrasts}
        assert [(words, contrast) for words, contrast in contrasts if contrast < 4.5] == []


def test_the_scheme_is_the_reader_s(browser: Browser, url: str) -> None:
    colour = "getComputedStyle(document.body).color"
    with opened(browser, url) as light, opened(browser, url, scheme="dark") as dark:
        assert light.page.evaluate(colour) == "rgb(0, 0, 0)"
        assert dark.page.evaluate(colour) == "rgb(255, 255, 255)"


@pytest.mark.parametrize("width", [PHONE, DESK])
def test_the_keyboard_reaches_every_section(browser: Browser, url: str, service: Service, width: int) -> None:
    service.snapshot = payloads()
    focused = "document.activeElement"
    with opened(browser, url, width) as one:
        for heading in (*HEADINGS[1:4], HEADINGS[5]):
            one.page.keyboard.press("Tab")
            assert one.page.evaluate(f"{focused}.innerText") == heading
            assert one.page.evaluate(f"getComputedStyle({focused}).outlineStyle") != "none"
        one.page.keyboard.press("Enter")
        one.page.wait_for_function("scrollY > 0")
        top = one.page.locator("h2#hidden").bounding_box()
        assert top is not None
        assert -1 < top["y"] < 800


def test_five_hundred_payloads_are_text(browser: Browser, url: str, service: Service) -> None:
    service.snapshot = payloads()
    with opened(browser, url) as one:
        one.page.wait_for_load_state("networkidle")
        assert one.complaints == []
        assert one.requests == [url, url.replace("/linkage", "/style.css")]
        shown = one.page.locator("section[aria-labelledby=hidden] td[data-column=hides]").all_text_contents()
        assert shown == [label(payload) for payload in PAYLOADS]
        strangers = "body *:not(main, h1, h2, h3, p, nav, ul, li, a, section, table, thead, tbody, tr, th, td, bdi, br)"
        assert one.page.locator(strangers).count() == 0
        assert one.page.locator("a:not(nav a)").count() == 0


def test_names_written_from_right_to_left_do_not_turn_a_flow_round(
    browser: Browser, url: str, service: Service
) -> None:
    service.snapshot = named(*RIGHT_TO_LEFT)
    with opened(browser, url) as one:
        flow = one.page.locator("section[aria-labelledby=flows] tbody tr").first
        for cell in (flow.locator("th"), flow.locator("[data-column=fields]")):
            left, right = (name.bounding_box() for name in cell.locator("bdi").all())
            assert left is not None
            assert right is not None
            assert left["x"] + left["width"] <= right["x"], "what it flows from stands first"


def test_no_other_page_can_frame_it(browser: Browser, url: str, tmp_path: Path) -> None:
    (tmp_path / "index.html").write_text(f"<!DOCTYPE html><title>other</title><iframe src='{url}'></iframe>")
    with other_site(tmp_path) as address, opened(browser, address) as other:
        assert f"failed: {url}: net::ERR_BLOCKED_BY_RESPONSE" in other.complaints
        assert any("frame-ancestors 'none'" in complaint for complaint in other.complaints)


def test_before_the_first_look_it_says_so(browser: Browser, url: str, service: Service) -> None:
    service.snapshot = None
    with opened(browser, url, PHONE) as one:
        assert one.complaints == []
        assert "not complete yet" in one.page.inner_text("main")
        assert one.accessible("navigation") == []
