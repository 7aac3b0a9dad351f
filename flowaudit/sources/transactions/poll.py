"""Asks for transactional ids where the transaction log may not be read."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from kafka.protocol.admin import ListTransactionsRequest

from flowaudit.errors import SourceUnreachable
from flowaudit.facts import Channel, Fact, NotVisible, Provenance
from flowaudit.sources.kafka_admin import AdminSession
from flowaudit.sources.news import News
from flowaudit.sources.transactions.decode import STATE_TOPIC, decode_listings, why_unreadable

_IDS_REFRESH_MS: Final = 600_000


class TransactionListings:
    """Which producer id has which transactional id, by ListTransactions (KIP-664), and what stays hidden so.

    It tells nothing while the log can be read: whoever follows that knows more. DescribeTransactions is never asked:
    it shows only what is still open, and creates the log on a cluster that has none.
    """

    name = "transactions"

    def __init__(self, session: AdminSession) -> None:
        self._session = session
        self._blind_spots = News()
        self._ids = News(_IDS_REFRESH_MS)

    def poll(self, now_ms: int) -> list[Fact]:
        """New transactional ids, while the log may not be read. A broker that does not answer hides no other's."""
        reason = why_unreadable(self._session.topics([STATE_TOPIC]))
        if reason is None:
            self._blind_spots.forget_all_but(())
            return []
        listed = list(decode_listings(self._ask_all(), now_ms))
        told_ids = [((fact.transactional_id, fact.producer_id), fact) for fact in listed]
        self._ids.forget_all_but(key for key, _ in told_ids)
        blind_spot = _unread(reason, now_ms, has_ids=bool(listed))
        return [*self._blind_spots.of([("log", blind_spot)]), *self._ids.of(told_ids)]

    def _ask_all(self) -> list[Mapping[str, Any]]:
        answers: list[Mapping[str, Any]] = []
        failure: SourceUnreachable | None = None
        for broker in self._session.brokers():
            try:
                answers.append(self._session.send(ListTransactionsRequest(), broker).to_dict(json=False))
            except SourceUnreachable as error:
                failure = error
        if failure is not None and not answers:
            raise failure
        return answers


def _unread(reason: str, now_ms: int, *, has_ids: bool) -> NotVisible:
    # What the cluster's metadata refuses is looked at in every poll, and so is told under its channel.
    provenance = Provenance(Channel.METADATA, now_ms, "Metadata")
    hides = "which topics transactions wrote and how they ended"
    if not has_ids:
        hides += ", and all transactional ids: brokers leave those out, without a word, that may not be described"
    return NotVisible(provenance, "topic", STATE_TOPIC, reason, hides)
