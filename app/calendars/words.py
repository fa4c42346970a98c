"""What an entry of a calendar says: time and place by default, never anything about clients."""

from dataclasses import dataclass
from datetime import datetime

from app.institutions import naming
from app.tables import FeedDetail, FeedKind, Mode
from scheduling import languages
from scheduling.calendar_out import Status

WORDS = {
    "de": {
        "visit": "Einsatz",
        "open": "offen",
        "cancelled": "Abgesagt",
        "room": "Raum",
        Mode.PHONE: "am Telefon",
        Mode.VIDEO: "per Video",
        FeedKind.VOLUNTEER: "Meine Einsätze",
        FeedKind.COORDINATOR: "Einsätze",
    },
    "en": {
        "visit": "Appointment",
        "open": "open",
        "cancelled": "Cancelled",
        "room": "Room",
        Mode.PHONE: "by phone",
        Mode.VIDEO: "by video",
        FeedKind.VOLUNTEER: "My appointments",
        FeedKind.COORDINATOR: "Appointments",
    },
}


@dataclass(frozen=True)
class Spot:
    """Where an appointment is."""

    name: str
    kind: str
    street: str
    postal_code: str
    town: str
    room: str


@dataclass(frozen=True)
class Visit:
    """One appointment as a calendar shows it; `who` is a given name, for the office alone."""

    key: str
    starts_at: datetime
    ends_at: datetime
    made_at: datetime
    changed_at: datetime
    status: Status
    language: str | None
    mode: str
    spot: Spot
    who: str = ""
    told: bool = True
    """Whether the reader knows, today, more than the town."""


def calendar_name(kind: str, name: str, locale: str) -> str:
    """What a phone calls the calendar."""
    return name or f"Lotsenwerk: {WORDS[locale][kind]}"


def summary(visit: Visit, detail: str, locale: str) -> str:
    """`Einsatz Kurmandschi · Friedberg`."""
    words = WORDS[locale]
    what = " ".join(filter(None, [words["visit"], _spoken(visit.language, locale)]))
    where = words.get(visit.mode) or (visit.spot.name if _told(visit, detail) else visit.spot.town)
    who = visit.who if detail == FeedDetail.FULL else ""
    before = {Status.TENTATIVE: words["open"], Status.CANCELLED: words["cancelled"]}
    said = " · ".join(filter(None, [what, where, who]))
    return f"{before[visit.status]}: {said}" if visit.status in before else said


def location(visit: Visit, detail: str, locale: str) -> str:
    """The town, or with full detail the address and the room; nothing by phone."""
    if visit.mode != Mode.ON_SITE:
        return ""
    spot = visit.spot
    if not _told(visit, detail):
        return spot.town
    room = f"{WORDS[locale]['room']} {spot.room}" if spot.room[:1].isdigit() else spot.room
    town = f"{spot.postal_code} {spot.town}".strip()
    return ", ".join(filter(None, [spot.name, spot.street, town, room]))


def _told(visit: Visit, detail: str) -> bool:
    wanted = detail == FeedDetail.FULL and visit.told
    return wanted and not naming.is_protected(visit.spot.kind)


def _spoken(tag: str | None, locale: str) -> str:
    known = languages.catalogue().get(tag or "")
    if known is None:
        return ""
    return known.english if locale == "en" else known.german
