"""Tokens grouped into statements, from left to right."""

from collections.abc import Sequence

from scheduling.phrases.kinds import (
    BREAKS,
    CONDITIONS,
    LIMITS,
    PARITIES,
    SEASONS,
    SILENT,
    TIMES,
    Kind,
    Token,
)
from scheduling.phrases.statements import Statement


class Grouping:
    """Reads tokens from left to right; `statements` is the result."""

    def __init__(self, tokens: Sequence[Token]) -> None:
        self.statements: list[Statement] = []
        self.unknown_clauses: set[int] = set()
        self.nothing_else = False
        self._tokens = tokens
        self._clause = self._sentence = 0
        self._apart = False
        self._range_end: int | None = None
        """The last day of "Mo-Do" when nothing else was said since."""
        self._joined = False
        """Whether the last word was "und"."""
        self._handlers = {
            Kind.DAYS: self._days,
            Kind.NOT: self._not,
            Kind.ONLY: self._only,
            Kind.ELSE: self._else,
            Kind.NOTHING_ELSE: self._nothing_else,
            Kind.SEPARATOR: self._separator,
            Kind.STOP: self._separator,
            Kind.AND: self._and,
            Kind.CLOSING: self._closing,
            Kind.UNKNOWN: self._unknown,
            Kind.VALIDITY: self._unknown,
            **dict.fromkeys(TIMES, self._time),
            **dict.fromkeys(CONDITIONS, self._condition),
        }
        self._open(tokens[0].start if tokens else 0)
        for index, token in enumerate(tokens):
            self._read(index, token)

    @property
    def _current(self) -> Statement:
        return self.statements[-1]

    def _read(self, index: int, token: Token) -> None:
        if token.kind in self._handlers:
            self._handlers[token.kind](index, token)
        if token.kind not in BREAKS:
            self._extend(token)
        if token.kind not in SILENT:
            self._joined = token.kind is Kind.AND

    def _extend(self, token: Token) -> None:
        silent = (Kind.FILLER, Kind.AND, Kind.CLOSING, Kind.NOTHING_ELSE)
        self._current.said = self._current.said or token.kind not in silent
        self._current.end = token.end
        self._current.clauses.add(self._clause)

    def _open(self, start: int) -> Statement:
        self.statements.append(Statement(start, start, self._sentence))
        self._apart = False
        return self._current

    def _fresh(self, start: int) -> Statement:
        """A statement nothing was said in yet."""
        if self._current.said:
            return self._open(start)
        self._current.start, self._current.sentence = start, self._sentence
        return self._current

    def _following(self, index: int, passing: frozenset[Kind] = frozenset()) -> Kind | None:
        """The next kind that says something; `passing` are skipped as well."""
        skipped = SILENT | passing
        rest = (token.kind for token in self._tokens[index + 1 :])
        return next((kind for kind in rest if kind not in skipped), None)

    def _ends(self, index: int) -> bool:
        """Whether nothing but conditions follows before the next comma."""
        return self._following(index, CONDITIONS) in (None, *BREAKS)

    def _lists_on(self, index: int) -> bool:
        """Whether only days follow, up to the end of the sentence: "Mo, Mi und Fr"."""
        silent = SILENT | {Kind.AND, Kind.SEPARATOR}
        found = False
        for token in self._tokens[index + 1 :]:
            if token.kind is Kind.STOP:
                break
            if token.kind is not Kind.DAYS and token.kind not in silent:
                return False
            found = found or token.kind is Kind.DAYS
        return found

    def _days(self, index: int, token: Token) -> None:
        current = self._current
        if current.trailing:
            # The words between may belong to either side.
            self._mark_clause()
            current = self._open(token.start)
        elif current.times and not self._goes_with_times(current, index):
            current = self._open(token.start)
        elif current.times:
            current.times_first = True
        if current.closed or set(current.days) & set(token.numbers):
            # "Mo-Fr, Mi nur vormittags", "17-20 (Mo, Di) und Sa": no list that goes on.
            self._mark_all(current)
        after_comma = bool(current.days) and self._clause not in current.clauses
        if after_comma and self._range_end and token.numbers[0] == self._range_end + 1:
            current.continued = True
        self._range_end = token.numbers[-1] if len(token.numbers) > 2 else None
        current.days += token.numbers

    def _goes_with_times(self, current: Statement, index: int) -> bool:
        if self._following(index) in TIMES:
            return False
        return current.times_first or not (current.days or self._joined)

    def _time(self, _: int, token: Token) -> None:
        if self._resumes(token):
            self._resume(token)
        current = self._current
        if self._is_last_of_a_list(current) and (current.continued or token.kind in LIMITS):
            # "Mo-Do, Fr 8-12" and "Mo, Di nicht vor 10": the days before may be whole ones.
            self._mark_all(current)
        if current.times and current.trailing:
            self._mark_clause()
        elif current.times_first and self._joined:
            current = self._open(token.start)
        if self._apart:
            current.apart.add(token.start)
        current.times.append(token)
        self._apart = False

    def _resumes(self, token: Token) -> bool:
        """Whether "Mo-Fr außer Mi 8-12" is being read: the times belong to the first days."""
        exception = self._current
        main = self.statements[-2] if len(self.statements) > 1 else None
        if main is None or not (exception.negated and exception.is_days_only):
            return False
        if not (main.is_days_only and self._clause in main.clauses):
            return False
        if not set(exception.days) & set(main.days) or not exception.not_first:
            self._mark_clause()
            return False
        closed = any(
            t.kind is Kind.CLOSING and exception.start < t.start < token.start for t in self._tokens
        )
        if token.kind is not Kind.SPAN and not closed:
            # "Mo-Fr außer Mi nachmittags" may except the afternoon alone.
            self._mark_clause()
        return True

    def _resume(self, token: Token) -> None:
        exception = self.statements.pop()
        main = self._current
        main.days = [day for day in main.days if day not in exception.days]
        main.end = token.end
        main.clauses |= exception.clauses
        # Without any day left the default days would come in again.
        if not main.days or exception.has_condition or main.negated:
            self._mark_clause()

    def _not(self, index: int, token: Token) -> None:
        following, current = self._following(index), self._current
        if current.is_empty and current.has_condition:
            self._mark_clause()
        elif following in TIMES and current.is_days_only:
            self._negate(current)
        elif following is Kind.DAYS or following in TIMES:
            fresh = self._fresh(token.start)
            fresh.negated = fresh.not_first = True
        elif current.is_days_only and following in (None, *BREAKS):
            self._negate(current)
        else:
            self._mark_clause()

    def _negate(self, current: Statement) -> None:
        """ "Mi nicht"; of a list with commas nobody knows how much "nicht" means."""
        if current.negated or current.has_condition or len(current.clauses) > 1:
            self._mark_all(current)
        current.negated = True

    def _only(self, index: int, token: Token) -> None:
        current = self._current
        if current.is_days_only and self._may_mean_the_last_day(index):
            self._mark_all(current)
        if self._following(index) is Kind.DAYS and current.times:
            if not current.days:
                # "nachmittags nur Di" only says which days the times are for.
                return
            current = self._open(token.start)
        current.only = True
        current.only_first = not current.days

    def _may_mean_the_last_day(self, index: int) -> bool:
        """Whether "nur" may leave the days before it whole: "Mo, Di nur vormittags"."""
        last = self._is_last_of_a_list(self._current)
        return last or self._following(index) is Kind.DAYS

    def _is_last_of_a_list(self, current: Statement) -> bool:
        near = self._clause in current.clauses and len(current.clauses) > 1
        return current.is_days_only and near

    def _else(self, _: int, token: Token) -> None:
        self._fresh(token.start).otherwise = True

    def _nothing_else(self, _: int, __: Token) -> None:
        self.nothing_else = True

    def _and(self, _: int, __: Token) -> None:
        self._apart = True

    def _closing(self, _: int, __: Token) -> None:
        self._current.closed = self._current.times_first

    def _condition(self, index: int, token: Token) -> None:
        current = self._current
        if current.is_empty:
            current.leading = True
            if token.numbers == (0, 1) and not self._ends(index):
                self._mark_clause()
        elif self._joined and current.times and not current.trailing:
            current = self._open(token.start)
            current.besides = current.leading = True
        elif self._ends(index) and not self._joined:
            current.trailing = True
            if token.kind in (Kind.SOFT, Kind.ON_REQUEST) and self._listed_times(current):
                self._mark_clause()
        elif self._begins_next(current):
            current = self._open(token.start)
            current.leading = True
        elif not self._stands_between(current, index):
            self._mark_clause()
        self._set(current, token)

    def _listed_times(self, current: Statement) -> bool:
        """ "8-12 und nachmittags n. V.": how surely the first time holds is open."""
        return bool(current.apart) and len(current.times) > 1

    def _stands_between(self, current: Statement, index: int) -> bool:
        """ "Fr alle 14 Tage 9-12": between days and their times."""
        times_follow = self._following(index, CONDITIONS) in TIMES
        near = self._clause in current.clauses and not self._joined
        return current.is_days_only and times_follow and near and not current.negated

    def _begins_next(self, current: Statement) -> bool:
        """ "gerade KW Mo, ungerade KW Di": after a comma, like the days before."""
        after_comma = self._apart and not self._joined and self._clause not in current.clauses
        return current.is_days_only and current.leading and after_comma

    def _set(self, current: Statement, token: Token) -> None:
        numbers = token.numbers
        if token.kind is Kind.SEASON:
            self._agree(current.season, SEASONS[numbers[0]])
            current.season = SEASONS[numbers[0]]
            current.is_firm = bool(numbers[1])
        elif token.kind is Kind.PARITY:
            self._agree(current.parity, PARITIES[numbers[0]])
            current.parity = PARITIES[numbers[0]]
        elif token.kind is Kind.EVERY:
            self._agree(current.every_weeks, numbers[0])
            current.every_weeks = numbers[0]
        elif token.kind is Kind.SOFT:
            current.soft = True
        else:
            current.on_request = True
            current.besides = current.besides or current.otherwise or bool(numbers)

    def _agree(self, old: object, new: object) -> None:
        if old is not None and old != new:
            self._mark_clause()

    def _separator(self, index: int, token: Token) -> None:
        current = self._current
        self._clause += 1
        self._sentence += token.kind is Kind.STOP
        self._apart = True
        if token.kind is Kind.STOP:
            self._fresh(token.end)
        elif self._is_complete(current) and not (current.takes_days and self._lists_on(index)):
            self._open(token.end)

    def _is_complete(self, current: Statement) -> bool:
        """Whether nothing after a comma belongs to it any more."""
        if current.is_empty and current.has_condition:
            is_first = not any(one.said for one in self.statements[:-1])
            return current.is_firm or current.on_request or not is_first
        return bool(current.times or current.negated or current.unknown or current.trailing)

    def _unknown(self, _: int, __: Token) -> None:
        self._mark_clause()

    def _mark_all(self, statement: Statement) -> None:
        self._mark_clause()
        self.unknown_clauses |= statement.clauses

    def _mark_clause(self) -> None:
        """What is not understood may change the meaning of everything said in its clause."""
        self._current.unknown = True
        self.unknown_clauses.add(self._clause)
