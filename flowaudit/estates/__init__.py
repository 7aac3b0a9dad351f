"""Estates that can be run: a topology's systems as real Kafka clients, what is true about them, and the score.

Public: :func:`flowaudit.estates.simulate.simulate`, :class:`flowaudit.estates.simulate.Estate`,
:mod:`flowaudit.estates.truth` and :func:`flowaudit.estates.score.score`. Nothing in here is visible to an audit but
through Kafka itself.
"""
