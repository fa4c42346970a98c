"""What a pool has already of what its lists say: who, where, and which requests."""

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import TypeVar
from uuid import UUID

from sqlmodel import Session, col, select

from app.imports.drafts import InstitutionDraft, RequestDraft, VolunteerDraft
from app.names import same_institution, same_town
from app.requests.times import slot
from app.tables import (
    Absence,
    AvailabilityRule,
    Clearance,
    Enrolment,
    Exclusion,
    Institution,
    LanguageSkill,
    Partnership,
    Request,
    RequestOption,
    RequestState,
    Seat,
    Training,
    Volunteer,
    taken_in,
)
from app.tables.volunteers import VolunteerPart
from app.volunteers import service as volunteers

T = TypeVar("T")
P = TypeVar("P", bound=VolunteerPart)
PlaceKey = tuple[str, str, str]
PORTION = 500
"""How many ids one statement asks for."""


@dataclass
class Known:
    """What the pool has already, read once for the whole import and kept up to date."""

    places: dict[PlaceKey, Institution]
    people: set[str]
    requests: set[str]

    @classmethod
    def of(cls, session: Session, sponsor_id: UUID) -> "Known":
        """Everything that a row could repeat; who has left is known as well."""
        people = (
            select(Volunteer.identity_key)
            .join(Enrolment, col(Enrolment.volunteer_id) == col(Volunteer.id))
            .where(col(Enrolment.sponsor_id) == sponsor_id, taken_in())
        )
        asked = select(Request.source_key).where(
            col(Request.sponsor_id) == sponsor_id, col(Request.source_key).is_not(None)
        )
        return cls(
            places(session, sponsor_id),
            set(session.exec(people).all()),
            {str(key) for key in session.exec(asked).all()},
        )


@dataclass
class Person:
    """A volunteer of the pool with what a list says about people."""

    volunteer: Volunteer
    enrolment: Enrolment
    skills: list[LanguageSkill] = field(default_factory=list)
    windows: list[AvailabilityRule] = field(default_factory=list)
    absences: list[Absence] = field(default_factory=list)
    trainings: list[Training] = field(default_factory=list)
    clearances: list[Clearance] = field(default_factory=list)
    exclusions: list[Exclusion] = field(default_factory=list)


@dataclass
class Asked:
    """A request of the pool with its times and its first seat."""

    request: Request
    options: list[RequestOption]
    seat: Seat


def portions(items: Iterable[T]) -> Iterator[list[T]]:
    """The items in parts that fit into one statement."""
    listed = list(items)
    for start in range(0, len(listed), PORTION):
        yield listed[start : start + PORTION]


def place_key(name: str, postal_code: str, town: str) -> PlaceKey:
    """Under which an institution is the same one."""
    return same_institution(name), postal_code, same_town(town)


def place_of(draft: InstitutionDraft) -> PlaceKey:
    """The key of an institution of a list."""
    return place_key(draft.name, draft.postal_code, draft.town)


def place_asking(draft: RequestDraft) -> PlaceKey:
    """The key of the institution that asks."""
    return place_key(draft.institution, draft.institution_postal_code, draft.institution_town)


def person_key(draft: VolunteerDraft) -> str:
    """The key of a person of a list."""
    return volunteers.identity_key(draft.surname, draft.given_name, draft.birth_date)


def request_key(draft: RequestDraft, institution_id: UUID) -> str:
    """The key of a request of a list: the same row read twice has the same."""
    spoken = draft.language.tag or draft.language.written
    first = f"{institution_id}:{draft.day}:{draft.start_minute}:{draft.role}:{spoken}"
    return hashlib.sha256(first.encode()).hexdigest()


def institutions(session: Session, sponsor_id: UUID) -> list[Institution]:
    """The partners of a sponsor."""
    query = (
        select(Institution)
        .join(Partnership, col(Partnership.institution_id) == col(Institution.id))
        .where(col(Partnership.sponsor_id) == sponsor_id)
    )
    return list(session.exec(query.order_by(col(Institution.id))).all())


def places(session: Session, sponsor_id: UUID) -> dict[PlaceKey, Institution]:
    """The partners of a sponsor by their keys; of equal ones the last."""
    found = institutions(session, sponsor_id)
    return {place_key(row.name, row.postal_code, row.town): row for row in found}


def people(session: Session, sponsor_id: UUID, keys: Sequence[str]) -> dict[str, Person]:
    """The pool's people among these keys, with everything a list says about them."""
    found: dict[str, Person] = {}
    for portion in portions(dict.fromkeys(keys)):
        query = (
            select(Volunteer, Enrolment)
            .join(Enrolment, col(Enrolment.volunteer_id) == col(Volunteer.id))
            .where(
                col(Enrolment.sponsor_id) == sponsor_id,
                col(Volunteer.identity_key).in_(portion),
                taken_in(),
            )
        )
        rows = session.exec(query.order_by(col(Volunteer.id))).all()
        found |= {person.identity_key: Person(person, enrolment) for person, enrolment in rows}
    by_id = {person.volunteer.id: person for person in found.values()}
    for portion_of_ids in portions(by_id):
        _add_parts(session, sponsor_id, by_id, portion_of_ids)
    return found


def _add_parts(
    session: Session, sponsor_id: UUID, by_id: dict[UUID, Person], ids: list[UUID]
) -> None:
    for skill in _parts(session, LanguageSkill, ids):
        by_id[skill.volunteer_id].skills.append(skill)
    for window in _parts(session, AvailabilityRule, ids):
        by_id[window.volunteer_id].windows.append(window)
    for absence in _parts(session, Absence, ids):
        by_id[absence.volunteer_id].absences.append(absence)
    for training in _parts(session, Training, ids):
        by_id[training.volunteer_id].trainings.append(training)
    for clearance in _parts(session, Clearance, ids):
        by_id[clearance.volunteer_id].clearances.append(clearance)
    barred = select(Exclusion).where(
        col(Exclusion.sponsor_id) == sponsor_id, col(Exclusion.volunteer_id).in_(ids)
    )
    for exclusion in session.exec(barred).all():
        by_id[exclusion.volunteer_id].exclusions.append(exclusion)


def _parts(session: Session, table: type[P], ids: list[UUID]) -> Sequence[P]:
    return session.exec(select(table).where(col(table.volunteer_id).in_(ids))).all()


class AskedBefore:
    """The pool's requests on the days of a list, found by what makes two requests the same."""

    def __init__(self, session: Session, sponsor_id: UUID, drafts: Sequence[RequestDraft]) -> None:
        self._by_key: dict[str, Asked] = {}
        self._alike: dict[tuple[object, ...], Asked] = {}
        if drafts:
            days = [draft.day for draft in drafts]
            on_days = select(RequestOption.request_id).where(
                col(RequestOption.sponsor_id) == sponsor_id,
                col(RequestOption.position) == 0,
                col(RequestOption.day).between(min(days), max(days)),
            )
            self._read(session, session.exec(on_days).all())

    def _read(self, session: Session, ids: Sequence[UUID]) -> None:
        for portion in portions(ids):
            options: dict[UUID, list[RequestOption]] = defaultdict(list)
            times = select(RequestOption).where(col(RequestOption.request_id).in_(portion))
            for option in session.exec(times.order_by(col(RequestOption.position))).all():
                options[option.request_id].append(option)
            query = (
                select(Request, Seat)
                .join(Seat, col(Seat.request_id) == col(Request.id))
                .where(col(Request.id).in_(portion))
                .order_by(col(Request.id), col(Seat.position))
            )
            for request, seat in session.exec(query).all():
                self._note(Asked(request, options[request.id], seat))

    def _note(self, asked: Asked) -> None:
        request, seat = asked.request, asked.seat
        if request.source_key:
            self._by_key.setdefault(request.source_key, asked)
        if request.state not in (RequestState.CANCELLED, RequestState.REJECTED):
            spoken = seat.language or seat.language_written
            first = (request.institution_id, asked.options[0].starts_at, seat.role, spoken)
            self._alike.setdefault(first, asked)

    def find(self, draft: RequestDraft, institution_id: UUID) -> Asked | None:
        """The stored request that a row repeats."""
        same = self._by_key.get(request_key(draft, institution_id))
        spoken = draft.language.tag or draft.language.written
        starts_at = slot(draft.day, draft.start_minute, draft.duration_minutes).starts_at
        return same or self._alike.get((institution_id, starts_at, draft.role, spoken))
