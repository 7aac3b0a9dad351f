"""Answers that we decode ourselves: those that the client library does not know, or decodes too slowly. Pure."""

from __future__ import annotations

from flowaudit.errors import SourceUnreachable
from flowaudit.sources.wire import CompactReader


class AnswerUndecodable(SourceUnreachable):
    """An answer that ends too soon or holds an impossible length: the broker speaks another dialect than it said."""


class AnswerReader(CompactReader):
    """Reads one answer from its beginning to its end. Every method raises `AnswerUndecodable`."""

    __slots__ = ()
    undecodable = AnswerUndecodable
    keeps_broken_texts = True
