"""The routes. Every answer is made from one state of the service."""

from __future__ import annotations

from collections.abc import Callable

from prometheus_client import CollectorRegistry
from prometheus_client.exposition import choose_encoder
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, Response
from starlette.routing import Route

from flowaudit.metrics.state import ServiceState
from flowaudit.web.headers import OWN_STYLE, SecurityHeaders
from flowaudit.web.linkage_page import linkage_page
from flowaudit.web.style import STYLE

LOOPBACK_NAMES = ("localhost", "127.0.0.1", "[::1]")


def build_app(
    state: Callable[[], ServiceState], registry: CollectorRegistry, *, version: str, allowed_hosts: tuple[str, ...]
) -> Starlette:
    """The application.

    A request whose Host header is none of `allowed_hosts` gets 400, so that a page of another site cannot read this
    one through a name that it makes point here (DNS rebinding).
    """

    async def healthz(_: Request) -> PlainTextResponse:
        return PlainTextResponse("ok\n")

    async def readyz(_: Request) -> PlainTextResponse:
        if state().ready:
            return PlainTextResponse("ready\n")
        return PlainTextResponse("not ready: the first look at the cluster is not complete\n", status_code=503)

    async def page(_: Request) -> PlainTextResponse:
        return PlainTextResponse(_first_page(state(), version))

    def linkage(_: Request) -> HTMLResponse:  # not async, for the same reason as metrics
        return HTMLResponse(linkage_page(state().snapshot), headers={"Content-Security-Policy": OWN_STYLE})

    async def style(_: Request) -> Response:
        return Response(STYLE, media_type="text/css")

    def metrics(request: Request) -> Response:  # not async: a large page is made in a thread of its own
        encode, content_type = choose_encoder(request.headers.get("accept", ""))
        return Response(encode(registry), media_type=None, headers={"Content-Type": content_type})

    return Starlette(
        routes=[
            Route("/", page),
            Route("/healthz", healthz),
            Route("/readyz", readyz),
            Route("/metrics", metrics),
            Route("/linkage", linkage),
            Route("/style.css", style),
        ],
        middleware=[
            Middleware(TrustedHostMiddleware, allowed_hosts=list(allowed_hosts), www_redirect=False),
            Middleware(SecurityHeaders),
        ],
    )


def _first_page(state: ServiceState, version: str) -> str:
    lines = [f"flowaudit {version}", ""]
    if state.snapshot is None:
        lines.append("The first look at the cluster is not complete yet.")
    else:
        lines.append(f"{len(state.snapshot.nodes)} nodes, {len(state.snapshot.edges)} edges in the graph.")
    lines += [
        f"The audited cluster {'answers' if state.up else 'does not answer'}.",
        "",
        "/linkage  /metrics  /healthz  /readyz",
        "",
    ]
    return "\n".join(lines)
