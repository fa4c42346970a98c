"""What is said about bookings: in both languages, with nothing that somebody typed."""

from collections.abc import Callable
from dataclasses import replace
from uuid import uuid4

import pytest

from app.bookings import texts
from app.bookings.visits import Visit
from app.messages.telling import Text
from app.tables import Assignment, Institution, Request, Seat, Volunteer
from tests.app.examples import HOUR, MORNING

CANARY = "Kanarienvogel"
URL = "http://test/b/lw_secret"
TO_HER: dict[str, Callable[[Visit], Text]] = {
    "given_back": texts.given_back,
    "taken_off": texts.taken_off,
    "called_off": texts.called_off,
    "settled": texts.settled,
    "missed": texts.missed,
    "stands_by": texts.stands_by,
    "released": texts.released,
    "stepped_in": lambda visit: texts.stepped_in(visit, URL),
    "question": lambda visit: texts.question(visit, URL),
    "changed": lambda visit: texts.changed(visit, URL),
    "stand_by": lambda visit: texts.stand_by(visit, URL),
    "moved_with_her": lambda visit: texts.moved_with_her(visit, visit, URL),
    "moved_without_her": lambda visit: texts.moved_without_her(visit, "später"),
    "moved_may_she": lambda visit: texts.moved_may_she(visit, "später", MORNING, URL),
}
TO_THE_PLACE: dict[str, Callable[[Visit], Text]] = {
    "substitute_sought": texts.substitute_sought,
    "substitute_found": texts.substitute_found,
    "comes": texts.comes,
    "moved": lambda visit: texts.moved(visit, "früher", "später", kept=False),
}


def visit(locale: str = "de", kind: str = "primary_school", mode: str = "on_site") -> Visit:
    """A booking whose free texts hold something that must not be told."""
    booking = Assignment(
        sponsor_id=uuid4(),
        seat_id=uuid4(),
        option_id=uuid4(),
        volunteer_id=uuid4(),
        role="interpreter",
        mode=mode,
        starts_at=MORNING,
        ends_at=MORNING + HOUR,
        cancel_reason=CANARY,
        created_at=MORNING - 48 * HOUR,
    )
    request = Request(
        sponsor_id=uuid4(),
        institution_id=uuid4(),
        received_at=MORNING,
        topic=CANARY,
        note=CANARY,
        room=CANARY,
        contact_name=CANARY,
        contact_phone=CANARY,
        urgency_reason=CANARY,
        end_reason=CANARY,
    )
    place = Institution(
        name="Löwenzahnschule",
        kind=kind,
        kind_label=kind,
        street="Schulstr. 1",
        postal_code="61169",
        town="Friedberg",
        lat=50.0,
        lon=8.0,
        contact_name=CANARY,
    )
    her = Volunteer(
        surname=CANARY,
        given_name="Dilan",
        identity_key="x",
        birth_date=MORNING.date(),
        postal_code="61169",
        town="Friedberg",
        lat=50.0,
        lon=8.0,
        locale=locale,
        note=CANARY,
    )
    seat = Seat(sponsor_id=uuid4(), request_id=uuid4(), role="interpreter", language="kmr")
    return Visit(booking, seat, request, place, her)


def whole(text: Text) -> str:
    return "\n".join([text.subject, text.body, text.short, text.calendar])


@pytest.mark.parametrize("name", TO_HER)
@pytest.mark.parametrize(("locale", "greeting"), [("de", "Hallo Dilan,"), ("en", "Hello Dilan,")])
def test_she_is_told_in_her_language_and_nothing_that_somebody_typed(
    name: str, locale: str, greeting: str
) -> None:
    text = TO_HER[name](visit(locale))
    assert text.body.startswith(greeting)
    assert CANARY not in whole(text)
    assert "{" not in text.subject + text.body + text.short
    assert ("Vielen Dank" in text.body) == (locale == "de")
    assert len(text.subject) <= 200
    assert 0 < len(text.short) <= 306
    assert "Löwenzahn" not in text.short


@pytest.mark.parametrize("name", TO_THE_PLACE)
def test_the_institution_hears_a_given_name_at_most(name: str) -> None:
    text = TO_THE_PLACE[name](visit())
    assert text.body.startswith("Guten Tag,")
    assert CANARY not in whole(text)
    assert "{" not in text.subject + text.body


@pytest.mark.parametrize("name", TO_HER)
def test_a_protected_place_is_its_town_alone(name: str) -> None:
    text = whole(TO_HER[name](visit(kind="womens_counselling")))
    assert "Schulstr" not in text
    assert "Löwenzahn" not in text


@pytest.mark.parametrize(("mode", "said"), [("phone", "am Telefon"), ("video", "per Video")])
def test_who_is_called_need_not_go_anywhere(mode: str, said: str) -> None:
    text = texts.question(visit(mode=mode), URL)
    assert said in text.body
    assert "Schulstr" not in text.body


def test_a_name_cannot_break_the_letter() -> None:
    shown = visit()
    shown = replace(shown, institution=shown.institution.model_copy(update={"name": "A {time}\nB"}))
    text = texts.question(shown, URL)
    assert "A {time} B" in text.body
