"""The behaviour of a specified program."""

from __future__ import annotations

import random
from collections.abc import Callable

from benchmarks.linkage.chance import stream
from benchmarks.linkage.estate import EstateSpec, Operation, ProgramSpec
from benchmarks.linkage.life import Witness, happenings
from benchmarks.linkage.people import Population
from benchmarks.linkage.programs.behaviour import Behaviour, Writer
from benchmarks.linkage.programs.forward import Forward
from benchmarks.linkage.programs.joins import Join, TableJoin
from benchmarks.linkage.programs.rekeying import Rekey
from benchmarks.linkage.programs.root import Root, RootProgram
from benchmarks.linkage.programs.windows import Aggregate, Batch, Threshold


class Workshop:
    """Makes the behaviours of one estate that begins at `start_ms`. Each belongs to itself alone."""

    def __init__(self, spec: EstateSpec, start_ms: int) -> None:
        self._spec = spec
        self._start_ms = start_ms
        self._people = Population(spec)
        self._lived = happenings(spec, self._people)

    def make(self, program: ProgramSpec) -> Behaviour:
        """A program as it is when it starts."""
        if program.operation.kind == "root":
            return self._root(program)
        chance = stream(self._spec.chance, "program", program.name)
        operation = program.operation
        writers = [
            Writer(self._spec.topic(name), program.delay, stream(self._spec.chance, "writer", name))
            for name in program.outputs
        ]
        return _behaviour(operation, writers, chance)

    def _root(self, program: ProgramSpec) -> RootProgram:
        roots = []
        for name in program.outputs:
            topic = self._spec.topic(name)
            root = next(root for root in self._spec.roots if root.topic == name)
            witness = Witness(self._spec, root, self._people)
            roots.append(
                (Root(root, witness, self._lived[name], self._start_ms), name, topic.key.slot if topic.key else "")
            )
        chance = stream(self._spec.chance, "program", program.name)
        return RootProgram(program.operation, roots, program.delay, chance)


def _behaviour(operation: Operation, writers: list[Writer], chance: random.Random) -> Behaviour:
    makers: dict[str, Callable[[], Behaviour]] = {
        "batch": lambda: Batch(operation, writers[0], chance),
        "aggregate": lambda: Aggregate(operation, writers[0], chance),
        "threshold": lambda: Threshold(operation, writers[0]),
        "join": lambda: Join(operation, writers[0]),
        "table-join": lambda: TableJoin(operation, writers[0]),
        "rekey": lambda: Rekey(operation, writers[0], writers[1], chance),
    }
    return makers.get(operation.kind, lambda: Forward(operation, writers, chance))()
