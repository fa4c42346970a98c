"""What a volunteer is told of a place, and from when to when: one rule for every way.

Who is merely asked learns the name and the town, and where somebody hides not even the name. From
her yes until a week after the day she knows name, address and contact. Mails and calendars travel
far, so a place where somebody hides is never more than its town there.
"""

from datetime import datetime, timedelta

from app.clock import now
from app.institutions import kinds
from app.tables import AssignmentState, Institution

CONTACT_KEPT = timedelta(days=7)
"""So long after the day address and contact are shown."""
TELLING = (AssignmentState.BOOKED, AssignmentState.PERFORMED)
"""What a booking must be for her to know where to go and whom to ask for."""
NEUTRAL = {
    "de": ("Beratungsstelle", "Beratungsstelle in {town}"),
    "en": ("Counselling centre", "Counselling centre in {town}"),
}
"""What a place is called that must not be found, alone and with its town."""


def is_protected(kind: str) -> bool:
    """Whether neither name nor address of such a place may be written down."""
    return kind in kinds.PROTECTED_KINDS


def is_told(state: str, ends_at: datetime) -> bool:
    """Whether who has this booking knows address and contact now."""
    return state in TELLING and ends_at + CONTACT_KEPT > now()


def name(place: Institution, *, told: bool, locale: str = "de") -> str:
    """What the place is called; `told` for the office, the place itself, and who goes there."""
    if told or not is_protected(place.kind):
        return place.name
    return NEUTRAL["en" if locale == "en" else "de"][0]


def roughly(place: Institution, *, told: bool = False, locale: str = "de") -> str:
    """Name and town without the address."""
    if told or not is_protected(place.kind):
        return f"{place.name}, {place.town}"
    return NEUTRAL["en" if locale == "en" else "de"][1].format(town=place.town)
