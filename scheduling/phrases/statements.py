"""Tokens grouped into statements: some days with some times."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal

from scheduling.phrases.words import TIMES, Kind, Token

Season = Literal["always", "term_time", "school_holidays"]
_SILENT = frozenset({Kind.FILLER, Kind.ONLY})


@dataclass
class Statement:
    """Days with times, as far as they were said, and how they are meant."""

    start: int
    end: int
    days: list[int] = field(default_factory=list)
    times: list[Token] = field(default_factory=list)
    apart: set[int] = field(default_factory=set)
    """Positions in `times` that a word such as "und" sets apart from the time before."""
    negated: bool = False
    only: bool = False
    soft: bool = False
    on_request: bool = False
    closed: bool = False
    """Whether "n. V." stands at its end, so that nothing after a comma belongs to it."""
    every_weeks: int = 1
    unknown: bool = False
    said: bool = False
    clauses: set[int] = field(default_factory=set)
    """Numbers of the parts between separators that the statement reaches over."""

    @property
    def is_days_only(self) -> bool:
        return bool(self.days) and not self.times


class Grouping:
    """Reads tokens from left to right; `statements` and `season` are the result."""

    def __init__(self, tokens: Sequence[Token]) -> None:
        self.statements: list[Statement] = []
        self.season: Season = "always"
        self._tokens = tokens
        self._clause = 0
        self._unknown_clauses: set[int] = set()
        self._apart = False
        self._handlers = {
            Kind.DAYS: self._days,
            Kind.NOT: self._not,
            Kind.EVERY: self._every,
            Kind.SOFT: self._soft,
            Kind.ON_REQUEST: self._on_request,
            Kind.SEPARATOR: self._separator,
            **dict.fromkeys(TIMES, self._time),
        }
        self._open(tokens[0].start if tokens else 0)
        for index, token in enumerate(tokens):
            self._read(index, token)
        self._spread_unknown()

    @property
    def _current(self) -> Statement:
        return self.statements[-1]

    def _read(self, index: int, token: Token) -> None:
        if token.kind in self._handlers:
            self._handlers[token.kind](index, token)
        elif token.kind is Kind.UNKNOWN:
            self._unknown()
        elif token.kind is Kind.TERM_TIME:
            self.season = "term_time"
        elif token.kind is Kind.ONLY:
            self._prefix(index, token).only = True
        elif token.kind is Kind.AND:
            self._apart = True
        if token.kind not in (Kind.SEPARATOR, Kind.TERM_TIME):
            self._extend(token)

    def _extend(self, token: Token) -> None:
        self._current.said = self._current.said or token.kind not in (Kind.FILLER, Kind.AND)
        self._current.end = token.end
        self._current.clauses.add(self._clause)

    def _open(self, start: int) -> Statement:
        self.statements.append(Statement(start, start))
        self._apart = False
        return self._current

    def _fresh(self, start: int) -> Statement:
        """A statement nothing was said in yet."""
        if self._current.said:
            return self._open(start)
        self._current.start = start
        return self._current

    def _next(self, index: int) -> Kind | None:
        following = (t.kind for t in self._tokens[index + 1 :] if t.kind not in _SILENT)
        return next(following, None)

    def _prefix(self, index: int, token: Token) -> Statement:
        """The statement a word belongs to that stands before days or after times."""
        starts_new = self._next(index) is Kind.DAYS
        asked_for = self._current.on_request and self._current.days
        if starts_new and (self._current.times or asked_for):
            return self._open(token.start)
        return self._current

    def _days(self, index: int, token: Token) -> None:
        current = self._current
        belongs = not current.days and self._next(index) not in TIMES
        if (current.times or current.unknown) and not belongs:
            current = self._open(token.start)
        current.days += token.numbers

    def _time(self, _: int, token: Token) -> None:
        current = self._current
        if current.negated and self._resumes(current):
            self._resume(token)
            current = self._current
        if self._apart:
            current.apart.add(len(current.times))
        current.times.append(token)
        self._apart = False

    def _resumes(self, exception: Statement) -> bool:
        """Whether "Mo-Fr außer Mi 8-12" is being read: the times belong to the first days."""
        main = self.statements[-2] if len(self.statements) > 1 else None
        return bool(
            main and main.is_days_only and self._clause in main.clauses and exception.is_days_only
        )

    def _resume(self, token: Token) -> None:
        exception, main = self.statements.pop(), self.statements.pop()
        current = self._open(main.start)
        current.days = [day for day in main.days if day not in exception.days]
        current.every_weeks, current.soft = main.every_weeks, main.soft
        current.unknown, current.end = main.unknown or exception.unknown, token.end
        current.clauses = main.clauses
        # Without any day left the default days would come in again.
        current.unknown = current.unknown or not current.days

    def _not(self, index: int, token: Token) -> None:
        following = self._next(index)
        current = self._current
        if following in TIMES and current.is_days_only:
            current.negated = True
        elif following is Kind.DAYS or following in TIMES:
            self._fresh(token.start).negated = True
        elif current.is_days_only and following in (None, Kind.SEPARATOR):
            current.negated = True
        else:
            self._unknown()

    def _every(self, index: int, token: Token) -> None:
        self._prefix(index, token).every_weeks = token.numbers[0]

    def _soft(self, index: int, token: Token) -> None:
        self._prefix(index, token).soft = True

    def _on_request(self, index: int, token: Token) -> None:
        if self._next(index) in (Kind.DAYS, Kind.EVERY):
            self._fresh(token.start).on_request = True
        else:
            self._current.on_request = self._current.closed = True

    def _separator(self, _: int, token: Token) -> None:
        self._clause += 1
        self._apart = True
        current = self._current
        if current.times or current.negated or current.closed or current.unknown:
            self._open(token.end)

    def _unknown(self) -> None:
        self._current.unknown = True
        self._unknown_clauses.add(self._clause)

    def _spread_unknown(self) -> None:
        """What is not understood may change the meaning of everything said in its clause."""
        for statement in self.statements:
            if statement.clauses & self._unknown_clauses:
                statement.unknown = True
