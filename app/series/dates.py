"""The dates of a series: its requests, and how each of them stands."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from uuid import UUID

from sqlmodel import Session, col, select

from app.clock import now
from app.errors import Conflict, NotFound
from app.pseudonyms import client_case
from app.requests import editing, ending, intake
from app.requests.editing import Standing
from app.requests.schemas import RequestDetails
from app.requests.storing import NewRequest
from app.requests.times import Slot
from app.series.schemas import SeriesCreate
from app.tables import Institution, Request, RequestOption, Series

OF_THE_SERIES = {"skip_school_holidays", "fold", "client_case_id"}
"""Members of a template that no request has."""
NOT_KEPT = {"institution_id", "sponsor_id", "case_number", "another", "duration_minutes"}


class DateBegun(Conflict):
    """A date that has begun is not changed any more."""

    slug, title = "date-begun", "Begun already"
    de = "Dieser Termin hat schon begonnen und lässt sich nicht mehr ändern."
    en = "This date has begun already and can no longer be changed."


class NotInRule(Conflict):
    """A date that the rule names no longer is no place to cut the series at."""

    slug, title = "date-not-in-rule", "No longer part of the rule"
    de = "Dieser Termin gehört nicht mehr zur Regel der Serie. Bitte einen anderen Termin wählen."
    en = "This date is no longer part of the series' rule. Please choose another date."


@dataclass
class Date:
    """One request of a series with the time that counts: the chosen one, else the first."""

    request: Request
    option: RequestOption
    begun: bool
    options: list[RequestOption]

    @property
    def live(self) -> bool:
        """Whether it is still to take place."""
        return self.request.state not in ending.ENDED

    def has(self, slot: Slot) -> bool:
        """Whether it takes place at this time already."""
        option = self.option
        return (option.starts_at, option.ends_at) == (slot.starts_at, slot.ends_at)


def load(session: Session, series_ids: Sequence[UUID], *, lock: bool = False) -> list[Date]:
    """Every date in order of its day; with `lock` nobody else changes them until the commit."""
    of_series = col(Request.series_id).in_(series_ids)
    if lock:
        # Apart: rows that are only joined to a locked one are those of before the wait.
        held = select(Request.id).where(of_series).order_by(col(Request.id))
        session.exec(held.with_for_update(key_share=True)).all()
    query = (
        select(Request, RequestOption)
        .join(RequestOption, col(RequestOption.request_id) == col(Request.id))
        .where(of_series)
        .order_by(col(Request.id), col(RequestOption.position))
        .execution_options(populate_existing=lock)
    )
    options: dict[UUID, list[RequestOption]] = defaultdict(list)
    requests: dict[UUID, Request] = {}
    for request, option in session.exec(query).all():
        requests[request.id] = request
        options[request.id].append(option)
    moment = now()
    found = [_date(request, options[key], moment) for key, request in requests.items()]
    return sorted(found, key=lambda one: (one.option.starts_at, one.request.id))


def _date(request: Request, options: list[RequestOption], moment: datetime) -> Date:
    """What has several times and none chosen has begun when the last of them has."""
    chosen = next((option for option in options if option.chosen), None)
    last = chosen.starts_at if chosen else max(option.starts_at for option in options)
    return Date(request, chosen or options[0], last <= moment, options)


def one_of(rows: Sequence[Date], request_id: UUID | None) -> Date:
    """The date somebody means: one of this series, and still to come."""
    found = next((row for row in rows if row.request.id == request_id), None)
    if found is None:
        raise NotFound
    if found.begun:
        raise DateBegun
    return found


def standing(session: Session, rows: Sequence[Date]) -> Standing:
    """On which dates somebody counts."""
    return editing.standing(session, [row.request.id for row in rows])


def template_of(session: Session, new: NewRequest, body: SeriesCreate) -> dict[str, object]:
    """What each date asks for, as it is kept: the client is a pseudonym."""
    kept = set(RequestDetails.model_fields) - NOT_KEPT
    case = None
    if new.case_number:
        case = client_case(session, new.sponsor_id, new.institution.id, new.case_number)
    return {
        **body.model_dump(mode="json", include=kept),
        "client_case_id": str(case.id) if case else None,
        "skip_school_holidays": body.skip_school_holidays,
        "fold": body.fold,
    }


def like_all(session: Session, series: Series) -> NewRequest:
    """What a further date of the series asks for; its time is still missing."""
    template = {k: v for k, v in series.template.items() if k not in OF_THE_SERIES}
    body = RequestDetails(**template, duration_minutes=series.duration_minutes)
    place = (session.get_one(Institution, series.institution_id), series.sponsor_id)
    case_id = series.template.get("client_case_id")
    return replace(
        intake.new_request(session, place, body, (), now()),
        kind="series",
        series_id=series.id,
        client_case_id=UUID(case_id) if case_id else None,
    )


def at(pattern: NewRequest, day: date, slot: Slot) -> NewRequest:
    """A date of the series on the day it stands for."""
    return replace(pattern, case_number="", slots=(slot,), series_day=day)
