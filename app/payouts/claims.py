"""Claims as they are read: with names, lines, and a sentence for every cent."""

from collections.abc import Sequence
from typing import Any, TypeVar
from uuid import UUID

from sqlalchemy import select as sql_select
from sqlmodel import Session, col, select

from app import fields
from app.access import Actor
from app.clock import local_day
from app.payouts import explaining
from app.payouts.building import Built, Late
from app.payouts.schemas import ClaimDetail, ClaimRead, ClaimsBuilt, LeftOut, LeftOver
from app.tables import Activity, Claim, ClaimState, Payrun, Volunteer

C = TypeVar("C", bound=ClaimRead)
_IN_PAYRUN = (ClaimState.IN_PAYRUN, ClaimState.PAID, ClaimState.REPORTED)
_LEFT = {
    "sent": (
        "Die Abrechnung {month} ist schon weitergegeben. Bis zum Zahllauf kann sie zurückgegeben"
        " und neu erstellt werden.",
        "The claim for {month} was sent on already. Until the payrun it can be returned and built"
        " again.",
    ),
    "payrun": (
        "Die Abrechnung {month} ist schon im Zahllauf. Dieser Nachweis ist nicht darin. Wenn das"
        " Geld überwiesen ist: Bitte die Abrechnung zurücknehmen und den Monat neu abrechnen.",
        "The claim for {month} is in a payrun already. This record is not in it. Once the money has"
        " left, please take the claim back and claim the month anew.",
    ),
    "undecided": (
        "Bei der Tätigkeit vom {day} ist offen, ob sie förderfähig ist. Bitte das entscheiden und"
        " die Abrechnung neu erstellen.",
        "Whether the activity of {day} is fundable is open. Please decide and build the claim"
        " again.",
    ),
}
"""Why work is in no claim."""


def names(session: Session, volunteer_ids: Sequence[UUID]) -> dict[UUID, str]:
    """Full names, in one statement."""
    query = select(Volunteer.id, Volunteer.given_name, Volunteer.surname)
    query = query.where(col(Volunteer.id).in_(set(volunteer_ids)))
    return {one: f"{given} {surname}" for one, given, surname in session.exec(query).all()}


def _read(claim: Any, name: str) -> ClaimRead:
    shown = {member: getattr(claim, member) for member in _READ}
    return ClaimRead(**shown, month=f"{claim.month:%Y-%m}", volunteer=name)


_READ = ClaimRead.model_fields.keys() - {"month", "volunteer"}


def reads(session: Session, claims: Sequence[Any]) -> list[ClaimRead]:
    """Claims, or rows of what is read of them, with names: in one statement."""
    named = names(session, [claim.volunteer_id for claim in claims])
    return [_read(claim, named[claim.volunteer_id]) for claim in claims]


def of_payrun(session: Session, payrun: Payrun) -> list[ClaimRead]:
    """The claims of a payrun as they stand: many, and their account numbers stay closed."""
    members = [col(getattr(Claim, name)) for name in sorted(_READ | {"month"})]
    query = sql_select(*members).where(col(Claim.payrun_id) == payrun.id).order_by(col(Claim.id))
    session.flush()
    return reads(session, session.execute(query).all())


def told(actor: Actor, found: Sequence[C]) -> list[C]:
    """The same for who asks: an auditor reads no word that somebody typed."""
    return [
        fields.for_auditor(one)
        if actor.audits(one.sponsor_id) and one.volunteer_id != actor.volunteer_id
        else one
        for one in found
    ]


def read(session: Session, claim: Claim) -> ClaimRead:
    """One claim with the name."""
    return reads(session, [claim])[0]


def detail(session: Session, claim: Claim, locale: str) -> ClaimDetail:
    """A claim with its lines in order of start, each explained."""
    rows = explaining.found(session, claim)
    return ClaimDetail(
        **read(session, claim).model_dump(),
        lines=[explaining.line(claim, row[0], locale) for row in rows],
        notes=explaining.notes(session, claim, rows, locale),
    )


def built(session: Session, made: Built, locale: str) -> ClaimsBuilt:
    """What was built, what is in no claim and who was left out, with a sentence."""
    named = names(
        session,
        [claim.volunteer_id for claim in made.claims]
        + [late.payable.volunteer_id for late in made.late]
        + [activity.volunteer_id for activity in made.undecided]
        + [one.volunteer_id for one in made.stuck],
    )
    left_over = [_late(late, named, locale) for late in made.late]
    left_over += [_undecided(activity, named, locale) for activity in made.undecided]
    return ClaimsBuilt(
        claims=[_read(claim, named[claim.volunteer_id]) for claim in made.claims],
        left_over=left_over,
        left_out=[
            LeftOut(
                volunteer_id=one.volunteer_id,
                volunteer=named[one.volunteer_id],
                sentence=one.why.detail(locale),
            )
            for one in made.stuck
        ],
    )


def _late(late: Late, named: dict[UUID, str], locale: str) -> LeftOver:
    one, claim = late.payable, late.claim
    words = _LEFT["payrun" if claim.state in _IN_PAYRUN else "sent"][locale == "en"]
    return LeftOver(
        service_record_id=one.record_id,
        activity_id=one.activity_id,
        volunteer_id=one.volunteer_id,
        volunteer=named[one.volunteer_id],
        day=one.work.day,
        minutes=one.work.minutes,
        claim_id=claim.id,
        sentence=words.format(month=f"{claim.month:%m/%Y}"),
    )


def _undecided(activity: Activity, named: dict[UUID, str], locale: str) -> LeftOver:
    day = local_day(activity.started_at)
    return LeftOver(
        service_record_id=None,
        activity_id=activity.id,
        volunteer_id=activity.volunteer_id,
        volunteer=named[activity.volunteer_id],
        day=day,
        minutes=activity.minutes,
        claim_id=None,
        sentence=_LEFT["undecided"][locale == "en"].format(day=f"{day:%d.%m.%Y}"),
    )
