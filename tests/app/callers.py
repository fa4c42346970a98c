"""Who calls: the people of the examples, who of them may do what, and bodies that are right."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import pyotp

from app import clock
from tests.app.example_money import STATEMENT_OF_THE_BANK
from tests.app.examples import Examples
from tests.cast import APP_SECRET

PEOPLE = {
    "amal": "coordinator",
    "fatma": "finance",
    "lea": "lead",
    "dilan": "volunteer",
    "selin": "institution",
    "otto": "operator",
    "arno": "auditor",
    "petra": "programme",
}
ANYONE = tuple(PEOPLE)
LISTS = {"files": ("freiwillige.csv", b"Nr;Nachname;Vorname;geb. am;PLZ;Rolle;Sprachen\n")}
STATEMENT = {"files": ("auszug.xml", STATEMENT_OF_THE_BANK)}
POINT = "BMzqZKzerW3qvtBDc05BHqd0sfWMTKBxANErqNLzKg3NolTgscvDKWjW_s3A1CNvbM-XLd3j9dxE4FZY-IztZvw"
"""A point of the curve P-256, as a browser names it."""
GRANTED = {
    "grant_year": 2027,
    "extra": 2,
    "granted_on": "2027-01-04",
    "reason": "auf Antrag bewilligt",
}
OWN_PLAN = {
    "title_de": "Satz des Landkreises",
    "title_en": "Rate of the county",
    "role": "interpreter",
    "funding_line": "landkreis",
    "unit": "started",
    "unit_minutes": 30,
    "amount_cents": 1200,
    "valid_from": "2026-01-01",
    "source": "Beschluss des Kreisausschusses",
    "status": "verified",
}
Body = Callable[[Examples], dict[str, Any]]
Files = Mapping[str, tuple[str, bytes]]


@dataclass(frozen=True)
class Rule:
    """Who may call an operation, and how it is called rightly."""

    who: tuple[str, ...]
    body: Body | None = None
    query: str = ""
    files: Files | None = None
    in_person: bool = False
    """Whether only a browser may call it, and no key."""

    def body_for(self, own: Examples) -> dict[str, Any] | None:
        """A body that is right at the sponsor of these examples; None where none is sent."""
        return self.body(own) if self.body else None


HER_OWN = tuple(sorted(ANYONE, key=lambda name: name != "dilan"))
"""Everybody, and the examples are Dilan's."""
COORDINATOR = ("amal",)
OPERATOR = ("otto",)
AUDITOR = ("arno", "lea")
ASKER = ("amal", "selin")
ANSWERER = ("amal", "dilan")
PARTICIPANT = ("amal", "dilan", "selin")
OFFICE = ("amal", "fatma", "lea")
BOOKKEEPER = ("amal", "fatma")
TREASURY = ("fatma", "lea")
PAYEE = ("amal", "fatma", "lea", "dilan")
SUMS = (*OFFICE, "arno")
WORKING = (*PAYEE, "selin", "arno")
LEAS = tuple(sorted(ANYONE, key=lambda name: name != "lea"))
"""Everybody, and Lea has an authenticator app."""
NOT_AMAL = tuple(sorted(ANYONE, key=lambda name: name != "fatma"))
"""Everybody, and first not Amal: her other session, which is an example, must not end."""


def code_of_app(_own: Examples) -> dict[str, Any]:
    return {"code": pyotp.TOTP(APP_SECRET).at(clock.now())}


def request_body(own: Examples) -> dict[str, Any]:
    return {
        "institution_id": own["institution_id"],
        "times": [{"day": "2027-02-09", "start": "10:00"}],
        "duration_minutes": 60,
        "seats": [{"language": "Kurmandschi"}],
        "topic": "Elterngespräch",
    }


def series_body(own: Examples) -> dict[str, Any]:
    return {
        "institution_id": own["institution_id"],
        "weekdays": ["TU"],
        "count": 3,
        "first_day": "2027-02-16",
        "start": "10:00",
        "duration_minutes": 60,
        "seats": [{"language": "Kurmandschi"}],
        "topic": "Begleitung",
    }


def parents_day_body(own: Examples) -> dict[str, Any]:
    return {
        "institution_id": own["institution_id"],
        "day": "2027-02-10",
        "start": "14:00",
        "end": "18:00",
        "slot_minutes": 15,
        "needs": [{"language": "Kurmandschi", "slots": 12}],
    }


def volunteer_body(_own: Examples) -> dict[str, Any]:
    return {
        "surname": "Muster",
        "given_name": "Ayla",
        "birth_date": "1990-02-03",
        "postal_code": "61169",
        "roles": ["interpreter"],
        "languages": [{"language": "tr", "level": "C1"}],
    }


def institution_body(_own: Examples) -> dict[str, Any]:
    return {
        "name": "Kita Regenbogen",
        "kind": "daycare",
        "postal_code": "61169",
        "town": "Friedberg",
    }


def course_body(_own: Examples) -> dict[str, Any]:
    return {
        "kind": "basic_guide",
        "title": "Basiskurs Lotsen",
        "units": 24,
        "starts_on": "2027-02-01",
        "ends_on": "2027-02-05",
    }


def record_body(own: Examples) -> dict[str, Any]:
    return {
        "assignment_id": own["past_assignment_id"],
        "started_at": "2026-12-29T10:00:00+01:00",
        "ended_at": "2026-12-29T11:00:00+01:00",
    }


def what_if_body(own: Examples) -> dict[str, Any]:
    return {
        "plan_id": own["plan_id"],
        "absent": [{"volunteer_id": own["volunteer_id"]}],
        "seats": [
            {
                "institution_id": own["institution_id"],
                "day": "2027-01-13",
                "start": "15:00",
                "duration_minutes": 60,
                "language": "kmr",
            }
        ],
        "volunteers": [{"languages": ["kmr"], "postal_code": "61169"}],
    }


def always(**body: Any) -> Body:
    """The same body at every sponsor."""
    return lambda _own: body


REASON = always(reason="krank geworden")
OTHER_TIME = always(
    times=[{"starts_at": "2027-01-14T10:00:00+01:00", "ends_at": "2027-01-14T11:00:00+01:00"}]
)
