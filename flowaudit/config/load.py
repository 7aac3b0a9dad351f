"""File, environment and command line → `Settings`, with every mistake told at once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from pydantic import ValidationError

from flowaudit.config.document import Document, KeyPath, read_document
from flowaudit.config.environment import read_environment, variable
from flowaudit.config.explain import explain
from flowaudit.config.model import keys_of, secret_keys, section_names
from flowaudit.config.problems import ConfigInvalid, Problem
from flowaudit.config.settings import Settings

NO_FILE = Document("", {}, {})


def load_settings(
    path: Path | None,
    environ: Mapping[str, str],
    arguments: Mapping[tuple[str, str], tuple[str, object]] | None = None,
) -> Settings:
    """Read and check the configuration.

    Args:
        path: the YAML file, or None for none.
        environ: the environment; it wins over the file.
        arguments: what the command line sets, `(section, key) → (option, value)`; it wins over both.

    Raises:
        ConfigInvalid: with every mistake that was found.
    """
    draft = _Draft(read_document(path) if path else NO_FILE)
    draft.take_file()
    from_environment, problems = read_environment(environ)
    draft.problems += problems
    for (section, key), text in from_environment.items():
        draft.put(section, key, text, _Origin(1, variable(section, key)))
    for (section, key), (option, value) in (arguments or {}).items():
        draft.put(section, key, value, _Origin(2, option))
    draft.read_secret_files()
    return draft.settings()


@dataclass(frozen=True, slots=True)
class _Origin:
    strength: int
    """1 the environment, 2 the command line; the file is what has no origin."""
    place: str


@dataclass(slots=True)
class _Draft:
    """Values on their way to becoming settings, and where each came from."""

    document: Document
    values: dict[str, object] = field(default_factory=dict)
    origins: dict[KeyPath, _Origin] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)

    def take_file(self) -> None:
        for section, content in self.document.values.items():
            # `tap:` with nothing below it is an empty section, not a mistake.
            self.values[section] = {} if content is None else content
        self.values.setdefault("kafka", {})

    def put(self, section: str, key: str, value: object, origin: _Origin) -> None:
        """Set a key. A secret from here replaces its file from a weaker origin, and the other way round."""
        content = self.values.setdefault(section, {})
        if not isinstance(content, dict):
            return  # validation tells that the file has no section here
        twin = key.removesuffix("_file") if key.endswith("_file") else f"{key}_file"
        twin_origin = self.origins.get((section, twin))
        if twin in keys_of(section) and (twin_origin is None or twin_origin.strength < origin.strength):
            content.pop(twin, None)
        content[key] = value
        self.origins[section, key] = origin

    def read_secret_files(self) -> None:
        for section in section_names():
            content = self.values.get(section)
            if isinstance(content, dict):
                for key in secret_keys(section):
                    self._read_secret_file(section, key, content)

    def _read_secret_file(self, section: str, key: str, content: dict[str, object]) -> None:
        file_key = f"{key}_file"
        path = content.get(file_key)
        if not isinstance(path, str | Path):
            return
        place = self.place((section, file_key))
        if content.get(key) is not None:
            self.problems.append(Problem(place, f"{section}.{file_key}", f"and {key} are both given; keep one"))
            return
        try:
            content[key] = Path(path).read_text(encoding="utf-8").rstrip("\r\n")
        except OSError as error:
            self.problems.append(Problem(place, f"{section}.{file_key}", f"cannot be read: {error.strerror}"))
        except UnicodeDecodeError:
            self.problems.append(Problem(place, f"{section}.{file_key}", "does not hold text in UTF-8"))
        else:
            self.origins[section, key] = _Origin(0, place)

    def place(self, path: KeyPath) -> str:
        origin = self.origins.get(path[:2])
        return origin.place if origin else self.document.place(path)

    def settings(self) -> Settings:
        try:
            settings = Settings.model_validate(self.values)
        except ValidationError as error:
            self.problems += explain(error, self.place)
            raise ConfigInvalid(self.problems) from None
        if self.problems:
            raise ConfigInvalid(self.problems)
        return settings
