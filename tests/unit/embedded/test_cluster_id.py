"""The cluster id: well-formed, new each time, and found again in a used logs folder."""

from __future__ import annotations

import base64
from pathlib import Path

from flowaudit.embedded.cluster_id import formatted_cluster_id, new_cluster_id


def test_a_new_id_is_128_bits_and_never_looks_like_an_option() -> None:
    ids = {new_cluster_id() for _ in range(500)}
    assert len(ids) == 500
    assert {len(base64.urlsafe_b64decode(f"{one}==")) for one in ids} == {16}
    assert not any(one.startswith("-") for one in ids)


def test_a_used_logs_folder_tells_its_id(tmp_path: Path) -> None:
    (tmp_path / "meta.properties").write_text("#\nnode.id=1\nversion=1\ncluster.id=Zm9v-_\n", encoding="utf-8")
    assert formatted_cluster_id(tmp_path) == "Zm9v-_"


def test_a_new_logs_folder_has_none(tmp_path: Path) -> None:
    assert formatted_cluster_id(tmp_path) is None
