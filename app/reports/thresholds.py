"""The conditions of the Land on the key dates, and for today what is due and what is ahead."""

from collections.abc import Iterator

from sqlmodel import Session

from app.clock import local_day, today
from app.grants import deadlines, forecasts, monitor, past, sentences
from app.reports import lump_sum, words
from app.reports.asked import Asked
from app.sheets import Column, Row
from app.tables import Sponsor

COLUMNS = (
    Column("day", "Tag", "Day", "date"),
    Column("kind", "Art", "Kind", "text"),
    Column("code", "Kürzel", "Code", "text"),
    Column("state", "Stand", "State", "text"),
    Column("guides", "Lotsen", "Guides", "integer"),
    Column("interpreters", "Dolmetschende", "Interpreters", "integer"),
    Column("languages", "Sprachen", "Languages", "integer"),
    Column("sentence", "Was es heißt", "What it means", "text"),
)
CONDITION = ("Bedingung", "Condition")
FORECAST = ("Vorschau", "Forecast")
DEADLINE = ("Frist", "Deadline")
MET, MISSED = ("erfüllt", "met"), ("nicht erfüllt", "not met")
DONE, OPEN, OVERDUE = ("erledigt", "done"), ("offen", "open"), ("überfällig", "overdue")
HOLDS = ("reicht", "holds")


def rows(session: Session, one: Asked) -> list[Row]:
    """Conditions by day; forecast and deadlines are told only of how things stand today."""
    sponsor = session.get_one(Sponsor, one.sponsor_id)
    made = list(_conditions(session, sponsor, one))
    if local_day(one.as_of) == today():
        made += _forecasts(session, sponsor, one)
        made += _deadlines(session, one)
    return made


def _row(one: Asked, kind: tuple[str, str], state: tuple[str, str], **more: object) -> Row:
    blank = dict.fromkeys(("guides", "interpreters", "languages"))
    said = {"kind": words.said(kind, one.locale), "state": words.said(state, one.locale)}
    made: Row = {**blank, **said, **more}  # type: ignore[dict-item]
    return made


def _conditions(session: Session, sponsor: Sponsor, one: Asked) -> Iterator[Row]:
    house = past.house(session, sponsor, one.as_of)
    for day in lump_sum.key_days(one):
        active = monitor.active_on(session, sponsor.id, day, one.as_of)
        for found in monitor.judged(house, active, day):
            said = " ".join(sentences.finding(found.code, found.finding, one.locale))
            state = MET if found.finding.met else MISSED
            about = {"day": day, "code": found.code, "sentence": said}
            yield _row(one, CONDITION, state, **about, **found.have)


def _forecasts(session: Session, sponsor: Sponsor, one: Asked) -> Iterator[Row]:
    """When the people of today will be too few, if nobody renews anything; nobody is named."""
    day = local_day(one.as_of)
    active = monitor.active_on(session, sponsor.id, day, one.as_of)
    for found in forecasts.forecasts(session, sponsor, active, day):
        said = sentences.forecast(found, one.locale)
        state = HOLDS if found.missed_on is None else MISSED
        yield _row(one, FORECAST, state, day=found.missed_on, code=found.code, sentence=said)


def _deadlines(session: Session, one: Asked) -> Iterator[Row]:
    """What has to be sent on a day of the period."""
    first, last = one.period.first_day, one.period.last_day
    years = range(first.year - 1, last.year + 2)
    for due in deadlines.of_sponsor(session, one.sponsor_id, years):
        if first <= due.day <= last:
            late = OVERDUE if due.day < local_day(one.as_of) else OPEN
            said = sentences.deadline(due, one.locale)
            state = DONE if due.done else late
            yield _row(one, DEADLINE, state, day=due.day, code=due.code, sentence=said)
