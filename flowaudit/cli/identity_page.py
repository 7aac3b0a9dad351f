"""The identity-linkage view in one page: who can be recognised where, and what each join would tell about them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from rich.console import Console
from rich.text import Text

from flowaudit.cli.output import result_console
from flowaudit.cli.tables import print_table
from flowaudit.cli.terminal import printable
from flowaudit.cli.wording import counted, people_words, sampling_words
from flowaudit.exports.moments import moment
from flowaudit.facts import FieldName
from flowaudit.graph.identity_view import Addition, IdentityCluster, PeopleWithoutFlow
from flowaudit.graph.snapshot import GraphSnapshot

_SHOWN_CLUSTERS = 10
_SHOWN_PAIRS = 20
_NOTE = (
    "Counts are rounded down, so that no difference of two singles anybody out. Identifiers of people, of places and\n"
    "of things return alike: flowaudit sees that they are the same ones, not whose they are. Fields are named, values\n"
    "are not known. (see 2) marks a field that is itself an identity: the second one of this list."
)

Numbers = Mapping[FieldName, int]


def print_identities(snapshot: GraphSnapshot) -> None:
    """Print the page on stdout."""
    with result_console() as console:
        console.print("Which fields name the same people, and what joining their topics tells about them", style="bold")
        console.print(sampling_words(snapshot.sampling))
        if snapshot.clusters:
            console.print(_NOTE, style="dim")
        else:
            console.print("\nNo field of one topic was seen to name the same people as a field of another.")
        numbers = {told.field: place for place, c in enumerate(snapshot.clusters, start=1) for told in c.fields}
        for place, cluster in enumerate(snapshot.clusters[:_SHOWN_CLUSTERS], start=1):
            _cluster(console, place, cluster, numbers)
        left = len(snapshot.clusters) - _SHOWN_CLUSTERS
        if left > 0:
            console.print(f"\n… and {counted(left, 'smaller cluster')}; --format json has all of them")
        _without_flow(console, snapshot.same_people)


def _cluster(console: Console, place: int, cluster: IdentityCluster, numbers: Numbers) -> None:
    topics = len({told.field.topic for told in cluster.fields})
    error = f" (give or take {cluster.relative_error:.0%})" if cluster.people else ""
    console.print()
    where = f"in {counted(topics, 'topic')}, since {moment(cluster.since_ms)}"
    console.print(Text(f"{place}. {people_words(cluster.people)}{error} {where}", "bold"))
    fields = ", ".join(f"{told.field.topic} {told.field.path}" for told in cluster.fields)
    console.print(Text(f"   the same identifiers in {printable(fields)}", "dim"))
    for number, addition in enumerate(cluster.additions, start=1):
        _addition(console, number, addition, {field: other for field, other in numbers.items() if other != place})


def _addition(console: Console, number: int, addition: Addition, numbers: Numbers) -> None:
    of_whom = f"{addition.people:,}" if addition.people else "too few to tell"
    before, after = ("joining ", " adds, for ") if addition.through or number > 1 else ("", " alone tells of ")
    what = ", ".join(_attribute(addition.topic, path, numbers) for path in addition.attributes) or "nothing new"
    console.print(
        Text.assemble(
            f"   {number}. {before}",
            (printable(addition.topic), "bold"),
            printable(f"{after}{of_whom}: {what}"),
        )
    )
    if addition.through:
        own, other = addition.through
        through = f"by {own.path} = {other.topic} {other.path}, since {moment(addition.since_ms)}"
        console.print(Text(f"      {printable(through)}", "dim"))


def _attribute(topic: str, path: str, numbers: Numbers) -> str:
    """The field without the root; one that names whom another cluster is about says which."""
    other = numbers.get(FieldName(topic, path))
    return path.removeprefix("$.") + (f" (see {other})" if other else "")


def _without_flow(console: Console, found: Sequence[PeopleWithoutFlow]) -> None:
    rows = (
        (
            f"{one.topics[0]} | {one.topics[1]}",
            one.sharing.value,
            f"{one.people:,}" if one.people else "too few to tell",
            ", ".join(f"{here} = {there}" for here, there in one.fields),
        )
        for one in found[:_SHOWN_PAIRS]
    )
    if found:
        print_table(console, "The same people, and no flow between", ("topics", "why", "identities", "fields"), rows)
    if len(found) > _SHOWN_PAIRS:
        console.print(f"… and {len(found) - _SHOWN_PAIRS} more; --format json has all of them")
