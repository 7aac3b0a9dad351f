"""A page of ours as a real Chromium has it: what it asked for, what it complained of, what it tells a screen reader."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Literal

import pytest
from playwright.sync_api import Browser, Dialog, Page, sync_playwright

CHROMIUM = shutil.which("chromium")
NEEDS_CHROMIUM = [pytest.mark.chromium, pytest.mark.skipif(CHROMIUM is None, reason="chromium is not installed")]
PHONE, DESK = 360, 1280


@contextmanager
def chromium() -> Iterator[Browser]:
    """The browser, headless. Close it before another event loop is wanted in this thread: it keeps one running."""
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=CHROMIUM)
        try:
            yield browser
        finally:
            browser.close()


class Opened:
    """One page in a window of its own, with all that happens in it from now on."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.requests: list[str] = []
        self.complaints: list[str] = []
        """Errors, what the content policy refused, dialogs that a script opened."""
        page.on("request", lambda request: self.requests.append(request.url))
        page.on("requestfailed", lambda request: self.complaints.append(f"failed: {request.url}: {request.failure}"))
        page.on("console", lambda message: self.complaints.append(f"{message.type}: {message.text}"))
        page.on("pageerror", lambda error: self.complaints.append(f"error: {error}"))
        page.on("dialog", self._dismiss)

    def accessible(self, role: str) -> list[str]:
        """The names of everything with that role, in Chromium's accessibility tree."""
        session = self.page.context.new_cdp_session(self.page)
        nodes: list[dict[str, Any]] = session.send("Accessibility.getFullAXTree")["nodes"]
        session.detach()
        return [node["name"]["value"] for node in nodes if not node["ignored"] and node["role"]["value"] == role]

    def _dismiss(self, dialog: Dialog) -> None:
        self.complaints.append(f"dialog: {dialog.message}")
        dialog.dismiss()


@contextmanager
def opened(
    browser: Browser, url: str, width: int = DESK, scheme: Literal["light", "dark"] = "light"
) -> Iterator[Opened]:
    """The page at `url`, loaded."""
    context = browser.new_context(viewport={"width": width, "height": 800}, color_scheme=scheme)
    try:
        result = Opened(context.new_page())
        result.page.goto(url)
        yield result
    finally:
        context.close()
