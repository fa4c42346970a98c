"""A person to be told something, and the servers that pass it on."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
import time_machine
from sqlalchemy import Engine
from sqlmodel import col, select

from app import db, fetching, jobs
from app.messages import push, telling, wording
from app.settings import get_settings
from app.tables import (
    Channel,
    Event,
    Institution,
    Message,
    MessagePreference,
    Offer,
    PushSubscription,
    Task,
    Volunteer,
)
from tests.app.examples import MORNING, asking, offer
from tests.app.messages.servers import Line, Phone, Post, listening, post_office
from tests.cast import Cast

Configure = Callable[..., None]


@pytest.fixture
def configure(var: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[Configure]:
    """Set settings for the rest of the test."""

    def apply(**values: str) -> None:
        for name, value in values.items():
            monkeypatch.setenv(f"LOTSENWERK_{name.upper()}", value)
        get_settings.cache_clear()

    yield apply
    get_settings.cache_clear()


@pytest.fixture
def post(configure: Configure) -> Iterator[Post]:
    """A mail server that takes everything, set as ours."""
    with post_office(Post()) as office:
        configure(smtp_url=f"smtp://127.0.0.1:{office.port}")
        yield office


@pytest.fixture
def gateway(configure: Configure) -> Iterator[Line]:
    """A gateway for text messages, set as ours."""
    with listening(Line()) as line:
        configure(sms_url=f"{line.url}/sms", sms_token="geheim")
        yield line


@pytest.fixture
def pushes(monkeypatch: pytest.MonkeyPatch) -> Iterator[Line]:
    """A push service on loopback that may be reached all the same."""
    with listening(Line()) as line:
        allowed = fetching.Rules(
            resolve=lambda _host, _port: ["127.0.0.1"],
            allowed=frozenset({"127.0.0.1"}),
            schemes=frozenset({"http"}),
            ports=frozenset({line.port}),
        )
        monkeypatch.setattr(push, "RULES", allowed)
        yield line


@dataclass
class Talk:
    """Tells the cast things and looks what became of it."""

    engine: Engine
    cast: Cast
    clock: time_machine.Traveller

    def change(self, who: str = "dilan", **values: object) -> None:
        """Set something about a volunteer."""
        with db.transaction(self.engine) as session:
            row = session.get_one(Volunteer, self.cast.volunteers[who])
            for name, value in values.items():
                setattr(row, name, value)
            session.add(row)

    def offer(self, who: str = "dilan", starts_at: datetime = MORNING, **changes: Any) -> UUID:
        """An open question to somebody; its id."""
        with db.transaction(self.engine) as session:
            asked = asking(session, self.cast.wetterau, self.cast.school, starts_at)
            made = offer(asked, self.cast.volunteers[who], **changes)
            session.add(made)
            session.flush()
            return made.id

    def tell(
        self,
        event: Event = Event.OFFER,
        *,
        who: str = "dilan",
        subject_id: UUID | None = None,
        starts_at: datetime | None = None,
        **text: Any,
    ) -> UUID:
        """Queue a message; its id."""
        url = "http://test/a/lw_geheimes-wort"
        with db.transaction(self.engine) as session:
            volunteer = session.get_one(Volunteer, self.cast.volunteers[who])
            said = wording.letter(
                volunteer.locale,
                volunteer.given_name,
                subject=text.get("subject", "Anfrage: Dienstag, 12.01.2027"),
                lead="können Sie bei diesem Termin helfen?",
                facts=[("when", "Dienstag"), ("where", "Friedberg")],
                action=("Jetzt antworten", url),
                short=wording.brief("de", "Anfrage", starts_at, "Friedberg", url),
                calendar=text.get("calendar", ""),
            )
            message = telling.tell(
                session,
                self.cast.wetterau,
                telling.volunteer(volunteer),
                event,
                said,
                subject_id=subject_id or uuid4(),
                starts_at=starts_at,
            )
            return message.id

    def ask(self, who: str = "dilan", **changes: Any) -> UUID:
        """An open question and the message about it; the message's id."""
        starts_at = changes.pop("starts_at", MORNING)
        offer_id = self.offer(who, starts_at, **changes)
        return self.tell(who=who, subject_id=offer_id, starts_at=starts_at)

    def wish(self, event: Event, channel: str, *, digest: bool = False, who: str = "dilan") -> None:
        """Somebody wants to hear of something in this way."""
        with db.transaction(self.engine) as session:
            session.add(
                MessagePreference(
                    volunteer_id=self.cast.volunteers[who],
                    event=event,
                    channel=channel,
                    digest=digest,
                )
            )

    def institution(self) -> UUID:
        """A message to the school."""
        with db.transaction(self.engine) as session:
            school = session.get_one(Institution, self.cast.school)
            said = wording.letter("de", "", subject="Verlegt", lead="der Termin ist verlegt.")
            return telling.tell(
                session,
                self.cast.wetterau,
                telling.institution(school),
                Event.REQUEST,
                said,
                subject_id=uuid4(),
            ).id

    def subscribe(self, pushes: Line, who: str = "dilan", name: str = "phone") -> Phone:
        """A browser of somebody that may be woken."""
        phone = Phone()
        endpoint = f"http://push.example:{pushes.port}/{name}"
        with db.transaction(self.engine) as session:
            account_id = self.cast.accounts[who]
            session.add(PushSubscription(account_id=account_id, endpoint=endpoint, **phone.keys))
        return phone

    def work(self) -> None:
        """Run everything that is due."""
        jobs.work_all(self.engine)

    def later(self, **span: float) -> None:
        """Let time pass and run what is due then."""
        self.clock.shift(timedelta(**span))
        self.work()

    def message(self, message_id: UUID) -> Message:
        """The message as it stands."""
        with db.transaction(self.engine) as session:
            return session.get_one(Message, message_id)

    def messages(self) -> list[Message]:
        """All messages in the order in which they were made."""
        with db.transaction(self.engine) as session:
            return list(session.exec(select(Message).order_by(col(Message.id))).all())

    def channels(self) -> list[str]:
        """By which ways something has left, in order."""
        sent = [one for one in self.messages() if one.sent_at is not None]
        return [Channel(one.channel).value for one in sent]

    def tasks(self) -> list[Task]:
        """What the office is asked to do."""
        with db.transaction(self.engine) as session:
            return list(session.exec(select(Task).order_by(col(Task.id))).all())

    def answer(self, offer_id: UUID, state: str) -> None:
        """The question is answered meanwhile."""
        with db.transaction(self.engine) as session:
            row = session.get_one(Offer, offer_id)
            row.state = state
            session.add(row)


@pytest.fixture
def talk(engine: Engine, cast: Cast, clock: time_machine.Traveller) -> Talk:
    """Tells the cast things."""
    return Talk(engine, cast, clock)
