"""Policy text → model. Every mistake in the file is told at once, with its line and the way out."""

from __future__ import annotations

from collections.abc import Iterator

import yaml

from flowaudit.errors import UsageError
from flowaudit.policy.model import SCHEMA, Parameters, Policy, Suppression
from flowaudit.policy.rules.catalogue import RULES
from flowaudit.topology.mistakes import Mistake, Mistakes, nearest
from flowaudit.topology.read_struct import read_struct
from flowaudit.topology.yaml_tree import compose, line_of


class PolicyInvalid(UsageError):
    """A policy cannot be used; the text lists every mistake as `file:line: what is wrong`, one a line."""

    def __init__(self, message: str, mistakes: tuple[Mistake, ...] = ()) -> None:
        super().__init__(message)
        self.mistakes = mistakes


def parse_policy(text: str, *, source: str = "policy.yaml") -> Policy:
    """The policy that `text` holds; `source` names it in messages.

    Raises:
        PolicyInvalid: something in the text is wrong.
    """
    mistakes = Mistakes(source)
    root = compose(text, mistakes)
    head = read_struct(_without_items(root), Policy, mistakes) if root is not None else None
    rules = [_read_rule(node, mistakes) for node in _items(root, "rules")]
    entries = tuple(rule for rule in rules if rule is not None)
    if head is not None and root is not None:
        _check_head(head, root, mistakes)
        _check_ids(rules, root, mistakes)
        known = {*RULES, *(entry.id for entry in entries)}
        for suppression, node in zip(head.suppressions, _items(root, "suppressions"), strict=True):
            _check_suppression(suppression, known, line_of(node), mistakes)
    if head is None or mistakes.found:
        raise PolicyInvalid(mistakes.message(), mistakes.found)
    return Policy(schema=head.schema, name=head.name, title=head.title, rules=entries, suppressions=head.suppressions)


def _read_rule(node: yaml.Node, mistakes: Mistakes) -> Parameters | None:
    """An entry, read as the rule that it names wants it."""
    code = next((str(value.value) for key, value in _pairs(node) if key.value == "rule"), None)
    if code is None:
        mistakes.add(line_of(node), f"an entry must be a mapping with the key 'rule'; {nearest('', RULES)}")
        return None
    rule = RULES.get(code)
    if rule is None:
        mistakes.add(line_of(node), f"'rule' is {code[:60]!r}, which does not exist; {nearest(code, RULES)}")
        return None
    read: Parameters | None = read_struct(node, rule.parameters, mistakes)
    return read


def _check_head(policy: Policy, root: yaml.Node, mistakes: Mistakes) -> None:
    if policy.schema != SCHEMA:
        mistakes.add(line_of(root), f"'schema' is {policy.schema[:60]!r}; this version reads {SCHEMA!r}")
    if not _items(root, "rules"):
        mistakes.add(line_of(root), "'rules' is empty or no list; give at least one rule")


def _check_ids(rules: list[Parameters | None], root: yaml.Node, mistakes: Mistakes) -> None:
    first: dict[str, int] = {}
    for rule, node in zip(rules, _items(root, "rules"), strict=True):
        if rule is None or not rule.id:
            continue
        if rule.id in first:
            mistakes.add(line_of(node), f"the id {rule.id!r} is given twice; the first is on line {first[rule.id]}")
        first.setdefault(rule.id, line_of(node))


def _check_suppression(suppression: Suppression, known: set[str], line: int, mistakes: Mistakes) -> None:
    by_name = bool(suppression.rule and suppression.subject)
    if bool(suppression.fingerprint) == bool(suppression.rule or suppression.subject) or (
        not suppression.fingerprint and not by_name
    ):
        mistakes.add(line, "a suppression names a finding by 'fingerprint', or by 'rule' and 'subject'")
    if suppression.rule and suppression.rule not in known:
        text = f"'rule' is {suppression.rule[:60]!r}, which is no code and no id of a rule here"
        mistakes.add(line, f"{text}; {nearest(suppression.rule, known - {''})}")


def _without_items(root: yaml.Node) -> yaml.Node:
    """The document with an empty list of rules: their keys depend on the rule, so they are read one by one."""
    if not isinstance(root, yaml.MappingNode):
        return root
    pairs = [
        (key, yaml.SequenceNode(value.tag, [], value.start_mark, value.end_mark))
        if key.value == "rules" and isinstance(value, yaml.SequenceNode)
        else (key, value)
        for key, value in root.value
    ]
    return yaml.MappingNode(root.tag, pairs, root.start_mark, root.end_mark)


def _items(root: yaml.Node | None, name: str) -> list[yaml.Node]:
    values = (value for key, value in _pairs(root) if key.value == name)
    value = next(values, None)
    return list(value.value) if isinstance(value, yaml.SequenceNode) else []


def _pairs(node: yaml.Node | None) -> Iterator[tuple[yaml.Node, yaml.Node]]:
    if isinstance(node, yaml.MappingNode):
        yield from node.value
