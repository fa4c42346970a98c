"""Storing what a pool's lists say: once, however often they are read."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime, time
from uuid import UUID

from sqlmodel import Session

from app import audit
from app.clock import now, today
from app.imports import differences, known, places, written
from app.imports.drafts import InstitutionDraft, RequestDraft, VolunteerDraft
from app.imports.institutions import KnownInstitution
from app.imports.judging import Judged, judge
from app.imports.known import Known
from app.imports.lists import Lists
from app.imports.verdicts import Question, Verdict
from app.imports.written import Written
from app.requests import service as requests
from app.requests import tasks
from app.requests.service import NewRequest, SeatSpec
from app.requests.times import slot
from app.sponsors import policies
from app.sponsors import service as sponsors
from app.tables import (
    Absence,
    Clearance,
    Enrolment,
    EnrolmentState,
    Exclusion,
    ImportBatch,
    Institution,
    LanguageSkill,
    Partnership,
    PolicyEffect,
    PolicyRule,
    Sponsor,
    Training,
    Volunteer,
)
from app.volunteers import service as volunteers
from scheduling import languages


@dataclass
class Stored:
    """What an import added; all zero when nothing was new."""

    volunteers: int = 0
    institutions: int = 0
    requests: int = 0
    questions: int = 0
    batch_id: UUID | None = field(default=None, compare=False)

    @property
    def anything(self) -> bool:
        """Whether something was new."""
        return bool(self.volunteers or self.institutions or self.requests or self.questions)


@dataclass(frozen=True)
class Target:
    """Into which pool, and who asked for it."""

    session: Session
    sponsor: Sponsor
    account_id: UUID | None = None
    sources: tuple[str, ...] = ()


def policy_of(rules: Iterable[PolicyRule]) -> "PolicyLookup":
    """The sponsor's rules as the lists ask them."""
    return PolicyLookup(tuple(rules))


@dataclass(frozen=True)
class PolicyLookup:
    """Calls like a function: the reason why something is forbidden, or None."""

    rules: tuple[PolicyRule, ...]

    def __call__(self, role: str, kind: str, topic: str) -> str | None:
        """The reason, or None when it is allowed."""
        found = policies.verdict(self.rules, role, kind, topic)
        return found.reason if found.effect == PolicyEffect.FORBID else None


def _known(row: Institution) -> KnownInstitution:
    return KnownInstitution(row.name, row.postal_code, row.town, row.kind, row.kind_label)


def verdicts(session: Session | None, sponsor_id: UUID | None, lists: Lists) -> Judged:
    """The verdict on each row, with what the pool knows already; without a pool the defaults."""
    if session is None or sponsor_id is None:
        return judge(lists, policy=policy_of(()), today=today())
    judged = judge(
        lists,
        known_institutions=[_known(row) for row in known.institutions(session, sponsor_id)],
        policy=policy_of(sponsors.rules(session, sponsor_id)),
        today=today(),
    )
    return differences.with_known(session, sponsor_id, judged)


def store(target: Target, judged: Judged) -> Stored:
    """Write every row that is not rejected and not stored already; questions become tasks."""
    stored = Stored()
    before = Known.of(target.session, target.sponsor.id)
    with written.recorded(target.session) as rows:
        for institution in judged.institutions:
            if institution.draft is not None:
                _institution(target, institution.draft, before, stored)
        for volunteer in judged.volunteers:
            _volunteer(target, volunteer, before, stored)
        for request in judged.requests:
            if request.draft is not None:
                _request(target, request.draft, before, stored)
    if stored.anything:
        stored.batch_id = _batch(target, judged, rows)
    return stored


def _batch(target: Target, judged: Judged, rows: Written) -> UUID:
    outcome = judged.as_json()
    batch = ImportBatch(
        sponsor_id=target.sponsor.id,
        account_id=target.account_id,
        content_hash=hashlib.sha256(repr(outcome).encode()).hexdigest(),
        outcome=outcome,
        created=[[table, str(row_id)] for table, row_id in rows],
        sources=list(target.sources),
        finished_at=now(),
    )
    target.session.add(batch)
    target.session.flush()
    audit.record(target.session, target.account_id, "import.store", batch)
    target.session.flush()
    return batch.id


def _ask(
    target: Target, stored: Stored, subject: tuple[str, UUID], questions: Iterable[Question]
) -> None:
    for question in questions:
        kind, _, rest = question.code.partition(":")
        params = {"written": question.written, "value": question.written}
        if kind == "column":
            params["heading"] = rest
        if kind == "language":
            params["candidates"] = ", ".join(languages.understand(rest).candidates)
        if kind == "policy":
            params |= {"kind": rest, "reason": question.reason}
        tasks.ask_about(
            target.session, target.sponsor.id, subject[0], subject[1], question.code, params
        )
        stored.questions += 1


def _institution(target: Target, draft: InstitutionDraft, before: Known, stored: Stored) -> None:
    session, sponsor_id = target.session, target.sponsor.id
    key = known.place_of(draft)
    if key in before.places:
        return
    (lat, lon), _ = places.near(draft.postal_code)
    row = Institution(
        name=draft.name,
        kind=draft.kind,
        kind_label=draft.kind_label,
        street=draft.street,
        postal_code=draft.postal_code,
        town=draft.town,
        lat=lat,
        lon=lon,
        phone=draft.phone,
        email=draft.email,
        contact_name=draft.contact,
    )
    session.add(row)
    session.flush()
    since = draft.agreement_since
    session.add(Partnership(sponsor_id=sponsor_id, institution_id=row.id, agreement_since=since))
    session.flush()
    before.places[key] = row
    stored.institutions += 1
    _ask(target, stored, ("institution", row.id), draft.questions)


def _volunteer(
    target: Target, verdict: Verdict[VolunteerDraft], before: Known, stored: Stored
) -> None:
    session, draft = target.session, verdict.draft
    if draft is None:
        return
    key = known.person_key(draft)
    if key in before.people:
        return
    before.people.add(key)
    (lat, lon), _ = places.near(draft.postal_code)
    person = Volunteer(
        surname=draft.surname,
        given_name=draft.given_name,
        identity_key=key,
        birth_date=draft.birth_date,
        gender=draft.gender or "unknown",
        postal_code=draft.postal_code,
        town=draft.town,
        lat=lat,
        lon=lon,
        transport=draft.transport or "car",
        german_level=draft.german_level,
        phone=draft.phone,
        email=draft.email,
        iban=draft.iban or "",
        phone_only=draft.phone_only,
        only_kinds=list(draft.only_kinds),
        note=draft.note,
    )
    session.add(person)
    session.flush()
    _enrol(target, verdict, draft, person)
    _papers(session, draft, person)
    for row in (*_skills(draft, person), *_times(draft, person), *_sperren(target, draft, person)):
        session.add(row)
    session.flush()
    stored.volunteers += 1
    _ask(target, stored, ("volunteer", person.id), draft.questions)


def _enrol(
    target: Target, verdict: Verdict[VolunteerDraft], draft: VolunteerDraft, person: Volunteer
) -> None:
    enrolment = Enrolment(
        sponsor_id=target.sponsor.id,
        volunteer_id=person.id,
        roles=list(draft.roles),
        coordinating=draft.coordinating,
        state=EnrolmentState.RELEASED,
        listing_renewed_on=today(),
        source_key=verdict.row,
    )
    if draft.week_minutes:
        enrolment.week_minutes = draft.week_minutes
    target.session.add(enrolment)
    # The second wall shows what belongs to her only to pools in which she is.
    target.session.flush()


def _papers(session: Session, draft: VolunteerDraft, person: Volunteer) -> None:
    if draft.training_day is not None and draft.training_units:
        for role in draft.roles:
            session.add(
                Training(
                    volunteer_id=person.id,
                    role=role,
                    units=draft.training_units,
                    done_on=draft.training_day,
                )
            )
    seen = {"declaration": draft.declaration_day, "conduct": draft.clearance_seen}
    if draft.measles == "yes":
        seen["measles"] = draft.clearance_seen or draft.declaration_day or today()
    for kind, day in seen.items():
        if day is not None:
            issued = draft.clearance_issued if kind == "conduct" else None
            session.add(Clearance(volunteer_id=person.id, kind=kind, issued_on=issued, seen_on=day))


def _skills(draft: VolunteerDraft, person: Volunteer) -> list[LanguageSkill]:
    return [
        LanguageSkill(volunteer_id=person.id, language=skill.tag, level=skill.level)
        for skill in draft.skills
        if skill.tag is not None
    ]


def _times(draft: VolunteerDraft, person: Volunteer) -> list[object]:
    rows: list[object] = []
    if draft.availability is not None:
        rows += volunteers.rules_from(person.id, draft.availability)
    if draft.absence is not None:
        rows.append(
            Absence(
                volunteer_id=person.id,
                first_day=draft.absence.first,
                last_day=draft.absence.last,
                start_minute=draft.absence.start_minute,
                end_minute=draft.absence.end_minute,
                reason="Urlaub",
            )
        )
    return rows


def _sperren(target: Target, draft: VolunteerDraft, person: Volunteer) -> list[Exclusion]:
    return [
        Exclusion(sponsor_id=target.sponsor.id, volunteer_id=person.id, institution_kind=kind)
        for kind in draft.excluded_kinds
    ]


def _request(
    target: Target,
    draft: RequestDraft,
    before: Known,
    stored: Stored,
) -> None:
    session, sponsor_id = target.session, target.sponsor.id
    institution = before.places[known.place_asking(draft)]
    key = known.request_key(draft, institution.id)
    if key in before.requests:
        return
    times = ((draft.day, draft.start_minute), *draft.alternatives)
    new = NewRequest(
        sponsor_id=sponsor_id,
        institution=institution,
        slots=tuple(slot(day, minute, draft.duration_minutes) for day, minute in times),
        seats=(
            SeatSpec(
                role=draft.role,
                language=draft.language.tag,
                written=draft.language.written,
                mode=draft.mode or "on_site",
                gender=draft.gender,
                gender_hard=draft.gender_hard,
            ),
        ),
        received_at=_received(draft),
        topic=draft.topic,
        note=draft.note,
        case_number=draft.case_number,
        same_person_wished=draft.same_person_wished,
        source_key=key,
        more={
            "contact_name": draft.contact,
            "contact_phone": draft.phone,
            "room": draft.room,
        },
    )
    if requests.find_same(session, new) is not None:
        return
    questions = draft.questions
    request = requests.store(session, new, waits=bool(questions))
    before.requests.add(key)
    stored.requests += 1
    _ask(target, stored, ("request", request.id), questions)


def _received(draft: RequestDraft) -> datetime:
    if draft.received is None:
        return now()
    return datetime.combine(draft.received, time(9), tzinfo=UTC)
