"""One trial: a fresh broker, an estate of real clients, an audit from beside, and the score."""

from __future__ import annotations

import dataclasses
import time
from collections import Counter
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from benchmarks.linkage.conclude import conclude, linkage_facts
from benchmarks.linkage.estate import EstateSpec, PlayedEstate
from benchmarks.linkage.real.audit import Auditor
from benchmarks.linkage.real.clients.running import now_ms
from benchmarks.linkage.real.cluster import create_topics
from benchmarks.linkage.real.estates import applications_by_library, small_estate
from benchmarks.linkage.real.orders import Start
from benchmarks.linkage.real.processes import ClientProcess
from benchmarks.linkage.real.recording import Recorder, keep, recorded
from benchmarks.linkage.results import Errors, Result, measure
from benchmarks.linkage.tapped import tap
from flowaudit.embedded import EmbeddedKafka, EmbeddedKafkaOptions
from flowaudit.graph.snapshot import GraphSnapshot

_HEAD_START_MS: Final = 1_000
_AFTERMATH_S: Final = 3.0
"""What was written last is still to be read."""


_REQUESTS: Final = "kafka.request.logger"
_START_S: Final = 180.0
"""An estate starts when it can: the machine may have other things to do."""


@dataclass(frozen=True, slots=True)
class Trial:
    """The result of one seed, by way of asking: with what the cluster tells, and from the records alone."""

    seed: int
    results: dict[str, Result]
    errors: dict[str, Errors]


def run_trial(seed: int, seconds: float | None, theta: float, recordings: Path | None = None) -> Trial:
    """Run the estate of a seed, at most for so many seconds, while it is audited; record it if that is wanted.

    Raises:
        SourceUnreachable: the broker, a client or the auditor did not come up, or did not end well.
    """
    spec = small_estate(seed)
    lasts_s = spec.duration_ms / 1000 if seconds is None else min(seconds, spec.duration_ms / 1000)
    with ExitStack() as closing:
        directory = Path(closing.enter_context(TemporaryDirectory()))
        kafka = closing.enter_context(EmbeddedKafka(_broker_of(spec)))
        create_topics(kafka.bootstrap_servers, spec)
        recorder = closing.enter_context(Recorder(kafka.bootstrap_servers, spec)) if recordings else None
        auditor = closing.enter_context(Auditor(kafka.bootstrap_servers, directory, theta, _request_log(kafka, spec)))
        auditor.await_ready()
        processes = [
            closing.enter_context(ClientProcess(Start(seed, library, apps, kafka.bootstrap_servers)))
            for library, apps in applications_by_library(spec).items()
        ]
        carried = live(processes, lasts_s)
        time.sleep(_AFTERMATH_S)
        findings = auditor.finish()
        log = () if recorder is None else recorder.finish()
    estate = recorded(seed, spec, log, carried, findings.metadata)
    if recordings is not None:
        keep(recordings / f"{seed}.msgpack", estate)
    return trial_of(estate, findings.with_metadata, findings.records_alone)


def _broker_of(spec: EstateSpec) -> EmbeddedKafkaOptions:
    return EmbeddedKafkaOptions(loggers={_REQUESTS: "debug"} if spec.has_broker_logs else {}, start_timeout_s=_START_S)


def _request_log(kafka: EmbeddedKafka, spec: EstateSpec) -> Path | None:
    return kafka.logger_files[_REQUESTS] if spec.has_broker_logs else None


def replay(estate: PlayedEstate, theta: float) -> Trial:
    """Audit what was recorded once more, without Kafka."""
    question = tap(estate, theta)
    linkage = linkage_facts(question)
    return trial_of(estate, *(conclude(question, linkage, with_metadata=known) for known in (True, False)))


def trial_of(estate: PlayedEstate, with_metadata: GraphSnapshot, records_alone: GraphSnapshot) -> Trial:
    """Hold both graphs against the truth."""
    # The score asks for a question; what is in the log was asked elsewhere.
    question = tap(dataclasses.replace(estate, log=()), theta=1.0)
    measured = {"metadata": measure(question, with_metadata), "records alone": measure(question, records_alone)}
    return Trial(
        estate.seed,
        {mode: result for mode, (result, _) in measured.items()},
        {mode: errors for mode, (_, errors) in measured.items()},
    )


def live(processes: Sequence[ClientProcess], lasts_s: float) -> Counter[tuple[str, str]]:
    """Let all processes live for so long at the same time; returns what was carried from which topic to which.

    Raises:
        ClientsFailed: one of them did not come up, or ended before its time.
    """
    for process in processes:
        process.await_ready()
    start_ms = now_ms() + _HEAD_START_MS
    for process in processes:
        process.go(start_ms)
    time.sleep(_HEAD_START_MS / 1000 + lasts_s)
    for process in processes:
        process.stop()
    carried: Counter[tuple[str, str]] = Counter()
    for process in processes:
        for each in process.done().carried:
            carried[each.upstream, each.downstream] += each.records
    return carried
