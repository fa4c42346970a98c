"""One row of the requests' list, read into a draft."""

import re
from collections.abc import Callable, Mapping
from datetime import date

from app.freetext import seems_personal
from app.imports import cells
from app.imports.drafts import RequestDraft
from app.imports.institutions import KnownInstitution
from app.imports.refusals import RowError
from app.imports.remarks import RequestRemark, read_request_remark
from app.imports.rows import RowReader
from app.imports.times import read_clock, read_clocks, read_day, read_duration
from app.imports.verdicts import in_order
from app.names import same_institution, same_name, same_town
from scheduling.languages import LanguageAnswer, understand
from scheduling.wall_time import to_utc

Find = Callable[[str, str], KnownInstitution | None]
Policy = Callable[[str, str, str], str | None]
"""Role, kind of institution (slug) and topic to a reason why not, or None when allowed."""

Alternatives = tuple[tuple[date, int], ...]

_MOST_ALTERNATIVES = 2
_SATURDAY = 5
_ALTERNATIVE = re.compile(
    r"((?:\b(?:mo|di|mi|do|fr|sa|so)[a-z]*\.?,?\s+)?\d{1,4}\s*[./-]\s*\d{1,2}\s*[./-]\s*\d{2,4})\s*,?\s*(?:um\s+)?"
    r"(\d{1,2}(?:\s*[:.h]\s*\d{2})?(?::\d{2})?(?:\s*(?:uhr|h)\b)?)(?![./:]?\d)",
    re.IGNORECASE,
)
_BETWEEN = re.compile(r"(?:\s|[,;/|]|\bund\b|\boder\b|\bbzw\b\.?)*", re.IGNORECASE)
_MOMENT = re.compile(
    r"(.*\d)[\s,T]+(?:um\s+)?(\d{1,2}(?:[:.h]\d{2})?(?::\d{2})?\s*(?:uhr|h)?)", re.I
)
# "bis 16 Uhr" beside the start says how long; "bis 90 min" or "bis 2 Std." is a length.
_UNTIL = re.compile(r"bis\s+(\d{1,2}(?:[:.]\d{2})?\s*uhr|\d{1,2}:\d{2})", re.I)
_LONGEST = {"town": 100, "topic": 120, "case_number": 100, "contact": 200, "phone": 40, "room": 100}


def read_request(row: RowReader, *, find: Find, policy: Policy) -> RequestDraft:
    """The draft of a row, with its questions.

    Parameters
    ----------
    row : RowReader
        Collects warnings as well.
    find : callable
        Name and town to an institution, or None.
    policy : callable
        Role, kind of institution and topic to the reason why that is forbidden, or None.

    Raises
    ------
    RowError
        If a required cell cannot be read or nobody knows the institution.
    """
    row.refuse_first(_required(row))
    day, start, duration = _times(row)
    words = {field: _words(row, field) for field in _LONGEST}
    institution = _institution(row, find, words["town"])
    alternatives = _alternatives(row)
    language = _language(row)
    role = _role(row)
    _check_policy(row, institution, policy(role, institution.kind, words["topic"]))
    extra = row.leftovers()
    remark = _remark(row, [words["topic"], *extra])
    gender, hard = _gender(row, remark)
    return RequestDraft(
        received=row.optional("received", read_day),
        institution=institution.name,
        institution_postal_code=institution.postal_code,
        institution_town=institution.town,
        day=day,
        start_minute=start,
        duration_minutes=duration,
        alternatives=alternatives,
        language=language,
        mode=_mode(row),
        gender=gender,
        gender_hard=hard,
        same_person_wished=remark.same_person_wished,
        role=role,
        note=row.note(remark.note, extra),
        questions=in_order(row.questions),
        **words,
    )


def same_request(draft: RequestDraft) -> tuple[str, str, date, int, str]:
    """The key under which two rows are one request: institution, date, time, language."""
    language = draft.language.tag or same_name(draft.language.written)
    name = same_institution(draft.institution)
    return name, same_town(draft.institution_town), draft.day, draft.start_minute, language


def _some_text(text: str) -> str:
    if not any(c.isalnum() for c in text) or len(text) > 200:
        raise ValueError(f"{text[:200]!r} says nothing")
    return text


def _some_language(text: str) -> str:
    if cells.is_blank(text) or len(text) > 100:
        raise ValueError("no language is named")
    return text


def _required(row: RowReader) -> Mapping[str, Callable[[str], object]]:
    when: dict[str, Callable[[str], object]] = (
        {"moment": _moment} if _together(row) else {"day": read_day, "start": _start(row)}
    )
    length: dict[str, Callable[[str], object]] = (
        {"duration": _duration(row)} if row.has("duration") else {"end": read_clock}
    )
    if _start_says_all(row):
        length = {}
    return {"institution": _some_text, **when, **length, "language": _some_language}


def _together(row: RowReader) -> bool:
    """Whether day and time stand in one cell."""
    return row.has("moment") and not (row.has("day") and row.has("start"))


def _moment(text: str) -> tuple[date, int]:
    match = _MOMENT.fullmatch(text.strip())
    if match is None:
        raise ValueError(f"{text!r} is no day with a time")
    day, minute = read_day(match[1]), read_clock(match[2])
    to_utc(day, minute)  # a missing or doubled hour is no time to plan with
    return day, minute


def _start_says_all(row: RowReader) -> bool:
    """Whether "9-10:30" beside an empty length says how long."""
    if _together(row) or row.text("duration" if row.has("duration") else "end"):
        return False
    try:
        return _start(row)(row.text("start"))[1] is not None
    except ValueError:
        return False


def _start(row: RowReader) -> Callable[[str], tuple[int, int | None]]:
    def read(text: str) -> tuple[int, int | None]:
        day = _day_or_none(row.text("day"))
        start, end = read_clocks(_without_day(text, day))
        if day is not None:
            to_utc(day, start)
        return start, end

    return read


def _without_day(text: str, day: date | None) -> str:
    """The time alone, where a sheet repeats the appointment's day before it."""
    match = _MOMENT.fullmatch(text)
    repeated = match is not None and _day_or_none(match[1]) == day is not None
    return match[2] if match and repeated else text


def _day_or_none(text: str) -> date | None:
    """The day, to judge a time with; an unreadable day refuses the row on its own."""
    try:
        return read_day(text)
    except ValueError:
        return None


def _duration(row: RowReader) -> Callable[[str], int]:
    def read(text: str) -> int:
        until = _UNTIL.fullmatch(text)
        if until is None:
            return read_duration(text, row.heading("duration"))
        return _length(_start_minute(row), read_clock(until[1]))

    return read


def _start_minute(row: RowReader) -> int:
    if row.has("day") and row.has("start"):
        return _start(row)(row.text("start"))[0]
    return _moment(row.text("moment"))[1]


def _length(start: int, end: int) -> int:
    if end <= start:
        raise ValueError("it ends before it starts")
    return end - start


def _times(row: RowReader) -> tuple[date, int, int]:
    """Day, start minute and duration in minutes."""
    if row.has("day") and row.has("start"):
        day = row.required("day", read_day)
        start, end = row.required("start", _start(row))
    else:
        (day, start), end = row.required("moment", _moment), None
    if end is not None and _start_says_all(row):
        return day, start, end - start
    if not row.has("duration"):
        return day, start, _until(row, start)
    duration = row.required("duration", _duration(row))
    if end is not None and end - start != duration:
        raise RowError(f"column:{row.heading('start')}", row.text("start"))
    if row.has("end") and row.optional("end", read_clock) not in (None, start + duration):
        row.ask_column("end")
    return day, start, duration


def _until(row: RowReader, start: int) -> int:
    end = row.required("end", read_clock)
    if end <= start:
        raise RowError(f"column:{row.heading('end')}", row.text("end"))
    return end - start


def _words(row: RowReader, field: str) -> str:
    return row.words(field, _LONGEST[field]) if row.has(field) else ""


def _institution(row: RowReader, find: Find, town: str) -> KnownInstitution:
    name = row.text("institution")
    found = find(name, town)
    if found is None:
        raise RowError("institution:unknown", name)
    if town and found.town and same_town(town) != same_town(found.town):
        row.warn("town:differs")
    return found


def _alternatives(row: RowReader) -> Alternatives:
    written = row.raw("alternatives")
    if cells.is_blank(written):
        return ()
    found = [read for match in _ALTERNATIVE.finditer(written) if (read := _alternative(match))]
    count = len(_ALTERNATIVE.findall(written))
    rest = _ALTERNATIVE.sub(" ", written)
    if len(found) < count or count > _MOST_ALTERNATIVES or not _BETWEEN.fullmatch(rest):
        row.ask_column("alternatives")
    if any(day.weekday() >= _SATURDAY for day, _ in found):
        row.warn("alternative:weekend")
    return tuple(found[:_MOST_ALTERNATIVES])


def _alternative(match: re.Match[str]) -> tuple[date, int] | None:
    try:
        day, minute = read_day(match[1]), read_clock(match[2])
        to_utc(day, minute)
    except ValueError:
        return None
    return day, minute


def _language(row: RowReader) -> LanguageAnswer:
    answer = understand(row.text("language"))
    if answer.tag is None:
        row.ask(f"language:{answer.written}", answer.written)
    return answer


def _role(row: RowReader) -> str:
    return row.optional("role", cells.read_service) or "interpreter"


def _check_policy(row: RowReader, institution: KnownInstitution, reason: str | None) -> None:
    if reason is not None:
        row.ask(f"policy:{institution.kind_label}", institution.name, reason)


def _remark(row: RowReader, other_texts: list[str]) -> RequestRemark:
    written = row.raw("remark")
    text = "" if cells.is_blank(written) else written
    if any(seems_personal(part) for part in (text, *other_texts)):
        row.ask("personal_data:note")
    return read_request_remark(text)


def _gender(row: RowReader, remark: RequestRemark) -> tuple[str | None, bool]:
    """The wish of column and remark together, and whether it is hard."""
    column, hard = row.optional("gender", cells.read_wish) or (None, False)
    wish = remark.only or remark.rather
    agreeing = (None, wish) if remark.only else (None, wish, "any")
    if wish is None:
        return (None if column == "any" else column), hard
    if column not in agreeing:
        row.ask("gender:conflict", row.raw("remark"))
    return wish, hard or remark.only is not None


def _mode(row: RowReader) -> str | None:
    if not row.text("mode"):
        return "on_site"
    return row.optional("mode", cells.read_mode)
