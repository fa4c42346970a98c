"""Service records: what really happened, and who confirms it."""

from uuid import UUID

from fastapi import APIRouter, Response

from app import access
from app.access import Actor, Answerer, Confirmer, Coordinator, RecordReader
from app.db import SessionDep, UnitOfWork
from app.etags import IfMatch, etag, require_match, tagged
from app.hours import details
from app.hours import service as hours
from app.hours.schemas import (
    Confirm,
    Dispute,
    Resolve,
    ServiceRecordCreate,
    ServiceRecordCreated,
    ServiceRecordRead,
    ServiceRecordUpdate,
)
from app.paging import Cursor, Limit, Page, page_of
from app.tables import RecordState, ServiceRecord

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
    body: ServiceRecordCreate, response: Response, session: SessionDep, actor: Answerer
) -> ServiceRecordCreated:
    """Report the hours of an assignment within 14 days; coordinators may do it for a volunteer.

    The institution gets a mail with a link to confirm. `confirm_url` is this link; it is null for
    the volunteer herself, because nobody confirms her own work.
    """
    record, url = hours.create(session, actor, body)
    read = _read(session, actor, record)
    response.headers["Location"] = f"/api/v1/service-records/{record.id}"
    response.headers["ETag"] = etag(read)
    return ServiceRecordCreated(**read.model_dump(), confirm_url=url)


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
    hours.correct(session, actor, record, body)
    return tagged(response, _read(session, actor, record))


@router.post("/service-records/{record_id}/confirm")
def confirm_service_record(
    record_id: UUID, body: Confirm, session: SessionDep, actor: Confirmer
) -> ServiceRecordRead:
    """Confirm the time: up to 10 minutes apart the lower value counts, else it is disputed.

    A coordinator may confirm in place of the institution, with a reason, from the seventh day
    after the report on; until then the institution is asked, and who reported never confirms.
    """
    record = _load(session, actor, record_id)
    hours.confirm(session, actor, record, body)
    return _read(session, actor, record)


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
