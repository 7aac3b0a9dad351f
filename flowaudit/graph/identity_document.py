"""The identity-linkage part of the document ↔ the snapshot's values."""

from __future__ import annotations

from flowaudit.facts import FieldName
from flowaudit.graph.canonical import canonical_number
from flowaudit.graph.evidence import Inference
from flowaudit.graph.identity_form import (
    AdditionForm,
    FieldForm,
    IdentityClusterForm,
    InferenceForm,
    PeopleFieldForm,
    PeopleWithoutFlowForm,
    SamplingForm,
    SharedPeopleForm,
)
from flowaudit.graph.identity_view import (
    Addition,
    IdentityCluster,
    PeopleField,
    PeopleWithoutFlow,
    Sampling,
    SharedPeople,
)
from flowaudit.graph.times import iso_time, read_time


def cluster_form(cluster: IdentityCluster) -> IdentityClusterForm:
    """How the document writes a cluster."""
    return IdentityClusterForm(
        people=cluster.people,
        relative_error=canonical_number(cluster.relative_error),
        since=iso_time(cluster.since_ms),
        fields=[PeopleFieldForm(*_pair(f.field), f.people, iso_time(f.since_ms)) for f in cluster.fields],
        shared=[
            SharedPeopleForm((_pair(s.fields[0]), _pair(s.fields[1])), s.people, iso_time(s.since_ms))
            for s in cluster.shared
        ],
        additions=[_addition_form(addition) for addition in cluster.additions],
    )


def read_cluster(form: IdentityClusterForm) -> IdentityCluster:
    """The cluster that the document holds."""
    return IdentityCluster(
        fields=tuple(PeopleField(FieldName(f.topic, f.path), f.people, read_time(f.since)) for f in form.fields),
        people=form.people,
        relative_error=form.relative_error,
        since_ms=read_time(form.since),
        shared=tuple(
            SharedPeople((FieldName(*s.fields[0]), FieldName(*s.fields[1])), s.people, read_time(s.since))
            for s in form.shared
        ),
        additions=tuple(_read_addition(addition) for addition in form.additions),
    )


def without_flow_form(found: PeopleWithoutFlow) -> PeopleWithoutFlowForm:
    """How the document writes people whom two topics share without a flow."""
    times = iso_time(found.first_seen_ms), iso_time(found.last_seen_ms)
    return PeopleWithoutFlowForm(found.topics, found.sharing, found.sightings, found.people, *times, list(found.fields))


def read_without_flow(form: PeopleWithoutFlowForm) -> PeopleWithoutFlow:
    """The people whom two topics share without a flow."""
    times = read_time(form.first_seen), read_time(form.last_seen)
    return PeopleWithoutFlow(form.topics, form.sharing, form.sightings, form.people, *times, tuple(form.fields))


def sampling_form(sampling: Sampling | None) -> SamplingForm | None:
    """How the document writes the sampling."""
    if sampling is None:
        return None
    return SamplingForm(
        canonical_number(sampling.lowest),
        canonical_number(sampling.highest),
        *(canonical_number(share) if share < 1 else None for share in (sampling.records, sampling.digests)),
    )


def read_sampling(form: SamplingForm | None) -> Sampling | None:
    """The sampling that the document names."""
    if form is None:
        return None
    records, digests = (1.0 if share is None else float(share) for share in (form.records, form.digests))
    return Sampling(float(form.lowest), float(form.highest), records, digests)


def inference_form(inference: Inference | None) -> InferenceForm | None:
    """How the document writes what linkage says of an edge."""
    if inference is None:
        return None
    confidence = canonical_number(inference.confidence)
    return InferenceForm(confidence, inference.records_alone, list(inference.settled_by), list(inference.through))


def read_inference(form: InferenceForm | None) -> Inference | None:
    """What linkage says of an edge."""
    if form is None:
        return None
    return Inference(float(form.confidence), form.records_alone, tuple(form.settled_by), tuple(form.through))


def _addition_form(addition: Addition) -> AdditionForm:
    through, since = addition.through, None
    if through is not None:
        since = iso_time(addition.since_ms)
    return AdditionForm(
        addition.topic,
        addition.people,
        list(addition.attributes),
        None if through is None else (_pair(through[0]), _pair(through[1])),
        since,
    )


def _read_addition(form: AdditionForm) -> Addition:
    through = None if form.through is None else (FieldName(*form.through[0]), FieldName(*form.through[1]))
    since_ms = 0 if form.since is None else read_time(form.since)
    return Addition(form.topic, through, form.people, since_ms, tuple(form.attributes))


def _pair(field: FieldName) -> FieldForm:
    return field.topic, field.path
