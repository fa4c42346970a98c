"""Availability phrases read into weekly windows; what is not understood is listed."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Literal

from scheduling import intervals
from scheduling.phrases.statements import Grouping, Season, Statement
from scheduling.phrases.words import (
    FIRST_MINUTE,
    LAST_MINUTE,
    LIMITS,
    WHOLE_DAY,
    WORKDAYS,
    Kind,
    Token,
    normal,
    tokens,
)

_MINUTES_A_DAY = 24 * 60
_LONGEST_PHRASE = 1_000
_Span = tuple[int, int]
Parity = Literal["", "even", "odd"]
_OPEN = frozenset({Kind.FROM, Kind.UNTIL})


@dataclass(frozen=True, order=True)
class WeeklyWindow:
    """Time that comes back every week, on the wall clock.

    Parameters
    ----------
    weekday : int
        0 for Monday to 6 for Sunday.
    start_minute, end_minute : int
        Minutes after local midnight, half-open, at most 1440.
    soft : bool
        On request only: ranked last, asked first.
    every_weeks : int
        1 for every week, 2 for every second one.
    season : {"always", "term_time", "school_holidays"}
        When of the year: always, only while there is school, or only in the school holidays.
    parity : {"even", "odd", ""}
        Only in calendar weeks (ISO 8601) of an even or odd number.

    Raises
    ------
    ValueError
        If the weekday, the minutes or the weeks are out of range.
    """

    weekday: int
    start_minute: int
    end_minute: int
    soft: bool = False
    every_weeks: int = 1
    season: Season = "always"
    parity: Parity = ""

    def __post_init__(self) -> None:
        if not 0 <= self.weekday <= 6:
            raise ValueError(f"{self.weekday} is no weekday, expected 0 for Monday to 6 for Sunday")
        if not 0 <= self.start_minute < self.end_minute <= _MINUTES_A_DAY:
            raise ValueError(
                f"a window from minute {self.start_minute} to {self.end_minute} is no part of a day"
            )
        if self.every_weeks < 1:
            raise ValueError(f"a window cannot come back every {self.every_weeks} weeks")


@dataclass(frozen=True)
class AvailabilityAnswer:
    """What an availability phrase says.

    Parameters
    ----------
    windows : tuple of WeeklyWindow
        What was understood, sorted; empty when nothing was.
    on_request : bool
        Whether the person asks to be called without naming times ("n. V.").
    not_understood : tuple of str
        Parts that yield no window and that somebody has to ask about.
    """

    windows: tuple[WeeklyWindow, ...]
    on_request: bool = False
    not_understood: tuple[str, ...] = ()

    @property
    def every_second_week(self) -> bool:
        """Whether some window needs to know which week is meant."""
        return any(window.every_weeks > 1 for window in self.windows)


def read_availability(text: str) -> AvailabilityAnswer:
    """The weekly windows of a phrase such as ``"Mo-Fr 8-12, Di auch 14-17"``.

    Mornings are 8-12, afternoons 13-17, evenings 17-20, a whole day 8-18; "ab 16" ends at 20,
    "bis 13" begins at 8; days that are not named are Monday to Friday.

    Parameters
    ----------
    text : str
        The phrase as written, in German; empty text gives an empty answer.

    Returns
    -------
    AvailabilityAnswer
        A part that is not understood yields no window and is listed.
    """
    plain = normal(text)
    if len(plain) > _LONGEST_PHRASE:
        return AvailabilityAnswer((), not_understood=(plain.strip(),))
    grouping = Grouping(tuple(tokens(plain)))
    reading = _Reading(plain)
    for statement in grouping.statements:
        if statement.said:
            reading.add(statement)
    windows = reading.windows()
    if grouping.season != "always":
        windows = _in_season(windows, grouping.season, is_alone=reading.is_empty)
    says_nothing = not windows and not reading.on_request and not reading.not_understood
    if says_nothing and any(character.isalnum() for character in plain):
        reading.not_understood.append(plain.strip())
    return AvailabilityAnswer(windows, reading.on_request, tuple(reading.not_understood))


def _in_season(
    windows: tuple[WeeklyWindow, ...], season: Season, *, is_alone: bool
) -> tuple[WeeklyWindow, ...]:
    if is_alone:
        windows = tuple(WeeklyWindow(day, *WHOLE_DAY) for day in WORKDAYS)
    return tuple(replace(window, season=season) for window in windows)


class _Reading:
    """Adds statement after statement; exceptions are taken off at the end."""

    def __init__(self, text: str) -> None:
        self.on_request = False
        self.not_understood: list[str] = []
        self.is_empty = True
        self._text = text
        self._windows: list[WeeklyWindow] = []
        self._exceptions: list[tuple[int, _Span]] = []
        self._last_days: list[int] = []
        self._refused: Statement | None = None

    def add(self, statement: Statement) -> None:
        self.is_empty = False
        spans = [WHOLE_DAY] if statement.is_days_only else spans_of(statement)
        if statement.unknown or spans is None or self._hangs(statement):
            self._refuse(statement)
        elif statement.negated:
            self._except(statement, spans)
        elif self._limits(statement):
            self._cut(statement)
        elif self._overlaps(statement, spans):
            self._refuse(statement)
        elif spans:
            self._include(statement, spans)
        elif statement.on_request:
            self.on_request = True
        else:
            self._refuse(statement)

    def _hangs(self, statement: Statement) -> bool:
        """Whether days without times follow something that had times or was an exception."""
        started = bool(self._windows or self._exceptions)
        plain = not (statement.negated or statement.on_request)
        return statement.is_days_only and plain and started

    def _limits(self, statement: Statement) -> bool:
        """Whether it only cuts what was said before: "flexibel, aber nicht vor 10"."""
        kinds = {token.kind for token in statement.times}
        started = bool(self._windows) and set(statement.days) <= set(self._last_days)
        return bool(kinds) and kinds <= LIMITS and started

    def _cut(self, statement: Statement) -> None:
        for day in statement.days or self._last_days:
            self._exceptions += [(day, cut) for cut in _beyond(statement.times)]

    def _overlaps(self, statement: Statement, spans: list[_Span]) -> bool:
        """Whether "vormittags, ab 9" may mean both from 9 to 12 and also after 12."""
        open_ended = bool(statement.times) and {t.kind for t in statement.times} <= _OPEN
        said = [
            (w.start_minute, w.end_minute) for w in self._windows if w.weekday in self._last_days
        ]
        repeated = not statement.days and not (statement.soft or statement.on_request)
        return open_ended and repeated and bool(intervals.intersect(said, spans))

    def _refuse(self, statement: Statement) -> None:
        start = statement.start
        if self._refused and self._refused.clauses & statement.clauses:
            self.not_understood.pop()
            start = self._refused.start
        self.not_understood.append(self._text[start : statement.end].strip(" ,;"))
        self._refused = replace(statement, start=start)
        self._last_days = statement.days

    def _except(self, statement: Statement, spans: list[_Span]) -> None:
        cuts = [(0, _MINUTES_A_DAY)] if statement.is_days_only else spans
        for day in statement.days or range(7):
            self._exceptions += [(day, cut) for cut in cuts]

    def _include(self, statement: Statement, spans: list[_Span]) -> None:
        days = statement.days or self._last_days or list(WORKDAYS)
        self._last_days = days
        if statement.only:
            self._windows = [window for window in self._windows if window.weekday not in days]
        soft = statement.soft or statement.on_request
        for day in days:
            self._windows += [
                WeeklyWindow(day, start, end, soft, statement.every_weeks) for start, end in spans
            ]

    def windows(self) -> tuple[WeeklyWindow, ...]:
        if self._exceptions and not self._windows and not self.not_understood:
            self._windows = [WeeklyWindow(day, *WHOLE_DAY) for day in WORKDAYS]
        left = _without(self._windows, self._exceptions)
        if self._windows and not left:
            self.not_understood.append(self._text.strip())
        return left


def _without(
    windows: Iterable[WeeklyWindow], exceptions: list[tuple[int, _Span]]
) -> tuple[WeeklyWindow, ...]:
    groups: dict[WeeklyWindow, list[_Span]] = {}
    for window in windows:
        key = replace(window, start_minute=0, end_minute=_MINUTES_A_DAY)
        groups.setdefault(key, []).append((window.start_minute, window.end_minute))
    left = [
        replace(key, start_minute=start, end_minute=end)
        for key, spans in groups.items()
        for start, end in intervals.subtract(
            spans, [cut for day, cut in exceptions if day == key.weekday]
        )
    ]
    return tuple(sorted(left))


def spans_of(statement: Statement) -> list[_Span] | None:
    """Minutes of the day of a statement's times; None when they make no sense."""
    spans: list[_Span] = []
    parts: set[int] = set()
    named = [token for token in statement.times if token.kind not in LIMITS | {Kind.FLEXIBLE}]
    limits = [token for token in statement.times if token.kind in LIMITS]
    flexible = [token for token in statement.times if token.kind is Kind.FLEXIBLE]
    for index, token in enumerate(named or flexible or limits[:1]):
        new = _spans(token)
        near = index > 0 and index not in statement.apart
        if near and (token.kind is Kind.PART or len(spans) - 1 in parts):
            new = _narrowed(spans, named[index - 1], token)
        if not new or any(start >= end for start, end in new):
            return None
        if token.kind is Kind.PART:
            parts.add(len(spans) + len(new) - 1)
        spans += new
    return _limited(spans, limits)


def _limited(spans: list[_Span], limits: list[Token]) -> list[_Span] | None:
    """What the limits leave of the spans; None when they leave nothing."""
    left = list(intervals.subtract(spans, _beyond(limits)))
    return left if left or not spans else None


def _beyond(limits: Iterable[Token]) -> list[_Span]:
    """The parts of the day that limits take away."""
    return [
        (0, limit.numbers[0])
        if limit.kind is Kind.NOT_BEFORE
        else (limit.numbers[0], _MINUTES_A_DAY)
        for limit in limits
    ]


def _spans(token: Token) -> list[_Span]:
    numbers = token.numbers
    if token.kind in (Kind.FROM, Kind.NOT_BEFORE):
        return [(numbers[0], LAST_MINUTE)]
    if token.kind in (Kind.UNTIL, Kind.NOT_AFTER):
        return [(FIRST_MINUTE, numbers[0])]
    if token.kind is Kind.FLEXIBLE:
        return [WHOLE_DAY]
    return [(numbers[i], numbers[i + 1]) for i in range(0, len(numbers), 2)]


def _narrowed(spans: list[_Span], first: Token, second: Token) -> list[_Span]:
    """ "nachmittags ab 14" or "14-16 Uhr nachmittags": both at once; the earlier span goes."""
    if (first.kind is Kind.PART) == (second.kind is Kind.PART) or len(_spans(first)) > 1:
        return []
    return list(intervals.intersect([spans.pop()], _spans(second)))
