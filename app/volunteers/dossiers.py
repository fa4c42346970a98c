"""Everything known about volunteers, loaded in a fixed number of statements."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import TypeVar
from uuid import UUID

from sqlmodel import Session, col, select

from app.tables import (
    Absence,
    AvailabilityRule,
    Clearance,
    Enrolment,
    EnrolmentState,
    Exclusion,
    LanguageSkill,
    Task,
    TaskState,
    Training,
    Volunteer,
    VolunteerPart,
)

P = TypeVar("P", bound=VolunteerPart)


@dataclass
class Dossier:
    """One volunteer with languages, papers, availability and open questions."""

    volunteer: Volunteer
    enrolments: list[Enrolment] = field(default_factory=list)
    skills: list[LanguageSkill] = field(default_factory=list)
    trainings: list[Training] = field(default_factory=list)
    clearances: list[Clearance] = field(default_factory=list)
    rules: list[AvailabilityRule] = field(default_factory=list)
    absences: list[Absence] = field(default_factory=list)
    exclusions: list[Exclusion] = field(default_factory=list)
    open_questions: list[str] = field(default_factory=list)

    def enrolment_at(self, sponsor_id: UUID) -> Enrolment | None:
        """Her enrolment in one pool."""
        return next((e for e in self.enrolments if e.sponsor_id == sponsor_id), None)


def _parts(session: Session, table: type[P], ids: Sequence[UUID]) -> dict[UUID, list[P]]:
    found: dict[UUID, list[P]] = defaultdict(list)
    query = select(table).where(col(table.volunteer_id).in_(ids)).order_by(col(table.id))
    for part in session.exec(query).all():
        found[part.volunteer_id].append(part)
    return found


def enrolments(session: Session, ids: Sequence[UUID]) -> dict[UUID, list[Enrolment]]:
    """Live enrolments by volunteer."""
    found: dict[UUID, list[Enrolment]] = defaultdict(list)
    query = select(Enrolment).where(
        col(Enrolment.volunteer_id).in_(ids), col(Enrolment.state) != EnrolmentState.ENDED
    )
    for enrolment in session.exec(query.order_by(col(Enrolment.id))).all():
        found[enrolment.volunteer_id].append(enrolment)
    return found


def skills(session: Session, ids: Sequence[UUID]) -> dict[UUID, list[LanguageSkill]]:
    """Languages by volunteer."""
    return _parts(session, LanguageSkill, ids)


def _exclusions(session: Session, ids: Sequence[UUID]) -> dict[UUID, list[Exclusion]]:
    found: dict[UUID, list[Exclusion]] = defaultdict(list)
    for row in session.exec(select(Exclusion).where(col(Exclusion.volunteer_id).in_(ids))).all():
        found[row.volunteer_id].append(row)
    return found


def _questions(session: Session, ids: Sequence[UUID]) -> dict[UUID, list[str]]:
    found: dict[UUID, list[str]] = defaultdict(list)
    query = select(Task.subject_id, Task.code).where(
        col(Task.subject_id).in_(ids),
        col(Task.subject_type) == "volunteer",
        col(Task.state) == TaskState.OPEN,
    )
    for subject_id, code in session.exec(query.order_by(col(Task.id))).all():
        found[subject_id].append(code)
    return found


def load(session: Session, volunteers: Iterable[Volunteer]) -> list[Dossier]:
    """The dossiers of `volunteers`, in their order."""
    rows = list(volunteers)
    ids = [row.id for row in rows]
    enrolled, spoken = enrolments(session, ids), skills(session, ids)
    trainings, clearances = _parts(session, Training, ids), _parts(session, Clearance, ids)
    rules, absences = _parts(session, AvailabilityRule, ids), _parts(session, Absence, ids)
    exclusions, questions = _exclusions(session, ids), _questions(session, ids)
    return [
        Dossier(
            volunteer=row,
            enrolments=enrolled[row.id],
            skills=spoken[row.id],
            trainings=trainings[row.id],
            clearances=clearances[row.id],
            rules=rules[row.id],
            absences=absences[row.id],
            exclusions=exclusions[row.id],
            open_questions=questions[row.id],
        )
        for row in rows
    ]
