"""No message says anything about clients, and none writes down a place that is to stay secret.

Every text of the service is made with marked words in all fields in which people write freely.
"""

import importlib
import inspect
import json
import pkgutil
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import Engine

import app
from app import db
from app.bookings.visits import Visit
from app.hours.details import Detail
from app.messages import html, push, sms, telling, wording
from app.messages.channels import Parcel
from app.messages.telling import Text
from app.tables import (
    Assignment,
    Event,
    Institution,
    Request,
    Seat,
    ServiceRecord,
    Volunteer,
)
from tests.app.messages.conftest import Talk
from tests.app.messages.servers import Line, Post

CANARY = "Kanarienvogel"
PLACE = "Frauenhaus Rosengarten"
STREET = "Rosenweg"
NUMBER = UUID(int=7)
URL = "http://test/a/lw_geheimes-wort"
MOMENT = datetime(2027, 1, 12, 9, tzinfo=UTC)
END = datetime(2027, 1, 12, 10, tzinfo=UTC)
TO_INSTITUTIONS = ("ask_to_confirm", "comes", "moved", "substitute_found", "substitute_sought")
"""They may be told their own name."""

Builder = Callable[..., Text]


def builders() -> dict[str, Builder]:
    """Every public function of the service that makes a text."""
    found: dict[str, Builder] = {}
    for module in pkgutil.walk_packages(app.__path__, "app."):
        if module.name.rpartition(".")[2] in ("texts", "mails"):
            loaded = importlib.import_module(module.name)
            for name, function in inspect.getmembers(loaded, inspect.isfunction):
                own = function.__module__ == module.name and not name.startswith("_")
                if own and function.__annotations__.get("return") in (Text, "Text"):
                    found[f"{module.name}.{name}"] = function
    return found


@dataclass(frozen=True)
class World:
    """Rows in which every free word is marked."""

    locale: str
    kind: str = "primary_school"
    mode: str = "on_site"

    def mark(self, name: str) -> str:
        return f"{CANARY} {name}"

    @property
    def volunteer(self) -> Volunteer:
        return Volunteer(
            id=NUMBER,
            surname=self.mark("surname"),
            given_name="Dilan",
            identity_key="x",
            birth_date=datetime(1990, 1, 1, tzinfo=UTC).date(),
            postal_code="61169",
            lat=50.0,
            lon=8.0,
            phone=self.mark("phone"),
            note=self.mark("note"),
            locale=self.locale,
        )

    @property
    def institution(self) -> Institution:
        return Institution(
            id=NUMBER,
            name=PLACE,
            kind=self.kind,
            kind_label=self.mark("kind_label"),
            street=f"{STREET} 1",
            postal_code="61231",
            town="Bad Nauheim",
            lat=50.0,
            lon=8.0,
            phone=self.mark("phone"),
            contact_name=self.mark("contact"),
        )

    @property
    def request(self) -> Request:
        return Request(
            id=NUMBER,
            sponsor_id=NUMBER,
            institution_id=NUMBER,
            received_at=MOMENT,
            topic=self.mark("topic"),
            note=self.mark("note"),
            urgency_reason=self.mark("urgency"),
            contact_name=self.mark("contact"),
            contact_phone=self.mark("phone"),
            room=self.mark("room"),
            cost_centre=self.mark("cost"),
            end_reason=self.mark("end"),
        )

    @property
    def seat(self) -> Seat:
        written = self.mark("language")
        return Seat(
            id=NUMBER,
            sponsor_id=NUMBER,
            request_id=NUMBER,
            role="interpreter",
            language="kmr",
            language_written=written,
            mode=self.mode,
        )

    @property
    def booking(self) -> Assignment:
        return Assignment(
            id=NUMBER,
            sponsor_id=NUMBER,
            seat_id=NUMBER,
            option_id=NUMBER,
            volunteer_id=NUMBER,
            role="interpreter",
            mode=self.mode,
            starts_at=MOMENT,
            ends_at=END,
            created_at=datetime(2027, 1, 4, tzinfo=UTC),
            cancel_reason=self.mark("reason"),
        )

    @property
    def visit(self) -> Visit:
        return Visit(self.booking, self.seat, self.request, self.institution, self.volunteer)

    @property
    def detail(self) -> Detail:
        record = ServiceRecord(
            sponsor_id=NUMBER,
            assignment_id=NUMBER,
            volunteer_id=NUMBER,
            started_at=MOMENT,
            ended_at=END,
            minutes=60,
            reported_minutes=60,
        )
        known = {
            "record": record,
            "assignment": self.booking,
            "booking": self.booking,
            "volunteer": self.volunteer,
            "institution": self.institution,
            "request": self.request,
            "seat": self.seat,
        }
        return Detail(**{name: known[name] for name in Detail.__dataclass_fields__})

    def argument(self, name: str) -> Any:
        """What a builder is given; a new name needs a line here."""
        return {
            "visit": lambda: self.visit,
            "old": lambda: self.visit,
            "detail": lambda: self.detail,
            "booking": lambda: self.booking,
            "institution": lambda: self.institution,
            "who": lambda: self.volunteer,
            "locale": lambda: self.locale,
            "name": lambda: "Dilan",
            "town": lambda: "Bad Nauheim",
            "mode": lambda: self.mode,
            "language": lambda: "kmr",
            "url": lambda: URL,
            "starts_at": lambda: MOMENT,
            "ends_at": lambda: END,
            "until": lambda: MOMENT,
            "when": lambda: "Dienstag",
            "before": lambda: "Montag",
            "after": lambda: "Mittwoch",
            "new_time": lambda: "Mittwoch",
            "reason": lambda: "Niemand hat Zeit.",
            "kept": lambda: True,
        }[name]()

    def make(self, builder: Builder) -> Text:
        """The text of a builder."""
        names = inspect.signature(builder).parameters
        return builder(**{name: self.argument(name) for name in names})


def forms(text: Text, locale: str) -> Iterator[str]:
    """Everything that leaves the house because of a text, and what is spoken."""
    parcel = Parcel(
        message_id=NUMBER, event="offer", locale=locale, sponsor="Pool", recipient="a@example.org",
        subject=text.subject, body=text.body, short=text.short, calendar=text.calendar,
        made_at=MOMENT,
    )  # fmt: skip
    yield text.subject
    yield text.body
    yield re.sub(r"\r\n[ \t]", "", text.calendar)
    yield html.page(parcel)
    yield sms.fitted(text.short)
    yield json.dumps(json.loads(push.payload(parcel)), ensure_ascii=False)
    yield wording.spoken(text.body)
    yield wording.gathered(locale, "…", [(text.subject, text.body)])


WORLDS = [World("de"), World("en"), World("de", mode="phone"), World("en", mode="video")]


@pytest.mark.parametrize("name", sorted(builders()))
def test_nothing_about_clients_is_said(name: str, var: object, clock: object) -> None:
    for world in WORLDS:
        text = world.make(builders()[name])
        for form in forms(text, world.locale):
            assert CANARY not in form
        assert text.subject
        assert text.short == "" or len(text.short) <= wording.SHORT


@pytest.mark.parametrize("name", sorted(builders()))
def test_a_place_that_is_to_stay_secret_is_nowhere_written_down(
    name: str, var: object, clock: object
) -> None:
    if name.rpartition(".")[2] in TO_INSTITUTIONS:
        return
    for locale in ("de", "en"):
        for mode in ("on_site", "phone"):
            text = World(locale, "womens_counselling", mode).make(builders()[name])
            for form in forms(text, locale):
                assert PLACE not in form
                assert STREET not in form
                assert "61231" not in form


SHORT = re.compile(
    r"[^:,\d]{2,40}[.:?]?(?: (?:\d\d\.\d\d\. |\d{1,2} [A-Z][a-z]{2} )\d\d:\d\d)?"
    r"(?:, Bad Nauheim| Bad Nauheim)?(?: http://test/a/lw_geheimes-wort)?"
)


@pytest.mark.parametrize("name", sorted(builders()))
def test_in_short_only_what_when_which_town_and_the_link(
    name: str, var: object, clock: object
) -> None:
    for world in WORLDS:
        short = world.make(builders()[name]).short
        assert SHORT.fullmatch(short) or short == ""
        assert "Dilan" not in short


def test_every_text_says_something_in_both_languages(var: object, clock: object) -> None:
    assert len(builders()) > 20
    same = {
        name
        for name, builder in builders().items()
        if World("de").make(builder).body == World("en").make(builder).body
    }
    assert {name.rpartition(".")[2] for name in same} <= set(TO_INSTITUTIONS), (
        "institutions are written to in German, volunteers as they wish"
    )


def test_texts_are_made_nowhere_else() -> None:
    """Whoever tells something takes its words from a module `texts` or `mails`."""
    guilty = []
    for module in pkgutil.walk_packages(app.__path__, "app."):
        last = module.name.rpartition(".")[2]
        if module.ispkg or last in ("texts", "mails") or module.name.startswith("app.messages"):
            continue
        source = inspect.getsource(importlib.import_module(module.name))
        if re.search(r"\b(?:telling\.)?Text\(|\bletter\(", source):
            guilty.append(module.name)
    assert guilty == []


def test_control_a_text_that_tells_is_caught(var: object, clock: object) -> None:
    def gossip(visit: Visit) -> Text:
        return wording.letter(
            "de", "Dilan", subject="x", lead="y", facts=[("Hinweis", visit.request.note)]
        )

    seen = [CANARY in form for form in forms(World("de").make(gossip), "de")]
    assert seen.count(True) >= 4


def test_neither_words_nor_addresses_reach_the_log(
    engine: Engine, talk: Talk, post: Post, pushes: Line, gateway: Line,
    caplog: pytest.LogCaptureFixture,
) -> None:  # fmt: skip
    caplog.set_level("DEBUG")
    talk.change(phone="0170 1234567")
    talk.subscribe(pushes)
    pushes.answer = lambda _line: (410, {})
    post.rcpt = "550 5.1.1 dilan@example.org gibt es nicht"
    gateway.answer = lambda _line: (422, {})
    with db.transaction(engine) as session:
        volunteer = session.get_one(Volunteer, talk.cast.volunteers["dilan"])
        telling.tell(
            session,
            talk.cast.wetterau,
            telling.volunteer(volunteer),
            Event.CANCELLED,
            Text(CANARY, f"{CANARY}\n\n{URL}\n", f"{CANARY} {URL}"),
            subject_id=NUMBER,
        )
    talk.work()
    assert talk.channels() == ["call"], "control: every way was tried"
    theirs = ("mail.log", "asyncio")
    written = [record.getMessage() for record in caplog.records if record.name not in theirs]
    said = "\n".join([*written, *(one.failure for one in talk.messages())])
    for secret in (CANARY, "lw_", "dilan@", "+49170", "1234567", "push.example", "geheim"):
        assert secret not in said
