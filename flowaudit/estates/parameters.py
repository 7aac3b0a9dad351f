"""The simulator's numbers, as `estate.yaml` gives them; every default is that file's business, not ours."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Annotated

import msgspec

from flowaudit.errors import UsageError
from flowaudit.topology.mistakes import Mistake, Mistakes
from flowaudit.topology.read_struct import read_struct
from flowaudit.topology.yaml_tree import compose

Share = Annotated[float, msgspec.Meta(ge=0, le=1)]
Positive = Annotated[float, msgspec.Meta(gt=0)]
Spread = Annotated[float, msgspec.Meta(ge=0, le=3)]
DelayMs = Annotated[float, msgspec.Meta(ge=0, le=60_000)]
Count = Annotated[int, msgspec.Meta(ge=1)]


class Section(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One section of the file."""


class PopulationNumbers(Section, frozen=True, kw_only=True):
    """How many people live there; `tenants` is at scale 1."""

    tenants: Annotated[int, msgspec.Meta(ge=1, le=900_000)]
    tenants_per_household: Annotated[float, msgspec.Meta(ge=1, le=20)]
    guests_per_household: Annotated[float, msgspec.Meta(ge=0, le=20)]
    start_at_home_share: Share


class CityNumbers(Section, frozen=True, kw_only=True):
    """When city time starts, how fast it runs, how much of the city is simulated, how busy its doors are."""

    starts_at: datetime
    speed: Positive
    scale: Annotated[float, msgspec.Meta(gt=0, le=1)]
    lock_events_per_s: Positive


class LockNumbers(Section, frozen=True, kw_only=True):
    """How often the matcher is wrong, and how visitors behave."""

    false_match_rate: Share
    false_rejection_rate: Share
    retry_after_city_min: Positive
    visitor_share: Share
    stay_median_city_min: Positive
    stay_sigma: Spread


class TenancyNumbers(Section, frozen=True, kw_only=True):
    """What the sublet control looks at."""

    checked_share: Share
    delay_median_ms: DelayMs
    delay_sigma: Spread


class MonitorNumbers(Section, frozen=True, kw_only=True):
    """The monitoring station's memory."""

    join_within_city_min: Positive


class FaceDatabaseNumbers(Section, frozen=True, kw_only=True):
    """How fast the face database names somebody."""

    answer_median_ms: DelayMs
    answer_sigma: Spread
    answer_at_most_ms: DelayMs
    unknown_share: Share


class ScoreNumbers(Section, frozen=True, kw_only=True):
    """The score's distribution, and the scorer's transactions."""

    mean: int
    deviation: Annotated[float, msgspec.Meta(ge=0)]
    transaction_ms: Annotated[int, msgspec.Meta(ge=10, le=10_000)]
    abort_every: Annotated[int, msgspec.Meta(ge=0)]


class TravelBanNumbers(Section, frozen=True, kw_only=True):
    """Who is taken off planes and trains."""

    below_score: int
    extend_after_drop: Count
    longest_days: Annotated[int, msgspec.Meta(ge=1, le=365)]
    delay_median_ms: DelayMs
    delay_sigma: Spread


class CurfewNumbers(Section, frozen=True, kw_only=True):
    """Which addresses are closed, and for how long."""

    below_score: int
    lasts_city_min: Positive
    delay_median_ms: DelayMs
    delay_sigma: Spread


class ApprovalNumbers(Section, frozen=True, kw_only=True):
    """Which visitors may come again."""

    from_score: int
    lasts_city_min: Positive
    delay_median_ms: DelayMs
    delay_sigma: Spread


class NeighbourNumbers(Section, frozen=True, kw_only=True):
    """The systems beside the estate that see the same people at the same times."""

    metro_share: Share
    walk_median_city_min: Positive
    walk_sigma: Spread
    parcels_per_s: Positive
    meter_tick_city_min: Positive
    metered_share: Share


class TopicNumbers(Section, frozen=True, kw_only=True):
    """How the estate's topics are created."""

    partitions: Annotated[int, msgspec.Meta(ge=1, le=200)]
    replication: Annotated[int, msgspec.Meta(ge=1, le=9)]


class Parameters(Section, frozen=True, kw_only=True):
    """The whole of `estate.yaml`."""

    population: PopulationNumbers
    city: CityNumbers
    lock: LockNumbers
    tenancy_control: TenancyNumbers
    central_monitor: MonitorNumbers
    face_database: FaceDatabaseNumbers
    citizen_score: ScoreNumbers
    travel_ban: TravelBanNumbers
    curfew: CurfewNumbers
    visitor_approval: ApprovalNumbers
    neighbours: NeighbourNumbers
    topics: TopicNumbers


class EstateInvalid(UsageError):
    """`estate.yaml` cannot be used; the text lists every mistake as `file:line: what is wrong`, one a line."""

    def __init__(self, message: str, mistakes: tuple[Mistake, ...] = ()) -> None:
        super().__init__(message)
        self.mistakes = mistakes


def load_parameters(path: Path) -> Parameters:
    """The parameters in a file.

    Raises:
        EstateInvalid: the file cannot be read, or something in it is wrong.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        msg = f"{path}: cannot be read as UTF-8 text; the simulator's numbers belong in this file beside the topology"
        raise EstateInvalid(msg) from None
    mistakes = Mistakes(str(path))
    root = compose(text, mistakes)
    parameters = read_struct(root, Parameters, mistakes) if root is not None else None
    if parameters is None:
        raise EstateInvalid(mistakes.message(), mistakes.found)
    return parameters
