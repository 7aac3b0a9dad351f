"""The reference configuration, written from the model.

`python -m flowaudit.config.reference > docs/reference-config.yaml` writes it; with `--check` it says instead, by its
exit code, whether that file is still what the model says.
"""

from __future__ import annotations

import sys
import textwrap
from collections.abc import Iterator, Sequence
from pathlib import Path

import yaml
from pydantic.fields import FieldInfo
from pydantic_core import PydanticUndefined

from flowaudit.config.environment import variable
from flowaudit.config.model import fields_of, secret_keys, section_names
from flowaudit.config.settings import Settings

COMMITTED = Path("docs", "reference-config.yaml")

HEAD = """\
Every key of flowaudit's configuration, with its default. Keys that are commented out have none.

A key can also be given in the environment, as FLOWAUDIT_SECTION__KEY: kafka.bootstrap_servers is
FLOWAUDIT_KAFKA__BOOTSTRAP_SERVERS, lists are separated by commas. The environment wins over this file, the command
line over both. Give secrets as files: the key, or the variable, that ends in _file.

Written from the model by `python -m flowaudit.config.reference`.
"""


def reference() -> str:
    """The reference configuration: a YAML file that loads, and says what is the default anyway."""
    parts = [_comment(HEAD, "")]
    parts += ["\n".join(_section(section)) for section in section_names()]
    return "\n\n".join(part.rstrip() for part in parts) + "\n"


def _section(section: str) -> Iterator[str]:
    field = Settings.model_fields[section]
    yield _comment(field.description or "", "")
    if field.default is None:
        # "The same keys as in kafka": those without a default show how it is written.
        yield f"# {section}:"
        yield from (f"#   {key}: {_written(f)}" for key, f in fields_of(section).items() if f.is_required())
        return
    yield f"{section}:"
    for key, key_field in fields_of(section).items():
        yield _comment(_described(section, key, key_field), "  ")
        lead = "# " if _default(key_field) is None else ""
        yield f"  {lead}{key}: {_written(key_field)}".rstrip()


def _described(section: str, key: str, field: FieldInfo) -> str:
    text = field.description or ""
    if field.examples and not field.is_required():
        text += f" Example: {_flow(field.examples[0])}"
    if key in secret_keys(section):
        text += f" Also as {variable(section, key)} or {variable(section, key)}_FILE."
    return text


def _default(field: FieldInfo) -> object:
    if field.is_required():
        return (field.examples or [""])[0]
    value = field.get_default(call_default_factory=True)
    return None if value is PydanticUndefined else value


def _written(field: FieldInfo) -> str:
    value = _default(field)
    return "" if value is None else _flow(value)


def _flow(value: object) -> str:
    plain = list(value) if isinstance(value, tuple) else value
    if not isinstance(plain, list | str | int | float):
        plain = str(plain)
    return yaml.safe_dump(plain, default_flow_style=True, width=10_000).strip().removesuffix("...").strip()


def _comment(text: str, indent: str) -> str:
    lines: list[str] = []
    for paragraph in text.split("\n\n"):
        lines += textwrap.wrap(paragraph, 110) or [""]
        lines.append("")
    return "\n".join(f"{indent}# {line}".rstrip() for line in lines[:-1])


def main(arguments: Sequence[str]) -> int:
    """Print the reference; with `--check` compare it with docs/reference-config.yaml below the working directory."""
    if list(arguments) != ["--check"]:
        sys.stdout.write(reference())
        return 0
    if COMMITTED.is_file() and COMMITTED.read_text(encoding="utf-8") == reference():
        return 0
    sys.stderr.write(f"{COMMITTED} is stale: python -m flowaudit.config.reference > {COMMITTED}\n")
    return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
