"""`/calendars/{token}.ics`: appointments for a calendar program that only knows an address."""

import hashlib
import logging
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Path, Request, Response
from sqlalchemy import ColumnElement, Engine, exists
from sqlalchemy.exc import SQLAlchemyError
from sqlmodel import Session, col, or_, select, update
from starlette.background import BackgroundTask

from app import db
from app.calendars import service as calendars
from app.calendars import visits, words
from app.calendars.words import Visit
from app.clock import now
from app.db import SessionDep, UnitOfWork
from app.errors import PROBLEM_RESPONSES, NotFound
from app.tables import (
    Account,
    CalendarFeed,
    Enrolment,
    EnrolmentState,
    FeedDetail,
    FeedKind,
    Membership,
    Role,
)
from app.tokens import hash_token
from scheduling.calendar_out import Appointment, calendar_text

log = logging.getLogger(__name__)

MOST_LETTERS = 100
REFRESH_MINUTES = 60
NOTED_EVERY = timedelta(hours=1)
TENTH = timedelta(milliseconds=100)
HEADERS = {
    "Cache-Control": "private, no-cache",
    "Content-Disposition": 'inline; filename="lotsenwerk.ics"',
    "X-Robots-Tag": "noindex, nofollow",
}
FILE_HEADERS = {"Content-Disposition": 'attachment; filename="termin.ics"'}


class CalendarResponse(Response):
    """An iCalendar file."""

    media_type = "text/calendar; charset=utf-8"


AS_CALENDAR: dict[str, Any] = {"content": {"text/calendar": {"schema": {"type": "string"}}}}
"""What a route that answers with such a file says of itself."""


router = APIRouter(route_class=UnitOfWork, tags=["calendars"])


@router.head("/calendars/{token}.ics", include_in_schema=False, response_class=CalendarResponse)
@router.get(
    "/calendars/{token}.ics",
    response_class=CalendarResponse,
    responses={
        200: AS_CALENDAR,
        304: {"description": "Not changed since the `ETag` in `If-None-Match`"},
        **{status: PROBLEM_RESPONSES[status] for status in (404, 422, 503)},
    },
)
def show_calendar(
    token: Annotated[str, Path(max_length=MOST_LETTERS)], request: Request, session: SessionDep
) -> Response:
    """The appointments behind a calendar address; whoever knows the address may read them."""
    known = _open(session, token)
    content = _content(session, known).encode()
    tag = f'"{hashlib.sha256(content).hexdigest()[:32]}"'
    headers = {**HEADERS, "ETag": tag}
    noted = _note_use(request.app.state.engine, known.feed)
    if _is_known(tag, request.headers.get("if-none-match", "")):
        return Response(status_code=304, headers=headers, background=noted)
    return CalendarResponse(content, headers=headers, background=noted)


@dataclass(frozen=True)
class _Known:
    """A live calendar address and the language of its owner."""

    feed: CalendarFeed
    locale: str


def _open(session: Session, token: str) -> _Known:
    """The address behind a token; whatever is wrong with it, there is nothing here."""
    db.set_scope(session, db.SYSTEM)
    found = session.exec(
        select(CalendarFeed, Account.locale)
        .join(Account, col(Account.id) == col(CalendarFeed.account_id))
        .where(
            col(CalendarFeed.token_hash) == hash_token(token),
            col(CalendarFeed.revoked_at).is_(None),
            col(Account.active).is_(True),
            or_(_still_helps(), _still_coordinates()),
        )
    ).one_or_none()
    if found is None:
        raise NotFound
    feed, locale = found
    return _Known(feed, "en" if locale == "en" else "de")


def _still_helps() -> ColumnElement[bool]:
    return exists().where(
        col(Enrolment.volunteer_id) == col(CalendarFeed.volunteer_id),
        col(Enrolment.state) != EnrolmentState.ENDED,
    )


def _still_coordinates() -> ColumnElement[bool]:
    return exists().where(
        col(Membership.account_id) == col(CalendarFeed.account_id),
        col(Membership.sponsor_id) == col(CalendarFeed.sponsor_id),
        col(Membership.role) == Role.COORDINATOR,
    )


def _content(session: Session, known: _Known) -> str:
    feed, locale, at = known.feed, known.locale, calendars.host()
    return calendar_text(
        (entry(visit, feed.detail, locale, at) for visit in _visits(session, feed, now())),
        name=words.calendar_name(feed.kind, feed.name, locale),
        refresh_minutes=REFRESH_MINUTES,
    )


def _visits(session: Session, feed: CalendarFeed, moment: datetime) -> list[Visit]:
    if feed.kind == FeedKind.VOLUNTEER and feed.volunteer_id is not None:
        return visits.of_volunteer(session, feed.volunteer_id, moment)
    if feed.sponsor_id is None:
        raise NotFound
    return visits.of_pool(session, feed.sponsor_id, moment)


def event_file(session: Session, assignment_id: UUID, locale: str) -> Response:
    """One booking as a file; it has the id under which her calendar address shows it."""
    visit = visits.of_booking(session, assignment_id)
    text = calendar_text([entry(visit, FeedDetail.FULL, locale, calendars.host())])
    return CalendarResponse(text, headers=FILE_HEADERS)


def entry(visit: Visit, detail: str, locale: str, at: str) -> Appointment:
    """One entry: its id is that of the booking, its number the tenths of seconds it has lived."""
    return Appointment(
        uid=f"{visit.key}@{at}",
        sequence=max(0, -((visit.made_at - visit.changed_at) // TENTH)),
        start=visit.starts_at,
        end=visit.ends_at,
        changed=visit.changed_at,
        summary=words.summary(visit, detail, locale),
        location=words.location(visit, detail, locale),
        status=visit.status,
    )


def _is_known(tag: str, sent: str) -> bool:
    known = [one.strip().removeprefix("W/") for one in sent.split(",")]
    return tag in known or "*" in known


def _note_use(engine: Engine, feed: CalendarFeed) -> BackgroundTask | None:
    """Remember the use after the answer has left, at most once an hour."""
    if feed.last_used_at is not None and feed.last_used_at > now() - NOTED_EVERY:
        return None
    return BackgroundTask(note_use, engine, feed.id)


def note_use(engine: Engine, feed_id: UUID) -> None:
    """Write when an address was used; a database that is busy or only reads does without."""
    query = select(CalendarFeed.id).where(col(CalendarFeed.id) == feed_id)
    try:
        with db.transaction(engine) as session:
            if session.exec(query.with_for_update(skip_locked=True)).one_or_none():
                session.exec(
                    update(CalendarFeed)
                    .where(col(CalendarFeed.id) == feed_id)
                    .values(last_used_at=now())
                )
    except SQLAlchemyError as error:
        log.info("the use of calendar %s is not noted: %s", feed_id, type(error).__name__)
