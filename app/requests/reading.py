"""Requests as they are read."""

from collections import defaultdict
from collections.abc import Sequence
from uuid import UUID

from sqlmodel import Session, col, select

from app.requests import offered, tasks
from app.requests.schemas import OptionRead, RequestRead, SeatRead
from app.requests.times import clock
from app.tables import Institution, Request, RequestOption, Seat


def read(session: Session, request: Request) -> RequestRead:
    """One request with its times, seats and questions."""
    return reads(session, [request])[0]


def reads(session: Session, requests: Sequence[Request]) -> list[RequestRead]:
    """Requests with their times, seats and questions, in three statements."""
    ids = [r.id for r in requests]
    options: dict[UUID, dict[UUID, OptionRead]] = defaultdict(dict)
    seats: dict[UUID, dict[UUID, SeatRead]] = defaultdict(dict)
    named: dict[UUID, str] = {}
    query = (
        select(RequestOption, Seat, Institution.name)
        .join(Request, col(Request.id) == col(RequestOption.request_id))
        .join(Institution, col(Institution.id) == col(Request.institution_id))
        .join(Seat, col(Seat.request_id) == col(Request.id))
        .where(col(RequestOption.request_id).in_(ids))
        .order_by(col(RequestOption.position), col(Seat.position))
    )
    for option, seat, name in session.exec(query).all():
        key = option.request_id
        named[key] = name
        if option.id not in options[key]:
            start = clock(option.start_minute)
            options[key][option.id] = OptionRead(**option.model_dump(), start=start)
        if seat.id not in seats[key]:
            seats[key][seat.id] = SeatRead(**seat.model_dump())
    questions = tasks.open_codes(session, ids)
    instead = offered.reads(session, ids)
    return [
        RequestRead(
            **r.model_dump(include=set(RequestRead.model_fields)),
            institution=named[r.id],
            times=list(options[r.id].values()),
            offered_times=instead.get(r.id, []),
            seats=list(seats[r.id].values()),
            open_questions=questions[r.id],
        )
        for r in requests
    ]
