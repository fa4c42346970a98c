"""The contract: committed, complete, and strict about what it takes."""

import json
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from app import access, db
from app.cli import cli
from app.errors import PROBLEM_RESPONSES, ApiError
from app.main import create_app

COMMITTED = Path(__file__).resolve().parent.parent / "openapi" / "openapi.json"
TAKES_FILES = "multipart/form-data"


@pytest.fixture(scope="module")
def document() -> dict[str, Any]:
    """The contract of the application as it stands."""
    return create_app(db.make_engine("sqlite://")).openapi()


def operations(document: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Every operation with its name."""
    for path, item in document["paths"].items():
        for method, details in item.items():
            yield f"{method.upper()} {path}", details


def test_the_committed_contract_is_the_one_that_is_served(document: dict[str, Any]) -> None:
    committed = json.loads(COMMITTED.read_text(encoding="utf-8"))
    assert committed == document, "run `lotsenwerk export-openapi` and commit the file"


def test_export_writes_exactly_the_committed_file(tmp_path: Path) -> None:
    runner, path = CliRunner(), tmp_path / "new" / "openapi.json"
    assert runner.invoke(cli, ["export-openapi", str(path)]).exit_code == 0
    assert path.read_bytes() == COMMITTED.read_bytes()
    assert runner.invoke(cli, ["export-openapi", str(path), "--check"]).exit_code == 0
    path.write_text("{}", encoding="utf-8")
    stale = runner.invoke(cli, ["export-openapi", str(path), "--check"])
    assert stale.exit_code == 1
    assert "not up to date" in stale.stderr


def test_every_operation_says_what_it_does(document: dict[str, Any]) -> None:
    for name, details in operations(document):
        assert details["summary"], name
        assert details["description"].endswith((".", "?", "!")), name
    ids = Counter(details["operationId"] for _, details in operations(document))
    assert [one for one, count in ids.items() if count > 1] == []


def test_every_operation_documents_its_problems(document: dict[str, Any]) -> None:
    for name, details in operations(document):
        if "/api/v1" not in name:
            continue
        for status in PROBLEM_RESPONSES:
            content = details["responses"][str(status)]["content"]
            schema = content["application/problem+json"]["schema"]
            assert schema == {"$ref": "#/components/schemas/Problem"}, name
    assert "Problem" in document["components"]["schemas"]
    assert "/problems/not-found" in document["x-problem-types"]


def problems(root: type[ApiError] = ApiError) -> Iterator[type[ApiError]]:
    """Every expected failure there is."""
    for child in root.__subclasses__():
        yield child
        yield from problems(child)


def test_a_problem_type_means_one_thing_and_says_it_in_two_languages(
    document: dict[str, Any],
) -> None:
    meant: dict[str, tuple[int, str]] = {}
    for kind in problems():
        if not kind.__module__.startswith("app."):
            continue
        means = (kind.status, kind.title)
        assert meant.setdefault(kind.slug, means) == means, f"{kind.slug}: two meanings"
        own_words = "detail" in vars(kind) or kind.de != ApiError.de
        assert own_words, f"{kind.__name__}: say in German and English what to do"
        assert (kind.__doc__ or "").strip().endswith("."), kind.__name__
    assert {f"/problems/{slug}" for slug in meant} <= set(document["x-problem-types"])


def test_a_problem_is_told_to_people_without_names_of_members() -> None:
    name = re.compile(r"[a-z]+_[a-z]+")
    assert name.search("Bitte sponsor_id angeben."), "control"
    for kind in problems():
        if not kind.__module__.startswith(("app.webhooks", "tests.")):
            for sentence in (kind.de, kind.en):
                assert not name.search(re.sub(r"{.*?}", "", sentence)), kind.__name__


def test_what_is_sent_to_receivers_is_in_the_contract(document: dict[str, Any]) -> None:
    ids = [item["post"]["operationId"] for item in document["webhooks"].values()]
    ids += [details["operationId"] for _, details in operations(document)]
    assert [one for one, count in Counter(ids).items() if count > 1] == []
    for name, item in document["webhooks"].items():
        assert item["post"]["description"].endswith("."), name
        content = item["post"]["requestBody"]["content"]["application/json"]
        shape = content["schema"]["$ref"].rpartition("/")[2]
        assert document["components"]["schemas"][shape]["properties"]["type"]["const"] == name


def test_bodies_refuse_unknown_members(document: dict[str, Any]) -> None:
    schemas = document["components"]["schemas"]
    seen = 0
    for name, details in operations(document):
        for kind, content in details.get("requestBody", {}).get("content", {}).items():
            if kind != TAKES_FILES:
                seen += 1
                loose = _loose(schemas, content["schema"])
                assert loose == [], name
    assert seen > 20


def _loose(schemas: dict[str, Any], schema: Any) -> list[str]:
    """Objects inside a body that take members nobody named."""
    if isinstance(schema, list):
        return [found for one in schema for found in _loose(schemas, one)]
    if not isinstance(schema, dict):
        return []
    if "$ref" in schema:
        return _loose(schemas, schemas[schema["$ref"].rpartition("/")[2]])
    here = [str(schema.get("title"))] if schema.get("type") == "object" else []
    if schema.get("additionalProperties") is False:
        here = []
    return here + [found for one in schema.values() for found in _loose(schemas, one)]


def test_every_reference_leads_somewhere(document: dict[str, Any]) -> None:
    text = json.dumps(document)
    schemas = document["components"]["schemas"]
    for part in text.split('"$ref": "#/components/schemas/')[1:]:
        assert part.partition('"')[0] in schemas


def test_lists_come_in_pages_of_at_most_200(document: dict[str, Any]) -> None:
    for name, details in operations(document):
        for parameter in details.get("parameters", []):
            if parameter["name"] == "limit":
                assert parameter["schema"]["maximum"] <= 200, name


def test_public_operations_are_few(document: dict[str, Any]) -> None:
    public = [
        name for name, _ in operations(document) if access.is_public(*name.split(" ", maxsplit=1))
    ]
    assert len(public) == 12


async def test_the_contract_is_served(client: Any, document: dict[str, Any]) -> None:
    answer = await client.get("/openapi.json")
    assert answer.json() == document
