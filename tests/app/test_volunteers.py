"""Looking after volunteers: who they are, what they speak, when they can."""

from typing import Any

import pytest
from httpx import AsyncClient, Response
from sqlalchemy import Engine
from sqlmodel import col, select

from app import db
from app.tables import AuditEvent, Message, Volunteer
from tests.cast import Cast

AYLA: dict[str, Any] = {
    "surname": "Muster",
    "given_name": "Ayla",
    "birth_date": "1990-02-03",
    "postal_code": "61169",
    "roles": ["interpreter"],
    "languages": [{"language": "tr", "level": "C1"}, {"language": "kmr"}],
}


async def add(client: AsyncClient, cast: Cast, **changes: Any) -> Response:
    """Amal takes somebody into the pool."""
    return await client.post("/volunteers", json=AYLA | changes, headers=cast.key("amal"))


async def change(
    client: AsyncClient, cast: Cast, name: str, who: str, path: str = "", **body: Any
) -> Response:
    """`name` changes what belongs to `who`, on the version that is current."""
    address = f"/volunteers/{cast.volunteers[who]}"
    read = await client.get(address, headers=cast.key("amal"))
    headers = cast.key(name) | {"If-Match": read.headers["etag"]}
    method = "PUT" if path else "PATCH"
    return await client.request(method, address + path, json=body, headers=headers)


async def test_a_new_volunteer_has_applied_and_is_found(client: AsyncClient, cast: Cast) -> None:
    made = await add(client, cast, iban="DE89 3704 0044 0532 0130 00")
    assert made.status_code == 201, made.text
    assert made.json()["enrolments"][0]["state"] == "applied"
    assert made.json()["iban_masked"] == "DE89 … 00"
    assert "370400" not in made.text
    read = await client.get(made.headers["location"][7:], headers=cast.key("amal"))
    assert read.json() == made.json()
    assert read.headers["etag"] == made.headers["etag"]
    for query in ("q=ayl", "q=MUST", "language=tr&q=Ayla", "state=applied&q=Ayla"):
        found = await client.get(f"/volunteers?{query}", headers=cast.key("amal"))
        assert [v["given_name"] for v in found.json()["items"]] == ["Ayla"], query


async def test_a_sign_in_a_search_is_a_letter_like_any_other(
    client: AsyncClient, cast: Cast
) -> None:
    for query in ("%25", "_", "x' OR '1'='1"):
        found = await client.get(f"/volunteers?q={query}", headers=cast.key("amal"))
        assert found.json()["items"] == [], query


@pytest.mark.parametrize(
    "name",
    [
        {"surname": "O'Brien", "given_name": "Nuala"},
        {"surname": "الأحمد", "given_name": "ليلى"},
        {"surname": "Mu\N{COMBINING DIAERESIS}ller", "given_name": "Zoë"},
        {"surname": "Madonna", "given_name": "–"},
    ],
)
async def test_names_are_kept_as_people_write_them(
    client: AsyncClient, cast: Cast, name: dict[str, str]
) -> None:
    made = (await add(client, cast, **name)).json()
    assert {key: made[key] for key in name} == name


@pytest.mark.parametrize(
    "same", [{}, {"surname": "MUSTER"}, {"given_name": " Ayla "}, {"postal_code": "61231"}]
)
async def test_the_same_name_and_birth_date_is_the_same_person(
    client: AsyncClient, cast: Cast, same: dict[str, str]
) -> None:
    assert (await add(client, cast)).status_code == 201
    again = await add(client, cast, **same)
    assert again.status_code == 409
    assert again.json()["type"] == "/problems/already-enrolled"
    assert "ist schon in diesem Pool" in again.json()["detail"]


async def test_the_same_name_with_another_birth_date_is_another_person(
    client: AsyncClient, cast: Cast
) -> None:
    assert (await add(client, cast)).status_code == 201
    assert (await add(client, cast, birth_date="1990-02-04")).status_code == 201


@pytest.mark.parametrize(
    ("wrong", "word"),
    [
        ({"iban": "DE88370400440532013000"}, "IBAN"),
        ({"iban": "DE89"}, "IBAN"),
        ({"iban": "hallo"}, "IBAN"),
        ({"postal_code": "00000"}, "00000"),
        ({"postal_code": "6116"}, "postal_code"),
        ({"postal_code": 61169}, "postal_code"),
        ({"languages": [{"language": "xx"}]}, "xx"),
        ({"languages": [{"language": "Türkisch"}]}, "language"),
        ({"languages": [{"language": "tr", "level": "sehr gut"}]}, "level"),
        ({"birth_date": "31.11.1990"}, "birth_date"),
        ({"birth_date": "1990-02-30"}, "birth_date"),
        ({"birth_date": "2031-01-01"}, "Geburtsdatum"),
        ({"birth_date": "0090-01-01"}, "Geburtsdatum"),
        ({"surname": "  "}, "surname"),
        ({"surname": "x" * 101}, "surname"),
        ({"roles": []}, "roles"),
        ({"roles": ["chief"]}, "roles"),
        ({"email": "kein"}, "email"),
        ({"email": "a@example.org, b@example.org"}, "email"),
        ({"email": "a@example.org\r\nBcc: b@example.org"}, "email"),
        ({"gender": "w"}, "gender"),
    ],
)
async def test_wrong_values_are_refused_with_a_sentence(
    client: AsyncClient, cast: Cast, engine: Engine, wrong: dict[str, Any], word: str
) -> None:
    answer = await add(client, cast, **wrong)
    assert answer.status_code == 422, answer.text
    assert word in answer.json()["detail"]
    with db.transaction(engine) as session:
        assert len(session.exec(select(Volunteer)).all()) == 4


async def test_a_place_outside_hessen_is_a_place(client: AsyncClient, cast: Cast) -> None:
    assert (await add(client, cast, postal_code="63739")).status_code == 201


async def test_an_availability_phrase_is_read_and_shown_back(
    client: AsyncClient, cast: Cast
) -> None:
    phrase = "Mo-Fr 8-12, Di auch 14-17"
    answer = await change(client, cast, "dilan", "dilan", "/availability", phrase=phrase)
    assert answer.status_code == 200, answer.text
    windows = {(w["weekday"], w["start_minute"], w["end_minute"]) for w in answer.json()["windows"]}
    assert windows == {(day, 480, 720) for day in range(5)} | {(1, 840, 1020)}
    understood = answer.json()["understood"]
    again = await change(client, cast, "dilan", "dilan", "/availability", phrase=understood)
    assert again.json() == answer.json(), "what is shown back is understood again"


@pytest.mark.parametrize(
    "phrase",
    [
        "mal so, mal so",
        "Mo-Fr 12-8",
        "immer wenn die Sonne scheint",
        "Mo 25-26",
        "Mo 8-12, und sonst mal so",
        "jede 9. Woche Mo 8-12",
        "Mo 8-12 ab 1.3.2027 bis 1.2.2027",
        "-",
    ],
)
async def test_an_unclear_phrase_changes_nothing(
    client: AsyncClient, cast: Cast, phrase: str
) -> None:
    path = f"/volunteers/{cast.volunteers['dilan']}"
    before = (await client.get(path, headers=cast.key("amal"))).json()
    answer = await change(client, cast, "amal", "dilan", "/availability", phrase=phrase)
    assert answer.status_code == 422
    assert "Nicht verstanden" in answer.json()["detail"]
    assert (await client.get(path, headers=cast.key("amal"))).json() == before


async def test_on_request_is_a_soft_window(client: AsyncClient, cast: Cast) -> None:
    answer = await change(client, cast, "amal", "dilan", "/availability", phrase="n. V.")
    assert {w["soft"] for w in answer.json()["windows"]} == {True}


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"phrase": "Mo 8-12", "windows": []},
        {"windows": [{"weekday": 0, "start_minute": 600, "end_minute": 600}]},
        {"windows": [{"weekday": 7, "start_minute": 0, "end_minute": 60}]},
        {"windows": [{"weekday": 0, "start_minute": 0, "end_minute": 1441}]},
    ],
)
async def test_windows_must_make_sense(
    client: AsyncClient, cast: Cast, body: dict[str, Any]
) -> None:
    answer = await change(client, cast, "amal", "dilan", "/availability", **body)
    assert answer.status_code == 422


async def test_absences_come_and_go(client: AsyncClient, cast: Cast) -> None:
    path = f"/volunteers/{cast.volunteers['dilan']}"
    body = {"first_day": "2027-02-01", "last_day": "2027-02-05", "reason": "Urlaub"}
    key = cast.key("dilan")
    made = await client.post(f"{path}/absences", json=body, headers=key)
    assert made.status_code == 201
    shown = (await client.get(path, headers=key)).json()["absences"]
    assert made.json() == shown[0] | {"work_outside": []}
    gone = f"{path}/absences/{made.json()['id']}"
    assert (await client.delete(gone, headers=key)).status_code == 204
    assert (await client.delete(gone, headers=key)).status_code == 404
    backwards = body | {"first_day": "2027-02-06"}
    refused = await client.post(f"{path}/absences", json=backwards, headers=key)
    assert refused.status_code == 422


async def test_languages_are_added_changed_and_taken_away(client: AsyncClient, cast: Cast) -> None:
    path = f"/volunteers/{cast.volunteers['dilan']}/languages"
    key = cast.key("amal")
    for level in ("B1", "C2"):
        body = {"language": "ar", "level": level}
        read = (await client.post(path, json=body, headers=key)).json()
        assert [s["level"] for s in read["languages"] if s["language"] == "ar"] == [level]
    assert (await client.delete(f"{path}/ar", headers=key)).status_code == 204
    assert (await client.delete(f"{path}/ar", headers=key)).status_code == 404


@pytest.mark.parametrize(
    ("path", "body", "word"),
    [
        ("trainings", {"role": "guide", "units": 24, "done_on": "2027-01-05"}, "Zukunft"),
        ("trainings", {"role": "guide", "units": 0, "done_on": "2026-01-05"}, "units"),
        ("clearances", {"kind": "conduct", "seen_on": "2027-01-05"}, "Zukunft"),
        (
            "clearances",
            {"kind": "conduct", "issued_on": "2026-06-02", "seen_on": "2026-06-01"},
            "Gesehen vor ausgestellt",
        ),
        (
            "clearances",
            {"kind": "conduct", "seen_on": "2026-06-01", "valid_to": "2026-05-01"},
            "Gültig",
        ),
        ("clearances", {"kind": "passport", "seen_on": "2026-06-01"}, "kind"),
    ],
)
async def test_papers_with_impossible_dates_are_refused(
    client: AsyncClient, cast: Cast, path: str, body: dict[str, Any], word: str
) -> None:
    address = f"/volunteers/{cast.volunteers['dilan']}/{path}"
    answer = await client.post(address, json=body, headers=cast.key("amal"))
    assert answer.status_code == 422
    assert word in answer.json()["detail"]


@pytest.mark.parametrize(
    ("more", "counts", "last_day"),
    [
        ({"kind": "conduct", "issued_on": "2026-09-01"}, True, "2031-12-01"),
        (
            {"kind": "conduct", "issued_on": "2026-09-01", "valid_to": "2028-01-31"},
            True,
            "2028-01-31",
        ),
        ({"kind": "conduct", "issued_on": "2026-08-31"}, False, "2031-12-01"),
        ({"kind": "conduct"}, False, "2031-12-01"),
        ({"kind": "measles"}, True, None),
    ],
)
async def test_of_a_paper_is_said_whether_it_counts_and_until_when(
    client: AsyncClient, cast: Cast, more: dict[str, Any], counts: bool, last_day: str | None
) -> None:
    path = f"/volunteers/{cast.volunteers['dilan']}/clearances"
    body = {"seen_on": "2026-12-01"} | more
    read = (await client.post(path, json=body, headers=cast.key("amal"))).json()
    [paper] = [one for one in read["clearances"] if one["seen_on"] == "2026-12-01"]
    assert (paper["counts"], paper["last_day"]) == (counts, last_day)


async def test_a_place_in_the_list_says_how_long_it_holds(client: AsyncClient, cast: Cast) -> None:
    path = f"/volunteers/{cast.volunteers['dilan']}"
    [place] = (await client.get(path, headers=cast.key("dilan"))).json()["enrolments"]
    year, day = place["listing_renewed_on"].split("-", 1)
    assert place["listed_until"] == f"{int(year) + 1}-{day}"


async def test_the_same_paper_seen_twice_on_one_day_is_refused(
    client: AsyncClient, cast: Cast
) -> None:
    path = f"/volunteers/{cast.volunteers['dilan']}/clearances"
    body = {"kind": "conduct", "issued_on": "2026-11-01", "seen_on": "2026-12-01"}
    first = await client.post(path, json=body, headers=cast.key("amal"))
    assert first.status_code == 201
    again = await client.post(path, json=body, headers=cast.key("amal"))
    assert again.status_code == 409
    assert again.headers["content-type"] == "application/problem+json"


async def test_volunteers_change_themselves_and_nobody_else(
    client: AsyncClient, cast: Cast
) -> None:
    assert (await change(client, cast, "dilan", "dilan", phone="0170 2")).status_code == 200
    assert (await change(client, cast, "mirela", "dilan", phone="0170 3")).status_code == 404
    moved = await change(client, cast, "dilan", "dilan", postal_code="63654", town="Büdingen")
    assert (moved.json()["postal_code"], moved.json()["town"]) == ("63654", "Büdingen")
    assert moved.json()["phone"] == "0170 2", "what was not sent stays"


async def test_releasing_is_for_coordinators_and_is_on_record(
    client: AsyncClient, cast: Cast, engine: Engine
) -> None:
    path = f"/enrolments/{cast.enrolments['oksana']}"
    read = await client.get(path, headers=cast.key("oksana"))
    tag = {"If-Match": read.headers["etag"]}
    body = {"state": "released", "roles": ["guide"]}
    refused = await client.patch(path, json=body, headers=cast.key("oksana") | tag)
    assert refused.status_code == 403
    made = await client.patch(path, json=body, headers=cast.key("amal") | tag)
    assert (made.json()["state"], made.json()["roles"]) == ("released", ["guide"])
    with db.transaction(engine) as session:
        events = session.exec(
            select(AuditEvent).where(col(AuditEvent.action) == "enrolment.update")
        ).all()
    assert [e.account_id for e in events] == [cast.accounts["amal"]]


async def test_who_has_left_is_no_longer_seen(client: AsyncClient, cast: Cast) -> None:
    path = f"/enrolments/{cast.enrolments['mirela']}"
    read = await client.get(path, headers=cast.key("amal"))
    headers = cast.key("amal") | {"If-Match": read.headers["etag"]}
    assert (await client.patch(path, json={"state": "ended"}, headers=headers)).status_code == 200
    gone = await client.get(f"/volunteers/{cast.volunteers['mirela']}", headers=cast.key("amal"))
    assert gone.status_code == 404
    assert (await client.get("/offers", headers=cast.key("mirela"))).status_code == 403


async def test_a_shared_volunteer_is_not_enrolled_twice_by_her_id(
    client: AsyncClient, cast: Cast
) -> None:
    nuru = {"surname": "Nuru-Beispiel", "given_name": "Nuru", "birth_date": "1985-05-17"}
    made = await add(client, cast, **nuru)
    assert made.status_code == 201, "another pool's people are nobody's business here"
    assert made.json()["id"] != str(cast.volunteers["nuru"])


async def test_she_is_told_what_became_of_her_account_and_when_it_is_paid(
    client: AsyncClient, cast: Cast, engine: Engine
) -> None:
    """Nobody waits for the first account that she enters herself; for any other one three days."""
    with db.transaction(engine) as session:
        for name in ("dilan", "mirela"):
            session.get_one(Volunteer, cast.volunteers[name]).iban = ""
    first, other = "DE89370400440532013000", "DE02120300000000202051"
    for who, whose, iban, told, waits in (
        ("dilan", "dilan", first, "eingetragen", False),
        ("dilan", "dilan", other, "geändert", True),
        ("dilan", "dilan", "", "gelöscht", False),
        ("dilan", "dilan", first, "eingetragen", True),
        ("amal", "mirela", first, "eingetragen", True),
    ):
        assert (await change(client, cast, who, whose, iban=iban)).status_code == 200
        with db.transaction(engine) as session:
            mail = session.exec(select(Message).order_by(col(Message.id).desc())).first()
            assert mail is not None
            assert told in mail.subject
            assert ("in drei Tagen" in mail.body) is waits, told
            assert iban[-4:] not in mail.body or not iban
