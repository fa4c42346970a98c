"""What a calendar says about appointments, and what it never says."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise
from uuid import UUID

import pytest
import time_machine
from httpx import AsyncClient
from sqlalchemy import Engine
from sqlmodel import select

from app import db
from app.calendars import publishing
from app.settings import get_settings
from app.tables import (
    Account,
    Assignment,
    Institution,
    Request,
    RequestOption,
    Row,
    Seat,
    Volunteer,
)
from tests.app.calendars.subscribed import DAY, change, events, subscribe
from tests.app.examples import HOUR, MORNING, Asking, Examples, asking, assignment, furnish
from tests.cast import Cast


@pytest.fixture
def examples(engine: Engine, cast: Cast) -> Examples:
    """One object of every kind: Dilan has one booking ahead and one behind her."""
    return furnish(engine, cast)


async def test_a_volunteer_sees_her_bookings_and_nothing_of_clients(
    client: AsyncClient, cast: Cast, engine: Engine, examples: Examples
) -> None:
    change(engine, Request, examples["request_id"], note="Mutter krank", contact_name="Frau Geheim")
    address = await subscribe(client, cast, "dilan")
    answer = await client.get(address)
    assert answer.headers["content-type"] == "text/calendar; charset=utf-8"
    assert "private" in answer.headers["cache-control"]
    found = await events(client, address)
    assert set(found) == {
        f"{examples['assignment_id']}@test",
        f"{examples['past_assignment_id']}@test",
    }
    booked = found[f"{examples['assignment_id']}@test"]
    assert booked["summary"] == "Einsatz Kurdisch (Kurmandschi) · Friedberg"
    assert booked["location"] == "Friedberg"
    assert booked["status"] == "CONFIRMED"
    assert (booked["start"], booked["end"]) == (MORNING + DAY, MORNING + DAY + HOUR)
    for secret in ("Elterngespr", "Mutter", "Geheim", "Löwenzahn", "Schulstr", "Selin"):
        assert secret not in answer.text.replace("\r\n ", "")


async def test_full_detail_adds_the_address_and_the_room_alone(
    client: AsyncClient, cast: Cast, engine: Engine, examples: Examples
) -> None:
    with db.transaction(engine) as session:
        for request in session.exec(select(Request)).all():
            request.room, request.note, request.contact_name = "203", "Mutter", "Frau Geheim"
            request.contact_phone = "06031 99"
            session.add(request)
    address = await subscribe(client, cast, "dilan", detail="full", name="Handy")
    found = await events(client, address)
    booked = found[f"{examples['assignment_id']}@test"]
    assert booked["summary"] == "Einsatz Kurdisch (Kurmandschi) · Löwenzahnschule"
    assert booked["location"] == "Löwenzahnschule, Schulstr. 1, 61169 Friedberg, Raum 203"
    shown = (await client.get(address)).text.replace("\r\n ", "")
    assert "X-WR-CALNAME:Handy" in shown
    for secret in ("Elterngespr", "Mutter", "Geheim", "06031", "Dilan", "Selin"):
        assert secret not in shown


async def test_a_place_whose_address_is_secret_stays_a_town(
    client: AsyncClient, cast: Cast, engine: Engine, examples: Examples
) -> None:
    change(engine, Institution, cast.school, kind="womens_counselling", name="Frauenhaus")
    address = await subscribe(client, cast, "dilan", detail="full")
    shown = (await client.get(address)).text.replace("\r\n ", "")
    assert "Frauenhaus" not in shown
    assert "Schulstr" not in shown
    assert "Einsatz Kurdisch (Kurmandschi) · Friedberg" in shown


async def test_the_office_sees_open_and_settled_seats_with_given_names_only_on_wish(
    client: AsyncClient, cast: Cast, examples: Examples
) -> None:
    minimal = await events(client, await subscribe(client, cast, "amal"))
    full = await events(client, await subscribe(client, cast, "amal", detail="full"))
    assert set(minimal) == set(full)
    open_seat = f"{examples['seat_id']}-0@test"
    assert minimal[open_seat]["status"] == "TENTATIVE"
    assert minimal[open_seat]["summary"] == "offen: Einsatz Kurdisch (Kurmandschi) · Friedberg"
    said = {one["summary"] for one in full.values() if one["status"] == "CONFIRMED"}
    assert said == {"Einsatz Kurdisch (Kurmandschi) · Löwenzahnschule · Dilan"}
    assert not any("Dilan" in one["summary"] for one in minimal.values())
    shown = str(full)
    assert "Beispiel" not in shown
    assert "Rhön" not in shown


async def test_english_accounts_get_english_calendars(
    client: AsyncClient, cast: Cast, engine: Engine, examples: Examples
) -> None:
    change(engine, Account, cast.accounts["dilan"], locale="en")
    address = await subscribe(client, cast, "dilan")
    found = await events(client, address)
    said = found[f"{examples['assignment_id']}@test"]["summary"]
    assert said == "Appointment Northern Kurdish · Friedberg"
    assert "X-WR-CALNAME:Lotsenwerk: My appointments" in (await client.get(address)).text


async def test_a_booking_by_phone_has_no_place(
    client: AsyncClient, cast: Cast, engine: Engine, examples: Examples
) -> None:
    change(engine, Assignment, examples["assignment_id"], mode="phone")
    found = await events(client, await subscribe(client, cast, "dilan", detail="full"))
    booked = found[f"{examples['assignment_id']}@test"]
    assert (booked["summary"], booked["location"]) == (
        "Einsatz Kurdisch (Kurmandschi) · am Telefon",
        "",
    )


async def test_every_change_raises_the_number_and_it_never_falls(
    client: AsyncClient, cast: Cast, engine: Engine, examples: Examples,
    clock: time_machine.Traveller,
) -> None:  # fmt: skip
    address = await subscribe(client, cast, "dilan", detail="full")
    key = f"{examples['assignment_id']}@test"
    with db.transaction(engine) as session:
        booked = session.get_one(Assignment, UUID(examples["assignment_id"]))
        seat = session.get_one(Seat, booked.seat_id)
        request_id = seat.request_id
    changes: list[tuple[type[Row], str | UUID, dict[str, object]]] = [
        (Request, request_id, {"room": "101"}),
        (Request, request_id, {"room": "102"}),
        (Institution, cast.school, {"street": "Neue Str. 5"}),
        (Seat, seat.id, {"language": "ku"}),
        (Assignment, booked.id, {"ends_at": booked.ends_at + HOUR}),
        (Assignment, booked.id, {"mode": "phone"}),
        (Assignment, booked.id, {"state": "cancelled_late"}),
    ]
    seen = [(await events(client, address))[key]]
    for table, row_id, values in changes:
        clock.shift(timedelta(seconds=1))
        change(engine, table, row_id, **values)
        seen.append((await events(client, address))[key])
    numbers = [one["sequence"] for one in seen]
    assert numbers == sorted(set(numbers)), "each change is a higher number"
    told = [{k: v for k, v in one.items() if k != "sequence"} for one in seen]
    assert all(a != b for a, b in pairwise(told)), "control: each was a change"
    clock.shift(DAY)
    assert (await events(client, address))[key]["sequence"] == numbers[-1]


async def test_the_number_of_a_seat_does_not_fall_when_it_is_open_again(
    client: AsyncClient, cast: Cast, engine: Engine, examples: Examples,
    clock: time_machine.Traveller,
) -> None:  # fmt: skip
    address = await subscribe(client, cast, "amal", detail="full")
    with db.transaction(engine) as session:
        booked = session.get_one(Assignment, UUID(examples["assignment_id"]))
    key = f"{booked.seat_id}-0@test"
    seen = []

    async def look() -> None:
        seen.append((await events(client, address))[key])

    await look()
    clock.shift(HOUR)
    change(engine, Assignment, booked.id, state="cancelled_early")
    change(engine, Seat, booked.seat_id, state="open")
    await look()
    clock.shift(HOUR)
    with db.transaction(engine) as session:
        values = booked.model_dump(exclude={"id", "created_at", "updated_at", "volunteer_id"})
        session.add(Assignment(**values, volunteer_id=cast.volunteers["mirela"]))
    change(engine, Seat, booked.seat_id, state="booked")
    await look()
    assert [one["status"] for one in seen] == ["CONFIRMED", "TENTATIVE", "CONFIRMED"]
    assert [one["summary"].rpartition(" ")[2] for one in seen] == [
        "Dilan", "Löwenzahnschule", "Mirela",
    ]  # fmt: skip
    numbers = [one["sequence"] for one in seen]
    assert numbers == sorted(set(numbers))


async def test_when_one_time_is_chosen_the_others_are_taken_away(
    client: AsyncClient, cast: Cast, engine: Engine, examples: Examples
) -> None:
    with db.transaction(engine) as session:
        made = asking(session, cast.wetterau, cast.school, MORNING + 3 * DAY)
        values = made.option.model_dump(exclude={"id", "position", "starts_at", "ends_at"})
        session.add(
            RequestOption(
                **values, position=1, starts_at=MORNING + 4 * DAY, ends_at=MORNING + 4 * DAY + HOUR
            )
        )
    address = await subscribe(client, cast, "amal")
    first, second = (f"{made.seat.id}-{n}@test" for n in (0, 1))
    found = await events(client, address)
    assert {found[first]["status"], found[second]["status"]} == {"TENTATIVE"}
    with db.transaction(engine) as session:
        session.add(assignment(made, cast.volunteers["dilan"]))
    change(engine, RequestOption, made.option.id, chosen=True)
    change(engine, Seat, made.seat.id, state="booked")
    found = await events(client, address)
    assert (found[first]["status"], found[second]["status"]) == ("CONFIRMED", "CANCELLED")
    assert found[second]["summary"].startswith("Abgesagt: ")
    change(engine, Request, made.request.id, state="cancelled")
    found = await events(client, address)
    assert {found[first]["status"], found[second]["status"]} == {"CANCELLED"}


async def test_what_was_cancelled_is_sent_for_sixty_days(
    client: AsyncClient, cast: Cast, engine: Engine, examples: Examples,
    clock: time_machine.Traveller,
) -> None:  # fmt: skip
    address = await subscribe(client, cast, "dilan")
    key = f"{examples['assignment_id']}@test"
    change(engine, Assignment, examples["assignment_id"], state="cancelled_early")
    found = await events(client, address)
    assert (found[key]["status"], found[key]["summary"]) == (
        "CANCELLED", "Abgesagt: Einsatz Kurdisch (Kurmandschi) · Friedberg",
    )  # fmt: skip
    clock.move_to(MORNING + DAY + 59 * DAY)
    assert key in await events(client, address)
    clock.move_to(MORNING + DAY + 61 * DAY)
    assert key not in await events(client, address)


async def test_ninety_days_back_and_four_hundred_ahead(
    client: AsyncClient, cast: Cast, engine: Engine, clock: time_machine.Traveller
) -> None:
    present = datetime(2027, 1, 4, 9, 0, tzinfo=UTC)
    made: dict[int, Asking] = {}
    with db.transaction(engine) as session:
        for days in (-91, -89, 0, 399, 401):
            made[days] = asking(
                session, cast.wetterau, cast.school, present + days * DAY, seat_state="booked"
            )
            session.add(assignment(made[days], cast.volunteers["dilan"]))
    hers = await events(client, await subscribe(client, cast, "dilan"))
    assert sorted((one["start"] - present).days for one in hers.values()) == [-89, 0, 399]
    ours = await events(client, await subscribe(client, cast, "amal"))
    assert set(ours) == {f"{made[days].seat.id}-0@test" for days in (-89, 0, 399)}


async def test_her_calendar_shows_every_pool(
    client: AsyncClient, cast: Cast, engine: Engine, examples: Examples
) -> None:
    with db.transaction(engine) as session:
        made = asking(session, cast.fulda, cast.school_fulda, MORNING + 5 * DAY)
        session.add(assignment(made, cast.volunteers["dilan"]))
    assert len(await events(client, await subscribe(client, cast, "dilan"))) == 3
    ours = await events(client, await subscribe(client, cast, "amal"))
    assert not any(str(made.seat.id) in key for key in ours)


def test_the_ids_carry_the_name_of_the_service(
    monkeypatch: pytest.MonkeyPatch, cast: Cast, engine: Engine, examples: Examples
) -> None:
    monkeypatch.setenv("LOTSENWERK_BASE_URL", "https://lotsen.example:8443/pool")
    get_settings.cache_clear()
    with db.open_session(engine, read_only=True) as session:
        db.set_scope(session, db.SYSTEM)
        volunteer = session.get_one(Volunteer, cast.volunteers["dilan"])
        (one, *_) = publishing.visits.of_volunteer(session, volunteer.id, MORNING)
        entry = publishing.entry(one, "minimal", "de", publishing.calendars.host())
    assert entry.uid.endswith("@lotsen.example")
    get_settings.cache_clear()
