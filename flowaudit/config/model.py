"""What the settings model looks like from outside: its sections, their keys, which of them are secret."""

from __future__ import annotations

from functools import cache
from typing import get_args

from pydantic import SecretStr
from pydantic.fields import FieldInfo

from flowaudit.config.sections import Section
from flowaudit.config.settings import Settings


def section_names() -> tuple[str, ...]:
    """All sections, in the order of the model."""
    return tuple(Settings.model_fields)


@cache
def section_model(section: str) -> type[Section]:
    """The model of a section."""
    annotation = Settings.model_fields[section].annotation
    for candidate in (annotation, *get_args(annotation)):
        if isinstance(candidate, type) and issubclass(candidate, Section):
            return candidate
    raise AssertionError(section)


def fields_of(section: str) -> dict[str, FieldInfo]:
    """The fields of a section, in order."""
    return section_model(section).model_fields


@cache
def keys_of(section: str) -> tuple[str, ...]:
    """The keys of a section, in order."""
    return tuple(fields_of(section))


@cache
def secret_keys(section: str) -> tuple[str, ...]:
    """Keys whose value is never shown. Each has a twin `<key>_file`."""
    return tuple(
        key for key, field in fields_of(section).items() if SecretStr in (field.annotation, *get_args(field.annotation))
    )
