"""The documented least-privilege set, written from the table.

`python -m flowaudit.rights.page` writes docs/rights.md and deploy/strimzi/kafkauser.yaml below the working directory;
with `--check` it says instead, by its exit code, whether those files are still what the table says.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

from flowaudit.rights.access import Right
from flowaudit.rights.excess import LETS
from flowaudit.rights.grants import ADMIN_PROPERTIES, grant_commands, kafka_user
from flowaudit.rights.needs import Channel, Plan, channels_of, least_privilege

PAGE: Final = Path("docs", "rights.md")
KAFKA_USER: Final = Path("deploy", "strimzi", "kafkauser.yaml")
EXAMPLE: Final = Plan(tap=(r"locks\..*", "visitors"))
"""The set depends on what is tapped; the documents show a prefix and a name."""
_PRINCIPAL: Final = "User:auditor"
_SERVER: Final = "kafka.example.org:9092"

_HEAD: Final = r"""# The rights of the auditor's principal

flowaudit reads and describes. It needs no right to write, create, alter or delete anything, and no right to join
groups; `flowaudit doctor` warns when its principal holds one. Everything below is the least that each channel of
evidence asks for on a cluster whose authorizer is Apache Kafka's. Whatever is not granted is left out of the graph
and named in its coverage; the audit goes on with the rest.

`flowaudit doctor --config FILE` holds this against a real cluster: it says which channels work, which rights are
missing, what that hides, and prints the commands that grant exactly what is missing, for your topics and your
principal. It exits with 0 when everything that is configured works, 1 when something is missing, 2 when its
configuration is wrong, and 3 when the cluster does not answer.

Brokers leave out what a principal may not describe without a word, so a missing right looks like an empty cluster.
flowaudit therefore asks what it may do (authorized operations, KIP-430) and reports the difference.

## What each channel asks for

The examples tap the topics `locks\..*` and `visitors`.
"""

_TAIL: Final = """
## What nothing asks for

No channel needs `DESCRIBE_CONFIGS`, nor `READ` on a group: flowaudit assigns partitions to itself and commits nothing.

## Rights that doctor warns about

| right | with it somebody who has the auditor's credentials can |
|---|---|
"""


def page() -> str:
    """docs/rights.md."""
    channels = channels_of(EXAMPLE)
    return "\n".join((*_HEAD.splitlines(), *_table(channels), *_grants(least_privilege(channels)), *_warnings())) + "\n"


def example_user() -> str:
    """deploy/strimzi/kafkauser.yaml."""
    comments = (
        "# The auditor's principal with Strimzi, for an audit that taps the topics locks\\..* and visitors.",
        "# Strimzi 0.49 and newer; before that the apiVersion is kafka.strimzi.io/v1beta2, the rest reads the same.",
        "# Name your Kafka cluster in the label, and your topics in place of locks. and visitors.",
        "# Written by `python -m flowaudit.rights.page`; docs/rights.md says what each rule is for.",
    )
    return "\n".join(comments) + "\n" + kafka_user(least_privilege(channels_of(EXAMPLE)), _PRINCIPAL)


def _table(channels: Sequence[Channel]) -> Iterator[str]:
    yield ""
    yield "| channel | right | what works with it | what its absence hides | in coverage |"
    yield "|---|---|---|---|---|"
    for channel in channels:
        for need in channel.needs:
            spot = need.blind_spot
            optional = "" if need.is_least else " (optional)"
            named = f"{spot.subject} `{spot.name}`" if need.is_least else f"each {spot.subject} by its name"
            yield (
                f"| {channel.name} | `{_right(need.right)}`{optional} | {need.shows} | {need.hides}"
                f" | {named}: `{spot.reason}` |"
            )


def _right(right: Right) -> str:
    star = "*" if right.resource.prefixed else ""
    return f"{right.operation} {right.resource.type} {right.resource.name}{star}"


def _grants(rights: Sequence[Right]) -> Iterator[str]:
    yield from ("", "## Granting them", "")
    yield f"With Apache Kafka's own tool; `{ADMIN_PROPERTIES}` is how you connect as an administrator:"
    yield from ("", "```sh", *grant_commands(rights, _PRINCIPAL, _SERVER), "```", "")
    yield f"With Strimzi ([{KAFKA_USER}](../{KAFKA_USER})):"
    yield from ("", "```yaml", *kafka_user(rights, _PRINCIPAL).splitlines(), "```")


def _warnings() -> Iterator[str]:
    yield from _TAIL.splitlines()
    for (kind, operation), lets in LETS.items():
        yield f"| `{operation} {kind}` | {lets} |"


def main(arguments: Sequence[str]) -> int:
    """Write both files; with `--check` compare instead."""
    stale = [path for path, text in _files() if not path.is_file() or path.read_text(encoding="utf-8") != text]
    if list(arguments) == ["--check"]:
        for path in stale:
            sys.stderr.write(f"{path} is stale: python -m flowaudit.rights.page\n")
        return 1 if stale else 0
    for path, text in _files():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return 0


def _files() -> tuple[tuple[Path, str], ...]:
    return ((PAGE, page()), (KAFKA_USER, example_user()))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
