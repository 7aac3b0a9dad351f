"""The tap tells which digests are whose: enough for linkage, and nothing that names anyone."""

from __future__ import annotations

import base64
import hashlib
import random
import uuid
from collections.abc import Callable, Sequence

import pytest

from flowaudit.facts import PairObserved, Preimage, SightingRun
from flowaudit.linkage.canonical import canonical
from flowaudit.linkage.settings import LinkageSettings
from flowaudit.linkage.tokens import Pseudonymiser
from flowaudit.linkage.window import LinkageWindow
from flowaudit.sources.tap.audit import TapAudit, TappedRun
from flowaudit.sources.tap.sightings import merged_sightings
from tests.unit.tap.records import NOW_MS, in_runs, json_record, settings

PEOPLE = [f"T-{number:07d}" for number in range(412_000, 412_150)]


def _told(topic: str, values: Sequence[object], theta: float = 1.0, size: int = 50) -> list[SightingRun]:
    audit = TapAudit(settings(theta))
    runs = in_runs([json_record(offset, id=value) for offset, value in enumerate(values)], [size])
    told = [audit.audit(_of(topic, run), NOW_MS).sightings for run in runs]
    return [each for each in told if each is not None]


def _of(topic: str, run: TappedRun) -> TappedRun:
    return TappedRun(topic, "id", run.partition, run.from_offset, run.next_offset, run.records)


def _met(count: int = 400) -> list[str]:
    rng = random.Random(11)
    return [rng.choice(PEOPLE) for _ in range(count)]


def _aliases(runs: Sequence[SightingRun]) -> set[tuple[int, ...]]:
    return {tuple(row.tolist()) for run in runs for row in run.alias_table()}


def _token(pseudonymiser: Pseudonymiser, digest: str) -> int:
    return int.from_bytes(pseudonymiser.token(canonical(digest)), "little")


@pytest.mark.parametrize("theta", [1.0, 0.3])
def test_a_digest_counts_as_its_plaintext(theta: float) -> None:
    hashed = [hashlib.sha256(person.lower().encode()).hexdigest() for person in _met()]
    window = LinkageWindow(LinkageSettings(window_ms=10_000_000, bucket_ms=10_000_000))
    for run in (*_told("plain", _met(), theta), *_told("hashed", hashed, theta)):
        window.add(run)
    pairs = [fact for fact in window.provisional() if isinstance(fact, PairObserved)]
    linked = sum(sum(pair.preceding) for pair in pairs if (pair.upstream, pair.downstream) == ("plain", "hashed"))
    assert 0.3 * theta * len(hashed) < linked <= 1.5 * theta * len(hashed)


@pytest.mark.parametrize(
    "spelling",
    [str, str.lower, lambda text: canonical(text).decode(), lambda text: f"{text}"],
)
@pytest.mark.parametrize("function", [hashlib.md5, hashlib.sha1, hashlib.sha256, hashlib.sha384, hashlib.sha512])
def test_digests_of_a_spelling_are_resolved(
    spelling: Callable[[str], str], function: Callable[[bytes], hashlib._Hash]
) -> None:
    digests = [function(spelling(person).encode()) for person in _met()]
    told = _told("hashed", [digest.hexdigest() for digest in digests])
    pseudonymiser = Pseudonymiser(settings().key, 0, 1.0)
    spelled = {_token(pseudonymiser, digest.hexdigest()) for digest in digests}
    assert {row["token"] for run in told for row in run.digest_table()} <= spelled
    assert spelled <= {digest for digest, *_ in _aliases(_told("plain", _met()))}
    in_base64 = [base64.b64encode(digest.digest()).decode() for digest in digests]
    url_safe = [base64.urlsafe_b64encode(digest.digest()).decode().rstrip("=") for digest in digests]
    cut = [digest.hexdigest()[:32] for digest in digests]
    for other in (in_base64, url_safe, [digest.hexdigest().upper() for digest in digests], cut):
        ours = {row["token"] for run in _told("hashed", other) for row in run.digest_table()}
        # Cut, one in eight could be a UUID by its version, and more.
        assert len(ours & spelled) > (0.75 if other is cut else 0.95) * len(spelled)


def _numbers(spelling: Callable[[str, str, str], str]) -> list[str]:
    return [spelling("138", f"{number:04d}", "5678") for number in range(1_000, 1_300)]


@pytest.mark.parametrize(
    "hashed",
    [
        lambda a, b, c: f"tel:+86-{a}-{b}-{c}",
        lambda a, b, c: f"+86{a}{b}{c}",
        lambda a, b, c: f"86{a}{b}{c}",
        lambda a, b, c: f"{a}{b}{c}",
        lambda a, b, c: f"{a}-{b}-{c}",
        lambda a, b, c: f"{a} {b} {c}",
    ],
)
@pytest.mark.parametrize(
    "written",
    [
        lambda a, b, c: f"+86{a}{b}{c}",
        lambda a, b, c: f"+86 {a} {b} {c}",
        lambda a, b, c: f"0086-{a}-{b}-{c}",
        lambda a, b, c: f"tel:+86-{a}-{b}-{c}",
    ],
)
def test_a_telephone_number_is_known_by_the_digest_of_any_usual_spelling(
    written: Callable[[str, str, str], str], hashed: Callable[[str, str, str], str]
) -> None:
    pseudonymiser = Pseudonymiser(settings().key, 0, 1.0)
    named = {digest: token for digest, token, *_ in _aliases(_told("plain", 2 * _numbers(written)))}
    for number, plain in zip(_numbers(hashed), _numbers("{}{}{}".format), strict=True):
        digest = _token(pseudonymiser, hashlib.sha256(number.encode()).hexdigest())
        assert named[digest] == _token(pseudonymiser, plain)


@pytest.mark.parametrize("padded", ["{:012d}", "{:013d}", "00{:07d}", "0049{:09d}", "+{:06d}"])
def test_numbers_that_no_country_has_are_not_written_as_telephone_numbers(padded: str) -> None:
    told = _told("plain", [padded.format(number) for number in range(1_200_000, 1_200_150)])
    assert not any(preimage == Preimage.DIALLED for *_, preimage in _aliases(told))


def test_a_salted_digest_is_nobodys() -> None:
    salted = {hashlib.sha256(f"salt{person}".encode()).hexdigest() for person in _met()}
    pseudonymiser = Pseudonymiser(settings().key, 0, 1.0)
    tokens = {_token(pseudonymiser, digest) for digest in salted}
    assert not tokens & {digest for digest, *_ in _aliases(_told("plain", _met()))}


def test_aliases_are_of_the_sample_alone_and_digests_are_all() -> None:
    hashed = [hashlib.sha256(person.encode()).hexdigest() for person in _met()]
    plain, digested = _told("plain", _met(), theta=0.2), _told("hashed", hashed, theta=0.2)
    sampled = {row["token"] for run in plain for row in run.table()}
    assert {token for _, token, *_ in _aliases(plain)} <= sampled
    assert len(sampled) < 0.4 * len(PEOPLE)
    late = [run for run in digested if run.digests]
    assert sum(len(run.digest_table()) for run in late) > 0.8 * len(hashed)
    assert sum(len(run.table()) for run in late) < 0.4 * len(hashed)


def test_the_set_of_aliases_does_not_depend_on_the_cut() -> None:
    whole = _aliases(_told("plain", _met()))
    assert _aliases(_told("plain", _met(), size=7)) == whole
    assert _aliases(merged_sightings(_told("plain", _met(), size=7))) == whole


def test_an_alias_says_which_spelling_and_where_it_is_spelled_so() -> None:
    runs = _told("plain", ["T-0412017"] * 3 + _met())
    pseudonymiser = Pseudonymiser(settings().key, 0, 1.0)
    said = {(digest, preimage) for digest, _, _, _, preimage in _aliases(runs)}
    for spelling, preimage in (
        ("T-0412017", Preimage.AS_IS),
        ("t-0412017", Preimage.LOWER),
        ("412017", Preimage.CANONICAL),
    ):
        assert (_token(pseudonymiser, hashlib.sha256(spelling.encode()).hexdigest()), preimage) in said


def test_uuids_are_no_digests() -> None:
    rng = random.Random(2)
    runs = _told("events", [uuid.UUID(int=rng.getrandbits(128), version=4).hex for _ in range(300)])
    assert not any(run.digests for run in runs)
    assert sum(len(run.alias_table()) for run in runs) > 0


def test_ulids_are_no_digests() -> None:
    rng = random.Random(2)
    ulids = [f"evt_01{''.join(rng.choices('0123456789ABCDEFGHJKMNPQRSTVWXYZ', k=24))}" for _ in range(300)]
    assert not any(run.digests for run in (*_told("events", ulids), *_told("bare", [each[4:] for each in ulids])))


def test_nothing_raw_is_in_what_is_told() -> None:
    told = b"".join(run.rows + run.aliases + run.digests for run in _told("plain", _met()))
    for person in PEOPLE[:50]:
        plain = person.encode()
        for written in (plain, canonical(person), hashlib.sha256(plain).digest()[:8]):
            assert written not in told
