"""An institution that says nothing is reminded twice; then the office hears of it. Once each."""

import threading
from datetime import date, datetime, timedelta
from uuid import UUID

import time_machine
from httpx import AsyncClient
from sqlalchemy import Engine
from sqlmodel import col, select, update

from app import db
from app.hours import details, reminders
from app.tables import ClosedMonth, Institution, Message, ServiceRecord, SignedLink, Task
from tests.app.hours.bookings import at, book
from tests.app.test_races import in_threads
from tests.cast import Cast

SUNDAY = date(2027, 1, 3)


async def reported(client: AsyncClient, cast: Cast, engine: Engine) -> str:
    """The id of an hour that Dilan reported today."""
    booking = book(engine, cast, at(SUNDAY, "10:00"))
    sent = {
        "assignment_id": str(booking.id),
        "started_at": booking.starts_at.isoformat(),
        "ended_at": booking.ends_at.isoformat(),
    }
    made = await client.post("/service-records", json=sent, headers=cast.key("dilan"))
    read: str = made.json()["id"]
    return read


def address(engine: Engine, cast: Cast, email: str) -> None:
    """The school's address, or that it has none."""
    with db.transaction(engine) as session:
        session.exec(
            update(Institution).where(col(Institution.id) == cast.school).values(email=email)
        )


def asked(engine: Engine) -> list[str]:
    """The subjects of the mails that ask the school to confirm."""
    query = select(Message.subject).where(col(Message.event) == "confirm_record")
    with db.transaction(engine) as session:
        return list(session.exec(query.order_by(col(Message.id))).all())


def questions(engine: Engine) -> list[tuple[str, str]]:
    """Code and state of what the office is asked about records."""
    query = select(Task.code, Task.state).where(col(Task.code).startswith("silent"))
    with db.transaction(engine) as session:
        return [tuple(row) for row in session.exec(query).all()]


def history(engine: Engine, clock: time_machine.Traveller, days: int) -> list[tuple[int, int]]:
    """How many mails and questions there are after each day, looking every hour twice."""
    began, found = datetime.now().astimezone(), []
    for day in range(1, days + 1):
        clock.move_to(began + timedelta(days=day), tick=False)
        for _ in range(2):
            reminders.see_to_silence(engine)
        found.append((len(asked(engine)), len(questions(engine))))
    return found


async def test_reminders_on_day_3_and_7_and_then_the_office(
    client: AsyncClient, cast: Cast, engine: Engine, clock: time_machine.Traveller
) -> None:
    await reported(client, cast, engine)
    mails_and_questions = history(engine, clock, 10)
    assert [mails for mails, _ in mails_and_questions] == [1, 1, 2, 2, 2, 2, 3, 3, 3, 3]
    assert [tasks for _, tasks in mails_and_questions] == [0, 0, 0, 0, 0, 0, 0, 1, 1, 1]
    assert [one.startswith("Erinnerung") for one in asked(engine)] == [False, True, True]


async def test_each_reminder_has_a_link_that_confirms(
    client: AsyncClient, cast: Cast, engine: Engine, clock: time_machine.Traveller
) -> None:
    record_id = await reported(client, cast, engine)
    history(engine, clock, 7)
    with db.transaction(engine) as session:
        assert len(session.exec(select(SignedLink)).all()) == 3
        mail = session.exec(select(Message).order_by(col(Message.id).desc())).first()
        assert mail is not None
        path = next(word for word in mail.body.split() if "/c/" in word)
    page = await client.post(path, data={"answer": "yes", "minutes": "60"})
    assert page.status_code == 200
    read = await client.get(f"/service-records/{record_id}", headers=cast.key("amal"))
    assert read.json()["state"] == "confirmed"


async def test_nobody_is_reminded_of_what_is_answered(
    client: AsyncClient, cast: Cast, engine: Engine, clock: time_machine.Traveller
) -> None:
    record_id = await reported(client, cast, engine)
    answer = {"minutes": 30, "reason": "war kürzer"}
    path = f"/service-records/{record_id}/dispute"
    assert (await client.post(path, json=answer, headers=cast.key("selin"))).status_code == 200
    assert history(engine, clock, 9)[-1] == (1, 0)


async def test_an_answer_closes_the_question_to_the_office(
    client: AsyncClient, cast: Cast, engine: Engine, clock: time_machine.Traveller
) -> None:
    record_id = await reported(client, cast, engine)
    history(engine, clock, 8)
    tasks = (await client.get("/tasks", headers=cast.key("amal"))).json()["items"]
    (question,) = [one["question"] for one in tasks if one["code"] == "silent:record"]
    assert "mit einem Grund selbst bestätigen" in question
    body = {"minutes": 60, "reason": "Schule antwortet nicht"}
    path = f"/service-records/{record_id}/confirm"
    assert (await client.post(path, json=body, headers=cast.key("amal"))).status_code == 200
    assert questions(engine) == [("silent:record", "resolved")]
    reminders.see_to_silence(engine)
    assert questions(engine) == [("silent:record", "resolved")]


async def test_a_place_without_an_address_is_a_question_at_once(
    client: AsyncClient, cast: Cast, engine: Engine, clock: time_machine.Traveller
) -> None:
    address(engine, cast, "")
    await reported(client, cast, engine)
    reminders.see_to_silence(engine)
    assert questions(engine) == [("silent:address", "open")]
    assert history(engine, clock, 9)[-1] == (1, 1)


async def test_nobody_is_reminded_of_a_month_that_is_closed(
    client: AsyncClient, cast: Cast, engine: Engine, clock: time_machine.Traveller
) -> None:
    await reported(client, cast, engine)
    with db.transaction(engine) as session:
        closed = ClosedMonth(sponsor_id=cast.wetterau, month=SUNDAY.replace(day=1))
        session.add(closed)
    assert history(engine, clock, 9)[-1] == (1, 0)
    with db.transaction(engine) as session:
        session.exec(update(ClosedMonth).values(reopened_at=datetime.now().astimezone()))
    reminders.see_to_silence(engine)
    assert (len(asked(engine)), len(questions(engine))) == (2, 1)


async def test_after_a_long_standstill_one_mail_stands_for_both(
    client: AsyncClient, cast: Cast, engine: Engine, clock: time_machine.Traveller
) -> None:
    await reported(client, cast, engine)
    clock.shift(timedelta(days=7, hours=1))
    reminders.see_to_silence(engine)
    assert len(asked(engine)) == 2
    with db.transaction(engine) as session:
        assert session.exec(select(ServiceRecord.reminders)).one() == 2


async def test_two_workers_at_once_remind_and_ask_once(
    client: AsyncClient, cast: Cast, engine: Engine, clock: time_machine.Traveller
) -> None:
    await reported(client, cast, engine)
    clock.shift(timedelta(days=8))
    in_threads(lambda _: reminders.see_to_silence(engine), range(2))
    assert (len(asked(engine)), len(questions(engine))) == (2, 1)


async def test_control_who_looks_first_and_counts_later_reminds_twice(
    client: AsyncClient, cast: Cast, engine: Engine, clock: time_machine.Traveller
) -> None:
    record_id = UUID(await reported(client, cast, engine))
    clock.shift(timedelta(days=8))
    both_looked = threading.Barrier(2)

    def careless(_number: int) -> None:
        with db.open_session(engine, read_only=True) as session:
            db.set_scope(session, db.SYSTEM)
            before = session.get_one(ServiceRecord, record_id).reminders
        both_looked.wait(timeout=20)
        with db.transaction(engine) as session:
            its = col(ServiceRecord.id) == record_id
            session.exec(update(ServiceRecord).where(its).values(reminders=before))
            record = session.get_one(ServiceRecord, record_id)
            reminders._remind(session, details.load(session, [record])[0])  # noqa: SLF001

    in_threads(careless, range(2))
    assert len(asked(engine)) == 3
