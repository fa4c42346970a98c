"""Who may go: the one rule that planning, ranking, release and acceptance share."""

from collections.abc import Callable

from matching.costs import covered, gender_missed
from matching.plan import Reason
from matching.problem import UNKNOWN_LEVEL, Busy, Cap, Mode, Problem, Seat, Span, Volunteer
from matching.travel import gap_minutes, minutes

Found = list[Reason]


def reasons(problem: Problem, volunteer: Volunteer, seat: Seat, option: int) -> tuple[Reason, ...]:
    """Give every reason why a volunteer may not take a seat on one of its dates.

    Empty means that she may go. Other assignments of the same plan are not looked at; `busy` and
    `caps` are.

    Raises
    ------
    ValueError
        If the seat has no such option.
    """
    if not 0 <= option < len(seat.spans):
        raise ValueError(f"seat {seat.id} has no option {option}")
    found = [reason for rule in _RULES for reason in rule(problem, volunteer, seat)]
    span = seat.spans[option]
    found += _papers(volunteer, seat, span) + _availability(volunteer, span)
    found += _caps(volunteer, seat, span)
    return tuple(found + _reach(problem, volunteer, seat, span)[1])


def choose_mode(problem: Problem, volunteer: Volunteer, seat: Seat, option: int) -> Mode | None:
    """Give the first wished mode the volunteer offers and can reach, None when there is none."""
    return _reach(problem, volunteer, seat, seat.spans[option])[0]


def _role(problem: Problem, volunteer: Volunteer, seat: Seat) -> Found:
    """The volunteer has the seat's role: role ∈ roles."""
    return [] if seat.role in volunteer.roles else [Reason("role", {"role": seat.role})]


def _language(problem: Problem, volunteer: Volunteer, seat: Seat) -> Found:
    """She speaks the language or an allowed substitute well enough; an unknown level will do.

    Some spoken s: substitution[wanted][s] ≥ 0, consent where s needs it, level(s) ≥ min_level.
    """
    wanted = seat.language
    if wanted is None:
        return []
    tag = problem.languages[wanted]
    spoken = [s for s in volunteer.languages if problem.substitution[wanted][s] >= 0]
    if not spoken:
        return [Reason("language", {"language": tag})]
    agreed = [s for s in spoken if seat.consent or not problem.needs_consent[wanted][s]]
    if not agreed:
        return [Reason("consent", {"language": tag})]
    levels = [volunteer.languages[s] for s in agreed]
    if any(level == UNKNOWN_LEVEL or level >= seat.min_level for level in levels):
        return []
    return [Reason("level", {"language": tag, "level": max(levels), "wanted": seat.min_level})]


def _gender(problem: Problem, volunteer: Volunteer, seat: Seat) -> Found:
    """A hard wish for a woman or a man is met: female = (gender is f)."""
    if seat.gender_hard and gender_missed(volunteer, seat):
        return [Reason("gender", {"wanted": str(seat.gender)})]
    return []


def _excluded(problem: Problem, volunteer: Volunteer, seat: Seat) -> Found:
    """No tag of the seat is excluded: excluded ∩ tags = ∅."""
    return [Reason("excluded", {"tag": tag}) for tag in sorted(volunteer.excluded & seat.tags)]


def _only_kinds(problem: Problem, volunteer: Volunteer, seat: Seat) -> Found:
    """She goes only to some kinds, and this is one of them: only_kinds ∩ tags ≠ ∅."""
    if volunteer.only_kinds is None or volunteer.only_kinds & seat.tags:
        return []
    return [Reason("only_kinds")]


def _open_question(problem: Problem, volunteer: Volunteer, seat: Seat) -> Found:
    """Nobody is planned about whom a question is open."""
    return [Reason("open_question")] if volunteer.open_question else []


def _blocked(problem: Problem, volunteer: Volunteer, seat: Seat) -> Found:
    """The pair is not blocked: (volunteer, seat) ∉ blocks."""
    return [Reason("blocked")] if (volunteer.id, seat.id) in problem.blocks else []


_RULES: tuple[Callable[[Problem, Volunteer, Seat], Found], ...] = (
    _role,
    _language,
    _gender,
    _excluded,
    _only_kinds,
    _open_question,
    _blocked,
)


def _papers(volunteer: Volunteer, seat: Seat, span: Span) -> Found:
    """Every needed paper is valid to the end: valid_until ≥ end."""
    return [
        Reason(f"paper:{name}", {"expired": name in volunteer.papers})
        for name in seat.papers
        if volunteer.papers.get(name, -1) < span.end
    ]


def _availability(volunteer: Volunteer, span: Span) -> Found:
    """The span lies in one stretch of her time, on request included."""
    if covered(volunteer, span.start, span.end, on_request=True):
        return []
    return [Reason("unavailable")]


def _caps(volunteer: Volunteer, seat: Seat, span: Span) -> Found:
    """The assignment alone fits into what is left: amount ≤ left."""
    return [
        Reason("cap", {"period": cap.period, "unit": cap.unit, "left": cap.left})
        for cap in caps_at(volunteer, span)
        if amount(cap, seat, span) > cap.left
    ]


def caps_at(volunteer: Volunteer, span: Span) -> list[Cap]:
    """Give the caps that count on a date, each with the index of its period."""
    found: dict[tuple[str, str], Cap] = {}
    for cap in volunteer.caps:
        index: int = getattr(span, cap.period)
        key = (cap.period, cap.unit)
        if cap.index == index or (cap.index is None and key not in found):
            found[key] = Cap(cap.period, index, cap.unit, cap.left)
    return list(found.values())


def amount(cap: Cap, seat: Seat, span: Span) -> int:
    """Give what one assignment takes from a cap, in its unit."""
    if cap.unit == "minutes":
        return span.minutes
    return seat.cents if cap.unit == "cents" else 1


def _reach(
    problem: Problem, volunteer: Volunteer, seat: Seat, span: Span
) -> tuple[Mode | None, Found]:
    """Give the first wished mode that works, else what stands against the first one offered."""
    first: Found | None = None
    for mode in seat.modes:
        if mode not in volunteer.modes:
            continue
        place = seat.place if mode == "on_site" else None
        found = _too_far(problem, volunteer, place) + _busy(problem, volunteer, span, place)
        if not found:
            return mode, []
        first = found if first is None else first
    return None, [Reason("mode")] if first is None else first


def _too_far(problem: Problem, volunteer: Volunteer, place: int | None) -> Found:
    """One way from home is within the limit: minutes(home, place) ≤ max_travel_minutes."""
    if place is None or volunteer.max_travel_minutes is None:
        return []
    way = minutes(problem, volunteer.transport, volunteer.home, place)
    if way <= volunteer.max_travel_minutes:
        return []
    return [Reason("too_far", {"minutes": way, "limit": volunteer.max_travel_minutes})]


def _busy(problem: Problem, volunteer: Volunteer, span: Span, place: int | None) -> Found:
    """Nothing else is on, travel included: end + gap ≤ start for one order of each two."""
    if any(
        collides(problem, volunteer.transport, span, place=place, busy=busy)
        for busy in volunteer.busy
    ):
        return [Reason("busy")]
    return []


def collides(
    problem: Problem, transport: str, span: Span, *, place: int | None, busy: Busy
) -> bool:
    """Tell whether a span at a place and other work leave no time to get from one to the other."""
    before = span.end + gap_minutes(problem, transport, place, busy.place) <= busy.start
    after = busy.end + gap_minutes(problem, transport, busy.place, place) <= span.start
    return not before and not after
