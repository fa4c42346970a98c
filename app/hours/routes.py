"""Service records: what really happened, and who confirms it."""

from uuid import UUID

from fastapi import APIRouter, Request, Response

from app import access
from app.access import (
    Actor,
    Answerer,
    ClaimReader,
    Confirmer,
    Coordinator,
    Herself,
    Lead,
    Office,
    RecordReader,
    SumReader,
    Treasury,
)
from app.db import SessionDep, UnitOfWork
from app.errors import locale_of
from app.etags import IfMatch, etag, require_match, tagged
from app.hours import (
    activities,
    closing,
    codes,
    details,
    late,
    reminders,  # noqa: F401 - registers its periodic work
    reporting,
)
from app.hours import service as hours
from app.hours.schemas import (
    Confirm,
    Dispute,
    LateCancellation,
    Resolve,
    ServiceRecordCoded,
    ServiceRecordCreate,
    ServiceRecordCreated,
    ServiceRecordRead,
    ServiceRecordUpdate,
    TypedCode,
)
from app.hours.schemas_activities import (
    ActivityConfirm,
    ActivityCreate,
    ActivityEnd,
    ActivityRead,
    ActivityUpdate,
    ClosedMonthRead,
    Month,
    MonthClose,
    Reopen,
    first_day,
)
from app.paging import Cursor, Limit, Page, page_of
from app.tables import Activity, ActivityState, ClosedMonth, RecordState, ServiceRecord

router = APIRouter(route_class=UnitOfWork, tags=["work"])


def _load(
    session: SessionDep, actor: Actor, record_id: UUID, *, lock: bool = True
) -> ServiceRecord:
    visible = access.visible_records(actor)
    return access.load(session, visible, ServiceRecord, record_id, lock=lock)


def _read(session: SessionDep, actor: Actor, record: ServiceRecord) -> ServiceRecordRead:
    return details.read(session, actor, hours.detail_of(session, record))


@router.post("/service-records", status_code=201)
def create_service_record(
    body: ServiceRecordCreate,
    request: Request,
    response: Response,
    session: SessionDep,
    actor: Answerer,
) -> ServiceRecordCreated:
    """Report the hours of an assignment within 14 days; coordinators may do it for a volunteer.

    After the 14 days a coordinator reports them, with a reason, until the month is closed. No time
    is reported twice, whoever pays for it, and no day has more than 10 hours.

    The institution gets a mail with a link to confirm. `confirm_url` is this link; it is null for
    the volunteer herself, because nobody confirms her own work. With the institution's code the
    time is confirmed at once; a wrong one is told in `code`, and the report stands. With a `slip`
    that the institution has signed on paper nobody is written to: it counts at once, or when
    another person of the office confirms it, as the sponsor has set it (`paper_four_eyes`).
    """
    record, url = reporting.create(session, actor, body)
    said = None
    if body.code is not None:
        said = codes.confirm(session, actor, record, body.code, locale_of(request))
    read = _read(session, actor, record)
    response.headers["Location"] = f"/api/v1/service-records/{record.id}"
    response.headers["ETag"] = etag(read)
    return ServiceRecordCreated(**read.model_dump(), confirm_url=url, code=said)


@router.post("/service-records/late-cancellation", status_code=201)
def record_late_cancellation(
    body: LateCancellation, response: Response, session: SessionDep, actor: Coordinator
) -> ServiceRecordRead:
    """Record what was booked and called off inside of 24 hours, where the rate plan pays it."""
    record = late.record(session, actor, body)
    response.headers["Location"] = f"/api/v1/service-records/{record.id}"
    return tagged(response, _read(session, actor, record))


@router.get("/service-records")
def list_service_records(
    session: SessionDep,
    actor: RecordReader,
    state: RecordState | None = None,
    volunteer_id: UUID | None = None,
    limit: Limit = 50,
    cursor: Cursor = None,
) -> Page[ServiceRecordRead]:
    """Records of my sponsors, my institutions and myself, by state and volunteer."""
    query = hours.filtered(actor, state=state, volunteer_id=volunteer_id)
    rows, following = page_of(session, query, ServiceRecord.id, limit, cursor)
    return Page(items=details.reads(session, actor, rows), next=following)


@router.get("/service-records/{record_id}")
def get_service_record(
    record_id: UUID, response: Response, session: SessionDep, actor: RecordReader
) -> ServiceRecordRead:
    """One record."""
    record = _load(session, actor, record_id, lock=False)
    return tagged(response, _read(session, actor, record))


@router.patch("/service-records/{record_id}")
def correct_service_record(
    record_id: UUID,
    body: ServiceRecordUpdate,
    response: Response,
    session: SessionDep,
    actor: Answerer,
    if_match: IfMatch = None,
) -> ServiceRecordRead:
    """Correct the times, as long as nobody has confirmed or disputed them."""
    record = _load(session, actor, record_id)
    require_match(if_match, _read(session, actor, record))
    reporting.correct(session, actor, record, body)
    return tagged(response, _read(session, actor, record))


@router.post("/service-records/{record_id}/confirm")
def confirm_service_record(
    record_id: UUID, body: Confirm, session: SessionDep, actor: Confirmer
) -> ServiceRecordRead:
    """Confirm the time: up to 10 minutes apart the lower value counts, else it is disputed.

    A coordinator may confirm in place of the institution, with a reason, from the seventh day
    after the report on; until then the institution is asked, and who reported never confirms.
    What was typed from a slip of paper is confirmed at once, by another person of the office.
    """
    record = _load(session, actor, record_id)
    hours.confirm(session, actor, record, body)
    return _read(session, actor, record)


@router.post("/service-records/{record_id}/code")
def type_code(
    record_id: UUID, body: TypedCode, request: Request, session: SessionDep, actor: Herself
) -> ServiceRecordCoded:
    """Confirm one's own report with the institution's code; three tries for each appointment."""
    record = _load(session, actor, record_id)
    said = codes.confirm(session, actor, record, body.code, locale_of(request))
    return ServiceRecordCoded(**_read(session, actor, record).model_dump(), code=said)


@router.post("/service-records/{record_id}/dispute")
def dispute_service_record(
    record_id: UUID, body: Dispute, session: SessionDep, actor: Confirmer
) -> ServiceRecordRead:
    """Say that it was otherwise; a coordinator then decides."""
    record = _load(session, actor, record_id)
    hours.dispute(session, actor, record, body)
    return _read(session, actor, record)


@router.post("/service-records/{record_id}/resolve")
def resolve_service_record(
    record_id: UUID, body: Resolve, session: SessionDep, actor: Coordinator
) -> ServiceRecordRead:
    """Decide a disputed record, with a reason."""
    record = _load(session, actor, record_id)
    hours.resolve(session, actor, record, body)
    return _read(session, actor, record)


@router.post("/service-records/{record_id}/revise")
def revise_service_record(
    record_id: UUID, body: Resolve, session: SessionDep, actor: Coordinator
) -> ServiceRecordRead:
    """Correct a record that counts and is wrong, with a reason; 0 minutes: nothing took place.

    What stands in a claim is not corrected: first the claim is returned, or taken back if paid.
    """
    record = _load(session, actor, record_id)
    hours.revise(session, actor, record, body)
    return _read(session, actor, record)


def _activity(
    session: SessionDep, actor: Actor, activity_id: UUID, *, lock: bool = True
) -> Activity:
    visible = access.visible_activities(actor)
    return access.load(session, visible, Activity, activity_id, lock=lock)


@router.post("/activities", status_code=201)
def create_activity(
    body: ActivityCreate, response: Response, session: SessionDep, actor: Answerer
) -> ActivityRead:
    """Report hours without an appointment within 14 days; coordinators may do it for others.

    They count once somebody else of the office has confirmed them and said whether they are funded.
    """
    activity = activities.create(session, actor, body)
    response.headers["Location"] = f"/api/v1/activities/{activity.id}"
    return tagged(response, activities.read(session, actor, activity))


@router.get("/activities")
def list_activities(
    session: SessionDep,
    actor: ClaimReader,
    state: ActivityState | None = None,
    volunteer_id: UUID | None = None,
    month: Month | None = None,
    limit: Limit = 50,
    cursor: Cursor = None,
) -> Page[ActivityRead]:
    """Activities at my sponsors and my own, by state, volunteer and month (`2027-01`)."""
    since = first_day(month) if month else None
    query = activities.filtered(actor, state=state, volunteer_id=volunteer_id, month=since)
    rows, following = page_of(session, query, Activity.id, limit, cursor)
    return Page(items=activities.reads(session, actor, rows), next=following)


@router.get("/activities/{activity_id}")
def get_activity(
    activity_id: UUID, response: Response, session: SessionDep, actor: ClaimReader
) -> ActivityRead:
    """One activity."""
    activity = _activity(session, actor, activity_id, lock=False)
    return tagged(response, activities.read(session, actor, activity))


@router.patch("/activities/{activity_id}")
def correct_activity(
    activity_id: UUID,
    body: ActivityUpdate,
    response: Response,
    session: SessionDep,
    actor: Answerer,
    if_match: IfMatch = None,
) -> ActivityRead:
    """Correct what nobody has confirmed yet; who corrects it does not confirm it."""
    activity = _activity(session, actor, activity_id)
    require_match(if_match, activities.read(session, actor, activity))
    activities.correct(session, actor, activity, body)
    return tagged(response, activities.read(session, actor, activity))


@router.post("/activities/{activity_id}/confirm")
def confirm_activity(
    activity_id: UUID,
    body: ActivityConfirm,
    session: SessionDep,
    actor: Office,
    if_match: IfMatch = None,
) -> ActivityRead:
    """Let hours count: never one's own, nor those that one has reported oneself.

    With `If-Match` nothing is confirmed that was corrected since it was read.
    """
    activity = _activity(session, actor, activity_id)
    if if_match is not None:
        require_match(if_match, activities.read(session, actor, activity))
    activities.confirm(session, actor, activity, body)
    return activities.read(session, actor, activity)


@router.post("/activities/{activity_id}/reject")
def reject_activity(
    activity_id: UUID, body: ActivityEnd, session: SessionDep, actor: Office
) -> ActivityRead:
    """Say why reported hours do not count."""
    activity = _activity(session, actor, activity_id)
    activities.reject(session, actor, activity, body)
    return activities.read(session, actor, activity)


@router.post("/activities/{activity_id}/withdraw")
def withdraw_activity(
    activity_id: UUID, body: ActivityEnd, session: SessionDep, actor: Answerer
) -> ActivityRead:
    """Take back what was reported wrongly; what is confirmed the office takes back.

    What stands in a claim cannot be taken back: first the claim is.
    """
    activity = _activity(session, actor, activity_id)
    activities.withdraw(session, actor, activity, body)
    return activities.read(session, actor, activity)


@router.post("/closed-months", status_code=201)
def close_month(body: MonthClose, session: SessionDep, actor: Treasury) -> ClosedMonthRead:
    """Settle the hours of a month that is over; from then on nobody changes them.

    What still waits is counted and refused, unless `despite_open`: institutions may still confirm
    or dispute what was reported before. Claims of the month can be built as before.
    """
    return closing.read(actor, closing.close(session, actor, body))


@router.get("/closed-months")
def list_closed_months(
    session: SessionDep,
    actor: SumReader,
    month: Month | None = None,
    limit: Limit = 50,
    cursor: Cursor = None,
) -> Page[ClosedMonthRead]:
    """Months that were closed at my sponsors, also those that were opened again."""
    query = closing.filtered(actor, month=first_day(month) if month else None)
    rows, following = page_of(session, query, ClosedMonth.id, limit, cursor)
    return Page(items=[closing.read(actor, row) for row in rows], next=following)


@router.post("/closed-months/{closed_month_id}/reopen")
def reopen_month(
    closed_month_id: UUID, body: Reopen, session: SessionDep, actor: Lead
) -> ClosedMonthRead:
    """Let hours of a closed month be changed again, with the reason."""
    visible = access.visible_closed_months(actor)
    closed = access.load(session, visible, ClosedMonth, closed_month_id, lock=True)
    closing.reopen(session, actor, closed, body)
    return closing.read(actor, closed)
