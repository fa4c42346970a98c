"""One row of the volunteers' list, read into a draft."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date

from app.imports import cells
from app.imports.drafts import VolunteerDraft
from app.imports.remarks import VolunteerRemark, read_volunteer_remark
from app.imports.rows import RowReader
from app.imports.times import read_birth_date, read_day, read_week_minutes
from app.imports.verdicts import in_order
from app.names import same_name
from scheduling.languages import SkillAnswer, read_skills
from scheduling.phrases import AvailabilityAnswer, WeeklyWindow, read_availability
from scheduling.places import read_postal_code

_MEASLES_FROM = date(1971, 1, 1)
_LONGEST_NAME = 100
_LONGEST_PHONE = 40


def read_volunteer(row: RowReader, *, today: date, newest: date) -> VolunteerDraft:
    """The draft of a row, with its questions.

    Parameters
    ----------
    row : RowReader
        Collects warnings as well.
    today : date
        For birth years of two digits and papers dated in the future.
    newest : date
        The newest Eingang of the requests: an absence without a year comes after it.

    Raises
    ------
    RowError
        If a required cell cannot be read.
    """
    row.refuse_first(_required(today))
    surname, given_name = _name(row)
    born = row.required("birth_date", lambda text: read_birth_date(text, today))
    postal_code, town = _place(row)
    roles, coordinating, left = row.required("role", cells.read_roles)
    issued, seen = _clearance(row)
    remark = _remark(row, newest)
    extra = ([f"{row.heading('role')}: {left}"] if left else []) + row.leftovers()
    draft = VolunteerDraft(
        surname=surname,
        given_name=given_name,
        birth_date=born,
        gender=row.optional("gender", cells.read_gender),
        postal_code=postal_code,
        town=town,
        phone=_phone(row),
        email=row.optional("email", cells.read_email) or "",
        roles=roles,
        coordinating=coordinating,
        skills=_skills(row),
        german_level=row.optional("german_level", cells.read_level),
        training_day=row.optional("training_day", _paper_day),
        training_units=row.optional("training_units", cells.read_units),
        clearance_issued=issued,
        clearance_seen=seen,
        declaration_day=row.optional("declaration_day", _paper_day),
        measles=_measles(row, born),
        availability=_availability(row),
        availability_written=row.words("availability", 500) if row.has("availability") else "",
        week_minutes=row.optional("week_hours", _week_minutes),
        iban=row.optional("iban", cells.read_iban),
        phone_only=remark.phone_only,
        only_kinds=tuple(dict.fromkeys(remark.only_kinds)),
        excluded_kinds=tuple(dict.fromkeys(remark.excluded_kinds)),
        transport=remark.transport,
        absence=remark.absence,
        note=row.note(remark.note, extra),
        questions=(),
    )
    _warn_of_future(row, draft, max(today, newest))
    _warn_of_halves(row, draft)
    return with_questions(draft, row)


def with_questions(draft: VolunteerDraft, row: RowReader) -> VolunteerDraft:
    """The draft with everything the row asked, in the order of the codes."""
    return replace(draft, questions=in_order(row.questions))


def same_person(draft: VolunteerDraft) -> tuple[str, str, date]:
    """The key under which two rows are one person: normalised name and birth date."""
    return same_name(draft.surname), same_name(draft.given_name), draft.birth_date


def _required(today: date) -> Mapping[str, Callable[[str], object]]:
    return {
        "surname": _short_name,
        "given_name": _short_name,
        "full_name": _split(surname_first=False),
        "name_surname_first": _split(surname_first=True),
        "birth_date": lambda text: read_birth_date(text, today),
        "postal_code": read_postal_code,
        "place": lambda text: read_postal_code(cells.split_place(text)[0]),
        "role": cells.read_roles,
        "languages": _any_skills,
    }


def _short_name(text: str) -> str:
    if len(text) > _LONGEST_NAME:
        raise ValueError("a name of more than 100 letters cannot be stored")
    return cells.read_name(text)


def _any_skills(text: str) -> tuple[SkillAnswer, ...]:
    skills = read_skills(text)
    if cells.is_blank(text) or not skills:
        raise ValueError("no language is named")
    return skills


def _name(row: RowReader) -> tuple[str, str]:
    for field, surname_first in (("name_surname_first", True), ("full_name", False)):
        if row.has(field):
            return row.required(field, _split(surname_first=surname_first))
    names = row.required("surname", _short_name), row.required("given_name", _short_name)
    if not any(names):
        row.required("surname", _no_name)
    return names if names[0] else (names[1], "")


def _split(*, surname_first: bool) -> Callable[[str], tuple[str, str]]:
    return lambda text: cells.split_name(_short_name(text), surname_first=surname_first)


def _no_name(text: str) -> str:
    raise ValueError(f"{text!r} is no name")


def _place(row: RowReader) -> tuple[str, str]:
    town = row.words("town", _LONGEST_NAME) if row.has("town") else ""
    if row.has("postal_code"):
        return row.required("postal_code", read_postal_code), town
    code, written = cells.split_place(row.text("place"))
    return read_postal_code(code), town or written[:_LONGEST_NAME]


def _phone(row: RowReader) -> str:
    numbers = [row.optional(field, cells.read_phone) for field in ("mobile", "phone")]
    phone = " / ".join(dict.fromkeys(number for number in numbers if number))
    if len(phone) > _LONGEST_PHONE:
        row.ask_column("phone" if row.has("phone") else "mobile")
    return phone[:_LONGEST_PHONE]


def _skills(row: RowReader) -> tuple[SkillAnswer, ...]:
    skills = read_skills(row.raw("languages"))
    for skill in skills:
        if skill.tag is None:
            row.ask(f"language:{skill.written[:_LONGEST_NAME]}", skill.written)
    return skills


def _paper_day(text: str) -> date | None:
    return None if cells.says_no(text) else read_day(text)


def _week_minutes(text: str) -> int | None:
    return None if cells.says_no_limit(text) else read_week_minutes(text)


def _clearance(row: RowReader) -> tuple[date | None, date | None]:
    issued = row.optional("clearance_issued", _paper_day)
    seen = row.optional("clearance_seen", _paper_day)
    if issued and seen and seen < issued:
        row.ask("paper:seen_before_issued", f"{issued:%d.%m.%Y} / {seen:%d.%m.%Y}")
        return None, None
    return issued, seen


def _measles(row: RowReader, born: date) -> str | None:
    answer = row.optional("measles", _measles_or_day)
    if answer == "not_needed" and born >= _MEASLES_FROM:
        row.warn("measles:proof_missing")
        return None
    return None if answer == "no" else answer


def _measles_or_day(text: str) -> str:
    try:
        return cells.read_measles(text)
    except ValueError:
        read_day(text)
        return "yes"


def _availability(row: RowReader) -> AvailabilityAnswer | None:
    answer = row.optional("availability", read_availability)
    if answer is None:
        return None
    unclear = tuple(window for window in answer.windows if _which_week(window))
    if answer.not_understood or unclear:
        row.ask_column("availability")
    return replace(answer, windows=tuple(w for w in answer.windows if w not in unclear))


def _which_week(window: WeeklyWindow) -> bool:
    """Whether "jede 2. Woche" leaves open which of the weeks is meant."""
    return window.every_weeks > 1


def _remark(row: RowReader, newest: date) -> VolunteerRemark:
    text = row.raw("remark")
    remark = read_volunteer_remark("" if cells.is_blank(text) else text, newest)
    if remark.unread_absence:
        row.warn("absence:not_understood")
    return remark


def _warn_of_future(row: RowReader, draft: VolunteerDraft, now: date) -> None:
    days = (draft.training_day, draft.clearance_issued, draft.clearance_seen, draft.declaration_day)
    if any(day > now for day in days if day is not None):
        row.warn("paper:in_future")


def _warn_of_halves(row: RowReader, draft: VolunteerDraft) -> None:
    """A course or a paper with half of its dates is not stored: say so."""
    half_course = (draft.training_day is None) != (draft.training_units is None)
    if half_course or (draft.clearance_issued and not draft.clearance_seen):
        row.warn("paper:incomplete")
