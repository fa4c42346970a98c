"""By which way and when: wishes, quiet hours, digests, another way when nobody looks, calls."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import Engine
from sqlmodel import select

from app import db, links
from app.clock import now
from app.messages import others, sending, telling
from app.tables import (
    Account,
    Event,
    Institution,
    LinkPurpose,
    MessageState,
    Offer,
    PushSubscription,
    TaskState,
)
from tests.app.examples import MORNING
from tests.app.messages.conftest import Configure, Talk
from tests.app.messages.servers import Line, Post
from tests.cast import Cast

EVENING = datetime(2027, 1, 4, 21, 30, tzinfo=UTC)
"""Half past ten in Hessen: quiet until seven."""


def test_push_comes_first_then_mail_then_sms(
    talk: Talk, post: Post, pushes: Line, gateway: Line
) -> None:
    talk.change(phone="0170 / 123 45 67")
    talk.subscribe(pushes)
    talk.ask()
    talk.work()
    assert (len(pushes.seen), len(post.taken), len(gateway.seen)) == (1, 0, 0)
    with db.transaction(talk.engine) as session:
        for row in session.exec(select(PushSubscription)).all():
            session.delete(row)
    talk.tell(Event.BOOKED)
    talk.work()
    assert len(post.taken) == 1
    talk.change(email="")
    with db.transaction(talk.engine) as session:
        account = session.get_one(Account, talk.cast.accounts["dilan"])
        account.email = ""
        session.add(account)
    talk.tell(Event.BOOKED)
    talk.work()
    assert gateway.fields()["to"] == "+491701234567"
    assert talk.channels() == ["push", "mail", "sms"]


def test_a_wish_wins_and_what_is_not_open_gives_way(talk: Talk, post: Post, pushes: Line) -> None:
    talk.subscribe(pushes)
    talk.wish(Event.BOOKED, "mail")
    talk.wish(Event.CHANGED, "sms")
    talk.tell(Event.BOOKED)
    talk.tell(Event.CHANGED)
    talk.work()
    assert talk.channels() == ["mail", "push"]


def test_what_she_does_not_want_is_not_sent(talk: Talk, post: Post) -> None:
    talk.wish(Event.TAKEN, "none")
    message_id = talk.tell(Event.TAKEN)
    talk.work()
    assert post.taken == []
    assert talk.message(message_id).failure == "not wanted"
    assert talk.message(message_id).state == MessageState.DROPPED


def test_her_quiet_hours_are_quiet(talk: Talk, post: Post) -> None:
    talk.clock.move_to(EVENING)
    message_id = talk.tell(Event.BOOKED, starts_at=MORNING)
    talk.work()
    assert post.taken == []
    assert talk.message(message_id).due_at == datetime(2027, 1, 5, 6, 0, tzinfo=UTC)
    talk.clock.move_to(datetime(2027, 1, 5, 5, 59, tzinfo=UTC))
    talk.work()
    assert post.taken == []
    talk.later(minutes=1)
    assert len(post.taken) == 1


def test_what_begins_soon_after_them_is_said_at_once(talk: Talk, post: Post) -> None:
    talk.clock.move_to(EVENING)
    talk.tell(Event.CANCELLED, starts_at=datetime(2027, 1, 5, 7, 30, tzinfo=UTC))
    talk.tell(Event.CANCELLED, starts_at=datetime(2027, 1, 5, 8, 0, tzinfo=UTC))
    talk.work()
    assert len(post.taken) == 1, "two hours after seven she reads it in time in the morning"


def test_nobody_is_asked_at_night_however_soon_it_begins(talk: Talk, post: Post) -> None:
    talk.clock.move_to(EVENING)
    soon = datetime(2027, 1, 5, 7, 30, tzinfo=UTC)
    talk.ask(starts_at=soon, expires_at=soon)
    talk.tell(Event.STANDBY, starts_at=soon)
    talk.work()
    assert post.taken == []
    talk.clock.move_to(datetime(2027, 1, 5, 6, 0, tzinfo=UTC))
    talk.work()
    assert len(post.taken) == 2


def test_institutions_and_the_office_have_no_quiet_hours(talk: Talk, post: Post) -> None:
    talk.clock.move_to(EVENING)
    talk.institution()
    talk.work()
    assert post.recipients == ["schule@example.org"]


@pytest.mark.parametrize("state", ["accepted", "declined", "withdrawn", "expired"])
def test_a_question_that_was_answered_meanwhile_is_not_asked(
    talk: Talk, post: Post, state: str
) -> None:
    offer_id = talk.offer()
    message_id = talk.tell(subject_id=offer_id, starts_at=MORNING)
    talk.answer(offer_id, state)
    talk.work()
    message = talk.message(message_id)
    assert (message.state, message.failure) == (MessageState.DROPPED, "overtaken")
    assert "lw_" not in message.body
    assert post.taken == []


def test_a_question_nobody_can_answer_any_more_is_not_asked(talk: Talk, post: Post) -> None:
    post.rcpt = "451 später"
    message_id = talk.ask(expires_at=now() + timedelta(minutes=3))
    talk.work()
    post.rcpt = "250 OK"
    talk.later(minutes=4)
    assert talk.message(message_id).state == MessageState.DROPPED
    assert post.taken == []


def test_what_was_dropped_is_not_sent_and_not_called_about(
    engine: Engine, talk: Talk, post: Post
) -> None:
    talk.change(phone_only=True, email="")
    offer_id = talk.offer()
    called = talk.tell(subject_id=offer_id, starts_at=MORNING)
    talk.work()
    assert talk.message(called).channel == "call"
    assert [task.state for task in talk.tasks()] == ["open"]
    talk.change(phone_only=False, email="dilan@example.org")
    queued = talk.tell(subject_id=offer_id, starts_at=MORNING)
    with db.transaction(engine) as session:
        telling.drop(session, offer_id, Event.OFFER)
    talk.work()
    assert talk.message(queued).state == MessageState.DROPPED
    assert "lw_" not in talk.message(queued).body + talk.message(queued).short
    assert [task.state for task in talk.tasks()] == [TaskState.RESOLVED]
    assert post.taken == []


def test_whom_nothing_reaches_the_office_calls(talk: Talk, post: Post, var: object) -> None:
    talk.change(phone_only=True, email="", phone="06031 12345")
    message_id = talk.ask()
    talk.work()
    (task,) = talk.tasks()
    assert task.code == "call:offer"
    assert (task.subject_type, task.subject_id) == ("offer", talk.message(message_id).subject_id)
    assert task.params["name"] == "Dilan Dilan-Beispiel"
    assert task.params["say"] == (
        "Können Sie bei diesem Termin helfen? Wann: Dienstag. Wo: Friedberg."
    )
    assert talk.message(message_id).state == MessageState.SENT
    assert "lw_" not in talk.message(message_id).body
    assert post.taken == []


def test_who_works_by_telephone_alone_and_has_an_address_gets_mail(talk: Talk, post: Post) -> None:
    talk.change(phone_only=True)
    talk.ask()
    talk.work()
    assert post.recipients == ["dilan@example.org"]
    assert talk.tasks() == []


def test_the_office_is_asked_to_call_once(talk: Talk) -> None:
    talk.change(phone_only=True, email="")
    offer_id = talk.offer()
    for _ in range(2):
        talk.tell(subject_id=offer_id, starts_at=MORNING)
    talk.work()
    assert len(talk.tasks()) == 1


def test_who_is_only_called_is_not_called_about_thanks(talk: Talk) -> None:
    talk.change(phone_only=True, email="")
    for event in (Event.TAKEN, Event.BOOKED):
        message_id = talk.tell(event)
        talk.work()
        assert talk.message(message_id).state == MessageState.DROPPED
    assert talk.tasks() == []


def test_an_institution_without_an_address_is_seen_by_the_office(
    engine: Engine, talk: Talk
) -> None:
    with db.transaction(engine) as session:
        school = session.get_one(Institution, talk.cast.school)
        school.email = ""
        session.add(school)
    message_id = talk.institution()
    talk.work()
    assert talk.message(message_id).failure == "no address"
    assert talk.message(message_id).state == MessageState.DEAD


class TestUnread:
    """A question nobody looks at goes once more by another way."""

    def test_after_half_of_the_time_by_the_next_way(
        self, talk: Talk, post: Post, pushes: Line, gateway: Line
    ) -> None:
        talk.change(phone="0170 1234567")
        talk.subscribe(pushes)
        talk.ask(expires_at=now() + timedelta(hours=8))
        talk.work()
        assert talk.channels() == ["push"]
        talk.later(hours=3, minutes=59)
        assert talk.channels() == ["push"]
        talk.later(minutes=1)
        assert talk.channels() == ["push", "mail"]
        talk.later(hours=2)
        assert talk.channels() == ["push", "mail", "sms"]
        talk.later(hours=20)
        assert talk.channels() == ["push", "mail", "sms"]
        assert talk.tasks() == [], "silence is an answer of its own: nobody is called for it"

    def test_the_second_message_has_a_link_that_opens(
        self, engine: Engine, talk: Talk, post: Post, pushes: Line
    ) -> None:
        offer_id = talk.offer(expires_at=now() + timedelta(hours=8))
        with db.transaction(engine) as session:
            offer = session.get_one(Offer, offer_id)
            links.make(session, LinkPurpose.ANSWER_OFFER, offer, MORNING)
        phone = talk.subscribe(pushes)
        first = talk.tell(subject_id=offer_id, starts_at=MORNING)
        talk.work()
        assert phone.opened(pushes.seen[0][2])["url"] == "http://test/a/lw_geheimes-wort"
        talk.later(hours=4)
        plain = post.mails[0].get_body(("plain",))
        assert plain is not None
        url = next(line for line in plain.get_content().split() if line.startswith("http"))
        assert url.startswith("http://test/a/lw_")
        with db.transaction(engine) as session:
            link = links.open_link(session, LinkPurpose.ANSWER_OFFER, url.rpartition("/")[2])
            assert (link.subject_id, link.expires_at) == (offer_id, MORNING)
        second = talk.messages()[-1]
        assert second.fallback_of_id == first
        assert "lw_" not in second.body

    def test_not_when_she_has_seen_it(
        self, engine: Engine, talk: Talk, post: Post, pushes: Line
    ) -> None:
        talk.subscribe(pushes)
        message_id = talk.ask(expires_at=now() + timedelta(hours=8))
        talk.work()
        subject_id = talk.message(message_id).subject_id
        assert subject_id is not None
        with db.transaction(engine) as session:
            telling.mark_read(session, subject_id, talk.cast.volunteers["mirela"])
        assert talk.message(message_id).read_at is None, "nobody reads for somebody else"
        with db.transaction(engine) as session:
            telling.mark_read(session, subject_id, talk.cast.volunteers["dilan"])
        talk.later(hours=5)
        assert talk.channels() == ["push"]

    def test_not_when_she_has_answered(self, talk: Talk, post: Post, pushes: Line) -> None:
        talk.subscribe(pushes)
        offer_id = talk.offer(expires_at=now() + timedelta(hours=8))
        talk.tell(subject_id=offer_id, starts_at=MORNING)
        talk.work()
        talk.answer(offer_id, "declined")
        talk.later(hours=5)
        assert talk.channels() == ["push"]

    def test_never_sooner_than_half_an_hour_and_not_too_late(
        self, talk: Talk, post: Post, pushes: Line
    ) -> None:
        talk.subscribe(pushes)
        talk.ask(expires_at=now() + timedelta(minutes=40))
        talk.ask(expires_at=now() + timedelta(minutes=25))
        talk.work()
        talk.later(minutes=29)
        assert talk.channels() == ["push", "push"]
        talk.later(minutes=1)
        assert talk.channels() == ["push", "push", "mail"]

    def test_whether_it_stands_is_asked_again_the_same_day(
        self, talk: Talk, post: Post, pushes: Line
    ) -> None:
        talk.subscribe(pushes)
        talk.tell(Event.REMINDER, starts_at=now() + timedelta(hours=25))
        talk.work()
        talk.later(hours=3, minutes=59)
        assert talk.channels() == ["push"]
        talk.later(minutes=1)
        assert talk.channels() == ["push", "mail"]

    def test_also_when_the_first_way_does_not_answer(
        self, talk: Talk, post: Post, pushes: Line
    ) -> None:
        pushes.answer = lambda _line: (503, {})
        talk.subscribe(pushes)
        talk.ask(expires_at=now() + timedelta(hours=8))
        talk.work()
        talk.later(hours=4)
        assert len(post.taken) == 1

    def test_doing_it_again_changes_nothing(
        self, engine: Engine, talk: Talk, post: Post, pushes: Line
    ) -> None:
        talk.subscribe(pushes)
        message_id = talk.ask(expires_at=now() + timedelta(hours=8))
        talk.work()
        for _ in range(3):
            others.when_unread(engine, message_id)
        talk.work()
        assert talk.channels() == ["push", "mail"]

    def test_what_asks_nothing_is_said_once(self, talk: Talk, post: Post, pushes: Line) -> None:
        talk.subscribe(pushes)
        talk.tell(Event.BOOKED, starts_at=MORNING)
        talk.work()
        talk.later(days=3)
        assert talk.channels() == ["push"]


def test_what_cannot_arrive_goes_by_another_way(talk: Talk, post: Post, gateway: Line) -> None:
    talk.change(phone="+49 (0)170 1234567")
    post.rcpt = "550 5.1.1 unbekannt"
    first = talk.tell(Event.CANCELLED)
    talk.work()
    assert talk.message(first).state == MessageState.DEAD
    assert talk.channels() == ["sms"]
    gateway.answer = lambda _line: (422, {})
    talk.tell(Event.CHANGED)
    talk.work()
    assert talk.channels() == ["sms", "call"]


def test_early_jobs_wait_for_their_hour(engine: Engine, talk: Talk, post: Post) -> None:
    with db.transaction(engine) as session:
        message = telling.tell(
            session, talk.cast.wetterau, telling.Person("a@example.org"), Event.TASK,
            telling.Text("Hallo", "Text"), subject_id=None, due_at=now() + timedelta(hours=1),
        )  # fmt: skip
    sending.send(engine, message.id)
    assert post.taken == []
    talk.later(hours=1)
    assert len(post.taken) == 1


def test_somebody_of_the_office_who_also_helps_has_one_set_of_wishes(
    engine: Engine, cast: Cast, talk: Talk, post: Post, configure: Configure
) -> None:
    talk.wish(Event.TASK, "none")
    with db.transaction(engine) as session:
        account = session.get_one(Account, cast.accounts["dilan"])
        message = telling.tell(
            session, cast.wetterau, telling.account(account), Event.TASK,
            telling.Text("Hallo", "Text"), subject_id=None,
        )  # fmt: skip
    talk.work()
    assert talk.message(message.id).failure == "not wanted"
