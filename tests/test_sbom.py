"""The bill of materials names what is installed, and nothing that changes from run to run."""

import json
from pathlib import Path
from typing import Any

import pytest

from deploy import sbom

LOCK = sbom.ROOT / "requirements.lock"


@pytest.fixture(scope="module")
def bill() -> dict[str, Any]:
    return sbom.bill(LOCK)


def test_every_line_of_the_lock_is_a_component_with_licence_and_checksums(
    bill: dict[str, Any],
) -> None:
    lines = LOCK.read_text(encoding="utf-8").splitlines()
    pinned = [line.split(" ")[0] for line in lines if line[:1].strip() not in ("", "#")]
    named = [f"{c['name']}=={c['version']}" for c in bill["components"]]
    assert sorted(named) == sorted(pinned)
    for component in bill["components"]:
        assert component["licenses"], component["name"]
        sums = component["externalReferences"][0]["hashes"]
        assert sums
        assert {len(one["content"]) for one in sums} == {64}


def test_the_application_is_the_root_and_needs_what_it_asks_for(bill: dict[str, Any]) -> None:
    root = bill["metadata"]["component"]
    assert (root["name"], root["type"]) == ("lotsenwerk", "application")
    graph = {one["ref"]: one["dependsOn"] for one in bill["dependencies"]}
    names = {sbom.split(url)[0] for url in graph["lotsenwerk"]}
    assert {"fastapi", "sqlmodel", "cryptography", "ortools"} <= names
    components = {c["bom-ref"] for c in bill["components"]}
    assert set(graph) - {"lotsenwerk"} <= components
    assert {ref for needed in graph.values() for ref in needed} <= components


def test_it_keeps_to_the_format_and_is_the_same_every_time(
    bill: dict[str, Any], tmp_path: Path
) -> None:
    sbom.main(tmp_path / "new" / "sbom.json")
    written = (tmp_path / "new" / "sbom.json").read_text(encoding="utf-8")
    assert json.loads(written) == bill
    assert "timestamp" not in written
    assert "serialNumber" not in written


def test_it_names_no_address_of_a_registry(bill: dict[str, Any]) -> None:
    assert "distribution" not in {
        ref["type"]
        for c in bill["components"]
        for ref in c["externalReferences"]
        if not ref["url"].startswith("pkg:pypi/")
    }
    links = [ref["url"] for c in bill["components"] for ref in c["externalReferences"]]
    assert all(link.startswith("pkg:pypi/") for link in links)


def test_control_what_breaks_the_format_is_not_written(bill: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="not a valid bill"):
        sbom.text_of(bill | {"components": [{"name": "ohne Art"}]})
