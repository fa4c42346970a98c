"""Budgets, deadlines and conditions as they are read, each with its sentence."""

from collections.abc import Sequence
from datetime import date, datetime
from uuid import UUID

from sqlmodel import Session, col, select

from allowance import euro
from app.access import Actor
from app.clock import local_day, now, today
from app.grants import budget, deadlines, forecasts, monitor, sentences
from app.grants.budget import Guide, Standing
from app.grants.deadlines import Due
from app.grants.forecasts import Forecast
from app.grants.schemas import (
    BudgetRead,
    DeadlineRead,
    EndingRead,
    FindingRead,
    ForecastRead,
    GuideHours,
    MonitorRead,
)
from app.tables import GrantNotice, Sponsor, VolunteerRole

_LASTS = (
    "Das Geld reicht: Am Ende bleiben voraussichtlich {left}.",
    "The money lasts: {left} are expected to be left at the end.",
)
_EXHAUSTED = (
    "Geht es so weiter, ist das Geld am {day} aufgebraucht.",
    "At this pace the money is used up on {day}.",
)
_NOT_YET = (
    "Es ist noch nichts bewilligt.",
    "Nothing has been granted yet.",
)
_OVER = (
    "Es ist mehr ausgegeben oder zugesagt, als bewilligt wurde: {over} zu viel.",
    "More is spent or promised than was granted: {over} too much.",
)


def of_budget(
    session: Session, actor: Actor, notice: GrantNotice, as_of: datetime | None, locale: str
) -> BudgetRead:
    """How a grant stands; the names of guides are for the office."""
    found = budget.standing(session, notice, as_of)
    spent = found.budget
    audits = actor.audits(notice.sponsor_id)
    return BudgetRead(
        notice_id=notice.id,
        as_of=local_day(as_of or now()),
        granted_cents=spent.granted,
        paid_cents=spent.paid,
        approved_cents=spent.approved,
        committed_cents=spent.committed,
        planned_cents=spent.planned,
        left_cents=spent.left,
        exhausted_on=found.outlook.exhausted_on,
        left_at_end_cents=found.outlook.left,
        sentence=_lasting(found, locale),
        minutes_left=found.minutes_left,
        guides=[_hours(one, named=not audits) for one in found.guides],
    )


def _lasting(found: Standing, locale: str) -> str:
    day, left = found.outlook.exhausted_on, found.outlook.left
    pair = _OVER if left < 0 else _EXHAUSTED if day else _LASTS
    if not found.budget.granted:
        pair = _NOT_YET
    said = {"left": euro(left, locale), "over": euro(-left, locale)}
    shown = f"{day:%d.%m.%Y}" if day else ""
    return (pair[1] if locale == "en" else pair[0]).format(**said, day=shown)


def _hours(one: Guide, *, named: bool) -> GuideHours:
    return GuideHours(
        volunteer_id=one.volunteer_id,
        volunteer=one.name if named else "",
        used_minutes=one.used_minutes,
        cap_minutes=one.cap_minutes,
        left_minutes=one.left_minutes,
    )


def of_deadlines(
    session: Session, sponsor_ids: Sequence[UUID], years: Sequence[int], locale: str
) -> list[DeadlineRead]:
    """Deadlines in order of time."""
    found = [
        due
        for sponsor_id in sponsor_ids
        for due in deadlines.of_sponsor(session, sponsor_id, years)
    ]
    return [_deadline(due, locale) for due in sorted(found, key=lambda due: due.day)]


def _deadline(due: Due, locale: str) -> DeadlineRead:
    return DeadlineRead(
        code=due.code,
        day=due.day,
        days_left=(due.day - today()).days,
        done=due.done,
        sentence=sentences.deadline(due, locale),
        sponsor_id=due.sponsor_id,
        notice_id=due.notice.id,
        subject_type=due.subject_type,
        subject_id=due.subject_id,
    )


def of_monitor(
    session: Session, actor: Actor, sponsor_id: UUID, day: date, locale: str
) -> MonitorRead:
    """How a sponsor stands on a day; who has to be asked is for the office."""
    sponsor = session.exec(select(Sponsor).where(col(Sponsor.id) == sponsor_id)).one()
    active = monitor.active_on(session, sponsor_id, day)
    roles = [one.role for one in active]
    audits = actor.audits(sponsor_id)
    return MonitorRead(
        sponsor_id=sponsor_id,
        on=day,
        guides=roles.count(VolunteerRole.GUIDE),
        interpreters=roles.count(VolunteerRole.INTERPRETER),
        languages=sorted({tag for one in active for tag in one.languages}),
        findings=[
            FindingRead(
                code=one.code,
                met=one.finding.met,
                cents=one.finding.cents,
                sentences=sentences.finding(one.code, one.finding, locale),
            )
            for one in monitor.judged(sponsor, active, day)
        ],
        forecasts=[
            _forecast(one, locale, named=not audits)
            for one in forecasts.forecasts(session, sponsor, active, day)
        ],
    )


def _forecast(one: Forecast, locale: str, *, named: bool) -> ForecastRead:
    return ForecastRead(
        code=one.code,
        missed_on=one.missed_on,
        sentence=sentences.forecast(one, locale),
        endings=[
            EndingRead(
                volunteer_id=ending.volunteer_id,
                volunteer=ending.name,
                what=ending.what,
                day=ending.day,
                sentence=sentences.ending(ending, locale),
            )
            for ending in (one.endings if named else [])
        ],
    )
