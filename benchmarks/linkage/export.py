"""An estate as files that any tool can read: records, truth, cases, metadata."""

from __future__ import annotations

import base64
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import msgspec
import orjson

from benchmarks.linkage.estate import PlayedEstate, Written
from flowaudit.estates.truth import dump_truth


def export(estate: PlayedEstate, output: Path) -> None:
    """Write `records.jsonl`, `truth.json`, `cases.json` and `metadata.jsonl` into a directory, anew."""
    output.mkdir(parents=True, exist_ok=True)
    (output / "records.jsonl").write_bytes(_lines(map(_record, estate.log)))
    (output / "truth.json").write_bytes(dump_truth(estate.truth))
    (output / "cases.json").write_bytes(msgspec.json.format(msgspec.json.encode(_cases(estate)), indent=1) + b"\n")
    (output / "metadata.jsonl").write_bytes(b"".join(msgspec.json.encode(f) + b"\n" for f in estate.metadata_facts))


def _record(record: Written) -> dict[str, Any]:
    """Bytes that are text stay text; others are base64, and the member's name says so."""
    return {
        "topic": record.topic,
        "partition": record.partition,
        "offset": record.offset,
        "timestamp_ms": record.timestamp_ms,
        "arrived_ms": record.arrived_ms,
        **_bytes("key", record.key),
        **_bytes("value", record.value),
        "headers": [{"name": name, **_bytes("value", value)} for name, value in record.headers],
    }


def _bytes(name: str, value: bytes | None) -> dict[str, str | None]:
    try:
        return {name: None if value is None else value.decode()}
    except UnicodeDecodeError:
        return {f"{name}_base64": base64.b64encode(value or b"").decode()}


def _cases(estate: PlayedEstate) -> dict[str, Any]:
    return {
        "generator_version": estate.version,
        "kind": estate.spec.kind,
        "seed": estate.seed,
        "edges": estate.cases,
        "decoys": estate.decoys,
    }


def _lines(documents: Iterable[dict[str, Any]]) -> bytes:
    return b"".join(orjson.dumps(document) + b"\n" for document in documents)
