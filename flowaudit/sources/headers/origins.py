"""Headers that name where records come from → redacted names. Pure.

CloudEvents' Kafka binding in binary mode (`ce_source`, valid with `ce_specversion`) and Spring Kafka's `__TypeId__`
(the Java class that was serialized: a hint to the code that wrote it). For run and job ids of OpenLineage and DataHub
no standard says how they travel in Kafka; the names accepted here are those of `_LINEAGE`, in any case, and with
`.` or `_` for `-`. Of a run id, which is new with each run, remains that there is one: `*`.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final, NamedTuple

from flowaudit.sources.headers.named import Headers, text
from flowaudit.sources.headers.redact import redacted


class Origin(NamedTuple):
    """What a header names, redacted."""

    scheme: str
    name: str


_LINEAGE: Final = {
    "openlineage-run-id": "openlineage",
    "openlineage-job": "openlineage-job",
    "openlineage-job-name": "openlineage-job",
    "datahub-run-id": "datahub",
    "datahub-job": "datahub-job",
    "datahub-job-urn": "datahub-job",
}
_RUNS: Final = frozenset({"openlineage", "datahub"})
_AS_DASHES: Final = str.maketrans("._", "--")


def origins(headers: Headers) -> Iterator[Origin]:
    """What the headers of one record tell of where it comes from."""
    if "ce_source" in headers and text(headers, "ce_specversion"):
        yield from _named("cloudevents", text(headers, "ce_source"))
    if "__TypeId__" in headers:
        yield from _named("spring-type", text(headers, "__TypeId__"))
    for name in headers:
        scheme = _LINEAGE.get(name.lower().translate(_AS_DASHES))
        if scheme in _RUNS:
            yield Origin(scheme, "*")
        elif scheme is not None:
            yield from _named(scheme, text(headers, name))


def _named(scheme: str, name: str) -> Iterator[Origin]:
    shown = redacted(name)
    if shown:
        yield Origin(scheme, shown)
