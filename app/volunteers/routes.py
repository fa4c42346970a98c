"""Volunteers, their languages, papers and times."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Request, Response

from app import access
from app.access import Answerer, Coordinator
from app.auditing import records
from app.bodies import Typed
from app.db import SessionDep, UnitOfWork
from app.errors import locale_of
from app.etags import IfMatch, etag, require_match, tagged
from app.paging import Cursor, Limit, Page, page_of
from app.tables import Enrolment, Volunteer
from app.volunteers import availability, days, exclusions, keeping, reading
from app.volunteers import service as volunteers
from app.volunteers.schemas import (
    ClearanceWrite,
    EnrolmentRead,
    EnrolmentUpdate,
    ExclusionRead,
    ExclusionWrite,
    LanguageTag,
    LanguageWrite,
    PoolState,
    TrainingWrite,
    VolunteerCreate,
    VolunteerRead,
    VolunteerRow,
    VolunteerUpdate,
)
from app.volunteers.schemas_times import (
    AbsenceSaved,
    AbsenceWrite,
    AvailabilitySaved,
    AvailabilityWrite,
    ExtraTimeSaved,
    ExtraTimeWrite,
    PhraseRead,
    PhraseWrite,
)

router = APIRouter(route_class=UnitOfWork, tags=["people"])
PREVIEWED = "Nothing was stored; this is what would be."


def _load(session: SessionDep, actor: access.Actor, volunteer_id: UUID, *, lock: bool) -> Volunteer:
    visible = access.visible_volunteers(actor)
    return access.load(session, visible, Volunteer, volunteer_id, lock=lock)


@router.get("/volunteers")
def list_volunteers(
    session: SessionDep,
    actor: Coordinator,
    q: Annotated[str | None, Query(max_length=100), Typed] = None,
    language: Annotated[str | None, Query(max_length=16), Typed] = None,
    state: PoolState | None = None,
    limit: Limit = 50,
    cursor: Cursor = None,
) -> Page[VolunteerRow]:
    """The pool's volunteers, by part of the name, language and state."""
    query = reading.search(actor, q=q, language=language, state=state)
    rows, following = page_of(session, query, Volunteer.id, limit, cursor)
    return Page(items=reading.rows(session, actor, rows), next=following)


@router.post("/volunteers", status_code=201)
def create_volunteer(
    body: VolunteerCreate, response: Response, session: SessionDep, actor: Coordinator
) -> VolunteerRead:
    """A new volunteer in the pool; she is planned once she is released."""
    volunteer = volunteers.create(session, actor, body)
    response.headers["Location"] = f"/api/v1/volunteers/{volunteer.id}"
    return tagged(response, reading.read(session, actor, volunteer))


@router.get("/volunteers/{volunteer_id}")
def get_volunteer(
    volunteer_id: UUID, request: Request, response: Response, session: SessionDep, actor: Answerer
) -> VolunteerRead:
    """One volunteer with everything a plan looks at; she can see who read it."""
    volunteer = _load(session, actor, volunteer_id, lock=False)
    records.note_reading(request, session, actor, volunteer)
    return tagged(response, reading.read(session, actor, volunteer))


@router.patch("/volunteers/{volunteer_id}")
def update_volunteer(
    volunteer_id: UUID,
    body: VolunteerUpdate,
    response: Response,
    session: SessionDep,
    actor: Answerer,
    if_match: IfMatch = None,
) -> VolunteerRead:
    """Change what is sent; volunteers may change themselves."""
    volunteer = _load(session, actor, volunteer_id, lock=True)
    require_match(if_match, reading.read(session, actor, volunteer))
    volunteers.update(session, actor, volunteer, body)
    return tagged(response, reading.read(session, actor, volunteer))


@router.put("/volunteers/{volunteer_id}/availability")
def set_availability(
    volunteer_id: UUID,
    body: AvailabilityWrite,
    response: Response,
    session: SessionDep,
    actor: Answerer,
    preview: bool = False,
    if_match: IfMatch = None,
) -> AvailabilitySaved:
    """Replace all weekly windows and rules (`If-Match`: the tag of the volunteer).

    The answer reads back what was understood. Confirmed work that would lie outside and did not
    before is refused with 409 and listed, unless `keep_work` is set. `preview` stores nothing and
    answers what would be.
    """
    volunteer = _load(session, actor, volunteer_id, lock=True)
    require_match(if_match, reading.read(session, actor, volunteer))
    saved = availability.save(session, actor, volunteer, body, preview=preview)
    response.headers["ETag"] = etag(reading.read(session, actor, volunteer))
    return saved


@router.post("/phrases/availability")
def read_availability_phrase(body: PhraseWrite, actor: Answerer) -> PhraseRead:
    """What a phrase such as "Mo-Fr 8-12, Di auch 14-17" means; nothing is stored."""
    return availability.read_phrase(body)


@router.post("/volunteers/{volunteer_id}/languages", status_code=201)
def set_language(
    volunteer_id: UUID, body: LanguageWrite, session: SessionDep, actor: Coordinator
) -> VolunteerRead:
    """Add a language, or change its level."""
    volunteer = _load(session, actor, volunteer_id, lock=True)
    volunteers.set_language(session, volunteer, body)
    records.changed(session, actor, volunteer, "languages")
    return reading.read(session, actor, volunteer)


@router.delete("/volunteers/{volunteer_id}/languages/{language}", status_code=204)
def remove_language(
    volunteer_id: UUID, language: LanguageTag, session: SessionDep, actor: Coordinator
) -> None:
    """Take a language away."""
    volunteer = _load(session, actor, volunteer_id, lock=True)
    volunteers.remove_language(session, volunteer, language)
    records.changed(session, actor, volunteer, "languages")


@router.post("/volunteers/{volunteer_id}/trainings", status_code=201)
def add_training(
    volunteer_id: UUID, body: TrainingWrite, session: SessionDep, actor: Coordinator
) -> VolunteerRead:
    """Note a course that was done."""
    volunteer = _load(session, actor, volunteer_id, lock=True)
    volunteers.add_training(session, volunteer, body)
    records.changed(session, actor, volunteer, "trainings")
    return reading.read(session, actor, volunteer)


@router.post("/volunteers/{volunteer_id}/clearances", status_code=201)
def add_clearance(
    volunteer_id: UUID, body: ClearanceWrite, session: SessionDep, actor: Coordinator
) -> VolunteerRead:
    """Note that a paper was seen."""
    volunteer = _load(session, actor, volunteer_id, lock=True)
    volunteers.add_clearance(session, volunteer, body)
    records.changed(session, actor, volunteer, "clearances")
    return reading.read(session, actor, volunteer)


@router.post(
    "/volunteers/{volunteer_id}/absences",
    status_code=201,
    responses={200: {"model": AbsenceSaved, "description": PREVIEWED}},
)
def add_absence(
    volunteer_id: UUID,
    body: AbsenceWrite,
    response: Response,
    session: SessionDep,
    actor: Answerer,
    preview: bool = False,
) -> AbsenceSaved:
    """Days on which she cannot, both included, a part of them, or a calendar week.

    Confirmed work on these days is refused with 409 and listed, unless `keep_work` is set.
    `preview` stores nothing and answers, with 200, what would be.
    """
    volunteer = _load(session, actor, volunteer_id, lock=True)
    response.status_code = 200 if preview else 201
    return days.add_absence(session, actor, volunteer, body, preview=preview)


@router.delete("/volunteers/{volunteer_id}/absences/{absence_id}", status_code=204)
def remove_absence(
    volunteer_id: UUID, absence_id: UUID, session: SessionDep, actor: Answerer
) -> None:
    """She can after all."""
    volunteer = _load(session, actor, volunteer_id, lock=True)
    days.remove_absence(session, actor, volunteer, absence_id)


@router.post(
    "/volunteers/{volunteer_id}/extra-times",
    status_code=201,
    responses={200: {"model": ExtraTimeSaved, "description": PREVIEWED}},
)
def add_extra_time(
    volunteer_id: UUID,
    body: ExtraTimeWrite,
    response: Response,
    session: SessionDep,
    actor: Answerer,
    preview: bool = False,
) -> ExtraTimeSaved:
    """Time on one day besides the weekly windows; `preview` stores nothing and answers 200."""
    volunteer = _load(session, actor, volunteer_id, lock=True)
    response.status_code = 200 if preview else 201
    return days.add_extra_time(session, actor, volunteer, body, preview=preview)


@router.delete("/volunteers/{volunteer_id}/extra-times/{extra_id}", status_code=204)
def remove_extra_time(
    volunteer_id: UUID,
    extra_id: UUID,
    session: SessionDep,
    actor: Answerer,
    keep_work: bool = False,
) -> None:
    """Take an extra time back; confirmed work in it is treated as by an absence."""
    volunteer = _load(session, actor, volunteer_id, lock=True)
    days.remove_extra_time(session, actor, volunteer, extra_id, keep_work=keep_work)


@router.get("/volunteers/{volunteer_id}/exclusions")
def list_exclusions(
    volunteer_id: UUID, request: Request, session: SessionDep, actor: Answerer
) -> list[ExclusionRead]:
    """Where she does not go: kinds of institutions and single places, at most 200 a pool."""
    volunteer = _load(session, actor, volunteer_id, lock=False)
    return exclusions.reads(session, actor, volunteer, locale_of(request))


@router.post("/volunteers/{volunteer_id}/exclusions", status_code=201)
def add_exclusion(
    volunteer_id: UUID,
    body: ExclusionWrite,
    request: Request,
    session: SessionDep,
    actor: Answerer,
) -> ExclusionRead:
    """Never ask her about a kind of institution, or about one place; the same twice is once.

    It has no disadvantage anywhere else. A volunteer names places at which she was asked or booked.
    """
    volunteer = _load(session, actor, volunteer_id, lock=True)
    made = exclusions.add(session, actor, volunteer, body)
    return exclusions.reads(session, actor, volunteer, locale_of(request), made)[0]


@router.delete("/volunteers/{volunteer_id}/exclusions/{exclusion_id}", status_code=204)
def remove_exclusion(
    volunteer_id: UUID, exclusion_id: UUID, session: SessionDep, actor: Answerer
) -> None:
    """Take it back; what the office has entered only the office takes back."""
    volunteer = _load(session, actor, volunteer_id, lock=True)
    exclusions.remove(session, actor, volunteer, exclusion_id)


@router.get("/enrolments/{enrolment_id}")
def get_enrolment(
    enrolment_id: UUID, response: Response, session: SessionDep, actor: Answerer
) -> EnrolmentRead:
    """A volunteer's place in a pool."""
    visible = access.visible_enrolments(actor)
    enrolment = access.load(session, visible, Enrolment, enrolment_id)
    return tagged(response, EnrolmentRead(**enrolment.model_dump()))


@router.patch("/enrolments/{enrolment_id}")
def update_enrolment(
    enrolment_id: UUID,
    body: EnrolmentUpdate,
    response: Response,
    session: SessionDep,
    actor: Coordinator,
    if_match: IfMatch = None,
) -> EnrolmentRead:
    """Release, pause or end a volunteer; change roles and limits."""
    visible = access.visible_enrolments(actor)
    enrolment = access.load(session, visible, Enrolment, enrolment_id)
    keeping.hold(session, enrolment.volunteer_id)
    enrolment = access.load(session, visible, Enrolment, enrolment_id, lock=True)
    require_match(if_match, EnrolmentRead(**enrolment.model_dump()))
    volunteers.update_enrolment(session, actor, enrolment, body)
    return tagged(response, EnrolmentRead(**enrolment.model_dump()))
