"""The composition root's own small decisions."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from pydantic import SecretStr

from flowaudit.bootstrap import read_state, reference_topology
from flowaudit.bootstrap.parts import audit_settings_of, declared_of, ledger_path, linkage_settings_of
from flowaudit.bootstrap.state import service_state
from flowaudit.bootstrap.worker_process import environment_of
from flowaudit.config import LinkageSettings as LinkageSection
from flowaudit.config import Settings, load_settings
from flowaudit.config.sections import KafkaSettings, TapSettings, TopologySettings
from flowaudit.engine.ports import SourceHealth
from flowaudit.errors import LedgerError
from flowaudit.facts import SIGHTING, Channel, ClusterSeen, FlowDeclared, Provenance, SightingRun, SystemDeclared
from flowaudit.ledger import Ledger
from flowaudit.linkage.settings import LinkageSettings
from flowaudit.linkage.window import LinkageWindow
from tests.unit.metrics.samples import estate


def settings(**sections: object) -> Settings:
    return Settings.model_validate({"kafka": KafkaSettings(bootstrap_servers=("a:1",))} | sections)


def test_a_worker_gets_the_same_tap_as_the_run_that_started_it() -> None:
    tap = TapSettings(
        topics=(r"locks\..{1,3}", "b"), exclude=("x,y",), start="earliest", theta=0.3, key=SecretStr("k" * 20), slots=5
    )
    given = settings(tap=tap, audit_cluster=KafkaSettings(bootstrap_servers=("b:2", "c:3")))
    assert load_settings(None, environment_of(given)).tap == tap
    assert load_settings(None, environment_of(given)).audit_cluster == given.audit_cluster


def test_every_bound_of_linkages_memory_is_the_configured_one() -> None:
    bounds = LinkageSection(
        window_s=60,
        max_sightings=1_001,
        max_aliases=1_002,
        max_rows_per_topic=103,
        max_kept_rows_per_topic=104,
        max_fields=17,
    )
    given = settings(
        linkage=bounds,
        audit_cluster=KafkaSettings(bootstrap_servers=("b:2",)),
        tap=TapSettings(key=SecretStr("k" * 20)),
    )
    held = linkage_settings_of(given)
    assert (held.window_ms, held.max_sightings, held.max_aliases) == (60_000, 1_001, 1_002)
    assert (held.rows_per_topic, held.kept_rows_per_topic) == (103, 104)
    assert audit_settings_of(given).max_fields == 17
    assert load_settings(None, environment_of(given)).linkage.max_fields == 17


def test_the_bounds_that_nobody_configures_are_those_of_the_linkage_room() -> None:
    held, own = linkage_settings_of(settings()), LinkageSettings()
    assert (held.max_aliases, held.rows_per_topic) == (own.max_aliases, own.rows_per_topic)
    assert held.kept_rows_per_topic == own.kept_rows_per_topic


def test_the_same_configured_key_gives_the_same_tokens_and_another_gives_others() -> None:
    one, same, other = (
        audit_settings_of(settings(tap=TapSettings(key=SecretStr(text * 20)))) for text in ("a", "a", "b")
    )
    assert (one.key, one.key_id) == (same.key, same.key_id)
    assert one.key != other.key
    assert audit_settings_of(settings()).key != audit_settings_of(settings()).key, "without one, every run has its own"


def test_a_topology_may_be_named_by_its_folder_and_its_order_is_kept() -> None:
    facts = declared_of(settings(topology=TopologySettings(path=reference_topology())))
    systems = [fact for fact in facts if isinstance(fact, SystemDeclared)]
    assert [fact.order for fact in systems] == list(range(len(systems)))
    assert [(fact.upstream, fact.downstream) for fact in facts if isinstance(fact, FlowDeclared)] == [
        ("lock", "tenancy-control")
    ]


def test_linkage_buckets_are_a_fifth_of_the_window() -> None:
    linkage = linkage_settings_of(settings())
    assert linkage.bucket_ms * 5 == linkage.window_ms


def test_there_is_nothing_to_show_before_every_source_was_asked_once() -> None:
    asked, new = SourceHealth("topics", last_success_ms=5, attempts=1), SourceHealth("groups")
    assert not service_state(estate(), [asked, new], [], [], 0).ready
    silent = SourceHealth("groups", attempts=1, errors=1, last_error="SourceUnreachable")
    assert service_state(estate(), [asked, silent], [], [], 0).ready


def test_the_cluster_is_up_while_any_polled_source_gets_an_answer_whatever_the_tap_did() -> None:
    silent = SourceHealth("groups", last_success_ms=5, attempts=2, errors=1, last_error="SourceUnreachable")
    tap = SourceHealth("tap", last_success_ms=5, attempts=1)
    assert not service_state(None, [silent], [tap], [], 0).up
    assert service_state(None, [silent, SourceHealth("topics", last_success_ms=5, attempts=1)], [tap], [], 0).up


def sightings(topic: str, first_ms: int) -> SightingRun:
    rows = np.zeros(30, dtype=SIGHTING)
    rows["token"], rows["offset"] = np.arange(1, 31) << 40, np.arange(30)
    rows["timestamp_ms"] = first_ms + 100 * np.arange(30)
    return SightingRun(topic, 0, ("$.event",), (True,), key_id=1, theta=1.0, records=30, rows=rows.tobytes())


@pytest.mark.parametrize(("k_anonymity", "shown"), [(10, 30), (50, 0)])
def test_a_state_directory_is_shown_with_the_suppression_of_the_deployment_that_wrote_it(
    k_anonymity: int, shown: int, tmp_path: Path
) -> None:
    window = LinkageWindow(LinkageSettings(window_ms=10_000, bucket_ms=10_000))
    for topic, first_ms in (("locks", 1_000_000), ("monitor", 1_000_300)):
        window.add(sightings(topic, first_ms))
    seen = ClusterSeen(Provenance(Channel.METADATA, 1, ""), "c", "kafka://a:1", k_anonymity)
    with Ledger.open(ledger_path(tmp_path), "c") as ledger:
        ledger.append([seen, *window.close(1 << 50)])
    graph = read_state(tmp_path)
    assert graph.cluster.namespace == "kafka://a:1"
    assert [(join.upstream_topic, join.sightings) for join in graph.joins] == [("locks", shown)]


def test_a_directory_without_a_ledger_is_named(tmp_path: Path) -> None:
    with pytest.raises(LedgerError, match=r"ledger\.sqlite"):
        read_state(tmp_path)
