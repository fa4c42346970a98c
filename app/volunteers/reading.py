"""What may be read about volunteers: rows of a list, and one with everything a plan looks at."""

from collections.abc import Iterable, Sequence
from datetime import timedelta

from sqlmodel import Session, col, or_, select
from sqlmodel.sql.expression import SelectOfScalar

from app import access, fields
from app.access import Actor
from app.clock import today
from app.tables import (
    AvailabilityRecurrence,
    AvailabilityRule,
    Clearance,
    Enrolment,
    LanguageSkill,
    Volunteer,
)
from app.volunteers import dossiers, papers, sentences, whole
from app.volunteers.dossiers import Dossier
from app.volunteers.schemas import (
    ClearanceRead,
    EnrolmentRead,
    LanguageRead,
    TrainingRead,
    VolunteerRead,
    VolunteerRow,
)
from app.volunteers.schemas_times import (
    AbsenceRead,
    AvailabilityRead,
    ExtraTimeRead,
    RecurrenceRead,
    WindowRead,
)
from scheduling import recurrence

SHOWN_DAYS = 3
AHEAD = timedelta(days=400)
"""How far the next days of a rule are looked for."""


def rows(session: Session, actor: Actor, volunteers: Sequence[Volunteer]) -> list[VolunteerRow]:
    """List rows, in three statements whatever their number."""
    ids = [v.id for v in volunteers]
    enrolled = dossiers.enrolments(session, ids, actor.sponsor_ids)
    spoken = dossiers.skills(session, ids)
    return [
        VolunteerRow(
            id=v.id,
            surname=v.surname,
            given_name=v.given_name,
            town=v.town,
            languages=[LanguageRead(**s.model_dump()) for s in spoken[v.id]],
            enrolments=[EnrolmentRead(**e.model_dump()) for e in enrolled[v.id]],
        )
        for v in volunteers
    ]


def search(
    actor: Actor, *, q: str | None, language: str | None, state: str | None
) -> SelectOfScalar[Volunteer]:
    """The visible volunteers, by part of the name, language and state."""
    query = access.visible_volunteers(actor)
    if q:
        names = (col(Volunteer.surname), col(Volunteer.given_name))
        query = query.where(or_(*(name.icontains(q, autoescape=True) for name in names)))
    if language:
        speakers = select(LanguageSkill.volunteer_id).where(col(LanguageSkill.language) == language)
        query = query.where(col(Volunteer.id).in_(speakers))
    if state:
        enrolled = select(Enrolment.volunteer_id).where(
            col(Enrolment.state) == state, col(Enrolment.sponsor_id).in_(actor.sponsor_ids)
        )
        query = query.where(col(Volunteer.id).in_(enrolled))
    return query


def in_order(rules: Iterable[AvailabilityRule]) -> list[AvailabilityRule]:
    """Windows in the order of the week."""
    return sorted(rules, key=lambda rule: (rule.weekday, rule.start_minute, rule.end_minute))


def availability_read(dossier: Dossier) -> AvailabilityRead:
    """The windows, the sentence they make, the rules, and what differs from today on."""
    rules = in_order(dossier.rules)
    return AvailabilityRead(
        windows=[WindowRead(**rule.model_dump()) for rule in rules],
        understood=sentences.understood(rules, "de"),
        understood_en=sentences.understood(rules, "en"),
        recurrences=[_recurrence(one) for one in dossier.recurrences],
        extra_times=[
            ExtraTimeRead(**extra.model_dump())
            for extra in sorted(dossier.extras, key=lambda e: (e.day, e.start_minute))
            if extra.day >= today()
        ],
        absences=[
            AbsenceRead(**absence.model_dump())
            for absence in sorted(dossier.absences, key=lambda a: (a.first_day, a.start_minute))
            if absence.last_day >= today()
        ],
    )


def _recurrence(row: AvailabilityRecurrence) -> RecurrenceRead:
    days = recurrence.days(row.rule, row.first_day, today(), today() + AHEAD)
    return RecurrenceRead(**row.model_dump(), next_days=list(days[:SHOWN_DAYS]))


def read(session: Session, actor: Actor, volunteer: Volunteer) -> VolunteerRead:
    """One volunteer with everything a plan looks at; of other pools only she herself reads."""
    pools = None if volunteer.id == actor.volunteer_id else actor.sponsor_ids
    return read_dossier(whole.dossier(session, volunteer, sponsor_ids=pools))


def read_dossier(dossier: Dossier) -> VolunteerRead:
    """The same from a loaded dossier."""
    v = dossier.volunteer
    return VolunteerRead(
        **v.model_dump(include=set(VolunteerRead.model_fields)),
        iban_masked=fields.masked(v.iban),
        languages=[LanguageRead(**s.model_dump()) for s in dossier.skills],
        enrolments=[EnrolmentRead(**e.model_dump()) for e in dossier.enrolments],
        trainings=[TrainingRead(**t.model_dump()) for t in dossier.trainings],
        clearances=[_clearance(one) for one in dossier.clearances],
        quiet_from=sentences.clock(v.quiet_from_minute),
        quiet_to=sentences.clock(v.quiet_to_minute),
        availability=availability_read(dossier),
        absences=[AbsenceRead(**a.model_dump()) for a in dossier.absences],
        open_questions=dossier.open_questions,
    )


def _clearance(row: Clearance) -> ClearanceRead:
    return ClearanceRead(
        **row.model_dump(), counts=papers.counts(row), last_day=papers.ends_on(row)
    )
