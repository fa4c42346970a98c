"""What a row says, ready to be stored."""

from dataclasses import dataclass
from datetime import date

from app.imports.verdicts import Question
from scheduling.languages import LanguageAnswer, SkillAnswer
from scheduling.phrases import Absence, AvailabilityAnswer


@dataclass(frozen=True, slots=True, kw_only=True)
class VolunteerDraft:
    """One volunteer of a list.

    Attributes
    ----------
    gender : {"f", "m", "d"} or None
    roles : tuple of {"interpreter", "guide"}
    german_level : str or None
        One of `scheduling.languages.LEVELS`.
    training_units : int or None
        Units of 45 minutes.
    clearance_issued, clearance_seen : date or None
        Both None when the paper was seen before it was issued.
    measles : {"yes", "not_needed"} or None
        None is missing; "not needed" for people born after 1970 is missing as well.
    availability : AvailabilityAnswer or None
        None for an empty cell; `availability_written` keeps the words.
    week_minutes : int or None
        At most so many minutes a week; None when she named no limit.
    iban : str or None
        Without spaces; None when empty or wrong.
    phone_only : bool
        Works by phone alone.
    only_kinds, excluded_kinds : tuple of str
        Slugs of kinds of institutions.
    transport : {"public_transport"} or None
        None when the list says nothing.
    absence : Absence or None
    note : str
        Remarks that are no rule, and columns nobody knows, at most 300 characters.
    questions : tuple of Question
    """

    surname: str
    given_name: str
    birth_date: date
    gender: str | None
    postal_code: str
    town: str
    phone: str
    email: str
    roles: tuple[str, ...]
    coordinating: bool
    skills: tuple[SkillAnswer, ...]
    german_level: str | None
    training_day: date | None
    training_units: int | None
    clearance_issued: date | None
    clearance_seen: date | None
    declaration_day: date | None
    measles: str | None
    availability: AvailabilityAnswer | None
    availability_written: str
    week_minutes: int | None
    iban: str | None
    phone_only: bool
    only_kinds: tuple[str, ...]
    excluded_kinds: tuple[str, ...]
    transport: str | None
    absence: Absence | None
    note: str
    questions: tuple[Question, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class InstitutionDraft:
    """One institution of a list; `kind` is a slug, `kind_label` the word of the list."""

    name: str
    kind: str
    kind_label: str
    street: str
    postal_code: str
    town: str
    contact: str
    phone: str
    email: str
    agreement_since: date | None
    note: str
    questions: tuple[Question, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestDraft:
    """One request of a list.

    Attributes
    ----------
    institution, institution_postal_code, institution_town : str
        As the list of institutions (or the caller) spells them.
    start_minute, duration_minutes : int
        Minutes after local midnight, and minutes.
    alternatives : tuple of (date, int)
        At most two other days with their start minutes.
    mode : {"on_site", "phone", "video"} or None
        Empty means on site; None when it could not be read.
    gender : {"f", "m"} or None
        The wish; hard when `gender_hard`.
    case_number : str
        The institution's own number, for the pseudonym; never to be stored as it is.
    role : {"interpreter", "guide"}
    """

    received: date | None
    institution: str
    institution_postal_code: str
    institution_town: str
    town: str
    day: date
    start_minute: int
    duration_minutes: int
    alternatives: tuple[tuple[date, int], ...]
    language: LanguageAnswer
    topic: str
    mode: str | None
    gender: str | None
    gender_hard: bool
    case_number: str
    same_person_wished: bool
    role: str
    contact: str
    phone: str
    room: str
    note: str
    questions: tuple[Question, ...]
