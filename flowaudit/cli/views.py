"""What `flowaudit show` prints, view by view."""

from __future__ import annotations

import json

from flowaudit.cli.identity_page import print_identities
from flowaudit.cli.options import Format, View
from flowaudit.cli.output import print_json
from flowaudit.cli.summary import print_summary
from flowaudit.cli.summary_document import summary_document
from flowaudit.cli.view_page import print_view
from flowaudit.graph.document import dump
from flowaudit.graph.snapshot import GraphSnapshot
from flowaudit.graph.views import system_view, topic_view


def show_view(snapshot: GraphSnapshot, view: View, result_format: Format) -> None:
    """Print a view on stdout.

    As JSON, the views of systems and topics are graph documents, and that of identities is the `linkage` of one.
    """
    if result_format is Format.JSON:
        print_json(_document(snapshot, view))
        return
    match view:
        case View.SUMMARY:
            print_summary(snapshot)
        case View.SYSTEM:
            print_view(system_view(snapshot), "Flows between systems")
        case View.TOPIC:
            print_view(topic_view(snapshot), "Flows between topics, by what their records carry")
        case View.IDENTITY:
            print_identities(snapshot)


def _document(snapshot: GraphSnapshot, view: View) -> object:
    match view:
        case View.SUMMARY:
            return summary_document(snapshot)
        case View.SYSTEM:
            return json.loads(dump(system_view(snapshot)))
        case View.TOPIC:
            return json.loads(dump(topic_view(snapshot)))
        case View.IDENTITY:
            return json.loads(dump(snapshot))["linkage"]
