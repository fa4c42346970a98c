"""Booked appointments: made after a call, looked at, given back, called off, moved; standby."""

from collections.abc import Sequence
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Query, Response
from fastapi import Request as HttpRequest
from sqlmodel import col

from app import access, spans
from app.access import Actor, Answerer, Asker, Confirmer, Coordinator, Herself, Participant
from app.bodies import Moment
from app.bookings import (
    asked_before,  # noqa: F401 - registers its job
    cancelling,
    changes,  # noqa: F401 - registers its job
    codes,
    confirming,
    direct,
    moving,
    no_shows,
    progress,
    standbys,
    terms,
    watching,  # noqa: F401 - registers its jobs
)
from app.bookings.schemas import (
    AssignmentBooked,
    AssignmentCode,
    AssignmentCreate,
    Cancel,
    Move,
    NoShow,
    Progress,
    StandbyCreate,
    StandbyRead,
)
from app.bookings.terms import Why
from app.clock import local_day
from app.db import SessionDep, UnitOfWork
from app.errors import locale_of
from app.offers import paying
from app.offers.reading import assignment_reads
from app.offers.schemas import AssignmentRead
from app.paging import Cursor, Limit, Page, page_of
from app.requests import service as requests
from app.requests.schemas import CancelRequest, RequestRead
from app.tables import Assignment, AssignmentState, Request, Side, Standby, StandbyState

router = APIRouter(route_class=UnitOfWork, tags=["work"])
AS_SVG: dict[int | str, dict[str, Any]] = {
    200: {"description": "A picture", "content": {"image/svg+xml": {}}}
}
"""What a route that answers with a drawing says of itself."""


def _reads(
    session: SessionDep, actor: Actor, rows: Sequence[Assignment], *, contacts: bool = True
) -> list[AssignmentRead]:
    """Bookings as somebody sees them: why she did not go is none of an institution's business."""
    found = assignment_reads(session, rows, actor, contacts=contacts)
    for row, read in zip(rows, found, strict=True):
        is_hers = row.volunteer_id == actor.volunteer_id
        if not is_hers and row.sponsor_id not in actor.sponsor_ids:
            read.cancel_cause = terms.told(read.cancel_cause)
    return found


@router.get("/assignments")
def list_assignments(
    session: SessionDep,
    actor: Participant,
    state: AssignmentState | None = None,
    since: Annotated[Moment | None, Query(alias="from")] = None,
    until: Annotated[Moment | None, Query(alias="to")] = None,
    limit: Limit = 50,
    cursor: Cursor = None,
) -> Page[AssignmentRead]:
    """Booked appointments: one's own, one's institution's, or the pool's.

    Those that start in a time: `from` is included, `to` is not.
    """
    spans.check(since and local_day(since), until and local_day(until))
    query = access.visible_assignments(actor)
    if state:
        query = query.where(col(Assignment.state) == state)
    if since:
        query = query.where(col(Assignment.starts_at) >= since)
    if until:
        query = query.where(col(Assignment.starts_at) < until)
    rows, following = page_of(session, query, Assignment.id, limit, cursor)
    return Page(items=_reads(session, actor, rows), next=following)


@router.post("/assignments", status_code=201)
def create_assignment(
    body: AssignmentCreate, request: HttpRequest, session: SessionDep, actor: Coordinator
) -> AssignmentBooked:
    """Book somebody who said yes on the telephone; everything is looked at as for her own yes.

    `warnings` say when it goes beyond what she can still be paid: her time counts all the same.
    """
    booked = direct.book(session, actor, body)
    ids, locale = (booked.seat_id, booked.option_id, booked.volunteer_id), locale_of(request)
    warnings = paying.warnings(session, *ids, locale)
    read = assignment_reads(session, [booked], actor, contacts=True)[0]
    return AssignmentBooked(**dict(read), warnings=warnings)


@router.get("/assignments/{assignment_id}")
def get_assignment(assignment_id: UUID, session: SessionDep, actor: Participant) -> AssignmentRead:
    """One booked appointment with address and contact."""
    visible = access.visible_assignments(actor)
    assignment = access.load(session, visible, Assignment, assignment_id)
    return _reads(session, actor, [assignment])[0]


@router.get("/assignments/{assignment_id}/code")
def get_assignment_code(
    assignment_id: UUID, session: SessionDep, actor: Confirmer
) -> AssignmentCode:
    """The code with which the volunteer confirms her time; it is never told to herself.

    The institution says it to her, or shows the QR code, at the end of the appointment.
    """
    visible = access.visible_assignments(actor)
    assignment = access.load(session, visible, Assignment, assignment_id)
    said = codes.told(session, actor, assignment)
    return AssignmentCode(code=said, scanned=codes.scanned(assignment, said))


@router.get("/assignments/{assignment_id}/code.svg", response_class=Response, responses=AS_SVG)
def draw_assignment_code(assignment_id: UUID, session: SessionDep, actor: Confirmer) -> Response:
    """The same as a QR code."""
    visible = access.visible_assignments(actor)
    assignment = access.load(session, visible, Assignment, assignment_id)
    return Response(codes.picture(session, actor, assignment), media_type="image/svg+xml")


@router.post("/assignments/{assignment_id}/cancel")
def cancel_assignment(
    assignment_id: UUID, body: Cancel, session: SessionDep, actor: Answerer
) -> AssignmentRead:
    """Give an appointment back, also for somebody who called; somebody else is sought at once."""
    visible = access.visible_assignments(actor)
    assignment = access.load(session, visible, Assignment, assignment_id)
    is_office = assignment.sponsor_id in actor.sponsor_ids
    side = terms.side_of(body.cause, default=Side.OFFICE if is_office else Side.VOLUNTEER)
    if assignment.volunteer_id == actor.volunteer_id:
        side = Side.VOLUNTEER
    why = Why(side, body.cause, terms.kept(body.reason), actor.account_id)
    cancelling.cancel_assignment(session, assignment, why)
    return assignment_reads(session, [assignment], actor, contacts=False)[0]


@router.post("/assignments/{assignment_id}/reconfirm")
def reconfirm_assignment(
    assignment_id: UUID, session: SessionDep, actor: Answerer
) -> AssignmentRead:
    """Say, the day before, that the appointment stands."""
    visible = access.visible_assignments(actor)
    assignment = access.load(session, visible, Assignment, assignment_id)
    confirming.reconfirm(session, actor.account_id, assignment)
    return assignment_reads(session, [assignment], actor, contacts=True)[0]


@router.post("/assignments/{assignment_id}/progress")
def say_progress(
    assignment_id: UUID, body: Progress, session: SessionDep, actor: Herself
) -> AssignmentRead:
    """Say that one is on the way, has begun, or has ended; the office and the place see it.

    From twelve hours before the start until a day after it, in any order. The first word counts;
    when it ended can be said again.
    """
    visible = access.visible_assignments(actor)
    assignment = access.load(session, visible, Assignment, assignment_id)
    progress.say(session, actor, assignment, body)
    return assignment_reads(session, [assignment], actor, contacts=True)[0]


@router.post("/assignments/{assignment_id}/no-show")
def report_no_show(
    assignment_id: UUID, body: NoShow, session: SessionDep, actor: Participant
) -> AssignmentRead:
    """Say who did not come; an institution says it of the volunteer alone."""
    visible = access.visible_assignments(actor)
    assignment = access.load(session, visible, Assignment, assignment_id)
    no_shows.report(session, actor, assignment, body)
    return _reads(session, actor, [assignment], contacts=False)[0]


@router.post("/assignments/{assignment_id}/undo-no-show")
def undo_no_show(assignment_id: UUID, session: SessionDep, actor: Coordinator) -> AssignmentRead:
    """Take back that somebody did not come; it is booked as before."""
    visible = access.visible_assignments(actor)
    assignment = access.load(session, visible, Assignment, assignment_id)
    no_shows.undo(session, actor, assignment)
    return assignment_reads(session, [assignment], actor, contacts=True)[0]


@router.post("/requests/{request_id}/cancel")
def cancel_request(
    request_id: UUID, body: CancelRequest, session: SessionDep, actor: Asker
) -> RequestRead:
    """Call a request off; its bookings and open offers end with it."""
    request = access.load(session, access.visible_requests(actor), Request, request_id, lock=True)
    reason = terms.kept(body.reason)
    cancelling.cancel_request(session, actor, request, reason, body.cause)
    return requests.read(session, request)


@router.post("/requests/{request_id}/move")
def move_request(request_id: UUID, body: Move, session: SessionDep, actor: Asker) -> RequestRead:
    """Give a request another time, also when people are booked: they are asked first."""
    request = access.load(session, access.visible_requests(actor), Request, request_id, lock=True)
    moving.move(session, actor, request, body)
    return requests.read(session, request)


@router.get("/standbys")
def list_standbys(
    session: SessionDep,
    actor: Answerer,
    state: StandbyState | None = None,
    seat_id: UUID | None = None,
    limit: Limit = 50,
    cursor: Cursor = None,
) -> Page[StandbyRead]:
    """Who stands by: volunteers see where they do themselves, the office its pool."""
    query = access.visible_standbys(actor)
    if state:
        query = query.where(col(Standby.state) == state)
    if seat_id:
        query = query.where(col(Standby.seat_id) == seat_id)
    rows, following = page_of(session, query, Standby.id, limit, cursor)
    return Page(items=standbys.reads(session, actor, rows), next=following)


@router.post("/seats/{seat_id}/standbys", status_code=201)
def create_standby(
    seat_id: UUID, body: StandbyCreate, session: SessionDep, actor: Coordinator
) -> StandbyRead:
    """Ask somebody to stand by for a booked seat, or note that she agreed on the telephone."""
    made = standbys.ask(session, actor, seat_id, body.volunteer_id, agreed=body.agreed)
    return standbys.reads(session, actor, [made])[0]


@router.post("/standbys/{standby_id}/accept")
def accept_standby(standby_id: UUID, session: SessionDep, actor: Answerer) -> StandbyRead:
    """Say that one stands by: only when the booked person cannot come one is called."""
    standby = access.load(session, access.visible_standbys(actor), Standby, standby_id)
    said = standbys.accept(session, actor.account_id, standby)
    return standbys.reads(session, actor, [said])[0]


@router.post("/standbys/{standby_id}/decline")
def decline_standby(standby_id: UUID, session: SessionDep, actor: Answerer) -> StandbyRead:
    """Say no, without a reason; also later, as long as one was not called."""
    standby = access.load(session, access.visible_standbys(actor), Standby, standby_id)
    said = standbys.decline(session, actor.account_id, standby)
    return standbys.reads(session, actor, [said])[0]
