"""Rows that are stored already, and what the list says otherwise: told, never changed silently."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from uuid import UUID

from sqlmodel import Session

from app.imports import known
from app.imports.drafts import InstitutionDraft, RequestDraft, VolunteerDraft
from app.imports.judging import Judged
from app.imports.known import Asked, Person
from app.imports.verdicts import Verdict
from app.tables import AvailabilityRule, Institution
from app.volunteers import service as volunteers

Compared = Iterator[tuple[tuple[str, ...], bool]]
"""Columns that may say something, and whether they say what is stored."""

WINDOW = (
    "weekday", "start_minute", "end_minute", "soft", "every_weeks", "season", "parity",
    "valid_from", "valid_to",
)  # fmt: skip
"""What makes two weekly windows the same."""


def with_known(session: Session, sponsor_id: UUID, judged: Judged) -> Judged:
    """The verdicts with a mark on each row that the pool has already."""
    places = known.places(session, sponsor_id)
    return Judged(
        _people(session, sponsor_id, judged.volunteers),
        tuple(_place(verdict, places) for verdict in judged.institutions),
        _requests(session, sponsor_id, judged.requests, places),
    )


def _people(
    session: Session, sponsor_id: UUID, verdicts: Sequence[Verdict[VolunteerDraft]]
) -> tuple[Verdict[VolunteerDraft], ...]:
    keys = [known.person_key(verdict.draft) if verdict.draft else "" for verdict in verdicts]
    found = known.people(session, sponsor_id, [key for key in keys if key])
    marked = []
    for key, verdict in zip(keys, verdicts, strict=True):
        person = found.get(key)
        if verdict.draft is None or person is None:
            marked.append(verdict)
        else:
            marked.append(_marked(verdict, _person_compared(verdict.draft, person)))
    return tuple(marked)


def _place(
    verdict: Verdict[InstitutionDraft], places: Mapping[known.PlaceKey, Institution]
) -> Verdict[InstitutionDraft]:
    if verdict.draft is None:
        return verdict
    row = places.get(known.place_of(verdict.draft))
    return verdict if row is None else _marked(verdict, _place_compared(verdict.draft, row))


def _requests(
    session: Session,
    sponsor_id: UUID,
    verdicts: Sequence[Verdict[RequestDraft]],
    places: Mapping[known.PlaceKey, Institution],
) -> tuple[Verdict[RequestDraft], ...]:
    drafts = [verdict.draft for verdict in verdicts if verdict.draft is not None]
    before = known.AskedBefore(session, sponsor_id, drafts)
    marked = []
    for verdict in verdicts:
        place = places.get(known.place_asking(verdict.draft)) if verdict.draft else None
        asked = before.find(verdict.draft, place.id) if verdict.draft and place else None
        if verdict.draft is None or asked is None:
            marked.append(verdict)
        else:
            marked.append(_marked(verdict, _request_compared(verdict.draft, asked)))
    return tuple(marked)


def _marked(verdict: Verdict[known.T], compared: Compared) -> Verdict[known.T]:
    """The verdict of a row that is stored; columns that the list lacks say nothing."""
    differing = dict.fromkeys(
        verdict.headings[field]
        for fields, same in compared
        if not same
        for field in fields
        if field in verdict.headings
    )
    return replace(verdict, stored=True, differs=tuple(differing))


def _same(listed: object, stored: object) -> bool:
    """Whether a cell says what is stored; an empty cell says nothing."""
    return listed in (None, "", ()) or listed == stored


def _person_compared(draft: VolunteerDraft, person: Person) -> Compared:
    stored, enrolment = person.volunteer, person.enrolment
    yield ("postal_code", "place"), _same(draft.postal_code, stored.postal_code)
    yield ("town",), _same(draft.town, stored.town)
    yield ("gender",), _same(draft.gender, stored.gender)
    yield ("phone", "mobile"), _same(draft.phone, stored.phone)
    yield ("email",), _same(draft.email, stored.email)
    yield ("german_level",), _same(draft.german_level, stored.german_level)
    yield ("iban",), _same(draft.iban, stored.iban)
    yield ("week_hours",), _same(draft.week_minutes, enrolment.week_minutes)
    roles = set(draft.roles) == set(enrolment.roles)
    yield ("role",), roles and draft.coordinating == enrolment.coordinating
    yield ("languages",), _same_skills(draft, person)
    yield ("availability",), _same_windows(draft, person)
    yield ("remark",), _same_remark(draft, person)
    yield from _papers_compared(draft, person)


def _same_skills(draft: VolunteerDraft, person: Person) -> bool:
    """Levels agree; more languages than listed may only come from a question's answer."""
    listed = {skill.tag: skill.level for skill in draft.skills if skill.tag is not None}
    stored = {skill.language: skill.level for skill in person.skills}
    asked = any(skill.tag is None for skill in draft.skills)
    missing = any(stored.get(tag, "none") != level for tag, level in listed.items())
    return not missing and (asked or set(stored) == set(listed))


def _same_windows(draft: VolunteerDraft, person: Person) -> bool:
    if draft.availability is None:
        return True
    listed = volunteers.rules_from(person.volunteer.id, draft.availability)
    return set(map(_window, listed)) == set(map(_window, person.windows))


def _window(rule: AvailabilityRule) -> tuple[object, ...]:
    return tuple(getattr(rule, name) for name in WINDOW)


def _same_remark(draft: VolunteerDraft, person: Person) -> bool:
    stored, barred = person.volunteer, {one.institution_kind for one in person.exclusions}
    away = [(one.first_day, one.last_day) for one in person.absences]
    return (
        _same(draft.note, stored.note)
        and draft.phone_only <= stored.phone_only
        and _same(draft.only_kinds, tuple(stored.only_kinds))
        and set(draft.excluded_kinds) <= barred
        and _same(draft.transport, stored.transport)
        and (draft.absence is None or (draft.absence.first, draft.absence.last) in away)
    )


def _papers_compared(draft: VolunteerDraft, person: Person) -> Compared:
    courses = {(one.done_on, one.units) for one in person.trainings}
    if draft.training_day and draft.training_units:
        listed = (draft.training_day, draft.training_units)
        yield ("training_day", "training_units"), listed in courses
    seen = {(one.kind, one.seen_on) for one in person.clearances}
    issued = {(one.kind, one.issued_on) for one in person.clearances}
    if draft.clearance_seen:
        yield ("clearance_seen",), ("conduct", draft.clearance_seen) in seen
        yield ("clearance_issued",), ("conduct", draft.clearance_issued) in issued
    if draft.declaration_day:
        yield ("declaration_day",), ("declaration", draft.declaration_day) in seen
    if draft.measles == "yes":
        yield ("measles",), any(kind == "measles" for kind, _ in seen)


def _place_compared(draft: InstitutionDraft, row: Institution) -> Compared:
    yield ("kind",), _same(draft.kind, row.kind) and _same(draft.kind_label, row.kind_label)
    yield ("street",), _same(draft.street, row.street)
    yield ("phone", "mobile"), _same(draft.phone, row.phone)
    yield ("email",), _same(draft.email, row.email)
    yield ("contact",), _same(draft.contact, row.contact_name)


def _request_compared(draft: RequestDraft, asked: Asked) -> Compared:
    request, seat = asked.request, asked.seat
    times = [(one.day, one.start_minute) for one in asked.options if one.position > 0]
    yield ("duration", "end"), draft.duration_minutes == asked.options[0].duration_minutes
    yield ("alternatives",), not draft.alternatives or list(draft.alternatives) == times
    yield ("topic",), _same(draft.topic, request.topic)
    yield ("mode",), _same(draft.mode, seat.mode)
    yield ("gender",), _same(draft.gender, seat.gender)
    yield ("contact",), _same(draft.contact, request.contact_name)
    yield ("phone",), _same(draft.phone, request.contact_phone)
    yield ("room",), _same(draft.room, request.room)
    same_person = draft.same_person_wished <= request.same_person_wished
    yield ("remark",), _same(draft.note, request.note) and same_person
