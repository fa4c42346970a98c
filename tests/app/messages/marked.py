"""Every text of the service, made with marked words in all fields in which people write freely."""

import importlib
import inspect
import pkgutil
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import app
from app.bookings.visits import Visit
from app.grants.deadlines import Due
from app.hours.details import Detail
from app.messages.telling import Text
from app.tables import (
    Account,
    Assignment,
    ClaimApproval,
    CodePurpose,
    FeedbackKind,
    GrantNotice,
    Institution,
    Request,
    Seat,
    ServiceRecord,
    Sponsor,
    Volunteer,
)

CANARY = "Kanarienvogel"
PLACE = "Frauenhaus Rosengarten"
STREET = "Rosenweg"
NUMBER = UUID(int=7)
URL = "http://test/a/lw_geheimes-wort"
MOMENT = datetime(2027, 1, 12, 9, tzinfo=UTC)
END = datetime(2027, 1, 12, 10, tzinfo=UTC)
TO_INSTITUTIONS = (
    "ask_to_confirm",
    "comes",
    "confirmed_by_code",
    "moved",
    "please_approve",
    "remind_to_confirm",
    "substitute_found",
    "substitute_sought",
)
"""They may be told their own name; like a treasurer they are written to in German."""

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

    @property
    def due(self) -> Due:
        notice = GrantNotice(
            id=NUMBER,
            sponsor_id=NUMBER,
            funding_line="wir",
            year=2027,
            purpose="courses",
            reference=self.mark("reference"),
            starts_on=MOMENT.date(),
            ends_on=END.date(),
            change_reason=self.mark("reason"),
        )
        ends_on = END.date()
        return Due("proof_of_course", ends_on, NUMBER, "course", NUMBER, notice, False, ends_on)

    def argument(self, name: str) -> Any:
        """What a builder is given; a new name needs a line here."""
        return {
            "visit": lambda: self.visit,
            "travel_minutes": lambda: 25,
            "old": lambda: self.visit,
            "detail": lambda: self.detail,
            "booking": lambda: self.booking,
            "institution": lambda: self.institution,
            "who": lambda: self.volunteer,
            "account": lambda: Account(
                email="dilan@example.org",
                name="Dilan",
                password_hash=self.mark("hash"),
                totp_secret=self.mark("app"),
                locale=self.locale,
            ),
            "purpose": lambda: CodePurpose.SIGN_IN,
            "digits": lambda: "123456",
            "what": lambda: "password",
            "pool": lambda: "Sprachpool",
            "state": lambda: "agreed",
            "locale": lambda: self.locale,
            "name": lambda: "Dilan",
            "town": lambda: "Bad Nauheim",
            "mode": lambda: self.mode,
            "language": lambda: "kmr",
            "url": lambda: URL,
            "code": lambda: "123456",
            "starts_at": lambda: MOMENT,
            "ends_at": lambda: END,
            "until": lambda: MOMENT,
            "when": lambda: "Dienstag",
            "before": lambda: "Montag",
            "after": lambda: "Mittwoch",
            "new_time": lambda: "Mittwoch",
            "reason": lambda: "Niemand hat Zeit.",
            "sponsor": lambda: Sponsor(id=NUMBER, name="Sprachpool"),
            "approval": lambda: ClaimApproval(
                sponsor_id=NUMBER, treasurer_name="Tilda", claims={"x": "y"}, amount_cents=100
            ),
            "due": lambda: self.due,
            "role": lambda: "lead",
            "action": lambda: "member.add",
            "by": lambda: "Lea",
            "kind": lambda: FeedbackKind.BARRIER,
            "answer_by": lambda: END.date(),
            "kept": lambda: True,
            "had": lambda: True,
        }[name]()

    def make(self, builder: Builder) -> Text:
        """The text of a builder."""
        names = inspect.signature(builder).parameters
        return builder(**{name: self.argument(name) for name in names})
