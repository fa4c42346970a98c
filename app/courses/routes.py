"""Courses, reflection talks, certificates, and the wish to talk."""

from typing import Any
from uuid import UUID

from fastapi import APIRouter, Request, Response

from app import access
from app.access import Actor, Answerer, ClaimReader, Coordinator, Herself, Treasury
from app.auditing import records
from app.clock import today
from app.courses import debriefs, papers, reading, settling
from app.courses import service as courses
from app.courses.schemas import (
    AttendanceWrite,
    CourseCreate,
    CourseDetail,
    CourseProof,
    CourseRead,
    CourseReason,
    CourseUpdate,
    DebriefCreate,
    DebriefRead,
    Participants,
)
from app.db import SessionDep, UnitOfWork
from app.errors import locale_of
from app.etags import IfMatch, require_match, tagged
from app.paging import Cursor, Limit, Page, page_of
from app.tables import Course, CourseKind, CourseState, Volunteer

router = APIRouter(route_class=UnitOfWork, tags=["courses"])
AS_PDF: dict[int | str, dict[str, Any]] = {
    200: {"description": "A document", "content": {"application/pdf": {}}}
}
"""What a route that answers with a document says of itself."""


def _load(session: SessionDep, actor: Actor, course_id: UUID, *, lock: bool = True) -> Course:
    return access.load(session, access.visible_courses(actor), Course, course_id, lock=lock)


@router.post("/courses", status_code=201)
def create_course(
    body: CourseCreate,
    request: Request,
    response: Response,
    session: SessionDep,
    actor: Coordinator,
) -> CourseDetail:
    """Plan a basic course, a deepening seminar or a reflection talk."""
    course = courses.create(session, actor, body)
    response.headers["Location"] = f"/api/v1/courses/{course.id}"
    return tagged(response, reading.read(session, actor, course, locale_of(request)))


@router.get("/courses")
def list_courses(
    request: Request,
    session: SessionDep,
    actor: ClaimReader,
    state: CourseState | None = None,
    kind: CourseKind | None = None,
    limit: Limit = 50,
    cursor: Cursor = None,
) -> Page[CourseRead]:
    """Courses of my sponsors, and those I am in, by state and kind."""
    query = courses.filtered(actor, state=state, kind=kind)
    rows, following = page_of(session, query, Course.id, limit, cursor)
    found = reading.reads(session, actor, rows, locale_of(request))
    return Page(items=list(found), next=following)


@router.get("/courses/{course_id}")
def get_course(
    course_id: UUID,
    request: Request,
    response: Response,
    session: SessionDep,
    actor: ClaimReader,
) -> CourseDetail:
    """One course with its participants, its cost and what the Land grants for it."""
    course = _load(session, actor, course_id, lock=False)
    return tagged(response, reading.read(session, actor, course, locale_of(request)))


@router.patch("/courses/{course_id}")
def update_course(
    course_id: UUID,
    body: CourseUpdate,
    request: Request,
    response: Response,
    session: SessionDep,
    actor: Coordinator,
    if_match: IfMatch = None,
) -> CourseDetail:
    """Change a planned course; the units only while no attendance is noted."""
    course, locale = _load(session, actor, course_id), locale_of(request)
    require_match(if_match, reading.read(session, actor, course, locale))
    courses.edit(session, actor, course, body)
    return tagged(response, reading.read(session, actor, course, locale))


@router.post("/courses/{course_id}/cancel")
def cancel_course(
    course_id: UUID, body: CourseReason, request: Request, session: SessionDep, actor: Coordinator
) -> CourseDetail:
    """Call a planned course off, with a reason."""
    course = _load(session, actor, course_id)
    courses.cancel(session, actor, course, body.reason)
    return reading.read(session, actor, course, locale_of(request))


@router.post("/courses/{course_id}/participants")
def add_participants(
    course_id: UUID, body: Participants, request: Request, session: SessionDep, actor: Coordinator
) -> CourseDetail:
    """Register people of the own pool; who is registered already stays so."""
    course = _load(session, actor, course_id)
    courses.add(session, actor, course, body.volunteer_ids)
    return reading.read(session, actor, course, locale_of(request))


@router.delete("/courses/{course_id}/participants/{volunteer_id}", status_code=204)
def remove_participant(
    course_id: UUID, volunteer_id: UUID, session: SessionDep, actor: Coordinator
) -> None:
    """Take somebody out of a planned course."""
    course = _load(session, actor, course_id)
    courses.remove(session, actor, course, volunteer_id)


@router.post("/courses/{course_id}/attendance")
def note_attendance(
    course_id: UUID,
    body: AttendanceWrite,
    request: Request,
    session: SessionDep,
    actor: Coordinator,
) -> CourseDetail:
    """Note who was there and for how many units; who is not named stays as she is."""
    course = _load(session, actor, course_id)
    courses.note(session, actor, course, body.items)
    return reading.read(session, actor, course, locale_of(request))


@router.post("/courses/{course_id}/held")
def settle_course(
    course_id: UUID, request: Request, session: SessionDep, actor: Coordinator
) -> CourseDetail:
    """The course is over: who took part in full is certified, and the books say so.

    A basic course is written into her papers, so that she may be sent. Refused before its last
    day, and while it is not noted of everybody whether she was there.
    """
    course = _load(session, actor, course_id)
    settling.settle(session, actor, course)
    return reading.read(session, actor, course, locale_of(request))


@router.post("/courses/{course_id}/reopen")
def reopen_course(
    course_id: UUID, body: CourseReason, request: Request, session: SessionDep, actor: Coordinator
) -> CourseDetail:
    """Take back that it was held, to correct it: certificates and what was booked go with it."""
    course = _load(session, actor, course_id)
    settling.reopen(session, actor, course, body.reason)
    return reading.read(session, actor, course, locale_of(request))


@router.post("/courses/{course_id}/proof-sent")
def enter_course_proof(
    course_id: UUID, body: CourseProof, request: Request, session: SessionDep, actor: Treasury
) -> CourseDetail:
    """Say that the proof of use of a course was sent: each course has its own, and its deadline."""
    course = _load(session, actor, course_id)
    courses.prove(session, actor, course, body.sent_on or today())
    return reading.read(session, actor, course, locale_of(request))


@router.get(
    "/courses/{course_id}/participants/{volunteer_id}/certificate.pdf",
    response_class=Response,
    responses=AS_PDF,
)
def get_course_certificate(
    course_id: UUID, volunteer_id: UUID, request: Request, session: SessionDep, actor: Answerer
) -> Response:
    """The certificate of somebody who took part in full; a volunteer gets her own."""
    course = _load(session, actor, course_id, lock=False)
    visible = access.visible_volunteers(actor)
    volunteer = access.load(session, visible, Volunteer, volunteer_id)
    made = papers.certificate(session, course, volunteer, locale_of(request))
    if volunteer.id != actor.volunteer_id:
        records.note_file(request, actor, "course.certificate", course)
    headers = {"Content-Disposition": 'attachment; filename="bescheinigung.pdf"'}
    return Response(made, media_type="application/pdf", headers=headers)


@router.post("/debriefs", status_code=201)
def ask_to_talk(body: DebriefCreate, session: SessionDep, actor: Herself) -> DebriefRead:
    """Tell the office that one would like to talk about the work, without saying why.

    It becomes a task; as long as nobody has seen to it, asking again is the same as once.
    """
    return debriefs.ask(session, actor, body)
