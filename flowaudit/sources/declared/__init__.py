"""The declared source: what the owner of the estate says is there."""

from flowaudit.sources.declared.decode import declared_facts

__all__ = ["declared_facts"]
