"""Dossiers to `matching.Volunteer`."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

from app.seam.clock import Calendar
from app.seam.papers import papers
from app.seam.workload import Workload
from app.tables import Sponsor
from app.volunteers import windows
from app.volunteers.dossiers import Dossier
from matching import Cap, Volunteer, Window
from matching.problem import MODES, Mode
from scheduling import availability, languages, phrases

ALL_MODES: frozenset[Mode] = frozenset(MODES)
PHONE: frozenset[Mode] = frozenset({"phone"})


@dataclass(frozen=True)
class Horizon:
    """The local days a plan looks at, both included, and how its minutes are counted."""

    first: date
    last: date
    calendar: Calendar = field(compare=False)

    @classmethod
    def of(cls, first: date, last: date) -> "Horizon":
        """The horizon of a plan."""
        return cls(first, last, Calendar.from_day(first))


def _windows(dossier: Dossier, horizon: Horizon) -> tuple[tuple[Window, ...], tuple[Window, ...]]:
    absences = [phrases.Absence(a.first_day, a.last_day) for a in dossier.absences]
    hard, soft = availability.windows(
        [windows.rule(row) for row in dossier.rules],
        absences,
        (),
        first=horizon.first,
        last=horizon.last + timedelta(days=1),
    )
    minute = horizon.calendar.minute
    return (
        tuple(Window(minute(start), minute(end)) for start, end in hard),
        tuple(Window(minute(start), minute(end)) for start, end in soft),
    )


def _caps(dossier: Dossier, sponsor: Sponsor, load: Workload) -> tuple[Cap, ...]:
    """Assignments a day, minutes a week, money a year: what is left after the load so far."""
    enrolment = dossier.enrolment_at(sponsor.id)
    if enrolment is None:
        return ()
    caps = [
        Cap("day", None, "assignments", enrolment.day_assignments),
        Cap("week", None, "minutes", enrolment.week_minutes),
    ]
    for day, count in sorted(load.day_assignments.items()):
        caps.append(Cap("day", day, "assignments", max(0, enrolment.day_assignments - count)))
    for number, minutes in sorted(load.week_minutes.items()):
        caps.append(Cap("week", number, "minutes", max(0, enrolment.week_minutes - minutes)))
    for year, left in sorted(load.headroom_cents.items()):
        caps.append(Cap("year", year, "cents", left))
    return tuple(caps)


def _excluded(dossier: Dossier) -> frozenset[str]:
    tags = set()
    for row in dossier.exclusions:
        if row.institution_id:
            tags.add(f"institution:{row.institution_id}")
        if row.institution_kind:
            tags.add(f"kind:{row.institution_kind}")
        if row.client_case_id:
            tags.add(f"case:{row.client_case_id}")
    return frozenset(tags)


def volunteer(
    dossier: Dossier,
    sponsor: Sponsor,
    horizon: Horizon,
    *,
    home: int,
    load: Workload,
    language_index: Mapping[str, int],
) -> Volunteer:
    """One person of the pool with everything that decides where she may go."""
    person = dossier.volunteer
    enrolment = dossier.enrolment_at(sponsor.id)
    hard, soft = _windows(dossier, horizon)
    kinds = frozenset(f"kind:{kind}" for kind in person.only_kinds)
    return Volunteer(
        id=str(person.id),
        roles=frozenset(enrolment.roles if enrolment else ()),
        home=home,
        transport=person.transport,
        languages={
            language_index[s.language]: languages.level_rank(s.level)
            for s in dossier.skills
            if s.language in language_index
        },
        female={"f": True, "m": False}.get(person.gender),
        papers=papers(dossier, sponsor, horizon.calendar, horizon.first),
        windows=hard,
        soft_windows=soft,
        busy=load.busy,
        caps=_caps(dossier, sponsor, load),
        modes=PHONE if person.phone_only else ALL_MODES,
        excluded=_excluded(dossier),
        only_kinds=kinds or None,
        lead_minutes=load.lead_minutes,
        open_question=bool(dossier.open_questions),
    )


def languages_of(dossiers: Sequence[Dossier], wanted: Sequence[str]) -> tuple[str, ...]:
    """Every language that is spoken or asked for, in order."""
    spoken = {s.language for d in dossiers for s in d.skills}
    return tuple(sorted(spoken | set(wanted)))
