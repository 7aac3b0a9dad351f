"""The rules. A module a rule; :mod:`flowaudit.policy.rules.catalogue` has them all."""
