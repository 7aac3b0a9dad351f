"""What an estate's owner declares: systems, how their names are recognised, and the flows that are admitted.

Public: :mod:`flowaudit.topology.model` (the frozen model) and :mod:`flowaudit.topology.load` (YAML text → model).
"""
