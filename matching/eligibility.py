"""Who may go: the one rule that planning, ranking, release and acceptance share."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from matching.costs import covered, gender_missed
from matching.plan import Reason
from matching.problem import (
    UNKNOWN_LEVEL,
    Busy,
    Cap,
    Mode,
    ParentsDay,
    Problem,
    Seat,
    Span,
    Volunteer,
)
from matching.travel import gap_minutes, minutes

Found = list[Reason]
Slot = tuple[int, int]


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


@dataclass(frozen=True)
class Share:
    """What one slot takes from one limit of a parents' day, in minutes.

    `day` numbers `problem.parents_days`; `start` is the first minute of the window in which only
    `left` minutes may be worked, None for the whole day.
    """

    day: int
    start: int | None
    amount: int
    left: int


def parents_shares(problem: Problem) -> dict[Slot, tuple[Share, ...]]:
    """Give what each (seat row, option) takes from which limits of parents' days.

    Limits that all slots of the day together cannot exceed are left out. No share is larger than
    its limit, so that a slot longer than the limit can still be taken alone.
    """
    found: dict[Slot, list[Share]] = {}
    for number, day in enumerate(problem.parents_days):
        slots = _slots_of(problem, day)
        spans = [problem.seats[row].spans[option] for row, option in slots]
        for start, left, amounts in _limits(day, spans):
            for slot, amount_ in zip(slots, amounts, strict=True):
                if amount_:
                    found.setdefault(slot, []).append(Share(number, start, amount_, left))
    return {slot: tuple(shares) for slot, shares in found.items()}


def _slots_of(problem: Problem, day: ParentsDay) -> list[Slot]:
    rows = [problem.seat_index[name] for name in dict.fromkeys(day.seats)]
    return [(row, option) for row in rows for option in range(len(problem.seats[row].spans))]


def _limits(day: ParentsDay, spans: list[Span]) -> list[tuple[int | None, int, list[int]]]:
    """Give (start of the window, minutes left, minutes of each span): whole day and windows."""
    whole = [min(span.minutes, day.most_minutes) for span in spans]
    found: list[tuple[int | None, int, list[int]]] = [(None, day.most_minutes, whole)]
    for start, amounts in _windows(day, spans):
        found.append((start, day.work_minutes, amounts.tolist()))
    return [(start, left, amounts) for start, left, amounts in found if sum(amounts) > left]


def _windows(day: ParentsDay, spans: list[Span]) -> list[tuple[int, npt.NDArray[np.int64]]]:
    """Give the windows of work and rest that can be the fullest, none within its neighbour.

    The minutes worked in a sliding window rise and fall linearly, so they are highest where a
    span begins with the window or ends with it; a span longer than the work also counts from
    where the window has just seen enough of it.
    """
    length = day.work_minutes + day.rest_minutes
    opens = np.array([span.start for span in spans], dtype=np.int64)
    closes = np.array([span.end for span in spans], dtype=np.int64)
    long_ = closes - opens > day.work_minutes
    edges = (opens, closes - length, opens[long_] - day.rest_minutes)
    starts = np.unique(np.concatenate((*edges, closes[long_] - day.work_minutes)))
    kept: list[tuple[int, npt.NDArray[np.int64]]] = []
    for start in starts.tolist():
        overlap = np.minimum(closes, start + length) - np.maximum(opens, start)
        amounts = np.clip(overlap, 0, day.work_minutes)
        while kept and (kept[-1][1] <= amounts).all():
            kept.pop()
        if not kept or not (amounts <= kept[-1][1]).all():
            kept.append((start, amounts))
    return kept


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
