"""Everything known about volunteers, loaded in a fixed number of statements."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import TypeVar
from uuid import UUID

from sqlalchemy import ColumnElement, true
from sqlmodel import Session, col, select

from app.tables import (
    Absence,
    AvailabilityRecurrence,
    AvailabilityRule,
    Clearance,
    Enrolment,
    EnrolmentState,
    Exclusion,
    ExtraTime,
    LanguageSkill,
    SponsorRow,
    Task,
    TaskState,
    Training,
    Volunteer,
    VolunteerPart,
)

P = TypeVar("P", bound=VolunteerPart)
Pools = frozenset[UUID] | None
"""The sponsors whose rows are looked at; None: every pool's."""


@dataclass
class Dossier:
    """One volunteer with languages, papers, availability and open questions."""

    volunteer: Volunteer
    enrolments: list[Enrolment] = field(default_factory=list)
    skills: list[LanguageSkill] = field(default_factory=list)
    trainings: list[Training] = field(default_factory=list)
    clearances: list[Clearance] = field(default_factory=list)
    rules: list[AvailabilityRule] = field(default_factory=list)
    recurrences: list[AvailabilityRecurrence] = field(default_factory=list)
    extras: list[ExtraTime] = field(default_factory=list)
    absences: list[Absence] = field(default_factory=list)
    exclusions: list[Exclusion] = field(default_factory=list)
    open_questions: list[str] = field(default_factory=list)
    lent_from: UUID | None = None
    """The pool that lends her for what is asked: its enrolment holds."""

    def enrolment_at(self, sponsor_id: UUID) -> Enrolment | None:
        """Her enrolment in one pool; in that which lends her, where one does."""
        pool = self.lent_from or sponsor_id
        return next((e for e in self.enrolments if e.sponsor_id == pool), None)


def _parts(session: Session, table: type[P], ids: Sequence[UUID]) -> dict[UUID, list[P]]:
    found: dict[UUID, list[P]] = defaultdict(list)
    query = select(table).where(col(table.volunteer_id).in_(ids)).order_by(col(table.id))
    for part in session.exec(query).all():
        found[part.volunteer_id].append(part)
    return found


def _at(table: type[SponsorRow], pools: Pools) -> ColumnElement[bool]:
    return true() if pools is None else col(table.sponsor_id).in_(pools)


def enrolments(
    session: Session, ids: Sequence[UUID], pools: Pools = None
) -> dict[UUID, list[Enrolment]]:
    """Live enrolments by volunteer."""
    found: dict[UUID, list[Enrolment]] = defaultdict(list)
    query = select(Enrolment).where(
        col(Enrolment.volunteer_id).in_(ids),
        col(Enrolment.state) != EnrolmentState.ENDED,
        _at(Enrolment, pools),
    )
    for enrolment in session.exec(query.order_by(col(Enrolment.id))).all():
        found[enrolment.volunteer_id].append(enrolment)
    return found


def skills(session: Session, ids: Sequence[UUID]) -> dict[UUID, list[LanguageSkill]]:
    """Languages by volunteer."""
    return _parts(session, LanguageSkill, ids)


def _exclusions(session: Session, ids: Sequence[UUID], pools: Pools) -> dict[UUID, list[Exclusion]]:
    found: dict[UUID, list[Exclusion]] = defaultdict(list)
    query = select(Exclusion).where(col(Exclusion.volunteer_id).in_(ids), _at(Exclusion, pools))
    for row in session.exec(query).all():
        found[row.volunteer_id].append(row)
    return found


def _questions(session: Session, ids: Sequence[UUID], pools: Pools) -> dict[UUID, list[str]]:
    found: dict[UUID, list[str]] = defaultdict(list)
    query = select(Task.subject_id, Task.code).where(
        col(Task.subject_id).in_(ids),
        col(Task.subject_type) == "volunteer",
        col(Task.state) == TaskState.OPEN,
        _at(Task, pools),
    )
    for subject_id, code in session.exec(query.order_by(col(Task.id))).all():
        found[subject_id].append(code)
    return found


def load(
    session: Session,
    volunteers: Iterable[Volunteer],
    *,
    sponsor_ids: Pools = None,
    lent_from: UUID | None = None,
) -> list[Dossier]:
    """The dossiers of `volunteers`, in their order.

    Enrolments, exclusions and open questions are those of `sponsor_ids`: what another pool has
    noted is nobody's business here. None (every pool) is for the volunteer herself. With
    `lent_from` they are lent by that pool, one of `sponsor_ids`.
    """
    rows = list(volunteers)
    ids = [row.id for row in rows]
    enrolled, spoken = enrolments(session, ids, sponsor_ids), skills(session, ids)
    trainings, clearances = _parts(session, Training, ids), _parts(session, Clearance, ids)
    rules, absences = _parts(session, AvailabilityRule, ids), _parts(session, Absence, ids)
    recurrences = _parts(session, AvailabilityRecurrence, ids)
    extras = _parts(session, ExtraTime, ids)
    exclusions = _exclusions(session, ids, sponsor_ids)
    questions = _questions(session, ids, sponsor_ids)
    return [
        Dossier(
            volunteer=row,
            enrolments=enrolled[row.id],
            skills=spoken[row.id],
            trainings=trainings[row.id],
            clearances=clearances[row.id],
            rules=rules[row.id],
            recurrences=recurrences[row.id],
            extras=extras[row.id],
            absences=absences[row.id],
            exclusions=exclusions[row.id],
            open_questions=questions[row.id],
            lent_from=lent_from,
        )
        for row in rows
    ]
