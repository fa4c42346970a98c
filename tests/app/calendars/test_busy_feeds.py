"""A volunteer's own calendar: taken in, read again and again, and given up."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any
from uuid import UUID

import pytest
import time_machine
from httpx import AsyncClient
from sqlalchemy import Engine
from sqlmodel import col, select

from app import db, jobs
from app.calendars import reading
from app.calendars.sentences import FAILURES
from app.clock import now
from app.fetching import Rules
from app.tables import AuditEvent, BusyFeed, BusySpan, Enrolment, JobState
from tests.app.calendars.subscribed import DAY, change
from tests.app.examples import HOUR
from tests.cast import Cast

INSIDE = "127.0.0.1"
SECRET = "privat-8f3a"
PRIVATE = f"https://calendar.example/{SECRET}.ics?key={SECRET}"


def entry(start: str, end: str, title: str = "Zahnarzt") -> bytes:
    """A calendar with one entry."""
    lines = [
        "BEGIN:VCALENDAR", "BEGIN:VEVENT", "UID:1@x", f"SUMMARY:{title}",
        f"DTSTART:{start}", f"DTEND:{end}", "END:VEVENT", "END:VCALENDAR", "",
    ]  # fmt: skip
    return "\r\n".join(lines).encode()


MORNING = entry("20270112T090000Z", "20270112T100000Z")


@dataclass
class Calendar:
    """A calendar server whose answer the tests set; a status beside 200 has no content."""

    content: bytes = MORNING
    status: int = 200
    etag: str = ""
    asked: list[dict[str, str]] = field(default_factory=list)
    while_asked: Callable[[], None] = lambda: None


@pytest.fixture
def server() -> Any:
    """A calendar server on loopback, and the rules that let only tests reach it."""
    calendar = Calendar()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            calendar.asked.append(dict(self.headers))
            calendar.while_asked()
            known = calendar.etag and self.headers.get("If-None-Match") == calendar.etag
            self.send_response(304 if known else calendar.status)
            if calendar.etag:
                self.send_header("ETag", calendar.etag)
            self.end_headers()
            if not known:
                self.wfile.write(calendar.content)

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    serving = ThreadingHTTPServer((INSIDE, 0), Handler)
    Thread(target=serving.serve_forever, daemon=True).start()
    yield calendar, serving.server_port
    serving.shutdown()
    serving.server_close()


@pytest.fixture
def calendar(server: Any) -> Calendar:
    """The calendar that is read."""
    found: Calendar = server[0]
    return found


@pytest.fixture
def rules(server: Any) -> Rules:
    """Every name leads to the calendar server."""
    return Rules(
        resolve=lambda _host, _port: [INSIDE],
        allowed=frozenset({INSIDE}),
        schemes=frozenset({"http"}),
        ports=frozenset({server[1]}),
    )


def path(cast: Cast, feed_id: str = "", name: str = "dilan") -> str:
    """Where her calendars are."""
    return f"/volunteers/{cast.volunteers[name]}/busy-feeds" + (f"/{feed_id}" if feed_id else "")


async def add(client: AsyncClient, cast: Cast, **body: str) -> dict[str, Any]:
    """Dilan's calendar, taken in."""
    sent = {"address": PRIVATE, "name": "Familie"} | body
    answer = await client.post(path(cast), json=sent, headers=cast.key("dilan"))
    assert answer.status_code == 201, answer.text
    made: dict[str, Any] = answer.json()
    return made


@pytest.fixture
def feed_id(engine: Engine, cast: Cast, server: Any) -> UUID:
    """A calendar of Dilan's at the server, with the job that reads it."""
    with db.transaction(engine) as session:
        feed = BusyFeed(
            volunteer_id=cast.volunteers["dilan"],
            address=f"http://calendar.example:{server[1]}/{SECRET}.ics",
            next_fetch_at=now(),
        )
        session.add(feed)
        session.flush()
        jobs.defer(session, reading.TASK, feed.id, due_at=feed.next_fetch_at)
        return feed.id


@pytest.fixture
def work(
    engine: Engine, rules: Rules, monkeypatch: pytest.MonkeyPatch, feed_id: UUID
) -> Callable[[], BusyFeed]:
    """Look what is due and read it; the calendar as it stands then."""
    monkeypatch.setitem(
        jobs.REGISTRY, reading.TASK, lambda where, subject: reading.read(where, subject, rules)
    )

    def run() -> BusyFeed:
        jobs.run_periodic(engine, "calendars.due")
        jobs.work_all(engine)
        with db.transaction(engine) as session:
            return session.get_one(BusyFeed, feed_id)

    return run


def spans(engine: Engine) -> list[str]:
    """Busy times as `0112 09:00-10:00`."""
    with db.transaction(engine) as session:
        rows = session.exec(select(BusySpan).order_by(col(BusySpan.starts_at))).all()
        return [f"{row.starts_at:%m%d %H:%M}-{row.ends_at:%H:%M}" for row in rows]


def waiting(engine: Engine) -> list[UUID]:
    """Calendars that are asked to be read."""
    with db.transaction(engine) as session:
        found = jobs.listed(session, JobState.WAITING)
        return [job.subject_id for job in found if job.name == reading.TASK]


async def test_her_calendar_is_taken_in_and_its_address_stays_hidden(
    client: AsyncClient, cast: Cast, engine: Engine
) -> None:
    made = await add(client, cast, address=PRIVATE.replace("https", "webcal"))
    assert made["host"] == "calendar.example"
    assert made["fetched_at"] is None
    hers = await client.get(path(cast), headers=cast.key("dilan"))
    office = await client.get(path(cast), headers=cast.key("amal"))
    (seen,) = office.json()["items"]
    assert (seen["id"], seen["host"], seen["name"]) == (made["id"], "", "")
    assert hers.json()["items"] == [made]
    assert SECRET not in f"{made}{hers.text}{office.text}"
    with db.transaction(engine) as session:
        assert session.get_one(BusyFeed, UUID(made["id"])).address == PRIVATE
    assert waiting(engine) == [UUID(made["id"])]


@pytest.mark.parametrize(
    ("address", "said"),
    [
        ("http://calendar.example/a.ics", "https://"),
        ("https://user:geheim@calendar.example/", "Passwort"),
        ("https://127.0.0.1/", "Internet"),
        ("https://localhost/", "Internet"),
        ("kein Kalender", "spaces"),
        ("calendar.example", "kopieren"),
    ],
)
async def test_an_address_that_is_none_is_refused_with_a_sentence(
    client: AsyncClient, cast: Cast, engine: Engine, address: str, said: str
) -> None:
    answer = await client.post(path(cast), json={"address": address}, headers=cast.key("dilan"))
    assert answer.status_code == 422
    assert said in answer.json()["detail"]
    assert "geheim" not in answer.text
    english = cast.key("dilan") | {"Accept-Language": "en"}
    other = await client.post(path(cast), json={"address": address}, headers=english)
    assert other.status_code == 422
    assert waiting(engine) == []


async def test_nobody_else_brings_in_her_calendar_and_the_office_may_take_it_away(
    client: AsyncClient, cast: Cast, engine: Engine
) -> None:
    for name, status in (("amal", 403), ("mirela", 404), ("nuru", 404), ("kofi", 404)):
        sent = {"address": PRIVATE}
        answer = await client.post(path(cast), json=sent, headers=cast.key(name))
        assert answer.status_code == status, name
    made = await add(client, cast)
    with db.transaction(engine) as session:
        session.add(
            BusySpan(
                volunteer_id=cast.volunteers["dilan"],
                busy_feed_id=UUID(made["id"]),
                starts_at=now(),
                ends_at=now() + HOUR,
            )
        )
    for name, status in (("mirela", 404), ("kofi", 404), ("amal", 204), ("amal", 404)):
        answer = await client.delete(path(cast, made["id"]), headers=cast.key(name))
        assert answer.status_code == status, name
    assert spans(engine) == []
    with db.transaction(engine) as session:
        said = session.exec(select(AuditEvent).where(AuditEvent.action == "busy_feed.remove")).one()
        assert (said.account_id, said.details) == (cast.accounts["amal"], {})


async def test_the_same_calendar_twice_and_a_sixth_are_refused(
    client: AsyncClient, cast: Cast
) -> None:
    await add(client, cast)
    again = await client.post(path(cast), json={"address": PRIVATE}, headers=cast.key("dilan"))
    assert (again.status_code, again.json()["type"]) == (409, "/problems/same-calendar")
    for number in range(4):
        await add(client, cast, address=f"https://calendar.example/{number}.ics")
    more = await client.post(
        path(cast), json={"address": "https://calendar.example/9.ics"}, headers=cast.key("dilan")
    )
    assert (more.status_code, more.json()["type"]) == (409, "/problems/too-many-calendars")


def test_a_reading_keeps_the_busy_times_and_says_when_the_next_is_due(
    engine: Engine, cast: Cast, calendar: Calendar, work: Callable[[], BusyFeed]
) -> None:
    feed = work()
    assert spans(engine) == ["0112 09:00-10:00"]
    assert (feed.fetched_at, feed.failure, feed.failures) == (now(), "", 0)
    assert feed.next_fetch_at == now() + timedelta(hours=2)
    assert waiting(engine) == []
    assert calendar.asked[0]["Host"].startswith("calendar.example")


def test_each_reading_replaces_the_one_before(
    engine: Engine, cast: Cast, calendar: Calendar, work: Callable[[], BusyFeed],
    clock: time_machine.Traveller,
) -> None:  # fmt: skip
    work()
    calendar.content = entry("20270113T090000Z", "20270113T100000Z")
    work()
    assert spans(engine) == ["0112 09:00-10:00"], "before its time nothing is read"
    clock.shift(timedelta(hours=2))
    work()
    assert spans(engine) == ["0113 09:00-10:00"]
    assert len(calendar.asked) == 2


def test_a_reading_that_broke_each_time_is_asked_for_again(
    engine: Engine, cast: Cast, calendar: Calendar, work: Callable[[], BusyFeed],
    clock: time_machine.Traveller, monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    with monkeypatch.context() as broken:
        broken.setattr(reading, "_keep", lambda *_: 1 / 0)
        for _ in range(jobs.MAX_ATTEMPTS):
            work()
            clock.shift(timedelta(minutes=1))
    with db.transaction(engine) as session:
        assert jobs.listed(session, JobState.FAILED)
    clock.shift(timedelta(minutes=5))
    assert work().fetched_at == now()
    assert spans(engine) == ["0112 09:00-10:00"]


def test_what_is_not_new_is_not_read_again_until_the_next_day(
    engine: Engine, cast: Cast, calendar: Calendar, work: Callable[[], BusyFeed],
    clock: time_machine.Traveller,
) -> None:  # fmt: skip
    calendar.etag = '"1"'
    work()
    sent = []
    for _ in range(13):
        clock.shift(timedelta(hours=2))
        assert work().failure == ""
        sent.append(calendar.asked[-1].get("If-None-Match"))
    assert sent[:11] == ['"1"'] * 11
    assert sent[11] is None
    assert sent[12] == '"1"'
    assert spans(engine) == ["0112 09:00-10:00"]


def test_failures_are_told_wait_longer_and_end_the_busy_times_after_a_week(
    engine: Engine, cast: Cast, calendar: Calendar, work: Callable[[], BusyFeed],
    clock: time_machine.Traveller,
) -> None:  # fmt: skip
    feed = work()
    begin = now()
    calendar.status = 503
    pauses = []
    for _ in range(6):
        clock.move_to(feed.next_fetch_at)
        feed = work()
        assert feed.failure == "status"
        pauses.append((feed.next_fetch_at - now()) / HOUR)
    assert pauses == [2, 4, 8, 16, 24, 24]
    assert feed.failures == 6
    while now() < begin + 7 * DAY:
        assert spans(engine) == ["0112 09:00-10:00"]
        clock.move_to(feed.next_fetch_at)
        feed = work()
    assert spans(engine) == []
    calendar.status = 200
    clock.move_to(feed.next_fetch_at)
    feed = work()
    assert (feed.failure, feed.failures) == ("", 0)


async def test_a_failure_is_a_sentence_for_her_and_for_the_office(
    client: AsyncClient, cast: Cast, calendar: Calendar, work: Callable[[], BusyFeed]
) -> None:
    calendar.content = b"<html>Bitte anmelden</html>"
    work()
    for name, locale, said in (
        ("dilan", "de", "kein Kalender"), ("amal", "en", "no calendar"),
    ):  # fmt: skip
        headers = cast.key(name) | {"Accept-Language": locale}
        (shown,) = (await client.get(path(cast), headers=headers)).json()["items"]
        assert shown["failure"] == "no_calendar"
        assert said in shown["failure_text"]


def test_every_failure_has_a_sentence_in_both_languages() -> None:
    from_code = {
        "address", "scheme", "password", "host", "unknown_host", "forbidden_host", "redirects",
        "too_slow", "certificate", "unreachable", "gone", "status", "packed", "too_large",
        "no_calendar", "cut_off", "too_many", "not_enrolled",
    }  # fmt: skip
    assert set(FAILURES) == from_code
    assert all(len(text) > 20 for pair in FAILURES.values() for text in pair)


def test_the_service_reads_nothing_on_its_own_machine(
    engine: Engine, cast: Cast, calendar: Calendar, feed_id: UUID
) -> None:
    jobs.work_all(engine)
    with db.transaction(engine) as session:
        assert session.get_one(BusyFeed, feed_id).failure == "scheme"
    assert calendar.asked == []


def test_neither_address_nor_titles_reach_the_log_or_the_queue(
    engine: Engine, cast: Cast, calendar: Calendar, work: Callable[[], BusyFeed],
    caplog: pytest.LogCaptureFixture, clock: time_machine.Traveller,
) -> None:  # fmt: skip
    caplog.set_level(1)
    for content in (MORNING, MORNING[:-20], b"", entry("x", "y")):
        calendar.content = content
        clock.move_to(work().next_fetch_at)
    assert "1 entries left out" in caplog.text, "control: the log is on"
    with db.transaction(engine) as session:
        said = str(jobs.listed(session))
    for secret in (SECRET, "Zahnarzt", "calendar.example"):
        assert secret not in caplog.text
        assert secret not in said


def test_of_two_readings_at_once_one_is_kept(
    engine: Engine, cast: Cast, calendar: Calendar, rules: Rules, work: Callable[[], BusyFeed],
    feed_id: UUID,
) -> None:  # fmt: skip
    def again() -> None:
        calendar.while_asked = lambda: None
        reading.read(engine, feed_id, rules)

    calendar.while_asked = again
    work()
    assert len(calendar.asked) == 2, "control: both were under way"
    assert spans(engine) == ["0112 09:00-10:00"]


def test_a_calendar_that_is_taken_away_is_read_no_more(
    engine: Engine, cast: Cast, calendar: Calendar, rules: Rules, feed_id: UUID
) -> None:
    def take_away() -> None:
        with db.transaction(engine) as session:
            session.delete(session.get_one(BusyFeed, feed_id))

    calendar.while_asked = take_away
    reading.read(engine, feed_id, rules)
    assert spans(engine) == []
    reading.read(engine, feed_id, rules)
    assert len(calendar.asked) == 1


def test_who_has_left_every_pool_is_not_read(
    engine: Engine, cast: Cast, calendar: Calendar, work: Callable[[], BusyFeed],
    clock: time_machine.Traveller,
) -> None:  # fmt: skip
    work()
    change(engine, Enrolment, cast.enrolments["dilan"], state="ended")
    clock.shift(timedelta(hours=2))
    feed = work()
    assert (feed.failure, spans(engine)) == ("not_enrolled", [])
    assert len(calendar.asked) == 1
    change(engine, Enrolment, cast.enrolments["dilan"], state="released")
    clock.shift(timedelta(hours=2))
    assert work().failure == ""
    assert spans(engine) == ["0112 09:00-10:00"]


async def test_she_may_have_it_read_again(
    client: AsyncClient, cast: Cast, engine: Engine, calendar: Calendar,
    work: Callable[[], BusyFeed], feed_id: UUID, clock: time_machine.Traveller,
) -> None:  # fmt: skip
    work()
    again = path(cast, f"{feed_id}/refresh")
    early = await client.post(again, headers=cast.key("dilan"))
    assert (early.status_code, early.json()["type"]) == (409, "/problems/read-just-now")
    clock.shift(timedelta(minutes=6))
    assert (await client.post(again, headers=cast.key("amal"))).status_code == 403
    assert (await client.post(again, headers=cast.key("dilan"))).status_code == 202
    work()
    assert len(calendar.asked) == 2
    clock.shift(timedelta(hours=2))
    work()
    assert len(calendar.asked) == 3
