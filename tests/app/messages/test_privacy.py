"""No message says anything about clients, and none writes down a place that is to stay secret."""

import importlib
import inspect
import json
import pkgutil
import re
from collections.abc import Iterator

import pytest
from sqlalchemy import Engine

import app
from app import db
from app.bookings.visits import Visit
from app.messages import html, push, sms, telling, wording
from app.messages.channels import Parcel
from app.messages.telling import Text
from app.tables import Event, Volunteer
from tests.app.messages.conftest import Talk
from tests.app.messages.marked import (
    CANARY,
    MOMENT,
    NUMBER,
    PLACE,
    STREET,
    TO_INSTITUTIONS,
    URL,
    World,
    builders,
)
from tests.app.messages.servers import Line, Post


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
