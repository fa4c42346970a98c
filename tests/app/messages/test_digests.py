"""Once a day in one mail: for those who want it so, and only what can wait."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import Engine
from sqlmodel import select

from app import db, jobs
from app.clock import now
from app.messages import digests, telling
from app.tables import Event, Message, MessageState
from tests.app.examples import MORNING
from tests.app.messages.conftest import Talk
from tests.app.messages.servers import Post
from tests.cast import Cast

FIVE = datetime(2027, 1, 4, 16, 0, tzinfo=UTC)
"""Five in the afternoon in Hessen."""


def gather(talk: Talk) -> None:
    digests.gather(talk.engine)
    talk.work()


def test_everything_in_one_mail(talk: Talk, post: Post) -> None:
    talk.wish(Event.OFFER, "mail", digest=True)
    talk.wish(Event.BOOKED, "mail", digest=True)
    expires = datetime(2027, 1, 6, tzinfo=UTC)
    first = talk.ask(starts_at=MORNING, expires_at=expires)
    second = talk.tell(Event.BOOKED, starts_at=MORNING, subject="Zusage: Mittwoch")
    talk.work()
    assert [talk.message(one).state for one in (first, second)] == ["held", "held"]
    assert talk.message(first).due_at == FIVE
    gather(talk)
    assert post.taken == [], "not before its hour"
    talk.clock.move_to(FIVE)
    gather(talk)
    (arrived,) = post.mails
    assert arrived["Subject"] == "Ihre Nachrichten: 2"
    plain, page = arrived.get_body(("plain",)), arrived.get_body(("html",))
    assert plain is not None
    assert page is not None
    assert "■ Zusage: Mittwoch" in plain.get_content()
    assert plain.get_content().count("Hallo Dilan") == 0
    assert plain.get_content().count("lw_geheimes-wort") == 2
    assert "<h2" in page.get_content()
    for one in (first, second):
        message = talk.message(one)
        assert (message.state, message.sent_at) == (MessageState.SENT, now())
        assert message.digest_id == talk.messages()[-1].id
        assert "lw_" not in message.body
    assert "lw_" not in talk.messages()[-1].body
    gather(talk)
    assert len(post.taken) == 1


@pytest.mark.parametrize(
    ("starts_at", "expires_at", "state"),
    [
        (datetime(2027, 1, 5, 15, 59, tzinfo=UTC), None, "sent"),
        (datetime(2027, 1, 5, 16, 0, tzinfo=UTC), None, "held"),
        (MORNING, datetime(2027, 1, 4, 17, 59, tzinfo=UTC), "sent"),
        (MORNING, datetime(2027, 1, 4, 18, 0, tzinfo=UTC), "held"),
    ],
)
def test_what_is_soon_does_not_wait(
    talk: Talk,
    post: Post,
    starts_at: datetime,
    expires_at: datetime | None,
    state: str,
) -> None:
    for event in (Event.OFFER, Event.CHANGED):
        talk.wish(event, "mail", digest=True)
    if expires_at:
        message_id = talk.ask(starts_at=starts_at, expires_at=expires_at)
    else:
        message_id = talk.tell(Event.CHANGED, starts_at=starts_at)
    talk.work()
    assert talk.message(message_id).state == state


def test_what_is_settled_meanwhile_is_left_out(talk: Talk, post: Post) -> None:
    talk.wish(Event.OFFER, "mail", digest=True)
    expires = datetime(2027, 1, 6, tzinfo=UTC)
    offer_id = talk.offer(expires_at=expires)
    gone = talk.tell(subject_id=offer_id, starts_at=MORNING)
    stays = talk.ask(expires_at=expires)
    talk.work()
    talk.answer(offer_id, "withdrawn")
    talk.clock.move_to(FIVE)
    gather(talk)
    assert talk.message(gone).state == MessageState.DROPPED
    assert talk.message(stays).state == MessageState.SENT
    assert post.mails[0]["Subject"] == "Ihre Nachricht"


def test_nothing_is_sent_when_nothing_is_left(talk: Talk, post: Post) -> None:
    talk.wish(Event.OFFER, "mail", digest=True)
    offer_id = talk.offer(expires_at=datetime(2027, 1, 6, tzinfo=UTC))
    talk.tell(subject_id=offer_id, starts_at=MORNING)
    talk.work()
    talk.answer(offer_id, "accepted")
    talk.clock.move_to(FIVE)
    gather(talk)
    assert post.taken == []
    assert {one.state for one in talk.messages()} == {MessageState.DROPPED}


def test_a_digest_that_fails_is_tried_again_with_all_that_is_in_it(
    engine: Engine, talk: Talk, post: Post
) -> None:
    talk.wish(Event.BOOKED, "mail", digest=True)
    message_id = talk.tell(Event.BOOKED, starts_at=MORNING)
    talk.work()
    post.data = "550 5.6.0 so nicht"
    talk.clock.move_to(FIVE)
    gather(talk)
    assert talk.message(message_id).state == MessageState.DEAD
    digest = talk.messages()[-1]
    assert (digest.event, digest.state) == (Event.DIGEST, MessageState.DEAD)
    with db.transaction(engine) as session:
        row = session.get_one(Message, digest.id)
        row.state, row.attempts = MessageState.QUEUED, 0
        session.add(row)
        digests.hold_again(session, row)
        jobs.defer(session, telling.SEND, row.id)
    post.data = "250 OK"
    talk.work()
    assert talk.message(message_id).state == MessageState.SENT
    assert len(post.taken) == 1


def test_people_and_pools_are_kept_apart(
    engine: Engine, cast: Cast, talk: Talk, post: Post
) -> None:
    for name in ("dilan", "mirela"):
        talk.wish(Event.BOOKED, "mail", digest=True, who=name)
        for _ in range(2):
            talk.tell(Event.BOOKED, who=name, starts_at=MORNING)
    with db.transaction(engine) as session:
        row = session.exec(select(Message)).first()
        assert row is not None
        row.sponsor_id = cast.fulda
        session.add(row)
    talk.work()
    talk.clock.move_to(FIVE)
    gather(talk)
    subjects = sorted((one["To"], one["Subject"]) for one in post.mails)
    assert subjects == [
        ("dilan@example.org", "Ihre Nachricht"),
        ("dilan@example.org", "Ihre Nachricht"),
        ("mirela@example.org", "Ihre Nachrichten: 2"),
    ]


def test_the_hour_of_digests_follows_the_clock_of_hessen() -> None:
    winter, summer = datetime(2027, 1, 4, 16, 0, tzinfo=UTC), datetime(2027, 7, 1, 15, tzinfo=UTC)
    assert digests.next_after(winter - timedelta(seconds=1)) == winter
    assert digests.next_after(winter) == winter + timedelta(days=1)
    assert digests.next_after(summer - timedelta(minutes=1)) == summer
