"""What somebody can still be paid in this grant year, told to herself."""

from datetime import date

from sqlmodel import Session, col, select

from allowance import duration
from app.access import Actor
from app.clock import midnight, today
from app.payouts.schemas import CapRead
from app.rate_plans import ROLES_DE, ROLES_EN
from app.seam import headroom, workload
from app.seam.headroom import YearCap
from app.tables import NO_MEMBER, Enrolment

WORDS = (
    "Für {role} werden {year} höchstens {cap} bezahlt. Davon sind {used} getan oder gebucht,"
    " {left} sind noch frei.",
    "For {role} at most {cap} are paid in {year}. Of these {used} are done or booked, {left} are"
    " still free.",
)
NOTHING_LEFT = (
    "Für {role} werden {year} höchstens {cap} bezahlt. Getan oder gebucht sind {used}: Es ist"
    " nichts mehr frei. Ihre Zeit zählt trotzdem.",
    "For {role} at most {cap} are paid in {year}. Done or booked are {used}: nothing is left."
    " Your time counts all the same.",
)


def listed(session: Session, actor: Actor, locale: str) -> list[CapRead]:
    """Her caps in each of her pools, on today's plans."""
    day = today()
    year = date(day.year, 1, 1), date(day.year, 12, 31)
    enrolments = session.exec(
        select(Enrolment)
        .where(
            col(Enrolment.volunteer_id) == actor.volunteer_id,
            col(Enrolment.state).not_in(NO_MEMBER),
        )
        .order_by(col(Enrolment.id))
    ).all()
    ids = sorted({one.volunteer_id for one in enrolments})
    since = midnight(year[0])
    found = workload.taken_by(session, ids, since, since, with_private=False)
    taken = [one for one in found if year[0] <= one.day <= year[1]]
    return [
        _read(enrolment, cap, year, locale)
        for enrolment in enrolments
        for cap in headroom.of_person(session, enrolment, taken, day)
    ]


def _read(enrolment: Enrolment, cap: YearCap, year: tuple[date, date], locale: str) -> CapRead:
    return CapRead(
        sponsor_id=enrolment.sponsor_id,
        role=cap.role,
        funding_line=cap.funding_line,
        unit="minutes",
        period="year",
        first_day=year[0],
        last_day=year[1],
        cap=cap.cap,
        used=cap.used,
        left=cap.left,
        sentence=_sentence(cap, locale),
    )


def _sentence(cap: YearCap, locale: str) -> str:
    english = locale == "en"
    words = (WORDS if cap.left else NOTHING_LEFT)[english]
    return words.format(
        role=(ROLES_EN if english else ROLES_DE)[cap.role],
        year=cap.day.year,
        cap=duration(cap.cap, locale),
        used=duration(cap.used, locale),
        left=duration(cap.left, locale),
    )
