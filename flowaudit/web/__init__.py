"""The web surface: /metrics, /healthz, /readyz and a first page. It reads states and never changes anything."""

from flowaudit.web.server import WebServer, WebUnavailable

__all__ = ["WebServer", "WebUnavailable"]
