"""Searches as the office sees them."""

from collections import defaultdict
from collections.abc import Sequence
from itertools import groupby
from uuid import UUID

from sqlmodel import Session, col, select

from app.clock import ZONE
from app.planning import sentences
from app.searches.schemas import AskedRead, SearchDetail, SearchRead, WaveRead
from app.tables import (
    Institution,
    Offer,
    OfferState,
    Request,
    RequestOption,
    Search,
    SearchState,
    Seat,
    Volunteer,
)

GERMAN = {
    SearchState.RUNNING: "Wartet auf Antworten bis {next}; dann werden die Nächsten gefragt.",
    SearchState.EXHAUSTED: (
        "Niemand ist mehr übrig. Um {next} wird wieder geschaut; ab {act} gilt der Platz als"
        " unbesetzt und die Einrichtung bekommt Bescheid."
    ),
    SearchState.FILLED: "Jemand hat zugesagt.",
    SearchState.UNFILLED: "Niemand wurde gefunden. Die Einrichtung bekommt Bescheid.",
    SearchState.STOPPED: "Beendet. Wer gefragt ist, kann noch antworten.",
}
ENGLISH = {
    SearchState.RUNNING: "Waits for answers until {next}; then the next are asked.",
    SearchState.EXHAUSTED: (
        "Nobody is left. It looks again at {next}; from {act} on the seat counts as unfilled and"
        " the institution is told."
    ),
    SearchState.FILLED: "Somebody has said yes.",
    SearchState.UNFILLED: "Nobody was found. The institution is being told.",
    SearchState.STOPPED: "Ended. Who was asked may still answer.",
}
BEGINS = ("Gleich werden die Ersten gefragt.", "The first will be asked in a moment.")


def next_step(search: Search, locale: str) -> str:
    """What comes next, or how it ended, in a sentence."""
    english = locale == "en"
    if search.state == SearchState.RUNNING and search.next_at is None:
        return BEGINS[english]
    shown = {
        name: f"{moment.astimezone(ZONE):%d.%m. %H:%M}" if moment else ""
        for name, moment in (("next", search.next_at), ("act", search.act_by))
    }
    return (ENGLISH if english else GERMAN)[SearchState(search.state)].format(**shown)


def reads(session: Session, searches: Sequence[Search], locale: str) -> list[SearchRead]:
    """Searches with what they are for, and how many were asked."""
    ids = [search.id for search in searches]
    places = _places(session, ids)
    counts: dict[UUID, list[str]] = defaultdict(list)
    query = select(Offer.search_id, Offer.state).where(col(Offer.search_id).in_(ids))
    for search_id, state in session.exec(query).all():
        if search_id is not None:
            counts[search_id].append(state)
    return [_read(search, places[search.id], counts[search.id], locale) for search in searches]


Where = tuple[Seat, str, RequestOption]


def _places(session: Session, ids: Sequence[UUID]) -> dict[UUID, Where]:
    """The seat, the institution's name and the time: the chosen one, else the first."""
    rows = session.exec(
        select(Search.id, Seat, Institution.name, RequestOption)
        .select_from(Search)
        .join(Seat, col(Seat.id) == col(Search.seat_id))
        .join(Request, col(Request.id) == col(Seat.request_id))
        .join(Institution, col(Institution.id) == col(Request.institution_id))
        .join(RequestOption, col(RequestOption.request_id) == col(Request.id))
        .where(col(Search.id).in_(ids))
        .order_by(col(RequestOption.chosen), col(RequestOption.position).desc())
    ).all()
    return {search_id: (seat, name, option) for search_id, seat, name, option in rows}


def _read(search: Search, place: Where, states: Sequence[str], locale: str) -> SearchRead:
    seat, institution, option = place
    return SearchRead(
        **search.model_dump(exclude={"reasons"}),
        request_id=seat.request_id,
        institution=institution,
        language=seat.language,
        starts_at=option.starts_at,
        asked=len(states),
        waiting=states.count(OfferState.PENDING),
        next_step=next_step(search, locale),
        reasons=[sentences.read(r["code"], r["params"], locale) for r in search.reasons],
    )


def detail(session: Session, search: Search, locale: str) -> SearchDetail:
    """One search with everybody who was asked, wave by wave."""
    place = _places(session, [search.id])[search.id]
    query = (
        select(Offer, Volunteer)
        .join(Volunteer, col(Volunteer.id) == col(Offer.volunteer_id))
        .where(col(Offer.search_id) == search.id)
        .order_by(col(Offer.wave), col(Offer.id))
    )
    rows = session.exec(query).all()
    read = _read(search, place, [offer.state for offer, _ in rows], locale)
    waves = [
        WaveRead(number=number, people=[_asked(offer, who) for offer, who in group])
        for number, group in groupby(rows, key=lambda row: row[0].wave)
    ]
    return SearchDetail(**read.model_dump(), waves=waves)


def _asked(offer: Offer, who: Volunteer) -> AskedRead:
    return AskedRead(
        **offer.model_dump(include={"volunteer_id", "state", "expires_at", "answered_at"}),
        offer_id=offer.id,
        volunteer=f"{who.given_name} {who.surname}",
        asked_at=offer.created_at,
        by_phone=who.is_called,
    )
