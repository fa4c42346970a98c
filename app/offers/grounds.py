"""Why somebody is asked: short sentences, from the rows as they are when the question is read."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement
from sqlalchemy.orm import aliased
from sqlmodel import Session, col, select

from app.clock import local_day, now
from app.messages.wording import known
from app.offers import texts
from app.tables import (
    TIME_TAKEN,
    Assignment,
    AssignmentState,
    BusySpan,
    Institution,
    LanguageSkill,
    Offer,
    OfferedTime,
    OfferState,
    Request,
    RequestOption,
    Seat,
    Volunteer,
)
from app.volunteers import whole, windows
from app.volunteers.dossiers import Dossier
from scheduling import availability, intervals, languages

Reason = tuple[str, str]
"""A code of `HERS` and what fills its sentence."""
STANDING = (OfferState.PENDING, OfferState.EXPIRED)
"""States of a question to which a yes may still count."""
NATIVE = {"de": "Muttersprache", "en": "native"}
HERS = {
    "de": {
        "language": "Sie sprechen {}.",
        "stand_in": "Sie sprechen {}. Das hilft hier auch.",
        "free": "Sie haben in dieser Zeit frei.",
        "on_request": "In dieser Zeit dürfen wir Sie fragen.",
        "way": "Der Weg dauert etwa {} Minuten.",
        "been": "Sie waren schon bei dieser Einrichtung.",
        "wished": "Die Einrichtung hat sich dieselbe Person gewünscht.",
    },
    "en": {
        "language": "You speak {}.",
        "stand_in": "You speak {}. That helps here as well.",
        "free": "You are free at this time.",
        "on_request": "We may ask you about this time.",
        "way": "The way takes about {} minutes.",
        "been": "You have been to this institution before.",
        "wished": "The institution wished for the same person.",
    },
}
"""What she reads herself."""
OFFICES = {
    "de": HERS["de"]
    | {
        "language": "Spricht {}.",
        "stand_in": "Spricht {}. Das hilft hier auch.",
        "free": "Hat in dieser Zeit frei.",
        "on_request": "Darf in dieser Zeit gefragt werden.",
        "been": "War schon bei dieser Einrichtung.",
    },
    "en": HERS["en"]
    | {
        "language": "Speaks {}.",
        "stand_in": "Speaks {}. That helps here as well.",
        "free": "Is free at this time.",
        "on_request": "May be asked about this time.",
        "been": "Has been to this institution before.",
    },
}
"""What her office reads."""


@dataclass(frozen=True)
class Time:
    """A time she named instead."""

    id: UUID
    offer_id: UUID
    starts_at: datetime
    ends_at: datetime


@dataclass(frozen=True)
class Known:
    """What is known besides: files of the people who are asked, and times they named, by offer."""

    files: dict[UUID, Dossier] = field(default_factory=dict)
    times: dict[UUID, list[Time]] = field(default_factory=dict)


@dataclass(frozen=True)
class Asked:
    """A question with the rows around it, and what the database says of her and the place."""

    offer: Offer
    option: RequestOption
    seat: Seat
    request: Request
    institution: Institution
    volunteer: Volunteer
    has_been: bool
    is_busy: bool


def has_been() -> ColumnElement[bool]:
    """Whether she worked at the place of an offer before, for the same pool."""
    earlier, seat, request = aliased(Assignment), aliased(Seat), aliased(Request)
    return (
        select(earlier.id)
        .join(seat, col(seat.id) == earlier.seat_id)
        .join(request, col(request.id) == seat.request_id)
        .where(
            earlier.volunteer_id == col(Offer.volunteer_id),
            earlier.sponsor_id == col(Offer.sponsor_id),
            earlier.state == AssignmentState.PERFORMED,
            request.institution_id == col(Request.institution_id),
        )
        .correlate(Offer, Request)
        .exists()
    )


def is_busy() -> ColumnElement[bool]:
    """Whether she is booked at the time of an offer, or her own calendar holds something."""
    booked = select(col(Assignment.id)).where(
        col(Assignment.volunteer_id) == col(Offer.volunteer_id),
        col(Assignment.state).in_(TIME_TAKEN),
        col(Assignment.starts_at) < col(RequestOption.ends_at),
        col(Assignment.ends_at) > col(RequestOption.starts_at),
    )
    taken = select(col(BusySpan.id)).where(
        col(BusySpan.volunteer_id) == col(Offer.volunteer_id),
        col(BusySpan.starts_at) < col(RequestOption.ends_at),
        col(BusySpan.ends_at) > col(RequestOption.starts_at),
    )
    around = (Offer, RequestOption)
    return booked.correlate(*around).exists() | taken.correlate(*around).exists()


def load(session: Session, people: Sequence[Volunteer], offers: Sequence[Offer]) -> Known:
    """What these people speak and when they can, and the times they named, in one statement."""
    by_id = {one.id: one for one in people}
    values = {"volunteers": sorted(by_id), "offers": sorted(one.id for one in offers)}
    found = _KNOWN.read(session, values)
    files = {one: Dossier(volunteer=person) for one, person in by_id.items()}
    times: dict[UUID, list[Time]] = {}
    for time in found.pop("times"):
        times.setdefault(time.offer_id, []).append(time)
    for member, rows in found.items():
        for row in rows:
            getattr(files[row.volunteer_id], member).append(row)
    for named in times.values():
        named.sort(key=lambda one: one.starts_at)
    return Known(files, times)


def sentences(
    asked: Asked,
    file: Dossier,
    travel_minutes: int | None,
    locale: str,
    *,
    to_her: bool,
    told: bool,
) -> list[str]:
    """Why she is asked; nothing once it was answered or its time has begun.

    Where somebody hides, only who may know the place (`told`) reads whether she knows it.
    """
    if asked.offer.state not in STANDING or asked.option.starts_at <= now():
        return []
    words = (HERS if to_her else OFFICES)[known(locale)]
    found = [*_language(asked, file, locale), *_time(asked, file)]
    if travel_minutes is not None:
        found.append(("way", str(travel_minutes)))
    if told and asked.has_been:
        found.append(("been", ""))
    if told and asked.request.wished_volunteer_id == asked.volunteer.id:
        found.append(("wished", ""))
    return [words[code].format(value) for code, value in found]


def _language(asked: Asked, file: Dossier, locale: str) -> Iterator[Reason]:
    """The language that is needed, else the best one of hers that stands in for it."""
    wanted = asked.seat.language
    if wanted is None:
        return
    spoken = {skill.language: skill for skill in file.skills}
    others = (tag for tag, _ in languages.stand_ins(wanted))
    best = next((tag for tag in (wanted, *others) if tag in spoken), None)
    if best is not None:
        code = "language" if best == wanted else "stand_in"
        yield code, _spoken(spoken[best], locale)


def _spoken(skill: LanguageSkill, locale: str) -> str:
    """`Dari (C1)`, `Kurdisch (Kurmandschi, C1)`; without a level just the language."""
    name = texts.language_name(skill.language, locale)
    level = NATIVE[known(locale)] if skill.level == "native" else skill.level
    if not level:
        return name
    return f"{name[:-1]}, {level})" if name.endswith(")") else f"{name} ({level})"


def _time(asked: Asked, file: Dossier) -> Iterator[Reason]:
    """Whether her own times hold the appointment, and nothing else is in its way."""
    if asked.is_busy:
        return
    span = asked.option.starts_at, asked.option.ends_at
    days = local_day(span[0]), local_day(span[1])
    hard, soft = availability.windows(windows.times(file), *days)
    if intervals.covers(hard, span):
        yield "free", ""
    elif intervals.covers([*hard, *soft], span):
        yield "on_request", ""


def _bundle() -> whole.Bundle:
    read = whole.columns(OfferedTime, "offer_id", "starts_at", "ends_at")
    hers = col(OfferedTime.offer_id).in_(whole.some("offers"))
    times = whole.Kind("times", read, read[0].table, (hers,), Time)
    return whole.Bundle([*whole.of_people("volunteers", "skills", *whole.TIMES), times])


_KNOWN = _bundle()
