"""The one table of who does what in the estate: processes are started from it, and the truth is written from it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, Literal

import msgspec

from flowaudit.estates.program import Program, Town
from flowaudit.estates.systems.central_monitor import CentralMonitor
from flowaudit.estates.systems.citizen_score import CitizenScore
from flowaudit.estates.systems.curfew import CurfewOffice
from flowaudit.estates.systems.face_database import FaceDatabase
from flowaudit.estates.systems.lock import Locks
from flowaudit.estates.systems.neighbours import Meters, MetroGates, ParcelCouriers, Reader
from flowaudit.estates.systems.tenancy_control import TenancyControl
from flowaudit.estates.systems.travel_ban import TravelBanOffice
from flowaudit.estates.systems.visitor_approval import VisitorApproval
from flowaudit.estates.systems.visitor_log import VisitorLog
from flowaudit.estates.topic_names import (
    CURFEW_ORDERS,
    FACEDB_IDENTITIES,
    FACEDB_LOOKUPS,
    LOCK_EVENTS,
    MONITOR_SIGHTINGS,
    PARCELS_DELIVERIES,
    SCORE_UPDATES,
    TENANCY_CHECKS,
    TRANSIT_TAPS,
    TRAVEL_BANS,
    UTILITIES_READINGS,
    VISITORS_APPROVALS,
    VISITORS_LOG,
)

ClientKind = Literal["confluent-kafka", "kafka-python", "aiokafka", "faust"]
CommitMode = Literal["auto", "manual", "transactional", "none"]


class Part(msgspec.Struct, frozen=True, kw_only=True):
    """One process of the estate.

    `derives` are its flows, (topic read, topic written); `mints` are topics that it writes out of life itself;
    `reads` are topics that it reads and from which nothing follows on any topic.
    """

    process: str
    system: str
    client: ClientKind
    commit: CommitMode
    program: Callable[[Town], Program]
    group: str | None = None
    derives: tuple[tuple[str, str], ...] = ()
    mints: tuple[str, ...] = ()
    reads: tuple[str, ...] = ()

    @property
    def consumed(self) -> tuple[str, ...]:
        """Every topic that it reads, in a fixed order."""
        return tuple(sorted({source for source, _ in self.derives} | set(self.reads)))

    @property
    def produced(self) -> tuple[str, ...]:
        """Every topic that it writes, in a fixed order."""
        return tuple(sorted({target for _, target in self.derives} | set(self.mints)))


ESTATE: Final = "beijing-public-housing"
"""The topology that this table runs."""

PARTS: Final[tuple[Part, ...]] = (
    Part(
        process="locks",
        system="lock",
        client="confluent-kafka",
        commit="auto",
        program=Locks,
        group="lock-gateway",
        derives=((CURFEW_ORDERS, LOCK_EVENTS), (VISITORS_APPROVALS, LOCK_EVENTS)),
        mints=(LOCK_EVENTS,),
    ),
    Part(
        process="tenancy-control",
        system="tenancy-control",
        client="kafka-python",
        commit="auto",
        program=TenancyControl,
        group="tenancy-control",
        derives=((LOCK_EVENTS, TENANCY_CHECKS),),
    ),
    Part(
        process="visitor-log",
        system="visitor-log",
        client="aiokafka",
        commit="manual",
        program=VisitorLog,
        group="visitor-log",
        derives=((LOCK_EVENTS, VISITORS_LOG),),
    ),
    Part(
        process="central-monitor",
        system="central-monitor",
        client="faust",
        commit="auto",
        program=CentralMonitor,
        group="central-monitor",
        derives=(
            (LOCK_EVENTS, FACEDB_LOOKUPS),
            (LOCK_EVENTS, MONITOR_SIGHTINGS),
            (FACEDB_IDENTITIES, MONITOR_SIGHTINGS),
        ),
    ),
    Part(
        process="face-database",
        system="face-database",
        client="confluent-kafka",
        commit="manual",
        program=FaceDatabase,
        group="national-face-db",
        derives=((FACEDB_LOOKUPS, FACEDB_IDENTITIES),),
    ),
    Part(
        process="citizen-score",
        system="citizen-score",
        client="confluent-kafka",
        commit="transactional",
        program=CitizenScore,
        group="citizen-score",
        derives=((MONITOR_SIGHTINGS, SCORE_UPDATES), (VISITORS_LOG, SCORE_UPDATES)),
    ),
    Part(
        process="travel-ban",
        system="travel-ban",
        client="kafka-python",
        commit="manual",
        program=TravelBanOffice,
        group="travel-ban-office",
        derives=((SCORE_UPDATES, TRAVEL_BANS),),
    ),
    Part(
        process="curfew",
        system="curfew",
        client="aiokafka",
        commit="auto",
        program=CurfewOffice,
        group="curfew-office",
        derives=((SCORE_UPDATES, CURFEW_ORDERS),),
    ),
    Part(
        process="visitor-approval",
        system="visitor-approval",
        client="confluent-kafka",
        commit="manual",
        program=VisitorApproval,
        group="visitor-approval",
        derives=((SCORE_UPDATES, VISITORS_APPROVALS),),
    ),
    Part(
        process="metro-gates",
        system="metro",
        client="confluent-kafka",
        commit="none",
        program=MetroGates,
        mints=(TRANSIT_TAPS,),
    ),
    Part(
        process="metro-billing",
        system="metro",
        client="confluent-kafka",
        commit="auto",
        program=Reader,
        group="metro-billing",
        reads=(TRANSIT_TAPS,),
    ),
    Part(
        process="parcel-couriers",
        system="parcels",
        client="kafka-python",
        commit="none",
        program=ParcelCouriers,
        mints=(PARCELS_DELIVERIES,),
    ),
    Part(
        process="parcel-desk",
        system="parcels",
        client="kafka-python",
        commit="auto",
        program=Reader,
        group="parcel-desk",
        reads=(PARCELS_DELIVERIES,),
    ),
    Part(
        process="utility-meters",
        system="utilities",
        client="aiokafka",
        commit="none",
        program=Meters,
        mints=(UTILITIES_READINGS,),
    ),
    Part(
        process="utility-billing",
        system="utilities",
        client="aiokafka",
        commit="manual",
        program=Reader,
        group="utility-billing",
        reads=(UTILITIES_READINGS,),
    ),
)

DECOY_TOPICS: Final = (TRANSIT_TAPS, PARCELS_DELIVERIES, UTILITIES_READINGS)
"""Topics that share people, places and times with the estate and have no flow to or from it."""


def all_topics() -> tuple[str, ...]:
    """Every topic of the table, sorted."""
    return tuple(sorted({topic for part in PARTS for topic in (*part.consumed, *part.produced)}))
