"""Storing what a pool's lists say: once, however often they are read."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime, time
from uuid import UUID

from sqlmodel import Session

from app import audit
from app.clock import now, today
from app.imports import differences, known, new_rows, written
from app.imports.drafts import InstitutionDraft, RequestDraft, VolunteerDraft
from app.imports.institutions import KnownInstitution
from app.imports.judging import Judged, judge
from app.imports.known import Known
from app.imports.lists import Lists
from app.imports.verdicts import Question, Verdict
from app.imports.written import Written
from app.requests import service as requests
from app.requests.service import NewRequest, SeatSpec
from app.requests.times import slot
from app.sponsors import policies
from app.sponsors import service as sponsors
from app.tables import (
    ImportBatch,
    Institution,
    Partnership,
    PolicyEffect,
    PolicyRule,
    Sponsor,
    Task,
    Volunteer,
)
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
        _institutions(target, judged.institutions, before, stored)
        _volunteers(target, judged.volunteers, before, stored)
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
    asked: dict[str, Task] = {}
    for question in questions:
        asked.setdefault(question.code, _task(target, subject, question))
    target.session.add_all(asked.values())
    stored.questions += len(asked)


def _task(target: Target, subject: tuple[str, UUID], question: Question) -> Task:
    kind, _, rest = question.code.partition(":")
    # By its end one finds an account in the list again.
    written = f"…{question.written[-4:]}" if question.account else question.written
    params = {"written": written, "value": written}
    if kind == "column":
        params["heading"] = rest
    if kind == "language":
        params["candidates"] = ", ".join(languages.understand(rest).candidates)
    if kind == "policy":
        params |= {"kind": rest, "reason": question.reason}
    return Task(
        sponsor_id=target.sponsor.id,
        code=question.code[:160],
        params=params,
        subject_type=subject[0],
        subject_id=subject[1],
    )


def _institutions(
    target: Target, verdicts: Iterable[Verdict[InstitutionDraft]], before: Known, stored: Stored
) -> None:
    session, new = target.session, []
    for verdict in verdicts:
        draft = verdict.draft
        if draft is not None and (key := known.place_of(draft)) not in before.places:
            before.places[key] = new_rows.institution(draft, target.sponsor)
            new.append((before.places[key], draft))
    session.add_all(row for row, _ in new)
    session.flush()
    session.add_all(
        Partnership(
            sponsor_id=target.sponsor.id,
            institution_id=row.id,
            agreement_since=draft.agreement_since,
        )
        for row, draft in new
    )
    session.flush()
    stored.institutions += len(new)
    for row, draft in new:
        _ask(target, stored, ("institution", row.id), draft.questions)
    session.flush()


def _volunteers(
    target: Target, verdicts: Iterable[Verdict[VolunteerDraft]], before: Known, stored: Stored
) -> None:
    """All people, then their places in the pool, then what belongs to them."""
    session = target.session
    new: list[tuple[Volunteer, VolunteerDraft, str]] = []
    for verdict in verdicts:
        draft = verdict.draft
        if draft is not None and (key := known.person_key(draft)) not in before.people:
            before.people.add(key)
            new.append((new_rows.volunteer(draft, key), draft, verdict.row))
    session.add_all(person for person, _, _ in new)
    session.flush()
    session.add_all(new_rows.enrolment(target.sponsor.id, *one) for one in new)
    # The second wall shows what belongs to her only to pools in which she is.
    session.flush()
    for person, draft, _ in new:
        session.add_all(new_rows.parts(target.sponsor.id, draft, person))
        _ask(target, stored, ("volunteer", person.id), draft.questions)
    session.flush()
    stored.volunteers += len(new)


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
    session.flush()


def _received(draft: RequestDraft) -> datetime:
    if draft.received is None:
        return now()
    return datetime.combine(draft.received, time(9), tzinfo=UTC)
