"""What each channel can do with the rights at hand, and what it lacks. Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from flowaudit.rights.access import EVERYTHING, Operation, Resource, ResourceType, Right
from flowaudit.rights.authorizer import EVERYBODY
from flowaudit.rights.excess import Excess, excess_of
from flowaudit.rights.held import Authorizer, PlaceChecked, Rights
from flowaudit.rights.needs import Api, Channel, Need, least, least_privilege

_SHOWN_NAMES: Final = 5


class ChannelState(StrEnum):
    """How much of a channel works."""

    WORKS = "works"
    PARTLY = "partly"
    FAILS = "fails"
    OFF = "off"


@dataclass(frozen=True, slots=True)
class Missing:
    """A need that is not met, or not for everything."""

    need: Need
    held_for: tuple[str, ...] = ()
    """Some resources for which it is met all the same."""
    held_count: int = 0
    denied_for: tuple[str, ...] = ()
    """The resources for which a rule denies what another one grants: granting again changes nothing."""

    @property
    def grantable(self) -> bool:
        """Would a grant help?"""
        return not self.denied_for


@dataclass(frozen=True, slots=True)
class ChannelDiagnosis:
    """One channel."""

    channel: Channel
    state: ChannelState
    missing: tuple[Missing, ...] = ()
    """Needs of the least-privilege set: what the exit code is about."""
    could_show: tuple[Missing, ...] = ()
    """Needs beyond it: more would be seen, and doing without is a choice."""
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """Every channel, what to grant, and what to take away."""

    principal: str
    authorizer: Authorizer
    channels: tuple[ChannelDiagnosis, ...]
    least: tuple[Right, ...]
    """All that the configured channels need."""
    to_grant: tuple[Right, ...]
    """The part of it that is missing."""
    excess: tuple[Excess, ...]

    @property
    def is_complete(self) -> bool:
        """Does everything that is configured work?"""
        return all(one.state in {ChannelState.WORKS, ChannelState.OFF} for one in self.channels)


def diagnose(channels: Sequence[Channel], rights: Rights, places: Iterable[PlaceChecked] = ()) -> Diagnosis:
    """Hold the needs of `channels` against `rights`, and the places that were looked at beside them."""
    checked = tuple(places)
    told = tuple(_channel(channel, rights, [p for p in checked if p.channel == channel.name]) for channel in channels)
    lacking = [missing.need.right for one in told for missing in one.missing if missing.grantable]
    return Diagnosis(
        principal=rights.principal,
        authorizer=rights.access.authorizer,
        channels=told,
        least=least_privilege(channels),
        to_grant=least(lacking),
        excess=excess_of(rights),
    )


def _channel(channel: Channel, rights: Rights, places: Collection[PlaceChecked]) -> ChannelDiagnosis:
    if channel.off:
        return ChannelDiagnosis(channel, ChannelState.OFF, notes=(channel.off,))
    unmet = [lack for need in channel.needs if (lack := _unmet(need, rights)) is not None]
    missing = tuple(one for one in unmet if one.need.is_least)
    state = ChannelState.FAILS if _absent(channel, rights) else _state(channel, missing, places)
    beyond = tuple(one for one in unmet if not one.need.is_least)
    return ChannelDiagnosis(channel, state, missing, beyond, tuple(_notes(channel, rights, places)))


def _notes(channel: Channel, rights: Rights, places: Iterable[PlaceChecked]) -> Iterator[str]:
    for api in _absent(channel, rights):
        yield f"the brokers do not offer {api.name} (Kafka {api.since})"
    for place in places:
        if place.problem:
            yield f"{place.place}: {place.problem}"
    for need in channel.needs:
        if need.is_least and rights.may(need.right) is None:
            yield f"the brokers do not say whether this principal holds {need.right.words}"


def _state(channel: Channel, missing: Sequence[Missing], places: Collection[PlaceChecked]) -> ChannelState:
    broken = sum(1 for place in places if place.problem)
    if not missing and not broken:
        return ChannelState.WORKS
    without = [one for one in missing if not one.held_count and not one.denied_for]
    asked = sum(1 for need in channel.needs if need.is_least) + len(places)
    nothing_is_left = len(without) + broken == asked
    return ChannelState.FAILS if nothing_is_left or any(m.need.is_essential for m in without) else ChannelState.PARTLY


def _unmet(need: Need, rights: Rights) -> Missing | None:
    held, refused = _by_name(need.right, rights)
    may = rights.may(need.right)
    if may is False:
        denied = (need.blind_spot.name,) if _is_denied(need.right, rights) else ()
        return Missing(need, held[:_SHOWN_NAMES], len(held), denied)
    if refused and may:
        return Missing(need, held[:_SHOWN_NAMES], len(held), denied_for=refused)
    return None


def _is_denied(right: Right, rights: Rights) -> bool:
    """Is there a rule, among those that may be listed, that denies the principal just this?"""
    return any(
        not rule.allows
        and rule.principal in {rights.principal, EVERYBODY}
        and rule.operation in {right.operation, Operation.ALL}
        and rule.resource_type == right.resource.type
        and Resource(right.resource.type, rule.resource, rule.prefixed).covers(right.resource)
        for rule in rights.access.rules or ()
    )


def _by_name(right: Right, rights: Rights) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The things that the right speaks of, which exist and are shown: those that have it, and those that have not."""
    kind, operation = right.resource.type, right.operation
    listed = {ResourceType.TOPIC: rights.topics, ResourceType.GROUP: rights.groups}.get(kind, {})
    if rights.access.authorizer is Authorizer.ABSENT or not (
        right.resource.prefixed or right.resource.name == EVERYTHING
    ):
        return (), ()
    told = {name: set(ops) for name, ops in listed.items() if ops is not None and right.resource.matches(name)}
    held = tuple(sorted(name for name, operations in told.items() if operation in operations))
    return held, tuple(sorted(told.keys() - set(held)))


def _absent(channel: Channel, rights: Rights) -> list[Api]:
    return [api for api in channel.apis if rights.api_versions and api.key not in rights.api_versions]
