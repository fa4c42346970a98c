"""Why somebody's claim cannot be built, in a sentence with the days to look at."""

from collections.abc import Sequence

from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, col, select

from allowance import Contradiction
from app import db
from app.clock import local_day
from app.errors import Conflict
from app.payouts.works import Payable
from app.tables import ClaimLine, Volunteer

PAID_ONCE = "ex_claim_line_paid_once"
"""The guard of the database: no moment of anybody is paid twice."""
_WHY = {
    "overlap": (
        "Am {days} überschneiden sich zwei Nachweise. Dieselbe Zeit wird nur einmal bezahlt.",
        "Two records overlap on {days}. The same time is paid once.",
    ),
    "elsewhere": (
        "Die Zeit am {days} ist schon abgerechnet: in einer anderen Rolle oder Förderung oder"
        " bei einem anderen Träger. Dieselbe Zeit wird nur einmal bezahlt.",
        "The time on {days} is claimed already: in another role, funding line or pool. The same"
        " time is paid once.",
    ),
    "wrong": (
        "Die Angaben vom {days} passen nicht zusammen.",
        "The details of {days} do not fit together.",
    ),
}


class CannotBuild(Conflict):
    """The records of a volunteer contradict each other, or were paid before."""

    slug, title = "claim-cannot-be-built", "The claim cannot be built"
    de = "Die Abrechnung für {name} geht nicht. {why_de} Bitte die Nachweise prüfen."
    en = "The claim for {name} cannot be built. {why_en} Please check the records."


def contradicting(session: Session, group: Sequence[Payable], error: ValueError) -> CannotBuild:
    """What contradicts itself in the records of one claim."""
    code, ids = "wrong", frozenset(one.work.record_id for one in group)
    if isinstance(error, Contradiction):
        code = "overlap" if error.code == "overlap" else "wrong"
        ids = frozenset(error.record_ids)
    return _told(session, group, code, [one for one in group if one.work.record_id in ids])


def claimed_elsewhere(
    session: Session, group: Sequence[Payable], error: IntegrityError
) -> CannotBuild:
    """What of one claim another one pays already; any other refusal of the database is no answer.

    Which other one is not told: it may be another pool's.
    """
    if PAID_ONCE not in db.constraint_of(error):
        raise error
    return _told(session, group, "elsewhere", _claimed(session, group))


def _claimed(session: Session, group: Sequence[Payable]) -> list[Payable]:
    with db.as_system(session):
        paid = select(ClaimLine.started_at, ClaimLine.ended_at).where(
            col(ClaimLine.volunteer_id) == group[0].volunteer_id,
            col(ClaimLine.counts),
            col(ClaimLine.amount_cents) > 0,
            col(ClaimLine.started_at) < max(one.work.end for one in group),
            col(ClaimLine.ended_at) > min(one.work.start for one in group),
        )
        spans = session.exec(paid).all()
    return [
        one
        for one in group
        if any(start < one.work.end and one.work.start < end for start, end in spans)
    ]


def _told(
    session: Session, group: Sequence[Payable], code: str, about: Sequence[Payable]
) -> CannotBuild:
    person = session.get_one(Volunteer, group[0].volunteer_id)
    days = sorted({local_day(one.work.start) for one in about or group})
    listed = ", ".join(f"{day:%d.%m.%Y}" for day in days)
    german, english = (words.format(days=listed) for words in _WHY[code])
    name = f"{person.given_name} {person.surname}"
    return CannotBuild(name=name, why_de=german, why_en=english)
