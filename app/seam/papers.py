"""Which papers and states a volunteer brings, and until when each holds.

The engine knows papers by name and a minute of expiry. Everything that must hold at the date of
the assignment is such a paper: released, adult, trained, declared, listed, conduct seen, measles
proof, German.
"""

from datetime import date

from allowance.grants import months_later
from app.institutions.kinds import BY_SLUG
from app.seam.clock import FOREVER, Calendar
from app.tables import ClearanceKind, EnrolmentState, Institution, Sponsor
from app.volunteers.dossiers import Dossier
from app.volunteers.papers import NO_END, last_day, listed_until
from scheduling import languages

TRAINING_UNITS = {"interpreter": 24, "guide": 20}
BORN_BEFORE_MEASLES_RULE = date(1970, 12, 31)
MEASLES_SETTING = "measles"
GERMAN_SETTING = "german_level"


def asks_measles(sponsor: Sponsor, institution: Institution) -> bool:
    """Whether a place asks for the proof, and its sponsor insists on it."""
    kind = BY_SLUG.get(institution.kind)
    insists = sponsor.settings.get(MEASLES_SETTING, "block") == "block"
    return insists and kind is not None and kind.measles_applies


def measles_proof_applies(dossier: Dossier) -> bool:
    """Only people born after 1970-12-31 need the proof."""
    return dossier.volunteer.birth_date > BORN_BEFORE_MEASLES_RULE


def is_adult(dossier: Dossier, day: date) -> bool:
    """Whether she is 18 on `day`."""
    return months_later(dossier.volunteer.birth_date, 12 * 18) <= day


def has_german(dossier: Dossier, sponsor: Sponsor) -> bool:
    """German at the level the sponsor asks for, B1 where it says nothing."""
    wanted = languages.level_rank(sponsor.settings.get(GERMAN_SETTING, "B1"))
    return languages.level_rank(dossier.volunteer.german_level) >= wanted


def papers(dossier: Dossier, sponsor: Sponsor, calendar: Calendar, day: date) -> dict[str, int]:
    """What was seen by `day`, the first of a plan, with the minute until which each holds."""
    enrolment = dossier.enrolment_at(sponsor.id)
    found: dict[str, int] = {}
    if enrolment is None:
        return found
    if enrolment.state == EnrolmentState.RELEASED:
        found["released"] = FOREVER
    if is_adult(dossier, day):
        found["adult"] = FOREVER
    if has_german(dossier, sponsor):
        found["german"] = FOREVER
    for kind in ClearanceKind:
        last = last_day(dossier.clearances, kind, day)
        if last is not None:
            found[str(kind)] = _minute(calendar, last)
    if not measles_proof_applies(dossier):
        found["measles"] = FOREVER
    for role, units in TRAINING_UNITS.items():
        done = sum(t.units for t in dossier.trainings if t.role == role and t.done_on <= day)
        if done >= units:
            found[f"training_{role}"] = FOREVER
    found["listing"] = _minute(calendar, listed_until(enrolment.listing_renewed_on))
    return found


def _minute(calendar: Calendar, last: date) -> int:
    return FOREVER if last >= NO_END else calendar.end_of_day(last)


def needed(role: str, *, measles: bool) -> tuple[str, ...]:
    """Papers a seat asks for."""
    always = ("released", "adult", "german", "declaration", "conduct", "listing")
    return (*always, f"training_{role}", *(("measles",) if measles else ()))
