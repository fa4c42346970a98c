"""Dossiers to `matching.Volunteer`."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

from app.seam.clock import Calendar
from app.seam.headroom import Money
from app.seam.papers import papers
from app.seam.workload import Workload
from app.tables import Sponsor
from app.volunteers import windows
from app.volunteers.dossiers import Dossier
from matching import Cap, Volunteer, Window
from matching.problem import MODES, Mode, Period, Unit
from scheduling import availability, languages

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
    hard, soft = availability.minutes(
        windows.times(dossier),
        horizon.first,
        horizon.last + timedelta(days=1),
        horizon.calendar.start,
    )
    return tuple(Window(*span) for span in hard), tuple(Window(*span) for span in soft)


def _caps(
    dossier: Dossier, sponsor: Sponsor, load: Workload, money: Money | None
) -> tuple[Cap, ...]:
    """Assignments and minutes a day, minutes a week, what can be paid: what is left of them."""
    enrolment, person = dossier.enrolment_at(sponsor.id), dossier.volunteer
    if enrolment is None:
        return ()
    day_count = _smaller(enrolment.day_assignments, person.most_day_assignments)
    week_minutes = _smaller(enrolment.week_minutes, person.most_week_minutes)
    caps = [
        *_left("day", "assignments", day_count, load.day_assignments),
        *_left("week", "minutes", week_minutes, load.week_minutes),
    ]
    if person.most_day_minutes is not None:
        caps += _left("day", "minutes", person.most_day_minutes, load.day_minutes)
    return tuple(caps + (money.caps(dossier) if money else []))


def _smaller(pool: int, wish: int | None) -> int:
    """What the pool allows, or less where she wants less herself."""
    return pool if wish is None else min(pool, wish)


def _left(period: Period, unit: Unit, most: int, taken: Mapping[int, int]) -> list[Cap]:
    """The cap of every period, and what is left of it where something is taken already."""
    used = [Cap(period, n, unit, max(0, most - count)) for n, count in sorted(taken.items())]
    return [Cap(period, None, unit, most), *used]


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
    money: Money | None = None,
) -> Volunteer:
    """One person of the pool with everything that decides where she may go.

    Without `money` nobody looks at what can be paid.
    """
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
        caps=_caps(dossier, sponsor, load, money),
        modes=PHONE if person.phone_only else ALL_MODES,
        max_travel_minutes=person.most_travel_minutes,
        excluded=_excluded(dossier),
        only_kinds=kinds or None,
        lead_minutes=load.lead_minutes,
        open_question=bool(dossier.open_questions),
        long_days=person.long_days,
    )


def languages_of(dossiers: Sequence[Dossier], wanted: Sequence[str]) -> tuple[str, ...]:
    """Every language that is spoken or asked for, in order."""
    spoken = {s.language for d in dossiers for s in d.skills}
    return tuple(sorted(spoken | set(wanted)))
