"""How fields are named in reports, and how far a walk goes."""

from __future__ import annotations

import pytest

from flowaudit.sources.tap.paths import EACH, KEY, MAX_LEAVES, Path, Root, Within, path_text, walk


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ((), "$"),
        (("guests", EACH, "id_no"), "$.guests[*].id_no"),
        (("a.b", "it's"), "$['a.b']['it\\'s']"),
        ((0,), "$[0]"),
        (("1", "2"), "$.1.2"),
        (("payload", Within.JSON, "id"), "$.payload.<json>.id"),
        (("payload", "<json>", "id"), "$.payload['<json>'].id"),
        (KEY, "$key"),
        ((Root.KEY, "tenant"), "$key.tenant"),
        ((Root.HEADERS, "x-user"), "$headers.x-user"),
    ],
)
def test_a_path_is_named(path: Path, text: str) -> None:
    assert path_text(path) == text


def test_a_walk_goes_on_inside_of_texts() -> None:
    document = {"a": '{"b": "[7, \\"{}\\"]"}', "c": "{no json}", "d": b'{"e": 1}', "f": b"\x01\x02", "g": None}
    assert dict(walk(document)) == {
        ("a", Within.JSON, "b", Within.JSON, EACH): 7,
        ("c",): "{no json}",
        ("d", Within.JSON, "e"): 1,
        ("f",): "0102",
    }


def test_a_walk_is_bounded() -> None:
    assert len(list(walk({str(n): n for n in range(10_000)}))) == MAX_LEAVES
    deep: object = 1
    for _ in range(50):
        deep = {"a": deep}
    assert list(walk(deep)) == []
