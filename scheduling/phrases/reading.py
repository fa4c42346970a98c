"""Statements added up to weekly windows."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from scheduling import intervals
from scheduling.phrases.kinds import (
    LIMITS,
    MINUTES_A_DAY,
    WHOLE_DAY,
    WORKDAYS,
    Parity,
    Season,
)
from scheduling.phrases.spans import Span, beyond, cuts_of, spans_of
from scheduling.phrases.statements import Statement
from scheduling.phrases.windows import WeeklyWindow, merged, minutes_on, without

_OTHER_SEASON: dict[Season, Season] = {
    "term_time": "school_holidays",
    "school_holidays": "term_time",
}
_OTHER_PARITY: dict[Parity, Parity] = {"even": "odd", "odd": "even"}


@dataclass(frozen=True)
class _Condition:
    soft: bool = False
    every_weeks: int = 1
    season: Season = "always"
    parity: Parity = ""

    def window(self, day: int, span: Span) -> WeeklyWindow:
        return WeeklyWindow(day, *span, self.soft, self.every_weeks, self.season, self.parity)


class Reading:
    """Adds statement after statement; exceptions are taken off at the end."""

    def __init__(self, statements: Sequence[Statement], *, nothing_else: bool = False) -> None:
        self.on_request = False
        self.refused: list[Statement] = []
        self._statements = statements
        self._nothing_else = nothing_else
        self._entries: list[tuple[Statement, WeeklyWindow]] = []
        self._exceptions: list[tuple[int, Span]] = []
        self._season: Season = "always"
        self._all_soft = False
        self._last: Statement | None = None
        self._last_days: list[int] = []
        self._last_refused = False
        self._last_condition = _Condition()
        for index, statement in enumerate(statements):
            if not self._understands(index, statement):
                self._refuse(statement)

    def _understands(self, index: int, one: Statement) -> bool:
        if one.unknown or (one.otherwise and self.refused and not one.on_request):
            return False
        if one.negated:
            return self._except(one)
        if one.is_empty:
            return self._holds_for_all(index, one)
        if one.is_days_only and self._hangs(one):
            return False
        if self._limits(one):
            return spans_of(one) is not None and self._cut(one)
        return self._include(one)

    def _hangs(self, one: Statement) -> bool:
        """Whether days without times follow something that had times or was an exception."""
        alike = bool(self._last and self._last.is_days_only and self._last.leading and one.leading)
        return bool(self._entries or self._exceptions) and not (one.on_request or alike)

    def _limits(self, one: Statement) -> bool:
        """Whether it only cuts what was said before: "flexibel, aber nicht vor 10"."""
        kinds = {token.kind for token in one.times}
        started = bool(self._entries) and set(one.days) <= set(self._last_days)
        return bool(kinds) and kinds <= LIMITS and started

    def _cut(self, one: Statement) -> bool:
        if one.has_condition or one.only or one.otherwise:
            return False
        days = one.days or self._last_days
        self._exceptions += [(day, cut) for day in days for cut in beyond(one.times)]
        return True

    def _except(self, one: Statement) -> bool:
        cuts = [(0, MINUTES_A_DAY)] if one.is_days_only else cuts_of(one)
        if cuts is None or one.has_condition or one.otherwise or one.only or one.is_empty:
            return False
        if one.not_first and one.is_open_ended and one.days and not self._entries:
            # "außer montags ab 16 Uhr": the time may be meant for the other days.
            return False
        self._exceptions += [(day, cut) for day in one.days or range(7) for cut in cuts]
        return True

    def _holds_for_all(self, index: int, one: Statement) -> bool:
        """A condition without days and times: "n. V.", or "außer in den Ferien" for the phrase."""
        if one.on_request:
            return self._asks(one)
        if one.otherwise:
            return False
        is_alone = len(self._statements) == 1
        later = self._statements[index + 1 :]
        at_an_end = index == 0 or all(other.negated for other in later)
        if one.season and not (one.soft or one.parity or one.every_weeks or one.only):
            return (one.is_firm or is_alone) and at_an_end and self._set_season(one.season)
        in_weeks = (one.parity or one.every_weeks) and not (one.soft or one.season)
        return bool(in_weeks) and not later and self._narrow(one)

    def _asks(self, one: Statement) -> bool:
        if one.season or one.parity or one.every_weeks or one.soft:
            return False
        self.on_request = True
        self._all_soft = self._all_soft or not one.besides
        return True

    def _set_season(self, season: Season) -> bool:
        if self._season not in ("always", season):
            return False
        self._season = season
        return True

    def _narrow(self, one: Statement) -> bool:
        """ "Mo 8-12, nur in geraden KW": clear as long as one statement alone is meant."""
        said = {id(statement) for statement, _ in self._entries}
        free = all(w.every_weeks == 1 and not w.parity for _, w in self._entries)
        if len(said) != 1 or not free or self.refused:
            return False
        weeks, parity = one.every_weeks or 1, one.parity or ""
        self._entries = [
            (statement, replace(window, every_weeks=weeks, parity=parity))
            for statement, window in self._entries
        ]
        return True

    def _include(self, one: Statement) -> bool:
        if self._last_refused and not one.days and not one.otherwise:
            # "Montag, 12.01.2027, 9-12 Uhr": times for days that nobody understood.
            return False
        spans = [WHOLE_DAY] if one.is_days_only else spans_of(one)
        days, condition = self._days_of(one), self._condition_of(one)
        if not (spans and days and condition):
            return False
        new = [condition.window(day, span) for day in days for span in spans]
        if not self._makes_room(one, days) or self._is_doubtful(one, new):
            return False
        self._entries += [(one, window) for window in new]
        self._last, self._last_days, self._last_condition = one, days, condition
        self._last_refused = False
        return True

    def _days_of(self, one: Statement) -> list[int]:
        """Its days; without any those before, or the other ones after "sonst"."""
        if one.days:
            return one.days
        if not one.otherwise or self._is_about_season():
            return self._last_days or list(WORKDAYS)
        if self._last_condition.parity:
            return self._last_days
        named = {window.weekday for _, window in self._entries}
        named |= {day for day, _ in self._exceptions}
        return [day for day in WORKDAYS if day not in named] if named else []

    def _is_about_season(self) -> bool:
        """Whether "sonst" follows a season and not some days."""
        alone = self._last is None and not self._exceptions and self._season == "term_time"
        return alone or self._last_condition.season != "always"

    def _condition_of(self, one: Statement) -> _Condition | None:
        own = _Condition(
            one.soft or one.on_request,
            one.every_weeks or 1,
            one.season or "always",
            one.parity or "",
        )
        last = self._last
        if one.otherwise:
            return self._other_condition(own)
        if one.days or one.has_condition or last is None:
            return own
        if not last.has_condition and not last.otherwise:
            return own
        goes_on = last.sentence == one.sentence and not last.trailing
        return self._last_condition if goes_on else None

    def _other_condition(self, own: _Condition) -> _Condition | None:
        """What "sonst" means after a season, or after even weeks."""
        last = self._last_condition
        if self._last is None:
            return own if self._exceptions or self._season == "term_time" else None
        if last.every_weeks > 1 or (last.season != "always" and last.parity):
            return None
        if (own.season, own.parity, own.every_weeks) != ("always", "", 1):
            return None
        if last.season != "always":
            return replace(own, season=_OTHER_SEASON[last.season])
        return replace(own, parity=_OTHER_PARITY[last.parity]) if last.parity else own

    def _makes_room(self, one: Statement, days: list[int]) -> bool:
        """What "nur" takes away of what was said before."""
        if not one.only or not self._entries:
            return True
        if not (one.season or one.parity or one.every_weeks):
            self._entries = [entry for entry in self._entries if entry[1].weekday not in days]
            return True
        plain = all(w.season == "always" for _, w in self._entries)
        if not (one.season and one.only_first and plain) or one.parity or one.every_weeks:
            return False
        rest = _OTHER_SEASON[one.season]
        self._entries = [(said, replace(window, season=rest)) for said, window in self._entries]
        return True

    def _is_doubtful(self, one: Statement, new: list[WeeklyWindow]) -> bool:
        """Whether it may replace, and not add to, what was said before in its sentence."""
        near = [
            w
            for said, w in self._entries
            if said.sentence == one.sentence
            and w.season in ("always", new[0].season)
            and w.parity in ("", new[0].parity)
            and w.every_weeks in (1, new[0].every_weeks)
        ]
        if not near or one.otherwise:
            return False
        inside = all(
            intervals.covers(minutes_on(near, w.weekday), (w.start_minute, w.end_minute))
            for w in new
        )
        return inside or self._may_reach_further(one, new, near)

    def _may_reach_further(
        self, one: Statement, new: list[WeeklyWindow], near: list[WeeklyWindow]
    ) -> bool:
        """Whether "vormittags, ab 9" may mean both from 9 to 12 and also after 12."""
        if one.days or not one.is_open_ended or one.has_condition:
            return False
        return any(
            intervals.intersect(minutes_on(near, w.weekday), [(w.start_minute, w.end_minute)])
            for w in new
        )

    def _refuse(self, one: Statement) -> None:
        self.refused.append(one)
        self._last_days = one.days
        self._last_refused = bool(one.days)

    def _withdraw(self) -> None:
        """Take back what hangs in the air beside words that nobody understood.

        In "Mo-Fr, ungefähr ab 14 Uhr" the hours of the whole day were only assumed, and in
        "vormittags (Mo, Di), Mi nicht" nobody knows where the list of days ends.
        """
        for one in self.refused:
            if one.negated:
                # An exception nobody understood still keeps its days free.
                self._exceptions += [(day, (0, MINUTES_A_DAY)) for day in one.days]
        refused = {id(one) for one in self.refused}
        for place, one in enumerate(self._statements):
            if id(one) not in refused and self._hangs_on_refused(place, one, refused):
                self._entries = [entry for entry in self._entries if entry[0] is not one]
                self.refused.append(one)

    def _hangs_on_refused(self, place: int, one: Statement, refused: set[int]) -> bool:
        rest = [s for s in self._statements[place + 1 :] if s.sentence == one.sentence]
        if one.times_first and rest and rest[0].days and id(rest[0]) in refused:
            return True
        assumed = one.is_days_only and not one.negated
        return assumed and any(id(later) in refused for later in rest)

    def windows(self) -> tuple[WeeklyWindow, ...]:
        """What is left when the exceptions are taken off; may refuse more statements."""
        self._withdraw()
        self._default()
        left: set[WeeklyWindow] = set()
        for one in self._statements:
            own = [window for said, window in self._entries if said is one]
            kept = without(own, self._exceptions)
            if own and not kept:
                self.refused.append(one)
            left |= set(kept)
        return merged(self._finished(left))

    def _default(self) -> None:
        """ "nicht mittwochs" is said of Monday to Friday, 8 to 18."""
        if self._entries or self.refused or not self._statements:
            return
        only_seasons = self._season != "always" and not self.on_request
        hits = all(day in WORKDAYS for day, _ in self._exceptions) or any(
            not one.days for one in self._statements if one.negated
        )
        if self._nothing_else:
            return
        if (self._exceptions and hits) or (only_seasons and not self._exceptions):
            whole = _Condition()
            first = self._statements[0]
            self._entries = [(first, whole.window(day, WHOLE_DAY)) for day in WORKDAYS]

    def _finished(self, windows: set[WeeklyWindow]) -> list[WeeklyWindow]:
        if self._season != "always" and any(w.season != "always" for w in windows):
            self.refused += [one for one in self._statements if one.is_empty and one.season]
            self._season = "always"
        season, soft = self._season, self._all_soft
        return [
            replace(w, season=season if season != "always" else w.season, soft=soft or w.soft)
            for w in windows
        ]
