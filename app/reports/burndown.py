"""The picture of a grant: what is left of it, day by day, and when nothing will be."""

import xml.etree.ElementTree as ET
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import accumulate, pairwise
from operator import sub

from allowance import euro, grants
from allowance.grants import Budget, Outlook, months_later
from app.reports import captions, drawing, plots
from app.reports.drawing import INK, MARGIN, Frame, Mark, Point
from app.reports.plots import Picture

UNIT, EURO = "EUR", 100
"""What the axis counts, and its finest step, in cents."""


def budget(
    days: Sequence[tuple[date, int]],
    granted_cents: int,
    *,
    today: date,
    last_day: date,
    locale: str = "de",
) -> Picture:
    """What is left of a grant over its year, and from today on as `grants.outlook` expects it.

    Parameters
    ----------
    days : sequence of (date, int)
        Cents that were spent on a day, or are booked for one after today.
    granted_cents : int
        What was granted.
    today : date
        From here on it is an estimate.
    last_day : date
        Of the grant.
    locale : str
        `de` or `en`; anything else reads German.

    Raises
    ------
    ValueError
        If the grant is negative, or there are more than 36 months from the first to the last.
    """
    plots.refuse_negative("Granted cents", [granted_cents])
    spent: dict[date, int] = defaultdict(int)
    for day, cents in days:
        spent[day] += cents
    if not granted_cents and not any(spent.values()):
        return plots.nothing("budget", locale)
    course = _course(spent, granted_cents, min(today, last_day), last_day)
    ahead = grants.outlook(Budget(granted_cents, spent_by_day=spent), course.on, last_day)
    goal = _goal(course, ahead, last_day)
    runs_out = goal is not None and ahead.exhausted_on is not None
    description = _described(course, goal, runs_out=runs_out, locale=locale)
    entries = _entries(course, goal, runs_out=runs_out, locale=locale)
    svg = plots.sheet("budget", plots.plot_height(len(entries)), description, locale)
    frame = _value_axis(svg, drawing.legend(svg, "budget", entries), course, locale)
    scale = _Scale(frame, plots.months(course.days[0][0], last_day))
    plots.month_axis(svg, frame, scale.months, locale)
    _draw(svg, scale, course, goal)
    if runs_out and goal:
        drawing.diamond(svg, *scale.at(*goal))
    if scale.months[0] <= today <= last_day:
        _mark_today(svg, scale, today, locale)
    return plots.finished("budget", svg, description, locale)


@dataclass(frozen=True)
class _Course:
    """What was left: at first and after each day with spending, up to the day `on`."""

    granted: int
    on: date
    days: list[tuple[date, int]]

    @property
    def left(self) -> int:
        """On the last of these days."""
        return self.days[-1][1]


@dataclass(frozen=True)
class _Scale:
    """Days from left to right, over whole months."""

    frame: Frame
    months: list[date]

    def at(self, day: date, cents: int) -> Point:
        """Where an amount on a day stands; a day outside stands at the edge."""
        first, end = self.months[0], months_later(self.months[-1], 1)
        share = (min(max(day, first), end) - first).days / (end - first).days
        return self.frame.left + self.frame.width * share, self.frame.y(cents)


def _course(spent: Mapping[date, int], granted: int, on: date, last_day: date) -> _Course:
    first = min([date(last_day.year, 1, 1), *spent]).replace(day=1)
    past = sorted(day for day in spent if day <= on)
    lefts = accumulate((spent[day] for day in past), sub, initial=granted)
    return _Course(granted, on, list(zip([first, *past], lefts, strict=True)))


def _goal(course: _Course, ahead: Outlook, last_day: date) -> tuple[date, int] | None:
    """Where the estimate leads: the day and what is left; none where it is over or overspent."""
    if course.left < 0 or course.on >= last_day:
        return None
    return ahead.exhausted_on or last_day, ahead.left


def _described(
    course: _Course, goal: tuple[date, int] | None, *, runs_out: bool, locale: str
) -> str:
    day = captions.date_of(course.on, locale)
    granted, left = euro(course.granted, locale), euro(course.left, locale)
    if course.left < 0:
        over = euro(-course.left, locale)
        return captions.said("over_sum", locale, granted=granted, day=day, over=over)
    said = captions.said("left_sum", locale, granted=granted, day=day, left=left)
    if goal is None:
        return said
    values = {"day": captions.date_of(goal[0], locale), "left": euro(goal[1], locale)}
    more = captions.said("will_end" if runs_out else "will_last", locale, **values)
    return f"{said} {more}"


def _entries(
    course: _Course, goal: tuple[date, int] | None, *, runs_out: bool, locale: str
) -> list[tuple[Mark, str]]:
    """What the legend says."""
    values = {"day": captions.date_of(course.on, locale), "left": euro(course.left, locale)}
    entries: list[tuple[Mark, str]] = [("line", captions.said("left", locale, **values))]
    if goal is not None:
        entries.append(("dashed", captions.said("estimate", locale)))
    if goal is not None and runs_out:
        day = captions.date_of(goal[0], locale)
        entries.append(("diamond", captions.said("used_up", locale, day=day)))
    return entries


def _value_axis(svg: ET.Element, top: float, course: _Course, locale: str) -> Frame:
    lefts = [left for _, left in course.days]
    marks = drawing.ticks(min(lefts), max(lefts), EURO)
    named = {cents: captions.number(cents // EURO, locale) for cents in marks}
    return plots.value_axis(svg, top, named, UNIT)


def _draw(svg: ET.Element, scale: _Scale, course: _Course, goal: tuple[date, int] | None) -> None:
    """Steps down to today, from there on a straight estimate."""
    steps = [scale.at(*course.days[0])]
    for (_, before), (day, after) in pairwise(course.days):
        steps += [scale.at(day, before), scale.at(day, after)]
    now = scale.at(course.on, course.left)
    drawing.line(svg, [*steps, now])
    if goal is not None:
        drawing.line(svg, [now, scale.at(*goal)], "dashed")


def _mark_today(svg: ET.Element, scale: _Scale, today: date, locale: str) -> None:
    frame, words = scale.frame, captions.said("today", locale)
    x = scale.at(today, 0)[0]
    drawing.rule(svg, (x, frame.top - 6), (x, frame.bottom), INK).set("stroke-dasharray", "1 3")
    half = drawing.width(words) / 2
    leftmost = max(frame.left, 2 * MARGIN + drawing.width(UNIT))
    centre = min(max(x, leftmost + half), frame.right - half)
    drawing.text(svg, centre, frame.top - 12, words, "middle")
