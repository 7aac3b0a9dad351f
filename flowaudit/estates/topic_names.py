"""The topics of the estate and of its neighbours."""

from __future__ import annotations

from typing import Final

LOCK_EVENTS: Final = "locks.events"
TENANCY_CHECKS: Final = "tenancy.checks"
VISITORS_LOG: Final = "visitors.log"
VISITORS_APPROVALS: Final = "visitors.approvals"
FACEDB_LOOKUPS: Final = "facedb.lookups"
FACEDB_IDENTITIES: Final = "facedb.identities"
MONITOR_SIGHTINGS: Final = "monitor.sightings"
SCORE_UPDATES: Final = "score.updates"
TRAVEL_BANS: Final = "travel.bans"
CURFEW_ORDERS: Final = "curfew.orders"
TRANSIT_TAPS: Final = "transit.taps"
PARCELS_DELIVERIES: Final = "parcels.deliveries"
UTILITIES_READINGS: Final = "utilities.readings"
