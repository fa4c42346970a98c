"""How the doubtful cells of a row were read, told back in words."""

from collections.abc import Iterator
from datetime import date
from typing import NamedTuple

from app.clock import ZONE
from app.imports.drafts import InstitutionDraft, RequestDraft, VolunteerDraft
from app.imports.schemas import Understood
from app.imports.verdicts import Verdict
from app.institutions.kinds import BY_SLUG
from app.requests.times import clock, slot
from scheduling import languages, phrases

_ROLES = {"interpreter": "Laiendolmetschen", "guide": "Integrationslotsin oder -lotse"}
_GENDERS = {"f": "Frau", "m": "Mann", "d": "divers"}
_MODES = {"on_site": "vor Ort", "phone": "Telefon", "video": "Video"}
_DAYS = ("Mo", "Di", "Mi", "Do", "Fr", "Sa", "So")
_UNCLEAR = "unklar, wird erfragt"


class _Said(NamedTuple):
    """How a cell was read; the field is the first of these that the list has."""

    fields: tuple[str, ...]
    read_as: str


def of_volunteer(verdict: Verdict[VolunteerDraft]) -> list[Understood]:
    """Name, birth date, role, languages, times and remark of a volunteer as they were read."""
    return _told(verdict, _volunteer(verdict.draft)) if verdict.draft else []


def of_institution(verdict: Verdict[InstitutionDraft]) -> list[Understood]:
    """What kind of place it is taken for."""
    if verdict.draft is None:
        return []
    kind = BY_SLUG[verdict.draft.kind].label
    return _told(verdict, iter([_Said(("kind", "name"), kind)]))


def of_request(verdict: Verdict[RequestDraft], locale: str = "de") -> list[Understood]:
    """Place, times, language, role, mode and wishes of a request as they were read."""
    return _told(verdict, _request(verdict.draft, locale)) if verdict.draft else []


def _told(verdict: Verdict[object], said: Iterator[_Said]) -> list[Understood]:
    told = []
    for fields, read_as in said:
        field = next((name for name in fields if name in verdict.cells), None)
        if field is not None and read_as:
            written, column = verdict.cells[field], verdict.headings[field]
            told.append(Understood(column=column, written=written[:300], read_as=read_as))
    return told


def _volunteer(draft: VolunteerDraft) -> Iterator[_Said]:
    yield _Said(("name_surname_first", "full_name"), f"{draft.surname}, {draft.given_name}")
    yield _Said(("birth_date",), _day(draft.birth_date))
    yield _Said(("gender",), _GENDERS.get(draft.gender or "", ""))
    roles = [_ROLES[role] for role in draft.roles] + ["Koordination"] * draft.coordinating
    yield _Said(("role",), ", ".join(roles))
    yield _Said(("languages",), ", ".join(map(_skill, draft.skills)))
    yield _Said(("german_level",), _level(draft.german_level))
    yield _Said(("availability",), _availability(draft.availability))
    yield _Said(("week_hours",), f"{clock(draft.week_minutes)} Std." if draft.week_minutes else "")
    yield _Said(("remark",), "; ".join(_remark(draft)))


def _skill(skill: languages.SkillAnswer) -> str:
    level = _level(skill.level) or "ohne Niveau"
    return f"{_language(skill.tag, skill.written, skill.candidates)} ({level})"


def _level(level: str | None) -> str:
    return "Muttersprache" if level == "native" else level or ""


def _language(
    tag: str | None, written: str, candidates: tuple[str, ...] = (), locale: str = "de"
) -> str:
    known = languages.catalogue()
    if tag is not None:
        return known[tag].english if locale == "en" else known[tag].german
    names = " oder ".join(known[one].german for one in candidates)
    return f"„{written}“: {_UNCLEAR}" + (f" ({names})" if names else "")


def _availability(answer: phrases.AvailabilityAnswer | None) -> str:
    if answer is None:
        return ""
    said = phrases.describe(answer.windows)
    parts = [said] if said else ["nach Vereinbarung"] if answer.on_request else []
    if answer.valid_from is not None:
        parts.append(f"ab {_day(answer.valid_from)}")
    if answer.valid_to is not None:
        parts.append(f"bis {_day(answer.valid_to)}")
    unclear = [f"„{part}“: {_UNCLEAR}" for part in answer.not_understood]
    return "; ".join([*parts, *unclear]) or _UNCLEAR


def _remark(draft: VolunteerDraft) -> Iterator[str]:
    if draft.phone_only:
        yield "nur am Telefon"
    if draft.only_kinds:
        yield "nur: " + ", ".join(BY_SLUG[kind].label for kind in draft.only_kinds)
    if draft.excluded_kinds:
        yield "nicht: " + ", ".join(BY_SLUG[kind].label for kind in draft.excluded_kinds)
    if draft.transport == "public_transport":
        yield "ohne Auto"
    if draft.absence is not None:
        yield f"abwesend {_day(draft.absence.first)} bis {_day(draft.absence.last)}"
    if draft.note:
        yield f"Notiz: {draft.note}"


def _request(draft: RequestDraft, locale: str) -> Iterator[_Said]:
    yield _Said(("institution",), f"{draft.institution}, {draft.institution_town}".rstrip(", "))
    yield _Said(("day", "moment"), f"{_DAYS[draft.day.weekday()]} {_day(draft.day)}")
    yield _Said(("start", "moment"), _span(draft))
    yield _Said(("duration", "end"), f"{draft.duration_minutes} Minuten")
    spoken = draft.language
    told = _language(spoken.tag, spoken.written, spoken.candidates, locale)
    yield _Said(("language",), told)
    yield _Said(("role",), _ROLES[draft.role])
    yield _Said(("mode",), _MODES.get(draft.mode or "", _UNCLEAR))
    others = [f"{_DAYS[day.weekday()]} {_day(day)} {clock(at)}" for day, at in draft.alternatives]
    yield _Said(("alternatives",), ", ".join(others))
    yield _Said(("gender", "remark"), _wish(draft))
    yield _Said(("remark",), f"Notiz: {draft.note}" if draft.note else "")


def _span(draft: RequestDraft) -> str:
    """From when until when, on the clock of the day: also where the clocks change."""
    times = slot(draft.day, draft.start_minute, draft.duration_minutes)
    end = times.ends_at.astimezone(ZONE)
    later = " am Tag danach" if end.date() > draft.day else ""
    return f"{clock(draft.start_minute)}-{end:%H:%M} Uhr{later}"


def _wish(draft: RequestDraft) -> str:
    wish = _GENDERS.get(draft.gender or "", "")
    return f"nur {wish}" if wish and draft.gender_hard else f"lieber {wish}" if wish else ""


def _day(day: date) -> str:
    return f"{day.day:02}.{day.month:02}.{day.year}"
