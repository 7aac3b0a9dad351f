"""The schema registry: its client, schemas as it holds them, and how records name theirs."""

from flowaudit.sources.schema_registry.client import RegistryUnreachable, SchemaRegistry, subjects_in
from flowaudit.sources.schema_registry.registered import Reference, RegisteredSchema

__all__ = ["Reference", "RegisteredSchema", "RegistryUnreachable", "SchemaRegistry", "subjects_in"]
