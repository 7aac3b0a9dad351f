"""Visitor approval: after a visit, the guest's score decides whether they may come again."""

from __future__ import annotations

from collections.abc import Sequence

from flowaudit.estates import chance, spelling
from flowaudit.estates.behaviour import MINUTE_S
from flowaudit.estates.program import Incoming, Outgoing, Reactive, Town, read_as
from flowaudit.estates.records import ScoreUpdate, VisitApproval
from flowaudit.estates.topic_names import VISITORS_APPROVALS


class VisitorApproval(Reactive):
    """Decides once for a guest and a host, and again when the decision has run out or would be another."""

    def __init__(self, town: Town) -> None:
        self._town = town
        self._decided: dict[tuple[str, str], tuple[bool, float]] = {}

    def decide(self, incoming: Incoming, city_s: float) -> Sequence[Outgoing]:
        """An approval, or its refusal, for an update that a visit caused."""
        update = read_as(ScoreUpdate, incoming)
        if update is None or update.cause.kind != "visit" or update.household.tenancy is None:
            return ()
        numbers = self._town.parameters.visitor_approval
        approved = update.score >= numbers.from_score
        pair = (update.household.tenancy, spelling.citizen_key(update.citizen))
        last_decision, valid_until = self._decided.get(pair, (approved, 0.0))
        if last_decision == approved and city_s < valid_until:
            return ()
        valid_city_s = numbers.lasts_city_min * MINUTE_S
        self._decided[pair] = (approved, city_s + valid_city_s)
        delay_ms = self._town.delay_ms(numbers.delay_median_ms, numbers.delay_sigma, "approval", update.update)
        decision = VisitApproval(
            approval_no=f"VA{chance.hexadecimal(12, self._town.seed, 'approval', update.update)}",
            host_tenancy=f"tenancy/{update.household.tenancy}",
            guest_id=pair[1],
            approved=approved,
            decision_on=update.update.upper(),
            valid_city_s=round(valid_city_s),
            decided_at=self._town.stamp(city_s, delay_ms),
        )
        return (self._town.outgoing(VISITORS_APPROVALS, decision.approval_no, decision, delay_ms),)
