"""Somebody is sought for a seat: one after another, in waves, all at once, until the last day."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Engine

from app import db, jobs
from app.main import create_app
from app.offers import answering, booking
from app.requests import ending, tasks
from app.searches import advancing
from app.tables import (
    AuditEvent,
    Institution,
    LedgerEntry,
    Message,
    Offer,
    Request,
    RequestOption,
    RequestState,
    Seat,
    Task,
    Volunteer,
)
from tests.app.examples import HOUR, MORNING, offer
from tests.app.searches import sought
from tests.cast import Cast

pytestmark = pytest.mark.usefixtures("jobs_known")
TOMORROW = datetime(2027, 1, 5, 10, 0, tzinfo=UTC)


@pytest.fixture(name="jobs_known")
def _jobs_known(engine: Engine) -> None:
    """Every job is registered."""
    create_app(engine)


def test_one_after_another_the_best_first(engine: Engine, cast: Cast, clock: Any) -> None:
    asked = sought.seat(engine, cast)
    search_id = sought.begin(engine, asked, "sequence")
    assert sought.pending(engine, asked) == ["dilan"], "she lives next door"
    sought.say_no(engine, asked)
    assert sought.pending(engine, asked) == ["mirela"]
    found = sought.search(engine, search_id)
    assert (found.state, found.wave) == ("running", 2)


def test_silence_goes_on_to_the_next_when_her_time_is_over(
    engine: Engine, cast: Cast, clock: Any
) -> None:
    asked = sought.seat(engine, cast)
    search_id = sought.begin(engine, asked, "sequence")
    ends = sought.offers(engine)[0].expires_at
    assert sought.search(engine, search_id).next_at == ends
    clock.move_to(ends - timedelta(minutes=1))
    jobs.work_all(engine)
    assert sought.pending(engine, asked) == ["dilan"]
    clock.move_to(ends + timedelta(seconds=1))
    jobs.work_all(engine)
    assert [o.state for o in sought.offers(engine)] == ["expired", "pending"]
    assert sought.pending(engine, asked) == ["mirela"]


def test_a_yes_ends_the_search(engine: Engine, cast: Cast, clock: Any) -> None:
    asked = sought.seat(engine, cast)
    search_id = sought.begin(engine, asked, "all")
    assert sorted(sought.pending(engine, asked)) == ["dilan", "mirela"]
    second = sought.offers(engine)[1]
    with db.transaction(engine) as session:
        answering.accept(session, None, session.get_one(Offer, second.id))
    jobs.work_all(engine)
    assert sought.search(engine, search_id).state == "filled"
    assert [o.state for o in sought.offers(engine)] == ["withdrawn", "accepted"]
    clock.shift(8 * 24 * 3600)
    jobs.work_all(engine)
    assert len(sought.offers(engine)) == 2
    ended = [e for e in sought.rows(engine, AuditEvent) if e.action == "search.filled"]
    assert [e.subject_id for e in ended] == [search_id]


def test_a_yes_without_a_search_ends_none(engine: Engine, cast: Cast) -> None:
    sought.begin(engine, sought.seat(engine, cast, MORNING + timedelta(days=1)), "all")
    asked = sought.seat(engine, cast)
    with db.transaction(engine) as session:
        booking.book_seat(
            session, None, asked.seat.id, asked.option.id, cast.volunteers["dilan"], mode="on_site"
        )
    assert "search.filled" not in {e.action for e in sought.rows(engine, AuditEvent)}


def test_waves_of_a_given_size(engine: Engine, cast: Cast, clock: Any) -> None:
    sought.crowd(engine, cast, "aram", "bero", "ciwan")
    asked = sought.seat(engine, cast)
    search_id = sought.begin(engine, asked, "waves", 2)
    first = sought.pending(engine, asked)
    assert len(first) == 2
    sought.decline(engine, sought.offers(engine)[0])
    assert sought.pending(engine, asked) == first[1:], "the wave is not over"
    sought.decline(engine, sought.offers(engine)[1])
    second = sought.pending(engine, asked)
    assert len(second) == 2
    assert not set(first) & set(second)
    assert sought.search(engine, search_id).wave == 2
    assert {o.wave for o in sought.offers(engine)} == {1, 2}


def test_waves_without_a_size_ask_few_when_there_is_time_and_more_when_it_runs_out(
    engine: Engine, cast: Cast, clock: Any
) -> None:
    sought.crowd(engine, cast, *(f"person{n}" for n in range(10)))
    calm = sought.seat(engine, cast, MORNING)
    sought.begin(engine, calm, "waves")
    hurried = sought.seat(engine, cast, datetime(2027, 1, 4, 12, 0, tzinfo=UTC))
    sought.begin(engine, hurried, "waves")
    few, many = (len(sought.pending(engine, one)) for one in (calm, hurried))
    assert 1 <= few < many


def test_nobody_is_asked_twice_for_the_same_seat(engine: Engine, cast: Cast, clock: Any) -> None:
    sought.crowd(engine, cast, "aram", "bero")
    asked = sought.seat(engine, cast)
    sought.begin(engine, asked, "sequence")
    for _ in range(6):
        sought.say_no(engine, asked)
    people = [o.volunteer_id for o in sought.offers(engine)]
    assert len(people) == len(set(people)) == 4


def test_a_question_the_office_took_back_is_not_put_again(
    engine: Engine, cast: Cast, clock: Any
) -> None:
    asked = sought.seat(engine, cast)
    sought.begin(engine, asked, "sequence")
    (first,) = sought.offers(engine)
    with db.transaction(engine) as session:
        answering.withdraw(session, None, session.get_one(Offer, first.id))
    jobs.work_all(engine)
    assert sought.pending(engine, asked) == ["mirela"]


def test_a_step_taken_again_changes_nothing(engine: Engine, cast: Cast, clock: Any) -> None:
    asked = sought.seat(engine, cast)
    search_id = sought.begin(engine, asked, "sequence")
    before = sought.search(engine, search_id)
    for _ in range(3):
        advancing.advance(engine, search_id)
    jobs.work_all(engine)
    assert sought.search(engine, search_id) == before
    assert len(sought.offers(engine)) == 1


def test_when_nobody_is_left_it_looks_again_and_at_last_says_why_in_time(
    engine: Engine, cast: Cast, clock: Any
) -> None:
    asked = sought.seat(engine, cast)
    search_id = sought.begin(engine, asked, "all")
    sought.say_no(engine, asked)
    found = sought.search(engine, search_id)
    assert found.state == "exhausted"
    assert found.act_by == datetime(2027, 1, 8, 9, 0, tzinfo=UTC), "two working days before"
    sought.crowd(engine, cast, "aram")
    clock.shift(3600)
    jobs.work_all(engine)
    assert sought.pending(engine, asked) == ["aram"], "somebody has joined"
    sought.say_no(engine, asked)
    clock.move_to(found.act_by - timedelta(minutes=1))
    jobs.work_all(engine)
    assert sought.search(engine, search_id).state == "exhausted"
    clock.move_to(found.act_by)
    jobs.work_all(engine)
    ended = sought.search(engine, search_id)
    assert ended.state == "unfilled"
    assert next(r["code"] for r in ended.reasons) == "declined_by_all"
    with db.transaction(engine) as session:
        request = session.get_one(Request, asked.request.id)
        assert (request.state, session.get_one(Seat, asked.seat.id).state) == (
            "unfilled",
            "cancelled",
        )
        assert request.end_reason == (
            "Wir haben alle gefragt, die infrage kommen. Niemand hat zugesagt."
        )
    (mail,) = sought.mails_about(engine, request)
    assert mail.recipient == "schule@example.org"
    assert "niemanden gefunden" in mail.body
    assert "Verschieben Sie den Termin" in mail.body
    for secret in ("Dilan", "Mirela", "Aram", "3 "):
        assert secret not in mail.body, "a no is nobody's business"
    assert sought.open_tasks(engine) == ["unfilled"]
    (task,) = sought.rows(engine, Task)
    question = tasks.question(task.code, task.params, "de")
    assert "am 12.01.2027 um 10:00, Kurdisch (Kurmandschi), wurde niemand gefunden" in question
    assert "Die Einrichtung bekommt eine Mail." in question


def test_an_institution_without_mail_is_called(engine: Engine, cast: Cast, clock: Any) -> None:
    asked = sought.seat(engine, cast, language="so")
    with db.transaction(engine) as session:
        sought.change(session, Institution, cast.school, email="")
    sought.begin(engine, asked, "sequence")
    clock.shift(4 * 24 * 3600 + 1)
    jobs.work_all(engine)
    task = next(one for one in sought.rows(engine, Task) if one.code == "unfilled")
    for locale, said in (("de", "Bitte dort anrufen"), ("en", "please call there")):
        assert said in tasks.question(task.code, task.params, locale)


def test_without_anybody_who_speaks_it_the_reason_is_the_language(
    engine: Engine, cast: Cast, clock: Any
) -> None:
    asked = sought.seat(engine, cast, language="so")
    search_id = sought.begin(engine, asked, "sequence")
    assert sought.search(engine, search_id).state == "exhausted"
    clock.shift(4 * 24 * 3600 + 1)
    jobs.work_all(engine)
    found = sought.search(engine, search_id)
    assert (found.state, found.reasons[0]["code"]) == ("unfilled", "no_language")
    (line,) = sought.rows(engine, LedgerEntry)
    assert (line.kind, line.subject_id, line.detail) == ("unfilled", asked.seat.id, "no_language")
    assert (line.language, line.institution_kind) == ("so", "primary_school")
    assert line.day == asked.option.day


def test_a_seat_given_up_twice_stands_in_the_books_once_with_its_last_reason(
    engine: Engine, cast: Cast, clock: Any
) -> None:
    asked = sought.seat(engine, cast, language="so")
    with db.transaction(engine) as session:
        at = {"sponsor_id": cast.wetterau, "request_id": asked.request.id}
        session.add(Seat(**at, role="interpreter", language="kmr", position=1, state="booked"))
    for _ in range(2):
        search_id = sought.begin(engine, asked, "sequence")
        clock.move_to(sought.search(engine, search_id).act_by + timedelta(minutes=1))
        jobs.work_all(engine)
        assert sought.search(engine, search_id).state == "unfilled"
        later = asked.option.starts_at + timedelta(days=14)
        times = {"starts_at": later, "ends_at": later + timedelta(hours=1)}
        with db.transaction(engine) as session:
            option = asked.option.id
            sought.change(session, RequestOption, option, day=later.date(), **times)
    lines = sought.rows(engine, LedgerEntry)
    assert [line.quantity for line in lines] == [1, -1, 1]
    assert lines[2].day == asked.option.day + timedelta(days=14)


def test_who_may_still_answer_is_waited_for_after_the_last_moment(
    engine: Engine, cast: Cast, clock: Any
) -> None:
    asked = sought.seat(engine, cast, datetime(2027, 1, 4, 12, 0, tzinfo=UTC))
    search_id = sought.begin(engine, asked, "sequence")
    found = sought.search(engine, search_id)
    assert found.act_by == datetime(2027, 1, 4, 10, 30, tzinfo=UTC), "half of what is left"
    clock.move_to(datetime(2027, 1, 4, 10, 15, tzinfo=UTC))
    sought.say_no(engine, asked)
    late = sought.offers(engine)[1]
    assert late.expires_at == datetime(2027, 1, 4, 10, 45, tzinfo=UTC), "half an hour at least"
    clock.move_to(found.act_by + timedelta(minutes=5))
    jobs.work_all(engine)
    assert sought.search(engine, search_id).state == "running"
    clock.move_to(late.expires_at)
    jobs.work_all(engine)
    assert sought.search(engine, search_id).state == "unfilled"


def test_a_request_with_others_booked_stays_and_the_office_decides(
    engine: Engine, cast: Cast, clock: Any
) -> None:
    asked = sought.seat(engine, cast, language="so")
    with db.transaction(engine) as session:
        at = {"sponsor_id": cast.wetterau, "request_id": asked.request.id}
        session.add(Seat(**at, role="interpreter", language="kmr", position=1, state="booked"))
    search_id = sought.begin(engine, asked, "sequence")
    clock.shift(4 * 24 * 3600 + 1)
    jobs.work_all(engine)
    assert sought.search(engine, search_id).state == "unfilled"
    with db.transaction(engine) as session:
        assert session.get_one(Request, asked.request.id).state == "open"
        assert session.get_one(Seat, asked.seat.id).state == "open"
    (mail,) = sought.mails_about(engine, asked.request)
    assert "Bei den anderen bleibt es" in mail.body
    assert sought.open_tasks(engine) == ["one_missing"]


def test_a_cancelled_seat_stops_its_search(engine: Engine, cast: Cast, clock: Any) -> None:
    asked = sought.seat(engine, cast)
    search_id = sought.begin(engine, asked, "sequence")
    with db.transaction(engine) as session:
        sought.change(session, Seat, asked.seat.id, state="cancelled")
    advancing.advance(engine, search_id)
    assert sought.search(engine, search_id).state == "stopped"


@pytest.mark.parametrize("waits", [False, True], ids=["asking", "for a question to be settled"])
def test_what_is_called_off_is_sought_no_more_at_once(
    engine: Engine, cast: Cast, clock: Any, waits: bool
) -> None:
    asked = sought.seat(engine, cast)
    if waits:
        with db.transaction(engine) as session:
            sought.change(session, Request, asked.request.id, state="needs_info")
    search_id = sought.begin(engine, asked, "sequence")
    with db.transaction(engine) as session:
        request = ending.lock(session, asked.request.id)
        ending.end(session, request, RequestState.CANCELLED, "Die Klasse ist krank.")
    jobs.work_all(engine)
    assert sought.search(engine, search_id).state == "stopped"


def test_an_open_question_until_the_last_moment_ends_the_search(
    engine: Engine, cast: Cast, clock: Any
) -> None:
    asked = sought.seat(engine, cast)
    with db.transaction(engine) as session:
        sought.change(session, Request, asked.request.id, state="needs_info")
    search_id = sought.begin(engine, asked, "sequence")
    clock.move_to(MORNING)
    advancing.advance(engine, search_id)
    assert sought.search(engine, search_id).state == "stopped"
    assert sought.mails_about(engine, asked.request) == []


def test_an_open_question_about_the_request_holds_the_search(
    engine: Engine, cast: Cast, clock: Any
) -> None:
    asked = sought.seat(engine, cast)
    with db.transaction(engine) as session:
        sought.change(session, Request, asked.request.id, state="needs_info")
    search_id = sought.begin(engine, asked, "sequence")
    assert sought.offers(engine) == []
    with db.transaction(engine) as session:
        sought.change(session, Request, asked.request.id, state="open")
    advancing.advance(engine, search_id)
    assert sought.pending(engine, asked) == ["dilan"]


def test_asked_at_night_she_hears_of_it_in_the_morning_and_her_time_begins_then(
    engine: Engine, cast: Cast, clock: Any
) -> None:
    clock.move_to(datetime(2027, 1, 4, 22, 0, tzinfo=UTC))
    asked = sought.seat(engine, cast)
    sought.begin(engine, asked, "sequence")
    morning = datetime(2027, 1, 5, 6, 0, tzinfo=UTC)
    (made,) = sought.offers(engine)
    assert made.expires_at >= morning + timedelta(hours=2)
    (message,) = [m for m in sought.rows(engine, Message) if m.subject_id == made.id]
    assert message.due_at == morning


def test_who_must_be_called_is_asked_in_the_wave_and_has_more_time(
    engine: Engine, cast: Cast, clock: Any
) -> None:
    sought.crowd(engine, cast, "aram", "bero")
    with db.transaction(engine) as session:
        sought.change(session, Volunteer, cast.volunteers["dilan"], phone_only=True, email="")
    asked = sought.seat(engine, cast)
    with db.transaction(engine) as session:
        sought.change(session, Seat, asked.seat.id, mode="phone")
    search_id = sought.begin(engine, asked, "waves", 3)
    made = [o.expires_at for o in sought.offers(engine)]
    ends = dict(zip(sought.pending(engine, asked), made, strict=True))
    assert "dilan" in ends
    quick = max(at for name, at in ends.items() if name != "dilan")
    assert ends["dilan"] > quick
    assert sought.search(engine, search_id).next_at == quick, "the others are not kept waiting"
    for offer_row, name in zip(sought.offers(engine), ends, strict=True):
        if name != "dilan":
            sought.decline(engine, offer_row)
    left = sought.pending(engine, asked)
    assert "dilan" in left, "hers is still open"
    assert len(left) == 2
    assert sought.search(engine, search_id).wave == 2


def test_open_questions_of_the_office_belong_to_the_search(
    engine: Engine, cast: Cast, clock: Any
) -> None:
    asked = sought.seat(engine, cast)
    with db.transaction(engine) as session:
        session.add(offer(asked, cast.volunteers["mirela"]))
    sought.begin(engine, asked, "sequence")
    assert sought.pending(engine, asked) == ["mirela"], "her answer comes first"
    sought.say_no(engine, asked)
    assert sought.pending(engine, asked) == ["dilan"]


def test_alternative_times_are_asked_as_long_as_the_institution_need_not_act(
    engine: Engine, cast: Cast, clock: Any
) -> None:
    asked = sought.seat(engine, cast)
    with db.transaction(engine) as session:
        later = RequestOption(
            **asked.option.model_dump(exclude={"id", "position", "starts_at", "ends_at", "day"}),
            position=1,
            day=asked.option.day + timedelta(days=7),
            starts_at=MORNING + 168 * HOUR,
            ends_at=MORNING + 169 * HOUR,
        )
        session.add(later)
        later_id = later.id
    search_id = sought.begin(engine, asked, "sequence")
    first = sought.search(engine, search_id)
    assert first.act_by > MORNING, "the last time that is possible counts"
    assert sought.offers(engine)[0].option_id == asked.option.id
    clock.move_to(MORNING - timedelta(hours=1))
    sought.say_no(engine, asked)
    jobs.work_all(engine)
    last = [o for o in sought.offers(engine) if o.state == "pending"]
    assert [o.option_id for o in last] == [later_id], "the first date is too near"
