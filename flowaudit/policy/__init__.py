"""Judgement over a graph: rules with permanent codes, findings with witness and cut, suppressions that expire.

Public: :mod:`flowaudit.policy.load` (YAML text → policy), :mod:`flowaudit.policy.check` (snapshot and policy → report)
and :mod:`flowaudit.policy.finding`.
"""
