"""The headers source: dead letters, origins, traces and schemas, from the records' headers. No value leaves it."""

from flowaudit.sources.headers.poll import HeadersSource
from flowaudit.sources.schema_registry import RegistryUnreachable, SchemaRegistry

__all__ = ["HeadersSource", "RegistryUnreachable", "SchemaRegistry"]
