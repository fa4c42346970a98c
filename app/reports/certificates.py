"""The yearly certificate of a volunteer, from the books of one sponsor."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from fastapi import Request
from sqlmodel import Session, col

from app import access, books
from app.access import Actor, SponsorUnclear
from app.auditing import records
from app.clock import local_day
from app.errors import Conflict, NotFound
from app.payouts import papers
from app.payouts.papers import Certificate, RolePayment, RoleYear, TrainingDone
from app.reports import asked, participants, words
from app.reports.asked import Asked
from app.reports.period import Period
from app.tables import Enrolment, LedgerEntry, LedgerKind, Sponsor, Volunteer
from app.taxes import choices

TAKEN = "volunteer.certificate"


class NothingToCertify(Conflict):
    """In this year there is nothing in the books."""

    slug, title = "nothing-to-certify", "Nothing to certify"
    de = "Für {year} stehen hier weder Stunden noch Zahlungen oder Kurse. Bitte das Jahr prüfen."
    en = "For {year} there are neither hours nor payments or courses here. Please check the year."


def place(session: Session, actor: Actor, volunteer_id: UUID, sponsor_id: UUID | None) -> Enrolment:
    """Where she works or has worked, as far as the actor sees it."""
    query = access.visible_enrolments(actor).where(col(Enrolment.volunteer_id) == volunteer_id)
    if sponsor_id is not None:
        query = query.where(col(Enrolment.sponsor_id) == sponsor_id)
    found = session.exec(query).all()
    if not found:
        raise NotFound
    if len(found) > 1:
        raise SponsorUnclear
    return found[0]


def note(request: Request, actor: Actor, enrolment: Enrolment) -> None:
    """Note that somebody else took it along."""
    if actor.volunteer_id == enrolment.volunteer_id:
        return
    records.note_file(request, actor, TAKEN, enrolment)


def pdf(session: Session, enrolment: Enrolment, year: int, as_of: datetime, locale: str) -> bytes:
    """The certificate of a year; the same moment gives the same bytes."""
    year_of = Period(date(year, 1, 1), date(year, 12, 31))
    one = Asked(enrolment.sponsor_id, year_of, as_of, locale)
    hers = col(LedgerEntry.volunteer_id) == enrolment.volunteer_id
    work = asked.sums(session, one, LedgerKind.WORK, hers, by=("role", "language"))
    courses = participants.lines(session, one, hers)
    payments, travel = _payments(session, one, enrolment, year)
    roles = _roles(work)
    if not (roles or courses or payments or travel):
        raise NothingToCertify(year=year)
    person = session.get_one(Volunteer, enrolment.volunteer_id)
    certificate = Certificate(
        sponsor=session.get_one(Sponsor, enrolment.sponsor_id).name,
        volunteer=f"{person.given_name} {person.surname}".strip(),
        year=year,
        issued_on=local_day(as_of),
        roles=roles,
        payments=payments,
        languages=_languages(work, locale),
        trainings=[TrainingDone(line.title, line.day, int(line.units)) for line in courses],
        travel_cents=travel,
    )
    return papers.certificate(certificate, locale)


def _roles(work: Sequence[Any]) -> list[RoleYear]:
    """Appointments and activities, and hours, by role."""
    sums: dict[str, list[int]] = defaultdict(lambda: [0, 0])
    for line in work:
        sums[line.role][0] += int(line.quantity)
        sums[line.role][1] += int(line.minutes)
    return [RoleYear(role, *sums[role]) for role in sorted(sums) if any(sums[role])]


def _languages(work: Sequence[Any], locale: str) -> list[str]:
    spoken = {line.language for line in work if line.language and line.quantity > 0}
    return sorted(words.language(tag, locale) for tag in spoken)


def _payments(
    session: Session, one: Asked, enrolment: Enrolment, year: int
) -> tuple[list[RolePayment], int]:
    """What was paid in the year for each role without travel, and for travel."""
    lines = books.sums(
        session,
        col(LedgerEntry.sponsor_id) == one.sponsor_id,
        col(LedgerEntry.volunteer_id) == enrolment.volunteer_id,
        col(LedgerEntry.kind) == LedgerKind.PAID,
        col(LedgerEntry.paid_on) >= one.period.first_day,
        col(LedgerEntry.paid_on) <= one.period.last_day,
        by=("role",),
        as_of=one.as_of,
    )
    rules = choices.of_sponsors(session, [one.sponsor_id], one.as_of)
    payments = [
        RolePayment(
            line.role,
            rules.rule(one.sponsor_id, line.role, year),
            int(line.amount_cents - line.travel_cents),
        )
        for line in lines
        if line.amount_cents
    ]
    return payments, sum(int(line.travel_cents) for line in lines)
