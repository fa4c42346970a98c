"""Calendars out by a secret address, and foreign ones in as busy times."""

from uuid import UUID

from fastapi import APIRouter, Request, Response

from app import access
from app.access import Actor, Answerer
from app.calendars import busy, publishing
from app.calendars import service as calendars
from app.calendars.schemas import (
    BusyFeedCreate,
    BusyFeedRead,
    CalendarFeedCreate,
    CalendarFeedCreated,
    CalendarFeedRead,
)
from app.db import SessionDep, UnitOfWork
from app.errors import locale_of
from app.paging import Cursor, Limit, Page, page_of
from app.tables import Assignment, BusyFeed, CalendarFeed, Volunteer

router = APIRouter(route_class=UnitOfWork, tags=["calendars"])
BUSY = "/volunteers/{volunteer_id}/busy-feeds"


def _load(session: SessionDep, actor: Actor, volunteer_id: UUID, *, lock: bool) -> Volunteer:
    visible = access.visible_volunteers(actor)
    return access.load(session, visible, Volunteer, volunteer_id, lock=lock)


@router.get("/calendar-feeds")
def list_calendar_feeds(
    session: SessionDep, actor: Answerer, limit: Limit = 50, cursor: Cursor = None
) -> Page[CalendarFeedRead]:
    """My live calendar addresses, without their secrets."""
    rows, following = page_of(session, calendars.mine(actor), CalendarFeed.id, limit, cursor)
    return Page(items=[calendars.read(row) for row in rows], next=following)


@router.post("/calendar-feeds", status_code=201)
def create_calendar_feed(
    body: CalendarFeedCreate, response: Response, session: SessionDep, actor: Answerer
) -> CalendarFeedCreated:
    """Make an address for a calendar program. It is shown only in this answer."""
    made = calendars.create(session, actor, body)
    response.headers["Location"] = f"/api/v1/calendar-feeds/{made.id}"
    return made


@router.delete("/calendar-feeds/{feed_id}", status_code=204)
def revoke_calendar_feed(feed_id: UUID, session: SessionDep, actor: Answerer) -> None:
    """From now on the address shows nothing."""
    calendars.revoke(session, actor, feed_id)


@router.get(
    "/assignments/{assignment_id}/event.ics",
    response_class=publishing.CalendarResponse,
    responses={200: publishing.AS_CALENDAR},
)
def get_assignment_event(
    assignment_id: UUID, request: Request, session: SessionDep, actor: Answerer
) -> Response:
    """One booked appointment as a file for a calendar program."""
    visible = access.visible_assignments(actor)
    assignment = access.load(session, visible, Assignment, assignment_id)
    return publishing.event_file(session, assignment.id, locale_of(request))


@router.get(BUSY)
def list_busy_feeds(
    volunteer_id: UUID,
    request: Request,
    session: SessionDep,
    actor: Answerer,
    limit: Limit = 50,
    cursor: Cursor = None,
) -> Page[BusyFeedRead]:
    """The calendars whose busy times count, and how the last reading went."""
    volunteer = _load(session, actor, volunteer_id, lock=False)
    rows, following = page_of(session, busy.of(volunteer), BusyFeed.id, limit, cursor)
    locale = locale_of(request)
    return Page(items=[busy.read(row, actor, locale) for row in rows], next=following)


@router.post(BUSY, status_code=201)
def add_busy_feed(
    volunteer_id: UUID,
    body: BusyFeedCreate,
    request: Request,
    response: Response,
    session: SessionDep,
    actor: Answerer,
) -> BusyFeedRead:
    """Take in my own calendar: only when I am busy is read, never what I do."""
    volunteer = _load(session, actor, volunteer_id, lock=True)
    feed = busy.add(session, actor, volunteer, body)
    response.headers["Location"] = f"/api/v1/volunteers/{volunteer_id}/busy-feeds/{feed.id}"
    return busy.read(feed, actor, locale_of(request))


@router.post(BUSY + "/{busy_feed_id}/refresh", status_code=202)
def refresh_busy_feed(
    volunteer_id: UUID, busy_feed_id: UUID, request: Request, session: SessionDep, actor: Answerer
) -> BusyFeedRead:
    """Read my calendar again soon, without waiting for the next time."""
    volunteer = _load(session, actor, volunteer_id, lock=True)
    return busy.read(
        busy.refresh(session, actor, volunteer, busy_feed_id), actor, locale_of(request)
    )


@router.delete(BUSY + "/{busy_feed_id}", status_code=204)
def remove_busy_feed(
    volunteer_id: UUID, busy_feed_id: UUID, session: SessionDep, actor: Answerer
) -> None:
    """Forget a calendar and its busy times."""
    busy.remove(session, actor, _load(session, actor, volunteer_id, lock=True), busy_feed_id)
