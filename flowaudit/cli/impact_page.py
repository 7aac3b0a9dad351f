"""What `flowaudit impact` prints: the systems that are reached, then every topic and program."""

from __future__ import annotations

from collections.abc import Sequence

from flowaudit.cli.hops import systems_of
from flowaudit.cli.options import Format
from flowaudit.cli.output import print_json, print_text, result_console
from flowaudit.cli.tables import print_table
from flowaudit.cli.terminal import printable
from flowaudit.cli.wording import counted
from flowaudit.exports.moments import moment
from flowaudit.graph.impact import Reached
from flowaudit.graph.snapshot import GraphSnapshot
from flowaudit.graph.times import iso_time

_System = tuple[str, Reached]


def show_impact(
    snapshot: GraphSnapshot, name: str, found: Sequence[Reached], *, upstream: bool, result_format: Format
) -> None:
    """Print what was found, nearest first."""
    systems = systems_of(snapshot)
    by_system = _by_system([(systems.get(one.node, ""), one) for one in found], latest=upstream)
    if result_format is Format.JSON:
        known = "last_possible" if upstream else "first_possible"
        print_json(
            {
                "name": name,
                "direction": "upstream" if upstream else "downstream",
                "systems": [{"system": system, **_worth(one, known)} for system, one in by_system],
                "nodes": [
                    {
                        "id": one.node.document_id,
                        "kind": one.node.kind.value,
                        "system": systems.get(one.node, ""),
                        **_worth(one, known),
                    }
                    for one in found
                ],
            }
        )
        return
    if not found:
        nothing = f"nothing is known to reach {name}"
        if not upstream:
            nothing = f"the data of {name} is not known to reach anything"
        print_text(printable(nothing))
        return
    what = f"{counted(len(by_system), 'system')} and {len(found):,} of their topics and programs"
    said = f"{what} can reach {name}" if upstream else f"The data of {name} can reach {what}"
    columns = ("hops", "weakest evidence", "latest possible" if upstream else "first possible")
    with result_console() as console:
        console.print(printable(said), style="bold")
        print_table(console, "Systems", ("system", *columns), [(s, *_row(one)) for s, one in by_system], numbers=(1,))
        rows = [(one.node.document_id, systems.get(one.node, ""), *_row(one)) for one in found]
        print_table(console, "Topics and programs", ("node", "system", *columns), rows, numbers=(2,))


def _by_system(found: Sequence[_System], *, latest: bool) -> list[_System]:
    """The nearest node of each system, with the moment of whichever of its nodes is first (or last)."""
    nearest: dict[str, Reached] = {}
    moments: dict[str, list[int]] = {}
    for system, one in found:
        if system:
            nearest.setdefault(system, one)
            moments.setdefault(system, []).append(one.possible_ms)
    choose = max if latest else min
    return [(system, Reached(one.node, one.hops, one.tier, choose(moments[system]))) for system, one in nearest.items()]


def _worth(one: Reached, known: str) -> dict[str, object]:
    return {"hops": one.hops, "tier": one.tier.value, known: iso_time(one.possible_ms)}


def _row(one: Reached) -> tuple[str, str, str]:
    return (str(one.hops), one.tier.value, moment(one.possible_ms))
