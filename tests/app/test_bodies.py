"""What a body may hold: days of our time, and no more letters than there is room for."""

from collections.abc import Iterator
from typing import Any

import pytest
from httpx import AsyncClient
from pydantic import BaseModel
from sqlalchemy import Engine
from sqlmodel import SQLModel

import app.main
from app import tables
from app.bodies import Strict
from app.grants import schemas as grants
from app.hours import schemas as hours
from app.institutions import schemas as institutions
from app.payouts import plan_schemas as plans
from app.requests import schemas as requests
from app.sponsors import schemas as sponsors
from app.volunteers import schemas as volunteers
from app.volunteers import schemas_times as times
from tests.app.examples import Examples, furnish
from tests.app.operations import Operation, address, contract, operations, rule, way_in
from tests.cast import Cast

STORED: dict[type[Strict], type[SQLModel]] = {
    institutions.InstitutionCreate: tables.Institution,
    institutions.InstitutionUpdate: tables.Institution,
    grants.NoticeCreate: tables.GrantNotice,
    grants.NoticeUpdate: tables.GrantNotice,
    grants.NoticeGrant: tables.GrantNotice,
    hours.Confirm: tables.ServiceRecord,
    hours.Dispute: tables.ServiceRecord,
    hours.Resolve: tables.ServiceRecord,
    plans.ChoiceCreate: tables.RatePlanChoice,
    requests.RequestCreate: tables.Request,
    requests.SeatWrite: tables.Seat,
    requests.TaskAnswer: tables.Seat,
    sponsors.PolicyWrite: tables.PolicyRule,
    times.AbsenceWrite: tables.Absence,
    times.ExtraTimeWrite: tables.ExtraTime,
    volunteers.LanguageWrite: tables.LanguageSkill,
    volunteers.VolunteerCreate: tables.Volunteer,
    volunteers.VolunteerUpdate: tables.Volunteer,
}
WIDER = {
    ("VolunteerCreate", "iban"): "written in groups of four, kept without blanks",
    ("VolunteerUpdate", "iban"): "written in groups of four, kept without blanks",
    ("SeatWrite", "language"): "a name as people write it, kept as its tag",
}
FAR = {"date": ("0001-01-01", "1999-12-31", "2200-01-01", "9999-12-31")}
FAR["date-time"] = ("0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00")


def _texts(body: type[BaseModel]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Members that take free text, with their rules."""
    for name, schema in body.model_json_schema()["properties"].items():
        for kind in [schema, *schema.get("anyOf", [])]:
            if kind.get("type") == "string" and not {"format", "enum", "const"} & set(kind):
                yield name, kind


def _bodies(root: type[Strict] = Strict) -> Iterator[type[Strict]]:
    for body in root.__subclasses__():
        yield body
        yield from _bodies(body)


def test_no_body_holds_more_than_its_column() -> None:
    wrong = {}
    for body, table in STORED.items():
        columns = table.__table__.columns  # type: ignore[attr-defined]
        for name, rules in _texts(body):
            room = getattr(columns[name].type, "length", None) if name in columns else None
            fits = (
                room is None or rules.get("maxLength", 0 if "pattern" in rules else 10**6) <= room
            )
            if not fits and (body.__name__, name) not in WIDER:
                wrong[body.__name__, name] = (rules, room)
    assert wrong == {}


def test_every_text_of_every_body_has_an_end() -> None:
    assert app.main.FEATURES, "all bodies are known"
    endless = [
        (body.__name__, name)
        for body in _bodies()
        for name, rules in _texts(body)
        if "maxLength" not in rules and any(sign in rules.get("pattern", "*") for sign in "*+")
    ]
    assert endless == []


@pytest.fixture
def examples(engine: Engine, cast: Cast) -> Examples:
    """One object of every kind."""
    return furnish(engine, cast)


def _timed(operation: Operation) -> Iterator[tuple[str, str]]:
    """Members of a body that take a day or a moment, and which of the two."""
    content = operation.details.get("requestBody", {}).get("content", {})
    reference = content.get("application/json", {}).get("schema", {}).get("$ref", "")
    schema = contract()["components"]["schemas"].get(reference.rpartition("/")[2], {})
    for name, member in schema.get("properties", {}).items():
        for kind in [member, *member.get("anyOf", [])]:
            if kind.get("format") in FAR and name != "birth_date":
                yield name, kind["format"]


async def test_days_far_away_are_refused_in_every_body(
    client: AsyncClient, cast: Cast, examples: Examples
) -> None:
    seen, wrong = 0, {}
    for operation in operations():
        made = rule(operation).body
        for name, kind in _timed(operation) if made else ():
            for value in FAR[kind]:
                body = (made(examples) if made else {}) | {name: value}
                key = cast.key(rule(operation).who[0])
                headers = way_in(operation, key) | {"If-Match": "*"}
                path = address(operation, examples.ids)
                answer = await client.request(operation.method, path, json=body, headers=headers)
                pointers = [e["pointer"] for e in answer.json().get("errors", [])]
                if f"/body/{name}" not in pointers:
                    wrong[operation.name, name, value] = answer.text[:200]
                seen += 1
    assert wrong == {}
    assert seen > 20


async def test_a_request_names_days_of_our_time_and_alternatives_near_its_first(
    client: AsyncClient, cast: Cast
) -> None:
    async def ask(*days: str) -> int:
        body = {
            "institution_id": str(cast.school),
            "times": [{"day": day, "start": "10:00"} for day in days],
            "duration_minutes": 60,
            "seats": [{"language": "kmr"}],
            "topic": "Elterngespräch",
        }
        answer = await client.post("/requests", json=body, headers=cast.key("amal"))
        return answer.status_code

    assert await ask("0001-01-01") == 422
    assert await ask("9999-12-31") == 422
    assert await ask("2027-01-12", "9999-12-31") == 422
    assert await ask("2027-01-12", "2027-03-14") == 422
    assert await ask("2027-01-12", "2027-03-13") == 201


async def test_moments_far_away_are_refused_in_addresses(client: AsyncClient, cast: Cast) -> None:
    for moment in ("0001-01-01T00:00:00%2B14:00", "9999-12-31T23:59:59-14:00"):
        answer = await client.get(f"/assignments?from={moment}", headers=cast.key("amal"))
        assert answer.status_code == 422, answer.text
